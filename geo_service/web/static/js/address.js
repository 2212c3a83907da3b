/** What is shown, as the address of the page tells it: ?date=2026-11-23&crew=crew-1,crew-2&lang=en (the map adds #map=…). */

export function readAddress() {
  const query = new URLSearchParams(location.search);
  const crews = (query.get("crew") ?? "").split(",").filter(Boolean);
  return {
    date: query.get("date") ?? "",
    crews: crews.length ? new Set(crews) : null,
    lang: query.get("lang") === "en" ? "en" : "de",
  };
}

/** Write the state back without a new entry in the history; `crews` null means all. */
export function writeAddress({ date, crews, lang }) {
  const query = new URLSearchParams();
  if (date) query.set("date", date);
  if (crews) query.set("crew", [...crews].join(",") || "none");
  if (lang !== "de") query.set("lang", lang);
  const text = query.toString().replaceAll("%2C", ",");
  history.replaceState(null, "", `${location.pathname}${text ? `?${text}` : ""}${location.hash}`);
}
