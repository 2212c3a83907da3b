/** What is kept of a plot beside itself: visits done, moves with their reasons, photos, steps of its life. */

import { el } from "./dom.js";
import { fullDate, say, shortDate, told, valueName, weekday } from "./language.js";

const FEW = 5;

const when = (iso) => `${weekday(iso)} ${shortDate(iso)}`;

/** Rows, the first few at once, the others on demand. */
function rowsOf(id, title, rows) {
  if (!rows.length) return null;
  const rest = rows.slice(FEW);
  return el("section", {}, el("h3", {}, title), el("ul", { class: "lines" }, rows.slice(0, FEW)),
    rest.length ? el("details", { id }, el("summary", {}, `${say("more")} (${rest.length})`), el("ul", { class: "lines" }, rest)) : null);
}

/** @param {?object|"loading"} record as the desk tells it; null when it is not for this visitor */
export function recordSections(record, setup) {
  if (record === null) return [];
  if (record === "loading") return [el("p", { class: "quiet" }, say("loading_record"))];
  if (record.error) return [el("p", { class: "bad" }, record.error)];
  return [done(record), moves(record), photos(record, setup), exceptions(record)];
}

function done({ done: visits, last }) {
  if (visits.length) {
    return rowsOf("more-done", say("past_visits"), visits.map((one) =>
      el("li", {}, el("time", { datetime: one.date }, fullDate(one.date)), ` ${told(one, "task")}`,
        el("span", { class: "quiet" }, [one.crew, one.parts > 1 ? `${say("part")} ${one.part}/${one.parts}` : ""].filter(Boolean).join(" · ")))));
  }
  if (last.length) return rowsOf("more-last", say("last_done"), last.map((one) => el("li", {}, el("time", { datetime: one.date }, fullDate(one.date)), ` ${told(one, "task")}`)));
  return el("section", {}, el("h3", {}, say("past_visits")), el("p", { class: "quiet" }, say("no_past_visits")));
}

function moves({ moves: those }) {
  return rowsOf("more-moves", say("moves"), those.map((one) => {
    const from = `${when(one.old_date)}, ${one.old_crew}`;
    const to = one.new_date ? `${when(one.new_date)}, ${one.new_crew}` : say("out_of_plan");
    return el("li", {}, `${told(one, "task")}: ${from} → ${to}`, el("span", { class: "quiet" }, `${told(one, "reason")} · ${one.author}`));
  }));
}

function photos({ photos: those }, setup) {
  if (!those.length || setup.role === "analyst") return null;
  const pictures = those.map((one) => {
    const text = `${valueName("photo", one.role)}, ${fullDate(one.day)}`;
    return el("li", {}, el("a", { href: `/photos/${one.sha256}`, target: "_blank", rel: "noopener" },
      el("img", { src: `/photos/${one.sha256}`, alt: text, loading: "lazy", width: 140, height: 105 })), el("span", { class: "quiet" }, text));
  });
  return el("section", {}, el("h3", {}, say("photos")), el("ul", { class: "photos" }, pictures));
}

function exceptions({ exceptions: those }) {
  return rowsOf("more-exceptions", say("exceptions"), those.map((one) => el("li", {}, told(one, "task"), el("span", { class: "quiet" }, one.evidence))));
}

/** The steps of a plot's life: a JSON list of [state, at, author, reason]. */
export function historyOf(text) {
  if (!text) return null;
  const steps = JSON.parse(text).reverse();
  return rowsOf("more-history", say("history"), steps.map(([state, at, , reason]) =>
    el("li", {}, el("time", { datetime: at }, fullDate(at.slice(0, 10))), ` ${valueName("state", state)}`, el("span", { class: "quiet" }, reason))));
}
