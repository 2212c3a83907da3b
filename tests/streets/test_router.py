from __future__ import annotations

import heapq
import math
from collections.abc import Iterator

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from geo_service.base.errors import FileUnreadable, NotReady
from geo_service.streets.check import faults
from geo_service.streets.graph import STRAIGHT_DEG, TURN_COSTS, turn_graph
from geo_service.streets.model import UNREACHABLE, Profile, Snap
from geo_service.streets.network import PROFILES, StreetNetwork
from geo_service.streets.router import TurnRouter, make_router

ENGINES = ("cch", "dijkstra")
BLOCK = {1: (0, 0), 2: (200, 0), 3: (200, 200), 4: (0, 200), 9: (-150, 350)}
RING = [(10, [1, 2], {"name": "A"}), (11, [2, 3], {"name": "B"}), (12, [3, 4], {"name": "C"}), (13, [4, 1], {})]
STEM = (19, [4, 9], {})
"""A dead end, so that the block can be driven round both ways."""


@pytest.fixture(params=ENGINES)
def engine(request) -> str:
    return request.param


def ask(network, engine, places, profile=Profile.VAN):
    """Return seconds, metres and the path between two places, which must agree and be faultless."""
    router = make_router(network, profile, engine)
    matrix, path = router.matrix(places), router.path(*places)
    assert path is not None
    assert (path.seconds, path.metres) == (matrix.seconds[0, 1], matrix.metres[0, 1])
    assert faults(network, profile, path) == []
    return path


def nodes_of(network, path) -> list[int]:
    return [int(network.node_id[network.head[edge]]) for edge in path.edges[:-1]]


def test_ahead_on_the_same_street_is_straight_on(draw, edge_of, snap_on, engine):
    network = draw(BLOCK, [*RING, STEM]).network
    edge = edge_of(network, 1, 2)
    path = ask(network, engine, [snap_on(network, edge, 0.25), snap_on(network, edge, 0.75)])
    assert (path.edges, path.metres, path.seconds) == ((edge,), 100, 14)
    assert [leg.name for leg in path.legs] == ["A"]


def test_behind_on_a_two_way_street_is_straight_back(draw, edge_of, snap_on, engine):
    network = draw(BLOCK, [*RING, STEM]).network
    edge = edge_of(network, 1, 2)
    path = ask(network, engine, [snap_on(network, edge, 0.75), snap_on(network, edge, 0.25)])
    assert (path.edges, path.metres) == ((edge ^ 1,), 100)


def test_behind_on_a_one_way_street_is_once_around_the_block(draw, edge_of, snap_on, engine):
    network = draw(BLOCK, [(10, [1, 2], {"oneway": "yes"}), *RING[1:], STEM]).network
    edge = edge_of(network, 1, 2)
    path = ask(network, engine, [snap_on(network, edge, 0.75), snap_on(network, edge, 0.25)])
    assert nodes_of(network, path) == [2, 3, 4, 1]
    assert (path.edges[0], path.edges[-1], path.metres) == (edge, edge, 700)


def test_behind_in_a_destination_only_one_way_street_is_around_too(draw, edge_of, snap_on, engine):
    nodes = BLOCK | {5: (400, 0), 6: (400, 200)}
    lane = (20, [2, 5, 6, 3], {"oneway": "yes", "access": "destination"})
    network = draw(nodes, [*RING, STEM, lane]).network
    edge = int(2 * np.flatnonzero(network.section_way == 20)[0])
    line = network.edge_lonlat(edge)
    later, earlier = (line[2] + line[3]) / 2, (line[0] + line[1]) / 2
    path = ask(network, engine, [Snap(edge, 5 / 6, *later, 0.0), Snap(edge, 1 / 6, *earlier, 0.0)])
    assert (nodes_of(network, path), path.edges[0], path.edges[-1]) == ([3, 2], edge, edge)
    assert path.metres == pytest.approx(400, abs=2)


def test_a_ring_street_is_driven_round_again(draw, snap_on, engine):
    nodes = {1: (0, 0), 2: (100, 0), 3: (150, 50), 4: (150, -50)}
    network = draw(nodes, [(10, [1, 2], {}), (11, [2, 4, 3, 2], {"junction": "roundabout"})]).network
    ring = int(2 * np.flatnonzero(network.section_way == 11)[0])
    line = network.edge_lonlat(ring)
    side = 50 * 2**0.5
    share = side / (100 + 2 * side)
    path = ask(network, engine, [Snap(ring, 1 - share, *line[2], 0.0), Snap(ring, share, *line[1], 0.0)])
    assert path.edges == (ring, ring)
    assert path.metres == pytest.approx(2 * side, abs=2)


def test_one_ways_make_the_matrix_unequal(draw, edge_of, snap_on, engine):
    ways = [(ref, nodes, {"oneway": "yes"}) for ref, nodes, _ in RING]
    network = draw(BLOCK, ways).network
    places = [snap_on(network, edge_of(network, a, b), 0.5) for a, b in ((1, 2), (2, 3))]
    matrix = make_router(network, Profile.VAN, engine).matrix(places)
    assert matrix.metres.tolist() == [[0, 200], [600, 0]]
    assert matrix.seconds.dtype == matrix.metres.dtype == np.int32


@pytest.mark.parametrize("fraction", [0.0, 1.0])
def test_places_on_crossings_are_the_same_from_every_street(draw, edge_of, snap_on, engine, fraction):
    network = draw(BLOCK, [*RING, STEM]).network
    node = 1 if fraction == 0.0 else 2
    here = snap_on(network, edge_of(network, 1, 2), fraction)
    other = snap_on(network, edge_of(network, *((4, 1) if node == 1 else (2, 3))), 1.0 if node == 1 else 0.0)
    target = snap_on(network, edge_of(network, 3, 4), 0.5)
    assert ask(network, engine, [here, target]).metres == ask(network, engine, [other, target]).metres == 300
    assert ask(network, engine, [here, other]).metres == 0


def test_a_forbidden_left_turn_leads_round(cross, edge_of, snap_on, engine):
    more = [(60, [4, 6, 5], {})]
    nodes = {6: (-100, 100)}
    free = cross(more=more, nodes=nodes).network
    bound = cross([(7, 20, 1, 50, {"restriction": "no_left_turn"})], more=more, nodes=nodes).network
    for network, way in ((free, [1]), (bound, [1, 4, 5])):
        places = [snap_on(network, edge_of(network, 2, 1), 0.5), snap_on(network, edge_of(network, 5, 1), 0.5)]
        assert nodes_of(network, ask(network, engine, places)) == way
        on_foot = ask(network, engine, places, Profile.FOOT)
        assert nodes_of(network, on_foot) == [1]


def test_a_dead_end_is_where_one_turns(cross, edge_of, snap_on, engine):
    network = cross([(7, 20, 1, 40, {"restriction": "only_straight_on"})]).network
    places = [snap_on(network, edge_of(network, 2, 1), 0.5), snap_on(network, edge_of(network, 1, 3), 0.5)]
    assert nodes_of(network, ask(network, engine, places)) == [1, 4, 1]


def test_a_bollard_sends_the_van_round_and_lets_the_bicycle_through(draw, edge_of, snap_on, engine):
    nodes = BLOCK | {5: (100, 0)}
    ways = [(10, [1, 5, 2], {"name": "A"}), *RING[1:], STEM]
    network = draw(nodes, ways, (), {5: {"barrier": "bollard"}}).network
    places = [snap_on(network, edge_of(network, 1, 5), 0.5), snap_on(network, edge_of(network, 5, 2), 0.5)]
    assert ask(network, engine, places).metres == 700
    assert ask(network, engine, places, Profile.BICYCLE).metres == 100


def test_nobody_drives_through_a_destination_only_street(draw, edge_of, snap_on, engine):
    nodes = BLOCK | {5: (-100, 0), 6: (300, 0)}
    ways = [(10, [1, 2], {"access": "destination"}), *RING[1:], STEM, (14, [5, 1], {}), (15, [2, 6], {})]
    network = draw(nodes, ways).network
    west, middle, east = (snap_on(network, edge_of(network, a, b), 0.5) for a, b in ((5, 1), (1, 2), (2, 6)))
    assert ask(network, engine, [west, east]).metres == 700
    assert ask(network, engine, [west, middle]).metres == 150
    assert ask(network, engine, [middle, east]).metres == 150


def test_legs_name_the_streets_in_order(draw, edge_of, snap_on, engine):
    network = draw(BLOCK, [*RING, STEM]).network
    places = [snap_on(network, edge_of(network, 1, 2), 0.5), snap_on(network, edge_of(network, 3, 4), 0.5)]
    path = ask(network, engine, places)
    assert [(leg.name, round(leg.length_m)) for leg in path.legs] == [("A", 100), ("B", 200), ("C", 100)]
    np.testing.assert_allclose(path.lonlat[[0, -1]], [(p.lon, p.lat) for p in places])
    assert len(path.lonlat) == 4


def test_legs_of_the_same_street_are_one(draw, edge_of, snap_on, engine):
    network = draw(
        {1: (0, 0), 2: (200, 0), 3: (400, 0)}, [(1, [1, 2], {"name": "A"}), (2, [2, 3], {"name": "A"})]
    ).network
    places = [snap_on(network, edge_of(network, 1, 2), 0.5), snap_on(network, edge_of(network, 2, 3), 0.5)]
    assert [(leg.name, round(leg.length_m)) for leg in ask(network, engine, places).legs] == [("A", 200)]


def test_a_profile_without_streets_is_not_ready(draw):
    network = draw({1: (0, 0), 2: (9, 0)}, [(10, [1, 2], {"highway": "footway"})]).network
    with pytest.raises(NotReady) as caught:
        make_router(network, Profile.VAN)
    assert caught.value.remedy


def test_no_places_no_entries(draw, engine):
    router = make_router(draw(BLOCK, [*RING, STEM]).network, Profile.VAN, engine)
    assert router.matrix([]).seconds.shape == (0, 0)
    assert router.profile is Profile.VAN


def test_where_no_way_leads_the_matrix_says_so_and_there_is_no_path(draw, edge_of, snap_on, engine):
    nodes = BLOCK | {7: (900, 0), 8: (950, 0)}
    network = draw(nodes, [*RING, STEM, (20, [7, 8], {})]).network
    router = make_router(network, Profile.VAN, engine)
    places = [snap_on(network, edge_of(network, 1, 2), 0.5), snap_on(network, edge_of(network, 7, 8), 0.5)]
    matrix = router.matrix(places)
    assert matrix.seconds.tolist() == matrix.metres.tolist() == [[0, UNREACHABLE], [UNREACHABLE, 0]]
    assert router.path(*places) is None


# The rule for all networks: both engines, the paths and a plain search give the same answers.

SIDE = 3


@st.composite
def towns(draw_):
    """Draw a grid of streets: missing, one-way, destination-only, slow, with barriers and turn restrictions."""
    kinds = st.sampled_from(["", "", "", "", "1", "-1", "destination", "slow", "missing"])
    nodes = {1 + SIDE * y + x: (150 * x, 150 * y) for y in range(SIDE) for x in range(SIDE)}
    ways = []
    for ref in nodes:
        for step in (1, SIDE):
            if ref + step in nodes and not (step == 1 and ref % SIDE == 0):
                kind = draw_(kinds)
                tags = {"1": {"oneway": "1"}, "-1": {"oneway": "-1"}, "slow": {"maxspeed": "walk"}}.get(kind, {})
                if kind == "destination":
                    tags = {"vehicle": "destination"}
                if kind != "missing":
                    ways.append((100 * ref + step, [ref, ref + step], tags))
    barriers = {ref: {"barrier": "bollard"} for ref in draw_(st.sets(st.sampled_from(sorted(nodes)), max_size=1))}
    restrictions = []
    for number in range(draw_(st.integers(0, 4))):
        via = draw_(st.sampled_from(sorted(nodes)))
        meeting = [ref for ref, members, _ in ways if via in members]
        if meeting:
            start, end = draw_(st.sampled_from(meeting)), draw_(st.sampled_from(meeting))
            value = draw_(st.sampled_from(["no_left_turn", "no_straight_on", "only_right_turn", "no_u_turn"]))
            restrictions.append((number + 1, start, via, end, {"restriction": value}))
    return nodes, ways, restrictions, barriers


def plain_search(network: StreetNetwork, profile: Profile, reached, start: Snap, end: Snap) -> tuple[int, int] | None:
    """Return deciseconds and metres of the quickest way, the shortest among equals, by a search as plain as can be."""
    row = PROFILES.index(profile)
    seconds = network.edge_seconds[row]
    edges = [e for e in range(network.edges) if reached[e]]
    cost = {e: (max(1, round(seconds[e] * 10)), round(network.length_m[e])) for e in edges}
    lane = network.edge_destination[row]
    rules = [
        (int(network.turn_from[i]), int(network.turn_to[i]), bool(network.turn_only[i]))
        for i in range(len(network.turn_from))
        if network.turn_profiles[row, i]
    ]
    sections = {(min(a, b), max(a, b)) for a, b in network.section_nodes[network.usable(profile).reshape(-1, 2).any(1)]}

    def onward(before: int) -> Iterator[tuple[int, int]]:
        node = network.head[before]
        duties = [b for a, b, only in rules if only and a == before]
        bans = [b for a, b, only in rules if not only and a == before]
        ways = [e for e in edges if network.tail[e] == node and e not in bans and (not duties or e in duties)]
        others = [] if network.node_blocked[row, node] else [e for e in ways if e != before ^ 1]
        crossing = sum(node in pair for pair in sections) > 2
        for after in others or [e for e in ways if e == before ^ 1]:
            yield after, turn(before, after, crossing)

    def turn(before: int, after: int, crossing: bool) -> int:
        costs = TURN_COSTS[profile]
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
    queue: list[tuple[int, int, int, int]] = []
    goals = {edge: (ds, metres) for edge, ds, metres in offers(end)}
    for edge, ds, metres in offers(start):
        if edge in goals and goals[edge] >= (ds, metres):
            best.append((goals[edge][0] - ds, goals[edge][1] - metres))
        heapq.heappush(queue, (cost[edge][0] - ds, cost[edge][1] - metres, edge, 0 if lane[edge] else 1))
    done = set()
    while queue:
        ds, metres, edge, phase = heapq.heappop(queue)
        if (edge, phase) in done:
            continue
        done.add((edge, phase))
        for after, lost in onward(edge):
            then = phase if lane[after] == lane[edge] else phase + 1  # lanes out, streets, lanes in
            if then > 2:
                continue
            if after in goals:
                best.append((ds + lost + goals[after][0], metres + goals[after][1]))
            heapq.heappush(queue, (ds + lost + cost[after][0], metres + cost[after][1], after, then))
    return min(best, default=None)


@settings(max_examples=40, deadline=None)
@given(towns(), st.data())
def test_all_ways_of_asking_agree(draw, snap_on, town, data):
    nodes, ways, restrictions, barriers = town
    assume(ways)
    try:
        network = draw(nodes, ways, restrictions, barriers).network
    except FileUnreadable:
        assume(False)
    profile = data.draw(st.sampled_from([Profile.VAN, Profile.BICYCLE]))
    graph = turn_graph(network, profile)
    streets = np.flatnonzero(graph.reached).tolist()
    spots = st.tuples(st.sampled_from(streets), st.sampled_from([0.0, 0.25, 0.5, 0.83, 1.0]))
    places = [snap_on(network, *data.draw(spots)) for _ in range(4)]
    cch, plain = (make_router(network, profile, engine) for engine in ENGINES)
    matrix, other = cch.matrix(places), plain.matrix(places)
    np.testing.assert_array_equal(matrix.seconds, other.seconds)
    np.testing.assert_array_equal(matrix.metres, other.metres)
    for i, start in enumerate(places):
        for j, end in enumerate(places):
            if i == j:
                continue
            found = plain_search(network, profile, graph.reached, start, end)
            asked = (int(matrix.seconds[i, j]), int(matrix.metres[i, j]))
            if found is None:
                assert asked == (UNREACHABLE, UNREACHABLE)
                assert cch.path(start, end) is plain.path(start, end) is None
                continue
            assert asked == ((found[0] + 5) // 10, found[1])
            for router in (cch, plain):
                path = router.path(start, end)
                assert (path.seconds, path.metres) == asked
                assert faults(network, profile, path) == []


def test_very_long_ways_fall_back_on_exact_sums(draw, edge_of, snap_on):
    """Where 32 bits do not hold deciseconds and metres, contraction hierarchies hand over to Dijkstra."""
    count = 60
    nodes = {ref: (3000 * ref, 0) for ref in range(1, count + 1)}
    ways = [
        (ref, [ref, ref + 1], {"highway": "track", "tracktype": "grade1", "motor_vehicle": "yes"})
        for ref in range(1, count)
    ]
    network = draw(nodes, ways).network
    cch, plain = (make_router(network, Profile.FOOT, engine) for engine in ENGINES)
    assert isinstance(cch, TurnRouter)
    places = [snap_on(network, edge_of(network, ref, ref + 1), 0.3) for ref in (1, 2, 30, count - 1)]
    matrix, exact = cch.matrix(places), plain.matrix(places)
    np.testing.assert_array_equal(matrix.seconds, exact.seconds)
    np.testing.assert_array_equal(matrix.metres, exact.metres)
    path = cch.path(places[0], places[-1])
    assert path.metres == matrix.metres[0, 3] == pytest.approx(3000 * (count - 2), rel=0.01)
