"""Floor 4: the cheapest place of an item on a route."""

from __future__ import annotations

import numpy as np

from geo_service.base.compiled import bare
from geo_service.routes import timetable
from geo_service.schedule.engine.instance import FAR, Array, Instance
from geo_service.schedule.engine.state import CERTAIN, LIKELY, NOWHERE, State, begin

_EPS = 1e-9
_FITS = timetable.FITS


@bare
def find_place(
    inst: Instance, state: State, item: int, route: int, overload: float, overtime: float, above: float
) -> None:
    """Find the cheapest place of an item on a route that costs more than ``above``, and note it as best known.

    The cost counts travel, opening the route, a further area, overtime, and what exceeds the limits at the prices
    ``overload`` and ``overtime``; what the item costs on the route anyway (``fixed``) is not in it.
    """
    asked, options, new, found = inst.routes[route], inst.options[0], inst.items[item], state.best[item, route]
    row, day, profile = state.at[route].row, asked.day, asked.profile
    items, stops, gaps = inst.items, state.stops, state.gaps
    known = state.rows[row]
    length, trips, soft, timed = known.length, options.trips, options.soft, options.timed
    place, service, volume, capacity = new.place, new.service, new.volume, asked.capacity
    node = item * len(inst.days) + day
    found.version = known.version
    found.known = NOWHERE

    base, limit = 0.0, FAR
    if length == 0:
        base += asked.opening
    elif options.further_area > 0.0 and new.area >= 0:
        further = 0.0  # the first area of a route is free
        for k in range(length):
            if stops[row, k] < 0 or items[stops[row, k]].area < 0:
                continue
            further = options.further_area
            if items[stops[row, k]].area == new.area:
                further = 0.0
                break
        base += further
    free = asked.longest - known.busy - service
    paid, rate = asked.regular - known.busy - service, options.overtime
    if soft:
        over = known.load + volume - capacity
        if over > 0.0 and not trips:
            base += overload * min(over, volume)
    else:
        limit = free + _EPS
        if volume > capacity + _EPS or (not trips and known.load + volume > capacity + _EPS):
            return
    best, best_gap, best_facility = FAR, -1, 0
    ways_to, ways_onward = inst.travel_to[profile, place], inst.travel[profile, place]
    for gap in range(length + 1):
        here, there = gaps[row, gap].before, gaps[row, gap].behind
        to, onward = ways_to[here], ways_onward[there]
        added = to + onward - gaps[row, gap].leg
        cost = base + added
        if soft and added > free:
            cost += overtime * min(added - free, added + service)
        if added > paid:
            cost += rate * min(added - paid, added + service)
        if cost < best and added <= limit and cost > above:
            fits = True
            if timed:
                leave = begin(inst.first_window, inst.windows, node, gaps[row, gap].leave + to) + service
                fits = leave + onward <= gaps[row, gap].latest + _EPS
            if fits and trips:
                kinds = state.kinds[row, gap]
                fits = (
                    gaps[row, gap].segment + volume <= capacity + _EPS
                    and ((kinds.carried | new.waste) & ~kinds.accepted) == 0
                    and ((kinds.brought | new.supply) & ~kinds.supplied) == 0
                )
            if fits:
                best, best_gap, best_facility = cost, gap, 0
        if trips and volume > 0.0 and base + added < best:
            cost, facility = _with_trip(
                inst, state, item, route, gap, here, there, base, limit, free, overtime, paid, above, best
            )
            if facility != 0:
                best, best_gap, best_facility = cost, gap, facility
    if best_gap < 0:
        return
    found.known = LIKELY if asked.exact else CERTAIN
    found.cost, found.gap, found.facility = best, best_gap, best_facility


@bare
def _with_trip(
    inst: Instance,
    state: State,
    item: int,
    route: int,
    gap: int,
    here: int,
    there: int,
    base: float,
    limit: float,
    free: float,
    overtime: float,
    paid: float,
    above: float,
    best: float,
) -> tuple[float, int]:
    """Return the cheapest way below ``best`` to insert an item at a gap with a new trip behind or before it.

    ``limit``, ``free`` and ``paid``: what may be added at most, before the duration is exceeded at the price
    ``overtime``, and before it is paid as overtime.
    """
    asked, new = inst.routes[route], inst.items[item]
    row, day, profile, days = state.at[route].row, asked.day, asked.profile, len(inst.days)
    place, service, volume, capacity = new.place, new.service, new.volume, asked.capacity
    at_gap, kinds = state.gaps[row, gap], state.kinds[row, gap]
    ahead = at_gap.ahead
    behind = at_gap.segment - ahead
    length = state.rows[row].length
    direct = inst.travel[profile, here, there] if length > 0 else 0.0
    found, chosen = best, 0
    for facility in range(len(inst.facilities)):
        tip = inst.facilities[facility]
        for after in range(2):
            if after == 1:
                added = inst.travel[profile, here, place] + inst.travel[profile, place, tip.place] - direct
                added += inst.travel[profile, tip.place, there]
                allowed = (
                    ahead + volume <= capacity + _EPS
                    and ((kinds.carried_before | new.waste) & ~tip.accepts) == 0
                    and (kinds.brought_after & ~tip.supplies) == 0
                    and (new.supply & ~kinds.supplied) == 0
                    and (behind > 0.0 or gap < length or kinds.accepted == 0)
                )
            else:
                added = inst.travel[profile, here, tip.place] + inst.travel[profile, tip.place, place] - direct
                added += inst.travel[profile, place, there]
                allowed = (
                    ahead > 0.0
                    and behind + volume <= capacity + _EPS
                    and (kinds.carried_before & ~tip.accepts) == 0
                    and ((kinds.brought_after | new.supply) & ~tip.supplies) == 0
                    and (new.waste & ~kinds.accepted) == 0
                )
            cost, longer = base + added, added + tip.service
            if inst.options[0].soft and longer > free:
                cost += overtime * min(longer - free, longer + service)
            if longer > paid:
                cost += inst.options[0].overtime * min(longer - paid, longer + service)
            if not allowed or cost >= found or cost <= above or longer > limit:
                continue
            if inst.options[0].timed:
                at = at_gap.leave
                node, tip_node = item * days + day, facility * days + day
                if after == 1:
                    at = begin(inst.first_window, inst.windows, node, at + inst.travel[profile, here, place]) + service
                    at += inst.travel[profile, place, tip.place]
                    at = begin(inst.first_opening, inst.openings, tip_node, at) + tip.service
                    at += inst.travel[profile, tip.place, there]
                else:
                    at += inst.travel[profile, here, tip.place]
                    at = begin(inst.first_opening, inst.openings, tip_node, at) + tip.service
                    at += inst.travel[profile, tip.place, place]
                    at = begin(inst.first_window, inst.windows, node, at) + service
                    at += inst.travel[profile, place, there]
                if at > at_gap.latest + _EPS:
                    continue
            found, chosen = cost, facility + 1 if after == 1 else -1 - facility
    return found, chosen


@bare
def make_certain(inst: Instance, state: State, item: int, route: int, overload: float, overtime: float) -> None:
    """Time the best known place exactly, and go on to the next where it does not fit, a few times."""
    found = state.best[item, route]
    for _ in range(6):
        if found.known != LIKELY:
            break
        if _fits_exactly(inst, state, item, route):
            found.known = CERTAIN
            break
        find_place(inst, state, item, route, overload, overtime, found.cost + _EPS)
    if found.known == LIKELY:
        found.known = NOWHERE


@bare
def _fits_exactly(inst: Instance, state: State, item: int, route: int) -> bool:
    """Tell whether a route with an item at its best known place can be timed with breaks."""
    row = state.at[route].row
    length, gap, facility = state.rows[row].length, state.best[item, route].gap, state.best[item, route].facility
    stops = state.scratch[12]
    count = 0
    for k in range(length + 1):
        if k == gap:
            if facility < 0:
                stops[count] = facility
                count += 1
            stops[count] = item
            count += 1
            if facility > 0:
                stops[count] = -facility
                count += 1
        if k < length:
            stops[count] = state.stops[row, k]
            count += 1
    return can_be_timed(inst, route, stops, count, state.scratch)


@bare
def can_be_timed(inst: Instance, route: int, stops: Array, count: int, scratch: Array) -> bool:
    """Tell whether the first ``count`` stops can be timed in their order with breaks."""
    asked = inst.routes[route]
    day, days, profile = asked.day, len(inst.days), asked.profile
    legs, services, first, begins = scratch[13, : count + 1], scratch[14, :count], scratch[15, : count + 1], scratch[16]
    first[0] = 0
    here = asked.start
    for k in range(count):
        stop = stops[k]
        if stop >= 0:
            node = stop * days + day
            first[k + 1] = first[k] + inst.first_window[node + 1] - inst.first_window[node]
            services[k], there = np.int64(inst.items[stop].service), inst.items[stop].place
        else:
            facility = -1 - stop
            node = facility * days + day
            first[k + 1] = first[k] + inst.first_opening[node + 1] - inst.first_opening[node]
            services[k], there = np.int64(inst.facilities[facility].service), inst.facilities[facility].place
        legs[k] = np.int64(inst.travel[profile, here, there])
        here = there
    legs[count] = np.int64(inst.travel[profile, here, asked.end])
    low, high, times = scratch[17, : first[count]], scratch[18, : first[count]], scratch[19]
    for k in range(count):
        stop = stops[k]
        if stop >= 0:
            begins_at, windows = inst.first_window[stop * days + day], inst.windows
        else:
            begins_at, windows = inst.first_opening[(-1 - stop) * days + day], inst.openings
        for w in range(first[k + 1] - first[k]):
            low[first[k] + w] = np.int64(windows[begins_at + w].low)
            high[first[k] + w] = np.int64(windows[begins_at + w].high)
    opens, closes = int(asked.opens), int(asked.closes)
    answer = timetable.place(opens, closes, asked.max_work, legs, services, first, low, high, begins, times, scratch)
    return bool(answer == _FITS)
