"""Floor 7: a crew's day as the data of its printed page, for `day_sheet.typ`: texts broken, codes and maps drawn."""

from __future__ import annotations

import io
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from threading import Lock
from typing import Any

from matplotlib.figure import Figure

from geo_service.base.clock import hhmm
from geo_service.base.units import minutes
from geo_service.outputs.day import Day, DayBreak, DayCrew, DayStop, DayTrip
from geo_service.outputs.day_codes import code_svg, day_link, stop_link
from geo_service.outputs.day_map import day_figure, extent_m
from geo_service.outputs.day_marks import announced_hours
from geo_service.outputs.day_plot_map import plot_figure
from geo_service.outputs.day_sums import day_sums, waste_m3, waste_name
from geo_service.outputs.day_trip import trip_title
from geo_service.outputs.map_streets import MapStreets
from geo_service.outputs.words import long_date, number, words

WIDE = 1.45
"""A way so much wider than high gets a map of the whole width of the page, if there is room."""

PAGE_MM = 271.0
"""Height between the margins of a page."""

CODE_MM = 9.8
"""Side of the code of a stop; see `_row_mm` for what else makes a row high."""

HEAD_MM = 43.0
"""What stands above a wide map."""

_LINE_MM, _SIGNS_PER_LINE = 2.95, 37
_HIGHEST_MM, _USUAL_MM, _LOWEST_MM = 125.0, 110.0, 74.0

_WHOLE_SIGNS = 1500  # notes up to here stand on one page; longer ones may go on overleaf

_LONG_WORD = re.compile(r"\S{23,}")
_PIECE = re.compile(r"[^/._-]{1,14}[/._-]{0,2}|[/._-]{1,14}")
_DRAWING = Lock()  # matplotlib's fonts are not made for several threads

Data = dict[str, Any]


@dataclass(frozen=True)
class Paper:
    """What the pages need beside the day: streets for the maps, where phones reach the desk, the language."""

    streets: MapStreets | None = None
    base_url: str = ""
    lang: str = "de"
    plot_maps: bool = False


def page_data(day: Day, crew: DayCrew, paper: Paper) -> Data:
    """Return the data of one crew's page, and of the pages with the maps of its plots if these are wanted."""
    lang = paper.lang
    said = words(lang)
    link, link_words = day_link(day, crew, paper.base_url, lang)
    alone = replace(day, crews=(crew,))
    wide, size_mm = map_size(alone)
    return {
        "code": crew.crew,
        "name": breakable(crew.name),
        "date": long_date(day.on, lang),
        "notes": notes_of(day, paper),
        "facts": [
            (said["vehicle"], breakable(crew.vehicle)),
            (said["crew_size"], str(crew.people)),
            (said["shift"], f"{hhmm(crew.start_s)}–{hhmm(crew.end_s)}"),
            (said["depot"], breakable(crew.depot_name)),
        ],
        "qr": code_svg(link),
        "link": link,
        "link_words": link_words,
        "wide": wide,
        "map": drawn(day_figure, alone, streets=paper.streets, size_mm=size_mm, lang=lang, credit=False),
        "map_width": size_mm[0],
        "map_height": size_mm[1],
        "agenda": [_entry(day, crew, entry, paper) for entry in crew.agenda()],
        "end": {
            "arrival": hhmm(crew.end_s),
            "title": f"{said['back']}: {breakable(crew.last_name)}",
            "drive": str(minutes(crew.way_back_s)),
        },
        "sums": day_sums(crew, lang),
        "waste": [
            {"key": key, "name": waste_name(key, lang), "m3": _m3(m3, lang)} for key, m3 in waste_m3(crew).items()
        ],
        "plots": _plot_cards(day, crew, paper) if paper.plot_maps else [],
    }


def notes_of(day: Day, paper: Paper) -> str:
    """Return what stands at the foot of a page: notes of the plan, and whose the streets are."""
    licence = day.licence or (paper.streets.licence if paper.streets is not None else "")
    return breakable(" · ".join([*day.notes, *([f"{words(paper.lang)['streets']}: {licence}"] if licence else [])]))


def map_size(day: Day) -> tuple[bool, tuple[float, float]]:
    """Return whether a crew's map lies below the header, not beside it, and its width and height in millimetres.

    It is as high as the list leaves room for on one page; a list that is too long for one page anyway goes on.
    """
    crew = day.crews[0]
    between = 5.0 + 4.5 * (len(crew.breaks) + len(crew.trips) + 1)
    foot = 15.0 + 4.0 * math.ceil(len(waste_m3(crew)) / 2)
    room = PAGE_MM - between - foot - sum(_row_mm(stop) for stop in crew.stops)
    across, up = extent_m(day)
    if across >= WIDE * up and room - HEAD_MM >= 62:
        return True, (186.0, min(room - HEAD_MM, _USUAL_MM))
    return False, (120.0, min(room, _HIGHEST_MM) if room >= _LOWEST_MM else _USUAL_MM)


def _row_mm(stop: DayStop) -> float:
    """Return about how high the row of a stop becomes."""
    lines = sum(math.ceil(len(f"{name} {text}") / _SIGNS_PER_LINE) for _, name, text in _hints(stop, "de"))
    task = math.ceil(len(stop.task_de) / 15)
    return max(CODE_MM + 1.2, lines * _LINE_MM + 1.6, task * 3.5 + 1.6)


def _entry(day: Day, crew: DayCrew, entry: DayStop | DayTrip | DayBreak, paper: Paper) -> Data:
    if isinstance(entry, DayBreak):
        return {
            "kind": "break",
            "arrival": hhmm(entry.start_s),
            "title": f"{words(paper.lang)['break']} {hhmm(entry.start_s)}–{hhmm(entry.end_s)}",
            "minutes": str(minutes(entry.end_s - entry.start_s)),
        }
    if isinstance(entry, DayTrip):
        return {
            "kind": "trip",
            "arrival": hhmm(entry.arrival_s),
            "title": breakable(trip_title(entry, paper.lang)),
            "hours": f"{hhmm(entry.start_s)}–{hhmm(entry.end_s)}",
            "minutes": str(minutes(entry.end_s - entry.start_s)),
            "drive": str(minutes(entry.drive_s)),
            "hint": breakable(entry.address),
        }
    said = words(paper.lang)
    link = stop_link(day, crew, entry, paper.base_url)
    return {
        "kind": "stop",
        "order": str(entry.order),
        "arrival": hhmm(entry.arrival_s),
        "start": f"{said['from']} {hhmm(entry.start_s)}" if entry.start_s - entry.arrival_s >= 60 else "",
        "plot": breakable(entry.plot),
        "quarter": breakable(entry.quarter),
        "address": breakable(entry.address or entry.plot_name),
        "task": breakable(entry.task_in(paper.lang)),
        "minutes": str(minutes(entry.end_s - entry.start_s)),
        "drive": str(minutes(entry.drive_s)),
        "volume": _m3(entry.volume_m3, paper.lang) if entry.volume_m3 else "",
        "hints": [(kind, name, breakable(text)) for kind, name, text in _hints(entry, paper.lang)],
        "long": sum(len(text) for _, _, text in _hints(entry, paper.lang)) > _WHOLE_SIGNS,
        "qr": code_svg(link),
        "link": link,
    }


def _hints(stop: DayStop, lang: str) -> list[tuple[str, str, str]]:
    """Return what a crew must know about a stop: how it is shown, what it is called, what it says."""
    said = words(lang)
    urgent = stop.urgent
    hints = [
        ("urgent", said["urgent"], f"{urgent.why} ({urgent.who})" if urgent and urgent.who else ""),
        ("urgent", said["urgent"], urgent.why if urgent and not urgent.who else ""),
        ("kept", announced_hours(stop, lang) or said["locked"], (stop.lock_reason or " ") if stop.locked else ""),
        ("strong", said["hazard"], stop.hazard_note),
        ("strong", "", said["contaminated"] if stop.contamination == "yes" else ""),
        ("plain", said["access"], stop.access_note),
        ("plain", "", stop.rule_note),
        ("plain", "", said["clean_unknown"] if stop.contamination == "unknown" else ""),
    ]
    return [(kind, name, text.strip()) for kind, name, text in hints if text]


def _plot_cards(day: Day, crew: DayCrew, paper: Paper) -> list[Data]:
    """Return a card for each plot of the day, in order, with the numbers of all its stops."""
    groups: dict[str, list[DayStop]] = {}
    for stop in crew.stops:
        groups.setdefault(stop.plot, []).append(stop)
    return [_plot_card(day, crew, stops, paper) for stops in groups.values()]


def _plot_card(day: Day, crew: DayCrew, stops: Sequence[DayStop], paper: Paper) -> Data:
    first = stops[0]
    link = stop_link(day, crew, first, paper.base_url)
    # what holds for one of several works on a plot stands in the list; the card tells what holds for the plot
    seen = dict.fromkeys(hint for stop in stops for hint in _hints(stop, paper.lang) if hint[0] != "kept")
    return {
        "orders": ", ".join(str(stop.order) for stop in stops),
        "plot": breakable(first.plot),
        "address": breakable(first.address or first.plot_name),
        "tasks": breakable(", ".join(_task_and_area(stop, paper.lang) for stop in stops)),
        "hints": [(kind, name, breakable(text)) for kind, name, text in seen],
        "map": drawn(plot_figure, first, streets=paper.streets, epsg=day.epsg, lang=paper.lang),
        "qr": code_svg(link),
        "link": link,
    }


def _task_and_area(stop: DayStop, lang: str) -> str:
    return stop.task_in(lang) + (f" ({number(stop.area_m2, lang)} m²)" if stop.area_m2 >= 1 else "")


def drawn(figure_of: Any, *what: Any, **how: Any) -> str:
    """Return the figure that a function draws, as SVG; one figure is drawn at a time."""
    out = io.StringIO()
    with _DRAWING:
        figure: Figure = figure_of(*what, **how)
        figure.savefig(out, format="svg", metadata={"Date": None})
    return out.getvalue()


def _m3(volume_m3: float, lang: str) -> str:
    return number(volume_m3, lang, 2 if volume_m3 < 1 else 1)


def breakable(text: str) -> str:
    """Return ``text`` with places to break a line in words that are too long for a column, after signs if possible."""
    return _LONG_WORD.sub(lambda word: "\u200b".join(_PIECE.findall(word[0])), text)
