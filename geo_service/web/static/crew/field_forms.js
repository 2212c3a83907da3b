/** "Nicht möglich", "Etwas gefunden" and "Bemerkung". */

import { el } from "/static/js/dom.js";
import { keySelect } from "./done_form.js";
import { choices, field, followField, followOf, form, photoField, remarkField, submit } from "./form_parts.js";
import { icon } from "./icons.js";
import { say } from "./words.js";

export function notPossibleForm(app, stop) {
  const english = document.documentElement.lang === "en";
  const reasons = (app.day.package.catalogue?.reasons ?? []).map((one) => [one.code, english ? one.en : one.de]);
  return form(app, {
    kind: "not_possible", stop, title: say("not_possible"), first: { reason: "", remark: "" },
    body: (draft) => [
      choices(draft, "reason", say("reason"), reasons),
      photoField(app, draft, ["obstacle"]),
      remarkField(draft),
      followField(app, draft),
      submit(app, draft, { stop, collect: () => {
        const { reason, remark } = draft.value;
        return reason ? { kind: "not_possible", reason, remark: (remark ?? "").trim(), follow_up: followOf(draft.value) } : say("choose_reason");
      } }),
    ],
  });
}

export function foundForm(app, stop) {
  return form(app, {
    kind: "found", stop, title: say("found"), first: { waste_key: "", remark: "", plot: "" },
    body: (draft) => {
      const warning = el("p", { class: "note bad", role: "alert" }, icon("stopped"), el("span", {}, say("hazardous_text")));
      const end = submit(app, draft, { stop, collect: () => collect(app, draft.value, stop) });
      const look = () => {
        const stops = draft.value.waste_key.endsWith("*");
        warning.hidden = !stops;
        const words = end.querySelector("#note-it span");
        words.textContent = stops && stop ? say("find_stop") : say("note_it");
        end.querySelector("#note-it").classList.toggle("warn", stops);
      };
      look();
      const key = keySelect(app, draft.value.waste_key, say("no_key"), (value) => draft.set({ waste_key: value }).then(look), "field-key");
      return [
        stop ? null : plotField(app, draft),
        field(say("find_key"), key), warning,
        remarkField(draft, { name: say("find_what") }),
        photoField(app, draft, ["find"]),
        followField(app, draft),
        end,
      ];
    },
  });
}

function collect(app, value, stop) {
  const remark = (value.remark ?? "").trim();
  if (!value.waste_key && !remark) return say("choose_key");
  if (!stop && !value.plot) return say("choose_plot");
  const plot = stop ? {} : { plot: value.plot };
  return { kind: "found", waste_key: value.waste_key || null, remark, follow_up: followOf(value), ...plot };
}

/** On no visit: the plot it lies on or beside. */
function plotField(app, draft) {
  const plots = [...new Map(app.stops.map((one) => [one.plot, one])).values()];
  const select = el("select", { id: "field-plot", onchange: () => draft.set({ plot: select.value }) },
    el("option", { value: "" }, say("choose_plot")), plots.map((one) => el("option", { value: one.plot }, `${one.plot} · ${one.address || one.plot_name}`)));
  select.value = draft.value.plot;
  return field(say("find_plot"), select, say("find_plot_hint"));
}

export function remarkForm(app, stop) {
  return form(app, {
    kind: "remark", stop, title: say("remark"), first: { remark: "" },
    body: (draft) => [
      remarkField(draft, { rows: 5 }),
      photoField(app, draft, ["before", "after"]),
      submit(app, draft, { stop, collect: () => {
        const remark = (draft.value.remark ?? "").trim();
        return remark || draft.value.photos.length ? { kind: "remark", remark } : say("remark_text");
      } }),
    ],
  });
}
