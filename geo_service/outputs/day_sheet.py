"""Floor 7: the day sheet on A4: for each crew a page with map, stops to tick off, notes and a QR code.

Set by Typst. Every text goes in as JSON data and is never read as markup; fonts are those that come with matplotlib.
"""

from __future__ import annotations

import io
import re
from datetime import datetime
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from threading import Lock
from typing import Any
from urllib.parse import quote, urlsplit

import matplotlib as mpl
import orjson
import segno
import typst

from geo_service.base.clock import hhmm, require_aware
from geo_service.base.units import minutes
from geo_service.outputs.day import Day, DayBreak, DayCrew, DayStop, DayTrip
from geo_service.outputs.day_map import day_figure, extent_m
from geo_service.outputs.day_sums import day_sums
from geo_service.outputs.day_trip import trip_title
from geo_service.outputs.map_streets import MapStreets, map_streets
from geo_service.outputs.plain import plain_values
from geo_service.outputs.words import long_date, words
from geo_service.streets.network import StreetNetwork

WIDE = 1.45
"""A way whose extent is at least so much wider than high gets a map of the whole width of the page."""

FEW = 6
"""So many stops leave room for a larger map."""

LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})

COLUMNS = ("number", "", "arrival", "plot", "task", "minutes", "drive", "hints")

_LONG_WORD = re.compile(r"\S{23,}")
_PIECE = re.compile(r"[^/._-]{1,14}[/._-]{0,2}|[/._-]{1,14}")
_DRAWING = Lock()  # matplotlib's fonts are not made for several threads

Data = dict[str, Any]


def day_sheet(
    day: Day, *, at: datetime, network: StreetNetwork | None = None, base_url: str = "", lang: str = "de"
) -> bytes:
    """Return the day, of one crew or of all, as a PDF with a page per crew; 12 visits fit on one page.

    The same day and ``at`` give the same bytes.

    Parameters
    ----------
    at
        When the sheet is made, aware; stands in the file's properties.
    network
        Streets for the maps; without it the routes stand alone.
    base_url
        Where the desk is reached from a phone; the QR code then leads to the crew's page, else to the first stop.
    """
    day = plain_values(day)
    streets = map_streets(network, day.epsg) if network is not None else None
    licence = day.licence or (network.licence if network is not None else "")
    said = words(lang)
    notes = [*day.notes, *([f"{said['streets']}: {licence}"] if licence else [])]
    sheet: Data = {
        "lang": "en" if lang == "en" else "de",
        "title": f"{said['day']} {long_date(day.on, lang)}",
        "date": long_date(day.on, lang),
        "notes": _breakable(" · ".join(notes)),
        "words": {**said, "columns": [said.get(name, "") for name in COLUMNS]},
        "crews": [_crew(day, crew, streets, base_url, lang) for crew in day.crews],
    }
    compiled = typst.compile(
        (files("geo_service.outputs") / "day_sheet.typ").read_bytes(),
        font_paths=_fonts(),
        sys_inputs={"sheet": orjson.dumps(sheet).decode()},
        timestamp=int(require_aware(at).timestamp()),
    )
    return bytes(compiled)


def _crew(day: Day, crew: DayCrew, streets: MapStreets | None, base_url: str, lang: str) -> Data:
    said = words(lang)
    link, link_words = _link(day, crew, base_url, lang)
    alone = day.only(crew.crew)
    wide, size_mm = map_size(alone)
    return {
        "code": crew.crew,
        "name": _breakable(crew.name),
        "facts": [
            (said["vehicle"], _breakable(crew.vehicle)),
            (said["crew_size"], str(crew.people)),
            (said["shift"], f"{hhmm(crew.start_s)}–{hhmm(crew.end_s)}"),
            (said["depot"], _breakable(crew.depot_name)),
        ],
        "qr": _qr(link),
        "link": link,
        "link_words": link_words,
        "wide": wide,
        "map": _map(alone, streets, size_mm, lang),
        "map_width": size_mm[0],
        "map_height": size_mm[1],
        "inset": 1.6 if len(crew.stops) <= FEW else 0.95,
        "agenda": [_entry(entry, lang) for entry in crew.agenda()],
        "end": {
            "arrival": hhmm(crew.end_s),
            "title": f"{said['back']}: {_breakable(crew.last_name)}",
            "drive": str(minutes(crew.way_back_s)),
        },
        "sums": day_sums(crew, lang),
    }


def map_size(day: Day) -> tuple[bool, tuple[float, float]]:
    """Return whether a crew's map lies below the header, not beside it, and its width and height in millimetres."""
    few = len(day.crews[0].stops) <= FEW
    across, up = extent_m(day)
    if across >= WIDE * up:
        return True, (186.0, 110.0 if few else 84.0)
    return False, (120.0, 125.0 if few else 110.0)


def _entry(entry: DayStop | DayTrip | DayBreak, lang: str) -> Data:
    if isinstance(entry, DayBreak):
        return _break(entry, lang)
    return _trip(entry, lang) if isinstance(entry, DayTrip) else _stop(entry, lang)


def _trip(trip: DayTrip, lang: str) -> Data:
    return {
        "kind": "trip",
        "arrival": hhmm(trip.arrival_s),
        "title": _breakable(trip_title(trip, lang)),
        "hours": f"{hhmm(trip.start_s)}–{hhmm(trip.end_s)}",
        "minutes": str(minutes(trip.end_s - trip.start_s)),
        "drive": str(minutes(trip.drive_s)),
        "hint": _breakable(trip.address),
    }


def _stop(stop: DayStop, lang: str) -> Data:
    said = words(lang)
    hints = [
        (said["hazard"], stop.hazard_note, True),
        ("", said["contaminated"] if stop.contamination == "yes" else "", True),
        (said["access"], stop.access_note, False),
        ("", stop.rule_note, False),
        ("", said["clean_unknown"] if stop.contamination == "unknown" else "", False),
    ]
    return {
        "kind": "stop",
        "order": str(stop.order),
        "arrival": hhmm(stop.arrival_s),
        "start": f"{said['from']} {hhmm(stop.start_s)}" if stop.start_s - stop.arrival_s >= 60 else "",
        "plot": _breakable(stop.plot),
        "quarter": _breakable(stop.quarter),
        "address": _breakable(stop.address or stop.plot_name),
        "task": _breakable(stop.task_in(lang)),
        "minutes": str(minutes(stop.end_s - stop.start_s)),
        "drive": str(minutes(stop.drive_s)),
        "hints": [(name, _breakable(hint), strong) for name, hint, strong in hints if hint],
    }


def _break(rest: DayBreak, lang: str) -> Data:
    return {
        "kind": "break",
        "arrival": hhmm(rest.start_s),
        "title": f"{words(lang)['break']} {hhmm(rest.start_s)}–{hhmm(rest.end_s)}",
        "minutes": str(minutes(rest.end_s - rest.start_s)),
    }


def _map(day: Day, streets: MapStreets | None, size_mm: tuple[float, float], lang: str) -> str:
    out = io.StringIO()
    with _DRAWING:
        figure = day_figure(day, streets=streets, size_mm=size_mm, lang=lang, credit=False)
        figure.savefig(out, format="svg", metadata={"Date": None})
    return out.getvalue()


def _link(day: Day, crew: DayCrew, base_url: str, lang: str) -> tuple[str, str]:
    """Return where the QR code leads and what stands below it; no phone reaches a desk on this machine alone."""
    if base_url and urlsplit(base_url).hostname not in LOOPBACK:
        return f"{base_url.rstrip('/')}/crew/{quote(crew.crew, safe='')}?date={day.on.isoformat()}", words(lang)["link"]
    lon, lat = (crew.stops[0].lon, crew.stops[0].lat) if crew.stops else crew.depot
    return f"geo:{lat:.6f},{lon:.6f}", words(lang)["first_stop"]


def _qr(content: str) -> str:
    out = io.BytesIO()
    segno.make_qr(content, error="m").save(out, kind="svg", border=2, xmldecl=False)
    return out.getvalue().decode()


def _breakable(text: str) -> str:
    """Return ``text`` with places to break a line in words that are too long for a column, after signs if possible."""
    return _LONG_WORD.sub(lambda word: "\u200b".join(_PIECE.findall(word[0])), text)


@lru_cache(maxsize=1)
def _fonts() -> typst.Fonts:
    folder = Path(mpl.get_data_path()) / "fonts" / "ttf"
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[folder])
