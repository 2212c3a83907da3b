"""Floor 6: the money of the sample: measures, carriers, prices, vouchers, claims, lots, each checked as it is read."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, time
from pathlib import Path
from typing import TypeVar

from geo_service.actions.book_voucher import write_voucher
from geo_service.base.clock import BERLIN
from geo_service.funding.cents import MOST_CENTS, vat_in
from geo_service.funding.charge import check_charge
from geo_service.funding.claims import Claim, ClaimKind, claim_number, claimable, freeze
from geo_service.funding.lots import (
    Acceptance,
    AcceptedPosition,
    Award,
    Bid,
    Deduction,
    Lot,
    Position,
    Price,
    Unit,
    accepted_cents,
    lot_code,
    with_award,
    with_bid,
)
from geo_service.funding.measure import Approval, Fund, Measure, QuarterStart
from geo_service.funding.rates import DisposalPrice, RateTable
from geo_service.funding.voucher import (
    Carrier,
    Spending,
    Voucher,
    VoucherKind,
    cancelling,
    check_amounts,
    live_chain,
    shares,
)
from geo_service.store.kinds_money import CARRIER, CLAIM, LOT, MEASURE, RATES
from geo_service.store.protocol import Writing
from geo_service.work.entry import Entry, open_entry, read_document

FILE = "money.json"
AUTHOR = "Beispiel"

T = TypeVar("T")


def load_sample_money(tx: Writing, folder: Path) -> None:
    """Write the money of the sample into an open transaction.

    Raises
    ------
    FileUnreadable
        When the file cannot be read or is no JSON.
    InputError
        When an entry is wrong, or a voucher of it could not be charged.
    """
    whole = open_entry(read_document(folder / FILE), FILE)
    whole.text("note")
    measures = {one.code: one for one in map(_measure, whole.entries("measures"))}
    for measure in measures.values():
        measure.check()
        tx.put_record(MEASURE, measure)
    for entry in whole.entries("carriers"):
        tx.put_record(CARRIER, _carrier(entry))
    for entry in whole.entries("rates"):
        tx.put_record(RATES, _rates(entry))
    vouchers: list[Voucher] = []
    for entry in whole.entries("vouchers"):
        vouchers.append(_voucher(tx, entry, measures, vouchers))
    claims: list[Claim] = []
    for entry in whole.entries("claims"):
        claims.append(_claim(tx, entry, measures, vouchers, claims))
    for entry in whole.entries("lots"):
        lot = _lot(entry, f"{tx.next_number('lot ' + entry.text('measure'))}")
        tx.put_record(LOT, lot)
    whole.close()


def _measure(entry: Entry) -> Measure:
    made = Measure(
        code=entry.text("code"),
        name=entry.text("name"),
        programme=entry.text("programme"),
        from_on=entry.day("from_on"),
        until_on=entry.day("until_on"),
        funds=tuple(
            _closed(one, Fund(one.text("code"), one.text("name"), one.whole("parts", 1, 10_000)))
            for one in entry.entries("funds")
        ),
        starts=tuple(
            _closed(one, QuarterStart(one.text("quarter"), one.day("from_on"))) for one in entry.entries("starts")
        ),
        cost_kinds=entry.texts("cost_kinds"),
        approvals=tuple(
            _closed(
                one,
                Approval(
                    one.text("reference"), one.day("approved_on"), _cents(one, "gross_cents"), one.text("note", "")
                ),
            )
            for one in entry.entries("approvals")
        ),
        fictional=entry.flag("fictional", False),
        source=entry.text("source"),
    )
    return _closed(entry, made)


def _carrier(entry: Entry) -> Carrier:
    made = Carrier(
        code=entry.code("code"),
        name=entry.text("name"),
        own=entry.flag("own", False),
        contact=entry.text("contact", ""),
        email=entry.text("email", ""),
        phone=entry.text("phone", ""),
        fictional=True,
    )
    return _closed(entry, made)


def _rates(entry: Entry) -> RateTable:
    made = RateTable(
        valid_from=entry.day("valid_from"),
        person_hour_cents=_cents(entry, "person_hour_cents"),
        vehicle_hour_cents=_cents(entry, "vehicle_hour_cents"),
        disposal=tuple(
            _closed(
                one,
                DisposalPrice(one.text("waste_key"), "t" if one.text("unit") == "t" else "m3", _cents(one, "cents")),
            )
            for one in entry.entries("disposal")
        ),
        source=entry.text("source"),
        fictional=True,
    )
    return _closed(entry, made)


def _voucher(tx: Writing, entry: Entry, measures: dict[str, Measure], before: list[Voucher]) -> Voucher:
    """Return the next voucher, written and checked as if it had been booked on its day."""
    on, refers_to = entry.day("booked_on"), entry.text("refers_to", "")
    at = datetime.combine(on, time(10), BERLIN)
    kind: VoucherKind = "original"
    if refers_to:
        kind = "cancellation" if entry.flag("cancels", False) else "correction"
        chain = live_chain(refers_to, before)
        gross, vat, split = cancelling(chain)
        spending = replace(chain[0].spending, dated_on=on)
        measure = measures[spending.measure]
        if kind == "correction":
            gross = _cents(entry, "gross_cents")
            vat, split = vat_in(gross, entry.whole("vat_percent", 0, 19)), shares(gross, measure)
        spending = replace(spending, gross_cents=gross, vat_cents=vat)
    else:
        spending = _spending(entry)
        measure = measures[spending.measure]
        split = shares(spending.gross_cents, measure)
    check_amounts(spending)
    if spending.gross_cents > 0:
        charged = sum(one.gross_cents for one in before if one.spending.measure == measure.code)
        check_charge(spending, measure, charged_cents=charged, on=on)
    reason = entry.text("reason", "")
    made = write_voucher(tx, spending, split, author=AUTHOR, at=at, kind=kind, refers_to=refers_to, reason=reason)
    return _closed(entry, made)


def _spending(entry: Entry) -> Spending:
    gross = _cents(entry, "gross_cents")
    return Spending(
        measure=entry.text("measure"),
        dated_on=entry.day("dated_on"),
        served_from=entry.day("served_from"),
        served_until=entry.day("served_until"),
        gross_cents=gross,
        vat_cents=vat_in(gross, entry.whole("vat_percent", 0, 19)),
        cost_kind=entry.text("cost_kind"),
        carrier=entry.code("carrier"),
        text=entry.text("text"),
        quarter=entry.text("quarter", ""),
        plot=entry.text("plot", ""),
        work=entry.text("work", ""),
        lot=entry.text("lot", ""),
    )


def _claim(
    tx: Writing, entry: Entry, measures: dict[str, Measure], vouchers: list[Voucher], before: list[Claim]
) -> Claim:
    """Return the next claim over what was booked by its day."""
    measure, on = measures[entry.text("measure")], entry.day("claimed_on")
    kind: ClaimKind = "final" if entry.text("kind") == "final" else "advance"
    at = datetime.combine(on, time(11), BERLIN)
    booked = [one for one in vouchers if one.at < at]
    until_on = entry.day("until_on")
    found = claimable(measure, booked, before, kind, until_on)
    number = claim_number(measure.code, tx.next_number(f"claim {measure.code}"))
    made = freeze(number, measure, kind, until_on, found, author=AUTHOR, at=at, note=entry.text("note", ""))
    tx.put_record(CLAIM, made, expected=0)
    return _closed(entry, made)


def _lot(entry: Entry, place: str) -> Lot:
    on = entry.day("drafted_on")
    made = Lot(
        code=lot_code(entry.text("measure"), int(place)),
        title=entry.text("title"),
        measure=entry.text("measure"),
        quarter=entry.text("quarter"),
        from_on=entry.day("from_on"),
        until_on=entry.day("until_on"),
        positions=tuple(map(_position, entry.entries("positions"))),
        author=AUTHOR,
        at=datetime.combine(on, time(9), BERLIN),
        tendered_on=entry.day("tendered_on"),
    )
    for one in entry.entries("bids"):
        prices = tuple(
            _closed(each, Price(each.text("oz"), _cents(each, "unit_cents"))) for each in one.entries("prices")
        )
        bid = Bid(one.code("carrier"), one.day("received_on"), prices, one.text("note", ""))
        made = with_bid(made, _closed(one, bid))
    if entry.has("awarded_on"):
        award = Award(entry.code("awarded_to"), entry.day("awarded_on"), entry.text("award_reason"))
        made = with_award(made, award)
        for one in entry.entries("acceptances"):
            made = replace(made, acceptances=(*made.acceptances, _acceptance(one, made)))
    return _closed(entry, made)


def _position(entry: Entry) -> Position:
    unit: Unit = "visit" if entry.text("unit") == "visit" else "m2"
    made = Position(
        oz=entry.text("oz"),
        title=entry.text("title"),
        section=entry.text("section"),
        text=entry.text("text"),
        work=entry.code("work"),
        plot=entry.text("plot"),
        unit=unit,
        per_cycle=entry.whole("per_cycle", 1, 10**7),
        cycles=entry.whole("cycles", 1, 400),
    )
    return _closed(entry, made)


def _acceptance(entry: Entry, lot: Lot) -> Acceptance:
    positions = tuple(
        _closed(
            one,
            AcceptedPosition(
                one.text("oz"), one.whole("reported", 0, 10**7), one.whole("accepted", 0, 10**7), one.text("reason", "")
            ),
        )
        for one in entry.entries("positions")
    )
    deductions = tuple(
        _closed(one, Deduction(_cents(one, "cents"), one.text("reason"))) for one in entry.entries("deductions")
    )
    on, net = entry.day("accepted_on"), accepted_cents(lot, positions, deductions)
    made = Acceptance(
        accepted_on=on,
        served_from=entry.day("served_from"),
        served_until=entry.day("served_until"),
        positions=positions,
        deductions=deductions,
        net_cents=net,
        vat_cents=(2 * net * 19 + 100) // 200,
        voucher=entry.text("voucher"),
        author=AUTHOR,
        at=datetime.combine(on, time(9, 30), BERLIN),
    )
    return _closed(entry, made)


def _cents(entry: Entry, name: str) -> int:
    return entry.whole(name, -MOST_CENTS, MOST_CENTS)


def _closed(entry: Entry, made: T) -> T:
    entry.close()
    return made
