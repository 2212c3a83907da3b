"""Floor 3: the independent checker of one crew-day. It shares no code with timing and solving, on purpose."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import pairwise

from geo_service.base.clock import hhmm
from geo_service.routes.model import Break, FacilityTrip, Fault, Route, Stop
from geo_service.streets.model import UNREACHABLE, TravelMatrix
from geo_service.work.hours import MAX_STRETCH_S, MAX_WORK_BALANCED_S, MIN_BREAK_PART_S, required_break_s


def faults(route: Route, matrix: TravelMatrix) -> list[Fault]:
    """List everything that is wrong with a route; an empty list means it may be driven.

    Rules: ``place``, ``drive``, ``length``, ``order``, ``twice``, ``arrival``, ``start``, ``end``, ``date``,
    ``window``, ``people``, ``skill``, ``machine``, ``capacity`` (between two trips), ``facility`` (one of the
    crew-day's, open, takes what is unloaded, has what is loaded), ``ends_empty``, ``shift``, ``break``, ``stretch``,
    ``work_time``, ``total``.

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
    crew = route.crew_day
    places = [crew.depot_place, *map(_place, _calls(route)), crew.last_place]
    known = range(len(matrix.seconds))
    strangers = [place for place in places if place not in known]
    if strangers:
        return [_fault(route, "place", f"places {strangers} are not in the travel matrix")]
    return [
        _fault(route, rule, text)
        for check in (_order, _driving, _times, _windows, _needs, _loads, _facilities, _breaks, _totals)
        for rule, text in check(route, matrix)
    ]


def _fault(route: Route, rule: str, text: str) -> Fault:
    return Fault(rule, f"{route.crew_day.crew} on {route.crew_day.on}: {text}")


Call = Stop | FacilityTrip
"""Where a crew calls."""


def _name(call: Call) -> str:
    if isinstance(call, Stop):
        return f"stop {call.order} ({call.visit.visit_id})"
    return f"the trip to {call.facility.code} after stop {call.after}"


def _place(call: Call) -> int:
    return call.visit.place if isinstance(call, Stop) else call.facility.place


def _calls(route: Route) -> list[Call]:
    """Return stops and trips in the order of driving."""
    calls: list[Call] = list(route.stops)
    for made, trip in enumerate(_trips(route)):
        calls.insert(max(0, min(trip.after, len(route.stops))) + made, trip)
    return calls


def _trips(route: Route) -> list[FacilityTrip]:
    return sorted(route.trips, key=lambda trip: trip.after)


Found = Iterator[tuple[str, str]]


def _order(route: Route, _: TravelMatrix) -> Found:
    orders = [stop.order for stop in route.stops]
    if orders != list(range(1, len(orders) + 1)):
        yield "order", f"the stops are numbered {orders}"
    afters = [trip.after for trip in route.trips]
    if afters != sorted(afters) or any(not 0 <= after <= len(orders) for after in afters):
        yield "order", f"the trips come after the stops {afters}"
    for visit_id, times in Counter(stop.visit.visit_id for stop in route.stops).items():
        if times > 1:
            yield "twice", f"{visit_id} is visited {times} times"


def _driving(route: Route, matrix: TravelMatrix) -> Found:
    place = route.crew_day.depot_place
    for call in _calls(route):
        seconds, metres = matrix.seconds[place, _place(call)], matrix.metres[place, _place(call)]
        if seconds == UNREACHABLE:
            yield "drive", f"no way leads to {_name(call)}"
        elif call.drive_s != seconds:
            yield "drive", f"the drive to {_name(call)} takes {seconds} s, not {call.drive_s} s"
        if call.length_m != metres:
            yield "length", f"the way to {_name(call)} is {metres} m, not {call.length_m} m"
        place = _place(call)
    if matrix.seconds[place, route.crew_day.last_place] == UNREACHABLE:
        yield "drive", "no way leads to where the day ends"


def _times(route: Route, matrix: TravelMatrix) -> Found:
    left = route.start_s
    for call in _calls(route):
        asked = call.visit.service_s if isinstance(call, Stop) else call.facility.service_s
        if call.arrival_s < left + call.drive_s:
            yield "arrival", f"{_name(call)} is reached at {hhmm(call.arrival_s)}, too soon for the drive there"
        if call.start_s < call.arrival_s:
            yield "start", f"{_name(call)} begins at {hhmm(call.start_s)} before the crew is there"
        if call.end_s != call.start_s + asked:
            yield "end", f"{_name(call)} lasts {call.end_s - call.start_s} s, asked are {asked} s"
        left = call.end_s
    if route.end_s < left + _way_back(route, matrix)[0]:
        yield "end", f"the day ends at {hhmm(route.end_s)}, too soon for the drive to where it ends"


def _way_back(route: Route, matrix: TravelMatrix) -> tuple[int, int]:
    """Return seconds and metres from the last call to where the day ends."""
    places = [route.crew_day.depot_place, *map(_place, _calls(route))]
    end = route.crew_day.last_place
    return int(matrix.seconds[places[-1], end]), int(matrix.metres[places[-1], end])


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


def _segments(route: Route) -> list[list[Stop]]:
    """Return the stops before, between and after the trips."""
    parts: list[list[Stop]] = [[]]
    for call in _calls(route):
        if isinstance(call, Stop):
            parts[-1].append(call)
        else:
            parts.append([])
    return parts


def _loads(route: Route, _: TravelMatrix) -> Found:
    crew, parts = route.crew_day, _segments(route)
    for number, part in enumerate(parts):
        volume = sum(stop.visit.volume_m3 + stop.visit.supply_m3 for stop in part)
        if volume > crew.capacity_m3 + 1e-6:
            where = f"{volume:.2f} m3 are carried" + (f" in segment {number + 1}" if route.trips else "")
            yield "capacity", f"{where}, {crew.capacity_m3:.2f} m3 fit"
    if crew.ends_empty and any(stop.visit.volume_m3 > 0 for stop in parts[-1]):
        yield "ends_empty", "the vehicle comes back with waste that should have been unloaded"


def _facilities(route: Route, _: TravelMatrix) -> Found:
    parts = _segments(route)
    for number, trip in enumerate(_trips(route)):
        facility = trip.facility
        if facility not in route.crew_day.facilities:
            yield "facility", f"{_name(trip)} leads to a place that this crew-day does not have"
        if not any(opens <= trip.start_s and trip.end_s <= closes for opens, closes in facility.windows):
            yield "facility", f"{_name(trip)} lasts {hhmm(trip.start_s)}-{hhmm(trip.end_s)}, outside the opening hours"
        for stop in parts[number]:
            key = stop.visit.waste_key
            if stop.visit.volume_m3 > 0 and not (key in facility.accepts or (facility.accepts and not key)):
                yield "facility", f"{_name(trip)}: waste '{key}' of {_name(stop)} is not accepted there"
        for stop in parts[number + 1]:
            if stop.visit.supply and stop.visit.supply not in facility.supplies:
                yield "facility", f"{_name(trip)}: there is no '{stop.visit.supply}' for {_name(stop)}"


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
    most = min(route.crew_day.max_work_s, MAX_WORK_BALANCED_S)
    if work > most:
        yield "work_time", f"{work} s of working time exceed {most} s"
    begins = [route.start_s, *(rest.end_s for rest in rests)]
    ends = [*(rest.start_s for rest in rests), route.end_s]
    for begin, end in zip(begins, ends, strict=True):
        if end - begin > MAX_STRETCH_S:
            yield "stretch", f"nobody may work {hhmm(begin)}-{hhmm(end)} without a break"


def _at_a_stand(rest: Break, route: Route, matrix: TravelMatrix) -> bool:
    """Tell whether the crew stands still, neither working nor driving, for the whole break."""
    stops, left = 0, route.start_s
    for call in _calls(route):
        here = left <= rest.start_s and rest.end_s <= call.arrival_s - call.drive_s
        there = call.arrival_s <= rest.start_s and rest.end_s <= call.start_s
        if rest.after == stops and (here or there):
            return True
        stops, left = stops + isinstance(call, Stop), call.end_s
    home_s = route.end_s - _way_back(route, matrix)[0]
    return rest.after == stops and left <= rest.start_s and rest.end_s <= home_s


def _totals(route: Route, matrix: TravelMatrix) -> Found:
    rested = sum(rest.end_s - rest.start_s for rest in route.breaks)
    calls, (back_s, back_m) = _calls(route), _way_back(route, matrix)
    drive = sum(call.drive_s for call in calls) + back_s
    work = sum(call.end_s - call.start_s for call in calls)
    totals: dict[str, tuple[float, float]] = {
        "drive_s": (route.drive_s, drive),
        "length_m": (route.length_m, sum(call.length_m for call in calls) + back_m),
        "work_s": (route.work_s, work),
        "wait_s": (route.wait_s, route.end_s - route.start_s - drive - work - rested),
    }
    for name, (told, added) in totals.items():
        if told != added:
            yield "total", f"{name} is told as {told}, the stops add up to {added}"
    parts = _segments(route)
    for number, trip in enumerate(_trips(route)):
        unloaded = sum(stop.visit.volume_m3 for stop in parts[number])
        loaded = sum(stop.visit.supply_m3 for stop in parts[number + 1])
        if abs(trip.unloaded_m3 - unloaded) > 1e-6 or abs(trip.loaded_m3 - loaded) > 1e-6:
            yield "total", f"{_name(trip)} unloads {unloaded:.2f} m3 and loads {loaded:.2f} m3, told otherwise"
