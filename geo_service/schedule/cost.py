"""Floor 4: the objective: what a plan costs after `Weights`, part by part and as one sum in seconds of driving."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence

from geo_service.routes.model import Route
from geo_service.schedule.dates import Job, date_cost_s, job_of, left_out_cost_s
from geo_service.schedule.model import Costs, Placement, Problem
from geo_service.work.model import Visit


def costs(problem: Problem, routes: Iterable[Route], left_out: Iterable[Visit]) -> Costs:
    """Return the objective part by part, whole seconds; its ``total_s`` is what a search makes small.

    - ``travel_s``: the driving of all routes, the ways back and to facilities included.
    - ``crew_days_s``: ``crew_day_s`` for each route.
    - ``dates_s``: days early and late, see `geo_service.schedule.dates.date_cost_s`.
    - ``overtime_s``: ``overtime`` times the driving and work (on plots and at facilities; neither waiting nor breaks)
      of each route beyond ``CrewDay.regular_s``; rounded once, over all routes.
    - ``changes_s``: ``change_s`` for each visit of a route that the plan in force has on another crew-day. A visit
      that is left out, or that the plan in force does not have, is no change.
    - ``imbalance_s``: ``imbalance`` times the sum over crews of ``|work(crew) - mean * crew-days(crew)|``, where
      ``work`` is the ``work_s`` of the crew's routes, ``crew-days`` counts those of the problem, and ``mean`` is all
      work divided by all crew-days; rounded once.
    - ``areas_s``: ``area_s`` for each area beyond the first among the stops of a route; plots without one are in none.
    - ``familiarity_s``: ``unfamiliar_s`` for each visit of a route whose plot other crews know and this one does not.
    - ``crew_changes_s``: ``crew_change_s`` for each crew beyond the first on the parts of one job.
    - ``unserved_s``: see `geo_service.schedule.dates.left_out_cost_s`.

    Half seconds are rounded to the even second, as Python rounds.
    """
    routes, weights = tuple(routes), problem.weights
    first_day, last_day = min(problem.days), max(problem.days)
    return Costs(
        travel_s=sum(route.drive_s for route in routes),
        crew_days_s=weights.crew_day_s * len(routes),
        dates_s=sum(
            date_cost_s(stop.visit, route.crew_day.on, first_day, weights) for route in routes for stop in route.stops
        ),
        overtime_s=round(weights.overtime * sum(overtime_s(route) for route in routes)),
        changes_s=weights.change_s * sum(_moved(problem, route) for route in routes),
        imbalance_s=round(weights.imbalance * _imbalance_s(problem, routes)),
        areas_s=weights.area_s * sum(_further_areas(problem, route) for route in routes),
        familiarity_s=weights.unfamiliar_s * sum(_strangers(problem, route) for route in routes),
        crew_changes_s=weights.crew_change_s * _crew_changes(routes),
        unserved_s=sum(left_out_cost_s(visit, last_day, weights) for visit in left_out),
    )


def cost_s(problem: Problem, routes: Iterable[Route], left_out: Iterable[Visit]) -> int:
    """Return the sum of all parts of `costs`, seconds."""
    return costs(problem, routes, left_out).total_s


def overtime_s(route: Route) -> int:
    """Return the driving and work of a route beyond what is paid as usual, seconds."""
    return max(0, route.drive_s + route.work_s - route.crew_day.regular_s)


def _moved(problem: Problem, route: Route) -> int:
    here = Placement(route.crew_day.crew, route.crew_day.on)
    return sum(problem.in_force.get(stop.visit.visit_id, here) != here for stop in route.stops)


def _imbalance_s(problem: Problem, routes: Sequence[Route]) -> float:
    days = Counter(crew_day.crew for crew_day in problem.crew_days)
    work: defaultdict[str, int] = defaultdict(int)
    for route in routes:
        work[route.crew_day.crew] += route.work_s
    if not days:
        return 0.0
    mean = sum(work.values()) / days.total()
    return sum(abs(work[crew] - mean * count) for crew, count in days.items())


def _further_areas(problem: Problem, route: Route) -> int:
    areas = {problem.areas.get(stop.visit.plot_id, "") for stop in route.stops} - {""}
    return max(0, len(areas) - 1)


def _strangers(problem: Problem, route: Route) -> int:
    known = [problem.familiar.get(stop.visit.plot_id, frozenset()) for stop in route.stops]
    return sum(bool(crews) and route.crew_day.crew not in crews for crews in known)


def _crew_changes(routes: Iterable[Route]) -> int:
    crews: defaultdict[Job, set[str]] = defaultdict(set)
    for route in routes:
        for stop in route.stops:
            if stop.visit.parts > 1:
                crews[job_of(stop.visit)].add(route.crew_day.crew)
    return sum(len(several) - 1 for several in crews.values())
