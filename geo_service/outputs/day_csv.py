"""Floor 7: the day list as CSV: RFC 4180 (comma, CRLF), UTF-8 with byte order mark, decimal points.

The byte order mark makes spreadsheets read umlauts; with German settings Excel opens the file by "Daten aus Text".
A text that a spreadsheet would take for a formula gets an apostrophe in front.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

from geo_service.base.clock import hhmm
from geo_service.base.units import minutes
from geo_service.outputs.day import Day, DayBreak, DayStop, DayTrip
from geo_service.outputs.day_json import stop_json, trip_json
from geo_service.outputs.day_marks import urgent_mark
from geo_service.outputs.day_trip import trip_title
from geo_service.outputs.plain import plain_values

COLUMNS = (
    *("date", "kind", "crew", "crew_name", "order", "arrival", "start", "end", "plot", "name", "address", "quarter"),
    *("task", "task_name", "minutes", "drive_s", "length_m", "area_m2", "volume_m3", "waste_key"),
    *("access_note", "hazard_note", "rule_note", "contamination", "why", "announced", "lock_reason", "urgent"),
    *("reason", "lon", "lat", "note"),
)
"""``kind`` is ``stop``, ``trip`` (to a facility), ``break``, ``return`` or ``unserved``; ``reason`` is why a visit is
unserved. A trip has what it unloads as ``volume_m3`` and its whole line as ``task_name``."""

_FORMULA_STARTS = "=+-@＝＋－＠"

Cell = str | int | float


def harmless(text: str) -> str:
    """Return ``text`` so that no spreadsheet runs it: an apostrophe stands before what begins a formula.

    Examples
    --------
    >>> harmless("=1+1"), harmless(" @SUM(A1)"), harmless("Am Kanal 3")
    ("'=1+1", "' @SUM(A1)", 'Am Kanal 3')
    """
    return f"'{text}" if text.lstrip()[:1] in tuple(_FORMULA_STARTS) else text


def day_csv(day: Day, *, lang: str = "de") -> bytes:
    """Return stops, breaks, ways back and unserved visits, one row each, under the header `COLUMNS`."""
    day = plain_values(day)
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS, restval="")
    writer.writeheader()
    note = " | ".join(day.notes)
    for row in _rows(day, lang):
        whole: dict[str, Cell] = {"date": day.on.isoformat(), "note": note, **row}
        writer.writerow({key: harmless(value) if isinstance(value, str) else value for key, value in whole.items()})
    return text.getvalue().encode("utf-8-sig")


def _rows(day: Day, lang: str) -> Iterator[dict[str, Cell]]:
    for crew in day.crews:
        for entry in crew.agenda():
            yield {
                **{"crew": crew.crew, "crew_name": crew.name},
                **_entry(entry, lang),
            }
        yield {
            "kind": "return",
            "crew": crew.crew,
            "crew_name": crew.name,
            "arrival": hhmm(crew.end_s),
            "address": crew.last_name,
            "drive_s": crew.way_back_s,
            "length_m": crew.way_back_m,
            "lon": crew.last[0],
            "lat": crew.last[1],
        }
    for one in day.unserved:
        yield {
            "kind": "unserved",
            "plot": one.plot,
            "task": one.task,
            "task_name": one.task_in(lang),
            "reason": one.reason,
        }


def _entry(entry: DayStop | DayTrip | DayBreak, lang: str) -> dict[str, Cell]:
    if isinstance(entry, DayBreak):
        return _break(entry)
    return _trip(entry, lang) if isinstance(entry, DayTrip) else _stop(entry, lang)


def _trip(trip: DayTrip, lang: str) -> dict[str, Cell]:
    told = {name: value for name, value in trip_json(trip).items() if name in COLUMNS and value is not None}
    return {**told, "kind": "trip", "task_name": trip_title(trip, lang), "volume_m3": round(trip.unloaded_m3, 2)}


def _break(rest: DayBreak) -> dict[str, Cell]:
    return {
        "kind": "break",
        "start": hhmm(rest.start_s),
        "end": hhmm(rest.end_s),
        "minutes": minutes(rest.end_s - rest.start_s),
    }


def _stop(stop: DayStop, lang: str) -> dict[str, Cell]:
    told = {name: value for name, value in stop_json(stop).items() if name in COLUMNS}
    urgent = urgent_mark(stop, lang)
    return {**told, "kind": "stop", "task_name": stop.task_in(lang), "urgent": urgent}
