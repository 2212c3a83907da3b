/** A small map of the published layers for pages that are drawn on the server. */

import * as maplibre from "/static/vendor/maplibre-gl/maplibre-gl.mjs";
import { onThemeChange, theme } from "./palette.js";

const LEIPZIG_WEST = [12.325, 51.332];

/** Load MapLibre's style sheet once. */
function withSheet() {
  if (document.querySelector("link[data-maplibre]")) return;
  const link = document.createElement("link");
  Object.assign(link, { rel: "stylesheet", href: "/static/vendor/maplibre-gl/maplibre-gl.css" });
  link.dataset.maplibre = "";
  document.head.append(link);
}

const address = (name) => `/styles/${name}${theme().name === "dark" ? "-dark" : ""}`;

/**
 * Make a map in a node.
 * @param {{style?: string, center?: number[], zoom?: number, label?: string}} options style: name of a served style
 */
export function smallMap(node, { style = "plots", center, zoom = 12.4, label } = {}) {
  withSheet();
  const map = new maplibre.Map({
    container: node,
    style: address(style),
    center: center ?? LEIPZIG_WEST,
    zoom: center ? 16 : zoom,
    minZoom: 9,
    maxZoom: 19,
    dragRotate: false,
    pitchWithRotate: false,
    touchPitch: false,
    fadeDuration: 0,
    attributionControl: { compact: true },
    ...(label ? { locale: { "Map.Title": label } } : {}),
  });
  map.touchZoomRotate.disableRotation();
  map.keyboard.disableRotation();
  map.addControl(new maplibre.NavigationControl({ showCompass: false }), "top-right");
  map.shows = (name) => map.setStyle(address((style = name)));
  onThemeChange(() => map.shows(style));
  map.once("idle", () => {
    node.querySelector(".maplibregl-ctrl-attrib")?.classList.remove("maplibregl-compact-show");
    node.querySelector(".maplibregl-ctrl-attrib")?.removeAttribute("open");
    node.dataset.ready = "";
  });
  return map;
}

/** A pin on a map. */
export const pin = (map, lonlat, options = {}) => new maplibre.Marker({ color: "#b3003b", ...options }).setLngLat(lonlat).addTo(map);
