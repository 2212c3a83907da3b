"""Floor 3: claims: which vouchers are asked back from the funds, frozen with a digest, none of them twice."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256
from typing import Literal

from geo_service.base.errors import RuleBroken
from geo_service.funding.measure import Measure
from geo_service.funding.totals import total_of
from geo_service.funding.voucher import FundShare, Voucher

ClaimKind = Literal["advance", "final"]


@dataclass(frozen=True)
class Claim:
    """What was asked back from the funds; never changed.

    Attributes
    ----------
    number
        ``"2.2-C003"``: measure and place in its series, which has no gap.
    kind
        An advance claim while the measure runs; the final one closes it.
    until_on
        The last day of service that it asks back.
    vouchers
        Their numbers, rising.
    by_fund
        What each fund is asked for: the sum of its shares, voucher by voucher.
    digest
        SHA-256 of all this and of every voucher in it, see `claim_digest`.
    """

    number: str
    measure: str
    kind: ClaimKind
    until_on: date
    vouchers: tuple[str, ...]
    gross_cents: int
    by_fund: tuple[FundShare, ...]
    digest: str
    author: str
    at: datetime
    note: str = ""


def claim_number(measure: str, place: int) -> str:
    """Write the number of a claim.

    Examples
    --------
    >>> claim_number("2.2", 3)
    '2.2-C003'
    """
    return f"{measure}-C{place:03d}"


def unclaimed(measure: str, vouchers: Iterable[Voucher], claims: Iterable[Claim]) -> list[Voucher]:
    """Return the vouchers of a measure that stand in no claim, in order of their numbers."""
    claimed = {number for one in claims for number in one.vouchers}
    found = [one for one in vouchers if one.spending.measure == measure and one.number not in claimed]
    return sorted(found, key=lambda one: one.number)


def claimable(
    measure: Measure, vouchers: Sequence[Voucher], claims: Sequence[Claim], kind: ClaimKind, until_on: date
) -> list[Voucher]:
    """Return what a claim would ask back.

    An advance claim takes what was served until a day; what refers to a voucher that was claimed goes along whatever
    its day, so that what is paid back does not wait. The final claim takes all there is.

    Raises
    ------
    RuleBroken
        When the measure is closed by a final claim (rule ``final_claim``) or nothing is open (``nothing_to_claim``).
    """
    mine = [one for one in claims if one.measure == measure.code]
    closed = final_claim(measure.code, mine)
    if closed is not None:
        raise RuleBroken(
            f"measure {measure.code} was closed by the final claim {closed.number}",
            remedy="what changed since stands below that claim; pay the difference back under its number",
            rule="final_claim",
            measure=measure.code,
            claim=closed.number,
        )
    claimed = {number for one in mine for number in one.vouchers}
    found = [
        one
        for one in unclaimed(measure.code, vouchers, mine)
        if kind == "final" or one.spending.served_until <= until_on or one.refers_to in claimed
    ]
    if not found:
        raise RuleBroken(
            f"measure {measure.code} has no voucher until {until_on} that was not claimed",
            remedy="choose a later day, or book the vouchers first",
            rule="nothing_to_claim",
            measure=measure.code,
        )
    return found


def final_claim(measure: str, claims: Iterable[Claim]) -> Claim | None:
    """Return the claim that closed a measure."""
    return next((one for one in claims if one.measure == measure and one.kind == "final"), None)


def freeze(
    number: str,
    measure: Measure,
    kind: ClaimKind,
    until_on: date,
    vouchers: Sequence[Voucher],
    *,
    author: str,
    at: datetime,
    note: str = "",
) -> Claim:
    """Return a claim over some vouchers, with its digest."""
    total = total_of(vouchers, [one.code for one in measure.funds])
    by_fund = tuple(FundShare(fund, cents) for fund, cents in total.by_fund.items())
    numbers = tuple(sorted(one.number for one in vouchers))
    digest = claim_digest(measure.code, kind, until_on, vouchers)
    return Claim(number, measure.code, kind, until_on, numbers, total.gross_cents, by_fund, digest, author, at, note)


def claim_digest(measure: str, kind: ClaimKind, until_on: date, vouchers: Iterable[Voucher]) -> str:
    """Return the SHA-256, in hexadecimal, of what a claim asks back; the order of the vouchers does not matter.

    It is taken over JSON with sorted keys: measure, kind, last day, and of each voucher number, amount, tax, days,
    kind of cost, carrier, quarter, the hash of its document and every fund's cents.
    """
    rows = [
        {
            "number": one.number,
            "gross_cents": one.gross_cents,
            "vat_cents": one.spending.vat_cents,
            "dated_on": one.spending.dated_on.isoformat(),
            "served_from": one.spending.served_from.isoformat(),
            "served_until": one.spending.served_until.isoformat(),
            "cost_kind": one.spending.cost_kind,
            "carrier": one.spending.carrier,
            "quarter": one.spending.quarter,
            "document_sha256": one.spending.document_sha256,
            "by_fund": one.by_fund,
        }
        for one in sorted(vouchers, key=lambda one: one.number)
    ]
    claim = {"measure": measure, "kind": kind, "until_on": until_on.isoformat(), "vouchers": rows}
    return sha256(json.dumps(claim, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def reproduces(claim: Claim, vouchers: Iterable[Voucher]) -> bool:
    """Tell whether the vouchers that are kept still give the claim: its digest, its amount, and every fund's cents."""
    mine = [one for one in vouchers if one.number in claim.vouchers]
    total = total_of(mine)
    return (
        len(mine) == len(claim.vouchers)
        and claim_digest(claim.measure, claim.kind, claim.until_on, mine) == claim.digest
        and total.gross_cents == claim.gross_cents
        and all(total.by_fund.get(one.fund, 0) == one.cents for one in claim.by_fund)
    )


def changed_since(claim: Claim, vouchers: Iterable[Voucher]) -> list[Voucher]:
    """Return corrections and cancellations of what a claim asked back that do not stand in it: its differences."""
    mine = frozenset(claim.vouchers)
    found = [one for one in vouchers if one.refers_to in mine and one.number not in mine]
    return sorted(found, key=lambda one: one.number)
