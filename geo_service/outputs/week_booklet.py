"""Floor 7: the booklet of a crew's week as PDF: a cover with days, hours, plots and notes, then each day's sheet."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from geo_service.base.clock import hhmm
from geo_service.base.units import hours
from geo_service.outputs.day import Day, DayCrew
from geo_service.outputs.day_marks import announced_hours
from geo_service.outputs.day_page import Data, Paper, breakable, notes_of, page_data
from geo_service.outputs.day_sheet import typeset
from geo_service.outputs.day_sums import waste_m3, waste_name
from geo_service.outputs.map_streets import map_streets
from geo_service.outputs.plain import plain, plain_values
from geo_service.outputs.words import WEEKDAYS, kilometres, number, numeric_date, words
from geo_service.streets.network import StreetNetwork

COLUMNS = ("date", "shift", "stops_column", "work_column", "drive", "length", "plots")


def week_booklet(
    days: Sequence[Day],
    *,
    name: str,
    at: datetime,
    network: StreetNetwork | None = None,
    base_url: str = "",
    lang: str = "de",
    plot_maps: bool = False,
) -> bytes:
    """Return the days of one crew as a PDF: the cover, then a sheet for each day on which it goes out.

    The same days and ``at`` give the same bytes.

    Parameters
    ----------
    days
        At least one, in order, each with the crew alone, or with none when it stays in; see
        `geo_service.outputs.day_in_force.week_in_force`.
    name
        Of the crew.
    at, network, base_url, lang, plot_maps
        As `geo_service.outputs.day_sheet.day_sheet`; the maps of the plots stand behind the sheet of each day.
    """
    days, name = [plain_values(day) for day in days], plain(name)
    streets = map_streets(network, days[0].epsg) if network is not None else None
    paper = Paper(streets, base_url, lang, plot_maps)
    pages = [page_data(day, crew, paper) for day in days for crew in day.crews]
    crews = [crew for day in days for crew in day.crews]
    span = _span(days[0].on, days[-1].on, lang)
    return typeset(
        pages,
        title=f"{words(lang)['week']} {name}, {span}",
        date=span,
        notes=notes_of(days[0], paper),
        at=at,
        lang=lang,
        cover=_cover(days, crews, name, span, lang),
    )


def _cover(days: Sequence[Day], crews: Sequence[DayCrew], name: str, span: str, lang: str) -> Data:
    said = words(lang)
    plots = dict.fromkeys(stop.plot for crew in crews for stop in crew.stops)
    volumes: dict[str, float] = {}
    for crew in crews:
        for key, m3 in waste_m3(crew).items():
            volumes[key] = volumes.get(key, 0.0) + m3
    facts = [
        (word, breakable(fact))
        for crew in crews[:1]
        for word, fact in (
            (said["vehicle"], crew.vehicle),
            (said["crew_size"], str(crew.people)),
            (said["depot"], crew.depot_name),
        )
    ]
    return {
        "name": f"{said['week']} {breakable(name)}",
        "span": span,
        "facts": facts,
        "columns": [said[column] for column in COLUMNS],
        "days": [_day(day, lang) for day in days],
        "total": [
            str(sum(len(crew.stops) for crew in crews)),
            hours(sum(crew.work_s for crew in crews)),
            hours(sum(crew.drive_s for crew in crews)),
            kilometres(sum(crew.length_m for crew in crews), lang),
        ],
        "plots": f"{len(plots)} {said['plots']}",
        "waste": " · ".join(
            f"{key} {waste_name(key, lang)}".strip() + f": {number(m3, lang, 1)} m³"
            for key, m3 in sorted(volumes.items(), key=lambda one: one[0] or "~")
        ),
        "heed": _heed(days, lang),
    }


def _day(day: Day, lang: str) -> Data:
    if not day.crews:
        idle = {"hours": words(lang)["idle"], "stops": "", "work": "", "drive": "", "length": "", "plots": ""}
        return {"date": _short(day.on, lang), **idle}
    (crew,) = day.crews
    return {
        "date": _short(day.on, lang),
        "hours": f"{hhmm(crew.start_s)}–{hhmm(crew.end_s)}",
        "stops": str(len(crew.stops)),
        "work": hours(crew.work_s),
        "drive": hours(crew.drive_s),
        "length": kilometres(crew.length_m, lang),
        "plots": breakable(", ".join(dict.fromkeys(stop.plot for stop in crew.stops))),
    }


def _heed(days: Sequence[Day], lang: str) -> list[Data]:
    """Return what a crew lead wants to know before the week: urgent and announced stops first, then each hazard once.

    Access and rules stand on the sheets.
    """
    said = words(lang)
    rows: list[Data] = []
    hazards: dict[tuple[str, str], list[date]] = {}
    for day in days:
        for stop in (stop for crew in day.crews for stop in crew.stops):
            when = f"{_short(day.on, lang)} {hhmm(stop.start_s)}"
            if stop.urgent is not None:
                who = f" ({stop.urgent.who})" if stop.urgent.who else ""
                hint = ("urgent", said["urgent"], breakable(f"{stop.urgent.why}{who}"))
                rows.append({"when": when, "plot": breakable(stop.plot), "hint": hint})
            if stop.locked:
                hint = ("kept", announced_hours(stop, lang) or said["locked"], breakable(stop.lock_reason))
                rows.append({"when": when, "plot": breakable(stop.plot), "hint": hint})
            dangers = (stop.hazard_note, said["contaminated"] if stop.contamination == "yes" else "")
            for danger in filter(None, dangers):
                hazards.setdefault((stop.plot, danger), []).append(day.on)
    for (plot, danger), on in hazards.items():
        when = ", ".join(_weekday(one, lang) for one in dict.fromkeys(on))
        rows.append({"when": when, "plot": breakable(plot), "hint": ("strong", "", breakable(danger))})
    return rows


def _weekday(on: date, lang: str) -> str:
    return WEEKDAYS["en" if lang == "en" else "de"][on.weekday()][: 3 if lang == "en" else 2]


def _short(on: date, lang: str) -> str:
    return f"{_weekday(on, lang)} {on.isoformat() if lang == 'en' else f'{on:%d.%m.}'}"


def _span(first: date, last: date, lang: str) -> str:
    if first == last:
        return numeric_date(first, lang)
    start = f"{first:%d.%m.}" if lang != "en" and first.year == last.year else numeric_date(first, lang)
    return f"{start} – {numeric_date(last, lang)}" if lang == "en" else f"{start}–{numeric_date(last, lang)}"
