/** The plots on the page: register, filter, table, marks on the map, drawer and search stay in step here. */

import { byId, el, fill } from "./dom.js";
import { Drawer } from "./drawer.js";
import { Filters } from "./filters.js";
import { middleOf } from "./geometry.js";
import { fieldName, language, say } from "./language.js";
import { csvOf, saveAs, COLUMNS, USUAL, columnName } from "./table_columns.js";
import { isOpen, Register, sorted, within } from "./register.js";
import { Search } from "./search.js";
import { announce, standing } from "./standing.js";
import { Table } from "./table.js";

const WIDE = matchMedia("(min-width: 1200px) and (min-height: 700px)");

export class PlotsDesk {
  map = null;
  register = new Register();
  chosen = new Set();
  #shown;
  #do;
  #filters;
  #drawer;
  #search;
  #table = null;
  #rows = [];
  #onMap = null;
  #visits = null;
  #tool = null;
  #side;
  #bar = el("div", { class: "bar" });

  /** @param {object} shown what the page shows; its filter, sort, columns, table, inView and plot are changed here */
  constructor(shown, side, { show, reload }) {
    this.#shown = shown;
    this.#do = { show, reload };
    const node = el("div", {});
    this.#side = el("div", { class: "picked" });
    side.append(node, this.#side);
    this.#filters = new Filters(node, { onFilter: (filter) => this.#change({ filter }), onShare: () => this.#share() });
    this.#drawer = new Drawer(byId("drawer"), { onClose: () => this.#closed(), onTool: (name, code) => this.useTool(name, code) });
    this.#search = new Search((code) => this.open(code, true));
    this.#listenForFiles();
  }

  /** What the map tells. */
  get heard() {
    return {
      onPlot: (code, more) => (more ? this.#choose(toggled(this.chosen, code)) : this.open(code)),
      onStop: (code) => this.open(code),
      onNothing: () => this.#drawer.close(),
      onHover: (code) => this.#hover(code),
      onMove: () => this.#shown.inView && this.#tableShown && this.show(),
    };
  }

  use(plots, quarters) {
    this.register.use(plots.features, quarters.features, this.#shown.setup.today);
    this.register.tell(this.#visits);
    this.chosen = new Set([...this.chosen].filter((code) => this.register.row(code)));
    this.#search.use(this.register.rows);
    this.#onMap = null;
    this.#drawer.forget();
  }

  tell(visits) {
    this.#visits = visits;
    this.register.tell(visits);
  }

  show() {
    const { filter, sort, setup, quarters, plots, loading, columns, plot, inView } = this.#shown;
    const found = this.register.filtered(filter);
    this.#filters.show({ filter, rows: found, all: this.register.rows.length, quarters: quarters.features, signedIn: setup.signed_in, loading });
    this.#showOnMap(found, plots);
    this.#rows = sorted(inView && this.map ? within(found, this.map.box) : found, sort, language());
    this.#showTools();
    this.#showPicked();
    byId("dock").hidden = !this.#tableShown;
    if (this.#tableShown) this.#showTable({ rows: this.#rows, sort, columns, chosen: this.chosen, plot, signedIn: setup.signed_in, loading });
    this.#showDrawer();
  }

  /** Open a plot's drawer; `fly` brings it into sight. */
  open(code, fly = false) {
    const row = this.register.row(code);
    if (!row || this.#tool?.holds) return;
    this.#shown.plot = code;
    this.#do.show();
    this.#table?.reveal(code);
    if (!fly) return;
    byId("room").scrollIntoView({ block: "nearest" }); // on a phone the list is below the map
    this.map?.flyToFeature(row.feature);
  }

  /** Take a tool in hand: draw, shape, split, merge, import. They are loaded when they are first asked for. */
  async useTool(name, code = "", given = null) {
    if (this.#tool?.holds && !(await this.#tool.leave())) return;
    let tools;
    try {
      tools = await import("./tools.js");
    } catch {
      standing("no_library");
      return;
    }
    this.#tool = await tools.take(name, { desk: this, code, given, setup: this.#shown.setup });
  }

  /** Plots changed: read them again and show one of them. */
  async changed(code = "", text = "") {
    await this.#do.reload();
    if (code) this.#shown.plot = code;
    this.#do.show();
    if (text) announce(text);
  }

  dropTool() {
    this.#tool = null;
    this.show();
  }

  /** Somebody changed a plot meanwhile: show both versions. */
  async useConflict(conflict, mine) {
    const { take } = await import("./conflict.js");
    this.#tool = take(conflict, mine, { desk: this, setup: this.#shown.setup });
  }

  get drawer() {
    return this.#drawer;
  }

  get quarters() {
    return this.#shown.quarters.features;
  }

  label = (name) => fieldName(name);

  /** A place amid the plots, or null when there are none. */
  get middle() {
    const [first] = this.register.rows;
    return first ? middleOf(first.feature.geometry) : null;
  }

  get #tableShown() {
    return this.#shown.table ?? (WIDE.matches && this.#shown.setup.signed_in);
  }

  #change(part) {
    Object.assign(this.#shown, part);
    this.#do.show();
  }

  #choose(chosen) {
    this.chosen = chosen;
    this.show();
  }

  #closed() {
    this.#shown.plot = "";
    this.#do.show();
  }

  #hover(code) {
    const row = this.register.row(code);
    this.map?.mark("hover", row ? [row.feature] : []);
    this.#table?.hover(code);
  }

  #showOnMap(found, plots) {
    if (!this.map || !plots.features.length) return;
    const key = isOpen(this.#shown.filter) ? plots : found.map((one) => one.code).join();
    if (key !== this.#onMap) {
      this.#onMap = key;
      this.map.showPlots({ ...plots, features: found.map((one) => one.feature) });
    }
    const open = this.register.row(this.#shown.plot);
    this.map.mark("open", open ? [open.feature] : []);
    this.map.mark("chosen", [...this.chosen].map((code) => this.register.row(code)?.feature).filter(Boolean).slice(0, 2000));
  }

  #showTools() {
    const { may_plan } = this.#shown.setup;
    const table = this.#tableShown;
    fill(byId("tools"),
      el("button", { type: "button", id: "tool-table", "aria-pressed": String(table), onclick: () => this.#change({ table: !table }) }, say("table_short")),
      may_plan ? ["draw", "import"].map((name) => el("button", { type: "button", id: `tool-${name}`, onclick: () => this.useTool(name) }, say(`tool_${name}`))) : null,
    );
  }

  #showPicked() {
    const count = this.chosen.size;
    const may = this.#shown.setup.may_plan;
    fill(this.#side, count ? [
      el("p", { role: "status" }, `${count} ${say(count === 1 ? "chosen_one" : "chosen")}`),
      el("div", { class: "actions" },
        el("button", { type: "button", id: "picked-fit", onclick: () => this.map?.fitTo([...this.chosen].map((code) => this.register.row(code).feature)) }, say("show_on_map")),
        may && count > 1 ? el("button", { type: "button", id: "picked-merge", onclick: () => this.useTool("merge") }, say("merge")) : null,
        el("button", { type: "button", class: "plain", id: "picked-none", onclick: () => this.#choose(new Set()) }, say("choose_none")),
      ),
    ] : null);
    this.#side.hidden = !count;
  }

  #showTable(shown) {
    if (!this.#table) {
      byId("dock").append(this.#bar);
      this.#table = new Table(byId("dock"), {
        onOpen: (code) => this.open(code, true),
        onHover: (code) => this.#hover(code),
        onChoose: (chosen) => this.#choose(chosen),
        onSort: (sort) => this.#change({ sort }),
      });
    }
    fill(this.#bar,
      el("p", {}, `${shown.rows.length} ${say(shown.rows.length === 1 ? "plot_one" : "plots")}`),
      el("label", { class: "check" }, el("input", { type: "checkbox", id: "in-view", checked: this.#shown.inView, onchange: (event) => this.#change({ inView: event.target.checked }) }), say("in_view")),
      this.#columnChoice(),
      el("button", { type: "button", id: "csv", onclick: () => this.#csv() }, "CSV"),
      el("button", { type: "button", class: "plain close", id: "table-close", "aria-label": say("table_close"), onclick: () => this.#change({ table: false }) }, "×"),
    );
    this.#table.show(shown);
  }

  #columnChoice() {
    const { columns, setup } = this.#shown;
    const now = columns ?? USUAL;
    const known = Object.keys(COLUMNS).filter((key) => setup.signed_in || COLUMNS[key].open);
    const toggle = (key) => {
      const wanted = known.filter((one) => (one === key ? !now.includes(one) : now.includes(one)));
      this.#change({ columns: wanted.length ? wanted : ["code"] });
    };
    return el("details", { class: "menu", id: "columns" }, el("summary", {}, say("columns")),
      el("div", { class: "checks" }, known.map((key) =>
        el("label", { class: "check" }, el("input", { type: "checkbox", id: `column-${key}`, checked: now.includes(key), onchange: () => toggle(key) }), columnName(key)))));
  }

  #csv() {
    saveAs(`${say("plots_file")}-${this.#shown.setup.today}.csv`, csvOf(this.#rows, this.#table.columns, language()));
  }

  #showDrawer() {
    const { plot, day, visits, setup } = this.#shown;
    const row = this.register.row(plot);
    if (row) this.#drawer.show({ row, day, visits: visits?.filter((one) => one.plot === plot) ?? null, setup, quarters: this.#shown.quarters.features });
    else if (plot === "" || !this.#shown.loading) this.#drawer.hide();
  }

  async #share() {
    try {
      await navigator.clipboard.writeText(location.href);
      announce(say("shared"));
    } catch {
      announce(location.href); // a page without TLS has no clipboard
    }
  }

  /** Files dropped anywhere on the page are tried as an import. */
  #listenForFiles() {
    const drop = byId("drop");
    const hasFiles = (event) => this.#shown.setup.may_plan && event.dataTransfer?.types.includes("Files");
    const over = (event) => {
      if (!hasFiles(event)) return;
      event.preventDefault();
      drop.textContent = say("drop_here");
      drop.hidden = false;
    };
    addEventListener("dragenter", over);
    addEventListener("dragover", over);
    addEventListener("dragleave", (event) => {
      if (!event.relatedTarget) drop.hidden = true;
    });
    addEventListener("drop", (event) => {
      if (!hasFiles(event)) return;
      event.preventDefault();
      drop.hidden = true;
      this.useTool("import", "", event.dataTransfer.files[0]);
    });
  }
}

function toggled(set, code) {
  const next = new Set(set);
  if (!next.delete(code)) next.add(code);
  return next;
}
