"""Floor 7: the words of a trip to a facility, as they stand on every list."""

from __future__ import annotations

from geo_service.base.clock import hhmm
from geo_service.outputs.day import DayTrip
from geo_service.outputs.words import number, words


def trip_title(trip: DayTrip, lang: str) -> str:
    """Return where a trip leads and what is done there.

    Examples
    --------
    >>> trip = DayTrip(3, "tip-1", "Wertstoffhof Nord", "", 0, 37_200, 38_100, 300, 2_000, 5.2, 0.0, None)
    >>> trip_title(trip, "de"), trip_title(trip, "en")
    ('→ Wertstoffhof Nord: 5,2 m³ abladen', '→ Wertstoffhof Nord: unload 5.2 m³')
    """
    return ": ".join(part for part in (f"→ {trip.name}", what_is_done(trip, lang)) if part)


def what_is_done(trip: DayTrip, lang: str) -> str:
    """Return what is unloaded and loaded: ``"5,2 m³ abladen, 2,0 m³ laden"``, or nothing."""
    said = words(lang)
    return ", ".join(
        f"{word} {number(m3, lang, 1)} m³" if lang == "en" else f"{number(m3, lang, 1)} m³ {word}"
        for m3, word in ((trip.unloaded_m3, said["unload"]), (trip.loaded_m3, said["load"]))
        if m3 > 0
    )


def trip_line(trip: DayTrip, lang: str) -> str:
    """Return the title of a trip with its hours: ``"→ Wertstoffhof Nord: 5,2 m³ abladen, 10:20–10:35"``."""
    return f"{trip_title(trip, lang)}, {hhmm(trip.start_s)}–{hhmm(trip.end_s)}"
