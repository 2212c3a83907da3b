"""Floor 4: what the search is asked, as arrays of records.

An *item* is visited on one day or on several, after one of its *patterns* (sets of days). A *route* is one vehicle on
one day; routes are sorted by day. Times and costs share one unit (seconds in a plan, distance in a benchmark).
Where ``timed``, items have windows and routes opening hours, and both are hard; otherwise a route has a longest
duration. Where ``soft``, capacity and duration may be exceeded at a price while searching; with facilities the
capacity never is: a trip empties the vehicle instead.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]

ALL = (1 << 62) - 1
"""Every kind of waste or goods, as bits."""

FAR = 1e12
"""Longer than any way and dearer than any visit: there is none."""


def _record(reals: str, whole: str) -> np.dtype[Any]:
    return np.dtype([(name, np.float64) for name in reals.split()] + [(name, np.int64) for name in whole.split()])


ITEM = _record("service volume left_out deadline", "place waste supply first_pattern end_pattern rank job area waits")
"""Time, load, cost of leaving it out, ordinal of the last day that leaves those that wait for it a day of their own;
index into ``travel``, bits of what is carried away and brought along, its patterns, place in an order in which
predecessors come first, the job it is a part of and the area it lies in (-1: none), whether it has predecessors."""

ROUTE = _record(
    "capacity opens closes longest opening regular", "day profile start end kind crew max_work ends_empty exact"
)
"""Load, hours, most time of travel and service, cost of using it, time paid as usual; day, index into ``travel``,
places, number of a kind of interchangeable routes, crew, most working time for the exact timing, whether it must be
emptied before its end, whether it needs the exact timing with breaks."""

FACILITY = _record("service", "place accepts supplies")
DAY = _record("ordinal", "first_route end_route")
WINDOW = _record("low high", "")
OPTIONS = _record("overtime crew_change further_area imbalance blink", "timed soft trips waits")


class Instance(NamedTuple):
    """The arrays of an instance; ``n`` items, ``R`` routes, ``D`` days, ``P`` patterns, ``F`` facilities, ``p`` places.

    Attributes
    ----------
    travel, travel_to
        float64 (profiles, p, p), from and to a place: ``travel_to[k, a, b]`` leads from b to a; `FAR`: no way.
    items, routes, days, facilities
        Records: `ITEM` (n,), `ROUTE` (R,), `DAY` (D,), `FACILITY` (F,).
    able
        bool (n, R).
    fixed
        float64 (n, R): cost of an item on a route, whatever its place in it.
    patterns
        int64 (P, 1 + longest): number of days, then the days.
    first_window, windows
        (n * D + 1,) and `WINDOW`: when item ``i`` may be begun on day ``d``, at ``i * D + d``; both ends inclusive.
    first_opening, openings
        The same for facilities, (F * D + 1,).
    before, after
        int64 (n, most, 2) and (n, most), -1 behind the last: items that must be done before and how many days; those
        that wait.
    jobs
        int64 (jobs, 1 + most): number of parts, then the items.
    near
        int64 (n, K): the nearest items, nearest first, without the item itself.
    options
        `OPTIONS` (1,): weights of the objective; what is looked at.
    """

    travel: Array
    travel_to: Array
    items: Array
    routes: Array
    days: Array
    facilities: Array
    able: Array
    fixed: Array
    patterns: Array
    first_window: Array
    windows: Array
    first_opening: Array
    openings: Array
    before: Array
    after: Array
    jobs: Array
    near: Array
    options: Array


Stretches = Sequence[tuple[float, float]]


def make_instance(
    *,
    travel: Array,
    place: Sequence[int] | Array,
    day: Sequence[int] | Array,
    patterns: Sequence[Sequence[Sequence[int]]],
    windows: Sequence[Sequence[Stretches]] | None = None,
    facilities: Sequence[tuple[int, float, int, int, Sequence[Stretches]]] = (),
    near: int = 100,
    item: dict[str, Any] | None = None,
    route: dict[str, Any] | None = None,
    able: Array | None = None,
    fixed: Array | None = None,
    ordinals: Sequence[int] | None = None,
    before: Sequence[Sequence[tuple[int, int]]] | None = None,
    jobs: Sequence[Sequence[int]] = (),
    soft: bool = False,
    **weights: float,
) -> Instance:
    """Make an instance from what differs from the plain case; routes must be sorted by day.

    Parameters
    ----------
    travel
        (p, p) or (profiles, p, p).
    place, day
        Of each item; of each route.
    patterns
        For each item its sets of days.
    windows
        For each item and day the stretches in which it may be begun; None: not timed.
    facilities
        (place, time, accepts, supplies, for each day its stretches).
    near
        So many neighbours are known to each item.
    item, route
        Further fields of `ITEM` and `ROUTE`: arrays or one value for all.
    before
        For each item the items before it, and the days between.
    weights
        Of `OPTIONS`.
    """
    travel = np.ascontiguousarray(travel if np.ndim(travel) == 3 else travel[None], dtype=np.float64)
    day_of = np.asarray(day, dtype=np.int64)
    days = 1 + max(int(day_of.max(initial=0)), *(d for own in patterns for p in own for d in p), 0, 0)
    items, routes = np.zeros(len(place), dtype=ITEM), np.zeros(len(day_of), dtype=ROUTE)
    count = len(items)
    flat = [tuple(p) for own in patterns for p in own]
    ends = np.cumsum([len(own) for own in patterns], dtype=np.int64)
    items["left_out"], items["deadline"], items["rank"], items["job"], items["area"] = FAR, FAR, range(count), -1, -1
    items["place"], items["end_pattern"] = place, ends
    items["first_pattern"][1:] = ends[:-1]
    routes["capacity"], routes["closes"], routes["longest"], routes["regular"] = FAR, FAR, FAR, FAR
    routes["day"], routes["kind"] = day_of, day_of
    for records, more in ((items, item), (routes, route)):
        for name, values in (more or {}).items():
            records[name] = values
    before = before or [()] * count
    items["waits"] = [len(own) > 0 for own in before]
    links = np.full((count, 1 + max(map(len, before), default=0), 2), -1, dtype=np.int64)
    followers: list[list[int]] = [[] for _ in range(count)]
    for waiting, own in enumerate(before):
        for k, (other, gap) in enumerate(own):
            links[waiting, k] = other, gap
            followers[other].append(waiting)
    day_records = np.zeros(days, dtype=DAY)
    day_records["ordinal"] = np.arange(days) if ordinals is None else ordinals
    bounds = np.searchsorted(day_of, np.arange(days + 1))
    day_records["first_route"], day_records["end_route"] = bounds[:-1], bounds[1:]
    first_window, window_records = _flat_windows(windows if windows is not None else [[()] * days] * count)
    first_opening, openings = _flat_windows([hours for *_, hours in facilities])
    facility_records = np.zeros(len(facilities), dtype=FACILITY)
    for index, (at, service, accepts, supplies, _) in enumerate(facilities):
        facility_records[index] = (service, at, accepts, supplies)
    options = np.zeros(1, dtype=OPTIONS)
    options["timed"], options["soft"], options["trips"] = windows is not None, soft, len(facilities) > 0
    options["waits"] = any(followers)
    for name, value in weights.items():
        options[name] = value
    return Instance(
        travel=travel,
        travel_to=np.ascontiguousarray(travel.transpose(0, 2, 1)),
        items=items,
        routes=routes,
        days=day_records,
        facilities=facility_records,
        able=np.ones((count, len(routes)), dtype=np.bool_) if able is None else np.ascontiguousarray(able),
        fixed=np.zeros((count, len(routes))) if fixed is None else np.ascontiguousarray(fixed, dtype=np.float64),
        patterns=_ragged(flat),
        first_window=first_window,
        windows=window_records,
        first_opening=first_opening,
        openings=openings,
        before=links,
        after=_ragged(followers)[:, 1:].copy() if followers else np.full((0, 1), -1, dtype=np.int64),
        jobs=_ragged(jobs),
        near=nearest(travel[0], items["place"], near),
        options=options,
    )


def nearest(travel: Array, place: Array, count: int) -> Array:
    """Return for each item its nearest others by travel there and back, int64, shape (n, at most count)."""
    size = len(place)
    count = max(0, min(count, size - 1))
    near = np.empty((size, count), dtype=np.int64)
    for item in range(size):
        way = travel[place[item], place] + travel[place, place[item]]
        way[item] = np.inf
        near[item] = np.argsort(way, kind="stable")[:count]
    return near


def _ragged(lists: Sequence[Sequence[int]]) -> Array:
    """Return lists as rows: the length, the values, at least one -1 behind the last."""
    rows = np.full((len(lists), 2 + max(map(len, lists), default=0)), -1, dtype=np.int64)
    for row, values in zip(rows, lists, strict=True):
        row[0] = len(values)
        row[1 : 1 + len(values)] = values
    return rows


def _flat_windows(windows: Sequence[Sequence[Stretches]]) -> tuple[Array, Array]:
    flat = [several for own in windows for several in own]
    first = np.cumsum([0, *(len(several) for several in flat)], dtype=np.int64)
    records = np.zeros(int(first[-1]), dtype=WINDOW)
    pairs = np.array([pair for several in flat for pair in several], dtype=np.float64).reshape(-1, 2)
    records["low"], records["high"] = pairs[:, 0], pairs[:, 1]
    return first, records
