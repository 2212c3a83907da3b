/** Search among the plots on the map, by code, parcel, address or name. A combobox after the ARIA pattern: arrows, Enter, Escape. */

import { byId, el } from "./dom.js";
import { say } from "./language.js";
import { plain, words as wordsOf } from "./register.js";

const MOST = 8;

export class Search {
  #plots = [];
  #hits = [];
  #at = -1;
  #input = byId("search-text");
  #list = byId("search-hits");
  #onFound;

  constructor(onFound) {
    this.#onFound = onFound;
    this.#input.addEventListener("input", () => this.#look());
    this.#input.addEventListener("keydown", (event) => this.#key(event));
    this.#input.addEventListener("blur", () => setTimeout(() => this.#close(), 150));
    byId("search").addEventListener("submit", (event) => {
      event.preventDefault();
      this.#take(Math.max(this.#at, 0));
    });
  }

  /** @param {Array} rows of the register */
  use(rows) {
    this.#plots = rows.map(({ code, address, name, text }) => ({ code, where: address || name || "", text, plainCode: plain(code) }));
  }

  #look() {
    const words = wordsOf(this.#input.value);
    if (!words.length) return this.#close();
    const begins = (one) => one.plainCode.startsWith(words[0]);
    const hits = this.#plots.filter(({ text }) => words.every((one) => text.includes(one)));
    this.#hits = [...hits.filter(begins), ...hits.filter((one) => !begins(one))].slice(0, MOST);
    this.#at = -1;
    const rows = this.#hits.map((hit, index) =>
      el("li", { role: "option", id: `hit-${index}`, "aria-selected": "false", onpointerdown: () => this.#take(index) }, el("b", {}, hit.code), ` ${hit.where}`),
    );
    this.#list.replaceChildren(...(rows.length ? rows : [el("li", { class: "quiet" }, say("no_hits"))]));
    this.#list.hidden = false;
    this.#input.setAttribute("aria-expanded", "true");
    this.#mark();
    return undefined;
  }

  #key(event) {
    if (event.key === "Escape") this.#close();
    if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
    event.preventDefault();
    const count = this.#hits.length;
    if (!count) return;
    this.#at = (this.#at + (event.key === "ArrowDown" ? 1 : -1) + count + (this.#at < 0 && event.key === "ArrowUp" ? 1 : 0)) % count;
    this.#mark();
  }

  #mark() {
    [...this.#list.children].forEach((row, index) => row.setAttribute("aria-selected", String(index === this.#at)));
    if (this.#at < 0) this.#input.removeAttribute("aria-activedescendant");
    else this.#input.setAttribute("aria-activedescendant", `hit-${this.#at}`);
  }

  #take(index) {
    const hit = this.#hits[index];
    if (!hit) return;
    this.#input.value = hit.code;
    this.#close();
    this.#onFound(hit.code);
  }

  #close() {
    this.#list.hidden = true;
    this.#input.setAttribute("aria-expanded", "false");
  }
}
