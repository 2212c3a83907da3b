"""Time: gap, fold and every switch of summer time."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo_service.base.clock import at_local, hhmm, require_aware


@given(st.dates(date(2020, 1, 1), date(2035, 12, 31)), st.integers(6 * 3600, 20 * 3600))
def test_wall_clock_time_of_a_working_day_is_what_the_list_says(day, seconds):
    moment = at_local(day, seconds)
    assert (moment.date(), moment.strftime("%H:%M")) == (day, hhmm(seconds))


def test_summer_time_begins_and_ends():
    before, after = at_local(date(2026, 3, 28), 12 * 3600), at_local(date(2026, 3, 29), 12 * 3600)
    assert after.astimezone(UTC) - before.astimezone(UTC) == timedelta(hours=23)
    before, after = at_local(date(2026, 10, 24), 12 * 3600), at_local(date(2026, 10, 25), 12 * 3600)
    assert after.astimezone(UTC) - before.astimezone(UTC) == timedelta(hours=25)


def test_a_naive_datetime_is_refused():
    with pytest.raises(ValueError, match="naive"):
        require_aware(datetime(2026, 1, 1))  # noqa: DTZ001
