/** Split a plot by a line that is drawn across it. */

import { readPlaces } from "./coordinates.js";
import { conflictOf } from "./conflict.js";
import { el } from "./dom.js";
import { readPlot, splitPlot } from "./edits.js";
import { lengthOf, utmZone } from "./geodesy.js";
import { number, say } from "./language.js";
import { Sketcher } from "./sketcher.js";
import { field, Tool, withCode } from "./tool.js";

export const make = (name, context) => new SplitTool(context);

class SplitTool extends Tool {
  #sketcher = null;
  #typed = null;
  #kept = null;
  #fault = "";
  #reason = "";
  #length = el("b", {});
  #shown = "";

  get title() {
    return withCode("split_title", this.code);
  }

  async begin() {
    super.begin();
    const { map, register } = this.desk;
    if (map) this.#sketcher = new Sketcher("line", { map, rows: register.rows, without: new Set(), onChange: () => this.#changed() });
    map?.flyToFeature(register.row(this.code).feature, 17);
    try {
      this.#kept = await readPlot(this.code);
    } catch (error) {
      this.refused(error);
    }
    this.show();
  }

  get #line() {
    return this.#sketcher?.drawing ? null : (this.#sketcher?.parts[0] ?? this.#typed);
  }

  get ready() {
    return Boolean(this.#line && this.#kept);
  }

  #changed() {
    if (!this.#sketcher) return;
    const { parts, drawing, canUndo, canRedo } = this.#sketcher;
    this.dirty = drawing || parts.length > 0;
    this.#readOut();
    const now = [this.dirty, drawing, canUndo, canRedo, this.ready].join();
    if (now === this.#shown) return;
    this.#shown = now;
    this.show();
  }

  #readOut() {
    const line = this.#sketcher?.parts[0] ?? this.#typed;
    this.#length.textContent = line ? `${number(lengthOf(line, utmZone(this.setup.epsg)), 1)}\u202f${say("metres")}` : "–";
  }

  body() {
    this.#readOut();
    const sketcher = this.#sketcher;
    const text = el("textarea", { rows: 4, spellcheck: "false" });
    return [
      el("p", { class: "how" }, say("split_how")),
      el("p", { class: "reading", role: "status" }, `${say("length_now")}: `, this.#length),
      sketcher ? el("div", { class: "actions" },
        el("button", { type: "button", id: "undo", disabled: !sketcher.canUndo, onclick: () => sketcher.undo() }, say("undo")),
        el("button", { type: "button", id: "redo", disabled: !sketcher.canRedo, onclick: () => sketcher.redo() }, say("redo")),
        sketcher.drawing ? el("button", { type: "button", id: "finish", onclick: () => sketcher.finish() }, say("finish_line")) : null,
        el("button", { type: "button", class: "plain", id: "begin-anew", onclick: () => sketcher.begin() }, say("clear")),
        el("label", { class: "check" }, el("input", { type: "checkbox", id: "snap", checked: sketcher.snap.on, onchange: (event) => { sketcher.snap.on = event.target.checked; } }), say("snap")),
      ) : null,
      el("details", { id: "coordinates" }, el("summary", {}, say("coordinates")),
        el("p", { class: "how" }, say("coordinates_how").replace("{epsg}", this.setup.epsg ?? "")),
        field("places", say("coordinates"), text, this.#fault),
        el("button", { type: "button", id: "places-take", onclick: () => this.#read(text.value) }, say("coordinates_take"))),
      el("form", { onsubmit: (event) => event.preventDefault() },
        field("split-reason", say("reason"), el("input", { type: "text", maxlength: 300, value: this.#reason, oninput: (event) => { this.#reason = event.target.value; } }))),
    ];
  }

  #read(text) {
    const { places, fault } = readPlaces(text, utmZone(this.setup.epsg), this.desk.middle);
    this.#fault = fault || (places.length < 2 ? say("coordinates_few").replace("{count}", 2) : "");
    if (!this.#fault) {
      this.#typed = places;
      this.#sketcher?.put([places]);
      this.dirty = true;
    }
    this.show();
  }

  async save() {
    const { codes, remarks } = await splitPlot(this.code, this.#kept.tag, { type: "LineString", coordinates: this.#line }, this.#reason);
    const told = [say("saved_split").replace("{code}", this.code).replace("{codes}", codes.join(", ")), ...remarks].join(" ");
    this.dirty = false;
    this.end();
    this.desk.chosen = new Set(codes);
    await this.desk.changed(this.code, told);
  }

  refused(error) {
    super.refused(conflictOf(error) ? { ...error, status: 412, detail: withCode("conflict_title", this.code) } : error);
    const { lon, lat } = error.problem?.fields ?? {};
    if (typeof lon === "number" && typeof lat === "number") this.desk.map?.flyTo(lon, lat, 18);
  }

  tidy() {
    this.#sketcher?.stop();
    this.#sketcher = null;
  }
}
