from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from geo_service.work.due import first_due, next_due
from geo_service.work.model import WorkKind
from geo_service.work.season import Season, in_season

SUMMER = ((4, 1), (10, 31))
WINTER = ((10, 1), (2, 29))
FROM = date(2026, 5, 11)


def kind(interval_days: tuple[int, int] | None = (18, 30)) -> WorkKind:
    return WorkKind("mow", "", "", 1, (), interval_days=interval_days)


def test_due_half_way_between_the_shortest_and_the_longest_interval() -> None:
    due = first_due(kind(), SUMMER, date(2026, 5, 4), FROM)
    assert due is not None
    assert (due.earliest_on, due.due_on, due.latest_on) == (date(2026, 5, 22), date(2026, 5, 28), date(2026, 6, 3))
    assert (due.anchor, due.case) == ("2026-05-28", "regular")


def test_early_completion_shifts_the_next_due_date() -> None:
    late, early = (first_due(kind(), SUMMER, date(2026, 5, day), FROM) for day in (11, 8))
    assert late is not None
    assert early is not None
    assert late.due_on - early.due_on == timedelta(days=3)


def test_never_done_is_due_at_once() -> None:
    due = first_due(kind(), SUMMER, None, FROM)
    assert due is not None
    assert (due.earliest_on, due.due_on, due.anchor, due.case) == (FROM, FROM, "first", "never")


def test_overdue_keeps_its_name_and_gets_a_week() -> None:
    due = first_due(kind((7, 9)), None, date(2026, 1, 1), FROM)
    assert due is not None
    assert (due.due_on, due.latest_on, due.anchor, due.case) == (FROM, date(2026, 5, 18), "2026-01-09", "overdue")


def test_out_of_season_is_due_when_the_season_opens() -> None:
    due = first_due(kind(), SUMMER, date(2026, 10, 20), date(2026, 11, 23))
    assert due is not None
    assert (due.due_on, due.case) == (date(2027, 4, 1), "regular")
    assert due.latest_on == date(2027, 4, 13)


def test_the_window_ends_with_the_season() -> None:
    due = first_due(kind((340, 400)), WINTER, date(2026, 1, 20), date(2027, 1, 25))
    assert due is not None
    assert due.latest_on == date(2027, 2, 24)
    due = first_due(kind((340, 500)), WINTER, date(2025, 12, 20), date(2027, 1, 25))
    assert due is not None
    assert due.latest_on == date(2027, 2, 28)


def test_once_is_once() -> None:
    assert first_due(kind(None), None, date(2020, 1, 1), FROM) is None
    never = first_due(kind(None), None, None, FROM)
    assert never is not None
    assert next_due(kind(None), None, never) is None


@pytest.mark.parametrize(("due_on", "follows"), [(date(2026, 10, 7), True), (date(2026, 10, 8), False)])
def test_the_next_time_lies_in_season_or_waits_for_another_period(due_on: date, follows: bool) -> None:
    before = first_due(kind(), SUMMER, None, due_on)
    assert before is not None
    assert (next_due(kind(), SUMMER, before) is not None) == follows


days = st.dates(date(2020, 1, 1), date(2035, 12, 31))
intervals = st.tuples(st.integers(1, 500), st.integers(0, 500)).map(lambda pair: (pair[0], pair[0] + pair[1]))


@given(intervals, st.sampled_from([None, SUMMER, WINTER]), st.none() | days, days)
def test_a_due_date_lies_in_its_window_in_season_and_never_in_the_past(
    interval: tuple[int, int], season: Season, done_on: date | None, from_on: date
) -> None:
    assume(done_on is None or done_on < from_on)
    due = first_due(kind(interval), season, done_on, from_on)
    assert due is not None
    assert due.earliest_on <= due.due_on <= due.latest_on
    assert due.due_on >= from_on
    assert in_season(season, due.due_on)
    assert in_season(season, due.latest_on)
    again = next_due(kind(interval), season, due)
    if again is not None:
        assert due.due_on < again.earliest_on <= again.due_on <= again.latest_on


@given(intervals, st.sampled_from([None, SUMMER, WINTER]), days, days, st.integers(0, 40))
def test_planning_again_later_finds_the_same_due_date_by_name(
    interval: tuple[int, int], season: Season, done_on: date, from_on: date, later: int
) -> None:
    assume(done_on < from_on)
    before = first_due(kind(interval), season, done_on, from_on)
    after = first_due(kind(interval), season, done_on, from_on + timedelta(days=later))
    assert before is not None
    assert after is not None
    assert before.anchor == after.anchor
