"""The rule for all networks: both engines, the paths, the checker and a search as plain as can be agree."""

from __future__ import annotations

import heapq
import math
from collections.abc import Iterator

import numpy as np
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from geo_service.base.errors import FileUnreadable
from geo_service.streets.check import faults
from geo_service.streets.graph import TurnGraph, turn_graph
from geo_service.streets.model import UNREACHABLE, Profile, Snap, Vehicle
from geo_service.streets.network import PROFILES
from geo_service.streets.router import make_router
from geo_service.streets.turns import STRAIGHT_DEG, TURN_COSTS

SIDE = 3
BANS = ["no_left_turn", "no_straight_on", "no_u_turn"]
TAGS = {
    "1": {"oneway": "1"},
    "-1": {"oneway": "-1"},
    "slow": {"maxspeed": "walk"},
    "destination": {"vehicle": "destination"},
    "weak": {"maxweight": "3"},
    "no trucks": {"hgv": "no"},
}


@st.composite
def towns(draw_):
    """Draw a grid of streets: missing, one-way, destination-only, slow, weak, with barriers and turn restrictions."""
    kinds = st.sampled_from(["", "", "", "", "", "missing", *TAGS])
    nodes = {1 + SIDE * y + x: (150 * x, 150 * y) for y in range(SIDE) for x in range(SIDE)}
    ways = []
    for ref in nodes:
        for step in (1, SIDE):
            if ref + step in nodes and not (step == 1 and ref % SIDE == 0):
                kind = draw_(kinds)
                if kind != "missing":
                    ways.append((100 * ref + step, [ref, ref + step], TAGS.get(kind, {})))
    barriers = {ref: {"barrier": "bollard"} for ref in draw_(st.sets(st.sampled_from(sorted(nodes)), max_size=1))}
    restrictions = []
    for number in range(draw_(st.integers(0, 6))):
        via = draw_(st.sampled_from(sorted(nodes)))
        walked, between = [], []
        for _ in range(draw_(st.sampled_from([2, 2, 3, 3, 4]))):
            meeting = [(ref, ends) for ref, ends, _ in ways if via in ends and ref not in walked[1:]]
            if not meeting:
                break
            ref, ends = draw_(st.sampled_from(meeting))
            if walked:
                between.append(via)
                via = ends[0] if via == ends[1] else ends[1]
            walked.append(ref)
        if len(walked) > 1:
            value = draw_(st.sampled_from([*BANS, "only_right_turn"]))
            over = between[0] if len(walked) == 2 else ("way", *walked[1:-1])
            restrictions.append((number + 1, walked[0], over, walked[-1], {"restriction": value}))
    return nodes, ways, restrictions, barriers


def plain_search(graph: TurnGraph, start: Snap, end: Snap) -> tuple[int, int] | None:
    """Return deciseconds and metres of the quickest way, the shortest among equals, by a search as plain as can be.

    It remembers the last edges driven, as many as the longest restriction has, and looks the whole of them up.
    """
    network, reached, vehicle = graph.network, graph.reached, graph.vehicle
    row = PROFILES.index(vehicle.profile)
    seconds = network.edge_seconds[row]
    edges = [e for e in range(network.edges) if reached[e]]
    cost = {e: (max(1, round(seconds[e] * 10)), round(network.length_m[e])) for e in edges}
    lane = network.edge_destination[row]
    usable = [
        bool(np.isfinite(seconds[e]) and vehicle.weight_t <= network.section_limits[0, e // 2])
        for e in range(network.edges)
    ]
    rules = []
    for i in np.flatnonzero(network.turn_profiles[row]).tolist():
        way = (
            int(network.turn_from[i]),
            *network.turn_via[network.turn_via_turn == i].tolist(),
            int(network.turn_to[i]),
        )
        if not network.turn_only[i] or all(usable[e] for e in way):
            rules.append((way, bool(network.turn_only[i])))
    longest = max((len(way) for way, _ in rules), default=2)
    sections = [pair for s, pair in enumerate(network.section_nodes.tolist()) if usable[2 * s] or usable[2 * s + 1]]

    def allowed(driven: tuple[int, ...]) -> bool:
        for first in range(len(driven) - 1):
            tail = driven[first:]
            if (tail, False) in rules:
                return False
            bound = [way for way, only in rules if only and way[: len(tail) - 1] == tail[:-1] and len(way) >= len(tail)]
            if bound and tail[-1] not in [way[len(tail) - 1] for way in bound]:
                return False
        return True

    def onward(driven: tuple[int, ...]) -> Iterator[tuple[int, int]]:
        before = driven[-1]
        node = network.head[before]
        ways = [e for e in edges if network.tail[e] == node and allowed((before, e))]
        others = [] if network.node_blocked[row, node] else [e for e in ways if e != before ^ 1]
        crossing = sum(pair.count(node) for pair in sections) > 2
        for after in others or [e for e in ways if e == before ^ 1]:
            if allowed((*driven, after)):
                yield after, turn(before, after, crossing)

    def turn(before: int, after: int, crossing: bool) -> int:
        costs = TURN_COSTS[vehicle.profile]
        if after == before ^ 1:
            return round(costs.round_s * 10)
        a, b, c = (network.node_lonlat[n] for n in (network.tail[before], network.head[before], network.head[after]))
        scale = np.array([math.cos(math.radians(b[1])), 1.0])
        (ax, ay), (bx, by) = (b - a) * scale, (c - b) * scale
        angle = math.degrees(math.atan2(ax * by - ay * bx, ax * bx + ay * by))
        if not crossing or abs(angle) < STRAIGHT_DEG:
            return 0
        return round((costs.left_s if angle > 0 else costs.right_s) * 10)

    def offers(snap: Snap):
        for edge, fraction in ((snap.edge, snap.fraction), (snap.edge ^ 1, 1 - snap.fraction)):
            if reached[edge]:
                yield edge, round(fraction * cost[edge][0]), round(fraction * cost[edge][1])

    best: list[tuple[int, int]] = []
    queue: list[tuple[int, int, tuple[int, ...], int]] = []
    goals = {edge: (ds, metres) for edge, ds, metres in offers(end)}
    for edge, ds, metres in offers(start):
        if edge in goals and goals[edge] >= (ds, metres):
            best.append((goals[edge][0] - ds, goals[edge][1] - metres))
        heapq.heappush(queue, (cost[edge][0] - ds, cost[edge][1] - metres, (edge,), 0 if lane[edge] else 1))
    done = set()
    while queue:
        ds, metres, driven, phase = heapq.heappop(queue)
        if (driven, phase) in done:
            continue
        done.add((driven, phase))
        for after, lost in onward(driven):
            then = phase if lane[after] == lane[driven[-1]] else phase + 1  # lanes out, streets, lanes in
            if then > 2:
                continue
            if after in goals:
                best.append((ds + lost + goals[after][0], metres + goals[after][1]))
            memory = (*driven, after)[-(longest - 1) :]
            heapq.heappush(queue, (ds + lost + cost[after][0], metres + cost[after][1], memory, then))
    return min(best, default=None)


MOVERS = [Profile.VAN, Profile.BICYCLE, Profile.TRUCK, Profile.CARGO_BIKE, Vehicle(Profile.VAN, weight_t=2.8)]


@settings(max_examples=60, deadline=None)
@given(towns(), st.data())
def test_all_ways_of_asking_agree(draw, snap_on, town, data):
    nodes, ways, restrictions, barriers = town
    assume(ways)
    try:
        network = draw(nodes, ways, restrictions, barriers).network
    except FileUnreadable:
        assume(False)
    mover = data.draw(st.sampled_from(MOVERS))
    graph = turn_graph(network, mover)
    streets = np.flatnonzero(graph.reached).tolist()
    assume(streets)
    spots = st.tuples(st.sampled_from(streets), st.sampled_from([0.0, 0.25, 0.5, 0.83, 1.0]))
    places = [snap_on(network, *data.draw(spots)) for _ in range(4)]
    cch, plain = (make_router(network, mover, engine) for engine in ("cch", "dijkstra"))
    matrix, other = cch.matrix(places), plain.matrix(places)
    np.testing.assert_array_equal(matrix.seconds, other.seconds)
    np.testing.assert_array_equal(matrix.metres, other.metres)
    for i, start in enumerate(places):
        for j, end in enumerate(places):
            if i == j:
                continue
            found = plain_search(graph, start, end)
            asked = (int(matrix.seconds[i, j]), int(matrix.metres[i, j]))
            if found is None:  # what is reached reaches all, but a single one-way street does not reach itself again
                assert start.edge >> 1 == end.edge >> 1
                assert asked == (UNREACHABLE, UNREACHABLE)
                assert cch.path(start, end) is plain.path(start, end) is None
                continue
            assert asked == ((found[0] + 5) // 10, found[1])
            for router in (cch, plain):
                path = router.path(start, end)
                assert path is not None
                assert (path.seconds, path.metres) == asked
                assert faults(network, mover, path) == []
