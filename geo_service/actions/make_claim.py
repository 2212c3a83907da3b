"""Floor 6: ask money back from the funds: a claim over the vouchers that stand in none yet, frozen with its digest."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime

from geo_service.actions.money_records import all_claims, all_vouchers, the
from geo_service.base.clock import BERLIN
from geo_service.base.errors import InputError
from geo_service.funding.claims import Claim, ClaimKind, claim_number, claimable, freeze
from geo_service.store.kinds_money import CLAIM, MEASURE
from geo_service.store.protocol import Store


def make_claim(
    store: Store,
    measure: str,
    kind: ClaimKind,
    until_on: date,
    *,
    note: str = "",
    author: str,
    clock: Callable[[], datetime],
) -> Claim:
    """Make a claim under the next number of its measure.

    Raises
    ------
    NotFound
        There is no such measure.
    InputError
        When its last day lies in the future.
    RuleBroken
        When nothing is open, or the measure is closed, see `geo_service.funding.claims.claimable`.
    """
    now = clock()
    if until_on > now.astimezone(BERLIN).date():
        raise InputError(f"{until_on} is not over", remedy="claim what was served until today or a day before")
    with store.change(author=author, reason=f"{kind} claim of measure {measure} until {until_on}", at=now) as tx:
        known = the(store, MEASURE, measure).record
        found = claimable(known, all_vouchers(store), all_claims(store, measure), kind, until_on)
        number = claim_number(measure, tx.next_number(f"claim {measure}"))
        claim = freeze(number, known, kind, until_on, found, author=author, at=now, note=note)
        tx.put_record(CLAIM, claim, expected=0)
    return claim
