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

from geo_service.routes.model import Break, CrewDay, Route, Stop
from geo_service.streets.model import UNREACHABLE, TravelMatrix
from geo_service.work.hours import MAX_STRETCH_S, MAX_WORK_S, required_break_s
from geo_service.work.model import Visit, Window

BREAK_S = required_break_s(MAX_WORK_S)
"""The break of a day of more than 6 h of work, seconds, taken in one piece."""

VOLUME_TOLERANCE_M3 = 1e-6

Starts = tuple[Window, ...]
"""Earliest and latest second at which a visit may be begun, both inclusive, ascending and apart."""

_ANY_TIME: Starts = ((0, 2 * 86_400),)


@dataclass(frozen=True, slots=True)
class Timetable:
    """When a crew leaves the depot, begins each visit and is back; ``rest``: start of the break and stops before it."""

    start_s: int
    begins_s: tuple[int, ...]
    end_s: int
    rest: tuple[int, int] | None


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
    shift: Window, legs_s: Sequence[int], services_s: Sequence[int], starts: Sequence[Starts]
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

    Returns
    -------
    The timetable, or the code that forbids it: ``window``, ``shift``, ``work_time`` or ``break``.

    Examples
    --------
    >>> hour = 3600
    >>> timetable((6 * hour, 15 * hour), [600, 300, 900], [hour, hour], [((9 * hour, 12 * hour),)] * 2)
    Timetable(start_s=31800, begins_s=(32400, 36300), end_s=40800, rest=None)
    >>> timetable((6 * hour, 15 * hour), [600, 600], [hour], [((15 * hour, 16 * hour),)])
    'shift'
    """
    earliest = _forward(shift[0], legs_s, services_s, starts)
    if earliest is None:
        return "window"
    if earliest[-1] > shift[1]:
        return "shift"
    busy = sum(legs_s) + sum(services_s)
    if busy > MAX_WORK_S:
        return "work_time"
    tries = 1 + sum(map(len, starts))
    depart = shift[0]
    for _ in range(tries if busy <= MAX_STRETCH_S else 0):
        piece = _piece(depart, shift[1], legs_s, services_s, starts)
        if piece is None:
            break
        begins, start, _ = piece
        if begins[-1] - start <= MAX_STRETCH_S:
            return Timetable(start, tuple(begins[:-1]), begins[-1], None)
        if begins[-1] - start == busy:
            break
        depart = start + 1
    code = "shift"
    for gap in _gaps(earliest, legs_s, services_s):
        found = _with_break(gap, shift, legs_s, services_s, starts, busy, tries)
        if isinstance(found, Timetable):
            return found
        code = max(code, found, key=("shift", "break", "work_time").index)
    return code


def _forward(at: int, legs: Sequence[int], services: Sequence[int], starts: Sequence[Starts]) -> list[int] | None:
    """Drive as early as possible from ``at``: when each stop is begun and, last, the depot reached; None: too late."""
    begins = []
    for leg, service, options in zip(legs, services, starts, strict=False):
        at += leg
        for low, high in options:
            if at <= high:
                at = low if low > at else at
                break
        else:
            return None
        begins.append(at)
        at += service
    begins.append(at + legs[-1])
    return begins


def _piece(
    depart: int, shift_end: int, legs: Sequence[int], services: Sequence[int], starts: Sequence[Starts]
) -> tuple[list[int], int, list[int]] | None:
    """Find the earliest end for a departure at or after ``depart``, and the latest departure that still reaches it.

    Returns the earliest begins from that departure with the end last, the departure, and the latest begins.
    """
    begins = _forward(depart, legs, services, starts)
    if begins is None or begins[-1] > shift_end:
        return None
    at = begins[-1] - legs[-1]
    latest = []
    for position in range(len(services) - 1, -1, -1):
        at -= services[position]
        for low, high in reversed(starts[position]):
            if low <= at:
                at = min(at, high)
                break
        latest.append(at)
        at -= legs[position]
    latest.reverse()
    if at > depart:
        begins = _forward(at, legs, services, starts) or begins
    return begins, at, latest


def _gaps(begins: Sequence[int], legs: Sequence[int], services: Sequence[int]) -> list[int]:
    """Order the places for the break (number of stops before it): long waits first, then the middle of the day."""
    middle = (begins[0] + begins[-1]) // 2
    ranked = []
    left = begins[0] - legs[0]
    for gap in range(len(begins)):
        wait = begins[gap] - left - legs[gap]
        ranked.append((-min(wait, BREAK_S) if gap else 0, abs(left - middle), gap))
        if gap < len(services):
            left = begins[gap] + services[gap]
    ranked.sort()
    return [gap for _, _, gap in ranked]


def _with_break(
    gap: int,
    shift: Window,
    legs: Sequence[int],
    services: Sequence[int],
    starts: Sequence[Starts],
    busy: int,
    tries: int,
) -> Timetable | str:
    """Time the order with the break after ``gap`` stops: as one more stop without driving, then placed exactly."""
    at = max(gap, 1)  # nobody rests at the depot: with no stop before it the break comes after the drive
    legs_with = [*legs[:at], 0, *legs[at:]]
    services_with = [*services[:gap], BREAK_S, *services[gap:]]
    starts_with = [*starts[:gap], _ANY_TIME, *starts[gap:]]
    code = "shift"
    depart = shift[0]
    for _ in range(tries):
        piece = _piece(depart, shift[1], legs_with, services_with, starts_with)
        if piece is None:
            break
        begins, start, latest = piece
        end = begins[-1]
        if end - start - BREAK_S > MAX_WORK_S:
            code = "work_time"
        else:
            code = "break"
            drives = (0, legs[gap]) if 0 < gap < len(services) else (0,)  # rest before the drive, or after it
            for drive in drives:
                rest = max(begins[gap] + drive, end - BREAK_S - MAX_STRETCH_S)
                if rest <= min(latest[gap] + drive, start + MAX_STRETCH_S):
                    after = _forward(rest + BREAK_S - drive, legs_with[gap + 1 :], services[gap:], starts[gap:])
                    if after is not None:
                        return Timetable(start, (*begins[:gap], *after[:-1]), after[-1], (rest, gap))
        if end - start == busy + BREAK_S:
            break  # no waiting: leaving later only shifts the day
        depart = start + 1
    return code


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
    breaks = () if times.rest is None else (Break(times.rest[0], times.rest[0] + BREAK_S, times.rest[1]),)
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
