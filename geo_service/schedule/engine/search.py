"""Floor 4: the search as a whole: a start, both cores, stop rules, temperature, progress, the best kept."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import numpy as np

from geo_service.base.progress import Stop, left_of, share_of
from geo_service.schedule.engine import anneal
from geo_service.schedule.engine.instance import FAR, Array, Instance
from geo_service.schedule.engine.state import ABSENT, State, new_state, refresh

CHUNK = 1_000
"""Iterations between two looks at the stop rule."""


@dataclass(frozen=True)
class Settings:
    """How the search goes about it; the same for every instance of a kind.

    Attributes
    ----------
    workers
        Searches side by side, one thread each.
    hot, cold
        First and last temperature, as a multiple of the mean way to the nearest five neighbours.
    first
        bool (n, R): the routes on which items are put at first, such as those of a plan in force; then all others.
    """

    workers: int = 2
    hot: float = 1.0
    cold: float = 0.01
    mean_taken: float = 8.0
    longest_string: float = 10.0
    split: float = 0.3
    all_days: float = 0.0
    whole: float = 0.5
    region: float = 0.2
    region_size: float = 12.0
    blink: float = 0.01
    meet: tuple[float, ...] = (0.5, 0.7, 0.85, 0.95)
    order: Array | None = None
    first: Array | None = None


PERIODIC = Settings(hot=3.0, cold=0.05)
"""For visits on several days with soft limits."""

TIMED = Settings(hot=1.0, cold=0.01)
"""For one day with windows."""

WASTE = Settings(hot=3.0, cold=0.05)
"""For several days with trips to facilities."""


@dataclass
class Found:
    """The best found: for each route its stops (items, ``-1 - facility`` for trips), for each item its pattern or -1."""

    cost: float
    routes: list[list[int]]
    patterns: Array
    iterations: int
    trace: list[tuple[float, float]] = field(default_factory=list)


OnRound = Callable[[int, float], None]


class Worker:
    """One search: its state, its best, its temperatures."""

    def __init__(self, instance: Instance, settings: Settings, seed: int) -> None:
        self.instance = instance
        instance.options["blink"] = settings.blink
        count, routes = len(instance.items), len(instance.routes)
        width = (2 * count + 2) if len(instance.facilities) else count + 1
        self.state: State = new_state(instance, width, seed)
        self.shape = np.array(
            [
                settings.mean_taken,
                settings.longest_string,
                settings.split,
                settings.all_days,
                settings.whole,
                settings.region,
                settings.region_size,
            ]
        )
        self.scale = mean_way(instance)
        load = float(instance.items["volume"].mean()) if count else 1.0
        price = self.scale / max(load, 1e-9)
        self.level = np.array([FAR * count + FAR, 0.0, price, 1.0, price * 1e-3, price * 1e3])
        self.hot, self.cold = settings.hot * self.scale, settings.cold * self.scale
        self.best_stops = np.zeros((routes, width), dtype=np.int64)
        self.best_length = np.zeros(routes, dtype=np.int64)
        self.best_pattern = np.full(count, ABSENT, dtype=np.int64)
        order = settings.order
        if order is None:
            order = np.random.default_rng(seed).permutation(count)
        order = np.asarray(order, dtype=np.int64)
        if settings.first is not None:
            anneal.construct(instance._replace(able=settings.first), self.state, self.level, order)
        anneal.construct(instance, self.state, self.level, order)
        self._keep()

    def _keep(self) -> None:
        cost, holds = anneal.priced_cost(self.instance, self.state, self.level)
        if holds and cost < self.best_s:
            self.level[anneal.BEST] = cost
            rows = self.state.at["row"]
            self.best_length[:] = self.state.rows["length"][rows]
            self.best_stops[:] = self.state.stops[rows]
            self.best_pattern[:] = self.state.pattern

    @property
    def best_s(self) -> float:
        """Cost of the best."""
        return float(self.level[anneal.BEST])

    def run(self, share: float, iterations: int) -> None:
        """Do some iterations at the temperature of a share of the whole way."""
        temperature = self.hot * (self.cold / self.hot) ** share
        anneal.run(
            self.instance,
            self.state,
            self.level,
            self.shape,
            iterations,
            temperature,
            temperature,
            self.best_stops,
            self.best_length,
            self.best_pattern,
        )

    def take_over(self, routes: list[list[int]], patterns: Array) -> None:
        """Go on from other routes."""
        set_routes(self.instance, self.state, routes, patterns)
        anneal.forget(self.instance, self.state)
        self._keep()

    def fill(self, order: Array) -> None:
        """Put absent items of the best in where they fit, in an order, whether that pays or not."""
        self.take_over(self.best_routes(), self.best_pattern.copy())
        anneal.construct(self.instance, self.state, self.level, order)
        self.level[anneal.BEST] = FAR * FAR
        self._keep()

    def figures(self) -> tuple[int, float]:
        """Return how many items the best leaves out, and its travel."""
        travel, end = self.instance.travel, self.instance.routes
        total = 0.0
        for route, stops in enumerate(self.best_routes()):
            if stops:
                places = [end["start"][route], *(self._place(stop) for stop in stops), end["end"][route]]
                total += float(travel[end["profile"][route], places[:-1], places[1:]].sum())
        return int((self.best_pattern == ABSENT).sum()), total

    def _place(self, stop: int) -> int:
        instance = self.instance
        return int(instance.items["place"][stop] if stop >= 0 else instance.facilities["place"][-1 - stop])

    def best_routes(self) -> list[list[int]]:
        """Return the routes of the best."""
        lengths = self.best_length.tolist()
        return [self.best_stops[route, :length].tolist() for route, length in enumerate(lengths)]


def set_routes(instance: Instance, state: State, routes: list[list[int]], patterns: Array) -> None:
    """Make routes the content of a state."""
    state.route_of[:] = ABSENT
    state.pattern[:] = patterns
    for route, stops in enumerate(routes):
        row = state.at["row"][route]
        state.rows["length"][row] = len(stops)
        state.stops[row, : len(stops)] = stops
        for stop in stops:
            if stop >= 0:
                state.route_of[stop, instance.routes["day"][route]] = route
        refresh(instance, state, route)


def mean_way(instance: Instance) -> float:
    """Return the mean travel between an item and its nearest five."""
    near = instance.near[:, :5]
    if near.size == 0:
        return 1.0
    ways = instance.travel[0][instance.items["place"][:, None], instance.items["place"][near]]
    ways = ways[ways < FAR / 2]
    return max(float(ways.mean()) if ways.size else 1.0, 1e-6)


def search(
    instance: Instance, stop: Stop, seed: int, settings: Settings | None = None, on_round: OnRound | None = None
) -> Found:
    """Search until ``stop``; with a rule by iterations the answer depends on the seed only.

    Parameters
    ----------
    stop
        Called with the iterations of each worker.
    on_round
        Called every `CHUNK` iterations with their number and the best cost; may raise to end the search, which
        the caller then sees: see `Search` for the best so far.
    """
    one = Search(instance, seed, settings)
    one.go_on(stop, on_round)
    return one.found()


class Search:
    """A search that can be looked at after it was ended from outside."""

    def __init__(self, instance: Instance, seed: int, settings: Settings | None = None) -> None:
        self.settings = settings or Settings()
        self.iterations = 0
        self.trace: list[tuple[float, float]] = []
        self.workers = [
            Worker(instance, self.settings, seed * 101 + number) for number in range(self.settings.workers)
        ]

    @property
    def best(self) -> Worker:
        """The worker with the best."""
        return min(self.workers, key=lambda worker: worker.best_s)

    def go_on(self, stop: Stop, on_round: OnRound | None = None) -> None:
        """Search until ``stop``."""
        if not len(self.workers[0].instance.items):
            return
        meetings = list(self.settings.meet)
        with ThreadPoolExecutor(len(self.workers)) as threads:
            while not stop(self.iterations):
                share = share_of(stop, self.iterations)
                if on_round is not None:
                    on_round(self.iterations, self.best.best_s)
                while meetings and share >= meetings[0]:
                    meetings.pop(0)
                    self._meet()
                count = left_of(stop, self.iterations, CHUNK)
                jobs = [threads.submit(worker.run, share, count) for worker in self.workers]
                for job in jobs:
                    job.result()
                self.iterations += count

    def _meet(self) -> None:
        """Let every worker go on from the best of all."""
        best = self.best
        if best.best_s >= FAR:
            return
        routes, patterns = best.best_routes(), best.best_pattern.copy()
        for worker in self.workers:
            worker.take_over(routes, patterns)

    def found(self) -> Found:
        """Return the best of all workers."""
        best = self.best
        return Found(best.best_s, best.best_routes(), best.best_pattern.copy(), self.iterations, self.trace)
