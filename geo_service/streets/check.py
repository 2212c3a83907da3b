"""Floor 1: an independent check of a path.

It reads only the network, one edge after the other, and shares no code with the search: what it demands is written
down here a second time, on purpose.
"""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import pyproj

from geo_service.streets.model import Mover, Path, vehicle_of
from geo_service.streets.network import PROFILES, StreetNetwork

_ELLIPSOID = pyproj.Geod(ellps="WGS84")
_NEAR_DEG = 1e-5
"""About one metre: how far a line's end may lie from the edge it is on."""

_LOST_PER_TURN_S = 21.0
"""No turn costs more seconds."""


def faults(network: StreetNetwork, mover: Mover, path: Path) -> list[str]:
    """Return what is wrong with a path, an empty list when nothing is.

    Checked: every edge may be used by the vehicle in its direction and is wide, high and strong enough for it;
    consecutive edges touch; no barrier is passed; no turn restriction is broken, via a node or via ways; nobody turns
    round but at a dead end; no way leads through destination-only streets; the line follows the edges from end to
    end; line, legs and edges are as long as ``metres`` says; the time is neither shorter than driving takes nor
    longer than driving and turning can take.

    Examples
    --------
    A path without edges is no path:

    >>> from types import SimpleNamespace
    >>> from geo_service.streets.model import Profile
    >>> faults(SimpleNamespace(edges=0), Profile.VAN, Path(0, 0, np.empty((0, 2)), (), ()))
    ['the path has no edges']
    """
    if not path.edges:
        return ["the path has no edges"]
    outside = [edge for edge in path.edges if not 0 <= edge < network.edges]
    if outside:
        return [f"edge {edge} is not in the network" for edge in outside]
    rules = _Rules(network, mover)
    found = [fault for edge in path.edges for fault in rules.edge_faults(edge)]
    for before, after in pairwise(path.edges):
        found += rules.turn_faults(before, after)
    found += rules.way_faults(path.edges)
    found += rules.through_traffic(path.edges)
    return found + _line_faults(network, path) + _time_faults(rules, path)


class _Rules:
    """What a vehicle must obey on a network, looked up edge by edge."""

    def __init__(self, network: StreetNetwork, mover: Mover) -> None:
        self._network = network
        self._vehicle = vehicle_of(mover)
        self._row = PROFILES.index(self._vehicle.profile)
        self._bans: dict[tuple[int, int], int] = {}
        self._duties: dict[int, dict[int, int]] = {}
        self._banned_ways: dict[int, list[tuple[list[int], int]]] = {}
        self._ordered_ways: dict[int, list[tuple[list[int], int]]] = {}
        for place in np.flatnonzero(network.turn_profiles[self._row]).tolist():
            start, end = int(network.turn_from[place]), int(network.turn_to[place])
            relation = int(network.turn_relation[place])
            way = [start, *network.turn_via[network.turn_via_turn == place].tolist(), end]
            if not network.turn_only[place]:
                if len(way) == 2:
                    self._bans[start, end] = relation
                self._banned_ways.setdefault(start, []).append((way, relation))
            elif all(math.isfinite(self.seconds(edge)) for edge in way):  # nobody is ordered where they may not go
                self._duties.setdefault(start, {})[way[1]] = relation
                self._ordered_ways.setdefault(start, []).append((way, relation))

    def way(self, edge: int) -> int:
        return int(self._network.section_way[edge // 2])

    def seconds(self, edge: int) -> float:
        if self._exceeded(self._network.section_limits[:, edge // 2]):
            return math.inf
        return float(self._network.edge_seconds[self._row, edge])

    def _exceeded(self, limits: npt.NDArray[np.float64]) -> str:
        """Return which of the limits of weight, height and width the vehicle exceeds, empty when none."""
        weight_t, height_m, width_m = (float(limit) for limit in limits)
        if self._vehicle.weight_t > weight_t:
            return f"allows {weight_t:g} t, the vehicle has {self._vehicle.weight_t:g} t"
        if self._vehicle.height_m > height_m:
            return f"allows a height of {height_m:g} m, the vehicle has {self._vehicle.height_m:g} m"
        if self._vehicle.width_m > width_m:
            return f"allows a width of {width_m:g} m, the vehicle has {self._vehicle.width_m:g} m"
        return ""

    def edge_faults(self, edge: int) -> list[str]:
        reason = self._exceeded(self._network.section_limits[:, edge // 2])
        if reason:
            return [f"edge {edge} of way {self.way(edge)} {reason}"]
        if math.isfinite(self.seconds(edge)):
            return []
        return [f"edge {edge} of way {self.way(edge)} may not be used by {self._vehicle.profile} in this direction"]

    def way_faults(self, edges: tuple[int, ...]) -> list[str]:
        """Report restrictions via ways that are broken; those via a node are seen turn by turn."""
        found = []
        for place, start in enumerate(edges):
            bans, duties = self._banned_ways.get(start, []), self._ordered_ways.get(start, [])
            longest = max((len(way) for way, _ in bans + duties), default=0)
            ahead = list(edges[place : place + longest])
            for way, relation in bans:
                if len(way) > 2 and ahead[: len(way)] == way:
                    found.append(f"the way over {self._named(way)} breaks turn restriction {relation}")
            for length in range(2, len(ahead)):
                bound = [(way, relation) for way, relation in duties if way[:length] == ahead[:length]]
                bound = [(way, relation) for way, relation in bound if len(way) > length]
                if bound and ahead[length] not in [way[length] for way, _ in bound]:
                    way, relation = bound[0]
                    found.append(f"it leaves the ordered way over {self._named(way)} of turn restriction {relation}")
        return found

    def _named(self, edges: list[int]) -> str:
        ways = [self.way(edge) for edge in edges]
        return ", ".join(str(way) for way, before in zip(ways, [None, *ways], strict=False) if way != before)

    def _ends(self, edge: int) -> tuple[int, int]:
        first, last = (int(node) for node in self._network.section_nodes[edge // 2])
        return (first, last) if edge % 2 == 0 else (last, first)

    def _broken(self, before: int, after: int) -> int | None:
        """Return the relation that a turn breaks."""
        duties = self._duties.get(before)
        if duties and after not in duties:
            return next(iter(duties.values()))
        return self._bans.get((before, after))

    def turn_faults(self, before: int, after: int) -> list[str]:
        node = self._ends(before)[1]
        if self._ends(after)[0] != node:
            return [f"edge {after} does not begin where edge {before} ends"]
        found = []
        name = self._network.node_id[node]
        relation = self._broken(before, after)
        if relation is not None:
            ways = f"way {self.way(before)} to way {self.way(after)}"
            found.append(f"the turn from {ways} at node {name} breaks turn restriction {relation}")
        if after == _opposite(before):
            if self._leads_back(before):
                found.append(f"it turns round at node {name}, which is no dead end")
        elif self._network.node_blocked[self._row, node]:
            found.append(f"it passes the barrier at node {name}")
        elif reason := self._exceeded(self._network.node_limits[:, node]):
            found.append(f"the barrier at node {name} {reason}")
        return found

    def _leads_back(self, edge: int) -> bool:
        """Whether one can go on after an edge and come back to it, other than by turning round at its end."""
        waiting = [after for after in self._onward(edge) if after != _opposite(edge)]
        seen = set(waiting)
        while waiting:
            more = set(self._onward(waiting.pop())) - seen
            waiting += more
            seen |= more
        return edge in seen

    def _onward(self, edge: int) -> list[int]:
        """Return where one may go on after an edge, turning round included."""
        node = self._ends(edge)[1]
        first, last = (self._network.section_nodes[:, end] == node for end in (0, 1))
        ways = [2 * int(section) for section in np.flatnonzero(first)]
        ways += [2 * int(section) + 1 for section in np.flatnonzero(last)]
        if self._network.node_blocked[self._row, node] or self._exceeded(self._network.node_limits[:, node]):
            ways = [_opposite(edge)]
        return [way for way in ways if math.isfinite(self.seconds(way)) and self._broken(edge, way) is None]

    def through_traffic(self, edges: tuple[int, ...]) -> list[str]:
        """Report destination-only edges that lie between others."""
        only = [bool(self._network.edge_destination[self._row, edge]) for edge in edges]
        if all(only):
            return []
        first, last = only.index(False), len(only) - only[::-1].index(False)
        return [
            f"it leads through way {self.way(edge)}, which is for destinations only"
            for edge, destination in zip(edges[first:last], only[first:last], strict=True)
            if destination
        ]


def _opposite(edge: int) -> int:
    return edge + 1 if edge % 2 == 0 else edge - 1


def _line_faults(network: StreetNetwork, path: Path) -> list[str]:
    """Compare the line and the legs with the edges and the metres."""
    line = np.asarray(path.lonlat)
    if line.ndim != 2 or line.shape[1] != 2 or len(line) < 2 or not np.isfinite(line).all():
        return ["its line is not a list of at least two places"]
    found = []
    shapes = [network.edge_lonlat(edge) for edge in path.edges]
    if _distance_deg(line[0], shapes[0]) > _NEAR_DEG:
        found.append("its line does not begin on its first edge")
    if _distance_deg(line[-1], shapes[-1]) > _NEAR_DEG:
        found.append("its line does not end on its last edge")
    inner, streets = _places(line[1:-1]), _places(np.concatenate(shapes))
    if not inner <= streets:
        found.append("its line leaves the streets")
    if len(shapes) > 2 and not _places(np.concatenate(shapes[1:-1])) <= _places(line):
        found.append("its line leaves out a part of an edge")
    tolerance = 2.0 + 0.5 * len(path.edges)  # every edge is rounded to a metre
    length = float(_ELLIPSOID.line_length(line[:, 0], line[:, 1]))
    if abs(length - path.metres) > tolerance:
        found.append(f"its line is {length:.0f} m long, not {path.metres} m")
    legs = sum(leg.length_m for leg in path.legs)
    if abs(legs - path.metres) > tolerance:
        found.append(f"its legs are {legs:.0f} m long, not {path.metres} m")
    return found


def _time_faults(rules: _Rules, path: Path) -> list[str]:
    """Compare the seconds with what the edges take; the first and the last may be driven in part."""
    whole = sum(rules.seconds(edge) for edge in path.edges[1:-1])
    most = whole + rules.seconds(path.edges[0]) + rules.seconds(path.edges[-1]) + _LOST_PER_TURN_S * len(path.edges)
    slack = 1.0 + 0.1 * len(path.edges)
    if path.seconds < whole - slack:
        return [f"it takes {path.seconds} s, but its edges take {whole:.0f} s"]
    if path.seconds > most + slack:
        return [f"it takes {path.seconds} s, more than its edges and turns can take"]
    return []


def _places(lonlat: npt.NDArray[np.float64]) -> set[tuple[float, ...]]:
    return {tuple(place) for place in lonlat.tolist()}


def _distance_deg(place: npt.NDArray[np.float64], shape: npt.NDArray[np.float64]) -> float:
    """Return the distance from a place to a line, degrees of latitude."""
    scale = np.array([math.cos(math.radians(float(place[1]))), 1.0])
    point, nearest = place * scale, math.inf
    for a, b in pairwise(shape * scale):
        step = b - a
        square = float(step @ step)
        share = 0.0 if square == 0 else min(1.0, max(0.0, float((point - a) @ step) / square))
        nearest = min(nearest, float(np.hypot(*(a + share * step - point))))
    return nearest
