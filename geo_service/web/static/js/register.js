/** The register as the page works with it: plots with what is derived for them, filtered and sorted. */

import { NO_FILTER } from "./address.js";
import { boundsOf } from "./geometry.js";

/** Text as it is searched: small letters, no accents, street names in one spelling. */
export const plain = (text) =>
  text.toLowerCase().replaceAll("ß", "ss").replace(/str\.|strasse\b/g, "str").normalize("NFD").replace(/[\u0300-\u036f]/g, "");

export const words = (text) => plain(text).split(/\s+/).filter(Boolean);

const DAY_MS = 86_400_000;

/** Days from one ISO date to another. */
export const daysBetween = (from, to) => Math.round((Date.parse(to) - Date.parse(from)) / DAY_MS);

export class Register {
  rows = [];
  #byCode = new Map();
  #quarters = new Map();
  #today = "";

  /** Take the features of plots; `quarters` for their names. */
  use(features, quarters, today) {
    this.#today = today;
    this.#quarters = new Map(quarters.map(({ properties }) => [properties.key, properties.name]));
    this.rows = features.map((feature) => this.#row(feature));
    this.#byCode = new Map(this.rows.map((one) => [one.code, one]));
  }

  /** Add what the plan in force says: its visits (features' properties). */
  tell(visits) {
    const byPlot = new Map();
    for (const one of visits ?? []) byPlot.set(one.plot, [...(byPlot.get(one.plot) ?? []), one]);
    for (const row of this.rows) {
      const mine = byPlot.get(row.code) ?? [];
      row.next_on = mine.map((one) => one.date ?? "").filter((date) => date >= this.#today).sort()[0] ?? "";
      row.unserved = mine.some((one) => one.status === "unserved");
    }
  }

  row = (code) => this.#byCode.get(code);

  quarterName = (key) => this.#quarters.get(key) ?? key ?? "";

  /** The rows that fit a filter. */
  filtered(filter) {
    const wanted = words(filter.q);
    const sets = { state: new Set(filter.state), quarter: new Set(filter.quarter) };
    return this.rows.filter(
      (row) =>
        (!sets.state.size || sets.state.has(row.state)) &&
        (!sets.quarter.size || sets.quarter.has(row.quarter)) &&
        (!filter.tenure || this.#tenureFits(row, filter.tenure)) &&
        (!filter.due || this.#dueFits(row, filter.due)) &&
        (!filter.last || this.#lastFits(row, filter.last)) &&
        wanted.every((one) => row.text.includes(one)),
    );
  }

  #tenureFits(row, wanted) {
    return wanted === "ends" ? Boolean(tenureWarning(row, this.#today)) : (row.tenure_kind ?? "none") === wanted;
  }

  #dueFits(row, wanted) {
    if (wanted === "unserved") return row.unserved;
    if (wanted === "nothing") return !row.due_on;
    if (!row.due_on) return false;
    const days = daysBetween(this.#today, row.due_on);
    return wanted === "overdue" ? days < 0 : days <= (wanted === "week" ? 7 : 30);
  }

  #lastFits(row, wanted) {
    if (wanted === "never") return !row.last_on;
    return !row.last_on || daysBetween(row.last_on, this.#today) > Number(wanted);
  }

  #row(feature) {
    const { properties } = feature;
    const quarter_name = this.quarterName(properties.quarter);
    const text = [properties.code, properties.name, properties.address, properties.parcels, quarter_name].filter(Boolean).join(" ");
    const { due_on, last_visit_on } = properties;
    return { ...properties, feature, quarter_name, text: plain(text), due_on: due_on ?? "", last_on: last_visit_on ?? "", next_on: "", unserved: false };
  }
}

/** Whether a filter lets everything through. */
export const isOpen = (filter) => Object.entries(NO_FILTER).every(([name]) => !filter[name].length);

/** Rows in an order; codes decide between equals, what is empty comes last. */
export function sorted(rows, { key, down }, locale) {
  const order = new Intl.Collator(locale, { numeric: true }).compare;
  const sign = down ? -1 : 1;
  const compare = (one, other) => {
    const [a, b] = [one[key], other[key]];
    const [noA, noB] = [a === null || a === undefined || a === "", b === null || b === undefined || b === ""];
    if (noA || noB) return noA === noB ? 0 : noA ? 1 : -1;
    return sign * (typeof a === "number" && typeof b === "number" ? a - b : order(String(a), String(b)));
  };
  return [...rows].sort((one, other) => compare(one, other) || order(one.code, other.code));
}

/** Rows that meet a box [west, south, east, north]. */
export function within(rows, [west, south, east, north]) {
  return rows.filter((row) => {
    row.box ??= boundsOf([row.feature]);
    return row.box && row.box[0] <= east && row.box[2] >= west && row.box[1] <= north && row.box[3] >= south;
  });
}

/** What must be known of the right to work on a plot: `{kind: "ended" | "ends", days}`, or null. */
export function tenureWarning(row, today, ahead = 90) {
  if (!row.tenure_until || row.state === "returned") return null;
  const days = daysBetween(today, row.tenure_until);
  return days < 0 ? { kind: "ended", days: -days } : days <= ahead ? { kind: "ends", days } : null;
}
