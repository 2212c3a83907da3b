"""The checker of routes with time windows: it knows the instance and the routes, and nothing of who found them."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise

from vrptw_files import VrptwInstance

TOLERANCE = 1e-6
"""Of times: what double precision may lose, not what a vehicle may be late."""

Routes = Sequence[Sequence[int]]


def distance(instance: VrptwInstance, routes: Routes) -> float:
    """Return the length of all routes in double precision."""
    return math.fsum(_leg(instance, a, b) for route in routes if route for a, b in pairwise([0, *route, 0]))


def _leg(instance: VrptwInstance, a: int, b: int) -> float:
    here, there = instance.nodes[a], instance.nodes[b]
    return math.dist((here.x, here.y), (there.x, there.y))


def faults(instance: VrptwInstance, routes: Routes) -> list[str]:
    """List what is wrong with the routes; empty when they hold all rules."""
    strangers = [node for route in routes for node in route if not 1 <= node < len(instance.nodes)]
    if strangers:
        return [f"nodes {strangers} are not customers of the instance"]
    return [fault for check in (_each_once, _loads, _times) for fault in check(instance, [r for r in routes if r])]


def _each_once(instance: VrptwInstance, routes: Routes) -> Iterator[str]:
    visits = Counter(node for route in routes for node in route)
    for node in range(1, len(instance.nodes)):
        if visits[node] != 1:
            yield f"node {node} is visited {visits[node]} times"
    if len(routes) > instance.vehicles:
        yield f"{len(routes)} routes, there are {instance.vehicles} vehicles"


def _loads(instance: VrptwInstance, routes: Routes) -> Iterator[str]:
    for route in routes:
        load = math.fsum(instance.nodes[node].demand for node in route)
        if load > instance.capacity + TOLERANCE:
            yield f"{tuple(route)} loads {load}, the capacity is {instance.capacity}"


def _times(instance: VrptwInstance, routes: Routes) -> Iterator[str]:
    for route in routes:
        at = instance.nodes[0].ready
        for here, there in pairwise([0, *route, 0]):
            node = instance.nodes[there]
            at += _leg(instance, here, there)
            if at > node.due + TOLERANCE:
                yield f"{tuple(route)} reaches node {there} at {at:.3f}, after {node.due}"
            at = max(at, node.ready) + node.service
