from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from shapely import MultiPolygon, Polygon, box

from geo_service.plots.account import Account
from geo_service.plots.checks import outline_keys, overlaps, refuse_doubles, warn_of_shapes
from geo_service.plots.table import object_array

RING = [(0.0, 0.0), (10.0, 0.0), (10.0, 8.0), (4.0, 12.0), (0.0, 8.0)]


@given(st.integers(0, 4), st.booleans(), st.floats(-0.0004, 0.0004))
def test_the_same_outline_has_the_same_key_however_it_is_written(start: int, back: bool, shift: float) -> None:
    turned = RING[start:] + RING[:start]
    ring = [(x + shift, y) for x, y in (reversed(turned) if back else turned)]
    one, other, moved = outline_keys(
        object_array([Polygon(RING), Polygon(ring), Polygon([(x + 0.01, y) for x, y in RING])])
    )
    assert one == other
    assert moved != one


def test_parts_in_another_order_are_the_same_and_none_has_no_key() -> None:
    a, b = box(0, 0, 1, 1), box(5, 5, 6, 6)
    one, other, none = outline_keys(object_array([MultiPolygon([a, b]), MultiPolygon([b, a]), None]))
    assert one == other
    assert none is None


def test_doubles_are_refused_by_outline_first_and_by_id_then() -> None:
    account = Account()
    account.refuse(0, "something else", "x")
    refuse_doubles([b"a", b"a", b"a", b"b", b"c", b"d", None], ["1", "1", "1", "1", "", "", "1"], account)
    assert {row: reason for row, (reason, _) in account.refusals.items()} == {
        0: "something else",
        2: "same outline as row 2",
        3: "id 1 is also row 2",
    }


def test_odd_shapes_are_warned_of() -> None:
    account = Account()
    geometries = object_array([box(0, 0, 10, 10), box(0, 0, 3, 3), box(0, 0, 100, 0.3), box(0, 0, 4000, 4000), None])
    warn_of_shapes(geometries, np.nan_to_num(shapely.area(geometries)), account)
    assert account.warnings == [(1, "tiny: 9.0 m²"), (2, "a sliver: 0.30 m wide on average"), (3, "huge: 16 km²")]


def test_touching_and_barely_overlapping_neighbours_are_no_overlap() -> None:
    found = overlaps(
        object_array([box(0, 0, 100, 100), box(100, 0, 200, 100), box(99.5, 100, 120, 120), box(50, 50, 60, 60), None])
    )
    assert found == [(0, 3, pytest.approx(100))]


boxes = st.tuples(st.integers(0, 30), st.integers(0, 30), st.integers(1, 9), st.integers(1, 9)).map(
    lambda b: box(b[0], b[1], b[0] + b[2], b[1] + b[3])
)


@given(st.lists(boxes, max_size=8))
def test_overlaps_are_those_that_comparing_all_pairs_finds(found: list[Any]) -> None:
    expected = [
        (i, j, pytest.approx(a.intersection(b).area))
        for i, a in enumerate(found)
        for j, b in enumerate(found)
        if i < j and a.intersection(b).area > max(1, 0.01 * min(a.area, b.area))
    ]
    assert overlaps(object_array(found)) == expected
