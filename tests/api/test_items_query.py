"""The query string of a collection's items."""

from __future__ import annotations

from contextlib import suppress
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo_service.api.crs import SYSTEMS
from geo_service.api.items_query import (
    MAX_LIMIT,
    OWN,
    Cursor,
    ItemsQuery,
    Shape,
    Sort,
    parse_items_query,
    read_cursor,
    write_cursor,
)
from geo_service.base.errors import InputError
from geo_service.outputs.collections import Property

PROPERTIES = [
    Property("state", "string", "Stand", "state"),
    Property("area", "number", "Größe", "area"),
    Property("stops", "integer", "Stopps", "stops"),
    Property("public", "boolean", "öffentlich", "public"),
]
MONDAY, TUESDAY = date(2026, 11, 23), date(2026, 11, 24)


def parse(**given_: str) -> ItemsQuery:
    return parse_items_query(
        [(name.replace("_", "-") if name != "skipGeometry" else name, value) for name, value in given_.items()],
        PROPERTIES,
    )


def test_nothing_asked_is_the_default() -> None:
    assert parse() == ItemsQuery()


@pytest.mark.parametrize(
    ("text", "boxes"),
    [
        ("12,51,13,52", ((12, 51, 13, 52),)),
        ("12,51,0,13,52,100", ((12, 51, 13, 52),)),
        (" 12, 51, 13, 52", ((12, 51, 13, 52),)),
        ("170,-10,-170,10", ((170, -10, 180, 10), (-180, -10, -170, 10))),
    ],
)
def test_bbox(text: str, boxes: object) -> None:
    assert parse(bbox=text).boxes == boxes


@pytest.mark.parametrize(
    ("text", "span"),
    [
        ("2026-11-24", (TUESDAY, TUESDAY)),
        ("2026-11-24T06:00:00Z", (TUESDAY, TUESDAY)),
        ("2026-11-24t06:00:00z", (TUESDAY, TUESDAY)),
        ("2026-11-23T23:30:00.5+00:00", (TUESDAY, TUESDAY)),  # after midnight in Berlin
        ("2026-11-23/2026-11-24", (MONDAY, TUESDAY)),
        ("2026-11-23/..", (MONDAY, None)),
        ("2026-11-23T/..", (MONDAY, None)),  # as GDAL 3.6 writes it
        ("2026-11-23/", (MONDAY, None)),
        ("../2026-11-24", (None, TUESDAY)),
        ("/2026-11-24", (None, TUESDAY)),
    ],
)
def test_datetime(text: str, span: object) -> None:
    assert parse(datetime=text).span == span


@pytest.mark.parametrize(
    ("name", "text", "wanted"),
    [
        ("state", "cleared", "cleared"),
        ("state", "1", "1"),
        ("state", "", None),
        ("area", "600", 600.0),
        ("area", "-6.5e2", -650.0),
        ("area", "", None),
        ("stops", "3", 3.0),
        ("public", "true", True),
        ("public", "FALSE", False),
        ("public", "1", True),  # so does GDAL write it
        ("public", "0", False),
    ],
)
def test_filters_have_the_type_of_the_property(name: str, text: str, wanted: object) -> None:
    found = parse(**{name: text}).filters[name]
    assert (found, type(found)) == (wanted, type(wanted))


@pytest.mark.parametrize(
    "given_",
    [
        {"area": "many"},
        {"area": "nan"},
        {"area": "1e999"},
        {"area": "9" * 400},
        {"stops": "٣"},
        {"stops": "0.5"},
        {"stops": "9" * 16},
        {"public": "yes"},
        {"bbox": "1,2,3"},
        {"bbox": "1,2,3,4,5"},
        {"bbox": "1,2,3,nan"},
        {"bbox": "1,2,3,1e999"},
        {"bbox": "a,b,c,d"},
        {"bbox": ""},
        {"bbox": "12,52,13,51"},
        {"bbox_crs": "EPSG:25833"},
        {"datetime": ""},
        {"datetime": ".."},
        {"datetime": "../.."},
        {"datetime": "/"},
        {"datetime": "2026-11-24/2026-11-23"},
        {"datetime": "2026-11-23/2026-11-24/2026-11-25"},
        {"datetime": "2026-02-30"},
        {"datetime": "2026-11-24T06"},
        {"datetime": "2026-11-24T25:00:00Z"},
        {"datetime": "2026-11-24T06:00:00"},
        {"datetime": "0001-01-01T00:00:00+14:00"},
        {"datetime": "24.11.2026"},
        {"limit": "0"},
        {"limit": "-1"},
        {"limit": "1.5"},
        {"limit": "NaN"},
        {"limit": "9" * 5000},
        {"limit": "²"},
        {"cursor": "?"},
        {"cursor": "bnVsbA"},
        {"cursor": "dHJ1ZQ"},
        {"cursor": "W10"},
        {"cursor": "WyJhIiwxXQ"},  # with a value, though nothing is sorted by
        {"crs": "EPSG:25833"},
        {"crs": "http://www.opengis.net/def/crs/EPSG/0/2056"},
        {"crs": ""},
        {"filter_crs": "x"},
        {"sortby": ""},
        {"sortby": "stat"},
        {"sortby": "state,-state"},
        {"sortby": "state,"},
        {"properties": "state,stat"},
        {"skipGeometry": "1"},
        {"f": "xml"},
        {"stat": "cleared"},
    ],
)
def test_what_cannot_be_understood_is_refused_with_a_remedy(given_: dict[str, str]) -> None:
    with pytest.raises(InputError) as caught:
        parse(**given_)
    assert caught.value.code == "invalid_parameter"
    assert caught.value.remedy
    assert caught.value.fields["parameter"] == next(iter(given_)).replace("_", "-")


def test_a_name_given_twice_is_refused() -> None:
    with pytest.raises(InputError, match="twice"):
        parse_items_query([("state", "cleared"), ("state", "greened")], PROPERTIES)


def test_a_large_limit_is_cut() -> None:
    assert parse(limit="20000").limit == MAX_LIMIT


def test_properties_become_filters() -> None:
    assert parse(state="cleared", area="12.5", limit="5").filters == {"state": "cleared", "area": 12.5}


TEXTS = st.text(st.characters(exclude_categories=["Cs"]))


@given(
    st.one_of(st.integers(min_value=0, max_value=2**53), TEXTS),
    st.lists(st.one_of(st.none(), TEXTS, st.floats(allow_nan=False, allow_infinity=False)), max_size=4),
)
def test_a_cursor_comes_back_as_it_was(key: int | str, values: list[object]) -> None:
    cursor = Cursor(key, tuple(values))
    text = write_cursor(cursor)
    assert text.replace("-", "").replace("_", "").isalnum()
    assert read_cursor(text, len(values)) == cursor
    with pytest.raises(InputError):
        read_cursor(text, len(values) + 1)


def test_an_order_is_read() -> None:
    assert parse(sortby="state,-area").order == (Sort("state"), Sort("area", descending=True))
    assert parse(sortby="+state, area").order == (Sort("state"), Sort("area"))  # a + in an address is a blank


def test_what_is_told_is_read() -> None:
    utm = "http://www.opengis.net/def/crs/EPSG/0/25833"
    assert parse(crs=utm, properties="state,area", skipGeometry="true").shape == Shape(
        SYSTEMS[utm], frozenset({"state", "area"}), skip_geometry=True
    )
    assert parse(properties="").shape.names == frozenset()


@pytest.mark.parametrize(
    ("name", "text", "boxes"),
    [
        ("EPSG/0/4326", "51,12,52,13", ((12, 51, 13, 52),)),
        ("EPSG/0/4326", "-10,170,10,-170", ((170, -10, 180, 10), (-180, -10, -170, 10))),
        ("EPSG/0/25833", "313000,5688000,0,314000,5689000,9", ((313000, 5688000, 314000, 5689000),)),
    ],
)
def test_a_box_has_the_axes_of_its_system(name: str, text: str, boxes: object) -> None:
    found = parse(bbox=text, bbox_crs=f"http://www.opengis.net/def/crs/{name}")
    assert found.boxes == boxes
    with pytest.raises(InputError):
        parse(bbox="314000,5688000,313000,5689000", bbox_crs="http://www.opengis.net/def/crs/EPSG/0/25833")


@given(st.text(max_size=60))
def test_any_cursor_is_read_or_refused(text: str) -> None:
    with suppress(InputError):
        assert isinstance(read_cursor(text), Cursor)


@given(st.sampled_from(OWN), st.text(max_size=40))
def test_any_value_is_read_or_refused(name: str, value: str) -> None:
    with suppress(InputError):
        assert parse_items_query([(name, value)], []) is not None
