/** The day as a whole: taking it along, what is still missing, closing it; and this phone. */

import { byId, el, fill } from "/static/js/dom.js";
import { takeAlong } from "./day.js";
import { field, freeButton } from "./form_parts.js";
import { icon } from "./icons.js";
import { atDesk } from "./outbox.js";
import { button, link } from "./parts.js";
import { completeShell } from "./shell.js";
import { isOver, localDate } from "./visit.js";
import { clock, language, longDate, say, useLanguage } from "./words.js";

export function DayView(app) {
  return [
    el("h1", {}, app.crew ? longDate(app.date) : say("day")),
    el("section", { class: "card", id: "take" }, takePart(app)),
    el("section", { class: "card", id: "choose" }, choosePart(app)),
    app.day && el("section", { class: "card", id: "close" }, closePart(app)),
    el("section", { class: "card", id: "phone" }, phonePart(app)),
  ];
}

function takePart(app) {
  const { taking } = app;
  const said = taking ? (taking.of ? say("taking_pictures", taking) : say("taking")) : app.takingSaid;
  return [
    standPart(app),
    button("take", say("take_day"), () => take(app), { kind: app.complete ? "plain" : "main", id: "take-day", disabled: !app.crew || Boolean(taking) }),
    taking && el("progress", { "aria-label": say("taking"), max: taking.of || 1, value: taking.of ? taking.n : 0 }),
    el("p", { class: "quiet", role: "status", id: "take-said" }, said),
  ];
}

async function take(app) {
  if (app.taking) return;
  history.replaceState(null, "", "#day");
  const progress = (n, of) => {
    app.taking = { n, of };
    app.show();
  };
  progress(0, 0);
  let end = { kind: "unknown" };
  try {
    end = await takeAlong({ store: app.store, desk: app.desk, crew: app.crew, date: app.date, lang: language(), progress });
    await completeShell();
    await app.keepChoice();
    await app.reload();
  } finally {
    app.taking = null;
    app.takingSaid = end.full ? say("full_pictures") : end.day ? "" : trouble(end);
    if (end.kind === "signed_out") app.line.signed_out = true;
    await app.checkDay();
  }
}

function trouble(end) {
  if (end.kind === "refused") return `${say("no_list")} ${say("no_list_hint")}`;
  return end.kind === "signed_out" ? say("signed_out") : `${say("desk_away")} ${say(`why_${end.why ?? "server"}`)}`;
}

/** "vollständig, Stand 06:45", or what is missing. */
function standPart(app) {
  if (!app.day) return el("p", { class: "stand", id: "stand" }, icon("take"), el("strong", {}, say("not_taken")));
  const at = clock(app.day.package.as_of ?? app.day.taken_at);
  const seen = el("p", { class: "quiet small" }, say("seen", { at: clock(app.day.seen_at) }));
  if (app.complete) return [el("p", { class: "stand good", id: "stand" }, icon("done"), el("strong", {}, say("complete", { at }))), seen];
  const lack = app.lack;
  const missing = lack ? [
    lack.pictures.length > 0 && say("missing_pictures", { n: lack.pictures.length, of: lack.of }),
    !lack.app && say("missing_secure"),
    lack.app && lack.shell > 0 && say("missing_app", { n: lack.shell }),
  ].filter(Boolean) : [];
  return [
    el("p", { class: "stand bad", id: "stand" }, icon("found"), el("strong", {}, say("incomplete"))),
    el("ul", { class: "missing", id: "missing" }, missing.map((one) => el("li", {}, one))), seen,
  ];
}

function choosePart(app) {
  const mine = !app.me || app.me.role === "crew";
  const date = el("input", { type: "date", id: "field-date" });
  date.value = app.date;
  const crew = mine ? null : el("select", { id: "field-crew", "data-keep": `crew ${app.date} ${app.crew}` }, app.crew && el("option", { value: app.crew }, app.day?.package.crew.name ?? app.crew));
  if (crew) {
    crew.value = app.crew;
    app.desk.read(`/days/${app.date}`).then((answer) => {
      if (answer.kind !== "read" || !Array.isArray(answer.body.crews)) return;
      fill(crew, el("option", { value: "" }, say("choose_crew")), answer.body.crews.map((one) => el("option", { value: one.crew }, one.name)));
      crew.value = app.crew;
    });
  }
  const show = button("list", say("show"), async () => {
    await app.choose(crew ? crew.value : app.crew, date.value || localDate(Date.now()));
    app.show();
    byId("take-day")?.focus();
  }, { id: "show-day" });
  return [crew && field(say("crew"), crew), field(say("date"), date), show,
    app.crew && link("list", say("plain_list"), `/crew/${encodeURIComponent(app.crew)}?date=${app.date}${language() === "en" ? "&lang=en" : ""}`, { id: "plain-list" })];
}

function closePart(app) {
  const entries = app.entriesOfDay();
  const closed = entries.some((one) => one.report.kind === "day_closed");
  const photos = app.photos.filter((one) => one.reports.some((id) => entries.some((entry) => entry.id === id)));
  const arrived = photos.filter((one) => one.state === "confirmed").length;
  const there = entries.filter(atDesk).length;
  const open = app.stops.filter((one) => !isOver(app.standing(one).state)).length;
  const all = there === entries.length && arrived === photos.length;
  return [
    el("h2", {}, closed ? say("day_closed") : say("close_day")),
    entries.length > 0 && el("p", { class: all ? "sum good" : "sum", id: "day-reports" }, say("reports_arrived", { n: there, of: entries.length })),
    photos.length > 0 && el("p", { class: all ? "sum good" : "sum", id: "day-photos" }, say("photos_arrived", { n: arrived, of: photos.length })),
    open > 0 && el("p", { class: "quiet" }, say("still_open", { n: open })),
    !closed && button("day", say("close_day"), () => app.note({ kind: "day_closed" }).then(() => app.show()), { kind: open ? "plain" : "main", id: "close-day" }),
    el("p", { class: "quiet small" }, say("close_hint")),
  ];
}

function phonePart(app) {
  const kept = el("p", { class: "quiet small", "data-keep": `storage ${language()}` });
  navigator.storage?.persisted?.().then((yes) => {
    kept.textContent = `${say("storage")}: ${say(yes ? "storage_kept" : "storage_loose")}`;
  });
  const other = button(null, say("language"), async () => {
    useLanguage(language() === "de" ? "en" : "de");
    await app.keepChoice();
    app.show(true);
    app.contact();
  }, { id: "language", lang: language() === "de" ? "en" : "de" });
  return [el("h2", {}, say("settings")), app.me?.label && el("p", {}, app.me.label), kept, other, freeButton(app)];
}
