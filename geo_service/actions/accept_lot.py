"""Floor 6: accept work of a lot against what was reported: deductions with reason, and the voucher that pays it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, datetime

from geo_service.actions.book_voucher import book
from geo_service.actions.money_records import all_vouchers, the
from geo_service.base.clock import BERLIN
from geo_service.funding.lots import (
    Acceptance,
    AcceptedPosition,
    Deduction,
    Lot,
    accepted_cents,
    reported_units,
)
from geo_service.funding.voucher import Spending, Voucher, paid_visits
from geo_service.store.kinds_money import LOT
from geo_service.store.model import VisitDone
from geo_service.store.protocol import Store

VAT_PERCENT = 19


def reported_of(store: Store, lot: Lot) -> dict[str, int | None]:
    """Return how many units of each position were reported as done in its time and are not accepted yet, by number.

    Done jobs of the plot and work count; square metres as they were told, else as the bill has them. What a voucher of
    own crews pays is not paid again.
    """
    plots = {plot.plot_id: plot.code for plot in store.plots()}
    courses = store.courses()
    paid = paid_visits(all_vouchers(store))
    jobs: dict[str, list[VisitDone]] = {}
    for one in store.visits_done():
        if lot.from_on <= one.done_on <= lot.until_on and one.visit_id not in paid:
            jobs.setdefault(one.visit_id.rpartition(".")[0], []).append(one)
    done: dict[tuple[str, str], list[int | None]] = {}
    for parts in jobs.values():
        if len(parts) < parts[0].parts:
            continue
        told = [
            each.amount
            for one in parts
            if one.visit_id in courses
            for each in courses[one.visit_id].quantities
            if each.unit == "m2"
        ]
        key = (plots.get(parts[0].plot_id, ""), parts[0].work)
        done.setdefault(key, []).append(round(sum(told)) if told else None)
    return reported_units(lot, done)


def accept_lot(
    store: Store,
    code: str,
    positions: Sequence[AcceptedPosition],
    deductions: Sequence[Deduction],
    *,
    served_from: date,
    served_until: date,
    vat_percent: int = VAT_PERCENT,
    document_sha256: str = "",
    close: bool = False,
    author: str,
    clock: Callable[[], datetime],
) -> tuple[Lot, Voucher]:
    """Accept work and book what is owed for it, in one step.

    Parameters
    ----------
    close
        Nothing more of the lot will be accepted.

    Raises
    ------
    NotFound
        There is no such lot.
    RuleBroken, InputError
        See `geo_service.funding.lots.accepted_cents` and `geo_service.actions.book_voucher.book_voucher`.
    """
    now = clock()
    with store.change(author=author, reason=f"work of lot {code} accepted", at=now) as tx:
        kept = the(store, LOT, code)
        lot, today = kept.record, now.astimezone(BERLIN).date()
        net = accepted_cents(lot, positions, deductions)
        vat = (2 * net * vat_percent + 100) // 200
        assert lot.award is not None, "what is accepted was awarded"
        spending = Spending(
            measure=lot.measure,
            dated_on=today,
            served_from=served_from,
            served_until=served_until,
            gross_cents=net + vat,
            vat_cents=vat,
            cost_kind="services",
            carrier=lot.award.carrier,
            text=f"Abnahme {len(lot.acceptances) + 1}, Los {code}: {lot.title}",
            quarter=lot.quarter,
            lot=code,
            document_sha256=document_sha256,
        )
        voucher = book(store, tx, spending, author=author, at=now)
        made = Acceptance(
            accepted_on=today,
            served_from=served_from,
            served_until=served_until,
            positions=tuple(positions),
            deductions=tuple(deductions),
            net_cents=net,
            vat_cents=vat,
            voucher=voucher.number,
            author=author,
            at=now,
        )
        accepted = replace(lot, acceptances=(*lot.acceptances, made), closed=close)
        tx.put_record(LOT, accepted, expected=kept.version)
    return accepted, voucher
