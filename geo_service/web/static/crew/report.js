/** A report as the desk reads it: built once, then its bytes and their hash never change. */

import { newId, sha256 } from "./hash.js";
import { deviceTime } from "./visit.js";

const EMPTY = {
  visit_id: null, plot: null, base_version: 0, after: null, minutes: null, timed_minutes: null, quantities: [], photos: [],
  reason: null, remark: "", follow_up: null, waste_key: null, against: null, order: null,
};

// what no keyboard types and no desk takes: control characters, halves of characters
const clean = (text) => (text.toWellFormed?.() ?? text).replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/g, "");

/** The device's time; when its clock stands in another century, the day that is worked on. */
const timeOf = (now, day) => (/^20\d\d-/.test(deviceTime(now)) ? deviceTime(now) : `${day}T12:00:00Z`);

/**
 * Make an entry of the outbox.
 * @param {object} fields of the report; `kind`, `crew`, `day` and `plan_id` are needed
 * @param {{id?: string, now?: number}} known the number that the form was given when it was opened
 */
export async function entryOf(fields, { id = newId(), now = Date.now() } = {}) {
  const report = { ...EMPTY, at: timeOf(now, fields.day), ...fields };
  const body = JSON.stringify(report, (_, value) => (typeof value === "string" ? clean(value) : value));
  return { id, visit_id: report.visit_id, day: report.day, crew: report.crew, report: JSON.parse(body), body, sha256: await sha256(new TextEncoder().encode(body)) };
}
