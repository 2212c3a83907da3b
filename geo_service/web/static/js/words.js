/** The words of the map, German first. Every key stands in both languages; `say` fails loudly on a key that does not. */

export const WORDS = {
  de: {
    brand: "Flächenpflege", break: "Pause", cancel: "Abbrechen", close: "Schließen", crews: "Kolonnen",
    days: "Tage des Plans", depot: "Betriebshof", details: "Einzelheiten", drive: "Fahrt",
    failed: "Die Daten konnten nicht geladen werden", hazard: "Gefahr", hectares: "ha", km: "km", inbox: "Posteingang", language: "Sprache",
    legend: "Legende", legend_plots: "Flächen nach Stand", legend_public: "Flächen", loading: "Karte wird geladen …",
    map: "Karte", minutes: "Min.", nav_in: "Näher heran", nav_out: "Weiter weg",
    no_crew_today: "An diesem Tag ist keine Kolonne unterwegs.", no_hits: "Nichts gefunden",
    no_library: "Die Kartenbibliothek fehlt. Abhilfe: das Programm neu installieren (pip install -e .).",
    no_plan: "Es gilt noch kein Plan. Mit „Planen“ entsteht der erste.", no_plan_viewer: "Es gilt noch kein Plan.",
    no_plots: "Noch keine Flächen. Abhilfe: geo-service import plots DATEI",
    no_visits: "Im Plan sind keine Besuche vorgesehen.",
    no_webgl: "Dieser Browser zeigt keine Karten (WebGL fehlt). Die Tageslisten gehen trotzdem.",
    offline: "Keine Verbindung zum Programm", only: "nur diese", open: "offen", open_list: "Tagesliste öffnen",
    panel: "Tagesplanung", plan: "Planen", plan_busy: "Es läuft schon eine Planung.",
    plan_cancelled: "Abgebrochen, der bisherige Plan gilt weiter.", plan_days: "Tage", plan_done: "Neuer Plan gilt.",
    plan_failed: "Die Planung ist gescheitert", plan_from: "ab", plan_seconds: "Rechenzeit (s)", planning: "Planung",
    retry: "Erneut versuchen", returns: "zurück", rule: "Vorschrift", sample: "Schematische Beispieldaten",
    search: "Fläche oder Adresse suchen", show_all: "Alle zeigen",
    sign_in: "Sie sehen die öffentlichen Ebenen. Für Touren und Planung: den Anmeldelink öffnen, den das Programm beim Start ausgibt.",
    sign_out: "Abmelden", skip: "Zur Tagesplanung", square_metres: "m²", state: "Stand", stop_one: "Stopp",
    stops: "Stopps", to: "bis", today: "heute", unserved: "Nicht eingeplant",
    unserved_none: "Alles, was fällig ist, ist eingeplant.", visits: "Kommende Besuche", why: "Anlass",
  },
  en: {
    brand: "Plot care", break: "Break", cancel: "Cancel", close: "Close", crews: "Crews", days: "Days of the plan",
    depot: "Depot", details: "Details", drive: "drive", failed: "The data could not be loaded", hazard: "Hazard",
    hectares: "ha", inbox: "Inbox", km: "km", language: "Language", legend: "Legend", legend_plots: "Plots by state",
    legend_public: "Plots", loading: "Loading the map …", map: "Map", minutes: "min", nav_in: "Zoom in",
    nav_out: "Zoom out", no_crew_today: "No crew goes out on this day.", no_hits: "Nothing found",
    no_library: "The map library is missing. Remedy: install the program again (pip install -e .).",
    no_plan: "There is no plan in force yet. “Plan” makes the first.",
    no_plan_viewer: "There is no plan in force yet.", no_plots: "No plots yet. Remedy: geo-service import plots FILE",
    no_visits: "The plan holds no visits here.",
    no_webgl: "This browser shows no maps (WebGL is missing). The day lists work all the same.",
    offline: "No connection to the program", only: "only this", open: "unserved", open_list: "Open day list",
    panel: "The day's plan", plan: "Plan", plan_busy: "A planning run is on already.",
    plan_cancelled: "Cancelled; the former plan stays in force.", plan_days: "days",
    plan_done: "A new plan is in force.", plan_failed: "Planning failed", plan_from: "from",
    plan_seconds: "computing (s)", planning: "Planning", retry: "Try again", returns: "back", rule: "Rule",
    sample: "Schematic sample data", search: "Find a plot or address", show_all: "Show all",
    sign_in: "You see the public layers. For routes and planning open the sign-in link that the program prints when it starts.",
    sign_out: "Sign out", skip: "To the day's plan", square_metres: "m²", state: "State", stop_one: "stop",
    stops: "stops", to: "to", today: "today", unserved: "Not planned", unserved_none: "All that is due is planned.",
    visits: "Coming visits", why: "Reason",
  },
};

/** Names of the fields of a plot and of their values, in the order they are shown. */
export const FIELDS = {
  de: {
    code: "Kürzel", name: "Name", state: "Stand", address: "Adresse", quarter: "Ortsteil", area_m2: "Fläche",
    parcels: "Flurstücke", care_areas: "Pflegeflächen", access_note: "Zugang", hazard_note: "Gefahr",
    contamination: "Altlasten", baunvo: "Gebietsart", owner_kind: "Eigentum", tenure: "Nutzungsrecht",
    tenure_kind: "Nutzungsrecht", tenure_from: "Recht ab", tenure_until: "Recht bis", public: "Öffentlich",
    source: "Quelle", access_lon: "Zugang Länge", access_lat: "Zugang Breite", source_id: "Nummer der Quelle", plot_id: "Kennung", sample: "Beispieldaten", licence: "Lizenz",
    history: "Verlauf", updated_at: "Geändert", revision: "Fassung",
  },
  en: {
    code: "Code", name: "Name", state: "State", address: "Address", quarter: "Quarter", area_m2: "Area",
    parcels: "Parcels", care_areas: "Care areas", access_note: "Access", hazard_note: "Hazard",
    contamination: "Contamination", baunvo: "Land use", owner_kind: "Owner", tenure: "Tenure",
    tenure_kind: "Tenure", tenure_from: "Tenure from", tenure_until: "Tenure until", public: "Public",
    source: "Source", access_lon: "Access longitude", access_lat: "Access latitude", source_id: "Number at the source", plot_id: "Id", sample: "Sample data", licence: "Licence",
    history: "History", updated_at: "Changed", revision: "Revision",
  },
};

export const VALUES = {
  de: {
    state: {
      registered: "erfasst", cleared: "geräumt", greened: "begrünt", maintained: "in Pflege",
      set_aside: "zurückgestellt", returned: "zurückgegeben", public: "Fläche im Register",
    },
    owner_kind: {
      city: "Stadt", private: "privat", company: "Unternehmen", state: "Land oder Bund", church: "Kirche",
      railway: "Bahn", unknown: "unbekannt",
    },
    tenure: { own: "eigene Fläche", permission: "Gestattungsvereinbarung", lease: "Pacht", none: "keines" },
    contamination: { yes: "Altlast vorhanden", no: "keine Altlast", unknown: "unbekannt" },
    baunvo: {
      WS: "Kleinsiedlungsgebiet (WS)", WR: "Reines Wohngebiet (WR)", WA: "Allgemeines Wohngebiet (WA)",
      WB: "Besonderes Wohngebiet (WB)", MD: "Dorfgebiet (MD)", MI: "Mischgebiet (MI)", MU: "Urbanes Gebiet (MU)",
      MK: "Kerngebiet (MK)", GE: "Gewerbegebiet (GE)", GI: "Industriegebiet (GI)", SO_recreation: "Sondergebiet Erholung",
      SO_clinic: "Sondergebiet Klinik", SO_other: "Sondergebiet", unknown: "unbekannt (gilt als Wohngebiet)",
    },
    care: {
      lawn: "Rasen", meadow: "Wiese", hedge: "Hecke", shrubs: "Sträucher", trees: "Bäume", path: "Wege",
      litter: "Müllsammeln", wild: "Wildwuchs",
    },
    bool: { true: "ja", false: "nein" },
    stage: {
      "": "Wartet", "reading the workspace": "Daten lesen", "working out what is due": "Fällige Arbeiten ermitteln",
      "travel times": "Fahrzeiten rechnen", placing: "Besuche einplanen", searching: "Plan suchen", "ordering days": "Tage ordnen", "checking the plan": "Plan prüfen",
      "drawing the routes": "Touren zeichnen", "keeping the plan": "Plan speichern",
    },
  },
  en: {
    state: {
      registered: "registered", cleared: "cleared", greened: "greened", maintained: "maintained",
      set_aside: "set aside", returned: "returned", public: "registered plot",
    },
    owner_kind: {
      city: "city", private: "private", company: "company", state: "state", church: "church", railway: "railway",
      unknown: "unknown",
    },
    tenure: { own: "own ground", permission: "permission of the owner", lease: "lease", none: "none" },
    contamination: { yes: "contaminated", no: "not contaminated", unknown: "unknown" },
    baunvo: {
      WS: "small housing area (WS)", WR: "purely residential (WR)", WA: "general residential (WA)",
      WB: "special residential (WB)", MD: "village area (MD)", MI: "mixed area (MI)", MU: "urban area (MU)",
      MK: "core area (MK)", GE: "business area (GE)", GI: "industrial area (GI)", SO_recreation: "recreation area",
      SO_clinic: "clinic area", SO_other: "special area", unknown: "unknown (treated as residential)",
    },
    care: {
      lawn: "lawn", meadow: "meadow", hedge: "hedge", shrubs: "shrubs", trees: "trees", path: "paths",
      litter: "litter picking", wild: "wild growth",
    },
    bool: { true: "yes", false: "no" },
    stage: { "": "waiting" },
  },
};
