/** The schedule board: what is on it, who may change it, and what happens when something is moved. */

import { byId, el, fill } from "../js/dom.js";
import { useLanguage } from "../js/language.js";
import { onThemeChange } from "../js/palette.js";
import { showPlaces } from "../js/places.js";
import { changesSince, lockVisit, moveVisit, readBoard, undoMove, unlockVisit } from "./api.js";
import { askAside, askReason, openCard } from "./card_dialog.js";
import { compareView, readComparison } from "./compare.js";
import { Grid } from "./grid.js";
import { Mover } from "./mover.js";
import { changeLines, Notices, wishText } from "./notices.js";
import { Panel } from "./panel.js";
import { Planning } from "./planning.js";
import { emptyView, failedView, signInView } from "./standing.js";
import { State } from "./state.js";
import { listen } from "./keys.js";
import { dayName } from "./parts.js";
import { named } from "./verdict.js";
import { fillWords, t } from "./words.js";

const LOOK_MS = 15000;
const query = new URLSearchParams(location.search);
const setup = fetch("/map/setup.json", { credentials: "same-origin" }).then((one) => one.json()).catch(() => ({}));
const set = { lang: query.get("lang") === "en" ? "en" : "de", plan: query.get("plan") ?? "", compact: false, overview: false, ask: false };

let state = null;
let compared = null;
let busy = 0;
const history = { done: [], redo: [] };

const notices = new Notices(byId("notices"));
const say = (text) => { byId("live").textContent = text; };

/** What the parts of the board may ask of it. */
const desk = {
  state: () => state,
  today: () => state?.today ?? new Date().toLocaleDateString("sv-SE", { timeZone: "Europe/Berlin" }),
  mayChange: () => state?.may_change ?? may,
  mayMove: (visit) => {
    const one = state?.visit(visit);
    return Boolean(state?.may_change && one && !one.pending && (!one.fixed || one.set_aside));
  },
  say,
  open: (visit, wish) => openCard(desk, visit, wish),
  carry: (visit) => { grid.focus(visit); mover.begin(visit, true); },
  drop: (wish) => (set.ask && !wish.asked ? askReason(desk, wish, (reason) => move({ ...wish, reason })) : move(wish)),
  refuse: (wish, verdict) => {
    const lines = verdict.against.map((one) => named(state, one.text));
    const locked = verdict.against.some((one) => one.rule === "locked") && state.at(wish.visit)?.card.locked;
    notices.tell("bad", `${wishText(state, wish)}: ${t("refused")}. ${t("keep_here")}`, { id: "refused", lines, actions: locked ? [[t("unlock"), () => desk.unlock(wish.visit)]] : [] });
    say(`${t("refused_drop", state.nameOf(wish.visit), lines.join("; "))}`);
    grid.focus(wish.visit);
  },
  aside: (visit) => askAside(desk, visit),
  setAside: (visit, reason) => move({ visit, crew: null, day: null, position: null, reason, asked: true }),
  lock: (visit, wish) => locking(visit, () => lockVisit(visit, { reason: "", ...wish }), "locked_done"),
  unlock: (visit) => locking(visit, () => unlockVisit(visit), "lock_removed"),
  compare,
  show: (plan) => { compared = null; set.plan = plan; return load(); },
  reload: () => { compared = null; set.plan = ""; return load(); },
  closeCompare: () => { compared = null; show(); },
  accepted: async () => {
    compared = null;
    set.plan = "";
    await load();
    notices.tell("good", t("accepted"));
    planning.refresh().catch(() => null);
  },
};

let may = false;
const grid = new Grid();
const mover = new Mover(grid, desk);
const planning = new Planning(desk);
const panel = new Panel(byId("panel"), desk, planning);

/** Read the board and show it, or why there is none. */
async function load() {
  writeAddress();
  try {
    const told = await readBoard(set.plan);
    state = new State(told);
    may = told.may_change;
    show();
    return true;
  } catch (error) {
    state = null;
    if (error.status === 409 && error.code === "not_ready") await showEmpty(error);
    else showAlone(error.status === 401 || error.status === 403 ? signInView(error.status) : failedView(error, load));
    return false;
  }
}

async function showEmpty(error) {
  may = Boolean((await setup).may_plan);
  showAlone(emptyView(/ended/.test(error.message), may));
  byId("panel").hidden = !may;
  if (may) {
    panel.open("planning");
    planning.refresh().catch(() => null);
  }
}

function showAlone(view) {
  byId("tools").hidden = true;
  byId("panel").hidden = true;
  byId("stage").replaceChildren(view);
  document.body.dataset.ready = "";
}

function show() {
  byId("tools").hidden = false;
  byId("panel").hidden = false;
  tools();
  const stage = byId("stage");
  if (compared) {
    stage.replaceChildren(compareView(desk, compared));
    byId("compare-title").focus();
  } else {
    if (!grid.node.isConnected) stage.replaceChildren(grid.node, mover.bar);
    grid.show(state);
  }
  looks();
  document.body.classList.toggle("comparing", Boolean(compared));
  panel.show();
  document.body.dataset.ready = "";
}

function looks() {
  for (const one of ["compact", "overview"]) document.body.classList.toggle(one, set[one]);
}

function tools() {
  const { plan } = state;
  const made = new Date(plan.made_at).toLocaleString(set.lang === "en" ? "en-GB" : "de-DE", { day: "numeric", month: "numeric", hour: "2-digit", minute: "2-digit", timeZone: "Europe/Berlin" });
  const check = (key, word) => el("label", { class: "check" }, el("input", { type: "checkbox", id: `set-${key}`, checked: set[key], onchange: (event) => { set[key] = event.target.checked; looks(); } }), el("span", {}, t(word)));
  fill(byId("tools"),
    el("p", { class: `which ${plan.in_force ? "now" : "draft"}` }, el("span", { class: "mark" }, plan.in_force ? t("in_force") : t("draft")), ` ${dayName(state.dates[0])} – ${dayName(state.dates.at(-1))} `, el("span", { class: "quiet" }, `${t("made")} ${made}, ${plan.author}`)),
    plan.in_force ? null : el("button", { type: "button", onclick: () => compare(plan.id) }, t("compare")),
    plan.in_force ? null : el("button", { type: "button", onclick: () => desk.reload() }, t("in_force_plan")),
    state.may_change ? el("button", { type: "button", id: "undo", "aria-keyshortcuts": "Control+Z", disabled: !plan.in_force && !history.done.length, onclick: undo }, `↶ ${t("undo")}`) : null,
    state.may_change ? el("button", { type: "button", id: "redo", "aria-keyshortcuts": "Control+Y", disabled: !history.redo.length, onclick: redo }, `↷ ${t("redo")}`) : null,
    state.may_change ? check("ask", "ask_reason") : null, check("overview", "overview"), check("compact", "compact"));
}

/** Redraw what a change touched. */
function touched(keys) {
  if (!compared) grid.refresh(keys);
  tools();
  panel.show();
}

/** Move a visit: at once on the board, then for good; taken back when the program says no. */
async function move(wish) {
  const { visit, crew, day, position = null, reason = "" } = wish;
  const from = state.at(visit);
  const name = state.nameOf(visit);
  const text = crew ? wishText(state, wish) : "";
  const guess = state.guess(visit, crew, day, position ?? wish.verdict?.position ?? null);
  touched(guess.touched);
  grid.focus(visit);
  busy += 1;
  try {
    const told = await moveVisit({ plan: state.plan.id, visit, crew, day, position, reason, draft: !state.plan.in_force });
    history.done.push({ wish: { visit, crew, day, position, reason }, from, before: told.before });
    if (!wish.again) history.redo = [];
    taken(told, guess.touched);
    const word = crew ? t("saved", name, `${state.crewName(crew)}, ${dayName(day)}`) : t("set_aside_done", name);
    notices.tell("good", word, { id: "moved", actions: [[t("undo"), undo]] });
    notices.clear("refused");
    say(word);
    grid.focus(visit);
    document.getElementById(`card-${visit}`)?.classList.add("fresh");
  } catch (error) {
    guess.back();
    touched(guess.touched);
    if (error.status === 401) return void showAlone(signInView(401));
    if (error.status === 409 && error.code === "plan_changed") return void conflict(wish, text || `${name}: ${t("set_aside")}`);
    notices.tell("bad", t("rolled_back", error.status === 0 ? t("offline") : named(state, error.words)), { id: "refused", actions: error.status === 0 ? [[t("retry"), () => move(wish), true]] : [] });
    say(t("rolled_back", error.words));
    grid.focus(visit);
  } finally {
    busy -= 1;
  }
  return undefined;
}

/** Take over a new plan; a draft that was moved in is another draft now. */
function taken(told, more = []) {
  const keys = state.take(told);
  if (!state.plan.in_force) {
    set.plan = state.plan.id;
    writeAddress();
  }
  touched(new Set([...keys, ...more]));
}

/** Somebody else was quicker: show what they did on the new board, and keep what was wanted. */
async function conflict(wish, text) {
  const since = state.revision;
  set.plan = "";
  const { changes } = await changesSince(since).catch(() => ({ changes: [] }));
  if (!(await load())) return;
  history.done = [];
  const again = () => (wish.crew ? desk.open(wish.visit, wish) : askAside(desk, wish.visit));
  notices.tell("warn", `${t("conflict")}. ${t("conflict_yours", text)}`, { id: "conflict", lines: changeLines(state, changes), actions: [[t("recheck"), again, true], [t("cancel"), null]] });
  say(`${t("conflict")}. ${t("conflict_yours", text)}`);
}

async function undo() {
  if (busy) return;
  busy += 1;
  const last = history.done.at(-1);
  try {
    if (!state.plan.in_force) {
      if (!last) return;
      history.done.pop();
      history.redo.push(last.wish);
      set.plan = last.before;
      await load();
    } else {
      const told = await undoMove(state.plan.id);
      if (last && told.visits.every((one) => one === last.wish.visit)) history.redo.push(history.done.pop().wish);
      else history.done = [];
      taken(told);
      const names = told.visits.map((one) => state.nameOf(one)).join(", ");
      notices.clear("moved");
      notices.tell("good", t("undone", names));
      say(t("undone", names));
      if (told.visits[0]) grid.focus(told.visits[0]);
    }
  } catch (error) {
    const text = error.code === "no_move" ? t("no_undo") : error.status === 0 ? t("offline") : named(state, error.words);
    notices.tell("bad", text, { id: "refused" });
    if (error.code === "plan_changed") await others();
  } finally {
    busy -= 1;
  }
}

function redo() {
  const wish = history.redo.pop();
  if (wish && !busy) move({ ...wish, again: true, asked: true });
}

async function locking(visit, act, word) {
  try {
    await act();
    await load();
    notices.tell("good", t(word, state?.nameOf(visit) ?? visit));
  } catch (error) {
    notices.tell("bad", error.status === 0 ? t("offline") : error.words, { id: "refused" });
  }
  grid.focus(visit);
}

async function compare(id) {
  try {
    if (!state?.plan.in_force) {
      set.plan = "";
      if (!(await load())) return;
    }
    compared = await readComparison(state, id);
    show();
  } catch (error) {
    notices.tell("bad", error.status === 0 ? t("offline") : error.words, { id: "refused" });
  }
}

/** Look whether others changed something; then show it and say who. */
async function others() {
  if (!state || mover.busy || busy || document.hidden || document.querySelector("dialog[open]")) return;
  const { changes, revision } = await changesSince(state.revision).catch(() => ({ changes: [] }));
  if (!revision || revision === state.revision || mover.busy || busy) return;
  const lines = changeLines(state, changes);
  if (!changes.length) {
    state.revision = revision; // something else than the plan was changed
    return;
  }
  await load();
  history.done = [];
  notices.tell("warn", t("conflict"), { id: "others", lines });
}

function writeAddress() {
  const told = new URLSearchParams();
  if (set.plan) told.set("plan", set.plan);
  if (set.lang !== "de") told.set("lang", set.lang);
  window.history.replaceState(null, "", `${location.pathname}${told.size ? `?${told}` : ""}`);
}

function speak(lang) {
  set.lang = lang;
  useLanguage(lang);
  fillWords();
  setup.then(({ places }) => places && showPlaces(byId("site"), places, set.lang));
}

for (const one of document.querySelectorAll('input[name="lang"]')) {
  one.checked = one.value === set.lang;
  one.addEventListener("change", () => {
    speak(one.value);
    if (compared) compare(compared.id);
    else load();
  });
}

speak(set.lang);
mover.listen(document.body, () => byId("panel"));
listen({ grid, mover, desk, undo, redo });
onThemeChange(() => state && show());
setInterval(others, LOOK_MS);
addEventListener("focus", others);
await load();
if (state) planning.refresh().catch(() => null);
if (query.get("compare") && state) await compare(query.get("compare"));
