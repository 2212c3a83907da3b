"""Floor 8: the basemap: the whole file by ranges (RFC 9110), and its tiles one by one for those who cannot do that."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated

from anyio.to_thread import run_sync
from fastapi import APIRouter, HTTPException, Query, Request, Response
from fastapi.responses import StreamingResponse

from geo_service.api.encodings import preferred
from geo_service.api.errors import problems
from geo_service.api.open_file import OpenFile
from geo_service.api.reading import NOT_MODIFIED, Reading, ReadingHere
from geo_service.api.tiles import ColumnInPath, RowInPath, TileForm, ZoomInPath, address_of
from geo_service.base.errors import NotFound
from geo_service.outputs.pmtiles import MEDIA_TYPE, PmtilesReader, unpack
from geo_service.outputs.vector_tile import MEDIA_TYPE as TILE_MEDIA_TYPE

router = APIRouter(tags=["Tiles"])

_RANGE = re.compile(r"bytes=(\d{0,15})-(\d{0,15})")
_KEEP = "public, no-cache"


@router.get(
    "/basemap.pmtiles",
    response_class=Response,
    summary="Read the basemap",
    description="Streets, buildings, water, green, rails and names as one PMTiles file (version 3), made when streets "
    "are imported. Ask for one range of bytes at a time; several at once are answered with the whole file.",
    responses={
        200: {"description": "The file", "content": {MEDIA_TYPE: {"schema": {"type": "string"}}}},
        206: {"description": "The range", "content": {MEDIA_TYPE: {"schema": {"type": "string"}}}},
        **NOT_MODIFIED,
    }
    | problems(400, 401, 404, 416),
)
async def read_basemap(reading: ReadingHere) -> Response:
    """Return the file or a range of it."""
    state = await run_sync(_open, _path(reading))
    headers = {"ETag": state.entity_tag, "Accept-Ranges": "bytes", "Cache-Control": _KEEP}
    if _knows(reading.request, state.entity_tag):
        return Response(status_code=304, headers=headers)
    wanted = _wanted(reading.request, state)
    start, end = wanted or (0, state.size)
    if wanted and start >= end:
        raise HTTPException(416, "the basemap ends before that range", {"Content-Range": f"bytes */{state.size}"})
    headers["Content-Length"] = str(end - start)
    if wanted:
        headers["Content-Range"] = f"bytes {start}-{end - 1}/{state.size}"
    status = 206 if wanted else 200
    return StreamingResponse(state.pieces(start, end), status, headers, media_type=MEDIA_TYPE)


@router.get(
    "/basemap/{tileMatrix}/{tileRow}/{tileCol}",
    response_class=Response,
    summary="Read a tile of the basemap",
    description="A Mapbox Vector Tile 2.1 out of the basemap; empty where nothing lies and beyond its zooms.",
    responses={
        200: {"description": "The tile", "content": {TILE_MEDIA_TYPE: {"schema": {"type": "string"}}}},
        **NOT_MODIFIED,
    }
    | problems(400, 401, 404),
)
def read_basemap_tile(
    zoom: ZoomInPath, row: RowInPath, column: ColumnInPath, form: Annotated[TileForm, Query()], reading: ReadingHere
) -> Response:
    """Return a tile."""
    address = address_of(zoom, row, column)
    state = _open(_path(reading))
    headers = {"ETag": f"W/{state.entity_tag}", "Cache-Control": _KEEP, "Vary": "Accept-Encoding"}
    if _knows(reading.request, state.entity_tag):
        return Response(status_code=304, headers=headers)
    packed = PmtilesReader(state.read).packed_tile(address)
    if packed is None:
        return Response(b"", headers=headers, media_type=TILE_MEDIA_TYPE)
    if preferred(reading.request.headers.get("accept-encoding", ""), ("gzip",)):
        return Response(packed, headers={**headers, "Content-Encoding": "gzip"}, media_type=TILE_MEDIA_TYPE)
    return Response(unpack(packed), headers=headers, media_type=TILE_MEDIA_TYPE)


def _path(reading: Reading) -> Path:
    """Return where the basemap lies.

    Raises
    ------
    NotFound
        When there are no streets to go with it; whether the file is there shows when it is opened.
    """
    path = reading.desk.basemap
    if path is None or not reading.desk.store.street_licence():
        raise _none()
    return path


def _none() -> NotFound:
    return NotFound(
        "there is no basemap", remedy="import streets with `geo-service import streets FILE`, which makes one"
    )


def _open(path: Path) -> OpenFile:
    try:
        return OpenFile(path)
    except FileNotFoundError:
        raise _none() from None


def _knows(request: Request, entity_tag: str) -> bool:
    known = {one.strip().removeprefix("W/") for one in request.headers.get("if-none-match", "").split(",")}
    return bool({entity_tag, "*"} & known)


def _wanted(request: Request, state: OpenFile) -> tuple[int, int] | None:
    """Return the first byte that is asked for and the one after the last, None for the whole file.

    What is not understood is no range at all; neither is one of a file that has changed (``If-Range``).
    """
    asked = _RANGE.fullmatch(request.headers.get("range", ""))
    if (
        asked is None
        or asked[1] == asked[2] == ""
        or request.headers.get("if-range", state.entity_tag) != state.entity_tag
    ):
        return None
    first, last = asked[1], asked[2]
    if first == "":
        return max(0, state.size - int(last)), state.size if int(last) else 0
    if last and int(last) < int(first):
        return None
    return int(first), min(int(last) + 1, state.size) if last else state.size
