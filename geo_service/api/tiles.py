"""Floor 8: vector tiles of each collection and of several at once, after OGC API - Tiles part 1.

A tile of a place where nothing lies is a 200 without a byte: that is a tile without layers, which every client reads.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Annotated, Literal

from anyio.to_thread import run_sync
from fastapi import APIRouter, Path, Query, Request, Response
from pydantic import BaseModel, Field
from starlette.types import ASGIApp, Receive, Scope, Send

from geo_service import __version__
from geo_service.api.access import Row, may_read, require, roles_for
from geo_service.api.collections import NameInPath, collection_named, pages_of, title_of
from geo_service.api.desk import Desk
from geo_service.api.encodings import preferred
from geo_service.api.errors import problems
from geo_service.api.fields import FormQuery
from geo_service.api.identity import identify
from geo_service.api.page import page, table
from geo_service.api.reading import JSON, NOT_MODIFIED, Reading, ReadingHere, json_or_page
from geo_service.api.revisions import Revisions
from geo_service.api.tile_metadata import (
    GRID,
    GRID_TITLE,
    TilesetPlace,
    grid,
    grids,
    tilejson,
    tileset,
    tilesets,
)
from geo_service.api.tile_source import TileKey, TileSource
from geo_service.base.errors import InputError, NotFound
from geo_service.outputs.collections import COLLECTIONS, Collection
from geo_service.outputs.plain import plain
from geo_service.outputs.tile_grid import LAST_ZOOM, TileAddress
from geo_service.outputs.tile_layers import whole_bounds
from geo_service.outputs.vector_tile import MEDIA_TYPE
from geo_service.web.markup import Markup, tag

router = APIRouter(tags=["Tiles"])

_NUMBER = r"^(0|[1-9][0-9]{0,8})$"
_TILES = f"/tiles/{GRID}/{{tileMatrix}}/{{tileRow}}/{{tileCol}}"
ZoomInPath = Annotated[str, Path(alias="tileMatrix", pattern=_NUMBER, description=f"Zoom, 0 to {LAST_ZOOM}.")]
RowInPath = Annotated[str, Path(alias="tileRow", pattern=_NUMBER, description="Row, from the north.")]
ColumnInPath = Annotated[str, Path(alias="tileCol", pattern=_NUMBER, description="Column, from the west.")]

_CHOICE = "Names of collections with commas between them; without it all that you may see."
_Choice = Annotated[str | None, Field(max_length=200, description=_CHOICE)]


class TilesetForm(BaseModel, extra="forbid"):
    """The query of a tileset."""

    f: Literal["json", "html", "tilejson"] | None = Field(
        default=None, description="json, html or tilejson; else Accept decides between the first two."
    )


class TilesetChoice(TilesetForm, extra="forbid"):
    """The query of a tileset of several collections."""

    collections: _Choice = None


class TilesetsChoice(BaseModel, extra="forbid"):
    """The query of the tilesets of several collections."""

    f: Literal["json", "html"] | None = Field(default=None, description="json or html; else Accept decides.")
    collections: _Choice = None


class TileForm(BaseModel, extra="forbid"):
    """The query of a tile."""

    f: Literal["mvt"] | None = Field(default=None, description="mvt, or nothing: there is no other form.")


class TileChoice(TileForm, extra="forbid"):
    """The query of a tile of several collections."""

    collections: _Choice = None


_TILE = {
    200: {"description": "The tile; empty where nothing lies", "content": {MEDIA_TYPE: {"schema": {"type": "string"}}}},
    **NOT_MODIFIED,
}


@router.get(
    "/tileMatrixSets",
    response_class=Response,
    summary="List the tile grids",
    description="Grids in which there are tiles.",
    responses=json_or_page("The grids", "TileMatrixSets") | problems(400, 401),
)
def list_grids(form: FormQuery, reading: ReadingHere) -> Response:
    """Return the list of grids."""
    link = tag("a", GRID, href=f"/tileMatrixSets/{GRID}")
    return reading.unchanged() or reading.either(grids(reading), page("Kachelraster · Tile grids", tag("p", link)))


@router.get(
    f"/tileMatrixSets/{GRID}",
    response_class=Response,
    summary="Describe the tile grid",
    description="The grid WebMercatorQuad as OGC has registered it, with its zoom levels.",
    responses=json_or_page("The grid", "TileMatrixSet") | problems(400, 401),
)
def describe_grid(form: FormQuery, reading: ReadingHere) -> Response:
    """Return the grid."""
    told = grid()
    rows = [(one.id, f"1 : {one.scale_denominator:,.0f}", one.matrix_width) for one in told.tile_matrices]
    shown = page(GRID, tag("p", GRID_TITLE), table(("Zoom", "Maßstab · Scale", "Kacheln · Tiles"), rows))
    return reading.unchanged() or reading.either(told, shown)


@router.get(
    "/collections/{collection}/tiles",
    response_class=Response,
    summary="List the tilesets of a collection",
    description="One for each grid.",
    responses=json_or_page("The tilesets", "TileSets") | problems(400, 401, 404),
)
def list_collection_tilesets(collection: NameInPath, form: FormQuery, reading: ReadingHere) -> Response:
    """Return the tilesets of a collection."""
    return _list(reading, _place_of(collection_named(collection)))


@router.get(
    f"/collections/{{collection}}/tiles/{GRID}",
    response_class=Response,
    summary="Describe the tileset of a collection",
    description="Layers, attributes and zooms of its tiles; `f=tilejson` is for map libraries.",
    responses=json_or_page("The tileset", "TileSet") | problems(400, 401, 404),
)
def describe_collection_tileset(
    collection: NameInPath, form: Annotated[TilesetForm, Query()], reading: ReadingHere
) -> Response:
    """Return what the tiles of a collection hold."""
    return _describe(reading, _place_of(collection_named(collection)), form)


@router.get(
    f"/collections/{{collection}}/tiles/{GRID}/{{tileMatrix}}/{{tileRow}}/{{tileCol}}",
    response_class=Response,
    summary="Read a tile of a collection",
    description="A Mapbox Vector Tile 2.1. From zoom 14 on features have all attributes that you may see.",
    responses=_TILE | problems(400, 401, 404),
)
async def read_collection_tile(
    collection: NameInPath,
    zoom: ZoomInPath,
    row: RowInPath,
    column: ColumnInPath,
    form: Annotated[TileForm, Query()],
    reading: ReadingHere,
) -> Response:
    """Return a tile of a collection."""
    return await _answer(reading, (collection_named(collection),), address_of(zoom, row, column))


@router.get(
    "/tiles",
    response_class=Response,
    summary="List the tilesets of all collections together",
    description="One for each grid.",
    responses=json_or_page("The tilesets", "TileSets") | problems(400, 401, 403),
)
def list_tilesets(form: Annotated[TilesetsChoice, Query()], reading: ReadingHere) -> Response:
    """Return the tilesets of everything."""
    return _list(reading, _place_of_all(reading, form.collections))


@router.get(
    f"/tiles/{GRID}",
    response_class=Response,
    summary="Describe the tileset of all collections together",
    description="Layers, attributes and zooms of its tiles; `f=tilejson` is for map libraries.",
    responses=json_or_page("The tileset", "TileSet") | problems(400, 401, 403),
)
def describe_tileset(form: Annotated[TilesetChoice, Query()], reading: ReadingHere) -> Response:
    """Return what the tiles of everything hold."""
    return _describe(reading, _place_of_all(reading, form.collections), form)


@router.get(
    f"/tiles/{GRID}/{{tileMatrix}}/{{tileRow}}/{{tileCol}}",
    response_class=Response,
    summary="Read a tile of several collections",
    description="A Mapbox Vector Tile 2.1 with the layers of all collections that you may see, or of those you choose.",
    responses=_TILE | problems(400, 401, 403, 404),
)
async def read_tile(
    zoom: ZoomInPath,
    row: RowInPath,
    column: ColumnInPath,
    form: Annotated[TileChoice, Query()],
    reading: ReadingHere,
) -> Response:
    """Return a tile of several collections."""
    return await _answer(reading, _chosen(reading, form.collections), address_of(zoom, row, column))


def _place_of(collection: Collection) -> TilesetPlace:
    return TilesetPlace(f"/collections/{collection.name}/tiles", "", title_of(collection), (collection,))


def _place_of_all(reading: Reading, choice: str | None) -> TilesetPlace:
    collections = _chosen(reading, choice)
    query = "" if choice is None else "?collections=" + ",".join(one.name for one in collections)
    return TilesetPlace("/tiles", query, "Flächenpflege · Care of vacant plots", collections)


def _chosen(reading: Reading, choice: str | None) -> tuple[Collection, ...]:
    """Return the collections that a query chooses, in the order of the list of collections.

    Raises
    ------
    InputError
        When there is none of a name.
    NotAllowed
        When one of them is not for the reader.
    """
    if choice is None:
        return tuple(one for one in COLLECTIONS.values() if may_read(_path(one), reading.who))
    names = set(choice.split(","))
    for name in sorted(names - COLLECTIONS.keys()):
        raise InputError(
            f"there is no collection '{plain(name)[:40]}'",
            remedy=f"choose from: {', '.join(COLLECTIONS)}",
            code="invalid_parameter",
            parameter="collections",
        )
    chosen = tuple(one for one in COLLECTIONS.values() if one.name in names)
    for one in chosen:
        require(roles_for(_path(one))["GET"], reading.who)
    return chosen


def _path(collection: Collection) -> str:
    return f"/collections/{collection.name}/tiles"


def _list(reading: Reading, place: TilesetPlace) -> Response:
    reading = reading.about(*place.collections)
    unchanged = reading.unchanged()
    if unchanged is not None:
        return unchanged
    shown = page(place.title, tag("p", tag("a", GRID, href=place.here)), note=reading.attribution)
    return reading.either(tilesets(reading, place), shown)


def _describe(reading: Reading, place: TilesetPlace, form: TilesetForm) -> Response:
    reading = reading.about(*place.collections)
    unchanged = reading.unchanged()
    if unchanged is not None:
        return unchanged
    bounds = whole_bounds([pages_of(reading, one).table.bounds() for one in place.collections])
    if form.f == "tilejson":
        told = tilejson(reading, place, bounds).model_dump_json(exclude_none=True)
        return reading.answer(told, JSON)
    return reading.either(tileset(reading, place, bounds), _tileset_page(reading, place))


def _tileset_page(reading: Reading, place: TilesetPlace) -> str:
    rows: Iterable[tuple[Markup | str, ...]] = (
        (tag("code", one.name), f"{one.first_zoom} – {one.last_zoom}", ", ".join(p.name for p in one.properties))
        for one in place.layers(reading)
    )
    return page(
        place.title,
        tag("p", tag("code", reading.desk.base_url + place.template("{z}/{y}/{x}"))),
        table(("Layer", "Zoom", "Properties"), rows),
        note=reading.attribution,
    )


def address_of(zoom: str, row: str, column: str) -> TileAddress:
    """Return the address of a tile.

    Raises
    ------
    NotFound
        When it lies outside the grid, or further in than tiles are made.
    """
    last = (1 << min(int(zoom), LAST_ZOOM)) - 1
    if int(zoom) > LAST_ZOOM or max(int(row), int(column)) > last:
        raise NotFound(
            "there is no such tile",
            remedy=f"zoom is 0 to {LAST_ZOOM}; then the row, then the column, each below 2 to the power of the zoom",
        )
    return TileAddress(int(zoom), column=int(column), row=int(row))


async def _answer(
    reading: Reading, collections: tuple[Collection, ...], address: TileAddress, revision: int | None = None
) -> Response:
    """Return a tile from those that are kept, or made and packed in a thread that does nothing else."""
    if revision is None:
        revision = await run_sync(lambda: reading.revision_of(*collections))
    headers, asked = _keeping(reading, revision), reading.request.headers
    if {headers["ETag"], "*"} & {one.strip() for one in asked.get("if-none-match", "").split(",")}:
        return Response(status_code=304, headers=headers)
    source: TileSource = reading.request.app.state.tiles
    key = TileKey(tuple(one.name for one in collections), revision, reading.sight, address)
    packing = preferred(asked.get("accept-encoding", ""), ("br", "gzip"))
    tile = source.kept(key)
    if tile is None or (tile.is_worth_packing and not tile.has(packing)):
        tile = await run_sync(source.make, reading.desk.store, key, reading.who.role, packing, limiter=source.threads)
    if packing and tile.is_worth_packing:
        headers["Content-Encoding"] = packing
        return Response(tile.packed(packing), headers=headers, media_type=MEDIA_TYPE)
    return Response(tile.body, headers=headers, media_type=MEDIA_TYPE)


class TilesAtOnce:
    """ASGI middleware behind the control of access: answers tiles without the framework, which takes longer than they.

    A map asks for some dozens of tiles at a time, most of which are kept or known to it. What has a query, or an
    address that no tile has, is passed on to the routes above, which tell what is wrong.
    """

    def __init__(self, app: ASGIApp, desk: Desk) -> None:
        self._app = app
        self._desk = desk

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, or pass the request on."""
        asked = None if scope["type"] != "http" or scope["query_string"] else self._asked(Request(scope))
        await (self._app if asked is None else await _answer(*asked))(scope, receive, send)

    def _asked(self, request: Request) -> tuple[Reading, tuple[Collection, ...], TileAddress, int | None] | None:
        """Return the tile that is asked for, and the revision of its data where that is known already."""
        row: Row = request.state.row
        if request.method != "GET" or not row.template.endswith(_TILES):
            return None
        reading = Reading(self._desk, identify(request), request)
        _, first, name, *_ = request.scope["path"].split("/")
        numbers = [row.values[one] for one in ("tileMatrix", "tileRow", "tileCol")]
        if (first == "collections" and name not in COLLECTIONS) or not all(re.fullmatch(_NUMBER, n) for n in numbers):
            return None
        collections = (COLLECTIONS[name],) if first == "collections" else _chosen(reading, None)
        known: Revisions = request.app.state.revisions
        try:
            return reading, collections, address_of(*numbers), known.known_of(self._desk.store, collections)
        except NotFound:
            return None


def _keeping(reading: Reading, revision: int) -> dict[str, str]:
    """Return what a client may keep: what is public anybody may, but everybody asks each time whether it is good."""
    whose = "public" if reading.public else "private"
    return {
        "ETag": f'W/"{__version__}.{revision}.{reading.sight}.mvt"',
        "Cache-Control": f"{whose}, no-cache",
        "Vary": "Accept-Encoding, Authorization, Cookie",
    }
