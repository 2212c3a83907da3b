"""Floor 4: where a route's trips to facilities lie best, for a given order of its items."""

from __future__ import annotations

import numpy as np

from geo_service.base.compiled import compiled
from geo_service.schedule.engine.insertion import can_be_timed
from geo_service.schedule.engine.instance import FAR, Instance
from geo_service.schedule.engine.state import State, refresh, touch

_EPS = 1e-9


@compiled
def lay_trips(inst: Instance, state: State, route: int) -> None:
    """Lay the trips of a touched route anew with the least detour; where that cannot be timed, leave them.

    A dynamic program from the end: ``cost[i]`` is the least detour from item ``i`` on, when the vehicle is empty
    before it. Segments respect capacity and kinds; opening hours and time are looked at afterwards.
    """
    row = touch(state, route)
    length = state.rows[row].length
    items = np.empty(length, np.int64)
    count = 0
    for k in range(length):
        if state.stops[row, k] >= 0:
            items[count] = state.stops[row, k]
            count += 1
    if count == length and not inst.routes[route].ends_empty:
        return
    profile = inst.routes[route].profile
    cost = np.full(count + 1, FAR)
    until = np.zeros(count + 1, np.int64)
    by = np.full(count + 1, -1, np.int64)
    asks = np.zeros(count + 2, np.int64)  # goods that the segment that begins with an item asks for
    cost[count] = 0.0
    for begin in range(count - 1, -1, -1):
        load, waste, supply = 0.0, 0, 0
        for end in range(begin, count):
            item = items[end]
            load += inst.items[item].volume
            if load > inst.routes[route].capacity + _EPS:
                break
            waste |= inst.items[item].waste
            supply |= inst.items[item].supply
            last = end == count - 1
            if last and (not inst.routes[route].ends_empty or waste == 0):
                if cost[begin] > 0.0:
                    cost[begin], until[begin], by[begin], asks[begin] = 0.0, count, -1, supply
                continue
            here = inst.items[item].place
            there = inst.routes[route].end if last else inst.items[items[end + 1]].place
            for facility in range(len(inst.facilities)):
                if waste & ~inst.facilities[facility].accepts or (
                    not last and asks[end + 1] & ~inst.facilities[facility].supplies
                ):
                    continue
                tip = inst.facilities[facility].place
                detour = inst.travel[profile, here, tip] + inst.travel[profile, tip, there] + cost[end + 1]
                detour -= inst.travel[profile, here, there]
                if detour < cost[begin] - _EPS:
                    cost[begin], until[begin], by[begin], asks[begin] = detour, end + 1, facility, supply
    if count > 0 and cost[0] >= FAR / 2:
        return
    before = state.stops[row, :length].copy()
    drive, busy = state.rows[row].drive, state.rows[row].busy
    at, k = 0, 0
    while at < count:
        for item in range(at, until[at]):
            state.stops[row, k] = items[item]
            k += 1
        if by[at] >= 0:
            state.stops[row, k] = -1 - by[at]
            k += 1
        at = until[at]
    same = k == length
    if same:
        for j in range(k):
            if state.stops[row, j] != before[j]:
                same = False
                break
    if same:
        return
    state.rows[row].length = k
    refresh(inst, state, route)
    good = state.rows[row].drive <= drive + _EPS or state.rows[row].busy <= busy + _EPS
    if good and inst.options[0].timed and k > 0:
        good = state.gaps[row, 0].latest >= _reached_first(inst, state, route) - _EPS
        if good and inst.routes[route].exact:
            good = can_be_timed(inst, route, state.stops[row], k, state.scratch)
    if good and not inst.options[0].soft:
        good = state.rows[row].busy <= inst.routes[route].longest + _EPS
    if not good:
        for j in range(length):
            state.stops[row, j] = before[j]
        state.rows[row].length = length
        refresh(inst, state, route)


@compiled
def _reached_first(inst: Instance, state: State, route: int) -> float:
    """Return when the first stop of a route is reached at the earliest."""
    asked, stop = inst.routes[route], state.stops[state.at[route].row, 0]
    place = inst.items[stop].place if stop >= 0 else inst.facilities[-1 - stop].place
    return float(asked.opens + inst.travel[asked.profile, asked.start, place])
