/** Snapping: to corners and edges of the plots around, within some pixels; corners win. */

const CORNER_PX = 13;
const EDGE_PX = 9;
const PLACES = 1e8;

export class Snap {
  on = true;
  #map;
  #rings;

  /** @param {Array} rows of the register; @param {Set} without codes of plots that do not count */
  constructor(map, rows, without) {
    this.#map = map;
    this.#rings = rows.filter((row) => !without.has(row.code)).flatMap(({ feature: { geometry } }) =>
      (geometry.type === "Polygon" ? geometry.coordinates : geometry.coordinates.flat()).map((ring) => ({ ring, box: boxOf(ring) })));
  }

  /** The place that a place snaps to, or undefined. */
  at = ({ lng, lat }) => {
    if (!this.on) return undefined;
    const here = this.#map.project([lng, lat]);
    const corners = [this.#map.unproject([here.x - CORNER_PX, here.y + CORNER_PX]), this.#map.unproject([here.x + CORNER_PX, here.y - CORNER_PX])];
    const [west, south, east, north] = [corners[0].lng, corners[0].lat, corners[1].lng, corners[1].lat];
    let corner = null;
    let edge = null;
    for (const { ring, box } of this.#rings) {
      if (box[0] > east || box[2] < west || box[1] > north || box[3] < south) continue;
      let before = null;
      for (const place of ring) {
        const at = this.#map.project(place);
        const far = Math.hypot(at.x - here.x, at.y - here.y);
        if (far <= CORNER_PX && (!corner || far < corner.far)) corner = { far, place };
        if (before) edge = nearer(edge, here, before, at, this.#map);
        before = at;
      }
    }
    const found = corner?.place ?? edge?.place;
    return found && found.map((one) => Math.round(one * PLACES) / PLACES);
  };
}

function nearer(edge, here, from, to, map) {
  const [dx, dy] = [to.x - from.x, to.y - from.y];
  const along = Math.min(1, Math.max(0, ((here.x - from.x) * dx + (here.y - from.y) * dy) / (dx * dx + dy * dy || 1)));
  const [x, y] = [from.x + along * dx, from.y + along * dy];
  const far = Math.hypot(x - here.x, y - here.y);
  if (far > EDGE_PX || (edge && edge.far <= far)) return edge;
  const { lng, lat } = map.unproject([x, y]);
  return { far, place: [lng, lat] };
}

function boxOf(ring) {
  const box = [Infinity, Infinity, -Infinity, -Infinity];
  for (const [lon, lat] of ring) {
    box[0] = Math.min(box[0], lon);
    box[1] = Math.min(box[1], lat);
    box[2] = Math.max(box[2], lon);
    box[3] = Math.max(box[3], lat);
  }
  return box;
}
