"""Floor 8: where to start: the landing page, what the service conforms to, whether it works."""

from __future__ import annotations

from fastapi import APIRouter, Response

from geo_service import __version__
from geo_service.api.desk import DeskHere
from geo_service.api.errors import problems
from geo_service.api.fields import FormQuery
from geo_service.api.openapi import OPENAPI, TITLE
from geo_service.api.page import page
from geo_service.api.reading import HTML, JSON, ReadingHere, json_or_page
from geo_service.api.schemas import Conformance, Health, Landing, Link
from geo_service.api.styles import CONFORMS_TO as STYLES_CONFORM_TO
from geo_service.api.tile_metadata import CONFORMS_TO as TILES_CONFORM_TO
from geo_service.api.tile_metadata import TILESETS_VECTOR, TILING_SCHEMES
from geo_service.web.markup import tag

router = APIRouter(tags=["Start"])

ABOUT = (
    "Quarters, plots, streets, visits and routes of the care of vacant plots. "
    "Coordinates are degrees, longitude first (CRS84), unless another system is asked for."
)

_SPEC = "http://www.opengis.net/spec"
CONFORMS_TO = [
    f"{_SPEC}/{part}/conf/{name}"
    for part, names in (
        ("ogcapi-features-1/1.0", "core geojson html"),
        ("ogcapi-features-2/1.0", "crs"),
        ("ogcapi-features-3/1.0", "queryables queryables-query-parameters filter features-filter"),
        ("ogcapi-features-4/1.0", "create-replace-delete update optimistic-locking-etags features"),
        ("ogcapi-features-5/1.0", "schemas core-roles-features returnables-and-receivables sortables queryables"),
        (
            "cql2/1.0",
            "cql2-text cql2-json basic-cql2 advanced-comparison-operators case-insensitive-comparison "
            "accent-insensitive-comparison basic-spatial-functions basic-spatial-functions-plus spatial-functions "
            "temporal-functions property-property arithmetic",
        ),
    )
    for name in names.split()
]
CONFORMS_TO += TILES_CONFORM_TO + STYLES_CONFORM_TO

_WAYS = (
    ("/map", "Karte · Map", "Flächen, Ortsteile und die Fahrten eines Tages · plots, quarters, the routes of a day"),
    ("/collections", "Daten · Data", "GeoJSON, seitenweise; QGIS und GDAL öffnen sie als OGC API - Features"),
    ("/docs", "API", "Jede Adresse: was sie nimmt, was sie antwortet · every address: what it takes and answers"),
)


@router.get(
    "/",
    response_class=Response,
    summary="Start here",
    description="What this desk offers, with links.",
    responses=json_or_page("Links to everything else", "Landing") | problems(400, 401),
)
def landing(form: FormQuery, reading: ReadingHere) -> Response:
    """Return the landing page."""
    reading = reading.about()
    unchanged = reading.unchanged()
    if unchanged is not None:
        return unchanged
    at = reading.desk.base_url
    told = Landing(
        title=TITLE,
        description=ABOUT,
        attribution=reading.attribution,
        links=[
            *reading.self_links("/"),
            Link(href=f"{at}/openapi.json", rel="service-desc", type=OPENAPI, title="OpenAPI"),
            Link(href=f"{at}/docs", rel="service-doc", type=HTML, title="Documentation"),
            Link(href=f"{at}/conformance", rel="conformance", type=JSON, title="Conformance classes"),
            Link(href=f"{at}/collections", rel="data", type=JSON, title="Collections"),
            Link(href=f"{at}/tiles", rel=TILESETS_VECTOR, type=JSON, title="Vector tiles"),
            Link(href=f"{at}/styles", rel="http://www.opengis.net/def/rel/ogc/1.0/styles", type=JSON, title="Styles"),
            Link(href=f"{at}/tileMatrixSets", rel=TILING_SCHEMES, type=JSON, title="Tile grids"),
        ],
    )
    ways = (tag("li", tag("a", name, href=way), tag("br"), what) for way, name, what in _WAYS)
    return reading.either(told, page(TITLE, tag("ul", *ways), note=reading.attribution))


@router.get(
    "/conformance",
    response_class=Response,
    summary="List what the service conforms to",
    description="Conformance classes of OGC API - Features and of OGC API - Tiles.",
    responses=json_or_page("Conformance classes", "Conformance") | problems(400, 401),
)
def conformance(form: FormQuery, reading: ReadingHere) -> Response:
    """Return the conformance classes."""
    reading = reading.about()
    unchanged = reading.unchanged()
    if unchanged is not None:
        return unchanged
    shown = page("Conformance", tag("ul", *(tag("li", tag("code", uri)) for uri in CONFORMS_TO)))
    return reading.either(Conformance(conformsTo=CONFORMS_TO), shown)


@router.get(
    "/healthz",
    summary="Whether the desk works",
    description="Asks the store for the count of changes; 503 when it does not answer.",
    responses=problems(401),
)
def health(desk: DeskHere) -> Health:
    """Return that all is well, when it is."""
    return Health(status="ok", version=__version__, revision=desk.store.revision())
