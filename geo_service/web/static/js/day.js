/** A day as the page works with it: crews in the plan's order with colour, shape, stops and the lines they drive. */

import { crewColour, crewShape } from "./palette.js";

/** Join the day's JSON with the legs of its GeoJSON. */
export function readDay({ day, lines }) {
  const legs = new Map();
  for (const { geometry, properties } of lines.features) {
    if (properties.kind !== "leg" || geometry === null) continue;
    legs.set(properties.crew, [...(legs.get(properties.crew) ?? []), geometry.coordinates]);
  }
  const crews = day.crews.map((crew, position) => ({
    ...crew,
    colour: crewColour(crew.colour, position),
    shape: crewShape(position),
    legs: legs.get(crew.crew) ?? [],
  }));
  return { ...day, crews };
}

/** Stops in a row on one plot, as one call with the label "14–15": on the map they are one sign. */
export function calls(stops) {
  const found = [];
  for (const stop of stops) {
    const last = found.at(-1);
    if (last?.plot === stop.plot) last.to = stop.order;
    else found.push({ plot: stop.plot, lon: stop.lon, lat: stop.lat, order: stop.order, to: stop.order });
  }
  return found.map((one) => ({ ...one, label: one.to === one.order ? String(one.order) : `${one.order}–${one.to}` }));
}

/** Stops of a plot on this day with their crews. */
export const stopsAt = (day, plot) =>
  (day?.crews ?? []).flatMap((crew) => crew.stops.filter((stop) => stop.plot === plot).map((stop) => ({ crew, stop })));
