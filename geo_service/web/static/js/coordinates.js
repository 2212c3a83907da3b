/** Coordinates as people write them, one place a line: degrees, or metres of the plan. */

import { fromUtm } from "./geodesy.js";
import { say } from "./language.js";

const FAR_DEGREES = 1;

/**
 * Read places.
 * @returns {{places: Array, fault: string}} `fault` says in words which line cannot be read
 */
export function readPlaces(text, where, near) {
  const places = [];
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    if (!line.trim()) continue;
    const numbers = numbersOf(line);
    if (!numbers) return { places, fault: say("coordinates_bad").replace("{line}", index + 1).replace("{text}", line.trim().slice(0, 40)) };
    const place = Math.abs(numbers[0]) > 180 && where ? fromUtm(numbers, where) : numbers;
    const far = near && (Math.abs(place[0] - near[0]) > FAR_DEGREES || Math.abs(place[1] - near[1]) > FAR_DEGREES);
    if (far || Math.abs(place[0]) > 180 || Math.abs(place[1]) > 90) return { places, fault: say("coordinates_far").replace("{line}", index + 1) };
    places.push(place);
  }
  return { places, fault: "" };
}

/** The two numbers of a line: "12,33150; 51,32470", "12.3315, 51.3247", "314077.05 5689314.97". */
function numbersOf(line) {
  const split = line.includes(";") || line.includes("\t") ? line.split(/[;\t]/) : /^\s*-?\d+,\d+\s+-?\d+,\d+\s*$/.test(line) || !line.includes(",") ? line.trim().split(/\s+/) : line.split(",");
  const numbers = split.map((one) => one.trim()).filter(Boolean).map((one) => Number(one.replace(",", ".")));
  return numbers.length === 2 && numbers.every(Number.isFinite) ? numbers : null;
}

/** Places as they can be read again. */
export const writePlaces = (places) => places.map(([lon, lat]) => `${lon.toFixed(7)}; ${lat.toFixed(7)}`).join("\n");
