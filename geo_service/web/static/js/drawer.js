/** The drawer: all that is known of a plot, its stops of the day, its coming visits. */

import { stopsAt } from "./day.js";
import { el } from "./dom.js";
import { pictureOf } from "./images.js";
import { area, fieldName, fieldOrder, fullDate, hours, number, say, shortDate, told, valueName, weekday } from "./language.js";
import { theme } from "./palette.js";

const HEADED = new Set(["code", "name", "state", "address", "area_m2"]);
const KINDS = { contamination: "contamination", baunvo: "baunvo", owner_kind: "owner_kind", tenure_kind: "tenure" };

export class Drawer {
  #node;
  #onClose;
  #opener = null;

  constructor(node, onClose) {
    this.#node = node;
    this.#onClose = onClose;
    node.addEventListener("keydown", (event) => event.key === "Escape" && this.close());
  }

  get open() {
    return !this.#node.hidden;
  }

  /** @param {{plot: object, day: ?object, visits: ?Array, quarter: string}} shown; `visits` null while they load or when they are not public */
  show({ plot, day, visits, quarter }) {
    if (this.#node.hidden) this.#opener = document.activeElement;
    this.#node.hidden = false;
    this.#node.replaceChildren(
      ...[this.#head(plot), this.#today(day, plot.code), this.#visits(visits), this.#fields({ ...plot, quarter })].filter(Boolean),
    );
    if (!this.#node.contains(document.activeElement)) this.#node.focus({ preventScroll: true });
  }

  close() {
    if (this.#node.hidden) return;
    this.#node.hidden = true;
    this.#onClose();
    if (this.#opener?.isConnected) this.#opener.focus({ preventScroll: true });
  }

  #head(plot) {
    return el("header", {},
      el("button", { type: "button", class: "close", "aria-label": say("close"), onclick: () => this.close() }, "×"),
      el("h2", {}, plot.code),
      plot.name && plot.name !== plot.code ? el("p", { class: "name" }, plot.name) : null,
      plot.address ? el("p", { class: "quiet" }, plot.address) : null,
      el("p", { class: "standing" },
        pictureOf(`plot|${plot.state}|16|${theme().name}`, "swatch"), ` ${valueName("state", plot.state)} · ${area(plot.area_m2)}`),
    );
  }

  #today(day, code) {
    const rows = stopsAt(day, code).map(({ crew, stop }) =>
      el("li", { colour: crew.colour },
        pictureOf(`stop|${crew.shape}|${crew.colour}|${stop.order}|${theme().name}`, "badge"),
        el("div", {},
          el("p", { class: "big" }, el("time", {}, stop.arrival), ` ${told(stop, "task")}`),
          el("p", {}, `${stop.minutes} ${say("minutes")} · ${crew.name} · ${hours(stop.drive_s)} ${say("drive")}`),
          stop.rule_note ? el("p", { class: "rule" }, stop.rule_note) : null,
          stop.why ? el("p", { class: "quiet" }, `${say("why")}: ${stop.why}`) : null,
        ),
      ),
    );
    return rows.length ? el("section", {}, el("h3", {}, `${weekday(day.date)} ${shortDate(day.date)}`), el("ul", { class: "today" }, rows)) : null;
  }

  #visits(visits) {
    if (!visits) return null;
    const rows = visits.map((one) =>
      el("tr", {},
        el("td", {}, one.date ? `${weekday(one.date)} ${shortDate(one.date)}` : say("unserved")),
        el("td", {}, one.arrival ? one.arrival.slice(11, 16) : ""),
        el("td", {}, told(one, "task"), el("span", { class: "quiet" }, told(one, "why") || told(one, "reason"))),
        el("td", {}, one.service_s ? `${Math.round(one.service_s / 60)} ${say("minutes")}` : ""),
      ),
    );
    return el("section", {}, el("h3", {}, say("visits")),
      rows.length ? el("table", {}, el("tbody", {}, rows)) : el("p", { class: "quiet" }, say("no_visits")));
  }

  #fields(plot) {
    const known = fieldOrder().filter((key) => key in plot && !HEADED.has(key));
    const others = Object.keys(plot).filter((key) => !known.includes(key) && !HEADED.has(key));
    const rows = [...known, ...others].map((key) => [key, written(key, plot[key])]).filter(([, text]) => text.length > 0);
    return el("section", {}, el("h3", {}, say("details")),
      el("dl", {}, rows.map(([key, text]) => el("div", { class: key === "hazard_note" ? "hazard" : null }, el("dt", {}, fieldName(key)), el("dd", {}, text)))));
  }
}

/** A value in words; empty when there is nothing to say. */
function written(key, value) {
  if (value === null || value === undefined || value === "") return "";
  if (typeof value === "boolean") return valueName("bool", value);
  if (key in KINDS) return valueName(KINDS[key], value);
  if (key === "care_areas") return careAreas(value);
  if (key === "parcels") return parcels(value);
  if (key === "history") return history(value);
  if (key.endsWith("_m2")) return area(value);
  if (key.endsWith("_lon") || key.endsWith("_lat")) return `${number(value, 5)}°`;
  if (/^\d{4}-\d\d-\d\d$/.test(value)) return fullDate(value);
  return typeof value === "number" ? number(value, Number.isInteger(value) ? 0 : 1) : String(value);
}

/** Care areas as the register writes them: "lawn:310;hedge:22". */
const careAreas = (text) =>
  text.split(";").map((part) => part.split(":")).map(([kind, m2]) => `${valueName("care", kind.trim())} ${area(Number(m2))}`).join(", ");

/** Parcels as the register writes them, "key=display; …" or "display; …": what people say first, then the key. */
const parcels = (text) =>
  text.split(";").map((part) => part.trim().split("=")).map(([key, display]) => (display ? `${display} (${key})` : key)).join(", ");

/** The steps of a plot's life: a JSON list of [state, at, author, reason]. */
const history = (text) =>
  JSON.parse(text).map(([state, at, , reason]) => el("p", {}, `${fullDate(at.slice(0, 10))} ${valueName("state", state)}`, el("span", { class: "quiet" }, reason)));

