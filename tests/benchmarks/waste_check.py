"""The checker of waste collection: it knows the instance and the tours, and nothing of how they were found."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from itertools import pairwise

from waste_files import DEPOT, Tour, WasteInstance

TOLERANCE = 1e-6


def cost(instance: WasteInstance, tours: Sequence[Tour]) -> float:
    """Return the driving of all tours, minutes."""
    return math.fsum(_driving(instance, tour) for tour in tours)


def _driving(instance: WasteInstance, tour: Tour) -> float:
    if not tour.nodes:
        return 0.0
    return math.fsum(instance.minutes[a][b] for a, b in pairwise([DEPOT, *tour.nodes, DEPOT]))


def faults(instance: WasteInstance, tours: Sequence[Tour]) -> list[str]:
    """List what is wrong with a solution; empty when it keeps all rules."""
    known = {site.node for site in instance.sites} | set(instance.facilities)
    strangers = [node for tour in tours for node in tour.nodes if node not in known]
    if strangers:
        return [f"nodes {strangers} are neither customers nor facilities"]
    return [fault for check in (_fleet, _loads, _durations, _schemes) for fault in check(instance, tours)]


def _fleet(instance: WasteInstance, tours: Sequence[Tour]) -> Iterator[str]:
    for day, count in Counter(tour.day for tour in tours if tour.nodes).items():
        if not 0 <= day < instance.days:
            yield f"day {day} is outside the horizon"
        if count > instance.vehicles:
            yield f"day {day} has {count} tours, there are {instance.vehicles} vehicles"


def _loads(instance: WasteInstance, tours: Sequence[Tour]) -> Iterator[str]:
    demand = {site.node: site.demand for site in instance.sites}
    for tour in tours:
        load = 0.0
        for node in tour.nodes:
            load = load + demand[node] if node in demand else 0.0
            if load > instance.capacity + TOLERANCE:
                yield f"{tour} carries {load} at node {node}, the capacity is {instance.capacity}"
        if tour.nodes and tour.nodes[-1] not in instance.facilities:
            yield f"{tour} comes back without being emptied"


def _durations(instance: WasteInstance, tours: Sequence[Tour]) -> Iterator[str]:
    service = {site.node: site.service for site in instance.sites}
    for tour in tours:
        took = _driving(instance, tour) + math.fsum(service.get(node, 0.0) for node in tour.nodes)
        if took > instance.max_minutes + TOLERANCE:
            yield f"{tour} takes {took} minutes, allowed are {instance.max_minutes}"


def _schemes(instance: WasteInstance, tours: Sequence[Tour]) -> Iterator[str]:
    days: defaultdict[int, list[int]] = defaultdict(list)
    for tour in tours:
        for node in tour.nodes:
            days[node].append(tour.day)
    for site in instance.sites:
        visited = days[site.node]
        if len(set(visited)) < len(visited):
            yield f"customer {site.node} is visited twice on one of the days {sorted(visited)}"
        elif frozenset(visited) not in instance.schemes(site):
            yield f"customer {site.node} is visited on the days {sorted(visited)}, {site.frequency} of {instance.days}"
