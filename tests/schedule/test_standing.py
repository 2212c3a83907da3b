from __future__ import annotations

from dataclasses import replace

import pytest

from geo_service.routes.model import Route
from geo_service.routes.timing import time_route
from geo_service.schedule.model import Problem
from geo_service.schedule.standing import MAX_MORE_MIN, TRIED, Standing
from geo_service.streets.model import UNREACHABLE, TravelMatrix

HOUR = 3600


@pytest.fixture
def plan(make_visit, make_crew_day, make_places, days):
    """Two crew-days, the first with three visits, the second with none."""
    visits = tuple(make_visit(f"visit-{n}", n, days, service_s=2 * HOUR) for n in range(1, 5))
    crew_days = (make_crew_day("crew-1", days[0]), make_crew_day("crew-1", days[1]))
    problem = Problem(visits, crew_days, make_places(5), days)
    route = time_route(crew_days[0], visits[:3], problem.matrix)
    assert isinstance(route, Route)
    return Standing(problem, crew_days, [route])


def test_what_lacks_least_comes_first(plan):
    visit = plan.problem.visits[3]
    gaps = plan.gaps(visit, [0, 1])

    assert (gaps[0].day, gaps[0].short_s) == (1, 0)
    assert sorted((gap.day, gap.at) for gap in gaps) == [(0, 0), (0, 1), (0, 2), (0, 3), (1, 0)]
    assert [gap.short_s for gap in gaps] == sorted(gap.short_s for gap in gaps)


def test_what_a_gap_lacks_is_what_driving_and_work_exceed(plan):
    visit, seconds = plan.problem.visits[3], plan.problem.matrix.seconds
    (gap,) = [one for one in plan.gaps(visit, [0]) if one.at == 3]
    added = int(seconds[3, 4]) + int(seconds[4, 0]) - int(seconds[3, 0])

    assert gap.short_s == plan.busy_s[0] + 2 * HOUR + added - plan.limit_s[0] > 0
    assert not plan.fits(plan.days[0], plan.with_visit(gap, visit))


def test_no_gap_where_no_way_leads(plan):
    seconds = plan.problem.matrix.seconds.copy()
    seconds[1:4, 4] = UNREACHABLE
    cut_off = replace(plan.problem, matrix=TravelMatrix(seconds, plan.problem.matrix.metres))
    visit = cut_off.visits[3]

    assert {(gap.day, gap.at) for gap in Standing(cut_off, plan.days, []).gaps(visit, [0, 1])} == {(0, 0), (1, 0)}
    assert Standing(cut_off, plan.days, []).gaps(replace(visit, place=-1), [0, 1]) == []


def test_only_so_many_gaps_are_looked_at(make_problem):
    problem = make_problem(90)
    crew_days = problem.crew_days * 10
    assert len(Standing(problem, crew_days, []).gaps(problem.visits[0], range(len(crew_days)))) == TRIED


def test_a_longer_day_is_never_more_than_ten_hours_of_work(plan):
    longer = plan.longer(0, 60, 120)

    assert longer.shift == (6 * HOUR, 17 * HOUR)
    assert (plan.days[0].max_work_s, longer.max_work_s) == (8 * HOUR, 10 * HOUR)
    assert plan.longer(0, 0, 30).max_work_s == 8 * HOUR + 1800


def test_a_day_grows_within_midnight_and_rest(plan, make_crew_day, days):
    """The crew is back at about 13:30 on the first day, two days before the second: rest leaves both free to grow."""
    assert plan.more_min == [(MAX_MORE_MIN, MAX_MORE_MIN)] * 2

    late = make_crew_day("crew-1", days[0], shift=(1800, 23 * HOUR + 1800))
    assert Standing(plan.problem, (late,), []).more_min == [(30, 30)]


def test_open_is_what_law_dates_and_needs_allow(plan, days):
    visit = plan.problem.visits[3]

    assert plan.open_to(visit) == [0, 1]
    assert plan.open_to(replace(visit, earliest_on=days[1])) == [1]
    assert plan.open_to(replace(visit, day_windows={days[0]: ((0, HOUR),)})) == [0]
    assert plan.open_to(replace(visit, skills=frozenset({"diving"}))) == []
    assert plan.open_to(replace(visit, skills=frozenset({"diving"})), whatever_it_needs=True) == [0, 1]
