/** Pieces that several views share: buttons, chips, pictures, rule notes. */

import { el } from "/static/js/dom.js";
import { icon } from "./icons.js";
import { allowedUntil, forbidden, secondOfDay } from "./visit.js";
import { clock, hhmm, number, say, told, toMinutes } from "./words.js";

/** A large button. `kind` is main, plain or warn. */
export const button = (sign, text, onclick, { kind = "plain", ...more } = {}) =>
  el("button", { type: "button", class: `button ${kind}`, onclick, ...more }, sign && icon(sign), el("span", {}, text));

export const link = (sign, text, href, { kind = "plain", ...more } = {}) =>
  el("a", { class: `button ${kind}`, href, ...more }, sign && icon(sign), el("span", {}, text));

const SIGN = { open: "open", running: "start", paused: "pause", done: "done", not_possible: "not_possible", stopped: "stopped" };

/** How a visit stands, as sign and word. */
export const chip = (state, more = "") => el("span", { class: `chip ${state}` }, icon(SIGN[state] ?? "conflict"), say(`state_${state}`), more);

export const address = (stop) => [stop.address || stop.plot_name, stop.quarter].filter(Boolean).join(" · ");

/** RFC 5870, with the label that Android shows. */
export const geo = (lon, lat, name) => `geo:${lat.toFixed(6)},${lon.toFixed(6)}?q=${lat.toFixed(6)},${lon.toFixed(6)}(${encodeURIComponent(name)})`;

export const way = (stop) => (stop.length_m ? say("way", { minutes: toMinutes(stop.drive_s), km: number(stop.length_m / 1000, 1) }) : say("same_place"));

/** What a rule says now: "Freischneider erst ab 09:00: 32. BImSchV §7". */
export const ruleWords = ({ rule, from }) =>
  say(from === null ? "rule_none" : "rule_from", { machine: told(rule, "machine"), at: hhmm(from ?? 0), cite: rule.cite });

/** The note of the rules that bind a visit now, or null. */
export function ruleNow(stop, now) {
  const second = secondOfDay(now);
  const against = forbidden(stop, second);
  if (against.length) return el("p", { class: "note bad rule-now" }, icon("found"), el("span", {}, against.map(ruleWords).join(" · ")));
  const until = allowedUntil(stop, second);
  return until === null ? null : el("p", { class: "note rule" }, el("span", {}, `${say("rule_until", { at: hhmm(until) })} · ${stop.rule_note || stop.rules[0].cite}`));
}

export function urgentNote(stop) {
  if (!stop.urgent) return null;
  return el("p", { class: "note urgent" }, icon("alarm"), el("span", {}, say("urgent_by", { who: stop.urgent.who, why: told(stop.urgent, "why") })));
}

export const fact = (name, text, kind = "") => (text ? el("div", { class: `fact ${kind}` }, el("dt", {}, name), el("dd", {}, text)) : null);

/** When a visit was noted, and how it runs. */
export function runs(view, worked_s) {
  if (view.state === "running") return say("running_since", { at: clock(view.running_since), minutes: toMinutes(worked_s) });
  if (view.state === "paused") return say("paused_at", { minutes: toMinutes(worked_s) });
  if (view.state === "done") return view.minutes === null ? say("by_desk") : say("done_with", { minutes: view.minutes });
  return "";
}

const urls = new Map();

/** The address of bytes for an image; made once, given up with the page. */
export function urlOf(sha256, bytes, type = "image/jpeg") {
  if (!urls.has(sha256)) urls.set(sha256, URL.createObjectURL(new Blob([bytes], { type })));
  return urls.get(sha256);
}

/** An image that comes from the phone's own store; says so when it is not there. */
export function storedImage(load, { sha256, alt, type }) {
  const frame = el("figure", { class: "picture", "data-keep": sha256 }, el("figcaption", {}, alt));
  load(sha256).then((bytes) => {
    if (bytes) frame.prepend(el("img", { src: urlOf(sha256, bytes, type), alt }));
    else frame.prepend(el("p", { class: "no-picture" }, say("photos_none_here")));
  });
  return frame;
}

export const badge = (text, state = "open") => el("span", { class: `badge ${state}`, "aria-hidden": "true" }, text);
