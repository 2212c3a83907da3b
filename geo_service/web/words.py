"""Floor 8: the words of the pages drawn on the server, German first, English on request."""

from __future__ import annotations

from datetime import date
from typing import Literal

from geo_service.outputs.words import WEEKDAYS

Lang = Literal["de", "en"]

WORDS: dict[Lang, dict[str, str]] = {
    "de": {
        "access": "Zugang",
        "app": "App",
        "app_name": "Flächenpflege – Tagesarbeit",
        "app_short": "Tagesarbeit",
        "area": "Fläche",
        "back": "zurück",
        "bad_date": "„{text}“ ist kein Datum",
        "bad_date_remedy": "Ein Datum sieht so aus: 2026-11-23.",
        "break": "Pause",
        "calendar": "Kalender",
        "contaminated": "Altlast vorhanden",
        "contamination_unknown": "Altlasten: unbekannt",
        "crew": "Kolonne",
        "done": "erledigt",
        "drive": "Fahrt",
        "hazard": "Gefahr",
        "load": "Abfuhr",
        "map": "Karte",
        "minutes": "Min.",
        "navigate": "Route",
        "no_day": "Am {day} fährt {crew} nicht",
        "no_day_remedy": "Der gültige Plan hat für diese Kolonne an diesem Tag keine Liste. Andere Tage:",
        "no_plan": "Es gilt noch kein Plan",
        "no_plan_remedy": "Zuerst planen: auf der Karte mit „Planen“ oder mit `geo-service plan`.",
        "people": "Personen",
        "picture": "Skizze der Fahrt, Norden oben",
        "plan": "Plan",
        "print": "PDF",
        "rule": "Vorschrift",
        "same_place": "am selben Ort",
        "sample": "Schematische Beispieldaten",
        "sign_in": "Bitte anmelden",
        "sign_in_remedy": "Die Liste zeigt Zugänge und Gefahren und ist nur für die Kolonne und die Planung da. "
        "Den Anmeldelink zeigt das Programm beim Start; Telefone meldet die Planung an.",
        "skip": "Zur Liste",
        "start": "Start",
        "stop": "Stopp",
        "stops": "Stopps",
        "title": "Tagesliste",
        "to": "bis",
        "total": "gesamt",
        "track": "GPX",
        "via": "über",
        "wait": "Wartezeit bis",
        "why": "Anlass",
        "work": "Arbeit",
    },
    "en": {
        "access": "Access",
        "app": "App",
        "app_name": "Care of plots – day's work",
        "app_short": "Day's work",
        "area": "Area",
        "back": "back",
        "bad_date": "“{text}” is no date",
        "bad_date_remedy": "A date looks like this: 2026-11-23.",
        "break": "Break",
        "calendar": "Calendar",
        "contaminated": "Contaminated ground",
        "contamination_unknown": "Contamination: unknown",
        "crew": "Crew",
        "done": "done",
        "drive": "Drive",
        "hazard": "Hazard",
        "load": "Load",
        "map": "Map",
        "minutes": "min",
        "navigate": "Navigate",
        "no_day": "{crew} does not go out on {day}",
        "no_day_remedy": "The plan in force has no list for this crew on this day. Other days:",
        "no_plan": "There is no plan in force yet",
        "no_plan_remedy": "Plan first: on the map with “Plan”, or with `geo-service plan`.",
        "people": "people",
        "picture": "Sketch of the way, north up",
        "plan": "Plan",
        "print": "PDF",
        "rule": "Rule",
        "same_place": "at the same place",
        "sample": "Schematic sample data",
        "sign_in": "Please sign in",
        "sign_in_remedy": "The list shows ways in and hazards and is only for the crew and the planners. "
        "The program prints the sign-in link when it starts; planners sign phones in.",
        "skip": "To the list",
        "start": "Start",
        "stop": "Stop",
        "stops": "stops",
        "title": "Day list",
        "to": "to",
        "total": "in total",
        "track": "GPX",
        "via": "via",
        "wait": "wait until",
        "why": "Reason",
        "work": "Work",
    },
}


def as_lang(text: str) -> Lang:
    """Return the language asked for; German unless English is asked for."""
    return "en" if text.lower().startswith("en") else "de"


def short_date(day: date, lang: Lang) -> str:
    """Write a date for a button.

    Examples
    --------
    >>> short_date(date(2026, 11, 23), "de"), short_date(date(2026, 11, 23), "en")
    ('Mo 23.11.', 'Mon 23/11')
    """
    if lang == "de":
        return f"{WEEKDAYS[lang][day.weekday()][:2]} {day.day}.{day.month}."
    return f"{WEEKDAYS[lang][day.weekday()][:3]} {day.day}/{day.month}"
