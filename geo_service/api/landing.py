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
from geo_service.api.tile_metadata import CONFORMS_TO as TILES_CONFORM_TO
from geo_service.api.tile_metadata import TILESETS_VECTOR, TILING_SCHEMES
from geo_service.web.markup import tag

router = APIRouter(tags=["Start"])

ABOUT = (
    "Quarters, plots, streets, visits and routes of the care of vacant plots. "
    "Coordinates are degrees, longitude first (CRS84)."
)

CONFORMS_TO = [f"http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/{name}" for name in ("core", "geojson", "html")]
CONFORMS_TO += TILES_CONFORM_TO

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
