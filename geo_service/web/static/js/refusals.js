/** What the program refuses, in the language of the page, by the code of the refusal; else as the program says it. */

import { language } from "./language.js";

const TEXTS = {
  de: {
    apart: "{plot} liegt zu weit von den anderen Flächen entfernt.",
    body_too_large: "Die Datei ist zu groß.",
    body_too_slow: "Die Übertragung war zu langsam.",
    changed_meanwhile: "Jemand hat {plot} inzwischen geändert. Bitte noch einmal öffnen.",
    changed_since_preview: "Der Bestand hat sich seit der Vorschau geändert.",
    code_taken: "Dieses Kürzel gibt es schon.",
    crs_missing: "Die Datei sagt nicht, in welchem Bezugssystem sie ist.",
    file_empty: "Die Datei ist leer.",
    file_kind: "Diese Art von Datei wird nicht gelesen.",
    no_code: "Das ist kein Kürzel einer Fläche (so: KLZ-0012).",
    not_cut: "Die Linie teilt die Fläche nicht: sie muss von außen nach außen quer hindurch gehen.",
    outline_refused: "Der Umriss kann so nicht übernommen werden.",
    parts_differ: "Die Teile decken die Fläche nicht.",
    plot_has_records: "{plot} kann nicht gelöscht werden: {records}. Stattdessen zurückgeben, dann bleibt alles erhalten.",
    plot_life: "Dieser Stand kann auf den jetzigen nicht folgen, oder der Grund fehlt.",
    sliver: "Ein Teil wäre zu schmal oder zu klein.",
    state_differs: "Die Flächen haben verschiedenen Stand. Erst angleichen, dann zusammenlegen.",
    tenure_differs: "Die Flächen haben verschiedene Nutzungsrechte. Erst angleichen, dann zusammenlegen.",
    too_few_plots: "Zum Zusammenlegen braucht es mindestens zwei Flächen.",
    too_many_requests: "Zu viele Anfragen, bitte kurz warten.",
    twin: "{plot} hat denselben Umriss.",
  },
  en: {},
};

/** What a problem says, in words; empty when it says nothing. */
export function refusalText({ code = "", detail = "", remedy = "", fields = {} }) {
  const text = TEXTS[language()][code];
  if (!text) return [detail, remedy].filter(Boolean).join(" – ");
  return text.replace(/\{(\w+)\}/g, (_, name) => [fields[name] ?? ""].flat().join(", "));
}
