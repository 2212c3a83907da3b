/** A visit opened: what is known of it, and everything that can be done with it without dragging. */

import { el } from "../js/dom.js";
import { fullDate, number } from "../js/language.js";
import { clock, dayName, field, marks, modal, span, windowsOf } from "./parts.js";
import { Trials } from "./trials.js";
import { named, verdictView } from "./verdict.js";
import { t } from "./words.js";

const REASON = { maxlength: 300, autocomplete: "off" };

/** Open a visit; `wish` chooses where it should go, as far as it is known. */
export function openCard(desk, visit, wish = {}) {
  const state = desk.state();
  const card = state.visit(visit);
  if (!card) return;
  const at = state.at(visit);
  const may = desk.mayMove(visit);
  const node = modal(`${card.plot} · ${state.taskName(card.task)}`, el("div", { class: "marks" }, marks(card)), facts(state, card, at),
    card.fixed ? el("p", { class: "said bad" }, named(state, card.fixed.text)) : null,
    may ? moveForm(desk, visit, at, wish, () => node.close()) : null,
    at && state.may_change && state.plan.in_force && !card.outcome ? lockForms(desk, card, () => node.close()) : null,
    may && at ? asideForm(desk, visit, () => node.close()) : null,
    at ? el("p", {}, el("a", { href: `/map?date=${at.day}&crew=${at.crew}` }, t("map_day"))) : null);
  node.classList.add("card-window");
}

function facts(state, card, at) {
  const row = (name, value) => (value ? el("div", {}, el("dt", {}, name), el("dd", {}, value)) : null);
  const day = at && state.day(at.crew, at.day);
  return el("dl", {},
    row(t("where"), [card.address, card.quarter].filter(Boolean).join(", ")),
    at ? row(t("crew"), `${state.crewName(at.crew)}, ${dayName(at.day)}, ${t("place")} ${at.position}`) : row(t("left_out"), named(state, card.reason) || "–"),
    at && card.start_s ? row(t("works_on"), `${span([card.start_s, card.end_s])} · ${card.minutes}\u202f${t("minutes")} · ${t("drive")} ${Math.round(card.drive_s / 60)}\u202f${t("minutes")}`) : row(t("works_on"), `${card.minutes}\u202f${t("minutes")}`),
    row(t("window"), day ? windowsOf(card, day.shift) : ""),
    row(t("due"), at ? `${fullDate(card.due)} (${t("earliest")} ${fullDate(card.earliest)}, ${t("latest")} ${fullDate(card.latest)})` : fullDate(card.due)),
    row(t("volume"), card.volume_m3 ? `${number(card.volume_m3, 1)}\u202fm³` : ""),
    row(t("work"), card.parts > 1 ? t("part_of", card.part, card.parts) : ""),
    row(t("urgent"), card.urgent), row(t("follow_up"), card.follow_up), row(t("lock_reason"), card.lock_reason),
    row(t("remedy"), card.remedy ? named(state, remedyText(card.remedy)) : ""));
}

export const remedyText = (remedy) => (document.documentElement.lang === "en" ? remedy.text_en : remedy.text);

function moveForm(desk, visit, at, wish, close) {
  const state = desk.state();
  const trials = new Trials(state.plan.id, visit);
  const start = { crew: wish.crew ?? at?.crew ?? state.crews[0].code, day: wish.day ?? at?.day ?? state.dates.find((one) => one >= state.today) };
  const open = (crew, day) => state.day(crew, day)?.open;
  const days = el("select", { id: "to-day" }, state.dates.filter((day) => day >= state.today).map((day) => option(day, dayName(day), day === start.day)));
  const crews = el("select", { id: "to-crew" }, state.crews.map((one) => option(one.code, one.name, one.code === start.crew)));
  const places = el("select", { id: "to-place" });
  const reason = el("input", { ...REASON, id: "to-reason" });
  const told = el("div", { class: "told", role: "status" });
  const go = el("button", { type: "submit", class: "go", disabled: true }, at ? t("move") : t("place_visit"));
  const target = () => ({ crew: crews.value, day: days.value, position: places.value ? Number(places.value) : null });
  const fillPlaces = () => {
    const cards = (state.day(crews.value, days.value)?.cards ?? []).filter((one) => one.visit !== visit);
    places.replaceChildren(option("", t("cheapest"), true),
      ...Array.from({ length: cards.length + 1 }, (_, index) => option(index + 1, index ? `${index + 1} · ${t("after")} ${cards[index - 1].plot} (${clock(cards[index - 1].end_s)})` : "1")));
    if (wish.position && wish.crew === crews.value && wish.day === days.value) places.value = String(wish.position);
  };
  let asked = 0;
  const check = async () => {
    const mine = ++asked;
    const where = target();
    const stays = at && where.crew === at.crew && where.day === at.day && where.position === at.position;
    go.disabled = true;
    if (stays || (at && !places.value && where.crew === at.crew && where.day === at.day && !wish.crew)) return void told.replaceChildren();
    told.replaceChildren(...verdictView(state, visit, where, null));
    try {
      const verdict = await trials.ask(where);
      if (mine !== asked) return;
      told.replaceChildren(...verdictView(state, visit, where, verdict).filter(Boolean));
      go.disabled = !verdict.ok;
    } catch (error) {
      if (mine === asked) told.replaceChildren(el("p", { class: "said bad" }, error.status === 0 ? t("offline") : named(state, error.words)));
    }
  };
  for (const one of [days, crews]) {
    one.addEventListener("change", () => {
      fillPlaces();
      check();
    });
  }
  places.addEventListener("change", check);
  fillPlaces();
  if (wish.crew || !at) check();
  const submit = async (event) => {
    event.preventDefault();
    if (go.disabled) return;
    const where = target();
    const verdict = trials.known(where);
    close();
    desk.drop({ visit, ...where, position: where.position ?? verdict?.position ?? null, reason: reason.value, verdict, asked: true });
  };
  return el("form", { class: "move-form", onsubmit: submit },
    el("h3", {}, t("move_to")),
    el("div", { class: "row" }, field(t("day"), days), field(t("crew"), crews), field(t("place"), places)),
    told, el("div", { class: "row" }, field(t("reason_optional"), reason, "wide"), go,
      el("button", { type: "button", onclick: () => { close(); desk.carry(visit); } }, t("move_with_keys"))));
}

const option = (value, text, selected = false) => el("option", { value: String(value), selected }, text);

function lockForms(desk, card, close) {
  if (card.locked) return el("div", { class: "row" }, el("button", { type: "button", id: "unlock", onclick: () => { close(); desk.unlock(card.visit); } }, t("unlock")));
  const hour = Math.floor(card.start_s / 3600);
  const from = el("input", { type: "time", value: clock(hour * 3600), required: true });
  const until = el("input", { type: "time", value: clock((hour + 1) * 3600), required: true });
  const reason = el("input", REASON);
  const announce = (event) => {
    event.preventDefault();
    close();
    desk.lock(card.visit, { announced: true, opens: from.value, closes: until.value, reason: reason.value });
  };
  return el("form", { class: "lock-form", onsubmit: announce }, el("h3", {}, `${t("lock")} · ${t("announce")}`),
    el("div", { class: "row" }, field(t("reason_optional"), reason, "wide"),
      el("button", { type: "button", id: "lock", onclick: () => { close(); desk.lock(card.visit, { reason: reason.value }); } }, t("lock")),
      field(t("from"), from), field(t("to"), until), el("button", { type: "submit", id: "announce" }, t("announce"))));
}

/** Why a visit is set aside; a reason is needed. */
export function asideForm(desk, visit, close) {
  const reason = el("input", { ...REASON, required: true, pattern: ".*\\S.*", id: "aside-reason" });
  const submit = (event) => {
    event.preventDefault();
    close();
    desk.setAside(visit, reason.value);
  };
  return el("form", { class: "aside-form", onsubmit: submit }, el("h3", {}, t("set_aside")),
    el("div", { class: "row" }, field(t("reason"), reason, "wide"), el("button", { type: "submit", id: "aside" }, t("set_aside"))));
}

/** Ask only for the reason to set a visit aside, after it was dropped on the list. */
export function askAside(desk, visit) {
  const node = modal(desk.state().nameOf(visit), asideForm(desk, visit, () => node.close()));
  node.querySelector("input").focus();
}

/** Ask for a reason before a visit is moved. */
export function askReason(desk, wish, go) {
  const reason = el("input", { ...REASON, id: "move-reason" });
  const submit = (event) => {
    event.preventDefault();
    node.close();
    go(reason.value);
  };
  const node = modal(desk.state().nameOf(wish.visit), el("div", { class: "told" }, verdictView(desk.state(), wish.visit, wish, wish.verdict ?? null).filter(Boolean)),
    el("form", { onsubmit: submit }, el("div", { class: "row" }, field(t("reason_optional"), reason, "wide"), el("button", { type: "submit", class: "go" }, t("move")))));
  reason.focus();
}
