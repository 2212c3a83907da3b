from __future__ import annotations

import numpy as np
import pytest

from geo_service.base.errors import FileUnreadable
from geo_service.streets.model import Profile
from geo_service.streets.osm import read_osm

NODES = {1: (0, 0), 2: (100, 0), 3: (200, 0), 4: (100, 100), 5: (300, 0)}


def test_every_highway_way_is_a_row_of_the_report(draw):
    ways = [
        (10, [1, 2], {}),
        (11, [2, 3], {"highway": "construction"}),
        (12, [2, 4, 3, 2], {"highway": "pedestrian", "area": "yes"}),
        (13, [4], {}),
        (14, [3, 3, 3], {}),
        (15, [98, 99], {}),
        (16, [], {}),
        (10, [2, 3], {}),
        (17, [2, 3], {"access": "private"}),
        (18, [98, 3, 99], {}),
    ]
    report = draw(NODES, ways).report
    assert (report.read, report.accepted, report.unchanged) == (10, 2, 0)
    assert {(one.row, one.id, one.reason) for one in report.refused} == {
        (2, "11", "highway=construction is not a street to travel on"),
        (3, "12", "it is an area (area=yes), not a line"),
        (4, "13", "it has a single node"),
        (5, "14", "it has a single node"),
        (6, "15", "nodes are missing in the file: no two neighbours of its 2 nodes are there"),
        (7, "16", "it has no node"),
        (8, "10", "another way with this id was read before"),
        (10, "18", "nodes are missing in the file: no two neighbours of its 3 nodes are there"),
    }
    assert all(one.remedy for one in report.refused)


def test_private_streets_are_drawn_and_never_used(draw):
    network = draw(NODES, [(10, [1, 2], {}), (11, [2, 3], {"access": "private"})]).network
    assert sorted(line.way for line in network.lines()) == [10, 11]
    for profile in Profile:
        assert not network.usable(profile)[np.repeat(network.section_way == 11, 2)].any()


def test_a_way_at_the_edge_of_an_extract_is_read_as_far_as_its_nodes_are_there(draw):
    done = draw(NODES, [(10, [1, 2, 99, 3, 5], {})])
    assert done.report.accepted == 1
    assert [(one.row, one.id) for one in done.report.warnings] == [(1, "10")]
    assert "1 of 5 nodes" in done.report.warnings[0].reason
    assert done.network.sections == 2


def test_a_deleted_way_is_refused(tmp_path):
    file = tmp_path / "history.osm"
    nodes = "".join(f'<node id="{ref}" lat="51.3{ref}" lon="12.3"/>' for ref in (1, 2))
    way = '<way id="{}" visible="{}"><nd ref="1"/><nd ref="2"/><tag k="highway" v="service"/></way>'
    file.write_text(f'<osm version="0.6">{nodes}{way.format(1, "false")}{way.format(2, "true")}</osm>')
    assert [one.reason for one in read_osm(file).report.refused] == ["the way is marked as deleted"]


def test_streets_are_cut_where_they_meet_and_nowhere_else(draw):
    network = draw(NODES, [(10, [1, 2, 3, 5], {}), (11, [2, 4], {})]).network
    cut = {tuple(sorted(network.node_id[pair].tolist())) for pair in network.section_nodes}
    assert cut == {(1, 2), (2, 5), (2, 4)}
    assert len(network.shape_lonlat) == 2 + 3 + 2


def test_a_ring_is_one_section(draw):
    network = draw(NODES, [(10, [2, 3, 4, 2], {"junction": "roundabout"}), (11, [1, 2], {})]).network
    ring = int(np.flatnonzero(network.section_way == 10)[0])
    assert network.section_nodes[ring, 0] == network.section_nodes[ring, 1]
    assert network.section_length_m[ring] == pytest.approx(200 + 100 * 2**0.5, rel=1e-3)


def test_lengths_and_seconds_follow_from_the_ellipsoid_and_the_tags(draw):
    network = draw(NODES, [(10, [1, 2], {"highway": "tertiary", "maxspeed:forward": "50", "maxspeed": "30"})]).network
    assert network.section_length_m == pytest.approx([100], rel=1e-3)
    length = network.section_length_m[0]
    assert network.edge_seconds == pytest.approx(
        length * 3.6 / np.array([[40, 24], [15, 15], [5, 5], [36, 0.9 * 24], [0.85 * 15] * 2])
    )


def test_names_fall_back_on_numbers(draw):
    ways = [(10, [1, 2], {"name": " Karl-  Heine-Straße "}), (11, [2, 3], {"ref": "B 87"}), (12, [2, 4], {})]
    network = draw(NODES, ways).network
    assert [network.edge_name(2 * section) for section in range(3)] == ["Karl- Heine-Straße", "B 87", ""]


def test_nobody_stops_on_motorways_and_in_tunnels(draw):
    ways = [
        (10, [1, 2], {"highway": "motorway"}),
        (11, [2, 3], {"tunnel": "yes"}),
        (12, [2, 4], {"tunnel": "building_passage"}),
    ]
    network = draw(NODES, ways).network
    assert dict(zip(network.section_way.tolist(), network.section_stop.tolist(), strict=True)) == {
        10: False,
        11: False,
        12: True,
    }


def test_conditions_are_counted_once_per_file(draw):
    ways = [(10, [1, 2], {"access:conditional": "no @ (Mo)"}), (11, [2, 3], {"maxspeed:conditional": "30 @ (22-6)"})]
    (warning,) = draw(NODES, ways).report.warnings
    assert warning.reason.startswith("2 ways carry tags that depend on conditions")


def test_a_file_without_streets_is_refused(draw):
    with pytest.raises(FileUnreadable, match="holds no highway way"):
        draw(NODES, [])
    with pytest.raises(
        FileUnreadable, match="all 1 ways with a highway tag were refused, the first because highway=pl"
    ):
        draw(NODES, [(10, [1, 2], {"highway": "platform"})])


def test_what_is_cut_off_is_counted(draw):
    nodes = NODES | {6: (900, 0), 7: (950, 0)}
    done = draw(nodes, [(10, [1, 2], {}), (11, [2, 3], {}), (12, [6, 7], {"highway": "service"})])
    assert done.report.notes == done.network.notes
    assert "van: 6 directed edges, of them 2 (0.1 km) cut off from the main network and not used" in done.report.notes


def test_open_streets_behind_destination_only_ones_become_destination_only(draw):
    ways = [
        (10, [1, 2], {}),
        (11, [2, 3], {"access": "destination"}),
        (12, [3, 5], {}),
        (13, [2, 4], {}),
    ]
    network = draw(NODES, ways).network
    van = network.edge_destination[0].reshape(-1, 2).any(axis=1)
    assert set(network.section_way[van].tolist()) == {11, 12}


def test_where_all_streets_are_destination_only_none_is(draw):
    network = draw(NODES, [(10, [1, 2], {"access": "destination"}), (11, [2, 3], {"access": "destination"})]).network
    assert not network.edge_destination.any()
