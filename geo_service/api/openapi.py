"""Floor 8: the OpenAPI text: what the framework reads off the endpoints, and the schemas it cannot see."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from pydantic.json_schema import models_json_schema

from geo_service.api import schemas, tile_schemas
from geo_service.api.access import rows_for
from geo_service.api.errors import Problem, problems
from geo_service.api.parameters import PARAMETERS, items_parameters
from geo_service.api.roles import ANONYMOUS, EVERYONE
from geo_service.outputs.collections import COLLECTIONS

OPENAPI = "application/vnd.oai.openapi+json;version=3.1"
"""Media type of the text."""

TITLE = "Flächenpflege · Care of vacant plots"

ABOUT = """\
The planning desk for the care of vacant plots, for programs.

Everything is JSON in UTF-8. Coordinates are degrees, longitude first (CRS84). Durations are seconds (`_s`), lengths
metres (`_m`), areas square metres (`_m2`); times of a working day are local, `HH:MM`; moments are UTC.

What is public (quarters, plots, streets, what is published of the neighbourhood) needs no token, and plots then show
only what may be published. Everything else needs one, as `Authorization: Bearer TOKEN` or as the password of Basic with
any user name: `geo-service access add` makes it. A browser is signed in by the link that `geo-service serve` prints;
changes with its session cookie are accepted from the desk's own pages only.

Errors are `application/problem+json` (RFC 9457) with a stable `code` and a `remedy`.
"""

TAGS = [
    {"name": "Start", "description": "Where to begin, and whether the desk works."},
    {"name": "Features", "description": "Collections after OGC API - Features part 1; opens in QGIS and GDAL."},
    {"name": "Tiles", "description": "Vector tiles after OGC API - Tiles part 1; for MapLibre, QGIS and GDAL."},
    {"name": "Styles", "description": "Styles for MapLibre and QGIS after OGC API - Styles, with legends."},
    {"name": "Plans", "description": "Planning runs and the plans they make."},
    {"name": "Days", "description": "Day lists of the plan in force."},
    {"name": "Field reports", "description": "What crews report from the field, and what was told twice."},
    {"name": "Concerns", "description": "What residents report, what moderators make of it; Open311 GeoReport v2."},
    {"name": "Projects", "description": "What anyone plans in the area, with the four phases of the programme."},
    {"name": "Occasions", "description": "Office hours and events, as lists and as a calendar to subscribe to."},
    {"name": "Network", "description": "Contacts and mediations, for moderators alone."},
    {"name": "Watch", "description": "Indicators by quarter and period, and reports frozen with a digest."},
    {"name": "Money", "description": "Measures, vouchers split to the cent, claims, and lots put out to tender."},
    {"name": "Access", "description": "Signing a browser in and out."},
]

ITEMS = "/collections/{collection}/items"

_UNSEEN = (
    Problem,
    schemas.Landing,
    schemas.Conformance,
    schemas.CollectionsAnswer,
    schemas.CollectionAnswer,
    schemas.FeatureCollection,
    schemas.Feature,
    tile_schemas.TileMatrixSets,
    tile_schemas.TileMatrixSet,
    tile_schemas.TileSets,
    tile_schemas.TileSet,
)


def openapi_of(app: FastAPI) -> dict[str, Any]:
    """Return the OpenAPI text of the application as it stands; made once."""
    if app.openapi_schema is None:
        text = get_openapi(
            title=app.title,
            version=app.version,
            description=ABOUT,
            routes=app.routes,
            tags=TAGS,
            servers=[{"url": "/"}],
        )
        text["paths"] = _items_by_collection(text["paths"])
        _tell_refusals(text["paths"])
        _, unseen = models_json_schema(
            [(model, "serialization") for model in _UNSEEN], ref_template="#/components/schemas/{model}"
        )
        components = text.setdefault("components", {})
        components["schemas"] = dict(sorted((components.get("schemas", {}) | unseen["$defs"]).items()))
        components["parameters"] = PARAMETERS
        components["securitySchemes"] = {
            "token": {"type": "http", "scheme": "bearer"},
            "password": {"type": "http", "scheme": "basic", "description": "Any user name, the token as password."},
        }
        text["security"] = [{}, {"token": []}, {"password": []}]
        app.openapi_schema = text
    return app.openapi_schema


def _items_by_collection(paths: dict[str, Any]) -> dict[str, Any]:
    """Return the paths with the items of each collection in place of the pattern: each has filters of its own."""
    told: dict[str, Any] = {}
    for path, methods in paths.items():
        if path != ITEMS:
            told.setdefault(path, {}).update(methods)
            continue
        for one in COLLECTIONS.values():
            operation = methods["get"] | {
                "summary": f"Read {one.name}",
                "description": f"{one.what_en}. {methods['get']['description']}",
                "operationId": f"read_{one.name.replace('-', '_')}",
                "parameters": items_parameters(one),
            }
            told.setdefault(path.replace("{collection}", one.name), {})["get"] = operation
    return told


def _tell_refusals(paths: dict[str, Any]) -> None:
    """Say of every operation that takes a body that it can answer 400, and that not all may do, 403."""
    for path, methods in paths.items():
        rows = rows_for(path)
        for method, operation in methods.items():
            row = rows.get(method.upper())
            may_all = row is None or (row.roles >= EVERYONE - {ANONYMOUS} and "{collection}" not in row.template)
            told = operation["responses"]
            also = [status for status, can in ((400, "requestBody" in operation), (403, not may_all)) if can]
            refused = {**{str(status): problems(status)[status] for status in also}, **told}
            if refused.keys() != told.keys():
                operation["responses"] = dict(sorted(refused.items(), key=lambda one: (one[0] == "default", one[0])))
