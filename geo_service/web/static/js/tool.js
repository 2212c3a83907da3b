/** What all tools share: a node in the drawer, a heading, what is unsaved, how they are left. */

import { ask } from "./dialog.js";
import { el, fill } from "./dom.js";
import { say } from "./language.js";
import { reasonText } from "./standing.js";

export class Tool {
  node = el("section", { class: "tool" });
  dirty = false;
  busy = false;
  message = null;
  #ended = false;

  constructor({ desk, code, setup }) {
    this.desk = desk;
    this.code = code;
    this.setup = setup;
    this.node.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || event.defaultPrevented) return;
      event.preventDefault();
      this.leave();
    });
  }

  /** While a tool is at hand a click on a plot opens nothing. */
  get holds() {
    return !this.#ended;
  }

  begin() {
    this.desk.drawer.host(this.node);
    this.show();
  }

  /** Leave; asks when something is unsaved. Resolves with false when the person stays. */
  async leave() {
    if (this.#ended) return true;
    if (this.dirty && !(await ask(say("leave_ask"), say("discard"), say("keep_on")))) return false;
    this.end();
    return true;
  }

  /** Put everything away. */
  end() {
    if (this.#ended) return;
    this.#ended = true;
    this.tidy();
    this.desk.drawer.free();
    this.desk.dropTool();
  }

  tidy() {}

  show() {
    if (this.#ended) return;
    fill(this.node,
      el("button", { type: "button", class: "close", id: "tool-close", "aria-label": say("close_tool"), onclick: () => this.leave() }, "×"),
      el("h2", {}, this.title),
      this.body(),
      this.message ? el("p", { class: this.message.good ? "good" : "bad", role: "alert", id: "tool-message" }, this.message.text) : null,
      this.foot(),
    );
  }

  body() {
    return null;
  }

  foot() {
    return el("div", { class: "foot" },
      el("button", { type: "button", class: "go", id: "tool-save", disabled: this.busy || !this.ready, onclick: () => this.#save() }, say(this.busy ? "saving" : "save")),
      el("button", { type: "button", id: "tool-leave", disabled: this.busy, onclick: () => this.leave() }, say(this.dirty ? "discard" : "close_tool")));
  }

  get ready() {
    return this.dirty;
  }

  async #save() {
    this.busy = true;
    this.message = null;
    this.show();
    try {
      await this.save();
    } catch (error) {
      this.refused(error);
    }
    this.busy = false;
    this.show();
  }

  refused(error) {
    this.message = { text: reasonText(error) };
  }
}

export const withCode = (key, code) => say(key).replace("{code}", code);

/** A labelled field with what is wrong about it. */
export function field(id, label, control, fault = "") {
  control.id = id;
  if (fault) {
    control.setAttribute("aria-invalid", "true");
    control.setAttribute("aria-describedby", `${id}-fault`);
  }
  return el("div", { class: "field" }, el("label", { for: id }, label), control, fault ? el("p", { class: "fault", id: `${id}-fault` }, fault) : null);
}

export function choice(value, options, onchange) {
  return el("select", { onchange: (event) => onchange(event.target.value) }, options.map(([key, text]) => el("option", { value: key, selected: key === value }, text)));
}
