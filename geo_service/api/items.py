"""Floor 8: the items of a collection, page by page, and one alone, after OGC API - Features part 1."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import quote, urlencode

import orjson
from fastapi import APIRouter, Path, Query, Response
from pydantic import Field

from geo_service.api.collections import NameInPath, collection_named, pages_of, title_of
from geo_service.api.crs import CRS84, Crs, crs_named
from geo_service.api.errors import problems
from geo_service.api.feature_pages import Page
from geo_service.api.fields import Form
from geo_service.api.items_query import Shape, parse_items_query, write_cursor
from geo_service.api.page import page, table
from geo_service.api.plot_feature import PlotFeature, item_links, told_alone
from geo_service.api.reading import GEOJSON, HTML, JSON, Reading, ReadingHere, json_or_page
from geo_service.api.schemas import Link
from geo_service.base.errors import NotFound
from geo_service.outputs.collections import PLOTS, Collection
from geo_service.web.markup import Markup, join, tag

router = APIRouter(prefix="/collections/{collection}/items", tags=["Features"])

LONGEST_WHOLE = 40
"""Characters of a code or a day that are kept on one line of a table."""

FeatureInPath = Annotated[str, Path(min_length=1, max_length=200, description="Id of a feature.")]


@router.get(
    "",
    response_class=Response,
    summary="Read features",
    description="A page of features in order of their ids, or of `sortby`, as GeoJSON; follow `next` for the others. "
    "Every property is a filter too; `filter` takes CQL2. Unknown parameters are refused. "
    "GDAL asks for ten features at a time unless told otherwise: `-oo PAGE_SIZE=1000`.",
    responses=json_or_page("A page of features", "FeatureCollection", GEOJSON) | problems(400, 401, 404),
)
def read_items(collection: NameInPath, reading: ReadingHere) -> Response:
    """Return a page of features."""
    known = collection_named(collection)
    reading = reading.about(known)
    asked = reading.request.query_params.multi_items()
    query = parse_items_query(asked, reading.seen(known))
    unchanged = reading.unchanged()
    if unchanged is not None:
        return unchanged
    found = pages_of(reading, known).page(query)
    links = _links(reading, known, {name: value for name, value in asked if name != "f"}, found)
    if reading.as_page:
        return reading.answer(_items_page(reading, known, found, links), HTML)
    members = {
        "type": "FeatureCollection",
        "timeStamp": reading.desk.clock(),
        "numberMatched": found.matched,
        "numberReturned": len(found),
        "attribution": reading.attribution,
        "links": [link.model_dump() for link in links],
    }
    told = orjson.dumps(members, option=orjson.OPT_UTC_Z)
    body = b'%b,"features":[%b]}' % (told[:-1], b",".join(found.encoded(query.shape)))
    return reading.answer(body, GEOJSON, {"Content-Crs": query.shape.crs.header})


class ItemQuery(Form, extra="forbid"):
    """The query of one feature."""

    crs: str | None = Field(default=None, max_length=200, description="CRS of the geometry; else CRS84.")


@router.get(
    "/{fid}",
    response_class=Response,
    summary="Read a feature",
    description="One feature as GeoJSON. The `ETag` of a plot is what a change of it names in `If-Match`.",
    responses=json_or_page("The feature", "Feature", GEOJSON) | problems(400, 401, 404),
)
def read_item(
    collection: NameInPath, fid: FeatureInPath, asked: Annotated[ItemQuery, Query()], reading: ReadingHere
) -> Response:
    """Return one feature."""
    known = collection_named(collection)
    reading = reading.about(known)
    shape = Shape(CRS84 if asked.crs is None else crs_named(asked.crs, "crs"))
    feature = _plot(reading, fid, shape.crs) if known is PLOTS and not reading.public else None
    found = feature.page if feature else pages_of(reading, known).feature(fid)
    if found is None:
        raise NotFound(
            f"there is no such feature in {known.name}", remedy=f"GET /collections/{known.name}/items lists them"
        )
    unchanged = reading.unchanged(feature.tag if feature else "")
    if unchanged is not None:
        return unchanged
    headers = {"Content-Crs": shape.crs.header} | ({"ETag": feature.tag} if feature else {})
    if reading.as_page:
        back = tag("p", tag("a", title_of(known), href=f"/collections/{known.name}/items"))
        rows = [(tag("code", name), _cell(value)) for name, value in found.values()[0].items()]
        shown = page(str(found.keys()[0]), back, table(("Property", "Value"), rows), note=reading.attribution)
        return reading.answer(shown, HTML, headers)
    if feature:
        return reading.answer(feature.told(reading, shape.crs), GEOJSON, headers)
    path = f"/collections/{known.name}/items/{quote(fid, safe='')}"
    links = item_links(reading, known, path if asked.crs is None else f"{path}?{urlencode({'crs': asked.crs})}")
    return reading.answer(told_alone(reading, found.encoded(shape)[0], links), GEOJSON, headers)


def _plot(reading: Reading, fid: str, crs: Crs) -> PlotFeature:
    """Return a plot as the store has it now: the feature and the version that its tag names are of one moment."""
    plot = reading.desk.store.plot(fid)
    seen = None if plot is None else PlotFeature.of(reading, plot, crs)
    if seen is None:
        raise NotFound("there is no such feature in plots", remedy="GET /collections/plots/items lists them")
    return seen


def _links(reading: Reading, collection: Collection, asked: dict[str, str], found: Page) -> list[Link]:
    """Return the links of a page of features, with one to the next page when there is one."""
    path = f"/collections/{collection.name}/items"
    links = reading.self_links(f"{path}?{urlencode(asked)}" if asked else path, GEOJSON)
    if found.after is not None:
        form, media_type = ("html", HTML) if reading.as_page else ("json", GEOJSON)
        query = urlencode(asked | {"cursor": write_cursor(found.after), "f": form})
        links.append(
            Link(href=f"{reading.desk.base_url}{path}?{query}", rel="next", type=media_type, title="The next page")
        )
    return [*links, _collection_link(reading, collection)]


def _collection_link(reading: Reading, collection: Collection) -> Link:
    here = f"{reading.desk.base_url}/collections/{collection.name}"
    return Link(href=here, rel="collection", type=JSON, title=title_of(collection))


def _items_page(reading: Reading, collection: Collection, found: Page, links: list[Link]) -> str:
    values = found.values()
    names = list(values[0]) if values else []
    here = f"/collections/{collection.name}/items/"
    rows = [
        (tag("a", str(key), href=here + quote(str(key), safe="")), *(_cell(properties[name]) for name in names))
        for key, properties in zip(found.keys(), values, strict=True)
    ]
    onward = [tag("p", tag("a", "Weiter · Next", href=link.href)) for link in links if link.rel == "next"]
    count = tag("p", f"{len(found)} / {found.matched}", class_="soft")
    return page(title_of(collection), count, table(("id", *names), rows), *onward, note=reading.attribution)


def _cell(value: object) -> Markup:
    text = "" if value is None else str(value)
    return join(text) if " " in text or len(text) > LONGEST_WHOLE else tag("span", text, class_="whole")
