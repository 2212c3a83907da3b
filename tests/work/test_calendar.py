from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo_service.base.errors import InputError
from geo_service.work.calendar import holiday_name, rest_day, working_days

# §1 SächsSFG, read off a printed calendar
SAXON_2026 = "01-01 04-03 04-06 05-01 05-14 05-25 10-03 10-31 11-18 12-25 12-26"
SAXON_2027 = "01-01 03-26 03-29 05-01 05-06 05-17 10-03 10-31 11-17 12-25 12-26"


@pytest.mark.parametrize(("year", "days"), [(2026, SAXON_2026), (2027, SAXON_2027)])
def test_public_holidays_of_saxony(year: int, days: str) -> None:
    every_day = (date(year, 1, 1) + timedelta(days=n) for n in range(365))
    assert [f"{day:%m-%d}" for day in every_day if holiday_name(day)] == days.split()


def test_repentance_day_is_named_in_german() -> None:
    assert holiday_name(date(2026, 11, 18)) == "Buß- und Bettag"
    assert holiday_name(date(2026, 6, 4)) is None  # Fronleichnam: not in Leipzig


def test_18_nov_2026_is_never_a_working_day() -> None:
    for from_on in (date(2026, 11, day) for day in range(9, 19)):
        assert date(2026, 11, 18) not in working_days(from_on, 10, weekdays=(0, 1, 2, 3, 4, 5))


def test_a_sunday_is_never_worked_even_when_asked_for() -> None:
    days = working_days(date(2026, 11, 20), 4, weekdays=(4, 5, 6))
    assert [day.weekday() for day in days] == [4, 5, 4, 5]


@given(st.dates(date(2000, 1, 1), date(2090, 12, 31)), st.integers(0, 40), st.sets(st.integers(0, 5), min_size=1))
def test_working_days_are_all_the_working_days(from_on: date, count: int, weekdays: set[int]) -> None:
    days = working_days(from_on, count, weekdays)
    assert len(days) == count
    span = range((days[-1] - from_on).days + 1) if days else range(0)
    between = (from_on + timedelta(days=n) for n in span)
    assert list(days) == [day for day in between if day.weekday() in weekdays and rest_day(day) is None]


@pytest.mark.parametrize("weekdays", [(), (6,)])
def test_without_a_weekday_nothing_is_planned(weekdays: tuple[int, ...]) -> None:
    with pytest.raises(InputError, match="no working day"):
        working_days(date(2026, 11, 23), 1, weekdays)


def test_the_end_of_the_calendar_is_explained() -> None:
    with pytest.raises(InputError, match="after the calendar"):
        working_days(date(9999, 12, 30), 5)


def test_the_clock_is_never_changed_on_a_working_day() -> None:
    zone = ZoneInfo("Europe/Berlin")
    noon = [datetime(2020, 1, 1, 12, tzinfo=UTC) + timedelta(days=n) for n in range(366 * 16)]
    switches = [b.date() for a, b in pairwise(noon) if _offset(a, zone) != _offset(b, zone)]
    assert len(switches) == 32
    assert all(rest_day(day) for day in switches)


def _offset(moment: datetime, zone: ZoneInfo) -> timedelta | None:
    return moment.astimezone(zone).utcoffset()
