from __future__ import annotations

import io
import json
from dataclasses import fields, replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo_service.base.errors import SchemaTooNew, StoreError
from geo_service.streets import network as module
from geo_service.streets.model import Profile
from geo_service.streets.network import StreetNetwork
from geo_service.streets.router import make_router


@pytest.fixture(scope="session")
def network(draw) -> StreetNetwork:
    nodes = {1: (0, 0), 2: (100, 0), 3: (100, 100), 4: (200, 0), 5: (150, 10)}
    ways = [
        (10, [1, 2], {"name": "Karl-Heine-Straße"}),
        (11, [2, 3], {"oneway": "yes"}),
        (12, [2, 5, 4], {"oneway": "-1", "highway": "tertiary", "ref": "K 1"}),
    ]
    return draw(nodes, ways, [(1, 10, 2, 11, {"restriction": "no_left_turn"})]).network


def test_it_survives_the_store(network):
    again = StreetNetwork.from_bytes(network.to_bytes())
    for field in fields(StreetNetwork):
        kept, was = getattr(again, field.name), getattr(network, field.name)
        if isinstance(was, np.ndarray):
            assert kept.dtype == was.dtype
            np.testing.assert_array_equal(kept, was)
        else:
            assert kept == was


OLD_ROWS = ("node_blocked", "edge_seconds", "edge_destination", "turn_profiles")
NEW = ("turn_via", "turn_via_turn", "section_roundabout", "section_limits", "node_limits")


def test_what_version_1_kept_is_read(network):
    """Version 1 had rows for van, bicycle and foot and none of the arrays that came later."""
    with np.load(io.BytesIO(network.to_bytes())) as archive:
        arrays = {name: archive[name] for name in archive.files if name not in NEW}
    texts = json.loads(arrays.pop("header").tobytes()) | {"version": 1}
    for name in OLD_ROWS:
        arrays[name] = arrays[name][:3]
    out = io.BytesIO()
    np.savez_compressed(out, header=np.frombuffer(json.dumps(texts).encode(), dtype=np.uint8), **arrays)

    old = StreetNetwork.from_bytes(out.getvalue())
    assert old.turn_ways == network.turn_ways
    assert np.isinf(old.section_limits).all()
    assert np.isinf(old.node_limits).all()
    assert not old.section_roundabout.any()
    for new, like, share in ((Profile.TRUCK, Profile.VAN, 0.9), (Profile.CARGO_BIKE, Profile.BICYCLE, 0.85)):
        np.testing.assert_array_equal(old.usable(new), old.usable(like))
        np.testing.assert_allclose(old.seconds(new), old.seconds(like) / share)
        assert make_router(old, new).profile is new
    np.testing.assert_array_equal(old.edge_seconds[:3], network.edge_seconds[:3])
    again = StreetNetwork.from_bytes(old.to_bytes())
    np.testing.assert_array_equal(again.edge_seconds, old.edge_seconds)


@given(st.data())
def test_damaged_bytes_are_a_clear_error(network, data):
    good = network.to_bytes()
    cut = data.draw(st.integers(0, len(good) - 1))
    with pytest.raises(StoreError, match="damaged"):
        StreetNetwork.from_bytes(good[:cut])


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04", b"<osm/>", b"\x93NUMPY\x01\x00"])
def test_other_bytes_are_a_clear_error(data):
    with pytest.raises(StoreError) as caught:
        StreetNetwork.from_bytes(data)
    assert caught.value.remedy


def test_an_archive_without_arrays_is_a_clear_error():
    out = io.BytesIO()
    np.savez_compressed(out, header=np.frombuffer(b'{"version": 1}', dtype=np.uint8))
    with pytest.raises(StoreError):
        StreetNetwork.from_bytes(out.getvalue())


def test_a_newer_format_says_so(network, monkeypatch):
    monkeypatch.setattr(module, "FORMAT_VERSION", 99)
    data = network.to_bytes()
    monkeypatch.undo()
    with pytest.raises(SchemaTooNew, match="99"):
        StreetNetwork.from_bytes(data)


def test_lines_tell_each_section_once_in_driving_direction(network, at):
    lines = {line.way: line for line in network.lines()}
    assert {way: (line.name, line.highway, line.oneway) for way, line in lines.items()} == {
        10: ("Karl-Heine-Straße", "residential", False),
        11: ("", "residential", True),
        12: ("K 1", "tertiary", True),
    }
    np.testing.assert_array_equal(lines[11].lonlat, [at(100, 0), at(100, 100)])
    np.testing.assert_array_equal(lines[12].lonlat, [at(200, 0), at(150, 10), at(100, 0)])  # against the drawing


def test_geometries_bounds_and_edges_agree(network, at):
    shapes = network.geometries()
    assert [len(shape.coords) for shape in shapes] == [2, 2, 3]
    assert network.bounds() == (*at(0, 0), *at(200, 100))
    for edge in range(network.edges):
        line = network.edge_lonlat(edge)
        np.testing.assert_array_equal(line[0], network.node_lonlat[network.tail[edge]])
        np.testing.assert_array_equal(line[-1], network.node_lonlat[network.head[edge]])
        np.testing.assert_array_equal(line, network.edge_lonlat(edge ^ 1)[::-1])
    assert network.length_m == pytest.approx([100, 100, 100, 100, 102, 102], rel=1e-3)


def test_who_may_use_what(network):
    assert network.usable(Profile.VAN).tolist() == [True, True, True, False, False, True]
    assert network.usable(Profile.FOOT).all()


def test_arrays_cannot_be_changed(network):
    with pytest.raises(ValueError, match="read-only"):
        network.node_lonlat[0, 0] = 0.0


def test_arrays_that_do_not_fit_are_refused(network):
    with pytest.raises(ValueError, match="section_way"):
        replace(network, section_way=np.array([1], dtype=np.int64))
    with pytest.raises(ValueError, match="section_nodes"):
        replace(network, section_nodes=network.section_nodes + 9)
    with pytest.raises(ValueError, match="section_limits"):
        replace(network, section_limits=network.section_limits[:2])
    with pytest.raises(ValueError, match="turn_via"):
        replace(network, turn_via=np.array([999], dtype=np.int32), turn_via_turn=np.array([0], dtype=np.int32))
    with pytest.raises(ValueError, match="shape_offset"):
        replace(network, shape_offset=network.shape_offset[::-1].copy())
