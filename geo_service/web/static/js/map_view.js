/** The map itself: sources, camera, what is selected. It is told what to show and tells what was clicked. */

import * as maplibre from "/static/vendor/maplibre-gl/maplibre-gl.mjs";
import { calls } from "./day.js";
import { boundsOf, EMPTY, labelPlaces, labelPoint, middleOf, placeLabels, pushApart } from "./geometry.js";
import { dropSketch } from "./first.js";
import { drawImage, stopExtra } from "./images.js";
import { say } from "./language.js";
import { onThemeChange } from "./palette.js";
import { PLOT_LAYERS, STOP_LAYER, stopScale, styleOf } from "./style.js";

const STOP_REACH_PX = 11.5;
const LEADER_FROM_PX = 7;
const LEIPZIG_WEST = [12.325, 51.332];

const collection = (features) => ({ type: "FeatureCollection", features });
const point = (coordinates, properties) => ({ type: "Feature", geometry: { type: "Point", coordinates }, properties });

export class MapView {
  #map;
  #data = Object.fromEntries(
    ["landscape", "landscape-labels", "quarters", "quarter-labels", "streets", "plots", "plot-signs", "marks", "trial", "trial-signs", "legs", "leaders", "stops", "depots"]
      .map((name) => [name, EMPTY]),
  );
  #stops = [];
  #depots = [];
  #names = [];
  #marks = { open: [], chosen: [], hover: [] };
  #hovered = "";
  #framed = false;
  #refit = null;
  #busy = false;
  #seen = false;

  /** @param {{onPlot: function(string, boolean), onStop: function(string, string), onNothing: function(), onHover: function(string), onMove: function()}} listeners */
  constructor(container, listeners) {
    this.#framed = location.hash.startsWith("#map=");
    this.#map = new maplibre.Map({
      container,
      style: styleOf(this.#data),
      center: LEIPZIG_WEST,
      zoom: 12.4,
      minZoom: 8,
      maxZoom: 19,
      hash: "map",
      attributionControl: false,
      dragRotate: false,
      pitchWithRotate: false,
      touchPitch: false,
      fadeDuration: matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : 150,
      locale: { "NavigationControl.ZoomIn": say("nav_in"), "NavigationControl.ZoomOut": say("nav_out"), "Map.Title": say("map") },
    });
    const map = this.#map;
    map.touchZoomRotate.disableRotation();
    map.keyboard.disableRotation();
    map.setMissingStyleImageResolver((name) => {
      const image = drawImage(name);
      if (image && !map.hasImage(name)) map.addImage(name, image.data, image.options);
    });
    map.addControl(new maplibre.NavigationControl({ showCompass: false }), "top-right");
    map.addControl({ onAdd: () => document.getElementById("attribution"), onRemove: () => {} }, "bottom-right");
    map.addControl(new maplibre.ScaleControl({ unit: "metric" }), "bottom-right");
    map.on("zoom", () => this.#placeStops());
    map.on("resize", () => this.#refit?.());
    map.on("movestart", (event) => {
      if (!event.originalEvent) return;
      this.#refit = null;
      dropSketch();
    });
    map.on("click", (event) => this.#clicked(event, listeners));
    map.on("mousemove", (event) => {
      if (this.#busy) return;
      const hit = this.#under(event.point);
      map.getCanvas().style.cursor = hit ? "pointer" : "";
      this.#hover(hit?.properties.code ?? hit?.properties.plot ?? "", listeners);
    });
    map.on("mouseout", () => this.#hover("", listeners));
    map.on("moveend", () => listeners.onMove());
    map.on("render", () => this.#painted());
    onThemeChange(() => map.setStyle(styleOf(this.#data)));
  }

  /** Resolves when everything is drawn. */
  drawn() {
    return new Promise((resolve) => this.#map.once("idle", resolve));
  }

  showLandscape(landscape) {
    this.#put("landscape", landscape);
    const named = landscape.features.filter((one) => one.properties?.name && one.geometry?.type.endsWith("Polygon"));
    this.#put("landscape-labels", collection(named.map((one) => point(labelPoint(one.geometry), one.properties))));
  }

  showQuarters(quarters) {
    const groups = [...new Set(quarters.features.map((one) => one.properties.group))].sort();
    const tinted = quarters.features.map((one) => ({
      ...one, properties: { ...one.properties, group_index: groups.indexOf(one.properties.group) },
    }));
    this.#put("quarters", collection(tinted));
    this.#names = quarters.features.map((one) => ({ name: one.properties.name, places: labelPlaces(one.geometry) }));
    this.#frame(quarters.features);
    this.#placeNames([]);
  }

  showStreets(streets) {
    this.#put("streets", streets);
  }

  /** The first picture: signs without outlines, which come later. */
  showFirst({ codes, states, lon, lat, box }) {
    if (box) this.#frameBox(box);
    this.#put("plot-signs", collection(codes.map((code, index) => point([lon[index], lat[index]], { code, state: states?.[index] ?? "public" }))));
  }

  showPlots(plots) {
    this.#put("plots", plots);
    this.#put("plot-signs", collection(plots.features.map((one) => point(middleOf(one.geometry), one.properties))));
    this.#frame(plots.features);
  }

  /** @param {Array} crews visible crews of the day, each with colour, shape, stops and legs (coordinates) */
  showRoutes(crews) {
    const middle = (crews.length - 1) / 2;
    const legs = crews.flatMap((crew, index) =>
      crew.legs.map((coordinates) => {
        const lane = crews.length === 1 ? 0.8 : index - middle;
        return {
          type: "Feature",
          geometry: { type: "LineString", coordinates },
          properties: { crew: crew.crew, colour: crew.colour, lane, arrow_offset: [0, lane * 3.6] },
        };
      }),
    );
    this.#put("legs", collection(legs));
    this.#stops = crews.flatMap((crew) => calls(crew.stops).map((call) => ({ ...call, crew: crew.crew, colour: crew.colour, shape: crew.shape })));
    const depots = new Map(crews.filter((one) => one.depot).map((one) => [one.depot.name, one.depot]));
    this.#depots = [...depots.values()];
    this.#put("depots", collection(this.#depots.map((one) => point([one.lon, one.lat], { name: one.name }))));
    this.#placeStops();
  }

  /** Put a mark on features: `kind` is open, chosen or hover. */
  mark(kind, features) {
    this.#marks[kind] = features;
    const marked = Object.entries(this.#marks).flatMap(([mark, those]) =>
      those.flatMap(({ geometry }) => [{ type: "Feature", geometry, properties: { mark } }, point(middleOf(geometry), { mark })]));
    this.#put("marks", collection(marked));
  }

  /** Show what an import would do: features with `outcome`, and points for all that have a place. */
  showTrial(outlines, points) {
    this.#put("trial", collection(outlines));
    this.#put("trial-signs", collection(points));
  }

  /** What is in sight, [west, south, east, north]. */
  get box() {
    return this.#map.getBounds().toArray().flat();
  }

  /** The library's map, for drawing; while somebody draws, clicks are not ours. */
  get library() {
    return this.#map;
  }

  set busy(busy) {
    this.#busy = busy;
    this.#map.getCanvas().style.cursor = "";
  }

  fitTo(features) {
    const bounds = boundsOf(features);
    if (!bounds) return;
    this.#framed = true;
    this.#refit = null;
    this.#map.fitBounds(bounds, { padding: this.#room(60), maxZoom: 17, duration: 600 });
  }

  /** Bring a place into view, beside the drawer. */
  flyTo(lon, lat, zoom = 15.6) {
    this.#framed = true;
    this.#refit = null;
    this.#map.easeTo({ center: [lon, lat], zoom: Math.max(zoom, this.#map.getZoom()), padding: this.#room(), duration: 600 });
  }

  flyToFeature(feature, zoom) {
    const [lon, lat] = middleOf(feature.geometry);
    this.flyTo(lon, lat, zoom);
  }

  /** What the drawer covers: the right side, or the lower part where it is narrow. */
  #room(gap = 20) {
    const { offsetWidth, offsetHeight, hidden } = document.getElementById("drawer");
    const { clientWidth, clientHeight } = this.#map.getContainer();
    const [across, up] = hidden ? [0, 0] : offsetHeight < clientHeight ? [0, offsetHeight] : [offsetWidth, 0];
    return { top: gap, left: gap, right: Math.min(across, clientWidth - 120) + gap, bottom: up + gap };
  }

  /** Show all of these, unless somebody chose what to look at; again when the room for the map changes. */
  #frame(features) {
    const bounds = this.#framed ? null : boundsOf(features);
    if (bounds) this.#frameBox(bounds);
  }

  #frameBox(bounds) {
    if (this.#framed) return;
    this.#framed = true;
    this.#refit = () => this.#map.fitBounds(bounds, { padding: 28, animate: false });
    this.#refit();
  }

  #put(name, value) {
    this.#data[name] = value;
    this.#map.getSource(name)?.setData(value);
  }

  /** Push stops that would cover each other apart on the screen; a line leads from each to its place. */
  #placeStops() {
    const map = this.#map;
    const scale = stopScale(map.getZoom());
    const on = (lon, lat) => {
      const { x, y } = map.project([lon, lat]);
      return { x, y };
    };
    const markers = this.#stops.map((stop) => ({
      ...on(stop.lon, stop.lat), reach: (STOP_REACH_PX + stopExtra(stop.label) / 2) * scale, stop,
    }));
    const from = markers.map(({ x, y }) => ({ x, y }));
    const houses = this.#depots.map((one) => ({ ...on(one.lon, one.lat), reach: STOP_REACH_PX * scale, fixed: true }));
    pushApart([...markers, ...houses]);
    const stops = [];
    const leaders = [];
    markers.forEach(({ x, y, stop }, index) => {
      const { lng, lat } = map.unproject([x, y]);
      const { crew, label, order, plot, colour, shape } = stop;
      stops.push(point([lng, lat], { crew, label, order, plot, colour, shape }));
      if (Math.hypot(x - from[index].x, y - from[index].y) > LEADER_FROM_PX) {
        leaders.push({ type: "Feature", geometry: { type: "LineString", coordinates: [[stop.lon, stop.lat], [lng, lat]] }, properties: {} });
      }
    });
    this.#put("stops", collection(stops));
    this.#put("leaders", collection(leaders));
    this.#placeNames([...markers, ...houses]);
  }

  /** Put the quarters' names where they cover neither stops nor each other. */
  #placeNames(marks) {
    const zoom = this.#map.getZoom();
    const size = Math.min(18, 11 + Math.max(0, zoom - 11.5) * 2);
    const degree = (512 * 2 ** zoom) / 360 / Math.cos((this.#map.getCenter().lat * Math.PI) / 180);
    const labels = this.#names.map(({ name, places }) => ({
      width: name.length * size * 0.86,
      height: size * 1.3,
      places: places.map(({ at, room }) => ({ ...this.#map.project(at), room: room * degree })),
    }));
    const chosen = placeLabels(labels, marks);
    const names = this.#names.map(({ name, places }, index) => point(places[chosen[index]].at, { name, size }));
    this.#put("quarter-labels", collection(names));
  }

  #under({ x, y }) {
    const box = [[x - 4, y - 4], [x + 4, y + 4]];
    const layers = [STOP_LAYER, ...PLOT_LAYERS].filter((one) => this.#map.getLayer(one));
    const hits = this.#map.queryRenderedFeatures(box, { layers });
    return hits.find((one) => one.layer.id === STOP_LAYER) ?? hits[0] ?? null;
  }

  #clicked(event, { onPlot, onStop, onNothing }) {
    if (this.#busy) return;
    const hit = this.#under(event.point);
    const { ctrlKey, metaKey, shiftKey } = event.originalEvent;
    if (!hit) onNothing();
    else if (hit.layer.id === STOP_LAYER) onStop(hit.properties.plot, hit.properties.crew);
    else onPlot(hit.properties.code, ctrlKey || metaKey || shiftKey);
  }

  #hover(code, { onHover }) {
    if (code === this.#hovered) return;
    this.#hovered = code;
    onHover(code);
  }

  /** Note when the first plots can be seen, which tests of speed read. */
  #painted() {
    if (this.#seen || !this.#data["plot-signs"].features.length) return;
    if (!this.#map.queryRenderedFeatures({ layers: PLOT_LAYERS }).length) return;
    this.#seen = true;
    dropSketch();
    requestAnimationFrame(() => performance.mark("map-painted"));
  }
}

/** Whether this browser can draw the map at all. */
export function canDraw() {
  return Boolean(document.createElement("canvas").getContext("webgl2"));
}
