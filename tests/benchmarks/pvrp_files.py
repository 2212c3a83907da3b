"""Cordeau's format of the periodic vehicle routing problem: instances, published solutions, best-known costs.

An instance: ``type vehicles customers days``; for each day ``longest duration, capacity`` (0: no limit; the files here
give the same for all days, which is asserted); for each node ``number x y service demand frequency count`` and as many
combinations, decoded as bits, the first day being the highest. Node 0 is the depot. Distances are Euclidean in double
precision; a duration is driving and service together, the cost is driving alone.

A solution (``.res``): the cost, then for each route ``day vehicle duration load`` and the nodes with the depot at
both ends.
"""

from __future__ import annotations

import csv
import math
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Customer:
    """A node to visit; ``combinations``: the sets of days (0 the first) of which one must be chosen."""

    number: int
    x: float
    y: float
    service: float
    demand: float
    combinations: tuple[frozenset[int], ...]


@dataclass(frozen=True)
class PvrpInstance:
    """A periodic problem; ``customers[i]`` is node ``i + 1``, limits are infinite where the file has none."""

    name: str
    vehicles: int
    days: int
    max_duration: float
    capacity: float
    depot: tuple[float, float]
    customers: tuple[Customer, ...]


@dataclass(frozen=True)
class DayRoute:
    """The nodes that one vehicle visits on one day (0 the first), without the depot."""

    day: int
    nodes: tuple[int, ...]


def read_instance(path: Path) -> PvrpInstance:
    """Read an instance."""
    lines = [line.split() for line in path.read_text().splitlines() if line.strip()]
    _, vehicles, customers, days = map(int, lines[0][:4])
    limits = {tuple(map(float, line[:2])) for line in lines[1 : 1 + days]}
    assert len(limits) == 1, f"{path.name}: limits differ by day"
    duration, capacity = limits.pop()
    depot, *nodes = lines[1 + days : 2 + days + customers]
    return PvrpInstance(
        name=path.stem,
        vehicles=vehicles,
        days=days,
        max_duration=duration or math.inf,
        capacity=capacity or math.inf,
        depot=(float(depot[1]), float(depot[2])),
        customers=tuple(_customer(line, days) for line in nodes),
    )


def _customer(line: list[str], days: int) -> Customer:
    codes = [int(code) for code in line[7 : 7 + int(line[6])]]
    return Customer(
        number=int(line[0]),
        x=float(line[1]),
        y=float(line[2]),
        service=float(line[3]),
        demand=float(line[4]),
        combinations=tuple(frozenset(d for d in range(days) if code >> (days - 1 - d) & 1) for code in codes),
    )


def read_solution(path: Path, instance: PvrpInstance) -> tuple[float, tuple[DayRoute, ...]]:
    """Read a published solution: the cost it tells, and its routes.

    A customer that lies on the depot costs nothing and may be missing in the file (p01 has one, which fills a vehicle):
    it is given a route of its own on each day of its first combination.
    """
    lines = [line.split() for line in path.read_text().splitlines() if line.strip()]
    routes = [DayRoute(int(line[0]) - 1, tuple(node for node in map(int, line[4:]) if node)) for line in lines[1:]]
    served = {node for route in routes for node in route.nodes}
    for customer in instance.customers:
        if customer.number not in served and (customer.x, customer.y) == instance.depot:
            routes += [DayRoute(day, (customer.number,)) for day in sorted(customer.combinations[0])]
    return float(lines[0][0]), tuple(routes)


def read_best_known(path: Path) -> dict[str, float]:
    """Read best-known costs by instance from a CSV file with the columns ``instance`` and ``best_known``."""
    with path.open(newline="") as file:
        return {row["instance"]: float(row["best_known"]) for row in csv.DictReader(file)}
