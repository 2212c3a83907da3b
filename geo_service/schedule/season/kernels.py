"""Floor 4: the compiled inner loops of the search: put a pattern in, take it out, anneal, go downhill.

All functions read `Tables` and change `State` in place. Costs are seconds as floating-point numbers; ``strain`` is
the factor on the price of what is used above the room.
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from geo_service.base.compiled import compiled
from geo_service.schedule.season.tables import State, Tables

STAY = 16
"""So many moves on end are made in one zone."""

Random = npt.NDArray[np.uint64]
"""State of a random generator, shape (1,), not 0."""


@compiled
def draw(random: Random) -> float:
    """Return a number from 0 to below 1 (xorshift64*, Vigna 2016)."""
    x = random[0]
    x ^= x >> np.uint64(12)
    x ^= x << np.uint64(25)
    x ^= x >> np.uint64(27)
    random[0] = x
    return float((x * np.uint64(2685821657736338717)) >> np.uint64(11)) * (1.0 / 9007199254740992.0)


@compiled
def put(tables: Tables, state: State, need: int, pattern: int, strain: float) -> float:
    """Add the visits of a pattern; return what openings and overload cost more."""
    rise = 0.0
    zone, base = tables.zone[need], tables.first_step[need]
    for visit in range(tables.visit_start[pattern], tables.visit_start[pattern + 1]):
        week = tables.visit_week[visit]
        if state.visits_in[zone, week] == 0:
            rise += tables.opening_s[zone]
        state.visits_in[zone, week] += 1
        step = base + tables.visit_step[visit]
        for use in range(tables.use_start[step], tables.use_start[step + 1]):
            resource = tables.use_resource[use]
            column = week * tables.weekly[resource]
            before = state.load[resource, column]
            after = before + tables.use_amount[use]
            state.load[resource, column] = after
            over = after - max(before, tables.room[resource, column])
            if over > 0:
                rise += strain * tables.price[resource] * over
    return rise


@compiled
def take(tables: Tables, state: State, need: int, pattern: int, strain: float) -> float:
    """Remove the visits of a pattern; return what openings and overload cost less, a number not above 0."""
    fall = 0.0
    zone, base = tables.zone[need], tables.first_step[need]
    for visit in range(tables.visit_start[pattern], tables.visit_start[pattern + 1]):
        week = tables.visit_week[visit]
        state.visits_in[zone, week] -= 1
        if state.visits_in[zone, week] == 0:
            fall -= tables.opening_s[zone]
        step = base + tables.visit_step[visit]
        for use in range(tables.use_start[step], tables.use_start[step + 1]):
            resource = tables.use_resource[use]
            column = week * tables.weekly[resource]
            before = state.load[resource, column]
            after = before - tables.use_amount[use]
            state.load[resource, column] = after
            over = before - max(after, tables.room[resource, column])
            if over > 0:
                fall -= strain * tables.price[resource] * over
    return fall


@compiled
def best_candidate(tables: Tables, state: State, need: int, strain: float) -> tuple[int, float]:
    """Return the cheapest candidate of a need that is not in the state, counted from its first, and its cost."""
    first = tables.candidate_start[need]
    best, best_cost = -1, math.inf
    for candidate in range(tables.candidate_start[need + 1] - first):
        pattern = tables.candidate_pattern[first + candidate]
        cost = float(tables.candidate_cost_s[first + candidate])
        if cost >= best_cost:
            break  # candidates rise in cost, and openings never make one cheaper
        cost += put(tables, state, need, pattern, strain)
        take(tables, state, need, pattern, strain)
        if cost < best_cost:
            best, best_cost = candidate, cost
    return best, best_cost


@compiled
def construct(tables: Tables, state: State, order: npt.NDArray[np.int64], strain: float) -> float:
    """Put the needs in one after another, each in its cheapest pattern; return the cost."""
    total = 0.0
    for need in order:
        candidate, cost = best_candidate(tables, state, need, strain)
        if candidate >= 0:
            state.chosen[need] = candidate
            put(tables, state, need, tables.candidate_pattern[tables.candidate_start[need] + candidate], strain)
            total += cost
    return total


@compiled
def anneal(
    tables: Tables,
    state: State,
    random: Random,
    count: int,
    hot: float,
    cold: float,
    strain: float,
    closing: float,
    moved: npt.NDArray[np.int32],
) -> float:
    """Try ``count`` moves while it cools from ``hot`` to ``cold``; return the change of the cost.

    A move takes a need to another pattern or, with the probability ``closing``, all needs of a zone out of a week;
    ``moved`` is scratch for it, see `close_week`. Some moves on end are made in one zone, whose data then are near.
    """
    total = 0.0
    weeks = state.visits_in.shape[1]
    zone, left = 0, 0
    needs = len(tables.zone)
    if needs == 0:
        return 0.0
    temperature = hot
    cooling = (cold / hot) ** (1.0 / max(1, count))
    for _ in range(count):
        temperature *= cooling
        if left == 0:
            zone, left = tables.zone[int(draw(random) * needs)], STAY
        left -= 1
        if draw(random) < closing:
            week = int(draw(random) * weeks)
            if state.visits_in[zone, week] > 0:
                limit = -temperature * math.log(1.0 - draw(random))
                total += close_week(tables, state, zone, week, limit, strain, moved)
            continue
        place = tables.need_start[zone] + int(draw(random) * (tables.need_start[zone + 1] - tables.need_start[zone]))
        need = tables.need[place]
        first = tables.candidate_start[need]
        candidates = tables.candidate_start[need + 1] - first
        if candidates < 2:
            continue
        old = state.chosen[need]
        new = int(draw(random) * (candidates - 1))
        if new >= old:
            new += 1
        old_pattern, new_pattern = tables.candidate_pattern[first + old], tables.candidate_pattern[first + new]
        rise = float(tables.candidate_cost_s[first + new] - tables.candidate_cost_s[first + old])
        limit = -temperature * math.log(1.0 - draw(random))
        rise += take(tables, state, need, old_pattern, strain)
        if rise <= limit:
            rise += put(tables, state, need, new_pattern, strain)
            if rise <= limit:
                state.chosen[need] = new
                total += rise
                continue
            take(tables, state, need, new_pattern, strain)
        put(tables, state, need, old_pattern, strain)
    return total


@compiled
def visits_week(tables: Tables, pattern: int, week: int) -> bool:
    """Tell whether a pattern has a visit in a week."""
    for visit in range(tables.visit_start[pattern], tables.visit_start[pattern + 1]):
        if tables.visit_week[visit] == week:
            return True
    return False


@compiled
def best_without(tables: Tables, state: State, need: int, week: int, strain: float) -> tuple[int, float]:
    """Return the cheapest candidate of a need that is not in the state and has no visit in a week, -1: none."""
    first = tables.candidate_start[need]
    best, best_cost = -1, math.inf
    for candidate in range(tables.candidate_start[need + 1] - first):
        pattern = tables.candidate_pattern[first + candidate]
        cost = float(tables.candidate_cost_s[first + candidate])
        if cost >= best_cost:
            break
        if visits_week(tables, pattern, week):
            continue
        cost += put(tables, state, need, pattern, strain)
        take(tables, state, need, pattern, strain)
        if cost < best_cost:
            best, best_cost = candidate, cost
    return best, best_cost


@compiled
def close_week(
    tables: Tables, state: State, zone: int, week: int, limit: float, strain: float, moved: npt.NDArray[np.int32]
) -> float:
    """Move all needs of a zone that are visited in a week to other weeks, when that costs at most ``limit``.

    ``moved`` is scratch of shape (2, most needs of a zone). Return what it costs more; 0 when it was not done.
    """
    count, rise = 0, 0.0
    for place in range(tables.need_start[zone], tables.need_start[zone + 1]):
        need = tables.need[place]
        first, old = tables.candidate_start[need], state.chosen[need]
        if old >= 0 and visits_week(tables, tables.candidate_pattern[first + old], week):
            moved[0, count], moved[1, count] = need, old
            count += 1
            rise += take(tables, state, need, tables.candidate_pattern[first + old], strain)
            rise -= tables.candidate_cost_s[first + old]
    done = 0
    while done < count and rise <= limit:
        need = moved[0, done]
        candidate, cost = best_without(tables, state, need, week, strain)
        if candidate < 0:
            break
        state.chosen[need] = candidate
        put(tables, state, need, tables.candidate_pattern[tables.candidate_start[need] + candidate], strain)
        rise += cost
        done += 1
    if done == count and rise <= limit:
        return rise
    for place in range(done):
        need = moved[0, place]
        pattern = tables.candidate_pattern[tables.candidate_start[need] + state.chosen[need]]
        take(tables, state, need, pattern, strain)
    for place in range(count):
        need, old = moved[0, place], moved[1, place]
        state.chosen[need] = old
        put(tables, state, need, tables.candidate_pattern[tables.candidate_start[need] + old], strain)
    return 0.0


@compiled
def descend(tables: Tables, state: State, order: npt.NDArray[np.int64], strain: float) -> int:
    """Move each need in turn to its cheapest pattern; return how many moved."""
    moved = 0
    for need in order:
        old = state.chosen[need]
        if old < 0:
            continue
        first = tables.candidate_start[need]
        pattern = tables.candidate_pattern[first + old]
        old_cost = float(tables.candidate_cost_s[first + old]) - take(tables, state, need, pattern, strain)
        candidate, cost = best_candidate(tables, state, need, strain)
        if cost >= old_cost - 1e-6:
            candidate = old
        else:
            moved += 1
        state.chosen[need] = candidate
        put(tables, state, need, tables.candidate_pattern[first + candidate], strain)
    return moved


@compiled
def cost(tables: Tables, state: State, strain: float) -> float:
    """Return the whole cost of a state."""
    total = 0.0
    for need in range(len(tables.zone)):
        if state.chosen[need] >= 0:
            total += tables.candidate_cost_s[tables.candidate_start[need] + state.chosen[need]]
    for zone in range(state.visits_in.shape[0]):
        for week in range(state.visits_in.shape[1]):
            if state.visits_in[zone, week] > 0:
                total += tables.opening_s[zone]
    for resource in range(state.load.shape[0]):
        for week in range(state.load.shape[1]):
            over = state.load[resource, week] - tables.room[resource, week]
            if over > 0:
                total += strain * tables.price[resource] * over
    return total


@compiled
def is_over(tables: Tables, state: State, need: int, pattern: int) -> bool:
    """Tell whether a pattern that is in the state uses anything above its room."""
    base = tables.first_step[need]
    for visit in range(tables.visit_start[pattern], tables.visit_start[pattern + 1]):
        step = base + tables.visit_step[visit]
        for use in range(tables.use_start[step], tables.use_start[step + 1]):
            resource = tables.use_resource[use]
            column = tables.visit_week[visit] * tables.weekly[resource]
            if state.load[resource, column] > tables.room[resource, column]:
                return True
    return False
