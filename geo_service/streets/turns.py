"""Floor 1: turns: pairs of edges of which the second begins where the first ends, their angles and what they cost.

Turn costs are assumptions in the spirit of OSRM's car profile: where three or more sections meet, a van loses 2.5 s
turning right and 6 s turning left in right-hand traffic, and 20 s turning round at a dead end.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from geo_service.streets.model import Mover, Profile, vehicle_of
from geo_service.streets.network import StreetNetwork

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class TurnCost:
    """Seconds lost by turning where three or more sections meet, and by turning round at a dead end."""

    right_s: float
    left_s: float
    round_s: float


TURN_COSTS = {
    Profile.VAN: TurnCost(2.5, 6.0, 20.0),
    Profile.BICYCLE: TurnCost(1.5, 3.0, 5.0),
    Profile.FOOT: TurnCost(0.0, 0.0, 1.0),
    Profile.TRUCK: TurnCost(4.0, 8.0, 20.0),
    Profile.CARGO_BIKE: TurnCost(2.0, 4.0, 10.0),
}

STRAIGHT_DEG = 40.0
"""Changes of direction below this many degrees are no turn."""


@dataclass(frozen=True, eq=False)
class Turns:
    """Pairs of edges, int64, shape (k,) each."""

    before: Ints
    after: Ints

    @property
    def back(self) -> Mask:
        """Whether each turn leads back along the same section."""
        back: Mask = self.after == (self.before ^ 1)
        return back

    def where(self, mask: Mask) -> Turns:
        """Return the turns of a mask, shape (k,)."""
        return Turns(self.before[mask], self.after[mask])

    def among(self, edges: Mask) -> Turns:
        """Return the turns between marked edges; ``edges`` has the shape (edges,)."""
        return self.where(edges[self.before] & edges[self.after])


def all_turns(network: StreetNetwork, usable: Mask) -> Turns:
    """Return every pair of usable edges that meet, whatever is forbidden."""
    edges = np.flatnonzero(usable)
    by_tail = edges[np.argsort(network.tail[edges], kind="stable")]
    first = np.searchsorted(network.tail[by_tail], np.arange(len(network.node_lonlat) + 1))
    heads = network.head[edges]
    count = first[heads + 1] - first[heads]
    within = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count)
    return Turns(np.repeat(edges, count), by_tail[np.repeat(first[heads], count) + within])


def meeting(network: StreetNetwork, mover: Mover) -> Ints:
    """Return how many ends of sections that the mover may use meet in each node, shape (nodes,)."""
    sections = network.usable(mover).reshape(-1, 2).any(axis=1)
    return np.bincount(network.section_nodes[sections].reshape(-1), minlength=len(network.node_lonlat))


def turn_ds(network: StreetNetwork, mover: Mover, before: Ints, after: Ints) -> Ints:
    """Return the cost of each turn in deciseconds."""
    cost = TURN_COSTS[vehicle_of(mover).profile]
    change = turn_degrees(network, before, after)
    crossing = meeting(network, mover)[network.head[before]] > 2
    seconds = np.select(
        [after == (before ^ 1), crossing & (change > STRAIGHT_DEG), crossing & (change < -STRAIGHT_DEG)],
        [cost.round_s, cost.left_s, cost.right_s],
        default=0.0,
    )
    return np.asarray(np.rint(seconds * 10), dtype=np.int64)


def turn_degrees(network: StreetNetwork, before: Ints, after: Ints) -> Floats:
    """Return the change of direction of each turn, from -180 to 180 degrees, left positive."""
    arriving, leaving = bearings(network)
    change: Floats = (leaving[after] - arriving[before] + 180.0) % 360.0 - 180.0
    return change


def bearings(network: StreetNetwork) -> tuple[Floats, Floats]:
    """Return the direction of each edge at its head and at its tail, degrees counter-clockwise from east."""
    first, last = network.shape_offset[:-1], network.shape_offset[1:] - 1
    scaled = network.shape_lonlat * [np.cos(np.radians(network.shape_lonlat[:, 1].mean())), 1.0]
    start, end = scaled[first + 1] - scaled[first], scaled[last] - scaled[last - 1]
    begins = np.degrees(np.arctan2(start[:, 1], start[:, 0]))
    ends = np.degrees(np.arctan2(end[:, 1], end[:, 0]))
    arriving = np.column_stack([ends, begins + 180.0]).reshape(-1)
    leaving = np.column_stack([begins, ends + 180.0]).reshape(-1)
    return arriving, leaving
