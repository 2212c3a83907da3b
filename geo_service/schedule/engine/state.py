"""Floor 4: routes in the making: their stops, and what is known at every gap between two of them.

Each route owns two rows; ``at[route].row`` names the one in use. A route that is changed for the first time in an
iteration moves to its other row, so that going back is naming the old one again. A stop is an item (0 and above) or a
trip to a facility (``-1 - facility``). Gap ``g`` lies before stop ``g``; the last one before the end.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from geo_service.base.compiled import bare, borrowed, compiled
from geo_service.schedule.engine.chance import seeded
from geo_service.schedule.engine.instance import ALL, FAR, Array, Instance, _record

ABSENT = -1
UNKNOWN, NOWHERE, LIKELY, CERTAIN = range(4)
"""What is known of an item's best place on a route: nothing; there is none; found, but not timed exactly; found."""

AT = _record("", "row was_row touched ruined")
"""Of a route: its row, its row before this iteration (-1: untouched), the list of touched routes, the last iteration
that took a string from it."""

ROW = _record("drive busy load cost overload overtime", "length version")
"""Travel, travel and service, load, the route's part of the objective, what exceeds its limits; number of stops; a
number that no other content of any row ever had."""

GAP = _record("leave latest ahead segment leg", "before behind")
"""Earliest leaving before it, latest arrival behind it, load before it in its segment, load of the whole segment, the
drive through it, the places at its ends."""

KINDS = _record("", "carried carried_before brought brought_after accepted supplied")
"""Bits of the segment a gap lies in, of what is carried before and brought after it, what its ends take and give."""

BEST = _record("cost", "gap facility version known")
"""The cheapest place of an item on a route, and for which version of it."""


class State(NamedTuple):
    """Arrays of a search; ``S`` = 2 R rows, ``W`` stops at most.

    Attributes
    ----------
    at, rows
        `AT` (R,), `ROW` (S,).
    stops
        int64 (S, W).
    gaps, kinds
        `GAP` (S, W + 1), `KINDS` (S, W + 1) where there are facilities.
    best
        `BEST` (n, R).
    route_of, pattern
        int64 (n, D), (n,): the route an item lies on on a day, the pattern in use; or `ABSENT`.
    number
        int64 (3,): next version, count of touched routes, count of iterations.
    random
        See `geo_service.schedule.engine.chance`.
    scratch
        int64 (20, ...): room for the exact timing of one route.
    keys, ranked
        float64 and int64, (n + 1 + R,): room for sorting items and for sums by crew.
    """

    at: Array
    rows: Array
    stops: Array
    gaps: Array
    kinds: Array
    best: Array
    route_of: Array
    pattern: Array
    number: Array
    random: Array
    scratch: Array
    keys: Array
    ranked: Array


def new_state(inst: Instance, width: int, seed: int) -> State:
    """Return a state with empty routes of at most ``width`` stops."""
    count, routes = len(inst.items), len(inst.routes)
    state = State(
        at=np.zeros(routes, dtype=AT),
        rows=np.zeros(2 * routes, dtype=ROW),
        stops=np.zeros((2 * routes, width), dtype=np.int64),
        gaps=np.zeros((2 * routes, width + 1), dtype=GAP),
        kinds=np.zeros((2 * routes, width + 1) if len(inst.facilities) else (1, 1), dtype=KINDS),
        best=np.zeros((count, routes), dtype=BEST),
        route_of=np.full((count, len(inst.days)), ABSENT, dtype=np.int64),
        pattern=np.full(count, ABSENT, dtype=np.int64),
        number=np.array([1, 0, 0], dtype=np.int64),
        random=seeded(seed),
        scratch=np.zeros((20, (width + 4) * _most_windows(inst) + 8), dtype=np.int64),
        keys=np.zeros(count + 1 + 2 * routes),
        ranked=np.zeros(count + 1, dtype=np.int64),
    )
    state.at["row"], state.at["was_row"] = np.arange(routes), -1
    for route in range(routes):
        refresh(inst, state, route)
    return state


def _most_windows(inst: Instance) -> int:
    """Return the most windows of any stop on any day."""
    return max(1, int(np.diff(inst.first_window).max(initial=0)), int(np.diff(inst.first_opening).max(initial=0)))


@compiled
def lent(inst: Instance, state: State) -> tuple[Instance, State]:
    """Return the same arrays without counting references: every loop of the engine begins with it."""
    return (
        Instance(
            borrowed(inst.travel),
            borrowed(inst.travel_to),
            borrowed(inst.items),
            borrowed(inst.routes),
            borrowed(inst.days),
            borrowed(inst.facilities),
            borrowed(inst.able),
            borrowed(inst.fixed),
            borrowed(inst.patterns),
            borrowed(inst.first_window),
            borrowed(inst.windows),
            borrowed(inst.first_opening),
            borrowed(inst.openings),
            borrowed(inst.before),
            borrowed(inst.after),
            borrowed(inst.jobs),
            borrowed(inst.near),
            borrowed(inst.options),
        ),
        State(
            borrowed(state.at),
            borrowed(state.rows),
            borrowed(state.stops),
            borrowed(state.gaps),
            borrowed(state.kinds),
            borrowed(state.best),
            borrowed(state.route_of),
            borrowed(state.pattern),
            borrowed(state.number),
            borrowed(state.random),
            borrowed(state.scratch),
            borrowed(state.keys),
            borrowed(state.ranked),
        ),
    )


@bare
def begin(first: Array, windows: Array, node: int, reached: float) -> float:
    """Return when something is begun that is reached at a time, or `FAR`."""
    for k in range(first[node], first[node + 1]):
        if reached <= windows[k].high:
            return float(max(reached, windows[k].low))
    return FAR


@bare
def latest_begin(first: Array, windows: Array, node: int, limit: float) -> float:
    """Return the latest begin at or before ``limit`` in the windows of a node, or -`FAR`."""
    for k in range(first[node + 1] - 1, first[node] - 1, -1):
        if windows[k].low <= limit:
            return float(min(limit, windows[k].high))
    return -FAR


@bare
def touch(state: State, route: int) -> int:
    """Make a route ready to be changed in this iteration; return its row."""
    row = state.at[route].row
    if state.at[route].was_row >= 0:
        return int(row)
    routes = len(state.at)
    other = row + routes if row < routes else row - routes
    length = state.rows[row].length
    state.rows[other].length = length
    for k in range(length):
        state.stops[other, k] = state.stops[row, k]
    state.at[route].was_row = row
    state.at[state.number[1]].touched = route
    state.number[1] += 1
    state.at[route].row = other
    return int(other)


@bare
def refresh(inst: Instance, state: State, route: int) -> None:
    """Bring everything that is known of a route in line with its stops."""
    items, facilities, gaps, stops = inst.items, inst.facilities, state.gaps, state.stops
    asked, options = inst.routes[route], inst.options[0]
    row, day, profile = state.at[route].row, asked.day, asked.profile
    known = state.rows[row]
    length, days, timed = known.length, len(inst.days), options.timed
    known.version = state.number[0]
    state.number[0] += 1

    drive, service, load, fixed, areas, ahead = 0.0, 0.0, 0.0, 0.0, 0, 0.0
    at, here = asked.opens, asked.start
    gaps[row, 0].leave = at
    gaps[row, 0].ahead = 0.0
    for k in range(length):
        stop = stops[row, k]
        if stop >= 0:
            there = items[stop].place
            way = inst.travel[profile, here, there]
            service += items[stop].service
            load += items[stop].volume
            ahead += items[stop].volume
            fixed += inst.fixed[stop, route]
            if timed:
                at = begin(inst.first_window, inst.windows, stop * days + day, at + way) + items[stop].service
            area = items[stop].area
            if area >= 0:
                new = 1
                for j in range(k):
                    if stops[row, j] >= 0 and items[stops[row, j]].area == area:
                        new = 0
                        break
                areas += new
        else:
            facility = -1 - stop
            there = facilities[facility].place
            way = inst.travel[profile, here, there]
            service += facilities[facility].service
            ahead = 0.0
            if timed:
                at = begin(inst.first_opening, inst.openings, facility * days + day, at + way)
                at += facilities[facility].service
        drive += way
        gaps[row, k].before, gaps[row, k].behind, gaps[row, k].leg = here, there, way
        here = there
        gaps[row, k + 1].leave = at
        gaps[row, k + 1].ahead = ahead
    way = inst.travel[profile, here, asked.end] if length > 0 else 0.0
    drive += way
    gaps[row, length].before, gaps[row, length].behind, gaps[row, length].leg = here, asked.end, way

    at, here = asked.closes, asked.end
    gaps[row, length].latest = at
    segment = ahead
    gaps[row, length].segment = segment
    for k in range(length - 1, -1, -1):
        stop = stops[row, k]
        if stop >= 0:
            there = items[stop].place
            if timed:
                at -= inst.travel[profile, there, here] + items[stop].service
                at = latest_begin(inst.first_window, inst.windows, stop * days + day, at)
        else:
            facility = -1 - stop
            there = facilities[facility].place
            if timed:
                at -= inst.travel[profile, there, here] + facilities[facility].service
                at = latest_begin(inst.first_opening, inst.openings, facility * days + day, at)
            segment = gaps[row, k].ahead
        here = there
        gaps[row, k].latest = at
        gaps[row, k].segment = segment
    if options.trips:
        _refresh_kinds(inst, state, route)

    busy = drive + service
    known.drive, known.busy, known.load = drive, busy, load
    known.overload = max(0.0, load - asked.capacity) if options.soft and not options.trips else 0.0
    known.overtime = busy - asked.longest if options.soft and busy - asked.longest > 1e-7 else 0.0
    cost = drive + fixed
    if length > 0:
        cost += asked.opening + options.further_area * max(0, areas - 1)
        if busy > asked.regular:
            cost += options.overtime * (busy - asked.regular)
    known.cost = cost


@bare
def _refresh_kinds(inst: Instance, state: State, route: int) -> None:
    """Bring the kinds of waste and goods at every gap of a route in line with its stops."""
    row, kinds, stops = state.at[route].row, state.kinds, state.stops
    length = state.rows[row].length
    carried, supplied, first = 0, ALL, 0
    for gap in range(length + 1):
        if gap > 0:
            last = stops[row, gap - 1]
            if last < 0:
                carried, supplied, first = 0, inst.facilities[-1 - last].supplies, gap
            else:
                carried |= inst.items[last].waste
        kinds[row, gap].carried_before = carried
        kinds[row, gap].supplied = supplied
        if gap == length or stops[row, gap] < 0:
            accepted = 0 if inst.routes[route].ends_empty else ALL
            if gap < length:
                accepted = inst.facilities[-1 - stops[row, gap]].accepts
            brought = 0
            for back in range(gap, first - 1, -1):
                kinds[row, back].carried = carried
                kinds[row, back].accepted = accepted
                kinds[row, back].brought_after = brought
                if back > first:
                    brought |= inst.items[stops[row, back - 1]].supply
            for back in range(first, gap + 1):
                kinds[row, back].brought = brought


@bare
def insert(inst: Instance, state: State, item: int, route: int, gap: int, facility: int) -> None:
    """Put an item into a route at a gap; ``facility`` f > 0 adds a trip to f - 1 behind it, f < 0 to -f - 1 before."""
    row = touch(state, route)
    put(state, row, gap, item)
    if facility > 0:
        put(state, row, gap + 1, -facility)
    elif facility < 0:
        put(state, row, gap, facility)
    state.route_of[item, inst.routes[route].day] = route
    refresh(inst, state, route)


@bare
def put(state: State, row: int, gap: int, stop: int) -> None:
    """Write a stop into a row at a gap."""
    length = state.rows[row].length
    for k in range(length, gap, -1):
        state.stops[row, k] = state.stops[row, k - 1]
    state.stops[row, gap] = stop
    state.rows[row].length = length + 1


@bare
def cut(state: State, row: int, item: int) -> None:
    """Take an item out of a row."""
    length = state.rows[row].length
    found = False
    for k in range(length):
        if found:
            state.stops[row, k - 1] = state.stops[row, k]
        elif state.stops[row, k] == item:
            found = True
    if found:
        state.rows[row].length = length - 1


def order_of(state: State, route: int) -> list[int]:
    """Return the stops of a route: items, and ``-1 - facility`` for trips."""
    row = int(state.at[route]["row"])
    stops: list[Any] = state.stops[row, : state.rows[row]["length"]].tolist()
    return stops
