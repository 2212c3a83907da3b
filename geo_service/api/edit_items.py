"""Floor 8: plots drawn, replaced, changed and deleted, after OGC API - Features part 4; all else is read only.

Who changes a plot names the version that it rests on in ``If-Match``: without it 428, with one that has passed 412 and
both versions in ``fields``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, Header, Path, Query, Response
from pydantic import BaseModel, Field
from shapely.geometry.base import BaseGeometry

from geo_service.actions.edit_plot import EDITABLE, EditedPlot, change_plot, create_plot, delete_plot
from geo_service.actions.plot_records import found_plot
from geo_service.api.crs import CRS84, Crs, crs_of_header
from geo_service.api.errors import VersionPassed, problems
from geo_service.api.feature_source import plot_as_seen
from geo_service.api.plot_feature import PlotFeature
from geo_service.api.plot_schemas import OutlineSent, PlotPatch, PlotSent
from geo_service.api.reading import GEOJSON, Reading, ReadingHere
from geo_service.api.versions import IfMatch, expected_version
from geo_service.base.crs import WGS84_EPSG
from geo_service.base.errors import Conflict, NotFound, RuleBroken
from geo_service.outputs.collections import PLOTS
from geo_service.plots.model import Plot
from geo_service.plots.remarks import Remark
from geo_service.plots.version import plot_version

router = APIRouter(prefix="/collections/plots/items", tags=["Features"])

MERGE_PATCH = "application/merge-patch+json"

ContentCrs = Annotated[
    str | None,
    Header(alias="Content-Crs", max_length=200, description="CRS of the sent geometry, `<URI>`; else CRS84."),
]

PlotFid = Annotated[str, Path(alias="fid", min_length=1, max_length=200, description="Code of a plot.")]

_EMPTIED = sorted(EDITABLE - {"state", "quarter", "care_areas"})
"""What a replacement empties when it does not name it; a plot always has the others."""


class Nothing(BaseModel, extra="forbid"):
    """A query without parameters."""


class DeletionQuery(BaseModel, extra="forbid"):
    """The query of a deletion."""

    reason: str = Field(default="", max_length=300, pattern=r"^[^\x00-\x1f\x7f]*$", description="Kept in the ledger.")


NothingQuery = Annotated[Nothing, Query()]


def _body(*media_types: str, schema: str) -> dict[str, Any]:
    content = {one: {"schema": {"$ref": f"#/components/schemas/{schema}"}} for one in media_types}
    return {"requestBody": {"content": content, "required": True}}


def _told(status: int, description: str) -> dict[int | str, dict[str, Any]]:
    content = {GEOJSON: {"schema": {"$ref": "#/components/schemas/Feature"}}}
    return {status: {"description": description, "content": content}}


@router.post(
    "",
    status_code=201,
    response_class=Response,
    summary="Draw a plot",
    description="A new plot with the outline that is sent, checked and mended as an import does it. `Location` says "
    "where it is, `remarks` what was mended and what is odd. Without a code it gets the next one of its quarter.",
    responses=_told(201, "The plot as it was kept") | problems(400, 401, 403, 409, 413, 422),
    openapi_extra=_body(GEOJSON, schema="PlotSent"),
)
def draw_plot(sent: PlotSent, query: NothingQuery, reading: ReadingHere, content_crs: ContentCrs = None) -> Response:
    """Keep a new plot."""
    named = sent.named()
    code = named.pop("code", None) or sent.id
    _require_empty(named, EDITABLE | {"public"})
    outline, epsg = _outline(sent.geometry, crs_of_header(content_crs), reading.desk.store.plan_crs())
    made = create_plot(
        reading.desk.store,
        outline,
        epsg=epsg,
        code=None if code is None else str(code),
        values={name: value for name, value in named.items() if value is not None},
        reason=sent.reason,
        author=reading.who.label,
        clock=reading.desk.clock,
    )
    where = f"{reading.desk.base_url}/collections/plots/items/{quote(made.plot.code, safe='')}"
    return _answer(reading, made.plot, made.remarks, status=201, Location=where)


@router.put(
    "/{fid}",
    response_class=Response,
    summary="Replace a plot",
    description="Outline and properties become those that are sent; a property that is not named is emptied, but for "
    "state, quarter and care areas. What is read only may be sent back as it was.",
    responses=_told(200, "The plot as it is kept now") | problems(400, 401, 403, 404, 409, 412, 413, 422, 428),
    openapi_extra=_body(GEOJSON, schema="PlotSent"),
)
def replace_plot(
    fid: PlotFid,
    sent: PlotSent,
    query: NothingQuery,
    reading: ReadingHere,
    if_match: IfMatch = None,
    content_crs: ContentCrs = None,
) -> Response:
    """Replace a plot."""
    named = dict.fromkeys(_EMPTIED) | sent.named()
    return _change(reading, fid, sent, named, if_match, crs_of_header(content_crs))


@router.patch(
    "/{fid}",
    response_class=Response,
    summary="Change a plot",
    description="Only what is named changes (JSON merge patch): null empties a property, a geometry is replaced whole.",
    responses=_told(200, "The plot as it is kept now") | problems(400, 401, 403, 404, 409, 412, 413, 422, 428),
    openapi_extra=_body(MERGE_PATCH, GEOJSON, schema="PlotPatch"),
)
def patch_plot(
    fid: PlotFid,
    sent: PlotPatch,
    query: NothingQuery,
    reading: ReadingHere,
    if_match: IfMatch = None,
    content_crs: ContentCrs = None,
) -> Response:
    """Change a plot."""
    return _change(reading, fid, sent, sent.named(), if_match, crs_of_header(content_crs))


@router.delete(
    "/{fid}",
    status_code=204,
    response_class=Response,
    summary="Delete a plot",
    description="Only one of which nothing is kept; any other is retired instead: `POST /plots/{plot}/retire`.",
    responses=problems(400, 401, 403, 404, 409, 412, 428) | {204: {"description": "It is gone"}},
)
def remove_plot(
    fid: PlotFid, asked: Annotated[DeletionQuery, Query()], reading: ReadingHere, if_match: IfMatch = None
) -> Response:
    """Delete a plot."""
    store, desk = reading.desk.store, reading.desk
    with passed_versions():
        delete_plot(
            store,
            fid,
            reason=asked.reason,
            expected=expected_version(if_match),
            author=reading.who.label,
            clock=desk.clock,
        )
    return Response(status_code=204)


@contextmanager
def passed_versions() -> Iterator[None]:
    """Tell that somebody changed a plot meanwhile as a precondition that failed.

    Raises
    ------
    VersionPassed
        With both versions in its fields, and the tag to look at next.
    """
    try:
        yield
    except Conflict as error:
        if error.code != "changed_meanwhile":
            raise
        raise VersionPassed(error.message, remedy=error.remedy, code=error.code, **error.fields) from error


def _change(
    reading: Reading, fid: str, sent: PlotSent | PlotPatch, named: dict[str, Any], if_match: str | None, crs: Crs
) -> Response:
    expected = expected_version(if_match)
    store = reading.desk.store
    plot = found_plot(store, fid)
    if sent.id is not None and sent.id != plot.code:
        raise RuleBroken(
            "the id of a plot stays as it is",
            remedy="leave it out, or draw a new plot",
            code="read_only",
            columns=["id"],
            rule="read_only",
        )
    if expected in {None, plot_version(plot)}:  # else both versions are told, whatever else was sent
        _require_as_it_was(named, plot, reading)
    values = {name: value for name, value in named.items() if name in EDITABLE}
    outline, epsg = (None, WGS84_EPSG) if sent.geometry is None else _outline(sent.geometry, crs, plot.epsg)
    with passed_versions():
        changed: EditedPlot = change_plot(
            store,
            fid,
            values,
            outline=outline,
            epsg=epsg,
            expected=expected,
            reason=sent.reason,
            author=reading.who.label,
            clock=reading.desk.clock,
        )
    return _answer(reading, changed.plot, changed.remarks)


def _require_empty(named: dict[str, Any], known: frozenset[str]) -> None:
    """Refuse values of what a new plot gets from the desk."""
    odd = sorted(name for name, value in named.items() if name not in known and value is not None)
    for name in set(named) - known:
        del named[name]
    if odd:
        raise _read_only(odd)


def _require_as_it_was(named: dict[str, Any], plot: Plot, reading: Reading) -> None:
    """Refuse values of what is read only, unless they are those that stand there."""
    row = plot_as_seen(reading.desk.store, plot, reading.who.role).properties[0]
    odd = sorted(name for name, value in named.items() if name not in EDITABLE and value != row.get(name))
    if odd:
        raise _read_only(odd)


def _read_only(names: list[str]) -> RuleBroken:
    return RuleBroken(
        f"properties > {names[0]}: this is read only",
        remedy="leave it out, or send it back as it was",
        code="read_only",
        columns=names,
        rule="read_only",
    )


def _outline(sent: OutlineSent, crs: Crs, plan_epsg: int | None) -> tuple[BaseGeometry, int]:
    """Return a sent outline in a system that the register reads, x before y: its own, or degrees."""
    shape = sent.shape()
    if crs.epsg == plan_epsg:
        return shape, crs.epsg
    return (shape if crs == CRS84 else crs.read(shape)), WGS84_EPSG


def _answer(reading: Reading, plot: Plot, remarks: Iterable[Remark], *, status: int = 200, **headers: str) -> Response:
    """Tell a plot as it is kept now: who changed it may change it again by the tag that comes with it."""
    seen = PlotFeature.of(reading.about(PLOTS), plot)
    if seen is None:
        raise NotFound("there is no such plot any more", remedy="GET /collections/plots/items lists them")
    told = seen.told(reading, remarks=remarks)
    headers |= {"ETag": seen.tag, "Content-Crs": CRS84.header, "Cache-Control": "private, no-cache"}
    return Response(told, status, headers, GEOJSON)
