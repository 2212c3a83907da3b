"""Floor 6: measures, what is approved of them, who carries them out, and the prices of own work."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from geo_service.actions.money_records import the
from geo_service.base.errors import InputError, RuleBroken
from geo_service.funding.measure import Approval, Measure
from geo_service.funding.rates import RateTable
from geo_service.funding.voucher import Carrier
from geo_service.store.kinds_money import CARRIER, MEASURE, RATES, VOUCHER
from geo_service.store.protocol import Store


def keep_measure(
    store: Store, measure: Measure, *, expected: int | None, author: str, clock: Callable[[], datetime]
) -> int:
    """Keep a measure or replace it; return its version.

    Parameters
    ----------
    expected
        The version that was seen, 0 for a new one.

    Raises
    ------
    InputError
        When it could not be charged to, see `geo_service.funding.measure.Measure.check`.
    RuleBroken
        When vouchers were split by other funds already (rule ``funds_fixed``).
    Conflict
        When somebody else changed it meanwhile.
    """
    measure.check()
    with store.change(author=author, reason=f"measure {measure.code} kept", at=clock()) as tx:
        before = store.record(MEASURE, measure.code)
        changed = before is not None and before.record.parts != measure.parts
        if changed and store.records(VOUCHER, link=("measure", measure.code)):
            raise RuleBroken(
                f"vouchers of measure {measure.code} are split between its funds already",
                remedy="keep another measure for the new funds",
                rule="funds_fixed",
                measure=measure.code,
            )
        return tx.put_record(MEASURE, measure, expected=expected)


def approve(store: Store, code: str, approval: Approval, *, author: str, clock: Callable[[], datetime]) -> Measure:
    """Note that money was approved, or cut.

    Raises
    ------
    NotFound
        There is no such measure.
    InputError
        When nothing is approved, or its reference stands there already.
    """
    if approval.gross_cents == 0 or not approval.reference.strip():
        raise InputError("an approval needs a reference and an amount", remedy="write both as the notice has them")
    with store.change(author=author, reason=f"measure {code}: approval {approval.reference}", at=clock()) as tx:
        kept = the(store, MEASURE, code)
        dated = sorted((*kept.record.approvals, approval), key=lambda one: (one.approved_on, one.reference))
        measure = replace(kept.record, approvals=tuple(dated))
        measure.check()
        tx.put_record(MEASURE, measure, expected=kept.version)
    return measure


def keep_carrier(
    store: Store, carrier: Carrier, *, expected: int | None, author: str, clock: Callable[[], datetime]
) -> int:
    """Keep a carrier or replace it; return its version.

    Raises
    ------
    Conflict
        When somebody else changed it meanwhile.
    """
    if not carrier.name.strip():
        raise InputError("a carrier needs a name", remedy="write the name of the firm, club or office")
    with store.change(author=author, reason=f"carrier {carrier.code} kept", at=clock()) as tx:
        return tx.put_record(CARRIER, carrier, expected=expected)


def keep_rates(store: Store, table: RateTable, *, author: str, clock: Callable[[], datetime]) -> RateTable:
    """Keep the prices of own work from a day on; those of earlier days stay as they are.

    Raises
    ------
    InputError
        When a price lies below 0, stands twice, or its source is not told.
    """
    prices = [table.person_hour_cents, table.vehicle_hour_cents, *(one.cents for one in table.disposal)]
    if min(prices) < 0 or not table.source.strip():
        raise InputError("prices begin at 0 and have a source", remedy="write what the prices rest on")
    if len({(one.waste_key, one.unit) for one in table.disposal}) < len(table.disposal):
        raise InputError("a waste key has two prices for one unit", remedy="write each once")
    with store.change(author=author, reason=f"prices of own work from {table.valid_from}", at=clock()) as tx:
        tx.put_record(RATES, table)
    return table
