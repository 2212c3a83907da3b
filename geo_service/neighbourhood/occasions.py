"""Floor 1: occasions: office hours and events of the neighbourhood, once or recurring, by the clock on the wall."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from geo_service.base.clock import at_local
from geo_service.base.errors import InputError, NotFound
from geo_service.base.shapes import Shape
from geo_service.neighbourhood.recurrence import Holiday, days_of, read_rule

DAY_S = 24 * 3600


class OccasionKind(StrEnum):
    """What an occasion is."""

    OFFICE_HOURS = "office_hours"
    EVENT = "event"


@dataclass(frozen=True)
class CalledOff:
    """A single date of a series that does not take place, and why."""

    on: date
    reason: str = ""


@dataclass(frozen=True)
class Occasion:
    """Something that people can come to; everything in it is public.

    Attributes
    ----------
    first_on, starts_s, minutes
        Local day of the first date, seconds after local midnight, and how long it lasts.
    rule
        RRULE of a series, see `read_rule`; empty: one date.
    on_holidays
        Whether dates of a series on public holidays take place; the one date of what does not recur always does.
    place
        Code of the contact point where it is; empty: ``where`` and ``at`` tell.
    where, at
        Address or how to find it, and the point in degrees lon, lat.
    dates_off
        Dates of a series that do not take place.
    off
        Why none of its dates takes place any more; empty: they do.
    """

    occasion_id: str
    kind: OccasionKind
    title: str
    first_on: date
    starts_s: int
    minutes: int
    rule: str = ""
    on_holidays: bool = False
    about: str = ""
    place: str = ""
    where: str = ""
    at: Shape | None = None
    dates_off: tuple[CalledOff, ...] = ()
    off: str = ""


@dataclass(frozen=True)
class OccasionDate:
    """One date of an occasion.

    Attributes
    ----------
    starts, ends
        Aware, Europe/Berlin.
    takes_place, why_not
        Whether it does, and the reason when it does not.
    """

    on: date
    starts: datetime
    ends: datetime
    takes_place: bool
    why_not: str


def check_occasion(occasion: Occasion, holiday: Holiday) -> None:
    """Refuse an occasion that could not be held, or not be told as a calendar.

    Raises
    ------
    InputError
        When it has no place or two, its rule is wrong, its first date is a holiday that is left out, or a date that
        does not take place is none of its dates.
    """
    if not occasion.title.strip():
        raise InputError("the occasion has no title", remedy="say in a few words what it is")
    if not (0 <= occasion.starts_s < DAY_S and 5 <= occasion.minutes <= 3 * DAY_S // 60):
        raise InputError("the occasion has no time", remedy="begin within the day; 5 minutes to 3 days are possible")
    if bool(occasion.place) == (occasion.at is not None):
        raise InputError("the occasion needs one place", remedy="name a contact point, or an address and its point")
    if occasion.at is not None and not occasion.where.strip():
        raise InputError("the point has no name", remedy="write the address, or how to find the place")
    if occasion.rule and not occasion.on_holidays and (name := holiday(occasion.first_on)):
        raise InputError(f"the first date is a public holiday ({name})", remedy="begin with the next date")
    days = set(days_held(occasion, holiday))
    wrong = sorted(one.on for one in occasion.dates_off if one.on not in days)
    if wrong:
        raise NotFound(f"there is no date on {wrong[0]}", remedy="name a date of the series", day=wrong[0].isoformat())


def days_held(occasion: Occasion, holiday: Holiday) -> tuple[date, ...]:
    """Return the local days of an occasion without the holidays that it leaves out; with those that are off."""
    return tuple(day for day in _all_days(occasion) if not _left_out(occasion, day, holiday))


def days_left_out(occasion: Occasion, holiday: Holiday) -> tuple[date, ...]:
    """Return the days that its rule hits and that are left out because they are public holidays."""
    return tuple(day for day in _all_days(occasion) if _left_out(occasion, day, holiday))


def dates_of(occasion: Occasion, holiday: Holiday, from_on: date, to_on: date) -> list[OccasionDate]:
    """Return the dates of an occasion between two local days, both included.

    Examples
    --------
    >>> tuesdays = Occasion("a", OccasionKind.OFFICE_HOURS, "Sprechzeit", date(2026, 10, 20), 15 * 3600, 120,
    ...     "FREQ=WEEKLY;COUNT=2", place="contact-kleinzschocher")
    >>> for one in dates_of(tuesdays, lambda day: None, date(2026, 1, 1), date(2026, 12, 31)):
    ...     print(one.starts.isoformat(), one.ends.isoformat())
    2026-10-20T15:00:00+02:00 2026-10-20T17:00:00+02:00
    2026-10-27T15:00:00+01:00 2026-10-27T17:00:00+01:00
    """
    reasons = {one.on: one.reason for one in occasion.dates_off}
    return [
        OccasionDate(
            on=day,
            starts=at_local(day, occasion.starts_s),
            ends=at_local(day, occasion.starts_s + 60 * occasion.minutes),
            takes_place=not occasion.off and day not in reasons,
            why_not=occasion.off or reasons.get(day, ""),
        )
        for day in days_held(occasion, holiday)
        if from_on <= day <= to_on
    ]


def _all_days(occasion: Occasion) -> tuple[date, ...]:
    return days_of(read_rule(occasion.rule), occasion.first_on) if occasion.rule else (occasion.first_on,)


def _left_out(occasion: Occasion, day: date, holiday: Holiday) -> bool:
    return bool(occasion.rule) and not occasion.on_holidays and holiday(day) is not None
