/** Planning runs on the board: a new period, or anew after something happened; progress, cancelling, drafts. */

import { el, fill } from "../js/dom.js";
import { fullDate, noteInWords, valueName } from "../js/language.js";
import { cancelPlan, followPlan, listPlans, startPlan, startReplan } from "./api.js";
import { dayName, field } from "./parts.js";
import { t } from "./words.js";

const RUNNING = new Set(["queued", "running"]);
const KINDS = ["rain", "crew_absent", "vehicle_broken", "urgent_visit"];
const MOST_PLANS = 12;
const NAMES = { rain: "rain", crew_absent: "absent", vehicle_broken: "broken", urgent_visit: "urgent_kind" };

export class Planning {
  node = el("div", { class: "planning" });
  #desk;
  #run = null;
  #message = null;
  #plans = [];
  #kind = "rain";
  #wish = { days: 10, seconds: 20, seed: 1, draft: true };

  /** @param desk `{state(), today(), compare(id), show(id), reload(), mayChange()}` */
  constructor(desk) {
    this.#desk = desk;
  }

  /** Read which plans there are; a run that is on already is followed. */
  async refresh() {
    this.#plans = await listPlans();
    const mine = this.#plans.find((one) => RUNNING.has(one.status));
    if (mine && !this.#run) this.#follow(mine.id);
    this.show();
  }

  show() {
    if (!this.node.isConnected) return;
    const may = this.#desk.mayChange();
    const kept = [...this.node.querySelectorAll(".replan-form [name]")].map((one) => [one.name, one.value]);
    fill(this.node, this.#said(), may ? (this.#run ? this.#progress() : [this.#plan(), this.#desk.state()?.plan.in_force ? this.#replan() : null]) : null, this.#drafts());
    for (const [name, value] of kept) {
      const one = this.node.querySelector(`.replan-form [name="${name}"]`);
      if (one && value) one.value = value;
      if (one && !one.value) one.selectedIndex = 0;
    }
  }

  #said() {
    if (!this.#message) return null;
    const { kind, text, plan } = this.#message;
    return el("div", { class: `said ${kind}`, role: "status" }, el("p", {}, text),
      plan ? el("button", { type: "button", class: "go", onclick: () => this.#desk.compare(plan) }, t("compare")) : null);
  }

  #number(key, min, max, step = 1) {
    return el("input", { type: "number", id: `plan-${key}`, min, max, step, required: true, value: this.#wish[key], oninput: (event) => { this.#wish[key] = Number(event.target.value); } });
  }

  #plan() {
    const from = el("input", { type: "date", id: "plan-from", required: true, min: "2000-01-01", max: "2099-12-31", value: this.#wish.from ?? this.#desk.today(), oninput: (event) => { this.#wish.from = event.target.value; } });
    const draft = el("input", { type: "checkbox", id: "plan-draft", checked: this.#wish.draft, onchange: (event) => { this.#wish.draft = event.target.checked; } });
    const submit = (event) => {
      event.preventDefault();
      const { days, seconds, seed } = this.#wish;
      this.#start(startPlan({ from: from.value, days, seconds, seed, draft: draft.checked }), draft.checked);
    };
    return el("form", { class: "plan-form", onsubmit: submit }, el("h2", {}, t("plan_anew")),
      el("div", { class: "row" }, field(t("from"), from), field(t("plan_days"), this.#number("days", 1, 60)), field(t("plan_seconds"), this.#number("seconds", 1, 600)), field(t("plan_seed"), this.#number("seed", 0, 2147483647))),
      el("label", { class: "check" }, draft, el("span", {}, t("draft_keep"))),
      el("button", { type: "submit", class: "go", id: "plan-start" }, t("plan")));
  }

  #replan() {
    const state = this.#desk.state();
    const kinds = el("select", { id: "event-kind", onchange: (event) => { this.#kind = event.target.value; this.show(); } },
      KINDS.map((one) => el("option", { value: one, selected: one === this.#kind }, t(NAMES[one]))));
    const days = (name) => el("select", { name }, state.dates.filter((one) => one >= state.today).map((one) => el("option", { value: one }, dayName(one))));
    const crews = () => el("select", { name: "crew" }, state.crews.map((one) => el("option", { value: one.code }, one.name)));
    const text = (name, more = {}) => el("input", { name, maxlength: 300, autocomplete: "off", ...more });
    const fields = {
      rain: () => [field(t("day"), days("from")), field(t("until"), days("until"))],
      crew_absent: () => [field(t("crew"), crews(), "wide"), field(t("from"), days("from")), field(t("until"), days("until"))],
      vehicle_broken: () => [field(t("crew"), crews(), "wide"), field(t("from"), days("from")), field(t("until"), days("until")), field(t("machines"), text("machines"), "wide")],
      urgent_visit: () => [field(t("plot"), text("plot", { required: true, maxlength: 80 })), field(t("work_free"), text("work", { required: true, list: "works" })), field(t("urgent_until"), days("latest")),
        field(t("minutes_work"), el("input", { type: "number", name: "minutes", min: 1, max: 360, value: 60 })), field(t("reason"), text("reason", { required: true, pattern: ".*\\S.*" }), "wide"),
        el("datalist", { id: "works" }, Object.entries(state.tasks).map(([code, name]) => el("option", { value: code }, name)))],
    }[this.#kind]();
    const submit = (event) => {
      event.preventDefault();
      const told = eventOf(this.#kind, new FormData(event.target));
      this.#start(startReplan({ events: [told], seconds: this.#wish.seconds, seed: this.#wish.seed, draft: true }), true);
    };
    return el("form", { class: "replan-form", onsubmit: submit }, el("h2", {}, t("replan")), el("p", { class: "quiet" }, t("replan_hint")),
      field(t("event_kind"), kinds), el("div", { class: "row" }, fields), el("button", { type: "submit", class: "go", id: "replan-start" }, t("replan_go")));
  }

  #progress() {
    const { stage, done, total, note, stopping } = this.#run;
    const bar = total > 0 ? { value: done, max: total } : {};
    return el("div", { class: "running", role: "status" }, el("h2", {}, t("progress")),
      el("p", {}, valueName("stage", stage), total > 0 ? ` ${done}/${total}` : ""), note ? el("p", { class: "quiet" }, noteInWords(note)) : null,
      el("progress", { ...bar, id: "plan-bar", "aria-label": t("progress") }),
      el("button", { type: "button", id: "plan-cancel", disabled: Boolean(stopping), onclick: () => this.#cancel() }, t("cancel")));
  }

  #drafts() {
    const shown = this.#plans.filter((one) => one.status === "done" && (one.in_force || one.figures));
    const since = shown.find((one) => one.in_force)?.asked_at ?? "";
    const [now, older] = [shown.filter((one) => one.asked_at >= since), shown.filter((one) => one.asked_at < since)];
    const list = (plans) => el("ul", {}, plans.slice(0, MOST_PLANS).map((one) => this.#draft(one)));
    return el("section", { class: "drafts" }, el("h2", {}, t("drafts")), now.length ? list(now) : el("p", { class: "quiet" }, t("no_drafts")),
      older.length ? el("details", { id: "older-plans" }, el("summary", {}, t("older")), list(older)) : null);
  }

  #draft(one) {
    const when = new Date(one.asked_at).toLocaleString(document.documentElement.lang === "en" ? "en-GB" : "de-DE", { day: "numeric", month: "numeric", hour: "2-digit", minute: "2-digit", timeZone: "Europe/Berlin" });
    return el("li", { class: one.in_force ? "now" : null },
      el("p", {}, el("b", {}, one.first_day ? `${t("from")} ${fullDate(one.first_day)}, ${one.days} ${t("plan_days")}` : one.id), " ", one.in_force ? el("span", { class: "mark done" }, t("in_force")) : null),
      el("p", { class: "quiet" }, `${when}, ${one.author} · ${one.figures?.served ?? 0} ${t("visits")}, ${one.figures?.unserved ?? 0} ${t("left_out")}`),
      one.in_force ? null : el("p", { class: "row" }, el("button", { type: "button", onclick: () => this.#desk.compare(one.id) }, t("compare")), el("button", { type: "button", class: "plain", onclick: () => this.#desk.show(one.id) }, t("open_draft"))));
  }

  async #start(asking, draft) {
    this.#message = null;
    this.#tell({ stage: "", done: 0, total: 0, note: "" });
    try {
      await this.#follow((await asking).id, draft);
    } catch (error) {
      if (error.status === 409 && error.fields.run) {
        this.#message = { kind: "bad", text: t("busy") };
        await this.#follow(error.fields.run);
      } else this.#end({ kind: "bad", text: `${t("planning_failed")}: ${error.status === 0 ? t("offline") : error.detail}` });
    }
  }

  async #follow(id) {
    const stopping = this.#run?.stopping;
    this.#run = { stage: "", done: 0, total: 0, note: "", id };
    if (stopping) this.#cancel(); // asked for before the run had its name
    this.show();
    try {
      const plan = await followPlan(id, (state) => this.#tell(state));
      if (plan.status === "cancelled") return this.#end({ kind: "bad", text: t("cancelled") });
      if (plan.status !== "done") return this.#end({ kind: "bad", text: `${t("planning_failed")}: ${[plan.error?.message, plan.error?.remedy].filter(Boolean).join(" – ")}` });
      const compared = !plan.in_force && this.#desk.state();
      this.#end({ kind: "good", text: t(plan.in_force ? "new_plan" : "ready"), plan: compared ? id : "" });
      if (plan.in_force) await this.#desk.reload();
      else if (compared) this.#desk.compare(id);
    } catch (error) {
      this.#end({ kind: "bad", text: `${t("planning_failed")}: ${error.status === 0 ? t("offline") : error.detail}` });
    }
    return undefined;
  }

  #cancel() {
    this.#run.stopping = true;
    this.show();
    if (this.#run.id) cancelPlan(this.#run.id).catch(() => null); // it may just have ended: the stream tells
  }

  #tell(state) {
    this.#run = { ...this.#run, ...state };
    this.show();
  }

  #end(message) {
    this.#run = null;
    this.#message = message;
    this.refresh().catch(() => this.show());
  }
}

/** What the form tells, as the API takes it. */
function eventOf(kind, form) {
  const get = (name) => String(form.get(name) ?? "").trim();
  const span = { from: get("from"), until: get("until") < get("from") ? get("from") : get("until") };
  const machines = get("machines").split(",").map((one) => one.trim()).filter(Boolean);
  if (kind === "rain") return { kind, on: span.from, until: span.until };
  if (kind === "crew_absent") return { kind, crew: get("crew"), ...span };
  if (kind === "vehicle_broken") return { kind, crew: get("crew"), ...span, machines };
  return { kind, plot: get("plot"), work: get("work"), reason: get("reason"), latest: get("latest"), minutes: Number(get("minutes")) };
}
