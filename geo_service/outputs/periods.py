"""Floor 7: the quarters and years of the calendar that indicators and reports are about."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta

from geo_service.base.errors import InputError


@dataclass(frozen=True)
class Period:
    """A quarter or a year, both days inclusive; ``name`` is ``"2026-Q3"`` or ``"2026"``."""

    name: str
    from_on: date
    until_on: date

    @property
    def is_year(self) -> bool:
        """Whether it is a whole year."""
        return len(self.name) == 4

    def holds(self, on: date) -> bool:
        """Whether a day lies in it.

        Examples
        --------
        >>> period("2026-Q3").holds(date(2026, 9, 30)), period("2026-Q3").holds(date(2026, 10, 1))
        (True, False)
        """
        return self.from_on <= on <= self.until_on


def period(name: str) -> Period:
    """Return the period that a name means.

    Raises
    ------
    InputError
        When it is no quarter or year from 2000 to 2099.

    Examples
    --------
    >>> period("2026-Q4").from_on, period("2026").until_on
    (datetime.date(2026, 10, 1), datetime.date(2026, 12, 31))
    """
    found = re.fullmatch(r"(20[0-9]{2})(?:-Q([1-4]))?", name)
    if found is None:
        raise InputError(
            f"{name[:20]!r} is no quarter and no year", remedy="write 2026-Q3 for a quarter, 2026 for a year"
        )
    year = int(found[1])
    if found[2] is None:
        return Period(name, date(year, 1, 1), date(year, 12, 31))
    first = 3 * int(found[2]) - 2
    after = date(year + 1, 1, 1) if first == 10 else date(year, first + 3, 1)
    return Period(name, date(year, first, 1), after - timedelta(days=1))


def quarter_of(on: date) -> Period:
    """Return the quarter of the year in which a day lies.

    Examples
    --------
    >>> quarter_of(date(2026, 11, 26)).name
    '2026-Q4'
    """
    return period(f"{on.year}-Q{(on.month + 2) // 3}")


def before(one: Period) -> Period:
    """Return the quarter before a quarter, or the year before a year.

    Examples
    --------
    >>> before(period("2026-Q1")).name, before(period("2026")).name
    ('2025-Q4', '2025')
    """
    return period(str(int(one.name) - 1)) if one.is_year else quarter_of(one.from_on - timedelta(days=1))


def quarters_until(last: Period, count: int) -> tuple[Period, ...]:
    """Return so many quarters in order, the last one being ``last``.

    Examples
    --------
    >>> [one.name for one in quarters_until(period("2026-Q2"), 3)]
    ['2025-Q4', '2026-Q1', '2026-Q2']
    """
    found = [last]
    while len(found) < count:
        found.append(before(found[-1]))
    return tuple(reversed(found))


def quarters_in(year: Period) -> tuple[Period, ...]:
    """Return the four quarters of a year."""
    return tuple(period(f"{year.name}-Q{number}") for number in (1, 2, 3, 4))
