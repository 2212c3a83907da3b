"""Floor 8: measures, what is approved of them, claims and carriers, prices of own work, over HTTP."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated, Literal

from fastapi import APIRouter
from pydantic import BaseModel, Field

from geo_service.actions.keep_measure import approve, keep_carrier, keep_measure, keep_rates
from geo_service.actions.make_claim import make_claim
from geo_service.actions.money_records import all_carriers, all_claims, all_vouchers, the
from geo_service.api.desk import Desk, DeskHere
from geo_service.api.errors import problems
from geo_service.api.fields import Day, DayInPath
from geo_service.api.identity import IdentityHere
from geo_service.api.money_fields import (
    CarrierInPath,
    Cents,
    ClaimInPath,
    FundPart,
    Line,
    MeasureCode,
    MeasureInPath,
    QuarterName,
    Said,
    fund_parts,
)
from geo_service.base.clock import BERLIN
from geo_service.base.errors import NotFound
from geo_service.funding.claims import Claim, changed_since, reproduces
from geo_service.funding.measure import COST_KINDS, Approval, Fund, Measure, QuarterStart
from geo_service.funding.rates import DisposalPrice, RateTable
from geo_service.funding.totals import Account, Total, account_of
from geo_service.funding.voucher import Carrier, Voucher
from geo_service.outputs.money_account import accounts
from geo_service.store.kinds_money import CLAIM, MEASURE, RATES

router = APIRouter(tags=["Money"])

Price = Annotated[int, Field(ge=0, le=10**8, description="Whole cents.")]


class TotalAnswer(BaseModel):
    """What some vouchers add up to, in cents."""

    name: str = Field(description="Of the group; empty: the whole area.")
    vouchers: int
    gross_cents: int
    vat_cents: int
    by_fund: list[FundPart]


class FundAnswer(BaseModel):
    """Who bears part of a measure."""

    code: str
    name: str
    parts: int


class StartAnswer(BaseModel):
    """When a measure began in a quarter, and from when its cost may be charged: the later of start and duration."""

    quarter: str
    from_on: date
    chargeable_from: date | None


class ApprovalAnswer(BaseModel):
    """Money that was granted."""

    reference: str
    approved_on: date
    gross_cents: int
    note: str


class MeasureAnswer(BaseModel):
    """A measure and how it stands today; the sums of all groups are its total, to the cent."""

    code: str
    name: str
    programme: str
    fictional: bool
    from_on: date
    until_on: date
    funds: list[FundAnswer]
    starts: list[StartAnswer]
    cost_kinds: list[str]
    approvals: list[ApprovalAnswer]
    source: str
    version: int
    approved_cents: int
    left_cents: int
    total: TotalAnswer
    by_quarter: list[TotalAnswer] = Field(description="By quarter of the programme.")
    by_time: list[TotalAnswer] = Field(description="By quarter of the calendar year in which the service ended.")
    by_cost_kind: list[TotalAnswer]


class MeasureList(BaseModel):
    """The measure that began last first."""

    measures: list[MeasureAnswer]


class FundTold(BaseModel, extra="forbid", strict=True):
    """Who bears part of a measure."""

    code: str = Field(pattern=r"^[a-z][a-z0-9_]{0,19}$")
    name: Said
    parts: int = Field(ge=1, le=10_000, description="In proportion to the other funds, such as 75 and 25.")


class StartTold(BaseModel, extra="forbid", strict=True):
    """When a measure began in a quarter."""

    quarter: QuarterName
    from_on: Day


class MeasureTold(BaseModel, extra="forbid", strict=True):
    """A measure as it is kept; approvals are noted one by one."""

    name: Said
    programme: Line = ""
    from_on: Day
    until_on: Day
    funds: list[FundTold] = Field(min_length=1, max_length=10)
    starts: list[StartTold] = Field(max_length=40)
    cost_kinds: list[str] = Field(min_length=1, max_length=len(COST_KINDS), description=", ".join(COST_KINDS))
    fictional: bool = False
    source: Line = ""
    version: int = Field(ge=0, le=2**31, description="The version that was seen; 0 for a new measure.")


class ApprovalTold(BaseModel, extra="forbid", strict=True):
    """Money that was granted; a cut has a minus."""

    reference: Said = Field(description="File number of the notice, unique in its measure.")
    approved_on: Day
    gross_cents: Cents
    note: Line = ""


class ClaimAnswer(BaseModel):
    """What was asked back from the funds; never changed."""

    number: str
    measure: str
    kind: Literal["advance", "final"]
    until_on: date
    vouchers: list[str]
    gross_cents: int
    by_fund: list[FundPart]
    digest: str = Field(description="SHA-256 of the claim and every voucher in it.")
    reproduces: bool = Field(description="Whether the vouchers that are kept still give it.")
    changed: list[str] = Field(description="Corrections of its vouchers that do not stand in it.")
    changed_cents: int
    note: str
    author: str
    at: datetime


class ClaimList(BaseModel):
    """In order of their numbers."""

    claims: list[ClaimAnswer]


class ClaimTold(BaseModel, extra="forbid", strict=True):
    """What is to be claimed."""

    measure: MeasureCode
    kind: Literal["advance", "final"] = Field(description="The final claim takes all there is and closes the measure.")
    until_on: Day = Field(description="Last day of the service that is asked back.")
    note: Line = ""


class CarrierAnswer(BaseModel):
    """Who does work and is paid for it."""

    code: str
    name: str
    own: bool
    contact: str
    email: str
    phone: str
    fictional: bool


class CarrierList(BaseModel):
    """In order of their codes."""

    carriers: list[CarrierAnswer]


class CarrierTold(BaseModel, extra="forbid", strict=True):
    """A carrier as it is kept."""

    name: Said
    own: bool = False
    contact: Line = Field(default="", description="Whom to write or to call; for staff only.")
    email: str = Field(default="", max_length=200, pattern=r"^([^\s@\x00-\x1f]+@[^\s@\x00-\x1f]+)?$")
    phone: str = Field(default="", max_length=40, pattern=r"^[0-9+ ()/-]*$")


class DisposalTold(BaseModel, extra="forbid", strict=True):
    """What getting rid of waste costs."""

    waste_key: str = Field(pattern=r"^[0-9]{6}\*?$", description="AVV key.")
    unit: Literal["m3", "t"]
    cents: Price


class RatesTold(BaseModel, extra="forbid", strict=True):
    """Prices of own work."""

    person_hour_cents: Price
    vehicle_hour_cents: Price
    disposal: list[DisposalTold] = Field(default=[], max_length=200)
    source: Said


class RatesAnswer(RatesTold):
    """Prices of own work from a day on, until later ones hold."""

    valid_from: date
    fictional: bool


class RatesList(BaseModel):
    """The oldest first."""

    rates: list[RatesAnswer]


@router.get(
    "/measures",
    summary="List measures",
    description="What is approved, charged and left of each measure, by quarter, time, kind of cost and fund.",
    responses=problems(401, 403),
)
def list_measures(desk: DeskHere) -> MeasureList:
    """Return all measures."""
    found = accounts(desk.store, _today(desk))
    versions = {kept.record.code: kept.version for kept in desk.store.records(MEASURE)}
    return MeasureList(measures=[_measure(one, versions[one.measure.code]) for one in found])


@router.get("/measures/{measure}", summary="Read a measure", responses=problems(400, 401, 403, 404))
def read_measure(measure: MeasureInPath, desk: DeskHere) -> MeasureAnswer:
    """Return one measure."""
    return _account(desk, measure)


@router.put(
    "/measures/{measure}",
    summary="Keep a measure",
    description="Makes a measure or replaces it. Its funds stay once vouchers are split between them.",
    responses=problems(400, 401, 403, 409, 413, 422),
)
def put_measure(measure: MeasureInPath, asked: MeasureTold, desk: DeskHere, who: IdentityHere) -> MeasureAnswer:
    """Keep a measure."""
    kept = desk.store.record(MEASURE, measure)
    made = Measure(
        code=measure,
        name=asked.name,
        programme=asked.programme,
        from_on=asked.from_on,
        until_on=asked.until_on,
        funds=tuple(Fund(one.code, one.name, one.parts) for one in asked.funds),
        starts=tuple(QuarterStart(one.quarter, one.from_on) for one in asked.starts),
        cost_kinds=tuple(asked.cost_kinds),
        approvals=kept.record.approvals if kept else (),
        fictional=asked.fictional,
        source=asked.source,
    )
    keep_measure(desk.store, made, expected=asked.version, author=who.label, clock=desk.clock)
    return _account(desk, measure)


@router.post(
    "/measures/{measure}/approvals",
    status_code=201,
    summary="Note an approval",
    responses=problems(400, 401, 403, 404, 409, 413, 422),
)
def note_approval(measure: MeasureInPath, asked: ApprovalTold, desk: DeskHere, who: IdentityHere) -> MeasureAnswer:
    """Note that money was granted or cut."""
    told = Approval(asked.reference, asked.approved_on, asked.gross_cents, asked.note)
    approve(desk.store, measure, told, author=who.label, clock=desk.clock)
    return _account(desk, measure)


@router.get("/claims", summary="List claims", responses=problems(401, 403))
def list_claims(desk: DeskHere) -> ClaimList:
    """Return all claims."""
    vouchers = all_vouchers(desk.store)
    return ClaimList(claims=[_claim(one, vouchers) for one in all_claims(desk.store)])


@router.get("/claims/{claim}", summary="Read a claim", responses=problems(400, 401, 403, 404))
def read_claim(claim: ClaimInPath, desk: DeskHere) -> ClaimAnswer:
    """Return one claim."""
    return _claim(the(desk.store, CLAIM, claim).record, all_vouchers(desk.store))


@router.post(
    "/claims",
    status_code=201,
    summary="Make a claim",
    description="Asks back the vouchers that stand in no claim yet, frozen with a digest. None is claimed twice.",
    responses=problems(400, 401, 403, 404, 409, 413, 422),
)
def post_claim(asked: ClaimTold, desk: DeskHere, who: IdentityHere) -> ClaimAnswer:
    """Make a claim."""
    how = {"note": asked.note, "author": who.label}
    made = make_claim(desk.store, asked.measure, asked.kind, asked.until_on, **how, clock=desk.clock)
    return _claim(made, all_vouchers(desk.store))


@router.get("/carriers", summary="List carriers", responses=problems(401, 403))
def list_carriers(desk: DeskHere) -> CarrierList:
    """Return all carriers."""
    return CarrierList(carriers=[_carrier(one) for one in all_carriers(desk.store)])


@router.put("/carriers/{carrier}", summary="Keep a carrier", responses=problems(400, 401, 403, 409, 413, 422))
def put_carrier(carrier: CarrierInPath, asked: CarrierTold, desk: DeskHere, who: IdentityHere) -> CarrierAnswer:
    """Keep a carrier."""
    made = Carrier(carrier, asked.name, asked.own, asked.contact, asked.email, asked.phone)
    keep_carrier(desk.store, made, expected=None, author=who.label, clock=desk.clock)
    return _carrier(made)


@router.get("/crew-rates", summary="List prices of own work", responses=problems(401, 403))
def list_rates(desk: DeskHere) -> RatesList:
    """Return all tables of prices."""
    return RatesList(rates=[_rates(kept.record) for kept in desk.store.records(RATES)])


@router.put(
    "/crew-rates/{day}",
    summary="Keep prices of own work",
    description="From a day on; what was calculated before stays.",
    responses=problems(400, 401, 403, 404, 409, 413, 422),
)
def put_rates(day: DayInPath, asked: RatesTold, desk: DeskHere, who: IdentityHere) -> RatesAnswer:
    """Keep a table of prices."""
    disposal = tuple(DisposalPrice(one.waste_key, one.unit, one.cents) for one in asked.disposal)
    table = RateTable(day, asked.person_hour_cents, asked.vehicle_hour_cents, disposal, asked.source)
    return _rates(keep_rates(desk.store, table, author=who.label, clock=desk.clock))


def _today(desk: Desk) -> date:
    return desk.clock().astimezone(BERLIN).date()


def _account(desk: Desk, code: str) -> MeasureAnswer:
    kept = desk.store.record(MEASURE, code)
    if kept is None:
        raise NotFound(f"no measure {code}", remedy="see /measures for what there is")
    return _measure(account_of(kept.record, all_vouchers(desk.store), _today(desk)), kept.version)


def _measure(account: Account, version: int) -> MeasureAnswer:
    one = account.measure
    return MeasureAnswer(
        code=one.code,
        name=one.name,
        programme=one.programme,
        fictional=one.fictional,
        from_on=one.from_on,
        until_on=one.until_on,
        funds=[FundAnswer(code=fund.code, name=fund.name, parts=fund.parts) for fund in one.funds],
        starts=[
            StartAnswer(
                quarter=start.quarter, from_on=start.from_on, chargeable_from=one.chargeable_from(start.quarter)
            )
            for start in one.starts
        ],
        cost_kinds=list(one.cost_kinds),
        approvals=[ApprovalAnswer(**vars(approval)) for approval in one.approvals],
        source=one.source,
        version=version,
        approved_cents=account.approved_cents,
        left_cents=account.left_cents,
        total=_total("", account.total),
        by_quarter=_totals(account.by_quarter),
        by_time=_totals(account.by_time),
        by_cost_kind=_totals(account.by_cost_kind),
    )


def _totals(groups: Mapping[str, Total]) -> list[TotalAnswer]:
    return [_total(name, one) for name, one in groups.items()]


def _total(name: str, one: Total) -> TotalAnswer:
    return TotalAnswer(
        name=name,
        vouchers=one.vouchers,
        gross_cents=one.gross_cents,
        vat_cents=one.vat_cents,
        by_fund=fund_parts(one.by_fund),
    )


def _claim(one: Claim, vouchers: list[Voucher]) -> ClaimAnswer:
    changed = changed_since(one, vouchers)
    return ClaimAnswer(
        number=one.number,
        measure=one.measure,
        kind=one.kind,
        until_on=one.until_on,
        vouchers=list(one.vouchers),
        gross_cents=one.gross_cents,
        by_fund=[FundPart(fund=share.fund, cents=share.cents) for share in one.by_fund],
        digest=one.digest,
        reproduces=reproduces(one, vouchers),
        changed=[each.number for each in changed],
        changed_cents=sum(each.gross_cents for each in changed),
        note=one.note,
        author=one.author,
        at=one.at,
    )


def _carrier(one: Carrier) -> CarrierAnswer:
    return CarrierAnswer(**vars(one))


def _rates(one: RateTable) -> RatesAnswer:
    return RatesAnswer(
        valid_from=one.valid_from,
        person_hour_cents=one.person_hour_cents,
        vehicle_hour_cents=one.vehicle_hour_cents,
        disposal=[DisposalTold(**vars(each)) for each in one.disposal],
        source=one.source,
        fictional=one.fictional,
    )
