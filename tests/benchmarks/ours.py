"""Our engine, asked as the peers are: by seconds, seed and cores. No setting depends on an instance."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from peers.task import Answer, Task
from pvrp_files import DayRoute, PvrpInstance
from service_check import Orders
from waste_files import DEPOT, Tour, WasteInstance

from geo_service.base.progress import Stop, after_seconds, share_of
from geo_service.schedule.engine.instance import FAR, Instance, make_instance
from geo_service.schedule.engine.search import Found, Search
from geo_service.schedule.engine.settings import PERIODIC, TIMED, WASTE, Settings
from geo_service.schedule.model import Problem
from geo_service.schedule.solve import solve

RESIDUAL = 1
"""The one kind of waste of a collection, as bits."""


Clock = Callable[[], float]


@dataclass(frozen=True)
class Enough:
    """Stops with another rule, or once the search has a cost that is good enough."""

    rule: Stop
    search: Search
    cost: float

    def __call__(self, iterations: int) -> bool:
        """Tell whether to stop."""
        return self.rule(iterations) or self.search.cost <= self.cost

    def share(self, iterations: int) -> float:
        """Return how much of the way is done."""
        return share_of(self.rule, iterations)


def pvrp(
    instance: PvrpInstance,
    *,
    seconds: float,
    seed: int,
    cores: int,
    now: Clock = time.monotonic,
    enough: float = -np.inf,
) -> tuple[DayRoute, ...]:
    """Return the routes for a periodic problem: an item for each customer, a pattern for each combination.

    Parameters
    ----------
    now
        The clock by which the seconds count.
    enough
        A cost at which to end before.
    """
    xy = np.array([instance.depot, *((customer.x, customer.y) for customer in instance.customers)])
    asked = make_instance(
        travel=np.hypot(*(xy[:, None] - xy[None]).transpose(2, 0, 1)),
        place=range(1, len(xy)),
        day=np.repeat(np.arange(instance.days), instance.vehicles),
        patterns=[[sorted(days) for days in customer.combinations] for customer in instance.customers],
        item={
            "service": [customer.service for customer in instance.customers],
            "volume": [customer.demand for customer in instance.customers],
        },
        route=_limits(capacity=instance.capacity, longest=instance.max_duration),
        soft=True,
    )
    found = _search(asked, PERIODIC, seconds, seed, cores, now, enough)
    return tuple(
        DayRoute(int(day), tuple(item + 1 for item in stops))
        for day, stops in zip(asked.routes["day"], found.routes, strict=True)
        if stops
    )


def vrptw(task: Task, *, seconds: float, seed: int, cores: int) -> Answer:
    """Return the stops of each vehicle for a task of one day whose vehicles are alike."""
    (vehicle,) = set(task.vehicles)
    asked = make_instance(
        travel=task.seconds,
        place=[stop.place for stop in task.stops],
        day=np.zeros(len(task.vehicles), dtype=np.int64),
        patterns=[[[0]]] * len(task.stops),
        windows=[[stop.windows] for stop in task.stops],
        item={
            "service": [stop.service for stop in task.stops],
            "volume": [stop.load for stop in task.stops],
        },
        route={
            "opens": vehicle.shift[0],
            "closes": vehicle.shift[1],
            "start": vehicle.depot,
            "end": vehicle.depot,
            **_limits(capacity=vehicle.capacity),
        },
    )
    return tuple(map(tuple, _search(asked, TIMED, seconds, seed, cores).routes))


def waste(instance: WasteInstance, *, seconds: float, seed: int, cores: int) -> tuple[Tour, ...]:
    """Return the tours of a collection: an item for each customer, a pattern for each scheme, trips to facilities."""
    always = [[(0.0, FAR)]] * instance.days
    asked = make_instance(
        travel=np.array(instance.minutes),
        place=[site.node for site in instance.sites],
        day=np.repeat(np.arange(instance.days), instance.vehicles),
        patterns=[[sorted(days) for days in instance.schemes(site)] for site in instance.sites],
        facilities=[(node, 0.0, RESIDUAL, 0, always) for node in instance.facilities],
        item={
            "service": [site.service for site in instance.sites],
            "volume": [site.demand for site in instance.sites],
            "waste": RESIDUAL,
        },
        route={
            "start": DEPOT,
            "end": DEPOT,
            "ends_empty": True,
            **_limits(capacity=instance.capacity, longest=instance.max_minutes),
        },
    )
    found = _search(asked, WASTE, seconds, seed, cores)
    nodes = [[_node(instance, stop) for stop in stops] for stops in found.routes]
    return tuple(Tour(int(day), tuple(tour)) for day, tour in zip(asked.routes["day"], nodes, strict=True) if tour)


def plan(problem: Problem, *, seconds: float, seed: int, cores: int) -> Orders:
    """Return the visits of each crew-day, as the desk's own planning finds them."""
    routes = solve(problem, after_seconds(seconds), seed).routes
    return {route.crew_day: tuple(stop.visit for stop in route.stops) for route in routes}


def _limits(**limits: float) -> dict[str, float]:
    """Return the limits that there are: fields that an instance leaves out have none."""
    return {name: limit for name, limit in limits.items() if np.isfinite(limit)}


def _search(
    asked: Instance,
    settings: Settings,
    seconds: float,
    seed: int,
    cores: int,
    now: Clock = time.monotonic,
    enough: float = -np.inf,
) -> Found:
    search = Search(asked, seed, replace(settings, workers=cores))
    search.go_on(Enough(after_seconds(seconds, now), search, enough))
    return search.found()


def _node(instance: WasteInstance, stop: int) -> int:
    return instance.sites[stop].node if stop >= 0 else instance.facilities[-1 - stop]
