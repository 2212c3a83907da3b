"""Floor 4: from a planning problem to its solution: the one call behind which the engine lives."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from geo_service.base.compiled import is_compiled
from geo_service.base.errors import Cancelled, CheckFailed, InputError
from geo_service.base.progress import AfterSeconds, OnProgress, Progress, Stop, after_iterations, silent, up_to
from geo_service.base.units import hours
from geo_service.routes.check import faults as route_faults
from geo_service.routes.model import CrewDay, Route
from geo_service.routes.solve import solve as solve_day
from geo_service.routes.timing import time_route
from geo_service.routes.trips import Trip
from geo_service.schedule.arrays import Arrays
from geo_service.schedule.cost import costs
from geo_service.schedule.crew_days import rested
from geo_service.schedule.dates import in_order, may_lie_on, predecessors
from geo_service.schedule.engine import anneal
from geo_service.schedule.engine.search import Search
from geo_service.schedule.engine.settings import SERVICE
from geo_service.schedule.model import Problem, Solution
from geo_service.schedule.selection import select
from geo_service.schedule.unserved import reasons
from geo_service.work.calendar import rest_day
from geo_service.work.model import Visit

SEARCHING = "searching"
"""Stage of the progress while a better plan is searched for; how long is up to the stop rule."""

SEARCH_PART = 0.92
"""Of the time of a plan that is given seconds; the days' final orders have the rest."""

DAY_ITERATIONS = 60
"""Iterations for the final order of one crew-day."""


def solve(problem: Problem, stop: Stop, seed: int, on_progress: OnProgress = silent) -> Solution:
    """Give every visit a crew-day and a place in its order, or the reason why it has none.

    The most urgent visits that the crew-days could at all serve are placed one by one, those of the plan in force first
    and where they lie in it, the others where each costs least. Then they are improved by
    `geo_service.schedule.engine` until ``stop``, and each crew-day is put into its best order. A visit that fits
    somewhere is placed, even where leaving it out would cost less: what is left out fits nowhere in the plan. With a
    stop rule by iterations, the same problem and seed give the same solution.

    Parameters
    ----------
    stop
        Called with the number of iterations done, from time to time. A rule by seconds covers the final orders as
        well; a rule by iterations does not count them: they take a few seconds for 300 visits on 40 crew-days.
    on_progress
        May raise `Cancelled`. While visits are placed it passes through; from then on it ends the work early and the
        best plan so far is returned.

    Raises
    ------
    InputError
        When two visits have the same id, a crew has two crew-days on one date, a place is not in the matrix, or
        no travel is known for a profile.
    Cancelled
        When ``on_progress`` raised it before all visits were placed.
    """
    _require_sound(problem)
    crew_days = rested([day for day in problem.crew_days if rest_day(day.on) is None])
    waiting = predecessors(problem.visits)
    there = [visit for visit in problem.visits if visit.place >= 0]
    selection = select(there, crew_days, problem.days, problem.locked)
    visits = _reachable(selection.visits, crew_days, problem)
    routes, iterations = _search(problem, visits, crew_days, stop, seed, on_progress) if visits else ((), 0)

    placed = {stop.visit.visit_id for route in routes for stop in route.stops}
    named = {one.visit.visit_id: one for one in selection.unserved}
    left_out = [visit for visit in problem.visits if visit.visit_id not in placed]
    parts = costs(problem, routes, left_out)
    rest = [visit for visit in left_out if visit.visit_id not in named]
    locks = {visit_id: problem.in_force[visit_id] for visit_id in problem.locked if visit_id in problem.in_force}
    first_day, matrices = min(problem.days), problem.matrices
    for one in reasons(rest, crew_days, first_day, problem.matrix, routes, waiting, locks, matrices):
        named[one.visit.visit_id] = one
    return Solution(
        routes=routes,
        unserved=tuple(named[visit.visit_id] for visit in left_out),
        cost_s=parts.total_s,
        iterations=iterations,
        seed=seed,
        costs=parts,
    )


def _require_sound(problem: Problem) -> None:
    if not problem.days:
        raise InputError("the period has no day", remedy="name at least one working day")
    doubled = [name for name, times in Counter(visit.visit_id for visit in problem.visits).items() if times > 1]
    if doubled:
        raise InputError(f"the visit {doubled[0]} is there twice", remedy="give every visit its own id")
    crews = Counter((day.crew, day.on) for day in problem.crew_days)
    busy = [f"{crew} on {on}" for (crew, on), times in crews.items() if times > 1]
    if busy:
        raise InputError(f"{busy[0]} is there twice", remedy="give every crew one crew-day per date")
    strange = sorted({day.profile for day in problem.crew_days} - {"", *problem.matrices})
    if strange:
        raise InputError(f"no travel is known for the profile '{strange[0]}'", remedy="compute its travel matrix")
    size = min(len(matrix.seconds) for matrix in (problem.matrix, *problem.matrices.values()))
    must = [place for day in problem.crew_days for place in (day.depot_place, day.last_place)]
    may = [visit.place for visit in problem.visits]  # -1: off the streets
    may += [one.place for day in problem.crew_days for one in day.facilities]
    if max([*must, *may], default=-1) >= size or min(must, default=0) < 0:
        raise InputError("a place is not in the travel matrix", remedy="compute the matrix for all plots and depots")


def _reachable(visits: Sequence[Visit], crew_days: Sequence[CrewDay], problem: Problem) -> list[Visit]:
    """Keep the visits that some crew-day can do with nothing else to do, and whose predecessors are kept."""
    kept = {
        visit.visit_id: visit
        for visit in visits
        if any(
            may_lie_on(visit, day.on, min(problem.days))
            and isinstance(time_route(day, [visit], problem.matrix_of(day)), Route)
            for day in crew_days
        )
    }
    return [kept[visit_id] for visit_id in in_order(list(kept), predecessors(visits))[0]]


def _search(
    problem: Problem,
    visits: Sequence[Visit],
    crew_days: Sequence[CrewDay],
    stop: Stop,
    seed: int,
    on_progress: OnProgress,
) -> tuple[tuple[Route, ...], int]:
    """Place, search, order the days; `Cancelled` ends the search, the best so far stands."""
    on_progress(Progress("placing", 0, len(visits)))
    if not is_compiled(anneal.run):
        on_progress(Progress("compiling the engine", note="once after installation, about a minute"))
    arrays = Arrays(problem, visits, crew_days)
    urgent_first = np.arange(len(visits))
    search = Search(arrays.instance, seed, replace(SERVICE, order=urgent_first, first=arrays.in_force()))
    on_progress(Progress("placing", len(visits), len(visits)))
    try:
        search.go_on(up_to(stop, SEARCH_PART), lambda done, _: on_progress(_told(search, done)))
        cancelled = False
    except Cancelled:
        cancelled = True
    search.best.fill(urgent_first)
    orders = [arrays.order_of(stops) for stops in search.best.best_routes()]
    routes = [
        _timed(crew_day, order, problem, _as_open(crew_day, trips))
        for crew_day, (order, trips) in zip(arrays.crew_days, orders, strict=True)
        if order
    ]
    if not cancelled:
        _order_days(routes, problem, stop, search.iterations, seed, on_progress)
    asked = {(day.crew, day.on): day for day in problem.crew_days}
    found = [replace(route, crew_day=asked[route.crew_day.crew, route.crew_day.on]) for route in routes]
    return tuple(found), search.iterations


def _order_days(
    routes: list[Route], problem: Problem, stop: Stop, iterations: int, seed: int, on_progress: OnProgress
) -> None:
    """Put the days into their best orders, those that drive most first, until a clock stops it or somebody cancels."""
    by_time = isinstance(stop, AfterSeconds)
    for done, number in enumerate(sorted(range(len(routes)), key=lambda number: -routes[number].drive_s)):
        if by_time and stop(iterations):
            break
        try:
            on_progress(Progress("ordering days", done, len(routes), _drive(routes)))
        except Cancelled:
            break
        routes[number] = _best_order(routes[number], problem, seed)


def _as_open(crew_day: CrewDay, trips: Sequence[Trip]) -> tuple[Trip, ...]:
    """Return trips to facilities with the hours that they have on the day."""
    here = {facility.code: facility for facility in crew_day.facilities}
    return tuple((after, here.get(facility.code, facility)) for after, facility in trips)


def _told(search: Search, iterations: int) -> Progress:
    unserved, drive_s = search.best.figures()
    return Progress(SEARCHING, iterations, note=f"unserved {unserved}, drive {hours(round(drive_s))}")


def _drive(routes: Sequence[Route]) -> str:
    return f"drive {hours(sum(route.drive_s for route in routes))}"


def _timed(crew_day: CrewDay, order: Sequence[Visit], problem: Problem, trips: Sequence[Trip]) -> Route:
    matrix = problem.matrix_of(crew_day)
    route = time_route(crew_day, order, matrix, trips)
    if isinstance(route, Route):
        return route
    again = time_route(crew_day, order, matrix)
    if isinstance(again, Route):
        return again
    raise CheckFailed(
        f"{crew_day.crew} on {crew_day.on}: the order searched cannot be driven ({route.code})",
        remedy="report this with the seed",
    )


def _best_order(route: Route, problem: Problem, seed: int) -> Route:
    """Return the best order that `routes.solve` finds for a crew-day, where it is cheaper and the checker agrees."""
    visits = [stop.visit for stop in route.stops]
    if len(visits) < 2:
        return route
    matrix = problem.matrix_of(route.crew_day)
    found = solve_day(route.crew_day, visits, matrix, stop=after_iterations(DAY_ITERATIONS), seed=seed)
    cheaper = found is not None and found.drive_s + found.work_s < route.drive_s + route.work_s
    return found if found is not None and cheaper and not route_faults(found, matrix) else route
