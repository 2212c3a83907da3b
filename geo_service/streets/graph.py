"""Floor 1: the graph that is searched: its nodes are directed street edges, its arcs the allowed turns.

Costs are whole deciseconds and whole metres, each edge rounded once; so every engine adds the same integers and
finds the same answers. The quickest way counts; among equally quick ones the shortest. Both are kept in one integer,
``deciseconds * PACK + metres``, whose order is that rule.

Turn costs are assumptions in the spirit of OSRM's car profile: where three or more sections meet, a van loses 2.5 s
turning right and 6 s turning left in right-hand traffic, and 20 s turning round at a dead end. Turning round is
allowed nowhere else.

Edges that are destination-only have two states: one for a trip's beginning, that can only be left, and one for its
end, that can only be entered. So no way leads through them. Where they and what lies behind them make up more than
half of the network, the rule would cut it to pieces and is not applied.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from geo_service.streets.model import Profile
from geo_service.streets.network import PROFILES, StreetNetwork

Ints = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]

PACK = 1 << 24
"""Metres in one unit of the packed cost's upper part: ways shorter than 16,777 km."""

FAR = 1 << 60
"""Packed cost where no way leads."""


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
}

STRAIGHT_DEG = 40.0
"""Changes of direction below this many degrees are no turn."""


@dataclass(frozen=True, eq=False)
class TurnGraph:
    """Allowed movements of one profile, with e edges, k states and a arcs.

    Attributes
    ----------
    edge_ds, edge_m
        int64, shape (e,): deciseconds and metres of each edge, 0 where unusable.
    start_state, end_state
        int32, shape (e,): the state of a trip that begins or ends on an edge, -1 where the edge is not reached.
    state_edge
        int32, shape (k,): the edge of each state; the state means standing at that edge's head.
    arc_tail, arc_head
        int32, shape (a,): states.
    arc_ds, arc_m
        int64, shape (a,): cost of the turn and of the whole edge of ``arc_head``.
    """

    network: StreetNetwork
    profile: Profile
    edge_ds: Ints
    edge_m: Ints
    start_state: npt.NDArray[np.int32]
    end_state: npt.NDArray[np.int32]
    state_edge: npt.NDArray[np.int32]
    arc_tail: npt.NDArray[np.int32]
    arc_head: npt.NDArray[np.int32]
    arc_ds: Ints
    arc_m: Ints

    @property
    def states(self) -> int:
        """Number of states."""
        return len(self.state_edge)

    @property
    def reached(self) -> Mask:
        """Whether each edge belongs to the part of the network where everything reaches everything, shape (e,)."""
        reached: Mask = self.start_state >= 0
        return reached

    @property
    def fringe(self) -> Mask:
        """Whether each edge is reached through destination-only edges alone, those themselves included, shape (e,)."""
        fringe: Mask = self.start_state != self.end_state
        return fringe


@dataclass(frozen=True, eq=False)
class _Turns:
    """Pairs of edges of which the second begins where the first ends."""

    before: Ints
    after: Ints

    @property
    def back(self) -> Mask:
        """Whether each turn leads back along the same section."""
        back: Mask = self.after == (self.before ^ 1)
        return back

    def where(self, mask: Mask) -> _Turns:
        return _Turns(self.before[mask], self.after[mask])

    def among(self, edges: Mask) -> _Turns:
        return self.where(edges[self.before] & edges[self.after])


def turn_graph(network: StreetNetwork, profile: Profile) -> TurnGraph:
    """Build the graph of a profile: turn restrictions, barriers and dead ends applied, the largest part kept."""
    row = PROFILES.index(profile)
    usable = network.usable(profile)
    turns = _all_turns(network, usable)
    barred = network.node_blocked[row][network.head[turns.before]] & ~turns.back  # as at a dead end, one turns round
    turns = turns.where(~barred & ~_forbidden(network, row, turns))
    within = _largest(turns, usable)
    turns = turns.among(within)
    onward = np.bincount(turns.before[~turns.back], minlength=network.edges)
    turns = turns.where(~turns.back | (onward[turns.before] == 0))
    within = _largest(turns, within)
    turns = turns.among(within)
    core = within & ~network.edge_destination[row]
    core = _largest(turns.among(core), core)
    if 2 * core.sum() < within.sum():
        core = within
    return _number_states(network, profile, turns, within, core)


def _all_turns(network: StreetNetwork, usable: Mask) -> _Turns:
    edges = np.flatnonzero(usable)
    by_tail = edges[np.argsort(network.tail[edges], kind="stable")]
    first = np.searchsorted(network.tail[by_tail], np.arange(len(network.node_lonlat) + 1))
    heads = network.head[edges]
    count = first[heads + 1] - first[heads]
    within = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count)
    return _Turns(np.repeat(edges, count), by_tail[np.repeat(first[heads], count) + within])


def _forbidden(network: StreetNetwork, row: int, turns: _Turns) -> Mask:
    """Whether a turn restriction forbids each turn."""
    holds = network.turn_profiles[row]
    pair = turns.before * network.edges + turns.after
    named = network.turn_from.astype(np.int64) * network.edges + network.turn_to
    only = holds & network.turn_only
    banned: Mask = np.isin(pair, named[holds & ~only])
    return banned | (np.isin(turns.before, network.turn_from[only]) & ~np.isin(pair, named[only]))


def _largest(turns: _Turns, among: Mask) -> Mask:
    """Return the largest set of edges among which every one reaches every other."""
    if not among.any():
        return among
    size = len(among)
    graph = coo_array((np.ones(len(turns.before), dtype=np.int8), (turns.before, turns.after)), shape=(size, size))
    _, part = connected_components(graph, directed=True, connection="strong")
    largest: Mask = among & (part == np.bincount(part[among]).argmax())
    return largest


def _turn_ds(network: StreetNetwork, profile: Profile, turns: _Turns) -> Ints:
    """Return the cost of each turn in deciseconds."""
    cost = TURN_COSTS[profile]
    arriving, leaving = _bearings(network)
    change = (leaving[turns.after] - arriving[turns.before] + 180.0) % 360.0 - 180.0  # left is positive
    sections = network.usable(profile).reshape(-1, 2).any(axis=1)
    meeting = np.bincount(network.section_nodes[sections].reshape(-1), minlength=len(network.node_lonlat))
    crossing = meeting[network.head[turns.before]] > 2
    seconds = np.select(
        [turns.back, crossing & (change > STRAIGHT_DEG), crossing & (change < -STRAIGHT_DEG)],
        [cost.round_s, cost.left_s, cost.right_s],
        default=0.0,
    )
    return np.asarray(np.rint(seconds * 10), dtype=np.int64)


def _bearings(network: StreetNetwork) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Return the direction of each edge at its head and at its tail, degrees counter-clockwise from east."""
    first, last = network.shape_offset[:-1], network.shape_offset[1:] - 1
    scaled = network.shape_lonlat * [np.cos(np.radians(network.shape_lonlat[:, 1].mean())), 1.0]
    start, end = scaled[first + 1] - scaled[first], scaled[last] - scaled[last - 1]
    begins = np.degrees(np.arctan2(start[:, 1], start[:, 0]))
    ends = np.degrees(np.arctan2(end[:, 1], end[:, 0]))
    arriving = np.column_stack([ends, begins + 180.0]).reshape(-1)
    leaving = np.column_stack([begins, ends + 180.0]).reshape(-1)
    return arriving, leaving


def _number_states(network: StreetNetwork, profile: Profile, turns: _Turns, within: Mask, core: Mask) -> TurnGraph:
    """Number the states, two for each edge outside ``core``, and lay the arcs between them."""
    fringe = within & ~core
    cores, fringes = int(core.sum()), int(fringe.sum())
    start_state = np.full(network.edges, -1, dtype=np.int32)
    start_state[core] = np.arange(cores)
    end_state = start_state.copy()
    start_state[fringe] = cores + np.arange(fringes)
    end_state[fringe] = cores + fringes + np.arange(fringes)

    before, after = turns.before, turns.after
    parts = (
        (start_state, start_state, fringe[before] | core[after]),
        (start_state, end_state, fringe[before] & fringe[after]),
        (end_state, end_state, fringe[after]),
    )
    usable = network.usable(profile)
    seconds = np.where(usable, network.edge_seconds[PROFILES.index(profile)], 0.0)
    edge_ds = np.where(usable, np.maximum(np.rint(seconds * 10), 1), 0).astype(np.int64)
    edge_m = np.where(usable, np.rint(network.length_m), 0).astype(np.int64)
    arc_ds = _turn_ds(network, profile, turns) + edge_ds[after]
    return TurnGraph(
        network=network,
        profile=profile,
        edge_ds=edge_ds,
        edge_m=edge_m,
        start_state=start_state,
        end_state=end_state,
        state_edge=np.concatenate([np.flatnonzero(core), *(np.flatnonzero(fringe),) * 2]).astype(np.int32),
        arc_tail=np.concatenate([of_tail[before[mask]] for of_tail, _, mask in parts]),
        arc_head=np.concatenate([of_head[after[mask]] for _, of_head, mask in parts]),
        arc_ds=np.concatenate([arc_ds[mask] for _, _, mask in parts]),
        arc_m=np.concatenate([edge_m[after][mask] for _, _, mask in parts]),
    )
