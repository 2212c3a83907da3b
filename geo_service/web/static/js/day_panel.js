/** The panel beside the map: days, crews with their stops, what was left out. */

import { el, fill } from "./dom.js";
import { pictureOf } from "./images.js";
import { hours, kilometres, language, longDate, say, shortDate, told, weekday } from "./language.js";
import { theme } from "./palette.js";

const badge = (crew, text) => pictureOf(`stop|${crew.shape}|${crew.colour}|${text}|${theme().name}`, "badge");

export class DayPanel {
  #node;
  #act;

  /** @param {{onDay: function(string), onCrews: function(?Set), onStop: function(string)}} act */
  constructor(node, act) {
    this.#node = node;
    this.#act = act;
  }

  /** @param {{setup: object, date: string, day: ?object, crews: ?Set, planning: ?Node}} shown */
  show(shown) {
    fill(this.#node, this.#days(shown), this.#crews(shown), this.#unserved(shown), shown.planning, this.#foot(shown));
  }

  #days({ setup, date }) {
    if (!setup.signed_in) return null;
    if (!setup.days.length) return el("section", {}, el("p", { class: "hint" }, say(setup.may_plan ? "no_plan" : "no_plan_viewer")));
    const chips = setup.days.map((one) =>
      el("label", { class: "day" },
        el("input", { type: "radio", name: "day", value: one, id: `day-${one}`, checked: one === date, onchange: () => this.#act.onDay(one) }),
        el("span", { "aria-hidden": "true" }, el("b", {}, weekday(one)), shortDate(one)),
        el("span", { class: "unseen" }, longDate(one) + (one === setup.today ? ` (${say("today")})` : "")),
      ),
    );
    return el("fieldset", { class: "days" }, el("legend", {}, say("days")), el("div", { class: "chips" }, chips));
  }

  #crews({ setup, date, day, crews }) {
    if (!setup.signed_in || !setup.days.length) return null;
    const title = el("h2", {}, date ? longDate(date) : say("crews"));
    if (!day) return el("section", { class: "crews" }, title, el("p", { class: "quiet" }, say("loading")));
    if (!day.crews.length) return el("section", { class: "crews" }, title, el("p", { class: "quiet" }, say("no_crew_today")));
    const cards = day.crews.map((crew) => this.#crew(crew, date, day, crews));
    const all = crews && el("button", { type: "button", class: "plain", id: "all-crews", onclick: () => this.#act.onCrews(null) }, say("show_all"));
    return el("section", { class: "crews" }, el("div", { class: "heading" }, title, all), cards);
  }

  #crew(crew, date, day, crews) {
    const on = !crews || crews.has(crew.crew);
    const toggle = () => {
      const wanted = new Set(crews ?? day.crews.map((one) => one.crew));
      if (!wanted.delete(crew.crew)) wanted.add(crew.crew);
      this.#act.onCrews(wanted.size === day.crews.length ? null : wanted);
    };
    const count = `${crew.stops.length} ${say(crew.stops.length === 1 ? "stop_one" : "stops")}`;
    const figures = [`${crew.start}–${crew.end}`, count, `${hours(crew.drive_s)} ${say("drive")}`, kilometres(crew.length_m)];
    return el("article", { class: on ? "crew" : "crew off", colour: crew.colour },
      el("header", {},
        el("label", {},
          el("input", { type: "checkbox", id: `crew-${crew.crew}`, checked: on, onchange: toggle }),
          badge(crew, ""),
          el("span", { class: "name" }, crew.name),
        ),
        el("button", { type: "button", class: "plain", id: `only-${crew.crew}`, "aria-label": `${say("only")}: ${crew.name}`, onclick: () => this.#act.onCrews(new Set([crew.crew])) }, say("only")),
      ),
      el("details", { id: `stops-${crew.crew}` },
        el("summary", { class: "figures" }, figures.join(" · ")),
        el("ol", { class: "stops" }, this.#stops(crew)),
        el("p", {}, el("a", { href: `/crew/${encodeURIComponent(crew.crew)}?date=${date}${language() === "de" ? "" : `&lang=${language()}`}` }, say("open_list")),
          " · ", el("a", { href: `/days/${date}/crews/${encodeURIComponent(crew.crew)}.pdf` }, "PDF")),
      ),
    );
  }

  #stops(crew) {
    const row = (time, ...content) => el("li", { class: "rest" }, el("span"), el("time", {}, time), el("span", {}, content));
    const rested = (one) => [one.start, row(one.start, `${say("break")} ${say("to")} ${one.end}`)];
    const called = (one) => [one.start, row(one.arrival, `→ ${one.name} ${say("to")} ${one.end}`)];
    const at = (order) => (one) => one.after === order;
    const rests = (order) => [...(crew.breaks ?? []).filter(at(order)).map(rested), ...(crew.trips ?? []).filter(at(order)).map(called)]
      .sort(([one], [other]) => one.localeCompare(other)).map(([, line]) => line);
    return [
      ...rests(0),
      ...crew.stops.flatMap((stop) => [
        el("li", {},
          el("button", { type: "button", class: "stop", id: `stop-${crew.crew}-${stop.order}`, onclick: () => this.#act.onStop(stop.plot) },
            badge(crew, String(stop.order)),
            el("time", {}, stop.arrival),
            el("span", { class: "what" }, el("b", {}, stop.plot), ` ${told(stop, "task")}`),
            el("span", { class: "minutes" }, `${stop.minutes} ${say("minutes")}`),
          ),
        ),
        ...rests(stop.order),
      ]),
      row(crew.end, `${say("returns")} · ${crew.end_at?.name ?? crew.depot?.name ?? say("depot")}`),
    ];
  }

  #unserved({ day }) {
    if (!day) return null;
    const rows = day.unserved.map((one) =>
      el("li", {},
        el("button", { type: "button", class: "plain", onclick: () => this.#act.onStop(one.plot) }, one.plot),
        ` ${told(one, "task")}`,
        el("span", { class: "quiet" }, told(one, "reason")),
      ),
    );
    return el("details", { class: "unserved", id: "unserved" },
      el("summary", {}, say("unserved"), " ", el("span", { class: "count" }, String(rows.length))),
      rows.length ? el("ul", {}, rows) : el("p", { class: "quiet" }, say("unserved_none")),
    );
  }

  #foot({ setup, day }) {
    const notes = (day?.notes ?? []).filter((one) => one !== say("sample")); // which stands at the top
    return el("footer", { class: "quiet" },
      notes.length ? el("p", {}, notes.join(" · ")) : null,
      setup.signed_in ? el("form", { method: "post", action: "/sign-out" }, el("button", { class: "plain", type: "submit" }, say("sign_out"))) : null,
    );
  }
}
