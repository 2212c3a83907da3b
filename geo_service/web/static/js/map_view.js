/** The map itself: sources, camera, what is selected. It is told what to show and tells what was clicked. */

import * as maplibre from "/static/vendor/maplibre-gl/maplibre-gl.mjs";
import { calls } from "./day.js";
import { boundsOf, EMPTY, labelPlaces, labelPoint, middleOf, placeLabels, pushApart } from "./geometry.js";
import { drawImage, stopExtra } from "./images.js";
import { say } from "./language.js";
import { onThemeChange } from "./palette.js";
import { PLOT_LAYERS, SELECTED_LAYERS, STOP_LAYER, stopScale, styleOf } from "./style.js";

const STOP_REACH_PX = 11.5;
const LEADER_FROM_PX = 7;
const LEIPZIG_WEST = [12.325, 51.332];

const collection = (features) => ({ type: "FeatureCollection", features });
const point = (coordinates, properties) => ({ type: "Feature", geometry: { type: "Point", coordinates }, properties });

export class MapView {
  #map;
  #data = Object.fromEntries(
    ["landscape", "landscape-labels", "quarters", "quarter-labels", "streets", "plots", "plot-signs", "legs", "leaders", "stops", "depots"]
      .map((name) => [name, EMPTY]),
  );
  #stops = [];
  #depots = [];
  #names = [];
  #selected = "";
  #framed = false;

  /** @param {{onPlot: function(string), onStop: function(string, string), onNothing: function()}} listeners */
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
    map.on("click", (event) => this.#clicked(event, listeners));
    map.on("mousemove", (event) => {
      map.getCanvas().style.cursor = this.#under(event.point) ? "pointer" : "";
    });
    onThemeChange(() => {
      map.setStyle(styleOf(this.#data));
      map.once("styledata", () => this.select(this.#selected));
    });
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

  select(code) {
    this.#selected = code;
    for (const layer of SELECTED_LAYERS) {
      if (this.#map.getLayer(layer)) this.#map.setFilter(layer, ["==", ["get", "code"], code]);
    }
  }

  /** Bring a place into view, beside the drawer. */
  flyTo(lon, lat, zoom = 15.6) {
    this.#framed = true;
    this.#map.easeTo({ center: [lon, lat], zoom: Math.max(zoom, this.#map.getZoom()), padding: this.#room(), duration: 600 });
  }

  flyToFeature(feature) {
    const [lon, lat] = middleOf(feature.geometry);
    this.flyTo(lon, lat);
  }

  /** What the drawer covers: the right side, or the lower part where it is narrow. */
  #room() {
    const { offsetWidth, offsetHeight, hidden } = document.getElementById("drawer");
    const { clientWidth, clientHeight } = this.#map.getContainer();
    const [across, up] = hidden ? [0, 0] : offsetHeight < clientHeight ? [0, offsetHeight] : [offsetWidth, 0];
    return { top: 20, left: 20, right: Math.min(across, clientWidth - 120) + 20, bottom: up + 20 };
  }

  #frame(features) {
    if (this.#framed) return;
    const bounds = boundsOf(features);
    if (!bounds) return;
    this.#framed = true;
    this.#map.fitBounds(bounds, { padding: 28, animate: false });
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
    const hit = this.#under(event.point);
    if (!hit) onNothing();
    else if (hit.layer.id === STOP_LAYER) onStop(hit.properties.plot, hit.properties.crew);
    else onPlot(hit.properties.code);
  }
}

/** Whether this browser can draw the map at all. */
export function canDraw() {
  return Boolean(document.createElement("canvas").getContext("webgl2"));
}
