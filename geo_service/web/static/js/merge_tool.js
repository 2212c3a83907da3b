/** Merge the chosen plots: one keeps its code and gets the ground of all. */

import { el } from "./dom.js";
import { mergePlots, readPlot } from "./edits.js";
import { area, say } from "./language.js";
import { field, Tool, withCode } from "./tool.js";

export const make = (name, context) => new MergeTool(context);

class MergeTool extends Tool {
  #codes;
  #keeps;
  #reason = "";

  constructor(context) {
    super(context);
    this.#codes = [...this.desk.chosen].sort();
    this.#keeps = this.#codes[0];
  }

  get title() {
    return say("merge_title");
  }

  get ready() {
    return this.#codes.length > 1;
  }

  begin() {
    super.begin();
    this.desk.map?.fitTo(this.#codes.map((code) => this.desk.register.row(code).feature));
  }

  body() {
    const rows = this.#codes.map((code) => this.desk.register.row(code)).filter(Boolean);
    const all = rows.reduce((sum, row) => sum + row.area_m2, 0);
    return [
      el("p", { class: "how" }, say("merge_how")),
      el("fieldset", { class: "field" }, el("legend", {}, say("keeps")), rows.map((row) =>
        el("label", { class: "check" },
          el("input", { type: "radio", name: "keeps", id: `keeps-${row.code}`, checked: row.code === this.#keeps, onchange: () => { this.#keeps = row.code; } }),
          `${row.code} · ${area(row.area_m2)} · ${row.address ?? ""}`))),
      el("p", { class: "reading" }, `${say("area_now")}: `, el("b", {}, area(all))),
      field("merge-reason", say("reason"), el("input", { type: "text", maxlength: 300, value: this.#reason, oninput: (event) => { this.#reason = event.target.value; } })),
    ];
  }

  async save() {
    const order = [this.#keeps, ...this.#codes.filter((one) => one !== this.#keeps)];
    const plots = await Promise.all(order.map(async (code) => ({ code, version: (await readPlot(code)).version })));
    const { remarks } = await mergePlots(plots, this.#reason);
    this.end();
    this.desk.chosen = new Set();
    await this.desk.changed(this.#keeps, [withCode("saved_merge", this.#keeps), ...remarks].join(" "));
  }
}
