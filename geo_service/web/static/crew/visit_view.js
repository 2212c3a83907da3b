/** One stop: all that is known of it, and what can be told of it now. */

import { el } from "/static/js/dom.js";
import { icon } from "./icons.js";
import { begin, titleOf } from "./list_view.js";
import { address, badge, button, chip, fact, geo, link, ruleNow, runs, storedImage, urgentNote, way } from "./parts.js";
import { workedSeconds } from "./visit.js";
import { hhmm, number, say, told, toMinutes } from "./words.js";

export function visitView(app, stop) {
  const view = app.standing(stop);
  const gone = !app.stops.includes(stop);
  return [
    link("back", say("list"), "#", { kind: "plain small-button" }),
    el("article", { class: "card visit" },
      el("header", {}, badge(String(stop.order), view.state), el("time", {}, hhmm(stop.arrival_s)), el("h1", {}, stop.plot)),
      el("p", { class: "task" }, el("strong", {}, titleOf(stop)), el("span", {}, `${toMinutes(stop.end_s - stop.start_s)} ${say("minutes")}`)),
      el("p", {}, address(stop)),
      gone && el("p", { class: "note rule" }, say("state_gone")),
      urgentNote(stop),
      el("p", { class: "state-line" }, chip(view.state), el("span", { id: "runs" }, runs(view, workedSeconds(view, Date.now())))),
      view.state === "stopped" && el("p", { class: "note bad" }, icon("stopped"), el("span", {}, say("stopped_text"))),
      view.conflict && el("p", { class: "note bad" }, icon("conflict"), el("span", {}, say("s_conflict_text"))),
      view.rejected?.receipt && el("p", { class: "note bad" }, icon("found"), el("span", {}, `${say("s_rejected")}: ${told(view.rejected.receipt, "reason")}`)),
      ruleNow(stop, Date.now()),
      actions(app, stop, view),
      el("dl", { class: "facts" },
        fact(say("hazard"), [stop.hazard_note, stop.contamination === "yes" && say("contaminated")].filter(Boolean).join(" · "), "bad"),
        fact(say("access"), stop.access_note, "access"),
        fact(say("rule"), stop.rule_note, "rule"),
        fact(say("heed"), told(stop, "heed"), "rule"),
        fact(say("machines"), machines(stop)),
        fact(say("supply"), stop.supply),
        fact(say("area"), `${number(stop.area_m2)} m²${stop.volume_m3 ? ` · ${say("load")} ${number(stop.volume_m3, 1)} m³` : ""}${stop.contamination === "unknown" ? ` · ${say("contamination_unknown")}` : ""}`),
        fact(say("drive"), [way(stop), ...(stop.streets ?? []).slice(0, 4)].join(" · ")),
        fact(say("why"), told(stop, "why")),
        fact(say("announced", { from: "", to: "" }).replace("–", "").trim(), stop.announced ? `${hhmm(stop.announced[0])}–${hhmm(stop.announced[1])}` : "", "rule"),
      ),
      el("div", { class: "two" }, link("route", say("navigate"), geo(stop.lon, stop.lat, stop.plot)), link("map", say("on_map"), `#map=${stop.visit_id}`)),
      pictures(app, stop)),
  ];
}

const machines = (stop) => [...new Set((stop.rules ?? []).map((one) => told(one, "machine")))].join(", ");

function actions(app, stop, view) {
  const id = stop.visit_id;
  const start = (kind, word, strong = true) => button("start", say(word), () => begin(app, stop, kind), { kind: strong ? "main" : "plain", id: `act-${kind}` });
  const done = (word, kind) => link("done", say(word), `#done=${id}`, { kind, id: "act-done" });
  const no = link("not_possible", say("not_possible"), `#not_possible=${id}`, { id: "act-not-possible" });
  const found = link("found", say("found"), `#found=${id}`, { id: "act-found" });
  const remark = link("note", say("remark"), `#remark=${id}`, { id: "act-remark" });
  const rest = el("div", { class: "two" }, found, remark);
  switch (view.state) {
    case "running":
      return el("div", { class: "stack" }, done("done", "main"), button("pause", say("pause"), () => app.note({ kind: "pause" }, { stop }), { id: "act-pause" }), no, rest);
    case "paused":
      return el("div", { class: "stack" }, start("resume", "resume"), done("done", "plain"), no, rest);
    case "open":
      return el("div", { class: "stack" }, start("start", "start"), el("div", { class: "two" }, done("report_done", "plain"), no), rest);
    case "not_possible":
      return el("div", { class: "stack" }, start("start", "begin_after_all", false), rest);
    case "stopped":
      return el("div", { class: "stack" }, no, done("still_done", "plain"), rest);
    default:
      return rest;
  }
}

function pictures(app, stop) {
  const own = app.entries.filter((one) => one.visit_id === stop.visit_id).flatMap((one) => one.report.photos);
  const earlier = stop.photos ?? [];
  if (!own.length && !earlier.length) return null;
  const role = (one) => say(`photo_${one.role}`);
  return el("section", { class: "pictures" },
    own.length > 0 && el("h2", {}, say("photos")),
    own.map((one) => storedImage((sha) => app.store.bytes(sha), { sha256: one.sha256, alt: role(one) })),
    earlier.length > 0 && el("h2", {}, say("earlier_photos")),
    earlier.map((one) => storedImage((sha) => app.store.picture(sha), { sha256: one.sha256, alt: `${role(one)} · ${(one.taken_at ?? "").slice(0, 10)}` })));
}
