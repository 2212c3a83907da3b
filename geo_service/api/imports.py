"""Floor 8: files of plots over HTTP: tried first, row by row, then imported on confirmation."""

from __future__ import annotations

import re
import tempfile
from pathlib import Path
from typing import Annotated, Any, Literal

import orjson
import shapely
from anyio import CapacityLimiter
from anyio.to_thread import run_sync
from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, Field

from geo_service.actions.import_plots import ImportPreview, PlotSource, PreviewRow, import_plots, preview_import
from geo_service.api.desk import Desk, DeskHere
from geo_service.api.errors import problems
from geo_service.api.identity import IdentityHere
from geo_service.api.uploads import BodyRefused, pieces
from geo_service.base.crs import WGS84_EPSG, transform_geometry
from geo_service.base.errors import Conflict
from geo_service.base.report import ImportReport
from geo_service.outputs.plain import plain
from geo_service.plots.formats import READABLE
from geo_service.plots.remarks import in_german

router = APIRouter(prefix="/imports", tags=["Features"])

MAX_BYTES = 30_000_000
"""Of a file that is sent; larger ones are imported by the command line."""

MOST_ROWS = 10_000
"""Rows that a preview lists: first those that are refused, mended or odd, then the others."""

DEGREE_PLACES = 7

_ONE_AT_A_TIME = CapacityLimiter(1)
"""Reading a file takes memory and time; who comes second waits."""

_SUFFIX = re.compile(r"(\.[A-Za-z0-9]{1,12}){1,2}$")


class FileToRead(BaseModel, extra="forbid"):
    """The query of a file: what its content does not say."""

    name: str = Field(
        pattern=r"^[^/\\\x00-\x1f\x7f]{1,120}$",
        description="Name of the file; its ending counts, and with ids its name.",
    )
    layer: str | None = Field(default=None, min_length=1, max_length=120, description="Layer of a file with several.")
    epsg: int | None = Field(default=None, ge=1024, le=32_767, description="CRS of a file that names none.")


class FileToImport(FileToRead, extra="forbid"):
    """The query of an import."""

    revision: int = Field(ge=0, description="That of the preview: what was looked at is what happens.")


class RowPreview(BaseModel):
    """A row of the file and what would become of it."""

    row: int = Field(description="From 1.")
    outcome: Literal["new", "changed", "unchanged", "refused"]
    code: str = Field(description="Of the plot, empty when it is refused.")
    lon: float | None = Field(description="Its middle, degrees; null where it has no place.")
    lat: float | None
    outline: dict[str, Any] | None = Field(description="GeoJSON geometry in degrees, as it would be kept.")
    area_m2: float | None
    reason: str = Field(description="Why it is refused, or empty.")
    reason_de: str = Field(description="In German as far as it is known.")
    remedy: str
    remedy_de: str
    repaired: str = Field(description="What was mended, or empty.")
    repaired_de: str
    warnings: list[str]
    warnings_de: list[str]


class ImportAnswer(BaseModel):
    """What an import did, or would do: `read` is `accepted` and `refused` and `unchanged` together."""

    source: str = Field(description="The file as it calls itself.")
    revision: int = Field(description="State of the data; a preview's is named by the import that follows.")
    read: int
    accepted: int
    unchanged: int
    refused: int
    repaired: int
    warned: int
    notes: list[str] = Field(description="About the file as a whole: CRS, layer, encoding.")


class PreviewAnswer(ImportAnswer):
    """What an import would do."""

    leaves_sample: bool = Field(description="Whether it would replace the sample as a whole.")
    new: int
    changed: int
    rows: list[RowPreview]
    rows_left_out: int


_FILE = {
    "requestBody": {
        "required": True,
        "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
    }
}
_SENT = f"The body is the file itself, of at most {MAX_BYTES} bytes: {READABLE}."


@router.post(
    "/preview",
    summary="Try an import of plots",
    description=f"Says row by row what would happen; nothing is changed. {_SENT}",
    responses=problems(400, 401, 403, 408, 413, 415, 422, 429),
    openapi_extra=_FILE,
)
async def try_import(
    asked: Annotated[FileToRead, Query()], request: Request, desk: DeskHere, who: IdentityHere
) -> PreviewAnswer:
    """Return what an import would do."""

    def look(path: Path) -> PreviewAnswer:
        revision = desk.store.revision()
        found = preview_import(desk.store, path, how=_how(asked), author=who.label, at=desk.clock())
        return _preview(found, asked.name, revision)

    with tempfile.TemporaryDirectory(prefix="geo-service-import-") as folder:
        path = await _received(request, desk, Path(folder), asked.name)
        return await run_sync(look, path, limiter=_ONE_AT_A_TIME)


@router.post(
    "",
    status_code=201,
    summary="Import plots",
    description="Takes what the preview of the same file showed; refused when anything was changed since. " + _SENT,
    responses=problems(400, 401, 403, 408, 409, 413, 415, 422, 429),
    openapi_extra=_FILE,
)
async def import_file(
    asked: Annotated[FileToImport, Query()], request: Request, desk: DeskHere, who: IdentityHere
) -> ImportAnswer:
    """Import a file."""

    def take(path: Path) -> ImportAnswer:
        if desk.store.revision() != asked.revision:
            raise Conflict(
                "the data changed since the preview",
                remedy="look at a new preview, then import again",
                code="changed_since_preview",
                revision=desk.store.revision(),
            )
        found = import_plots(desk.store, path, how=_how(asked), author=who.label, at=desk.clock())
        return ImportAnswer(**_counted(found, asked.name, desk.store.revision()))

    with tempfile.TemporaryDirectory(prefix="geo-service-import-") as folder:
        path = await _received(request, desk, Path(folder), asked.name)
        return await run_sync(take, path, limiter=_ONE_AT_A_TIME)


def _how(asked: FileToRead) -> PlotSource:
    return PlotSource(layer=asked.layer, assume_epsg=asked.epsg)


async def _received(request: Request, desk: Desk, folder: Path, name: str) -> Path:
    """Write the body to a file of that name in a folder of its own.

    Raises
    ------
    BodyRefused
        As `geo_service.api.uploads.pieces`, and 422 for a name without an ending or a body without a byte.
    """
    safe = re.sub(r"[^\w.\- ]", "_", name).lstrip(". ")
    if not _SUFFIX.search(safe):
        raise BodyRefused(422, "file_kind", "the name of the file has no ending", f"send one of: {READABLE}")
    path = folder / safe
    size = 0
    with path.open("wb") as file:
        async for piece in pieces(request, MAX_BYTES, desk.upload_limits):
            size += len(piece)
            await run_sync(file.write, piece)
    if not size:
        raise BodyRefused(422, "file_empty", "the file is empty", "send the file itself as the body")
    return path


def _counted(report: ImportReport, name: str, revision: int) -> dict[str, Any]:
    return {
        "source": plain(name),
        "revision": revision,
        "read": report.read,
        "accepted": report.accepted,
        "unchanged": report.unchanged,
        "refused": len(report.refused),
        "repaired": len(report.repaired),
        "warned": len({one.row for one in report.warnings}),
        "notes": [plain(one) for one in report.notes],
    }


def _preview(found: ImportPreview, name: str, revision: int) -> PreviewAnswer:
    rows = sorted(found.rows, key=lambda row: (not _asks_attention(row), row.row))
    return PreviewAnswer(
        **_counted(found.report, name, revision),
        leaves_sample=found.leaves_sample,
        new=sum(row.outcome == "new" for row in found.rows),
        changed=sum(row.outcome == "changed" for row in found.rows),
        rows=sorted((_told(row) for row in rows[:MOST_ROWS]), key=lambda row: row.row),
        rows_left_out=max(0, len(rows) - MOST_ROWS),
    )


def _asks_attention(row: PreviewRow) -> bool:
    return row.outcome == "refused" or bool(row.repaired or row.warnings)


def _told(row: PreviewRow) -> RowPreview:
    plot = row.plot
    lon, lat = row.lonlat or (None, None)
    outline = None
    if plot is not None:
        degrees = transform_geometry(plot.geometry, plot.epsg, WGS84_EPSG)
        outline = orjson.loads(shapely.to_geojson(shapely.transform(degrees, lambda xy: xy.round(DEGREE_PLACES))))
    reason, repaired, warnings = plain(row.reason), plain(row.repaired), [plain(one) for one in row.warnings]
    return RowPreview(
        row=row.row,
        outcome=row.outcome,
        code=plain(plot.code) if plot else "",
        lon=lon,
        lat=lat,
        outline=outline,
        area_m2=round(plot.area_m2, 1) if plot else None,
        reason=reason,
        reason_de=in_german(reason),
        remedy=plain(row.remedy),
        remedy_de=in_german(plain(row.remedy)),
        repaired=repaired,
        repaired_de=in_german(repaired),
        warnings=warnings,
        warnings_de=[in_german(one) for one in warnings],
    )
