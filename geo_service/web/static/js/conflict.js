/** Two editors on one plot: both versions side by side, and for each field the choice of what is to hold. */

import { el } from "./dom.js";
import { changePlot } from "./edits.js";
import { area, say } from "./language.js";
import { areaOf, polygonsOf, utmZone } from "./geodesy.js";
import { Tool, withCode } from "./tool.js";
import { written } from "./written.js";

const DERIVED = new Set(["history", "plot_id", "area_m2"]);
const same = (one, other) => String(one ?? "") === String(other ?? "");

/** What a refusal says of another version, or null when it is about something else. */
export function conflictOf({ status, problem = {} }) {
  const fields = problem.fields ?? {};
  return status === 412 && fields.stands ? { ...fields, code: fields.plot } : null;
}

/** @param {object} conflict as `conflictOf`; @param {{values: ?object, geometry: ?object, reason: ?string, before: ?object, outline: ?object}} mine what was sent,
 *  and what the editor had looked at */
export function take(conflict, mine, context) {
  const tool = new ConflictTool(conflict, mine, { ...context, code: conflict.code });
  tool.begin();
  return tool;
}

class ConflictTool extends Tool {
  #conflict;
  #mine;
  #choice;

  constructor(conflict, mine, context) {
    super(context);
    this.#conflict = conflict;
    this.#mine = mine;
    this.#choice = Object.fromEntries(this.#names.map((name) => [name, this.#disputed(name) ? "" : "mine"]));
    this.dirty = true;
    this.node.classList.add("conflict");
  }

  get title() {
    return withCode("conflict_title", this.code);
  }

  /** Fields that were sent. */
  get #names() {
    const sent = [...Object.keys(this.#mine.values ?? {}), ...(this.#mine.geometry ? ["outline"] : [])];
    return sent.length ? sent : this.#conflict.columns;
  }

  /** Whether both changed a field; what only one changed is no question. */
  #disputed(name) {
    const { sent, stands, sent_outline, stands_outline } = this.#conflict;
    const { before = {}, outline } = this.#mine;
    if (name === "outline") return JSON.stringify(stands_outline) !== JSON.stringify(outline) && JSON.stringify(stands_outline) !== JSON.stringify(sent_outline);
    return !same(sent[name], stands[name]) && !same(before[name], stands[name]);
  }

  get ready() {
    return Object.values(this.#choice).every(Boolean);
  }

  body() {
    const all = (whose) => {
      for (const name of this.#names) this.#choice[name] = whose;
      this.show();
    };
    return [
      el("p", { class: "how" }, say("conflict_how")),
      el("div", { class: "actions" },
        el("button", { type: "button", id: "all-mine", onclick: () => all("mine") }, say("conflict_all_mine")),
        el("button", { type: "button", id: "all-theirs", onclick: () => all("theirs") }, say("conflict_all_theirs"))),
      el("table", { class: "both" },
        el("thead", {}, el("tr", {}, el("th", { scope: "col" }, say("conflict_field")), el("th", { scope: "col" }, say("conflict_mine")), el("th", { scope: "col" }, say("conflict_theirs")))),
        el("tbody", {}, this.#names.map((name) =>
          el("tr", { class: this.#disputed(name) ? "differs" : null },
            el("th", { scope: "row" }, name === "outline" ? say("outline") : this.desk.label(name)),
            this.#cell(name, "mine", this.#conflict.sent), this.#cell(name, "theirs", this.#conflict.stands))))),
      besides(this.#conflict.stands, this.#mine.before ?? {}, this.#names, (name) => this.desk.label(name)),
    ];
  }

  #cell(name, whose, plot) {
    const outline = whose === "mine" ? this.#conflict.sent_outline : this.#conflict.stands_outline;
    const text = name === "outline" ? say(`conflict_outline_${whose}`).replace("{area}", area(areaOf(polygonsOf(outline), utmZone(this.setup.epsg)))) : written(name, plot[name]) || "–";
    return el("td", {}, el("label", {},
      el("input", { type: "radio", name: `choice-${name}`, id: `choice-${name}-${whose}`, checked: this.#choice[name] === whose, onchange: () => this.#choose(name, whose) }), el("span", {}, text)));
  }

  #choose(name, whose) {
    this.#choice[name] = whose;
    this.show();
  }

  async save() {
    const mine = this.#names.filter((name) => this.#choice[name] === "mine");
    const values = Object.fromEntries(mine.filter((name) => name !== "outline").map((name) => [name, this.#mine.values[name]]));
    const geometry = mine.includes("outline") ? this.#mine.geometry : undefined;
    if (mine.length) await changePlot(this.code, `"${this.#conflict.version}"`, { values, geometry, reason: this.#mine.reason });
    this.dirty = false;
    this.end();
    await this.desk.changed(this.code, withCode("saved", this.code));
  }

  refused(error) {
    const again = conflictOf(error);
    if (again) this.#conflict = again;
    super.refused(again ? { ...error, detail: withCode("conflict_title", this.code) } : error);
  }
}

/** What the other editor changed besides, so that nobody is surprised. */
function besides(stands, before, names, label) {
  const others = Object.keys(stands).filter((name) => name in before && !names.includes(name) && !DERIVED.has(name) && !same(before[name], stands[name]));
  if (!others.length) return null;
  return el("section", {}, el("h3", {}, say("conflict_besides")),
    el("dl", {}, others.map((name) => el("div", {}, el("dt", {}, label(name)), el("dd", {}, written(name, stands[name]) || "–")))));
}
