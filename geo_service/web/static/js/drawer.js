/** The drawer: all that is known of a plot, and what can be done with it. */

import { stopsAt } from "./day.js";
import { recordOf } from "./desk.js";
import { el, fill } from "./dom.js";
import { pictureOf } from "./images.js";
import { area, fieldName, fieldOrder, fullDate, hours, say, shortDate, told, valueName, weekday } from "./language.js";
import { theme } from "./palette.js";
import { historyOf, recordSections } from "./record.js";
import { tenureWarning } from "./register.js";
import { reasonText } from "./standing.js";
import { written } from "./written.js";

const HEADED = new Set(["code", "name", "state", "address", "area_m2", "history"]);

export class Drawer {
  #node;
  #act;
  #opener = null;
  #code = "";
  #record = null;
  #guest = null;

  /** @param {{onClose: function(), onTool: function(string, string)}} act */
  constructor(node, act) {
    this.#node = node;
    this.#act = act;
    node.addEventListener("keydown", (event) => event.key === "Escape" && !event.defaultPrevented && this.close());
  }

  /** @param {{row: object, day: ?object, visits: ?Array, setup: object}} shown; `visits` null while they load or when they are not public */
  show(shown) {
    if (this.#guest) return; // a form or a report stands here
    const { row, day, visits, setup } = shown;
    this.#shown = shown;
    if (this.#node.hidden) this.#opener = document.activeElement;
    const changed = this.#node.hidden || row.code !== this.#code;
    if (row.code !== this.#code) this.#load(row.code, setup);
    this.#node.hidden = false;
    const parts = [
      this.#head(row, setup), this.#warning(row, setup), this.#today(day, row.code), this.#visits(visits), ...recordSections(this.#record, setup),
      this.#fields(row), historyOf(row.history),
    ];
    fill(this.#node, parts.filter(Boolean));
    if (!changed) return;
    this.#node.scrollTop = 0;
    if (!this.#node.contains(document.activeElement) && !document.activeElement?.closest(".dock")) this.#node.focus({ preventScroll: true });
  }

  #shown = null;

  /** Let something else stand in the drawer, with its own heading: a form, a report. */
  host(node) {
    if (this.#node.hidden) this.#opener = document.activeElement;
    this.#guest = node;
    this.#node.hidden = false;
    this.#node.replaceChildren(node);
    this.#node.scrollTop = 0;
    this.#node.focus({ preventScroll: true });
  }

  /** The guest leaves; what stood here before can be shown again. */
  free() {
    this.#guest = null;
    this.#code = "";
    this.#node.replaceChildren();
    this.#node.hidden = true;
  }

  /** What is kept of the plot may have changed. */
  forget() {
    this.#code = "";
  }

  hide() {
    if (this.#guest || this.#node.hidden) return;
    this.#node.hidden = true;
    this.#code = "";
  }

  close() {
    if (this.#node.hidden || this.#guest) return;
    this.#node.hidden = true;
    this.#code = "";
    this.#act.onClose();
    if (this.#opener?.isConnected) this.#opener.focus({ preventScroll: true });
  }

  async #load(code, setup) {
    this.#code = code;
    this.#record = setup.signed_in ? "loading" : null;
    if (!setup.signed_in) return;
    let record;
    try {
      record = await recordOf(code);
    } catch (error) {
      record = { error: reasonText(error) };
    }
    if (code !== this.#code) return; // another plot was opened meanwhile
    this.#record = record;
    this.show(this.#shown);
  }

  #head(plot, setup) {
    const tool = (name, word = `tool_${name}`) => el("button", { type: "button", id: `plot-${name}`, onclick: () => this.#act.onTool(name, plot.code) }, say(word));
    return el("header", {},
      el("button", { type: "button", class: "close", id: "drawer-close", "aria-label": say("close"), onclick: () => this.close() }, "×"),
      el("h2", {}, plot.code),
      plot.name && plot.name !== plot.code ? el("p", { class: "name" }, plot.name) : null,
      plot.address ? el("p", { class: "quiet" }, plot.address) : null,
      el("p", { class: "standing" },
        pictureOf(`plot|${plot.state}|16|${theme().name}`, "swatch"), ` ${valueName("state", plot.state)} · ${area(plot.area_m2)}`),
      setup.may_plan ? el("div", { class: "actions" }, tool("edit"), plot.state === "returned" ? null : [tool("shape"), tool("split")]) : null,
    );
  }

  #warning(plot, setup) {
    const found = tenureWarning(plot, setup.today);
    if (!found) return null;
    const text = say(found.kind === "ended" ? "tenure_ended" : "tenure_ends").replace("{date}", fullDate(plot.tenure_until)).replace("{days}", found.days);
    return el("p", { class: "warning", id: "tenure-warning" }, text);
  }

  #today(day, code) {
    const rows = stopsAt(day, code).map(({ crew, stop }) =>
      el("li", { colour: crew.colour },
        pictureOf(`stop|${crew.shape}|${crew.colour}|${stop.order}|${theme().name}`, "badge"),
        el("div", {},
          el("p", { class: "big" }, el("time", {}, stop.arrival), ` ${told(stop, "task")}`),
          el("p", {}, `${stop.minutes} ${say("minutes")} · ${crew.name} · ${hours(stop.drive_s)} ${say("drive")}`),
          stop.rule_note ? el("p", { class: "rule" }, stop.rule_note) : null,
          stop.why ? el("p", { class: "quiet" }, `${say("why")}: ${stop.why}`) : null,
        ),
      ),
    );
    return rows.length ? el("section", {}, el("h3", {}, `${weekday(day.date)} ${shortDate(day.date)}`), el("ul", { class: "today" }, rows)) : null;
  }

  #visits(visits) {
    if (!visits) return null;
    const rows = visits.map((one) =>
      el("tr", {},
        el("td", {}, one.date ? `${weekday(one.date)} ${shortDate(one.date)}` : say("unserved")),
        el("td", {}, one.arrival ? one.arrival.slice(11, 16) : ""),
        el("td", {}, told(one, "task"), el("span", { class: "quiet" }, told(one, "why") || told(one, "reason"))),
        el("td", {}, one.service_s ? `${Math.round(one.service_s / 60)} ${say("minutes")}` : ""),
      ),
    );
    return el("section", {}, el("h3", {}, say("visits")),
      rows.length ? el("table", {}, el("tbody", {}, rows)) : el("p", { class: "quiet" }, say("no_visits")));
  }

  #fields(row) {
    const plot = { ...row.feature.properties, quarter: row.quarter_name };
    const known = fieldOrder().filter((key) => key in plot && !HEADED.has(key));
    const others = Object.keys(plot).filter((key) => !known.includes(key) && !HEADED.has(key));
    const rows = [...known, ...others].map((key) => [key, written(key, plot[key])]).filter(([, text]) => text.length > 0);
    return el("section", {}, el("h3", {}, say("details")),
      el("dl", {}, rows.map(([key, text]) => el("div", { class: key === "hazard_note" ? "hazard" : null }, el("dt", {}, fieldName(key)), el("dd", {}, text)))));
  }
}
