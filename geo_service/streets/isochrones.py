"""Floor 1: isochrones: the streets, and the area around them, that one reaches from a place within a time.

The search is the router's own, so turns, barriers and restrictions count, and a place on a covered stretch has an
entry in the matrix that is not above the limit. The way from a street to a door is not counted.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely
from shapely.geometry import MultiLineString, MultiPolygon
from shapely.ops import substring

from geo_service.base.crs import WGS84_EPSG, metric_epsg, transform_xy
from geo_service.base.errors import InputError
from geo_service.streets.dijkstra import DijkstraSearch
from geo_service.streets.graph import FAR, PACK, TurnGraph
from geo_service.streets.model import Snap
from geo_service.streets.network import StreetNetwork
from geo_service.streets.speeds import FOOT_KMH

BESIDE_M = 40.0
"""How far from a reached street the area goes, metres."""

HOLE_M2 = 10_000.0
"""Holes in the area up to this size, such as blocks, belong to it."""


@dataclass(frozen=True, eq=False)
class Isochrone:
    """What is reached from a place within a time.

    Attributes
    ----------
    network
        The streets.
    limit_s
        Seconds.
    edge
        int64, shape (k,): directed edges that are reached, in ascending order.
    from_share, to_share
        float64, shape (k,): the covered stretch of each edge, from 0 at its tail to 1 at its head. An edge that is
        left and entered again in its back part is listed once for each stretch.
    """

    network: StreetNetwork
    limit_s: int
    edge: npt.NDArray[np.int64]
    from_share: npt.NDArray[np.float64]
    to_share: npt.NDArray[np.float64]

    def covers(self, place: Snap) -> bool:
        """Whether a place on the network lies on a covered stretch, in one of the directions of its street."""
        for edge, share in ((place.edge, place.fraction), (place.edge ^ 1, 1.0 - place.fraction)):
            mine = self.edge == edge
            if np.any((self.from_share[mine] <= share) & (share <= self.to_share[mine])):
                return True
        return False

    def length_m(self) -> float:
        """Return metres of street covered in at least one direction."""
        return sum(float(self.network.section_length_m[one]) * (to - begin) for one, begin, to in _intervals(self))

    def lines(self, epsg: int = WGS84_EPSG) -> MultiLineString:
        """Return the covered stretches, each street once.

        Parameters
        ----------
        epsg
            Reference system of the answer; lon lat order for EPSG:4326, the default.
        """
        metric = _epsg(self.network)
        parts = _stretches(self, metric)
        lines = MultiLineString(parts[shapely.get_dimensions(parts) == 1].tolist())
        return _transformed(lines, metric, epsg)

    def area(self, epsg: int, *, beside_m: float = BESIDE_M, hole_m2: float = HOLE_M2) -> MultiPolygon:
        """Return the area beside the covered streets.

        Parameters
        ----------
        epsg
            Reference system of the answer: the plan CRS in metres, or 4326 for degrees in lon lat order. The shape
            itself is always made in metres of the network's UTM zone.
        beside_m
            How far from a reached street it goes, metres.
        hole_m2
            Holes up to this size are filled, square metres.

        Returns
        -------
        MultiPolygon
            Empty when nothing is reached.

        Raises
        ------
        InputError
            When ``beside_m`` is not above 0.
        """
        if not beside_m > 0:
            raise InputError(f"an area {beside_m} m beside the streets is none", remedy="give more than 0 metres")
        metric = _epsg(self.network)
        beside = shapely.union_all(shapely.buffer(_stretches(self, metric), beside_m))
        filled = [
            shapely.Polygon(part.exterior, [hole for hole in part.interiors if shapely.Polygon(hole).area > hole_m2])
            for part in shapely.get_parts(beside)
            if not part.is_empty
        ]
        area = MultiPolygon(filled)
        return _transformed(area, metric, epsg)


def seconds_on_foot(metres: float) -> int:
    """Return whole seconds of a walk, rounded down: an isochrone of them goes no farther.

    Examples
    --------
    >>> seconds_on_foot(300)
    216
    """
    return int(metres * 3.6 / FOOT_KMH + 1e-9)


def isochrone(graph: TurnGraph, start: Snap, seconds: int) -> Isochrone:
    """Return what is reached from a place within a time; see `isochrones`."""
    return isochrones(graph, start, (seconds,))[0]


def isochrones(graph: TurnGraph, start: Snap, seconds: tuple[int, ...]) -> tuple[Isochrone, ...]:
    """Return what is reached from a place within each of several times, in one search.

    Parameters
    ----------
    graph
        Of the network and vehicle: `geo_service.streets.graph.turn_graph`, or ``router.graph``.
    start
        Where it begins; nothing is reached when the vehicle does not get there.
    seconds
        Limits.

    Raises
    ------
    InputError
        When a limit is negative.
    """
    if any(limit < 0 for limit in seconds):
        raise InputError("a time to travel cannot be negative", remedy="give 0 seconds or more")
    tail_ds, begun = _arrivals(graph, start)
    return tuple(_covered(graph, limit, tail_ds, begun) for limit in seconds)


def _arrivals(graph: TurnGraph, start: Snap) -> tuple[npt.NDArray[np.int64], list[tuple[int, float]]]:
    """Return deciseconds until each edge's tail is left onto it, `FAR` where never, and the edges one begins on."""
    search = DijkstraSearch(graph)
    tail_ds = np.full(graph.network.edges, FAR, dtype=np.int64)
    begun = []
    for edge, share in ((start.edge, start.fraction), (start.edge ^ 1, 1.0 - start.fraction)):
        first = int(graph.start_state[edge])
        if first < 0:
            continue
        begun.append((edge, share))
        left_ds = int(graph.edge_ds[edge]) - int(np.rint(share * graph.edge_ds[edge]))
        cost_ds = search.from_state(first) // PACK
        entered = cost_ds[graph.arc_tail] + graph.arc_ds - graph.edge_ds[graph.state_edge[graph.arc_head]] + left_ds
        known = cost_ds[graph.arc_tail] < FAR // PACK
        np.minimum.at(tail_ds, graph.state_edge[graph.arc_head[known]], entered[known])
    return tail_ds, begun


def _covered(
    graph: TurnGraph, limit_s: int, tail_ds: npt.NDArray[np.int64], begun: list[tuple[int, float]]
) -> Isochrone:
    limit_ds = 10 * limit_s
    edge = np.flatnonzero(tail_ds <= limit_ds)
    to = np.minimum(1.0, (limit_ds - tail_ds[edge]) / graph.edge_ds[edge])
    stretches = [(int(one), 0.0, float(share)) for one, share in zip(edge, to, strict=True)]
    for one, share in begun:
        begin_ds = int(np.rint(share * graph.edge_ds[one]))
        end = max(share, min(1.0, (begin_ds + limit_ds) / int(graph.edge_ds[one])))
        stretches.append((one, share, end))
    stretches.sort()
    return Isochrone(
        graph.network,
        limit_s,
        np.array([one for one, _, _ in stretches], dtype=np.int64),
        np.array([share for _, share, _ in stretches], dtype=np.float64),
        np.array([share for _, _, share in stretches], dtype=np.float64),
    )


def _epsg(network: StreetNetwork) -> int:
    west, south, east, north = network.bounds()
    return metric_epsg((west + east) / 2, (south + north) / 2)


def _intervals(found: Isochrone) -> list[tuple[int, float, float]]:
    """Return section and covered stretch along it, both directions together, no two of a section touching."""
    back = (found.edge & 1).astype(bool)
    begin = np.where(back, 1.0 - found.to_share, found.from_share)
    end = np.where(back, 1.0 - found.from_share, found.to_share)
    merged: list[tuple[int, float, float]] = []
    for section, first, last in sorted(zip((found.edge >> 1).tolist(), begin.tolist(), end.tolist(), strict=True)):
        if merged and merged[-1][0] == section and first <= merged[-1][2]:
            merged[-1] = (section, merged[-1][1], max(last, merged[-1][2]))
        else:
            merged.append((section, first, last))
    return merged


def _stretches(found: Isochrone, epsg: int) -> npt.NDArray[np.object_]:
    """Return the covered stretches as lines in metres, those of no length as points."""
    network = found.network
    xy = transform_xy(network.shape_lonlat, WGS84_EPSG, epsg)
    parts = np.empty(len(found.edge), dtype=object)
    count = 0
    for section, first, last in _intervals(found):
        line = shapely.LineString(xy[network.shape_offset[section] : network.shape_offset[section + 1]])
        parts[count] = line if (first, last) == (0.0, 1.0) else substring(line, first, last, normalized=True)
        count += 1
    return parts[:count]


def _transformed(geometry: Any, from_epsg: int, to_epsg: int) -> Any:
    return shapely.transform(geometry, lambda xy: transform_xy(xy, from_epsg, to_epsg))
