"""Floor 4: the independent checker of a plan. It shares no code with the search, on purpose."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import date
from itertools import pairwise

import holidays

from geo_service.base.clock import hhmm
from geo_service.routes.check import faults as route_faults
from geo_service.routes.model import Fault, Route
from geo_service.schedule.model import Problem, Solution
from geo_service.work.hours import MIN_REST_S

DAY_S = 24 * 3600
SUNDAY = 6

UNSERVED_CODES = frozenset(
    {
        "no_skill",
        "no_machine",
        "no_facility",
        "too_few_people",
        "law",
        "tenure",
        "window",
        "too_long",
        "too_large",
        "unreachable",
        "off_network",
        "no_crew_day",
        "predecessor",
        "lock",
        "refused",
        "capacity",
        "no_time",
    }
)


def faults(problem: Problem, solution: Solution) -> list[Fault]:
    """List everything that is wrong with a plan; an empty list means it may be stored.

    Rules: those of `routes.check.faults`, and ``placed`` (each visit in exactly one route or left out), ``stranger``
    (a visit or crew-day the problem does not know), ``crew_day`` (one route per crew-day), ``reason`` (a visit left
    out without code or words), ``dates`` (before its first or after its last day; a visit whose last day lies before
    the period is overdue and may lie on any date of it), ``predecessor``, ``rest`` (11 h between two days of a crew),
    ``rest_day`` (Sunday or public holiday in Saxony), ``locked`` (a locked visit lies on its crew-day in force, and is
    never left out for want of time or room: others must give way). Routes are held against travel as their crew-day
    travels; ``profile``: none is known for it.
    """
    known = [route for route in solution.routes if route.crew_day.profile in {"", *problem.matrices}]
    found = [fault for route in known for fault in route_faults(route, problem.matrix_of(route.crew_day))]
    for check in (_placed, _crew_days, _profiles, _reasons, _dates, _predecessors, _rest, _rest_days, _locked):
        found += [Fault(rule, text) for rule, text in check(problem, solution)]
    return found


Found = Iterator[tuple[str, str]]


def _name(route: Route) -> str:
    return f"{route.crew_day.crew} on {route.crew_day.on}"


def _placed(problem: Problem, solution: Solution) -> Found:
    routed = [stop.visit for route in solution.routes for stop in route.stops]
    told = Counter(visit.visit_id for visit in [*routed, *(one.visit for one in solution.unserved)])
    asked = {visit.visit_id: visit for visit in problem.visits}
    for visit_id in asked:
        if told[visit_id] != 1:
            yield "placed", f"{visit_id} is told {told[visit_id]} times, not once"
    for visit in [*routed, *(one.visit for one in solution.unserved)]:
        if asked.get(visit.visit_id) != visit:
            yield "stranger", f"{visit.visit_id} is not a visit of the problem as it was asked"


def _crew_days(problem: Problem, solution: Solution) -> Found:
    for (crew, on), times in Counter((route.crew_day.crew, route.crew_day.on) for route in solution.routes).items():
        if times > 1:
            yield "crew_day", f"{crew} has {times} routes on {on}"
    asked = set(problem.crew_days)
    for route in solution.routes:
        if route.crew_day not in asked:
            yield "stranger", f"{_name(route)} is not a crew-day of the problem as it was asked"
        if not route.stops:
            yield "crew_day", f"{_name(route)} has a route without a stop"


def _profiles(problem: Problem, solution: Solution) -> Found:
    for route in solution.routes:
        if route.crew_day.profile not in {"", *problem.matrices}:
            yield (
                "profile",
                f"{_name(route)} travels as '{route.crew_day.profile}', for which no travel times are known",
            )


def _reasons(_: Problem, solution: Solution) -> Found:
    for one in solution.unserved:
        if one.code not in UNSERVED_CODES or not one.reason.strip():
            yield "reason", f"{one.visit.visit_id} is left out without a reason (code '{one.code}')"


def _dates(problem: Problem, solution: Solution) -> Found:
    period = set(problem.days)
    for route in solution.routes:
        on = route.crew_day.on
        if on not in period:
            yield "dates", f"{_name(route)} is outside the period"
        for stop in route.stops:
            visit = stop.visit
            if on < visit.earliest_on:
                yield "dates", f"{visit.visit_id} lies on {on}, before its first day {visit.earliest_on}"
            if visit.latest_on < on and visit.latest_on >= min(period, default=on):
                yield "dates", f"{visit.visit_id} lies on {on}, after its last day {visit.latest_on}"


def _predecessors(problem: Problem, solution: Solution) -> Found:
    on: dict[str, date] = {stop.visit.visit_id: route.crew_day.on for route in solution.routes for stop in route.stops}
    asked = {visit.visit_id: visit for visit in problem.visits}
    for route in solution.routes:
        for stop in route.stops:
            visit = stop.visit
            if not visit.after:
                continue
            before = {visit.after}
            named = asked.get(visit.after)
            if named is not None and (named.plot_id, named.work, named.due_on) != (
                visit.plot_id,
                visit.work,
                visit.due_on,
            ):
                before |= {
                    other.visit_id
                    for other in problem.visits
                    if (other.plot_id, other.work, other.due_on) == (named.plot_id, named.work, named.due_on)
                }
            for visit_id in sorted(before):
                if visit_id not in on:
                    yield "predecessor", f"{visit.visit_id} lies on {route.crew_day.on} but {visit_id} is not done"
                elif (route.crew_day.on - on[visit_id]).days < max(1, visit.after_days):
                    yield (
                        "predecessor",
                        f"{visit.visit_id} lies on {route.crew_day.on}, too soon after {visit_id} on {on[visit_id]}",
                    )


def _rest(_: Problem, solution: Solution) -> Found:
    days: defaultdict[str, list[Route]] = defaultdict(list)
    for route in solution.routes:
        days[route.crew_day.crew].append(route)
    for routes in days.values():
        for one, two in pairwise(sorted(routes, key=lambda route: route.crew_day.on)):
            apart = (two.crew_day.on - one.crew_day.on).days
            if apart and apart * DAY_S - one.end_s + two.start_s < MIN_REST_S:
                yield "rest", f"{_name(two)} begins at {hhmm(two.start_s)}, less than 11 h after {hhmm(one.end_s)}"


def _rest_days(_: Problem, solution: Solution) -> Found:
    years = {route.crew_day.on.year for route in solution.routes}
    closed = holidays.country_holidays("DE", subdiv="SN", years=years) if years else {}
    for route in solution.routes:
        on = route.crew_day.on
        if on.weekday() == SUNDAY or on in closed:
            yield "rest_day", f"{_name(route)} is a {'Sunday' if on.weekday() == SUNDAY else 'public holiday'}"


def _locked(problem: Problem, solution: Solution) -> Found:
    for route in solution.routes:
        for stop in route.stops:
            asked = problem.in_force.get(stop.visit.visit_id)
            if asked is None or stop.visit.visit_id not in problem.locked:
                continue
            if (asked.crew, asked.on) != (route.crew_day.crew, route.crew_day.on):
                yield "locked", f"{stop.visit.visit_id} is locked to {asked.crew} on {asked.on}, not {_name(route)}"
    for one in solution.unserved:
        if one.visit.visit_id in problem.locked & problem.in_force.keys() and one.code in {"no_time", "capacity"}:
            yield "locked", f"{one.visit.visit_id} is locked and left out for others ({one.code})"
