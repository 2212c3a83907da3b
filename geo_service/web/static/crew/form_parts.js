/** Pieces of forms: large fields, photos, a signature; and keeping what was entered when the phone is full. */

import { el } from "/static/js/dom.js";
import { Draft, drafted } from "./draft.js";
import { icon } from "./icons.js";
import { button, urlOf } from "./parts.js";
import { isFull } from "./phone_store.js";
import { fromCanvas } from "./photo.js";
import { asNumber, say } from "./words.js";

const REMARK_LONGEST = 1000;

/** A form on a draft: `body(draft)` makes its fields once the draft is open. */
export function form(app, { kind, stop, title, first = {}, body }) {
  const room = el("div", { class: "form", "data-kind": kind });
  Draft.open(app.store, kind, stop?.visit_id, first).then((draft) => {
    room.replaceChildren(
      el("h1", {}, title),
      stop ? el("p", { class: "quiet" }, `${stop.order} · ${stop.plot} · ${stop.address || stop.plot_name}`) : "",
      ...[body(draft)].flat(2).filter(Boolean),
    );
    room.dataset.open = "yes";
  });
  return room;
}

/** The buttons at the end of a form. `collect` returns the fields of the report, or a text that says what is missing. */
export function submit(app, draft, { stop, text, collect, kind = "main" }) {
  const said = el("div", { class: "said", role: "alert" });
  let sending = false;
  const keep = async () => {
    if (sending) return;
    const fields = collect();
    if (typeof fields === "string") {
      said.replaceChildren(el("p", { class: "note bad" }, fields));
      said.scrollIntoView({ block: "center" });
      return;
    }
    sending = true;
    try {
      await app.note(fields, { stop, photos: draft.value.photos, id: draft.value.id, draft: draft.key });
      location.hash = stop ? `#visit=${stop.visit_id}` : "#";
    } catch (error) {
      if (!isFull(error)) throw error;
      said.replaceChildren(el("p", { class: "note bad" }, say("full")), freeButton(app));
      said.scrollIntoView({ block: "center" });
    } finally {
      sending = false;
    }
  };
  const cancel = async () => {
    await draft.drop();
    history.back();
  };
  return el("div", { class: "stack submit" }, said, button("done", text ?? say("note_it"), keep, { kind, id: "note-it" }), button(null, say("cancel"), cancel, { id: "cancel" }));
}

/** Make room: only pictures that the desk has confirmed go, and those that no form and no report names. */
export const freeButton = (app) =>
  button(null, say("free"), async () => {
    const n = await app.store.freePhotos(await drafted(app.store));
    app.say(say("freed", { n }));
  }, { id: "free" });

export const field = (name, control, hint = "") => el("label", { class: "field" }, el("span", { class: "label" }, name), control, hint && el("span", { class: "quiet small" }, hint));

export function remarkField(draft, { name = say("remark_text"), hint = say("remark_hint"), key = "remark", rows = 3, longest = REMARK_LONGEST } = {}) {
  const box = el("textarea", { rows, maxlength: longest, id: `field-${key}`, oninput: () => draft.set({ [key]: box.value }) });
  box.value = draft.value[key] ?? "";
  return field(name, box, hint);
}

/** Large radio buttons, one under another. @param {Array<[string, string|Node]>} choices value and words */
export function choices(draft, key, name, options, onchange = () => {}) {
  return el("fieldset", { class: "choices" }, el("legend", { class: "label" }, name),
    options.map(([value, words]) => el("label", { class: "choice" },
      el("input", { type: "radio", name: key, value, checked: draft.value[key] === value, onchange: () => draft.set({ [key]: value }).then(onchange) }), el("span", {}, words))));
}

/** Minutes with large steps of five and a field for the exact number. */
export function minutesField(draft, hints) {
  const input = el("input", { type: "text", inputmode: "numeric", id: "field-minutes", autocomplete: "off", oninput: () => draft.set({ minutes: input.value }) });
  input.value = draft.value.minutes;
  const step = (by) => () => {
    const now = asNumber(input.value);
    input.value = String(Math.min(1440, Math.max(0, by > 0 ? (Math.floor((now || 0) / 5) + 1) * 5 : (Math.ceil((now || 0) / 5) - 1) * 5)));
    draft.set({ minutes: input.value });
  };
  return el("div", { class: "field" }, el("label", { class: "label", for: "field-minutes" }, say("minutes_booked")),
    el("div", { class: "stepper" },
      el("button", { type: "button", class: "button square", "aria-label": `5 ${say("less")}`, onclick: step(-5) }, icon("minus")), input,
      el("button", { type: "button", class: "button square", "aria-label": `5 ${say("more")}`, onclick: step(5) }, icon("plus"))),
    el("span", { class: "quiet small" }, hints.filter(Boolean).join(" · ")));
}

/** Whole minutes from 0 to 1440, or null. */
export function minutesOf(text) {
  const value = asNumber(text);
  return Number.isInteger(value) && value >= 0 && value <= 1440 ? value : null;
}

/** Buttons that take photos, and those that were taken. */
export function photoField(app, draft, roles) {
  const shown = el("ul", { class: "thumbs" });
  const said = el("p", { class: "note bad", role: "alert", hidden: true });
  const room = el("div", { hidden: true }, freeButton(app));
  const tell = (text) => {
    said.hidden = !text;
    said.textContent = text;
  };
  const draw = async () => {
    const items = [];
    for (const one of draft.value.photos.filter((photo) => photo.role !== "signature")) {
      const bytes = await app.store.bytes(one.sha256);
      const remove = async () => {
        await draft.removePhoto(one.sha256);
        draw();
      };
      items.push(el("li", {}, bytes && el("img", { src: urlOf(one.sha256, bytes, one.type), alt: say(`photo_${one.role}`) }), el("span", {}, say(`photo_${one.role}`)),
        el("button", { type: "button", class: "button square", "aria-label": `${say("remove_photo")}: ${say(`photo_${one.role}`)}`, onclick: remove }, icon("not_possible"))));
    }
    shown.replaceChildren(...items);
  };
  const take = (role) => {
    const input = el("input", {
      type: "file", accept: "image/*", capture: "environment", class: "unseen", id: `photo-${role}`,
      onchange: async () => {
        tell("");
        app.say(say("photo_working"));
        for (const file of input.files) {
          const end = await draft.addPhoto(file, role);
          if (end !== "kept") tell(say(end === "full" ? "full_photo" : "photo_failed"));
          room.hidden = end !== "full" && room.hidden;
        }
        input.value = "";
        await draw();
        shown.dataset.count = String(draft.value.photos.length);
      },
    });
    return el("label", { class: "button plain file" }, input, icon("camera"), el("span", {}, say("take_photo", { role: say(`photo_${role}`) })));
  };
  draw();
  return el("div", { class: "field" }, el("span", { class: "label" }, say("photos")), el("div", { class: "two" }, roles.map(take)), said, room, shown);
}

/** A field to sign in by finger; what is drawn is a photo of the report. */
export function signatureField(draft) {
  const canvas = el("canvas", { width: 640, height: 240, class: "signature", role: "img", "aria-label": say("sign") });
  const pen = canvas.getContext("2d");
  const blank = () => {
    pen.fillStyle = "#fff";
    pen.fillRect(0, 0, canvas.width, canvas.height);
    pen.strokeStyle = "#111";
    pen.lineWidth = 4;
    pen.lineCap = pen.lineJoin = "round";
  };
  blank();
  let drawing = false;
  const at = (event) => {
    const box = canvas.getBoundingClientRect();
    return [((event.clientX - box.left) / box.width) * canvas.width, ((event.clientY - box.top) / box.height) * canvas.height];
  };
  const others = () => draft.value.photos.filter((one) => one.role !== "signature");
  canvas.addEventListener("pointerdown", (event) => {
    drawing = true;
    canvas.setPointerCapture(event.pointerId);
    pen.beginPath();
    pen.moveTo(...at(event));
  });
  canvas.addEventListener("pointermove", (event) => {
    if (!drawing) return;
    pen.lineTo(...at(event));
    pen.stroke();
  });
  canvas.addEventListener("pointerup", async () => {
    drawing = false;
    const photo = await fromCanvas(canvas, "signature", "image/png");
    draft.value.photos = others();
    await draft.addMade(photo);
  });
  const clear = async () => {
    blank();
    await draft.set({ photos: others() });
  };
  return el("details", { class: "field sign" }, el("summary", { class: "label", id: "sign-open" }, icon("sign"), say("sign_open")), canvas, button(null, say("sign_clear"), clear, { id: "sign-clear" }), el("p", { class: "quiet small" }, say("sign_hint")));
}

/** Follow-up work: a kind of the catalogue or words. */
export function followField(app, draft) {
  const works = app.day.package.catalogue?.works ?? [];
  const english = document.documentElement.lang === "en";
  const note = remarkField(draft, { key: "follow_note", name: say("follow_note"), hint: "", rows: 2, longest: 300 });
  note.hidden = !draft.value.follow;
  const select = el("select", { id: "field-follow", onchange: () => {
    draft.set({ follow: select.value });
    note.hidden = !select.value;
  } },
  el("option", { value: "" }, say("follow_none")),
  works.map((one) => el("option", { value: one.code }, (english ? one.name_en : one.name_de) || one.code)),
  el("option", { value: "*" }, say("follow_other")));
  select.value = draft.value.follow ?? "";
  return [field(say("follow_up"), select), note];
}

export function followOf(value) {
  if (!value.follow) return null;
  const note = (value.follow_note ?? "").trim();
  return value.follow === "*" ? (note ? { work: note.slice(0, 80), note } : null) : { work: value.follow, note };
}

