"""Floor 1: the graph that is searched: its nodes are directed street edges, its arcs the allowed turns.

Costs are whole deciseconds and whole metres, each edge rounded once; so every engine adds the same integers and
finds the same answers. The quickest way counts; among equally quick ones the shortest. Both are kept in one integer,
``deciseconds * PACK + metres``, whose order is that rule.

Turning round is allowed at dead ends and nowhere else.

Edges that are destination-only have two states: one for a trip's beginning, that can only be left, and one for its
end, that can only be entered. So no way leads through them. Where they and what lies behind them make up more than
half of the network, the rule would cut it to pieces and is not applied.

Where a turn restriction leads via ways, an edge has a further state for each history that matters (see `histories`),
and one in which a trip ends, whatever its history: so the search obeys the restriction without knowing of it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
from scipy.sparse import coo_array, csr_array
from scipy.sparse.csgraph import breadth_first_order, connected_components

from geo_service.streets.histories import Restrictions
from geo_service.streets.model import Mover, Profile, Vehicle, vehicle_of
from geo_service.streets.network import PROFILES, StreetNetwork
from geo_service.streets.turns import Ints, Mask, Turns, all_turns, turn_ds

PACK = 1 << 24
"""Metres in one unit of the packed cost's upper part: ways shorter than 16,777 km."""

FAR = 1 << 60
"""Packed cost where no way leads."""


@dataclass(frozen=True, eq=False)
class TurnGraph:
    """Allowed movements of one vehicle, with e edges, k states and a arcs.

    Attributes
    ----------
    edge_ds, edge_m
        int64, shape (e,): deciseconds and metres of each edge, 0 where unusable.
    start_state, end_state
        int32, shape (e,): the state of a trip that begins or ends on an edge, -1 where the edge is not reached.
    fringe
        bool, shape (e,): reached through destination-only edges alone, those themselves included.
    state_edge
        int32, shape (k,): the edge of each state; the state means standing at that edge's head.
    arc_tail, arc_head
        int32, shape (a,): states.
    arc_ds, arc_m
        int64, shape (a,): cost of the turn and of the whole edge of ``arc_head``.
    """

    network: StreetNetwork
    vehicle: Vehicle
    edge_ds: Ints
    edge_m: Ints
    start_state: npt.NDArray[np.int32]
    end_state: npt.NDArray[np.int32]
    fringe: Mask
    state_edge: npt.NDArray[np.int32]
    arc_tail: npt.NDArray[np.int32]
    arc_head: npt.NDArray[np.int32]
    arc_ds: Ints
    arc_m: Ints

    @property
    def profile(self) -> Profile:
        """How the vehicle moves."""
        return self.vehicle.profile

    @property
    def states(self) -> int:
        """Number of states."""
        return len(self.state_edge)

    @property
    def reached(self) -> Mask:
        """Whether each edge belongs to the part of the network where everything reaches everything, shape (e,)."""
        reached: Mask = self.start_state >= 0
        return reached


def turn_graph(network: StreetNetwork, mover: Mover) -> TurnGraph:
    """Build the graph of a profile's usual vehicle or of a vehicle of one's own.

    Turn restrictions, barriers, limits of size and dead ends are applied and the largest part is kept.
    """
    vehicle = vehicle_of(mover)
    usable = network.usable(vehicle)
    restrictions = Restrictions(network, vehicle)
    turns = all_turns(network, usable)
    barred = network.blocked(vehicle)[network.head[turns.before]] & ~turns.back  # as at a dead end, one turns round
    turns = turns.where(~barred & ~restrictions.forbidden(turns))
    within = _largest(turns, usable)
    turns = turns.among(within)
    onward = np.bincount(turns.before[~turns.back], minlength=network.edges)
    turns = turns.where(~turns.back | (onward[turns.before] == 0))
    within = _largest(turns, within)
    turns = turns.among(within)
    core = within & ~network.edge_destination[PROFILES.index(vehicle.profile)]
    core = _largest(turns.among(core), core)
    if 2 * core.sum() < within.sum():
        core = within
    remembered = _remembered(network, restrictions, turns)
    if len(remembered.edge) > network.edges:
        within = _mutual(remembered, within, core)
    return _number_states(network, vehicle, remembered, within, core & within)


def with_fringe(network: StreetNetwork, movers: Iterable[Mover]) -> tuple[StreetNetwork, list[TurnGraph]]:
    """Mark what the movers can only reach over destination-only edges as destination-only too.

    Returns
    -------
    tuple
        The network, and the graph of each mover on the network that was given.
    """
    destination = network.edge_destination.copy()
    graphs = [turn_graph(network, mover) for mover in movers]
    for graph in graphs:
        row = PROFILES.index(graph.profile)
        destination[row] = np.where(graph.reached, graph.fringe, destination[row])
    return replace(network, edge_destination=destination), graphs


def _largest(turns: Turns, among: Mask) -> Mask:
    """Return the largest set of edges among which every one reaches every other."""
    if not among.any():
        return among
    size = len(among)
    graph = coo_array((np.ones(len(turns.before), dtype=np.int8), (turns.before, turns.after)), shape=(size, size))
    _, part = connected_components(graph, directed=True, connection="strong")
    largest: Mask = among & (part == np.bincount(part[among]).argmax())
    return largest


@dataclass(frozen=True, eq=False)
class _Remembered:
    """Steps between edges with their histories: number ``e`` is edge ``e`` without one, higher ones have one.

    ``edge``: the edge of each number; ``before``, ``after``: numbers, a pair for each step.
    """

    edge: Ints
    before: Ints
    after: Ints


def _remembered(network: StreetNetwork, restrictions: Restrictions, turns: Turns) -> _Remembered:
    """Tell edges that are reached with a history that matters from the same edges without one."""
    number = {way: network.edges + place for place, way in enumerate(restrictions.histories)}
    edge = np.concatenate([np.arange(network.edges), np.array([way[-1] for way in number], dtype=np.int64)])
    by_before = np.argsort(turns.before, kind="stable")
    first = np.searchsorted(turns.before[by_before], np.arange(network.edges + 1))

    def arcs(edge: int) -> Ints:
        return by_before[first[edge] : first[edge + 1]]

    after = turns.after.copy()
    more: list[tuple[int, int]] = []
    for way, at in number.items():
        if len(way) == 2:
            steps = arcs(way[0])
            after[steps[turns.after[steps] == way[1]]] = at
        for then in turns.after[arcs(way[-1])].tolist():
            history = restrictions.after(way, then)
            if history is not None:
                more.append((at, number.get(history, then)))
    pairs = np.array(more, dtype=np.int64).reshape(-1, 2)
    return _Remembered(edge, np.concatenate([turns.before, pairs[:, 0]]), np.concatenate([after, pairs[:, 1]]))


@dataclass(frozen=True, eq=False)
class _States:
    """States of the numbers of `_Remembered`, -1 where there is none, and the steps between them.

    ``leaving``: of trips that have not reached the core's streets or are on them; ``arriving``: of trips that are on
    the core's streets or will not return to them. ``step``: the step of `_Remembered` behind each arc.
    """

    count: int
    leaving: npt.NDArray[np.int32]
    arriving: npt.NDArray[np.int32]
    tail: npt.NDArray[np.int32]
    head: npt.NDArray[np.int32]
    step: Ints


def _states(remembered: _Remembered, within: Mask, core: Mask) -> _States:
    """Number the states, two for each edge outside ``core``, and lay the arcs between them."""
    inner, outer = core[remembered.edge], (within & ~core)[remembered.edge]
    inners, outers = int(inner.sum()), int(outer.sum())
    leaving = np.full(len(remembered.edge), -1, dtype=np.int32)
    leaving[inner] = np.arange(inners)
    arriving = leaving.copy()
    leaving[outer] = inners + np.arange(outers)
    arriving[outer] = inners + outers + np.arange(outers)

    before, after = remembered.before, remembered.after
    kept = within[remembered.edge[before]] & within[remembered.edge[after]]
    parts = (
        (leaving, leaving, kept & (outer[before] | inner[after])),
        (leaving, arriving, kept & outer[before] & outer[after]),
        (arriving, arriving, kept & outer[after]),
    )
    return _States(
        count=inners + 2 * outers,
        leaving=leaving,
        arriving=arriving,
        tail=np.concatenate([of_tail[before[mask]] for of_tail, _, mask in parts]),
        head=np.concatenate([of_head[after[mask]] for _, of_head, mask in parts]),
        step=np.concatenate([np.flatnonzero(mask) for _, _, mask in parts]),
    )


def _mutual(remembered: _Remembered, within: Mask, core: Mask) -> Mask:
    """Return the edges that are left when each must reach each other with histories remembered."""
    edges = len(within)
    while (core & within).any():
        states = _states(remembered, within, core & within)
        steps = (np.ones(len(states.tail), dtype=np.int8), (states.tail, states.head))
        graph = csr_array(steps, shape=(states.count, states.count))
        inner = np.zeros(states.count, dtype=np.bool_)
        inner[states.leaving[(core & within)[remembered.edge]]] = True
        _, part = connected_components(graph, directed=True, connection="strong")
        hub = int(np.flatnonzero(inner & (part == np.bincount(part[inner]).argmax()))[0])
        reached, reaching = np.zeros((2, states.count + 1), dtype=np.bool_)
        reached[breadth_first_order(graph, hub, return_predecessors=False)] = True
        reaching[breadth_first_order(graph.T.tocsr(), hub, return_predecessors=False)] = True
        ends = np.zeros(edges, dtype=np.bool_)
        np.logical_or.at(ends, remembered.edge, reached[states.arriving])
        mutual = within & ends & reaching[states.leaving[:edges]]
        if mutual.sum() == within.sum():
            return within
        within = mutual
    return np.zeros(edges, dtype=np.bool_)


def _number_states(
    network: StreetNetwork, vehicle: Vehicle, remembered: _Remembered, within: Mask, core: Mask
) -> TurnGraph:
    """Lay the arcs with their costs; edges with histories get one more state, in which trips end."""
    edges = network.edges
    states = _states(remembered, within, core)
    usable = network.usable(vehicle)
    edge_ds = np.where(usable, np.maximum(np.rint(np.where(usable, network.seconds(vehicle), 0.0) * 10), 1), 0)
    edge_ds = edge_ds.astype(np.int64)
    edge_m = np.where(usable, np.rint(network.length_m), 0).astype(np.int64)

    state_edge = np.zeros(states.count, dtype=np.int32)
    for of in (states.leaving, states.arriving):
        state_edge[of[of >= 0]] = remembered.edge[of >= 0]
    split = np.unique(remembered.edge[edges:])
    split = split[within[split]]
    end_state = states.arriving[:edges].copy()
    end_state[split] = states.count + np.arange(len(split))
    ends = np.flatnonzero(np.isin(states.head, states.arriving) & np.isin(state_edge[states.head], split))
    step = np.concatenate([states.step, states.step[ends]])
    after = remembered.edge[remembered.after[step]]
    return TurnGraph(
        network=network,
        vehicle=vehicle,
        edge_ds=edge_ds,
        edge_m=edge_m,
        start_state=states.leaving[:edges],
        end_state=end_state,
        fringe=within & ~core,
        state_edge=np.concatenate([state_edge, split]).astype(np.int32),
        arc_tail=np.concatenate([states.tail, states.tail[ends]]),
        arc_head=np.concatenate([states.head, end_state[state_edge[states.head[ends]]]]),
        arc_ds=turn_ds(network, vehicle, remembered.edge[remembered.before[step]], after) + edge_ds[after],
        arc_m=edge_m[after],
    )
