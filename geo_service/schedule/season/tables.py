"""Floor 4: a season problem as flat arrays, which compiled functions read, and the state of a search in such arrays."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from geo_service.schedule.season.model import SeasonProblem
from geo_service.schedule.season.patterns import Patterns

Longs = npt.NDArray[np.int64]
Shorts = npt.NDArray[np.int16]
Floats = npt.NDArray[np.float64]


class Tables(NamedTuple):
    """A problem. n needs, c candidates, p patterns, v visits, s steps, u uses, r resources, w weeks, z zones.

    Budgets are resources of their own behind the problem's, spent in column 0 whatever the week.

    Attributes
    ----------
    zone, first_step
        Of each need, (n,): zone; index of its first step.
    need_start, need
        Needs of each zone: (z + 1,), (n,).
    candidate_start, candidate_pattern, candidate_cost_s
        As in `Patterns`: (n + 1,), (c,), (c,).
    visit_start, visit_week, visit_step
        As in `Patterns`: (p + 1,), (v,), (v,).
    later_s
        Of each pattern, (p,).
    use_start, use_resource, use_amount
        What a visit of each step takes: (s + 1,), (u,), (u,).
    waits_for
        Step of the same need that comes before each step, -1: none, (s,).
    unserved_s
        Of a visit of each step left out, (s,).
    room
        What may be used at most, (r, w).
    weekly
        1 for a resource that is there anew each week, 0 for a budget, (r,).
    price
        Objective seconds for one unit above ``room``, (r,).
    opening_s
        Of each zone, (z,).
    """

    zone: npt.NDArray[np.int32]
    first_step: npt.NDArray[np.int32]
    need_start: Longs
    need: npt.NDArray[np.int32]
    candidate_start: Longs
    candidate_pattern: npt.NDArray[np.int32]
    candidate_cost_s: Longs
    visit_start: Longs
    visit_week: Shorts
    visit_step: Shorts
    later_s: Longs
    use_start: Longs
    use_resource: npt.NDArray[np.int32]
    use_amount: Longs
    waits_for: Shorts
    unserved_s: Longs
    room: Longs
    weekly: npt.NDArray[np.int64]
    price: Floats
    opening_s: Longs


class State(NamedTuple):
    """What is chosen, and what follows from it.

    Attributes
    ----------
    chosen
        Candidate of each need counted from its first, -1: none, (n,).
    load
        What is used, (r, w).
    visits_in
        Visits in each zone and week, (z, w).
    """

    chosen: npt.NDArray[np.int32]
    load: Longs
    visits_in: npt.NDArray[np.int32]


def tables_of(problem: SeasonProblem, patterns: Patterns) -> Tables:
    """Return the arrays of a problem with its candidate patterns."""
    weeks, weekly_count = problem.horizon.weeks, len(problem.resources)
    count = weekly_count + len(problem.budgets)
    room = np.zeros((count, weeks), np.int64)
    for resource in range(weekly_count):
        room[resource] = [problem.planable_s(resource, week) for week in range(weeks)]
    for number, budget in enumerate(problem.budgets):
        room[weekly_count + number, 0] = budget.limit
    use_start = [0]
    use_resource: list[int] = []
    use_amount: list[int] = []
    waits_for: list[int] = []
    unserved_s: list[int] = []
    first_step: list[int] = []
    for need in problem.needs:
        first_step.append(len(waits_for))
        for step in need.steps:
            use_resource += step.resources
            use_amount += [step.service_s] * len(step.resources)
            for number, budget in enumerate(problem.budgets):
                amount = budget.amount(step)
                if amount > 0:
                    use_resource.append(weekly_count + number)
                    use_amount.append(amount)
            use_start.append(len(use_resource))
            waits_for.append(step.after)
            unserved_s.append(problem.weights.unserved(step))
    zone = np.array([need.zone for need in problem.needs], np.int32)
    tables = Tables(
        zone=zone,
        first_step=np.array(first_step, np.int32),
        need_start=np.concatenate([[0], np.cumsum(np.bincount(zone, minlength=len(problem.zones)))]).astype(np.int64),
        need=np.argsort(zone, kind="stable").astype(np.int32),
        candidate_start=patterns.candidate_start,
        candidate_pattern=patterns.pattern,
        candidate_cost_s=patterns.cost_s,
        visit_start=patterns.visit_start,
        visit_week=patterns.week,
        visit_step=patterns.step,
        later_s=patterns.later_s,
        use_start=np.array(use_start, np.int64),
        use_resource=np.array(use_resource, np.int32),
        use_amount=np.array(use_amount, np.int64),
        waits_for=np.array(waits_for, np.int16),
        unserved_s=np.array(unserved_s, np.int64),
        room=room,
        weekly=np.array([1] * weekly_count + [0] * len(problem.budgets), np.int64),
        price=np.ones(count),
        opening_s=np.array([zone.opening_s for zone in problem.zones], np.int64),
    )
    return tables._replace(price=_prices(tables))


def _prices(tables: Tables) -> Floats:
    """Return for each resource what a unit too much costs: as leaving out what uses it does, on average."""
    step_of_use = np.repeat(np.arange(len(tables.unserved_s)), np.diff(tables.use_start))
    count = len(tables.weekly)
    lost = np.bincount(tables.use_resource, tables.unserved_s[step_of_use], minlength=count)
    used = np.bincount(tables.use_resource, tables.use_amount, minlength=count)
    prices: Floats = np.where(used > 0, lost / np.maximum(used, 1), 1.0)
    return prices


def empty_state(tables: Tables) -> State:
    """Return the state in which nothing is chosen."""
    return State(
        chosen=np.full(len(tables.zone), -1, np.int32),
        load=np.zeros_like(tables.room),
        visits_in=np.zeros((len(tables.opening_s), tables.room.shape[1]), np.int32),
    )
