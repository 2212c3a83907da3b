"""Closures of a town drawn by hand: a block 1-2-3-4, a lane 2-7-8 behind it, and arms to 5 and 6."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geo_service.base.errors import InputError, NotReady
from geo_service.streets.check import faults
from geo_service.streets.closures import Closure, closed_sections, cut_off, network_on, router_on
from geo_service.streets.model import UNREACHABLE, Profile
from geo_service.streets.router import make_router

MONDAY = date(2026, 11, 23)
FRIDAY = date(2026, 11, 27)
SUNDAY = date(2026, 11, 29)
TOWN = {1: (0, 0), 2: (200, 0), 3: (200, 200), 4: (0, 200), 5: (-100, 0), 6: (300, 0), 7: (200, -100), 8: (100, -100)}
STREETS = [
    (10, [1, 2], {}),
    (11, [2, 3], {}),
    (12, [3, 4], {}),
    (13, [4, 1], {}),
    (14, [5, 1], {}),
    (15, [2, 6], {}),
    (16, [2, 7], {}),
    (17, [7, 8], {}),
]


def works(**place) -> Closure:
    return Closure("Kanalbau", MONDAY, FRIDAY, **place)


@pytest.fixture
def town(draw):
    return draw(TOWN, STREETS).network


@pytest.fixture
def spots(town, edge_of, snap_on):
    """Return places: west, east, middle of the street 10, at the end of the lane."""
    return [snap_on(town, edge_of(town, a, b), 0.5) for a, b in ((5, 1), (2, 6), (1, 2), (7, 8))]


@pytest.mark.parametrize("engine", ["cch", "dijkstra"])
@pytest.mark.parametrize(
    ("day", "metres"),
    [(MONDAY - timedelta(days=1), 300), (MONDAY, 700), (FRIDAY, 700), (FRIDAY + timedelta(days=1), 300)],
)
def test_the_way_round_is_found_from_the_first_day_to_the_last(town, spots, engine, day, metres):
    closures = [works(way=10)]
    path = router_on(town, Profile.VAN, day, closures, engine).path(*spots[:2])
    assert path is not None
    assert path.metres == metres
    assert faults(network_on(town, day, closures).network, Profile.VAN, path) == []
    assert (faults(town, Profile.VAN, path), path.metres) == ([], metres)


def test_the_checker_sees_who_drives_through(town, spots):
    path = make_router(town, Profile.VAN).path(*spots[:2])
    closed = network_on(town, MONDAY, [works(way=10)]).network
    assert any("way 10 may not be used" in fault for fault in faults(closed, Profile.VAN, path))


def test_a_plot_on_the_closed_street_is_cut_off_and_named(town, at):
    closures = [works(way=10), works(way=12)]
    router = router_on(town, Profile.VAN, MONDAY, closures)
    lonlat = np.array([at(-50, 5), at(100, 5), at(250, 5), at(120, -95)])
    places = router.snap(lonlat)
    assert [place.distance_m for place in places] == pytest.approx([5] * 4, abs=0.1)  # not from the next open street
    matrix = router.matrix(places)
    assert matrix.seconds[0].tolist()[1] == matrix.metres[1, 0] == UNREACHABLE
    assert router.path(places[0], places[1]) is None
    (lost,) = cut_off(town, Profile.VAN, MONDAY, closures[:1], places)
    assert (lost.place, lost.closures) == (1, (closures[0],))


def test_what_lies_behind_the_closure_is_cut_off(town, spots):
    closures = [works(way=16), works(way=11)]
    assert [(one.place, one.closures) for one in cut_off(town, Profile.VAN, MONDAY, closures, spots)] == [
        (3, (closures[0],))
    ]
    matrix = router_on(town, Profile.VAN, MONDAY, closures).matrix(spots)
    reached = matrix.seconds < UNREACHABLE
    assert reached[:3, :3].all()
    assert not reached[3, :3].any()
    assert not reached[:3, 3].any()


def test_where_only_several_closures_together_cut_off_each_is_named(town, edge_of, snap_on):
    closures = [works(way=10), works(way=13)]  # the western arm hangs on 10 and 13
    place = snap_on(town, edge_of(town, 5, 1), 0.5)
    (lost,) = cut_off(town, Profile.VAN, MONDAY, closures, [place])
    assert lost.closures == tuple(closures)
    both = [works(way=14), Closure("Baum", MONDAY, SUNDAY, way=14)]
    (lost,) = cut_off(town, Profile.VAN, MONDAY, both, [place])
    assert lost.closures == tuple(both)
    assert cut_off(town, Profile.VAN, SUNDAY, closures, [place]) == ()


def test_nothing_in_force_nothing_cut_off(town, spots):
    assert cut_off(town, Profile.VAN, SUNDAY, [works(way=16)], spots) == ()
    assert cut_off(town, Profile.VAN, MONDAY, [], spots) == ()
    assert network_on(town, SUNDAY, [works(way=16)]).network is town


def test_people_walk_through_unless_the_closure_says_otherwise(town, spots):
    for closure, metres in ((works(way=10), 300), (works(way=10, profiles=tuple(Profile)), 700)):
        path = router_on(town, Profile.FOOT, MONDAY, [closure]).path(*spots[:2])
        assert path.metres == metres


@pytest.mark.parametrize(
    ("line", "ways"),
    [
        ([(20, 3), (180, -3)], {10}),
        ([(95, 2), (105, 2)], {10}),
        ([(-90, 0), (0, 0), (190, 0)], {14, 10}),
        ([(0, 50), (0, 250)], {13}),
        ([(0, 500), (200, 500)], set()),
    ],
)
def test_a_line_closes_the_streets_it_runs_along(town, at, line, ways):
    closed = closed_sections(town, works(geometry=shapely.LineString([at(*place) for place in line])))
    assert set(town.section_way[closed].tolist()) == ways


@pytest.mark.parametrize(
    ("box", "ways"), [((90, -20, 110, 20), {10}), ((150, -20, 250, 20), {10, 11, 15, 16}), ((50, 50, 90, 90), set())]
)
def test_a_polygon_closes_what_it_touches(town, at, box, ways):
    west, south, east, north = box
    geometry = shapely.box(*at(west, south), *at(east, north))
    closed = closed_sections(town, works(geometry=geometry))
    assert set(town.section_way[closed].tolist()) == ways
    found = network_on(town, MONDAY, [works(geometry=geometry)])
    assert (len(found.in_force), len(found.nowhere)) == ((1, 0) if ways else (0, 1))


@pytest.mark.parametrize(
    "place",
    [
        {},
        {"way": 10, "edges": (0,)},
        {"geometry": shapely.Point(12, 51)},
        {"geometry": shapely.LineString()},
        {"geometry": shapely.Polygon([(12, 51), (13, 52), (13, 51), (12, 52)])},
        {"geometry": shapely.LineString([(313384, 5688683), (313484, 5688683)])},
    ],
)
def test_closures_without_a_clear_place_are_refused(place):
    with pytest.raises(InputError) as caught:
        works(**place)
    assert caught.value.remedy


def test_closures_that_make_no_sense_are_refused(town):
    with pytest.raises(InputError, match="before it begins"):
        Closure("", FRIDAY, MONDAY, way=1)
    with pytest.raises(InputError, match="edge 999"):
        network_on(town, MONDAY, [works(edges=(999,))])


def test_when_all_is_closed_there_is_no_router(town):
    closures = [works(way=way) for way, _, _ in STREETS]
    with pytest.raises(NotReady):
        router_on(town, Profile.VAN, MONDAY, closures)


def test_who_lives_behind_a_destination_only_street_is_still_reached(draw, edge_of, snap_on):
    """The lane's other end is for destinations only: while 16 is closed, it is the way in and out."""
    network = draw(TOWN, [*STREETS, (18, [8, 1], {"vehicle": "destination"})]).network
    places = [snap_on(network, edge_of(network, a, b), 0.5) for a, b in ((5, 1), (7, 8), (2, 6))]
    closures = [works(way=16)]
    router, closed = router_on(network, Profile.VAN, MONDAY, closures), network_on(network, MONDAY, closures).network
    for start, end in ((0, 1), (1, 2)):
        path = router.path(places[start], places[end])
        assert path is not None
        assert faults(closed, Profile.VAN, path) == []
    assert cut_off(network, Profile.VAN, MONDAY, closures, places) == ()


@settings(max_examples=40, deadline=None)
@given(st.sets(st.sampled_from(range(16)), max_size=4), st.sampled_from([Profile.VAN, Profile.BICYCLE]))
def test_what_is_lost_is_named_and_all_else_is_reached_by_open_streets(town_once, edges, profile):
    network, places = town_once
    closures = [works(edges=(edge,)) for edge in edges]
    closed = network_on(network, MONDAY, closures).network
    router = router_on(network, profile, MONDAY, closures, "dijkstra")
    matrix = router.matrix(places)
    lost = {one.place for one in cut_off(network, profile, MONDAY, closures, places)}
    for i in range(len(places)):
        others = [j for j in range(len(places)) if j != i]
        if i in lost:
            assert (matrix.seconds[i, others] == UNREACHABLE).all()
        else:
            assert all((matrix.seconds[i, j] == UNREACHABLE) == (j in lost) for j in others)
            path = router.path(places[0], places[i])
            assert path is None if 0 in lost else faults(closed, profile, path) == []


@pytest.fixture(scope="module")
def town_once(draw, snap_on):
    network = draw(TOWN, STREETS).network
    places = [snap_on(network, 2 * section, 0.4) for section in range(network.sections)]
    return network, places
