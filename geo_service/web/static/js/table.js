/** The table beside the map. Only the rows in sight are there as elements, so that thousands scroll smoothly.
 *  A grid after the ARIA pattern: arrows, Page, Home and End move, Enter opens, Space chooses. */

import { el } from "./dom.js";
import { say } from "./language.js";
import { COLUMNS, USUAL, cellText, columnName } from "./table_columns.js";

const AHEAD = 8;

export class Table {
  #node;
  #act;
  #rows = [];
  #shown = {};
  #at = 0;
  #hovered = "";
  #grid;
  #body;
  #head;
  #scroller;
  #drawn = new Map();
  #frame = 0;

  /** @param {{onOpen: function(string), onHover: function(string), onChoose: function(Set), onSort: function(object), onColumns: function(Array)}} act */
  constructor(node, act) {
    this.#node = node;
    this.#act = act;
    this.#head = el("div", { class: "row head", role: "row", "aria-rowindex": "1" });
    this.#body = el("div", { class: "body", role: "rowgroup" });
    this.#grid = el("div", { class: "grid", role: "grid", tabindex: "0", id: "grid", "aria-multiselectable": "true" },
      el("div", { role: "rowgroup", class: "heads" }, this.#head), this.#body);
    this.#scroller = el("div", { class: "scroller" }, this.#grid);
    this.#node.append(this.#scroller);
    this.#scroller.addEventListener("scroll", () => this.#soon(), { passive: true });
    new ResizeObserver(() => this.#soon()).observe(this.#scroller);
    this.#grid.addEventListener("keydown", (event) => this.#key(event));
    this.#body.addEventListener("click", (event) => this.#clicked(event));
    this.#body.addEventListener("pointerover", (event) => this.#act.onHover(event.target.closest("[data-code]")?.dataset.code ?? ""));
    this.#body.addEventListener("pointerleave", () => this.#act.onHover(""));
  }

  /** @param {{rows: Array, sort: object, columns: ?Array, chosen: Set, plot: string, signedIn: boolean}} shown */
  show(shown) {
    const before = this.#rows[this.#at]?.code;
    this.#rows = shown.rows;
    this.#shown = shown;
    this.columns = (shown.columns ?? USUAL).filter((key) => COLUMNS[key] && (shown.signedIn || COLUMNS[key].open));
    const same = this.#rows[this.#at]?.code === before ? this.#at : this.#rows.findIndex((one) => one.code === before);
    this.#at = Math.max(0, Math.min(same < 0 ? 0 : same, this.#rows.length - 1));
    this.#grid.setAttribute("aria-label", say("table"));
    this.#grid.setAttribute("aria-rowcount", String(this.#rows.length + 1));
    this.#grid.setAttribute("aria-colcount", String(this.columns.length + 1));
    this.#grid.style.setProperty("--columns", `2.6rem ${this.columns.map((key) => COLUMNS[key].width).join(" ")}`);
    this.#head.replaceChildren(this.#chooseAll(), ...this.columns.map((key) => this.#heading(key)));
    this.#drawn.clear();
    this.#body.replaceChildren();
    this.#draw();
  }

  /** Mark the plot that the pointer is on in the map. */
  hover(code) {
    if (code === this.#hovered) return;
    for (const one of [this.#hovered, code]) this.#drawn.get(one)?.classList.toggle("hover", one === code);
    this.#hovered = code;
  }

  /** Bring a plot's row into sight. */
  reveal(code) {
    const index = this.#rows.findIndex((one) => one.code === code);
    if (index < 0) return;
    this.#at = index;
    this.#inSight(index);
    this.#soon();
  }

  focus() {
    this.#grid.focus({ preventScroll: true });
  }

  get #height() {
    return parseFloat(getComputedStyle(this.#grid).getPropertyValue("--row")) || 34;
  }

  #chooseAll() {
    const all = this.#rows.length > 0 && this.#rows.every((one) => this.#shown.chosen.has(one.code));
    const toggle = () => this.#act.onChoose(all ? new Set() : new Set(this.#rows.map((one) => one.code)));
    return el("div", { role: "columnheader", class: "pick" },
      el("input", { type: "checkbox", id: "choose-all", "aria-label": say("choose_all"), checked: all, onchange: toggle }));
  }

  #heading(key) {
    const { sort } = this.#shown;
    const mine = sort.key === key;
    const turn = () => this.#act.onSort({ key, down: mine ? !sort.down : false });
    return el("div", { role: "columnheader", "aria-sort": mine ? (sort.down ? "descending" : "ascending") : "none", class: COLUMNS[key].number ? "number" : null },
      el("button", { type: "button", id: `sort-${key}`, class: "plain sort", onclick: turn }, columnName(key), mine ? el("span", { "aria-hidden": "true" }, sort.down ? " ▾" : " ▴") : ""));
  }

  #soon() {
    cancelAnimationFrame(this.#frame);
    this.#frame = requestAnimationFrame(() => this.#draw());
  }

  #draw() {
    const height = this.#height;
    const { scrollTop, clientHeight } = this.#scroller;
    if (!clientHeight) return;
    this.#body.style.height = `${this.#rows.length * height}px`;
    const first = Math.max(0, Math.floor(scrollTop / height) - AHEAD);
    const last = Math.min(this.#rows.length, Math.ceil((scrollTop + clientHeight) / height) + AHEAD);
    const wanted = new Map();
    for (let index = first; index < last; index += 1) wanted.set(this.#rows[index].code, index);
    for (const [code, node] of this.#drawn) {
      if (wanted.has(code)) continue;
      node.remove();
      this.#drawn.delete(code);
    }
    const added = [];
    for (const [code, index] of wanted) {
      if (this.#drawn.has(code)) continue;
      const node = this.#row(this.#rows[index], index, height);
      this.#drawn.set(code, node);
      added.push(node);
    }
    this.#body.append(...added);
    this.#mark();
    if (!this.#rows.length && !this.#body.firstChild) this.#body.append(this.#nothing());
  }

  #nothing() {
    return el("div", { role: "row", class: "nothing" }, el("div", { role: "gridcell" }, this.#shown.loading ? say("loading_plots") : say("no_rows")));
  }

  #row(row, index, height) {
    const { chosen, plot } = this.#shown;
    const picked = chosen.has(row.code);
    const node = el("div", {
      role: "row", class: row.code === plot ? "row open" : "row", id: `row-${index}`, "data-code": row.code, "aria-rowindex": String(index + 2), "aria-selected": String(picked),
    },
      el("div", { role: "gridcell", class: "pick" }, el("input", { type: "checkbox", tabindex: "-1", checked: picked, "aria-label": `${say("choose")} ${row.code}` })),
      this.columns.map((key) => el("div", { role: "gridcell", class: COLUMNS[key].number ? "number" : null, title: cellText(row, key) }, COLUMNS[key].draw?.(row) ?? cellText(row, key))),
    );
    node.style.top = `${index * height}px`;
    if (row.code === this.#hovered) node.classList.add("hover");
    return node;
  }

  #mark() {
    for (const node of this.#drawn.values()) node.classList.toggle("at", node.id === `row-${this.#at}`);
    if (this.#rows.length) this.#grid.setAttribute("aria-activedescendant", `row-${this.#at}`);
    else this.#grid.removeAttribute("aria-activedescendant");
  }

  #key(event) {
    if (event.target !== this.#grid) return;
    const page = Math.max(1, Math.floor(this.#scroller.clientHeight / this.#height) - 2);
    const step = { ArrowDown: 1, ArrowUp: -1, PageDown: page, PageUp: -page, Home: -Infinity, End: Infinity }[event.key];
    const row = this.#rows[this.#at];
    if (step !== undefined) {
      this.#at = Math.max(0, Math.min(this.#rows.length - 1, this.#at + step));
      this.#inSight(this.#at);
      this.#act.onHover(this.#rows[this.#at]?.code ?? "");
      this.#draw();
    } else if (row && event.key === "Enter") this.#act.onOpen(row.code);
    else if (row && event.key === " ") this.#choose(row.code);
    else return;
    event.preventDefault();
  }

  #inSight(index) {
    const height = this.#height;
    const room = this.#scroller.clientHeight - this.#head.offsetHeight;
    const top = index * height;
    if (top < this.#scroller.scrollTop) this.#scroller.scrollTop = top;
    else if (top + height > this.#scroller.scrollTop + room) this.#scroller.scrollTop = top + height - room;
  }

  #clicked(event) {
    const node = event.target.closest("[data-code]");
    if (!node) return;
    const { code } = node.dataset;
    this.#at = this.#rows.findIndex((one) => one.code === code);
    if (event.target.closest(".pick") || event.ctrlKey || event.metaKey) {
      event.preventDefault();
      this.#choose(code);
    } else this.#act.onOpen(code);
  }

  #choose(code) {
    const chosen = new Set(this.#shown.chosen);
    if (!chosen.delete(code)) chosen.add(code);
    this.#act.onChoose(chosen);
  }
}
