/** The legend: states that occur, with the very signs of the map and how many plots there are of each. */

import { el, fill } from "./dom.js";
import { pictureOf } from "./images.js";
import { say, valueName } from "./language.js";
import { STATES, theme } from "./palette.js";

export function showLegend(node, plots) {
  const counts = new Map(STATES.map((state) => [state, 0]));
  for (const { properties } of plots.features) counts.set(properties.state, (counts.get(properties.state) ?? 0) + 1);
  const rows = STATES.filter((state) => counts.get(state)).map((state) =>
    el("li", { "data-state": state },
      pictureOf(`plot|${state}|20|${theme().name}`, "swatch"),
      el("span", {}, valueName("state", state)),
      el("span", { class: "quiet" }, String(counts.get(state))),
    ),
  );
  const title = say(counts.get("public") ? "legend_public" : "legend_plots");
  const box = el("details", { id: "legend-box" }, el("summary", {}, title), rows.length ? el("ul", {}, rows) : el("p", { class: "quiet" }, say("no_plots")));
  if (node.firstChild === null) box.open = matchMedia("(min-width: 760px)").matches;
  fill(node, box);
}
