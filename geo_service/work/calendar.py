"""Floor 2: the working calendar: Saxon public holidays and working days."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, timedelta
from functools import lru_cache
from types import MappingProxyType

import holidays

from geo_service.base.errors import InputError

SUNDAY = 6


@lru_cache(maxsize=64)
def _holidays(year: int) -> Mapping[date, str]:
    return MappingProxyType(dict(holidays.country_holidays("DE", subdiv="SN", years=year, language="de")))


def holiday_name(day: date) -> str | None:
    """Return the German name of the Saxon public holiday (§1 SächsSFG) on ``day``, or None.

    Examples
    --------
    >>> holiday_name(date(2026, 11, 18)), holiday_name(date(2026, 11, 19))
    ('Buß- und Bettag', None)
    """
    return _holidays(day.year).get(day)


def rest_day(day: date) -> str | None:
    """Return why nobody works on ``day`` (ArbZG §9): ``"Sonntag"`` or the holiday's name; None on any other day."""
    return holiday_name(day) or ("Sonntag" if day.weekday() == SUNDAY else None)


def working_days(from_on: date, count: int, weekdays: Collection[int] = (0, 1, 2, 3, 4)) -> tuple[date, ...]:
    """Return the first ``count`` working days from ``from_on`` on, in order.

    Parameters
    ----------
    weekdays
        Days of the week that are worked, Monday 0; a Sunday or public holiday never is.

    Raises
    ------
    InputError
        When no day of the week is left to work on, or the calendar ends before ``count`` days.

    Examples
    --------
    >>> [day.day for day in working_days(date(2026, 11, 16), 5)]
    [16, 17, 19, 20, 23]
    """
    if not set(weekdays) & set(range(SUNDAY)):
        raise InputError(
            f"no working day among the weekdays {sorted(weekdays)}", remedy="name at least one of 0 (Monday) to 5"
        )
    days: list[date] = []
    try:
        day = from_on
        while len(days) < count:
            if day.weekday() in weekdays and rest_day(day) is None:
                days.append(day)
            day += timedelta(days=1)
    except OverflowError as error:
        raise InputError(
            f"{count} working days from {from_on} on end after the calendar", remedy="start earlier"
        ) from error
    return tuple(days)
