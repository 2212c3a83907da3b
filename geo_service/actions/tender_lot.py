"""Floor 6: put work out to tender: a bill of quantities from the demand, bids, an award."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import replace
from datetime import date, datetime, timedelta

from geo_service.actions.money_records import the
from geo_service.base.clock import BERLIN
from geo_service.base.errors import InputError, NotReady, RuleBroken
from geo_service.funding.bill import bill_of
from geo_service.funding.lots import Award, Bid, Lot, Position, lot_code, with_award, with_bid
from geo_service.store.kinds_money import CARRIER, LOT, MEASURE
from geo_service.store.protocol import Store
from geo_service.work.calendar import working_days
from geo_service.work.demand import due_visits

MOST_DAYS = 366


def bill_of_quantities(
    store: Store, quarter: str, works: Collection[str], from_on: date, until_on: date
) -> tuple[Position, ...]:
    """Return what falls due in a quarter of the programme in a time, as positions; nothing is kept.

    Raises
    ------
    InputError
        When the time is empty or longer than a year.
    NotReady
        When nothing falls due.
    """
    if not from_on <= until_on < from_on + timedelta(days=MOST_DAYS):
        raise InputError("a lot lasts from a day to a later one, a year at most", remedy="choose other days")
    districts = {one.key: one.name for one in store.quarters() if one.group == quarter}
    plots = [plot for plot in store.plots() if plot.quarter in districts]
    catalogue = store.catalogue()
    days = [day for day in working_days(from_on, MOST_DAYS) if day <= until_on]
    demand = due_visits(
        plots,
        catalogue,
        store.last_done(),
        days,
        rules=store.rules(),
        crews=store.crews(),
        exceptions={(one.plot_id, one.work): one.exception for one in store.exceptions()},
    )
    visits = [one for one in demand.visits if not works or one.work in works]
    positions = bill_of(visits, plots, catalogue, districts)
    if not positions:
        raise NotReady(
            f"nothing of this falls due in {quarter} from {from_on} to {until_on}",
            remedy="choose other works or another time",
        )
    return positions


def draft_lot(
    store: Store,
    *,
    title: str,
    measure: str,
    quarter: str,
    works: Collection[str],
    from_on: date,
    until_on: date,
    author: str,
    clock: Callable[[], datetime],
) -> Lot:
    """Draft a lot of all work of some kinds that falls due in a quarter in a time; no works means all.

    Raises
    ------
    NotFound
        There is no such measure.
    RuleBroken
        When the measure does not work there (rule ``quarter``) or not in that time (``duration``).
    InputError, NotReady
        See `bill_of_quantities`.
    """
    now = clock()
    known = the(store, MEASURE, measure).record
    first = known.chargeable_from(quarter)
    if first is None or not quarter:
        raise RuleBroken(
            f"measure {measure} does not work in {quarter or 'the whole area'}",
            remedy="choose one of its quarters",
            rule="quarter",
            measure=measure,
            quarter=quarter,
        )
    if from_on < first or until_on > known.until_on:
        raise RuleBroken(
            f"measure {measure} pays for work in {quarter} from {first} to {known.until_on}",
            remedy="choose days within that time",
            rule="duration",
            measure=measure,
            first=first.isoformat(),
            last=known.until_on.isoformat(),
        )
    positions = bill_of_quantities(store, quarter, works, from_on, until_on)
    with store.change(author=author, reason=f"lot drafted for measure {measure} in {quarter}", at=now) as tx:
        code = lot_code(measure, tx.next_number(f"lot {measure}"))
        lot = Lot(code, title.strip() or code, measure, quarter, from_on, until_on, positions, author, now)
        tx.put_record(LOT, lot, expected=0)
    return lot


def tender_lot(store: Store, code: str, *, author: str, clock: Callable[[], datetime]) -> Lot:
    """Ask for bids: from now on the bill of quantities stays as it is.

    Raises
    ------
    NotFound
        There is no such lot.
    RuleBroken
        When bids were asked for already (rule ``tendered``).
    """
    now = clock()
    with store.change(author=author, reason=f"lot {code} put out to tender", at=now) as tx:
        kept = the(store, LOT, code)
        if kept.record.tendered_on is not None:
            raise RuleBroken(
                f"bids for lot {code} were asked for on {kept.record.tendered_on}",
                remedy="enter the bids",
                rule="tendered",
            )
        lot = replace(kept.record, tendered_on=now.astimezone(BERLIN).date())
        tx.put_record(LOT, lot, expected=kept.version)
    return lot


def put_bid(store: Store, code: str, bid: Bid, *, author: str, clock: Callable[[], datetime]) -> Lot:
    """Enter a bid, in place of the carrier's earlier one; see `geo_service.funding.lots.with_bid`."""
    with store.change(author=author, reason=f"bid of {bid.carrier} for lot {code}", at=clock()) as tx:
        kept = the(store, LOT, code)
        the(store, CARRIER, bid.carrier)
        lot = with_bid(kept.record, bid)
        tx.put_record(LOT, lot, expected=kept.version)
    return lot


def award_lot(store: Store, code: str, carrier: str, *, reason: str, author: str, clock: Callable[[], datetime]) -> Lot:
    """Award a lot to a bidder with the reason for it; see `geo_service.funding.lots.with_award`."""
    now = clock()
    with store.change(author=author, reason=f"lot {code} awarded to {carrier}", at=now) as tx:
        kept = the(store, LOT, code)
        lot = with_award(kept.record, Award(carrier, now.astimezone(BERLIN).date(), reason))
        tx.put_record(LOT, lot, expected=kept.version)
    return lot
