"""The index of a collection: pages, boxes, spans, filters, and the cache that keeps it."""

from __future__ import annotations

from datetime import date
from threading import Barrier, Thread

import orjson
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import Point, box

from geo_service.api.feature_index import FeatureIndex, IndexCache
from geo_service.api.items_query import ItemsQuery

DAYS = [date(2026, 11, day) for day in range(23, 28)]


def small() -> FeatureIndex:
    return FeatureIndex(
        ids=["b", "a", "c"],
        geometries=[Point(1, 1), Point(0, 0), box(2, 2, 3, 3)],
        properties=[{"kind": "x", "size": 1.5}, {"kind": "y", "size": None}, {"kind": "x", "size": 2}],
        spans=[(DAYS[0], DAYS[0]), (DAYS[1], DAYS[3]), (None, None)],
    )


def ids(index: FeatureIndex, **query: object) -> list[object]:
    return [fid for fid, _ in index.page(ItemsQuery(**query)).rows]


def test_features_come_in_order_of_id() -> None:
    page = small().page(ItemsQuery())
    assert [fid for fid, _ in page.rows] == ["a", "b", "c"]
    assert [orjson.loads(one)["id"] for one in page.features] == ["a", "b", "c"]
    assert orjson.loads(page.features[1]) == {
        "type": "Feature",
        "id": "b",
        "geometry": {"type": "Point", "coordinates": [1.0, 1.0]},
        "properties": {"kind": "x", "size": 1.5},
    }
    assert (page.matched, page.after) == (3, None)


def test_the_span_is_that_of_all_features_and_open_where_one_is() -> None:
    assert small().span() == (None, None)
    places = [Point(0, 0), Point(1, 1)]
    with_days = FeatureIndex(["a", "b"], places, [{}, {}], [(DAYS[1], DAYS[3]), (DAYS[0], DAYS[2])])
    assert with_days.span() == (DAYS[0], DAYS[3])
    assert FeatureIndex(["a", "b"], places, [{}, {}]).span() is None
    assert FeatureIndex([], [], [], []).span() is None


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
        ({"after": "a"}, ["b", "c"]),
        ({"after": "aa"}, ["b", "c"]),
        ({"after": "c"}, []),
        ({"after": 7}, ["a", "b", "c"]),
    ],
)
def test_filters(query: dict[str, object], found: list[str]) -> None:
    assert ids(small(), **query) == found


def test_one_feature_by_id() -> None:
    assert [fid for fid, _ in small().feature("b").rows] == ["b"]
    assert small().feature("bb") is None
    numbered = FeatureIndex([10, 9], [Point(0, 0), Point(1, 1)], [{}, {}])
    assert [fid for fid, _ in numbered.feature("9").rows] == [9]
    assert numbered.feature("11") is None
    assert numbered.feature("9x") is None
    assert numbered.feature("9" * 5000) is None


def test_nothing_and_no_geometry_are_no_special_case() -> None:
    empty = FeatureIndex([], [], [])
    assert empty.page(ItemsQuery(boxes=((0, 0, 1, 1),))).matched == 0
    assert empty.bounds() is None
    assert empty.feature("a") is None
    bare = FeatureIndex(["a"], [None], [{}])
    assert orjson.loads(bare.page(ItemsQuery()).features[0])["geometry"] is None
    assert bare.page(ItemsQuery(boxes=((-180, -90, 180, 90),))).matched == 0
    assert bare.bounds() is None


def test_bounds() -> None:
    assert small().bounds() == (0, 0, 3, 3)


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
    index = FeatureIndex(list(range(len(places))), [Point(place) for place in places], [{} for _ in places])
    found: list[object] = []
    after = None
    while True:
        page = index.page(ItemsQuery(boxes=((west, south, east, north),), limit=limit, after=after))
        assert len(page.rows) <= limit
        found += [fid for fid, _ in page.rows]
        after = page.after
        if after is None:
            break
    expected = [number for number, (x, y) in enumerate(places) if west <= x <= east and south <= y <= north]
    assert found == expected
    assert page.matched == len(expected)


def test_the_cache_makes_an_index_once_per_revision_and_reader() -> None:
    made: list[str] = []
    cache = IndexCache()

    def make(name: str) -> FeatureIndex:
        made.append(name)
        return FeatureIndex([], [], [])

    first = cache.get("plots", 1, True, lambda: make("public"))
    assert cache.get("plots", 1, True, lambda: make("again")) is first
    assert cache.get("plots", 1, False, lambda: make("full")) is not first
    assert cache.get("plots", 2, True, lambda: make("newer")) is not first
    assert made == ["public", "full", "newer"]


def test_threads_that_want_the_same_index_make_it_once() -> None:
    made: list[int] = []
    cache = IndexCache()
    together = Barrier(4)

    def ask() -> None:
        together.wait()
        cache.get("plots", 1, True, lambda: made.append(1) or FeatureIndex([], [], []))

    threads = [Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert made == [1]


def test_a_failed_index_is_not_kept() -> None:
    cache = IndexCache()
    with pytest.raises(ZeroDivisionError):
        cache.get("plots", 1, True, lambda: 1 // 0)
    assert len(cache.get("plots", 1, True, lambda: FeatureIndex(["a"], [shapely.Point(0, 0)], [{}]))) == 1
