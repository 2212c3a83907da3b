/** The day that is taken along: list, pictures, map and the app itself; held against what should be there. */

import { sha256 } from "./hash.js";
import { isFull } from "./phone_store.js";
import { shellMissing } from "./shell.js";
import { changes } from "./visit.js";

export const keyOf = (crew, date) => `${date}|${crew}`;
const packagePath = (crew, date, lang) => `/days/${date}/crews/${encodeURIComponent(crew)}/package${lang === "en" ? "?lang=en" : ""}`;

/** Whether what came is the package of this day and crew. */
const isPackage = (body, crew, date) => body?.date === date && body?.crew?.code === crew && Array.isArray(body.stops);

/**
 * Fetch the list again and keep it; own work is apart and stays.
 * @returns {Promise<{kind: string, day?: object}>} read, same, or why not
 */
export async function refresh({ store, desk, crew, date, lang, now = Date.now() }) {
  const key = keyOf(crew, date);
  const before = await store.get("days", key);
  const answer = await desk.read(packagePath(crew, date, lang), before?.lang === lang ? before.etag : "");
  if (answer.kind === "same") {
    const day = { ...before, seen_at: now };
    await store.put("days", key, day);
    return { kind: "same", day };
  }
  if (answer.kind !== "read") return answer;
  if (!isPackage(answer.body, crew, date)) return { kind: "unknown", why: "portal" };
  const day = { key, lang, package: answer.body, etag: answer.etag, taken_at: now, seen_at: now, ...merged(before, answer.body) };
  await store.put("days", key, day);
  return { kind: "read", day };
}

/** What of an earlier list must not be forgotten: what was taken away, what is new, the own order. */
function merged(before, now) {
  if (!before) return { gone: [], added: [], changed: [], order: null };
  const { added, gone, changed } = changes(before.package.stops, now.stops);
  const still = before.gone.filter((one) => !now.stops.some((stop) => stop.visit_id === one.visit_id));
  return {
    gone: [...still, ...gone], added: [...new Set([...before.added, ...added])],
    changed: [...new Set([...before.changed, ...changed])], order: before.order ?? null,
  };
}

/** Whether it is the picture asked for: by its hash, or, where the desk took notes out of it, by its name and by opening. */
async function isPicture({ bytes, type, etag }, hash) {
  if ((await sha256(bytes)) === hash) return true;
  if (!etag.includes(hash) || !type.startsWith("image/")) return false;
  return createImageBitmap(new Blob([bytes], { type })).then((image) => image.close() ?? true, () => false);
}

/** All pictures that the day needs, by hash. */
const wanted = (day) => [...new Set([...(day.package.photos ?? []), ...day.package.stops.flatMap((stop) => (stop.photos ?? []).map((one) => one.sha256))])];

/** What the phone lacks to work without network: {pictures, of, shell, app}; the day is complete when nothing is missing. */
export async function lacking(store, day) {
  const all = wanted(day);
  const kept = new Set(await store.pictureNames());
  const pictures = all.filter((one) => !kept.has(one));
  const shell = await shellMissing();
  return { pictures, of: all.length, shell: shell.missing, app: shell.possible };
}

export const isComplete = (lack) => Boolean(lack) && lack.app && !lack.pictures.length && !lack.shell;

/**
 * Take the day along. @param {function(number, number)} progress pictures so far, of how many
 * @returns {Promise<{kind: string, day?: object, full?: boolean}>}
 */
export async function takeAlong({ store, desk, crew, date, lang, progress = () => {} }) {
  const answer = await refresh({ store, desk, crew, date, lang });
  if (!answer.day) return answer;
  await store.dropPictures(new Set(wanted(answer.day)));
  const end = await fetchPictures({ store, desk, day: answer.day, progress });
  await navigator.storage?.persist?.().catch(() => false);
  return { ...answer, ...end };
}

/** Fetch the pictures that are not here yet; stops when the phone is full or the sign-in has ended. */
export async function fetchPictures({ store, desk, day, progress = () => {} }) {
  const all = wanted(day);
  const kept = new Set(await store.pictureNames());
  let got = all.filter((one) => kept.has(one)).length;
  progress(got, all.length);
  for (const hash of all.filter((one) => !kept.has(one))) {
    const picture = await desk.bytes(`/photos/${hash}`);
    if (picture.kind === "signed_out") return { kind: "signed_out" };
    if (picture.kind !== "read" || !(await isPicture(picture, hash))) continue;
    try {
      await store.keepPicture(hash, picture.bytes);
    } catch (error) {
      if (!isFull(error)) throw error;
      return { full: true };
    }
    got += 1;
    progress(got, all.length);
  }
  return {};
}
