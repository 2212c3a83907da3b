/** Edit what is known of a plot: a form with the faults that the program finds; return or delete the plot. */

import { ask } from "./dialog.js";
import { conflictOf } from "./conflict.js";
import { el } from "./dom.js";
import { changePlot, deletePlot, readPlot, retirePlot } from "./edits.js";
import { say, valueName, valuesOf } from "./language.js";
import { choice, field, Tool, withCode } from "./tool.js";

export const make = (name, context) => new EditTool(context);

const CHOICES = { owner_kind: "owner_kind", tenure_kind: "tenure", baunvo: "baunvo", contamination: "contamination" };
const LONG = new Set(["access_note", "hazard_note", "care_areas", "parcels"]);
const GROUPS = [["name"], ["address"], ["state", "quarter"], ["care_areas"], ["parcels"], ["access_note"], ["hazard_note"], ["contamination"], ["tenure_kind"], ["tenure_from", "tenure_until"], ["baunvo"], ["owner_kind"], ["access_lon", "access_lat"]];
const NUMBERS = new Set(["access_lon", "access_lat"]);

class EditTool extends Tool {
  #kept = null;
  #said = {};
  #faults = {};
  #reason = "";

  get title() {
    return withCode("edit_title", this.code);
  }

  async begin() {
    this.busy = true;
    super.begin();
    try {
      this.#kept = await readPlot(this.code);
    } catch (error) {
      this.refused(error);
    }
    this.busy = false;
    this.show();
    document.getElementById("edit-name")?.focus();
  }

  #value = (name) => this.#said[name] ?? this.#kept.feature.properties[name] ?? "";

  #hear(name, value) {
    const before = this.#kept.feature.properties[name] ?? "";
    if (String(value) === String(before)) delete this.#said[name];
    else this.#said[name] = value;
    const dirty = Object.keys(this.#said).length > 0;
    const again = dirty !== this.dirty || name === "state";
    this.dirty = dirty;
    if (again) this.show();
  }

  body() {
    if (!this.#kept) return this.busy ? el("p", { class: "quiet" }, say("loading_record")) : null;
    return [
      el("form", { id: "edit", onsubmit: (event) => event.preventDefault() },
        GROUPS.map((names) => (names.length === 1 ? this.#field(names[0]) : el("div", { class: "pair" }, names.map((name) => this.#field(name))))),
        this.#said.state ? field("edit-reason", say("reason"), el("input", { type: "text", maxlength: 300, value: this.#reason, oninput: (event) => { this.#reason = event.target.value; } }), this.#faults.reason) : null),
      el("details", { class: "end", id: "end" }, el("summary", {}, say("end_plot")),
        el("div", { class: "actions" },
          el("button", { type: "button", id: "plot-retire", onclick: () => this.#end("retire") }, say("retire")),
          el("button", { type: "button", id: "plot-delete", onclick: () => this.#end("delete") }, say("delete")))),
    ];
  }

  #field(name) {
    const id = `edit-${name}`;
    const label = this.desk.label(name);
    const value = this.#value(name);
    const hear = (event) => this.#hear(name, event.target.value);
    if (name === "quarter") {
      const options = [["", say("no_value")], ...this.desk.quarters.map(({ properties }) => [properties.key, properties.name])];
      return field(id, label, choice(value, options, (said) => this.#hear(name, said)), this.#faults[name]);
    }
    if (name === "state") {
      return field(id, label, choice(value, valuesOf("state").filter((one) => one !== "public").map((one) => [one, valueName("state", one)]), (said) => this.#hear(name, said)), this.#faults[name]);
    }
    if (name in CHOICES) {
      return field(id, label, choice(value, valuesOf(CHOICES[name]).map((one) => [one, valueName(CHOICES[name], one)]), (said) => this.#hear(name, said)), this.#faults[name]);
    }
    if (LONG.has(name)) {
      const control = el("textarea", { rows: name.endsWith("note") ? 3 : 2, maxlength: 2000, oninput: hear });
      control.value = value;
      return field(id, label, control, this.#faults[name]);
    }
    const type = name.startsWith("tenure_") ? "date" : "text";
    return field(id, label, el("input", { type, maxlength: 300, value, inputmode: NUMBERS.has(name) ? "decimal" : null, oninput: hear }), this.#faults[name]);
  }

  async save() {
    this.#faults = {};
    if (this.#said.state && !this.#reason.trim()) {
      this.#faults.reason = say("reason_need");
      this.message = { text: this.#faults.reason };
      setTimeout(() => document.getElementById("edit-reason")?.focus());
      return;
    }
    const { remarks } = await changePlot(this.code, this.#kept.tag, { values: this.#values, reason: this.#reason });
    await this.#done("saved", remarks);
  }

  /** What was said as the program takes it: numbers as numbers, what is empty as null. */
  get #values() {
    return Object.fromEntries(Object.entries(this.#said).map(([name, value]) => [name, value === "" ? null : NUMBERS.has(name) ? Number(String(value).replace(",", ".")) : value]));
  }

  async #done(word, remarks = []) {
    this.dirty = false;
    this.end();
    await this.desk.changed(word === "deleted" ? "" : this.code, [withCode(word, this.code), ...remarks].join(" "));
  }

  async #end(how) {
    if (!(await ask(withCode(`${how}_ask`, this.code), say(how), say("keep_on")))) return;
    this.message = null;
    try {
      if (how === "delete") await deletePlot(this.code, this.#kept.tag, this.#reason);
      else await retirePlot(this.code, this.#kept.tag, this.#reason.trim() || say("retire_reason"));
    } catch (error) {
      this.refused(error);
      this.show();
      return;
    }
    await this.#done(how === "delete" ? "deleted" : "retired");
  }

  refused(error) {
    const conflict = conflictOf(error);
    if (conflict) {
      const values = this.#values;
      this.dirty = false;
      this.end();
      this.desk.useConflict(conflict, { values, reason: this.#reason, before: this.#kept.feature.properties });
      return;
    }
    this.#faults = faultsOf(error, (name) => this.desk.label(name));
    super.refused(error);
    const first = Object.keys(this.#faults)[0];
    if (first) setTimeout(() => document.getElementById(`edit-${first}`)?.focus());
  }
}

/** Which fields the program refuses and why, as far as it says so. */
function faultsOf({ problem = {} }, label) {
  const { columns = [], errors = [] } = problem.fields ?? {};
  const named = columns.map((name) => [name, problem.detail || label(name)]);
  const placed = errors.map(({ where, reason }) => [String(where.at(-1)), reason]);
  return Object.fromEntries([...named, ...placed]);
}
