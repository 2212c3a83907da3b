"""A season from a workspace: checked, repeatable, nothing kept; the right refusals."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from geo_service.actions import plan_season as module
from geo_service.actions.plan_season import SeasonRequest, plan_season
from geo_service.base.errors import Cancelled, CheckFailed, InputError, NotReady
from geo_service.base.progress import Progress
from geo_service.routes.model import Fault
from geo_service.schedule.season.check import season_faults
from geo_service.schedule.season.demand import SeasonRules
from geo_service.schedule.season.search import SEARCHING

NEW_YEAR = date(2027, 1, 1)


@pytest.fixture
def season(store):
    def make(from_on=NEW_YEAR, weeks=52, **more):
        told = {name: more.pop(name) for name in ("rules", "seed", "seconds") if name in more}
        return plan_season(store, SeasonRequest(from_on, weeks, iterations=20_000, **told), **more)

    return make


def test_the_sample_has_a_season_without_fault_and_nothing_is_kept(season, store):
    before = store.revision()
    plan = season()
    assert season_faults(plan) == []
    assert (plan.load_s <= plan.planable_s).all()
    plots = {plot.code for plot in store.plots()}
    told = {need.plot_code for need in plan.problem.needs} | {one.plot_code for one in plan.problem.kept_out}
    assert told == plots, "every plot has needs or a reason"
    assert store.revision() == before


def test_the_same_seed_repeats_the_season(season):
    one, two = season(), season()
    assert np.array_equal(one.day, two.day)
    assert np.array_equal(one.need, two.need)
    assert one.objective == two.objective


def test_more_reserve_leaves_more_out(season):
    plenty, tight = season(), season(rules=SeasonRules(reserve=0.9))
    assert plenty.left_out == ()
    assert tight.left_out
    assert {one.code for one in tight.left_out} <= {"capacity", "predecessor", "later"}
    assert all("2027-W" in one.reason for one in tight.left_out if one.code == "capacity" and "voll" in one.reason)


def test_nothing_lies_on_a_holiday(season):
    plan = season(date(2026, 11, 16), 4)
    assert date(2026, 11, 18) not in {visit.due_on for visit in plan.visits()}


def test_cancelling_in_the_search_gives_the_best_so_far_and_before_it_ends_it(season):
    def cancel(stage):
        def on_progress(progress: Progress) -> None:
            if progress.stage == stage:
                raise Cancelled("enough")

        return on_progress

    assert season_faults(season(on_progress=cancel(SEARCHING))) == []
    with pytest.raises(Cancelled):
        season(on_progress=cancel("working out what is due"))


def test_a_fault_is_never_handed_out(season, monkeypatch):
    monkeypatch.setattr(module, "season_faults", lambda _: [Fault("capacity", "crews in week 3")])
    with pytest.raises(CheckFailed, match="crews in week 3"):
        season()


@pytest.mark.parametrize(
    "wrong",
    [
        {"weeks": 0},
        {"weeks": 60},
        {"seconds": 0},
        {"seconds": 1e6},
        {"seed": -1},
        {"rules": SeasonRules(reserve=1.0)},
        {"rules": SeasonRules(travel_share=-0.1)},
    ],
)
def test_wrong_requests_are_refused(wrong):
    with pytest.raises(InputError):
        SeasonRequest(NEW_YEAR, **wrong)


def test_a_workspace_without_plots_says_what_is_missing(empty):
    with pytest.raises(NotReady, match="plots"):
        plan_season(empty, SeasonRequest(NEW_YEAR))
