"""Floor 3: exact timing of an order of visits on one crew-day: the inner loop of every search.

A day begins and ends at the depot, inside the shift. Each visit is begun and finished inside one stretch of its
windows of that date; a crew that comes early waits. Working time is everything between leaving and reaching the
depot except the break: driving, work and waiting, at most 8 h (ArbZG §3). When it exceeds 6 h the crew rests once,
in one piece of 30 min, at a plot before or after the work there, so that no stretch exceeds 6 h (ArbZG §4).
A crew leaves as late as it can without ending later.

The vehicle carries what the whole day yields: there are no trips to the tip in between yet. Whoever adds them
replaces `capacity_left_m3` and makes the tip a stop.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

import numpy as np

from geo_service.routes import timetable as kernel
from geo_service.routes.model import Break, CrewDay, Route, Stop
from geo_service.streets.model import UNREACHABLE, TravelMatrix
from geo_service.work.hours import MAX_STRETCH_S, MAX_WORK_S, required_break_s
from geo_service.work.model import Visit, Window

BREAK_S = required_break_s(MAX_WORK_S)
"""The break of a day of more than 6 h of work, seconds, taken in one piece."""

VOLUME_TOLERANCE_M3 = 1e-6

Starts = tuple[Window, ...]
"""Earliest and latest second at which a visit may be begun, both inclusive, ascending and apart."""

_CODES = {kernel.WINDOW: "window", kernel.SHIFT: "shift", kernel.BREAK: "break", kernel.WORK_TIME: "work_time"}


@dataclass(frozen=True, slots=True)
class Timetable:
    """When a crew leaves the depot, begins each stop and is back.

    ``rest``: start of the break and stops before it; it lasts ``rest_s`` seconds.
    """

    start_s: int
    begins_s: tuple[int, ...]
    end_s: int
    rest: tuple[int, int] | None
    rest_s: int = 0


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why an order cannot be driven.

    Codes: ``off_network``, ``unreachable``, ``law``, ``window``, ``too_few_people``, ``no_skill``, ``no_machine``,
    ``too_large`` (volume), ``shift`` (back too late), ``work_time`` (over 8 h), ``break`` (no place for it).
    """

    code: str
    visit_id: str = ""


def busy_limit_s(shift: Window) -> int:
    """Return the most seconds of driving and work that fit in a shift, its break taken into account.

    Examples
    --------
    >>> [busy_limit_s((0, round(h * 3600))) / 3600 for h in (5, 6.25, 8, 10)]
    [5.0, 6.0, 7.5, 8.0]
    """
    length = shift[1] - shift[0]
    return length if length <= MAX_STRETCH_S else min(MAX_WORK_S, max(MAX_STRETCH_S, length - BREAK_S))


def capacity_left_m3(crew_day: CrewDay, visits: Sequence[Visit]) -> float:
    """Return what still fits on the vehicle at the end of the day, cubic metres; negative when it is too much."""
    return crew_day.capacity_m3 - sum(visit.volume_m3 for visit in visits)


def starts_on(visit: Visit, on: date) -> Starts:
    """Return when a visit may be begun on a date so that it ends in the same stretch; empty: not on this date."""
    starts: list[Window] = []
    for opens, closes in sorted(visit.day_windows.get(on, ())):
        latest = closes - visit.service_s
        if starts and opens <= starts[-1][1]:
            starts[-1] = (starts[-1][0], max(latest, starts[-1][1]))
        elif latest >= opens:
            starts.append((opens, latest))
    return tuple(starts)


def why_unfit(crew_day: CrewDay, visit: Visit) -> str:
    """Return the code for why this crew cannot do this visit wherever it lies, ``""`` when it can."""
    if visit.people > crew_day.people:
        return "too_few_people"
    if not visit.skills <= crew_day.skills:
        return "no_skill"
    if not visit.machines <= crew_day.machines:
        return "no_machine"
    if visit.volume_m3 > crew_day.capacity_m3 + VOLUME_TOLERANCE_M3:
        return "too_large"
    return ""


def timetable(
    shift: Window,
    legs_s: Sequence[int],
    services_s: Sequence[int],
    starts: Sequence[Starts],
    max_work_s: int = MAX_WORK_S,
) -> Timetable | str:
    """Time a fixed order exactly: a timetable exists if and only if one is returned.

    Parameters
    ----------
    shift
        Seconds since local midnight.
    legs_s
        Driving to each stop in order and back to the depot, seconds, one more than there are stops.
    services_s, starts
        For each stop.
    max_work_s
        Most working time of the day, at most 10 h (ArbZG §3).

    Returns
    -------
    The timetable, or the code that forbids it: ``window``, ``shift``, ``work_time`` or ``break``.

    Examples
    --------
    >>> hour = 3600
    >>> timetable((6 * hour, 15 * hour), [600, 300, 900], [hour, hour], [((9 * hour, 12 * hour),)] * 2)
    Timetable(start_s=31800, begins_s=(32400, 36300), end_s=40800, rest=None, rest_s=0)
    >>> timetable((6 * hour, 15 * hour), [600, 600], [hour], [((15 * hour, 16 * hour),)])
    'shift'
    """
    legs, services = np.array(legs_s, dtype=np.int64), np.array(services_s, dtype=np.int64)
    first = np.cumsum([0, *map(len, starts)], dtype=np.int64)
    low = np.array([opens for several in starts for opens, _ in several], dtype=np.int64)
    high = np.array([closes for several in starts for _, closes in several], dtype=np.int64)
    begins, times = np.empty(len(services), dtype=np.int64), np.zeros(5, dtype=np.int64)
    answer = kernel.place(*shift, max_work_s, legs, services, first, low, high, begins, times)
    if answer != kernel.FITS:
        return _CODES[answer]
    rest = (int(times[kernel.REST_AT]), int(times[kernel.REST_AFTER])) if times[kernel.REST_S] else None
    return Timetable(
        int(times[kernel.START]), tuple(begins.tolist()), int(times[kernel.END]), rest, int(times[kernel.REST_S])
    )


def time_route(crew_day: CrewDay, visits: Sequence[Visit], matrix: TravelMatrix) -> Route | Refusal:
    """Time an order of visits on a crew-day and tell the route, or why it cannot be.

    Parameters
    ----------
    visits
        In the order of driving; ``visit.place`` and ``crew_day.depot_place`` index ``matrix``.
    """
    starts = []
    for visit in visits:
        code = "off_network" if visit.place < 0 else why_unfit(crew_day, visit)
        if not code and not visit.day_windows.get(crew_day.on):
            code = "law"
        starts.append(starts_on(visit, crew_day.on))
        if code or not starts[-1]:
            return Refusal(code or "window", visit.visit_id)
    if capacity_left_m3(crew_day, visits) < -VOLUME_TOLERANCE_M3:
        return Refusal("too_large")
    places = [crew_day.depot_place, *(visit.place for visit in visits), crew_day.depot_place]
    legs_s = [int(matrix.seconds[a, b]) for a, b in pairwise(places)]
    if UNREACHABLE in legs_s:
        at = min(legs_s.index(UNREACHABLE), len(visits) - 1)
        return Refusal("unreachable", visits[at].visit_id)
    found = timetable(crew_day.shift, legs_s, [visit.service_s for visit in visits], starts)
    return Refusal(found) if isinstance(found, str) else _route(crew_day, visits, matrix, legs_s, found)


def _route(
    crew_day: CrewDay, visits: Sequence[Visit], matrix: TravelMatrix, legs_s: Sequence[int], times: Timetable
) -> Route:
    breaks = () if times.rest is None else (Break(times.rest[0], times.rest[0] + times.rest_s, times.rest[1]),)
    stops = []
    place, left = crew_day.depot_place, times.start_s
    for order, (visit, leg, begin) in enumerate(zip(visits, legs_s, times.begins_s, strict=False), start=1):
        resting = [rest for rest in breaks if rest.after == order - 1]
        if resting and left <= resting[0].start_s < left + leg:
            left = resting[0].end_s
        stops.append(
            Stop(order, visit, left + leg, begin, begin + visit.service_s, leg, int(matrix.metres[place, visit.place]))
        )
        place, left = visit.place, begin + visit.service_s
    drive = sum(legs_s)
    work = sum(visit.service_s for visit in visits)
    rested = sum(rest.end_s - rest.start_s for rest in breaks)
    return Route(
        crew_day=crew_day,
        stops=tuple(stops),
        breaks=breaks,
        start_s=times.start_s,
        end_s=times.end_s,
        drive_s=drive,
        length_m=sum(stop.length_m for stop in stops) + int(matrix.metres[place, crew_day.depot_place]),
        work_s=work,
        wait_s=times.end_s - times.start_s - drive - work - rested,
    )
