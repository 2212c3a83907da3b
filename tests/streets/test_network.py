from __future__ import annotations

import io
from dataclasses import fields, replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo_service.base.errors import SchemaTooNew, StoreError
from geo_service.streets import network as module
from geo_service.streets.model import Profile
from geo_service.streets.network import StreetNetwork


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
    with pytest.raises(ValueError, match="shape_offset"):
        replace(network, shape_offset=network.shape_offset[::-1].copy())
