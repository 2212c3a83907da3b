"""Floor 2: what was found and carried away by AVV key: cubic metres of a period, hazardous tonnes of a year."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Literal

from geo_service.work.waste import SMALL_QUANTITY_T

WARN_SHARE = 0.8
"""Share of the exemption from which the planner is warned."""

Level = Literal["ok", "near", "over"]


@dataclass(frozen=True)
class WasteEntry:
    """Waste as a report tells it.

    Attributes
    ----------
    waste_key
        AVV key, with its star when hazardous.
    found
        It was found and lies there; else it was carried away.
    m3, t
        Cubic metres and tonnes; None where nobody told them.
    """

    on: date
    plot: str
    waste_key: str
    found: bool
    m3: float | None = None
    t: float | None = None

    @property
    def hazardous(self) -> bool:
        """Whether the key carries the star."""
        return self.waste_key.endswith("*")


@dataclass(frozen=True)
class CarriedAway:
    """What was carried away under one AVV key in a period.

    Attributes
    ----------
    m3, t
        Cubic metres and tonnes; None where nobody told any.
    times, untold
        How often something was carried away, and how often without an amount.
    """

    waste_key: str
    m3: float | None
    t: float | None
    times: int
    untold: int = 0


@dataclass(frozen=True)
class HazardousYear:
    """Hazardous waste of a calendar year over all plots together, against the exemption from proof.

    Attributes
    ----------
    t
        Tonnes. What was found on a plot and then carried away counts once: the larger of the two sums by key.
    untold
        Finds and loads whose weight nobody told: the total may be too low.
    level
        ``near`` from `WARN_SHARE` of the exemption, ``over`` above it.
    """

    year: int
    t: float
    untold: int
    by_key: tuple[tuple[str, float], ...]
    limit_t: float = SMALL_QUANTITY_T

    @property
    def level(self) -> Level:
        """How near the exemption's end is."""
        if self.t > self.limit_t:
            return "over"
        return "near" if self.t >= WARN_SHARE * self.limit_t else "ok"


def carried_away(entries: Iterable[WasteEntry], from_on: date, until_on: date) -> tuple[CarriedAway, ...]:
    """Return what was carried away by AVV key in order, from a day to a day, both inclusive."""
    by_key: dict[str, list[WasteEntry]] = {}
    for one in entries:
        if not one.found and from_on <= one.on <= until_on:
            by_key.setdefault(one.waste_key, []).append(one)
    return tuple(
        CarriedAway(
            key,
            m3=_told(one.m3 for one in found),
            t=_told(one.t for one in found),
            times=len(found),
            untold=sum(one.m3 is None and one.t is None for one in found),
        )
        for key, found in sorted(by_key.items())
    )


def hazardous_years(entries: Iterable[WasteEntry]) -> tuple[HazardousYear, ...]:
    """Return the hazardous waste of each calendar year that has some, in order.

    Examples
    --------
    >>> find = WasteEntry(date(2026, 11, 26), "KLZ-0001", "170605*", found=True, t=1.7)
    >>> [(year.year, year.t, year.level) for year in hazardous_years([find])]
    [(2026, 1.7, 'near')]
    """
    by_place: dict[tuple[int, str, str], list[WasteEntry]] = {}
    for one in entries:
        if one.hazardous:
            by_place.setdefault((one.on.year, one.waste_key, one.plot), []).append(one)
    tonnes: dict[int, dict[str, float]] = {}
    untold: dict[int, int] = {}
    for (year, key, _), found in by_place.items():
        lying, gone = (_sum(one.t for one in found if one.found is side) for side in (True, False))
        keys = tonnes.setdefault(year, {})
        keys[key] = _sum((keys.get(key), max(lying, gone)))
        weighed_away = gone > 0
        untold[year] = untold.get(year, 0) + sum(one.t is None and not (one.found and weighed_away) for one in found)
    return tuple(
        HazardousYear(year, _sum(keys.values()), untold[year], tuple(sorted(keys.items())))
        for year, keys in sorted(tonnes.items())
    )


def _told(amounts: Iterable[float | None]) -> float | None:
    known = [amount for amount in amounts if amount is not None]
    return _sum(known) if known else None


def _sum(amounts: Iterable[float | None]) -> float:
    """Add up to a gram, so that 0.1 t taken twenty times are 2 t and not a breath more."""
    return round(sum(amount for amount in amounts if amount is not None), 6)
