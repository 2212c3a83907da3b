"""What comes up after a plan is in force: a broken vehicle, an ill crew, visits cancelled, refused and urgently added.

The changes are drawn so that exactly `UNAVOIDABLE` visits of the plan cannot stay where they are: those of the three
crew-days that are lost, and some whose date was refused. How many more move is what replanning is measured by.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import pairwise

import numpy as np
from service_check import Orders

from geo_service.routes.model import CrewDay
from geo_service.schedule.model import Placement, Problem
from geo_service.work.model import Visit

UNAVOIDABLE = 28
CANCELLED = 6
URGENT = 6
"""New visits of priority 1, to be done in the first week."""

FEWEST_REFUSED = 2
TRIES = 10_000


@dataclass(frozen=True)
class Changed:
    """A problem after the changes.

    Attributes
    ----------
    problem
        Lost crew-days and cancelled visits are gone, refused dates forbidden, urgent visits there.
    kept
        What of the plan in force is still possible, in its order.
    in_force
        The crew-day in force of every visit that is still to be done, possible or not.
    events
        The changes in words.
    """

    problem: Problem
    kept: Orders
    in_force: Mapping[str, Placement]
    events: tuple[str, ...]


def hold_back(problem: Problem) -> tuple[Problem, tuple[Visit, ...]]:
    """Return the problem without its last `URGENT` visits, and those made urgent."""
    days = problem.days[:5]
    urgent = tuple(
        replace(
            visit,
            earliest_on=days[0],
            due_on=days[0],
            latest_on=days[-1],
            priority=1,
            day_windows={on: next(iter(visit.day_windows.values())) for on in days},
            forbidden={},
        )
        for visit in problem.visits[-URGENT:]
    )
    return replace(problem, visits=problem.visits[:-URGENT]), urgent


def change(problem: Problem, urgent: tuple[Visit, ...], in_force: Orders, seed: int) -> Changed:
    """Draw the changes; the same plan and seed give the same."""
    rng = np.random.default_rng(seed)
    lost = _lost_days(in_force, rng)
    placed = {visit.visit_id: day for day, visits in in_force.items() for visit in visits}
    staying = [visit for visit in problem.visits if visit.visit_id in placed and placed[visit.visit_id] not in lost]
    forced = sum(len(in_force.get(day, ())) for day in lost)
    drawn = rng.permutation(len(staying))
    cancelled = {staying[k].visit_id for k in drawn[:CANCELLED]}
    could_move = [k for k in drawn[CANCELLED:] if len(staying[k].day_windows) > 1]
    refused = {staying[k].visit_id for k in could_move[: UNAVOIDABLE - forced]}
    visits = {
        visit.visit_id: _without(visit, placed[visit.visit_id]) if visit.visit_id in refused else visit
        for visit in problem.visits
        if visit.visit_id not in cancelled
    }
    after = replace(
        problem,
        visits=(*visits.values(), *urgent),
        crew_days=tuple(day for day in problem.crew_days if day not in lost),
    )
    kept = {
        day: tuple(visits[one.visit_id] for one in order if one.visit_id in visits and one.visit_id not in refused)
        for day, order in in_force.items()
        if day not in lost
    }
    where = {visit_id: Placement(day.crew, day.on) for visit_id, day in placed.items() if visit_id in visits}
    broken, ill, _ = lost
    events = (
        f"the vehicle of {broken.crew} is broken on {broken.on}",
        f"{ill.crew} is ill on {ill.on} and {ill.on + timedelta(days=1)}",
        f"{len(cancelled)} visits are cancelled, {len(urgent)} urgent ones come up, {len(refused)} dates are refused",
    )
    return Changed(after, kept, where, events)


def _lost_days(in_force: Orders, rng: np.random.Generator) -> tuple[CrewDay, CrewDay, CrewDay]:
    """Draw a crew-day for the broken vehicle and two in a row of another crew, with not too many visits on them."""
    days = sorted(in_force, key=lambda day: (day.crew, day.on))
    in_a_row = [(a, b) for a, b in pairwise(days) if a.crew == b.crew and (b.on - a.on).days == 1]
    for _ in range(TRIES):
        broken = days[rng.integers(len(days))]
        one, two = in_a_row[rng.integers(len(in_a_row))]
        visits = sum(len(in_force[day]) for day in (broken, one, two))
        if broken.crew != one.crew and visits <= UNAVOIDABLE - FEWEST_REFUSED:
            return broken, one, two
    raise AssertionError(f"no three crew-days have {UNAVOIDABLE - FEWEST_REFUSED} visits or fewer")


def _without(visit: Visit, day: CrewDay) -> Visit:
    windows = {on: stretches for on, stretches in visit.day_windows.items() if on != day.on}
    return replace(visit, day_windows=windows, forbidden=visit.forbidden | {day.on: "Vergleich: abgesagt"})


def moved(changed: Changed, orders: Orders) -> int:
    """Return how many visits of the plan in force lie on another crew-day, or on none, in a new plan."""
    now = {visit.visit_id: Placement(day.crew, day.on) for day, visits in orders.items() for visit in visits}
    return sum(now.get(visit_id) != place for visit_id, place in changed.in_force.items())


def unavoidable(changed: Changed) -> int:
    """Return how many visits of the plan in force cannot stay on their crew-day."""
    staying = {visit.visit_id for visits in changed.kept.values() for visit in visits}
    return len(set(changed.in_force) - staying)
