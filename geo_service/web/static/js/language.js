/** The language in use: words, numbers, dates. */

import { FIELDS, VALUES, WORDS } from "./words.js";

let lang = "de";

export const language = () => lang;

/** Use a language from now on, also for the fixed words of the page. */
export function useLanguage(wanted) {
  lang = wanted === "en" ? "en" : "de";
  document.documentElement.lang = lang;
  for (const node of document.querySelectorAll("[data-say]")) node.textContent = say(node.dataset.say);
  for (const node of document.querySelectorAll("[data-say-placeholder]")) node.placeholder = say(node.dataset.sayPlaceholder);
  for (const node of document.querySelectorAll("[data-say-aria-label]")) {
    node.setAttribute("aria-label", say(node.dataset.sayAriaLabel));
  }
  document.title = `${say("map")} · ${say("brand")}`;
}

/** The word for a key. */
export function say(key) {
  const word = WORDS[lang][key];
  if (word === undefined) throw new Error(`no word for ${key}`);
  return word;
}

export const fieldName = (key) => FIELDS[lang][key] ?? key;
export const fieldOrder = () => Object.keys(FIELDS[lang]);
export const valueName = (kind, value) => VALUES[lang][kind]?.[value] ?? String(value);

/** The values that a field can have. */
export const valuesOf = (kind) => Object.keys(VALUES[lang][kind]);

/** What the server tells in both languages: `task_de` and `task_en`, or `why` and `why_en`. */
export const told = (one, key) => one[`${key}_${lang}`] || one[key] || "";

/** The note of a planning run, "unserved 3, drive 5:12 h", in the language in use. */
export const noteInWords = (note) => note.replace("unserved", say("open")).replace("drive", say("drive"));

const locale = () => (lang === "de" ? "de-DE" : "en-GB");
const NARROW = "\u202f"; // a space that does not break the line
const asDate = (iso) => new Date(`${iso}T12:00:00`);

export const number = (value, places = 0) =>
  Number(value).toLocaleString(locale(), { minimumFractionDigits: places, maximumFractionDigits: places });

/** Square metres, in hectares when large. */
export const area = (m2) => (m2 >= 20000 ? `${number(m2 / 10000, 1)}${NARROW}${say("hectares")}` : `${number(m2)}${NARROW}${say("square_metres")}`);

export const kilometres = (metres) => `${number(metres / 1000, 1)}${NARROW}${say("km")}`;

export function hours(seconds) {
  const minutes = Math.round(seconds / 60);
  return `${Math.floor(minutes / 60)}:${String(minutes % 60).padStart(2, "0")}${NARROW}h`;
}

export const weekday = (iso) => asDate(iso).toLocaleDateString(locale(), { weekday: "short" }).replace(".", "");
export const shortDate = (iso) => asDate(iso).toLocaleDateString(locale(), { day: "numeric", month: "numeric" });
export const fullDate = (iso) => asDate(iso).toLocaleDateString(locale(), { day: "numeric", month: "numeric", year: "numeric" });
export const longDate = (iso) =>
  asDate(iso).toLocaleDateString(locale(), { weekday: "long", day: "numeric", month: "long", year: "numeric" });
