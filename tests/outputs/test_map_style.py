"""Styles: each feature falls into one class, MapLibre and QGIS read the same, nothing that QGIS cannot read."""

from __future__ import annotations

import json
import re
import sqlite3
from collections import Counter
from datetime import date, timedelta
from itertools import product
from typing import Any

import pytest

from geo_service.outputs.map_classes import DASHES, MAPS, Condition, MapClass, classes_of
from geo_service.outputs.map_style import BASEMAP, DESK, map_style
from geo_service.outputs.record_layers import RECORD_LAYERS
from geo_service.outputs.sprites import sprite_index
from geo_service.outputs.tile_layers import BRIEF
from geo_service.web.colours import map_colours

TODAY = date(2026, 11, 26)
THEMES = ("light", "dark")
DAYS = [None, *((TODAY + timedelta(days=step)).isoformat() for step in range(-130, 40))]
VALUES = {
    "state": [None, "registered", "cleared", "greened", "maintained", "set_aside", "returned"],
    "due_on": DAYS,
    "last_visit_on": DAYS,
    "tenure_kind": ["own", "permission", "lease", "none"],
    "tenure_until": DAYS,
    "crew": ["crew-1", "crew-2"],
    **{layer.field: [one.value for one in layer.classes] for layer in RECORD_LAYERS.values()},
}


def holds(chosen: list[Any] | None, properties: dict[str, str]) -> bool:
    """Evaluate a filter of the older form as the style specification says."""
    if chosen is None:
        return True
    operator, *rest = chosen
    match operator:
        case "all":
            return all(holds(one, properties) for one in rest)
        case "any":
            return any(holds(one, properties) for one in rest)
        case "!has":
            return rest[0] not in properties
        case "==":
            return properties.get(rest[0]) == rest[1]
        case "<":
            return rest[0] in properties and properties[rest[0]] < rest[1]
        case ">=":
            return rest[0] in properties and properties[rest[0]] >= rest[1]
    raise AssertionError(operator)


def fields_of(classes: tuple[MapClass, ...]) -> list[str]:
    return sorted({one.field for each in classes for together in each.whose for one in together})


@pytest.fixture(scope="module")
def made(crews):
    return {
        (name, theme): classes_of(MAPS[name], map_colours(theme), today=TODAY, crews=crews)
        for name in MAPS
        for theme in THEMES
    }


@pytest.mark.parametrize("name", MAPS)
def test_every_feature_falls_into_one_class_and_qgis_says_the_same(made, name: str) -> None:
    classes = made[name, "light"]
    fields = fields_of(classes)
    table = sqlite3.connect(":memory:")
    table.execute(f"CREATE TABLE plot ({', '.join(fields) or 'no_field'})")
    for values in product(*(VALUES[field] for field in fields)):
        properties = {field: value for field, value in zip(fields, values, strict=True) if value is not None}
        fitting = [one for one in classes if holds(one.as_filter(), properties)]
        unknown = name == "plots-by-state" and "state" not in properties  # those who see states see them all
        assert len(fitting) == (0 if unknown else 1), properties
        table.execute("DELETE FROM plot")
        table.execute(f"INSERT INTO plot VALUES ({','.join('?' * max(1, len(fields)))})", values or (None,))
        for one in classes:
            where = one.as_qgis() or "1"
            found = table.execute(f"SELECT count(*) FROM plot WHERE {where}").fetchone()[0]
            assert (found == 1) == (one in fitting), (where, properties)
    table.close()


@pytest.mark.parametrize(
    ("days", "code"), [(-1, "overdue"), (0, "week"), (6, "week"), (7, "month"), (27, "month"), (28, "later")]
)
def test_what_is_due_is_counted_from_today(made, days: int, code: str) -> None:
    properties = {"due_on": (TODAY + timedelta(days=days)).isoformat()}
    fitting = [one.code for one in made["plots-by-due", "light"] if holds(one.as_filter(), properties)]
    assert fitting == [code]


def test_tiles_carry_from_afar_what_styles_ask_for(made) -> None:
    for (name, _), classes in made.items():
        assert set(fields_of(classes)) <= set(BRIEF[MAPS[name].collection]), name


def test_crews_differ_by_dashes_too(made) -> None:
    classes = made["routes-by-crew", "light"]
    assert [one.dashes for one in classes] == list(DASHES[: len(classes)])
    assert Condition("crew", "==", "o'clock").as_qgis() == "\"crew\" = 'o''clock'"


PAINT = {
    "background": {"background-color"},
    "fill": {"fill-color", "fill-pattern"},
    "line": {"line-color", "line-width", "line-dasharray"},
    "symbol": {"text-color", "text-halo-color", "text-halo-width"},
    "circle": {"circle-color", "circle-stroke-color", "circle-stroke-width", "circle-radius"},
}
LAYOUT = {
    "line": {"line-cap": ("round", "butt"), "line-join": ("round",)},
    "symbol": {"symbol-placement": ("line",), "text-field": None, "text-font": None, "text-size": None},
}
OPERATORS = {"all", "any", "!has", "has", "==", "<", ">=", "in", "!in"}


@pytest.mark.parametrize("basemap", [True, False])
@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("name", MAPS)
def test_a_style_keeps_to_the_part_that_qgis_reads(made, name: str, theme: str, basemap: bool) -> None:
    style = map_style(
        MAPS[name],
        made[name, theme],
        map_colours(theme),
        base_url="http://desk",
        attribution="© somebody",
        basemap=basemap,
        bounds=(12.0, 51.0, 12.4, 51.2),
    )
    assert json.loads(json.dumps(style)) == style
    assert style["version"] == 8
    assert set(style["sources"]) == ({DESK, BASEMAP} if basemap else {DESK})
    for source in style["sources"].values():
        assert source["type"] == "vector"
        assert all(part in source["tiles"][0] for part in ("{z}", "{y}", "{x}"))
        assert source["attribution"] == "© somebody"
    assert style["center"] == [12.2, 51.1]
    assert max(Counter(one["id"] for one in style["layers"]).values()) == 1
    patterns = json.loads(sprite_index(map_colours(theme)))
    for layer in style["layers"]:
        kind = layer["type"]
        assert set(layer) <= {
            *("id", "type", "source", "source-layer", "minzoom", "maxzoom", "filter", "layout", "paint")
        }
        assert set(layer["paint"]) <= PAINT[kind]
        assert layer.get("source", DESK) in style["sources"]
        assert all(isinstance(layer.get(key, 0), int) for key in ("minzoom", "maxzoom"))  # QGIS cuts off fractions
        for key, value in layer.get("layout", {}).items():
            assert LAYOUT[kind][key] is None or value in LAYOUT[kind][key]
        for key, value in layer["paint"].items():
            if key.endswith("-color"):
                assert re.fullmatch("#[0-9a-f]{6}", value), (layer["id"], key)
            elif isinstance(value, list) and key != "line-dasharray":
                assert value[:3] == ["interpolate", ["exponential", 1.5], ["zoom"]]
                assert value[3::2] == sorted(set(value[3::2]))
        if "fill-pattern" in layer["paint"]:
            assert layer["paint"]["fill-pattern"] in patterns
        assert_older_filter(layer.get("filter"))


def assert_older_filter(chosen: list[Any] | None) -> None:
    if chosen is None:
        return
    operator, *rest = chosen
    assert operator in OPERATORS
    if operator in {"all", "any"}:
        for one in rest:
            assert_older_filter(one)
    else:
        assert all(isinstance(one, str) for one in rest), chosen


def test_a_test_of_filters_can_fail() -> None:
    with pytest.raises(AssertionError):
        assert_older_filter(["==", ["get", "state"], "cleared"])
    with pytest.raises(AssertionError):
        assert_older_filter(["!", ["has", "due_on"]])
