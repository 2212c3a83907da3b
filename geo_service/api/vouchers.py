"""Floor 8: vouchers, and the done visits that wait for one, over HTTP."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Path, Query, Response
from pydantic import BaseModel, Field

from geo_service.actions.book_visits import Proposal, book_visits, proposals
from geo_service.actions.book_voucher import book_voucher, cancel_voucher, correct_voucher
from geo_service.actions.money_records import all_carriers, all_measures, the
from geo_service.api.desk import DeskHere
from geo_service.api.errors import problems
from geo_service.api.fields import Day
from geo_service.api.identity import IdentityHere
from geo_service.api.money_fields import (
    CarrierCode,
    Cents,
    Digest,
    FundPart,
    LotCode,
    MeasureCode,
    PlotCode,
    QuarterName,
    Said,
    VisitId,
    VoucherInPath,
    WorkCode,
    file_answer,
    fund_parts,
)
from geo_service.funding.measure import COST_KINDS
from geo_service.funding.totals import total_of
from geo_service.funding.voucher import Spending, Voucher
from geo_service.outputs.money_export import MEDIA, vouchers_file
from geo_service.outputs.money_list import VoucherFilter, vouchers_of
from geo_service.store.kinds_money import VOUCHER

router = APIRouter(tags=["Money"])

_KINDS = rf"^({'|'.join(COST_KINDS)})?$"


class VoucherQuery(BaseModel, extra="forbid"):
    """Which vouchers are listed; what is left out does not matter."""

    measure: MeasureCode | None = Field(default=None, description="Code of a measure.")
    quarter: QuarterName | None = Field(default=None, description="Of the programme; empty: the whole area.")
    cost_kind: str = Field(default="", pattern=_KINDS, description="Kind of cost.")
    carrier: CarrierCode | None = Field(default=None, description="Code of a carrier.")
    plot: PlotCode = ""
    lot: LotCode = ""
    from_on: Day | None = Field(default=None, alias="from", description="First day on which service may have ended.")
    until_on: Day | None = Field(default=None, alias="until", description="Last day on which it may have.")

    def filter(self) -> VoucherFilter:
        """Return the filter as a value."""
        return VoucherFilter(
            measure=self.measure or "",
            quarter=self.quarter,
            cost_kind=self.cost_kind,
            carrier=self.carrier or "",
            plot=self.plot,
            lot=self.lot,
            from_on=self.from_on,
            until_on=self.until_on,
        )


VoucherQueryHere = Annotated[VoucherQuery, Query()]


class VoucherAnswer(BaseModel):
    """A voucher; never changed."""

    number: str
    kind: Literal["original", "correction", "cancellation"]
    refers_to: str = Field(description="Number of the voucher that it corrects or cancels, or empty.")
    measure: str
    dated_on: date
    served_from: date
    served_until: date
    quarter: str
    cost_kind: str
    carrier: str
    plot: str
    work: str
    visit: str
    lot: str
    text: str
    reason: str
    gross_cents: int
    vat_cents: int
    by_fund: list[FundPart] = Field(description="What each fund bears; adds up to the amount.")
    document_sha256: str
    author: str
    at: datetime


class VoucherList(BaseModel):
    """In order of their numbers, with their total."""

    vouchers: list[VoucherAnswer]
    gross_cents: int
    by_fund: list[FundPart]


class VoucherTold(BaseModel, extra="forbid", strict=True):
    """What was spent."""

    measure: MeasureCode
    dated_on: Day = Field(description="Day on the document.")
    served_from: Day = Field(description="First day of the service; these days bind.")
    served_until: Day
    gross_cents: Cents
    vat_cents: Cents = Field(description="The value added tax in it, whole cents.")
    cost_kind: str = Field(pattern=rf"^({'|'.join(COST_KINDS)})$")
    carrier: CarrierCode
    text: Said
    quarter: QuarterName = Field(default="", description="Of the programme; a plot gives its own.")
    plot: PlotCode = ""
    work: WorkCode = ""
    visit: VisitId = ""
    lot: LotCode = ""
    document_sha256: Digest = ""


class CorrectionTold(BaseModel, extra="forbid", strict=True):
    """What a voucher is put right by."""

    gross_cents: Cents = Field(description="The difference in whole cents, with a minus when too much was booked.")
    vat_cents: Cents
    reason: Said
    document_sha256: Digest = ""


class CancellationTold(BaseModel, extra="forbid", strict=True):
    """Why a voucher is cancelled."""

    reason: Said


class CostLineAnswer(BaseModel):
    """So much of something at a price; ``what`` is people, vehicle or an AVV key."""

    what: str
    amount: float
    unit: str
    unit_cents: int
    cents: int


class ProposalAnswer(BaseModel):
    """A done visit of own crews that no voucher pays yet, calculated."""

    visit: str
    plot: str
    task: str
    quarter: str
    crew: str
    done_on: date
    minutes: int | None
    people: int
    measure: str = Field(description="Of the measure that could pay it, or empty.")
    lines: list[CostLineAnswer]
    missing: list[str] = Field(description="What was not told or has no price: minutes, prices, AVV keys.")
    gross_cents: int | None = Field(description="Null while something is missing.")


class ProposalList(BaseModel):
    """The oldest first."""

    proposals: list[ProposalAnswer]


class VisitsTold(BaseModel, extra="forbid", strict=True):
    """Which visits are booked as they are proposed, all or none."""

    visits: list[Annotated[str, Field(pattern=r"^[\w.\- ]{1,200}$")]] = Field(min_length=1, max_length=500)


@router.get(
    "/vouchers",
    summary="List vouchers",
    description="With filters by measure, quarter, kind of cost, carrier, plot, lot and days of service.",
    responses=problems(400, 401, 403),
)
def list_vouchers(desk: DeskHere, asked: VoucherQueryHere) -> VoucherList:
    """Return vouchers."""
    return _list(vouchers_of(desk.store, asked.filter()))


@router.get(
    "/vouchers.{suffix}",
    response_class=Response,
    summary="Download vouchers",
    description="As XLSX or CSV with the filters of the list, with source, date and the mark of the sample.",
    responses=file_answer("csv", "xlsx") | problems(400, 401, 403, 404),
)
def download_vouchers(
    suffix: Annotated[Literal["csv", "xlsx"], Path(description="csv or xlsx.")], desk: DeskHere, asked: VoucherQueryHere
) -> Response:
    """Return vouchers as a file."""
    store = desk.store
    names = {one.code: one.name for one in all_carriers(store)}
    chosen, measures = vouchers_of(store, asked.filter()), all_measures(store)
    content = vouchers_file(chosen, measures, names, suffix, at=desk.clock(), sample=store.is_sample())
    return download(content, f"belege.{suffix}", suffix)


@router.get("/vouchers/{voucher}", summary="Read a voucher", responses=problems(400, 401, 403, 404))
def read_voucher(voucher: VoucherInPath, desk: DeskHere) -> VoucherAnswer:
    """Return one voucher."""
    return _answer(the(desk.store, VOUCHER, voucher).record)


@router.post(
    "/vouchers",
    status_code=201,
    summary="Book a voucher",
    description="Under the next number of its measure, split between the funds to the cent. What may not be charged is "
    "refused; `rule` says why: cost_kind, quarter, duration, quarter_start, approval, final_claim, visit_paid.",
    responses=problems(400, 401, 403, 404, 409, 413, 422),
)
def post_voucher(asked: VoucherTold, desk: DeskHere, who: IdentityHere) -> VoucherAnswer:
    """Book a voucher."""
    return _answer(book_voucher(desk.store, Spending(**asked.model_dump()), author=who.label, clock=desk.clock))


@router.post(
    "/vouchers/{voucher}/correction",
    status_code=201,
    summary="Correct a voucher",
    description="By a new one that carries the difference; the old one stays as it is.",
    responses=problems(400, 401, 403, 404, 409, 413, 422),
)
def correct(voucher: VoucherInPath, asked: CorrectionTold, desk: DeskHere, who: IdentityHere) -> VoucherAnswer:
    """Correct a voucher."""
    made = correct_voucher(
        desk.store,
        voucher,
        asked.gross_cents,
        asked.vat_cents,
        reason=asked.reason,
        document_sha256=asked.document_sha256,
        author=who.label,
        clock=desk.clock,
    )
    return _answer(made)


@router.post(
    "/vouchers/{voucher}/cancellation",
    status_code=201,
    summary="Cancel a voucher",
    description="With its corrections, by a new one that leaves nothing for any fund.",
    responses=problems(400, 401, 403, 404, 409, 413, 422),
)
def cancel(voucher: VoucherInPath, asked: CancellationTold, desk: DeskHere, who: IdentityHere) -> VoucherAnswer:
    """Cancel a voucher."""
    return _answer(cancel_voucher(desk.store, voucher, reason=asked.reason, author=who.label, clock=desk.clock))


@router.get(
    "/visit-costs",
    summary="List done visits that wait for a voucher",
    description="Of own crews, each calculated from minutes, people and waste by the prices of its day.",
    responses=problems(401, 403),
)
def list_proposals(desk: DeskHere) -> ProposalList:
    """Return the done visits that no voucher pays."""
    return ProposalList(proposals=[_proposal(one) for one in proposals(desk.store)])


@router.post(
    "/visit-costs",
    status_code=201,
    summary="Book done visits",
    description="As they are proposed, all or none.",
    responses=problems(400, 401, 403, 404, 409, 413, 422),
)
def post_visits(asked: VisitsTold, desk: DeskHere, who: IdentityHere) -> VoucherList:
    """Book visits of own crews."""
    return _list(book_visits(desk.store, asked.visits, author=who.label, clock=desk.clock))


def download(content: bytes, name: str, suffix: str) -> Response:
    """Return a file that is not kept by caches."""
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return Response(content, media_type=MEDIA[suffix], headers=headers)


def _list(vouchers: list[Voucher]) -> VoucherList:
    total = total_of(vouchers)
    return VoucherList(
        vouchers=[_answer(one) for one in vouchers],
        gross_cents=total.gross_cents,
        by_fund=fund_parts(total.by_fund),
    )


def _answer(one: Voucher) -> VoucherAnswer:
    return VoucherAnswer(
        **vars(one.spending),
        number=one.number,
        kind=one.kind,
        refers_to=one.refers_to,
        reason=one.reason,
        by_fund=fund_parts(one.by_fund),
        author=one.author,
        at=one.at,
    )


def _proposal(one: Proposal) -> ProposalAnswer:
    cost = one.cost
    return ProposalAnswer(
        visit=one.visit_id,
        plot=one.plot,
        task=one.work,
        quarter=one.quarter,
        crew=one.crew,
        done_on=one.done_on,
        minutes=one.minutes,
        people=one.people,
        measure=one.measure,
        lines=[CostLineAnswer(**vars(line)) for line in cost.lines] if cost else [],
        missing=list(cost.missing) if cost else ["prices"],
        gross_cents=cost.gross_cents if cost and not cost.missing else None,
    )
