/** Two plans side by side: the objective part by part, how full each crew-day is in both, and the visits that move. */

import { el } from "../js/dom.js";
import { crewColour } from "../js/palette.js";
import { hours } from "../js/language.js";
import { acceptPlan, comparePlans, planOf, proposedMoves, readBoard } from "./api.js";
import { dayName, more, sized, workingOf } from "./parts.js";
import { State } from "./state.js";
import { named } from "./verdict.js";
import { t } from "./words.js";

const MOST_ROWS = 400;

/** Read both sides; the result goes to `compareView`. */
export async function readComparison(state, id) {
  const [seen, plan, moves, board] = await Promise.all([comparePlans(state.plan.id, id), planOf(id), proposedMoves(id).catch(() => []), readBoard(id).catch(() => null)]);
  return { id, seen, plan, moves, other: board ? new State(board) : null };
}

/** @param desk `{state(), closeCompare(), accepted(), show(id), mayChange()}` */
export function compareView(desk, found) {
  const state = desk.state();
  const { seen, plan, moves, other } = found;
  const trouble = el("div", { role: "status" });
  const reasons = new Map(moves.map((one) => [one.visit, one.reason]));
  const count = (test) => seen.visits.filter(test).length;
  const accept = async (event) => {
    event.target.disabled = true;
    try {
      await acceptPlan(found.id, state.plan.in_force ? state.plan.id : null);
      await desk.accepted();
    } catch (error) {
      event.target.disabled = false;
      trouble.replaceChildren(el("p", { class: "said bad" }, error.status === 0 ? t("offline") : named(state, error.words), el("br"), named(state, (error.fields.faults ?? []).join("; "))));
    }
  };
  return el("section", { class: "compare", "aria-labelledby": "compare-title" },
    el("header", {}, el("h2", { id: "compare-title", tabindex: "-1" }, t("compare_title")),
      el("p", { class: "legend" }, el("span", { class: "key a" }, t("in_force_plan")), el("span", { class: "key b" }, t("draft_of", plan.author, time(plan.asked_at)))),
      el("div", { class: "row" },
        desk.mayChange() && !plan.in_force ? el("button", { type: "button", class: "go", id: "accept", onclick: accept }, t("accept")) : null,
        el("button", { type: "button", id: "discard", onclick: () => desk.closeCompare() }, t("discard")),
        el("button", { type: "button", class: "plain", onclick: () => desk.show(found.id) }, t("open_draft")))),
    trouble,
    el("ul", { class: "summary" },
      el("li", {}, t("same", seen.same)),
      el("li", {}, el("b", {}, count((one) => one.old && one.new)), ` ${t("moves")}`),
      el("li", {}, el("b", {}, count((one) => !one.new)), ` ${t("drop_out")}`),
      el("li", {}, el("b", {}, count((one) => !one.old)), ` ${t("come_in")}`),
      el("li", {}, el("b", {}, `${state.unserved.length} → ${plan.unserved.length}`), ` ${t("left_out")}`)),
    el("div", { class: "sides" }, objective(state, seen.costs), other ? loads(state, other) : null),
    el("section", {}, el("h3", {}, t("differs_visits")), seen.visits.length ? visits(state, seen.visits, reasons) : el("p", { class: "said good" }, t("differs_none"))),
    plan.unserved.length ? el("section", {}, el("h3", {}, `${t("left_out")} (${t("draft")})`),
      el("ul", { class: "off-board" }, plan.unserved.map((one) => el("li", { class: "off" }, el("p", {}, el("b", {}, one.plot), ` ${state.taskName(one.task)}`), el("p", { class: "why" }, named(state, other?.off.get(one.visit)?.reason ?? one.reason)))))) : null);
}

const time = (iso) => new Date(iso).toLocaleTimeString("de-DE", { hour: "2-digit", minute: "2-digit", timeZone: "Europe/Berlin" });

function objective(state, costs) {
  const rows = Object.entries(costs).filter(([, [one, two]]) => one || two);
  const most = Math.max(...rows.filter(([name]) => name !== "total_s").flatMap(([, both]) => both), 1);
  const bar = (kind, seconds) => sized(el("span", { class: `bar ${kind}${seconds ? "" : " zero"}` }), { "--share": Math.min(1, seconds / most) });
  return el("section", { class: "objective" }, el("h3", {}, t("objective_as")),
    el("table", {}, el("tbody", {}, rows.map(([name, [one, two]]) =>
      el("tr", { class: name === "total_s" ? "total" : null },
        el("th", { scope: "row" }, name === "total_s" ? t("total") : state.parts[name] ?? name),
        el("td", { class: "bars" }, name === "total_s" ? null : [bar("a", one), bar("b", two)]),
        el("td", {}, hours(one)), el("td", {}, hours(two)),
        el("td", { class: two > one ? "worse" : two < one ? "better" : "quiet" }, two === one ? "=" : more(two - one)))))));
}

function loads(state, other) {
  const dates = [...new Set([...state.dates, ...other.dates])].sort();
  const bar = (kind, day, most) => sized(el("span", { class: `bar ${kind}${day?.cards.length ? "" : " zero"}` }), { "--share": day ? Math.min(1, workingOf(day) / most) : 0 });
  const cell = (crew, date) => {
    const [one, two] = [state.day(crew, date), other.day(crew, date)];
    if (!one && !two) return el("td", { class: "off" });
    const most = Math.max(one?.max_work_s ?? 0, two?.max_work_s ?? 0, 1);
    const ids = (day) => (day?.cards ?? []).map((card) => card.visit).join();
    const [before, after] = [one?.cards.length ?? 0, two?.cards.length ?? 0];
    const said = `${before} → ${after} ${t("visits")}, ${hours(one ? workingOf(one) : 0)} → ${hours(two ? workingOf(two) : 0)}`;
    return el("td", { class: ids(one) === ids(two) ? "alike" : "differs", title: said }, bar("a", one, most), bar("b", two, most),
      el("span", { class: "count-of" }, before === after ? String(after) : `${before}→${after}`), el("span", { class: "unseen" }, said));
  };
  return el("section", { class: "loads" }, el("h3", {}, t("differs_days")),
    el("div", { class: "wide", tabindex: "0", role: "group", "aria-label": t("differs_days") }, el("table", {}, el("thead", {}, el("tr", {}, el("td", {}), dates.map((day) => el("th", { scope: "col" }, dayName(day))))),
      el("tbody", {}, state.crews.map((crew, place) => el("tr", { colour: crewColour(crew.colour, place) }, el("th", { scope: "row", class: "crew" }, crew.name), dates.map((day) => cell(crew.code, day))))))));
}

function visits(state, changed, reasons) {
  const at = (place) => (place ? `${state.crewName(place.crew)}, ${dayName(place.day)}` : t("left_out"));
  const row = (one) => el("tr", {}, el("th", { scope: "row" }, one.plot), el("td", {}, state.taskName(one.task)), el("td", {}, at(one.old)), el("td", {}, at(one.new)), el("td", { class: "quiet" }, named(state, reasons.get(one.visit) ?? "")));
  return el("div", { class: "wide", tabindex: "0", role: "group", "aria-label": t("differs_visits") }, el("table", { class: "changed" },
    el("thead", {}, el("tr", {}, [t("plot").split(" ")[0], t("work"), t("in_force_plan"), t("draft"), t("reason")].map((one) => el("th", { scope: "col" }, one)))),
    el("tbody", {}, changed.slice(0, MOST_ROWS).map(row))), changed.length > MOST_ROWS ? el("p", { class: "quiet" }, `… ${changed.length - MOST_ROWS}`) : null);
}
