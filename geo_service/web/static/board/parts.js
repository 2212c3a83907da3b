/** Small things that several parts of the board draw: times, load bars, marks, dialogs. */

import { el } from "../js/dom.js";
import { hours, number, shortDate, weekday } from "../js/language.js";
import { t } from "./words.js";

export const clock = (seconds) => `${String(Math.floor(seconds / 3600)).padStart(2, "0")}:${String(Math.floor((seconds % 3600) / 60)).padStart(2, "0")}`;
export const span = ([from, to]) => `${clock(from)}–${clock(to)}`;

/** "07–13, 15–20 Uhr": stretches of a day in few characters. */
export function spans(windows) {
  const short = (seconds) => clock(seconds).replace(/:00$/, "");
  return `${windows.map(([from, to]) => `${short(from)}–${short(to)}`).join(", ")}\u202f${t("hour")}`;
}
export const dayName = (iso) => `${weekday(iso)} ${shortDate(iso)}`;

/** "+12 min", "−1:05 h": how much more or less, in minutes, from an hour on in hours. */
export function more(seconds) {
  const minutes = Math.round(Math.abs(seconds) / 60);
  const size = minutes < 60 ? `${minutes}\u202f${t("minutes")}` : hours(minutes * 60);
  return `${seconds < 0 && minutes ? "−" : "+"}${size}`;
}

/** An element with custom properties, which the content policy allows only this way. */
export function sized(node, values) {
  for (const [name, value] of Object.entries(values)) node.style.setProperty(name, String(value));
  return node;
}

export const workingOf = (day) => day.work_s + day.drive_s + day.wait_s;

/** How full a crew-day is: work, drive and waiting against the most that is allowed, with the usual hours marked. */
export function loadBar(day) {
  const working = workingOf(day);
  const full = Math.max(day.max_work_s, working, 1);
  const part = (name, seconds) => (seconds > 0 ? sized(el("span", { class: name }), { "--share": seconds / full }) : null);
  const said = t("load_of", hours(day.work_s), hours(day.drive_s), hours(day.wait_s), hours(day.break_s), hours(day.max_work_s));
  return el("div", { class: `load${working > day.max_work_s ? " over" : ""}`, role: "img", "aria-label": said, title: said },
    part("work", day.work_s), part("drive", day.drive_s), part("wait", day.wait_s),
    day.regular_s < full ? sized(el("i", {}), { "--share": day.regular_s / full }) : null);
}

/** The figures beside a load bar. */
export function loadText(day) {
  const trips = day.between.filter((one) => one.name).length;
  const heavy = day.volume_m3 > day.capacity_m3 && !trips;
  return el("p", { class: "figures" },
    el("span", {}, t("day_work", hours(workingOf(day)), hours(day.max_work_s))),
    day.overtime_s > 0 ? el("b", { class: "over" }, `${more(day.overtime_s)} ${t("overtime")}`) : null,
    day.volume_m3 > 0 ? el("span", { class: heavy ? "over" : null }, `${number(day.volume_m3, 1)}/${number(day.capacity_m3)}\u202fm³${trips ? ` · ${trips}× ${t("trip")}` : ""}`) : null);
}

/** What makes a visit unlike others, the urgent first; each mark is a word, not only a colour. */
export function marks(card) {
  const found = [];
  const mark = (kind, text, title = "") => found.push(el("span", { class: `mark ${kind}`, title: title || null }, text));
  if (card.outcome === "done") mark("done", `✓ ${t("done")}`);
  else if (card.outcome === "not_possible") mark("not_possible", `✗ ${t("not_done_here")}`);
  else if (card.fixed) mark("fixed", t("fixed"), card.fixed.text);
  if (card.stopped) mark("stopped", t("stopped"));
  if (card.urgent) mark("urgent", t("urgent"), card.urgent);
  if (card.follow_up) mark("follow_up", t("follow_up"), card.follow_up);
  if (card.announced) mark("locked", `${t("announced")} ${spans([card.announced])}`, card.lock_reason);
  else if (card.locked) mark("locked", t("locked"), card.lock_reason);
  return found;
}

/** When a visit may be worked on, where that is not the whole shift. */
export function windowsOf(card, shift) {
  const all = card.windows.length === 0 || card.windows.some(([from, to]) => from <= shift[0] && to >= shift[1]);
  return all ? "" : spans(card.windows);
}

/** A modal window of its own; removed when it is closed. Focus goes back to where it came from. */
export function modal(title, ...children) {
  const before = document.activeElement;
  const heading = el("h2", { id: "modal-title" }, title);
  const node = el("dialog", { class: "modal", "aria-labelledby": "modal-title" },
    el("header", {}, heading, el("button", { type: "button", class: "close", "aria-label": t("close"), onclick: () => node.close() }, "×")),
    ...children);
  node.addEventListener("close", () => {
    node.remove();
    const back = before?.isConnected ? before : document.getElementById(before?.id ?? "");
    back?.focus({ preventScroll: true });
  });
  node.addEventListener("click", (event) => event.target === node && node.close());
  document.body.append(node);
  node.showModal();
  return node;
}

export const field = (label, input, more = "") => el("label", { class: `field ${more}` }, el("span", {}, label), input);
