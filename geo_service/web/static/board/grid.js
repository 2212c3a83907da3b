/** The table of days and crews: cards in order under a load bar. A crew-day is drawn anew only when it changed. */

import { el } from "../js/dom.js";
import { crewColour } from "../js/palette.js";
import { hours } from "../js/language.js";
import { clock, dayName, loadBar, loadText, marks, windowsOf, workingOf } from "./parts.js";
import { keyOf } from "./state.js";
import { t } from "./words.js";

export const cardId = (visit) => `card-${visit}`;

export class Grid {
  node = el("div", { class: "scroller", id: "scroller", tabindex: "-1" });
  #cells = new Map();
  #state = null;
  #marked = new Set();
  #current = "";
  #folded = new Set();

  show(state) {
    const [left, top] = [this.node.scrollLeft, this.node.scrollTop];
    const focused = this.node.contains(document.activeElement) ? document.activeElement.id : "";
    this.#state = state;
    this.#cells.clear();
    const head = el("tr", {}, el("td", { class: "corner" }), state.dates.map((day) => this.#head(day)));
    const rows = state.crews.map((crew, place) =>
      el("tr", { colour: crewColour(crew.colour, place), class: this.#folded.has(crew.code) ? "folded" : null }, this.#crew(crew), state.dates.map((day) => this.#cell(crew.code, day))));
    this.node.replaceChildren(el("table", { class: "grid" }, el("caption", { class: "unseen" }, t("table")), el("thead", {}, head), el("tbody", {}, rows)));
    this.node.scrollTo(left, top);
    this.#oneTabStop();
    if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
  }

  /** Draw some crew-days anew, and the sums of their days. */
  refresh(keys) {
    const focused = this.node.contains(document.activeElement) ? document.activeElement.id : "";
    for (const key of keys) {
      const cell = this.#cells.get(key);
      if (cell) this.#fill(cell, this.#state.byKey.get(key));
    }
    for (const day of new Set([...keys].map((key) => key.split("|")[0]))) {
      document.getElementById(`head-${day}`)?.replaceWith(this.#head(day));
    }
    this.#oneTabStop();
    if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
  }

  #head(day) {
    const all = this.#state.crews.map((crew) => this.#state.day(crew.code, day)).filter(Boolean);
    const visits = all.reduce((sum, one) => sum + one.cards.length, 0);
    const working = all.reduce((sum, one) => sum + workingOf(one), 0);
    const today = day === this.#state.today;
    const past = day < this.#state.today;
    return el("th", { scope: "col", id: `head-${day}`, class: `date${today ? " today" : ""}${past ? " past" : ""}` },
      el("b", {}, dayName(day)), today ? el("span", { class: "mark now" }, t("today")) : past ? el("span", { class: "mark" }, t("past")) : null,
      el("span", { class: "quiet" }, `${visits} ${t("visits")} · ${hours(working)}`));
  }

  #crew(crew) {
    const shut = this.#folded.has(crew.code);
    const fold = (event) => {
      if (!this.#folded.delete(crew.code)) this.#folded.add(crew.code);
      const now = this.#folded.has(crew.code);
      event.currentTarget.setAttribute("aria-expanded", String(!now));
      event.currentTarget.closest("tr").classList.toggle("folded", now);
    };
    return el("th", { scope: "row", class: "crew" },
      el("button", { type: "button", class: "fold", id: `fold-${crew.code}`, "aria-expanded": String(!shut), onclick: fold }, crew.name),
      el("span", { class: "quiet" }, `${crew.people} ${t("people")}`), el("span", { class: "quiet" }, crew.vehicle));
  }

  #cell(crew, day) {
    const cell = el("td", { class: "cell", "data-crew": crew, "data-day": day });
    this.#cells.set(keyOf(crew, day), cell);
    this.#fill(cell, this.#state.day(crew, day));
    return cell;
  }

  #fill(cell, day) {
    cell.classList.toggle("off", !day);
    cell.classList.toggle("shut", Boolean(day) && !day.open);
    if (!day) {
      cell.replaceChildren(el("p", { class: "quiet none" }, t("no_crew_day")));
      return;
    }
    const items = [];
    day.cards.forEach((card, index) => {
      items.push(...this.#between(day, index));
      items.push(this.#card(card, day));
    });
    items.push(...this.#between(day, day.cards.length));
    const count = el("p", { class: "many quiet" }, `${day.cards.length} ${t("visits")}`);
    cell.replaceChildren(loadBar(day), loadText(day), day.cards.length ? count : el("p", { class: "quiet none" }, t("free")), el("ol", { class: "cards" }, items));
  }

  #between(day, after) {
    if (day.cards.some((one) => one.pending)) return [];
    return day.between.filter((one) => one.after === after)
      .map((one) => el("li", { class: "between" }, `${clock(one.start_s)} ${one.name || t("break")}`));
  }

  #card(card, day) {
    const limits = windowsOf(card, day.shift);
    const kinds = [card.locked && "locked", card.urgent && "urgent", card.outcome, card.fixed && "fixed", card.pending && "pending"].filter(Boolean);
    return el("li", { class: "slot" },
      el("button", { type: "button", class: `card ${kinds.join(" ")}`, id: cardId(card.visit), "data-visit": card.visit, tabindex: "-1", "aria-describedby": "how" },
        el("span", { class: "grip", "aria-hidden": "true" }),
        el("span", { class: "line" }, el("time", {}, card.pending ? "…" : clock(card.start_s)), el("b", {}, card.plot)),
        el("span", { class: "task" }, `${this.#state.taskName(card.task)} `, el("span", { class: "long" }, `· ${card.minutes}\u202f${t("minutes")}`)),
        limits ? el("span", { class: "limits" }, limits) : null,
        el("span", { class: "marks" }, marks(card))));
  }

  /** One card can be reached with the tabulator; the arrow keys go on from there. */
  #oneTabStop() {
    const wanted = document.getElementById(cardId(this.#current)) ?? this.node.querySelector(".cell:not(.shut) .card") ?? this.node.querySelector(".card");
    for (const one of this.node.querySelectorAll('.card[tabindex="0"]')) one.tabIndex = -1;
    if (wanted) wanted.tabIndex = 0;
  }

  focus(visit) {
    this.#current = visit;
    this.#oneTabStop();
    const card = document.getElementById(cardId(visit));
    card?.focus({ preventScroll: true });
    card?.scrollIntoView({ block: "nearest", inline: "nearest" });
  }

  cell(crew, day) {
    return this.#cells.get(keyOf(crew, day));
  }

  /** Colour the crew-days by what is known of a move there: `verdicts` key -> ok. */
  reach(verdicts) {
    for (const [key, cell] of this.#cells) {
      const ok = verdicts?.get(key);
      cell.classList.toggle("can", ok === true);
      cell.classList.toggle("cannot", ok === false);
    }
  }

  /** Show where a visit would lie, with its time when it is known; null clears it. */
  target(at, visit, kind = "", text = "", follow = false) {
    for (const one of this.#marked) one.remove();
    this.#marked.clear();
    for (const one of this.node.querySelectorAll(".cell.target")) one.classList.remove("target");
    if (!at?.crew) return;
    const cell = this.cell(at.crew, at.day);
    const list = cell?.querySelector(".cards");
    if (!list) return;
    cell.classList.add("target");
    const place = el("li", { class: `ghost-slot ${kind}` }, text || this.#state.nameOf(visit));
    const others = [...list.querySelectorAll(".slot")].filter((one) => one.firstChild.dataset.visit !== visit);
    const before = others[(at.position ?? others.length + 1) - 1];
    if (before) list.insertBefore(place, before);
    else list.append(place);
    this.#marked.add(place);
    if (follow) place.scrollIntoView({ block: "nearest", inline: "nearest" });
  }

  /** The crew-day and place that a point of the screen lies over; null beside the table. */
  under(x, y, visit) {
    const cell = document.elementFromPoint(x, y)?.closest?.(".cell");
    if (!cell || !this.node.contains(cell)) return null;
    const others = [...cell.querySelectorAll(".slot")].filter((one) => one.firstChild.dataset.visit !== visit);
    if (!others.some((one) => one.offsetParent)) return { crew: cell.dataset.crew, day: cell.dataset.day, position: others.length ? null : 1 };
    const below = others.findIndex((one) => {
      const box = one.getBoundingClientRect();
      return y < box.top + box.height / 2;
    });
    return { crew: cell.dataset.crew, day: cell.dataset.day, position: below < 0 ? others.length + 1 : below + 1 };
  }

  /** The card that an arrow key leads to. */
  next(visit, key) {
    const state = this.#state;
    const at = state.at(visit);
    if (!at) return null;
    const crews = state.crews.map((one) => one.code);
    const [row, column] = [crews.indexOf(at.crew), state.dates.indexOf(at.day)];
    const cards = (r, c) => state.day(crews[r], state.dates[c])?.cards ?? [];
    if (key === "ArrowUp" || key === "ArrowDown") {
      const step = key === "ArrowUp" ? -1 : 1;
      const here = cards(row, column)[at.position - 1 + step];
      if (here) return here.visit;
      for (let r = row + step; r >= 0 && r < crews.length; r += step) {
        if (cards(r, column).length) return cards(r, column).at(step < 0 ? -1 : 0).visit;
      }
      return null;
    }
    const step = key === "ArrowLeft" ? -1 : 1;
    for (let c = column + step; c >= 0 && c < state.dates.length; c += step) {
      const found = cards(row, c);
      if (found.length) return found[Math.min(at.position, found.length) - 1].visit;
    }
    return null;
  }
}
