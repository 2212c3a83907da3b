"""Floor 6: plan a period: what is due, on which day, by which crew, in which order, along which streets."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from typing import Protocol

from geo_service.actions.asked import Asked, ask_period, later_days
from geo_service.actions.basis import basis_of, require_basis
from geo_service.actions.consequences import put_consequences
from geo_service.actions.roads import Roads, lay_roads
from geo_service.base.clock import BERLIN
from geo_service.base.errors import CheckFailed, InputError
from geo_service.base.progress import OnProgress, Progress, Stop, after_seconds, silent
from geo_service.base.units import hours
from geo_service.plots.model import Plot
from geo_service.routes.model import Fault, Route
from geo_service.schedule.check import faults as schedule_faults
from geo_service.schedule.cost import costs
from geo_service.schedule.crew_days import crew_days
from geo_service.schedule.model import Problem, Solution
from geo_service.schedule.remedy import after_the_period, explained
from geo_service.schedule.selection import select
from geo_service.schedule.solve import SEARCHING, solve
from geo_service.store.model import Plan, RouteLine, UnservedVisit
from geo_service.store.protocol import Store
from geo_service.streets.model import Profile
from geo_service.work.model import Visit
from geo_service.work.tenure import WARN_DAYS, tenure_warnings

MAX_DAYS = 60
MAX_SECONDS = 3600.0


class Solver(Protocol):
    """What finds a plan, such as `geo_service.schedule.solve.solve`; its answer is checked before it is kept."""

    def __call__(self, problem: Problem, stop: Stop, seed: int, on_progress: OnProgress, /) -> Solution:
        """Return a plan for a problem."""
        ...


class SearchRequest(Protocol):
    """How long to search, and the seed."""

    @property
    def seconds(self) -> float:
        """Seconds of the search."""
        ...

    @property
    def seed(self) -> int:
        """Seed of the search."""
        ...


@dataclass(frozen=True)
class PlanRequest:
    """What to plan: ``days`` working days from ``from_on``, searching for ``seconds``; the seed makes it repeatable.

    A ``draft`` is kept but not put in force; `geo_service.actions.accept_plan` does that later.
    """

    from_on: date
    days: int = 10
    seconds: float = 20.0
    seed: int = 1
    draft: bool = False

    def __post_init__(self) -> None:
        if not 1 <= self.days <= MAX_DAYS:
            raise InputError(f"cannot plan {self.days} days", remedy=f"ask for 1 to {MAX_DAYS} days")
        require_search_time(self.seconds)


def require_search_time(seconds: float) -> None:
    """Refuse a search that is no time or too long.

    Raises
    ------
    InputError
        Unless it is 0 to `MAX_SECONDS` seconds.
    """
    if not 0 <= seconds <= MAX_SECONDS:
        raise InputError(f"cannot search for {seconds} seconds", remedy=f"ask for 0 to {MAX_SECONDS:.0f} seconds")


def plan_period(
    store: Store,
    request: PlanRequest,
    *,
    plan_id: str,
    author: str,
    clock: Callable[[], datetime],
    on_progress: OnProgress = silent,
    stop: Stop | None = None,
    solver: Solver = solve,
) -> Plan:
    """Plan a period, check the plan independently, keep it and, unless it is a draft, put it in force.

    The plan in force is not looked at except for what is locked in it; `geo_service.actions.replan` keeps to it.

    Parameters
    ----------
    stop
        Stop rule of the search; by default ``request.seconds`` of it. `after_iterations` makes a run repeatable.
    solver
        Finds the plan.

    Raises
    ------
    NotReady
        When plots, streets or crews are missing.
    CheckFailed
        When a checker found a fault; the plan in force stays.
    Conflict
        When meanwhile another plan was put in force, or a lock or rule changed that stands against this one.
    Cancelled
        When ``on_progress`` raised it; the plan in force stays.
    """
    began = time.monotonic()
    on_progress(Progress("reading the workspace"))
    basis = basis_of(store)
    on_progress(Progress("working out what is due"))
    asked = ask_period(store, request.from_on, request.days)
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
    with store.change(author=author, reason=f"planned {request.days} days from {request.from_on}", at=clock()) as tx:
        if not request.draft:
            require_basis(store, basis, plan, today=plan.made_at.astimezone(BERLIN).date())
        old = store.plan()
        tx.put_plan(plan, in_force=not request.draft)
        if not request.draft:
            put_consequences(store, tx, old, plan, from_on=request.from_on, author=author, at=plan.made_at)
    return plan


def made_plan(
    store: Store,
    asked: Asked,
    request: SearchRequest,
    *,
    plan_id: str,
    author: str,
    clock: Callable[[], datetime],
    on_progress: OnProgress,
    stop: Stop | None,
    began: float,
    solver: Solver,
) -> Plan:
    """Solve what is asked, have it checked, say why what is left out is, and draw the routes; keep nothing yet."""
    crews, plots = asked.ground.crews, asked.ground.plots
    later = later_days(asked)
    first = asked.locked | asked.in_force.keys()
    selection = select(asked.visits, asked.working(crew_days(crews, asked.open_days, 0)), asked.open_days, first)

    on_progress(Progress("travel times"))
    problem, roads = lay_problem(store, asked, selection.visits)

    telling = on_progress if stop else _by_time(on_progress, request.seconds)
    found = explained(problem, solver(problem, stop or after_seconds(request.seconds), request.seed, telling), later)
    on_progress(Progress("checking the plan"))
    _require_faultless(schedule_faults(problem, found))
    parts = costs(problem, found.routes, [one.visit for one in found.unserved])
    beyond = tuple(replace(one, remedy=after_the_period(one, later)) for one in selection.unserved)
    solution = replace(found, unserved=(*found.unserved, *beyond, *asked.refused), cost_s=parts.total_s)

    on_progress(Progress("drawing the routes"))
    lines = tuple(_line(route, roads) for route in solution.routes)
    plan = Plan(
        plan_id=plan_id,
        made_at=clock(),
        author=author,
        from_on=asked.from_on,
        days=asked.days,
        seed=request.seed,
        routes=(*(route for route, _ in asked.past), *solution.routes),
        lines=(*(line for _, line in asked.past), *lines),
        unserved=tuple(map(UnservedVisit.of, solution.unserved)),
        notes=(*_sample_note(store), *roads.notes),
        warnings=(*_tenure_warnings(plots, asked.open_days[0]), *asked.warnings),
        kept_out=asked.kept_out,
        costs=asdict(parts),
        events=asked.events,
    )
    plan = replace(plan, figures=_figures(plan, solution, time.monotonic() - began))
    on_progress(Progress("keeping the plan", note=f"drive {hours(plan.figures['drive_s'])}"))
    return plan


def lay_problem(store: Store, asked: Asked, visits: Sequence[Visit]) -> tuple[Problem, Roads]:
    """Put visits and crew-days on the streets: the planning problem, and the roads that its routes are drawn on."""
    crews, plots, network = asked.ground.crews, asked.ground.plots, asked.ground.network
    wanted = {visit.plot_id for visit in visits}
    roads = lay_roads(network, store.places(), crews, [plot for plot in plots if plot.plot_id in wanted], plots)
    facilities = roads.facilities(asked.open_days)
    matrices = {profile: roads.matrix(profile) for profile in roads.routers}
    problem = Problem(
        visits=tuple(replace(visit, place=roads.plot_places.get(visit.plot_id, -1)) for visit in visits),
        crew_days=asked.working(crew_days(crews, asked.open_days, roads.yard_places, facilities)),
        matrix=matrices[Profile.VAN.value],
        matrices=matrices,
        days=asked.open_days,
        in_force=asked.in_force,
        locked=asked.locked,
        familiar=asked.familiar,
        areas=asked.areas,
    )
    return problem, roads


def _require_faultless(found: Sequence[Fault]) -> None:
    if found:
        raise _faulty(found)


def _faulty(found: Sequence[Fault]) -> CheckFailed:
    return CheckFailed(
        f"the checker found {len(found)} faults in the plan, the first: {found[0].text}",
        remedy="the plan in force stays; report this with the seed",
        faults=[fault.text for fault in found[:20]],
    )


def _line(route: Route, roads: Roads) -> RouteLine:
    """Draw the way a crew drives, each leg checked against the streets."""
    line = roads.line(route)
    if isinstance(line, Fault):
        raise _faulty([line])
    return line


def _by_time(on_progress: OnProgress, seconds: float) -> OnProgress:
    """Tell how far a search is that stops by the clock."""
    began: float | None = None

    def tell(progress: Progress) -> None:
        nonlocal began
        if progress.stage == SEARCHING and seconds >= 1:
            began = time.monotonic() if began is None else began
            passed = min(int(time.monotonic() - began), int(seconds))
            progress = replace(progress, done=passed, total=int(seconds))
        on_progress(progress)

    return tell


def _figures(plan: Plan, solution: Solution, seconds: float) -> dict[str, float]:
    served = sum(len(route.stops) for route in plan.routes)
    return {
        "visits": served + len(plan.unserved),
        "served": served,
        "unserved": len(plan.unserved),
        "drive_s": sum(route.drive_s for route in plan.routes),
        "work_s": sum(route.work_s for route in plan.routes),
        "length_m": sum(route.length_m for route in plan.routes),
        "cost_s": solution.cost_s,
        "iterations": solution.iterations,
        "seconds": round(seconds, 1),
    }


def _sample_note(store: Store) -> tuple[str, ...]:
    return (SAMPLE_NOTE,) if store.is_sample() else ()


def _tenure_warnings(plots: Sequence[Plot], on: date) -> tuple[str, ...]:
    """Warn of agreements that end soon."""
    soon = [warning for warning in tenure_warnings(plots, on) if warning.days_left >= 0]
    if not soon:
        return ()
    listed = ", ".join(f"{warning.plot_code} ({warning.until_on:%d.%m.%Y})" for warning in soon)
    return (f"Vereinbarungen enden binnen {WARN_DAYS} Tagen (agreements end soon): {listed}",)


SAMPLE_NOTE = "Schematische Beispieldaten · schematic sample data"
"""Every output says so until real data is imported."""
