/** The first picture: a sign for each plot, drawn before the map library has come. It lies on the map until the map has
 *  drawn its own. What it needs is one small answer, which the map uses too. */

import { byId } from "./dom.js";
import { drawImage } from "./images.js";
import { theme } from "./palette.js";

const TILE_PX = 512;
const PADDING_PX = 28;
const SIGN_SCALE = [[11, 0.45], [14, 0.95]];

/** How large the sign of a plot is drawn at a zoom. */
export function signScale(zoom) {
  const [[fromZoom, small], [toZoom, large]] = SIGN_SCALE;
  return small + (large - small) * Math.min(1, Math.max(0, (zoom - fromZoom) / (toZoom - fromZoom)));
}

const unitX = (lon) => (lon + 180) / 360;
const unitY = (lat) => (1 - Math.asinh(Math.tan((lat * Math.PI) / 180)) / Math.PI) / 2;

/** Zoom and middle (0 to 1 in Web Mercator): as the address says, else so that the box fits. */
function camera(box, width, height) {
  const named = /#map=([\d.]+)\/(-?[\d.]+)\/(-?[\d.]+)/.exec(location.hash);
  if (named) return { zoom: Number(named[1]), x: unitX(Number(named[3])), y: unitY(Number(named[2])) };
  const [west, south, east, north] = [unitX(box[0]), unitY(box[1]), unitX(box[2]), unitY(box[3])];
  const scale = Math.min((width - 2 * PADDING_PX) / (east - west), (height - 2 * PADDING_PX) / (south - north));
  return { zoom: Math.log2(scale / TILE_PX), x: (west + east) / 2, y: (south + north) / 2 };
}

/** A picture in the size in which it is drawn thousands of times. */
function shrunk(picture, size) {
  const small = document.createElement("canvas");
  small.width = small.height = size;
  small.getContext("2d").drawImage(picture, 0, 0, size, size);
  return small;
}

function draw({ codes, states, lon, lat, box }) {
  const canvas = byId("sketch");
  const { clientWidth: width, clientHeight: height } = byId("map");
  if (!box || !codes.length || !width || !height) return;
  const { zoom, x, y } = camera(box, width, height);
  const ratio = Math.min(2, devicePixelRatio || 1);
  [canvas.width, canvas.height] = [width * ratio, height * ratio];
  const pen = canvas.getContext("2d");
  const signs = new Map();
  const size = Math.round(16 * signScale(zoom) * ratio);
  const scale = TILE_PX * 2 ** zoom * ratio;
  for (let index = 0; index < codes.length; index += 1) {
    const state = states?.[index] ?? "public";
    if (!signs.has(state)) signs.set(state, shrunk(drawImage(`plot|${state}|16|${theme().name}`).canvas, size));
    const left = canvas.width / 2 + (unitX(lon[index]) - x) * scale - size / 2;
    const top = canvas.height / 2 + (unitY(lat[index]) - y) * scale - size / 2;
    if (left < -size || top < -size || left > canvas.width || top > canvas.height) continue;
    pen.drawImage(signs.get(state), Math.round(left), Math.round(top));
  }
  requestAnimationFrame(() => performance.mark("plots-painted"));
}

/** Take the picture away: the map has its own, or is being moved. */
export function dropSketch() {
  byId("sketch")?.remove();
}

async function first() {
  const answer = await fetch("/map/first.json", { credentials: "same-origin" });
  if (!answer.ok) throw new Error(String(answer.status));
  const found = await answer.json();
  draw(found);
  return found;
}

/** What the first picture shows, or null when it could not be had: then the map does without. */
export const picture = first().catch(() => null);
