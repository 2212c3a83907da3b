"""Floor 6: put a plan in force that was made as a draft, if the world has not moved on in a way that breaks it.

The plan is held against what is asked now: the same visits must fall due, law, locks, crews and streets are checked by
the independent checkers, and days that have passed must be as they were. Its times are kept as they are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from geo_service.actions.asked import Asked, ask_period, read_ground
from geo_service.actions.basis import basis_of, require_basis, require_in_force
from geo_service.actions.consequences import put_consequences
from geo_service.actions.plan_period import lay_problem
from geo_service.actions.replan import ask_rest
from geo_service.base.clock import BERLIN
from geo_service.base.errors import Conflict, NotFound
from geo_service.routes.model import CrewDay, Route
from geo_service.schedule.check import faults
from geo_service.schedule.compare import Comparison, compare
from geo_service.schedule.model import Problem, Solution
from geo_service.store.model import Plan
from geo_service.store.protocol import Store
from geo_service.work.model import Visit

SHOWN = 20


def accept_plan(
    store: Store, plan_id: str, *, author: str, clock: Callable[[], datetime], expected: str | None = None
) -> Plan:
    """Put a draft in force, with its events, its moves and what was done early.

    Parameters
    ----------
    expected
        The plan in force that the planner looked at; None: whichever is in force.

    Raises
    ------
    NotFound
        There is no such plan.
    Conflict
        It is in force already, another plan than ``expected`` is, or what is asked now breaks it;
        ``fields['faults']`` tells how.
    """
    plan, basis = require_plan(store, plan_id), basis_of(store)
    if expected is not None:
        require_in_force(expected, basis.plan_id)
    old, now = store.plan(), clock()
    if store.plan_in_force() == plan_id:
        raise Conflict("the plan is in force already", remedy="nothing is to be done", code="in_force")
    broken = what_breaks(store, plan, old, now)
    if broken:
        require_in_force(basis.plan_id, store.plan_in_force())
        raise Conflict(
            f"the plan does not hold any more: {broken[0]}",
            remedy="plan anew; the plan in force stays",
            code="plan_outdated",
            faults=list(broken[:SHOWN]),
        )
    today = now.astimezone(BERLIN).date()
    with store.change(author=author, reason=f"accepted the plan {plan_id}", at=now) as tx:
        require_basis(store, basis, plan, today=today)
        tx.put_in_force(plan_id)
        put_consequences(store, tx, old, plan, from_on=max(today, plan.days[0]), author=author, at=now)
    return plan


def compare_plans(store: Store, old_id: str, new_id: str) -> Comparison:
    """Compare two plans by visit, crew-day and part of the objective.

    Raises
    ------
    NotFound
        When one of them is not there.
    """
    old, new = require_plan(store, old_id), require_plan(store, new_id)
    return compare(old.routes, new.routes, old.costs, new.costs)


def require_plan(store: Store, plan_id: str) -> Plan:
    """Return a plan by id.

    Raises
    ------
    NotFound
        There is no such plan.
    """
    plan = store.plan(plan_id)
    if plan is None:
        raise NotFound(f"there is no plan {plan_id}", remedy="list them with `geo-service plans list`", plan=plan_id)
    return plan


@dataclass(frozen=True)
class _Held:
    """A plan as it would be asked for now: its visits and crew-days of today, at today's places."""

    problem: Problem
    solution: Solution


def what_breaks(store: Store, plan: Plan, old: Plan | None, now: datetime) -> tuple[str, ...]:
    """Return what keeps a plan from being put in force now, in words; empty when nothing does."""
    today = now.astimezone(BERLIN).date()
    if max(plan.days) < today:
        return (f"its last day {max(plan.days)} has passed",)
    passed = _passed(plan, old, today)
    if passed:
        return passed
    asked = _asked_now(store, plan, old, now)
    routes = [route for route in plan.routes if route.crew_day.on >= today]
    now_asked = {visit.visit_id: visit for visit in asked.visits}
    planned = {stop.visit.visit_id for route in routes for stop in route.stops}
    told = planned | {one.visit_id for one in plan.unserved}
    found = [f"{visit_id} is not due any more" for visit_id in sorted(planned - now_asked.keys())]
    found += [f"{visit_id} fell due since" for visit_id in sorted(now_asked.keys() - told)]
    if found:
        return tuple(found)
    held = _held(store, asked, routes, now_asked)
    return tuple(fault.text for fault in faults(held.problem, held.solution))


def _passed(plan: Plan, old: Plan | None, today: date) -> tuple[str, ...]:
    """Return the days before today on which the plan differs from what was in force."""
    did = _by_day(old.routes if old else (), today)
    would = _by_day(plan.routes, today)
    days = [day for day in plan.days if day < today]
    return tuple(f"{day} has passed and was not as planned" for day in days if did.get(day) != would.get(day))


def _by_day(routes: Iterable[Route], today: date) -> dict[date, dict[str, tuple[str, ...]]]:
    days: dict[date, dict[str, tuple[str, ...]]] = {}
    for route in routes:
        if route.crew_day.on < today:
            ids = tuple(stop.visit.visit_id for stop in route.stops)
            days.setdefault(route.crew_day.on, {})[route.crew_day.crew] = ids
    return days


def _asked_now(store: Store, plan: Plan, old: Plan | None, now: datetime) -> Asked:
    """Ask for what the plan was made for, as the world is now: the rest of the plan in force, or a period."""
    if old is not None and old.days == plan.days:
        return ask_rest(store, read_ground(store), old, plan.events, now)
    return ask_period(store, plan.from_on, len(plan.days))


def _held(store: Store, asked: Asked, routes: Sequence[Route], visits: Mapping[str, Visit]) -> _Held:
    """Return the routes with the visits and crew-days that are asked for now; their times stay."""
    ids = dict.fromkeys(stop.visit.visit_id for route in routes for stop in route.stops)
    problem, _ = lay_problem(store, asked, [visits[visit_id] for visit_id in ids])
    placed = {visit.visit_id: visit for visit in problem.visits}
    days = {(day.crew, day.on): day for day in problem.crew_days}
    held = tuple(_as_now(route, days, placed) for route in routes)
    kept = {one: at for one, at in asked.in_force.items() if one in ids}
    problem = replace(problem, in_force=kept, locked=asked.locked & ids.keys())
    return _Held(problem, Solution(held, (), 0, 0, 0))


def _as_now(route: Route, days: Mapping[tuple[str, date], CrewDay], visits: Mapping[str, Visit]) -> Route:
    day = days.get((route.crew_day.crew, route.crew_day.on), route.crew_day)
    stops = tuple(replace(stop, visit=visits[stop.visit.visit_id]) for stop in route.stops)
    here = {facility.code: facility for facility in day.facilities}
    trips = tuple(replace(trip, facility=here.get(trip.facility.code, trip.facility)) for trip in route.trips)
    return replace(route, crew_day=day, stops=stops, trips=trips)
