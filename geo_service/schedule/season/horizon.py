"""Floor 4: the weeks of a season and its days, counted from the Monday of the first ISO week."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from geo_service.base.errors import InputError

DAYS = 7
MAX_WEEKS = 53


@dataclass(frozen=True)
class Horizon:
    """``weeks`` ISO weeks, the first of which holds ``from_on``; nothing is planned before that day.

    Raises
    ------
    InputError
        When the number of weeks is not 1 to 53, or the calendar ends before them.

    Examples
    --------
    >>> horizon = Horizon(date(2027, 1, 1), 52)
    >>> horizon.monday, horizon.until_on, horizon.name(0), horizon.name(1)
    (datetime.date(2026, 12, 28), datetime.date(2027, 12, 26), '2026-W53', '2027-W01')
    """

    from_on: date
    weeks: int

    def __post_init__(self) -> None:
        if not 1 <= self.weeks <= MAX_WEEKS:
            raise InputError(f"cannot plan {self.weeks} weeks", remedy=f"ask for 1 to {MAX_WEEKS} weeks")
        if self.from_on.year > date.max.year - 10:
            raise InputError("the season ends after the calendar", remedy="start earlier")

    @property
    def monday(self) -> date:
        """The Monday of the first week, day 0."""
        return self.from_on - timedelta(days=self.from_on.weekday())

    @property
    def days(self) -> int:
        """How many days are counted, Sundays and those before ``from_on`` included."""
        return DAYS * self.weeks

    @property
    def until_on(self) -> date:
        """The last day, a Sunday."""
        return self.monday + timedelta(days=self.days - 1)

    def day(self, on: date) -> int:
        """Return the number of a date, negative before day 0; it may lie behind the last."""
        return (on - self.monday).days

    def date(self, day: int) -> date:
        """Return the date of a day."""
        return self.monday + timedelta(days=int(day))

    def name(self, week: int) -> str:
        """Return the name of a week after ISO 8601, ``"2027-W10"``."""
        year, number, _ = self.date(DAYS * week).isocalendar()
        return f"{year}-W{number:02d}"
