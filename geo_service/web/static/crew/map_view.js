/** The map without network: streets, landscape, outlines and the tour come with the day; letters from the phone's fonts. */

import * as maplibre from "/static/vendor/maplibre-gl/maplibre-gl.mjs";
import { el } from "/static/js/dom.js";
import { EMPTY, labelPoint, middleOf } from "/static/js/geometry.js";
import { drawImage } from "/static/js/images.js";
import { crewColour, onThemeChange } from "/static/js/palette.js";
import { STOP_LAYER, styleOf } from "/static/js/style.js";
import { button } from "./parts.js";
import { isOver } from "./visit.js";
import { number, say } from "./words.js";

maplibre.setWorkerUrl("/crew-map-worker.mjs"); // below /crew, where the service worker keeps it

const LEIPZIG_WEST = [12.27, 51.3, 12.36, 51.36];

const collection = (features) => ({ type: "FeatureCollection", features });
const point = (coordinates, properties) => ({ type: "Feature", geometry: { type: "Point", coordinates }, properties });
const line = (coordinates, properties) => ({ type: "Feature", geometry: { type: "LineString", coordinates }, properties });
const named = (all) => (all?.features ?? []).filter((one) => one.properties?.name && one.geometry?.type.endsWith("Polygon"));

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
      container, style: styleOf(this.#data()), bounds, fitBoundsOptions: { padding: 24 }, minZoom: 9, maxZoom: 19, attributionControl: false,
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
    const repaint = () => this.#map?.setStyle(styleOf(this.#data()));
    onThemeChange(repaint);
    const stop = visitId && app.stop(visitId);
    if (stop) map.jumpTo({ center: [stop.lon, stop.lat], zoom: 16.2 });
    else this.#frame(false);
  }

  update() {
    this.#map?.setStyle(styleOf(this.#data()), { diff: true });
  }

  close() {
    this.#map?.remove();
    this.#map = null;
    this.#unheed();
  }

  #data() {
    const { package: list } = this.#app.day;
    const stops = this.#app.stops;
    const { streets = EMPTY, landscape = EMPTY, quarters = EMPTY } = list.map ?? {};
    const colour = crewColour(list.crew.colour, 0);
    const roads = collection(streets.features.map((one) => ({ ...one, properties: { ...one.properties, highway: one.properties.highway ?? one.properties.class } })));
    const plots = stops.filter((one) => one.outline?.length).map((one) => ({
      type: "Feature", geometry: { type: "MultiPolygon", coordinates: one.outline.map((ring) => [ring]) }, properties: { code: one.plot, state: "public" },
    }));
    const own = this.#app.day.order;
    const legs = [...stops.map((one) => one.leg), list.way_back].filter((one) => one?.length > 1);
    const depot = list.depot?.lon != null ? [point([list.depot.lon, list.depot.lat], { name: list.depot.name })] : [];
    return {
      landscape, "landscape-labels": collection(named(landscape).map((one) => point(labelPoint(one.geometry), one.properties))),
      quarters: collection((quarters.features ?? []).map((one, index) => ({ ...one, properties: { ...one.properties, group_index: index } }))),
      "quarter-labels": collection(named(quarters).map((one) => point(labelPoint(one.geometry), { name: one.properties.name, size: 14 }))),
      streets: roads, plots: collection(plots),
      "plot-signs": collection(plots.map((one) => point(middleOf(one.geometry), one.properties))),
      legs: collection(own ? [] : legs.map((one) => line(one, { colour, lane: 0.8, arrow_offset: [0, 2.9] }))),
      leaders: EMPTY, depots: collection(depot),
      stops: collection(stops.map((one) => {
        const over = isOver(this.#app.standing(one).state);
        return point([one.lon, one.lat], { visit_id: one.visit_id, order: one.order, colour: over ? "#6b7075" : colour, shape: over ? "square" : "circle", label: String(one.order) });
      })),
    };
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
