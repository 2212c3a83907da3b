/** What the checker says of a move, in words and small bars. */

import { el } from "../js/dom.js";
import { hours } from "../js/language.js";
import { clock, dayName, more, sized } from "./parts.js";
import { t } from "./words.js";

const SMALL_S = 30;

/** "Kolonne 2, Do 26.11., Platz 3" */
export function placeName(state, at) {
  if (!at?.crew) return t("left_out");
  return `${state.crewName(at.crew)}, ${dayName(at.day)}${at.position ? `, ${t("place")} ${at.position}` : ""}`;
}

/** Words of the program with names instead of codes: "crew-1" and "KLZ-0012.mow_lawn.2026-05-04.1". */
export function named(state, text) {
  if (!state) return text;
  const visits = text.replace(/[\w-]+\.[a-z0-9_]+\.(?:first|[\d-]+)\.\d+/g, (id) => {
    const [plot, task] = id.split(".");
    return state.visit(id) ? state.nameOf(id) : `${plot} ${state.taskName(task)}`;
  });
  return visits.replace(/[A-Za-z0-9][\w-]*/g, (word) => state.crewByCode.get(word)?.name ?? word);
}

/** A verdict as nodes; null while it is being found out. */
export function verdictView(state, visit, at, verdict) {
  const where = { ...at, position: verdict?.position || at?.position };
  const head = el("p", { class: "headline" },
    el("b", {}, state.nameOf(visit)), " → ", placeName(state, where),
    verdict?.start_s ? `, ${clock(verdict.start_s)}` : "", " ", badge(verdict));
  if (!verdict) return [head];
  if (!verdict.ok) {
    return [head, el("ul", { class: "against", "aria-label": t("against") }, verdict.against.map((one) => el("li", { "data-rule": one.rule }, named(state, one.text)))), figures(state, verdict)];
  }
  return [head, figures(state, verdict), parts(state, verdict)];
}

export const badge = (verdict) =>
  !verdict ? el("span", { class: "badge wait" }, t("verdict_wait"))
    : verdict.ok ? el("span", { class: "badge yes" }, `✓ ${t("ok")}`) : el("span", { class: "badge no" }, `✗ ${t("refused")}`);

/** Drive and overtime together, then each crew-day before and after. */
function figures(state, verdict) {
  const sum = (name) => verdict.days.reduce((total, one) => total + one[name][1] - one[name][0], 0);
  if (!verdict.days.some((one) => one.end_s[1] !== one.end_s[0] || one.visits[1] !== one.visits[0])) return null;
  return el("ul", { class: "effects" },
    effect(t("drive"), sum("drive_s")), effect(t("overtime"), sum("overtime_s")),
    verdict.days.map((one) => {
      const [before, after] = one.working_s;
      return el("li", { class: after > one.max_work_s ? "worse" : null },
        `${state.crewName(one.crew)} ${dayName(one.day)}: ${hours(before)} → ${hours(after)}`, one.end_s[1] ? `, ${t("returns", clock(one.end_s[1]))}` : "");
    }));
}

const effect = (name, seconds) =>
  el("li", { class: seconds > SMALL_S ? "worse" : seconds < -SMALL_S ? "better" : null }, `${name} ${more(seconds)}`);

/** The parts of the objective that change, as bars to the left and right of a line. */
export function parts(state, verdict) {
  const changed = Object.entries(verdict.costs).filter(([name, [before, after]]) => name !== "total_s" && Math.abs(after - before) >= SMALL_S);
  const most = Math.max(...changed.map(([, [before, after]]) => Math.abs(after - before)), 1);
  return el("div", { class: "cost" },
    el("p", {}, `${t("objective")}: `, el("b", { class: verdict.change_s > 0 ? "worse" : "better" }, more(verdict.change_s))),
    el("ul", { class: "parts" }, changed.map(([name, [before, after]]) => {
      const seconds = after - before;
      return el("li", {}, el("span", {}, state.parts[name] ?? name),
        sized(el("span", { class: `bar ${seconds > 0 ? "worse" : "better"}` }), { "--share": Math.abs(seconds) / most }), el("span", { class: "by" }, more(seconds)));
    })));
}

/** The same in one sentence, for those who listen. */
export function spoken(state, visit, at, verdict) {
  const where = placeName(state, { ...at, position: verdict?.position || at.position });
  if (!verdict) return `${where}: ${t("verdict_wait")}`;
  if (!verdict.ok) return `${where}: ${t("refused")}. ${verdict.against.map((one) => named(state, one.text)).join(". ")}`;
  return `${where}: ${t("ok")}. ${t("objective")} ${more(verdict.change_s)}`;
}
