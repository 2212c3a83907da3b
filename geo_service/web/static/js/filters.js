/** The filter: a form that is heard at once, what it lets through, and what can be done with it. */

import { CHOICES, NO_FILTER } from "./address.js";
import { el, fill } from "./dom.js";
import { pictureOf } from "./images.js";
import { area, number, say, valueName } from "./language.js";
import { STATES, theme } from "./palette.js";
import { isOpen } from "./register.js";

export class Filters {
  #node;
  #act;
  #waiting = 0;

  /** @param {{onFilter: function(object), onShare: function(): Promise}} act */
  constructor(node, act) {
    this.#node = node;
    this.#act = act;
  }

  /** @param {{filter: object, rows: Array, all: number, quarters: Array, signedIn: boolean, loading: boolean}} shown */
  show({ filter, rows, all, quarters, signedIn, loading }) {
    this.filter = filter;
    const open = isOpen(filter);
    fill(this.#node,
      el("form", { class: "filters", onsubmit: (event) => event.preventDefault(), "aria-label": say("filter") },
        this.#words(),
        signedIn ? this.#checks("state", STATES.filter((one) => one !== "public"), (one) => [pictureOf(`plot|${one}|16|${theme().name}`, "swatch"), valueName("state", one)]) : null,
        this.#checks("quarter", quarters.map((one) => one.properties.key), (key) => [quarters.find((one) => one.properties.key === key).properties.name]),
        signedIn ? ["tenure", "due", "last"].map((name) => this.#choice(name)) : null,
      ),
      el("div", { class: "found" },
        el("p", { role: "status", id: "found" }, loading ? say("loading_plots") : this.#told(rows, all)),
        el("button", { type: "button", class: "plain", id: "filter-clear", disabled: open, onclick: () => this.#act.onFilter({ ...NO_FILTER }) }, say("filter_clear")),
        el("button", { type: "button", class: "plain", id: "share", onclick: () => this.#act.onShare() }, say("share")),
      ),
    );
  }

  #told(rows, all) {
    const m2 = rows.reduce((sum, row) => sum + (row.area_m2 ?? 0), 0);
    const count = rows.length === all ? number(all) : `${number(rows.length)} ${say("of")} ${number(all)}`;
    return `${count} ${say(all === 1 ? "plot_one" : "plots")} · ${area(m2)}`;
  }

  #words() {
    const heard = (event) => {
      clearTimeout(this.#waiting);
      const q = event.target.value;
      this.#waiting = setTimeout(() => this.#change({ q }), 150);
    };
    return el("label", { class: "field" }, el("span", {}, say("filter_words")),
      el("input", { type: "search", id: "filter-q", value: this.filter.q, maxlength: 200, autocomplete: "off", oninput: heard }));
  }

  #checks(name, keys, content) {
    if (!keys.length) return null;
    const chosen = new Set(this.filter[name]);
    const toggle = (key) => {
      if (!chosen.delete(key)) chosen.add(key);
      this.#change({ [name]: keys.filter((one) => chosen.has(one)) });
    };
    const boxes = keys.map((key) =>
      el("label", { class: "check" }, el("input", { type: "checkbox", id: `filter-${name}-${key}`, checked: chosen.has(key), onchange: () => toggle(key) }), content(key)));
    return el("fieldset", { class: "field" }, el("legend", {}, say(`filter_${name}`)), el("div", { class: "checks" }, boxes));
  }

  #choice(name) {
    const options = ["", ...CHOICES[name]].map((one) => el("option", { value: one, selected: one === this.filter[name] }, one ? valueName(`filter_${name}`, one) : say("any")));
    return el("label", { class: "field" }, el("span", {}, say(`filter_${name}`)),
      el("select", { id: `filter-${name}`, onchange: (event) => this.#change({ [name]: event.target.value }) }, options));
  }

  #change(part) {
    this.filter = { ...this.filter, ...part };
    this.#act.onFilter(this.filter);
  }
}
