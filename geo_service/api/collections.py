"""Floor 8: the collections, after OGC API - Features part 1: what there is, and what each holds."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Annotated

from fastapi import APIRouter, Path, Response

from geo_service.api.access import may_read
from geo_service.api.crs import CRS84, SYSTEMS, Crs, stored_in
from geo_service.api.errors import problems
from geo_service.api.feature_pages import FeaturePages
from geo_service.api.feature_source import FeatureSource
from geo_service.api.fields import FormQuery
from geo_service.api.page import page, table
from geo_service.api.reading import GEOJSON, HTML, JSON, SCHEMA, Reading, ReadingHere, json_or_page
from geo_service.api.schemas import CollectionAnswer, CollectionsAnswer, Extent, Link, SpatialExtent, TemporalExtent
from geo_service.api.tile_metadata import TILESETS_VECTOR
from geo_service.base.clock import BERLIN
from geo_service.base.errors import NotFound
from geo_service.outputs.collections import COLLECTIONS, PLOTS, QUARTERS, Collection
from geo_service.web.markup import tag

router = APIRouter(prefix="/collections", tags=["Features"])

_OGC = "http://www.opengis.net/def/rel/ogc/1.0/"
QUERYABLES, SORTABLES, SCHEMA_OF_ITEMS = f"{_OGC}queryables", f"{_OGC}sortables", f"{_OGC}schema"
"""Relations of links."""

GREGORIAN = "http://www.opengis.net/def/uom/ISO-8601/0/Gregorian"

NameInPath = Annotated[str, Path(pattern="^[a-z-]{1,40}$", description="A collection.", examples=["plots"])]


@router.get(
    "",
    response_class=Response,
    summary="List the collections",
    description="Those that you may see: visits and routes are for those who are signed in.",
    responses=json_or_page("Collections with their extent", "CollectionsAnswer") | problems(400, 401),
)
def list_collections(form: FormQuery, reading: ReadingHere) -> Response:
    """Return the collections that the reader may see."""
    seen = [one for one in COLLECTIONS.values() if may_read(f"/collections/{one.name}", reading.who)]
    reading = reading.about(*seen)
    unchanged = reading.unchanged()
    if unchanged is not None:
        return unchanged
    told = CollectionsAnswer(
        attribution=reading.attribution,
        links=reading.self_links("/collections"),
        collections=[_described(reading, one) for one in seen],
    )
    rows = [
        (
            tag("a", title_of(one), href=f"/collections/{one.name}"),
            len(pages_of(reading, one)),
            one.what_de,
            one.what_en,
        )
        for one in seen
    ]
    listed = table(("", "Anzahl · Count", "Inhalt", "Content"), rows)
    return reading.either(told, page("Daten · Data", listed, note=reading.attribution))


@router.get(
    "/{collection}",
    response_class=Response,
    summary="Describe a collection",
    description="What it holds, where, and links to its items.",
    responses=json_or_page("The collection", "CollectionAnswer") | problems(400, 401, 404),
)
def describe_collection(collection: NameInPath, form: FormQuery, reading: ReadingHere) -> Response:
    """Return what a collection is."""
    known = collection_named(collection)
    reading = reading.about(known)
    unchanged = reading.unchanged()
    if unchanged is not None:
        return unchanged
    count = len(pages_of(reading, known))
    properties = [
        (tag("code", one.name), one.form or one.type, one.what_de, one.what_en) for one in reading.seen(known)
    ]
    shown = page(
        title_of(known),
        tag("p", known.what_de, tag("br"), known.what_en),
        tag("p", tag("a", f"Alle {count} ansehen · See all {count}", href=f"/collections/{known.name}/items")),
        table(("Property", "Type", "Bedeutung", "Meaning"), properties),
        note=reading.attribution,
    )
    return reading.either(_described(reading, known), shown)


def collection_named(name: str) -> Collection:
    """Return a collection.

    Raises
    ------
    NotFound
        When there is none of that name.
    """
    if name not in COLLECTIONS:
        raise NotFound("there is no such collection", remedy="GET /collections lists them")
    return COLLECTIONS[name]


def title_of(collection: Collection) -> str:
    """Return the title in both languages."""
    return f"{collection.title_de} · {collection.title_en}"


def pages_of(reading: Reading, collection: Collection) -> FeaturePages:
    """Return the features of a collection as the reader may see them."""
    source: FeatureSource = reading.request.app.state.features
    return source.get(reading.desk.store, collection, reading.revision_of(collection), reading.who.role)


def _described(reading: Reading, collection: Collection) -> CollectionAnswer:
    path = f"/collections/{collection.name}"
    here = f"{reading.desk.base_url}{path}"
    items = f"{here}/items"
    pages = pages_of(reading, collection)
    return CollectionAnswer(
        id=collection.name,
        title=title_of(collection),
        description=f"{collection.what_de} · {collection.what_en}",
        attribution=reading.attribution,
        crs=list(SYSTEMS),
        storageCrs=_stored_in(reading, collection).uri,
        extent=_extent(pages),
        properties=[one.name for one in reading.seen(collection)],
        links=[
            *reading.self_links(path),
            Link(href=items, rel="items", type=GEOJSON, title="Features as GeoJSON"),
            Link(href=f"{items}?f=html", rel="items", type=HTML, title="Features as a page"),
            Link(href=f"{here}/queryables", rel=QUERYABLES, type=SCHEMA, title="What filters may name"),
            Link(href=f"{here}/sortables", rel=SORTABLES, type=SCHEMA, title="What features can be sorted by"),
            Link(href=f"{here}/schema", rel=SCHEMA_OF_ITEMS, type=SCHEMA, title="What features are"),
            Link(href=f"{here}/tiles", rel=TILESETS_VECTOR, type=JSON, title="Vector tiles"),
        ],
    )


def _stored_in(reading: Reading, collection: Collection) -> Crs:
    """Return the system in which a collection's geometries are kept: they come back from it without a loss."""
    return stored_in(reading.desk.store.plan_crs()) if collection in {PLOTS, QUARTERS} else CRS84


def _extent(pages: FeaturePages) -> Extent | None:
    """Return where and when the features are: whole days, as they begin and end in Berlin."""
    box, span = pages.table.bounds(), pages.table.span()
    spatial = None if box is None else SpatialExtent(bbox=[list(box)], crs=CRS84.uri)
    temporal = None
    if span is not None:
        first, last = (None if day is None else datetime.combine(day, time(), BERLIN) for day in span)
        end = None if last is None else last + timedelta(days=1)
        temporal = TemporalExtent(interval=[[first, end]], trs=GREGORIAN)
    return None if spatial is None and temporal is None else Extent(spatial=spatial, temporal=temporal)
