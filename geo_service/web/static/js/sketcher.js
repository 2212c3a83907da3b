/** Drawing on the map with Terra Draw: one outline of one or several polygons, or one line. */

import { TerraDraw, TerraDrawLineStringMode, TerraDrawModeUndoRedo, TerraDrawPolygonMode, TerraDrawSelectMode, TerraDrawSessionUndoRedo, ValidateNotSelfIntersecting } from "/static/vendor/terra-draw/terra-draw.mjs";
import { TerraDrawMapLibreGLAdapter } from "/static/vendor/terra-draw/adapter.mjs";
import { theme } from "./palette.js";
import { Snap } from "./snap.js";

const PLACES = 1e8;

const MODES = { polygon: "Polygon", line: "LineString" };

export class Sketcher {
  #draw;
  #map;
  #mode;
  #onChange;
  snap;

  /** @param {"polygon"|"line"} what; @param {{map: object, rows: Array, without: Set, onChange: function()}} how */
  constructor(what, { map, rows, without, onChange }) {
    this.#map = map;
    this.#mode = what === "line" ? "linestring" : "polygon";
    this.#onChange = onChange;
    this.snap = new Snap(map.library, rows, without);
    const ink = theme().drawn;
    const paper = theme().halo;
    const snapping = { toCustom: (event) => this.snap.at(event), toCoordinate: true };
    const point = (name) => ({ [`${name}Color`]: ink, [`${name}Width`]: 6, [`${name}OutlineColor`]: paper, [`${name}OutlineWidth`]: 2 });
    const polygon = new TerraDrawPolygonMode({
      snapping, showCoordinatePoints: true, pointerDistance: 18,
      styles: { fillColor: ink, fillOpacity: 0.2, outlineColor: ink, outlineWidth: 3, ...point("closingPoint"), ...point("snappingPoint"), ...point("coordinatePoint") },
    });
    const line = new TerraDrawLineStringMode({
      snapping, showCoordinatePoints: true, pointerDistance: 18, styles: { lineStringColor: ink, lineStringWidth: 3, ...point("closingPoint"), ...point("snappingPoint"), ...point("coordinatePoint") },
    });
    const corners = { draggable: true, midpoints: true, deletable: true, snappable: { toCustom: (event) => this.snap.at(event) } };
    const select = new TerraDrawSelectMode({
      pointerDistance: 22,
      allowManualDeselection: false,
      flags: { polygon: { feature: { draggable: false, coordinates: corners } }, linestring: { feature: { draggable: false, coordinates: corners } } },
      styles: {
        selectedPolygonColor: ink, selectedPolygonFillOpacity: 0.2, selectedPolygonOutlineColor: ink, selectedPolygonOutlineWidth: 3,
        selectedLineStringColor: ink, selectedLineStringWidth: 3, ...point("selectionPoint"), ...point("midPoint"), midPointWidth: 4,
      },
    });
    this.#draw = new TerraDraw({
      adapter: new TerraDrawMapLibreGLAdapter({ map: map.library }),
      modes: [polygon, line, select],
      undoRedo: { modeLevel: new TerraDrawModeUndoRedo(), sessionLevel: new TerraDrawSessionUndoRedo() },
    });
    this.#draw.start();
    this.#draw.on("change", () => onChange());
    this.#draw.on("history", () => onChange());
    this.#draw.on("finish", (id, { action }) => {
      if (action === "draw") setTimeout(() => this.#grasp(id)); // after the mode has done with it
      onChange();
    });
    map.busy = true;
    this.begin();
  }

  /** Begin anew: what was drawn is gone. */
  begin() {
    this.#draw.clear();
    this.#draw.setMode(this.#mode);
    this.#map.library.doubleClickZoom.disable();
    this.#onChange();
  }

  /** Show what is there already; its corners can be dragged. Returns false when the library refuses it. */
  put(parts) {
    this.#draw.clear();
    const features = parts.map((coordinates) => ({ type: "Feature", geometry: { type: MODES[this.#mode === "polygon" ? "polygon" : "line"], coordinates: rounded(coordinates) }, properties: { mode: this.#mode } }));
    const ids = this.#draw.addFeatures(features);
    if (!ids.every((one) => one.valid)) return false;
    this.#grasp(ids[0].id);
    this.#onChange();
    return true;
  }

  #grasp(id) {
    if (!this.#draw.enabled || !this.#draw.hasFeature(id)) return;
    this.#draw.setMode("select");
    this.#draw.selectFeature(id);
    this.#onChange();
  }

  get #features() {
    return this.#draw.enabled ? this.#draw.getSnapshot().filter(({ properties, geometry }) => properties.mode === this.#mode && geometry.type !== "Point") : [];
  }

  /** Whether corners are still being set. */
  get drawing() {
    return this.#draw.enabled && this.#draw.getModeState() === "drawing";
  }

  /** Coordinates of what is drawn: rings of polygons, or points of lines. */
  get parts() {
    return this.#features.map(({ geometry }) => geometry.coordinates).filter((one) => (this.#mode === "polygon" ? one[0].length >= 4 : one.length >= 2));
  }

  get crosses() {
    return this.#mode === "polygon" && !this.drawing && this.#features.some((one) => !ValidateNotSelfIntersecting(one).valid);
  }

  get canUndo() {
    return this.#draw.enabled && this.#draw.canUndo();
  }

  get canRedo() {
    return this.#draw.enabled && this.#draw.canRedo();
  }

  undo() {
    this.#draw.undo();
    this.#after();
  }

  redo() {
    this.#draw.redo();
    this.#after();
  }

  /** Close what is being drawn, as Enter does. */
  finish() {
    this.#map.library.getCanvas().dispatchEvent(new KeyboardEvent("keyup", { key: "Enter", bubbles: true }));
  }

  stop() {
    if (this.#draw.enabled) this.#draw.stop();
    this.#map.library.doubleClickZoom.enable();
    this.#map.busy = false;
  }

  /** When the last corner is undone there is nothing to select: drawing goes on. */
  #after() {
    if (!this.#features.length && this.#draw.getMode() === "select") this.#draw.setMode(this.#mode);
    this.#onChange();
  }
}

const rounded = (value) => (typeof value === "number" ? Math.round(value * PLACES) / PLACES : value.map(rounded));
