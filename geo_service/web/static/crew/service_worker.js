/**
 * Keeps the app on the phone. The desk puts VERSION and SHELL (address -> SHA-256) above this.
 * A new version is filled beside the old one, every file held against its hash, and waits until the old one is closed
 * or the page hands over. It knows nothing of the outbox and cannot lose it.
 */

const CACHE = `crew-shell-${VERSION}`;
const OURS = "crew-shell-";

self.addEventListener("install", (event) => event.waitUntil(fillCache()));
self.addEventListener("activate", (event) => event.waitUntil(takeOver()));

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== "GET" || origin !== self.location.origin || !(pathname in SHELL)) return;
  if (request.mode === "navigate" ? pathname === "/crew" : pathname !== "/crew") event.respondWith(fromCache(pathname, request));
});

self.addEventListener("message", (event) => {
  if (event.data === "take over") self.skipWaiting();
  if (event.data === "missing") event.waitUntil(missing().then((paths) => event.ports[0].postMessage({ version: VERSION, missing: paths })));
  if (event.data === "repair") event.waitUntil(fillCache().then(() => event.ports[0].postMessage(true), () => event.ports[0].postMessage(false)));
});

// where browsers have it: the line is back, perhaps while the page sleeps
self.addEventListener("sync", (event) => {
  if (event.tag === "crew-outbox") event.waitUntil(tellPages("send"));
});

async function tellPages(what) {
  for (const page of await self.clients.matchAll({ type: "window" })) page.postMessage(what);
}

async function fromCache(pathname, request) {
  const kept = await (await caches.open(CACHE)).match(pathname);
  return kept ?? fetch(request);
}

async function missing() {
  const cache = await caches.open(CACHE);
  const kept = new Set((await cache.keys()).map((one) => new URL(one.url).pathname));
  return Object.keys(SHELL).filter((path) => !kept.has(path));
}

async function fillCache() {
  const cache = await caches.open(CACHE);
  const older = await Promise.all((await caches.keys()).filter((name) => name.startsWith(OURS) && name !== CACHE).map((name) => caches.open(name)));
  await Promise.all((await missing()).map(async (path) => cache.put(path, (await fromOlder(older, path)) ?? (await fromDesk(path)))));
}

async function takeOver() {
  for (const name of await caches.keys()) if (name.startsWith(OURS) && name !== CACHE) await caches.delete(name);
  await self.clients.claim();
}

async function hashOf(bytes) {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return [...digest].map((one) => one.toString(16).padStart(2, "0")).join("");
}

async function checked(path, response) {
  const bytes = await response.arrayBuffer();
  return (await hashOf(bytes)) === SHELL[path] ? new Response(bytes, { headers: response.headers }) : null;
}

async function fromOlder(older, path) {
  for (const cache of older) {
    const kept = await cache.match(path);
    const same = kept && (await checked(path, kept));
    if (same) return same;
  }
  return null;
}

async function fromDesk(path) {
  const response = await fetch(path, { cache: "reload", redirect: "error" });
  const good = response.status === 200 ? await checked(path, response) : null;
  if (!good) throw new Error(`${path} did not come from the desk as it is`);
  return good;
}
