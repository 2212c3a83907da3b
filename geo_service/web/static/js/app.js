/** The map page: reads the address, loads what may be seen, and ties panel, map, drawer and search together. */

import { readAddress, writeAddress } from "./address.js";
import { readDay } from "./day.js";
import { DayPanel } from "./day_panel.js";
import * as desk from "./desk.js";
import { byId, el } from "./dom.js";
import { Drawer } from "./drawer.js";
import { EMPTY } from "./geometry.js";
import { say, useLanguage } from "./language.js";
import { showLegend } from "./legend.js";
import { onThemeChange } from "./palette.js";
import { Planning } from "./planning.js";
import { Search } from "./search.js";

const shown = {
  ...readAddress(),
  setup: { signed_in: false, days: [], today: "" },
  answer: null,
  day: null,
  plots: EMPTY,
  quarters: EMPTY,
  visits: null,
  plot: "",
  credit: "",
};
let map = null;
let planning = null;

const panel = new DayPanel(byId("panel"), { onDay: chooseDay, onCrews: chooseCrews, onStop: (code) => choosePlot(code, true) });
const drawer = new Drawer(byId("drawer"), () => {
  shown.plot = "";
  map?.select("");
});
const search = new Search((code) => choosePlot(code, true));

/** Say how things stand over the map: a key of the words, or null when all is well. */
function standing(key, detail = "", again = null) {
  const node = byId("state");
  node.hidden = key === null;
  node.className = again ? "state bad" : "state";
  if (key === null) return;
  node.replaceChildren(say(key), detail ? `: ${detail}` : "", again ? el("button", { type: "button", onclick: again }, say("retry")) : "");
}

function show() {
  writeAddress(shown);
  planning?.show();
  panel.show({ ...shown, planning: planning?.node });
  showLegend(byId("legend"), shown.plots);
  showAttribution();
  showDrawer();
}

function showRoutes() {
  const crews = (shown.day?.crews ?? []).filter((one) => !shown.crews || shown.crews.has(one.crew));
  map?.showRoutes(crews);
}

function showDrawer() {
  const feature = shown.plots.features.find((one) => one.properties.code === shown.plot);
  if (!feature) return;
  const plot = feature.properties;
  const quarter = shown.quarters.features.find((one) => one.properties.key === plot.quarter)?.properties.name ?? plot.quarter;
  drawer.show({ plot, day: shown.day, visits: shown.visits?.filter((one) => one.plot === plot.code) ?? null, quarter });
}

function choosePlot(code, fly = false) {
  const feature = shown.plots.features.find((one) => one.properties.code === code);
  if (!feature) return;
  shown.plot = code;
  map?.select(code);
  showDrawer();
  if (!fly) return;
  byId("room").scrollIntoView({ block: "nearest" }); // on a phone the list is below the map
  map?.flyToFeature(feature);
}

function chooseCrews(crews) {
  shown.crews = crews;
  show();
  showRoutes();
}

async function chooseDay(date) {
  shown.date = date;
  shown.answer = shown.day = null;
  show();
  await loadDay();
}

function chooseLanguage(lang) {
  shown.lang = lang;
  useLanguage(lang);
  byId("langs").querySelector(`[value="${lang}"]`).checked = true;
  show();
}

async function loadDay() {
  const { date, lang } = shown;
  if (!date || !shown.setup.signed_in) return;
  const answer = await desk.dayOf(date, lang);
  if (date !== shown.date || lang !== shown.lang) return; // another one was chosen meanwhile
  shown.answer = answer ?? { day: { date, crews: [], unserved: [] }, lines: EMPTY };
  showDay();
}

/** Show the day as it was answered, in the colours of the theme. */
function showDay() {
  shown.day = shown.answer && readDay(shown.answer);
  show();
  showRoutes();
}

async function loadVisits() {
  const found = shown.setup.signed_in ? await desk.features("visits") : null;
  shown.visits = found?.features.map((one) => one.properties).sort((one, other) => (one.date ?? "").localeCompare(other.date ?? "")) ?? null;
}

/** Who is here and which days there are: also after a new plan. */
async function loadSetup() {
  shown.setup = await desk.setup();
  const { days, today } = shown.setup;
  if (!days.includes(shown.date)) shown.date = days.find((one) => one >= today) ?? days[0] ?? "";
  byId("sample").hidden = !shown.setup.sample;
  byId("inbox").hidden = !shown.setup.may_plan;
}

async function loadPlan() {
  await loadSetup();
  await Promise.all([loadDay(), loadVisits()]);
  show();
}

async function loadMap() {
  if (map !== null) return;
  let view;
  try {
    view = await import("./map_view.js");
  } catch {
    standing("no_library");
    return;
  }
  if (!view.canDraw()) {
    standing("no_webgl");
    return;
  }
  map = new view.MapView(byId("map"), {
    onPlot: (code) => choosePlot(code),
    onStop: (code) => choosePlot(code),
    onNothing: () => drawer.close(),
  });
}

async function loadStreets() {
  const streets = (await desk.features("streets")) ?? EMPTY;
  shown.credit = streets.attribution;
  map?.showStreets(streets);
}

/** Where the data comes from, as the licences ask. */
function showAttribution() {
  const told = [shown.quarters.attribution, shown.plots.attribution, shown.credit, shown.day?.licence];
  byId("attribution").textContent = [...new Set(told.filter(Boolean).flatMap((text) => text.split(" · ")))].join(" · ");
}

/** Features that carry their id as a property too, which the map and the lists go by, and what they may lack. */
function keyed(collection, name, lacking = {}) {
  const features = (collection ?? EMPTY).features.filter((one) => one.geometry !== null);
  return { ...collection, type: "FeatureCollection", features: features.map((one) => ({ ...one, properties: { [name]: one.id, ...lacking, ...one.properties } })) };
}

async function load() {
  standing("loading");
  try {
    await Promise.all([loadSetup(), loadMap()]);
    if (shown.setup.may_plan && !planning) planning = new Planning(shown.setup.today, loadPlan);
    show();
    const [quarters, plots, landscape] = await Promise.all([desk.features("quarters"), desk.features("plots"), desk.landscape()]);
    Object.assign(shown, { quarters: keyed(quarters, "key"), plots: keyed(plots, "code", { state: "public" }) });
    search.use(shown.plots);
    map?.showLandscape(landscape);
    map?.showQuarters(shown.quarters);
    map?.showPlots(shown.plots);
    show();
    await Promise.all([loadDay(), loadVisits(), loadStreets()]);
    show();
    if (map) standing(null);
    planning?.resume();
  } catch (error) {
    standing(error.status === 0 ? "offline" : "failed", error.detail ?? String(error), load);
    return;
  }
  await map?.drawn();
  document.body.dataset.ready = "true";
}

byId("langs").addEventListener("change", async (event) => {
  chooseLanguage(event.target.value);
  await loadDay();
});
onThemeChange(showDay);
useLanguage(shown.lang);
byId("langs").querySelector(`[value="${shown.lang}"]`).checked = true;
load();
