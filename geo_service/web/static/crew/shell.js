/** The app's own files on the phone: the service worker that keeps them, and new versions that wait their turn. */

const container = navigator.serviceWorker;
let registration = null;

/** Start keeping the app; `ready` is told when another version waits. Nothing happens where browsers do not allow it. */
export async function keepApp({ onWaiting, onSend }) {
  if (!container) return;
  container.addEventListener("message", ({ data }) => data === "send" && onSend());
  if (document.readyState !== "complete") await new Promise((resolve) => addEventListener("load", resolve, { once: true }));
  try {
    registration = await container.register("/service-worker.js", { scope: "/crew", updateViaCache: "none" });
  } catch {
    registration = (await container.getRegistration("/crew")) ?? null; // no network, or another answers in the desk's place
  }
  if (!registration) return;
  const look = () => registration.waiting && container.controller && onWaiting();
  look();
  registration.addEventListener("updatefound", () => registration.installing?.addEventListener("statechange", look));
}

/** Ask whether the desk has another version; quietly. */
export const lookForUpdate = () => registration?.update().catch(() => {});

/** Hand over to the version that waits and begin anew with it. */
export function takeNewVersion() {
  if (!registration?.waiting) return;
  container.addEventListener("controllerchange", () => location.reload(), { once: true });
  registration.waiting.postMessage("take over");
}

/** Ask to be woken when the line is back, where browsers can. */
export const wakeMe = () => registration?.sync?.register("crew-outbox").catch(() => {});

function ask(worker, what) {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    const timer = setTimeout(() => resolve(null), 10_000);
    port1.onmessage = ({ data }) => {
      clearTimeout(timer);
      port1.close();
      resolve(data);
    };
    worker.postMessage(what, [port2]);
  });
}

/** {possible, missing}: whether this browser can keep the app at all, and how many files it still lacks. */
export async function shellMissing() {
  if (!container) return { possible: false, missing: 1 };
  const worker = registration?.active ?? (await container.getRegistration("/crew"))?.active;
  if (!worker) return { possible: true, missing: 1 };
  const told = await ask(worker, "missing");
  return { possible: true, missing: told ? told.missing.length : 1 };
}

/** Wait for the first installation, and fetch what got lost from the cache. */
export async function completeShell() {
  if (!container) return;
  if (!registration) registration = await container.register("/service-worker.js", { scope: "/crew", updateViaCache: "none" }).catch(() => null);
  if (!registration) return;
  const worker = registration.installing ?? registration.waiting;
  if (!registration.active && worker) {
    await new Promise((resolve) => {
      worker.addEventListener("statechange", () => ["activated", "redundant"].includes(worker.state) && resolve());
      if (["activated", "redundant"].includes(worker.state)) resolve();
    });
  }
  if (registration.active) await ask(registration.active, "repair");
}
