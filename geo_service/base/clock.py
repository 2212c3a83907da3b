"""Floor 0: time. The store keeps UTC, the day's work is told in local wall-clock seconds.

A crew's day is planned in whole seconds since local midnight (``arrival_s`` and the like). Nobody works on
Sundays, so no working day contains a switch of summer time; `at_local` still resolves gap and fold.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

BERLIN = ZoneInfo("Europe/Berlin")

Clock = Callable[[], datetime]
"""Tells the time as an aware datetime in UTC. Passed in; floors 0 to 4 never read it themselves."""


def at_local(day: date, seconds: int, zone: ZoneInfo = BERLIN) -> datetime:
    """Return the aware datetime of ``seconds`` after local midnight by the wall clock.

    Examples
    --------
    >>> at_local(date(2026, 11, 23), 7 * 3600).isoformat()
    '2026-11-23T07:00:00+01:00'
    >>> at_local(date(2026, 7, 1), 7 * 3600).astimezone(UTC).isoformat()
    '2026-07-01T05:00:00+00:00'
    """
    naive_midnight = datetime.combine(day, time(), tzinfo=None)
    return (naive_midnight + timedelta(seconds=seconds)).replace(tzinfo=zone)


def hhmm(seconds: int) -> str:
    """Write seconds since midnight as a wall-clock time, rounded down to the minute.

    Examples
    --------
    >>> hhmm(6 * 3600 + 45 * 60 + 59)
    '06:45'
    """
    return f"{seconds // 3600:02d}:{seconds % 3600 // 60:02d}"


def require_aware(moment: datetime) -> datetime:
    """Return ``moment`` in UTC.

    Raises
    ------
    ValueError
        When it carries no time zone: a naive datetime is a programming error.
    """
    if moment.tzinfo is None:
        raise ValueError(f"naive datetime {moment!r}")
    return moment.astimezone(UTC)
