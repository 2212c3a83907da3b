"""Stop rules and the arithmetic of reports."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo_service.base.progress import after_iterations, after_seconds, either, left_of, share_of
from geo_service.base.report import ImportReport, Refused


def test_after_iterations():
    stop = after_iterations(3)
    assert [stop(count) for count in range(5)] == [False, False, False, True, True]


def test_after_seconds_by_a_clock_that_is_passed_in():
    moments = iter([0.0, 1.0, 1.9, 2.0])
    stop = after_seconds(2, now=lambda: next(moments))
    assert [stop(0), stop(0), stop(0)] == [False, False, True]


def test_either_rule_stops():
    stop = either(after_iterations(5), after_iterations(2))
    assert [stop(1), stop(2)] == [False, True]


@given(count=st.integers(0, 50), done=st.integers(0, 60), most=st.integers(1, 20))
def test_a_count_tells_its_share_and_is_never_overrun(count, done, most):
    stop = after_iterations(count)

    assert share_of(stop, done) == (min(1.0, done / count) if count else 1.0)
    assert 1 <= left_of(stop, done, most) <= most
    if not stop(done):
        assert done + left_of(stop, done, most) <= count


def test_rounds_of_a_count_end_exactly_there():
    stop, done, rounds = after_iterations(25), 0, []
    while not stop(done):
        rounds.append(left_of(stop, done, 10))
        done += rounds[-1]

    assert rounds == [10, 10, 5]


def test_seconds_tell_their_share_by_the_clock():
    moments = iter([100.0, 100.0, 101.0, 104.0, 109.0])
    stop = after_seconds(4, now=lambda: next(moments))

    assert [share_of(stop, 7) for _ in range(4)] == [0.0, 0.25, 1.0, 1.0]
    assert left_of(stop, 7, 10) == 10
    assert share_of(after_seconds(0, now=lambda: 0.0), 0) == 1.0


@given(done=st.integers(0, 10**9))
def test_the_share_of_a_rule_that_does_not_tell_is_guessed(done):
    def silent_rule(iterations: int) -> bool:
        return iterations > 10

    assert 0.0 <= share_of(silent_rule, done) <= share_of(silent_rule, done + 1) <= 1.0
    assert share_of(silent_rule, 0) == 0.0


def test_a_report_that_loses_rows_cannot_be_made():
    refused = (Refused(2, "b", "no outline", "draw one"),)
    assert ImportReport("f", 3, 1, 1, refused=refused).as_json()["refused"][0]["row"] == 2
    with pytest.raises(ValueError, match="loses rows"):
        ImportReport("f", 3, 1, 0, refused=refused)
