/** How things stand, said over the map: loading, no answer, signed out, not allowed, a fault with its number. */

import { byId, el } from "./dom.js";
import { say } from "./language.js";
import { refusalText } from "./refusals.js";

/** What to say of a refusal: `[key of the words, detail]`. */
export function reasonOf(error) {
  const { status, problem = {} } = error;
  if (status === undefined) return ["failed", error.message]; // a fault of this page
  if (status === 0) return ["offline", ""];
  if (status === 401) return ["signed_out", ""];
  if (status === 403) return ["not_allowed", ""];
  if (status >= 500) return ["fault", problem.fields?.incident ? `${say("incident")} ${problem.fields.incident}` : refusalText(problem)];
  return ["refused", refusalText(problem) || String(status)];
}

/** The reason in one sentence. */
export function reasonText(error) {
  const [key, detail] = reasonOf(error);
  return detail ? `${say(key)}: ${detail}` : say(key);
}

/** Say something: a key of the words, null when all is well, or an error, with `again` what tries once more. */
export function standing(what, again = null) {
  const node = byId("state");
  node.hidden = what === null;
  if (what === null) return;
  const bad = typeof what !== "string";
  const [key, detail] = bad ? reasonOf(what) : [what, ""];
  node.className = bad || what !== "loading" ? "state bad" : "state";
  node.replaceChildren(
    ...[
      key === "loading" ? el("span", { class: "spinner", "aria-hidden": "true" }) : null,
      el("span", {}, say(key), detail ? `: ${detail}` : ""),
      key === "signed_out" ? el("a", { class: "button", href: "/sign-in" }, say("sign_in_again")) : null,
      again && key !== "signed_out" ? el("button", { type: "button", onclick: again }, say("retry")) : null,
    ].filter(Boolean),
  );
}

let hiding = 0;

/** Say what was done, for a moment, in a place that reading programs hear. */
export function announce(text) {
  const node = byId("told");
  node.textContent = text;
  node.className = "toast";
  clearTimeout(hiding);
  hiding = setTimeout(() => {
    node.textContent = "";
    node.className = "unseen";
  }, 6000);
}
