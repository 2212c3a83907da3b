from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo_service.base.errors import InputError
from geo_service.streets.instructions import FORK_DEG, Manoeuvre, instructions
from geo_service.streets.model import Profile
from geo_service.streets.osm import read_osm
from geo_service.streets.router import make_router
from geo_service.streets.street_words import into_street, say, say_length
from geo_service.streets.turns import turn_degrees

START, END = (-200, 0), (200, 0)
CROSSING = {1: (0, 0), 2: (-300, 0), 3: (300, 0), 4: (0, 300), 5: (0, -300), 6: (250, 260), 7: (300, 100)}
LINDENAUER, MARKT = {"name": "Lindenauer Straße"}, {"name": "Lindenauer Markt"}


@pytest.fixture
def tell(draw, edge_of, snap_on):
    """Return a function that draws streets and tells the way between the middles of two streets, as short words."""

    def told(nodes, ways, start, end, *, profile=Profile.VAN, goal=None):
        network = draw(nodes, ways).network
        router = make_router(network, profile)
        places = [snap_on(network, edge_of(network, *ends), 0.5) for ends in (start, end)]
        path = router.path(*places)
        assert path is not None
        found = instructions(network, profile, path, *places, goal_lonlat=goal)
        assert sum(one.length_m for one in found) == pytest.approx(path.metres, abs=1 + 0.5 * len(path.edges))
        return found

    return told


def short(found) -> list[tuple[str, str]]:
    return [(str(one.manoeuvre), one.street) for one in found[1:-1]]


def test_a_turn_is_told_with_its_street_and_the_way_to_the_next(tell, at):
    ways = [(10, [2, 1], LINDENAUER), (11, [1, 3], LINDENAUER), (12, [1, 4], MARKT), (13, [1, 5], {})]
    found = tell(CROSSING, ways, (2, 1), (1, 4), goal=at(-10, 150))
    assert [say(one) for one in found] == [
        "Losfahren Richtung Osten: Lindenauer Straße",
        "Links abbiegen auf den Lindenauer Markt",
        "Ziel links",
    ]
    assert [say(one, "en") for one in found] == [
        "Head east on Lindenauer Straße",
        "Turn left onto Lindenauer Markt",
        "Destination on the left",
    ]
    assert [say_length(one.length_m) for one in found[:-1]] == ["150 m", "150 m"]
    assert (found[1].lon, found[1].lat) == pytest.approx(at(0, 0))
    assert found[1].edge == 1
    assert tell(CROSSING, ways, (2, 1), (1, 4), goal=at(10, 150))[-1].side == "right"
    assert tell(CROSSING, ways, (2, 1), (1, 4), goal=at(0.5, 150))[-1].side == ""
    assert tell(CROSSING, ways, (2, 1), (1, 4))[-1].side == ""


@pytest.mark.parametrize(
    ("angle", "manoeuvre"),
    [
        (0, None),
        (20, None),
        (-20, None),
        (50, Manoeuvre.SLIGHT_LEFT),
        (-50, Manoeuvre.SLIGHT_RIGHT),
        (90, Manoeuvre.LEFT),
        (-90, Manoeuvre.RIGHT),
        (150, Manoeuvre.SHARP_LEFT),
        (-150, Manoeuvre.SHARP_RIGHT),
    ],
)
def test_angles(tell, angle, manoeuvre):
    nodes = {1: (0, 0), 2: (-300, 0), 3: (300 * np.cos(np.radians(angle)), 300 * np.sin(np.radians(angle)))}
    nodes[4] = (0, -300) if angle >= 0 else (0, 300)
    found = tell(nodes, [(10, [2, 1], {}), (11, [1, 3], {}), (12, [1, 4], {})], (2, 1), (1, 3))
    assert short(found) == ([(str(manoeuvre), "")] if manoeuvre else [])


def test_bends_and_crossings_passed_straight_are_no_manoeuvre(tell):
    bend = {1: (0, 0), 2: (-300, 0), 3: (0, 300)}
    assert short(tell(bend, [(10, [2, 1], MARKT), (11, [1, 3], MARKT)], (2, 1), (1, 3))) == []
    ways = [(10, [2, 1], MARKT), (11, [1, 3], MARKT), (12, [1, 4], LINDENAUER), (13, [1, 5], {})]
    assert short(tell(CROSSING, ways, (2, 1), (1, 3))) == []


def test_a_new_name_is_told_and_a_lost_one_is_not(tell):
    nodes = {1: (0, 0), 2: (-300, 0), 3: (0, 300), 4: (0, 600), 5: (0, 900)}
    ways = [(10, [2, 1], MARKT), (11, [1, 3], LINDENAUER), (12, [3, 4], {}), (13, [4, 5], LINDENAUER)]
    assert short(tell(nodes, ways, (2, 1), (4, 5))) == [("continue", "Lindenauer Straße")]


def test_at_a_fork_one_keeps_to_a_side(tell):
    nodes = {1: (0, 0), 2: (-300, 0), 3: (300, 60), 4: (300, -60)}
    ways = [(10, [2, 1], LINDENAUER), (11, [1, 3], MARKT), (12, [1, 4], {"name": "Ringweg"})]
    assert short(tell(nodes, ways, (2, 1), (1, 3))) == [("slight_left", "Lindenauer Markt")]
    assert short(tell(nodes, ways, (2, 1), (1, 4))) == [("slight_right", "Ringweg")]
    same = [(ref, ends, LINDENAUER if ref == 11 else tags) for ref, ends, tags in ways]
    assert short(tell(nodes, same, (2, 1), (1, 3))) == []


def test_a_side_street_closed_to_the_vehicle_makes_no_crossing(tell):
    ways = [(10, [2, 1], MARKT), (12, [1, 4], MARKT), (13, [1, 5], {"highway": "footway"})]
    assert short(tell(CROSSING, ways, (2, 1), (1, 4))) == []
    assert short(tell(CROSSING, ways, (2, 1), (1, 4), profile=Profile.FOOT)) == [("left", "Lindenauer Markt")]


def test_a_turn_is_told_where_signs_leave_no_choice(tell):
    nodes = {1: (0, 0), 2: (-300, 0), 3: (300, 0), 4: (0, 300)}
    ways = [(10, [2, 1], {"oneway": "yes"}), (11, [1, 3], {}), (12, [1, 4], {}), (13, [4, 2], {})]
    assert short(tell(nodes, ways, (3, 1), (1, 4))) == [("right", "")]


def test_one_turns_round_at_a_dead_end(draw, edge_of, snap_on):
    only = (7, 20, 1, 40, {"restriction": "only_straight_on"})
    nodes = {1: (0, 0), 2: (0, -100), 3: (100, 0), 4: (0, 100), 5: (-100, 0)}
    ways = [(20, [2, 1], {}), (30, [1, 3], {}), (40, [1, 4], {}), (50, [5, 1], {})]
    network = draw(nodes, ways, [only]).network
    places = [snap_on(network, edge_of(network, 2, 1), 0.5), snap_on(network, edge_of(network, 1, 3), 0.5)]
    path = make_router(network, Profile.VAN).path(*places)
    found = instructions(network, Profile.VAN, path, *places)
    assert [say(one) for one in found[1:-1]] == ["Wenden", "Links abbiegen"]


RING = {1: (0, -20), 2: (20, 0), 3: (0, 20), 4: (-20, 0), 5: (0, -200), 6: (200, 0), 7: (0, 200), 8: (-200, 0)}
ARMS = [
    (10, [1, 2, 3, 4, 1], {"junction": "roundabout"}),
    (11, [5, 1], {"name": "Südstraße"}),
    (12, [2, 6], {"name": "Ostweg"}),
    (13, [3, 7], {"name": "Am Nordufer"}),
    (14, [4, 8], {"name": "Westplatz"}),
]


@pytest.mark.parametrize(
    ("end", "words"),
    [
        ((2, 6), "Am Kreisverkehr die erste Ausfahrt nehmen in den Ostweg"),
        ((3, 7), "Am Kreisverkehr die zweite Ausfahrt nehmen in „Am Nordufer“"),
        ((4, 8), "Am Kreisverkehr die dritte Ausfahrt nehmen auf den Westplatz"),
    ],
)
def test_the_exits_of_a_roundabout_are_counted(tell, end, words):
    found = tell(RING, ARMS, (5, 1), end)
    assert [say(one) for one in found[1:-1]] == [words]
    assert found[1].length_m > 90  # to the goal, the roundabout included


def test_exits_that_are_closed_are_not_counted(tell):
    closed = [(ref, ends, tags | ({"oneway": "-1"} if ref == 12 else {})) for ref, ends, tags in ARMS]
    (_, one, _) = tell(RING, closed, (5, 1), (3, 7))
    assert (one.manoeuvre, one.exit_number) == (Manoeuvre.ROUNDABOUT, 1)


def test_paths_that_begin_or_end_in_a_roundabout(tell):
    (_, one, _) = tell(RING, ARMS, (1, 2), (3, 7))
    assert (one.manoeuvre, one.exit_number, one.street) == (Manoeuvre.ROUNDABOUT, 2, "Am Nordufer")
    (_, one, _) = tell(RING, ARMS, (5, 1), (2, 3))
    assert (one.exit_number, say(one), say(one, "en")) == (0, "In den Kreisverkehr einfahren", "Enter the roundabout")


def test_a_path_without_edges_cannot_be_told(draw, edge_of, snap_on):
    network = draw(CROSSING, [(10, [2, 1], {}), (11, [1, 3], {})]).network
    places = [snap_on(network, edge_of(network, 2, 1), 0.5), snap_on(network, edge_of(network, 1, 3), 0.5)]
    path = make_router(network, Profile.VAN).path(*places)
    with pytest.raises(InputError) as caught:
        instructions(network, Profile.VAN, replace(path, edges=()), *places)
    assert caught.value.remedy


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("Karl-Heine-Straße", "in die Karl-Heine-Straße"),
        ("Dieskaustr.", "in die Dieskaustr."),
        ("Karl-Liebknecht-Allee", "in die Karl-Liebknecht-Allee"),
        ("Alte Gasse", "in die Alte Gasse"),
        ("Philippus-Brücke", "auf die Philippus-Brücke"),
        ("Kanalweg", "in den Kanalweg"),
        ("Hoher Weg", "in den Hohen Weg"),
        ("Großer Ring", "auf den Großen Ring"),
        ("Leutzscher Ring", "auf den Leutzscher Ring"),
        ("Platz der Republik", "auf den Platz der Republik"),
        ("Elsterufer", "in das Elsterufer"),
        ("An der Lehde", "in „An der Lehde“"),
        ("Zur Alten Bäckerei", "in „Zur Alten Bäckerei“"),
        ("Jahnallee", "in die Jahnallee"),
        ("Broadway", "in „Broadway“"),
        ("B 186", "auf die B 186"),
        ("A9", "auf die A9"),
    ],
)
def test_german_street_names_in_a_sentence(name, words):
    assert into_street(name) == words


@given(st.floats(0, 1e6))
def test_lengths_for_people_are_close(metres):
    german, english = say_length(metres), say_length(metres, "en")
    assert german.replace(",", ".") == english
    number, unit = english.split()
    said = float(number) * (1000 if unit == "km" else 1)
    assert abs(said - metres) <= max(10.0, 0.1 * metres)


@given(st.text(max_size=20))
def test_any_name_makes_a_sentence(name):
    words = name.split()
    assert words[-1] in into_street(name) if words else into_street(name) == ""


@pytest.mark.parametrize("profile", [Profile.VAN, Profile.FOOT, Profile.CARGO_BIKE])
def test_every_instruction_has_a_manoeuvre_and_every_turn_an_instruction(sample, profile):
    network = read_osm(sample / "streets.osm").network
    router = make_router(network, profile)
    west, south, east, north = network.bounds()
    lonlat = np.random.default_rng(3).uniform((west, south), (east, north), size=(60, 2))
    places = [snap for snap in router.snap(lonlat) if snap is not None]
    usable = network.usable(profile)
    ends = np.bincount(network.section_nodes[usable.reshape(-1, 2).any(axis=1)].reshape(-1))
    told_at_all = 0
    for start, end in pairwise(places):
        path = router.path(start, end)
        found = instructions(network, profile, path, start, end)
        assert [found[0].manoeuvre, found[-1].manoeuvre] == [Manoeuvre.DEPART, Manoeuvre.ARRIVE]
        assert sum(one.length_m for one in found) == pytest.approx(path.metres, abs=1 + 0.5 * len(path.edges))
        assert all(one.length_m >= 0 for one in found)
        told = {one.edge: one for one in found[1:-1]}
        assert len(told) == len(found) - 2
        told_at_all += len(told)
        for place in range(1, len(path.edges)):
            before, after = path.edges[place - 1], path.edges[place]
            back = after == before ^ 1
            node = network.head[before]
            (change,) = turn_degrees(network, np.array([before]), np.array([after]))
            named_anew = network.edge_name(after) != network.edge_name(before)
            crossing = ends[node] > 2
            if place in told:
                assert back or crossing or named_anew or told[place].street != network.edge_name(before)
            round_about = network.section_roundabout[[before >> 1, after >> 1]].any()
            if back or (crossing and abs(change) >= FORK_DEG and not round_about):
                assert place in told, f"{profile}: a turn of {change:.0f} degrees at {network.node_id[node]}"
            if place in told and not back and not round_about and abs(change) >= FORK_DEG and crossing:
                assert ("left" in told[place].manoeuvre) == (change > 0)
    assert told_at_all > 50
