"""Floor 4: the loop: ruin, recreate, accept by simulated annealing; soft limits are priced by how often they hold."""

from __future__ import annotations

import math

import numpy as np

from geo_service.base.compiled import bare, compiled
from geo_service.schedule.engine.chance import below, uniform
from geo_service.schedule.engine.facilities import lay_trips
from geo_service.schedule.engine.instance import FAR, Array, Instance
from geo_service.schedule.engine.recreate import put_back, sort_items
from geo_service.schedule.engine.ruin import ruin
from geo_service.schedule.engine.state import ABSENT, State, cut, lent, refresh, touch

BEST, CURRENT, LOAD_PRICE, TIME_PRICE, LEAST_LOAD_PRICE, MOST_LOAD_PRICE = range(6)
"""Entries of ``level``: cost of the best that holds all limits, priced cost of the current, prices of the limits."""

TRIED_ABSENT = 10
"""So many absent items are tried in an iteration."""

PRICED_EVERY = 500
HOLDS_LOW, HOLDS_HIGH = 0.3, 0.6
"""Where less or more of the last iterations held all limits, the prices rise or fall."""


@bare
def priced_cost(inst: Instance, state: State, level: Array) -> tuple[float, bool]:
    """Return the objective with what exceeds the limits at its price, and whether nothing does."""
    cost, overload, overtime = 0.0, 0.0, 0.0
    for route in range(len(inst.routes)):
        known = state.rows[state.at[route].row]
        cost += known.cost
        overload += known.overload
        overtime += known.overtime
    for item in range(len(inst.items)):
        if state.pattern[item] == ABSENT:
            cost += inst.items[item].left_out
    if inst.options[0].crew_change > 0.0:
        cost += inst.options[0].crew_change * _further_crews(inst, state)
    if inst.options[0].imbalance > 0.0:
        cost += inst.options[0].imbalance * _imbalance(inst, state)
    return cost + level[LOAD_PRICE] * overload + level[TIME_PRICE] * overtime, overload <= 0.0 and overtime <= 0.0


@bare
def _further_crews(inst: Instance, state: State) -> int:
    """Count the crews beyond the first on each job."""
    further = 0
    for job in range(len(inst.jobs)):
        seen = 0
        for k in range(inst.jobs[job, 0]):
            part = inst.jobs[job, 1 + k]
            if state.pattern[part] == ABSENT:
                continue
            crew = _crew_of(inst, state, part)
            new = True
            for j in range(k):
                other = inst.jobs[job, 1 + j]
                if state.pattern[other] != ABSENT and _crew_of(inst, state, other) == crew:
                    new = False
                    break
            if new:
                seen += 1
        further += max(0, seen - 1)
    return further


@bare
def _crew_of(inst: Instance, state: State, item: int) -> int:
    """Return the crew of a placed item that is visited once."""
    return int(inst.routes[state.route_of[item, inst.patterns[state.pattern[item], 1]]].crew)


@bare
def _imbalance(inst: Instance, state: State) -> float:
    """Sum over crews how far their work, without driving, is from the mean per crew-day times their crew-days."""
    crews, total = 0, 0.0
    work = state.keys
    for route in range(len(inst.routes)):
        crews = max(crews, inst.routes[route].crew + 1)
    for k in range(2 * crews):
        work[k] = 0.0
    for route in range(len(inst.routes)):
        crew, known = inst.routes[route].crew, state.rows[state.at[route].row]
        work[crew] += known.busy - known.drive
        work[crews + crew] += 1.0
        total += known.busy - known.drive
    off = 0.0
    for crew in range(crews):
        off += abs(work[crew] - total / len(inst.routes) * work[crews + crew])
    return off


@compiled
def run(
    inst: Instance,
    state: State,
    level: Array,
    shape: Array,
    iterations: int,
    hot: float,
    cold: float,
    best_stops: Array,
    best_length: Array,
    best_pattern: Array,
) -> None:
    """Do so many iterations while the temperature falls from ``hot`` to ``cold``; keep the best in ``best_*``."""
    inst, state = lent(inst, state)
    inst, state = lent(inst, state)
    count, days = len(inst.items), len(inst.days)
    taken = np.empty(count + 1, np.int64)
    taken_days = np.zeros((count, days), np.bool_)
    was_pattern = np.empty(count + 1, np.int64)
    absent = np.empty(count, np.int64)
    day_cost, day_route = np.empty(days), np.empty(days, np.int64)
    prices = np.empty(2)
    held, absentees = 0, 0
    waits = inst.options[0].waits
    for item in range(count):
        if state.pattern[item] == ABSENT:
            absent[absentees] = item
            absentees += 1
    level[CURRENT], _ = priced_cost(inst, state, level)
    falling = (cold / hot) ** (1.0 / max(1, iterations))
    temperature = hot
    for iteration in range(iterations):
        temperature *= falling
        prices[0], prices[1] = level[LOAD_PRICE], level[TIME_PRICE]
        state.number[1] = 0
        number = ruin(inst, state, shape, waits, taken, taken_days)
        for k in range(number):
            was_pattern[k] = state.pattern[taken[k]]
        for k in range(state.number[1]):
            route = state.at[k].touched
            refresh(inst, state, route)
            if inst.options[0].trips:
                lay_trips(inst, state, route)
        for k in range(number):
            gone = True
            for day in range(days):
                if state.route_of[taken[k], day] != ABSENT:
                    gone = False
                    break
            if gone:
                state.pattern[taken[k]] = ABSENT
        total = number
        tries = min(TRIED_ABSENT, absentees)
        for k in range(tries):
            at = k + below(state.random, absentees - k)
            absent[k], absent[at] = absent[at], absent[k]
            taken[total] = absent[k]
            was_pattern[total] = ABSENT
            total += 1
        good = True
        sort_items(inst, state, taken, total)
        for k in range(total):
            item = state.ranked[k]
            if not put_back(inst, state, item, taken_days[item], prices, day_cost, day_route):
                whole = True
                for day in range(days):
                    if state.route_of[item, day] != ABSENT:
                        whole = False
                        break
                if not whole:
                    good = False  # a part that fits nowhere: give the iteration up
                    break
        for k in range(number):
            for day in range(days):
                taken_days[taken[k], day] = False
        cost, holds = FAR, False
        if good:
            if inst.options[0].trips:
                for k in range(state.number[1]):
                    lay_trips(inst, state, state.at[k].touched)
            cost, holds = priced_cost(inst, state, level)
            held += holds
        if holds and cost < level[BEST] - 1e-7:
            level[BEST] = cost
            for route in range(len(inst.routes)):
                row = state.at[route].row
                best_length[route] = state.rows[row].length
                for k in range(state.rows[row].length):
                    best_stops[route, k] = state.stops[row, k]
            best_pattern[:] = state.pattern
        if cost < level[CURRENT] - temperature * math.log(uniform(state.random) + 1e-300):
            level[CURRENT] = cost
            for k in range(state.number[1]):
                state.at[state.at[k].touched].was_row = -1
            kept = 0
            for k in range(absentees):
                if state.pattern[absent[k]] == ABSENT:
                    absent[kept] = absent[k]
                    kept += 1
            absentees = kept
            for k in range(number):
                if state.pattern[taken[k]] == ABSENT:
                    absent[absentees] = taken[k]
                    absentees += 1
        else:
            _go_back(inst, state, taken, was_pattern, total)
        if inst.options[0].soft and iteration % PRICED_EVERY == PRICED_EVERY - 1:
            share = held / PRICED_EVERY
            held = 0
            if share < HOLDS_LOW:
                level[LOAD_PRICE] *= 1.15
                level[TIME_PRICE] *= 1.15
            elif share > HOLDS_HIGH:
                level[LOAD_PRICE] *= 0.87
                level[TIME_PRICE] *= 0.87
            level[LOAD_PRICE] = min(max(level[LOAD_PRICE], level[LEAST_LOAD_PRICE]), level[MOST_LOAD_PRICE])
            level[TIME_PRICE] = min(max(level[TIME_PRICE], 0.1), 1e3)
            level[CURRENT], _ = priced_cost(inst, state, level)
            forget(inst, state)


@compiled
def construct(inst: Instance, state: State, level: Array, order: Array) -> None:
    """Put the absent items of ``order`` in one by one, each where it costs least."""
    days = len(inst.days)
    on = np.zeros(days, np.bool_)
    day_cost, day_route = np.empty(days), np.empty(days, np.int64)
    prices = np.array([level[LOAD_PRICE], level[TIME_PRICE]])
    state.number[1] = 0  # a search that went back last has left its count
    for item in order:
        if state.pattern[item] == ABSENT:
            put_back(inst, state, item, on, prices, day_cost, day_route)
    for k in range(state.number[1]):
        state.at[state.at[k].touched].was_row = -1
    state.number[1] = 0


@compiled
def transplant(inst: Instance, state: State, level: Array, items: Array, patterns: Array) -> None:
    """Take items out and put them back under given patterns, each where it costs least; absent ones stay absent."""
    days = len(inst.days)
    on = np.zeros(days, np.bool_)
    day_cost, day_route = np.empty(days), np.empty(days, np.int64)
    prices = np.array([level[LOAD_PRICE], level[TIME_PRICE]])
    state.number[1] = 0
    for item in items:
        for day in range(days):
            route = state.route_of[item, day]
            if route != ABSENT:
                cut(state, touch(state, route), item)
                state.route_of[item, day] = ABSENT
        state.pattern[item] = ABSENT
    for k in range(state.number[1]):
        refresh(inst, state, state.at[k].touched)
        if inst.options[0].trips:
            lay_trips(inst, state, state.at[k].touched)
    for item in items:
        asked = inst.items[item]
        first, end = asked.first_pattern, asked.end_pattern
        if patterns[item] != ABSENT:
            asked.first_pattern, asked.end_pattern = patterns[item], patterns[item] + 1
        put_back(inst, state, item, on, prices, day_cost, day_route)
        asked.first_pattern, asked.end_pattern = first, end
    for k in range(state.number[1]):
        state.at[state.at[k].touched].was_row = -1
    state.number[1] = 0


@bare
def forget(inst: Instance, state: State) -> None:
    """Forget all best known places: the prices have changed."""
    for item in range(len(inst.items)):
        for route in range(len(inst.routes)):
            state.best[item, route].version = -1


@bare
def _go_back(inst: Instance, state: State, taken: Array, was_pattern: Array, total: int) -> None:
    """Name the rows and patterns of before again."""
    for k in range(state.number[1]):
        route = state.at[k].touched
        row = state.at[route].row
        for j in range(state.rows[row].length):
            if state.stops[row, j] >= 0:
                state.route_of[state.stops[row, j], inst.routes[route].day] = ABSENT
    for k in range(state.number[1]):
        route = state.at[k].touched
        state.at[route].row = state.at[route].was_row
        state.at[route].was_row = -1
        row = state.at[route].row
        for j in range(state.rows[row].length):
            if state.stops[row, j] >= 0:
                state.route_of[state.stops[row, j], inst.routes[route].day] = route
    for k in range(total):
        state.pattern[taken[k]] = was_pattern[k]
