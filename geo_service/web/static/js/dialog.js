/** A question that must be answered before anything else goes on. */

import { el } from "./dom.js";

/** Ask; resolves with true for yes. Escape means no. */
export function ask(text, yes, no) {
  return new Promise((resolve) => {
    const box = el("dialog", { class: "question", "aria-label": text });
    const answer = (value) => {
      box.close();
      box.remove();
      resolve(value);
    };
    box.append(el("p", {}, text), el("div", { class: "actions" },
      el("button", { type: "button", class: "go", id: "dialog-yes", onclick: () => answer(true) }, yes),
      el("button", { type: "button", id: "dialog-no", onclick: () => answer(false) }, no)));
    box.addEventListener("cancel", (event) => {
      event.preventDefault();
      answer(false);
    });
    document.body.append(box);
    box.showModal();
  });
}
