"""From the catalogue, the records and the crews to needs: what is due, chains, law, rights, reasons."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from shapely import box

from geo_service.plots.model import Baunvo, CareArea, CareKind, Contamination, Plot, PlotState, Tenure, TenureKind
from geo_service.schedule.season.check import season_faults
from geo_service.schedule.season.demand import SeasonRules, season_problem
from geo_service.schedule.season.horizon import Horizon
from geo_service.schedule.season.model import Budget, BudgetUnit, Rhythm
from geo_service.schedule.season.search import Effort
from geo_service.schedule.season.solve import solve_season
from geo_service.work.catalogue import read_catalogue
from geo_service.work.crews import read_crews
from geo_service.work.cutting import CuttingException, ExceptionCode

YEAR = Horizon(date(2027, 1, 4), 52)


@pytest.fixture(scope="module")
def catalogue(sample):
    return read_catalogue(sample / "catalogue.json")


@pytest.fixture(scope="module")
def asked(sample, catalogue):
    crews = read_crews(sample / "crews.json")

    def make(*plots, done=None, horizon=YEAR, crews=crews, **more):
        last_done = {("id-1", work): on for work, on in (done or {}).items()}
        return season_problem(plots, catalogue, last_done, crews, horizon, **more)

    return make


def plot(care=None, **fields) -> Plot:
    given = {
        "plot_id": "id-1",
        "code": "KLZ-0001",
        "geometry": box(0, 0, 20, 40),
        "epsg": 25833,
        "area_m2": 800.0,
        "baunvo": Baunvo.WA,
        "contamination": Contamination.NO,
        "state": PlotState.MAINTAINED,
        "care_areas": tuple(CareArea(kind, m2) for kind, m2 in (care or {}).items()),
    }
    return Plot(**given | fields)


def works(problem):
    return {need.need_id.split(".")[1]: tuple(step.work for step in need.steps) for need in problem.needs}


def dates(problem, work):
    plan = solve_season(problem, effort=Effort(iterations=200, workers=1))
    assert season_faults(plan) == []
    return [visit.due_on for visit in plan.visits() if visit.step.work == work]


LAWN = {CareKind.LAWN: 400.0}


def test_work_that_comes_back_is_counted_from_its_last_day(asked):
    problem = asked(plot(LAWN), done={"mow_lawn": date(2026, 10, 20), "inspect": date(2026, 12, 1)})
    inspect = next(need for need in problem.needs if need.steps[0].work == "inspect")
    assert inspect.due_on == date(2027, 3, 1)
    assert inspect.steps[0].rhythm == Rhythm(70, 110)
    mown = dates(problem, "mow_lawn")
    assert min(mown) >= date(2027, 4, 1)
    assert max(mown) <= date(2027, 10, 31)
    assert 7 <= len(mown) <= 12


def test_an_early_visit_shifts_the_next(asked):
    one, two = (
        next(need.due_on for need in asked(plot(), done={"inspect": on}).needs if need.steps[0].work == "inspect")
        for on in (date(2026, 12, 1), date(2026, 12, 29))
    )
    assert (two - one).days == 28


def test_a_plot_is_inspected_cleared_greened_and_watered_as_one_chain(asked):
    wild = plot({CareKind.WILD: 500.0}, state=PlotState.REGISTERED)
    problem = asked(wild)
    assert works(problem) == {"inspect": ("inspect", "clear", "green", "establish_water")}
    (need,) = problem.needs
    inspect, clear, green, water = need.steps
    assert (clear.after, clear.settle_days) == (0, 1)
    assert (green.after, green.settle_days) == (1, 14)
    assert (water.after, water.rhythm) == (2, Rhythm(10, 18))
    assert inspect.rhythm is not None
    (cleared,), (greened,) = dates(problem, "clear"), dates(problem, "green")
    assert min(dates(problem, "inspect")) < cleared
    assert (greened - cleared).days >= 14
    watered = dates(problem, "establish_water")
    assert greened < min(watered)
    assert all(date(2027, 4, 15) <= on <= date(2027, 9, 30) for on in watered)


def test_once_inspected_the_chain_begins_with_clearing_and_the_inspections_go_on(asked):
    wild = plot({CareKind.WILD: 500.0}, state=PlotState.REGISTERED)
    problem = asked(wild, done={"inspect": date(2026, 12, 1)})
    assert works(problem) == {"clear": ("clear", "green", "establish_water"), "inspect": ("inspect",)}


def test_a_cleared_plot_waits_until_it_is_settled(asked):
    problem = asked(plot(state=PlotState.CLEARED), done={"clear": date(2026, 12, 30), "inspect": date(2026, 12, 1)})
    (greened,) = dates(problem, "green")
    assert greened >= date(2027, 1, 13)


def test_care_that_a_greened_plot_asks_for_follows_only_where_it_has_areas(asked):
    care = {CareKind.WILD: 500.0, CareKind.TREES: 50.0}
    problem = asked(plot(care, state=PlotState.REGISTERED), done={"inspect": date(2026, 12, 1)})
    assert works(problem)["clear"] == ("clear", "green", "establish_water", "water_trees")
    assert works(problem)["tree_check"] == ("tree_check",)


def test_contaminated_ground_is_not_broken_and_unknown_ground_is_looked_at_first(asked):
    wild = plot({CareKind.WILD: 500.0}, state=PlotState.REGISTERED, contamination=Contamination.YES)
    problem = asked(wild, done={"inspect": date(2026, 12, 1)})
    assert "clear" not in works(problem)
    assert ("clear", "contaminated") in {(one.work, one.code) for one in problem.kept_out}
    cleared = plot(state=PlotState.CLEARED, contamination=Contamination.UNKNOWN)
    assert works(asked(cleared, done={"clear": date(2026, 12, 1)}))["inspect"][:2] == ("inspect", "green")


def test_coppicing_keeps_the_cutting_ban_unless_an_exception_has_evidence(asked):
    hedge = plot({CareKind.HEDGE: 60.0})
    spring = Horizon(date(2027, 3, 1), 20)
    done = {"coppice_hedge": date(2026, 2, 1), "inspect": date(2027, 2, 1), "trim_hedge": date(2027, 2, 1)}
    problem = asked(hedge, done=done, horizon=spring)
    assert "coppice_hedge" not in works(problem)
    (kept,) = [one for one in problem.kept_out if one.work == "coppice_hedge"]
    assert kept.code == "law"
    assert "BNatSchG §39(5)" in kept.reason
    exception = CuttingException(ExceptionCode.TRAFFIC_SAFETY, "file 12/2027")
    allowed = asked(hedge, done=done, horizon=spring, exceptions={("id-1", "coppice_hedge"): exception})
    assert dates(allowed, "coppice_hedge")


def test_nothing_is_planned_after_an_agreement_ends(asked):
    ends = plot(LAWN, tenure=Tenure(TenureKind.PERMISSION, None, date(2027, 6, 30)))
    assert max(dates(asked(ends, done={"mow_lawn": date(2026, 10, 1)}), "mow_lawn")) <= date(2027, 6, 30)
    ended = replace(ends, tenure=Tenure(TenureKind.PERMISSION, None, date(2026, 12, 31)))
    problem = asked(ended)
    assert problem.needs == ()
    assert [one.code for one in problem.kept_out] == ["tenure"]


def test_a_plot_at_rest_asks_for_nothing_and_says_so(asked):
    problem = asked(plot(state=PlotState.SET_ASIDE))
    assert problem.needs == ()
    assert [one.code for one in problem.kept_out] == ["state"]


def test_18_nov_2026_is_never_planned(asked):
    litter = plot({CareKind.LITTER: 300.0})
    problem = asked(litter, horizon=Horizon(date(2026, 11, 18), 2))
    assert date(2026, 11, 18) not in dates(problem, "litter_pick")


def test_a_clearing_too_large_for_a_week_is_cut_into_parts_in_order(asked):
    large = plot({CareKind.WILD: 30_000.0}, state=PlotState.REGISTERED, area_m2=30_000.0)
    problem = asked(large, done={"inspect": date(2026, 12, 1)})
    (need,) = [need for need in problem.needs if need.steps[0].work == "clear"]
    parts = [step for step in need.steps if step.work == "clear"]
    assert len(parts) > 1
    assert [step.after for step in parts] == list(range(-1, len(parts) - 1))
    kind_s = 60 * (30 + 30_000 * 0.25)
    assert sum(step.service_s for step in parts) == kind_s
    assert next(step for step in need.steps if step.work == "green").after == len(parts) - 1
    cleared = dates(problem, "clear")
    assert len(cleared) == len(parts)
    assert cleared == sorted(set(cleared))


def test_a_budget_on_cost_counts_people_and_hours(asked):
    rules = SeasonRules(cents_per_hour=4_000, budgets=(Budget("all", BudgetUnit.COST, 0),))
    problem = asked(plot({CareKind.HEDGE: 60.0}), rules=rules)
    trim = next(step for need in problem.needs for step in need.steps if step.work == "trim_hedge")
    assert trim.cost_cents == round(trim.service_s * 2 * 4_000 / 3600)
    plan = solve_season(problem, effort=Effort(iterations=100, workers=1))
    assert not plan.served.any()
    assert {one.code for one in plan.left_out} <= {"budget", "later"}


def test_a_work_that_no_crew_can_do_is_listed(asked, sample):
    crews = [replace(crew, skills=frozenset()) for crew in read_crews(sample / "crews.json")]
    plan = solve_season(asked(plot(LAWN), crews=crews), effort=Effort(iterations=100, workers=1))
    assert {one.code for one in plan.left_out if one.work == "mow_lawn"} == {"no_crew"}
    assert any("machines" in one.reason for one in plan.left_out)
