/** The map without network: streets, landscape, outlines and the tour come with the day; letters from the phone's fonts. */

import * as maplibre from "/static/vendor/maplibre-gl/maplibre-gl.mjs";
import { el } from "/static/js/dom.js";
import { labelPoint } from "/static/js/geometry.js";
import { drawImage } from "/static/js/images.js";
import { crewColour, onThemeChange } from "/static/js/palette.js";
import { mapStyle, STOP_LAYER } from "./map_style.js";
import { button } from "./parts.js";
import { isOver } from "./visit.js";
import { number, say } from "./words.js";

maplibre.setWorkerUrl("/crew-map-worker.mjs"); // below /crew, where the service worker keeps it

const LEIPZIG_WEST = [12.27, 51.3, 12.36, 51.36];

const EMPTY = { type: "FeatureCollection", features: [] };
const collection = (features) => ({ type: "FeatureCollection", features });
const point = (coordinates, properties) => ({ type: "Feature", geometry: { type: "Point", coordinates }, properties });

export class CrewMap {
  #app;
  #map = null;
  #here = null;
  #said = el("p", { class: "map-said", role: "status" });
  #unheed = () => {};

  constructor(app, room, visitId) {
    this.#app = app;
    if (!document.createElement("canvas").getContext("webgl2")) {
      room.replaceChildren(el("p", { class: "card" }, say("map_failed")));
      return;
    }
    const container = el("div", { class: "map", id: "map" });
    room.replaceChildren(container, el("div", { class: "map-buttons" },
      button("map", say("map_all"), () => this.#frame(), { id: "map-all" }),
      button("here", say("me_here"), () => this.#locate(), { id: "map-here" })), this.#said);
    const bounds = app.day.package.map?.bounds ?? LEIPZIG_WEST;
    this.#map = new maplibre.Map({
      container, style: mapStyle(this.#data()), bounds, fitBoundsOptions: { padding: 24 }, minZoom: 9, maxZoom: 19, attributionControl: false,
      dragRotate: false, pitchWithRotate: false, touchPitch: false, fadeDuration: 0, locale: { "Map.Title": say("map") },
    });
    const map = this.#map;
    map.touchZoomRotate.disableRotation();
    map.setMissingStyleImageResolver((name) => {
      const image = drawImage(name);
      if (image && !map.hasImage(name)) map.addImage(name, image.data, image.options);
    });
    map.addControl(new maplibre.NavigationControl({ showCompass: false }), "top-right");
    map.addControl(new maplibre.ScaleControl({ unit: "metric" }), "top-left");
    map.on("click", (event) => this.#clicked(event));
    map.once("idle", () => {
      container.dataset.drawn = "yes";
    });
    const repaint = () => this.#map?.setStyle(mapStyle(this.#data()));
    onThemeChange(repaint);
    const stop = visitId && app.stop(visitId);
    if (stop) map.jumpTo({ center: [stop.lon, stop.lat], zoom: 16.2 });
    else this.#frame(false);
  }

  update() {
    this.#map?.setStyle(mapStyle(this.#data()), { diff: true });
  }

  close() {
    this.#map?.remove();
    this.#map = null;
    this.#unheed();
  }

  #data() {
    const { package: list } = this.#app.day;
    const { streets = EMPTY, landscape = EMPTY, quarters = EMPTY } = list.map ?? {};
    const colour = crewColour(list.crew.colour, 0);
    const stops = this.#app.stops;
    const legs = this.#app.day.order ? [] : [...stops.map((one) => one.leg), list.way_back].filter((one) => one?.length > 1);
    return {
      landscape, quarters, streets,
      plots: collection(stops.filter((one) => one.outline?.length).map((one) => ({ type: "Feature", geometry: { type: "MultiPolygon", coordinates: one.outline.map((ring) => [ring]) }, properties: {} }))),
      legs: collection(legs.map((one) => ({ type: "Feature", geometry: { type: "LineString", coordinates: one }, properties: { colour } }))),
      depots: collection(list.depot?.lon != null ? [point([list.depot.lon, list.depot.lat], { name: list.depot.name })] : []),
      "quarter-labels": collection(quarters.features.filter((one) => one.properties?.name && one.geometry?.type.endsWith("Polygon")).map((one) => point(labelPoint(one.geometry), { name: one.properties.name }))),
      stops: collection(stops.map((one, rank) => this.#stop(one, rank, colour))),
    };
  }

  /** A stop with its number; what is over is grey and square, and lies under the others. */
  #stop(one, rank, colour) {
    const over = isOver(this.#app.standing(one).state);
    const look = over ? { colour: "#6b7075", shape: "square", rank: rank + 1000 } : { colour, shape: "circle", rank };
    return point([one.lon, one.lat], { visit_id: one.visit_id, plot: one.plot, label: String(one.order), ...look });
  }

  #frame(animate = true) {
    const { depot } = this.#app.day.package;
    const places = [...this.#app.stops.map((one) => [one.lon, one.lat]), ...(depot?.lon != null ? [[depot.lon, depot.lat]] : []), ...(this.#here ? [this.#here.getLngLat().toArray()] : [])];
    if (!places.length) return;
    const bounds = places.reduce((box, one) => box.extend(one), new maplibre.LngLatBounds(places[0], places[0]));
    const still = !animate || matchMedia("(prefers-reduced-motion: reduce)").matches;
    this.#map.fitBounds(bounds, { padding: { top: 40, bottom: 90, left: 30, right: 70 }, maxZoom: 16, animate: !still });
  }

  #locate() {
    if (!globalThis.isSecureContext || !navigator.geolocation) {
      this.#said.textContent = say("me_insecure");
      return;
    }
    navigator.geolocation.getCurrentPosition(({ coords }) => this.#found([coords.longitude, coords.latitude]), () => {
      this.#said.textContent = say("me_failed");
    }, { enableHighAccuracy: true, timeout: 15_000, maximumAge: 10_000 });
  }

  #found(at) {
    if (!this.#map) return;
    this.#here ??= new maplibre.Marker({ element: el("div", { class: "here", role: "img", "aria-label": say("me_here") }) });
    this.#here.setLngLat(at).addTo(this.#map);
    const next = this.#app.stops.find((one) => !isOver(this.#app.standing(one).state));
    if (next) {
      const metres = new maplibre.LngLat(...at).distanceTo(new maplibre.LngLat(next.lon, next.lat));
      this.#said.textContent = say("distance", { m: number(Math.round(metres / 10) * 10), order: next.order });
    }
    this.#map.easeTo({ center: at, duration: matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : 400 });
  }

  #clicked({ point: { x, y } }) {
    const layers = [STOP_LAYER].filter((one) => this.#map.getLayer(one));
    const [hit] = this.#map.queryRenderedFeatures([[x - 12, y - 12], [x + 12, y + 12]], { layers });
    if (hit) location.hash = `#visit=${hit.properties.visit_id}`;
  }
}
