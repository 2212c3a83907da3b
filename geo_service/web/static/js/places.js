/** The navigation of the desk: where the person may go, as the desk says; every link keeps the language. */

import { el } from "./dom.js";

/** @param {{path: string, de: string, en: string}[]} places */
export function showPlaces(nav, places, lang) {
  const here = location.pathname;
  const link = (one) => el("a", { href: lang === "en" ? `${one.path}?lang=en` : one.path, "aria-current": one.path === here && "page" }, one[lang]);
  nav.replaceChildren(...places.map(link));
}
