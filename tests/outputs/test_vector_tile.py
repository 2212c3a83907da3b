"""Layers of vector tiles: what another decoder reads of names, ids and attributes; GDAL opens a written tile."""

from __future__ import annotations

import mapbox_vector_tile
import numpy as np
import pyogrio
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo_service.outputs.tile_geometry import Drawing, Drawn, Paths
from geo_service.outputs.vector_tile import Attributes, encode_layer, feature_ids

VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**63), 2**63 - 1),
    st.floats(allow_nan=False),
    st.text(max_size=6),
    st.sampled_from([0, 0.0, False, 1, 1.0, True, "", "1"]),
)


def points(count: int) -> Drawing:
    one_each = np.ones(count, np.int64)
    return Drawing.of(Paths(np.column_stack([np.arange(count), np.arange(count)]), one_each, one_each), Drawn.POINT)


def layer(columns: dict[str, list], count: int, name: str = "layer") -> bytes:
    return encode_layer(
        name, Drawn.POINT, np.arange(count, dtype=np.uint64), Attributes.of(columns, count), points(count)
    )


@given(st.lists(st.tuples(VALUES, VALUES, VALUES), max_size=12))
def test_attributes_come_back_as_they_were(rows) -> None:
    names = ("a", "größe", "c")
    columns = {name: [row[place] for row in rows] for place, name in enumerate(names)}
    decoded = mapbox_vector_tile.decode(layer(columns, len(rows)))
    found = [one["properties"] for one in decoded["layer"]["features"]] if rows else []
    told = [{name: value for name, value in zip(names, row, strict=True) if value is not None} for row in rows]
    assert found == told
    assert [[type(value) for value in one.values()] for one in found] == [
        [type(value) for value in one.values()] for one in told
    ]


def test_a_layer_says_what_it_is() -> None:
    decoded = mapbox_vector_tile.decode(layer({"n": [7, 7]}, 2, "Flächen"))
    assert list(decoded) == ["Flächen"]
    assert decoded["Flächen"]["extent"] == 4096
    assert decoded["Flächen"]["version"] == 2
    assert [one["id"] for one in decoded["Flächen"]["features"]] == [0, 1]


def test_equal_values_are_written_once() -> None:
    assert layer({"a": ["Kleinzschocher"] * 50, "b": ["Kleinzschocher"] * 50}, 50).count(b"Kleinzschocher") == 1


def test_without_features_there_is_no_layer_and_layers_make_a_tile() -> None:
    assert layer({"n": []}, 0) == b""
    both = layer({"n": [1]}, 1, "one") + layer({"n": [2]}, 1, "two")
    assert list(mapbox_vector_tile.decode(both)) == ["one", "two"]


def test_chosen_rows_and_columns() -> None:
    attributes = Attributes.of({"a": [1, 2, 3], "b": ["x", None, "z"]}, 3)
    body = encode_layer(
        "layer", Drawn.POINT, np.array([9, 8], np.uint64), attributes.only(["b"]).take(np.array([2, 1])), points(2)
    )
    found = mapbox_vector_tile.decode(body)["layer"]["features"]
    assert [(one["id"], one["properties"]) for one in found] == [(9, {"b": "z"}), (8, {})]


def test_what_a_tile_cannot_carry_is_refused() -> None:
    with pytest.raises(TypeError, match="cannot carry bytes"):
        Attributes.of({"a": [b"x"]}, 1)


def test_ids_are_the_same_wherever_a_feature_is_and_large_ones_survive() -> None:
    codes = [f"KLZ-{number:04d}" for number in range(5000)]
    ids = feature_ids(codes)
    assert len(set(ids.tolist())) == 5000
    assert ids.max() < 2**53
    assert feature_ids(codes[7:9]).tolist() == ids[7:9].tolist()
    body = encode_layer("layer", Drawn.POINT, np.array([2**64 - 1], np.uint64), Attributes.of({}, 1), points(1))
    assert mapbox_vector_tile.decode(body)["layer"]["features"][0]["id"] == 2**64 - 1


def test_gdal_opens_a_written_tile(tmp_path) -> None:
    path = tmp_path / "0" / "0" / "0.mvt"
    path.parent.mkdir(parents=True)
    path.write_bytes(layer({"code": ["KLZ-0001", "KLZ-0002"], "area_m2": [600.5, 12.25], "public": [True, None]}, 2))
    frame = pyogrio.read_dataframe(path, layer="layer")
    assert frame["code"].tolist() == ["KLZ-0001", "KLZ-0002"]
    assert frame["area_m2"].tolist() == [600.5, 12.25]
    assert frame["mvt_id"].tolist() == [0, 1]
    assert frame.crs.to_epsg() == 3857
