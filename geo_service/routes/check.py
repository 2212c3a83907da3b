"""Floor 3: the independent checker of one crew-day. It shares no code with timing and solving, on purpose."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import pairwise

from geo_service.base.clock import hhmm
from geo_service.routes.model import Break, Fault, Route, Stop
from geo_service.streets.model import UNREACHABLE, TravelMatrix
from geo_service.work.hours import MAX_STRETCH_S, MAX_WORK_S, MIN_BREAK_PART_S, required_break_s


def faults(route: Route, matrix: TravelMatrix) -> list[Fault]:
    """List everything that is wrong with a route; an empty list means it may be driven.

    Rules: ``place``, ``drive``, ``length``, ``order``, ``twice``, ``arrival``, ``start``, ``end``, ``date``,
    ``window``, ``people``, ``skill``, ``machine``, ``capacity``, ``shift``, ``break``, ``stretch``, ``work_time``,
    ``total``.

    Parameters
    ----------
    matrix
        Travel times in seconds and lengths in metres between the places of the route.

    Examples
    --------
    >>> import numpy as np
    >>> from datetime import date
    >>> from geo_service.routes.model import CrewDay
    >>> day = CrewDay("crew-1", date(2026, 11, 23), (0, 3600), 0, 2, frozenset(), frozenset(), 1.0)
    >>> nowhere = TravelMatrix(np.zeros((1, 1), np.int32), np.zeros((1, 1), np.int32))
    >>> faults(Route(day, (), (), 0, 1800, 0, 0, 0, 1800), nowhere)
    []
    >>> [fault.rule for fault in faults(Route(day, (), (), 0, 7200, 0, 0, 0, 7200), nowhere)]
    ['shift']
    """
    places = [route.crew_day.depot_place, *(stop.visit.place for stop in route.stops)]
    known = range(len(matrix.seconds))
    strangers = [place for place in places if place not in known]
    if strangers:
        return [_fault(route, "place", f"places {strangers} are not in the travel matrix")]
    return [
        _fault(route, rule, text)
        for check in (_order, _driving, _times, _windows, _needs, _breaks, _totals)
        for rule, text in check(route, matrix)
    ]


def _fault(route: Route, rule: str, text: str) -> Fault:
    return Fault(rule, f"{route.crew_day.crew} on {route.crew_day.on}: {text}")


def _name(stop: Stop) -> str:
    return f"stop {stop.order} ({stop.visit.visit_id})"


Found = Iterator[tuple[str, str]]


def _order(route: Route, _: TravelMatrix) -> Found:
    orders = [stop.order for stop in route.stops]
    if orders != list(range(1, len(orders) + 1)):
        yield "order", f"the stops are numbered {orders}"
    for visit_id, times in Counter(stop.visit.visit_id for stop in route.stops).items():
        if times > 1:
            yield "twice", f"{visit_id} is visited {times} times"


def _driving(route: Route, matrix: TravelMatrix) -> Found:
    place = route.crew_day.depot_place
    for stop in route.stops:
        seconds, metres = matrix.seconds[place, stop.visit.place], matrix.metres[place, stop.visit.place]
        if seconds == UNREACHABLE:
            yield "drive", f"no way leads to {_name(stop)}"
        elif stop.drive_s != seconds:
            yield "drive", f"the drive to {_name(stop)} takes {seconds} s, not {stop.drive_s} s"
        if stop.length_m != metres:
            yield "length", f"the way to {_name(stop)} is {metres} m, not {stop.length_m} m"
        place = stop.visit.place
    if matrix.seconds[place, route.crew_day.depot_place] == UNREACHABLE:
        yield "drive", "no way leads back to the depot"


def _times(route: Route, matrix: TravelMatrix) -> Found:
    left = route.start_s
    for stop in route.stops:
        if stop.arrival_s < left + stop.drive_s:
            yield "arrival", f"{_name(stop)} is reached at {hhmm(stop.arrival_s)}, too soon for the drive there"
        if stop.start_s < stop.arrival_s:
            yield "start", f"{_name(stop)} begins at {hhmm(stop.start_s)} before the crew is there"
        if stop.end_s != stop.start_s + stop.visit.service_s:
            yield "end", f"{_name(stop)} lasts {stop.end_s - stop.start_s} s, asked are {stop.visit.service_s} s"
        left = stop.end_s
    if route.end_s < left + _way_back_s(route, matrix):
        yield "end", f"the depot is reached at {hhmm(route.end_s)}, too soon for the drive back"


def _way_back_s(route: Route, matrix: TravelMatrix) -> int:
    last = route.stops[-1].visit.place if route.stops else route.crew_day.depot_place
    return int(matrix.seconds[last, route.crew_day.depot_place])


def _windows(route: Route, _: TravelMatrix) -> Found:
    on = route.crew_day.on
    for stop in route.stops:
        stretches = stop.visit.day_windows.get(on, ())
        if not stretches:
            yield "date", f"{_name(stop)} is not allowed on this date: {stop.visit.forbidden.get(on, 'no window')}"
        elif not any(opens <= stop.start_s and stop.end_s <= closes for opens, closes in stretches):
            allowed = ", ".join(f"{hhmm(opens)}-{hhmm(closes)}" for opens, closes in stretches)
            yield "window", f"{_name(stop)} lasts {hhmm(stop.start_s)}-{hhmm(stop.end_s)}, allowed {allowed}"


def _needs(route: Route, _: TravelMatrix) -> Found:
    crew = route.crew_day
    for stop in route.stops:
        visit = stop.visit
        if visit.people > crew.people:
            yield "people", f"{_name(stop)} needs {visit.people} people, the crew has {crew.people}"
        if visit.skills - crew.skills:
            yield "skill", f"{_name(stop)} needs the skills {sorted(visit.skills - crew.skills)}"
        if visit.machines - crew.machines:
            yield "machine", f"{_name(stop)} needs the machines {sorted(visit.machines - crew.machines)}"
    volume = sum(stop.visit.volume_m3 for stop in route.stops)
    if volume > crew.capacity_m3 + 1e-6:
        yield "capacity", f"{volume:.2f} m3 are loaded, {crew.capacity_m3:.2f} m3 fit"


def _breaks(route: Route, matrix: TravelMatrix) -> Found:
    shift = route.crew_day.shift
    if route.start_s < shift[0] or route.end_s > shift[1]:
        yield (
            "shift",
            f"{hhmm(route.start_s)}-{hhmm(route.end_s)} is outside the shift {hhmm(shift[0])}-{hhmm(shift[1])}",
        )
    rests = sorted(route.breaks, key=lambda rest: rest.start_s)
    for rest in rests:
        if rest.end_s - rest.start_s < MIN_BREAK_PART_S:
            yield "break", f"the break at {hhmm(rest.start_s)} is shorter than 15 min"
        if not _at_a_stand(rest, route, matrix):
            yield (
                "break",
                f"the break at {hhmm(rest.start_s)} is not between the stops {rest.after} and {rest.after + 1}",
            )
    for one, two in pairwise(rests):
        if two.start_s < one.end_s:
            yield "break", f"the breaks at {hhmm(one.start_s)} and {hhmm(two.start_s)} overlap"
    rested = sum(rest.end_s - rest.start_s for rest in rests)
    work = route.end_s - route.start_s - rested
    if rested < required_break_s(work):
        yield "break", f"{work} s of work ask for {required_break_s(work)} s of breaks, there are {rested} s"
    if work > MAX_WORK_S:
        yield "work_time", f"{work} s of working time exceed {MAX_WORK_S} s"
    begins = [route.start_s, *(rest.end_s for rest in rests)]
    ends = [*(rest.start_s for rest in rests), route.end_s]
    for begin, end in zip(begins, ends, strict=True):
        if end - begin > MAX_STRETCH_S:
            yield "stretch", f"nobody may work {hhmm(begin)}-{hhmm(end)} without a break"


def _at_a_stand(rest: Break, route: Route, matrix: TravelMatrix) -> bool:
    """Tell whether the crew stands still, neither working nor driving, for the whole break."""
    if not 0 <= rest.after <= len(route.stops):
        return False
    here_from = route.stops[rest.after - 1].end_s if rest.after else route.start_s
    if rest.after == len(route.stops):
        return here_from <= rest.start_s and rest.end_s <= route.end_s - _way_back_s(route, matrix)
    following = route.stops[rest.after]
    here = here_from <= rest.start_s and rest.end_s <= following.arrival_s - following.drive_s
    there = following.arrival_s <= rest.start_s and rest.end_s <= following.start_s
    return here or there


def _totals(route: Route, matrix: TravelMatrix) -> Found:
    last = route.stops[-1].visit.place if route.stops else route.crew_day.depot_place
    rested = sum(rest.end_s - rest.start_s for rest in route.breaks)
    drive = sum(stop.drive_s for stop in route.stops) + _way_back_s(route, matrix)
    work = sum(stop.end_s - stop.start_s for stop in route.stops)
    totals = {
        "drive_s": (route.drive_s, drive),
        "length_m": (
            route.length_m,
            sum(stop.length_m for stop in route.stops) + int(matrix.metres[last, route.crew_day.depot_place]),
        ),
        "work_s": (route.work_s, work),
        "wait_s": (route.wait_s, route.end_s - route.start_s - drive - work - rested),
    }
    for name, (told, added) in totals.items():
        if told != added:
            yield "total", f"{name} is told as {told}, the stops add up to {added}"
