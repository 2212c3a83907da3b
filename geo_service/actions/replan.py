"""Floor 6: plan anew what is in force after something happened, and change as little as can be.

What lies before today stays as it was: visits of past days are taken as done on their day unless somebody refused
them or noted another day; where the crew reported its day, what it did not report as done is still due. On today what
has begun stays where and when it is, unless it was not possible, or its crew is sent home: then what was ended is
taken as done, and the rest is planned anew. Locked and announced visits stay. All others may move, and each move costs
what `Weights.change_s` says.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from geo_service.actions.asked import Asked, Ground, ask, read_ground, without_done
from geo_service.actions.basis import basis_of, require_basis
from geo_service.actions.consequences import put_consequences
from geo_service.actions.moves import routed, successors
from geo_service.actions.plan_period import Solver, made_plan, require_search_time
from geo_service.actions.record_visit import planned_visits
from geo_service.actions.urgent import require_known
from geo_service.base.clock import BERLIN
from geo_service.base.errors import InputError, NotFound, NotReady
from geo_service.base.progress import OnProgress, Progress, Stop, silent
from geo_service.schedule.compare import placements
from geo_service.schedule.events import (
    CrewAbsent,
    DoneEarly,
    Event,
    Refused,
    UrgentVisit,
    VehicleBroken,
    change_crew_days,
    covers,
    words,
)
from geo_service.schedule.solve import solve
from geo_service.store.model import Plan
from geo_service.store.protocol import Store
from geo_service.work.field_report import ReportKind, ReportStatus
from geo_service.work.model import Visit


@dataclass(frozen=True)
class ReplanRequest:
    """How long to search, the seed, and whether the plan is a draft that is not put in force."""

    seconds: float = 20.0
    seed: int = 1
    draft: bool = False

    def __post_init__(self) -> None:
        require_search_time(self.seconds)


def replan(
    store: Store,
    events: Sequence[Event],
    request: ReplanRequest,
    *,
    plan_id: str,
    author: str,
    clock: Callable[[], datetime],
    on_progress: OnProgress = silent,
    stop: Stop | None = None,
    solver: Solver = solve,
) -> Plan:
    """Plan the rest of the plan in force anew, check it, keep it and, unless it is a draft, put it in force.

    With the plan, its events begin to hold, what was done early is noted, and every move is kept with its reason.
    Without events the rest is planned again with what holds already.

    Parameters
    ----------
    stop
        Stop rule of the search; by default ``request.seconds`` of it.
    solver
        Finds the plan.

    Raises
    ------
    NotReady
        When no plan is in force, or all its days have passed.
    NotFound, InputError
        When an event names a crew, plot, machine or visit that nobody knows, or a visit was done in the future.
    CheckFailed, Conflict, Cancelled
        As in `geo_service.actions.plan_period.plan_period`; the plan in force stays.
    """
    began = time.monotonic()
    on_progress(Progress("reading the workspace"))
    basis = basis_of(store)
    old = _require_plan(store)
    ground, now = read_ground(store), clock()
    today = now.astimezone(BERLIN).date()
    _require_sensible(events, ground, old, today)
    on_progress(Progress("working out what is due"))
    asked = ask_rest(store, ground, old, events, now)
    plan = made_plan(
        store,
        asked,
        request,
        plan_id=plan_id,
        author=author,
        clock=clock,
        on_progress=on_progress,
        stop=stop,
        began=began,
        solver=solver,
    )
    told = "; ".join(words(event)[1] for event in events) or "planned anew what is in force"
    with store.change(author=author, reason=told[:500], at=plan.made_at) as tx:
        if not request.draft:
            require_basis(store, basis, plan, today=today)
        tx.put_plan(plan, in_force=not request.draft)
        if not request.draft:
            put_consequences(store, tx, old, plan, from_on=today, author=author, at=plan.made_at)
    return plan


def ask_rest(store: Store, ground: Ground, old: Plan, events: Sequence[Event], now: datetime) -> Asked:
    """Ask for what is left of a plan, with the events that hold and those that are new.

    Raises
    ------
    NotReady
        When all days of the plan have passed.
    """
    local = now.astimezone(BERLIN)
    today, now_s = local.date(), local.hour * 3600 + local.minute * 60 + local.second
    open_days = tuple(day for day in old.days if day >= today)
    if not open_days:
        raise NotReady(
            f"the plan in force ended on {max(old.days)}", remedy="plan a new period with `geo-service plan`"
        )
    holding = (*(kept.event for kept in store.events()), *(one for one in events if not isinstance(one, DoneEarly)))
    known, told = planned_visits(old), _told(store, old, today)
    early = {one.visit_id: one.on for one in events if isinstance(one, DoneEarly) and one.visit_id in known}
    past = tuple((route, line) for route, line in zip(old.routes, old.lines, strict=True) if route.crew_day.on < today)
    begun_today = {
        stop.visit.visit_id: (stop.start_s, stop.end_s)
        for route in old.routes
        for stop in route.stops
        if route.crew_day.on == today
        and stop.start_s <= now_s
        and stop.visit.visit_id not in early.keys() | told.not_possible
    }
    todays = [route.crew_day for route in old.routes if route.crew_day.on == today]
    home = {day.crew for day in todays if not change_crew_days([day], holding)}
    sent_home = {visit_id for visit_id in begun_today if known[visit_id][1] in home}
    ended = {visit_id: today for visit_id in sent_home if begun_today[visit_id][1] <= now_s}
    running = {visit_id: (today, *when) for visit_id, when in begun_today.items() if visit_id not in sent_home}
    done = _taken_as_done(past_visits(old, today), holding, ground, told.open) | ended | early
    demand = _with_early(ground, early, known).demand(old.days)
    visits = tuple(_from_now(visit, today, now_s, running) for visit in without_done(demand.visits, done))
    kept = [visit for visit in routed(old.routes) if visit.visit_id not in done]
    same = successors(kept, visits)
    where = placements(route for route in old.routes if route.crew_day.on >= today)
    in_force = {same[one]: where[one] for one in same if one in where}
    begun = Asked(
        ground=ground,
        from_on=old.from_on,
        days=old.days,
        open_days=open_days,
        visits=visits,
        refused=(),
        kept_out=demand.kept_out,
        events=tuple(events),
        holding=holding,
        in_force=in_force,
        locked=frozenset(running) & in_force.keys(),
        past=past,
    )
    return ask(store, ground, begun)


def past_visits(plan: Plan, today: date) -> dict[str, date]:
    """Return the days of a plan's visits that lie before today, by visit_id."""
    return {
        stop.visit.visit_id: route.crew_day.on
        for route in plan.routes
        for stop in route.stops
        if route.crew_day.on < today
    }


@dataclass(frozen=True)
class _Told:
    """What crews told of a plan's days.

    Attributes
    ----------
    open
        Visits of past crew-days that were reported; those of them that were done are noted as such.
    not_possible
        Visits of today that were not possible.
    """

    open: frozenset[str]
    not_possible: frozenset[str]


def _told(store: Store, plan: Plan, today: date) -> _Told:
    told_open: set[str] = set()
    not_possible: set[str] = set()
    for route in plan.routes:
        crew, on = route.crew_day.crew, route.crew_day.on
        reports = store.field_reports(day=on, crew=crew) if on <= today else []
        if on < today and reports:
            told_open |= {stop.visit.visit_id for stop in route.stops}
        not_possible |= {
            kept.report.visit_id
            for kept in reports
            if kept.status is ReportStatus.ACCEPTED and kept.report.kind is ReportKind.NOT_POSSIBLE
        }
    return _Told(frozenset(told_open), frozenset(not_possible))


def _taken_as_done(
    past: Mapping[str, date], holding: Sequence[Event], ground: Ground, told: frozenset[str]
) -> dict[str, date]:
    """Return the visits of past days without those that were refused, were told of, or are noted for another day."""
    refused = {
        event.visit_id
        for event in holding
        if isinstance(event, Refused) and event.visit_id in past and _covers(event, past[event.visit_id])
    }
    noted = {one.visit_id for one in ground.records}
    return {visit_id: on for visit_id, on in past.items() if visit_id not in refused | noted | told}


def _covers(event: Refused, on: date) -> bool:
    return event.on is None or covers(event.on, event.until_on, on)


def _with_early(ground: Ground, early: Mapping[str, date], known: Mapping[str, tuple[Visit, str]]) -> Ground:
    """Return the ground as it will be once what was done early is noted: whole jobs move their next due date."""
    recorded = {one.visit_id for one in ground.records}
    whole = []
    for visit_id, on in early.items():
        visit = known[visit_id][0]
        others = {f"{visit_id.rpartition('.')[0]}.{part}" for part in range(1, visit.parts + 1)} - {visit_id}
        if others <= recorded | early.keys():
            whole.append((visit, on))
    return ground.with_done(whole)


def _from_now(visit: Visit, today: date, now_s: int, running: Mapping[str, tuple[date, int, int]]) -> Visit:
    """Return a visit that on today begins from now on, or, when it has begun, stays when it is."""
    windows = visit.day_windows.get(today)
    if visit.visit_id in running:
        on, start_s, end_s = running[visit.visit_id]
        return replace(visit, day_windows={on: ((start_s, end_s),)}, service_s=end_s - start_s, after="", after_days=0)
    if not windows:
        return visit
    left = tuple((max(opens, now_s), closes) for opens, closes in windows if closes > now_s)
    days = {**visit.day_windows, today: left}
    if left:
        return replace(visit, day_windows=days)
    del days[today]
    return replace(visit, day_windows=days, forbidden={**visit.forbidden, today: "der Tag ist vorbei"})


def _require_plan(store: Store) -> Plan:
    plan = store.plan()
    if plan is None:
        raise NotReady("no plan is in force", remedy="make one with `geo-service plan`")
    return plan


def _require_sensible(events: Sequence[Event], ground: Ground, old: Plan, today: date) -> None:
    crews = {crew.code for crew in ground.crews}
    planned = {visit.visit_id for visit in routed(old.routes)}
    known = planned | {one.visit_id for one in old.unserved}
    require_known([one for one in events if isinstance(one, UrgentVisit)], ground.plots, ground.catalogue)
    for event in events:
        if isinstance(event, CrewAbsent | VehicleBroken) and event.crew not in crews:
            raise NotFound(f"no crew {event.crew}", remedy=f"name one of: {', '.join(sorted(crews))}", crew=event.crew)
        if isinstance(event, DoneEarly | Refused) and event.visit_id not in (
            planned if isinstance(event, DoneEarly) else known
        ):
            raise NotFound(
                f"no visit {event.visit_id} in the plan in force",
                remedy="name the id of a visit as the lists show it",
                visit=event.visit_id,
            )
        if isinstance(event, DoneEarly) and event.on > today:
            raise InputError(
                f"{event.visit_id} cannot have been done on {event.on}, today is {today}",
                remedy="name today or a day before",
            )
