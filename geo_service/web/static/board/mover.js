/** Carrying a visit to another place, by pointer or by arrow keys: one intention, shown with its verdict until it ends. */

import { el } from "../js/dom.js";
import { clock } from "./parts.js";
import { Trials } from "./trials.js";
import { spoken, verdictView } from "./verdict.js";
import { t } from "./words.js";

const START_PX = 5;
const EDGE_PX = 56;
const SETTLE_MS = 70;

export class Mover {
  bar = el("section", { class: "verdict", id: "verdict", hidden: true });
  #grid;
  #desk;
  #now = null;
  #timer = 0;
  #press = null;

  /** @param grid the table @param desk `{state(), drop(wish), refuse(wish, verdict), aside(visit), say(text)}` */
  constructor(grid, desk) {
    this.#grid = grid;
    this.#desk = desk;
  }

  get busy() {
    return this.#now !== null;
  }

  get byKeys() {
    return this.#now?.byKeys ?? false;
  }

  /** Take a visit up. */
  begin(visit, byKeys) {
    const state = this.#desk.state();
    const from = state.at(visit);
    this.#now = { visit, from, at: from, byKeys, trials: new Trials(state.plan.id, visit) };
    document.body.classList.add("carrying");
    document.getElementById(`card-${visit}`)?.classList.add("carried");
    const day = from?.day ?? state.today;
    const far = (one) => Math.abs(new Date(one.day) - new Date(day)) + (one.crew === from?.crew ? 0 : 1);
    const open = [...state.byKey.values()].filter((one) => one.open).sort((one, two) => far(one) - far(two));
    this.#now.trials.reach(open, (found) => this.#now && this.#grid.reach(found));
    this.#show(null);
    this.#desk.say(byKeys ? `${t("moving", state.nameOf(visit))}. ${t("how_move")}` : "");
  }

  /** Hold it over a place; asked for when it stays there a moment. */
  over(at) {
    const now = this.#now;
    if (!now || same(now.at, at)) return;
    now.at = at;
    clearTimeout(this.#timer);
    const known = at && now.trials.known(at);
    this.#show(known);
    if (known) this.#told(known);
    else if (at && !same(at, now.from)) this.#timer = setTimeout(() => this.#ask(at), SETTLE_MS);
  }

  async #ask(at) {
    const now = this.#now;
    try {
      const verdict = await now.trials.ask(at);
      if (this.#now !== now || !same(now.at, at)) return;
      this.#show(verdict);
      this.#told(verdict);
    } catch (error) {
      if (this.#now === now) this.#desk.say(error.words ?? error.message);
    }
  }

  #told(verdict) {
    if (this.#now.byKeys) this.#desk.say(spoken(this.#desk.state(), this.#now.visit, this.#now.at, verdict));
  }

  #show(verdict) {
    const { visit, at, from, byKeys } = this.#now;
    const state = this.#desk.state();
    const still = same(at, from);
    const kind = !verdict ? "" : verdict.ok ? "yes" : "no";
    this.#grid.target(still ? null : at, visit, kind, verdict?.start_s ? `${clock(verdict.start_s)} ${state.visit(visit).plot}` : "", byKeys);
    this.bar.className = `verdict ${kind}`;
    this.bar.hidden = false;
    const hint = el("p", { class: "quiet" }, byKeys ? t("how_move") : t("drag_hint"));
    if (still || !at) this.bar.replaceChildren(el("p", { class: "headline" }, el("b", {}, state.nameOf(visit)), " · ", t("verdict_none")), hint);
    else this.bar.replaceChildren(...verdictView(state, visit, at, verdict).filter(Boolean));
  }

  /** Put it down where it is held. */
  async drop(outside = null) {
    const now = this.#now;
    if (!now) return;
    const state = this.#desk.state();
    const { visit, at, from } = now;
    let verdict = at && now.trials.known(at);
    this.end();
    if (outside === "aside") return void (from && this.#desk.aside(visit));
    if (!at || same(at, from)) return;
    if (!state.day(at.crew, at.day)?.open && !verdict) {
      try {
        verdict = await now.trials.ask(at);
      } catch {
        return;
      }
    }
    const wish = { visit, ...at, verdict };
    if (verdict && !verdict.ok) this.#desk.refuse(wish, verdict);
    else this.#desk.drop(wish);
  }

  /** Let it go; nothing is moved. */
  end() {
    if (!this.#now) return;
    clearTimeout(this.#timer);
    this.#now.trials.stop();
    document.getElementById(`card-${this.#now.visit}`)?.classList.remove("carried");
    this.#now = null;
    document.body.classList.remove("carrying");
    this.#grid.target(null);
    this.#grid.reach(null);
    this.bar.hidden = true;
  }

  /** An arrow key while carrying. */
  step(key) {
    const state = this.#desk.state();
    const crews = state.crews.map((one) => one.code);
    const { visit, at, from } = this.#now;
    const here = at ?? { crew: crews[0], day: state.dates.find((day) => day >= state.today), position: 1 };
    const others = (crew, day) => (state.day(crew, day)?.cards ?? []).filter((one) => one.visit !== visit).length;
    const open = (crew, day) => state.day(crew, day)?.open;
    if (!from && !at) return this.over(here);
    if (key === "ArrowLeft" || key === "ArrowRight") {
      const step = key === "ArrowLeft" ? -1 : 1;
      for (let c = state.dates.indexOf(here.day) + step; c >= 0 && c < state.dates.length; c += step) {
        const day = state.dates[c];
        if (open(here.crew, day)) return this.over({ crew: here.crew, day, position: Math.min(here.position, others(here.crew, day) + 1) });
      }
      return undefined;
    }
    const step = key === "ArrowUp" || key === "PageUp" ? -1 : 1;
    const position = here.position + step;
    if (key.startsWith("Arrow") && position >= 1 && position <= others(here.crew, here.day) + 1) return this.over({ ...here, position });
    for (let r = crews.indexOf(here.crew) + step; r >= 0 && r < crews.length; r += step) {
      if (open(crews[r], here.day)) return this.over({ crew: crews[r], day: here.day, position: step > 0 ? 1 : others(crews[r], here.day) + 1 });
    }
    return undefined;
  }

  /** Let cards under `node` be dragged: a mouse takes them anywhere, a finger or pen by the grip. */
  listen(node, panel) {
    let ghost = null;
    let scrolling = 0;
    let swallow = false;
    const scroller = this.#grid.node;
    const roll = () => {
      const box = scroller.getBoundingClientRect();
      const { x, y } = this.#press ?? {};
      const push = (at, from, to) => (at < from + EDGE_PX ? at - from - EDGE_PX : at > to - EDGE_PX ? at - to + EDGE_PX : 0) / 4;
      if (this.#press?.dragging && x >= box.left && x <= box.right) scroller.scrollBy(push(x, box.left + 110, box.right), push(y, box.top + 40, box.bottom));
      scrolling = this.#press?.dragging ? requestAnimationFrame(roll) : 0;
    };
    const stop = () => {
      ghost?.remove();
      ghost = null;
      this.#press = null;
      panel().classList.remove("over");
    };
    node.addEventListener("pointerdown", (event) => {
      const card = event.target.closest?.("[data-visit]");
      if (!card || event.button !== 0 || this.busy || !this.#desk.mayMove(card.dataset.visit)) return;
      if (event.pointerType !== "mouse" && !event.target.closest(".grip")) return;
      if (event.target.closest("button:not(.card)")) return;
      this.#press = { visit: card.dataset.visit, card, id: event.pointerId, x: event.clientX, y: event.clientY, fromX: event.clientX, fromY: event.clientY };
    });
    document.addEventListener("pointermove", (event) => {
      const press = this.#press;
      if (!press || press.id !== event.pointerId) return;
      Object.assign(press, { x: event.clientX, y: event.clientY });
      if (!press.dragging) {
        if (Math.hypot(press.x - press.fromX, press.y - press.fromY) < START_PX) return;
        press.dragging = true;
        ghost = press.card.cloneNode(true);
        ghost.removeAttribute("id");
        ghost.classList.add("ghost");
        document.body.append(ghost);
        this.begin(press.visit, false);
        if (!scrolling) scrolling = requestAnimationFrame(roll);
      }
      event.preventDefault();
      ghost.style.transform = `translate(${press.x + 10}px, ${press.y + 8}px)`;
      const aside = Boolean(document.elementFromPoint(press.x, press.y)?.closest?.(".panel"));
      panel().classList.toggle("over", aside);
      this.over(aside ? null : this.#grid.under(press.x, press.y, press.visit) ?? this.#now.from);
    });
    document.addEventListener("pointerup", (event) => {
      const press = this.#press;
      if (!press || press.id !== event.pointerId) return;
      const aside = press.dragging && Boolean(document.elementFromPoint(event.clientX, event.clientY)?.closest?.(".panel"));
      swallow = press.dragging;
      stop();
      if (swallow) this.drop(aside ? "aside" : null);
      setTimeout(() => { swallow = false; }, 0);
    });
    document.addEventListener("pointercancel", () => {
      stop();
      this.end();
    });
    document.addEventListener("click", (event) => {
      if (!swallow) return;
      event.stopPropagation();
      event.preventDefault();
    }, true);
    document.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || !this.#press?.dragging) return;
      stop();
      this.end();
    });
  }
}

const same = (one, two) => one?.crew === two?.crew && one?.day === two?.day && one?.position === two?.position;
