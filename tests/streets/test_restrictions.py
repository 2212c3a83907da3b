from __future__ import annotations

import pytest

from geo_service.streets.osm import read_osm

NO_LEFT = {"restriction": "no_left_turn"}


def rules(network) -> set[tuple[int, int, bool, tuple[bool, ...]]]:
    """Return from way, to way, only and whom it binds."""
    return {
        (
            int(network.section_way[network.turn_from[i] >> 1]),
            int(network.section_way[network.turn_to[i] >> 1]),
            bool(network.turn_only[i]),
            tuple(network.turn_profiles[:, i].tolist()),
        )
        for i in range(len(network.turn_from))
    }


BOTH, VAN, BICYCLE = (True, True, False), (True, False, False), (False, True, False)


@pytest.mark.parametrize(
    ("tags", "expected"),
    [
        (NO_LEFT, {(20, 50, False, BOTH)}),
        ({"restriction": "only_left_turn"}, {(20, 50, True, BOTH)}),
        (NO_LEFT | {"except": "bicycle"}, {(20, 50, False, VAN)}),
        (NO_LEFT | {"except": "psv; motorcar"}, {(20, 50, False, BICYCLE)}),
        (NO_LEFT | {"except": "vehicle"}, set()),
        ({"restriction:hgv": "no_left_turn"}, set()),
        ({"restriction:motorcar": "no_left_turn"}, {(20, 50, False, VAN)}),
        ({"restriction:bicycle": "no_left_turn"}, {(20, 50, False, BICYCLE)}),
        (NO_LEFT | {"type": "restriction:hgv"}, set()),
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
        ((7, 20, ("way", 30), 50, NO_LEFT), "leads via a way"),
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
