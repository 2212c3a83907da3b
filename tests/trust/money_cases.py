"""What the actions of the money do on the small desk: for each what it does, and what must have happened before."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

from geo_service.actions.accept_lot import accept_lot
from geo_service.actions.book_visits import book_visits
from geo_service.actions.book_voucher import book_voucher, cancel_voucher, correct_voucher
from geo_service.actions.keep_measure import approve, keep_carrier, keep_measure, keep_rates
from geo_service.actions.make_claim import make_claim
from geo_service.actions.record_visit import record_visit
from geo_service.actions.tender_lot import award_lot, draft_lot, put_bid, tender_lot
from geo_service.funding.lots import AcceptedPosition, Bid, Price
from geo_service.funding.measure import Approval
from geo_service.funding.rates import RateTable
from geo_service.funding.voucher import Carrier, Spending
from geo_service.store.kinds_money import LOT, MEASURE
from geo_service.store.sqlite import SqliteStore
from tests.trust.small_desk import AT, MONDAY

HOW = {"author": "tester", "clock": lambda: AT + timedelta(hours=5)}
Act = Callable[[SqliteStore, Path], object]


def nothing(store: SqliteStore, files: Path) -> None:
    """Nothing must have happened."""


def book(store: SqliteStore, files: Path) -> object:
    told = Spending("W26", MONDAY, MONDAY, MONDAY, 119_00, 19_00, "services", "gruenwerk", "Mahd", plot="KLZ-0001")
    return book_voucher(store, told, **HOW)


def a_done_visit(store: SqliteStore) -> str:
    return next(stop.visit.visit_id for route in store.plan().routes for stop in route.stops)


def done(store: SqliteStore, files: Path) -> object:
    record_visit(store, a_done_visit(store), MONDAY, **HOW)
    course = store.course(a_done_visit(store))
    with store.change(author="tester", reason="minutes", at=AT) as tx:
        tx.put_course(replace(course, minutes=30))


def draft(store: SqliteStore, files: Path) -> object:
    when = {"from_on": date(2026, 11, 20), "until_on": date(2027, 2, 26)}
    return draft_lot(store, title="Los", measure="W26", quarter="Plagwitz", works=(), **when, **HOW)


def drafted(store: SqliteStore) -> str:
    return store.records(LOT)[-1].record.code


def tender(store: SqliteStore, files: Path) -> object:
    draft(store, files)
    return tender_lot(store, drafted(store), **HOW)


def bid(store: SqliteStore, files: Path) -> object:
    lot = store.records(LOT)[-1].record
    return put_bid(store, lot.code, Bid("gruenwerk", MONDAY, tuple(Price(one.oz, 9) for one in lot.positions)), **HOW)


def offered(store: SqliteStore, files: Path) -> object:
    tender(store, files)
    return bid(store, files)


def award(store: SqliteStore, files: Path) -> object:
    return award_lot(store, drafted(store), "gruenwerk", reason="einziges Angebot", **HOW)


def awarded(store: SqliteStore, files: Path) -> object:
    offered(store, files)
    return award(store, files)


def accept(store: SqliteStore, files: Path) -> object:
    first = store.records(LOT)[-1].record.positions[0]
    rows = [AcceptedPosition(first.oz, None, 1, "gesehen")]
    return accept_lot(store, drafted(store), rows, [], served_from=MONDAY, served_until=MONDAY, **HOW)


def keep(store: SqliteStore, files: Path) -> object:
    return keep_measure(store, replace(store.record(MEASURE, "W26").record, name="anders"), expected=None, **HOW)


MONEY: dict[str, tuple[Act, Act]] = {
    "accept_lot.accept_lot": (accept, awarded),
    "book_visits.book_visits": (lambda store, files: book_visits(store, [a_done_visit(store)], **HOW), done),
    "book_voucher.book_voucher": (book, nothing),
    "book_voucher.cancel_voucher": (
        lambda store, files: cancel_voucher(store, "W26-00001", reason="doppelt", **HOW),
        nothing,
    ),
    "book_voucher.correct_voucher": (
        lambda store, files: correct_voucher(store, "W26-00001", -1, 0, reason="Aufmaß", **HOW),
        nothing,
    ),
    "keep_measure.approve": (
        lambda store, files: approve(store, "W26", Approval("N", MONDAY, 100), **HOW),
        nothing,
    ),
    "keep_measure.keep_carrier": (
        lambda store, files: keep_carrier(store, Carrier("neu", "Neu"), expected=0, **HOW),
        nothing,
    ),
    "keep_measure.keep_measure": (keep, nothing),
    "keep_measure.keep_rates": (
        lambda store, files: keep_rates(store, RateTable(MONDAY, 1, 1, (), "geschätzt"), **HOW),
        nothing,
    ),
    "make_claim.make_claim": (lambda store, files: make_claim(store, "W26", "advance", MONDAY, **HOW), nothing),
    "tender_lot.award_lot": (award, offered),
    "tender_lot.draft_lot": (draft, nothing),
    "tender_lot.put_bid": (bid, tender),
    "tender_lot.tender_lot": (
        lambda store, files: tender_lot(store, drafted(store), **HOW),
        draft,
    ),
}
"""By action; see `tests.trust.test_fault_at_every_statement.Case`."""
