/** The side of the board: what is not planned, hints, and planning runs, as tabs. */

import { el, fill } from "../js/dom.js";
import { shortDate } from "../js/language.js";
import { remedyText } from "./card_dialog.js";
import { named } from "./verdict.js";
import { t } from "./words.js";

const TABS = ["unserved", "hints", "planning"];

export class Panel {
  #node;
  #desk;
  #tab = "unserved";
  #planning;

  constructor(node, desk, planning) {
    this.#node = node;
    this.#desk = desk;
    this.#planning = planning;
  }

  get tab() {
    return this.#tab;
  }

  open(tab) {
    this.#tab = tab;
    this.#node.hidden = false;
    this.show();
  }

  show() {
    const state = this.#desk.state();
    const counts = { unserved: state?.unserved.length ?? 0, hints: state ? hintCount(state) : 0, planning: 0 };
    const tab = (name) =>
      el("button", {
        type: "button", role: "tab", id: `tab-${name}`, "aria-selected": String(name === this.#tab), "aria-controls": "tab-body",
        tabindex: name === this.#tab ? "0" : "-1", onclick: () => this.open(name), onkeydown: (event) => this.#keys(event, name),
      }, t(name), counts[name] ? el("span", { class: "count" }, counts[name]) : null);
    const body = el("div", { role: "tabpanel", id: "tab-body", class: `tab-body ${this.#tab}`, tabindex: "0", "aria-labelledby": `tab-${this.#tab}` });
    if (this.#tab === "planning") body.append(this.#planning.node);
    else body.append(...(this.#tab === "hints" ? hints(state) : this.#unserved(state)).filter(Boolean));
    const top = this.#node.querySelector(".tab-body")?.scrollTop ?? 0;
    fill(this.#node, el("div", { role: "tablist", class: "tabs", "aria-label": t("panel") }, TABS.map(tab)), body);
    body.scrollTop = top;
    if (this.#tab === "planning") this.#planning.show();
  }

  #keys(event, name) {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    this.open(TABS[(TABS.indexOf(name) + step + TABS.length) % TABS.length]);
    document.getElementById(`tab-${this.#tab}`)?.focus();
  }

  #unserved(state) {
    if (!state) return [];
    const lines = state.unserved.map((one) => this.#line(state, one));
    return [
      el("h2", {}, t("unserved_all")),
      lines.length ? el("ul", { class: "off-board" }, lines) : el("p", { class: "said good" }, t("off_none")),
      state.kept_out.length ? el("details", { id: "kept-out" }, el("summary", {}, `${t("kept_out")} `, el("span", { class: "count" }, state.kept_out.length)),
        el("ul", { class: "kept-out" }, state.kept_out.map((one) => el("li", {}, el("b", {}, `${one.plot} ${one.task ? state.taskName(one.task) : ""}`), el("span", { class: "quiet" }, one.reason))))) : null,
    ];
  }

  #line(state, one) {
    const may = this.#desk.mayMove(one.visit);
    const there = one.remedy?.crew && one.remedy?.day && one.remedy.kind !== "displace";
    return el("li", { class: `off${one.pending ? " pending" : ""}`, "data-visit": one.visit },
      may ? el("span", { class: "grip", "aria-hidden": "true" }) : null,
      el("p", {}, el("b", {}, one.plot), ` ${state.taskName(one.task)} `, one.minutes ? el("span", { class: "quiet" }, `${one.minutes}\u202f${t("minutes")} · ${t("due")} ${shortDate(one.due)}`) : null),
      one.urgent ? el("span", { class: "mark urgent" }, t("urgent")) : null,
      one.set_aside ? el("span", { class: "mark" }, t("set_aside_by")) : null,
      el("p", { class: "why" }, named(state, one.reason)),
      one.remedy ? el("p", { class: "remedy" }, `${t("remedy")}: ${named(state, remedyText(one.remedy))}`) : null,
      one.fixed ? el("p", { class: "why" }, named(state, one.fixed.text)) : null,
      may ? el("p", { class: "row" },
        el("button", { type: "button", id: `place-${one.visit}`, onclick: () => this.#desk.open(one.visit) }, `${t("place_visit")} …`),
        there ? el("button", { type: "button", class: "plain", onclick: () => this.#desk.open(one.visit, one.remedy) }, t("here_cost")) : null) : null);
  }
}

const hintCount = (state) => state.faults.length + state.warnings.length + state.notes.length;

function hints(state) {
  if (!state) return [];
  const list = (key, kind, items) => (items.length ? el("section", {}, el("h2", {}, t(key)), el("ul", { class: `hint-list ${kind}` }, items.map((one) => el("li", {}, one)))) : null);
  return [
    list("faults", "bad", state.faults.map((one) => named(state, one.text))), list("warnings", "warn", state.warnings), list("notes", "", state.notes),
    hintCount(state) ? null : el("p", { class: "quiet" }, t("hints_none")),
    el("section", {}, el("h2", {}, t("keyboard")), el("p", {}, t("how_card")), el("p", {}, t("how_move"))),
  ];
}
