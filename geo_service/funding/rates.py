"""Floor 3: what own crews cost: minutes by a rate, waste by a price; what has no price is said, never nothing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal


@dataclass(frozen=True)
class DisposalPrice:
    """What getting rid of waste costs: cents for a cubic metre or a tonne of an AVV key."""

    waste_key: str
    unit: Literal["m3", "t"]
    cents: int


@dataclass(frozen=True)
class RateTable:
    """Prices of own work from a day on, until a later table holds.

    Attributes
    ----------
    person_hour_cents
        An hour of one person with all that belongs to it.
    vehicle_hour_cents
        An hour of a crew's vehicle and machines.
    source
        What the prices rest on.
    """

    valid_from: date
    person_hour_cents: int
    vehicle_hour_cents: int
    disposal: tuple[DisposalPrice, ...]
    source: str
    fictional: bool = False


@dataclass(frozen=True)
class Load:
    """Waste that was carried away with a visit."""

    waste_key: str
    unit: Literal["m3", "t"]
    amount: float


@dataclass(frozen=True)
class CostLine:
    """One line of a calculation: so much of something at a price; ``what`` names it: people, vehicle or an AVV key."""

    what: str
    amount: float
    unit: str
    unit_cents: int
    cents: int


@dataclass(frozen=True)
class VisitCost:
    """What a visit of own crews cost.

    Attributes
    ----------
    missing
        What has no price or was not told: ``"minutes"``, or AVV keys. Then the sum is too low and is not proposed.
    """

    lines: tuple[CostLine, ...]
    missing: tuple[str, ...] = ()

    @property
    def gross_cents(self) -> int:
        """The sum of the lines; own work bears no value added tax."""
        return sum(one.cents for one in self.lines)


def rates_on(tables: Iterable[RateTable], on: date) -> RateTable | None:
    """Return the table that holds on a day: the latest that began by then."""
    return max((one for one in tables if one.valid_from <= on), key=lambda one: one.valid_from, default=None)


def cost_of_visit(minutes: int | None, people: int, loads: Sequence[Load], rates: RateTable) -> VisitCost:
    """Return what a visit cost.

    Parameters
    ----------
    minutes
        Minutes of the whole crew on the plot as it booked them, or None.
    people
        Persons in the crew.

    Examples
    --------
    >>> prices = (DisposalPrice("200301", "m3", 8500),)
    >>> rates = RateTable(date(2026, 1, 1), 4200, 1800, prices, "")
    >>> cost = cost_of_visit(50, 3, [Load("200301", "m3", 1.5)], rates)
    >>> [(one.what, one.cents) for one in cost.lines], cost.gross_cents
    ([('people', 10500), ('vehicle', 1500), ('200301', 12750)], 24750)
    """
    lines: list[CostLine] = []
    missing: list[str] = []
    if minutes is None:
        missing.append("minutes")
    else:
        person_minutes = minutes * people
        lines.append(
            CostLine(
                "people",
                person_minutes / 60,
                "h",
                rates.person_hour_cents,
                _by_minutes(person_minutes, rates.person_hour_cents),
            )
        )
        lines.append(
            CostLine(
                "vehicle", minutes / 60, "h", rates.vehicle_hour_cents, _by_minutes(minutes, rates.vehicle_hour_cents)
            )
        )
    prices = {(one.waste_key, one.unit): one.cents for one in rates.disposal}
    for load in loads:
        price = prices.get((load.waste_key, load.unit))
        if price is None:
            missing.append(load.waste_key)
        else:
            thousandths = round(load.amount * 1000)
            cents = (2 * thousandths * price + 1000) // 2000
            lines.append(CostLine(load.waste_key, load.amount, load.unit, price, cents))
    return VisitCost(tuple(lines), tuple(missing))


def _by_minutes(minutes: int, hour_cents: int) -> int:
    """Return minutes at a price for an hour, to the nearest cent, halves up."""
    return (2 * minutes * hour_cents + 60) // 120
