"""Floor 8: the quarter watch and its reports over HTTP."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Path, Query, Response
from pydantic import BaseModel, Field

from geo_service.actions.freeze_report import freeze_report
from geo_service.api.desk import Desk, DeskHere
from geo_service.api.errors import problems
from geo_service.api.identity import IdentityHere
from geo_service.api.money_fields import file_answer
from geo_service.base.clock import BERLIN
from geo_service.base.errors import NotFound
from geo_service.outputs.indicator_kinds import INDICATOR, INDICATORS, gap_words
from geo_service.outputs.indicators import OVERALL, Reading, indicators
from geo_service.outputs.money_export import MEDIA
from geo_service.outputs.periods import period, quarter_of, quarters_until
from geo_service.outputs.report import SOURCE, differences, frozen_facts, report_again, report_sheets
from geo_service.outputs.report_pdf import report_pdf
from geo_service.outputs.spreadsheet import Column, Sheet, csv_of, stamp, xlsx_of
from geo_service.outputs.watch_facts import watch_facts
from geo_service.store.kinds_watch import FROZEN_REPORT, FrozenReport

router = APIRouter(tags=["Watch"])

PERIOD = r"^20[0-9]{2}(-Q[1-4])?$"
ReportInPath = Annotated[
    str,
    Path(pattern=r"^R-20[0-9]{2}(-Q[1-4])?-[0-9]{1,4}$", description="Number of a report.", examples=["R-2026-Q3-1"]),
]


class WatchQuery(BaseModel, extra="forbid"):
    """Which figures; by default those of the last eight quarters of the year, of every quarter of the town."""

    period: str = Field(
        default="", pattern=r"^(20[0-9]{2}(-Q[1-4])?)?$", description="2026-Q3 or 2026; empty: eight quarters."
    )
    quarter: str | None = Field(
        default=None, max_length=80, description=f"Of the programme; {OVERALL} for the whole area."
    )
    indicator: str = Field(
        default="", pattern=rf"^({'|'.join(one.code for one in INDICATORS)})?$", description="Code; empty: all."
    )
    lang: Literal["de", "en"] = Field(default="de", description="Language of names and gaps.")


class IndicatorAnswer(BaseModel):
    """One figure."""

    indicator: str
    name: str
    part: str = Field(description="State or theme; empty: of all.")
    quarter: str = Field(description=f"Of the programme; {OVERALL}: the whole area; empty: what belongs to none.")
    period: str
    value: float | None = Field(description="Null: not known; `gap` tells why. Never 0 for what is missing.")
    unit: str
    gap: str
    left_out: int = Field(description="How many things could not be counted.")


class IndicatorKindAnswer(BaseModel):
    """How an indicator is worked out."""

    indicator: str
    name: str
    unit: str
    definition: str
    source: str


class IndicatorList(BaseModel):
    """In order of indicator, quarter, part and period."""

    indicators: list[IndicatorAnswer]
    kinds: list[IndicatorKindAnswer]
    as_of: str


class ReportAnswer(BaseModel):
    """A frozen report."""

    number: str
    period: str
    sha256: str = Field(description="Of the facts that it rests on.")
    author: str
    at: datetime
    note: str


class DifferenceAnswer(BaseModel):
    """What was corrected since."""

    part: str
    key: str
    field: str = Field(description="Empty: the whole record came or went.")
    then: str | None
    now: str | None


class ReportList(BaseModel):
    """In order of their numbers."""

    reports: list[ReportAnswer]


class WholeReport(ReportAnswer):
    """A frozen report with its figures, and what was corrected since."""

    indicators: list[IndicatorAnswer]
    differences: list[DifferenceAnswer]


class ReportTold(BaseModel, extra="forbid", strict=True):
    """About what a report is frozen."""

    period: str = Field(pattern=PERIOD, description="2026-Q3 or 2026; it must have ended.")
    note: str = Field(default="", max_length=300, pattern=r"^[^\x00-\x1f\x7f]*$")


def _answers(desk: Desk, asked: WatchQuery) -> tuple[list[IndicatorAnswer], str]:
    today = made_today(desk)
    periods = [period(asked.period)] if asked.period else quarters_until(quarter_of(today), 8)
    only = [asked.indicator] if asked.indicator else None
    found = indicators(watch_facts(desk.store, today), periods, only=only)
    rows = [_reading(one, asked.lang) for one in found if asked.quarter in (None, one.quarter)]
    return rows, today.isoformat()


def _reading(one: Reading, lang: str) -> IndicatorAnswer:
    kind = INDICATOR[one.indicator]
    return IndicatorAnswer(
        indicator=one.indicator,
        name=kind.name(lang),
        part=one.part,
        quarter=one.quarter,
        period=one.period,
        value=one.value,
        unit=kind.unit(lang),
        gap=gap_words(one.gap, lang),
        left_out=one.left_out,
    )


def made_today(desk: Desk) -> date:
    """Return the local date."""
    return desk.clock().astimezone(BERLIN).date()


@router.get(
    "/indicators",
    summary="Read the quarter watch",
    description="Figures by quarter and period with definition and source; what is not known is null and says why.",
    responses=problems(400, 401, 403),
)
def read_indicators(asked: Annotated[WatchQuery, Query()], desk: DeskHere) -> IndicatorList:
    """Return figures."""
    rows, as_of = _answers(desk, asked)
    kinds = [
        IndicatorKindAnswer(
            indicator=one.code,
            name=one.name(asked.lang),
            unit=one.unit(asked.lang),
            definition=one.definition(asked.lang),
            source=one.source(asked.lang),
        )
        for one in INDICATORS
        if asked.indicator in ("", one.code)
    ]
    return IndicatorList(indicators=rows, kinds=kinds, as_of=as_of)


@router.get(
    "/indicators.{suffix}",
    response_class=Response,
    summary="Download the quarter watch",
    description="As XLSX or CSV with source, licence, date and the mark of the sample.",
    responses=file_answer("csv", "xlsx") | problems(400, 401, 403, 404),
)
def download_indicators(
    suffix: Annotated[Literal["csv", "xlsx"], Path(description="csv or xlsx.")],
    asked: Annotated[WatchQuery, Query()],
    desk: DeskHere,
) -> Response:
    """Return figures as a file."""
    rows, _ = _answers(desk, asked)
    at = desk.clock()
    names = ("indicator", "name", "part", "quarter", "period", "value", "unit", "gap", "left_out")
    columns = [Column(one, "number" if one in ("value", "left_out") else "text", 18) for one in names]
    notes = stamp(SOURCE, at=at, sample=desk.store.is_sample(), lang=asked.lang)
    sheet = Sheet(
        "indicators", "Quartiersbeobachtung", columns, [[getattr(r, n) for n in names] for r in rows], notes=notes
    )
    content = csv_of(sheet) if suffix == "csv" else xlsx_of([sheet], at=at)
    return _file(content, f"quartiersbeobachtung.{suffix}", suffix)


@router.get(
    "/reports", summary="List frozen reports", description="The oldest first.", responses=problems(400, 401, 403)
)
def list_reports(desk: DeskHere) -> ReportList:
    """Return the frozen reports."""
    return ReportList(reports=[_report(one.record) for one in desk.store.records(FROZEN_REPORT)])


@router.post(
    "/reports",
    status_code=201,
    summary="Freeze a report",
    description="Keeps the facts until the end of the period with their digest; what is corrected later is listed.",
    responses=problems(400, 401, 403, 413, 422),
)
def freeze(asked: ReportTold, desk: DeskHere, who: IdentityHere) -> ReportAnswer:
    """Freeze a report about a period."""
    text, sha256 = frozen_facts(desk.store, period(asked.period), made_today(desk))
    made = freeze_report(desk.store, asked.period, text, sha256, note=asked.note, author=who.label, clock=desk.clock)
    return _report(made)


@router.get(
    "/reports/{report}.{suffix}",
    response_class=Response,
    summary="Download a frozen report",
    description="As PDF or XLSX, the same bytes every time.",
    responses=file_answer("pdf", "xlsx") | problems(400, 401, 403, 404),
)
def download_report(
    report: ReportInPath, suffix: Annotated[Literal["pdf", "xlsx"], Path(description="pdf or xlsx.")], desk: DeskHere
) -> Response:
    """Return a frozen report as a file."""
    kept = the_report(desk, report)
    made = report_again(kept)
    if suffix == "pdf":
        content = report_pdf(made, at=kept.at, number_of=kept.number, digest_of=kept.digest)
    else:
        content = xlsx_of(report_sheets(made, at=kept.at, number_of=kept.number, digest_of=kept.digest), at=kept.at)
    return _file(content, f"{kept.number}.{suffix}", suffix)


@router.get(
    "/reports/{report}",
    summary="Read a frozen report",
    description="Its figures, worked out anew from the frozen facts, and what was corrected since.",
    responses=problems(400, 401, 403, 404),
)
def read_report(report: ReportInPath, desk: DeskHere) -> WholeReport:
    """Return a frozen report."""
    kept = the_report(desk, report)
    made = report_again(kept)
    rows = [_reading(one, "de") for one in made.readings if one.period == kept.period]
    changed = [
        DifferenceAnswer(part=one.part, key=one.key, field=one.field, then=_text(one.then), now=_text(one.now))
        for one in differences(desk.store, kept, made_today(desk))
    ]
    return WholeReport(**_report(kept).model_dump(), indicators=rows, differences=changed)


def the_report(desk: Desk, number: str) -> FrozenReport:
    """Return a frozen report.

    Raises
    ------
    NotFound
        There is none with this number.
    """
    kept = desk.store.record(FROZEN_REPORT, number)
    if kept is None:
        raise NotFound(f"there is no report {number}", remedy="see /reports", report=number)
    return kept.record


def _report(one: FrozenReport) -> ReportAnswer:
    return ReportAnswer(
        number=one.number, period=one.period, sha256=one.digest, author=one.author, at=one.at, note=one.note
    )


def _text(value: object) -> str | None:
    return None if value is None else str(value)


def _file(content: bytes, name: str, suffix: str) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return Response(content, headers=headers, media_type=MEDIA[suffix])
