"""The checker of the periodic problem: it knows the instance and the routes, and nothing of how they were found."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from itertools import pairwise

from pvrp_files import DayRoute, PvrpInstance

TOLERANCE = 1e-6
"""Of loads and durations: what double precision may lose, not what a route may exceed."""


def cost(instance: PvrpInstance, routes: Sequence[DayRoute]) -> float:
    """Return the driving of all routes in double precision."""
    return math.fsum(_driving(instance, route) for route in routes)


def _driving(instance: PvrpInstance, route: DayRoute) -> float:
    at = [instance.depot, *((instance.customers[n - 1].x, instance.customers[n - 1].y) for n in route.nodes)]
    return math.fsum(math.dist(a, b) for a, b in pairwise([*at, instance.depot]))


def faults(instance: PvrpInstance, routes: Sequence[DayRoute]) -> list[str]:
    """List what is wrong with a solution; empty when it holds all rules."""
    strangers = [node for route in routes for node in route.nodes if not 1 <= node <= len(instance.customers)]
    if strangers:
        return [f"nodes {strangers} are not in the instance"]
    return [fault for check in (_fleet, _limits, _combinations) for fault in check(instance, routes)]


def _fleet(instance: PvrpInstance, routes: Sequence[DayRoute]) -> Iterator[str]:
    for day, count in Counter(route.day for route in routes if route.nodes).items():
        if not 0 <= day < instance.days:
            yield f"day {day} is outside the period"
        if count > instance.vehicles:
            yield f"day {day} has {count} routes, there are {instance.vehicles} vehicles"


def _limits(instance: PvrpInstance, routes: Sequence[DayRoute]) -> Iterator[str]:
    for route in routes:
        visited = [instance.customers[node - 1] for node in route.nodes]
        load = math.fsum(customer.demand for customer in visited)
        duration = _driving(instance, route) + math.fsum(customer.service for customer in visited)
        if load > instance.capacity + TOLERANCE:
            yield f"{route.nodes} on day {route.day} loads {load}, the capacity is {instance.capacity}"
        if duration > instance.max_duration + TOLERANCE:
            yield f"{route.nodes} on day {route.day} takes {duration}, allowed are {instance.max_duration}"


def _combinations(instance: PvrpInstance, routes: Sequence[DayRoute]) -> Iterator[str]:
    days: defaultdict[int, list[int]] = defaultdict(list)
    for route in routes:
        for node in route.nodes:
            days[node].append(route.day)
    for customer in instance.customers:
        visited = days[customer.number]
        if len(set(visited)) < len(visited):
            yield f"node {customer.number} is visited twice on one of the days {sorted(visited)}"
        elif customer.combinations and frozenset(visited) not in customer.combinations:
            yield f"node {customer.number} is visited on the days {sorted(visited)}, which is no combination of its own"
