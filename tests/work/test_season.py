from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from geo_service.work.season import Season, end_of_season, in_season, next_in_season

days = st.dates(date(2020, 1, 1), date(2035, 12, 31))
month_days = st.dates(date(2023, 1, 1), date(2023, 12, 31)).map(lambda day: (day.month, day.day))
seasons = st.one_of(st.none(), st.tuples(month_days, month_days | st.just((2, 29))))


def test_leap_day_belongs_to_a_winter_that_ends_with_february() -> None:
    winter = ((10, 1), (2, 29))
    assert in_season(winter, date(2028, 2, 29))
    assert end_of_season(winter, date(2027, 10, 1)) == date(2028, 2, 29)
    assert end_of_season(winter, date(2027, 1, 5)) == date(2027, 2, 28)
    assert next_in_season(winter, date(2027, 3, 1)) == date(2027, 10, 1)


@given(seasons, days)
def test_the_next_day_in_season_is_the_first_one(season: Season, on: date) -> None:
    found = next_in_season(season, on)
    assert in_season(season, found)
    assert not any(in_season(season, on + timedelta(days=n)) for n in range((found - on).days))


@given(seasons, days)
def test_a_season_lasts_until_its_end_and_no_longer(season: Season, on: date) -> None:
    start = next_in_season(season, on)
    end = end_of_season(season, start)
    if end is None:
        assert season is None
        return
    assert all(in_season(season, start + timedelta(days=n)) for n in range((end - start).days + 1))
    opens_next = season is not None and (end + timedelta(days=1)).timetuple()[1:3] == season[0]
    assert opens_next or not in_season(season, end + timedelta(days=1))
