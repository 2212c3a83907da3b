"""Candidate patterns keep interval, season, law and order, whatever is asked."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from geo_service.schedule.season.horizon import Horizon
from geo_service.schedule.season.model import Rhythm, Step
from geo_service.schedule.season.patterns import candidate_patterns
from geo_service.schedule.season.unrolling import gaps
from geo_service.work.calendar import rest_day
from geo_service.work.season import in_season


def dates_of(problem, patterns, need=0):
    """Return for each candidate of a need the dates by step."""
    found = []
    for candidate in range(patterns.candidate_start[need], patterns.candidate_start[need + 1]):
        pattern = patterns.pattern[candidate]
        visits = slice(patterns.visit_start[pattern], patterns.visit_start[pattern + 1])
        by_step: dict[int, list[date]] = {}
        for step, day in zip(patterns.step[visits].tolist(), patterns.day[visits].tolist(), strict=True):
            by_step.setdefault(step, []).append(problem.horizon.date(day))
        found.append(by_step)
    return found


@settings(deadline=None, max_examples=60)
@given(
    st.integers(1, 45),
    st.integers(0, 30),
    st.sampled_from([None, ((4, 1), (10, 31)), ((10, 15), (2, 29))]),
    st.integers(0, 300),
)
def test_consecutive_visits_keep_the_interval_or_all_days_between_were_closed(
    make_need, make_season, shortest, more, season, day
):
    longest = shortest + more
    step = Step("work", 600, (0,), rhythm=Rhythm(shortest, longest), season=season)
    due_on = date(2027, 1, 4) + timedelta(days=day)
    problem = make_season(make_need(1, step, due_on=due_on, slack=10))

    def opened(on: date) -> bool:
        inside = problem.horizon.from_on <= on <= problem.horizon.until_on
        return inside and on.weekday() < 5 and rest_day(on) is None and in_season(season, on)

    for by_step in dates_of(problem, candidate_patterns(problem)):
        dates = by_step[0]
        assert all(opened(on) for on in dates)
        for one, two in pairwise(dates):
            assert (two - one).days >= shortest
            if (two - one).days > longest:
                assert not any(opened(one + timedelta(days=days)) for days in range(shortest, longest + 1))
        last = dates[-1]
        due_after = [last + timedelta(days=days) for days in range(shortest, longest + 1)]
        assert due_after[-1] > problem.horizon.until_on or not any(opened(on) for on in due_after)


def test_needs_alike_share_patterns_and_the_same_problem_gives_the_same(make_need, make_season):
    problem = make_season(*(make_need(number) for number in range(200)))
    one, two = candidate_patterns(problem), candidate_patterns(problem)
    assert all(np.array_equal(getattr(one, name), getattr(two, name)) for name in vars(one))
    assert len(one.visit_start) - 1 < 30
    assert len(one.pattern) > 200 * 5


def test_no_two_candidates_of_a_need_have_the_same_weeks_and_they_rise_in_cost(make_need, make_season):
    problem = make_season(make_need(1), make_need(2, Step("tree", 600, (0,), rhythm=Rhythm(330, 480))))
    patterns = candidate_patterns(problem)
    for need in (0, 1):
        candidates = range(patterns.candidate_start[need], patterns.candidate_start[need + 1])
        weeks = [
            tuple(patterns.week[patterns.visit_start[one] : patterns.visit_start[one + 1]])
            for one in patterns.pattern[list(candidates)]
        ]
        assert len(set(weeks)) == len(weeks)
        costs = patterns.cost_s[list(candidates)].tolist()
        assert costs == sorted(costs)


def test_the_week_of_the_due_day_is_among_the_candidates_and_cheapest(make_need, make_season):
    once = Step("tree", 600, (0,), rhythm=Rhythm(330, 480))
    problem = make_season(make_need(1, once, due_on=date(2027, 5, 11), slack=60))
    (cheapest, *others) = dates_of(problem, candidate_patterns(problem))
    assert cheapest[0][0].isocalendar().week == date(2027, 5, 11).isocalendar().week
    assert len(others) >= 15


def test_a_season_across_new_year_begins_again_in_autumn(make_need, make_season):
    step = Step("prune", 600, (0,), rhythm=Rhythm(200, 300), season=((10, 15), (2, 29)), woody_cut=True)
    problem = make_season(make_need(1, step, due_on=date(2027, 1, 12), slack=5))
    for by_step in dates_of(problem, candidate_patterns(problem)):
        assert by_step[0][0].month == 1
        assert date(2027, 10, 15) <= by_step[0][1] <= date(2027, 12, 31)


def test_a_chain_clears_settles_greens_and_cares(make_need, make_season):
    steps = (
        Step("clear", 600, (0,)),
        Step("green", 600, (0,), season=((9, 15), (4, 30)), after=0, settle_days=14),
        Step("water", 600, (0,), rhythm=Rhythm(10, 18), season=((4, 15), (9, 30)), after=1),
    )
    problem = make_season(make_need(1, *steps, due_on=date(2027, 1, 11), slack=40))
    found = dates_of(problem, candidate_patterns(problem))
    assert len(found) > 10
    for by_step in found:
        (cleared,), (greened,) = by_step[0], by_step[1]
        assert (greened - cleared).days >= 14
        assert in_season(steps[1].season, greened)
        assert (by_step[2][0] - greened).days >= 10
        assert date(2027, 4, 15) <= by_step[2][0]
    assert len({(one[0][0], one[1][0]) for one in found}) > 10


def test_a_chain_that_comes_too_late_costs_more(make_need, make_season):
    steps = (
        Step("clear", 600, (0,), slack_days=30),
        Step("green", 600, (0,), season=((9, 15), (9, 30)), after=0, settle_days=14),
    )
    problem = make_season(make_need(1, *steps, due_on=date(2027, 8, 30), slack=40))
    patterns = candidate_patterns(problem)
    found = dates_of(problem, patterns)
    late = [1 not in by_step for by_step in found]
    assert any(late)
    assert not all(late)
    assert late == sorted(late), "what greens in the season is cheaper"


def test_fixed_dates_do_not_drift(make_need, make_season):
    step = Step("sweep", 600, (0,), rhythm=Rhythm(28, 32, fixed=True))
    problem = make_season(make_need(1, step, due_on=date(2027, 1, 12), slack=2))
    for by_step in dates_of(problem, candidate_patterns(problem)):
        for number, on in enumerate(by_step[0]):
            grid = date(2027, 1, 12) + timedelta(days=30 * number)
            closed = all(
                rest_day(grid + timedelta(days=days)) or (grid + timedelta(days=days)).weekday() > 4
                for days in range(-2, 3)
            )
            assert abs((on - grid).days) <= 2 or closed


def test_the_end_of_the_right_to_work_ends_the_pattern_and_a_plot_without_an_open_day_has_none(make_need, make_season):
    until = date(2027, 6, 15)
    problem = make_season(make_need(1, until_on=until), make_need(2, until_on=date(2027, 1, 2)))
    patterns = candidate_patterns(problem)
    assert all(by_step[0][-1] <= until for by_step in dates_of(problem, patterns))
    assert patterns.candidate_start.tolist()[1] == patterns.candidate_start.tolist()[2]


def test_visits_of_a_zone_prefer_one_day_of_the_week(make_need, make_season):
    step = Step("litter", 600, (0,), rhythm=Rhythm(25, 31))
    problem = make_season(make_need(1, step, zone=1, slack=14), horizon=Horizon(date(2027, 1, 4), 30))
    tuesdays = [
        sum(on.weekday() == 1 for on in by_step[0]) / len(by_step[0])
        for by_step in dates_of(problem, candidate_patterns(problem))
    ]
    assert max(tuesdays) >= 0.8


@given(st.integers(1, 400), st.integers(0, 200))
def test_the_intervals_tried_lie_in_the_rhythm(shortest, more):
    rhythm = Rhythm(shortest, shortest + more)
    tried = gaps(rhythm)
    assert rhythm.ideal_days in tried
    assert all(shortest <= one <= shortest + more for one in tried)
    assert gaps(replace(rhythm, fixed=True)) == (rhythm.ideal_days,)
