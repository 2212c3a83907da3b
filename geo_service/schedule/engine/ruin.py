"""Floor 4: what an iteration takes out: strings of neighbouring stops, or whole items of a neighbourhood.

After Christiaens and Vanden Berghe 2020, "Slack induction by string removals for vehicle routing problems", carried
over to several days: strings are taken from the routes of one day or of all days around a random item.
"""

from __future__ import annotations

from geo_service.base.compiled import bare
from geo_service.schedule.engine.chance import below, uniform
from geo_service.schedule.engine.instance import Array, Instance
from geo_service.schedule.engine.state import ABSENT, State, cut, touch

MEAN, LONGEST, SPLIT, ALL_DAYS, WHOLE, REGION, REGION_SIZE = range(7)
"""Entries of ``shape``: mean number of items taken; longest string; probability of a split string; of strings from
all days; of taking items out of all their days; of a region; its mean size."""


@bare
def ruin(inst: Instance, state: State, shape: Array, waits: bool, taken: Array, taken_days: Array) -> int:
    """Take items out; fill ``taken`` with them and ``taken_days`` (n, D) with the days; return their number.

    Items that wait for one taken out are taken out as well, where any item ``waits``.
    """
    count, days = len(inst.items), len(inst.days)
    seed = below(state.random, count)
    number = 0
    if uniform(state.random) < shape[REGION]:
        number = _region(inst, state, seed, shape, taken)
        whole = True
    else:
        whole = days == 1 or uniform(state.random) < shape[WHOLE]
        number = _strings(inst, state, seed, shape, taken, taken_days)
    if waits:
        number = _those_that_wait(inst, state, taken, number)
    for k in range(number):
        item = taken[k]
        if whole or inst.patterns[state.pattern[item], 0] == 1:
            for day in range(days):
                taken_days[item, day] = state.route_of[item, day] != ABSENT
        for day in range(days):
            if taken_days[item, day]:
                route = state.route_of[item, day]
                cut(state, touch(state, route), item)
                state.route_of[item, day] = ABSENT
    return number


@bare
def _region(inst: Instance, state: State, seed: int, shape: Array, taken: Array) -> int:
    """Choose placed items around the seed, three of four of them, preferably such as have a choice of patterns."""
    wanted = int(uniform(state.random) * shape[REGION_SIZE]) + 2
    number = 0
    if state.pattern[seed] != ABSENT:
        taken[0] = seed
        number = 1
    near = inst.near[seed]
    for k in range(min(len(near), 3 * wanted)):
        if number >= wanted:
            break
        item = near[k]
        if state.pattern[item] == ABSENT or uniform(state.random) < 0.25:
            continue
        if inst.items[item].end_pattern - inst.items[item].first_pattern < 2:
            continue
        taken[number] = item
        number += 1
    return number


@bare
def _strings(inst: Instance, state: State, seed: int, shape: Array, taken: Array, taken_days: Array) -> int:
    """Choose strings of stops from different routes around the seed."""
    days, routes = len(inst.days), len(inst.routes)
    only = -1
    if days > 1 and uniform(state.random) >= shape[ALL_DAYS]:
        only = _a_day_of(inst, state, seed)
    used, stops = 0, 0
    for route in range(routes):
        length = state.rows[state.at[route].row].length
        if length > 0 and (only < 0 or inst.routes[route].day == only):
            used += 1
            stops += length
    if used == 0:
        return 0
    longest = max(1.0, min(shape[LONGEST], stops / used))
    strings = int(uniform(state.random) * (4.0 * shape[MEAN] / (1.0 + longest) - 1.0) + 1.0)
    number, ruined = 0, 0
    state.number[2] += 1
    near = inst.near[seed]
    offset = 0 if days == 1 else below(state.random, days)
    for k in range(-1, len(near)):
        if ruined >= max(1, strings):
            break
        item = seed if k < 0 else near[k]
        if state.pattern[item] == ABSENT:
            continue
        route = ABSENT
        if only >= 0:
            route = state.route_of[item, only]
        else:
            for d in range(days):
                day = (d + offset) % days
                if state.route_of[item, day] != ABSENT:
                    route = state.route_of[item, day]
                    break
        if route == ABSENT or state.at[route].ruined == state.number[2]:
            continue
        state.at[route].ruined = state.number[2]
        ruined += 1
        number = _string(inst, state, route, item, longest, shape, taken, taken_days, number)
    return number


@bare
def _a_day_of(inst: Instance, state: State, item: int) -> int:
    """Return a random day on which an item lies, any day for one that is absent."""
    if state.pattern[item] == ABSENT:
        return int(below(state.random, len(inst.days)))
    pattern = state.pattern[item]
    return int(inst.patterns[pattern, 1 + below(state.random, inst.patterns[pattern, 0])])


@bare
def _string(
    inst: Instance,
    state: State,
    route: int,
    item: int,
    longest: float,
    shape: Array,
    taken: Array,
    taken_days: Array,
    number: int,
) -> int:
    """Choose a string of a route that holds an item; with a split, some of its middle stays."""
    row, day = state.at[route].row, inst.routes[route].day
    length = state.rows[row].length
    size = min(length, int(uniform(state.random) * min(longest, length) + 1.0))
    spared = 0
    if size > 1 and size < length and uniform(state.random) < shape[SPLIT]:
        spared = 1
        while size + spared < length and uniform(state.random) > 0.5:
            spared += 1
    at = 0
    for k in range(length):
        if state.stops[row, k] == item:
            at = k
            break
    whole = size + spared
    low, high = max(0, at - whole + 1), min(at, length - whole)
    begin = low + below(state.random, high - low + 1)
    spare_from = begin + (1 + below(state.random, size - 1) if spared > 0 else 0)
    for k in range(begin, begin + whole):
        stop = state.stops[row, k]
        if stop < 0 or (spared > 0 and spare_from <= k < spare_from + spared):
            continue
        new = True
        for j in range(number):
            if taken[j] == stop:
                new = False
                break
        if new:
            taken[number] = stop
            number += 1
        taken_days[stop, day] = True
    return number


@bare
def _those_that_wait(inst: Instance, state: State, taken: Array, number: int) -> int:
    """Add the placed items that wait for one that is taken."""
    k = 0
    while k < number:
        for waiting in inst.after[taken[k]]:
            if waiting < 0:
                break
            if state.pattern[waiting] == ABSENT:
                continue
            new = True
            for j in range(number):
                if taken[j] == waiting:
                    new = False
                    break
            if new:
                taken[number] = waiting
                number += 1
        k += 1
    return number
