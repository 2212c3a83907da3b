"""Floor 7: how the measures of a workspace stand, their sums proven."""

from __future__ import annotations

from datetime import date

from geo_service.funding.totals import Account, account_of
from geo_service.store.kinds_money import MEASURE, VOUCHER
from geo_service.store.protocol import Store


def accounts(store: Store, on: date) -> list[Account]:
    """Return how each measure stands on a day, the one that began last first.

    Raises
    ------
    CheckFailed
        When a sum does not hold: then no figure is shown.
    """
    vouchers = [kept.record for kept in store.records(VOUCHER)]
    measures = sorted((kept.record for kept in store.records(MEASURE)), key=lambda one: one.from_on, reverse=True)
    return [account_of(one, vouchers, on) for one in measures]
