/** Areas, lengths and coordinates in metres: in the plan CRS where it is a UTM zone, as the register measures, else on
 *  the ellipsoid. Krüger's series as in Karney (2011), "Transverse Mercator with an accuracy of a few nanometers". */

const A = 6378137;
const F = 1 / 298.257222101; // GRS 80; WGS 84 differs by a tenth of a millimetre
const N = F / (2 - F);
const E2 = F * (2 - F);
const E = Math.sqrt(E2);
const RADIUS = (A / (1 + N)) * (1 + N ** 2 / 4 + N ** 4 / 64);
const SCALE = 0.9996;
const ALPHA = [N / 2 - (2 * N ** 2) / 3 + (5 * N ** 3) / 16, (13 * N ** 2) / 48 - (3 * N ** 3) / 5, (61 * N ** 3) / 240];
const BETA = [N / 2 - (2 * N ** 2) / 3 + (37 * N ** 3) / 96, N ** 2 / 48 + N ** 3 / 15, (17 * N ** 3) / 480];
const rad = Math.PI / 180;

/** The UTM zone of an EPSG code, `{zone, south}`, or null when it is none. */
export function utmZone(epsg) {
  const [, series, zone] = /^(258|326|327)(\d\d)$/.exec(String(epsg)) ?? [];
  return zone && Number(zone) >= 1 && Number(zone) <= 60 ? { zone: Number(zone), south: series === "327" } : null;
}

const meridian = ({ zone }) => (zone * 6 - 183) * rad;

/** Degrees to easting and northing, metres. */
export function toUtm([lon, lat], where) {
  const sin = Math.sin(lat * rad);
  const t = Math.sinh(Math.atanh(sin) - E * Math.atanh(E * sin));
  const away = lon * rad - meridian(where);
  const xi = Math.atan2(t, Math.cos(away));
  const eta = Math.asinh(Math.sin(away) / Math.hypot(t, Math.cos(away)));
  const along = ALPHA.reduce((sum, a, i) => sum + a * Math.sin(2 * (i + 1) * xi) * Math.cosh(2 * (i + 1) * eta), xi);
  const across = ALPHA.reduce((sum, a, i) => sum + a * Math.cos(2 * (i + 1) * xi) * Math.sinh(2 * (i + 1) * eta), eta);
  return [500000 + SCALE * RADIUS * across, (where.south ? 1e7 : 0) + SCALE * RADIUS * along];
}

/** Easting and northing to degrees. */
export function fromUtm([east, north], where) {
  const xi0 = (north - (where.south ? 1e7 : 0)) / (SCALE * RADIUS);
  const eta0 = (east - 500000) / (SCALE * RADIUS);
  const xi = BETA.reduce((sum, b, i) => sum - b * Math.sin(2 * (i + 1) * xi0) * Math.cosh(2 * (i + 1) * eta0), xi0);
  const eta = BETA.reduce((sum, b, i) => sum - b * Math.cos(2 * (i + 1) * xi0) * Math.sinh(2 * (i + 1) * eta0), eta0);
  const conformal = Math.sin(xi) / Math.hypot(Math.sinh(eta), Math.cos(xi));
  let t = conformal;
  for (let round = 0; round < 4; round += 1) {
    const s = Math.sinh(E * Math.atanh((E * t) / Math.hypot(1, t)));
    const off = t * Math.hypot(1, s) - s * Math.hypot(1, t) - conformal;
    t -= (off / Math.hypot(1, conformal + off) / Math.hypot(1, t)) * ((1 + (1 - E2) * t * t) / (1 - E2));
  }
  return [(meridian(where) + Math.atan2(Math.sinh(eta), Math.cos(xi))) / rad, Math.atan(t) / rad];
}

/** Twice the area of a ring in the plane, with its sign. */
const doubled = (ring) =>
  ring.reduce((sum, [x, y], index) => {
    const [nextX, nextY] = ring[(index + 1) % ring.length];
    return sum + x * nextY - nextX * y;
  }, 0);

const authalic = (lat) => {
  const s = Math.sin(lat * rad);
  return (1 - E2) * (s / (1 - E2 * s * s) + Math.atanh(E * s) / E);
};

function ringArea(ring, where) {
  if (where) {
    const points = ring.map((one) => toUtm(one, where));
    const [x0, y0] = points[0];
    return Math.abs(doubled(points.map(([x, y]) => [x - x0, y - y0]))) / 2;
  }
  return (A ** 2 / 4) * Math.abs(doubled(ring.map(([lon, lat]) => [lon * rad, authalic(lat)])));
}

/** Square metres of polygons, each an outer ring and holes, in degrees. */
export const areaOf = (polygons, where) =>
  polygons.reduce((sum, [outer, ...holes]) => sum + ringArea(outer, where) - holes.reduce((cut, one) => cut + ringArea(one, where), 0), 0);

/** Metres along a line in degrees: in the plan, or by the sphere of the same size where there is none. */
export function lengthOf(line, where) {
  let sum = 0;
  for (let index = 1; index < line.length; index += 1) {
    const [from, to] = [line[index - 1], line[index]];
    if (where) {
      const [a, b] = [toUtm(from, where), toUtm(to, where)];
      sum += Math.hypot(b[0] - a[0], b[1] - a[1]);
    } else sum += Math.hypot((to[0] - from[0]) * rad * Math.cos(from[1] * rad), (to[1] - from[1]) * rad) * 6371007;
  }
  return sum;
}

/** Polygons of a Polygon or MultiPolygon. */
export const polygonsOf = (geometry) => (geometry.type === "Polygon" ? [geometry.coordinates] : geometry.coordinates);

export const geometryOf = (polygons) =>
  polygons.length === 1 ? { type: "Polygon", coordinates: polygons[0] } : { type: "MultiPolygon", coordinates: polygons };
