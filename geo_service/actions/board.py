"""Floor 6: the schedule board: a plan as the world is now, read once and asked many times what a move would do.

A board is a value: whoever drags visits keeps it and gives it back; when the workspace or the hour has moved on, it is
read again. Nothing is remembered anywhere else.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from geo_service.actions.accept_plan import require_plan
from geo_service.actions.asked import Asked, ask_period, read_ground
from geo_service.actions.moves import routed, successors
from geo_service.actions.plan_period import lay_problem
from geo_service.actions.replan import ask_rest
from geo_service.actions.roads import Roads
from geo_service.base.clock import BERLIN, require_aware
from geo_service.base.errors import NotReady
from geo_service.routes.model import CrewDay, Fault, Route
from geo_service.schedule.check import faults
from geo_service.schedule.compare import placements
from geo_service.schedule.cost import costs
from geo_service.schedule.events import Refused
from geo_service.schedule.model import Costs, Problem, Solution, Unserved
from geo_service.schedule.moving import ids_of
from geo_service.schedule.objections import Objection
from geo_service.store.model import Plan, VisitLock
from geo_service.store.protocol import Store
from geo_service.work.model import Visit, Window

BY_PLANNER = ("vom Planer", "by the planner")
"""How the reason of a visit begins that a planner set aside."""

FRESH = timedelta(minutes=5)
"""So long a board is taken for the present hour: what has begun since may still look movable."""


@dataclass(frozen=True)
class Board:
    """A plan as the world is now.

    Attributes
    ----------
    revision
        Of the workspace when it was read.
    plan
        The plan in force or a draft.
    in_force
        Whether it is in force.
    at
        When it was read, aware.
    problem, roads
        Visits, crew-days and travel as they are asked now; days that have passed are not among them.
    routes
        Of the open days, with visits and crew-days of now; their times are the plan's.
    unserved
        What is still due of what the plan leaves out.
    fixed
        Visits that cannot be moved, by visit_id: done, begun, refused, not due any more.
    locks
        By visit_id.
    set_aside
        Visits that a planner set aside, with the events that keep them out.
    worked
        Plots of which it is noted who worked there; of the others the crews know that plan to go there.
    standing
        What the checkers find in the plan as it stands; a move is not blamed for it.
    costs
        Of the plan as it stands.
    """

    revision: int
    plan: Plan
    in_force: bool
    at: datetime
    problem: Problem
    roads: Roads
    routes: tuple[Route, ...]
    unserved: tuple[Unserved, ...]
    fixed: Mapping[str, Objection]
    locks: Mapping[str, VisitLock]
    set_aside: Mapping[str, int]
    worked: frozenset[str]
    standing: tuple[Fault, ...]
    costs: Costs

    @property
    def today(self) -> date:
        """The local date when it was read."""
        return self.at.astimezone(BERLIN).date()

    def crew_day(self, crew: str, on: date) -> CrewDay | None:
        """Return a crew-day that can still be planned."""
        return next((day for day in self.problem.crew_days if (day.crew, day.on) == (crew, on)), None)

    def visit(self, visit_id: str) -> Visit | None:
        """Return a visit of the open days, or one that is left out."""
        return next((one for one in self.problem.visits if one.visit_id == visit_id), None)

    def faults_of(self, routes: tuple[Route, ...], unserved: tuple[Unserved, ...]) -> tuple[Fault, ...]:
        """Return what the checkers find in other routes of the same visits and did not find in the plan."""
        known = set(self.standing)
        found = faults(self.problem, Solution(routes, unserved, 0, 0, 0))
        return tuple(fault for fault in found if fault not in known)

    def costs_of(self, routes: tuple[Route, ...], unserved: tuple[Unserved, ...]) -> Costs:
        """Return what other routes of the same visits cost."""
        return costs(self.problem, routes, [one.visit for one in unserved])


def open_board(
    store: Store, *, clock: Callable[[], datetime], plan_id: str | None = None, kept: Board | None = None
) -> Board:
    """Read the board of a plan, unless the one that is kept still holds.

    Parameters
    ----------
    plan_id
        A draft, or None for the plan in force.
    kept
        What an earlier call returned: it is returned again, at once, while the workspace has not changed and it is not
        older than `FRESH`.

    Raises
    ------
    NotFound
        There is no such plan.
    NotReady
        No plan is in force, or all its days have passed.
    """
    now, revision = require_aware(clock()), store.revision()
    wanted = plan_id or store.plan_in_force()
    if kept is not None and (kept.revision, kept.plan.plan_id) == (revision, wanted) and now - kept.at < FRESH:
        return kept
    if wanted is None:
        raise NotReady("no plan is in force", remedy="make one with `geo-service plan`")
    plan, old = require_plan(store, wanted), store.plan()
    today = now.astimezone(BERLIN).date()
    if max(plan.days) < today:
        raise NotReady(f"the plan ended on {max(plan.days)}", remedy="plan a new period with `geo-service plan`")
    asked = _asked(store, plan, old, now)
    return _laid(store, plan, old, asked, revision, now)


def after_move(board: Board, plan: Plan, revision: int, routes: tuple[Route, ...], unserved: tuple[Unserved, ...],
               set_aside: Mapping[str, int]) -> Board:  # fmt: skip
    """Return the board of the plan that a move made, without reading the workspace again."""
    problem = board.problem
    if board.in_force:
        problem = replace(problem, in_force=placements(routes), familiar=_familiar(board, plan))
    return replace(
        board,
        revision=revision,
        plan=plan,
        problem=problem,
        routes=routes,
        unserved=unserved,
        set_aside=set_aside,
        standing=tuple(faults(problem, Solution(routes, unserved, 0, 0, 0))),
        costs=costs(problem, routes, [one.visit for one in unserved]),
    )


def _familiar(board: Board, plan: Plan) -> dict[str, frozenset[str]]:
    crews: dict[str, set[str]] = {}
    for route in plan.routes:
        for stop in route.stops:
            crews.setdefault(stop.visit.plot_id, set()).add(route.crew_day.crew)
    noted = {plot: known for plot, known in board.problem.familiar.items() if plot in board.worked}
    return {**{plot: frozenset(several) for plot, several in crews.items()}, **noted}


def _asked(store: Store, plan: Plan, old: Plan | None, now: datetime) -> Asked:
    if old is not None and old.days == plan.days:
        return ask_rest(store, read_ground(store), old, () if old.plan_id == plan.plan_id else plan.events, now)
    return ask_period(store, plan.from_on, len(plan.days))


def _laid(store: Store, plan: Plan, old: Plan | None, asked: Asked, revision: int, now: datetime) -> Board:
    local = now.astimezone(BERLIN)
    today, now_s = local.date(), local.hour * 3600 + local.minute * 60 + local.second
    open_routes = [route for route in plan.routes if route.crew_day.on >= today]
    planned = routed(open_routes)
    known = {one.visit_id: one for one in asked.visits}
    out = {one.visit.visit_id: one for one in asked.refused}
    same = successors(planned, asked.visits)
    done = {one.visit_id for one in store.visits_done()}
    fixed: dict[str, Objection] = {}
    now_is: dict[str, Visit] = {}
    for route in open_routes:
        for stop in route.stops:
            visit_id = stop.visit.visit_id
            begun = route.crew_day.on == today and stop.start_s <= now_s
            reason = _why_fixed(visit_id, done, begun, out, same)
            if reason is not None:
                fixed[visit_id] = reason
            now_is[visit_id] = _as_asked(stop.visit, known, out, same)
            if begun:
                pinned: dict[date, tuple[Window, ...]] = {route.crew_day.on: ((stop.start_s, stop.end_s),)}
                now_is[visit_id] = replace(now_is[visit_id], day_windows=pinned, service_s=stop.end_s - stop.start_s)
    in_force = old is not None and old.plan_id == plan.plan_id
    aside = _aside(store, plan, in_force)
    stopped = {one.visit_id for one in store.courses().values() if one.stopped}
    left = {}
    for one in plan.unserved:
        visit = known.get(one.visit_id) or (out[one.visit_id].visit if one.visit_id in out else None)
        if visit is not None and one.visit_id not in now_is:
            left[one.visit_id] = Unserved(visit, one.code, one.reason, one.reason_en, one.remedy)
            if one.visit_id in out and (one.visit_id not in aside or one.visit_id in stopped):
                fixed[one.visit_id] = Objection("refused", out[one.visit_id].reason, out[one.visit_id].reason_en)
    laid, roads = lay_problem(store, asked, [*now_is.values(), *(one.visit for one in left.values())])
    placed = {visit.visit_id: visit for visit in laid.visits}
    ids = placed.keys()
    was = placements(route for route in (old.routes if old else ()) if route.crew_day.on >= today)
    problem = replace(
        laid,
        in_force={one: at for one, at in {**was, **asked.in_force}.items() if one in ids},
        locked=asked.locked & ids,
    )
    days = {(day.crew, day.on): day for day in problem.crew_days}
    routes = tuple(_as_now(route, days, placed) for route in open_routes)
    unserved = tuple(replace(one, visit=placed[visit_id]) for visit_id, one in left.items())
    return Board(
        revision=revision,
        plan=plan,
        in_force=in_force,
        at=now,
        problem=problem,
        roads=roads,
        routes=routes,
        unserved=unserved,
        fixed=fixed,
        locks={lock.visit_id: lock for lock in store.locks()},
        set_aside=aside,
        worked=frozenset(one.plot_id for one in asked.ground.records if one.crew),
        standing=tuple(faults(problem, Solution(routes, unserved, 0, 0, 0))),
        costs=costs(problem, routes, [one.visit for one in unserved]),
    )


def _aside(store: Store, plan: Plan, in_force: bool) -> dict[str, int]:
    """Return what a planner set aside, with the events that keep it out; a draft carries its own, without a number."""
    kept = [(one.event, one.event_id) for one in store.events()] if in_force else [(one, 0) for one in plan.events]
    return {
        event.visit_id: number
        for event, number in kept
        if isinstance(event, Refused) and event.on is None and event.reason.startswith(BY_PLANNER[0])
    }


def _why_fixed(
    visit_id: str, done: set[str], begun: bool, out: Mapping[str, Unserved], same: Mapping[str, str]
) -> Objection | None:
    if visit_id in done:
        return Objection("done", "ist schon erledigt", "is done already")
    if begun:
        return Objection("begun", "hat schon begonnen", "has begun already")
    if visit_id in out:
        return Objection("refused", out[visit_id].reason, out[visit_id].reason_en)
    if visit_id not in same:
        return Objection("not_due", "ist nicht mehr fällig", "is not due any more")
    return None


def _as_asked(visit: Visit, known: Mapping[str, Visit], out: Mapping[str, Unserved], same: Mapping[str, str]) -> Visit:
    """Return a planned visit as it is asked now, under the id that it has in the plan."""
    if visit.visit_id in out:
        return out[visit.visit_id].visit
    asked = known.get(same.get(visit.visit_id, ""))
    if asked is None:
        return visit
    return asked if asked.visit_id == visit.visit_id else replace(asked, visit_id=visit.visit_id, after=visit.after)


def _as_now(route: Route, days: Mapping[tuple[str, date], CrewDay], visits: Mapping[str, Visit]) -> Route:
    day = days.get((route.crew_day.crew, route.crew_day.on), route.crew_day)
    stops = tuple(replace(stop, visit=visits[one]) for one, stop in zip(ids_of(route), route.stops, strict=True))
    here = {facility.code: facility for facility in day.facilities}
    trips = tuple(replace(trip, facility=here.get(trip.facility.code, trip.facility)) for trip in route.trips)
    return replace(route, crew_day=day, stops=stops, trips=trips)
