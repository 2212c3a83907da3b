"""Floor 4: the dates of visits: when one may lie, what a date costs, which visits must lie on an earlier one."""

from __future__ import annotations

import heapq
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from geo_service.schedule.model import Weights
from geo_service.work.model import Visit

Job = tuple[str, str, date]
"""What the parts of one job have in common: plot, work and due date."""


def may_lie_on(visit: Visit, on: date, first_day: date) -> bool:
    """Tell whether a date lies between the first and the last day of a visit.

    A visit whose last day lies before the period is overdue: then any date from its first day on is allowed.
    """
    return visit.earliest_on <= on and (on <= visit.latest_on or visit.latest_on < first_day)


def date_cost_s(visit: Visit, on: date, first_day: date, weights: Weights) -> int:
    """Return what it costs to do a visit on a date, in seconds of driving: days early or late.

    Days late are counted from the first day of the period at the earliest: no plan can change what lies before.
    Each costs ``weights.late_day_s`` divided by the visit's priority, rounded down; each day early ``early_day_s``.
    """
    late = (on - max(visit.due_on, first_day)).days
    early = (visit.due_on - on).days
    return weights.late_day_s // visit.priority * max(0, late) + weights.early_day_s * max(0, early)


def left_out_cost_s(visit: Visit, last_day: date, weights: Weights) -> int:
    """Return what it costs to leave a visit out of the period that ends on ``last_day``, in seconds of driving."""
    return weights.unserved_s * (2 if visit.latest_on <= last_day else 1) // visit.priority


def urgency(visit: Visit, last_day: date) -> tuple[bool, int, date, date, int, str]:
    """Return the sort key of urgency: last day in the period, priority, last day, due day, longest, id."""
    return (
        visit.latest_on > last_day,
        visit.priority,
        visit.latest_on,
        visit.due_on,
        -visit.service_s,
        visit.visit_id,
    )


def job_of(visit: Visit) -> Job:
    """Return the job that a visit is a part of."""
    return (visit.plot_id, visit.work, visit.due_on)


def days_after(visit: Visit) -> int:
    """Return how many days after its predecessor a visit may be done at the soonest: always a later date."""
    return max(1, visit.after_days)


def predecessors(visits: Iterable[Visit]) -> dict[str, tuple[str, ...]]:
    """Return the visits that must lie on an earlier date, by the id of the visit that waits for them.

    ``after`` names one visit; when that is a part of a job, all parts must be done. A visit that is not among
    ``visits`` stays in the answer: what waits for it cannot be done.
    """
    by_id = {visit.visit_id: visit for visit in visits}
    parts: defaultdict[Job, list[str]] = defaultdict(list)
    for visit in by_id.values():
        parts[job_of(visit)].append(visit.visit_id)
    waiting: dict[str, tuple[str, ...]] = {}
    for visit in by_id.values():
        if not visit.after:
            continue
        before = by_id.get(visit.after)
        if before is None or job_of(before) == job_of(visit):
            waiting[visit.visit_id] = (visit.after,)
        else:
            waiting[visit.visit_id] = tuple(parts[job_of(before)])
    return waiting


def in_order(visit_ids: Sequence[str], waiting: Mapping[str, Sequence[str]]) -> tuple[list[str], list[str]]:
    """Sort visits so that predecessors come first, otherwise in the order given.

    Returns
    -------
    The sorted visits, and those that can never be done: their predecessors are missing or wait for themselves.

    Examples
    --------
    >>> in_order(["green", "clear", "mow", "plant"], {"green": ("clear",), "plant": ("dig",)})
    (['clear', 'green', 'mow'], ['plant'])
    """
    ids = list(dict.fromkeys(visit_ids))
    followers: defaultdict[str, list[int]] = defaultdict(list)
    for index, visit_id in enumerate(ids):
        for before in waiting.get(visit_id, ()):
            followers[before].append(index)
    missing = [len(waiting.get(visit_id, ())) for visit_id in ids]
    ready = [index for index, count in enumerate(missing) if count == 0]
    done: list[int] = []
    while ready:
        done.append(heapq.heappop(ready))
        for follower in followers[ids[done[-1]]]:
            missing[follower] -= 1
            if missing[follower] == 0:
                heapq.heappush(ready, follower)
    never = sorted(set(range(len(ids))) - set(done))
    return [ids[index] for index in done], [ids[index] for index in never]
