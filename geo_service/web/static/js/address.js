/** What is shown, as the address of the page tells it, so that a view can be sent to somebody (the map adds #map=…):
 *  ?date=2026-11-23&crew=crew-1,crew-2&q=dieskau&state=cleared,greened&due=week&sort=-area_m2&table=1&plot=KLZ-0012 */

export const LISTS = ["state", "quarter"];
export const CHOICES = { tenure: ["own", "permission", "lease", "none", "ends"], due: ["overdue", "week", "month", "unserved", "nothing"], last: ["never", "30", "90", "365"] };

export const NO_FILTER = Object.freeze({ q: "", state: [], quarter: [], tenure: "", due: "", last: "" });

const listed = (text) => (text ?? "").split(",").filter(Boolean);

export function readAddress() {
  const query = new URLSearchParams(location.search);
  const crews = listed(query.get("crew"));
  const filter = { q: (query.get("q") ?? "").slice(0, 200) };
  for (const name of LISTS) filter[name] = listed(query.get(name));
  for (const [name, known] of Object.entries(CHOICES)) filter[name] = known.includes(query.get(name)) ? query.get(name) : "";
  const sort = /^-?[a-z_0-9]+$/.test(query.get("sort") ?? "") ? query.get("sort") : "code";
  return {
    date: query.get("date") ?? "",
    crews: crews.length ? new Set(crews) : null,
    lang: query.get("lang") === "en" ? "en" : "de",
    filter,
    sort: { key: sort.replace("-", ""), down: sort.startsWith("-") },
    columns: query.has("cols") ? listed(query.get("cols")) : null,
    table: query.has("table") ? query.get("table") === "1" : null,
    inView: query.get("only") === "view",
    plot: query.get("plot") ?? "",
    side: query.get("side") ?? "",
  };
}

/** Write the state back without a new entry in the history; what is as usual is left out. */
export function writeAddress({ date, crews, lang, filter, sort, columns, table, inView, plot, side }) {
  const query = new URLSearchParams();
  const put = (name, value) => value && query.set(name, value);
  put("date", date);
  if (crews) query.set("crew", [...crews].join(",") || "none");
  put("side", side);
  for (const [name, value] of Object.entries(filter)) put(name, Array.isArray(value) ? value.join(",") : value.trim());
  if (sort.down || sort.key !== "code") query.set("sort", (sort.down ? "-" : "") + sort.key);
  put("cols", columns?.join(","));
  if (table !== null) query.set("table", table ? "1" : "0");
  if (inView) query.set("only", "view");
  put("plot", plot);
  if (lang !== "de") query.set("lang", lang);
  const text = query.toString().replaceAll("%2C", ",");
  const address = `${location.pathname}${text ? `?${text}` : ""}${location.hash}`;
  if (address !== location.pathname + location.search + location.hash) history.replaceState(history.state, "", address);
}
