"""The checker finds each kind of fault; every test here spoils a good path in one way."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from geo_service.streets.check import faults
from geo_service.streets.model import Path, PathLeg, Profile, Snap, Vehicle
from geo_service.streets.network import StreetNetwork
from geo_service.streets.router import make_router


def walk(network: StreetNetwork, edges: list[int], profile: Profile = Profile.VAN) -> Path:
    """Return the path along whole edges, whatever is forbidden on it."""
    line = np.concatenate([network.edge_lonlat(edges[0])[:1], *(network.edge_lonlat(edge)[1:] for edge in edges)])
    length = float(network.length_m[edges].sum())
    seconds = network.edge_seconds[list(Profile).index(profile), edges]
    taken = round(float(seconds[np.isfinite(seconds)].sum())) + 2 * len(edges)
    return Path(taken, round(length), line, (PathLeg("", length),), tuple(edges))


@pytest.fixture
def town(cross, edge_of):
    """Return a crossing with a forbidden left turn, a one-way street, a barrier and a destination-only lane."""
    nodes = {6: (200, 0), 7: (100, 100), 8: (0, 200), 9: (300, 0), 10: (0, 300)}
    more = [
        (60, [3, 6], {"oneway": "yes"}),
        (61, [6, 4], {}),
        (62, [3, 7], {}),
        (63, [7, 4], {}),
        (64, [4, 8], {"vehicle": "destination"}),
        (65, [8, 6], {}),
        (66, [6, 9], {"oneway": "yes"}),
        (67, [8, 10], {}),
    ]
    barriers = {7: {"barrier": "bollard"}}
    network = cross([(7, 20, 1, 50, {"restriction": "no_left_turn"})], barriers, more, nodes).network

    def along(*nodes: int) -> Path:
        return walk(network, [edge_of(network, a, b) for a, b in pairwise(nodes)])

    return network, along


def test_a_good_path_has_no_fault(town):
    network, along = town
    assert faults(network, Profile.VAN, along(2, 1, 3, 6, 4, 1, 5)) == []
    assert faults(network, Profile.VAN, along(1, 2, 1, 4)) == []  # round at the dead end 2


@pytest.mark.parametrize(
    ("nodes", "fault"),
    [
        ((2, 1, 5), "breaks turn restriction 7"),
        ((6, 3, 1), "way 60 may not be used by van in this direction"),
        ((3, 1, 3), "it turns round at node 1, which is no dead end"),
        ((3, 7, 4), "it passes the barrier at node 7"),
        ((1, 4, 8, 6), "it leads through way 64, which is for destinations only"),
    ],
)
def test_what_is_forbidden_is_found(town, nodes, fault):
    network, along = town
    (found,) = faults(network, Profile.VAN, along(*nodes))
    assert fault in found


def test_what_binds_the_van_need_not_bind_others(town):
    network, along = town
    for nodes in ((2, 1, 5), (6, 3, 1), (3, 7, 4), (1, 4, 8, 6)):
        path = along(*nodes)
        taken = float(network.edge_seconds[2, list(path.edges)].sum())
        assert faults(network, Profile.FOOT, replace(path, seconds=round(taken))) == []


def test_a_path_may_begin_and_end_in_a_lane(town):
    network, along = town
    assert faults(network, Profile.VAN, along(8, 4, 1)) == []
    assert faults(network, Profile.VAN, along(1, 4, 8)) == []


def test_turning_round_before_a_trap_is_no_fault(town):
    network, along = town
    assert not any("turns round" in fault for fault in faults(network, Profile.VAN, along(3, 7, 3)))


def test_only_the_ordered_turn_is_free_of_fault(cross, edge_of):
    network = cross([(7, 20, 1, 40, {"restriction": "only_straight_on"})]).network
    ahead, right = ([edge_of(network, 2, 1), edge_of(network, 1, end)] for end in (4, 3))
    assert faults(network, Profile.VAN, walk(network, ahead)) == []
    (found,) = faults(network, Profile.VAN, walk(network, right))
    assert "breaks turn restriction 7" in found


@pytest.fixture
def row(draw, edge_of):
    """Return a street 1-2-3-4 with side streets at 2 and 3, and what is driven along nodes of it."""
    nodes = {1: (0, 0), 2: (100, 0), 3: (200, 0), 4: (300, 0), 5: (100, 100), 6: (200, 100), 7: (300, 100)}
    ways = [(10, [1, 2], {}), (20, [2, 3], {}), (30, [3, 4], {}), (40, [2, 5], {}), (50, [3, 6], {}), (60, [4, 7], {})]

    def drawn(value: str, *vias: int, end: int, tags=None):
        given = [(ref, ends, (tags or {}).get(ref, {})) for ref, ends, _ in ways]
        network = draw(nodes, given, [(7, 10, ("way", *vias), end, {"restriction": value})]).network
        return network, lambda *along: walk(network, [edge_of(network, a, b) for a, b in pairwise(along)])

    return drawn


def test_a_forbidden_way_is_found_only_as_a_whole(row):
    network, along = row("no_left_turn", 20, end=50)
    (found,) = faults(network, Profile.VAN, along(1, 2, 3, 6))
    assert found == "the way over 10, 20, 50 breaks turn restriction 7"
    for nodes in ((5, 2, 3, 6), (1, 2, 3, 4), (2, 3, 6), (1, 2, 3)):
        assert faults(network, Profile.VAN, along(*nodes)) == []
    assert faults(network, Profile.FOOT, replace(along(1, 2, 3, 6), seconds=216)) == []


@pytest.mark.parametrize(
    ("nodes", "fault"),
    [
        ((1, 2, 3, 4, 7), ""),
        ((1, 2, 3), ""),
        ((5, 2, 3, 6), ""),
        ((2, 3, 6), ""),
        ((1, 2, 5), "the turn from way 10 to way 40 at node 2 breaks turn restriction 7"),
        ((1, 2, 3, 6), "it leaves the ordered way over 10, 20, 30, 60 of turn restriction 7"),
    ],
)
def test_an_ordered_way_may_not_be_left(row, nodes, fault):
    network, along = row("only_straight_on", 20, 30, end=60)
    assert faults(network, Profile.VAN, along(*nodes)) == ([fault] if fault else [])


def test_what_is_too_big_is_found(row):
    network, along = row(
        "no_left_turn", 20, end=50, tags={20: {"maxheight": "2"}, 30: {"maxweight": "3", "maxwidth": "2"}}
    )
    assert faults(network, Profile.VAN, along(5, 2, 3, 6))[0].endswith(
        "of way 20 allows a height of 2 m, the vehicle has 2.6 m"
    )
    assert faults(network, Vehicle(Profile.VAN, height_m=1.9), along(5, 2, 3, 6)) == []
    heavy, wide = Vehicle(Profile.VAN, weight_t=3.5), Vehicle(Profile.VAN, width_m=2.3)
    assert faults(network, heavy, along(3, 4))[0].endswith("allows 3 t, the vehicle has 3.5 t")
    assert faults(network, wide, along(3, 4))[0].endswith("allows a width of 2 m, the vehicle has 2.3 m")


def test_a_gap_that_is_too_narrow_is_found(draw, edge_of):
    nodes, barrier = {1: (0, 0), 2: (100, 0), 3: (200, 0)}, {2: {"barrier": "cycle_barrier", "maxwidth": "1"}}
    network = draw(nodes, [(10, [1, 2, 3], {})], (), barrier).network
    path = walk(network, [edge_of(network, 1, 2), edge_of(network, 2, 3)], Profile.CARGO_BIKE)
    assert faults(network, Profile.CARGO_BIKE, path) == []
    (found,) = faults(network, Vehicle(Profile.CARGO_BIKE, width_m=1.2), path)
    assert found == "the barrier at node 2 allows a width of 1 m, the vehicle has 1.2 m"


def test_a_gap_is_found(town, edge_of):
    network, _ = town
    path = walk(network, [edge_of(network, 2, 1), edge_of(network, 4, 1)])
    assert any("does not begin where" in fault for fault in faults(network, Profile.VAN, path))


def test_edges_outside_the_network_are_found(town):
    network, along = town
    path = along(2, 1, 3)
    for edges, fault in (((), "no edges"), ((-1, 0), "edge -1"), ((network.edges,), "is not in the network")):
        assert fault in faults(network, Profile.VAN, replace(path, edges=edges))[0]


@pytest.mark.parametrize(
    ("spoil", "fault"),
    [
        (lambda path: {"metres": path.metres + 20}, "its line is"),
        (lambda path: {"legs": ()}, "its legs are 0 m long"),
        (lambda path: {"seconds": 5}, "it takes 5 s, but"),
        (lambda path: {"seconds": 5000}, "more than its edges and turns can take"),
        (lambda path: {"lonlat": path.lonlat[:1]}, "not a list of at least two places"),
        (lambda path: {"lonlat": path.lonlat * np.nan}, "not a list of at least two places"),
        (lambda path: {"lonlat": path.lonlat[::-1]}, "does not begin on its first edge"),
        (lambda path: {"lonlat": path.lonlat[:-2]}, "does not end on its last edge"),
        (lambda path: {"lonlat": np.delete(path.lonlat, 2, axis=0)}, "leaves out a part of an edge"),
        (lambda path: {"lonlat": np.insert(path.lonlat, 2, path.lonlat[0] + 0.01, axis=0)}, "leaves the streets"),
    ],
)
def test_wrong_measures_are_found(town, spoil, fault):
    network, along = town
    path = along(2, 1, 3, 6, 4)
    assert faults(network, Profile.VAN, path) == []
    assert any(fault in found for found in faults(network, Profile.VAN, replace(path, **spoil(path))))


def test_the_router_goes_round_what_the_checker_refuses(town, edge_of, snap_on):
    network, along = town
    router = make_router(network, Profile.VAN)
    start: Snap = snap_on(network, edge_of(network, 2, 1), 0.0)
    end: Snap = snap_on(network, edge_of(network, 1, 5), 1.0)
    path = router.path(start, end)
    assert path is not None
    assert faults(network, Profile.VAN, path) == []
    assert path.metres > along(2, 1, 5).metres
