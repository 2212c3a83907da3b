"""Floor 4: one visit moved to another crew-day or place in its order, both crew-days timed anew; nothing else changes.

What cannot be is laid all the same, as if the crew had what it lacks, so that a planner sees what it would take; the
checkers then find what is wrong with it, `geo_service.schedule.objections` says so.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from geo_service.routes.model import CrewDay, Route
from geo_service.routes.timing import Refusal, time_route
from geo_service.schedule.model import Problem
from geo_service.streets.model import TravelMatrix
from geo_service.work.hours import HOUR_S, MAX_WORK_BALANCED_S
from geo_service.work.model import Visit

ANY_TIME = ((0, 30 * HOUR_S),)


@dataclass(frozen=True)
class Laid:
    """The routes after a move.

    Attributes
    ----------
    routes
        All of the plan's open days, in order of date and crew.
    touched
        Those that were timed anew; one that lost its only visit is gone.
    position
        Place of the visit in its new order, 1 for the first; 0 where it is in none.
    refusal
        Why a crew-day cannot be timed whatever the crew had: code of `geo_service.routes.timing.Refusal`, or empty.
        Then the routes are as before.
    """

    routes: tuple[Route, ...]
    touched: tuple[Route, ...]
    position: int
    refusal: str = ""


def lay(
    problem: Problem,
    routes: Sequence[Route],
    visit: Visit,
    crew_day: CrewDay | None,
    position: int | None = None,
) -> Laid:
    """Move a visit, from where it lies in ``routes`` if it does.

    Parameters
    ----------
    crew_day
        Where it shall lie; None: nowhere.
    position
        In the new order, 1 for the first, the visit itself not counted among the others; None: where it costs least.
    """
    visit_id = visit.visit_id
    source = next((one for one in routes if visit_id in ids_of(one)), None)
    target = None
    if crew_day is not None:
        target = next((one for one in routes if _key(one.crew_day) == _key(crew_day)), None)
    laid: dict[tuple[str, date], Route | None] = {}
    if source is not None:
        rest = [stop.visit for stop in source.stops if stop.visit.visit_id != visit_id]
        if source is not target:
            left = _timed(source.crew_day, rest, problem) if rest else None
            if isinstance(left, Refusal):
                return Laid(tuple(routes), (), 0, left.code)
            laid[_key(source.crew_day)] = left
    at = 0
    if crew_day is not None:
        others = [stop.visit for stop in target.stops if stop.visit.visit_id != visit_id] if target else []
        found = _inserted(crew_day, others, visit, position, problem)
        if isinstance(found, Refusal):
            return Laid(tuple(routes), (), 0, found.code)
        at, laid[_key(crew_day)] = found
    return Laid(_with(routes, laid), tuple(route for route in laid.values() if route is not None), at)


def ids_of(route: Route) -> tuple[str, ...]:
    """Return the visits of a route in their order."""
    return tuple(stop.visit.visit_id for stop in route.stops)


def working_s(route: Route) -> int:
    """Return the working time of a route: all but the breaks, seconds."""
    return route.end_s - route.start_s - sum(rest.end_s - rest.start_s for rest in route.breaks)


def _key(day: CrewDay) -> tuple[str, date]:
    return day.crew, day.on


def _with(routes: Sequence[Route], laid: Mapping[tuple[str, date], Route | None]) -> tuple[Route, ...]:
    kept = [route for route in routes if _key(route.crew_day) not in laid]
    kept += [route for route in laid.values() if route is not None]
    return tuple(sorted(kept, key=lambda route: (route.crew_day.on, route.crew_day.crew)))


def _inserted(
    day: CrewDay, others: Sequence[Visit], visit: Visit, position: int | None, problem: Problem
) -> tuple[int, Route] | Refusal:
    """Put a visit into an order: where it may be, else where it would be as if the day had what it lacks."""
    places = range(len(others) + 1) if position is None else [max(0, min(position - 1, len(others)))]
    orders = {place: [*others[:place], visit, *others[place:]] for place in places}
    matrix = problem.matrix_of(day)
    refusal = Refusal("unreachable")
    everybody = frozenset(one.visit_id for one in (*others, visit))
    for freed in (None, frozenset[str](), frozenset({visit.visit_id}), everybody):
        timed = {place: _try(day, order, matrix, freed) for place, order in orders.items()}
        fitting = {place: one for place, one in timed.items() if isinstance(one, Route)}
        if fitting:
            best = min(
                fitting, key=lambda place: (fitting[place].drive_s + fitting[place].work_s, fitting[place].end_s)
            )
            return best + 1, fitting[best]
        refusal = next(one for one in timed.values() if isinstance(one, Refusal))
    return refusal


def _timed(day: CrewDay, order: Sequence[Visit], problem: Problem) -> Route | Refusal:
    matrix = problem.matrix_of(day)
    found = _try(day, order, matrix, None)
    return found if isinstance(found, Route) else _try(day, order, matrix, frozenset(one.visit_id for one in order))


def _try(day: CrewDay, order: Sequence[Visit], matrix: TravelMatrix, freed: frozenset[str] | None) -> Route | Refusal:
    """Time an order; with ``freed`` as if the crew had all it lacks, these visits at any time, the others at theirs."""
    if freed is None:
        return time_route(day, order, matrix)
    able = replace(
        day,
        shift=(day.shift[0], max(day.shift[1], 30 * HOUR_S)),
        max_work_s=MAX_WORK_BALANCED_S,
        people=max(day.people, *(one.people for one in order)),
        skills=day.skills.union(*(one.skills for one in order)),
        machines=day.machines.union(*(one.machines for one in order)),
    )
    if any(one.volume_m3 + one.supply_m3 > day.capacity_m3 for one in order):
        able = replace(able, capacity_m3=sum(one.volume_m3 + one.supply_m3 for one in order))
    free = [replace(one, day_windows={day.on: ANY_TIME}) if one.visit_id in freed else one for one in order]
    found = time_route(able, free, matrix)
    if isinstance(found, Refusal):
        return found
    stops = tuple(replace(stop, visit=mine) for stop, mine in zip(found.stops, order, strict=True))
    here = {facility.code: facility for facility in day.facilities}
    trips = tuple(replace(trip, facility=here[trip.facility.code]) for trip in found.trips)
    return replace(found, crew_day=day, stops=stops, trips=trips)
