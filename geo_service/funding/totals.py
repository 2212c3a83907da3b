"""Floor 3: what is approved, charged and left of a measure, by quarter, time, kind and fund; every sum is proven."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from geo_service.base.errors import CheckFailed
from geo_service.funding.measure import Measure
from geo_service.funding.voucher import Voucher


@dataclass(frozen=True)
class Total:
    """What some vouchers add up to, in cents; ``by_fund`` by code of the fund."""

    vouchers: int
    gross_cents: int
    vat_cents: int
    by_fund: Mapping[str, int]


@dataclass(frozen=True)
class Account:
    """How a measure stands on a day.

    Attributes
    ----------
    approved_cents
        What is approved by that day.
    total
        Of all its vouchers.
    by_quarter
        By quarter of the programme; the whole area stands under the empty name. Quarters without a voucher have a row.
    by_time
        By quarter of the calendar year in which the service ended, ``"2026-Q4"``, rising.
    by_cost_kind
        By code of the kind of cost.
    """

    measure: Measure
    on: date
    approved_cents: int
    total: Total
    by_quarter: Mapping[str, Total]
    by_time: Mapping[str, Total]
    by_cost_kind: Mapping[str, Total]

    @property
    def left_cents(self) -> int:
        """What may still be charged."""
        return self.approved_cents - self.total.gross_cents


def total_of(vouchers: Iterable[Voucher], funds: Sequence[str] = ()) -> Total:
    """Return the total of some vouchers; ``funds`` stand in it even when they bear nothing."""
    known = list(vouchers)
    by_fund = dict.fromkeys(funds, 0)
    for one in known:
        for fund, cents in one.by_fund.items():
            by_fund[fund] = by_fund.get(fund, 0) + cents
    gross, vat = sum(one.gross_cents for one in known), sum(one.spending.vat_cents for one in known)
    return Total(len(known), gross, vat, by_fund)


def account_of(measure: Measure, vouchers: Iterable[Voucher], on: date) -> Account:
    """Return how a measure stands, its sums proven.

    Parameters
    ----------
    vouchers
        All vouchers; those of other measures are left out.

    Raises
    ------
    CheckFailed
        See `prove`.
    """
    mine = [one for one in vouchers if one.spending.measure == measure.code]
    funds = [one.code for one in measure.funds]

    def grouped(name: Callable[[Voucher], str], first: Iterable[str] = ()) -> dict[str, Total]:
        groups: dict[str, list[Voucher]] = {one: [] for one in first}
        for one in mine:
            groups.setdefault(name(one), []).append(one)
        return {group: total_of(found, funds) for group, found in groups.items()}

    account = Account(
        measure=measure,
        on=on,
        approved_cents=measure.approved_cents(on),
        total=total_of(mine, funds),
        by_quarter=grouped(lambda one: one.spending.quarter, [*(start.quarter for start in measure.starts), ""]),
        by_time=dict(sorted(grouped(lambda one: calendar_quarter(one.spending.served_until)).items())),
        by_cost_kind=grouped(lambda one: one.spending.cost_kind, measure.cost_kinds),
    )
    prove(account, mine)
    return account


def prove(account: Account, vouchers: Iterable[Voucher]) -> None:
    """Hold the sums of an account against each other and against every single voucher.

    Raises
    ------
    CheckFailed
        When the shares of a voucher do not add up to its amount, those of the funds not to the total, or the groups
        not to the total: then something in the workspace is broken, and no figure is shown.
    """
    for one in vouchers:
        if sum(one.by_fund.values()) != one.gross_cents:
            raise CheckFailed(f"the shares of voucher {one.number} do not add up to its amount", voucher=one.number)
    whole = account.total
    if sum(whole.by_fund.values()) != whole.gross_cents:
        raise CheckFailed(f"the funds of measure {account.measure.code} do not add up to its total")
    for what, groups in (
        ("quarters", account.by_quarter),
        ("quarters of the year", account.by_time),
        ("kinds of cost", account.by_cost_kind),
    ):
        if _sum(groups.values(), whole.by_fund) != whole:
            raise CheckFailed(f"the {what} of measure {account.measure.code} do not add up to its total", groups=what)


def calendar_quarter(on: date) -> str:
    """Return the quarter of the calendar year of a day.

    Examples
    --------
    >>> calendar_quarter(date(2026, 11, 26))
    '2026-Q4'
    """
    return f"{on.year}-Q{(on.month + 2) // 3}"


def _sum(totals: Iterable[Total], funds: Iterable[str]) -> Total:
    known = list(totals)
    every = {*funds, *(fund for one in known for fund in one.by_fund)}
    return Total(
        sum(one.vouchers for one in known),
        sum(one.gross_cents for one in known),
        sum(one.vat_cents for one in known),
        {fund: sum(one.by_fund.get(fund, 0) for one in known) for fund in every},
    )
