/** "Fertig": minutes as measured or as corrected, quantities, photos, a signature or a remark. */

import { el } from "/static/js/dom.js";
import { field, followField, followOf, form, minutesField, minutesOf, photoField, remarkField, signatureField, submit } from "./form_parts.js";
import { icon } from "./icons.js";
import { button, ruleNow } from "./parts.js";
import { workedSeconds } from "./visit.js";
import { asNumber, say, toMinutes, typed } from "./words.js";

const LONGEST_MIN = 1440;
const MOST = 1_000_000;

export function doneForm(app, stop) {
  const view = app.standing(stop);
  const timed = view.started_at ? Math.min(LONGEST_MIN, toMinutes(workedSeconds(view, Date.now()))) : null;
  const planned = toMinutes(stop.end_s - stop.start_s);
  const quantities = [
    { unit: "m3", amount: typed(stop.volume_m3, 2), waste_key: stop.waste_key ?? "", shown: stop.volume_m3 > 0 },
    { unit: "m2", amount: typed(stop.area_m2), waste_key: "", shown: !stop.volume_m3 && stop.area_m2 >= 1 },
  ].filter((one) => one.shown && asNumber(one.amount) > 0).map(({ unit, amount, waste_key }) => ({ unit, amount, waste_key }));
  return form(app, {
    kind: "done", stop, title: say("done"), first: { minutes: String(timed || planned), quantities, remark: "" },
    body: (draft) => [
      view.state === "stopped" && el("p", { class: "note bad" }, icon("stopped"), el("span", {}, say("stopped_text"))),
      !view.started_at && ruleNow(stop, Date.now()),
      minutesField(draft, [timed !== null && say("minutes_timed", { minutes: timed }), say("minutes_planned", { minutes: planned }), say("people_minutes")]),
      quantitiesField(app, draft),
      photoField(app, draft, ["before", "after"]),
      remarkField(draft),
      signatureField(draft),
      followField(app, draft),
      submit(app, draft, { stop, collect: () => collect(draft.value, timed) }),
    ],
  });
}

function collect(value, timed) {
  const minutes = minutesOf(value.minutes);
  if (minutes === null) return say("bad_minutes");
  const quantities = value.quantities
    .filter((one) => one.amount.trim() !== "")
    .map((one) => ({ unit: one.unit, amount: asNumber(one.amount), waste_key: ["m3", "t"].includes(one.unit) ? one.waste_key : "" }));
  if (quantities.some((one) => !(one.amount > 0 && one.amount <= MOST))) return say("bad_amount");
  return { kind: "done", minutes, timed_minutes: timed, quantities, remark: (value.remark ?? "").trim(), follow_up: followOf(value) };
}

function quantitiesField(app, draft) {
  const list = el("ul", { class: "quantities" });
  const keep = () => draft.set({ quantities: draft.value.quantities });
  const draw = () => list.replaceChildren(...draft.value.quantities.map((one, index) => quantityRow(app, one, index, { keep, draw, drop: () => {
    draft.value.quantities.splice(index, 1);
    keep();
    draw();
  } })));
  draw();
  const add = () => {
    draft.value.quantities.push({ unit: "m3", amount: "", waste_key: "" });
    keep();
    draw();
    list.lastElementChild.querySelector("input").focus();
  };
  return el("fieldset", { class: "field" }, el("legend", { class: "label" }, say("quantities")), list, button("plus", say("add_quantity"), add, { id: "add-quantity" }));
}

function quantityRow(app, one, index, { keep, draw, drop }) {
  const amount = el("input", { type: "text", inputmode: "decimal", autocomplete: "off", id: `amount-${index}`, "aria-label": say("amount"), oninput: () => {
    one.amount = amount.value;
    keep();
  } });
  amount.value = one.amount;
  const unit = el("select", { "aria-label": say("unit"), id: `unit-${index}`, onchange: () => {
    one.unit = unit.value;
    keep();
    draw();
  } }, ["m2", "m3", "plants", "t"].map((name) => el("option", { value: name }, say(`unit_${name}`))));
  unit.value = one.unit;
  const key = ["m3", "t"].includes(one.unit) && field(say("waste_key"), keySelect(app, one.waste_key, say("no_key"), (value) => {
    one.waste_key = value;
    keep();
  }, `key-${index}`));
  return el("li", {}, el("div", { class: "quantity" }, amount, unit, el("button", { type: "button", class: "button square", "aria-label": `${say("drop")}: ${say("amount")} ${index + 1}`, onclick: drop }, icon("not_possible"))), key);
}

/** All AVV keys that the desk knows; hazardous ones say so. */
export function keySelect(app, value, none, onchange, id) {
  const english = document.documentElement.lang === "en";
  const keys = app.day.package.catalogue?.waste_keys ?? [];
  const select = el("select", { id, onchange: () => onchange(select.value) }, el("option", { value: "" }, none),
    keys.map((one) => el("option", { value: one.key }, `${one.key} ${english ? one.name_en : one.name_de}${one.hazardous ? ` – ${say("hazardous")}` : ""}`)));
  select.value = value;
  return select;
}
