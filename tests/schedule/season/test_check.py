"""The checker finds each fault that is put into a sound plan; the sound plan has none."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from geo_service.schedule.season.check import season_faults
from geo_service.schedule.season.model import Budget, BudgetUnit, LeftOut, Rhythm, Step
from geo_service.schedule.season.search import Effort
from geo_service.schedule.season.solve import solve_season

HOUR = 3600


@pytest.fixture(scope="module")
def plan(make_need, make_season):
    chain = (
        Step("clear", HOUR, (0,)),
        Step("green", HOUR, (0,), season=((9, 15), (4, 30)), after=0, settle_days=14),
        Step("water", HOUR, (0,), rhythm=Rhythm(10, 18), season=((4, 15), (9, 30)), after=1),
    )
    needs = (
        make_need(1, due_on=date(2027, 1, 12)),
        make_need(2, *chain, due_on=date(2027, 1, 12)),
        make_need(3, Step("prune", HOUR, (0,), woody_cut=True), due_on=date(2027, 2, 10), until_on=date(2027, 2, 28)),
        make_need(4, Step("sweep", HOUR, (0,), rhythm=Rhythm(28, 32, fixed=True)), due_on=date(2027, 1, 12), slack=2),
    )
    budget = Budget("all", BudgetUnit.HOURS, 1000 * HOUR)
    made = solve_season(make_season(*needs, hours=6, budgets=(budget,)), effort=Effort(iterations=500, workers=1))
    assert made.left_out == ()
    return made


def rules(plan) -> set[str]:
    return {fault.rule for fault in season_faults(plan)}


def moved(plan, need, step, number, on: date):
    """Move the visit of that number to another day."""
    index = np.flatnonzero((plan.need == need) & (plan.step == step))[number]
    day = plan.day.copy()
    day[index] = plan.problem.horizon.day(on)
    return replace(plan, day=day)


def without(plan, keep):
    return replace(plan, **{name: getattr(plan, name)[keep] for name in ("need", "step", "day", "served")})


def test_the_sound_plan_has_no_fault(plan):
    assert rules(plan) == set()


@pytest.mark.parametrize(
    ("need", "step", "number", "on", "rule"),
    [
        (0, 0, 3, date(2027, 3, 26), "rest_day"),  # Good Friday
        (0, 0, 3, date(2027, 4, 4), "rest_day"),  # a Sunday
        (0, 0, 3, date(2027, 4, 3), "weekday"),
        (0, 0, 0, date(2026, 12, 30), "period"),
        (0, 0, 0, date(2027, 2, 10), "window"),
        (0, 0, 5, date(2027, 11, 8), "interval"),
        (1, 1, 0, date(2027, 5, 4), "season"),
        (1, 1, 0, date(2027, 1, 13), "order"),
        (1, 1, 0, date(2027, 10, 5), "window"),
        (1, 2, 0, date(2027, 7, 6), "interval"),
        (2, 0, 0, date(2027, 3, 2), "tenure"),
        (3, 0, 4, date(2027, 5, 21), "interval"),
    ],
)
def test_a_visit_on_a_wrong_day_is_found(plan, need, step, number, on, rule):
    assert rule in rules(moved(plan, need, step, number, on))


def test_the_cutting_ban_is_checked(plan):
    needs = list(plan.problem.needs)
    needs[2] = replace(needs[2], until_on=None)
    free = replace(plan, problem=replace(plan.problem, needs=tuple(needs)))
    assert rules(free) == set()
    assert "law" in rules(moved(free, 2, 0, 0, date(2027, 3, 2)))


def test_a_missing_visit_is_found(plan):
    last = np.flatnonzero(plan.need == 0)[-1]
    keep = np.ones(len(plan.need), bool)
    keep[last] = False
    assert "complete" in rules(without(plan, keep))
    assert "placed" in rules(without(plan, plan.need != 2))
    assert "placed" in rules(without(plan, ~((plan.need == 1) & (plan.step == 1))))


def test_a_visit_left_out_without_being_listed_is_found_and_so_is_the_reverse(plan):
    served = plan.served.copy()
    served[0] = False
    assert "placed" in rules(replace(plan, served=served))
    listed = LeftOut("need-1", "KLZ-0001", "mow", date(2027, 1, 12), "capacity", "voll", "full")
    assert "placed" in rules(replace(plan, left_out=(listed,)))


@pytest.mark.parametrize(
    "changes", [{"code": "mood"}, {"reason": " "}, {"reason_en": ""}, {"need_id": "need-99"}, {"code": "later"}]
)
def test_bad_reasons_are_found(plan, changes):
    listed = LeftOut("need-1", "KLZ-0001", "mow", None, "closed", "zu", "closed")
    without_first = without(plan, plan.need != 0)
    loads = {"load_s": _loads(without_first)}
    assert rules(replace(without_first, left_out=(listed,), **loads)) == set()
    assert "placed" in rules(replace(without_first, left_out=(replace(listed, **changes),), **loads))


def _loads(plan):
    loads = np.zeros_like(plan.load_s)
    for need, step, day in zip(plan.need, plan.step, plan.day, strict=True):
        loads[0, day // 7] += plan.problem.needs[need].steps[step].service_s
    return loads


def test_work_behind_a_step_left_out_is_found(plan):
    index = np.flatnonzero((plan.need == 1) & (plan.step == 0))[0]
    served = plan.served.copy()
    served[index] = False
    assert "order" in rules(replace(plan, served=served))


def test_capacity_is_counted_anew_with_the_reserve(plan, make_resource):
    tight = replace(plan.problem, resources=(make_resource(0.5),))
    assert "capacity" in rules(replace(plan, problem=tight))
    busiest = float(plan.load_s.max()) / HOUR
    exact = replace(plan.problem, resources=(make_resource(busiest),))
    assert "capacity" not in rules(replace(plan, problem=exact))
    assert "capacity" in rules(replace(plan, problem=replace(exact, reserve=0.05)))
    assert "load" in rules(replace(plan, load_s=plan.load_s + 1))


def test_budgets_are_counted_anew(plan):
    spent = Budget("all", BudgetUnit.HOURS, len(plan.need) * HOUR)
    assert "budget" not in rules(replace(plan, problem=replace(plan.problem, budgets=(spent,))))
    short = replace(spent, limit=spent.limit - 1)
    assert "budget" in rules(replace(plan, problem=replace(plan.problem, budgets=(short,))))
