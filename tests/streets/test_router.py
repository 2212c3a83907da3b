from __future__ import annotations

import numpy as np
import pytest

from geo_service.base.errors import NotReady
from geo_service.streets.check import faults
from geo_service.streets.model import UNREACHABLE, Profile, Snap
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
