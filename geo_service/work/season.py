"""Floor 2: the season of a work: from a (month, day) to a (month, day), both inclusive, maybe across New Year.

29 February as the last day means the end of February in every year. ``None`` is the whole year.
"""

from __future__ import annotations

from calendar import monthrange
from datetime import date

MonthDay = tuple[int, int]
Season = tuple[MonthDay, MonthDay] | None


def in_season(season: Season, on: date) -> bool:
    """Tell whether ``on`` lies in the season.

    Examples
    --------
    >>> winter = ((10, 1), (2, 29))
    >>> in_season(winter, date(2026, 11, 23)), in_season(winter, date(2027, 2, 28)), in_season(winter, date(2027, 3, 1))
    (True, True, False)
    """
    if season is None:
        return True
    first, last = season
    here = (on.month, on.day)
    return first <= here <= last if first <= last else here >= first or here <= last


def next_in_season(season: Season, on: date) -> date:
    """Return ``on`` when it lies in the season, else the day on which the season opens next.

    Examples
    --------
    >>> next_in_season(((4, 1), (10, 31)), date(2026, 11, 23))
    datetime.date(2027, 4, 1)
    """
    if season is None or in_season(season, on):
        return on
    opening = season[0]
    return _on(on.year if (on.month, on.day) < opening else on.year + 1, opening)


def end_of_season(season: Season, on: date) -> date | None:
    """Return the last day of the season that ``on``, a day in it, belongs to; None when it never ends.

    Examples
    --------
    >>> end_of_season(((10, 1), (2, 29)), date(2026, 11, 23))
    datetime.date(2027, 2, 28)
    """
    if season is None:
        return None
    first, last = season
    wraps = first > last and (on.month, on.day) >= first
    return _on(on.year + 1 if wraps else on.year, last)


def _on(year: int, month_day: MonthDay) -> date:
    month, day = month_day
    return date(year, month, min(day, monthrange(year, month)[1]))
