"""Floor 4: candidate patterns: for each need the sets of weeks from which the search chooses one.

Needs with the same steps and open days share a library of patterns, so that 100,000 plots cost little more than the
different works do. The same problem gives the same patterns in the same order.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt

from geo_service.schedule.season.horizon import DAYS, Horizon
from geo_service.schedule.season.model import SeasonNeed, SeasonProblem, SeasonWeights
from geo_service.schedule.season.open_days import Calendar, Days, OpenDays
from geo_service.schedule.season.unrolling import DELAYS, GAPS, Choices, gaps, unroll

Ints = npt.NDArray[np.int64]

STARTS = 8
"""Weeks tried for the first visit of work that comes back in the season; of a chain, too."""

STARTS_ONCE = 26
"""Weeks tried for the visit of work that comes once in the season."""

_ORIGINS = 2**20
"""More than there are due days, for telling choices apart by one number."""

_Shape = tuple[Any, ...]


@dataclass(frozen=True)
class Patterns:
    """A library of patterns, and for each need its candidates in it.

    Attributes
    ----------
    visit_start
        Where the visits of each pattern begin in the next three, shape (p + 1,).
    week, day, step
        Of each visit, shape (v,): week and day of the horizon, step of the need.
    later_s
        Cost of steps that come only after the season, by pattern, shape (p,).
    candidate_start
        Where the candidates of each need begin, shape (n + 1,); a need without an open day has none.
    pattern
        Pattern of each candidate, shape (c,).
    cost_s
        Of each candidate: days off the ideal, weighed, and ``later_s``, shape (c,).
    """

    visit_start: Ints
    week: npt.NDArray[np.int16]
    day: npt.NDArray[np.int16]
    step: npt.NDArray[np.int16]
    later_s: Ints
    candidate_start: Ints
    pattern: npt.NDArray[np.int32]
    cost_s: Ints


@dataclass(frozen=True)
class _Found:
    """Patterns of one shape and the candidates of its needs: ``need``, ``pattern`` (local) and ``cost_s``, (c,)."""

    days: npt.NDArray[np.int32]
    steps: npt.NDArray[np.int16]
    later_s: Ints
    need: Ints
    pattern: Ints
    cost_s: Ints


def candidate_patterns(problem: SeasonProblem) -> Patterns:
    """Return the candidate patterns of all needs."""
    calendar = Calendar(problem.horizon)
    shapes: defaultdict[_Shape, list[int]] = defaultdict(list)
    for number, need in enumerate(problem.needs):
        shapes[_shape(need, problem.horizon)].append(number)
    found = []
    for numbers in shapes.values():
        members = [problem.needs[number] for number in numbers]
        of_shape = _of_shape(members, problem.horizon, calendar, problem.weights)
        if of_shape is not None:
            found.append((np.array(numbers, np.int64), of_shape))
    return _gathered(found, len(problem.needs))


def _shape(need: SeasonNeed, horizon: Horizon) -> _Shape:
    """Return what needs must have in common to share patterns."""
    steps = tuple(
        (one.season, one.woody_cut, one.rhythm, one.after, one.settle_days, one.slack_days, one.weekdays, one.priority)
        for one in need.steps
    )
    return steps, _inside(need.from_on, horizon, first=True), _inside(need.until_on, horizon, first=False)


def _inside(on: date | None, horizon: Horizon, *, first: bool) -> date | None:
    """Return an end of the right to work, or None where it binds no day of the horizon."""
    if on is None or (on <= horizon.from_on if first else on >= horizon.until_on):
        return None
    return on


def _of_shape(
    members: Sequence[SeasonNeed], horizon: Horizon, calendar: Calendar, weights: SeasonWeights
) -> _Found | None:
    need = members[0]
    open_days = [calendar.open_days(step, need.from_on, need.until_on) for step in need.steps]
    starts, valid = _starts(members, horizon, open_days[0])
    if not valid.any():
        return None
    rhythm = need.steps[0].rhythm
    gap_count = len(gaps(rhythm)) if rhythm else 1
    delay_count = len(DELAYS) if any(one.after >= 0 and one.rhythm is None for one in need.steps) else 1
    fixed = rhythm is not None and rhythm.fixed
    due = np.array([horizon.day(one.due_on) for one in members], np.int32)

    rows, columns = np.nonzero(valid)
    each = gap_count * delay_count
    start = np.repeat(starts[rows, columns], each)
    gap = np.tile(np.repeat(np.arange(gap_count), delay_count), len(rows))
    delay = np.tile(np.arange(delay_count), len(rows) * gap_count)
    row = np.repeat(rows, each)
    origin = due[row] if fixed else np.zeros(len(row), np.int32)
    code = ((start.astype(np.int64) * GAPS + gap) * len(DELAYS) + delay) * _ORIGINS + (origin + _ORIGINS // 2)
    _, first, local = np.unique(code, return_index=True, return_inverse=True)
    choices = Choices(*(one[first].astype(np.int32) for one in (start, gap, delay, origin)))
    unrolled = unroll(need.steps, open_days, choices, weights)
    local = local.reshape(-1)
    off_s = np.abs(start - _ideal_start(due[row], open_days[0])) * weights.day_off(need.steps[0])
    cost_s = unrolled.deviation_s[local] + unrolled.later_s[local] + off_s
    keep = _cheapest_of_equal(row, _signatures(unrolled.days, unrolled.steps)[local], cost_s)
    return _Found(unrolled.days, unrolled.steps, unrolled.later_s, row[keep], local[keep], cost_s[keep])


def _ideal_start(due: Days, days: OpenDays) -> Days:
    """Return the first open day from the due day on: nobody can be asked for more."""
    return np.minimum(days.first_from(np.maximum(due, 0)), days.count - 1).astype(np.int32)


def _starts(members: Sequence[SeasonNeed], horizon: Horizon, days: OpenDays) -> tuple[Days, npt.NDArray[np.bool_]]:
    """Return first days to try for each need, shape (n, k), and which of them are open and new."""
    step = members[0].steps[0]
    low, due, high = (
        np.array([horizon.day(getattr(one, name)) for one in members], np.int32)
        for name in ("earliest_on", "due_on", "latest_on")
    )
    low = np.maximum(low, 0)
    high = np.maximum(high, low)
    first = days.first_from(low)
    closed = first > high
    slack = step.rhythm.slack_days if step.rhythm else step.slack_days
    low = np.where(closed, first, low)
    high = np.where(closed, first + slack, high)
    due = np.where(closed, first, due)
    possible = first < days.count

    once = step.rhythm is None or step.rhythm.shortest_days > horizon.days // 2
    tried = STARTS_ONCE if once and len(members[0].steps) == 1 else STARTS
    last = np.minimum(high, days.count - 1).astype(np.int32)
    spacing = DAYS * np.maximum(1, -(-(last - low + 1) // (DAYS * tried)))
    wished = low[:, None] + spacing[:, None] * np.arange(tried)[None, :]
    favourite = np.array([step.weekdays[one.zone % len(step.weekdays)] for one in members], np.int32)
    wished = wished - wished % DAYS + favourite[:, None]
    wished = np.concatenate([due[:, None], wished], axis=1).astype(np.int32)
    found = days.nearest(wished, low[:, None], high[:, None])
    valid = (found >= 0) & possible[:, None]
    ordered = np.sort(np.where(valid, found, -1), axis=1)
    new = np.ones_like(valid)
    new[:, 1:] = ordered[:, 1:] != ordered[:, :-1]
    return ordered.astype(np.int32), new & (ordered >= 0)


def _signatures(days: npt.NDArray[np.int32], steps: npt.NDArray[np.int16]) -> npt.NDArray[np.uint64]:
    """Return a number for each pattern that is the same for the same steps in the same weeks, shape (m,)."""
    weeks = np.where(days >= 0, days // DAYS + 1, 0)
    lots = np.random.default_rng(0).integers(0, 2**63, (int(steps.max(initial=0)) + 1, int(weeks.max(initial=0)) + 1))
    drawn = lots.astype(np.uint64)[steps[None, :], weeks]
    drawn[weeks == 0] = 0
    total: npt.NDArray[np.uint64] = drawn.sum(axis=1, dtype=np.uint64)
    return total


def _cheapest_of_equal(need: Ints, signature: npt.NDArray[np.uint64], cost_s: Ints) -> Ints:
    """Return the candidates to keep: of those with the same weeks the cheapest, ordered by need and cost."""
    order = np.lexsort((cost_s, signature, need))
    first = np.ones(len(order), bool)
    first[1:] = (need[order][1:] != need[order][:-1]) | (signature[order][1:] != signature[order][:-1])
    kept = order[first]
    found: Ints = kept[np.lexsort((kept, cost_s[kept], need[kept]))]
    return found


def _gathered(found: Sequence[tuple[Ints, _Found]], count: int) -> Patterns:
    """Put the patterns of all shapes into one library, the candidates in order of need."""
    lengths: list[npt.NDArray[np.integer]] = [np.empty(0, np.int64)]
    days, steps, later_s, needs, patterns, costs = (list(lengths) for _ in range(6))
    offset = 0
    for numbers, one in found:
        used, local = np.unique(one.pattern, return_inverse=True)
        chosen = one.days[used]
        there = chosen >= 0
        lengths.append(there.sum(axis=1))
        days.append(chosen[there])
        steps.append(np.broadcast_to(one.steps, chosen.shape)[there])
        later_s.append(one.later_s[used])
        needs.append(numbers[one.need])
        patterns.append(local.reshape(-1) + offset)
        costs.append(one.cost_s)
        offset += len(used)
    need = np.concatenate(needs)
    order = np.argsort(need, kind="stable")
    day = np.concatenate(days)
    return Patterns(
        visit_start=np.concatenate([[0], np.cumsum(np.concatenate(lengths))]).astype(np.int64),
        week=(day // DAYS).astype(np.int16),
        day=day.astype(np.int16),
        step=np.concatenate(steps).astype(np.int16),
        later_s=np.concatenate(later_s).astype(np.int64),
        candidate_start=np.concatenate([[0], np.cumsum(np.bincount(need, minlength=count))]).astype(np.int64),
        pattern=np.concatenate(patterns)[order].astype(np.int32),
        cost_s=np.concatenate(costs)[order].astype(np.int64),
    )
