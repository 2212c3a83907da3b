/** Short messages above the board; those with something to decide stay until it is decided. */

import { el } from "../js/dom.js";
import { dayName } from "./parts.js";
import { placeName } from "./verdict.js";
import { t } from "./words.js";

const MOST = 3;
const SHOWN_MS = 12000;

export class Notices {
  #node;

  constructor(node) {
    this.#node = node;
  }

  /** @param {string} kind good, bad or warn */
  tell(kind, text, { lines = [], actions = [], id = "" } = {}) {
    if (id) document.getElementById(id)?.remove();
    const close = () => one.remove();
    const one = el("div", { class: `notice ${kind}`, id: id || null },
      el("div", { class: "words" }, el("p", {}, text), lines.length ? el("ul", {}, lines.map((line) => el("li", {}, line))) : null),
      actions.map(([word, act, main]) => el("button", { type: "button", class: main ? "go" : null, onclick: () => { close(); act?.(); } }, word)),
      el("button", { type: "button", class: "close", "aria-label": t("close"), onclick: close }, "×"));
    for (const old of this.#node.querySelectorAll(".notice.good")) old.remove();
    this.#node.append(one);
    if (kind === "good") setTimeout(() => one.matches(":focus-within, :hover") || one.remove(), SHOWN_MS);
    while (this.#node.childElementCount > MOST) this.#node.firstChild.remove();
    return one;
  }

  clear(id) {
    document.getElementById(id)?.remove();
  }
}

/** What others changed, in lines. */
export function changeLines(state, changes) {
  const time = (iso) => new Date(iso).toLocaleTimeString("de-DE", { hour: "2-digit", minute: "2-digit", timeZone: "Europe/Berlin" });
  const what = { plan: "who_plan", lock: "who_lock", event: "who_event" };
  return changes.slice(0, 6).flatMap((one) => {
    const who = t("who_changed", one.author, time(one.at));
    if (one.what !== "moved") return [`${who}: ${t(what[one.what])}`];
    return one.moves.map((move) => `${who}: ${move.plot} ${state.taskName(move.task)} ${t("moved_where", where(state, move.old), where(state, move.new))}${move.reason ? ` (${move.reason})` : ""}`);
  });
}

const where = (state, at) => (at ? `${state.crewName(at.crew)}, ${dayName(at.day)}` : t("left_out"));

/** "KLZ-0012 Rasen mähen → Kolonne 2, Do 26.11., Platz 3" */
export const wishText = (state, wish) => `${state.nameOf(wish.visit)} → ${placeName(state, wish)}`;
