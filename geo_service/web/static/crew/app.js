/** The crew's day: opens what is kept on the phone, shows it, notes what is done, and sends it when it can. */

import { byId, el } from "/static/js/dom.js";
import { BoxView } from "./box_view.js";
import { fetchPictures, isComplete, keyOf, lacking, refresh } from "./day.js";
import { DayView } from "./day_view.js";
import { foundForm, notPossibleForm, remarkForm } from "./field_forms.js";
import { doneForm } from "./done_form.js";
import { againstForm } from "./against_form.js";
import { icon } from "./icons.js";
import { listView } from "./list_view.js";
import { forgettable, nextTry, Outbox, tally } from "./outbox.js";
import { button } from "./parts.js";
import { flat, patch } from "./patch.js";
import { PhoneStore } from "./phone_store.js";
import { entryOf } from "./report.js";
import { keepApp, lookForUpdate, takeNewVersion, wakeMe } from "./shell.js";
import { Transport } from "./transport.js";
import { base, inOrder, localDate, standing } from "./visit.js";
import { visitView } from "./visit_view.js";
import { language, longDate, roughly, say, shortDate, useLanguage } from "./words.js";

const SKEW_TOLD_MS = 180_000;
const REFRESH_MS = 300_000;
const TICK_MS = 15_000;
const FORMS = { done: doneForm, not_possible: notPossibleForm, found: foundForm, remark: remarkForm, against: againstForm };

class App {
  store = null;
  outbox = null;
  desk = null;
  me = null; // what the desk says of this phone; kept for when it cannot be asked
  crew = "";
  date = "";
  day = null; // what was taken along
  lack = null;
  entries = [];
  photos = [];
  taking = null; // pictures so far while the day is being taken along: {n, of}
  takingSaid = "";
  line = { signed_out: false, sending: false, skew_ms: 0, trouble: "" };
  newVersion = false;
  #timer = 0;
  #mapView = null;
  #channel = "BroadcastChannel" in globalThis ? new BroadcastChannel("crew") : null;

  async open() {
    this.store = await PhoneStore.open();
    const query = new URLSearchParams(location.search);
    const last = (await this.store.get("settings", "current")) ?? {};
    this.me = (await this.store.get("settings", "me")) ?? null;
    useLanguage(query.get("lang") ?? last.lang ?? "de");
    this.desk = new Transport({ heard: (date, at) => this.#heard(date, at) });
    this.outbox = new Outbox({ store: this.store, desk: this.desk, changed: () => this.#boxChanged() });
    this.crew = query.get("crew") ?? last.crew ?? "";
    this.date = query.get("date") ?? last.date ?? localDate(Date.now());
    await this.reload();
    addEventListener("hashchange", () => this.show(true));
    addEventListener("online", () => this.contact());
    document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && this.contact());
    byId("skip").addEventListener("click", (event) => {
      event.preventDefault();
      byId("content").focus();
    });
    this.#channel?.addEventListener("message", () => this.reload().then(() => this.show()));
    this.show();
    document.body.dataset.ready = "yes";
    keepApp({
      onWaiting: () => {
        this.newVersion = true;
        this.#frame();
      },
      onSend: () => this.send(),
    }).then(() => this.checkDay());
    setInterval(() => this.#tick(), TICK_MS);
    setInterval(() => document.visibilityState === "visible" && this.contact(), REFRESH_MS);
    this.contact({ first: true }).catch(console.error); // whatever the desk answers, what is kept here stays in sight
  }

  /** Read what the phone keeps. */
  async reload() {
    this.day = this.crew ? ((await this.store.get("days", keyOf(this.crew, this.date))) ?? null) : null;
    this.entries = await this.store.entries();
    this.photos = await this.store.photos();
  }

  /** Ask the desk who we are, for the list as it is now, and send what waits. */
  async contact({ first = false } = {}) {
    const told = await this.desk.read("/me");
    if (told.kind === "read" && typeof told.body.role === "string") {
      const wasOut = this.line.signed_out;
      this.me = told.body;
      this.line.signed_out = false;
      await this.store.put("settings", "me", told.body);
      if (told.body.crew && told.body.crew !== this.crew) await this.choose(told.body.crew, this.date);
      if (told.body.role === "anonymous") this.line.signed_out = true;
      else if (wasOut || first) await this.send({ force: true });
    } else if (told.kind === "signed_out") this.line.signed_out = true;
    if (!this.line.signed_out && this.day) {
      const answer = await refresh({ store: this.store, desk: this.desk, crew: this.crew, date: this.date, lang: language() });
      if (answer.day) this.day = answer.day;
      if (answer.kind === "read") {
        await fetchPictures({ store: this.store, desk: this.desk, day: this.day }); // a day that was complete stays so
        await this.checkDay();
      }
    }
    if (!first) await this.send();
    lookForUpdate();
    this.show();
  }

  async choose(crew, date) {
    await this.store.forget(forgettable(this.entries, this.photos, localDate(Date.now())));
    this.crew = crew;
    this.date = date;
    await this.keepChoice();
    await this.reload();
    await this.checkDay();
  }

  keepChoice() {
    return this.store.put("settings", "current", { crew: this.crew, date: this.date, lang: language() });
  }

  async checkDay() {
    this.lack = this.day ? await lacking(this.store, this.day) : null;
    this.show();
  }

  get complete() {
    return isComplete(this.lack);
  }

  get stops() {
    return this.day ? inOrder(this.day.package.stops, this.day.order) : [];
  }

  /** A stop of the list, or one that the desk took away. */
  stop(id) {
    return this.stops.find((one) => one.visit_id === id) ?? this.day?.gone.find((one) => one.visit_id === id) ?? null;
  }

  entriesOfDay() {
    return this.entries.filter((one) => one.day === this.date && one.crew === this.crew);
  }

  standing(stop) {
    return standing(stop, this.entries);
  }

  /**
   * Note a report: on the disk before anything is said. @param {object} fields of the report, without crew, day and plan
   * @param {{stop?: object, photos?: Array, id?: string, draft?: string}} about
   */
  async note(fields, { stop = null, photos = [], id, draft = null } = {}) {
    const now = stop && (this.stop(stop.visit_id) ?? stop); // as the list shows it by now
    const about = now ? { visit_id: now.visit_id, plot: now.plot, ...base(now, this.entries) } : {};
    const report = {
      crew: this.crew, day: this.date, plan_id: this.day.package.plan_id, ...about, ...fields,
      photos: photos.map(({ sha256, role, taken_at }) => ({ sha256, role, taken_at })),
    };
    const entry = await entryOf(report, id ? { id } : {});
    await this.outbox.note(entry, photos);
    if (draft) await this.store.remove("drafts", draft).catch(() => {});
    await this.reload();
    this.say(say("noted"));
    this.send();
  }

  async send({ force = false } = {}) {
    if (this.line.signed_out && !force) return;
    this.line.sending = true;
    this.#frame();
    try {
      const end = await this.outbox.run({ force });
      this.line.signed_out = end.signed_out;
    } finally { // whatever went wrong, the next try is planned and the button works
      this.line.sending = false;
      await this.reload();
      this.#plan();
      this.show();
    }
  }

  /** Plan the next try by itself; the browser may wake us too, when the line is back. */
  #plan() {
    clearTimeout(this.#timer);
    const at = nextTry(this.entries, this.photos);
    if (at === null || this.line.signed_out) return;
    wakeMe();
    this.#timer = setTimeout(() => this.send(), Math.min(Math.max(500, at - Date.now()), REFRESH_MS));
  }

  async #boxChanged() {
    this.entries = await this.store.entries();
    this.photos = await this.store.photos();
    this.#channel?.postMessage("changed");
    if (["", "box"].includes(this.route.name)) this.show();
    else this.#frame();
  }

  #heard(date, at) {
    this.line.skew_ms = at - date.getTime();
  }

  get tally() {
    return tally(this.entries, this.photos);
  }

  /** Whether something is in hand that a new version must not interrupt. */
  get busy() {
    return this.route.name in FORMS || this.line.sending || this.stops.some((one) => this.standing(one).state === "running");
  }

  get route() {
    const [name, id = ""] = decodeURIComponent(location.hash.slice(1)).split("=");
    return { name, id };
  }

  /** Draw the page; a form that is being filled in is left alone unless one has moved. */
  show(moved = false) {
    this.#frame();
    const { name, id } = this.route;
    if (!moved && (name in FORMS || name === "order") && document.body.dataset.view === `${name}=${id}`) return;
    if (!moved && name === "map" && document.body.dataset.view === "map=") {
      this.#mapView?.update();
      return;
    }
    const same = document.body.dataset.view === `${name}=${id}`;
    document.body.dataset.view = `${name}=${id}`;
    this.#mapView?.close();
    this.#mapView = null;
    const view = flat(this.#view(name, id));
    if (moved || !same) byId("content").replaceChildren(...view);
    else patch(byId("content"), view);
    if (moved) {
      scrollTo(0, 0);
      byId("content").focus({ preventScroll: true });
    }
  }

  #view(name, id) {
    if (name === "box") return BoxView(this);
    if (name === "day" || !this.day) return DayView(this);
    if (name === "map") {
      const room = el("div", { class: "map-room" }, el("p", { class: "quiet" }, say("loading")));
      import("./map_view.js").then(({ CrewMap }) => {
        if (this.route.name === "map") this.#mapView = new CrewMap(this, room, id);
      });
      return room;
    }
    if (!name || (name === "found" && !id) || name === "order") return name === "found" ? foundForm(this, null) : listView(this, name === "order");
    const stop = this.stop(id);
    if (!stop) return el("p", { class: "card" }, say("not_here"));
    return FORMS[name] ? FORMS[name](this, stop) : visitView(this, stop);
  }

  #frame() {
    const { name } = this.route;
    const crew = this.day?.package.crew;
    patch(byId("top"), [
      el("div", { class: "who" }, el("strong", {}, crew?.name ?? say("app")), el("span", {}, this.day ? shortDate(this.date) : "")),
      this.#pill(),
    ]);
    const open = this.tally.open;
    const tab = (key, href, view) =>
      el("a", { href, class: "tab", id: `tab-${key}`, "aria-current": view.includes(name) ? "page" : null }, icon(key), el("span", {}, say(key)), key === "box" && open > 0 && el("b", { class: "count", "aria-label": say("box_count", { n: open }) }, String(open)));
    byId("bottom").setAttribute("aria-label", say("nav"));
    patch(byId("bottom"), [tab("list", "#", ["", "order", "visit", ...Object.keys(FORMS)]), tab("map", "#map", ["map"]), tab("box", "#box", ["box"]), tab("day", "#day", ["day"])]);
    byId("skip").textContent = say("skip");
    patch(byId("banners"), flat(this.#banners()));
  }

  #pill() {
    const { open, conflict, rejected, clash, stuck } = this.tally;
    const [text, kind] = this.line.signed_out
      ? [say("pill_sign_in"), "bad"]
      : this.line.sending ? [say("sending"), "busy"]
      : open ? [say("pill_open", { n: open }), "busy"]
      : conflict + rejected + clash + stuck ? [say("pill_trouble", { n: conflict + rejected + clash + stuck }), "warn"]
      : [say("pill_ok"), "good"];
    return el("a", { href: "#box", class: `pill ${kind}`, id: "pill" }, text);
  }

  #banners() {
    const notes = [];
    if (this.line.signed_out) notes.push(el("p", { class: "note bad" }, say(this.entries.length || this.me?.crew ? "signed_out" : "never_in")));
    if (Math.abs(this.line.skew_ms) > SKEW_TOLD_MS) {
      const much = roughly(Math.abs(this.line.skew_ms));
      notes.push(el("p", { class: "note bad" }, say("clock_wrong", { much, way: say(this.line.skew_ms > 0 ? "clock_fast" : "clock_slow") })));
    }
    const today = localDate(Date.now());
    if (this.day && this.date < today) {
      notes.push(el("div", { class: "note rule" }, el("p", {}, say("other_day", { date: longDate(this.date) })),
        button("take", say("take_today"), () => this.choose(this.crew, today).then(() => { location.hash = "#day"; }), { id: "take-today" })));
    }
    if (this.newVersion) {
      notes.push(el("div", { class: "note rule" }, el("p", {}, say("new_version")),
        this.busy ? el("p", { class: "quiet" }, say("new_version_busy")) : button("take", say("new_version_now"), takeNewVersion, { id: "take-version" })));
    }
    return notes;
  }

  #tick() {
    this.show();
  }

  /** Say something for a moment, also to those who listen. */
  say(text) {
    const toast = byId("toast");
    toast.textContent = text;
    toast.hidden = false;
    clearTimeout(this.toasting);
    this.toasting = setTimeout(() => {
      toast.hidden = true;
    }, 4000);
  }
}

const app = new App();
app.open().catch((error) => {
  console.error(error);
  byId("content").replaceChildren(el("p", { class: "card note bad" }, say("store_broken")));
});
