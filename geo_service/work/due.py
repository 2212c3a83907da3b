"""Floor 2: when a work falls due: from its last day, its interval and its season to earliest, due and latest day."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Literal

from geo_service.work.model import WorkKind
from geo_service.work.season import Season, end_of_season, in_season, next_in_season

ONCE_SLACK_DAYS = 90
"""Days in which work that is done once should happen after it fell due."""

LATE_SLACK_DAYS = 7
"""Work that is overdue when the period begins may at least be done within these days."""

Case = Literal["never", "regular", "overdue", "again"]


@dataclass(frozen=True)
class Due:
    """One due date with its window, all days inclusive.

    Attributes
    ----------
    anchor
        Names this due date for good, whatever period it is planned in: the day it truly fell due, or
        ``"first"`` for work never done.
    case
        Never done yet, due in the period, overdue since before it, or once more in the same period.
    """

    earliest_on: date
    due_on: date
    latest_on: date
    anchor: str
    case: Case

    def clipped(self, season: Season) -> Due:
        """Return the due date with its latest day inside the season that the due day belongs to."""
        last = end_of_season(season, self.due_on)
        return self if last is None or self.latest_on <= last else replace(self, latest_on=last)


def first_due(kind: WorkKind, season: Season, done_on: date | None, from_on: date) -> Due | None:
    """Return the next due date, never before ``from_on``; None when the work is done once and was done.

    Half-way between the shortest and the longest interval the work is due; what was never done is due at once;
    what falls out of season is due when the season opens.

    Parameters
    ----------
    season
        As in `WorkKind`, or None where an exception lifts it.
    done_on
        Last day it was done, or None.
    from_on
        First day of the period, or the later day from which the plot is ready for it.

    Examples
    --------
    >>> mowing = WorkKind("mow", "", "", 0, (), interval_days=(18, 30))
    >>> first_due(mowing, ((4, 1), (10, 31)), date(2026, 5, 4), date(2026, 5, 11)).due_on
    datetime.date(2026, 5, 28)
    """
    if done_on is None:
        due_on = next_in_season(season, from_on)
        slack = kind.interval_days[1] if kind.interval_days else ONCE_SLACK_DAYS
        return Due(due_on, due_on, due_on + timedelta(days=slack), "first", "never").clipped(season)
    if kind.interval_days is None:
        return None
    shortest, longest = kind.interval_days
    wished_on = done_on + timedelta(days=(shortest + longest) // 2)
    truly_on = next_in_season(season, wished_on)
    due_on = next_in_season(season, max(truly_on, from_on))
    latest_on = done_on + timedelta(days=longest)
    if due_on > wished_on:
        latest_on = max(latest_on, due_on + timedelta(days=max(longest - shortest, LATE_SLACK_DAYS)))
    earliest_on = min(next_in_season(season, done_on + timedelta(days=shortest)), due_on)
    case: Case = "overdue" if truly_on < due_on else "regular"
    return Due(earliest_on, due_on, latest_on, truly_on.isoformat(), case).clipped(season)


def next_due(kind: WorkKind, season: Season, before: Due) -> Due | None:
    """Return the due date after ``before``, as if that one is done on its day; None when once or out of season."""
    if kind.interval_days is None:
        return None
    shortest, longest = kind.interval_days
    due_on = before.due_on + timedelta(days=max(1, (shortest + longest) // 2))
    if not in_season(season, due_on):
        return None
    return Due(
        before.due_on + timedelta(days=shortest),
        due_on,
        before.due_on + timedelta(days=longest),
        due_on.isoformat(),
        "again",
    ).clipped(season)
