"""The table of features: after any edits it is what would have been made of the same features at once."""

from __future__ import annotations

from datetime import date

import numpy as np
import orjson
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import MultiPolygon, Point, box

from geo_service.outputs import feature_table
from geo_service.outputs.collections import Property
from geo_service.outputs.feature_table import FeatureTable, Pieces
from geo_service.outputs.features import Features

PROPERTIES = (
    Property("kind", "string", "Art", "kind"),
    Property("size", "number", "Größe", "size"),
    Property("open", "boolean", "offen", "open"),
)
EVERYWHERE = box(-180, -90, 180, 90)


def features(rows: dict[str, tuple[object, ...]]) -> Features:
    """Make features of id -> kind, size, open, x."""
    shapes = np.empty(len(rows), dtype=object)
    shapes[:] = [None if row[3] is None else Point(row[3], row[3]) for row in rows.values()]
    values = [dict(zip(("kind", "size", "open"), row, strict=False)) for row in rows.values()]
    spans = [(date(2026, 11, 1 + (len(key) % 20)), None) for key in rows]
    return Features(list(rows), shapes, values, spans, origins=[f"of {key}" for key in rows])


def told(table: FeatureTable) -> tuple[object, ...]:
    """Return all that a table tells."""
    everything = table.all()
    return (
        list(table.ids),
        [orjson.loads(one) for one in table.encoded(everything)],
        {name: [column.value_at(place) for place in range(len(table))] for name, column in table.columns.items()},
        {name: np.argsort(column.ranks(everything), kind="stable").tolist() for name, column in table.columns.items()},
        list(table.ids[table.in_shapes([EVERYWHERE])]),
        list(table.ids[table.in_shapes([box(-1, -1, 2, 2), box(4, 4, 5, 5)])]),
        list(table.ids[table.near(box(0, 0, 3, 3))]),
        table.bounds(),
        table.span(),
        sorted(table.made_of(["of a", "of bb", "of nothing"])),
    )


KEYS = st.text("abc", min_size=1, max_size=3)
ROWS = st.tuples(
    st.sampled_from(["x", "y", "z", "ü", "", None]),
    st.sampled_from([0, 1.5, -2, None]),
    st.sampled_from([True, False, None]),
    st.sampled_from([0, 1, 2, 3, 4.5, None]),
)


@settings(max_examples=200)
@given(
    st.dictionaries(KEYS, ROWS, max_size=12),
    st.lists(st.tuples(st.dictionaries(KEYS, ROWS, max_size=3), st.sets(KEYS, max_size=2)), max_size=5),
)
def test_edits_lead_to_the_same_table(rows, edits) -> None:
    table = FeatureTable([features(rows)], PROPERTIES)
    now = dict(rows)
    for changed, gone in edits:
        before = told(table)
        new = table.changed(features(changed), gone - changed.keys())
        assert told(table) == before  # who still reads the old one is not disturbed
        table, now = new, {key: row for key, row in now.items() if key not in gone} | changed
        fresh = FeatureTable([features(now)], PROPERTIES)
        if not now:
            assert len(table) == 0
            continue
        assert told(table) == told(fresh)


@given(st.dictionaries(KEYS, ROWS, max_size=12), st.integers(1, 5))
def test_parts_make_the_same_table_as_the_whole(rows, size: int) -> None:
    pairs = list(rows.items())
    parts = [features(dict(pairs[start : start + size])) for start in range(0, len(pairs), size)]
    if pairs:
        assert told(FeatureTable(parts, PROPERTIES)) == told(FeatureTable([features(rows)], PROPERTIES))


def test_the_tree_is_made_anew_after_many_edits(monkeypatch) -> None:
    monkeypatch.setattr(feature_table, "MOST_LOOSE", 3)
    rows = {f"k{number}": ("x", number, True, number) for number in range(10)}
    table = FeatureTable([features(rows)], PROPERTIES)
    tree = table._tree
    for number in range(3):
        table = table.changed(features({f"k{number}": ("y", 1, True, 50 + number)}))
        assert table._tree is tree
    table = table.changed(features({"k7": ("y", 1, True, 60)}))
    assert table._tree is not tree
    assert list(table.ids[table.in_shapes([box(49, 49, 61, 61)])]) == ["k0", "k1", "k2", "k7"]


def test_polygons_become_multipolygons_together() -> None:
    shapes = np.array([box(0, 0, 1, 1), None, MultiPolygon([box(2, 2, 3, 3)])], dtype=object)
    rows = [{"kind": "x", "size": 1, "open": None}] * 3
    table = FeatureTable([Features(["a", "b", "c"], shapes, rows)], PROPERTIES)
    assert table.multi
    assert [None if one is None else one.geom_type for one in table.geometries] == [
        "MultiPolygon",
        None,
        "MultiPolygon",
    ]
    edited = table.changed(Features(["a"], np.array([box(5, 5, 6, 6)], dtype=object), rows[:1]))
    assert edited.geometries[0].geom_type == "MultiPolygon"
    single = FeatureTable([Features(["a", "b"], shapes[:2], rows[:2])], PROPERTIES)
    assert not single.multi
    assert single.changed(Features(["c"], shapes[2:], rows[:1])) is None


def test_degrees_are_written_to_the_centimetre_and_kept_exactly() -> None:
    point = Point(12.123456789012, 51.987654321098)
    rows = [{"kind": None, "size": None, "open": None}]
    table = FeatureTable([Features(["a"], np.array([point], dtype=object), rows)], PROPERTIES)
    assert orjson.loads(table.encoded(table.all())[0])["geometry"]["coordinates"] == [12.1234568, 51.9876543]
    assert shapely.equals(table.geometries[0], point)
    west, south, east, north = table.bounds()
    assert box(west, south, east, north).covers(Point(12.1234568, 51.9876543))


@pytest.mark.parametrize("text", ['a","properties":{"b', '"geometry":', "\\", "ü\u2028", '{"properties":1}'])
def test_a_feature_is_taken_apart_whatever_its_texts(text: str) -> None:
    row = {"kind": text, "size": 1, "open": True}
    table = FeatureTable([Features([text], np.array([Point(1, 2)], dtype=object), [row])], PROPERTIES)
    whole = table.encoded(table.all())[0]
    pieces = Pieces.of(whole)
    assert pieces.joined() == whole
    assert orjson.loads(pieces.geometry)["type"] == "Point"
    assert orjson.loads(pieces.properties) == row
    assert table.values(table.all()) == [row]
