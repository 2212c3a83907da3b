"""Floor 6: what a planning run is asked: the visits that fall due, what holds for them, and what is known of crews."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from geo_service.actions.urgent import with_urgent
from geo_service.base.errors import NotReady
from geo_service.plots.model import Plot, Tenure
from geo_service.routes.model import CrewDay, Route
from geo_service.schedule.dates import days_after, job_of
from geo_service.schedule.events import Event, Rain, Refused, UrgentVisit, change_crew_days, change_visits, covers
from geo_service.schedule.model import Placement, Unserved
from geo_service.store.model import RouteLine, VisitDone, VisitLock
from geo_service.store.protocol import Store
from geo_service.streets.network import StreetNetwork
from geo_service.work.calendar import working_days
from geo_service.work.cutting import CuttingException
from geo_service.work.demand import due_visits
from geo_service.work.hours import HOUR_S
from geo_service.work.lawful import Lawbook
from geo_service.work.model import Catalogue, Crew, Demand, NotDue, Visit, Window
from geo_service.work.noise import Rules, intersect

LOOK_AHEAD = 120
"""Working days after the period that are searched for a lawful one."""


STOPPED = "gefährlicher Abfall gefunden, Arbeit gestoppt (hazardous waste found, job stopped)"
"""Why a stopped job is in no plan until a planner lets it go on."""


@dataclass(frozen=True)
class Ground:
    """What the workspace holds that every planning run needs."""

    plots: list[Plot]
    crews: list[Crew]
    network: StreetNetwork
    catalogue: Catalogue
    rules: Rules
    exceptions: Mapping[tuple[str, str], CuttingException]
    last_done: Mapping[tuple[str, str], date]
    records: tuple[VisitDone, ...]
    locks: tuple[VisitLock, ...]

    @property
    def weekdays(self) -> tuple[int, ...]:
        """The days of the week on which any crew works."""
        return tuple(sorted({weekday for crew in self.crews for weekday in crew.weekdays}))

    def demand(self, days: Sequence[date]) -> Demand:
        """Return what falls due, without the parts of jobs that are done."""
        found = due_visits(
            self.plots,
            self.catalogue,
            self.last_done,
            days,
            rules=self.rules,
            crews=self.crews,
            exceptions=self.exceptions,
        )
        done = {one.visit_id: one.done_on for one in self.records if self._counts(one)}
        return replace(found, visits=without_done(found.visits, done))

    def _counts(self, one: VisitDone) -> bool:
        """Tell whether a record is of a job that is not done as a whole yet."""
        whole = self.last_done.get((one.plot_id, one.work))
        return whole is None or whole < one.done_on

    def with_done(self, done: Iterable[tuple[Visit, date]]) -> Ground:
        """Return the ground as if these visits, the last of their jobs, had been done."""
        last_done = dict(self.last_done)
        for visit, on in done:
            key = (visit.plot_id, visit.work)
            last_done[key] = max(on, last_done.get(key, on))
        return replace(self, last_done=last_done)


@dataclass(frozen=True)
class Asked:
    """What a planning run is asked.

    Attributes
    ----------
    from_on, days
        Of the plan that is made.
    open_days
        Those of them that are still to be planned.
    visits, refused, kept_out
        To be planned; refused by somebody; kept out by law, season or state.
    events
        What happened that the plan answers; they hold from when it is put in force.
    holding
        These and the events that hold already.
    in_force, locked, familiar, areas
        As in `geo_service.schedule.model.Problem`.
    past
        Routes of days that have passed, taken over as they were, with their lines.
    warnings
        What planners must know: locks that cannot be kept.
    """

    ground: Ground
    from_on: date
    days: tuple[date, ...]
    open_days: tuple[date, ...]
    visits: tuple[Visit, ...]
    refused: tuple[Unserved, ...]
    kept_out: tuple[NotDue, ...]
    events: tuple[Event, ...] = ()
    holding: tuple[Event, ...] = ()
    in_force: Mapping[str, Placement] = field(default_factory=dict)
    locked: frozenset[str] = frozenset()
    familiar: Mapping[str, frozenset[str]] = field(default_factory=dict)
    areas: Mapping[str, str] = field(default_factory=dict)
    past: tuple[tuple[Route, RouteLine], ...] = ()
    warnings: tuple[str, ...] = ()

    def working(self, crew_days: Iterable[CrewDay]) -> tuple[CrewDay, ...]:
        """Return the crew-days of the open days that events leave."""
        return change_crew_days((day for day in crew_days if day.on in self.open_days), self.holding)


def read_ground(store: Store) -> Ground:
    """Read what every planning run needs.

    Raises
    ------
    NotReady
        When plots, streets or crews are missing.
    """
    plots, crews, network = store.plots(), store.crews(), store.streets()
    if not plots:
        raise NotReady("there are no plots", remedy="import some with `geo-service import plots FILE`")
    if network is None:
        raise NotReady("there is no street network", remedy="import one with `geo-service import streets FILE`")
    if not crews:
        raise NotReady("there are no crews", remedy="make the workspace with `geo-service init`")
    return Ground(
        plots=plots,
        crews=crews,
        network=network,
        catalogue=store.catalogue(),
        rules=store.rules(),
        exceptions={(kept.plot_id, kept.work): kept.exception for kept in store.exceptions()},
        last_done=store.last_done(),
        records=tuple(store.visits_done()),
        locks=tuple(store.locks()),
    )


def ask_period(store: Store, from_on: date, count: int) -> Asked:
    """Ask for a whole period, free of the plan in force except for what is locked; events that hold are kept."""
    ground = read_ground(store)
    days = working_days(from_on, count, ground.weekdays)
    holding = tuple(kept.event for kept in store.events())
    demand = ground.demand(days)
    return ask(store, ground, Asked(ground, from_on, days, days, demand.visits, (), demand.kept_out, holding=holding))


def ask(store: Store, ground: Ground, begun: Asked) -> Asked:
    """Complete what is asked: urgent visits, locks, what events and stopped jobs forbid, who knows which plot."""
    urgent = [event for event in begun.holding if isinstance(event, UrgentVisit)]
    since = {kept.event: kept.at for kept in store.events() if isinstance(kept.event, UrgentVisit)}
    visits = with_urgent(
        begun.visits,
        urgent,
        plots=ground.plots,
        catalogue=ground.catalogue,
        days=begun.open_days,
        rules=ground.rules,
        exceptions=ground.exceptions,
        records=ground.records,
        since=since,
    )
    visits, in_force, locked, warnings = _lock(visits, ground.locks, begun)
    in_force, locked = {**begun.in_force, **in_force}, begun.locked | locked
    warnings += _wet(visits, in_force, locked, begun.holding)
    stopped = tuple(Refused(one.visit_id, STOPPED) for one in store.courses().values() if one.stopped)
    asked, refused = change_visits(visits, (*begun.holding, *stopped), locked)
    return replace(
        begun,
        visits=asked,
        refused=refused,
        in_force=in_force,
        locked=locked,
        familiar=_familiar(store, ground),
        areas={plot.plot_id: plot.quarter for plot in ground.plots if plot.quarter},
        warnings=(*begun.warnings, *warnings),
    )


def without_done(visits: Iterable[Visit], done: Mapping[str, date]) -> tuple[Visit, ...]:
    """Return the visits that are not done; those that wait for one that is begin so many days after it."""
    left = [visit for visit in visits if visit.visit_id not in done]
    by_job = {job_of(visit): visit.visit_id for visit in left}
    jobs_done = {visit.visit_id: job_of(visit) for visit in visits if visit.visit_id in done}
    asked = []
    for visit in left:
        if visit.after in done:
            still = by_job.get(jobs_done[visit.after], "") if visit.after in jobs_done else ""
            if still:
                visit = replace(visit, after=still)  # noqa: PLW2901  another part of the same job is to be done yet
            else:
                first_on = done[visit.after] + timedelta(days=days_after(visit))
                earliest = max(visit.earliest_on, first_on)
                visit = replace(  # noqa: PLW2901
                    visit, after="", after_days=0, earliest_on=earliest, latest_on=max(visit.latest_on, earliest)
                )
        asked.append(visit)
    return tuple(asked)


def _lock(
    visits: Iterable[Visit], locks: Iterable[VisitLock], begun: Asked
) -> tuple[tuple[Visit, ...], dict[str, Placement], frozenset[str], list[str]]:
    """Narrow announced visits to their hours, and keep locked ones on their crew-day as far as it is there."""
    shifts: dict[str, Window] = {}
    weekdays: dict[str, tuple[int, ...]] = {}
    for crew in begun.ground.crews:
        shifts[crew.code], weekdays[crew.code] = (crew.shift_start_s, crew.shift_end_s), crew.weekdays
    known = {visit.visit_id: visit for visit in visits}
    in_force: dict[str, Placement] = {}
    locked: set[str] = set()
    warnings: list[str] = []
    for lock in locks:
        visit = known.get(lock.visit_id)
        if visit is None or lock.on not in begun.open_days:
            continue
        if lock.window is not None:
            known[lock.visit_id] = visit = announced(visit, lock.on, lock.window)
        there = lock.on.weekday() in weekdays.get(lock.crew, ()) and bool(
            change_crew_days([_any_day(lock, shifts)], begun.holding)
        )
        if there:
            in_force[lock.visit_id] = Placement(lock.crew, lock.on)
            locked.add(lock.visit_id)
        else:
            what = "angekündigt" if lock.window else "festgelegt"
            warnings.append(
                f"{lock.visit_id} ist für {lock.on:%d.%m.%Y} {what}, {lock.crew} arbeitet dann nicht "
                f"({lock.crew} does not work on {lock.on}, for which the visit is locked)"
            )
    return tuple(known.values()), in_force, frozenset(locked), warnings


def _wet(
    visits: Iterable[Visit], in_force: Mapping[str, Placement], locked: frozenset[str], holding: Sequence[Event]
) -> list[str]:
    """Tell of locked visits that stay on a rainy day."""
    rain = [event for event in holding if isinstance(event, Rain)]
    return [
        f"{visit.visit_id} bleibt trotz Regen am {on:%d.%m.%Y}, es ist festgelegt (stays in the rain: it is locked)"
        for visit in visits
        if visit.visit_id in locked
        for on in [in_force[visit.visit_id].on]
        if any(event.hits(visit) and covers(event.on, event.until_on, on) for event in rain)
    ]


def _any_day(lock: VisitLock, shifts: Mapping[str, Window]) -> CrewDay:
    return CrewDay(lock.crew, lock.on, shifts.get(lock.crew, (0, 0)), 0, 1, frozenset(), frozenset(), 0.0)


def announced(visit: Visit, on: date, window: Window) -> Visit:
    """Return a visit that lies on a date and is begun in the hours that were announced, as far as the law allows."""
    lasting = (window[0], window[1] + visit.service_s)
    hours = intersect(visit.day_windows.get(on, ()), (lasting,))
    said = f"angekündigt für {on:%d.%m.%Y}"
    forbidden = {day: said for day in visit.day_windows if day != on}
    return replace(visit, day_windows={on: hours} if hours else {}, forbidden={**visit.forbidden, **forbidden})


def _familiar(store: Store, ground: Ground) -> dict[str, frozenset[str]]:
    """Return the crews that know a plot: from what they are noted to have done there, else from the plan in force."""
    known: dict[str, set[str]] = {}
    for one in ground.records:
        if one.crew:
            known.setdefault(one.plot_id, set()).add(one.crew)
    plan = store.plan()
    planned: dict[str, set[str]] = {}
    for route in plan.routes if plan else ():
        for stop in route.stops:
            planned.setdefault(stop.visit.plot_id, set()).add(route.crew_day.crew)
    return {plot_id: frozenset(crews) for plot_id, crews in {**planned, **known}.items()}


def later_days(asked: Asked) -> Callable[[Visit], date | None]:
    """Return who tells the first lawful working day after the period for a visit, None when none comes soon."""
    ground, after = asked.ground, max(asked.days) + timedelta(days=1)
    days = working_days(after, LOOK_AHEAD, ground.weekdays)
    lawbook = Lawbook(ground.catalogue.machines, days, (6 * HOUR_S, 20 * HOUR_S), ground.rules)
    plots = {plot.plot_id: plot for plot in ground.plots}
    known: dict[tuple[str, object, Tenure, bool, frozenset[str]], date | None] = {}

    def tell(visit: Visit) -> date | None:
        plot, kind = plots.get(visit.plot_id), ground.catalogue.kinds.get(visit.work)
        if plot is None or kind is None:
            return days[0]
        exception = ground.exceptions.get((plot.plot_id, kind.code)) if kind.woody_cut else None
        key = (kind.code, plot.baunvo, plot.tenure, exception is not None, visit.machines)
        if key not in known:
            lawful = lawbook.lawful_days(plot, kind, visit.machines, exception)
            known[key] = min(lawful.windows, default=None)
        return known[key]

    return tell
