"""Floor 8: days, moments and intervals of CQL2 as whole numbers that can be compared.

A day alone has the granularity of a day. Beside a moment it stands for all of its moments in Berlin.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

import numpy as np
import numpy.typing as npt

from geo_service.base.clock import BERLIN

Mask = npt.NDArray[np.bool_]
Whole = npt.NDArray[np.int64]

OPEN = (np.iinfo(np.int64).min, np.iinfo(np.int64).max)
"""Ends of an interval that is open."""

_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?(Z|[+-]\d\d:\d\d)", re.IGNORECASE)
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_EPOCH_DAY = date(1970, 1, 1).toordinal()
_MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True)
class Times:
    """Stretches of time, one for each feature or one for all.

    Attributes
    ----------
    first, last
        Both inclusive: ordinals of days, or microseconds since 1970 in UTC; `OPEN` where open.
    known
        Where there is one.
    days
        Whether they are counted in days.
    """

    first: Whole
    last: Whole
    known: Mask
    days: bool

    def in_microseconds(self) -> Times:
        """Return the same as moments: a day becomes all its moments in Berlin."""
        if not self.days:
            return self
        return Times(_begins(self.first, 0), _begins(self.last, 1), self.known, days=False)


def moment_of(text: str, is_day: bool) -> Times | None:
    """Return what a literal tells, None when it is no day, or no moment.

    Examples
    --------
    >>> moment_of("2026-11-24", True).first.tolist() == [date(2026, 11, 24).toordinal()]
    True
    >>> moment_of("2026-02-30", True) is None, moment_of("2026-11-24T06:00:00", False) is None
    (True, True)
    """
    at = ordinal_of(text) if is_day else microseconds_of(text)
    if at is None:
        return None
    return Times(np.array([at]), np.array([at]), np.array([True]), days=is_day)


def ordinal_of(text: str) -> int | None:
    """Return the ordinal of an ISO date, None when it is none."""
    try:
        return date.fromisoformat(text).toordinal() if _DAY.fullmatch(text) else None
    except ValueError:
        return None


def microseconds_of(text: str) -> int | None:
    """Return the microseconds since 1970 of an ISO moment with its offset, None when it is none."""
    try:
        moment = datetime.fromisoformat(text.upper()) if _MOMENT.fullmatch(text) else None
    except ValueError:
        return None
    return None if moment is None else _since_epoch(moment)


def _since_epoch(moment: datetime) -> int:
    """Count without leaving the years that there are: the first and the last may lie beyond them in UTC."""
    offset = moment.utcoffset() or timedelta()
    seconds = ((moment.toordinal() - _EPOCH_DAY) * 24 + moment.hour) * 3600 + moment.minute * 60 + moment.second
    return seconds * 1_000_000 + moment.microsecond - offset // _MICROSECOND


def _begins(days: Whole, step: int) -> Whole:
    """Return when days begin, or with a step of 1 the last microsecond before the next ones do."""
    different, at = np.unique(days, return_inverse=True)
    begins = np.empty(len(different), dtype=np.int64)
    for place, day in enumerate(different.tolist()):
        if day in OPEN or day < 1:  # open, or no day at all
            begins[place] = day
        elif day + step > date.max.toordinal():
            begins[place] = OPEN[1]
        else:
            on = datetime.combine(date.fromordinal(day + step), time(), BERLIN)
            begins[place] = _since_epoch(on) - step
    out: Whole = begins[at]
    return out


Relation = Callable[[Whole, Whole, Whole, Whole], Mask]
"""First and last of one, first and last of the other."""

RELATIONS: dict[str, Relation] = {
    "t_after": lambda a, b, c, d: a > d,
    "t_before": lambda a, b, c, d: b < c,
    "t_contains": lambda a, b, c, d: (a < c) & (b > d),
    "t_disjoint": lambda a, b, c, d: (a > d) | (b < c),
    "t_during": lambda a, b, c, d: (a > c) & (b < d),
    "t_equals": lambda a, b, c, d: (a == c) & (b == d),
    "t_finishedBy": lambda a, b, c, d: (a < c) & (b == d),
    "t_finishes": lambda a, b, c, d: (a > c) & (b == d),
    "t_intersects": lambda a, b, c, d: (a <= d) & (b >= c),
    "t_meets": lambda a, b, c, d: b == c,
    "t_metBy": lambda a, b, c, d: a == d,
    "t_overlappedBy": lambda a, b, c, d: (a > c) & (a < d) & (b > d),
    "t_overlaps": lambda a, b, c, d: (a < c) & (b > c) & (b < d),
    "t_startedBy": lambda a, b, c, d: (a == c) & (b > d),
    "t_starts": lambda a, b, c, d: (a == c) & (b < d),
    # comparisons of instants; a day and a moment in it are equal
    "<": lambda a, b, c, d: b < c,
    ">": lambda a, b, c, d: a > d,
    "<=": lambda a, b, c, d: ~(a > d),
    ">=": lambda a, b, c, d: ~(b < c),
    "=": lambda a, b, c, d: (a <= d) & (b >= c),
    "<>": lambda a, b, c, d: (a > d) | (b < c),
}
"""Operator -> how two stretches of time lie to each other (CQL2, 7.9 and 6.4)."""

ORDER: dict[str, Callable[[Any, Any], Any]] = {
    "<": operator.lt,
    ">": operator.gt,
    "<=": operator.le,
    ">=": operator.ge,
    "=": operator.eq,
    "<>": operator.ne,
}
"""Comparison -> the same of numbers and texts."""


def related(op: str, one: Times, other: Times) -> tuple[Mask, Mask]:
    """Return where two stretches of time lie so to each other, and where both are known."""
    if one.days != other.days:
        one, other = one.in_microseconds(), other.in_microseconds()
    return RELATIONS[op](one.first, one.last, other.first, other.last), one.known & other.known
