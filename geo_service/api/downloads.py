"""Floor 8: collections, and the whole workspace, as files: made in a thread, sent whole or not at all.

What is in them is what the reader sees of the collections, field by field.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Annotated

from anyio import CapacityLimiter
from anyio.to_thread import run_sync
from fastapi import APIRouter, Query, Response
from fastapi import Path as InPath
from fastapi.responses import StreamingResponse
from pydantic import BaseModel

from geo_service import __version__
from geo_service.api.collections import NameInPath, collection_named
from geo_service.api.errors import problems
from geo_service.api.feature_source import features_of
from geo_service.api.field_rules import seen_by
from geo_service.api.open_file import OpenFile
from geo_service.api.reading import NOT_MODIFIED, Reading, ReadingHere
from geo_service.outputs.collections import COLLECTIONS, Collection, Property
from geo_service.outputs.downloads import MEDIA_TYPES, FileFormat, write_download
from geo_service.outputs.features import Features
from geo_service.outputs.workspace_gpkg import dataset_of, export_gpkg
from geo_service.web.colours import map_colours

router = APIRouter(tags=["Features"])

MOST_AT_A_TIME = 2
"""So many files are made at the same time; others wait."""

FormInPath = Annotated[FileFormat, InPath(alias="suffix", description="Form of the file; `zip` is a Shapefile.")]


class Nothing(BaseModel, extra="forbid"):
    """A query without parameters."""


@router.get(
    "/collections/{collection}/download.{suffix}",
    response_class=Response,
    summary="Download a collection",
    description="All of a collection as GeoPackage, GeoParquet 1.1, FlatGeobuf, Shapefile or CSV, with source, licence "
    "and date. In metres of the workspace's own reference system; CSV in degrees.",
    responses={
        200: {
            "description": "The file",
            "content": {one.partition(";")[0]: {"schema": {"type": "string"}} for one in MEDIA_TYPES.values()},
        },
        **NOT_MODIFIED,
    }
    | problems(400, 401, 403, 404),
)
async def download_collection(
    collection: NameInPath, form: FormInPath, nothing: Annotated[Nothing, Query()], reading: ReadingHere
) -> Response:
    """Return a collection as a file."""
    known = collection_named(collection)

    def make(path: Path) -> None:
        made = dataset_of(reading.desk.store, known, at=reading.desk.clock(), view=_view_of(reading))
        write_download(path, form, made)

    return await _answer(reading.about(known), f"{known.name}.{form}", MEDIA_TYPES[form], make)


@router.get(
    "/workspace.gpkg",
    response_class=Response,
    summary="Download everything",
    description="All collections that you may see as layers of one GeoPackage, with the styles that QGIS draws them "
    "in.",
    responses={
        200: {
            "description": "The file",
            "content": {MEDIA_TYPES[FileFormat.GPKG]: {"schema": {"type": "string"}}},
        },
        **NOT_MODIFIED,
    }
    | problems(400, 401, 403),
)
async def download_workspace(nothing: Annotated[Nothing, Query()], reading: ReadingHere) -> Response:
    """Return the workspace as a GeoPackage."""

    def make(path: Path) -> None:
        colours = map_colours("light")
        export_gpkg(path, reading.desk.store, at=reading.desk.clock(), view=_view_of(reading), colours=colours)

    about = reading.about(*COLLECTIONS.values())
    return await _answer(about, "workspace.gpkg", MEDIA_TYPES[FileFormat.GPKG], make)


def _view_of(reading: Reading) -> Callable[[Collection], tuple[Features, Sequence[Property]]]:
    role = reading.who.role
    return lambda one: (features_of(reading.desk.store, one, role=role), seen_by(one, role))


async def _answer(reading: Reading, name: str, media_type: str, make: Callable[[Path], None]) -> Response:
    """Return a file that is made in a thread of its own; nothing is sent before it is whole."""
    revision = await run_sync(lambda: reading.revision)
    entity_tag = f'W/"{__version__}.{revision}.{reading.sight}.{name}"'
    headers = {
        "ETag": entity_tag,
        "Cache-Control": f"{'public' if reading.public else 'private'}, no-cache",
        "Vary": "Authorization, Cookie",
    }
    if {entity_tag, "*"} & {one.strip() for one in reading.request.headers.get("if-none-match", "").split(",")}:
        return Response(status_code=304, headers=headers)
    limiter: CapacityLimiter = reading.request.app.state.downloads
    file = await run_sync(_made, name, make, limiter=limiter)
    headers |= {"Content-Length": str(file.size), "Content-Disposition": f'attachment; filename="{name}"'}
    return StreamingResponse(file.pieces(0, file.size), headers=headers, media_type=media_type)


def _made(name: str, make: Callable[[Path], None]) -> OpenFile:
    with tempfile.TemporaryDirectory(prefix="download-") as folder:
        path = Path(folder) / name
        make(path)
        return OpenFile(path)
