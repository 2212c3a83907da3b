/** Three steps on a phone: what, where, send. Without this script the same form is sent as it is. */

import { el } from "../js/dom.js";
import { photoOf } from "../crew/photo.js";

const form = document.getElementById("report");
const words = JSON.parse(form.dataset.words);
const [lon, lat] = ["lon", "lat"].map((name) => document.getElementById(name));
const placed = document.getElementById("placed");
const trouble = document.getElementById("trouble");
const send = document.getElementById("send");
const KEPT = ["kind", "lon", "lat", "place", "quarter", "words", "name", "mail", "phone"];
const DRAFT = "concern-draft";
const MOST_PHOTOS = 3;
let photos = [];
let map = null;
let marker = null;

const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name]);

function say(text) {
  trouble.textContent = text;
  trouble.hidden = !text;
  if (text) trouble.scrollIntoView({ block: "nearest" });
}

/** What was entered stays on this device until it was sent. */
function keepDraft() {
  const told = new FormData(form);
  try {
    sessionStorage.setItem(DRAFT, JSON.stringify(Object.fromEntries(KEPT.map((name) => [name, told.get(name) ?? ""]))));
  } catch {
    // a browser that keeps nothing still sends
  }
}

function takeDraft() {
  let kept = {};
  try {
    kept = JSON.parse(sessionStorage.getItem(DRAFT) ?? "{}");
  } catch {
    return;
  }
  for (const name of KEPT) {
    if (name === "kind") form.querySelector(`input[name="kind"][value="${CSS.escape(kept.kind ?? "")}"]`)?.click();
    else if (kept[name] && form.elements[name] && !form.elements[name].value) form.elements[name].value = kept[name];
  }
}

function put(at) {
  [lon.value, lat.value] = at.map((one) => one.toFixed(6));
  placed.textContent = words.placed;
  if (marker) marker.setLngLat(at);
  else if (map) marker = map.pin(at);
  keepDraft();
}

async function showMap() {
  document.getElementById("on-map").hidden = false;
  const { smallMap, pin } = await import("../js/small_map.js");
  const start = lon.value && lat.value ? [Number(lon.value), Number(lat.value)] : undefined;
  const view = smallMap(document.getElementById("map"), { center: start, label: words.close_map });
  map = { pin: (at) => pin(view, at), view };
  if (start) put(start);
  view.on("click", (event) => put([event.lngLat.lng, event.lngLat.lat]));
  view.getCanvas().addEventListener("keydown", (event) => {
    if (event.key !== "Enter" && event.key !== " ") return;
    event.preventDefault();
    const middle = view.getCenter();
    put([middle.lng, middle.lat]);
  });
}

function here() {
  navigator.geolocation?.getCurrentPosition(
    ({ coords }) => {
      put([coords.longitude, coords.latitude]);
      map?.view.jumpTo({ center: [coords.longitude, coords.latitude], zoom: 17 });
    },
    () => (placed.textContent = words.no_position),
    { enableHighAccuracy: true, timeout: 10000, maximumAge: 30000 },
  );
}

async function addPhotos(files) {
  say("");
  for (const file of files) {
    if (photos.length >= MOST_PHOTOS) break;
    try {
      const made = await photoOf(file, "find");
      if (!photos.some((one) => one.meta.sha256 === made.meta.sha256)) photos.push(made);
    } catch {
      say(words.photo_bad);
    }
  }
  showPhotos();
}

function showPhotos() {
  const list = document.getElementById("pictures");
  for (const image of list.querySelectorAll("img")) URL.revokeObjectURL(image.src);
  list.replaceChildren(
    ...photos.map((one) =>
      el("li", {}, el("img", { src: URL.createObjectURL(new Blob([one.bytes], { type: one.meta.type })), alt: "" }),
        el("button", { type: "button", "aria-label": "×", onclick: () => ((photos = photos.filter((other) => other !== one)), showPhotos()) }, "×"))),
  );
}

async function problemOf(answer) {
  const told = await answer.json().catch(() => ({}));
  if (words[told.code]) return words[told.code];
  return [told.detail ?? told.title ?? answer.statusText, told.remedy].filter(Boolean).join(". ");
}

async function submit(event) {
  event.preventDefault();
  const told = new FormData(form);
  if (!told.get("kind")) return say(words.no_kind);
  if (!lon.value && !told.get("place") && !told.get("quarter")) return say(words.no_place);
  if (!lon.value) return form.submit(); // the desk looks the street up
  keepDraft();
  send.disabled = true;
  say("");
  send.dataset.before ??= send.textContent;
  send.textContent = words.sending;
  try {
    const body = { kind: told.get("kind"), lon: Number(lon.value), lat: Number(lat.value), lang: form.dataset.lang };
    for (const name of ["words", "place", "name", "mail", "phone"]) body[name] = String(told.get(name) ?? "").trim().replaceAll("\r", "");
    const answer = await fetch("/concerns", { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });
    if (!answer.ok) return say(await problemOf(answer));
    const { secret } = await answer.json();
    sessionStorage.removeItem(DRAFT);
    const lost = await sendPhotos(secret);
    const lang = new URL(form.action).searchParams.get("lang");
    location.assign(`/concern/${secret}?new=1&lang=${lang}${lost ? `&lost=${lost}` : ""}`);
  } catch {
    say(words.offline);
  } finally {
    send.disabled = false;
    send.textContent = send.dataset.before;
  }
}

async function sendPhotos(secret) {
  let lost = 0;
  for (const [index, { meta, bytes }] of photos.entries()) {
    send.textContent = fill(words.sending_photo, { n: index + 1, all: photos.length });
    const answer = await fetch(`/concerns/status/${secret}/photos/${meta.sha256}`, {
      method: "PUT", headers: { "Content-Type": meta.type }, body: bytes,
    }).catch(() => null);
    lost += answer?.ok ? 0 : 1;
  }
  return lost;
}

takeDraft();
document.getElementById("with-photos").hidden = false;
document.getElementById("photos").addEventListener("change", (event) => addPhotos([...event.target.files]));
document.getElementById("here").addEventListener("click", here);
form.noValidate = true;
form.addEventListener("submit", submit);
form.addEventListener("input", keepDraft);
form.addEventListener("change", (event) => {
  if (event.target.name === "kind") document.getElementById("on-map").scrollIntoView({ block: "center" });
});
showMap().catch(() => (document.getElementById("on-map").hidden = true));
