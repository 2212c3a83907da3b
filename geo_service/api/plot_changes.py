"""Floor 8: plots split, merged and retired over HTTP, each resting on the version that was looked at."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter
from pydantic import BaseModel, Field

from geo_service.actions.edit_plot import retire_plot
from geo_service.actions.merge_plots import merge_plots
from geo_service.actions.split_plot import split_plot
from geo_service.api.crs import crs_of_header
from geo_service.api.edit_items import ContentCrs, passed_versions
from geo_service.api.errors import problems
from geo_service.api.fields import PlotInPath
from geo_service.api.plot_feature import PlotFeature, remarks_told
from geo_service.api.plot_schemas import CutSent, OutlineSent, Reason
from geo_service.api.reading import Reading, ReadingHere
from geo_service.api.versions import IfMatch, expected_version
from geo_service.base.crs import WGS84_EPSG
from geo_service.outputs.collections import PLOTS
from geo_service.plots.model import Plot

router = APIRouter(prefix="/plots", tags=["Features"])

MOST_PLOTS = 50

_WHY = Field(default="", description="Why; kept in the ledger.")


class SplitRequest(BaseModel, extra="forbid", strict=True):
    """How to split a plot: by a line across it, or into outlines; one of both."""

    line: CutSent | None = Field(default=None, description="Crosses the plot from outside to outside.")
    outlines: Annotated[list[OutlineSent], Field(max_length=MOST_PLOTS)] = Field(
        default_factory=list, description="Of the parts, which cover the plot; the first keeps the code."
    )
    reason: Reason = _WHY


class Versioned(BaseModel, extra="forbid", strict=True):
    """A plot, and the version of it that was looked at."""

    code: str = Field(pattern=r"^[\w.\- ]{1,80}$", description="Code of the plot.")
    version: str = Field(pattern=r"^[0-9a-f]{32}$", description="As the feature tells it.")


class MergeRequest(BaseModel, extra="forbid", strict=True):
    """Which plots to merge; the first keeps its code."""

    plots: Annotated[list[Versioned], Field(min_length=2, max_length=MOST_PLOTS)]
    reason: Reason = _WHY


class RetireRequest(BaseModel, extra="forbid", strict=True):
    """Why a plot leaves the service's care for good."""

    reason: str = Field(
        min_length=1,
        max_length=300,
        pattern=r"^[^\x00-\x1f\x7f]*[^\x00-\x20\x7f][^\x00-\x1f\x7f]*$",
        description="Kept in its history.",
    )


class RemarkAnswer(BaseModel):
    """What an editor must know although it was done."""

    code: str
    text: str
    text_en: str
    plot: str = Field(default="", description="The other plot that it is about, or empty.")


class PlotAnswer(BaseModel):
    """A plot as it is kept now."""

    code: str
    version: str
    etag: str = Field(description="For `If-Match` of the next change.")
    area_m2: float
    state: str


class SplitAnswer(BaseModel):
    """The parts, the one that keeps the code first."""

    parts: list[PlotAnswer]
    remarks: list[RemarkAnswer]


class MergeAnswer(BaseModel):
    """The plot with the ground of all, and what became of the others."""

    plot: PlotAnswer
    retired: list[str]
    deleted: list[str]
    remarks: list[RemarkAnswer]


class RetireAnswer(BaseModel):
    """The plot as it was retired."""

    plot: PlotAnswer
    remarks: list[RemarkAnswer]


@router.post(
    "/{plot}/split",
    summary="Split a plot",
    description="By a line or into outlines. The first part, of a cut the largest, keeps code, records and photos.",
    responses=problems(400, 401, 403, 404, 409, 412, 413, 422, 428),
)
def split(
    plot: PlotInPath,
    asked: SplitRequest,
    reading: ReadingHere,
    if_match: IfMatch = None,
    content_crs: ContentCrs = None,
) -> SplitAnswer:
    """Split a plot."""
    crs, expected = crs_of_header(content_crs), expected_version(if_match)
    with passed_versions():
        done = split_plot(
            reading.desk.store,
            plot,
            line=None if asked.line is None else crs.read(asked.line.shape()),
            outlines=[crs.read(one.shape()) for one in asked.outlines],
            epsg=WGS84_EPSG,
            expected=expected,
            reason=asked.reason,
            author=reading.who.label,
            clock=reading.desk.clock,
        )
    parts = [_plot(reading, part) for part in done.parts]
    return SplitAnswer(parts=parts, remarks=_remarks(done.remarks))


@router.post(
    "/merge",
    summary="Merge plots",
    description="Plots that touch or lie near each other become the first of them; the others are retired, or deleted "
    "where nothing is kept of them. Each comes with the version that was looked at.",
    responses=problems(400, 401, 403, 404, 409, 412, 413, 422),
)
def merge(asked: MergeRequest, reading: ReadingHere) -> MergeAnswer:
    """Merge plots."""
    with passed_versions():
        done = merge_plots(
            reading.desk.store,
            [one.code for one in asked.plots],
            expected={one.code: one.version for one in asked.plots},
            reason=asked.reason,
            author=reading.who.label,
            clock=reading.desk.clock,
        )
    return MergeAnswer(
        plot=_plot(reading, done.plot),
        retired=list(done.retired),
        deleted=list(done.deleted),
        remarks=_remarks(done.remarks),
    )


@router.post(
    "/{plot}/retire",
    summary="Retire a plot",
    description="It leaves the service's care for good; all that is kept of it stays. Urgent reports about it are "
    "withdrawn and locks of its visits lifted.",
    responses=problems(400, 401, 403, 404, 409, 412, 413, 422, 428),
)
def retire(plot: PlotInPath, asked: RetireRequest, reading: ReadingHere, if_match: IfMatch = None) -> RetireAnswer:
    """Retire a plot."""
    expected = expected_version(if_match)
    with passed_versions():
        done = retire_plot(
            reading.desk.store,
            plot,
            reason=asked.reason,
            expected=expected,
            author=reading.who.label,
            clock=reading.desk.clock,
        )
    return RetireAnswer(plot=_plot(reading, done.plot), remarks=_remarks(done.remarks))


def _plot(reading: Reading, plot: Plot) -> PlotAnswer:
    seen = PlotFeature.of(reading.about(PLOTS), plot)
    assert seen is not None, "who may change plots sees them all"
    return PlotAnswer(
        code=plot.code,
        version=seen.version,
        etag=seen.tag,
        area_m2=round(plot.area_m2, 2),
        state=plot.state.value,
    )


def _remarks(remarks: object) -> list[RemarkAnswer]:
    return [RemarkAnswer(**one) for one in remarks_told(remarks)]  # type: ignore[arg-type]
