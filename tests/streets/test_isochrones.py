from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geo_service.base.crs import LEIPZIG_EPSG, WGS84_EPSG
from geo_service.base.errors import InputError
from geo_service.streets.graph import turn_graph
from geo_service.streets.isochrones import isochrone, isochrones, seconds_on_foot
from geo_service.streets.model import UNREACHABLE, Profile, Snap
from geo_service.streets.osm import read_osm
from geo_service.streets.router import make_router

NODES = {1: (0, 0), 2: (400, 0), 3: (0, 400), 4: (-400, 0), 5: (0, -400)}
STAR = [(10, [1, 2], {}), (11, [1, 3], {}), (12, [4, 1], {}), (13, [5, 1], {"oneway": "yes"})]


@pytest.fixture
def star(draw):
    return draw(NODES, STAR).network


def test_300_m_on_foot_go_300_m_in_each_direction(star, edge_of, snap_on):
    start = snap_on(star, edge_of(star, 1, 2), 0.0)
    found = isochrone(turn_graph(star, Profile.FOOT), start, seconds_on_foot(300))
    covered = {
        int(star.node_id[star.head[e]]): (round(a, 2), round(b, 2))
        for e, a, b in zip(found.edge, found.from_share, found.to_share, strict=True)
        if star.node_id[star.tail[e]] == 1 and b > a
    }
    assert covered == dict.fromkeys((2, 3, 4, 5), (0.0, 0.75))
    assert found.length_m() == pytest.approx(4 * 300, rel=0.01)
    area = found.area(LEIPZIG_EPSG, beside_m=10.0)
    assert area.geom_type == "MultiPolygon"
    assert area.area == pytest.approx(4 * 300 * 20, rel=0.05)
    east, north = found.lines().bounds[2:]
    assert (east, north) == pytest.approx((node_lon(300), node_lat(300)), abs=1e-5)


def node_lon(metres: float) -> float:
    return 12.33 + metres * 0.01 / 697.5


def node_lat(metres: float) -> float:
    return 51.32 + metres * 0.01 / 1112.6


def test_one_ways_hold_and_turns_take_time(star, edge_of, snap_on):
    start = snap_on(star, edge_of(star, 4, 1), 0.5)
    found = isochrone(turn_graph(star, Profile.VAN), start, 60)
    reached = {
        tuple(star.node_id[[star.tail[e], star.head[e]]].tolist()): b
        for e, b in zip(found.edge, found.to_share, strict=True)
    }
    assert (1, 5) not in reached
    assert (5, 1) not in reached
    assert reached[1, 2] > reached[1, 3] > 0  # straight on is quicker than left


def test_nothing_but_the_place_itself_in_no_time(star, edge_of, snap_on):
    start = snap_on(star, edge_of(star, 1, 2), 0.5)
    found = isochrone(turn_graph(star, Profile.VAN), start, 0)
    assert found.length_m() == 0.0
    assert found.covers(start)
    assert found.area(LEIPZIG_EPSG, beside_m=10.0).area == pytest.approx(314, rel=0.05)


def test_a_place_the_vehicle_does_not_reach_reaches_nothing(draw, edge_of, snap_on):
    network = draw(NODES, [*STAR, (14, [2, 3], {"highway": "footway"})]).network
    start = snap_on(network, edge_of(network, 2, 3), 0.5)
    found = isochrone(turn_graph(network, Profile.VAN), start, 600)
    assert (len(found.edge), found.length_m(), found.covers(start)) == (0, 0.0, False)
    assert found.area(LEIPZIG_EPSG).is_empty
    assert found.lines().is_empty


def test_small_holes_belong_to_the_area_and_large_ones_do_not(draw, edge_of, snap_on):
    nodes = {1: (0, 0), 2: (200, 0), 3: (200, 200), 4: (0, 200)}
    network = draw(nodes, [(10, [1, 2], {}), (11, [2, 3], {}), (12, [3, 4], {}), (13, [4, 1], {})]).network
    found = isochrone(turn_graph(network, Profile.FOOT), snap_on(network, edge_of(network, 1, 2), 0.5), 3600)
    (with_hole,) = shapely.get_parts(found.area(LEIPZIG_EPSG, beside_m=20.0))
    (filled,) = shapely.get_parts(found.area(LEIPZIG_EPSG, beside_m=20.0, hole_m2=30_000.0))
    assert (len(with_hole.interiors), len(filled.interiors)) == (1, 0)
    assert filled.area - with_hole.area == pytest.approx(160 * 160, rel=0.01)


def test_what_makes_no_sense_is_refused(star, edge_of, snap_on):
    graph, start = turn_graph(star, Profile.VAN), snap_on(star, edge_of(star, 1, 2), 0.5)
    with pytest.raises(InputError, match="negative"):
        isochrone(graph, start, -1)
    with pytest.raises(InputError) as caught:
        isochrone(graph, start, 60).area(LEIPZIG_EPSG, beside_m=0.0)
    assert caught.value.remedy


@pytest.fixture(scope="module")
def towns(sample):
    """Return the sample's network with graph, router and places on it, by profile."""
    network = read_osm(sample / "streets.osm").network
    west, south, east, north = network.bounds()
    lonlat = np.random.default_rng(5).uniform((west, south), (east, north), size=(150, 2))
    found = {}
    for profile in (Profile.VAN, Profile.FOOT, Profile.CARGO_BIKE):
        router = make_router(network, profile)
        places = [snap for snap in router.snap(lonlat) if snap is not None]
        found[profile] = turn_graph(network, profile), places, router.matrix(places)
    return found


@settings(max_examples=30, deadline=None)
@given(st.sampled_from([Profile.VAN, Profile.FOOT, Profile.CARGO_BIKE]), st.integers(0, 100), st.data())
def test_what_is_covered_is_what_the_matrix_says(towns, profile, number, data):
    graph, places, matrix = towns[profile]
    seconds = matrix.seconds[number]
    limit = data.draw(st.sampled_from([0, 60, 300, int(np.median(seconds[seconds < UNREACHABLE])), int(seconds.max())]))
    found = isochrone(graph, places[number], limit)
    for place, taken in zip(places, seconds.tolist(), strict=True):
        if found.covers(place):
            assert taken <= limit
        else:
            assert taken >= limit
    assert ((found.from_share >= 0) & (found.from_share <= found.to_share) & (found.to_share <= 1)).all()


@settings(max_examples=15, deadline=None)
@given(
    st.sampled_from([Profile.VAN, Profile.FOOT]),
    st.integers(0, 100),
    st.lists(st.integers(0, 900), min_size=2, max_size=3),
)
def test_more_time_never_reaches_less(towns, profile, number, limits):
    graph, places, _ = towns[profile]
    limits = sorted(limits)
    found = isochrones(graph, places[number], tuple(limits))
    for less, more in pairwise(found):
        assert less.length_m() <= more.length_m() + 0.01
        assert all(more.covers(place) for place in places if less.covers(place))
        small, large = less.area(LEIPZIG_EPSG), more.area(LEIPZIG_EPSG)
        assert small.is_valid
        assert shapely.difference(small, large).area < 1.0
        assert shapely.buffer(small, 0.01).covers(less.lines(LEIPZIG_EPSG))


def test_degrees_and_metres_are_the_same_shape(towns):
    graph, places, _ = towns[Profile.FOOT]
    found = isochrone(graph, places[0], 600)
    degrees = found.area(WGS84_EPSG)
    assert degrees.is_valid
    west, south, east, north = degrees.bounds
    assert 12 < west < east < 13
    assert 51 < south < north < 52
    assert degrees.contains(shapely.Point(places[0].lon, places[0].lat))
    assert isinstance(places[0], Snap)
