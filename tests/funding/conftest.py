"""A measure with its true dates, and vouchers made quickly."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

from geo_service.funding.measure import COST_KINDS, Approval, Fund, Measure, QuarterStart
from geo_service.funding.voucher import Spending, Voucher, shares

AT = datetime(2003, 7, 1, 9, tzinfo=UTC)
DAY = date(2003, 7, 1)
WEST = Measure(
    code="2.2",
    name="Quartiersmanagement",
    programme="URBAN II",
    from_on=date(2002, 6, 1),
    until_on=date(2006, 12, 31),
    funds=(Fund("efre", "EFRE", 75), Fund("city", "Stadt Leipzig", 25)),
    starts=(
        QuarterStart("Kleinzschocher", date(2002, 3, 1)),
        QuarterStart("Lindenau", date(2003, 3, 1)),
        QuarterStart("Plagwitz", date(2003, 3, 1)),
        QuarterStart("Leutzsch", date(2003, 3, 1)),
    ),
    cost_kinds=tuple(COST_KINDS),
    approvals=(Approval("B-1", date(2002, 6, 3), 1_000_000_00),),
)


def spent(gross_cents: int, **told: object) -> Spending:
    """Return what a voucher tells, over Kleinzschocher in June 2003 unless told else."""
    made = Spending("2.2", DAY, date(2003, 6, 1), date(2003, 6, 30), gross_cents, 0, "services", "firm", "Mahd")
    return replace(made, quarter="Kleinzschocher", **told)


def voucher(place: int, gross_cents: int, measure: Measure = WEST, **told: object) -> Voucher:
    """Return a voucher with its split."""
    fields = {name: told.pop(name) for name in ("kind", "refers_to", "reason") if name in told}
    made = spent(gross_cents, **told)
    return Voucher(f"2.2-{place:05d}", made, shares(gross_cents, measure), "tester", AT, **fields)
