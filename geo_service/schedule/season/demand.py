"""Floor 4: from plots, catalogue, records and crews to the problem of a season.

- Work that comes back is a need of its own; work done once begins a chain with what follows it by the catalogue.
- A chain begins with the work that must come before, when that is due in the season and was never done.
- Once a plot is greened, the work whose states begin with ``greened`` follows at its interval, where the plot has
  areas for it.
- What may not be planned is kept out with the reasons that the plan of a period gives, too.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from geo_service.plots.model import Contamination, Plot, PlotState
from geo_service.schedule.season.capacity import TRAVEL_SHARE, Capacity
from geo_service.schedule.season.horizon import Horizon
from geo_service.schedule.season.model import (
    Budget,
    Resource,
    Rhythm,
    SeasonNeed,
    SeasonProblem,
    SeasonWeights,
    Step,
)
from geo_service.schedule.season.zones import Approach, make_zones
from geo_service.work import reasons
from geo_service.work.cutting import CuttingException
from geo_service.work.due import Due, first_due
from geo_service.work.hours import HOUR_S
from geo_service.work.job import INSPECT, LIFE, Job, Period
from geo_service.work.lawful import Lawbook
from geo_service.work.model import Catalogue, Crew, NotDue, WorkKind
from geo_service.work.noise import STRICT, Rules

RESERVE = 0.1
"""Share of every week kept free for bad weather, unless the planner says otherwise."""

PART_SHARE = 0.5
"""A job done once takes at most this share of the hours of a week that the able crews have; else it is cut."""

PART_SLACK_DAYS = 14


@dataclass(frozen=True)
class SeasonRules:
    """What the planner may set.

    Attributes
    ----------
    travel_share
        Share of working time on the road.
    reserve
        Share of every week kept free for bad weather.
    budgets
        Limits over the season; one on cost needs ``cents_per_hour``.
    cents_per_hour
        What an hour of one person costs, cents; 0: unknown.
    """

    travel_share: float = TRAVEL_SHARE
    reserve: float = RESERVE
    budgets: tuple[Budget, ...] = ()
    cents_per_hour: int = 0
    noise: Rules = STRICT
    weights: SeasonWeights = field(default_factory=SeasonWeights)
    approach: Approach = field(default_factory=Approach)


DEFAULT_RULES = SeasonRules()


@dataclass(frozen=True)
class _Season:
    """What the making of needs reads."""

    period: Period
    horizon: Horizon
    capacity: Capacity
    resources: tuple[Resource, ...]
    rules: SeasonRules
    order: tuple[WorkKind, ...]

    @property
    def kinds(self) -> dict[str, WorkKind]:
        return self.period.catalogue.kinds


@dataclass
class _OfPlot:
    """The needs of one plot in the making."""

    plot: Plot
    zone: int
    needs: list[SeasonNeed] = field(default_factory=list)
    kept_out: list[NotDue] = field(default_factory=list)
    rooted: set[str] = field(default_factory=set)
    """Works that came first in a chain and are no needs of their own."""


def season_problem(
    plots: Sequence[Plot],
    catalogue: Catalogue,
    last_done: Mapping[tuple[str, str], date],
    crews: Sequence[Crew],
    horizon: Horizon,
    *,
    rules: SeasonRules = DEFAULT_RULES,
    depot: tuple[float, float] | None = None,
    exceptions: Mapping[tuple[str, str], CuttingException] | None = None,
) -> SeasonProblem:
    """Return what falls due in a season and what the crews can do in each of its weeks.

    Parameters
    ----------
    last_done
        Last day by (plot_id, code of the work).
    depot
        Where crews start, in the plan CRS; by default the middle of the plots.
    exceptions
        Exceptions to the cutting ban by (plot_id, code of the work).
    """
    capacity = Capacity(crews, catalogue, horizon, travel_share=rules.travel_share, rules=rules.noise)
    ends = (horizon.from_on, horizon.until_on)
    shift = (6 * HOUR_S, 20 * HOUR_S)
    season = _Season(
        Period(
            catalogue=catalogue,
            last_done=last_done,
            exceptions=exceptions or {},
            days=ends,
            shift=shift,
            max_visit_s=8 * HOUR_S,
            max_volume_m3=None,
            crews=crews,
            lawbook=Lawbook(catalogue.machines, ends, shift, rules.noise),
        ),
        horizon,
        capacity,
        capacity.resources,
        rules,
        _once_first(catalogue),
    )
    zones, zone_of = make_zones(plots, depot, rules.approach)
    needs: list[SeasonNeed] = []
    kept_out: list[NotDue] = []
    for plot, zone in zip(plots, zone_of, strict=True):
        made = _OfPlot(plot, zone)
        _add_needs(season, made)
        needs += made.needs
        kept_out += made.kept_out
    return SeasonProblem(
        horizon=horizon,
        needs=tuple(needs),
        resources=season.resources,
        zones=zones,
        budgets=rules.budgets,
        reserve=rules.reserve,
        weights=rules.weights,
        kept_out=tuple(kept_out),
    )


def _once_first(catalogue: Catalogue) -> tuple[WorkKind, ...]:
    """Return the works so that chains are made before the work that comes back and may begin one."""
    return tuple(sorted(catalogue.kinds.values(), key=lambda kind: (kind.interval_days is not None, kind.code)))


def _add_needs(season: _Season, made: _OfPlot) -> None:
    plot, horizon = made.plot, season.horizon
    if plot.state not in LIFE:
        made.kept_out.append(reasons.at_rest(plot))
        return
    ended = plot.tenure.until_on is not None and plot.tenure.until_on < horizon.from_on
    if ended or (plot.tenure.from_on is not None and plot.tenure.from_on > horizon.until_on):
        made.kept_out.append(reasons.no_right(plot, horizon.from_on))
        return
    for kind in season.order:
        if plot.state in kind.states and kind.area_m2(plot) > 0 and kind.code not in made.rooted:
            _add_need(season, made, kind)


def _add_need(season: _Season, made: _OfPlot, kind: WorkKind) -> None:
    job = Job(made.plot, kind, season.period)
    ready = job.readiness({})
    if isinstance(ready, NotDue):
        root = _root(season, made, kind, ready)
        if root is None:
            if first_due(kind, job.season, job.done_on, season.horizon.from_on) is not None:
                made.kept_out.append(ready)
            return
        settle = kind.settle_days if kind.after == root.code else 1
        first = Job(made.plot, root, season.period)
        due = _due(season, made, first, season.horizon.from_on)
        if due is not None:
            steps = _steps(season, first, -1, 0)
            _follow(season, made.plot, steps, job, 0, max(1, settle))
            _put(season, made, root, due, steps)
            made.rooted.add(root.code)
        return
    due = _due(season, made, job, ready.from_on)
    if due is not None:
        steps = _steps(season, job, -1, 0)
        if kind.interval_days is None:
            _follow_on(season, made.plot, steps, kind, len(steps) - 1)
        _put(season, made, kind, due, steps)


def _root(season: _Season, made: _OfPlot, kind: WorkKind, waits: NotDue) -> WorkKind | None:
    """Return the work that comes back and must be done before for the first time, when it is due on the plot itself."""
    code = {"predecessor": kind.after, "contamination_unknown": INSPECT}.get(waits.code, "")
    root = season.kinds.get(code)
    if root is None or root.interval_days is None or root.code in made.rooted:
        return None
    plot = made.plot
    if plot.state not in root.states or root.area_m2(plot) <= 0:
        return None
    if isinstance(Job(plot, root, season.period).readiness({}), NotDue):
        return None
    return None if kind.ground_disturbing and plot.contamination is Contamination.YES else root


def _due(season: _Season, made: _OfPlot, job: Job, from_on: date) -> Due | None:
    """Return the first due date, or None: not due in the season, or kept out with a reason."""
    due = first_due(job.kind, job.season, job.done_on, from_on)
    if due is None:
        return None
    until_on, horizon = job.plot.tenure.until_on, season.horizon
    if due.due_on > horizon.until_on:
        bare = first_due(job.kind, None, job.done_on, horizon.from_on)
        if bare is not None and bare.due_on <= horizon.until_on:
            made.kept_out.append(reasons.out_of_season(job.plot, job.kind, due, horizon.from_on))
        return None
    if until_on is not None and due.due_on > until_on:
        made.kept_out.append(reasons.ends_before_due(job.plot, job.kind, due))
        return None
    return replace(due, earliest_on=max(due.earliest_on, min(from_on, due.due_on)))


def _put(season: _Season, made: _OfPlot, kind: WorkKind, due: Due, steps: list[Step]) -> None:
    plot = made.plot
    made.needs.append(
        SeasonNeed(
            need_id=f"{plot.code}.{kind.code}",
            plot_id=plot.plot_id,
            plot_code=plot.code,
            zone=made.zone,
            steps=tuple(steps),
            earliest_on=due.earliest_on,
            due_on=due.due_on,
            latest_on=due.latest_on,
            from_on=plot.tenure.from_on,
            until_on=plot.tenure.until_on,
        )
    )


def _follow(season: _Season, plot: Plot, steps: list[Step], job: Job, after: int, settle_days: int) -> None:
    """Add a job behind a step, and all that follows it."""
    steps += _steps(season, job, after, settle_days, first=len(steps))
    if job.kind.interval_days is None:
        _follow_on(season, plot, steps, job.kind, len(steps) - 1)


def _follow_on(season: _Season, plot: Plot, steps: list[Step], kind: WorkKind, after: int) -> None:
    """Add what the catalogue has behind a work that brings the plot into another state."""
    if kind.leads_to is None:
        return
    for other in season.order:
        if other.area_m2(plot) <= 0 or kind.leads_to not in other.states or plot.state in other.states:
            continue
        ground = other.ground_disturbing and plot.contamination is Contamination.YES
        if other.interval_days is None and other.after == kind.code and not ground:
            _follow(season, plot, steps, Job(plot, other, season.period), after, max(1, other.settle_days))
        elif (
            other.interval_days is not None
            and kind.leads_to is PlotState.GREENED
            and other.states[0] is PlotState.GREENED
            and other.after in ("", kind.code)
            and not ground
        ):
            steps += _steps(season, Job(plot, other, season.period), after, max(1, other.settle_days))


def _steps(season: _Season, job: Job, after: int, settle_days: int, first: int = 0) -> list[Step]:
    """Return the step of a job behind step ``after``, in parts when it is done once and too large for a week.

    ``first`` is the index that the first of them gets.
    """
    kind, capacity = job.kind, season.capacity
    zone = job.plot.baunvo
    resources = capacity.resources_of(kind, job.machines, zone)
    able = capacity.asked(kind, job.machines, zone).able
    service_s = kind.service_s(job.area_m2)
    count = _parts(season, service_s, resources) if kind.interval_days is None else 1
    rhythm = Rhythm(*kind.interval_days) if kind.interval_days is not None else None
    found = []
    for part in range(1, count + 1):
        seconds = 60 * (service_s // 60 // count + (part <= service_s // 60 % count))
        found.append(
            Step(
                work=kind.code,
                service_s=seconds,
                resources=resources,
                season=job.season,
                woody_cut=kind.woody_cut and job.exception is None,
                rhythm=rhythm,
                after=after if part == 1 else first + part - 2,
                settle_days=settle_days if part == 1 else 1,
                slack_days=Step.slack_days if part == 1 else PART_SLACK_DAYS,
                weekdays=capacity.weekdays(able),
                people=kind.people,
                skills=kind.skills,
                machines=job.machines,
                priority=kind.priority,
                cost_cents=round(seconds * kind.people * season.rules.cents_per_hour / HOUR_S),
                part=part,
                parts=count,
            )
        )
    return found


def _parts(season: _Season, service_s: int, resources: Sequence[int]) -> int:
    best_week_s = min(max(season.resources[number].capacity_s) for number in resources)
    longest_s = best_week_s * (1 - season.rules.reserve) * PART_SHARE
    return max(1, math.ceil(service_s / longest_s)) if longest_s >= 60 else 1
