"""Floor 4: from a choice that may overload to a plan that holds: what fits nowhere is left out, visit by visit.

Needs that touch an overload are taken out, the least important first, until no overload is left; then they are put
back, the most important first, each in the pattern that is cheapest when its visits that do not fit are left out.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from geo_service.base.compiled import compiled
from geo_service.schedule.season.kernels import is_over, take
from geo_service.schedule.season.tables import State, Tables

ROUNDS = 4
"""So often all needs are tried again once everything holds."""


class Served(NamedTuple):
    """Which visits of the chosen patterns are planned.

    Attributes
    ----------
    start
        Where the flags of each need begin, (n + 1,).
    flags
        1 planned, 0 left out, in the order of the pattern's visits.
    trial
        As ``flags``, scratch.
    """

    start: npt.NDArray[np.int64]
    flags: npt.NDArray[np.uint8]
    trial: npt.NDArray[np.uint8]


def repaired(tables: Tables, state: State) -> Served:
    """Make a state hold, in place; return which visits are planned."""
    served = _served(tables)
    order = _most_important_first(tables)
    set_aside = np.zeros(len(tables.zone), np.uint8)
    _take_out_overloading(tables, state, order[::-1].copy(), set_aside)
    _put_back(tables, state, served, order[set_aside[order] > 0])
    for _ in range(ROUNDS):
        if _improve(tables, state, served, order) == 0:
            break
    _fill(tables, state, served, order)
    return served


def _served(tables: Tables) -> Served:
    lengths = np.diff(tables.visit_start)[tables.candidate_pattern]
    longest = np.zeros(len(tables.zone), np.int64)
    counts = np.diff(tables.candidate_start)
    filled = counts > 0
    if filled.any():
        longest[filled] = np.maximum.reduceat(lengths, tables.candidate_start[:-1][filled])
    start = np.concatenate([[0], np.cumsum(longest)]).astype(np.int64)
    return Served(start, np.ones(start[-1], np.uint8), np.ones(int(longest.max(initial=0)), np.uint8))


def _most_important_first(tables: Tables) -> npt.NDArray[np.int64]:
    """Return the needs by what is lost for each unit of scarce use when a visit of their first step is left out."""
    first = tables.first_step
    amounts = np.zeros(len(tables.unserved_s))
    step_of_use = np.repeat(np.arange(len(amounts)), np.diff(tables.use_start))
    np.maximum.at(amounts, step_of_use, tables.use_amount * tables.price[tables.use_resource])
    worth = tables.unserved_s[first] / np.maximum(amounts[first], 1.0)
    return np.argsort(-worth, kind="stable").astype(np.int64)


@compiled
def _take_out_overloading(
    tables: Tables, state: State, order: npt.NDArray[np.int64], set_aside: npt.NDArray[np.uint8]
) -> None:
    """Take needs out in this order as long as they touch an overload; mark them in ``set_aside``, (n,)."""
    for need in order:
        if state.chosen[need] < 0:
            continue
        pattern = tables.candidate_pattern[tables.candidate_start[need] + state.chosen[need]]
        if is_over(tables, state, need, pattern):
            take(tables, state, need, pattern, 0.0)
            set_aside[need] = 1


@compiled
def _add_visit(tables: Tables, state: State, need: int, visit: int, sign: int) -> None:
    week = tables.visit_week[visit]
    state.visits_in[tables.zone[need], week] += sign
    step = tables.first_step[need] + tables.visit_step[visit]
    for use in range(tables.use_start[step], tables.use_start[step + 1]):
        resource = tables.use_resource[use]
        state.load[resource, week * tables.weekly[resource]] += sign * tables.use_amount[use]


@compiled
def _fits(tables: Tables, state: State, need: int, visit: int) -> bool:
    step = tables.first_step[need] + tables.visit_step[visit]
    for use in range(tables.use_start[step], tables.use_start[step + 1]):
        resource = tables.use_resource[use]
        column = tables.visit_week[visit] * tables.weekly[resource]
        if state.load[resource, column] + tables.use_amount[use] > tables.room[resource, column]:
            return False
    return True


@compiled
def _is_after_left_out(tables: Tables, need: int, pattern: int, visit: int, flags: npt.NDArray[np.uint8]) -> bool:
    """Tell whether the first visit of the step before is left out; ``flags`` begin with the pattern's first visit.

    Visits stand in the order of steps, so the step before is decided already.
    """
    before = tables.waits_for[tables.first_step[need] + tables.visit_step[visit]]
    if before < 0:
        return False
    start = tables.visit_start[pattern]
    for other in range(start, visit):
        if tables.visit_step[other] == before:
            return not flags[other - start]
    return True


@compiled
def _put_what_fits(tables: Tables, state: State, need: int, pattern: int, flags: npt.NDArray[np.uint8]) -> float:
    """Add the visits of a pattern that fit; mark them in ``flags``; return the cost of openings and of the others."""
    total = 0.0
    start = tables.visit_start[pattern]
    zone, base = tables.zone[need], tables.first_step[need]
    for visit in range(start, tables.visit_start[pattern + 1]):
        if _is_after_left_out(tables, need, pattern, visit, flags) or not _fits(tables, state, need, visit):
            flags[visit - start] = 0
            total += tables.unserved_s[base + tables.visit_step[visit]]
            continue
        flags[visit - start] = 1
        if state.visits_in[zone, tables.visit_week[visit]] == 0:
            total += tables.opening_s[zone]
        _add_visit(tables, state, need, visit, 1)
    return total


@compiled
def _take_served(tables: Tables, state: State, need: int, pattern: int, flags: npt.NDArray[np.uint8]) -> float:
    """Remove the planned visits of a pattern; return what openings and visits left out cost until now."""
    total = 0.0
    start = tables.visit_start[pattern]
    zone, base = tables.zone[need], tables.first_step[need]
    for visit in range(start, tables.visit_start[pattern + 1]):
        if flags[visit - start] == 0:
            total += tables.unserved_s[base + tables.visit_step[visit]]
            continue
        _add_visit(tables, state, need, visit, -1)
        if state.visits_in[zone, tables.visit_week[visit]] == 0:
            total += tables.opening_s[zone]
    return total


@compiled
def _cheapest_that_fits(tables: Tables, state: State, need: int, trial: npt.NDArray[np.uint8], below: float) -> int:
    """Return the cheapest candidate by what fits, when it costs less than ``below``; else -1."""
    first = tables.candidate_start[need]
    best, best_cost = -1, below
    for candidate in range(tables.candidate_start[need + 1] - first):
        total = float(tables.candidate_cost_s[first + candidate])
        if total >= best_cost:
            break
        pattern = tables.candidate_pattern[first + candidate]
        total += _put_what_fits(tables, state, need, pattern, trial)
        _take_served(tables, state, need, pattern, trial)
        if total < best_cost - 1e-6:
            best, best_cost = candidate, total
    return best


@compiled
def _put_back(tables: Tables, state: State, served: Served, order: npt.NDArray[np.int64]) -> None:
    """Put needs that are out back in this order."""
    for need in order:
        candidate = _cheapest_that_fits(tables, state, need, served.trial, math.inf)
        state.chosen[need] = candidate
        pattern = tables.candidate_pattern[tables.candidate_start[need] + candidate]
        _put_what_fits(tables, state, need, pattern, served.flags[served.start[need] : served.start[need + 1]])


@compiled
def _improve(tables: Tables, state: State, served: Served, order: npt.NDArray[np.int64]) -> int:
    """Move each need in turn to the pattern that is cheapest by what fits; return how many moved."""
    moved = 0
    for need in order:
        old = state.chosen[need]
        if old < 0:
            continue
        first = tables.candidate_start[need]
        pattern = tables.candidate_pattern[first + old]
        flags = served.flags[served.start[need] : served.start[need + 1]]
        old_cost = tables.candidate_cost_s[first + old] + _take_served(tables, state, need, pattern, flags)
        candidate = _cheapest_that_fits(tables, state, need, served.trial, old_cost)
        if candidate >= 0:
            moved += 1
            state.chosen[need] = candidate
            _put_what_fits(tables, state, need, tables.candidate_pattern[first + candidate], flags)
            continue
        start = tables.visit_start[pattern]
        for visit in range(start, tables.visit_start[pattern + 1]):
            if flags[visit - start] == 1:
                _add_visit(tables, state, need, visit, 1)
    return moved


@compiled
def _fill(tables: Tables, state: State, served: Served, order: npt.NDArray[np.int64]) -> None:
    """Plan every visit left out that fits after all: what stays left out has a resource without room."""
    for need in order:
        if state.chosen[need] < 0:
            continue
        pattern = tables.candidate_pattern[tables.candidate_start[need] + state.chosen[need]]
        start = tables.visit_start[pattern]
        flags = served.flags[served.start[need] : served.start[need + 1]]
        for visit in range(start, tables.visit_start[pattern + 1]):
            if (
                flags[visit - start] == 0
                and not _is_after_left_out(tables, need, pattern, visit, flags)
                and _fits(tables, state, need, visit)
            ):
                flags[visit - start] = 1
                _add_visit(tables, state, need, visit, 1)
