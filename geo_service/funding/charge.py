"""Floor 3: whether a voucher may be charged to a measure: what binds it, each rule by its name, each with a remedy."""

from __future__ import annotations

from datetime import date

from geo_service.base.errors import RuleBroken
from geo_service.funding.cents import euros
from geo_service.funding.measure import Measure
from geo_service.funding.voucher import Spending

RULES = ("cost_kind", "quarter", "duration", "quarter_start", "approval", "final_claim")
"""The rules that may refuse a voucher, in the order in which they are asked."""


def check_charge(spending: Spending, measure: Measure, *, charged_cents: int, on: date, closed_by: str = "") -> None:
    """Refuse what may not be charged to a measure.

    Parameters
    ----------
    charged_cents
        What is charged to the measure already.
    on
        The day on which it is booked: only what is approved by then counts.
    closed_by
        Number of the measure's final claim, or empty.

    Raises
    ------
    RuleBroken
        ``fields["rule"]`` is one of `RULES`; the other fields are what it refuses.
    """
    if spending.cost_kind not in measure.cost_kinds:
        raise RuleBroken(
            f"measure {measure.code} does not pay for {spending.cost_kind!r}",
            remedy=f"choose one of {', '.join(measure.cost_kinds)}, or another measure",
            rule="cost_kind",
            measure=measure.code,
            cost_kind=spending.cost_kind,
        )
    first = measure.chargeable_from(spending.quarter)
    if first is None:
        raise RuleBroken(
            f"measure {measure.code} does not work in {spending.quarter}",
            remedy="leave the quarter out for what belongs to the whole area, or choose another measure",
            rule="quarter",
            measure=measure.code,
            quarter=spending.quarter,
        )
    if spending.served_from < measure.from_on or spending.served_until > measure.until_on:
        raise RuleBroken(
            f"the service from {spending.served_from} to {spending.served_until} lies outside measure {measure.code}"
            f" ({measure.from_on} to {measure.until_on})",
            remedy="charge only the days within its duration, by a voucher of their own",
            rule="duration",
            measure=measure.code,
            first=measure.from_on.isoformat(),
            last=measure.until_on.isoformat(),
        )
    if spending.served_from < first:
        raise RuleBroken(
            f"{spending.quarter} began on {first}, the service on {spending.served_from}",
            remedy=f"charge the days from {first} on, by a voucher of their own",
            rule="quarter_start",
            measure=measure.code,
            quarter=spending.quarter,
            first=first.isoformat(),
        )
    left_cents = measure.approved_cents(on) - charged_cents
    if spending.gross_cents > max(left_cents, 0):
        raise RuleBroken(
            f"of measure {measure.code} {euros(left_cents)} are left, not {euros(spending.gross_cents)}",
            remedy="wait for a further approval, or charge a part and the rest to another measure",
            rule="approval",
            measure=measure.code,
            left_cents=left_cents,
            asked_cents=spending.gross_cents,
        )
    if closed_by and spending.gross_cents > 0:
        raise RuleBroken(
            f"measure {measure.code} was closed by the final claim {closed_by}",
            remedy="charge it to another measure; what is paid back is booked as a correction with a minus",
            rule="final_claim",
            measure=measure.code,
            claim=closed_by,
        )
