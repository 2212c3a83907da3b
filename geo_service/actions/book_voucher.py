"""Floor 6: book what was spent: a new voucher, a correction, a cancellation; none is ever changed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from geo_service.actions.money_records import all_claims, all_vouchers, the
from geo_service.base.clock import BERLIN
from geo_service.base.errors import InputError, NotFound, RuleBroken
from geo_service.funding.charge import check_charge
from geo_service.funding.claims import final_claim
from geo_service.funding.measure import Measure
from geo_service.funding.voucher import (
    FundShare,
    Spending,
    Voucher,
    VoucherKind,
    cancelling,
    check_amounts,
    live_chain,
    shares,
    voucher_number,
)
from geo_service.store.kinds_money import CARRIER, LOT, MEASURE, VOUCHER
from geo_service.store.protocol import Store, Writing


def book_voucher(store: Store, spending: Spending, *, author: str, clock: Callable[[], datetime]) -> Voucher:
    """Book what was spent under the next number of its measure, split between the funds.

    Raises
    ------
    NotFound
        There is no such measure, carrier, plot, work, visit or lot.
    InputError
        When amounts or days contradict each other.
    RuleBroken
        When it may not be charged, see `geo_service.funding.charge.check_charge`, or its visit is paid already (rule
        ``visit_paid``).
    """
    now = clock()
    with store.change(author=author, reason=f"voucher for measure {spending.measure}", at=now) as tx:
        return book(store, tx, spending, author=author, at=now)


def book(store: Store, tx: Writing, spending: Spending, *, author: str, at: datetime) -> Voucher:
    """Write a new voucher into an open transaction, see `book_voucher`."""
    told, measure = ready(store, spending, at=at)
    return write_voucher(tx, told, shares(told.gross_cents, measure), author=author, at=at)


def ready(store: Store, spending: Spending, *, at: datetime) -> tuple[Spending, Measure]:
    """Return what would be booked, with its quarter, and its measure; see `book_voucher` for what is refused."""
    measure = the(store, MEASURE, spending.measure).record
    told = _placed(store, spending)
    the(store, CARRIER, told.carrier)
    if told.lot:
        the(store, LOT, told.lot)
    check_amounts(told)
    on = at.astimezone(BERLIN).date()
    if told.gross_cents < 0:
        raise InputError("money that comes back refers to a voucher", remedy="correct or cancel that voucher")
    if told.dated_on > on or told.served_until > on:
        raise InputError("a voucher cannot lie in the future", remedy="book it when it is there")
    if told.visit:
        paid = paid_by(store, told.visit)
        if paid is not None:
            raise RuleBroken(
                f"visit {told.visit} is paid by voucher {paid.number}",
                remedy=f"correct {paid.number}, or cancel it first",
                rule="visit_paid",
                voucher=paid.number,
            )
    _check(store, told, measure, at)
    return told, measure


def correct_voucher(
    store: Store,
    number: str,
    gross_cents: int,
    vat_cents: int,
    *,
    reason: str,
    document_sha256: str = "",
    author: str,
    clock: Callable[[], datetime],
) -> Voucher:
    """Put a voucher right by another one that carries the difference.

    Parameters
    ----------
    gross_cents, vat_cents
        The difference: with a minus when too much was booked.

    Raises
    ------
    NotFound
        There is no such voucher.
    RuleBroken
        When it was cancelled, is a correction itself, would fall below nothing (rule ``below_nothing``), or when more
        may not be charged.
    InputError
        When no reason is given or the amounts contradict each other.
    """
    now = clock()
    with store.change(author=author, reason=f"correction of voucher {number}", at=now) as tx:
        first, chain = _chain(store, number, reason)
        told = _dated(
            replace(
                first.spending,
                gross_cents=gross_cents,
                vat_cents=vat_cents,
                document_sha256=document_sha256,
            ),
            now,
        )
        check_amounts(told)
        if sum(one.gross_cents for one in chain) + gross_cents < 0:
            raise RuleBroken(
                f"voucher {number} would fall below nothing",
                remedy="correct it by less, or cancel it",
                rule="below_nothing",
                voucher=number,
            )
        measure = the(store, MEASURE, told.measure).record
        if gross_cents > 0:
            _check(store, told, measure, now)
        split = shares(gross_cents, measure)
        return write_voucher(tx, told, split, author=author, at=now, kind="correction", refers_to=number, reason=reason)


def cancel_voucher(store: Store, number: str, *, reason: str, author: str, clock: Callable[[], datetime]) -> Voucher:
    """Cancel a voucher with its corrections: for every fund nothing of them is left.

    Raises
    ------
    NotFound
        There is no such voucher.
    RuleBroken
        When it was cancelled, or is a correction itself.
    InputError
        When no reason is given.
    """
    now = clock()
    with store.change(author=author, reason=f"cancellation of voucher {number}", at=now) as tx:
        first, chain = _chain(store, number, reason)
        gross, vat, split = cancelling(chain)
        told = _dated(replace(first.spending, gross_cents=gross, vat_cents=vat, document_sha256=""), now)
        return write_voucher(
            tx, told, split, author=author, at=now, kind="cancellation", refers_to=number, reason=reason
        )


def paid_by(store: Store, visit_id: str) -> Voucher | None:
    """Return the voucher that pays a visit, None while none does or when it was cancelled."""
    found = [kept.record for kept in store.records(VOUCHER, link=("visit", visit_id))]
    gone = {one.refers_to for one in found if one.kind == "cancellation"}
    return next((one for one in found if one.kind == "original" and one.number not in gone), None)


def _placed(store: Store, spending: Spending) -> Spending:
    """Return it with the quarter that its plot lies in; refuse places and works that are not there."""
    if spending.work and spending.work not in store.catalogue().kinds:
        raise NotFound(f"no work '{spending.work}' in the catalogue", remedy="name a work of the catalogue")
    if spending.visit and all(one.visit_id != spending.visit for one in store.visits_done()):
        raise NotFound(f"no visit {spending.visit} was done", remedy="book it when its work is reported")
    if not spending.plot:
        return spending
    plot = store.plot(spending.plot)
    if plot is None:
        raise NotFound(f"no plot {spending.plot}", remedy="name the code of a plot", plot=spending.plot)
    quarter = quarter_of(store, plot.quarter)
    if spending.quarter not in ("", quarter):
        raise InputError(
            f"plot {plot.code} lies in {quarter}, not in {spending.quarter}", remedy="leave the quarter to the plot"
        )
    return replace(spending, quarter=quarter)


def quarter_of(store: Store, key: str) -> str:
    """Return the quarter of the programme that an Ortsteil belongs to, by its key; empty when it is unknown."""
    return next((one.group for one in store.quarters() if one.key == key), "")


def _chain(store: Store, number: str, reason: str) -> tuple[Voucher, list[Voucher]]:
    if not reason.strip():
        raise InputError("say why", remedy="write what was wrong")
    first = the(store, VOUCHER, number).record
    others = [kept.record for kept in store.records(VOUCHER, link=("refers_to", number))]
    return first, live_chain(number, [first, *others])


def _check(store: Store, told: Spending, measure: Measure, at: datetime) -> None:
    charged = [one for one in all_vouchers(store) if one.spending.measure == measure.code]
    closed = final_claim(measure.code, all_claims(store, measure.code))
    check_charge(
        told,
        measure,
        charged_cents=sum(one.gross_cents for one in charged),
        on=at.astimezone(BERLIN).date(),
        closed_by=closed.number if closed else "",
    )


def _dated(spending: Spending, at: datetime) -> Spending:
    return replace(spending, dated_on=at.astimezone(BERLIN).date())


def write_voucher(
    tx: Writing,
    spending: Spending,
    split: tuple[FundShare, ...],
    *,
    author: str,
    at: datetime,
    kind: VoucherKind = "original",
    refers_to: str = "",
    reason: str = "",
) -> Voucher:
    """Write a voucher that was checked into an open transaction, under the next number of its measure."""
    number = voucher_number(spending.measure, tx.next_number(f"voucher {spending.measure}"))
    made = Voucher(number, spending, split, author, at, kind, refers_to, reason)
    tx.put_record(VOUCHER, made, expected=0)
    return made
