/** Plane and map geometry the page needs: bounds, a good place for a label, markers pushed apart. */

export const EMPTY = { type: "FeatureCollection", features: [] };

/** Call `see(lon, lat)` for each position of a GeoJSON coordinates array, however deep. */
function eachPosition(coordinates, see) {
  if (typeof coordinates[0] === "number") see(coordinates[0], coordinates[1]);
  else for (const part of coordinates) eachPosition(part, see);
}

/** [west, south, east, north] of features, or null when there are none. */
export function boundsOf(features) {
  const box = [Infinity, Infinity, -Infinity, -Infinity];
  for (const { geometry } of features) {
    if (!geometry) continue;
    eachPosition(geometry.coordinates, (lon, lat) => {
      box[0] = Math.min(box[0], lon);
      box[1] = Math.min(box[1], lat);
      box[2] = Math.max(box[2], lon);
      box[3] = Math.max(box[3], lat);
    });
  }
  return Number.isFinite(box[0]) ? box : null;
}

const ringArea = (ring) =>
  Math.abs(ring.reduce((sum, [x, y], index) => {
    const [nextX, nextY] = ring[(index + 1) % ring.length];
    return sum + x * nextY - nextX * y;
  }, 0)) / 2;

function inside([x, y], rings) {
  let within = false;
  for (const ring of rings) {
    for (let index = 0, before = ring.length - 1; index < ring.length; before = index, index += 1) {
      const [ax, ay] = ring[index];
      const [bx, by] = ring[before];
      if (ay > y !== by > y && x < ((bx - ax) * (y - ay)) / (by - ay) + ax) within = !within;
    }
  }
  return within;
}

function distanceToRings([x, y], rings, squeeze) {
  let nearest = Infinity;
  for (const ring of rings) {
    for (let index = 1; index < ring.length; index += 1) {
      const ax = (ring[index - 1][0] - x) * squeeze;
      const ay = ring[index - 1][1] - y;
      const dx = (ring[index][0] - x) * squeeze - ax;
      const dy = ring[index][1] - y - ay;
      const along = Math.min(1, Math.max(0, -(ax * dx + ay * dy) / (dx * dx + dy * dy || 1)));
      nearest = Math.min(nearest, Math.hypot(ax + along * dx, ay + along * dy));
    }
  }
  return nearest;
}

/** Places of an area for a label, on a grid: `at` and `room`, the distance to the edge in degrees of latitude. */
export function labelPlaces(geometry, steps = 28) {
  const polygons = geometry.type === "Polygon" ? [geometry.coordinates] : geometry.coordinates;
  const rings = polygons.reduce((largest, one) => (ringArea(one[0]) > ringArea(largest[0]) ? one : largest));
  const [west, south, east, north] = boundsOf([{ geometry: { coordinates: rings } }]);
  const squeeze = Math.cos((((south + north) / 2) * Math.PI) / 180);
  const places = [];
  for (let column = 1; column < steps; column += 1) {
    for (let row = 1; row < steps; row += 1) {
      const at = [west + ((east - west) * column) / steps, south + ((north - south) * row) / steps];
      if (inside(at, rings)) places.push({ at, room: distanceToRings(at, rings, squeeze) });
    }
  }
  return places.length ? places : [{ at: [(west + east) / 2, (south + north) / 2], room: 0 }];
}

/** The place inside an area that is farthest from its edge: where a label reads best. */
export const labelPoint = (geometry) => labelPlaces(geometry).reduce((best, one) => (one.room > best.room ? one : best)).at;

/**
 * Choose a place for each label so that it covers no mark and no other label; labels without room keep their best place.
 * @param {Array<{width: number, height: number, places: Array<{x: number, y: number, room: number}>}>} labels pixels
 * @param {Array<{x: number, y: number, reach: number}>} marks what must not be covered, `reach` pixels each way
 * @returns {Array<number>} index of the place of each label
 */
export function placeLabels(labels, marks) {
  const taken = [];
  return labels.map(({ width, height, places }) => {
    const covers = ({ x, y }, one, w, h) => Math.abs(one.x - x) < (width + w) / 2 && Math.abs(one.y - y) < (height + h) / 2;
    let best = 0;
    let least = Infinity;
    places.forEach((place, index) => {
      const covered = marks.filter((one) => covers(place, one, 2 * one.reach, 2 * one.reach)).length;
      const crossed = taken.filter((one) => covers(place, one, one.width, one.height)).length;
      const cramped = Math.max(0, width / 2 - place.room) / width;
      const cost = 10 * crossed + 4 * covered + 3 * cramped - place.room / 400;
      if (cost < least) [best, least] = [index, cost];
    });
    taken.push({ ...places[best], width, height });
    return best;
  });
}

/** The middle of a plot's box: good enough for a sign at small scales. */
export function middleOf(geometry) {
  const [west, south, east, north] = boundsOf([{ geometry }]);
  return [(west + east) / 2, (south + north) / 2];
}

/**
 * Push markers apart until none covers another. Cheap: neighbours are found on a grid of the largest marker's size.
 * @param {Array<{x: number, y: number, reach: number, fixed?: boolean}>} markers in pixels, `reach` from the middle
 *   to the edge; x and y are changed
 */
export function pushApart(markers, rounds = 60) {
  const gap = 2 * Math.max(...markers.map((one) => one.reach), 1);
  for (let round = 0; round < rounds; round += 1) {
    const cells = new Map();
    markers.forEach((one, index) => {
      const key = `${Math.floor(one.x / gap)}:${Math.floor(one.y / gap)}`;
      cells.set(key, [...(cells.get(key) ?? []), index]);
    });
    let moved = false;
    markers.forEach((one, index) => {
      const column = Math.floor(one.x / gap);
      const row = Math.floor(one.y / gap);
      for (let dc = -1; dc <= 1; dc += 1) {
        for (let dr = -1; dr <= 1; dr += 1) {
          for (const other of cells.get(`${column + dc}:${row + dr}`) ?? []) {
            if (other > index && separate(one, markers[other], index)) moved = true;
          }
        }
      }
    });
    if (!moved) return;
  }
}

function separate(one, other, turn) {
  const gap = one.reach + other.reach;
  let dx = other.x - one.x;
  let dy = other.y - one.y;
  let distance = Math.hypot(dx, dy);
  if (distance >= gap) return false;
  if (distance < 0.01) {
    dx = Math.cos(turn * 2.4);
    dy = Math.sin(turn * 2.4);
    distance = 1;
  }
  const overlap = Math.min(gap - distance, gap) * 1.02;
  const share = one.fixed ? 0 : other.fixed ? 1 : 0.5;
  one.x -= (dx / distance) * overlap * share;
  one.y -= (dy / distance) * overlap * share;
  other.x += (dx / distance) * overlap * (1 - share);
  other.y += (dy / distance) * overlap * (1 - share);
  return true;
}
