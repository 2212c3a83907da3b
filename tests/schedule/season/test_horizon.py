from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo_service.base.errors import InputError
from geo_service.schedule.season.horizon import Horizon


@given(st.dates(date(1990, 1, 1), date(2100, 1, 1)), st.integers(1, 53))
def test_days_and_dates_are_inverse_and_weeks_are_iso_weeks(first, weeks):
    horizon = Horizon(first, weeks)
    assert horizon.date(0).weekday() == 0
    assert 0 <= horizon.day(first) < 7
    assert horizon.day(horizon.until_on) == horizon.days - 1
    assert horizon.until_on.weekday() == 6
    assert [horizon.day(horizon.date(day)) for day in (0, 3, horizon.days - 1)] == [0, 3, horizon.days - 1]
    assert horizon.name(0) == f"{first.isocalendar().year}-W{first.isocalendar().week:02d}"


@pytest.mark.parametrize("weeks", [0, -1, 54])
def test_too_few_or_too_many_weeks_are_refused(weeks):
    with pytest.raises(InputError, match="weeks"):
        Horizon(date(2027, 1, 1), weeks)


def test_the_end_of_the_calendar_is_refused():
    with pytest.raises(InputError, match="calendar"):
        Horizon(date(9995, 1, 1), 52)
