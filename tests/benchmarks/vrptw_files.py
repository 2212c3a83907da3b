"""The format of Solomon and of Gehring and Homberger: vehicle routing with time windows.

An instance: its name; under ``VEHICLE`` the number of vehicles and their capacity; under ``CUSTOMER`` for each node
``number x y demand ready due service``, node 0 being the depot. Distances are Euclidean in double precision and equal
to driving times; a service must begin between ready and due, the depot must be reached before its own due date.

A solution: lines ``Route 1 : 81 78 76``, or under ``Distance`` only the cost.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Node:
    """A place to visit, or the depot; a service must begin between ``ready`` and ``due``."""

    x: float
    y: float
    demand: float
    ready: float
    due: float
    service: float


@dataclass(frozen=True)
class VrptwInstance:
    """A problem with time windows; ``nodes[0]`` is the depot."""

    name: str
    vehicles: int
    capacity: float
    nodes: tuple[Node, ...]


def read_instance(path: Path) -> VrptwInstance:
    """Read an instance."""
    lines = [line.split() for line in path.read_text().splitlines() if line.strip()]
    numbers = [[float(word) for word in line] for line in lines[1:] if re.fullmatch(r"[\d. eE+-]+", " ".join(line))]
    (vehicles, capacity), *nodes = numbers
    assert [int(node[0]) for node in nodes] == list(range(len(nodes))), f"{path.name}: nodes are not in order"
    return VrptwInstance(lines[0][0], int(vehicles), capacity, tuple(Node(*node[1:7]) for node in nodes))


def read_solution(path: Path) -> tuple[float | None, tuple[tuple[int, ...], ...]]:
    """Read a published solution: the distance where the file tells it, and the routes where it tells them."""
    text = path.read_text()
    routes = re.findall(r"^Route\s+\d+\s*:\s*([\d ]+)$", text, re.MULTILINE)
    told = re.search(r"^Distance\s+([\d.]+)", text, re.MULTILINE)
    return float(told[1]) if told else None, tuple(tuple(map(int, route.split())) for route in routes)
