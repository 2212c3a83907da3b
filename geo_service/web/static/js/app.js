/** The map page: reads the address, loads what may be seen, and ties panel, map, table, drawer and search together. */

import { readAddress, writeAddress } from "./address.js";
import { readDay } from "./day.js";
import { DayPanel } from "./day_panel.js";
import * as desk from "./desk.js";
import { byId, el } from "./dom.js";
import { picture } from "./first.js";
import { EMPTY } from "./geometry.js";
import { useLanguage } from "./language.js";
import { showLegend } from "./legend.js";
import { onThemeChange } from "./palette.js";
import { showPlaces } from "./places.js";
import { Planning } from "./planning.js";
import { PlotsDesk } from "./plots_desk.js";
import { Sides } from "./sides.js";
import { standing } from "./standing.js";

const shown = {
  ...readAddress(),
  setup: { signed_in: false, may_plan: false, days: [], today: "", places: [] },
  answer: null,
  day: null,
  plots: EMPTY,
  quarters: EMPTY,
  visits: null,
  credit: "",
  loading: true,
};
let map = null;
let planning = null;

const sides = new Sides(byId("panel"), (side) => {
  shown.side = side;
  show();
});
const panel = new DayPanel(sides.room("day"), { onDay: chooseDay, onCrews: chooseCrews, onStop: (code) => plots.open(code, true) });
const plots = new PlotsDesk(shown, sides.room("plots"), { show, reload: loadPlots });

function show() {
  writeAddress(shown);
  planning?.show();
  sides.show(shown);
  panel.show({ ...shown, planning: planning?.node });
  plots.show();
  showLegend(byId("legend"), shown.plots);
  showAttribution();
}

function showRoutes() {
  const crews = (shown.day?.crews ?? []).filter((one) => !shown.crews || shown.crews.has(one.crew));
  map?.showRoutes(crews);
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
  showPlaces(byId("site"), shown.setup.places, lang);
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
  if (!shown.setup.signed_in) return;
  const visits = await desk.features("visits");
  shown.visits = visits?.features.map((one) => one.properties).sort((one, other) => (one.date ?? "").localeCompare(other.date ?? "")) ?? null;
  plots.tell(shown.visits);
}

/** Who is here and which days there are: also after a new plan. */
async function loadSetup() {
  shown.setup = await desk.setup();
  const { days, today } = shown.setup;
  if (!days.includes(shown.date)) shown.date = days.find((one) => one >= today) ?? days[0] ?? "";
  byId("sample").hidden = !shown.setup.sample;
  showPlaces(byId("site"), shown.setup.places, shown.lang);
}

async function loadPlan() {
  await loadSetup();
  await Promise.all([loadDay(), loadVisits()]);
  show();
}

/** Load a stylesheet that the first picture does without; ours come after it. */
function loadStyles(href) {
  return new Promise((resolve, reject) => {
    document.head.prepend(el("link", { rel: "stylesheet", href, onload: resolve, onerror: reject }));
  });
}

async function loadMap() {
  if (map !== null) return;
  let view;
  try {
    [view] = await Promise.all([import("./map_view.js"), loadStyles("/static/vendor/maplibre-gl/maplibre-gl.css")]);
  } catch {
    standing("no_library");
    return;
  }
  if (!view.canDraw()) {
    standing("no_webgl");
    return;
  }
  map = new view.MapView(byId("map"), plots.heard);
  plots.map = map;
}

/** The first picture, before all that is known of the plots. */
async function loadFirst() {
  const found = await picture; // the library would keep the page busy before it is drawn
  await new Promise((resolve) => setTimeout(resolve));
  await loadMap();
  if (found && !shown.plots.features.length) map?.showFirst(found);
}

async function loadPlots() {
  const found = await desk.features("plots");
  shown.plots = keyed(found, "code", { state: "public" });
  shown.loading = false;
  plots.use(shown.plots, shown.quarters);
}

async function loadGround() {
  const [quarters, landscape] = await Promise.all([desk.features("quarters"), desk.landscape(), loadMap()]);
  shown.quarters = keyed(quarters, "key");
  map?.showLandscape(landscape);
  map?.showQuarters(shown.quarters);
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
    await Promise.all([loadFirst(), loadSetup()]);
    if (shown.setup.may_plan && !planning) planning = new Planning(shown.setup.today, loadPlan);
    show();
    await loadGround();
    await loadPlots();
    show();
    await Promise.all([loadDay(), loadVisits(), loadStreets()]);
    show();
    if (map) standing(null);
    planning?.resume();
  } catch (error) {
    shown.loading = false;
    standing(error, load);
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
