"""Floor 2: demand: which visits fall due on which plots in a period, with window, service time, needs and reason.

What is decided here beyond the catalogue:

- Where contamination is unknown, work that breaks the ground waits for an inspection: one on record, or one that
  is due in the same period and then comes first.
- Work whose predecessor is due in the same period and leads to the right state is planned ahead, behind it.
- A job that is too long for a visit, for a stretch that the noise rules leave, or for a vehicle, is cut into parts.
  A visit that waits for one part waits for the whole job.
- Work that is overdue when the period begins gets a new latest day, a week or more away: late is better than never.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from itertools import pairwise

from geo_service.base.errors import InputError
from geo_service.plots.model import Plot
from geo_service.work import reasons
from geo_service.work.cutting import CuttingException
from geo_service.work.due import Due, first_due, next_due
from geo_service.work.hours import HOUR_S, MAX_STRETCH_S
from geo_service.work.job import LIFE, Job, Made, Period, Ready
from geo_service.work.lawful import Lawbook, LawfulDays
from geo_service.work.model import Catalogue, Crew, Demand, NotDue, Visit, Window, WorkKind
from geo_service.work.noise import STRICT, Rules
from geo_service.work.parts import able_crews, cut, longest_part_s
from geo_service.work.tenure import tenure_refusal


def due_visits(
    plots: Sequence[Plot],
    catalogue: Catalogue,
    last_done: Mapping[tuple[str, str], date],
    days: Sequence[date],
    *,
    rules: Rules = STRICT,
    shift: Window = (6 * HOUR_S, 20 * HOUR_S),
    max_visit_s: int = 4 * HOUR_S,
    max_volume_m3: float | None = None,
    crews: Sequence[Crew] = (),
    exceptions: Mapping[tuple[str, str], CuttingException] | None = None,
) -> Demand:
    """Return the visits that fall due on ``days``, and the work that would but is kept out.

    The same input gives the same demand in the same order: by due day, priority, plot and work.

    Parameters
    ----------
    last_done
        Last day by (plot_id, code of the work).
    days
        The working days of the period, rising.
    shift
        Seconds since local midnight within which anybody works.
    max_visit_s
        Longest visit in seconds; a longer job is cut into parts. More than 6 h at a stretch is never asked (ArbZG §4).
    max_volume_m3
        Most that one visit may carry away and bring along together, as it must be one load; by default what the
        largest vehicle of the able ``crews`` holds.
    crews
        Who could come: their shifts bound the stretches that parts must fit.
    exceptions
        Exceptions to the cutting ban by (plot_id, code of the work).

    Raises
    ------
    InputError
        When the days do not rise, or a limit leaves no room for a visit.
    """
    if any(earlier >= later for earlier, later in pairwise(days)):
        raise InputError("the days of the period do not rise", remedy="give each working day once, in order")
    if max_visit_s < 60 or shift[1] - shift[0] < 60 or (max_volume_m3 is not None and max_volume_m3 <= 0):
        raise InputError("the limits leave no room for a visit", remedy="allow at least a minute and some volume")
    if not days:
        return Demand((), ())
    period = Period(
        catalogue=catalogue,
        last_done=last_done,
        exceptions=exceptions or {},
        days=tuple(days),
        shift=shift,
        max_visit_s=min(max_visit_s, MAX_STRETCH_S),
        max_volume_m3=max_volume_m3,
        crews=crews,
        lawbook=Lawbook(catalogue.machines, tuple(days), shift, rules),
    )
    order = _predecessors_first(catalogue)
    visits: list[Visit] = []
    kept_out: list[NotDue] = []
    for plot in plots:
        plot_visits, plot_kept_out = _of_plot(plot, order, period)
        visits += plot_visits
        kept_out += plot_kept_out
    visits.sort(key=lambda one: (one.due_on, one.priority, one.plot_code, one.work, one.part))
    kept_out.sort(key=lambda one: (one.plot_code, one.work, one.code))
    return Demand(tuple(visits), tuple(kept_out))


def _predecessors_first(catalogue: Catalogue) -> tuple[WorkKind, ...]:
    def depth(kind: WorkKind) -> int:
        return 1 + depth(catalogue.kinds[kind.after]) if kind.after else 0

    return tuple(sorted(catalogue.kinds.values(), key=lambda kind: (depth(kind), kind.code)))


def _of_plot(plot: Plot, order: Sequence[WorkKind], period: Period) -> tuple[list[Visit], list[NotDue]]:
    if plot.state not in LIFE:
        return [], [reasons.at_rest(plot)]
    if all(tenure_refusal(plot.tenure, day) for day in period.days):
        return [], [reasons.no_right(plot, period.from_on)]
    made: Made = {}
    kept_out: list[NotDue] = []
    for kind in order:
        job, in_force = Job(plot, kind, period), plot.state in kind.states
        if job.area_m2 <= 0 or not (in_force or _comes_ahead(job, made)):
            continue
        answer = _of_job(job, made)
        if isinstance(answer, list):
            made[kind.code] = answer
        elif in_force and answer is not None:
            kept_out.append(answer)
    return [visit for occurrences in made.values() for parts in occurrences for visit in parts], kept_out


def _comes_ahead(job: Job, made: Made) -> bool:
    """Tell whether work done in this period brings the plot into a state that asks for the job."""
    return job.kind.after in made and job.period.catalogue.kinds[job.kind.after].leads_to in job.kind.states


def _of_job(job: Job, made: Made) -> list[list[Visit]] | NotDue | None:
    """Return the visits of one work on one plot, or why it is kept out; None when it is not due yet."""
    plot, kind, period = job.plot, job.kind, job.period
    due = first_due(kind, job.season, job.done_on, period.from_on)
    if due is None:
        return None
    if due.due_on > period.until_on:
        bare = first_due(kind, None, job.done_on, period.from_on)
        by_season = bare is not None and bare.due_on <= period.until_on
        return reasons.out_of_season(plot, kind, due, period.from_on) if by_season else None
    ready = job.readiness(made)
    if isinstance(ready, NotDue):
        return ready
    due = first_due(kind, job.season, job.done_on, ready.from_on) or due
    if due.due_on > period.until_on:
        if ready.before is not None and ready.from_on > period.until_on:
            return reasons.waits(plot, kind, ready.before, ready.from_on)
        return reasons.out_of_season(plot, kind, due, period.from_on)
    return _visits(job, replace(due, earliest_on=max(due.earliest_on, min(ready.from_on, due.due_on))), ready)


def _visits(job: Job, first: Due, ready: Ready) -> list[list[Visit]] | NotDue:
    """Return the visits of every due date in the period, or why the first of them cannot be."""
    lawful = job.lawful_days()
    until_on = job.plot.tenure.until_on
    occurrences: list[list[Visit]] = []
    due: Due | None = first
    while due is not None and due.due_on <= job.period.until_on:
        if until_on is not None and due.due_on > until_on:
            return occurrences or reasons.ends_before_due(job.plot, job.kind, due)
        on_time = _on_time(due, lawful, until_on)
        if on_time is None:
            return occurrences or reasons.unlawful(job.plot, job.kind, lawful.forbidden.values())
        occurrences.append(_parts(job, on_time, lawful, ready))
        following = next_due(job.kind, job.season, due)
        if following is not None:
            days = (following.earliest_on - due.due_on).days
            ready = Ready(following.earliest_on, job.kind, occurrences[-1][-1].visit_id, days)
        due = following
    return occurrences


def _on_time(due: Due, lawful: LawfulDays, until_on: date | None) -> Due | None:
    """Return the due date with a lawful day in its window, put off if need be; None when the period has none."""
    if until_on is not None and due.latest_on > until_on:
        due = replace(due, latest_on=until_on)
    if any(due.earliest_on <= day <= due.latest_on for day in lawful.windows):
        return due
    later = min((day for day in lawful.windows if day > due.latest_on), default=None)
    return None if later is None else replace(due, latest_on=later)


def _parts(job: Job, due: Due, lawful: LawfulDays, ready: Ready) -> list[Visit]:
    plot, kind, period = job.plot, job.kind, job.period
    able = able_crews(period.crews, kind, job.machines)
    largest_m3 = period.max_volume_m3 or max((crew.capacity_m3 for crew in able), default=0) or math.inf
    longest_s = longest_part_s(able, lawful, period.shift, period.max_visit_s)
    waste_m3, supply_m3 = job.area_m2 * kind.volume_m3_per_m2, job.area_m2 * kind.supply_m3_per_m2
    parts = cut(kind.service_s(job.area_m2), waste_m3 + supply_m3, longest_s, largest_m3)
    words = reasons.why_due(plot, kind, due, done_on=job.done_on, on=period.from_on, exception=job.exception)
    heed = reasons.to_heed(kind, period.from_on)
    wet = kind.waits_for_dry(period.lawbook.machines[code] for code in job.machines)
    visits: list[Visit] = []
    for part, (service_s, _) in enumerate(parts, start=1):
        said = reasons.part_of(words, part, len(parts))
        visits.append(
            Visit(
                visit_id=f"{plot.code}.{kind.code}.{due.anchor}.{part}",
                plot_id=plot.plot_id,
                plot_code=plot.code,
                work=kind.code,
                earliest_on=due.earliest_on,
                due_on=due.due_on,
                latest_on=due.latest_on,
                service_s=service_s,
                people=kind.people,
                skills=kind.skills,
                machines=job.machines,
                volume_m3=waste_m3 / len(parts),
                priority=kind.priority,
                why=said.de,
                why_en=said.en,
                heed=heed.de,
                heed_en=heed.en,
                day_windows=dict(lawful.windows),
                forbidden=dict(lawful.forbidden),
                after=ready.after,
                after_days=ready.after_days,
                part=part,
                parts=len(parts),
                waste_key=kind.waste_key if waste_m3 else "",
                supply=kind.supply,
                supply_m3=supply_m3 / len(parts),
                wet_sensitive=wet,
            )
        )
    return visits
