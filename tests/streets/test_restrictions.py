from __future__ import annotations

import pytest

from geo_service.streets.check import faults
from geo_service.streets.model import Profile
from geo_service.streets.osm import read_osm
from geo_service.streets.router import make_router

NO_LEFT = {"restriction": "no_left_turn"}


def rules(network) -> set[tuple[int, int, bool, str]]:
    """Return from way, to way, only and the first letters of those it binds."""
    return {
        (
            int(network.section_way[network.turn_from[i] >> 1]),
            int(network.section_way[network.turn_to[i] >> 1]),
            bool(network.turn_only[i]),
            "".join(str(who)[0] for who, bound in zip(Profile, network.turn_profiles[:, i], strict=True) if bound),
        )
        for i in range(len(network.turn_from))
    }


@pytest.mark.parametrize(
    ("tags", "expected"),
    [
        (NO_LEFT, {(20, 50, False, "vbtc")}),
        ({"restriction": "only_left_turn"}, {(20, 50, True, "vbtc")}),
        (NO_LEFT | {"except": "bicycle"}, {(20, 50, False, "vt")}),
        (NO_LEFT | {"except": "psv; motorcar"}, {(20, 50, False, "btc")}),
        (NO_LEFT | {"except": "vehicle"}, set()),
        ({"restriction:hgv": "no_left_turn"}, {(20, 50, False, "t")}),
        ({"restriction:motorcar": "no_left_turn"}, {(20, 50, False, "v")}),
        ({"restriction:bicycle": "no_left_turn"}, {(20, 50, False, "bc")}),
        (NO_LEFT | {"type": "restriction:hgv"}, {(20, 50, False, "t")}),
    ],
)
def test_a_restriction_binds_whom_it_names(cross, edge_of, tags, expected):
    done = cross([(7, 20, 1, 50, tags)])
    assert rules(done.network) == expected
    assert done.report.warnings == ()
    if expected:
        assert int(done.network.turn_from[0]) == edge_of(done.network, 2, 1)
        assert int(done.network.turn_to[0]) == edge_of(done.network, 1, 5)
        assert done.network.turn_relation.tolist() == [7]


def test_turning_round_is_a_turn_from_a_way_to_itself(cross, edge_of):
    network = cross([(7, 20, 1, 20, {"restriction": "no_u_turn"})]).network
    assert (int(network.turn_from[0]), int(network.turn_to[0])) == (edge_of(network, 2, 1), edge_of(network, 1, 2))


@pytest.mark.parametrize(
    ("restriction", "reason"),
    [
        ((7, 20, ("way", 30), 50, NO_LEFT), "its via ways do not link way 20 with way 50 end to end"),
        ((7, 20, 1, 99, NO_LEFT), "its way 99 is not among the streets read"),
        ((7, 20, 99, 50, NO_LEFT), "its via node 99 is not among the streets read"),
        ((7, 20, 2, 50, NO_LEFT), "do not meet in its via node"),
        ((7, 20, 1, 50, {"restriction": "no_parking"}), "'no_parking' is not known"),
        ((7, 20, 1, 50, {"restriction:conditional": "no_left_turn @ (06:00-22:00)"}), "depends on conditions"),
        ((7, 60, 1, 20, NO_LEFT), "do not end at its via node"),
        ((7, 20, 1, 70, {"restriction": "only_right_turn"}), "no vehicle may go from way 20 to way 70"),
    ],
)
def test_what_cannot_be_applied_is_a_warning(cross, restriction, reason):
    more = [(60, [6, 1, 7], {}), (70, [8, 1], {"oneway": "yes"})]
    done = cross([restriction], more=more, nodes={6: (-70, -70), 7: (70, 70), 8: (70, -70)})
    assert rules(done.network) == set()
    (warning,) = done.report.warnings
    assert (warning.id, warning.row) == ("7", 0)
    assert reason in warning.reason


def test_a_ban_of_what_a_one_way_forbids_already_is_no_loss(cross):
    done = cross([(7, 20, 1, 70, NO_LEFT)], more=[(70, [8, 1], {"oneway": "yes"})], nodes={8: (-70, -70)})
    assert (rules(done.network), done.report.warnings) == (set(), ())


def test_a_restriction_without_members_is_a_warning(tmp_path, xml):
    file = tmp_path / "streets.osm"
    text = xml({1: (0, 0), 2: (100, 0)}, [(10, [1, 2], {})], [(7, 10, 1, 10, NO_LEFT)])
    file.write_text(text.replace('role="to"', 'role="towards"'))
    (warning,) = read_osm(file).report.warnings
    assert "a member from, via or to is missing" in warning.reason


# Restrictions via ways. South of the crossing 1 lies a second crossing 6, linked by the way 60; the arms of 6 are 2's.

TWO = {1: (0, 0), 3: (100, 0), 4: (0, 100), 5: (-100, 0), 6: (0, -50), 7: (100, -50), 8: (-100, -50), 9: (0, -150)}
"""Two crossings, 1 in the north and 6 in the south, each with an arm to the east and one to the west."""

LINKS = [
    (30, [1, 3], {}),
    (40, [1, 4], {}),
    (50, [5, 1], {}),
    (60, [6, 1], {}),
    (70, [6, 7], {}),
    (80, [8, 6], {}),
    (90, [6, 9], {}),
]


def way_of(network, row: int = 0) -> list[int]:
    """Return the node ids along a restriction."""
    way = network.turn_ways[row]
    return network.node_id[[network.tail[way[0]], *network.head[list(way)]]].tolist()


def test_a_restriction_via_a_way_is_its_edges(draw):
    done = draw(TWO, LINKS, [(7, 80, ("way", 60), 50, {"restriction": "no_u_turn"})])
    assert done.report.warnings == ()
    assert way_of(done.network) == [8, 6, 1, 5]
    assert rules(done.network) == {(80, 50, False, "vbtc")}


def test_the_ways_between_may_be_listed_in_any_order_and_have_crossings_within(draw):
    nodes = TWO | {10: (0, 50), 11: (50, 50), 12: (-100, 100)}
    more = [(41, [10, 11], {}), (42, [4, 12], {})]
    links = [one if one[0] != 40 else (40, [1, 10, 4], {}) for one in LINKS]
    for vias in ((60, 40), (40, 60)):
        done = draw(nodes, [*links, *more], [(7, 80, ("way", *vias), 42, {"restriction": "no_u_turn"})])
        assert done.report.warnings == ()
        assert way_of(done.network) == [8, 6, 1, 10, 4, 12]


@pytest.mark.parametrize(
    ("via", "end", "value", "reason"),
    [
        (("way", 99), 50, "no_u_turn", "its way 99 is not among the streets read"),
        (("way", 70), 50, "no_u_turn", "its via ways do not link way 80 with way 50 end to end"),
        (("way", 60, 40), 50, "no_u_turn", "do not link way 80 with way 50"),
        (("way", 60, 60), 50, "no_u_turn", "leads via the same way twice"),
        (("way", 61), 50, "only_straight_on", "no vehicle may go from way 80 to way 50 anyway"),
    ],
)
def test_ill_formed_ways_are_warnings(draw, via, end, value, reason):
    one_way = (61, [1, 6], {"oneway": "yes"})
    done = draw(TWO, [*LINKS, one_way], [(7, 80, via, end, {"restriction": value})])
    (warning,) = done.report.warnings
    assert (warning.id, rules(done.network)) == ("7", set())
    assert reason in warning.reason


def test_nodes_and_ways_at_once_are_a_warning(tmp_path, xml):
    file = tmp_path / "streets.osm"
    text = xml(TWO, LINKS, [(7, 80, ("way", 60), 50, {"restriction": "no_u_turn"})])
    file.write_text(text.replace('role="to"', 'role="to"/><member type="node" ref="1" role="via"'))
    (warning,) = read_osm(file).report.warnings
    assert "via nodes and ways at once" in warning.reason


def test_a_ban_over_a_street_closed_in_that_direction_is_no_loss(draw):
    one_way = (61, [1, 6], {"oneway": "yes"})
    done = draw(TWO, [*LINKS, one_way], [(7, 80, ("way", 61), 50, NO_LEFT)])
    assert (rules(done.network), done.report.warnings) == (set(), ())


def nodes_driven(network, path) -> list[int]:
    return [int(network.node_id[network.head[edge]]) for edge in path.edges[:-1]]


@pytest.mark.parametrize("engine", ["cch", "dijkstra"])
def test_a_ban_via_a_way_binds_those_who_came_that_way(draw, edge_of, snap_on, engine):
    """From 8 one may not drive over 6 and 1 to 5; from 9 one may, and from 8 to 4 too."""
    around = [(51, [5, 12, 4], {})]
    network = draw(TWO | {12: (-100, 100)}, [*LINKS, *around], [(7, 80, ("way", 60), 50, NO_LEFT)]).network
    router = make_router(network, Profile.VAN, engine)
    spot = {
        a: snap_on(network, edge_of(network, *ends), 0.5)
        for a, ends in {8: (8, 6), 9: (9, 6), 5: (1, 5), 4: (1, 4)}.items()
    }
    assert nodes_driven(network, router.path(spot[9], spot[5])) == [6, 1]
    assert nodes_driven(network, router.path(spot[8], spot[4])) == [6, 1]
    assert nodes_driven(network, router.path(spot[8], spot[5])) == [6, 1, 4, 5]
    on_foot = make_router(network, Profile.FOOT, engine)
    assert nodes_driven(network, on_foot.path(spot[8], spot[5])) == [6, 1]


@pytest.mark.parametrize("engine", ["cch", "dijkstra"])
def test_an_order_via_a_way_is_followed_to_its_end(draw, edge_of, snap_on, engine):
    """From 8 one must drive over 6 and 1 to 4, where one turns round: even to the east of 6, and of 1."""
    order = [(7, 80, ("way", 60), 40, {"restriction": "only_straight_on"})]
    network = draw(TWO, LINKS, order).network
    router = make_router(network, Profile.VAN, engine)
    spot = {
        a: snap_on(network, edge_of(network, *ends), 0.5)
        for a, ends in {8: (8, 6), 9: (9, 6), 7: (6, 7), 3: (1, 3)}.items()
    }
    assert nodes_driven(network, router.path(spot[8], spot[3])) == [6, 1, 4, 1]
    assert nodes_driven(network, router.path(spot[8], spot[7])) == [6, 1, 4, 1, 6]
    assert nodes_driven(network, router.path(spot[9], spot[3])) == [6, 1]


def test_nobody_is_ordered_into_a_street_closed_to_them(draw, edge_of, snap_on):
    links = [(ref, ends, tags | ({"hgv": "no"} if ref == 40 else {})) for ref, ends, tags in LINKS]
    network = draw(TWO, links, [(7, 80, ("way", 60), 40, {"restriction": "only_straight_on"})]).network
    places = [snap_on(network, edge_of(network, 8, 6), 0.5), snap_on(network, edge_of(network, 6, 7), 0.5)]
    for profile, way in ((Profile.VAN, [6, 1, 4, 1, 6]), (Profile.TRUCK, [6])):
        path = make_router(network, profile).path(*places)
        assert nodes_driven(network, path) == way
        assert faults(network, profile, path) == []


def test_a_trap_behind_a_restriction_is_not_driven_into(draw, edge_of, snap_on):
    """Beyond 1 one may only go where the restriction forbids: whoever comes from 8 does not get out again."""
    nodes = {ref: TWO[ref] for ref in (1, 4, 6, 7, 8, 9)}
    links = [one for one in LINKS if one[0] in {40, 60, 70, 80, 90}]
    network = draw(nodes, links, [(7, 80, ("way", 60), 40, NO_LEFT)]).network
    router = make_router(network, Profile.VAN)
    places = [snap_on(network, edge_of(network, a, b), 0.5) for a, b in ((8, 6), (1, 4), (6, 1))]
    matrix = router.matrix(places)
    assert nodes_driven(network, router.path(places[0], places[1])) == [6, 7, 6, 1]
    assert nodes_driven(network, router.path(places[0], places[2])) == [6]
    assert (matrix.metres[0, 1], matrix.metres[0, 2]) == (50 + 200 + 50 + 50, 50 + 25)
