"""Every season ends in a plan that holds, and what does not fit has its reason."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from geo_service.schedule.season.check import season_faults
from geo_service.schedule.season.model import Budget, BudgetUnit, Rhythm, Step
from geo_service.schedule.season.search import Effort
from geo_service.schedule.season.solve import solve_season

HOUR = 3600
QUICK = Effort(iterations=300, workers=1)


def solved(problem, **more):
    plan = solve_season(problem, effort=QUICK, **more)
    assert season_faults(plan) == []
    return plan


@settings(deadline=None, max_examples=100, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_every_season_ends_in_a_plan_without_a_fault(seasons, data):
    problem = data.draw(seasons)
    plan = solve_season(problem, effort=QUICK)
    assert season_faults(plan) == []
    assert (plan.load_s <= plan.planable_s).all()
    assert plan.objective.overload_s == 0
    told = {one.need_id for one in plan.left_out} | {plan.problem.needs[one].need_id for one in plan.need}
    assert told == {need.need_id for need in problem.needs}


def test_the_same_seed_gives_the_same_plan(make_need, make_season):
    problem = make_season(*(make_need(number, zone=number % 2) for number in range(30)), hours=15)
    one, two = solved(problem), solved(problem)
    assert np.array_equal(one.day, two.day)
    assert np.array_equal(one.served, two.served)
    assert one.left_out == two.left_out


def test_a_full_week_is_the_reason_with_its_name(make_need, make_season):
    step = Step("mow", 4 * HOUR, (0,))
    needs = [make_need(number, step, slack=1) for number in range(3)]
    (left_out,) = solved(make_season(*needs, hours=10)).left_out
    assert left_out.code == "capacity"
    assert left_out.reason == "Kapazität der Gruppe crews in Woche 2027-W09 ist voll"
    assert left_out.reason_en == "capacity of group crews in week 2027-W09 is full"
    assert left_out.due_on == date(2027, 3, 1)


def test_the_reserve_is_kept_free(make_need, make_season):
    step = Step("mow", 4 * HOUR, (0,))
    needs = [make_need(number, step, slack=1) for number in range(2)]
    assert solved(make_season(*needs, hours=8)).left_out == ()
    plan = solved(make_season(*needs, hours=8, reserve=0.1))
    assert [one.code for one in plan.left_out] == ["capacity"]
    assert plan.load_s.max() == 4 * HOUR


def test_the_most_important_work_is_served_first(make_need, make_season):
    needs = [make_need(number, Step("w", 4 * HOUR, (0,), priority=5 - number), slack=1) for number in range(5)]
    plan = solved(make_season(*needs, hours=8))
    assert {visit.step.priority for visit in plan.visits()} == {1, 2}


def test_room_elsewhere_is_used_before_anything_is_left_out(make_need, make_season):
    needs = [make_need(number, Step("w", 4 * HOUR, (0,)), slack=30) for number in range(8)]
    plan = solved(make_season(*needs, hours=4))
    assert plan.left_out == ()
    assert len({visit.week for visit in plan.visits()}) == 8


def test_a_budget_that_is_used_up_is_the_reason(make_need, make_season):
    step = Step("mow", HOUR, (0,), people=2, cost_cents=9_000)
    needs = [make_need(number, step) for number in range(5)]
    for budget in (
        Budget("Pflege", BudgetUnit.HOURS, 6 * HOUR, frozenset({"mow"})),
        Budget("Pflege", BudgetUnit.COST, 27_500),
    ):
        plan = solved(make_season(*needs, budgets=(budget,)))
        assert [one.code for one in plan.left_out] == ["budget"] * 2
        assert {one.reason for one in plan.left_out} == {"Budget Pflege ist ausgeschöpft"}
    other = Budget("Gehölz", BudgetUnit.COST, 0, frozenset({"prune"}))
    assert solved(make_season(*needs, budgets=(other,))).left_out == ()


def test_nobody_can_do_it_and_too_large_are_told_apart(make_need, make_season, make_resource):
    resources = (make_resource(8), make_resource(0, code="woody"))
    needs = (make_need(1, Step("prune", HOUR, (0, 1))), make_need(2, Step("clear", 9 * HOUR, (0,))))
    plan = solved(make_season(*needs, resources=resources))
    assert {(one.work, one.code, one.reason_en) for one in plan.left_out} == {
        ("prune", "no_crew", "no crew has: group woody"),
        ("clear", "capacity", "too large for a week of group crews"),
    }


def test_nothing_is_planned_behind_a_step_that_is_left_out(make_need, make_season, make_resource):
    steps = (
        Step("clear", HOUR, (1,)),
        Step("green", HOUR, (0,), after=0, settle_days=14),
        Step("water", HOUR, (0,), after=1, rhythm=Rhythm(10, 18), season=((4, 15), (9, 30))),
    )
    plan = solved(make_season(make_need(1, *steps), resources=(make_resource(8), make_resource(0, code="none"))))
    assert not plan.served.any()
    codes = {one.work: one.code for one in plan.left_out}
    assert codes == {"clear": "no_crew", "green": "predecessor", "water": "predecessor"}
    green = next(one for one in plan.left_out if one.work == "green")
    assert green.reason_en == "clear comes first and is not planned"


def test_one_full_week_costs_one_visit_not_the_whole_need(make_need, make_season, make_resource):
    step = Step("litter", HOUR, (0,), rhythm=Rhythm(7, 7))
    hours = [2.0] * 52
    hours[20] = 0.0
    plan = solved(make_season(make_need(1, step, slack=0), resources=(make_resource(hours),)))
    (left_out,) = plan.left_out
    assert "2027-W20" in left_out.reason
    assert plan.served.sum() > 30


def test_a_step_whose_turn_comes_after_the_season_and_a_need_without_an_open_day_are_listed(make_need, make_season):
    late = (Step("clear", HOUR, (0,)), Step("green", HOUR, (0,), after=0, settle_days=300))
    needs = (make_need(1, *late, due_on=date(2027, 6, 1)), make_need(2, until_on=date(2027, 1, 3)))
    plan = solved(make_season(*needs))
    assert {(one.need_id, one.work, one.code) for one in plan.left_out} == {
        ("need-1", "green", "later"),
        ("need-2", "mow", "closed"),
    }
    assert [visit.step.work for visit in plan.visits()] == ["clear"]


def test_visits_of_a_zone_are_bundled(make_need, make_season):
    needs = [
        make_need(number, Step("w", 600, (0,), priority=5), due_on=date(2027, 3, 1 + 7 * (number % 2)), slack=8)
        for number in range(10)
    ]
    plan = solved(make_season(*needs))
    assert plan.zones_opened.sum() == 1
    assert plan.objective.opening_s == 1800


@pytest.mark.parametrize("count", [0, 1])
def test_an_empty_season_is_a_plan_too(make_need, make_season, count):
    plan = solved(make_season(*[make_need(1)] * count))
    assert plan.objective.total_s >= 0
    assert len(plan.problem.needs) == count
