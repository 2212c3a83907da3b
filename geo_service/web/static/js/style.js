/** The map's style: a quiet basemap from our own streets, the plots, and the day's routes above. No glyph files:
 *  without `glyphs` MapLibre draws letters with the fonts of the machine; a first family "Label Bold" sets the weight. */

import { signScale } from "./first.js";
import { STATES, theme } from "./palette.js";

const REGULAR = ["Label Regular", "system-ui", "sans-serif"];
const BOLD = ["Label Bold", "system-ui", "sans-serif"];
const ITALIC = ["Label Italic", "system-ui", "sans-serif"];

const MAJOR = ["motorway", "motorway_link", "trunk", "trunk_link", "primary", "primary_link", "secondary", "secondary_link"];
const MIDDLE = ["tertiary", "tertiary_link"];
const PATHS = ["footway", "path", "cycleway", "steps", "track", "bridleway", "pedestrian"];

const HIGHWAY = ["to-string", ["get", "highway"]];
const KIND = ["to-string", ["get", "kind"]];
const is = (value, ...names) => ["in", value, ["literal", names]];
const byZoom = (...stops) => ["interpolate", ["exponential", 1.5], ["zoom"], ...stops];
const byState = (states, key) => ["match", ["get", "state"], ...STATES.flatMap((one) => [one, states[one][key]]), states.registered[key]];

export const PLOT_LAYERS = ["plots-fill", "plots-sign"];
export const STOP_LAYER = "stops";
const STOP_SCALE = [[11.5, 0.68], [14, 1]];

/** How large stops are drawn at a zoom. */
export function stopScale(zoom) {
  const [[fromZoom, small], [toZoom, large]] = STOP_SCALE;
  return small + (large - small) * Math.min(1, Math.max(0, (zoom - fromZoom) / (toZoom - fromZoom)));
}

/** A whole style for the theme in use, with the sources' present data. */
export function styleOf(data) {
  const look = theme();
  const sources = Object.fromEntries(Object.entries(data).map(([name, value]) => [name, { type: "geojson", data: value }]));
  sources.streets.tolerance = 0.6;
  return {
    version: 8,
    name: `desk ${look.name}`,
    sources,
    layers: [...ground(look), ...streets(look), ...plots(look), ...trial(look), ...quarterLines(look), ...marks(look), ...routes(look), ...labels(look), trialSigns(look)],
  };
}

function ground(look) {
  const tints = look.quarter_tints;
  const tint = ["match", ["%", ["get", "group_index"], tints.length], ...tints.flatMap((one, index) => [index, one]), look.quarter_fill];
  return [
    { id: "paper", type: "background", paint: { "background-color": look.paper } },
    { id: "quarters-fill", type: "fill", source: "quarters", paint: { "fill-color": tint, "fill-antialias": false } },
    {
      id: "landscape-fill", type: "fill", source: "landscape",
      filter: ["==", ["geometry-type"], "Polygon"],
      paint: {
        "fill-color": ["match", KIND, "water", look.water, ["forest", "wood"], look.forest, ["built", "industry", "industrial"], look.built, look.green],
      },
    },
    {
      id: "landscape-water", type: "line", source: "landscape",
      filter: ["all", ["==", ["geometry-type"], "LineString"], is(KIND, "water", "canal", "river", "stream")],
      layout: { "line-cap": "round", "line-join": "round" },
      paint: { "line-color": look.water, "line-width": byZoom(11, 2, 14, 7, 17, 26) },
    },
    {
      id: "landscape-rail", type: "line", source: "landscape",
      filter: ["all", ["==", ["geometry-type"], "LineString"], is(KIND, "rail", "railway")],
      paint: { "line-color": look.rail, "line-width": byZoom(11, 0.8, 16, 2.4) },
    },
    {
      id: "landscape-sleepers", type: "line", source: "landscape", minzoom: 12.5,
      filter: ["all", ["==", ["geometry-type"], "LineString"], is(KIND, "rail", "railway")],
      paint: { "line-color": look.rail, "line-width": byZoom(12, 4, 16, 8), "line-dasharray": [0.25, 2.2] },
    },
  ];
}

function streets(look) {
  const round = { "line-cap": "round", "line-join": "round" };
  const kinds = [
    ["minor", ["!", is(HIGHWAY, ...MAJOR, ...MIDDLE, ...PATHS)], byZoom(12, 0.7, 14, 2.2, 16, 7, 18, 20)],
    ["middle", is(HIGHWAY, ...MIDDLE), byZoom(11, 0.9, 14, 3.4, 16, 9, 18, 24)],
    ["major", is(HIGHWAY, ...MAJOR), byZoom(10, 1, 12, 2.2, 14, 5, 16, 11, 18, 28)],
  ];
  const casing = kinds.map(([name, filter, width]) => ({
    id: `streets-${name}-casing`, type: "line", source: "streets", filter, layout: round,
    minzoom: name === "minor" ? 12.5 : 0,
    paint: {
      "line-color": name === "major" ? look.street_casing_major : look.street_casing_minor,
      "line-gap-width": width,
      "line-width": byZoom(12, 0.6, 16, 1.2),
    },
  }));
  const fill = kinds.map(([name, filter, width]) => ({
    id: `streets-${name}`, type: "line", source: "streets", filter, layout: round,
    minzoom: name === "minor" ? 11.5 : 0,
    paint: { "line-color": name === "major" ? look.street_major : look.street_minor, "line-width": width },
  }));
  const paths = {
    id: "streets-path", type: "line", source: "streets", filter: is(HIGHWAY, ...PATHS), minzoom: 13.5,
    paint: { "line-color": look.street_path, "line-width": byZoom(13, 0.8, 17, 2), "line-dasharray": [2, 1.6] },
  };
  return [paths, ...casing, ...fill];
}

/** From here on plots are drawn as outlines, before as signs. */
const CLOSE = 14.5;

function plots(look) {
  return [
    {
      id: "plots-fill", type: "fill", source: "plots", minzoom: CLOSE,
      paint: { "fill-pattern": ["concat", "pattern|", ["get", "state"], `|${look.name}`] },
    },
    {
      id: "plots-line", type: "line", source: "plots", minzoom: CLOSE, filter: ["!=", ["get", "state"], "returned"],
      paint: { "line-color": byState(look.states, "line"), "line-width": byZoom(14, 1, 18, 2.4) },
    },
    {
      id: "plots-line-returned", type: "line", source: "plots", minzoom: CLOSE, filter: ["==", ["get", "state"], "returned"],
      paint: { "line-color": look.states.returned.line, "line-width": byZoom(14, 1.2, 18, 2.4), "line-dasharray": [3, 2] },
    },
    {
      id: "plots-sign", type: "symbol", source: "plot-signs", maxzoom: CLOSE,
      layout: {
        "icon-image": ["concat", "plot|", ["get", "state"], `|16|${look.name}`],
        "icon-size": ["interpolate", ["linear"], ["zoom"], 11, signScale(11), 14, signScale(14)],
        "icon-allow-overlap": true, "icon-ignore-placement": true,
      },
    },
  ];
}

/** What is hovered, chosen or open: a ring of its own, so that the thousands below are not laid out anew. */
function marks(look) {
  const kind = ["get", "mark"];
  const colour = ["match", kind, "open", look.selected_glow, "chosen", look.chosen, look.hovered];
  const areas = ["==", ["geometry-type"], "Polygon"];
  const width = ["match", kind, "open", 9, "chosen", 7, 6];
  return [
    { id: "marks-glow", type: "line", source: "marks", filter: areas, layout: { "line-join": "round" }, paint: { "line-color": colour, "line-width": width, "line-opacity": 0.9 } },
    { id: "marks-line", type: "line", source: "marks", filter: areas, layout: { "line-join": "round" }, paint: { "line-color": look.selected, "line-width": ["match", kind, "open", 2.5, 1.4] } },
    {
      id: "marks-ring", type: "circle", source: "marks", maxzoom: CLOSE, filter: ["==", ["geometry-type"], "Point"],
      paint: {
        "circle-radius": ["match", kind, "open", 13, 11], "circle-color": colour, "circle-opacity": 0.35,
        "circle-stroke-color": colour, "circle-stroke-width": 3,
      },
    },
  ];
}

/** What an import would do: outlines, and a sign for each row that has a place. */
function trial(look) {
  const colour = ["match", ["get", "outcome"], "refused", look.refused, "unchanged", look.quiet, look.taken];
  return [
    { id: "trial-fill", type: "fill", source: "trial", paint: { "fill-color": colour, "fill-opacity": 0.3 } },
    { id: "trial-line", type: "line", source: "trial", paint: { "line-color": colour, "line-width": 2 } },
  ];
}

function trialSigns(look) {
  return {
    id: "trial-signs", type: "symbol", source: "trial-signs",
    layout: { "icon-image": ["concat", "trial|", ["get", "outcome"], `|${look.name}`], "icon-allow-overlap": true, "icon-size": byZoom(11, 0.6, 15, 1) },
  };
}

function quarterLines(look) {
  const round = { "line-join": "round" };
  return [
    {
      id: "quarters-glow", type: "line", source: "quarters", layout: round,
      paint: { "line-color": look.quarter_glow, "line-width": byZoom(10, 3, 16, 12), "line-opacity": 0.35 },
    },
    {
      id: "quarters-line", type: "line", source: "quarters", layout: round,
      paint: { "line-color": look.quarter_line, "line-width": byZoom(10, 0.9, 16, 2), "line-dasharray": [5, 2, 1, 2] },
    },
  ];
}

function routes(look) {
  const round = { "line-cap": "round", "line-join": "round" };
  const lane = ["get", "lane"];
  const offset = ["interpolate", ["linear"], ["zoom"], 11, ["*", lane, 1.6], 14, ["*", lane, 3.4], 17, ["*", lane, 5]];
  return [
    {
      id: "legs-casing", type: "line", source: "legs", layout: round,
      paint: { "line-color": look.route_casing, "line-width": byZoom(11, 3.2, 14, 6, 17, 9), "line-offset": offset, "line-opacity": 0.9 },
    },
    {
      id: "legs", type: "line", source: "legs", layout: round,
      paint: { "line-color": ["get", "colour"], "line-width": byZoom(11, 1.8, 14, 3.2, 17, 5), "line-offset": offset },
    },
    {
      id: "legs-arrows", type: "symbol", source: "legs", minzoom: 12,
      layout: {
        "symbol-placement": "line", "symbol-spacing": 110,
        "icon-image": ["concat", "arrow|", ["get", "colour"], `|${look.name}`],
        "icon-size": ["interpolate", ["linear"], ["zoom"], 12, 0.8, 16, 1.2],
        "icon-offset": ["array", "number", 2, ["get", "arrow_offset"]],
        "icon-allow-overlap": true, "icon-ignore-placement": true, "icon-rotation-alignment": "map",
      },
    },
    {
      id: "leaders", type: "line", source: "leaders",
      paint: { "line-color": look.ink, "line-width": 1.2, "line-opacity": 0.75 },
    },
  ];
}

function labels(look) {
  const halo = { "text-halo-color": look.halo, "text-halo-width": 1.6, "text-halo-blur": 0.4 };
  const beside = ["interpolate", ["linear"], ["zoom"], 13, ["literal", [0, 0.85]], 15.5, ["literal", [0, 1.05]], 17, ["literal", [0, 0]]];
  const along = { "symbol-placement": "line", "text-field": ["get", "name"], "text-font": REGULAR, "text-letter-spacing": 0.02, "text-offset": beside };
  return [
    {
      id: "street-names", type: "symbol", source: "streets", minzoom: 14,
      filter: ["all", ["has", "name"], ["!", is(HIGHWAY, ...MAJOR, ...MIDDLE)]],
      layout: { ...along, "text-size": byZoom(14, 10, 18, 13), "symbol-spacing": 320, "text-padding": 6, "text-max-angle": 30 },
      paint: { ...halo, "text-color": look.street_ink },
    },
    {
      id: "street-names-major", type: "symbol", source: "streets", minzoom: 12.3,
      filter: ["all", ["has", "name"], is(HIGHWAY, ...MAJOR, ...MIDDLE)],
      layout: { ...along, "text-size": byZoom(12, 10.5, 18, 15), "symbol-spacing": 420, "text-padding": 10, "text-max-angle": 30 },
      paint: { ...halo, "text-color": look.street_ink },
    },
    {
      id: "landscape-names", type: "symbol", source: "landscape-labels", minzoom: 12,
      layout: { "text-field": ["get", "name"], "text-font": ITALIC, "text-size": 11.5, "text-max-width": 7, "text-padding": 8 },
      paint: { ...halo, "text-color": ["match", KIND, ["water", "canal", "river"], look.water_ink, look.green_ink] },
    },
    {
      id: "plot-codes", type: "symbol", source: "plot-signs", minzoom: 15,
      layout: {
        "text-field": ["get", "code"], "text-font": BOLD, "text-size": 11.5, "text-padding": 3,
        "text-variable-anchor": ["top", "bottom", "left", "right"], "text-radial-offset": 1.1, "text-justify": "auto",
      },
      paint: { ...halo, "text-color": look.ink },
    },
    {
      id: "quarter-names", type: "symbol", source: "quarter-labels", maxzoom: 15.5,
      layout: {
        "text-field": ["get", "name"], "text-font": BOLD, "text-transform": "uppercase", "text-letter-spacing": 0.14,
        "text-size": ["get", "size"], "text-max-width": 30, "text-allow-overlap": true,
      },
      paint: { ...halo, "text-halo-width": 2.2, "text-color": look.quarter_ink },
    },
    {
      id: "depots", type: "symbol", source: "depots",
      layout: {
        "icon-image": `depot|${look.name}`, "icon-allow-overlap": true, "icon-size": ["interpolate", ["linear"], ["zoom"], 11, 0.7, 14, 0.9],
        "text-field": ["step", ["zoom"], "", 13, ["get", "name"]], "text-font": BOLD, "text-size": 11.5, "text-optional": true,
        "text-variable-anchor": ["left", "right", "top", "bottom"], "text-radial-offset": 1.4,
      },
      paint: { ...halo, "text-color": look.ink },
    },
    {
      id: STOP_LAYER, type: "symbol", source: "stops",
      layout: {
        "icon-image": ["concat", "stop|", ["get", "shape"], "|", ["get", "colour"], "|", ["get", "label"], `|${look.name}`],
        "icon-size": ["interpolate", ["linear"], ["zoom"], ...STOP_SCALE.flat()], "icon-allow-overlap": true, "symbol-sort-key": ["get", "order"],
      },
    },
  ];
}
