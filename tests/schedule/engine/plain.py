"""The engine's rules once more, in plain Python and slow, and instances so small that this will do."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any

import numpy as np
from hypothesis import strategies as st

from geo_service.routes.timing import Timetable, timetable
from geo_service.schedule.engine.instance import ALL, Instance, make_instance
from geo_service.schedule.engine.state import ABSENT, State, new_state, order_of
from geo_service.schedule.engine.worker import set_routes

EPS = 1e-6
CLOSES = 100


class Plain:
    """What the arrays of an instance mean. A stop is an item, or ``-1 - facility``."""

    def __init__(self, inst: Instance) -> None:
        self.inst = inst
        self.options = inst.options[0]
        self.days = len(inst.days)

    def facility(self, stop: int) -> Any:
        return self.inst.facilities[-1 - stop]

    def place(self, stop: int) -> int:
        return int(self.inst.items["place"][stop] if stop >= 0 else self.facility(stop)["place"])

    def service(self, stop: int) -> float:
        return float(self.inst.items["service"][stop] if stop >= 0 else self.facility(stop)["service"])

    def legs(self, route: int, stops: Sequence[int]) -> list[float]:
        asked = self.inst.routes[route]
        places = [int(asked["start"]), *map(self.place, stops), int(asked["end"])]
        ways = self.inst.travel[asked["profile"]]
        return [float(ways[a, b]) for a, b in pairwise(places)] if stops else [0.0]

    def drive(self, route: int, stops: Sequence[int]) -> float:
        return sum(self.legs(route, stops))

    def busy(self, route: int, stops: Sequence[int]) -> float:
        return self.drive(route, stops) + sum(map(self.service, stops))

    def load(self, stops: Sequence[int]) -> float:
        return float(sum(self.inst.items["volume"][stop] for stop in stops if stop >= 0))

    def over(self, route: int, stops: Sequence[int]) -> tuple[float, float]:
        """Return what exceeds capacity and longest duration where they are soft."""
        asked = self.inst.routes[route]
        if not self.options["soft"]:
            return 0.0, 0.0
        return (
            max(0.0, self.load(stops) - float(asked["capacity"])),
            max(0.0, self.busy(route, stops) - float(asked["longest"])),
        )

    def cost(self, route: int, stops: Sequence[int]) -> float:
        """Return a route's part of the objective."""
        if not stops:
            return 0.0
        asked, items = self.inst.routes[route], [stop for stop in stops if stop >= 0]
        areas = {int(self.inst.items["area"][item]) for item in items} - {-1}
        cost = self.drive(route, stops) + sum(float(self.inst.fixed[item, route]) for item in items)
        cost += float(asked["opening"]) + float(self.options["further_area"]) * max(0, len(areas) - 1)
        overtime = max(0.0, self.busy(route, stops) - float(asked["regular"]))
        return cost + float(self.options["overtime"]) * overtime

    def stretches(self, stop: int, day: int) -> list[tuple[float, float]]:
        inst = self.inst
        first, windows, at = (
            (inst.first_window, inst.windows, stop * self.days + day)
            if stop >= 0
            else (inst.first_opening, inst.openings, (-1 - stop) * self.days + day)
        )
        return [(float(one["low"]), float(one["high"])) for one in windows[first[at] : first[at + 1]]]

    def leaves(self, route: int, stops: Sequence[int], at: float | None = None, first: int = 0) -> list[float] | None:
        """Return when each stop from ``first`` on is left, driving as early as possible; None: too late.

        ``at``: when the first of them is reached; by default the day begins at its start.
        """
        asked, times = self.inst.routes[route], []
        legs, day = self.legs(route, stops), int(asked["day"])
        at = float(asked["opens"]) + legs[0] if at is None else at
        for number in range(first, len(stops)):
            begins = [max(at, low) for low, high in self.stretches(stops[number], day) if at <= high]
            if not begins:
                return None
            times.append(begins[0] + self.service(stops[number]))
            at = times[-1] + legs[number + 1]
        return times if at <= float(asked["closes"]) else None

    def segments(self, stops: Sequence[int]) -> list[list[int]]:
        parts: list[list[int]] = [[]]
        for stop in stops:
            if stop >= 0:
                parts[-1].append(stop)
            else:
                parts.append([])
        return parts

    def bits(self, name: str, items: Sequence[int]) -> int:
        return int(np.bitwise_or.reduce(self.inst.items[name][list(items)], initial=0))

    def may_carry(self, route: int, stops: Sequence[int]) -> bool:
        """Tell whether every segment fits the vehicle, is taken where it is unloaded and had where it is loaded."""
        asked, parts = self.inst.routes[route], self.segments(stops)
        made = [self.facility(stop) for stop in stops if stop < 0]
        takes = [*(int(one["accepts"]) for one in made), 0 if asked["ends_empty"] else ALL]
        gives = [ALL, *(int(one["supplies"]) for one in made)]
        return all(
            self.load(part) <= float(asked["capacity"]) + EPS
            and not self.bits("waste", part) & ~took
            and not self.bits("supply", part) & ~gave
            for part, took, gave in zip(parts, takes, gives, strict=True)
        )

    def fits(self, route: int, stops: Sequence[int]) -> bool:
        """Tell whether a route may be driven, but for what is soft."""
        asked = self.inst.routes[route]
        if self.options["timed"] and self.leaves(route, stops) is None:
            return False
        if not self.options["soft"]:
            if stops and self.busy(route, stops) > float(asked["longest"]) + EPS:
                return False
            if self.load(stops) > float(asked["capacity"]) + EPS and not self.options["trips"]:
                return False
        return not self.options["trips"] or self.may_carry(route, stops)

    def timetable(self, route: int, stops: Sequence[int]) -> Timetable | str:
        """Return the exact timing of the floor of routes."""
        asked = self.inst.routes[route]
        return timetable(
            (int(asked["opens"]), int(asked["closes"])),
            [int(leg) for leg in self.legs(route, stops)],
            [int(self.service(stop)) for stop in stops],
            [tuple((int(a), int(b)) for a, b in self.stretches(stop, int(asked["day"]))) for stop in stops],
            int(asked["max_work"]),
        )

    def priced(self, route: int, stops: Sequence[int], overload: float, overtime: float) -> float:
        loaded, late = self.over(route, stops)
        return self.cost(route, stops) + overload * loaded + overtime * late

    def ways_to_insert(self, item: int, route: int, stops: Sequence[int]) -> Iterator[tuple[int, int, list[int]]]:
        """Yield gap, facility (as `insert` understands it) and stops; no trip that would change nothing."""
        for gap in range(len(stops) + 1):
            yield gap, 0, [*stops[:gap], item, *stops[gap:]]
            if not self.options["trips"] or not self.inst.items["volume"][item]:
                continue
            ahead = self.load(self.segments(stops[:gap])[-1])
            behind = self.load(self.segments(stops[gap:])[0])
            for facility in range(len(self.inst.facilities)):
                trip = -1 - facility
                if behind > 0 or gap < len(stops) or self.inst.routes["ends_empty"][route]:
                    yield gap, facility + 1, [*stops[:gap], item, trip, *stops[gap:]]
                if ahead > 0:
                    yield gap, -1 - facility, [*stops[:gap], trip, item, *stops[gap:]]

    def objective(self, routes: Sequence[Sequence[int]], patterns: Sequence[int]) -> float:
        """Return what the search makes small."""
        inst = self.inst
        total = sum(self.cost(route, stops) for route, stops in enumerate(routes))
        total += sum(float(inst.items["left_out"][item]) for item in range(len(patterns)) if patterns[item] == ABSENT)
        for job in inst.jobs:
            parts = set(job[1 : 1 + job[0]].tolist())
            crews = {int(inst.routes["crew"][r]) for r, stops in enumerate(routes) if parts & set(stops)}
            total += float(self.options["crew_change"]) * max(0, len(crews) - 1)
        crew_of = inst.routes["crew"].tolist()
        work = [sum(map(self.service, stops)) for stops in routes]
        for crew in set(crew_of):
            own = sum(one for one, other in zip(work, crew_of, strict=True) if other == crew)
            mean = sum(work) / len(routes) * crew_of.count(crew)
            total += float(self.options["imbalance"]) * abs(own - mean)
        return total

    def broken(self, routes: Sequence[Sequence[int]], patterns: Sequence[int]) -> list[str]:
        """Return what rules a plan breaks."""
        inst, found = self.inst, []
        on: dict[int, list[int]] = {item: [] for item in range(len(inst.items))}
        for route, stops in enumerate(routes):
            day = int(inst.routes["day"][route])
            for stop in stops:
                if stop >= 0:
                    on[stop].append(day)
                    if not inst.able[stop, route]:
                        found.append(f"{stop} may not lie on route {route}")
            if stops and not self.fits(route, stops):
                found.append(f"route {route} cannot be driven: {stops}")
            if max(self.over(route, stops)) > EPS:
                found.append(f"route {route} exceeds a limit: {stops}")
            if stops and inst.routes["exact"][route] and isinstance(self.timetable(route, stops), str):
                found.append(f"route {route} has no timetable: {stops}")
        for item, days in on.items():
            asked = inst.items[item]
            pattern = int(patterns[item])
            own = pattern == ABSENT or asked["first_pattern"] <= pattern < asked["end_pattern"]
            length = 0 if pattern == ABSENT else int(inst.patterns[pattern, 0])
            if not own or days != inst.patterns[pattern, 1 : 1 + length].tolist()[:length]:
                found.append(f"{item} lies on {days}, not after its pattern {pattern}")
            for other, gap in inst.before[item]:
                if other >= 0 and days:
                    ordinals = inst.days["ordinal"]
                    if not on[int(other)] or ordinals[days[0]] < ordinals[on[int(other)][0]] + gap:
                        found.append(f"{item} comes too soon after {other}")
        return found


def tiny(
    seed: int, *, timed: bool = False, soft: bool = False, trips: int = 0, days: int = 1, supplies: bool = True
) -> Instance:
    """Return a random instance: up to seven items and three routes a day; times up to 100."""
    rng = np.random.default_rng(seed)
    count, per_day = int(rng.integers(2, 8)), int(rng.integers(1, 4))
    places = count + 2 + trips
    travel = np.array([_ways(rng, places) for _ in range(2)])
    routes = days * per_day
    waste = rng.integers(0, 4, count) * (rng.random(count) < 0.7)
    once = days == 1 or rng.random() < 0.5
    sets = [(day,) for day in range(days)] if once else [(a, b) for a in range(days) for b in range(a + 1, days)]
    chosen = [sorted(rng.permutation(len(sets))[: int(rng.integers(1, 4))].tolist()) for _ in range(count)]
    before = [
        [(int(rng.integers(item)), int(rng.integers(1, 3)))] if once and item and rng.random() < 0.3 else []
        for item in range(count)
    ]
    parts = sorted(rng.permutation(count)[:3].tolist())
    job = np.full(count, -1)
    job[parts] = 0
    return make_instance(
        travel=travel,
        place=rng.integers(2, 2 + count, count),
        day=np.repeat(np.arange(days), per_day),
        patterns=[[sets[number] for number in own] for own in chosen],
        windows=[[_stretches(rng) for _ in range(days)] for _ in range(count)] if timed else None,
        facilities=[
            (
                2 + count + number,
                float(rng.integers(0, 8)),
                int(rng.integers(1, 4)),
                int(rng.integers(0, 2)) if supplies else 1,
                [_stretches(rng) for _ in range(days)],
            )
            for number in range(trips)
        ],
        able=rng.random((count, routes)) < 0.9,
        fixed=rng.integers(0, 9, (count, routes)),
        ordinals=np.cumsum(rng.integers(1, 3, days)).tolist(),
        before=before,
        jobs=[parts] if once else (),
        item={
            "service": rng.integers(0, 12, count),
            "volume": np.where(waste > 0, rng.integers(1, 4, count), 0),
            "left_out": rng.integers(50, 400, count),
            "waste": waste,
            "supply": rng.integers(0, 2, count) * (rng.random(count) < 0.3) if trips and supplies else 0,
            "job": job if once else -1,
            "area": rng.integers(-1, 3, count),
        },
        route={
            "capacity": rng.integers(3, 8, routes),
            "opens": rng.integers(0, 10, routes),
            "closes": CLOSES,
            "longest": rng.integers(40, CLOSES, routes),
            "opening": rng.integers(0, 30),
            "regular": rng.integers(20, CLOSES, routes),
            "profile": rng.integers(0, 2, routes),
            "start": 0,
            "end": rng.integers(0, 2, routes),
            "kind": range(routes),
            "crew": np.tile(np.arange(per_day), days),
            "max_work": CLOSES,
            "ends_empty": rng.random(routes) < 0.3 if trips else 0,
        },
        soft=soft,
        overtime=0.5 if not soft else 0.0,
        crew_change=float(rng.integers(0, 20)) if once else 0.0,
        further_area=float(rng.integers(0, 9)),
        imbalance=0.25 if not soft else 0.0,
    )


def of_a_day(seed: int) -> Instance:
    """Return a random instance in seconds with shifts so long that breaks matter."""
    rng = np.random.default_rng(seed)
    count = int(rng.integers(2, 8))
    closes = int(rng.integers(13, 17)) * 3600
    return make_instance(
        travel=60 * _ways(rng, count + 1) + np.where(np.eye(count + 1) > 0, 0, 1),
        place=np.arange(1, count + 1),
        day=[0],
        patterns=[[(0,)]] * count,
        windows=[[[(low * 144 + 21_600, high * 144 + 21_600) for low, high in _stretches(rng)]] for _ in range(count)],
        item={"service": 60 * rng.integers(10, 150, count)},
        route={
            "opens": 21_600,
            "closes": closes,
            "longest": closes - 21_600,
            "regular": 3600 * rng.integers(2, 9, 1),
            "max_work": 3600 * rng.integers(8, 11, 1),
            "exact": 1,
        },
        overtime=0.5,
    )


def _ways(rng: np.random.Generator, places: int) -> Any:
    """Return random whole travel times that no detour can shorten."""
    ways = rng.integers(1, 16, (places, places)).astype(np.float64)
    np.fill_diagonal(ways, 0)
    for via in range(places):
        ways = np.minimum(ways, ways[:, via : via + 1] + ways[via : via + 1])
    return ways


def _stretches(rng: np.random.Generator) -> list[tuple[float, float]]:
    """Return no, one or two stretches, mostly wide."""
    cuts = sorted(rng.choice(CLOSES, 4, replace=False).tolist())
    return [[], [(cuts[0], cuts[1]), (cuts[2], cuts[3])], [(cuts[0], cuts[3])], [(0, CLOSES)]][
        rng.choice(4, p=[0.05, 0.3, 0.35, 0.3])
    ]


KINDS = [
    {"timed": True},
    {"timed": True, "days": 3},
    {"soft": True, "days": 3},
    {"soft": True},
    {"trips": 2, "timed": True, "days": 2},
    {"trips": 2},
    {"trips": 1, "timed": True},
]
"""Instances as benchmarks and plans ask them: windows, several days with soft limits, trips."""

instances = st.builds(lambda seed, kind: tiny(seed, **kind), st.integers(0, 10**6), st.sampled_from(KINDS))


def filled(inst: Instance, seed: int) -> tuple[State, list[list[int]]]:
    """Return a state with random routes that may be driven, and the routes."""
    rng, plain = np.random.default_rng(seed), Plain(inst)
    routes: list[list[int]] = [[] for _ in inst.routes]
    patterns = np.full(len(inst.items), ABSENT, dtype=np.int64)
    for item in rng.permutation(len(inst.items))[: len(inst.items) - 1].tolist():
        pattern = int(rng.integers(inst.items["first_pattern"][item], inst.items["end_pattern"][item]))
        days = inst.patterns[pattern, 1 : 1 + inst.patterns[pattern, 0]].tolist()
        there = {}
        for day in days:
            able = [r for r in np.flatnonzero(inst.routes["day"] == day).tolist() if inst.able[item, r]]
            ways = [(r, stops) for r in able for *_, stops in plain.ways_to_insert(item, r, routes[r])]
            ways = [(r, stops) for r, stops in ways if plain.fits(r, stops)]
            if ways:
                route, stops = ways[int(rng.integers(len(ways)))]
                there[route] = stops
        if len(there) == len(days):
            patterns[item] = pattern
            for route, stops in there.items():
                routes[route] = stops
    state = new_state(inst, 2 * len(inst.items) + 2, seed)
    set_routes(inst, state, routes, patterns)
    return state, routes


def routes_of(inst: Instance, state: State) -> list[list[int]]:
    return [order_of(state, route) for route in range(len(inst.routes))]


def seen(inst: Instance, state: State) -> list[Any]:
    """Return all that is known of the routes in use, to compare it as a whole."""
    rows = state.at["row"].tolist()
    lengths = [int(state.rows["length"][row]) for row in rows]
    known = [state.rows[row].tolist() for row in rows]
    gaps = [state.gaps[row, : length + 1].tolist() for row, length in zip(rows, lengths, strict=True)]
    kinds = [
        state.kinds[row, : length + 1].tolist() if len(inst.facilities) else []
        for row, length in zip(rows, lengths, strict=True)
    ]
    return [
        *(routes_of(inst, state), lengths, known, gaps, kinds),
        *(state.route_of.tolist(), state.pattern.tolist(), state.at["was_row"].tolist()),
    ]
