/** Draw a new plot, or change the outline of one. */

import { readPlaces, writePlaces } from "./coordinates.js";
import { conflictOf } from "./conflict.js";
import { el } from "./dom.js";
import { changePlot, createPlot, readPlot } from "./edits.js";
import { areaOf, geometryOf, polygonsOf, utmZone } from "./geodesy.js";
import { number, say, valueName } from "./language.js";
import { STATES } from "./palette.js";
import { Sketcher } from "./sketcher.js";
import { choice, field, Tool, withCode } from "./tool.js";

export const make = (name, context) => new DrawTool(name, context);

class DrawTool extends Tool {
  #new;
  #sketcher = null;
  #holes = [];
  #before = "";
  #values = { code: "", name: "", address: "", state: "registered", reason: "" };
  #typed = null;
  #fault = "";
  #kept = null;
  #area = el("b", {});
  #corners = el("span", { class: "quiet" });

  constructor(name, context) {
    super(context);
    this.#new = name === "draw";
  }

  get title() {
    return this.#new ? say("draw_title") : withCode("shape_title", this.code);
  }

  async begin() {
    super.begin();
    const { map, register } = this.desk;
    if (map) {
      this.#sketcher = new Sketcher("polygon", { map, rows: register.rows, without: new Set([this.code]), onChange: () => this.#changed() });
    }
    if (this.#new) return;
    this.busy = true;
    try {
      this.#kept = await readPlot(this.code);
    } catch (error) {
      this.refused(error);
    }
    this.busy = false;
    if (this.#kept) this.#take(polygonsOf(this.#kept.feature.geometry));
    map?.flyToFeature(this.#kept?.feature ?? register.row(this.code).feature);
    this.show();
  }

  /** Show an outline; holes stay as they are, only the outer edges are drawn anew. */
  #take(polygons) {
    this.#holes = polygons.map(([, ...holes]) => holes);
    this.#sketcher?.put(polygons.map(([outer]) => [outer]));
    this.#before = JSON.stringify(this.#polygons);
    this.dirty = false;
  }

  get #polygons() {
    const drawn = this.#sketcher?.drawing ? [] : (this.#sketcher?.parts ?? this.#typed ?? []);
    return drawn.map(([outer], index) => [outer, ...(this.#holes[index] ?? [])]);
  }

  get ready() {
    return this.dirty && this.#polygons.length > 0;
  }

  #changed() {
    if (!this.#sketcher) return; // it begins
    const was = [this.dirty, this.ready, this.#sketcher.canUndo, this.#sketcher.canRedo, this.#sketcher.crosses, this.#sketcher.drawing].join();
    const { parts, drawing } = this.#sketcher;
    this.dirty = this.#new ? parts.length > 0 || drawing : JSON.stringify(this.#polygons) !== this.#before;
    this.#readOut();
    const now = [this.dirty, this.ready, this.#sketcher.canUndo, this.#sketcher.canRedo, this.#sketcher.crosses, drawing].join();
    if (now !== this.#shown || now !== was) {
      this.#shown = now;
      this.show();
    }
  }

  #shown = "";

  #readOut() {
    const parts = (this.#sketcher?.parts ?? this.#typed ?? []).map(([outer], index) => [outer, ...(this.#holes[index] ?? [])]);
    this.#area.textContent = parts.length ? `${number(areaOf(parts, this.#where), 1)}\u202f${say("square_metres")}` : "–";
    this.#corners.textContent = parts.length ? `${parts.reduce((sum, [outer]) => sum + outer.length - 1, 0)} ${say("corners")}` : "";
  }

  get #where() {
    return utmZone(this.setup.epsg);
  }

  body() {
    this.#readOut();
    const sketcher = this.#sketcher;
    const told = this.#where ? say("area_plan").replace("{epsg}", this.setup.epsg) : say("area_earth");
    return [
      el("p", { class: "how" }, say(this.#new ? "draw_how" : "shape_how")),
      el("p", { class: "reading", role: "status", id: "area" }, `${say("area_now")}: `, this.#area, " ", this.#corners, el("span", { class: "quiet" }, told)),
      sketcher ? el("div", { class: "actions" },
        el("button", { type: "button", id: "undo", disabled: !sketcher.canUndo, onclick: () => sketcher.undo() }, say("undo")),
        el("button", { type: "button", id: "redo", disabled: !sketcher.canRedo, onclick: () => sketcher.redo() }, say("redo")),
        sketcher.drawing ? el("button", { type: "button", id: "finish", onclick: () => sketcher.finish() }, say("finish")) : null,
        el("button", { type: "button", class: "plain", id: "begin-anew", onclick: () => this.#anew() }, say("clear")),
        el("label", { class: "check" }, el("input", { type: "checkbox", id: "snap", checked: sketcher.snap.on, onchange: (event) => { sketcher.snap.on = event.target.checked; } }), say("snap")),
      ) : null,
      sketcher?.crosses ? el("p", { class: "bad", role: "alert" }, say("crosses")) : null,
      this.#coordinates(),
      el("form", { onsubmit: (event) => event.preventDefault() }, this.#new ? this.#fields() : [this.#input("reason")]),
    ];
  }

  #anew() {
    this.#holes = [];
    this.#typed = null;
    this.#sketcher.begin();
  }

  #coordinates() {
    const [outer] = this.#polygons[0] ?? [[]];
    const text = el("textarea", { rows: 5, spellcheck: "false" });
    text.value = writePlaces(outer.slice(0, -1));
    return el("details", { id: "coordinates" }, el("summary", {}, say("coordinates")),
      el("p", { class: "how" }, say("coordinates_how").replace("{epsg}", this.setup.epsg ?? "")),
      field("places", say("coordinates"), text, this.#fault),
      el("button", { type: "button", id: "places-take", onclick: () => this.#read(text.value) }, say("coordinates_take")));
  }

  #read(text) {
    const { places, fault } = readPlaces(text, this.#where, this.desk.middle);
    this.#fault = fault || (places.length < 3 ? say("coordinates_few").replace("{count}", 3) : "");
    if (!this.#fault) {
      this.#typed = [[[...places, places[0]]]];
      if (this.#sketcher && !this.#sketcher.put(this.#typed)) this.#fault = say("crosses");
      this.dirty = true;
      this.desk.map?.fitTo([{ geometry: geometryOf(this.#typed) }]);
    }
    this.show();
    if (this.#fault) document.getElementById("places")?.focus();
  }

  #input(name, attributes = {}) {
    const label = name === "code" ? say("new_code") : name === "reason" ? say("reason") : this.desk.label(name);
    return field(`draw-${name}`, label, el("input", { type: "text", maxlength: 200, ...attributes, value: this.#values[name], oninput: (event) => { this.#values[name] = event.target.value; } }), this.faults?.[name]);
  }

  #fields() {
    const states = STATES.filter((one) => one !== "public" && one !== "returned").map((one) => [one, valueName("state", one)]);
    return [
      this.#input("name"), this.#input("address"),
      el("div", { class: "pair" }, this.#input("code"), field("draw-state", this.desk.label("state"), choice(this.#values.state, states, (state) => { this.#values.state = state; }))),
    ];
  }

  async save() {
    const geometry = geometryOf(this.#polygons);
    const { reason, ...values } = this.#values;
    const said = Object.fromEntries(Object.entries(values).filter(([, value]) => value.trim()));
    const answer = this.#new ? await createPlot(geometry, said, reason) : await changePlot(this.code, this.#kept.tag, { geometry, reason });
    const { code, remarks } = answer;
    this.dirty = false;
    this.end();
    await this.desk.changed(code, [withCode(this.#new ? "saved_new" : "saved", code), ...remarks].join(" "));
  }

  refused(error) {
    const conflict = conflictOf(error);
    if (!conflict) {
      super.refused(error);
      const { lon, lat } = error.problem?.fields ?? {};
      if (typeof lon === "number" && typeof lat === "number") this.desk.map?.flyTo(lon, lat, 18);
      return;
    }
    const geometry = geometryOf(this.#polygons);
    this.dirty = false;
    this.end();
    this.desk.useConflict(conflict, { geometry, reason: this.#values.reason, before: this.#kept.feature.properties, outline: this.#kept.feature.geometry });
  }

  tidy() {
    this.#sketcher?.stop();
    this.#sketcher = null;
  }
}
