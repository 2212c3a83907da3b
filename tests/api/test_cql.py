"""CQL2: what is read, what is refused and where, and that the columns find what a slow reference finds."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import Point, box

from geo_service.api.cql import MOST_PARTS, SPATIAL, TEMPORAL, parse_filter
from geo_service.api.cql_evaluate import fitting, like
from geo_service.api.crs import CRS84, SYSTEMS
from geo_service.base.errors import InputError
from geo_service.outputs.collections import Property
from geo_service.outputs.feature_table import FeatureTable
from geo_service.outputs.features import Features

from .cql_reference import fits

PROPERTIES = (
    Property("name", "string", "Name", "name"),
    Property("other", "string", "anderer", "other"),
    Property("size", "number", "Größe", "size"),
    Property("count", "integer", "Anzahl", "count"),
    Property("open", "boolean", "offen", "open"),
    Property("day", "string", "Tag", "day", "date"),
    Property("until", "string", "bis", "until", "date"),
    Property("at", "string", "um", "at", "date-time"),
)
FORM = {one.name: one.form for one in PROPERTIES}
UTM = SYSTEMS["http://www.opengis.net/def/crs/EPSG/0/25833"]
LATITUDE_FIRST = SYSTEMS["http://www.opengis.net/def/crs/EPSG/0/4326"]

NAMES = ["Straße 3", "strasse 3", "Café", "cafe", "CAFÉ", "", None, "10%", "a_b", "Žižkov"]
NUMBERS = [0.0, 1.0, -2.5, 7.0, 1e300, None]
DAYS = ["2026-11-24", "2026-11-25", "2026-03-29", "2027-01-01", None, ""]
MOMENTS = ["2026-11-24T00:30:00+01:00", "2026-11-23T23:30:00Z", "2026-11-25T09:00:00+01:00", None]
SHAPES = [
    Point(0, 0),
    Point(2, 2),
    box(0, 0, 2, 2),
    box(1, 1, 3, 3),
    box(0, 0, 4, 4),
    shapely.LineString([(0, 0), (4, 4)]),
    None,
]

ROW = st.fixed_dictionaries(
    {
        "name": st.sampled_from(NAMES),
        "other": st.sampled_from(NAMES),
        "size": st.sampled_from(NUMBERS),
        "count": st.sampled_from([0, 1, 2, 5, None]),
        "open": st.sampled_from([True, False, None]),
        "day": st.sampled_from(DAYS),
        "until": st.sampled_from(DAYS),
        "at": st.sampled_from(MOMENTS),
        "geometry": st.sampled_from(SHAPES),
    }
)


def table_of(rows) -> FeatureTable:
    shapes = np.empty(len(rows), dtype=object)
    shapes[:] = [row["geometry"] for row in rows]
    values = [{one.name: row[one.name] for one in PROPERTIES} for row in rows]
    return FeatureTable([Features([f"f{number:03}" for number in range(len(rows))], shapes, values)], PROPERTIES)


def read(text: str, crs=CRS84):
    return parse_filter({"filter": text}, PROPERTIES, crs)


def read_json(told: object, crs=CRS84):
    return parse_filter({"filter": json.dumps(told), "filter-lang": "cql2-json"}, PROPERTIES, crs)


def prop(name: str) -> dict[str, str]:
    return {"property": name}


def op(name: str, *args: object) -> dict[str, object]:
    return {"op": name, "args": list(args)}


TEXT = st.recursive(
    st.one_of(st.sampled_from([prop("name"), prop("other")]), st.sampled_from([one for one in NAMES if one])),
    lambda inner: st.builds(op, st.sampled_from(["casei", "accenti"]), inner),
    max_leaves=2,
)
NUMBER = st.recursive(
    st.one_of(st.sampled_from([prop("size"), prop("count")]), st.sampled_from([0.0, 1.0, 2.0, -2.5, 3.0])),
    lambda inner: st.builds(op, st.sampled_from(["+", "-", "*", "/", "%", "div", "^"]), inner, inner),
    max_leaves=4,
)
DAY = st.one_of(st.sampled_from([prop("day"), prop("until")]), st.sampled_from([{"date": one} for one in DAYS if one]))
MOMENT = st.one_of(
    st.just(prop("at")),
    st.sampled_from(
        [{"timestamp": one} for one in ("2026-11-23T23:30:00Z", "2026-11-24T22:59:59Z", "2026-11-24T23:00:00Z")]
    ),
)
INSTANT = st.one_of(DAY, MOMENT)
ENDS = st.sampled_from([("2026-11-24", "2026-11-25"), ("..", "2026-11-24"), ("2026-11-24", ".."), ("..", "..")])
TIME = st.one_of(
    INSTANT,
    ENDS.map(lambda ends: {"interval": list(ends)}),
    st.just({"interval": [prop("day"), prop("until")]}),
    st.just({"interval": ["2026-11-23T23:30:00Z", prop("until")]}),
)
GEOMETRY = st.one_of(
    st.just(prop("geometry")),
    st.sampled_from([shapely.geometry.mapping(one) for one in SHAPES if one]).map(
        lambda one: json.loads(json.dumps(one))
    ),
    st.just({"bbox": [1, 1, 2, 2]}),
)
COMPARISON = st.sampled_from(["=", "<>", "<", ">", "<=", ">="])
PREDICATE = st.one_of(
    st.builds(op, COMPARISON, TEXT, TEXT),
    st.builds(op, COMPARISON, NUMBER, NUMBER),
    st.builds(op, COMPARISON, INSTANT, INSTANT),
    st.builds(op, COMPARISON, st.sampled_from([prop("day"), prop("at")]), st.sampled_from(["2026-11-24", "2026"])),
    st.builds(op, st.sampled_from(["=", "<>"]), st.just(prop("open")), st.one_of(st.booleans(), st.just(prop("open")))),
    st.just(prop("open")),
    st.booleans(),
    st.builds(op, st.just("isNull"), st.one_of(TEXT, NUMBER, st.just(prop("geometry")), st.just(prop("open")), DAY)),
    st.builds(op, st.just("between"), NUMBER, NUMBER, NUMBER),
    st.builds(op, st.just("between"), DAY, DAY, DAY),
    st.builds(lambda one, choices: op("in", one, choices), TEXT, st.lists(TEXT, min_size=1, max_size=3)),
    st.builds(lambda one, choices: op("in", one, choices), NUMBER, st.lists(NUMBER, min_size=1, max_size=3)),
    st.builds(
        op, st.just("like"), TEXT, st.sampled_from(["%", "%a%", "_afe", "caf%", "%3", "%s%e%", "", "10%", "a_b"])
    ),
    st.builds(op, st.sampled_from(SPATIAL), GEOMETRY, GEOMETRY),
    st.builds(op, st.sampled_from(TEMPORAL), TIME, TIME),
)
CONDITION = st.recursive(
    PREDICATE,
    lambda inner: st.one_of(
        st.builds(lambda one: op("not", one), inner),
        st.builds(
            lambda name, parts: op(name, *parts),
            st.sampled_from(["and", "or"]),
            st.lists(inner, min_size=2, max_size=3),
        ),
    ),
    max_leaves=4,
)


@settings(max_examples=600, deadline=None)
@given(CONDITION, st.lists(ROW, max_size=8), st.integers(0, 3))
def test_columns_find_what_the_reference_finds(told, rows, skipped: int) -> None:
    found = read_json(told)
    table = table_of(rows)
    for places in (table.all(), table.all()[skipped:]):
        expected = [place for place in places.tolist() if fits(told, rows[place], FORM)]
        assert fitting(found, table, places).tolist() == expected


@settings(max_examples=200, deadline=None)
@given(CONDITION)
def test_text_and_json_say_the_same(told) -> None:
    import cql2

    text = cql2.Expr(told).to_text()
    rows = [dict(zip(ROW_NAMES, row, strict=True)) for row in SOME_ROWS]
    table = table_of(rows)
    if "''" in text:  # an empty literal
        return
    assert fitting(read(text), table, table.all()).tolist() == fitting(read_json(told), table, table.all()).tolist()


ROW_NAMES = ("name", "other", "size", "count", "open", "day", "until", "at", "geometry")
SOME_ROWS = [
    ("Café", "cafe", 1.0, 1, True, "2026-11-24", "2026-11-25", MOMENTS[0], SHAPES[2]),
    ("Straße 3", "10%", -2.5, 2, False, "2027-01-01", None, MOMENTS[2], SHAPES[0]),
    (None, "", None, None, None, None, None, None, None),
]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("name = 'Café'", [0]),
        ("NOT name = 'Café'", [1]),  # what has no name is neither
        ("name IS NULL", [2]),
        ("name IS NOT NULL AND NOT open", [1]),
        ("ACCENTI(CASEI(name)) = accenti(casei('CAFÉ'))", [0]),
        ("casei(name) LIKE casei('STRASSE%')", [1]),
        ("name LIKE '%é'", [0]),
        ("name LIKE 'Caf%'", [0]),
        ("name NOT LIKE 'Caf%'", [1]),
        ("name LIKE '%'", [0, 1]),
        ("size BETWEEN -3 AND 0", [1]),
        ("size * 2 + count > 0", [0]),
        ("count IN (2, 3)", [1]),
        ("count NOT IN (2, 3)", [0]),
        ("size / 0 = 1", []),
        ("NOT size / 0 = 1", []),
        ("id = 'f001' OR id > 'f001'", [1, 2]),
        ("day = DATE('2026-11-24')", [0]),
        ("day = '2026-11-24'", [0]),
        ("day >= TIMESTAMP('2026-11-24T10:00:00Z')", [0, 1]),
        ("T_DURING(INTERVAL(day, until), INTERVAL('2026-01-01', '..'))", [0]),
        ("T_AFTER(at, DATE('2026-11-24'))", [1]),
        ("S_INTERSECTS(geometry, BBOX(1,1,3,3))", [0]),
        ("S_WITHIN(geometry, POLYGON((-1 -1,5 -1,5 5,-1 5,-1 -1)))", [0, 1]),
        ("S_DISJOINT(geometry, POINT(0 0))", []),
        ("geometry IS NULL", [2]),
        ("TRUE", [0, 1, 2]),
        ("name = NULL", []),
        ("NOT (name = NULL)", []),
    ],
)
def test_what_conditions_mean(text: str, found: list[int]) -> None:
    table = table_of([dict(zip(ROW_NAMES, row, strict=True)) for row in SOME_ROWS])
    assert fitting(read(text), table, table.all()).tolist() == found


def test_coordinates_are_of_the_system_that_is_named() -> None:
    rows = [dict(zip(ROW_NAMES, SOME_ROWS[0], strict=True)) | {"geometry": Point(12.32, 51.32)}]
    table = table_of(rows)
    near = {
        CRS84: "BBOX(12.31,51.31,12.33,51.33)",
        LATITUDE_FIRST: "BBOX(51.31,12.31,51.33,12.33)",
        UTM: "BBOX(312000,5688000,315000,5690000)",
    }
    for crs, text in near.items():
        assert len(fitting(read(f"S_INTERSECTS(geometry, {text})", crs), table, table.all())) == 1, crs
    assert len(fitting(read(f"S_INTERSECTS(geometry, {near[CRS84]})", LATITUDE_FIRST), table, table.all())) == 0
    assert len(fitting(read("S_INTERSECTS(geometry, POINT(51.32 12.32))", LATITUDE_FIRST), table, table.all())) == 1


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("", "character 1"),
        ("name =", "character 7"),
        ("name = 'x' name", "character 12"),
        ("nam = 'x'", "`nam`"),
        ("name = 3", "`name = 3`"),
        ("size = 'x'", "`size = 'x'`"),
        ("open > true", "`open > true`"),
        ("open BETWEEN true AND true", "true and false"),
        ("size", "no condition"),
        ("name AND open", "operand 1"),
        ("NOT size", "operand 1"),
        ("upper(name) = 'X'", "`upper`"),
        ("casei(size) = 'x'", "operand 1"),
        ("name + 1 = 2", "operand 1"),
        ("name LIKE other", "the pattern"),
        ("day = DATE('2026-02-30')", "no date"),
        ("at > TIMESTAMP('2026-11-24')", "no timestamp"),
        ("T_DURING(day, INTERVAL('2026-11-24','x'))", "end of an interval"),
        ("T_DURING(day, INTERVAL('2026-11-24','2026-11-01'))", "ends before"),
        ("T_AFTER(day, name)", "operand 2"),
        ("S_INTERSECTS(name, POINT(1 2))", "operand 1"),
        ("S_INTERSECTS(geometry, BBOX(3,3,1,1))", "south above"),
        ("S_INTERSECTS(geometry, POLYGON((0 0,2 2,2 0,0 2,0 0)))", "not valid"),
        ("S_DWITHIN(geometry, POINT(1 2), 3)", "`S_DWITHIN`"),
        ("geometry = geometry", "cannot be compared"),
        ("name = DATE('2026-11-24')", "cannot be compared"),
        ("(" * 600 + "open" + ")" * 600, "longer"),
        ("NOT " * 900 + "open", "deeper"),
        ("size" + "+1" * (MOST_PARTS + 1) + " = 2", "longer"),
        ("name = '" + "x" * 20_000 + "'", "longer"),
    ],
)
def test_what_cannot_be_understood_is_refused_where_it_stands(text: str, place: str) -> None:
    with pytest.raises(InputError) as caught:
        read(text)
    assert caught.value.code == "invalid_filter"
    assert caught.value.fields["parameter"] == "filter"
    assert place in caught.value.message
    assert len(caught.value.message) < 400


@pytest.mark.parametrize(
    "text",
    [
        *("", "{", "[]", "3", '"x"', "null x", '{"op": "="}', '{"op": "and", "args": []}', '{"op": "=", "args": [1]}'),
        *('{"op": "not", "args": [true, true]}', '{"op": "in", "args": [{"property": "name"}, []]}'),
        *('{"op": "in", "args": [{"property": "name"}, "x"]}', '{"op": "=", "args": [{"property": 1}, 2]}'),
        *('{"op": "=", "args": [{"property": "size"}, NaN]}', '{"op": "=", "args": [{"property": "size"}, 1e999]}'),
        *('{"op": "s_intersects", "args": [{"property": "geometry"}, {"type": "Point", "coordinates": []}]}',),
        *('{"op": "s_intersects", "args": [{"property": "geometry"}, {"type": "Point", "coordinates": "x"}]}',),
        *('{"op": "s_intersects", "args": [{"property": "geometry"}, {"bbox": [1, 2, 3]}]}',),
        *('{"op": "=", "args": [{"property": "name"}, "\\ud800"]}', '{"date": "2026-11-24"}', '{"made": "up"}'),
        '{"op":"not","args":[' * 300 + "true" + "]}" * 300,
        '{"op":"not","args":[' * 60 + "true" + "]}" * 60,
    ],
)
def test_json_that_is_no_filter_is_refused(text: str) -> None:
    with pytest.raises(InputError) as caught:
        parse_filter({"filter": text, "filter-lang": "cql2-json"}, PROPERTIES, CRS84)
    assert caught.value.code == "invalid_filter"


def test_the_language_is_one_of_two() -> None:
    assert parse_filter({}, PROPERTIES, CRS84) is None
    with pytest.raises(InputError, match="filter-lang"):
        parse_filter({"filter-lang": "ecql"}, PROPERTIES, CRS84)


def test_as_much_as_is_let_through_does_no_harm_in_a_thread() -> None:
    """The parser is not ours: what reaches it must not exhaust the stack of a worker's thread."""
    worst = [
        "NOT " * (MOST_PARTS - 1) + "open",
        "size" + "^2" * (MOST_PARTS - 2) + "=1",
        "(" * 500 + "open" + ")" * 500,
    ]
    worst += ["open" + " AND open" * (MOST_PARTS - 1), "size=" + "-" * (MOST_PARTS - 3) + "1"]
    with ThreadPoolExecutor(1) as pool:
        for text in worst:
            try:
                pool.submit(read, text).result(timeout=20)
            except InputError as error:
                assert error.code == "invalid_filter"


@given(st.text(max_size=60))
def test_any_text_is_read_or_refused(text: str) -> None:
    for given_ in ({"filter": text}, {"filter": text, "filter-lang": "cql2-json"}):
        try:
            parse_filter(given_, PROPERTIES, CRS84)
        except InputError as error:
            assert error.code == "invalid_filter"


@pytest.mark.parametrize(
    ("pattern", "text", "found"),
    [
        ("a%b%c", "a1b2c", True),
        ("a%b%c", "acb", False),
        ("%a", "aa", True),
        ("a%a", "a", False),
        ("_", "ä", True),
        ("__", "ä", False),
        (r"100\%", "100%", True),
        (r"100\%", "1000", False),
        (r"a\_b", "axb", False),
        ("%%", "", True),
        ("a.c", "abc", False),
        ("%\n%", "a\nb", True),
        ("x\\", "x\\", True),
    ],
)
def test_like(pattern: str, text: str, found: bool) -> None:
    assert like(pattern)(text) is found


def test_no_pattern_takes_long() -> None:
    """A translation into one regular expression would go on for years."""
    assert not like("%a" * 40 + "b")("a" * 10_000)
