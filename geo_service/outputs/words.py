"""Floor 7: the words on lists, sheets and maps, German first, English on request."""

from __future__ import annotations

from datetime import date

WORDS: dict[str, dict[str, str]] = {
    "de": {
        "access": "Zugang",
        "actual": "wirklich",
        "address": "Adresse",
        "announced": "angekündigt",
        "arrival": "Ankunft",
        "back": "Rückkehr",
        "break": "Pause",
        "cancelled": "entfällt",
        "clean_unknown": "Altlasten: unbekannt",
        "clock": "Uhr",
        "contaminated": "Altlast: ja",
        "crew": "Kolonne",
        "crew_size": "Personen",
        "date": "Tag",
        "day": "Tagesliste",
        "depot": "Betriebshof",
        "drive": "Fahrt",
        "drive_min": "Fahrt min",
        "dry": "trocken",
        "end_of_work": "Arbeitsende",
        "first_stop": "Zum ersten Stopp",
        "from": "ab",
        "hazard": "Achtung",
        "heed": "Zu beachten",
        "hints": "Hinweise",
        "idle": "kein Einsatz an diesem Tag",
        "length": "Strecke",
        "link": "Liste auf dem Telefon",
        "load": "laden",
        "locked": "fest eingeplant",
        "map": "Karte der Fahrt: Route mit nummerierten Stopps",
        "minutes": "min",
        "no_key": "ohne Schlüssel",
        "nothing": "Für diesen Tag ist nichts eingeplant.",
        "now": "jetzt",
        "number": "Nr.",
        "odometer": "gefahren",
        "of": "von",
        "page": "Seite",
        "people": "Personen",
        "person": "Person",
        "plot": "Fläche",
        "plot_map": "Karte der Fläche",
        "plot_maps": "Karten der Flächen",
        "plots": "Flächen",
        "quarters": "Ortsteile",
        "reason": "Grund",
        "remarks": "Bemerkungen",
        "rule": "Vorschrift",
        "sample": "Schematische Beispieldaten",
        "scan": "Code",
        "see_list": "Hinweise: siehe Liste",
        "shift": "Zeit",
        "signature": "Unterschrift",
        "stop": "Stopp",
        "stops": "Stopps",
        "stops_column": "Stopps",
        "streets": "Straßen",
        "task": "Arbeit",
        "temperature": "Temperatur",
        "total": "Summe",
        "unload": "abladen",
        "unserved": "Nicht eingeplant",
        "urgent": "EILT",
        "vehicle": "Fahrzeug",
        "volume": "Abfuhr",
        "wait": "Wartezeit",
        "waste": "Abfuhr nach AVV-Schlüssel",
        "weather": "Wetter",
        "week": "Wochenheft",
        "wet": "nass",
        "why": "Anlass",
        "wind": "Wind",
        "work": "Arbeit",
        "work_column": "Arbeit",
    },
    "en": {
        "access": "Access",
        "actual": "actual",
        "address": "Address",
        "announced": "announced for",
        "arrival": "Arrival",
        "back": "Return",
        "break": "Break",
        "cancelled": "cancelled",
        "clean_unknown": "Contamination: unknown",
        "clock": "",
        "contaminated": "Contaminated: yes",
        "crew": "Crew",
        "crew_size": "People",
        "date": "Day",
        "day": "Day list",
        "depot": "Depot",
        "drive": "Drive",
        "drive_min": "Drive min",
        "dry": "dry",
        "end_of_work": "End of work",
        "first_stop": "To the first stop",
        "from": "from",
        "hazard": "Danger",
        "heed": "Take care",
        "hints": "Notes",
        "idle": "does not go out this day",
        "length": "Distance",
        "link": "List on the phone",
        "load": "load",
        "locked": "fixed",
        "map": "Map of the way: route with numbered stops",
        "minutes": "min",
        "no_key": "without a key",
        "nothing": "Nothing is planned for this day.",
        "now": "now",
        "number": "No.",
        "odometer": "driven",
        "of": "of",
        "page": "Page",
        "people": "people",
        "person": "person",
        "plot": "Plot",
        "plot_map": "Map of the plot",
        "plot_maps": "Maps of the plots",
        "plots": "Plots",
        "quarters": "Districts",
        "reason": "Reason",
        "remarks": "Remarks",
        "rule": "Rule",
        "sample": "Schematic sample data",
        "scan": "Code",
        "see_list": "notes: see the list",
        "shift": "Time",
        "signature": "Signature",
        "stop": "Stop",
        "stops": "stops",
        "stops_column": "Stops",
        "streets": "Streets",
        "task": "Work",
        "temperature": "Temperature",
        "total": "Total",
        "unload": "unload",
        "unserved": "Unserved",
        "urgent": "URGENT",
        "vehicle": "Vehicle",
        "volume": "Load",
        "wait": "waiting",
        "waste": "Load by AVV key",
        "weather": "Weather",
        "week": "Week",
        "wet": "wet",
        "why": "Reason",
        "wind": "wind",
        "work": "work",
        "work_column": "Work",
    },
}

STATES: dict[str, dict[str, str]] = {
    "de": {
        "registered": "erfasst",
        "cleared": "geräumt",
        "greened": "begrünt",
        "maintained": "in Pflege",
        "set_aside": "zurückgestellt",
        "returned": "zurückgegeben",
    },
    "en": {
        "registered": "registered",
        "cleared": "cleared",
        "greened": "greened",
        "maintained": "maintained",
        "set_aside": "set aside",
        "returned": "returned",
    },
}

KEPT_OUT: dict[str, dict[str, str]] = {
    "de": {
        "season": "außerhalb der Saison",
        "state": "Fläche ruht oder ist zurückgegeben",
        "tenure": "ohne Nutzungsrecht in dieser Zeit",
        "contaminated": "Altlast",
        "contamination_unknown": "Altlasten ungeklärt",
        "predecessor": "andere Arbeit geht voraus",
        "law": "vom Gesetz verboten",
    },
    "en": {
        "season": "out of season",
        "state": "plot set aside or returned",
        "tenure": "no right to work there then",
        "contaminated": "contaminated",
        "contamination_unknown": "contamination unknown",
        "predecessor": "other work comes first",
        "law": "forbidden by law",
    },
}
"""Why work is kept out of a plan, by the code that `geo_service.work.reasons` gives."""

WEEKDAYS: dict[str, tuple[str, ...]] = {
    "de": ("Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag", "Samstag", "Sonntag"),
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
}
MONTHS: dict[str, tuple[str, ...]] = {
    "de": (
        *("Januar", "Februar", "März", "April", "Mai", "Juni"),
        *("Juli", "August", "September", "Oktober", "November", "Dezember"),
    ),
    "en": (
        *("January", "February", "March", "April", "May", "June"),
        *("July", "August", "September", "October", "November", "December"),
    ),
}


def words(lang: str) -> dict[str, str]:
    """Return the words of a language: English for ``"en"``, German for everything else."""
    return WORDS["en" if lang == "en" else "de"]


def long_date(on: date, lang: str) -> str:
    """Write a date in full.

    Examples
    --------
    >>> long_date(date(2026, 11, 23), "de"), long_date(date(2026, 11, 23), "en")
    ('Montag, 23. November 2026', 'Monday, 23 November 2026')
    """
    known = "en" if lang == "en" else "de"
    point = "" if known == "en" else "."
    return f"{WEEKDAYS[known][on.weekday()]}, {on.day}{point} {MONTHS[known][on.month - 1]} {on.year}"


def numeric_date(on: date, lang: str) -> str:
    """Write a date in figures.

    Examples
    --------
    >>> numeric_date(date(2026, 11, 23), "de"), numeric_date(date(2026, 11, 23), "en")
    ('23.11.2026', '2026-11-23')
    """
    return on.isoformat() if lang == "en" else f"{on:%d.%m.%Y}"


def number(value: float, lang: str, places: int = 0) -> str:
    """Write a number with the separators of a language.

    Examples
    --------
    >>> number(1234.5, "de", 1), number(1234.5, "en", 1)
    ('1.234,5', '1,234.5')
    """
    text = f"{value:,.{places}f}"
    return text if lang == "en" else text.translate(str.maketrans(",.", ".,"))


def kilometres(metres: float, lang: str) -> str:
    """Write a length in kilometres with one decimal.

    Examples
    --------
    >>> kilometres(12345, "de"), kilometres(12345, "en")
    ('12,3 km', '12.3 km')
    """
    return f"{number(metres / 1000, lang, 1)} km"
