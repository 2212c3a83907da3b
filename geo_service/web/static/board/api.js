/** What the board asks of the program. Same origin only; the cookie signs in. */

import { language } from "../js/language.js";

/** An answer other than success; `status` 0 when there was no answer at all. */
export class Refused extends Error {
  constructor(status, problem = {}) {
    super(problem.detail || `HTTP ${status}`);
    this.status = status;
    this.code = problem.code ?? "";
    this.fields = problem.fields ?? {};
    this.detail = [problem.detail, problem.remedy].filter(Boolean).join(" – ");
  }

  /** What stands against it in the language in use, else what the program said. */
  get words() {
    const said = (this.fields.objections ?? []).map((one) => (language() === "en" ? one.text_en : one.text));
    return said.length ? said.join("; ") : this.detail || this.message;
  }
}

async function ask(path, options = {}) {
  let answer;
  try {
    answer = await fetch(path, { credentials: "same-origin", ...options });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Refused(0);
  }
  if (answer.ok) return answer.status === 204 ? null : answer.json();
  let problem = {};
  try {
    problem = await answer.json();
  } catch {
    // not every refusal carries a problem; the status says enough
  }
  throw new Refused(answer.status, problem);
}

const send = (method, path, body, more = {}) =>
  ask(path, { method, headers: { "Content-Type": "application/json" }, body: JSON.stringify(body), ...more });

const code = encodeURIComponent;
const lang = () => `lang=${language()}`;

export const readBoard = (plan) => ask(`/schedule?${lang()}${plan ? `&plan=${code(plan)}` : ""}`);
export const tryTargets = (plan, visit, targets) => send("POST", `/schedule/trials?${lang()}`, { plan, visit, targets });
export const moveVisit = (wish) => send("POST", `/schedule/moves?${lang()}`, wish);
export const undoMove = (plan) => send("POST", `/schedule/undo?${lang()}`, { plan });
export const changesSince = (revision) => ask(`/schedule/changes?${lang()}&revision=${revision}`);

export const lockVisit = (visit, wish) => send("PUT", `/visits/${code(visit)}/lock`, wish);
export const unlockVisit = (visit) => ask(`/visits/${code(visit)}/lock`, { method: "DELETE" });

export const listPlans = async () => (await ask("/plans")).plans;
export const planOf = (id) => ask(`/plans/${code(id)}`);
export const startPlan = (wish) => send("POST", "/plans", wish);
export const startReplan = (wish) => send("POST", "/replans", wish);
export const cancelPlan = (id) => ask(`/plans/${code(id)}`, { method: "DELETE" });
export const comparePlans = (one, other) => ask(`/plans/${code(one)}/compare/${code(other)}?${lang()}`);
export const proposedMoves = async (id) => (await ask(`/plans/${code(id)}/proposed-moves?${lang()}`)).moves;
export const acceptPlan = (id, expected) =>
  ask(`/plans/${code(id)}/accept${expected ? `?expected=${code(expected)}` : ""}`, { method: "POST" });

/** Follow a planning run by server-sent events; resolves with the plan when it has ended. */
export function followPlan(id, tell) {
  return new Promise((resolve, reject) => {
    const source = new EventSource(`/plans/${code(id)}/progress`);
    source.addEventListener("progress", (event) => tell(JSON.parse(event.data)));
    source.addEventListener("end", () => {
      source.close();
      resolve(planOf(id));
    });
    source.onerror = () => {
      if (source.readyState === EventSource.CLOSED) reject(new Refused(0));
    };
  });
}
