/** Values of a plot's fields in words. */

import { area, fullDate, number, valueName } from "./language.js";

const KINDS = { contamination: "contamination", baunvo: "baunvo", owner_kind: "owner_kind", tenure_kind: "tenure", state: "state" };

/** A value in words; empty when there is nothing to say. */
export function written(key, value) {
  if (value === null || value === undefined || value === "") return "";
  if (typeof value === "boolean") return valueName("bool", value);
  if (key in KINDS) return valueName(KINDS[key], value);
  if (key === "care_areas") return careAreas(value);
  if (key === "parcels") return parcels(value);
  if (key.endsWith("_m2")) return area(value);
  if (key.endsWith("_lon") || key.endsWith("_lat")) return `${number(value, 5)}°`;
  if (/^\d{4}-\d\d-\d\d$/.test(value)) return fullDate(value);
  return typeof value === "number" ? number(value, Number.isInteger(value) ? 0 : 1) : String(value);
}

/** Care areas as the register writes them: "lawn:310;hedge:22". */
const careAreas = (text) =>
  text.split(";").map((part) => part.split(":")).map(([kind, m2]) => `${valueName("care", kind.trim())} ${area(Number(m2))}`).join(", ");

/** Parcels as the register writes them, "key=display; …" or "display; …": what people say first, then the key. */
const parcels = (text) =>
  text.split(";").map((part) => part.trim().split("=")).map(([key, display]) => (display ? `${display} (${key})` : key)).join(", ");
