"""Pages of features: boxes, spans, filters, orders, cursors; whatever the shape that they are told in."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import Point, box

from geo_service.api.crs import SYSTEMS
from geo_service.api.feature_pages import FeaturePages
from geo_service.api.items_query import Cursor, ItemsQuery, Shape, Sort
from geo_service.outputs.collections import Property
from geo_service.outputs.feature_table import FeatureTable
from geo_service.outputs.features import Features

DAYS = [date(2026, 11, day) for day in range(23, 28)]


PROPERTIES = (Property("kind", "string", "Art", "kind"), Property("size", "number", "Größe", "size"))


def pages(ids, geometries, properties=None, spans=None, named=PROPERTIES) -> FeaturePages:
    shapes = np.empty(len(ids), dtype=object)
    shapes[:] = geometries
    rows = properties or [dict.fromkeys(one.name for one in named) for _ in ids]
    return FeaturePages(FeatureTable([Features(ids, shapes, rows, spans)], named))


def small() -> FeaturePages:
    return pages(
        ids=["b", "a", "c"],
        geometries=[Point(1, 1), Point(0, 0), box(2, 2, 3, 3)],
        properties=[{"kind": "x", "size": 1.5}, {"kind": "y", "size": None}, {"kind": "x", "size": 2}],
        spans=[(DAYS[0], DAYS[0]), (DAYS[1], DAYS[3]), (None, None)],
    )


def ids(index: FeaturePages, **query: object) -> list[object]:
    return index.page(ItemsQuery(**query)).keys()


def test_features_come_in_order_of_id() -> None:
    page = small().page(ItemsQuery())
    assert page.keys() == ["a", "b", "c"]
    features = page.encoded(Shape())
    assert [orjson.loads(one)["id"] for one in features] == ["a", "b", "c"]
    assert orjson.loads(features[1]) == {
        "type": "Feature",
        "id": "b",
        "geometry": {"type": "Point", "coordinates": [1.0, 1.0]},
        "properties": {"kind": "x", "size": 1.5},
    }
    assert (page.matched, page.after) == (3, None)


def test_the_span_is_that_of_all_features_and_open_where_one_is() -> None:
    assert small().table.span() == (None, None)
    places = [Point(0, 0), Point(1, 1)]
    with_days = pages(["a", "b"], places, spans=[(DAYS[1], DAYS[3]), (DAYS[0], DAYS[2])])
    assert with_days.table.span() == (DAYS[0], DAYS[3])
    assert pages(["a", "b"], places).table.span() is None
    assert pages([], [], spans=[]).table.span() is None


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"boxes": ((0.5, 0.5, 2, 2),)}, ["b", "c"]),  # a corner that touches counts
        ({"boxes": ((5, 5, 6, 6),)}, []),
        ({"boxes": ((-1, -1, 0, 0), (3, 3, 4, 4))}, ["a", "c"]),
        ({"span": (DAYS[0], DAYS[0])}, ["b", "c"]),
        ({"span": (DAYS[2], None)}, ["a", "c"]),
        ({"span": (None, DAYS[0])}, ["b", "c"]),
        ({"filters": {"kind": "x"}}, ["b", "c"]),
        ({"filters": {"kind": "x", "size": 2.0}}, ["c"]),
        ({"filters": {"size": None}}, ["a"]),
        ({"filters": {"size": 3.0}}, []),
        ({"after": Cursor("a")}, ["b", "c"]),
        ({"after": Cursor("aa")}, ["b", "c"]),
        ({"after": Cursor("c")}, []),
        ({"after": Cursor(7)}, ["a", "b", "c"]),
    ],
)
def test_filters(query: dict[str, object], found: list[str]) -> None:
    assert ids(small(), **query) == found


def test_one_feature_by_id() -> None:
    assert small().feature("b").keys() == ["b"]
    assert small().feature("bb") is None
    numbered = pages([10, 9], [Point(0, 0), Point(1, 1)])
    assert numbered.feature("9").keys() == [9]
    assert numbered.feature("11") is None
    assert numbered.feature("9x") is None
    assert numbered.feature("9" * 5000) is None


def test_nothing_and_no_geometry_are_no_special_case() -> None:
    empty = pages([], [])
    assert empty.page(ItemsQuery(boxes=((0, 0, 1, 1),))).matched == 0
    assert empty.table.bounds() is None
    assert empty.feature("a") is None
    bare = pages(["a"], [None])
    assert orjson.loads(bare.page(ItemsQuery()).encoded(Shape())[0])["geometry"] is None
    assert bare.page(ItemsQuery(boxes=((-180, -90, 180, 90),))).matched == 0
    assert bare.table.bounds() is None


def test_bounds() -> None:
    assert small().table.bounds() == (0, 0, 3, 3)


@settings(max_examples=60)
@given(
    st.lists(st.tuples(st.integers(0, 20), st.integers(0, 20)), max_size=30),
    st.integers(1, 7),
    st.tuples(st.integers(0, 20), st.integers(0, 20), st.integers(0, 20), st.integers(0, 20)),
)
def test_pages_together_hold_everything_that_fits_once(
    places: list[tuple[int, int]], limit: int, corners: tuple[int, int, int, int]
) -> None:
    west, east = sorted(corners[:2])
    south, north = sorted(corners[2:])
    index = pages(list(range(len(places))), [Point(place) for place in places])
    found: list[object] = []
    after = None
    while True:
        page = index.page(ItemsQuery(boxes=((west, south, east, north),), limit=limit, after=after))
        assert len(page) <= limit
        found += page.keys()
        after = page.after
        if after is None:
            break
    expected = [number for number, (x, y) in enumerate(places) if west <= x <= east and south <= y <= north]
    assert found == expected
    assert page.matched == len(expected)


@settings(max_examples=150)
@given(
    st.lists(st.tuples(st.sampled_from(["x", "y", "z", "", None]), st.sampled_from([1, 2.5, -3, None])), max_size=25),
    st.lists(st.sampled_from(["kind", "size"]), min_size=1, max_size=2, unique=True),
    st.tuples(st.booleans(), st.booleans()),
    st.integers(1, 6),
)
def test_pages_in_an_order_hold_everything_once(rows, names, descending, limit: int) -> None:
    properties = [dict(zip(("kind", "size"), row, strict=True)) for row in rows]
    index = pages([f"f{number:02}" for number in range(len(rows))], [None] * len(rows), properties)
    order = tuple(Sort(name, down) for name, down in zip(names, descending, strict=False))

    def rank(number: int) -> list[object]:
        told: list[object] = []
        for one in order:
            values = sorted({row[one.name] for row in properties} - {None, ""})
            value = properties[number][one.name]
            at = values.index(value) if value not in (None, "") else None
            told.append(len(values) if at is None else -at if one.descending else at)
        return [*told, number]

    expected = [f"f{number:02}" for number in sorted(range(len(rows)), key=rank)]
    for forget in (False, True):  # the pages kept for the next one, and another worker that has none
        found, after = [], None
        while True:
            here = FeaturePages(index.table) if forget else index
            page = here.page(ItemsQuery(order=order, limit=limit, after=after))
            found += page.keys()
            after = page.after
            if after is None:
                break
        assert found == expected


def test_a_cursor_holds_when_its_feature_has_gone_or_changed() -> None:
    index = pages(["a", "b", "c", "d"], [None] * 4, [{"kind": kind, "size": 1} for kind in "xyxy"])
    by_kind = ItemsQuery(order=(Sort("kind"),), limit=2)
    after = index.page(by_kind).after
    assert after == Cursor("c", ("x",))
    gone = FeaturePages(index.table.changed(Features([], np.empty(0, dtype=object), []), ["c"]))
    assert gone.page(replace(by_kind, after=after)).keys() == ["b", "d"]
    changed = index.table.changed(Features(["c"], np.array([None]), [{"kind": "z", "size": 1}]))
    assert FeaturePages(changed).page(replace(by_kind, after=after, limit=9)).keys() == ["b", "d", "c"]


def test_what_is_told_of_features_can_be_chosen() -> None:
    index = small()
    page = index.page(ItemsQuery(limit=1))
    plain = orjson.loads(page.encoded(Shape())[0])
    turned = orjson.loads(page.encoded(Shape(SYSTEMS["http://www.opengis.net/def/crs/EPSG/0/4326"]))[0])
    assert turned == plain  # the point at 0 0
    other = index.page(ItemsQuery(after=Cursor("b")))
    metres = orjson.loads(other.encoded(Shape(SYSTEMS["http://www.opengis.net/def/crs/EPSG/0/3857"]))[0])
    assert metres["geometry"]["coordinates"][0][0] == [333958.472, 222684.209]
    assert metres["properties"] == {"kind": "x", "size": 2}
    bare = orjson.loads(other.encoded(Shape(names=frozenset({"size"}), skip_geometry=True))[0])
    assert bare == {"type": "Feature", "id": "c", "geometry": None, "properties": {"size": 2}}


def test_answers_are_kept_for_the_next_page_and_let_go_of(monkeypatch) -> None:
    from geo_service.api import feature_pages

    monkeypatch.setattr(feature_pages, "KEPT_BYTES", 40)
    index = small()
    for limit in (1, 2):
        assert index.page(ItemsQuery(filters={"kind": "x"}, limit=limit)).matched == 2
    assert len(index._kept) == 1
    for size in (1.5, 2.0, 7.0, None):
        index.page(ItemsQuery(filters={"size": size}))
    assert index._bytes == sum(one.nbytes for one in index._kept.values()) <= 40
