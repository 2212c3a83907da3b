"""Floor 1: the router: places to travel times, lengths and ways, over a turn graph and a search engine.

A place lies on a section, at an offset in whole deciseconds and metres from the tail of each of its two edges; a trip
may begin and end in either direction the profile may use there. Every figure is a sum of the same integers, so a
matrix entry and the way between the same places always agree, whichever engine searched.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Protocol

import numpy as np
import numpy.typing as npt

from geo_service.base.errors import NotReady
from geo_service.streets.cch import CchSearch
from geo_service.streets.dijkstra import DijkstraSearch
from geo_service.streets.graph import FAR, PACK, TurnGraph, turn_graph
from geo_service.streets.model import UNREACHABLE, Mover, Path, PathLeg, Profile, Router, Snap, TravelMatrix
from geo_service.streets.network import StreetNetwork
from geo_service.streets.snap import MAX_SNAP_M, Snapper
from geo_service.streets.turns import Ints, Mask

Engine = Literal["cch", "dijkstra"]

_SHORT_M = 0.1
"""Legs shorter than this many metres are not told."""


class Search(Protocol):
    """Quickest ways between the states of a `TurnGraph`, in its packed costs."""

    def costs(self, sources: Ints, targets: Ints) -> Ints:
        """Return packed costs, int64, shape (sources, targets); `FAR` where no way leads."""
        ...

    def states(self, source: int, target: int) -> list[int]:
        """Return the states of the quickest way, both ends included; empty where no way leads."""
        ...


def make_router(
    network: StreetNetwork,
    mover: Mover,
    engine: Engine = "cch",
    *,
    max_snap_m: float = MAX_SNAP_M,
    snap_to: Mask | None = None,
) -> Router:
    """Build a router for one vehicle.

    Parameters
    ----------
    mover
        A vehicle, or a profile for its usual one.
    engine
        ``"cch"``: contraction hierarchies, the default; ``"dijkstra"``: scipy, the same answers, slower.
    max_snap_m
        Places farther than this many metres from every street are not snapped.
    snap_to
        bool, shape (edges,): edges to which places are moved, also where the vehicle cannot get to them; by default
        those it can reach.

    Raises
    ------
    NotReady
        When the network has no street for the vehicle.
    """
    graph = turn_graph(network, mover)
    if graph.states == 0:
        raise NotReady(
            f"the street network of {network.source} has no street for the profile {graph.profile}",
            remedy="import streets that this profile may use",
            profile=str(graph.profile),
        )
    return TurnRouter(graph, CchSearch(graph) if engine == "cch" else DijkstraSearch(graph), max_snap_m, snap_to)


@dataclass(frozen=True)
class _Offers:
    """The two ways to stand at each place, shape (2 n,); ``real`` where the vehicle may use that direction.

    ``offset`` and ``whole`` are packed costs from the edge's tail to the place and to its head.
    """

    edge: Ints
    real: npt.NDArray[np.bool_]
    offset: Ints
    whole: Ints


class TurnRouter:
    """Answers travel questions for one vehicle on one network; see `geo_service.streets.model.Router`."""

    def __init__(
        self, graph: TurnGraph, search: Search, max_snap_m: float = MAX_SNAP_M, snap_to: Mask | None = None
    ) -> None:
        self._graph = graph
        self._search = search
        self._snapper = Snapper(graph.network, graph.reached if snap_to is None else snap_to, max_snap_m)
        self._by_tail = np.argsort(graph.arc_tail, kind="stable")
        self._first = np.searchsorted(graph.arc_tail[self._by_tail], np.arange(graph.states + 1))

    @property
    def profile(self) -> Profile:
        """How the router moves."""
        return self._graph.profile

    @property
    def graph(self) -> TurnGraph:
        """What is searched."""
        return self._graph

    def snap(self, lonlat: npt.NDArray[np.float64]) -> list[Snap | None]:
        """Move places, shape (n, 2) in degrees, onto the nearest street; None beyond the reach of the network."""
        return self._snapper.snap(lonlat)

    def matrix(self, places: list[Snap]) -> TravelMatrix:
        """Return seconds and metres of the quickest ways between all places.

        Seconds are deciseconds rounded half up; metres belong to the same way.
        """
        count = len(places)
        offers = self._offers(places)
        real = np.flatnonzero(offers.real)
        between = self._between(offers, real)
        reached, first = np.unique(real >> 1, return_index=True)
        last = np.searchsorted(real >> 1, reached, side="right") - 1  # the first where one direction is real
        by_start = np.minimum(between[first], between[last])
        cost = np.full((count, count), FAR, dtype=np.int64)
        cost[np.ix_(reached, reached)] = np.minimum(by_start[:, first], by_start[:, last])
        np.fill_diagonal(cost, 0)
        seconds, metres = np.where(cost >= FAR, UNREACHABLE, (cost // PACK + 5) // 10), cost % PACK
        return TravelMatrix(seconds.astype(np.int32), np.where(cost >= FAR, UNREACHABLE, metres).astype(np.int32))

    def path(self, start: Snap, end: Snap) -> Path | None:
        """Return the quickest way, or None when no way leads."""
        offers = self._offers([start, end])
        totals = np.full((4, 4), FAR, dtype=np.int64)
        real = np.flatnonzero(offers.real)
        totals[np.ix_(real, real)] = self._between(offers, real)
        leave, reach = np.unravel_index(int(totals[:2, 2:].argmin()), (2, 2))
        cost = int(totals[leave, 2 + reach])
        if cost >= FAR:
            return None
        edges = self._edges(offers, int(leave), 2 + int(reach))
        legs, lonlat = _drawn(self._graph.network, start, end, edges)
        return Path((cost // PACK + 5) // 10, cost % PACK, lonlat, legs, tuple(edges))

    def _offers(self, places: list[Snap]) -> _Offers:
        graph = self._graph
        edge = np.array([(place.edge, place.edge ^ 1) for place in places], dtype=np.int64).reshape(-1)
        along = np.array([(place.fraction, 1.0 - place.fraction) for place in places], dtype=np.float64).reshape(-1)
        ds, metres = graph.edge_ds[edge], graph.edge_m[edge]
        offset = np.rint(along * ds).astype(np.int64) * PACK + np.rint(along * metres).astype(np.int64)
        return _Offers(edge, graph.reached[edge], offset, ds * PACK + metres)

    def _between(self, offers: _Offers, real: Ints) -> Ints:
        """Return packed costs from every real offer to every other, shape (r, r), given their numbers."""
        graph = self._graph
        edges, which = np.unique(offers.edge[real], return_inverse=True)
        starts, ends = graph.start_state[edges].astype(np.int64), graph.end_state[edges].astype(np.int64)
        cost = self._search.costs(starts, ends)
        if len(edges) < len(real) or (which[1:] < which[:-1]).any():
            cost = cost[np.ix_(which, which)]
        offset, whole = offers.offset[real], offers.whole[real]
        lost = cost >= FAR
        cost += (whole - offset)[:, None]
        cost -= (whole - offset)[None, :]
        cost[lost] = FAR
        source, target = _on_one_edge(which)
        ahead = offset[target] - offset[source]
        behind = (ahead < 0) & (starts == ends)[which[source]]  # where they differ, the search has found the way round
        for edge in np.unique(which[source[behind]]).tolist():
            around, _ = self._way_round(int(starts[edge]))
            mine = behind & (which[source] == edge)
            cost[source[mine], target[mine]] = np.minimum(around + ahead[mine], FAR)
        cost[source[ahead >= 0], target[ahead >= 0]] = ahead[ahead >= 0]
        return cost

    def _way_round(self, state: int) -> tuple[int, int]:
        """Return the packed cost of the quickest way from a state back to itself, and the state it begins with."""
        arcs = self._by_tail[self._first[state] : self._first[state + 1]]
        heads = self._graph.arc_head[arcs].astype(np.int64)
        back = self._search.costs(heads, np.array([state]))[:, 0]
        cost = self._graph.arc_ds[arcs] * PACK + self._graph.arc_m[arcs] + back
        best = int(cost.argmin())
        return int(cost[best]), int(heads[best])

    def _edges(self, offers: _Offers, leave: int, reach: int) -> list[int]:
        """Return the directed edges driven from one offer to another, both ends included."""
        graph = self._graph
        first, last = int(offers.edge[leave]), int(offers.edge[reach])
        start, end = int(graph.start_state[first]), int(graph.end_state[last])
        if first == last and offers.offset[reach] >= offers.offset[leave]:
            return [first]
        if start == end:
            _, second = self._way_round(start)
            states = [start, *self._search.states(second, end)]
        else:
            states = self._search.states(start, end)
        return [int(edge) for edge in graph.state_edge[states]]


def _on_one_edge(which: Ints) -> tuple[Ints, Ints]:
    """Return all pairs of numbers at which ``which`` has the same value, each with itself included."""
    order = np.argsort(which, kind="stable")
    size = np.bincount(which)
    group = which[order]
    repeats = size[group]
    within = np.arange(repeats.sum()) - np.repeat(np.cumsum(repeats) - repeats, repeats)
    return np.repeat(order, repeats), order[np.repeat((np.cumsum(size) - size)[group], repeats) + within]


def _drawn(
    network: StreetNetwork, start: Snap, end: Snap, edges: list[int]
) -> tuple[tuple[PathLeg, ...], npt.NDArray[np.float64]]:
    """Return street names with lengths, and the line from snap to snap."""
    begins = start.fraction if edges[0] == start.edge else 1.0 - start.fraction
    ends = end.fraction if edges[-1] == end.edge else 1.0 - end.fraction
    legs: list[PathLeg] = []
    points = [np.array([(start.lon, start.lat)])]
    for place, edge in enumerate(edges):
        from_, to = (begins if place == 0 else 0.0), (ends if place == len(edges) - 1 else 1.0)
        shape = network.edge_lonlat(edge)
        along = _shares(shape)
        keep = (along > from_) & (along < to)
        keep[-1] = place < len(edges) - 1
        points.append(shape[keep])
        name, length = network.edge_name(edge), float(network.length_m[edge]) * (to - from_)
        if legs and legs[-1].name == name:
            length += legs.pop().length_m
        legs.append(PathLeg(name, length))
    points.append(np.array([(end.lon, end.lat)]))
    return tuple(leg for leg in legs if leg.length_m >= _SHORT_M) or tuple(legs[:1]), np.concatenate(points)


def _shares(shape: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Return the position of each point along a line, from 0 to 1."""
    step = np.diff(shape, axis=0) * [np.cos(np.radians(shape[0, 1])), 1.0]
    along = np.concatenate([[0.0], np.cumsum(np.hypot(step[:, 0], step[:, 1]))])
    return along / along[-1] if along[-1] > 0 else np.linspace(0.0, 1.0, len(shape))
