"""Floor 8: what a query of items may hold, as the OpenAPI text tells it; GDAL and QGIS go by these words."""

from __future__ import annotations

from typing import Any

from geo_service.api.cql import LANGUAGES, MOST_CHARACTERS
from geo_service.api.crs import CRS84, SYSTEMS
from geo_service.api.items_query import DEFAULT_LIMIT, MAX_LIMIT
from geo_service.outputs.collections import Collection, Property

Json = dict[str, Any]

_STRING: Json = {"type": "string"}
_CRS: Json = _STRING | {"enum": [*SYSTEMS], "default": CRS84.uri}


def _query(name: str, description: str, schema: Json, **more: Any) -> Json:
    return {"name": name, "in": "query", "required": False, "description": description, "schema": schema, **more}


PARAMETERS: dict[str, Json] = {
    one["name"]: one
    for one in (
        _query(
            "bbox",
            "Only what touches this box: min lon, min lat, max lon, max lat (or six numbers, with heights), "
            "or as `bbox-crs` orders its axes.",
            {
                "type": "array",
                "items": {"type": "number"},
                "oneOf": [{"minItems": 4, "maxItems": 4}, {"minItems": 6, "maxItems": 6}],
            },
            style="form",
            explode=False,
        ),
        _query("bbox-crs", "CRS of the box, which decides the order of its axes.", _CRS),
        _query("crs", "CRS of the answer, which decides the order of axes.", _CRS),
        _query("datetime", "Only what happens then: a day, an instant, or an interval: `2026-11-24/..`", _STRING),
        _query(
            "filter",
            "Only what this condition in CQL2 is true of. `queryables` of the collection lists what it may name.",
            _STRING | {"maxLength": MOST_CHARACTERS},
        ),
        _query("filter-lang", "How the filter is written.", _STRING | {"enum": [*LANGUAGES], "default": LANGUAGES[0]}),
        _query("filter-crs", "CRS of coordinates in the filter.", _CRS),
        _query(
            "sortby",
            "Properties to put features in order by, commas between them, `-` before those that go down; features "
            "without a value come last, and the id decides where all are equal.",
            _STRING,
        ),
        _query("properties", "Only these properties, commas between them; empty for none.", _STRING),
        _query("skipGeometry", "true: features come without their geometry.", {"type": "boolean", "default": False}),
        _query(
            "limit",
            f"Features on a page; more than {MAX_LIMIT} is cut to that.",
            {"type": "integer", "minimum": 1, "maximum": MAX_LIMIT, "default": DEFAULT_LIMIT},
        ),
        _query("cursor", "From a `next` link.", _STRING),
        _query("f", "json or html; else Accept decides.", _STRING | {"enum": ["json", "html"]}),
    )
}
"""Parameters of all collections by name. QGIS finds the size of its pages under ``components.parameters.limit``."""


def items_parameters(collection: Collection) -> list[Json]:
    """Return the parameters of a collection's items: the common ones by reference, then its properties as filters."""
    common = [{"$ref": f"#/components/parameters/{name}"} for name in PARAMETERS]
    return common + [_filter(one) for one in collection.properties]


def _filter(one: Property) -> Json:
    readers = "" if one.public else " For those who are signed in."
    told = f"Only with this value; empty for none: {one.what_en}.{readers}"
    return _query(one.name, told, {"type": one.type}, allowEmptyValue=True)
