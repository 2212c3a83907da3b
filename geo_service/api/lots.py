"""Floor 8: lots of work put out to tender, over HTTP."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Path, Response
from pydantic import BaseModel, Field

from geo_service.actions.accept_lot import VAT_PERCENT, accept_lot, reported_of
from geo_service.actions.money_records import all_lots, the
from geo_service.actions.tender_lot import award_lot, draft_lot, put_bid, tender_lot
from geo_service.api.desk import Desk, DeskHere
from geo_service.api.errors import problems
from geo_service.api.fields import Day
from geo_service.api.identity import IdentityHere
from geo_service.api.money_fields import (
    OZ,
    CarrierCode,
    CarrierInPath,
    Cents,
    Digest,
    Line,
    LotInPath,
    MeasureCode,
    QuarterName,
    Said,
    file_answer,
)
from geo_service.api.vouchers import download
from geo_service.funding.lots import AcceptedPosition, Bid, Deduction, Lot, Price, ranking
from geo_service.outputs.money_export import bill_file
from geo_service.store.kinds_money import LOT

router = APIRouter(prefix="/lots", tags=["Money"])

State = Literal["draft", "tendered", "awarded", "accepted"]
Units = Annotated[int, Field(ge=0, le=10**8)]
MOST_POSITIONS = 5000


class PositionAnswer(BaseModel):
    """A line of the bill of quantities; ``reported`` counts what was reported as done and is not accepted yet."""

    oz: str
    title: str
    section: str
    task: str = Field(description="Code of the work.")
    plot: str
    short_text: str
    unit: Literal["m2", "visit"]
    per_cycle: int
    cycles: int
    quantity: int
    reported: int | None
    accepted: int


class BidAnswer(BaseModel):
    """What a carrier offers, in cents without tax; null while a price is missing."""

    carrier: str
    received_on: date
    net_cents: int | None
    note: str


class AcceptanceAnswer(BaseModel):
    """Work that was accepted, and the voucher that pays it."""

    accepted_on: date
    served_from: date
    served_until: date
    net_cents: int
    vat_cents: int
    deducted_cents: int
    voucher: str


class LotAnswer(BaseModel):
    """A lot of work; bids are ranked, the lowest first, incomplete ones last."""

    code: str
    title: str
    state: State
    measure: str
    quarter: str
    from_on: date
    until_on: date
    tendered_on: date | None
    awarded_to: str
    awarded_on: date | None
    reason: str = Field(description="Of the award.")
    positions: list[PositionAnswer]
    bids: list[BidAnswer]
    acceptances: list[AcceptanceAnswer]
    author: str
    at: datetime


class LotList(BaseModel):
    """In order of their codes."""

    lots: list[LotAnswer]


class LotTold(BaseModel, extra="forbid", strict=True):
    """What is put out to tender: what falls due of some works in a quarter in a time."""

    title: Said
    measure: MeasureCode
    quarter: QuarterName = Field(description="Quarter of the programme.")
    works: list[Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")]] = Field(
        default=[], max_length=100, description="Codes of works; none: all."
    )
    from_on: Day
    until_on: Day = Field(description="A year after `from_on` at most.")


class PriceTold(BaseModel, extra="forbid", strict=True):
    """The price of one unit of a position, in cents without tax."""

    oz: OZ
    unit_cents: int = Field(ge=0, le=10**9)


class BidTold(BaseModel, extra="forbid", strict=True):
    """A bid."""

    received_on: Day
    prices: list[PriceTold] = Field(max_length=MOST_POSITIONS)
    note: Line = ""


class AwardTold(BaseModel, extra="forbid", strict=True):
    """Who gets the lot, and why."""

    carrier: CarrierCode
    reason: Said


class AcceptedTold(BaseModel, extra="forbid", strict=True):
    """What is accepted of a position; more than was reported needs a reason."""

    oz: OZ
    reported: Units | None = Field(
        default=None, description="Units that the carrier reported; null: as the desk knows."
    )
    accepted: Units
    reason: Line = ""


class DeductionTold(BaseModel, extra="forbid", strict=True):
    """Money that is kept back, in cents without tax."""

    cents: Cents
    reason: Said


class AcceptanceTold(BaseModel, extra="forbid", strict=True):
    """Work that is accepted; a voucher over what is owed comes of it."""

    served_from: Day
    served_until: Day
    positions: list[AcceptedTold] = Field(min_length=1, max_length=MOST_POSITIONS)
    deductions: list[DeductionTold] = Field(default=[], max_length=50)
    vat_percent: int = Field(default=VAT_PERCENT, ge=0, le=25)
    document_sha256: Digest = ""
    close: bool = Field(default=False, description="Nothing more of the lot will be accepted.")


class AcceptedAnswer(BaseModel):
    """The voucher that came of it."""

    voucher: str
    gross_cents: int
    state: State


@router.get("", summary="List lots", responses=problems(401, 403))
def list_lots(desk: DeskHere) -> LotList:
    """Return all lots."""
    return LotList(lots=[_answer(desk, one) for one in all_lots(desk.store)])


@router.get("/{lot}", summary="Read a lot", responses=problems(400, 401, 403, 404))
def read_lot(lot: LotInPath, desk: DeskHere) -> LotAnswer:
    """Return one lot."""
    return _answer(desk, the(desk.store, LOT, lot).record)


@router.get(
    "/{lot}/bill.{suffix}",
    response_class=Response,
    summary="Download a bill of quantities",
    description="Ordered as GAEB orders it, prices blank, as XLSX, CSV or PDF. No GAEB exchange file.",
    responses=file_answer("csv", "xlsx", "pdf") | problems(400, 401, 403, 404),
)
def download_bill(
    lot: LotInPath,
    suffix: Annotated[Literal["csv", "xlsx", "pdf"], Path(description="csv, xlsx or pdf.")],
    desk: DeskHere,
) -> Response:
    """Return the bill of quantities of a lot as a file."""
    known = the(desk.store, LOT, lot).record
    content = bill_file(known, suffix, at=desk.clock(), sample=desk.store.is_sample())
    return download(content, f"{known.code}.{suffix}", suffix)


@router.post(
    "",
    status_code=201,
    summary="Draft a lot",
    description="Its bill of quantities is made of what falls due, plot by plot and work by work.",
    responses=problems(400, 401, 403, 404, 409, 413, 422),
)
def post_lot(asked: LotTold, desk: DeskHere, who: IdentityHere) -> LotAnswer:
    """Draft a lot."""
    made = draft_lot(desk.store, **asked.model_dump(), author=who.label, clock=desk.clock)
    return _answer(desk, made)


@router.put("/{lot}/tender", summary="Ask for bids", responses=problems(400, 401, 403, 404, 409, 422))
def tender(lot: LotInPath, desk: DeskHere, who: IdentityHere) -> LotAnswer:
    """Put a lot out to tender: its bill stays as it is."""
    return _answer(desk, tender_lot(desk.store, lot, author=who.label, clock=desk.clock))


@router.put(
    "/{lot}/bids/{carrier}",
    summary="Enter a bid",
    description="In place of the carrier's earlier one.",
    responses=problems(400, 401, 403, 404, 409, 413, 422),
)
def enter_bid(lot: LotInPath, carrier: CarrierInPath, asked: BidTold, desk: DeskHere, who: IdentityHere) -> LotAnswer:
    """Enter a bid."""
    prices = tuple(Price(one.oz, one.unit_cents) for one in asked.prices)
    bid = Bid(carrier, asked.received_on, prices, asked.note)
    return _answer(desk, put_bid(desk.store, lot, bid, author=who.label, clock=desk.clock))


@router.put("/{lot}/award", summary="Award a lot", responses=problems(400, 401, 403, 404, 409, 413, 422))
def award(lot: LotInPath, asked: AwardTold, desk: DeskHere, who: IdentityHere) -> LotAnswer:
    """Award a lot."""
    made = award_lot(desk.store, lot, asked.carrier, reason=asked.reason, author=who.label, clock=desk.clock)
    return _answer(desk, made)


@router.post(
    "/{lot}/acceptances",
    status_code=201,
    summary="Accept work of a lot",
    description="Against what was reported, with deductions; the voucher that pays it is booked in the same step.",
    responses=problems(400, 401, 403, 404, 409, 413, 422),
)
def accept(lot: LotInPath, asked: AcceptanceTold, desk: DeskHere, who: IdentityHere) -> AcceptedAnswer:
    """Accept work."""
    reported = reported_of(desk.store, the(desk.store, LOT, lot).record)
    positions = [
        AcceptedPosition(
            one.oz, reported.get(one.oz) if one.reported is None else one.reported, one.accepted, one.reason
        )
        for one in asked.positions
    ]
    made, voucher = accept_lot(
        desk.store,
        lot,
        positions,
        [Deduction(one.cents, one.reason) for one in asked.deductions],
        served_from=asked.served_from,
        served_until=asked.served_until,
        vat_percent=asked.vat_percent,
        document_sha256=asked.document_sha256,
        close=asked.close,
        author=who.label,
        clock=desk.clock,
    )
    return AcceptedAnswer(voucher=voucher.number, gross_cents=voucher.gross_cents, state=made.state)


def _answer(desk: Desk, lot: Lot) -> LotAnswer:
    reported = reported_of(desk.store, lot)
    return LotAnswer(
        code=lot.code,
        title=lot.title,
        state=lot.state,
        measure=lot.measure,
        quarter=lot.quarter,
        from_on=lot.from_on,
        until_on=lot.until_on,
        tendered_on=lot.tendered_on,
        awarded_to=lot.award.carrier if lot.award else "",
        awarded_on=lot.award.awarded_on if lot.award else None,
        reason=lot.award.reason if lot.award else "",
        positions=[
            PositionAnswer(
                oz=one.oz,
                title=one.title,
                section=one.section,
                task=one.work,
                plot=one.plot,
                short_text=one.text,
                unit=one.unit,
                per_cycle=one.per_cycle,
                cycles=one.cycles,
                quantity=one.quantity,
                reported=reported[one.oz],
                accepted=lot.accepted(one.oz),
            )
            for one in lot.positions
        ],
        bids=[
            BidAnswer(carrier=bid.carrier, received_on=bid.received_on, net_cents=cents, note=bid.note)
            for bid, cents in ranking(lot)
        ],
        acceptances=[
            AcceptanceAnswer(
                accepted_on=one.accepted_on,
                served_from=one.served_from,
                served_until=one.served_until,
                net_cents=one.net_cents,
                vat_cents=one.vat_cents,
                deducted_cents=sum(each.cents for each in one.deductions),
                voucher=one.voucher,
            )
            for one in lot.acceptances
        ],
        author=lot.author,
        at=lot.at,
    )
