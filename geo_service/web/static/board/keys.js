/** The keyboard: arrow keys from card to card, M to carry one, and what else can be done without a mouse. */

import { askAside } from "./card_dialog.js";

const ARROWS = new Set(["ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown"]);
const STEPS = new Set([...ARROWS, "PageUp", "PageDown"]);

/** @param parts `{grid, mover, desk, undo, redo}` */
export function listen({ grid, mover, desk, undo, redo }) {
  document.addEventListener("keydown", (event) => {
    if (document.querySelector("dialog[open]")) return;
    const done = mover.byKeys ? carrying(event, mover) : resting(event, grid, mover, desk, undo, redo);
    if (done) event.preventDefault();
  });
  grid.node.addEventListener("click", (event) => {
    const card = event.target.closest?.(".card");
    if (!card) return;
    if (mover.byKeys) mover.end();
    grid.focus(card.dataset.visit);
    desk.open(card.dataset.visit);
  });
}

function carrying(event, mover) {
  if (STEPS.has(event.key)) mover.step(event.key);
  else if (event.key === "Enter" || event.key === " ") mover.drop();
  else if (event.key === "Escape" || event.key === "Tab") mover.end();
  else return false;
  return event.key !== "Tab";
}

function resting(event, grid, mover, desk, undo, redo) {
  const typing = /^(INPUT|SELECT|TEXTAREA)$/.test(document.activeElement?.tagName ?? "");
  if ((event.ctrlKey || event.metaKey) && !typing) {
    const key = event.key.toLowerCase();
    if (key === "z" && !event.shiftKey) return void undo() ?? true;
    if (key === "y" || (key === "z" && event.shiftKey)) return void redo() ?? true;
    return false;
  }
  const visit = document.activeElement?.closest?.(".scroller .card")?.dataset.visit;
  if (!visit || event.altKey || event.ctrlKey || event.metaKey) return false;
  if (ARROWS.has(event.key)) {
    const next = grid.next(visit, event.key);
    if (next) grid.focus(next);
    return true;
  }
  const key = event.key.toLowerCase();
  if (!desk.mayMove(visit)) return false;
  if (key === "m") mover.begin(visit, true);
  else if (key === "l" && desk.state().plan.in_force) desk.state().visit(visit).locked ? desk.unlock(visit) : desk.lock(visit, {});
  else if (key === "delete") askAside(desk, visit);
  else return false;
  return true;
}
