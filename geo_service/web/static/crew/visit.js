/** What a visit stands at, from the list of the desk and what was noted here since. Pure. */

const DAY_S = 24 * 3600;
const OPEN_KINDS = new Set(["start", "resume"]);
const counts = (entry) => !["rejected", "clash"].includes(entry.state);

/**
 * @param {object} stop a stop of the package
 * @param {Array} entries of this phone; those of other visits and closed versions are passed over
 * @returns {{state: string, started_at, timed_s: number, running_since, done, conflict, rejected, last}} state is
 *   open, running, paused, done, not_possible or stopped
 */
export function standing(stop, entries) {
  const own = entries.filter((one) => one.visit_id === stop.visit_id).sort((a, b) => a.seq - b.seq);
  const course = stop.course ?? {};
  const view = {
    state: course.stopped ? "stopped" : course.outcome || "open",
    by_desk: Boolean(course.stopped || course.outcome),
    minutes: course.minutes ?? null, reason: course.reason ?? "",
    started_at: null, running_since: null, timed_s: 0,
    conflict: own.some((one) => one.state === "conflict"),
    rejected: own.filter((one) => one.state === "rejected").at(-1) ?? null,
    last: own.at(-1) ?? null,
  };
  for (const entry of own) if (counts(entry)) apply(view, entry);
  return view;
}

function apply(view, entry) {
  const { kind, at, minutes, reason } = entry.report;
  const time = Date.parse(at);
  if (OPEN_KINDS.has(kind)) {
    view.started_at ??= at;
    view.running_since ??= time;
    const over = ["done", "stopped"].includes(view.state) || (view.state === "not_possible" && view.by_desk);
    if (!over) view.state = "running";
  } else if (["pause", "done", "not_possible"].includes(kind) || hazardous(entry.report)) {
    if (view.running_since !== null) view.timed_s += Math.max(0, (time - view.running_since) / 1000);
    view.running_since = null;
    if (kind === "pause") view.state = view.state === "running" ? "paused" : view.state;
    else view.state = kind === "found" ? "stopped" : kind;
    if (kind === "done") view.minutes = minutes;
    if (kind === "not_possible") view.reason = reason;
  }
}

/** A starred waste key: the job stops. */
export const hazardous = (report) => report.kind === "found" && (report.waste_key ?? "").endsWith("*");

export const isOver = (state) => ["done", "not_possible", "stopped"].includes(state);

/** Seconds worked so far, pauses left out. */
export const workedSeconds = (view, now) => view.timed_s + (view.running_since === null ? 0 : Math.max(0, (now - view.running_since) / 1000));

/**
 * The two fields by which the desk knows what a new report builds on. While an own report on the visit is on its way
 * the new one follows it; else the version that is shown counts.
 */
export function base(stop, entries) {
  const own = entries.filter((one) => one.visit_id === stop.visit_id).sort((a, b) => a.seq - b.seq);
  const told = own.filter((one) => one.state === "confirmed" && one.receipt).map((one) => one.receipt.version ?? 0);
  const version = Math.max(stop.version ?? 0, stop.course?.version ?? 0, ...told);
  const pending = own.filter((one) => ["new", "failed", "waiting", "stuck"].includes(one.state)).at(-1);
  return { base_version: version, after: pending && pending.report.base_version >= version ? pending.id : null };
}

/** Seconds since midnight in the zone of the desk, whatever zone the phone is set to. */
export function secondOfDay(now, zone = "Europe/Berlin") {
  const parts = new Intl.DateTimeFormat("en-GB", { timeZone: zone, hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" }).formatToParts(now);
  const [hour, minute, second] = ["hour", "minute", "second"].map((type) => Number(parts.find((one) => one.type === type).value));
  return hour * 3600 + minute * 60 + second;
}

/** The local date in the zone of the desk, as 2026-11-26. */
export const localDate = (now, zone = "Europe/Berlin") => new Intl.DateTimeFormat("sv-SE", { timeZone: zone }).format(now);

/** An instant as the device's clock says it, with its offset: 2026-11-26T08:31:00+01:00. */
export function deviceTime(now) {
  const at = new Date(now);
  if (Number.isNaN(at.getTime())) return "";
  const offset = -at.getTimezoneOffset();
  const two = (value) => String(Math.trunc(Math.abs(value))).padStart(2, "0");
  const local = new Date(at.getTime() + offset * 60_000).toISOString().slice(0, 19);
  return `${local}${offset < 0 ? "-" : "+"}${two(offset / 60)}:${two(offset % 60)}`;
}

/**
 * The rules that forbid a machine of this visit at a second of the day.
 * @returns {Array<{rule: object, from: number|null}>} `from` is when the next hours begin, null when no more today
 */
export function forbidden(stop, second) {
  return (stop.rules ?? [])
    .filter(({ windows }) => !windows.some(([start, end]) => start <= second && second < end))
    .map((rule) => ({ rule, from: rule.windows.map(([start]) => start).filter((start) => start > second).sort((a, b) => a - b)[0] ?? null }));
}

/** When the hours that hold now end, the soonest of all rules; null when nothing ends today. */
export function allowedUntil(stop, second) {
  const ends = (stop.rules ?? []).flatMap(({ windows }) => windows.filter(([start, end]) => start <= second && second < end && end < DAY_S).map(([, end]) => end));
  return ends.length ? Math.min(...ends) : null;
}

/** Stops in the order of this phone: as ordered here, new ones after the stop they follow at the desk. */
export function inOrder(stops, own) {
  if (!own?.length) return [...stops];
  const byId = new Map(stops.map((one) => [one.visit_id, one]));
  const order = own.filter((id) => byId.has(id));
  stops.forEach((stop, index) => {
    if (order.includes(stop.visit_id)) return;
    const before = index ? order.indexOf(stops[index - 1].visit_id) : -1;
    order.splice(before + 1, 0, stop.visit_id);
  });
  return order.map((id) => byId.get(id));
}

/** What differs between two lists of one day, by visit: {added, gone, changed}. */
export function changes(before, after) {
  const old = new Map(before.map((one) => [one.visit_id, one]));
  const now = new Map(after.map((one) => [one.visit_id, one]));
  return {
    added: after.filter((one) => !old.has(one.visit_id)).map((one) => one.visit_id),
    gone: before.filter((one) => !now.has(one.visit_id)),
    changed: after.filter((one) => old.has(one.visit_id) && old.get(one.visit_id).version !== one.version).map((one) => one.visit_id),
  };
}
