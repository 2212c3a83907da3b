"""Floor 4: from a planning problem to its solution: the one call behind which the engine lives."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from geo_service.base.errors import Cancelled, CheckFailed, InputError
from geo_service.base.progress import OnProgress, Progress, Stop, after_iterations, silent
from geo_service.base.units import hours
from geo_service.routes.check import faults as route_faults
from geo_service.routes.model import CrewDay, Route
from geo_service.routes.solve import solve as solve_day
from geo_service.routes.timing import time_route
from geo_service.schedule.cost import cost_s
from geo_service.schedule.crew_days import rested
from geo_service.schedule.dates import in_order, may_lie_on, predecessors
from geo_service.schedule.draft import Draft
from geo_service.schedule.model import Problem, Solution
from geo_service.schedule.search import Search
from geo_service.schedule.selection import select
from geo_service.schedule.unserved import reasons
from geo_service.work.calendar import rest_day
from geo_service.work.model import Visit

SEARCHING = "searching"
"""Stage of the progress while a better plan is searched for; how long is up to the stop rule."""

REPORT_EVERY = 50
"""Iterations, or visits placed, between two reports of progress."""

DAY_ITERATIONS = 60
"""Iterations for the final order of one crew-day."""


def solve(problem: Problem, stop: Stop, seed: int, on_progress: OnProgress = silent) -> Solution:
    """Give every visit a crew-day and a place in its order, or the reason why it has none.

    The most urgent visits that the crew-days could at all serve are placed one by one where each costs least, then
    improved until ``stop``, then each crew-day is put into its best order. A visit that fits somewhere is placed,
    even where leaving it out would cost less: what is left out fits nowhere in the plan.
    With a stop rule by iterations, the same problem and seed give the same solution.

    Parameters
    ----------
    stop
        Called before each iteration of the improvement with the number done. Placing and final orders are not
        counted: they take a few seconds for 300 visits on 40 crew-days.
    on_progress
        May raise `Cancelled`. While visits are placed it passes through; from then on it ends the work early and the
        best plan so far is returned.

    Raises
    ------
    InputError
        When two visits have the same id, a crew has two crew-days on one date, or a place is not in the matrix.
    Cancelled
        When ``on_progress`` raised it before all visits were placed.
    """
    _require_sound(problem)
    crew_days = rested([day for day in problem.crew_days if rest_day(day.on) is None])
    waiting = predecessors(problem.visits)
    selection = select([visit for visit in problem.visits if visit.place >= 0], crew_days, problem.days)
    draft = Draft(problem, _reachable(selection.visits, crew_days, problem), crew_days)
    _place(draft, on_progress)
    iterations = _improve(draft, stop, seed, on_progress)
    routes = _routes(draft, problem)

    placed = {stop.visit.visit_id for route in routes for stop in route.stops}
    named = {one.visit.visit_id: one for one in selection.unserved}
    left_out = [visit for visit in problem.visits if visit.visit_id not in placed]
    rest = [visit for visit in left_out if visit.visit_id not in named]
    for one in reasons(rest, crew_days, min(problem.days), problem.matrix, routes, waiting):
        named[one.visit.visit_id] = one
    return Solution(
        routes=routes,
        unserved=tuple(named[visit.visit_id] for visit in left_out),
        cost_s=cost_s(problem, routes, left_out),
        iterations=iterations,
        seed=seed,
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
    size = len(problem.matrix.seconds)
    places = [visit.place for visit in problem.visits] + [day.depot_place for day in problem.crew_days]
    if any(place >= size for place in places) or any(day.depot_place < 0 for day in problem.crew_days):
        raise InputError("a place is not in the travel matrix", remedy="compute the matrix for all plots and depots")


def _reachable(visits: Sequence[Visit], crew_days: Sequence[CrewDay], problem: Problem) -> list[Visit]:
    """Keep the visits that some crew-day can do with nothing else to do, and whose predecessors are kept."""
    kept = {
        visit.visit_id: visit
        for visit in visits
        if any(
            may_lie_on(visit, day.on, min(problem.days)) and isinstance(time_route(day, [visit], problem.matrix), Route)
            for day in crew_days
        )
    }
    return [kept[visit_id] for visit_id in in_order(list(kept), predecessors(visits))[0]]


def _place(draft: Draft, on_progress: OnProgress) -> None:
    """Insert the visits one by one in their order."""
    count = len(draft.visits)
    for visit in range(count):
        if visit % REPORT_EVERY == 0:
            on_progress(Progress("placing", visit, count))
        draft.put_in(visit)


def _improve(draft: Draft, stop: Stop, seed: int, on_progress: OnProgress) -> int:
    """Search until ``stop``, then order every crew-day; `Cancelled` ends either, the best so far stands."""
    search = Search(draft, seed)
    iterations = 0
    try:
        while draft.visits and not stop(iterations):
            if iterations % REPORT_EVERY == 0:
                on_progress(Progress(SEARCHING, iterations, note=_note(draft)))
            search.step()
            iterations += 1
        draft.restore(search.best)
        _order_days(draft, seed, on_progress)
    except Cancelled:
        if search.best_s < draft.cost_s:
            draft.restore(search.best)
    for visit in draft.unplaced:
        draft.put_in(visit)
    return iterations


def _note(draft: Draft) -> str:
    return f"unserved {len(draft.unplaced)}, drive {hours(draft.drive_s)}"


def _order_days(draft: Draft, seed: int, on_progress: OnProgress) -> None:
    """Give every crew-day the best order that `routes.solve` finds, where it is cheaper and the checker agrees."""
    matrix = draft.matrix
    for day, order in enumerate(draft.orders):
        on_progress(Progress("ordering days", day, len(draft.orders), _note(draft)))
        visits = [draft.visits[visit] for visit in order]
        if len(visits) < 2:
            continue
        route = solve_day(draft.crew_days[day], visits, matrix, stop=after_iterations(DAY_ITERATIONS), seed=seed)
        if route is not None and not route_faults(route, matrix):
            number = {draft.visits[visit].visit_id: visit for visit in order}
            draft.reorder(day, tuple(number[stop.visit.visit_id] for stop in route.stops))


def _routes(draft: Draft, problem: Problem) -> tuple[Route, ...]:
    asked = {(day.crew, day.on): day for day in problem.crew_days}
    routes = []
    for order, crew_day in zip(draft.orders, draft.crew_days, strict=True):
        if not order:
            continue
        route = time_route(crew_day, [draft.visits[visit] for visit in order], problem.matrix)
        if not isinstance(route, Route):
            raise CheckFailed(
                f"{crew_day.crew} on {crew_day.on}: the order searched cannot be driven ({route.code})",
                remedy="report this with the seed",
            )
        routes.append(replace(route, crew_day=asked[crew_day.crew, crew_day.on]))
    return tuple(routes)
