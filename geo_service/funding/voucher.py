"""Floor 3: vouchers: what was spent, on what, where, and which fund bears how many cents of it.

A voucher is never changed. What was wrong in it is put right by another one that refers to it: a correction carries
the difference, a cancellation everything with the other sign.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from geo_service.base.errors import InputError, RuleBroken
from geo_service.funding.measure import WHOLE_AREA, Measure
from geo_service.funding.split import split_cents

VoucherKind = Literal["original", "correction", "cancellation"]

OWN_CREWS = "own-crews"
"""Code of the carrier that the service's own crews are."""


@dataclass(frozen=True)
class Carrier:
    """Who does work and is paid for it.

    Attributes
    ----------
    own
        The service itself, else a firm or club chosen by tender.
    contact
        Whom to write or to call; for staff only.
    """

    code: str
    name: str
    own: bool = False
    contact: str = ""
    email: str = ""
    phone: str = ""
    fictional: bool = False


@dataclass(frozen=True)
class Spending:
    """What a voucher tells, before it has a number.

    Attributes
    ----------
    measure
        Code of the measure it is charged to.
    dated_on
        Day on the document.
    served_from, served_until
        First and last day of the service that it pays; these days bind, not the day on the document.
    gross_cents, vat_cents
        The amount, and the value added tax in it.
    cost_kind, carrier
        Codes.
    quarter
        Of the programme, or `WHOLE_AREA`.
    plot, work, visit, lot
        Codes and ids of what it belongs to, or empty.
    document_sha256
        Of the file with the document, in hexadecimal, or empty.
    """

    measure: str
    dated_on: date
    served_from: date
    served_until: date
    gross_cents: int
    vat_cents: int
    cost_kind: str
    carrier: str
    text: str
    quarter: str = WHOLE_AREA
    plot: str = ""
    work: str = ""
    visit: str = ""
    lot: str = ""
    document_sha256: str = ""


@dataclass(frozen=True)
class FundShare:
    """The cents of a voucher that a fund bears."""

    fund: str
    cents: int


@dataclass(frozen=True)
class Voucher:
    """A voucher as it is kept.

    Attributes
    ----------
    number
        ``"2.2-00017"``: measure and place in its series, which has no gap.
    split
        What each fund bears, to the cent; kept, so that it stays whatever becomes of the measure.
    refers_to
        Number of the voucher that it corrects or cancels, or empty.
    reason
        Why it corrects or cancels.
    """

    number: str
    spending: Spending
    split: tuple[FundShare, ...]
    author: str
    at: datetime
    kind: VoucherKind = "original"
    refers_to: str = ""
    reason: str = ""

    @property
    def gross_cents(self) -> int:
        """The amount in cents."""
        return self.spending.gross_cents

    @property
    def by_fund(self) -> dict[str, int]:
        """Cents by code of the fund."""
        return {one.fund: one.cents for one in self.split}


def voucher_number(measure: str, place: int) -> str:
    """Write the number of a voucher.

    Examples
    --------
    >>> voucher_number("2.2", 17)
    '2.2-00017'
    """
    return f"{measure}-{place:05d}"


def shares(gross_cents: int, measure: Measure) -> tuple[FundShare, ...]:
    """Return what each fund of a measure bears of an amount."""
    return tuple(FundShare(fund, cents) for fund, cents in split_cents(gross_cents, measure.parts).items())


def check_amounts(spending: Spending) -> None:
    """Refuse amounts and days that contradict each other.

    Raises
    ------
    InputError
        When nothing is spent, the tax does not fit the amount, or days stand the wrong way round.
    """
    if spending.gross_cents == 0:
        raise InputError("a voucher over nothing", remedy="write the gross amount")
    if spending.vat_cents and (spending.vat_cents > 0) != (spending.gross_cents > 0):
        raise InputError("tax and amount have different signs", remedy="write both with the same sign")
    if abs(spending.vat_cents) * 2 > abs(spending.gross_cents):
        raise InputError("the tax is more than half of the amount", remedy="write the tax that the amount holds")
    if spending.served_until < spending.served_from:
        raise InputError("the service ends before it begins", remedy="write the days the other way round")


def live_chain(number: str, vouchers: Iterable[Voucher]) -> list[Voucher]:
    """Return a voucher and the corrections that refer to it, in order.

    Raises
    ------
    RuleBroken
        When it refers to another one itself, or was cancelled: then it stays as it is.
    InputError
        When there is no such voucher.
    """
    chain = sorted(
        (one for one in vouchers if number in (one.number, one.refers_to)), key=lambda one: (one.at, one.number)
    )
    first = next((one for one in chain if one.number == number), None)
    if first is None:
        raise InputError(f"no voucher {number}", remedy="name the number of a voucher")
    if first.refers_to:
        raise RuleBroken(
            f"voucher {number} is itself a {first.kind} of {first.refers_to}",
            remedy=f"correct or cancel {first.refers_to}",
            rule="refers_to_original",
            voucher=first.refers_to,
        )
    gone = next((one for one in chain if one.kind == "cancellation"), None)
    if gone is not None:
        raise RuleBroken(
            f"voucher {number} was cancelled by {gone.number}",
            remedy="book a new voucher",
            rule="cancelled",
            voucher=gone.number,
        )
    return chain


def cancelling(chain: Iterable[Voucher]) -> tuple[int, int, tuple[FundShare, ...]]:
    """Return amount, tax and shares that bring a voucher with its corrections to nothing, for every fund."""
    chain = list(chain)
    cents: dict[str, int] = {}
    for one in chain:
        for fund, share in one.by_fund.items():
            cents[fund] = cents.get(fund, 0) - share
    gross = -sum(one.gross_cents for one in chain)
    vat = -sum(one.spending.vat_cents for one in chain)
    return gross, vat, tuple(FundShare(fund, share) for fund, share in cents.items())


def paid_visits(vouchers: Iterable[Voucher]) -> frozenset[str]:
    """Return the ids of the visits that vouchers pay which were not cancelled."""
    known = list(vouchers)
    gone = {one.refers_to for one in known if one.kind == "cancellation"}
    return frozenset(
        one.spending.visit for one in known if one.spending.visit and one.kind == "original" and one.number not in gone
    )
