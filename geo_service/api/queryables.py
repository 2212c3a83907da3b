"""Floor 8: what filters, orders and features may name: JSON Schemas after OGC API - Features parts 3 and 5."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson
from fastapi import APIRouter, Response

from geo_service.api.collections import NameInPath, collection_named, title_of
from geo_service.api.cql import GEOMETRY, ID
from geo_service.api.errors import problems
from geo_service.api.fields import FormQuery
from geo_service.api.page import page, table
from geo_service.api.reading import HTML, NOT_MODIFIED, SCHEMA, Reading, ReadingHere
from geo_service.outputs.collections import STREETS, Collection, Property
from geo_service.web.markup import tag

router = APIRouter(prefix="/collections/{collection}", tags=["Features"])

Json = dict[str, Any]

_GEOMETRIES = {"Polygon": "geometry-polygon-or-multipolygon", "LineString": "geometry-linestring"}
_GEOMETRIES |= {"Point": "geometry-point", "Geometry": "geometry-any"}


def _told(description: str) -> dict[int | str, dict[str, Any]]:
    content = {SCHEMA: {"schema": {"type": "object"}}, HTML: {"schema": {"type": "string"}}}
    return {200: {"description": description, "content": content}, **NOT_MODIFIED}


@router.get(
    "/queryables",
    response_class=Response,
    summary="Say what filters may name",
    description="A JSON Schema of the properties that `filter`, and parameters of their names, may ask for.",
    responses=_told("The queryables") | problems(400, 401, 404),
)
def queryables(collection: NameInPath, form: FormQuery, reading: ReadingHere) -> Response:
    """Return what filters may name."""
    known = collection_named(collection)
    found = _properties(reading, known, geometry=True)
    found[ID]["type"] = "string"  # whatever it is in the features: filters write it as text
    return _answer(reading, known, "queryables", found)


@router.get(
    "/sortables",
    response_class=Response,
    summary="Say what features can be sorted by",
    description="A JSON Schema of the properties that `sortby` takes.",
    responses=_told("The sortables") | problems(400, 401, 404),
)
def sortables(collection: NameInPath, form: FormQuery, reading: ReadingHere) -> Response:
    """Return what features can be sorted by."""
    known = collection_named(collection)
    return _answer(reading, known, "sortables", _properties(reading, known, geometry=False))


@router.get(
    "/schema",
    response_class=Response,
    summary="Say what features are",
    description="A JSON Schema of the features: their properties as you see them, their id and their geometry.",
    responses=_told("The schema") | problems(400, 401, 404),
)
def schema(collection: NameInPath, form: FormQuery, reading: ReadingHere) -> Response:
    """Return what features are."""
    known = collection_named(collection)
    return _answer(reading, known, "schema", _properties(reading, known, geometry=True))


def _properties(reading: Reading, collection: Collection, *, geometry: bool) -> Json:
    found: Json = {one.name: _schema(one, collection) for one in reading.seen(collection)}
    if not geometry:
        return found
    number = {"type": "integer"} if collection is STREETS else {"type": "string"}
    shape = {"title": "Geometrie · geometry", "format": _GEOMETRIES[collection.geometry]}
    return {
        ID: {"title": "Kennung · id", **number, "x-ogc-role": "id"},
        **found,
        GEOMETRY: shape | {"x-ogc-role": "primary-geometry"},
    }


def _schema(one: Property, collection: Collection) -> Json:
    role = {"x-ogc-role": "primary-instant"} if one.name == collection.temporal else {}
    form = {"format": one.form} if one.form else {}
    return {"title": f"{one.what_de} · {one.what_en}", "type": one.type, **form, **role}


def _answer(reading: Reading, collection: Collection, name: str, properties: Mapping[str, Json]) -> Response:
    reading = reading.about()
    unchanged = reading.unchanged()
    if unchanged is not None:
        return unchanged
    if reading.as_page:
        rows = [
            (tag("code", key), str(one.get("format", one.get("type"))), str(one["title"]))
            for key, one in properties.items()
        ]
        back = tag("p", tag("a", title_of(collection), href=f"/collections/{collection.name}"))
        return reading.answer(page(f"{title_of(collection)}: {name}", back, table(("", "", ""), rows)), HTML)
    told = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"{reading.desk.base_url}/collections/{collection.name}/{name}",
        "type": "object",
        "title": title_of(collection),
        "description": f"{collection.what_de} · {collection.what_en}",
        "properties": properties,
        "additionalProperties": False,
    }
    return reading.answer(orjson.dumps(told), SCHEMA)
