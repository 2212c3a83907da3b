/** The style of the crew's map, quiet under the tour. No glyph files: letters come from the phone's fonts. */

import { theme } from "/static/js/palette.js";

const MAJOR = ["motorway", "motorway_link", "trunk", "trunk_link", "primary", "primary_link", "secondary", "secondary_link", "tertiary", "tertiary_link"];
const PATHS = ["footway", "path", "cycleway", "steps", "track", "bridleway", "pedestrian"];
const KIND = ["to-string", ["get", "kind"]];
const is = (names) => ["in", ["to-string", ["get", "class"]], ["literal", names]];
const byZoom = (...stops) => ["interpolate", ["exponential", 1.5], ["zoom"], ...stops];
const ROUND = { "line-cap": "round", "line-join": "round" };

export const STOP_LAYER = "stops";

/** @param {Object<string, object>} data GeoJSON of quarters, landscape, streets, plots, legs, depots, stops and labels */
export function mapStyle(data) {
  const look = theme();
  const sources = Object.fromEntries(Object.entries(data).map(([name, value]) => [name, { type: "geojson", data: value }]));
  return { version: 8, sources, layers: [...ground(look), ...streets(look), ...tour(look), ...labels(look)] };
}

function ground(look) {
  const area = ["==", ["geometry-type"], "Polygon"];
  const line = ["==", ["geometry-type"], "LineString"];
  const water = ["in", KIND, ["literal", ["water", "canal", "river", "stream"]]];
  return [
    { id: "paper", type: "background", paint: { "background-color": look.paper } },
    { id: "quarters", type: "fill", source: "quarters", paint: { "fill-color": look.quarter_fill, "fill-antialias": false } },
    {
      id: "landscape", type: "fill", source: "landscape", filter: area,
      paint: { "fill-color": ["match", KIND, "water", look.water, ["forest", "wood"], look.forest, ["built", "industry", "industrial"], look.built, look.green] },
    },
    { id: "water", type: "line", source: "landscape", filter: ["all", line, water], layout: ROUND, paint: { "line-color": look.water, "line-width": byZoom(11, 2, 14, 7, 17, 26) } },
    { id: "rail", type: "line", source: "landscape", filter: ["all", line, ["!", water]], paint: { "line-color": look.rail, "line-width": byZoom(11, 0.8, 16, 2.4) } },
    { id: "quarter-lines", type: "line", source: "quarters", paint: { "line-color": look.quarter_line, "line-width": byZoom(10, 0.8, 16, 1.6), "line-dasharray": [5, 2, 1, 2] } },
  ];
}

function streets(look) {
  const kinds = [
    ["minor", ["!", is([...MAJOR, ...PATHS])], byZoom(12, 0.8, 14, 2.6, 16, 8, 18, 22)],
    ["major", is(MAJOR), byZoom(10, 1, 12, 2.4, 14, 5, 16, 11, 18, 28)],
  ];
  return [
    { id: "paths", type: "line", source: "streets", filter: is(PATHS), minzoom: 13.5, paint: { "line-color": look.street_path, "line-width": byZoom(13, 0.8, 17, 2.2), "line-dasharray": [2, 1.6] } },
    ...kinds.map(([name, filter, width]) => ({
      id: `${name}-casing`, type: "line", source: "streets", filter, layout: ROUND,
      paint: { "line-color": look[`street_casing_${name}`], "line-gap-width": width, "line-width": byZoom(12, 0.8, 16, 1.4) },
    })),
    ...kinds.map(([name, filter, width]) => ({ id: name, type: "line", source: "streets", filter, layout: ROUND, paint: { "line-color": look[`street_${name}`], "line-width": width } })),
  ];
}

function tour(look) {
  const offset = byZoom(11, 1.3, 14, 2.7, 17, 4);
  return [
    { id: "plots", type: "fill", source: "plots", paint: { "fill-color": look.states.greened.fill, "fill-opacity": 0.75 } },
    { id: "plot-lines", type: "line", source: "plots", paint: { "line-color": look.states.greened.line, "line-width": byZoom(12, 1, 18, 3) } },
    { id: "legs-casing", type: "line", source: "legs", layout: ROUND, paint: { "line-color": look.route_casing, "line-width": byZoom(11, 4, 14, 7, 17, 10), "line-offset": offset } },
    { id: "legs", type: "line", source: "legs", layout: ROUND, paint: { "line-color": ["get", "colour"], "line-width": byZoom(11, 2.2, 14, 3.8, 17, 6), "line-offset": offset } },
    {
      id: "legs-arrows", type: "symbol", source: "legs", minzoom: 12,
      layout: {
        "symbol-placement": "line", "symbol-spacing": 110, "icon-image": ["concat", "arrow|", ["get", "colour"], `|${look.name}`],
        "icon-size": ["interpolate", ["linear"], ["zoom"], 12, 0.9, 16, 1.3], "icon-offset": [0, 2.9], "icon-allow-overlap": true, "icon-ignore-placement": true, "icon-rotation-alignment": "map",
      },
    },
  ];
}

function labels(look) {
  const halo = { "text-halo-color": look.halo, "text-halo-width": 1.8 };
  const bold = ["Label Bold", "system-ui", "sans-serif"];
  const regular = ["Label Regular", "system-ui", "sans-serif"];
  const along = (id, filter, minzoom, size) => ({
    id, type: "symbol", source: "streets", minzoom, filter: ["all", ["!=", ["to-string", ["get", "name"]], ""], filter],
    layout: { "symbol-placement": "line", "text-field": ["get", "name"], "text-font": regular, "text-size": size, "symbol-spacing": 320, "text-max-angle": 30 },
    paint: { ...halo, "text-color": look.ink },
  });
  return [
    along("street-names", ["!", is(MAJOR)], 14, byZoom(14, 12, 18, 16)),
    along("street-names-major", is(MAJOR), 12.5, byZoom(12, 12, 18, 17)),
    {
      id: "quarter-names", type: "symbol", source: "quarter-labels", maxzoom: 14.5,
      layout: { "text-field": ["get", "name"], "text-font": bold, "text-size": 14, "text-transform": "uppercase", "text-letter-spacing": 0.12, "text-max-width": 30 },
      paint: { ...halo, "text-halo-width": 2.2, "text-color": look.quarter_ink },
    },
    {
      id: "depots", type: "symbol", source: "depots",
      layout: { "icon-image": `depot|${look.name}`, "icon-allow-overlap": true, "text-field": ["step", ["zoom"], "", 13, ["get", "name"]], "text-font": bold, "text-size": 13, "text-optional": true, "text-variable-anchor": ["left", "right", "top", "bottom"], "text-radial-offset": 1.4 },
      paint: { ...halo, "text-color": look.ink },
    },
    {
      id: "plot-codes", type: "symbol", source: "stops", minzoom: 14.5,
      layout: { "text-field": ["get", "plot"], "text-font": bold, "text-size": 13, "text-variable-anchor": ["top", "bottom"], "text-radial-offset": 1.4, "text-optional": true },
      paint: { ...halo, "text-color": look.ink },
    },
    {
      id: STOP_LAYER, type: "symbol", source: "stops",
      layout: {
        "icon-image": ["concat", "stop|", ["get", "shape"], "|", ["get", "colour"], "|", ["get", "label"], `|${look.name}`],
        "icon-size": ["interpolate", ["linear"], ["zoom"], 11.5, 0.85, 14, 1.2], "icon-allow-overlap": true, "icon-ignore-placement": true, "symbol-sort-key": ["-", ["get", "rank"]],
      },
    },
  ];
}
