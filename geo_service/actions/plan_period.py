"""Floor 6: plan a period: what is due, on which day, by which crew, in which order, along which streets."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from geo_service.base.crs import WGS84_EPSG, transform_xy
from geo_service.base.errors import CheckFailed, InputError, NotReady
from geo_service.base.progress import OnProgress, Progress, Stop, after_seconds, silent
from geo_service.base.units import hours
from geo_service.plots.model import Plot
from geo_service.routes.model import Fault, Route
from geo_service.schedule.check import faults as schedule_faults
from geo_service.schedule.crew_days import crew_days
from geo_service.schedule.model import Problem, Solution, Unserved
from geo_service.schedule.selection import select
from geo_service.schedule.solve import SEARCHING, solve
from geo_service.store.model import Plan, RouteLine, UnservedVisit
from geo_service.store.protocol import Store
from geo_service.streets.check import faults as path_faults
from geo_service.streets.model import Profile, Router, Snap
from geo_service.streets.network import StreetNetwork
from geo_service.streets.router import make_router
from geo_service.work.calendar import working_days
from geo_service.work.demand import due_visits
from geo_service.work.model import Crew
from geo_service.work.tenure import WARN_DAYS, tenure_warnings

MAX_DAYS = 60
MAX_SECONDS = 3600.0


@dataclass(frozen=True)
class PlanRequest:
    """What to plan: ``days`` working days from ``from_on``, searching for ``seconds``; the seed makes it repeatable."""

    from_on: date
    days: int = 10
    seconds: float = 20.0
    seed: int = 1

    def __post_init__(self) -> None:
        if not 1 <= self.days <= MAX_DAYS:
            raise InputError(f"cannot plan {self.days} days", remedy=f"ask for 1 to {MAX_DAYS} days")
        if not 0 <= self.seconds <= MAX_SECONDS:
            raise InputError(
                f"cannot search for {self.seconds} seconds", remedy=f"ask for 0 to {MAX_SECONDS:.0f} seconds"
            )


@dataclass(frozen=True)
class _Ground:
    """Where everything is: the snapped places (depots first, then plots) and how to travel between them."""

    router: Router
    snaps: list[Snap]
    depot_places: dict[str, int]
    plot_places: dict[str, int]
    notes: tuple[str, ...]


def plan_period(
    store: Store,
    request: PlanRequest,
    *,
    plan_id: str,
    author: str,
    clock: Callable[[], datetime],
    on_progress: OnProgress = silent,
    stop: Stop | None = None,
) -> Plan:
    """Plan a period, check the plan independently, keep it and put it in force.

    Parameters
    ----------
    stop
        Stop rule of the search; by default ``request.seconds`` of it. `after_iterations` makes a run repeatable.

    Raises
    ------
    NotReady
        When plots, streets or crews are missing.
    CheckFailed
        When a checker found a fault; the plan in force stays.
    Cancelled
        When ``on_progress`` raised it; the plan in force stays.
    """
    began = time.monotonic()
    on_progress(Progress("reading the workspace"))
    plots, crews, network = store.plots(), store.crews(), store.streets()
    if not plots:
        raise NotReady("there are no plots", remedy="import some with `geo-service import plots FILE`")
    if network is None:
        raise NotReady("there is no street network", remedy="import one with `geo-service import streets FILE`")
    if not crews:
        raise NotReady("there are no crews", remedy="make the workspace with `geo-service init`")
    catalogue = store.catalogue()
    weekdays = tuple(sorted({weekday for crew in crews for weekday in crew.weekdays}))
    days = working_days(request.from_on, request.days, weekdays)

    on_progress(Progress("working out what is due"))
    demand = due_visits(plots, catalogue, store.last_done(), days, crews=crews)

    selection = select(demand.visits, crew_days(crews, days, 0), days)

    on_progress(Progress("travel times"))
    wanted = {visit.plot_id for visit in selection.visits}
    ground = _lay_ground(store, network, crews, [plot for plot in plots if plot.plot_id in wanted], plots)
    problem = Problem(
        visits=tuple(replace(visit, place=ground.plot_places.get(visit.plot_id, -1)) for visit in selection.visits),
        crew_days=crew_days(crews, days, ground.depot_places),
        matrix=ground.router.matrix(ground.snaps),
        days=days,
    )

    telling = on_progress if stop else _by_time(on_progress, request.seconds)
    found = solve(problem, stop or after_seconds(request.seconds), request.seed, telling)
    on_progress(Progress("checking the plan"))
    _require_faultless(schedule_faults(problem, found))
    solution = replace(found, unserved=(*found.unserved, *selection.unserved))

    on_progress(Progress("drawing the routes"))
    lines = tuple(_line(route, ground, network) for route in solution.routes)
    plan = Plan(
        plan_id=plan_id,
        made_at=clock(),
        author=author,
        from_on=request.from_on,
        days=days,
        seed=request.seed,
        routes=solution.routes,
        lines=lines,
        unserved=tuple(_unserved(left_out) for left_out in solution.unserved),
        figures=_figures(solution, len(demand.visits), time.monotonic() - began),
        notes=(*_sample_note(store), *ground.notes),
        warnings=_tenure_warnings(plots, request.from_on),
        kept_out=demand.kept_out,
    )
    on_progress(Progress("keeping the plan", note=f"drive {hours(plan.figures['drive_s'])}"))
    with store.change(author=author, reason=f"planned {request.days} days from {request.from_on}", at=clock()) as tx:
        tx.put_plan(plan)
    return plan


def _lay_ground(
    store: Store, network: StreetNetwork, crews: Sequence[Crew], wanted: Sequence[Plot], plots: Sequence[Plot]
) -> _Ground:
    router = make_router(network, Profile.VAN)
    notes: list[str] = []
    places = {place.code: (place.lon, place.lat) for place in store.places()}
    lonlat = _entries(plots)
    snaps: list[Snap] = []
    depot_places: dict[str, int] = {}
    for code in dict.fromkeys(crew.depot for crew in crews):
        if code not in places:
            notes.append(
                f"depot '{code}' is not set: the street nearest the plots' centre is taken "
                f"(Betriebshof nicht gesetzt: Straße nahe der Mitte der Flächen)"
            )
        snap = _snap_depot(router, places.get(code), lonlat)
        depot_places[code] = len(snaps)
        snaps.append(snap)
    plot_places: dict[str, int] = {}
    off: list[str] = []
    for plot, snap_or_none in zip(wanted, router.snap(_entries(wanted)), strict=True):
        if snap_or_none is None:
            off.append(plot.code)
            continue
        plot_places[plot.plot_id] = len(snaps)
        snaps.append(snap_or_none)
    if off:
        some = ", ".join(off[:5]) + (" ..." if len(off) > 5 else "")
        notes.append(f"{len(off)} plots lie too far from any usable street: {some}")
    return _Ground(router, snaps, depot_places, plot_places, tuple(notes))


def _snap_depot(router: Router, place: tuple[float, float] | None, lonlat: npt.NDArray[np.float64]) -> Snap:
    if place is not None:
        snap = router.snap(np.array([place]))[0]
        if snap is None:
            raise InputError(
                f"the depot at {place[1]:.5f} N {place[0]:.5f} E lies beside the street network",
                remedy="move the depot or import the streets around it",
            )
        return snap
    centre = np.median(lonlat, axis=0)
    # the centre itself may lie in a wood or a lake; then the nearest plot that has a street
    nearest_first = np.vstack([centre, lonlat[np.argsort(np.hypot(*(lonlat - centre).T))]])
    for snap in router.snap(nearest_first):
        if snap is not None:
            return snap
    raise NotReady("no plot lies near the street network", remedy="import the streets and the plots of the same place")


def _entries(plots: Sequence[Plot]) -> npt.NDArray[np.float64]:
    """Return where crews enter, shape (n, 2), degrees."""
    if not plots:
        return np.empty((0, 2))
    xy = np.array([plot.entry().coords[0][:2] for plot in plots])
    return transform_xy(xy, plots[0].epsg, WGS84_EPSG)


def _require_faultless(found: Sequence[Fault]) -> None:
    if found:
        raise CheckFailed(
            f"the checker found {len(found)} faults in the plan, the first: {found[0].text}",
            remedy="the plan in force stays; report this with the seed",
            faults=[fault.text for fault in found[:20]],
        )


def _line(route: Route, ground: _Ground, network: StreetNetwork) -> RouteLine:
    """Draw the way a crew drives, each leg checked against the streets."""
    depot = route.crew_day.depot_place
    places = [depot, *(stop.visit.place for stop in route.stops), depot]
    legs: list[tuple[tuple[float, float], ...]] = []
    names: list[tuple[str, ...]] = []
    for start, end in pairwise(places):
        path = ground.router.path(ground.snaps[start], ground.snaps[end])
        wrong = ["no way leads there"] if path is None else path_faults(network, ground.router.profile, path)
        if path is None or wrong:
            _require_faultless([Fault("street", f"{route.crew_day.crew} on {route.crew_day.on}: {wrong[0]}")])
            continue
        legs.append(tuple((float(lon), float(lat)) for lon, lat in path.lonlat.round(6)))
        names.append(tuple(leg.name for leg in path.legs if leg.name))
    return RouteLine(route.crew_day.crew, route.crew_day.on, tuple(legs), tuple(names))


def _unserved(left_out: Unserved) -> UnservedVisit:
    visit = left_out.visit
    return UnservedVisit(
        visit.visit_id,
        visit.plot_id,
        visit.plot_code,
        visit.work,
        visit.due_on,
        left_out.code,
        left_out.reason,
        left_out.reason_en,
    )


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


def _figures(solution: Solution, visits: int, seconds: float) -> dict[str, float]:
    return {
        "visits": visits,
        "served": sum(len(route.stops) for route in solution.routes),
        "unserved": len(solution.unserved),
        "drive_s": sum(route.drive_s for route in solution.routes),
        "work_s": sum(route.work_s for route in solution.routes),
        "length_m": sum(route.length_m for route in solution.routes),
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
