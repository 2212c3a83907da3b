/** What the page asks of the program: features, days, plans. Same origin only; the cookie signs in. */

import { refusalText } from "./refusals.js";

/** An answer other than success; `status` 0 when there was no answer at all. */
export class Refused extends Error {
  constructor(status, title, problem = {}) {
    super(title);
    this.status = status;
    this.detail = refusalText(problem);
    this.problem = problem;
  }
}

/** Ask; resolves with the body. */
async function ask(path, options) {
  return (await send(path, options)).body;
}

/** Ask; resolves with `{body, tag}`, the entity tag empty when there is none. */
export async function send(path, options = {}) {
  let answer;
  try {
    answer = await fetch(path, { credentials: "same-origin", ...options });
  } catch {
    throw new Refused(0, "no connection");
  }
  if (answer.ok) return { body: answer.status === 204 ? null : await answer.json(), tag: answer.headers.get("ETag") ?? "" };
  let problem = {};
  try {
    problem = await answer.json();
  } catch {
    // not every refusal carries a problem; the status says enough
  }
  throw new Refused(answer.status, problem.title ?? answer.statusText, problem);
}

/** All features of a collection, page by page; null when they are not for this visitor. */
export async function features(collection, query = "") {
  const found = [];
  let attribution = "";
  let next = `/collections/${collection}/items?limit=10000${query}`;
  while (next) {
    let page;
    try {
      page = await ask(next);
    } catch (error) {
      if (error.status === 401 || error.status === 403 || error.status === 404) return null;
      throw error;
    }
    for (const one of page.features) found.push(one);
    attribution = page.attribution || attribution;
    const link = (page.links ?? []).find((one) => one.rel === "next");
    const address = link ? new URL(link.href, location.href) : null;
    next = address ? address.pathname + address.search : "";
  }
  return { type: "FeatureCollection", features: found, attribution };
}

/** What is kept of a plot: visits done, moves, photos; null when it is not for this visitor. */
export async function recordOf(code) {
  try {
    return await ask(`/map/plots/${encodeURIComponent(code)}.json`);
  } catch (error) {
    if (error.status === 403) return null;
    throw error;
  }
}

export const setup = () => ask("/map/setup.json");
export const landscape = () => ask("/map/landscape.geojson");

/** A day with its lines: `{day, lines}`; null when the plan in force does not hold it. */
export async function dayOf(date, lang) {
  try {
    const [day, lines] = await Promise.all([ask(`/days/${date}?lang=${lang}`), ask(`/days/${date}.geojson?lang=${lang}`)]);
    return { day, lines };
  } catch (error) {
    if (error.status === 404 || error.status === 409) return null;
    throw error;
  }
}

export const startPlan = (wish) =>
  ask("/plans", { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(wish) });

export const cancelPlan = (id) => ask(`/plans/${encodeURIComponent(id)}`, { method: "DELETE" });

/** The run that has not ended yet, if there is one. */
export async function unfinishedPlan() {
  const { plans } = await ask("/plans");
  return plans.find((one) => one.status === "queued" || one.status === "running") ?? null;
}

export const planOf = (id) => ask(`/plans/${encodeURIComponent(id)}`);

/** Follow a planning run; `tell` gets each state. Resolves with the plan when the run has ended. */
export function followPlan(id, tell) {
  return new Promise((resolve, reject) => {
    const source = new EventSource(`/plans/${encodeURIComponent(id)}/progress`);
    source.addEventListener("progress", (event) => tell(JSON.parse(event.data)));
    source.addEventListener("end", () => {
      source.close();
      resolve(planOf(id));
    });
    source.onerror = () => {
      if (source.readyState === EventSource.CLOSED) reject(new Refused(0, "progress ended"));
    };
  });
}
