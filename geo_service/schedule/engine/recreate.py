"""Floor 4: how items are put back: one by one, each where it and its pattern cost least."""

from __future__ import annotations

from geo_service.base.compiled import bare
from geo_service.schedule.engine.chance import uniform
from geo_service.schedule.engine.insertion import find_place, make_certain
from geo_service.schedule.engine.instance import FAR, Array, Instance
from geo_service.schedule.engine.state import ABSENT, CERTAIN, LIKELY, NOWHERE, UNKNOWN, State, insert


@bare
def sort_items(inst: Instance, state: State, items: Array, number: int) -> None:
    """Put the items into ``state.ranked`` in the order of putting them back: by one of several keys."""
    ranked, kept = state.ranked, state.keys
    drawn = uniform(state.random)
    depot = inst.routes[0].start
    for k in range(number):
        item = items[k]
        asked = inst.items[item]
        key = 0.0
        if drawn < 0.5 and drawn >= 0.3:
            key = -asked.service
            if inst.options[0].soft and asked.first_pattern < asked.end_pattern:
                key = -asked.volume * inst.patterns[asked.first_pattern, 0]
        elif drawn < 0.6 and drawn >= 0.5:
            key = -inst.travel[0, depot, asked.place]
        elif drawn < 0.65 and drawn >= 0.6:
            key = inst.travel[0, depot, asked.place]
        elif drawn >= 0.75:
            key = -asked.left_out - asked.service
        elif drawn >= 0.65 and inst.first_window[item * len(inst.days)] < len(inst.windows):
            window = inst.windows[inst.first_window[item * len(inst.days)]]
            key = window.high - window.low
        else:
            key = uniform(state.random)
        waits = 1 if inst.items[item].waits else 0
        at = k
        while at > 0 and _goes_before(inst, waits, item, key, ranked[at - 1], kept[at - 1]):
            ranked[at], kept[at] = ranked[at - 1], kept[at - 1]
            at -= 1
        ranked[at], kept[at] = item, key


@bare
def _goes_before(inst: Instance, waits: int, item: int, key: float, other: int, other_key: float) -> bool:
    """Tell whether an item comes before another: those without predecessors by key, then the others by rank."""
    other_waits = 1 if inst.items[other].waits else 0
    if waits != other_waits:
        return waits < other_waits
    return bool(inst.items[item].rank < inst.items[other].rank if waits else key < other_key)


@bare
def put_back(
    inst: Instance, state: State, item: int, on: Array, prices: Array, day_cost: Array, day_route: Array
) -> bool:
    """Put an item back under its cheapest pattern, or on the days ``on`` when it still lies on others.

    Parameters
    ----------
    prices
        Of exceeding capacity and duration.
    day_cost, day_route
        Scratch, (D,).

    Returns
    -------
    Whether it was put back; a part of an item is always put back where limits are soft.
    """
    days = len(inst.days)
    partial = False
    for day in range(days):
        if state.route_of[item, day] != ABSENT:
            partial = True
    if partial:
        for day in range(days):
            if on[day]:
                _cheapest_route(inst, state, item, day, prices, day_cost, day_route)
                if day_route[day] < 0:
                    return False
                _insert_best(inst, state, item, day_route[day])
        return True
    earliest, latest = _between(inst, state, item)
    if earliest > latest:
        return False
    begin, end = inst.items[item].first_pattern, inst.items[item].end_pattern
    for day in range(days):
        day_route[day] = -2
    for in_time in range(2):
        until = min(latest, inst.items[item].deadline) if in_time == 0 else latest
        best, chosen = FAR, -1
        for pattern in range(begin, end):
            total = 0.0
            for k in range(inst.patterns[pattern, 0]):
                day = inst.patterns[pattern, 1 + k]
                if inst.days[day].ordinal < earliest or inst.days[day].ordinal > until:
                    total = FAR
                    break
                if day_route[day] == -2:
                    _cheapest_route(inst, state, item, day, prices, day_cost, day_route)
                total += day_cost[day]
                if total >= best:
                    break
            if total < best and (chosen < 0 or uniform(state.random) >= inst.options[0].blink):
                best, chosen = total, pattern
        if chosen >= 0 or latest <= inst.items[item].deadline:
            break
    if chosen < 0:
        return False
    for k in range(inst.patterns[chosen, 0]):
        _insert_best(inst, state, item, day_route[inst.patterns[chosen, 1 + k]])
    state.pattern[item] = chosen
    return True


@bare
def _insert_best(inst: Instance, state: State, item: int, route: int) -> None:
    insert(inst, state, item, route, state.best[item, route].gap, state.best[item, route].facility)


@bare
def _between(inst: Instance, state: State, item: int) -> tuple[float, float]:
    """Return the first and last date that its placed predecessors and followers leave an item, as ordinals."""
    earliest, latest = -FAR, FAR
    for k in range(inst.before.shape[1]):
        other = inst.before[item, k, 0]
        if other < 0:
            break
        if state.pattern[other] == ABSENT:
            return FAR, -FAR
        day = inst.patterns[state.pattern[other], 1]
        earliest = max(earliest, inst.days[day].ordinal + inst.before[item, k, 1])
    return earliest, latest


@bare
def _cheapest_route(
    inst: Instance, state: State, item: int, day: int, prices: Array, day_cost: Array, day_route: Array
) -> None:
    """Find the route of a day on which an item costs least; -1 where there is none."""
    first, behind = inst.days[day].first_route, inst.days[day].end_route
    for _ in range(2 * (behind - first) + 8):
        best, chosen = FAR, -1
        empty_kind = -1
        for route in range(first, behind):
            if not inst.able[item, route]:
                continue
            row = state.at[route].row
            if state.rows[row].length == 0:
                if inst.routes[route].kind == empty_kind:
                    continue
                empty_kind = inst.routes[route].kind
            if state.best[item, route].version != state.rows[row].version or state.best[item, route].known == UNKNOWN:
                find_place(inst, state, item, route, prices[0], prices[1], -FAR)
            if state.best[item, route].known == NOWHERE:
                continue
            cost = state.best[item, route].cost + inst.fixed[item, route]
            if inst.items[item].job >= 0:
                cost += _crew_change(inst, state, item, route)
            if cost < best and (chosen < 0 or uniform(state.random) >= inst.options[0].blink):
                best, chosen = cost, route
        if chosen < 0 or state.best[item, chosen].known == CERTAIN:
            break
        make_certain(inst, state, item, chosen, prices[0], prices[1])
    if chosen >= 0 and state.best[item, chosen].known == LIKELY:
        chosen = -1
    day_route[day] = chosen
    day_cost[day] = best if chosen >= 0 else FAR


@bare
def _crew_change(inst: Instance, state: State, item: int, route: int) -> float:
    """Return what a further crew on the job of an item costs: nothing when its crew works on it already."""
    others = False
    job = inst.items[item].job
    for k in range(inst.jobs[job, 0]):
        part = inst.jobs[job, 1 + k]
        if part == item or state.pattern[part] == ABSENT:
            continue
        others = True
        day = inst.patterns[state.pattern[part], 1]
        if inst.routes[state.route_of[part, day]].crew == inst.routes[route].crew:
            return 0.0
    return float(inst.options[0].crew_change) if others else 0.0
