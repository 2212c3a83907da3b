"""Floor 4: one search: its state, its best, its temperature."""

from __future__ import annotations

import numpy as np

from geo_service.schedule.engine import anneal
from geo_service.schedule.engine.instance import FAR, Array, Instance
from geo_service.schedule.engine.population import Member
from geo_service.schedule.engine.settings import Settings
from geo_service.schedule.engine.state import ABSENT, State, new_state, refresh


class Worker:
    """One search: its state, its best, its temperatures."""

    def __init__(self, instance: Instance, settings: Settings, seed: int) -> None:
        self.instance = instance = instance._replace(items=instance.items.copy(), options=instance.options.copy())
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
        self.temperature = settings.hot * self.scale
        self.best_stops = np.zeros((routes, width), dtype=np.int64)
        self.best_length = np.zeros(routes, dtype=np.int64)
        self.best_pattern = np.full(count, ABSENT, dtype=np.int64)
        self._settings = settings
        self._random = np.random.default_rng(seed)
        self._fresh_level = self.level.copy()
        self._construct()

    def _construct(self) -> None:
        settings, count = self._settings, len(self.instance.items)
        order = self._random.permutation(count) if settings.order is None else np.asarray(settings.order, np.int64)
        if settings.first is not None:
            anneal.construct(self.instance._replace(able=settings.first), self.state, self.level, order)
        anneal.construct(self.instance, self.state, self.level, order)
        self._keep()

    def start_afresh(self) -> None:
        """Forget everything and begin from another order of the items."""
        self.level[:] = self._fresh_level
        nothing = np.full(len(self.instance.items), ABSENT, dtype=np.int64)
        set_routes(self.instance, self.state, [[] for _ in self.instance.routes], nothing)
        anneal.forget(self.instance, self.state)
        self._construct()

    def start_child(self, one: Member, other: Member, share: float) -> None:
        """Begin from one member, with the patterns of another in a region that holds a share of the items."""
        self.go_on_from(one, forget_best=True)
        places = self.instance.items["place"]
        near = self.instance.travel[0][places[self._random.integers(len(places))], places]
        items = np.argsort(near, kind="stable")[: max(1, int(share * len(places)))]
        anneal.transplant(self.instance, self.state, self.level, self._random.permutation(items), other.patterns)
        self._keep()

    def go_on_from(self, member: Member, *, forget_best: bool) -> None:
        """Begin from a member; ``forget_best``: what was found before counts no more."""
        if forget_best:
            self.level[anneal.BEST] = FAR * FAR
        self.take_over(member.routes, member.patterns.copy())
        if forget_best:
            self.level[anneal.BEST] = FAR * FAR

    def member(self) -> Member:
        """Return the best."""
        return Member(self.best_s, self.best_routes(), self.best_pattern.copy())

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

    def run(self, iterations: int) -> None:
        """Do some iterations at the present temperature."""
        anneal.run(
            self.instance,
            self.state,
            self.level,
            self.shape,
            iterations,
            self.temperature,
            self.temperature,
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
