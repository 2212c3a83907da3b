"""Periodic waste collection with intermediate facilities on road times: instances (GeoJSON) and published solutions.

An instance: point features (``properties.type``: ``depot``, ``customer``, ``intermediateFacility``) in the order of the
matrix, ``duration`` in whole minutes, not symmetric, and ``info`` with the number of vehicles, their capacity, the
longest duration of a route and the horizon of 4 or 6 days. A solution is a report of the routes as their authors'
own checker printed it, its cost in the file name.

The rules are told nowhere in these files; they were worked out from the 61 published solutions, which all keep them:

- The cost is the driving of all routes. Service, emptying and vehicles cost nothing.
- A vehicle drives at most one route a day. It leaves the depot empty and comes back empty: the stop before the depot
  is a facility, and others may be visited before. Emptying takes no time; any facility takes everything.
- What is loaded between two facilities is at most the capacity; driving and service of a route at most its longest
  duration. There are no windows and no waiting.
- Every visit collects the customer's whole demand, the same however often it is visited.
- A customer of frequency f is visited on f days of the horizon H, H / f days apart, beginning on any of the first H / f
  days, by whichever vehicles.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path

DEPOT = 0


@dataclass(frozen=True)
class Site:
    """A customer; ``demand`` and ``service`` (minutes) are those of one visit."""

    node: int
    frequency: int
    demand: float
    service: float


@dataclass(frozen=True)
class WasteInstance:
    """A collection problem; node 0 is the depot, ``minutes[a][b]`` the driving from a to b."""

    name: str
    days: int
    vehicles: int
    capacity: float
    max_minutes: float
    sites: tuple[Site, ...]
    facilities: tuple[int, ...]
    minutes: tuple[tuple[float, ...], ...]

    def schemes(self, site: Site) -> tuple[frozenset[int], ...]:
        """Return the sets of days on which a customer may be visited.

        >>> empty = WasteInstance("", 6, 1, 1.0, 1.0, (), (), ())
        >>> [sorted(days) for days in empty.schemes(Site(1, 2, 0.0, 0.0))]
        [[0, 3], [1, 4], [2, 5]]
        """
        apart = self.days // site.frequency
        return tuple(frozenset(range(first, self.days, apart)) for first in range(apart))


@dataclass(frozen=True)
class Tour:
    """What one vehicle visits on one day: customers and facilities, without the depot."""

    day: int
    nodes: tuple[int, ...]


def read_instance(path: Path) -> WasteInstance:
    """Read an instance."""
    read = json.loads(path.read_text())
    info = read["info"]
    nodes = [feature["properties"] for feature in read["features"]]
    assert [node["type"] for node in nodes].index("depot") == DEPOT
    assert [node["id"] for node in nodes] == list(range(len(nodes)))
    customers = [node for node in nodes if node["type"] == "customer"]
    assert all(info["planningHorizon"] % node["frequency"] == 0 for node in customers)
    return WasteInstance(
        name=path.stem,
        days=info["planningHorizon"],
        vehicles=info["numVehicles"],
        capacity=float(info["maxCapacity"]),
        max_minutes=float(info["maxDuration"]),
        sites=tuple(Site(node["id"], int(node["frequency"]), node["demand"], node["service"]) for node in customers),
        facilities=tuple(node["id"] for node in nodes if node["type"] == "intermediateFacility"),
        minutes=tuple(map(tuple, read["duration"])),
    )


def read_solution(path: Path) -> tuple[str, float, tuple[Tour, ...]]:
    """Read a published solution: the name of its instance, the cost its file name tells, and its tours."""
    named = re.fullmatch(r"report_(\w+)_feasible_(\d+)_(\d+)", path.stem)
    assert named is not None, f"{path.name} does not tell instance and cost"
    tours = re.findall(r"^Day: (\d+): Vehicle:\d+ .*\n.*\npath +(.*)$", path.read_text(), re.MULTILINE)
    return (
        named[1],
        float(f"{named[2]}.{named[3]}"),
        tuple(Tour(int(day), tuple(int(float(node)) for node in nodes.split())[1:-1]) for day, nodes in tours),
    )


def read_published(folder: Path) -> dict[str, float]:
    """Read the best published cost of each instance from a folder of solutions and those below it."""
    best: dict[str, float] = {}
    for path in folder.rglob("report_*.txt"):
        name, cost, _ = read_solution(path)
        best[name] = min(cost, best.get(name, cost))
    return best
