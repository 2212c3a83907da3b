/** Changes of plots: what is asked of the program, with the version that each rests on. */

import { send } from "./desk.js";
import { language } from "./language.js";

const PLOTS = "/collections/plots/items";
const one = (code) => `${PLOTS}/${encodeURIComponent(code)}`;
const json = (body, type = "application/json", tag = "") => ({ headers: { "Content-Type": type, ...(tag ? { "If-Match": tag } : {}) }, body: JSON.stringify(body) });

/** A plot as it stands, with its version and the tag that a change names: `{feature, version, tag}`. */
export async function readPlot(code) {
  const { body, tag } = await send(one(code));
  return { feature: body, version: body.version, tag };
}

/** What an editor must know although it was taken, in the language of the page. */
const remarksOf = (body) => (body?.remarks ?? []).map((remark) => (language() === "de" ? remark.text : remark.text_en));

const told = ({ body }) => ({ code: body.id, remarks: remarksOf(body) });

export async function createPlot(geometry, values, reason) {
  return told(await send(PLOTS, { method: "POST", ...json({ type: "Feature", geometry, properties: values, reason: reason.trim() }, "application/geo+json") }));
}

/** @param {{geometry: ?object, values: ?object, reason: ?string}} change only what is named changes */
export async function changePlot(code, tag, { geometry, values = {}, reason = "" }) {
  const patch = { type: "Feature", properties: values, reason: reason.trim(), ...(geometry ? { geometry } : {}) };
  return told(await send(one(code), { method: "PATCH", ...json(patch, "application/merge-patch+json", tag) }));
}

export const deletePlot = (code, tag, reason) =>
  send(one(code) + (reason.trim() ? `?reason=${encodeURIComponent(reason.trim())}` : ""), { method: "DELETE", headers: { "If-Match": tag } });

export async function retirePlot(code, tag, reason) {
  const { body } = await send(`/plots/${encodeURIComponent(code)}/retire`, { method: "POST", ...json({ reason: reason.trim() }, "application/json", tag) });
  return { code, remarks: remarksOf(body) };
}

export async function splitPlot(code, tag, line, reason) {
  const { body } = await send(`/plots/${encodeURIComponent(code)}/split`, { method: "POST", ...json({ line, reason: reason.trim() }, "application/json", tag) });
  return { codes: body.parts.map((part) => part.code), remarks: remarksOf(body) };
}

/** @param {Array<{code: string, version: string}>} plots the first keeps its code */
export async function mergePlots(plots, reason) {
  const { body } = await send("/plots/merge", { method: "POST", ...json({ plots, reason: reason.trim() }) });
  return { remarks: remarksOf(body) };
}
