/** The columns that the table can have: how a cell reads on the screen and in a CSV. */

import { pictureOf } from "./images.js";
import { area, fieldName, fullDate, say, valueName } from "./language.js";
import { theme } from "./palette.js";

const day = { text: (value) => fullDate(value), width: "8.3rem" };

/** `open`: also for who is not signed in. */
export const COLUMNS = {
  code: { width: "7.5rem", open: true },
  name: { width: "minmax(9rem, 1.4fr)" },
  address: { width: "minmax(10rem, 1.6fr)", open: true },
  quarter_name: { width: "minmax(8rem, 1fr)", open: true },
  state: { width: "8.5rem", text: (value) => valueName("state", value), draw: (row) => [pictureOf(`plot|${row.state}|16|${theme().name}`, "swatch"), ` ${valueName("state", row.state)}`] },
  area_m2: { width: "6.5rem", number: true, open: true, text: (value) => area(value) },
  last_on: day,
  due_on: day,
  next_on: day,
  tenure_kind: { width: "minmax(8rem, 1fr)", text: (value) => valueName("tenure", value) },
  tenure_until: day,
  parcels: { width: "minmax(8rem, 1fr)", open: true },
  owner_kind: { width: "7rem", text: (value) => valueName("owner_kind", value) },
  baunvo: { width: "minmax(9rem, 1fr)", text: (value) => valueName("baunvo", value) },
  contamination: { width: "9rem", text: (value) => valueName("contamination", value) },
};

export const USUAL = ["code", "address", "state", "area_m2", "last_on", "due_on", "tenure_until"];

export const columnName = (key) => fieldName(key);

/** What a cell says; empty when there is nothing to say. */
export function cellText(row, key) {
  const value = row[key];
  if (value === null || value === undefined || value === "") return "";
  return COLUMNS[key].text?.(value) ?? String(value);
}

/** A cell of a CSV begins with no sign that a spreadsheet would compute. */
const quoted = (value) => {
  const text = typeof value === "string" && /^[=+\-@\t\r]/.test(value) ? `'${value}` : String(value ?? "");
  return /[";\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
};

/** Rows as a CSV that a German or English spreadsheet opens: names as on the screen, dates ISO 8601, areas in m². */
export function csvOf(rows, columns, lang) {
  const value = (row, key) => {
    if (typeof row[key] === "number") return lang === "de" ? String(row[key]).replace(".", ",") : row[key];
    return key === "area_m2" || COLUMNS[key].text === day.text ? row[key] : cellText(row, key);
  };
  const head = columns.map((key) => (key === "area_m2" ? `${columnName(key)} (${say("square_metres")})` : columnName(key)));
  return `\ufeff${[head, ...rows.map((row) => columns.map((key) => value(row, key)))].map((line) => line.map(quoted).join(";")).join("\r\n")}\r\n`;
}

/** Hand a text over as a file. */
export function saveAs(name, text, type = "text/csv;charset=utf-8") {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
