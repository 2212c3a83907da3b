from __future__ import annotations

from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo_service.schedule.season.horizon import Horizon
from geo_service.schedule.season.model import Step
from geo_service.schedule.season.open_days import Calendar, from_mask

HORIZON = Horizon(date(2026, 11, 16), 53)
CALENDAR = Calendar(HORIZON)


def is_open(on: date, *, from_on: date | None = None, until_on: date | None = None, **fields) -> bool:
    days = CALENDAR.open_days(Step("work", 600, (0,), **fields), from_on, until_on)
    day = HORIZON.day(on)
    return int(days.following[day]) == day


@given(
    st.lists(st.booleans(), min_size=1, max_size=30),
    st.integers(-5, 40),
    st.integers(-5, 40),
    st.integers(-5, 40),
)
def test_the_nearest_open_day_in_a_window_is_found(mask, target, low, high):
    days = from_mask(np.array(mask))
    found = int(days.nearest(*(np.array([one], np.int32) for one in (target, low, high)))[0])
    inside = [day for day, opened in enumerate(mask) if opened and low <= day <= high]
    if not inside:
        assert found == -1
    else:
        wished = min(max(target, low), high)
        assert found in inside
        assert abs(found - wished) == min(abs(day - wished) for day in inside)


@given(st.lists(st.booleans(), min_size=1, max_size=30), st.integers(0, 30))
def test_the_first_open_day_from_a_day_on(mask, day):
    days = from_mask(np.array(mask))
    expected = next((one for one in range(day, len(mask)) if mask[one]), len(mask))
    assert int(days.first_from(np.array([min(day, len(mask))], np.int32))[0]) == expected


def test_18_nov_2026_and_sundays_are_closed():
    assert not is_open(date(2026, 11, 18))
    assert is_open(date(2026, 11, 19))
    assert not is_open(date(2026, 11, 22), weekdays=(0, 1, 2, 3, 4, 5, 6))


@pytest.mark.parametrize(
    ("on", "opened"), [(date(2027, 2, 26), True), (date(2027, 3, 1), False), (date(2027, 4, 15), False)]
)
def test_woody_plants_are_cut_until_the_end_of_february_whatever_the_season(on, opened):
    assert is_open(on, woody_cut=True) is opened
    assert is_open(on)


def test_a_season_goes_across_new_year():
    winter = ((10, 15), (2, 29))
    assert is_open(date(2026, 12, 1), season=winter)
    assert is_open(date(2027, 2, 26), season=winter)
    assert not is_open(date(2027, 3, 2), season=winter)
    assert is_open(date(2027, 10, 15), season=winter)


def test_the_right_to_work_ends_on_its_last_day_and_the_days_of_the_week_count():
    assert is_open(date(2027, 3, 1), until_on=date(2027, 3, 1))
    assert not is_open(date(2027, 3, 2), until_on=date(2027, 3, 1))
    assert not is_open(date(2027, 3, 1), from_on=date(2027, 3, 2))
    assert not is_open(date(2027, 3, 1), weekdays=(1, 2))
    assert not is_open(date(2026, 11, 20), until_on=date(2020, 1, 1))


def test_nothing_is_open_before_the_first_day():
    horizon = Horizon(date(2026, 11, 19), 2)
    days = Calendar(horizon).open_days(Step("work", 600, (0,)), None, None)
    assert int(days.following[0]) == 3
