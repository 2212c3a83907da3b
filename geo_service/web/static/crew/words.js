/** The words of the app, German first; and numbers and times as people write them. */

const DE = {
  app: "Tagesarbeit", list: "Liste", map: "Karte", box: "Ausgang", day: "Tag", nav: "Bereiche", back: "Zurück", skip: "Zum Inhalt",
  next: "Als Nächstes", all_done: "Alles gemeldet", all_done_hint: "Den Tag unter „Tag“ abschließen.", stops: "Stopps", of: "von",
  start: "Beginnen", pause: "Pause", resume: "Weiter", done: "Fertig", not_possible: "Nicht möglich", found: "Etwas gefunden", remark: "Bemerkung",
  photo: "Foto", navigate: "Route", details: "Öffnen", on_map: "Auf der Karte", report_done: "Als fertig melden", still_done: "Trotzdem fertig melden", begin_after_all: "Doch beginnen",
  state_open: "offen", state_running: "läuft", state_paused: "Pause", state_done: "fertig", state_not_possible: "nicht möglich", state_stopped: "gestoppt",
  state_conflict: "Konflikt", state_gone: "vom Schreibtisch entfernt", by_desk: "am Schreibtisch vermerkt",
  running_since: "seit {at} · {minutes} Min.", paused_at: "{minutes} Min. gearbeitet", done_with: "{minutes} Min.", stop_number: "Stopp {order}",
  stopped_text: "Arbeit gestoppt: gefährlicher Fund. Die Planung erfährt es beim nächsten Kontakt und entscheidet, wie es weitergeht. Nichts anfassen, absperren.",
  urgent: "Dringend", urgent_by: "Dringend, von {who}: {why}", new_stop: "neu", moved_stop: "geändert", announced: "angekündigt {from}–{to}", locked: "fest",
  access: "Zugang", hazard: "Gefahr", rule: "Vorschrift", contaminated: "Altlast vorhanden", contamination_unknown: "Altlasten: unbekannt", why: "Anlass", heed: "Beachten",
  area: "Fläche", load: "Abfuhr", supply: "Mitnehmen", machines: "Geräte", drive: "Fahrt", minutes: "Min.", way: "{minutes} Min. · {km} km", same_place: "am selben Ort", break: "Pause", to: "bis", depot: "Start", way_home: "zurück",
  rule_from: "{machine} erst ab {at}: {cite}", rule_none: "{machine} heute nicht mehr: {cite}", rule_until: "Erlaubt bis {at}", rule_ask: "Jetzt nicht erlaubt",
  rule_text: "Warten ist der Normalfall. Wer jetzt beginnt, braucht einen Grund; er geht an die Planung.", rule_wait: "Warten", rule_anyway: "Mit diesem Grund beginnen", rule_why: "Grund",
  against_danger: "Gefahr im Verzug", against_other_tool: "ohne dieses Gerät gearbeitet", against_permit: "Ausnahme liegt vor", against_other: "anderer Grund",
  minutes_booked: "Minuten", minutes_timed: "gemessen: {minutes} Min.", minutes_planned: "geplant: {minutes} Min.", less: "weniger", more: "mehr", quantities: "Mengen", add_quantity: "Menge hinzufügen", amount: "Menge", unit: "Einheit",
  unit_m2: "m²", unit_m3: "m³", unit_plants: "Pflanzen", unit_t: "t", waste_key: "Abfallschlüssel", no_key: "kein Abfall", drop: "Entfernen", people_minutes: "Zeit der Kolonne, nicht je Person",
  photos: "Fotos", photo_before: "Vorher", photo_after: "Nachher", photo_find: "Fund", photo_obstacle: "Hindernis", photo_signature: "Unterschrift", take_photo: "Foto: {role}", earlier_photos: "Frühere Bilder", photo_failed: "Das Bild ließ sich nicht lesen. Bitte ein anderes nehmen.", photo_working: "Bild wird verkleinert …",
  photos_none_here: "Bild nicht mitgenommen", sign: "Unterschrift mit dem Finger", sign_open: "Unterschreiben", sign_clear: "Unterschrift löschen", sign_hint: "Statt zu unterschreiben genügt eine Bemerkung.", remark_text: "Bemerkung", remark_hint: "kurz, ohne Namen von Anwohnern",
  note_it: "Notieren", noted: "Notiert", noted_hint: "Wird gesendet, sobald Netz da ist.", cancel: "Abbrechen", reason: "Grund", choose_reason: "Bitte einen Grund wählen.", follow_up: "Folgearbeit", follow_none: "keine", follow_other: "andere Arbeit", follow_note: "Was ist zu tun?", find_what: "Was wurde gefunden?", find_key: "Abfallschlüssel (AVV)", hazardous: "gefährlich",
  hazardous_text: "Gefährlicher Abfall: Die Arbeit hier wird gestoppt. Nicht anfassen, absperren. Die Planung wird beim nächsten Kontakt benachrichtigt.", find_stop: "Fund notieren, Arbeit stoppen", choose_key: "Bitte einen Schlüssel wählen oder den Fund beschreiben.", not_here: "Diesen Stopp gibt es auf der Liste nicht mehr.",
  reorder: "Reihenfolge ändern", reorder_save: "Reihenfolge notieren", up: "{plot} nach oben", down: "{plot} nach unten", moved_to: "{plot} jetzt an Stelle {place}", reorder_reset: "Wie geplant", reordered: "Eigene Reihenfolge",
  take_day: "Tag mitnehmen", taking: "Wird mitgenommen …", taking_pictures: "Bilder {n} von {of}", complete: "vollständig, Stand {at}", incomplete: "Noch nicht vollständig", not_taken: "Noch nicht mitgenommen", missing_pictures: "{n} von {of} Bildern fehlen", missing_app: "Teile der App fehlen ({n})",
  missing_secure: "Dieses Telefon öffnet die Seite nach einem Neustart nur mit Netz: Dafür braucht der Schreibtisch HTTPS. Was notiert ist, bleibt trotzdem gespeichert.", missing_list: "Die Liste fehlt", seen: "zuletzt abgeglichen {at}", other_day: "Dies ist der Tag vom {date}.", take_today: "Heutigen Tag holen", crew: "Kolonne", date: "Datum", choose_crew: "Kolonne wählen", show: "Anzeigen", plain_list: "Einfache Liste (zum Drucken)", no_list: "Für diesen Tag gibt es keine Liste.", no_list_hint: "Die Kolonne fährt an diesem Tag nicht, oder es gilt noch kein Plan.", desk_away: "Der Schreibtisch ist nicht erreichbar.", try_again: "Noch einmal",
  close_day: "Tag abschließen", day_closed: "Tag abgeschlossen", close_hint: "Alles andere bleibt möglich, auch danach.", still_open: "{n} Stopps ohne Meldung", photos_arrived: "{n} von {of} Fotos angekommen", reports_arrived: "{n} von {of} Meldungen bestätigt", settings: "Telefon", language: "English", storage: "Speicher", storage_kept: "vor dem Aufräumen geschützt", storage_loose: "nicht geschützt: Browser darf bei Platznot aufräumen", free: "Bestätigte Bilder freigeben", freed: "{n} Bilder freigegeben", gone_title: "Vom Schreibtisch entfernt", gone_hint: "Eigene Meldungen dazu bleiben.",
  send_now: "Jetzt senden", sending: "Sendet …", box_empty: "Noch nichts notiert.", box_hint: "Nichts wird gelöscht, bevor der Schreibtisch es bestätigt hat.",
  s_new: "wartet", s_failed: "gesendet, ohne Bestätigung", s_waiting: "angekommen, wartet auf eine frühere Meldung", s_confirmed: "bestätigt", s_conflict: "Konflikt", s_rejected: "abgelehnt", s_clash: "doppelte Nummer", s_stuck: "nicht angenommen",
  s_conflict_text: "Jemand anders hat diesen Stopp inzwischen anders gemeldet. Beide Fassungen sind am Schreibtisch; die Planung entscheidet.", s_clash_text: "Unter dieser Nummer liegt schon etwas anderes. Beides ist aufgehoben; bitte der Planung Bescheid geben.", s_stuck_text: "Der Schreibtisch hat es nicht angenommen: {reason}. Es bleibt hier; „Jetzt senden“ versucht es wieder.",
  why_offline: "kein Netz", why_timeout: "keine Antwort", why_server: "Schreibtisch gestört", why_portal: "Antwort nicht vom Schreibtisch, vielleicht eine WLAN-Anmeldeseite", try_at: "nächster Versuch {at}",
  pill_ok: "alles bestätigt", pill_open: "{n} warten", pill_sign_in: "anmelden", pill_trouble: "{n} prüfen", box_count: "{n} offen",
  signed_out: "Anmeldung abgelaufen. Bitte den Code am Betriebshof neu scannen; danach geht es weiter, nichts geht verloren.", never_in: "Dieses Telefon ist nicht angemeldet. Bitte den Code der Planung scannen.", clock_wrong: "Die Uhr des Telefons geht {much} {way}. Bitte stellen.", days: "Tage", hours: "Std.", clock_fast: "vor", clock_slow: "nach", new_version: "Neue Fassung der App liegt bereit. Sie wird beim nächsten Öffnen übernommen.", new_version_now: "Jetzt übernehmen", new_version_busy: "erst nach der laufenden Arbeit",
  full: "Der Speicher des Telefons ist voll. Der Text ist noch im Formular und geht nicht verloren. Bilder freigeben, dann noch einmal notieren.", full_photo: "Kein Platz für dieses Bild. Text wird trotzdem notiert. Platz schaffen: bestätigte Bilder freigeben.", full_pictures: "Kein Platz für alle Bilder; die Liste selbst ist da.", store_broken: "Dieser Browser speichert nichts (privates Fenster?). Bitte ein normales Fenster nehmen.",
  me_here: "Standort", me_failed: "Standort nicht verfügbar.", me_insecure: "Standort braucht HTTPS.", map_failed: "Dieses Telefon kann die Karte nicht zeichnen.", map_all: "Ganze Tour", map_next: "Nächster Stopp", distance: "{m} m bis Stopp {order}", picture_of: "Bild von {plot}",
  k_start: "begonnen", k_pause: "Pause", k_resume: "weiter", k_done: "fertig", k_not_possible: "nicht möglich", k_found: "Fund", k_remark: "Bemerkung", k_reorder: "Reihenfolge", k_day_closed: "Tagesabschluss", sent_at: "notiert {at}", remove_photo: "Foto entfernen", choose_plot: "Bitte eine Fläche wählen.", find_plot: "Fläche", find_plot_hint: "die nächstgelegene; die Stelle in Worten", crews_none: "Heute fährt keine Kolonne.", sample: "Beispieldaten", and: "und", loading: "Lädt …", too_long: "höchstens 1000 Zeichen", bad_minutes: "Minuten: ganze Zahl von 0 bis 1440.", bad_amount: "Mengen: Zahl größer als 0.",
};

const EN = {
  app: "Day's work", list: "List", map: "Map", box: "Outbox", day: "Day", nav: "Sections", back: "Back", skip: "To the content",
  next: "Next", all_done: "Everything reported", all_done_hint: "Close the day under “Day”.", stops: "stops", of: "of",
  start: "Start", pause: "Pause", resume: "Go on", done: "Done", not_possible: "Not possible", found: "Found something", remark: "Remark",
  photo: "Photo", navigate: "Route", details: "Open", on_map: "On the map", report_done: "Report as done", still_done: "Report as done anyway", begin_after_all: "Start after all",
  state_open: "open", state_running: "running", state_paused: "paused", state_done: "done", state_not_possible: "not possible", state_stopped: "stopped",
  state_conflict: "conflict", state_gone: "taken away by the desk", by_desk: "noted at the desk",
  running_since: "since {at} · {minutes} min", paused_at: "{minutes} min worked", done_with: "{minutes} min", stop_number: "Stop {order}",
  stopped_text: "Work stopped: hazardous find. The planners are told at the next contact and decide how it goes on. Do not touch, cordon off.",
  urgent: "Urgent", urgent_by: "Urgent, from {who}: {why}", new_stop: "new", moved_stop: "changed", announced: "announced {from}–{to}", locked: "fixed",
  access: "Access", hazard: "Hazard", rule: "Rule", contaminated: "Contaminated ground", contamination_unknown: "Contamination: unknown", why: "Reason", heed: "Heed",
  area: "Area", load: "Load", supply: "Take along", machines: "Tools", drive: "Drive", minutes: "min", way: "{minutes} min · {km} km", same_place: "at the same place", break: "Break", to: "to", depot: "Start", way_home: "back",
  rule_from: "{machine} from {at} only: {cite}", rule_none: "{machine} no more today: {cite}", rule_until: "Allowed until {at}", rule_ask: "Not allowed now",
  rule_text: "Waiting is the normal case. To start now takes a reason; it goes to the planners.", rule_wait: "Wait", rule_anyway: "Start for this reason", rule_why: "Reason",
  against_danger: "imminent danger", against_other_tool: "worked without this tool", against_permit: "there is a permit", against_other: "another reason",
  minutes_booked: "Minutes", minutes_timed: "timed: {minutes} min", minutes_planned: "planned: {minutes} min", less: "less", more: "more", quantities: "Quantities", add_quantity: "Add a quantity", amount: "Amount", unit: "Unit",
  unit_m2: "m²", unit_m3: "m³", unit_plants: "plants", unit_t: "t", waste_key: "Waste key", no_key: "no waste", drop: "Remove", people_minutes: "time of the crew, not per person",
  photos: "Photos", photo_before: "Before", photo_after: "After", photo_find: "Find", photo_obstacle: "Obstacle", photo_signature: "Signature", take_photo: "Photo: {role}", earlier_photos: "Earlier pictures", photo_failed: "The picture could not be read. Please take another.", photo_working: "Scaling the picture …",
  photos_none_here: "picture not taken along", sign: "Signature with the finger", sign_open: "Sign", sign_clear: "Clear the signature", sign_hint: "A remark will do instead of a signature.", remark_text: "Remark", remark_hint: "short, no names of residents",
  note_it: "Note it", noted: "Noted", noted_hint: "Will be sent as soon as there is a network.", cancel: "Cancel", reason: "Reason", choose_reason: "Please choose a reason.", follow_up: "Follow-up work", follow_none: "none", follow_other: "other work", follow_note: "What is to be done?", find_what: "What was found?", find_key: "Waste key (AVV)", hazardous: "hazardous",
  hazardous_text: "Hazardous waste: work here stops. Do not touch, cordon off. The planners are told at the next contact.", find_stop: "Note the find, stop work", choose_key: "Please choose a key or describe the find.", not_here: "This stop is no longer on the list.",
  reorder: "Change the order", reorder_save: "Note the order", up: "{plot} up", down: "{plot} down", moved_to: "{plot} now at place {place}", reorder_reset: "As planned", reordered: "Own order",
  take_day: "Take the day along", taking: "Being taken along …", taking_pictures: "Pictures {n} of {of}", complete: "complete, as of {at}", incomplete: "Not complete yet", not_taken: "Not taken along yet", missing_pictures: "{n} of {of} pictures missing", missing_app: "Parts of the app are missing ({n})",
  missing_secure: "After a restart this phone opens the page with a network only: for more the desk needs HTTPS. What is noted stays kept all the same.", missing_list: "The list is missing", seen: "last compared {at}", other_day: "This is the day of {date}.", take_today: "Get today", crew: "Crew", date: "Date", choose_crew: "Choose a crew", show: "Show", plain_list: "Plain list (for printing)", no_list: "There is no list for this day.", no_list_hint: "The crew does not go out that day, or no plan is in force.", desk_away: "The desk cannot be reached.", try_again: "Try again",
  close_day: "Close the day", day_closed: "Day closed", close_hint: "All else stays possible, afterwards too.", still_open: "{n} stops without a report", photos_arrived: "{n} of {of} photos received", reports_arrived: "{n} of {of} reports confirmed", settings: "Phone", language: "Deutsch", storage: "Storage", storage_kept: "protected from clearing", storage_loose: "not protected: the browser may clear it when room is short", free: "Free confirmed pictures", freed: "{n} pictures freed", gone_title: "Taken away by the desk", gone_hint: "Your own reports stay.",
  send_now: "Send now", sending: "Sending …", box_empty: "Nothing noted yet.", box_hint: "Nothing is deleted before the desk has confirmed it.",
  s_new: "waiting", s_failed: "sent, not confirmed", s_waiting: "arrived, waits for an earlier report", s_confirmed: "confirmed", s_conflict: "conflict", s_rejected: "refused", s_clash: "number twice", s_stuck: "not taken",
  s_conflict_text: "Somebody else reported this stop differently meanwhile. Both versions are at the desk; the planners decide.", s_clash_text: "There is something else under this number already. Both are kept; please tell the planners.", s_stuck_text: "The desk did not take it: {reason}. It stays here; “Send now” tries again.",
  why_offline: "no network", why_timeout: "no answer", why_server: "desk out of order", why_portal: "the answer was not the desk's, perhaps a Wi-Fi sign-in page", try_at: "next try {at}",
  pill_ok: "all confirmed", pill_open: "{n} waiting", pill_sign_in: "sign in", pill_trouble: "check {n}", box_count: "{n} open",
  signed_out: "The sign-in has expired. Please scan the code at the depot again; then it goes on, nothing is lost.", never_in: "This phone is not signed in. Please scan the planners' code.", clock_wrong: "The phone's clock is {much} {way}. Please set it.", days: "days", hours: "h", clock_fast: "fast", clock_slow: "slow", new_version: "A new version of the app is ready. It is taken over when it is opened next.", new_version_now: "Take it over now", new_version_busy: "after the work in hand",
  full: "The phone's storage is full. The text is still in the form and is not lost. Free pictures, then note it again.", full_photo: "No room for this picture. The text is noted all the same. To make room: free confirmed pictures.", full_pictures: "No room for all pictures; the list itself is here.", store_broken: "This browser keeps nothing (private window?). Please use a normal window.",
  me_here: "Position", me_failed: "Position not available.", me_insecure: "The position needs HTTPS.", map_failed: "This phone cannot draw the map.", map_all: "Whole tour", map_next: "Next stop", distance: "{m} m to stop {order}", picture_of: "picture of {plot}",
  k_start: "started", k_pause: "pause", k_resume: "went on", k_done: "done", k_not_possible: "not possible", k_found: "find", k_remark: "remark", k_reorder: "order", k_day_closed: "day closed", sent_at: "noted {at}", remove_photo: "Remove the photo", choose_plot: "Please choose a plot.", find_plot: "Plot", find_plot_hint: "the nearest one; the place in words", crews_none: "No crew goes out today.", sample: "sample data", and: "and", loading: "Loading …", too_long: "1000 characters at most", bad_minutes: "Minutes: a whole number from 0 to 1440.", bad_amount: "Quantities: a number above 0.",
};

export const WORDS = { de: DE, en: EN };
let lang = "de";

export const language = () => lang;

export function useLanguage(wanted) {
  lang = wanted === "en" ? "en" : "de";
  document.documentElement.lang = lang;
  document.title = `${say("app")} · Flächenpflege`;
}

/** The word for a key, with what stands in its braces. */
export function say(key, values = {}) {
  const word = WORDS[lang][key];
  if (word === undefined) throw new Error(`no word for ${key}`);
  return word.replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");
}

/** What the desk tells in both languages: task_de and task_en, or why and why_en. */
export const told = (one, key) => one?.[`${key}_${lang}`] || (lang === "en" ? "" : one?.[key]) || one?.[key] || one?.[`${key}_de`] || "";

const locale = () => (lang === "de" ? "de-DE" : "en-GB");

export const number = (value, places = 0) => Number(value).toLocaleString(locale(), { maximumFractionDigits: places });
export const hhmm = (seconds) => `${String(Math.floor(seconds / 3600)).padStart(2, "0")}:${String(Math.floor((seconds % 3600) / 60)).padStart(2, "0")}`;
export const clock = (instant, zone = "Europe/Berlin") => new Date(instant).toLocaleTimeString(locale(), { hour: "2-digit", minute: "2-digit", timeZone: zone });
export const longDate = (iso) => new Date(`${iso}T12:00:00`).toLocaleDateString(locale(), { weekday: "long", day: "numeric", month: "long" });
export const shortDate = (iso) => new Date(`${iso}T12:00:00`).toLocaleDateString(locale(), { weekday: "short", day: "numeric", month: "numeric" });
export const toMinutes = (seconds) => Math.max(0, Math.round(seconds / 60));

/** How long something is, as roughly as people say it. */
export function roughly(milliseconds) {
  const minutes = Math.round(milliseconds / 60_000);
  if (minutes < 120) return `${minutes} ${say("minutes")}`;
  return minutes < 2880 ? `${Math.round(minutes / 60)} ${say("hours")}` : `${Math.round(minutes / 1440)} ${say("days")}`;
}

/** A number for a field that is typed into: no groups of thousands. */
export const typed = (value, places = 0) => Number(value).toLocaleString(locale(), { maximumFractionDigits: places, useGrouping: false });

/** A number as people type it: "1,5" or "1.5"; NaN for anything else. */
export const asNumber = (text) => (/^\s*\d+([.,]\d+)?\s*$/.test(text) ? Number(text.trim().replace(",", ".")) : NaN);
