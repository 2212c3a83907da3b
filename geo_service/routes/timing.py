"""Floor 3: exact timing of an order of visits on one crew-day: the inner loop of every search.

A day begins at the depot and ends where the crew-day says, inside the shift. Each visit is begun and finished inside
one stretch of its windows of that date; a crew that comes early waits. Working time is everything between leaving and
coming back except the break: driving, work, trips to facilities and waiting, at most `CrewDay.max_work_s` (ArbZG §3:
8 h, 10 h when balanced). When it exceeds 6 h the crew rests once, in one piece, for 30 min and in a day of more than
9 h for 45 min, before or after the work at a plot or facility, so that no stretch exceeds 6 h (ArbZG §4). A crew
leaves as late as it can without ending later.

What does not fit on the vehicle at once asks for trips to facilities, see `geo_service.routes.trips`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

import numpy as np

from geo_service.routes import timetable as kernel
from geo_service.routes.model import Break, CrewDay, Facility, FacilityTrip, Route, Stop
from geo_service.routes.trips import (
    VOLUME_TOLERANCE_M3,
    DayNumbers,
    Starts,
    Trip,
    load_m3,
    misload,
    segments,
    starts_in,
)
from geo_service.streets.model import UNREACHABLE, TravelMatrix
from geo_service.work.hours import HOUR_S, MAX_STRETCH_S, MAX_WORK_BALANCED_S, MAX_WORK_S, required_break_s
from geo_service.work.model import Visit, Window

__all__ = [
    "BREAK_S",
    "VOLUME_TOLERANCE_M3",
    "Refusal",
    "Starts",
    "Timetable",
    "Trip",
    "busy_limit_s",
    "fit_order",
    "starts_on",
    "time_route",
    "timetable",
    "why_unfit",
    "with_trips",
]

BREAK_S = required_break_s(MAX_WORK_S)
"""The break of a day of 6 to 9 h of work, seconds, taken in one piece."""

_LONGEST_S = (9 * HOUR_S, MAX_WORK_BALANCED_S)
"""The most work with the short and with the long break."""

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
    ``too_large`` (volume), ``no_facility`` (none takes what must be unloaded, or has what must be loaded), ``shift``
    (back too late), ``work_time`` (more than the crew-day allows), ``break`` (no place for it).
    """

    code: str
    visit_id: str = ""


def busy_limit_s(shift: Window, max_work_s: int = MAX_WORK_S) -> int:
    """Return the most seconds of driving and work that fit in a shift, its break taken into account.

    Examples
    --------
    >>> [busy_limit_s((0, round(h * 3600))) / 3600 for h in (5, 6.25, 8, 10)]
    [5.0, 6.0, 7.5, 8.0]
    >>> [busy_limit_s((0, round(h * 3600)), 10 * 3600) / 3600 for h in (9.5, 9.75, 10, 11)]
    [9.0, 9.0, 9.25, 10.0]
    """
    length = shift[1] - shift[0]
    after_rest = [min(length - required_break_s(most), most, max_work_s) for most in _LONGEST_S]
    return min(max_work_s, max(min(length, MAX_STRETCH_S), *after_rest))


def starts_on(visit: Visit, on: date) -> Starts:
    """Return when a visit may be begun on a date so that it ends in the same stretch; empty: not on this date."""
    return starts_in(visit.day_windows.get(on, ()), visit.service_s)


def why_unfit(crew_day: CrewDay, visit: Visit) -> str:
    """Return the code for why this crew cannot do this visit wherever it lies, ``""`` when it can."""
    if visit.people > crew_day.people:
        return "too_few_people"
    if not visit.skills <= crew_day.skills:
        return "no_skill"
    if not visit.machines <= crew_day.machines:
        return "no_machine"
    if load_m3([visit]) > crew_day.capacity_m3 + VOLUME_TOLERANCE_M3:
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
    work = kernel.work_for(len(services), len(low))
    answer = kernel.place(*shift, max_work_s, legs, services, first, low, high, begins, times, work)
    if answer != kernel.FITS:
        return _CODES[answer]
    rest = (int(times[kernel.REST_AT]), int(times[kernel.REST_AFTER])) if times[kernel.REST_S] else None
    return Timetable(
        int(times[kernel.START]), tuple(begins.tolist()), int(times[kernel.END]), rest, int(times[kernel.REST_S])
    )


def fit_order(day: DayNumbers, order: Sequence[int]) -> tuple[tuple[int, ...], Timetable] | None:
    """Time an order with the trips it needs: those with the least driving and time at facilities that can be timed.

    Returns
    -------
    Visits and facilities in the order of driving, as numbers of ``day``, and the timetable; None when nothing fits.
    """
    ways = day.choices(order) if day.needs_trips(order) else [tuple(order)]
    return next((timed for timed in (_timed(day, way) for way in ways) if not isinstance(timed, str)), None)


def _timed(day: DayNumbers, numbers: tuple[int, ...]) -> tuple[tuple[int, ...], Timetable] | str:
    legs = day.legs_of(numbers)
    if UNREACHABLE in legs:
        return "unreachable"
    found = timetable(
        day.shift, legs, [day.services_s[i] for i in numbers], [day.starts[i] for i in numbers], day.max_work_s
    )
    return found if isinstance(found, str) else (numbers, found)


def with_trips(crew_day: CrewDay, visits: Sequence[Visit], matrix: TravelMatrix) -> tuple[Trip, ...] | Refusal:
    """Return the trips that an order of visits needs: none when all of it fits on the vehicle at once.

    Among the trips that can be timed they are those with the least driving and time at facilities. ``visits`` must
    have a place and windows on the date.
    """
    day = DayNumbers(crew_day, visits, matrix, [starts_on(visit, crew_day.on) for visit in visits])
    order = range(len(visits))
    found = fit_order(day, order)
    if found is None:
        return Refusal(_why_not(crew_day, day, order))
    trips: list[Trip] = []
    for at, number in enumerate(found[0]):
        if number >= day.size:
            trips.append((at - len(trips), day.facilities[number - day.size]))
    return tuple(trips)


def _why_not(crew_day: CrewDay, day: DayNumbers, order: Sequence[int]) -> str:
    """Return what forbids an order that `fit_order` could not time: what the quickest trips alone run into."""
    way = next(day.choices(order, timed=False), None) if day.needs_trips(order) else tuple(order)
    if way is None and UNREACHABLE in day.legs_of(order):
        return "unreachable"
    if way is None:
        return "no_facility" if crew_day.facilities or crew_day.ends_empty else "too_large"
    found = _timed(day, way)
    return found if isinstance(found, str) else "shift"  # more ways than are followed: one that fits was left aside


def time_route(
    crew_day: CrewDay, visits: Sequence[Visit], matrix: TravelMatrix, trips: Sequence[Trip] | None = None
) -> Route | Refusal:
    """Time an order of visits on a crew-day and tell the route, or why it cannot be.

    Parameters
    ----------
    visits
        In the order of driving; ``visit.place`` and the places of ``crew_day`` index ``matrix``.
    trips
        To facilities, in the order of driving; by default those that `with_trips` finds.
    """
    starts = []
    for visit in visits:
        code = "off_network" if visit.place < 0 else why_unfit(crew_day, visit)
        if not code and not visit.day_windows.get(crew_day.on):
            code = "law"
        starts.append(starts_on(visit, crew_day.on))
        if code or not starts[-1]:
            return Refusal(code or "window", visit.visit_id)
    if trips is None:
        trips = ()
        if misload(crew_day, visits, ()):
            found_trips = with_trips(crew_day, visits, matrix)
            if isinstance(found_trips, Refusal):
                return found_trips
            trips = found_trips
    code = misload(crew_day, visits, trips)
    if code:
        return Refusal(code)
    way = _way(visits, trips)
    places = [crew_day.depot_place, *(one.place for one in way), crew_day.last_place]
    legs_s = [int(matrix.seconds[a, b]) for a, b in pairwise(places)]
    if UNREACHABLE in legs_s:
        return Refusal("unreachable", _visit_at(way, legs_s.index(UNREACHABLE)))
    found = timetable(
        crew_day.shift,
        legs_s,
        [one.service_s for one in way],
        [
            starts_in(one.windows, one.service_s) if isinstance(one, Facility) else starts_on(one, crew_day.on)
            for one in way
        ],
        crew_day.max_work_s,
    )
    return Refusal(found) if isinstance(found, str) else _route(crew_day, visits, trips, matrix, legs_s, found)


def _way(visits: Sequence[Visit], trips: Iterable[Trip]) -> list[Visit | Facility]:
    way: list[Visit | Facility] = list(visits)
    for made, (after, facility) in enumerate(trips):
        way.insert(after + made, facility)
    return way


def _visit_at(way: Sequence[Visit | Facility], leg: int) -> str:
    """Return the visit that a leg leads to or, where it leads to none, the one before it."""
    near = [*way[leg : leg + 1], *way[:leg][::-1]]
    return next((one.visit_id for one in near if isinstance(one, Visit)), "")


def _route(
    crew_day: CrewDay,
    visits: Sequence[Visit],
    trips: Sequence[Trip],
    matrix: TravelMatrix,
    legs_s: Sequence[int],
    times: Timetable,
) -> Route:
    stops: list[Stop] = []
    made: list[FacilityTrip] = []
    breaks: tuple[Break, ...] = ()
    parts = segments(visits, trips)
    place, left = crew_day.depot_place, times.start_s
    way = _way(visits, trips)
    for at, one in enumerate([*way, None]):
        leg = legs_s[at]
        if times.rest is not None and times.rest[1] == at:
            breaks = (Break(times.rest[0], times.rest[0] + times.rest_s, len(stops)),)
            if left <= times.rest[0] < left + leg:
                left = breaks[0].end_s
        if one is None:
            break
        begin, metres = times.begins_s[at], int(matrix.metres[place, one.place])
        done = (left + leg, begin, begin + one.service_s, leg, metres)
        if isinstance(one, Facility):
            before, behind = parts[len(made)], parts[len(made) + 1]
            unloaded = sum(visit.volume_m3 for visit in before)
            made.append(FacilityTrip(len(stops), one, *done, unloaded, sum(visit.supply_m3 for visit in behind)))
        else:
            stops.append(Stop(len(stops) + 1, one, *done))
        place, left = one.place, begin + one.service_s
    drive = sum(legs_s)
    work = sum(one.service_s for one in way)
    return Route(
        crew_day=crew_day,
        stops=tuple(stops),
        breaks=breaks,
        start_s=times.start_s,
        end_s=times.end_s,
        drive_s=drive,
        length_m=sum(stop.length_m for stop in stops)
        + sum(trip.length_m for trip in made)
        + int(matrix.metres[place, crew_day.last_place]),
        work_s=work,
        wait_s=times.end_s - times.start_s - drive - work - times.rest_s,
        trips=tuple(made),
    )
