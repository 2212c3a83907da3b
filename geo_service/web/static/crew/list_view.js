/** The list of the day: what comes next, then all stops with trips and breaks between; and putting it in another order. */

import { byId, el } from "/static/js/dom.js";
import { icon } from "./icons.js";
import { address, badge, button, chip, geo, link, ruleNow, runs, urgentNote } from "./parts.js";
import { forbidden, isOver, secondOfDay, workedSeconds } from "./visit.js";
import { hhmm, say, shortDate, told, toMinutes } from "./words.js";

export const titleOf = (stop) => told(stop, "task") || stop.task;

/** Begin or go on; a rule that forbids it now asks for a reason first. */
export function begin(app, stop, kind) {
  if (forbidden(stop, secondOfDay(Date.now())).length) {
    location.hash = `#against=${stop.visit_id}`;
    return Promise.resolve();
  }
  return app.note({ kind }, { stop });
}

export function listView(app, ordering) {
  if (ordering) return orderView(app);
  const stops = app.stops;
  const next = stops.find((one) => ["running", "paused"].includes(app.standing(one).state)) ?? stops.find((one) => !isOver(app.standing(one).state));
  return [
    el("h1", { class: "unseen" }, say("list")),
    next ? nextCard(app, next) : el("section", { class: "card" }, el("h2", {}, say("all_done")), el("p", {}, say("all_done_hint")), link("day", say("day"), "#day", { kind: "main" })),
    el("div", { class: "row-between" },
      el("p", { class: "quiet" }, `${stops.filter((one) => isOver(app.standing(one).state)).length} ${say("of")} ${stops.length} ${say("stops")}${app.day.order ? ` · ${say("reordered")}` : ""}`),
      button("found", say("found"), () => { location.hash = "#found"; }, { id: "found-anywhere" })),
    el("ol", { class: "list", id: "list" }, ...rows(app, stops)),
    stops.length > 1 && el("p", { class: "buttons" }, link("up", say("reorder"), "#order", { id: "reorder" })),
    goneList(app),
    notes(app),
  ];
}

function nextCard(app, stop) {
  const view = app.standing(stop);
  const open = () => { location.hash = `#visit=${stop.visit_id}`; };
  const main = {
    open: button("start", say("start"), () => begin(app, stop, "start"), { kind: "main", id: "next-start" }),
    running: link("done", say("done"), `#done=${stop.visit_id}`, { kind: "main", id: "next-done" }),
    paused: button("start", say("resume"), () => begin(app, stop, "resume"), { kind: "main", id: "next-resume" }),
  }[view.state];
  return el("section", { class: `card next ${view.state}`, "aria-label": say("next") },
    el("p", { class: "kicker" }, view.state === "open" ? say("next") : [chip(view.state), " ", runs(view, workedSeconds(view, Date.now()))]),
    el("header", {}, badge(String(stop.order)), el("time", {}, hhmm(stop.arrival_s)), el("h2", {}, el("span", { class: "unseen" }, `${say("stop_number", { order: stop.order })}: `), stop.plot)),
    el("p", { class: "task" }, el("strong", {}, titleOf(stop)), el("span", {}, `${toMinutes(stop.end_s - stop.start_s)} ${say("minutes")}`)),
    el("p", {}, address(stop)),
    urgentNote(stop), stop.hazard_note && el("p", { class: "note bad" }, icon("found"), el("span", {}, stop.hazard_note)), ruleNow(stop, Date.now()),
    main,
    el("div", { class: "two" }, link("route", say("navigate"), geo(stop.lon, stop.lat, stop.plot)), button("note", say("details"), open, { id: "next-open" })));
}

function rows(app, stops) {
  const { breaks = [], trips = [], depot, start_s, end_s } = app.day.package;
  const between = (order) => [
    ...breaks.filter((one) => one.after === order).map((one) => ({ at: one.start_s, text: `${say("break")} ${toMinutes(one.end_s - one.start_s)} ${say("minutes")} · ${say("to")} ${hhmm(one.end_s)}` })),
    ...trips.filter((one) => one.after === order).map((one) => ({ at: one.arrival_s, text: [one.title ?? one.name, one.address].filter(Boolean).join(" · "), trip: one })),
  ].sort((a, b) => a.at - b.at).map(line);
  const home = (at, word) => el("li", { class: "line" }, el("time", {}, hhmm(at)), el("span", {}, `${word} · ${depot?.name ?? ""}`));
  return [home(start_s, say("depot")), ...between(0), ...stops.flatMap((stop) => [row(app, stop), ...between(stop.order)]), home(end_s, say("way_home"))];
}

const line = ({ at, text, trip }) =>
  el("li", { class: "line" }, el("time", {}, hhmm(at)), el("span", {}, text), trip?.lon != null && link("route", say("navigate"), geo(trip.lon, trip.lat, trip.name)));

function row(app, stop) {
  const view = app.standing(stop);
  const marks = [
    stop.urgent && el("span", { class: "mark urgent" }, icon("alarm"), say("urgent")),
    app.day.added.includes(stop.visit_id) && el("span", { class: "mark" }, say("new_stop")),
    app.day.changed.includes(stop.visit_id) && el("span", { class: "mark" }, say("moved_stop")),
    view.conflict && el("span", { class: "mark bad" }, icon("conflict"), say("state_conflict")),
  ];
  return el("li", { class: `stop ${view.state}` },
    el("a", { href: `#visit=${stop.visit_id}`, id: `row-${stop.visit_id}` },
      badge(view.state === "done" ? "✓" : String(stop.order), view.state),
      el("span", { class: "what" },
        el("span", { class: "first" }, el("time", {}, hhmm(stop.arrival_s)), el("strong", {}, stop.plot)),
        el("span", { class: "task-line" }, titleOf(stop)),
        el("span", { class: "quiet" }, address(stop)),
        view.state !== "open" && chip(view.state), marks)));
}

function goneList(app) {
  if (!app.day.gone.length) return null;
  return el("section", { class: "card gone" }, el("h2", {}, say("gone_title")),
    el("p", { class: "quiet" }, say("gone_hint")),
    el("ul", {}, ...app.day.gone.map((stop) => el("li", {}, el("a", { href: `#visit=${stop.visit_id}` }, `${stop.plot} · ${titleOf(stop)}`), " ", app.standing(stop).state !== "open" && chip(app.standing(stop).state)))));
}

const notes = (app) =>
  el("p", { class: "quiet small" }, [...(app.day.package.notes ?? []), `${say("list")} ${shortDate(app.date)} · ${app.day.package.revision}`].join(" · "));

/** Moving stops by buttons: works with gloves, with the keyboard and with a voice. */
function orderView(app) {
  const order = app.stops.map((one) => one.visit_id);
  const list = el("ol", { class: "list ordering" });
  const spoken = el("p", { class: "unseen", role: "status" });
  const move = (at, by) => {
    const [id] = order.splice(at, 1);
    order.splice(at + by, 0, id);
    draw();
    const stop = app.stop(id);
    spoken.textContent = say("moved_to", { plot: stop.plot, place: at + by + 1 });
    const same = byId(`${by < 0 ? "up" : "down"}-${id}`);
    (same.disabled ? byId(`${by < 0 ? "down" : "up"}-${id}`) : same).focus();
  };
  const draw = () =>
    list.replaceChildren(...order.map((id, at) => {
      const stop = app.stop(id);
      const view = app.standing(stop);
      const arrow = (sign, by) => {
        const name = say(sign, { plot: `${stop.plot} ${titleOf(stop)}` });
        return el("button", { type: "button", class: "button square", id: `${sign}-${id}`, "aria-label": name, disabled: isOver(view.state) || at + by < 0 || at + by >= order.length, onclick: () => move(at, by) }, icon(sign));
      };
      return el("li", { class: `stop ${view.state}` }, badge(String(stop.order), view.state), el("span", { class: "what" }, el("strong", {}, stop.plot), el("span", {}, titleOf(stop)), view.state !== "open" && chip(view.state)), arrow("up", -1), arrow("down", 1));
    }));
  draw();
  const keep = async (wanted) => {
    app.day = { ...app.day, order: wanted };
    await app.store.put("days", app.day.key, app.day);
    await app.note({ kind: "reorder", order: wanted ?? app.day.package.stops.map((one) => one.visit_id) });
    location.hash = "#";
  };
  return [
    el("h1", {}, say("reorder")), spoken, list,
    el("div", { class: "stack" },
      button("done", say("reorder_save"), () => keep(order), { kind: "main", id: "save-order" }),
      app.day.order && button(null, say("reorder_reset"), () => keep(null), { id: "reset-order" }),
      link("back", say("cancel"), "#")),
  ];
}
