from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from shapely.geometry import shape

from geo_service.base.errors import FileUnreadable
from geo_service.plots.geojson import read_geojson

Write = Callable[..., Path]


def square(lon: float, lat: float, size: float = 0.0005) -> dict[str, Any]:
    """Return a GeoJSON square with its lower left corner at a place, degrees."""
    ring = [[lon, lat], [lon + size, lat], [lon + size, lat + size], [lon, lat + size], [lon, lat]]
    return {"type": "Polygon", "coordinates": [ring]}


def feature(geometry: Any, **properties: Any) -> dict[str, Any]:
    """Return a GeoJSON feature."""
    return {"type": "Feature", "properties": properties, "geometry": geometry}


GOOD = feature(square(12.33, 51.33), id="good")


@pytest.mark.parametrize(
    ("broken", "says"),
    [
        (feature({"type": "Polygon", "coordinates": [5]}), "not nested"),
        (feature({"type": "Polygon", "coordinates": [[[1]]]}), "1 number"),
        (feature({"type": "Polygon"}), "no list of coordinates"),
        (feature({"type": "polygon", "coordinates": []}), "'polygon'"),
        (feature({"type": {}, "coordinates": []}), "does not know"),
        (feature({"type": "Polygon", "coordinates": [[["1", 2], [3, 4], [5, 6], ["1", 2]]]}), "other than two numbers"),
        (feature({"type": "Polygon", "coordinates": [[[1, 2], [3, 4], [1, 2]]]}), "fewer than three"),
        (feature({"type": "Polygon", "coordinates": [[[True, 2], [3, "x"], [5, 6]]]}), "other than two numbers"),
        (feature({"type": "Polygon", "coordinates": [[[1.5, 2], [True, 2], [3, 4]]]}), "other than two numbers"),
        (feature({"type": "Polygon", "coordinates": [[[10**400, 2], [3, 4], [5, 6]]]}), "too large"),
        (feature({"type": "LineString", "coordinates": [[1, 2]]}), "fewer than two"),
        (feature({"type": "GeometryCollection", "geometries": 3}), "no list of geometries"),
        (feature("POLYGON EMPTY"), "no object but str"),
        (feature(None), "no geometry"),
        ({"type": "Featre", "geometry": square(1, 1)}, "'Featre'"),
        (7, "no feature but int"),
        (None, "no feature but NoneType"),
    ],
)
def test_one_broken_feature_is_named_and_the_others_are_taken(geojson: Write, broken: Any, says: str) -> None:
    table = read_geojson(geojson([GOOD, broken, GOOD]))
    assert len(table) == 3
    assert list(table.faults) == [1]
    assert says in table.faults[1].reason
    assert [one is None for one in table.geometries] == [False, True, False]
    assert table.columns["id"][0] == "good"


def test_open_rings_are_closed_and_told(geojson: Write) -> None:
    open_square = square(12.33, 51.33)
    open_square["coordinates"][0].pop()
    table = read_geojson(geojson([feature(open_square), GOOD]))
    assert list(table.mends) == [0]
    assert table.geometries[0].equals(table.geometries[1])


def test_heights_of_uneven_positions_are_dropped_with_a_note(geojson: Write) -> None:
    ring = [[1, 1, 9.5], [2, 1], [2, 2], [1, 1, 9.5]]
    table = read_geojson(geojson([feature({"type": "Polygon", "coordinates": [ring]})]))
    assert table.geometries[0].wkt == "POLYGON ((1 1, 2 1, 2 2, 1 1))"
    assert table.notes == ("heights of 1 rows were dropped",)


def test_numbers_that_are_none_and_half_characters_do_not_cost_the_file(tmp_path: Path) -> None:
    path = tmp_path / "plots.geojson"
    text = json.dumps({"type": "FeatureCollection", "features": [GOOD, GOOD]})
    text = text.replace('"good"', r'"\ud83d"', 1).replace("12.33,", "NaN,", 1)
    path.write_text(text)
    table = read_geojson(path)
    assert table.columns["id"] == ["?", "good"]
    assert "half a character" in table.complaints[0]
    assert [(row, fault.reason) for row, fault in table.faults.items()] == [(0, "a coordinate is no finite number")]


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b'{"type": "FeatureCollection", "features": [', "line 1"),
        (b'{"type": "featurecollection", "features": []}', "'featurecollection'"),
        (b'{"type": "FeatureCollection"}', "no list of features"),
        (b"[[1, 2]]", "a list"),
        (b"3", "int"),
        (b'{"type": {}}', "dict"),
        (b"[" * 100_000, "nested too deeply"),
        (b"\x00\x01\x02", "no JSON"),
    ],
)
def test_what_is_no_geojson_says_why(tmp_path: Path, data: bytes, says: str) -> None:
    path = tmp_path / "plots.geojson"
    path.write_bytes(data)
    with pytest.raises(FileUnreadable, match=says) as caught:
        read_geojson(path)
    assert caught.value.remedy


@pytest.mark.parametrize(("encoding", "note"), [("utf-8-sig", None), ("utf-16", "UTF-16"), ("cp1252", "Windows-1252")])
def test_other_encodings_are_read_and_noted(tmp_path: Path, encoding: str, note: str | None) -> None:
    path = tmp_path / "plots.geojson"
    document = {"type": "FeatureCollection", "features": [feature(square(12.3, 51.3), name="Grünfläche")]}
    path.write_bytes(json.dumps(document, ensure_ascii=False).encode(encoding))
    table = read_geojson(path)
    assert table.columns["name"] == ["Grünfläche"]
    assert [text for text in table.notes if note and note in text] == list(table.notes)


def test_a_declared_reference_system_is_taken(geojson: Write) -> None:
    crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::25833"}}
    table = read_geojson(geojson([GOOD], crs=crs))
    assert table.crs is not None
    assert table.crs.to_epsg() == 25833
    with pytest.raises(FileUnreadable, match="not known"):
        read_geojson(geojson([GOOD], crs={"type": "name", "properties": {"name": "EPSG:99999999"}}))


def test_tags_of_overpass_exports_become_columns(geojson: Write) -> None:
    table = read_geojson(geojson([feature(square(1, 1), tags={"leisure": "park"}), feature(square(2, 2), a=1)]))
    assert table.columns == {"leisure": ["park", None], "a": [None, 1]}


numbers = st.one_of(st.integers(), st.floats(), st.text(max_size=2), st.booleans(), st.none())
nested = st.recursive(numbers, lambda inner: st.lists(inner, max_size=4), max_leaves=12)
kinds = st.sampled_from(["Point", "MultiPoint", "LineString", "MultiLineString", "Polygon", "MultiPolygon", "Circle"])


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=150)
@given(kind=kinds, coordinates=nested)
def test_any_coordinates_become_a_geometry_or_a_fault(tmp_path: Path, kind: str, coordinates: Any) -> None:
    path = tmp_path / "any.geojson"
    path.write_text(json.dumps(feature({"type": kind, "coordinates": coordinates})))
    table = read_geojson(path)
    assert len(table) == 1
    assert (table.geometries[0] is None) == (0 in table.faults)


rings = st.lists(st.tuples(st.floats(-180, 180), st.floats(-90, 90)), min_size=3, max_size=8, unique=True)


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50)
@given(ring=rings)
def test_sound_rings_are_read_as_shapely_reads_them(tmp_path: Path, ring: list[tuple[float, float]]) -> None:
    geometry = {"type": "Polygon", "coordinates": [[*ring, ring[0]]]}
    path = tmp_path / "any.geojson"
    path.write_text(json.dumps(geometry))
    assert read_geojson(path).geometries[0].equals_exact(shape(geometry), 0)
