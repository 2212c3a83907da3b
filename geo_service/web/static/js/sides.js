/** The panel's two sides: the day and the plots. Tabs after the ARIA pattern. */

import { el } from "./dom.js";
import { say } from "./language.js";

const SIDES = ["day", "plots"];

export class Sides {
  #rooms = Object.fromEntries(SIDES.map((one) => [one, el("div", { role: "tabpanel", id: `side-${one}`, class: "side", "aria-labelledby": `tab-${one}`, tabindex: "-1" })]));
  #tabs = Object.fromEntries(SIDES.map((one) => [one, el("button", { type: "button", role: "tab", id: `tab-${one}`, "aria-controls": `side-${one}` })]));
  #hint = el("p", { class: "hint" });
  #list;
  #onSide;

  constructor(node, onSide) {
    this.#onSide = onSide;
    this.#list = el("div", { role: "tablist", class: "tabs" }, SIDES.map((one) => this.#tabs[one]));
    node.append(this.#hint, this.#list, ...Object.values(this.#rooms));
    for (const side of SIDES) {
      this.#tabs[side].addEventListener("click", () => this.#onSide(side));
      this.#tabs[side].addEventListener("keydown", (event) => {
        if (event.key !== "ArrowLeft" && event.key !== "ArrowRight") return;
        const other = SIDES.find((one) => one !== side);
        this.#onSide(other);
        this.#tabs[other].focus();
      });
    }
  }

  room = (side) => this.#rooms[side];

  /** @param {{setup: object, side: string}} shown */
  show({ setup, side }) {
    const open = setup.signed_in ? side || "day" : "plots";
    this.#hint.textContent = say("sign_in");
    this.#hint.hidden = setup.signed_in || !setup.today; // not known yet
    this.#list.hidden = !setup.signed_in;
    this.#list.setAttribute("aria-label", say("sides"));
    for (const one of SIDES) {
      this.#tabs[one].textContent = say(`side_${one}`);
      this.#tabs[one].setAttribute("aria-selected", String(one === open));
      this.#tabs[one].tabIndex = one === open ? 0 : -1;
      this.#rooms[one].hidden = one !== open;
    }
  }
}
