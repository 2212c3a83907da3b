"""Floor 2: the right to work on a plot and its end: what it forbids, and whom to warn in time."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from geo_service.plots.model import Plot, Tenure, TenureKind

WARN_DAYS = 90
"""Days before the end of an agreement from which on it is warned of."""

NAMES_DE = {
    TenureKind.OWN: "Eigentum",
    TenureKind.PERMISSION: "Gestattung",
    TenureKind.LEASE: "Pacht",
    TenureKind.NONE: "Nutzungsrecht",
}
NAMES_EN = {
    TenureKind.OWN: "ownership",
    TenureKind.PERMISSION: "permission",
    TenureKind.LEASE: "lease",
    TenureKind.NONE: "right of use",
}


@dataclass(frozen=True)
class TenureWarning:
    """An agreement that ends soon or has ended; ``days_left`` is negative then."""

    plot_code: str
    until_on: date
    days_left: int
    text_de: str
    text_en: str


def tenure_refusal(tenure: Tenure, on: date) -> str | None:
    """Return why nobody may work on ``on``, in German; None when it is allowed or no dates are known."""
    name = NAMES_DE[tenure.kind]
    if tenure.from_on is not None and on < tenure.from_on:
        return f"{name} beginnt erst am {tenure.from_on:%d.%m.%Y}"
    if tenure.until_on is not None and on > tenure.until_on:
        return f"{name} endet am {tenure.until_on:%d.%m.%Y}"
    return None


def ends_soon(tenure: Tenure, on: date, within_days: int = WARN_DAYS) -> bool:
    """Tell whether the right ends within so many days of ``on``, or has ended."""
    return tenure.until_on is not None and tenure.until_on - on <= timedelta(days=within_days)


def tenure_warnings(plots: Iterable[Plot], on: date, within_days: int = WARN_DAYS) -> tuple[TenureWarning, ...]:
    """Return the agreements that end within ``within_days`` of ``on`` or have ended, the soonest first."""
    found: list[TenureWarning] = []
    for plot in plots:
        until_on = plot.tenure.until_on
        if until_on is None or not ends_soon(plot.tenure, on, within_days):
            continue
        left = (until_on - on).days
        name_de, name_en = NAMES_DE[plot.tenure.kind], NAMES_EN[plot.tenure.kind]
        de = f"{plot.code}: {name_de} endet am {until_on:%d.%m.%Y}, in {left} Tagen: danach wird nichts geplant"
        en = f"{plot.code}: {name_en} ends on {until_on}, in {left} days: nothing is planned after it"
        if left < 0:
            de = f"{plot.code}: {name_de} endete am {until_on:%d.%m.%Y}: es wird nichts mehr geplant"
            en = f"{plot.code}: {name_en} ended on {until_on}: nothing is planned any more"
        found.append(TenureWarning(plot.code, until_on, left, de, en))
    return tuple(sorted(found, key=lambda warning: (warning.until_on, warning.plot_code)))
