"""Floor 3: lots of work put out to tender: bill of quantities, bids, award, acceptance, deductions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Literal

from geo_service.base.errors import InputError, RuleBroken

Unit = Literal["m2", "visit"]
"""What a position is counted in: square metres over all cycles, or visits."""

LotState = Literal["draft", "tendered", "awarded", "accepted"]


@dataclass(frozen=True)
class Position:
    """A line of a bill of quantities, ordered as GAEB orders it.

    Attributes
    ----------
    oz
        Ordinal number: title, section, position: ``"01.02.0030"``.
    title, section
        What the first two parts stand for: district and work.
    text
        Short text.
    per_cycle, cycles
        Units each time, and how often; ``quantity`` is their product.
    """

    oz: str
    title: str
    section: str
    text: str
    work: str
    plot: str
    unit: Unit
    per_cycle: int
    cycles: int

    @property
    def quantity(self) -> int:
        """Units over all cycles."""
        return self.per_cycle * self.cycles


@dataclass(frozen=True)
class Price:
    """What a bidder asks for one unit of a position, in cents without tax."""

    oz: str
    unit_cents: int


@dataclass(frozen=True)
class Bid:
    """What a carrier offers; positions without a price make it incomplete."""

    carrier: str
    received_on: date
    prices: tuple[Price, ...]
    note: str = ""


@dataclass(frozen=True)
class Award:
    """Who got the lot, and why."""

    carrier: str
    awarded_on: date
    reason: str


@dataclass(frozen=True)
class AcceptedPosition:
    """What was accepted of a position.

    Attributes
    ----------
    reported
        Units that were reported as done, None when nothing was.
    accepted
        Units that are paid.
    reason
        Why it is another number than was reported.
    """

    oz: str
    reported: int | None
    accepted: int
    reason: str = ""


@dataclass(frozen=True)
class Deduction:
    """Money that is kept back, in cents without tax, with its reason."""

    cents: int
    reason: str


@dataclass(frozen=True)
class Acceptance:
    """Work that was accepted and is paid by one voucher.

    Attributes
    ----------
    served_from, served_until
        First and last day of the work.
    net_cents, vat_cents
        What is paid after deductions, and the tax on it.
    voucher
        Number of the voucher that came of it.
    """

    accepted_on: date
    served_from: date
    served_until: date
    positions: tuple[AcceptedPosition, ...]
    deductions: tuple[Deduction, ...]
    net_cents: int
    vat_cents: int
    voucher: str
    author: str
    at: datetime


@dataclass(frozen=True)
class Lot:
    """A lot of work.

    Attributes
    ----------
    code
        ``"W26-L01"``: measure and place in its series, which has no gap.
    quarter
        Of the programme.
    from_on, until_on
        When the work is to be done.
    tendered_on
        When bids were asked for, None while it is drafted.
    closed
        All is accepted that will be.
    """

    code: str
    title: str
    measure: str
    quarter: str
    from_on: date
    until_on: date
    positions: tuple[Position, ...]
    author: str
    at: datetime
    tendered_on: date | None = None
    bids: tuple[Bid, ...] = ()
    award: Award | None = None
    acceptances: tuple[Acceptance, ...] = ()
    closed: bool = False

    @property
    def state(self) -> LotState:
        """How far it is."""
        if self.closed:
            return "accepted"
        if self.award is not None:
            return "awarded"
        return "draft" if self.tendered_on is None else "tendered"

    @property
    def winner(self) -> Bid | None:
        """The bid that was awarded."""
        return next((one for one in self.bids if self.award is not None and one.carrier == self.award.carrier), None)

    def accepted(self, oz: str) -> int:
        """Return the units of a position that were accepted so far."""
        return sum(one.accepted for each in self.acceptances for one in each.positions if one.oz == oz)


def lot_code(measure: str, place: int) -> str:
    """Write the code of a lot.

    Examples
    --------
    >>> lot_code("W26", 1)
    'W26-L01'
    """
    return f"{measure}-L{place:02d}"


def bid_cents(lot: Lot, bid: Bid) -> int | None:
    """Return what a bid asks for the whole lot, in cents without tax; None when a position has no price."""
    prices = {one.oz: one.unit_cents for one in bid.prices}
    if any(one.oz not in prices for one in lot.positions):
        return None
    return sum(one.quantity * prices[one.oz] for one in lot.positions)


def ranking(lot: Lot) -> list[tuple[Bid, int | None]]:
    """Return the bids with their sums, the lowest first, incomplete ones last."""
    sums = [(bid, bid_cents(lot, bid)) for bid in lot.bids]
    return sorted(sums, key=lambda one: (one[1] is None, one[1] or 0, one[0].received_on, one[0].carrier))


def with_bid(lot: Lot, bid: Bid) -> Lot:
    """Return the lot with a bid, in place of the carrier's earlier one.

    Raises
    ------
    RuleBroken
        When bids are not asked for (rule ``not_tendered``) or the lot is awarded (``awarded``).
    InputError
        When the bid prices what is not in the lot, or something twice.
    """
    if lot.tendered_on is None:
        raise RuleBroken(f"lot {lot.code} is still a draft", remedy="put it out to tender first", rule="not_tendered")
    _require_open(lot)
    numbers = [one.oz for one in bid.prices]
    unknown = sorted(set(numbers) - {one.oz for one in lot.positions})
    if unknown or len(set(numbers)) < len(numbers):
        raise InputError(
            f"the bid for lot {lot.code} does not fit its positions: {', '.join(unknown) or 'one stands twice'}",
            remedy="price each position of the bill once",
        )
    if any(one.unit_cents < 0 for one in bid.prices):
        raise InputError("a bid asks for less than nothing", remedy="write prices from 0,00 €")
    others = tuple(one for one in lot.bids if one.carrier != bid.carrier)
    return replace(lot, bids=(*others, bid))


def with_award(lot: Lot, award: Award) -> Lot:
    """Return the lot awarded.

    Raises
    ------
    RuleBroken
        When it is awarded already (rule ``awarded``), the carrier made no bid (``no_bid``), or an incomplete one
        (``incomplete_bid``).
    InputError
        When no reason is given.
    """
    _require_open(lot)
    bid = next((one for one in lot.bids if one.carrier == award.carrier), None)
    if bid is None:
        raise RuleBroken(
            f"{award.carrier} made no bid for lot {lot.code}", remedy="award it to one of the bidders", rule="no_bid"
        )
    if bid_cents(lot, bid) is None:
        raise RuleBroken(
            f"the bid of {award.carrier} for lot {lot.code} lacks prices",
            remedy="ask for the missing prices, or award it to a complete bid",
            rule="incomplete_bid",
        )
    if not award.reason.strip():
        raise InputError("an award needs a reason", remedy="write why this bid is the most economical one")
    return replace(lot, award=award)


def _require_open(lot: Lot) -> None:
    if lot.award is not None:
        raise RuleBroken(
            f"lot {lot.code} was awarded to {lot.award.carrier} on {lot.award.awarded_on}",
            remedy="tender the rest as a lot of its own",
            rule="awarded",
        )


def accepted_cents(lot: Lot, positions: Iterable[AcceptedPosition], deductions: Iterable[Deduction]) -> int:
    """Return what is paid for accepted work, in cents without tax.

    Raises
    ------
    RuleBroken
        When the lot is not awarded (rule ``not_awarded``), is closed (``closed``), more is accepted than was ordered
        (``ordered``) or than was reported without a reason (``reported``), or more is kept back than is owed
        (``deduction``).
    InputError
        When a position is not in the lot, stands twice, a number lies below 0, or a deduction has no reason.
    """
    bid = lot.winner
    if bid is None:
        raise RuleBroken(f"lot {lot.code} is not awarded yet", remedy="award it first", rule="not_awarded")
    if lot.closed:
        raise RuleBroken(f"lot {lot.code} is closed", remedy="tender further work as a new lot", rule="closed")
    ordered = {one.oz: one for one in lot.positions}
    prices = {one.oz: one.unit_cents for one in bid.prices}
    seen: set[str] = set()
    net = 0
    for one in positions:
        if one.oz not in ordered or one.oz in seen or one.accepted < 0 or (one.reported or 0) < 0:
            raise InputError(f"position {one.oz} cannot be accepted so", remedy="name each position of the lot once")
        seen.add(one.oz)
        _check_position(lot, ordered[one.oz], one)
        net += one.accepted * prices[one.oz]
    for deduction in deductions:
        if deduction.cents <= 0 or not deduction.reason.strip():
            raise InputError("a deduction needs an amount and a reason", remedy="write both, or leave both out")
        net -= deduction.cents
    if net <= 0:
        raise RuleBroken(
            f"nothing is left to be paid of lot {lot.code}",
            remedy="accept some work, or keep back less",
            rule="deduction",
        )
    return net


def _check_position(lot: Lot, ordered: Position, one: AcceptedPosition) -> None:
    left = ordered.quantity - lot.accepted(one.oz)
    if one.accepted > left:
        raise RuleBroken(
            f"of position {one.oz} {left} are left of what was ordered, not {one.accepted}",
            remedy="accept what was ordered, and tender the rest",
            rule="ordered",
            oz=one.oz,
            left=left,
        )
    if one.accepted > (one.reported or 0) and not one.reason.strip():
        raise RuleBroken(
            f"of position {one.oz} {one.reported or 0} were reported, not {one.accepted}",
            remedy="write why more is accepted than was reported",
            rule="reported",
            oz=one.oz,
            reported=one.reported,
        )


def reported_units(lot: Lot, done: Mapping[tuple[str, str], Sequence[int | None]]) -> dict[str, int | None]:
    """Return how many units of each position were reported and are not accepted yet.

    Parameters
    ----------
    done
        By plot and work, for each visit that was done in the time of the lot, the square metres that were told, or
        None where none were: then what the bill says of a cycle counts.

    Returns
    -------
    By ordinal number; None when nothing was reported at all.
    """
    found: dict[str, int | None] = {}
    for one in lot.positions:
        told = done.get((one.plot, one.work))
        if told is None:
            found[one.oz] = None
            continue
        units = sum(1 if one.unit == "visit" else (one.per_cycle if m2 is None else m2) for m2 in told)
        found[one.oz] = max(0, units - lot.accepted(one.oz))
    return found
