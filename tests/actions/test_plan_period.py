"""Planning a period: checked, repeatable, lawful, and nothing half-done stays."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from geo_service.actions import plan_period as module
from geo_service.actions.plan_period import PlanRequest, plan_period
from geo_service.base.errors import Cancelled, CheckFailed, InputError, NotReady
from geo_service.base.progress import Progress, after_iterations
from geo_service.routes.model import Fault
from geo_service.streets.check import faults
from geo_service.streets.model import Profile
from geo_service.streets.router import make_router


@pytest.fixture
def plan(store, now):
    def make(from_on=date(2026, 11, 23), days=2, iterations=5, **more):
        request = PlanRequest(from_on, days, 0, more.pop("seed", 1), more.pop("draft", False))
        return plan_period(
            store,
            request,
            plan_id=more.pop("plan_id", "new"),
            author="ada",
            clock=lambda: now,
            stop=after_iterations(iterations),
            **more,
        )

    return make


def test_every_visit_is_served_or_unserved_with_a_reason(plan, store):
    made = plan()
    served = [stop.visit.visit_id for route in made.routes for stop in route.stops]
    left_out = [one.visit_id for one in made.unserved]
    assert len(served) == len(set(served))
    assert not set(served) & set(left_out)
    assert made.figures["visits"] == len(served) + len(left_out)
    assert all(one.reason and one.code for one in made.unserved)
    assert store.plan() == made
    assert store.ledger(1)[0].author == "ada"


def test_18_nov_2026_is_never_planned(plan):
    made = plan(from_on=date(2026, 11, 16), days=4)
    assert made.days == (date(2026, 11, 16), date(2026, 11, 17), date(2026, 11, 19), date(2026, 11, 20))
    assert {route.crew_day.on for route in made.routes} <= set(made.days)


def test_the_same_seed_makes_the_same_plan(plan):
    first, second = plan(plan_id="a", draft=True), plan(plan_id="b", draft=True)
    assert (first.routes, first.unserved, first.lines) == (second.routes, second.unserved, second.lines)


def test_every_leg_is_drawn_from_stop_to_stop(plan, store):
    made = plan()
    network = store.streets()
    router = make_router(network, Profile.VAN)
    for route, line in zip(made.routes, made.lines, strict=True):
        assert len(line.legs) == len(route.stops) + 1
        ends = [leg[-1] for leg in line.legs[:-1] if leg]
        starts = [leg[0] for leg in line.legs[1:] if leg]
        for end, start in zip(ends, starts, strict=False):
            assert np.allclose(end, start, atol=1e-5)
    snaps = router.snap(np.array([made.lines[0].legs[0][0], made.lines[0].legs[0][-1]]))
    assert faults(network, Profile.VAN, router.path(*snaps)) == []


def test_the_sample_says_so_and_agreements_that_end_are_told(plan):
    made = plan()
    assert "Schematische Beispieldaten · schematic sample data" in made.notes
    assert "enden binnen 90 Tagen" in made.warnings[0]
    assert not any("enden" in note for note in made.notes), "crews' lists do not carry what is for planners"


def test_nothing_is_planned_after_an_agreement_ends(plan, store):
    until = {plot.code: plot.tenure.until_on for plot in store.plots() if plot.tenure.until_on}
    made = plan(days=10)
    stops = [(stop.visit.plot_code, route.crew_day.on) for route in made.routes for stop in route.stops]
    assert all(on <= until[code] for code, on in stops if code in until)
    assert any(one.code == "tenure" for one in made.kept_out)


def test_what_is_missing_is_named_step_by_step(empty, now):
    def attempt():
        plan_period(empty, PlanRequest(date(2026, 11, 23)), plan_id="x", author="a", clock=lambda: now)

    with pytest.raises(NotReady, match="no plots"):
        attempt()
    assert empty.plan() is None


@pytest.mark.parametrize(("days", "seconds"), [(0, 1), (61, 1), (1, -1), (1, 1e9), (1, float("nan"))])
def test_senseless_requests_are_refused(days, seconds):
    with pytest.raises(InputError):
        PlanRequest(date(2026, 11, 23), days, seconds)


def test_a_plan_with_a_fault_is_never_kept(plan, store, monkeypatch):
    before = store.plan()
    monkeypatch.setattr(module, "schedule_faults", lambda *_: [Fault("window", "crew-1 begins too early")])
    with pytest.raises(CheckFailed, match="begins too early"):
        plan()
    assert store.plan() == before


@pytest.mark.parametrize("stage", ["travel times", "checking the plan", "drawing the routes", "keeping the plan"])
def test_cancelling_keeps_the_plan_in_force(plan, store, stage):
    before = store.plan()

    def cancel(progress: Progress) -> None:
        if progress.stage == stage:
            raise Cancelled("enough")

    with pytest.raises(Cancelled):
        plan(on_progress=cancel)
    assert store.plan() == before


def test_progress_tells_how_far_a_search_by_the_clock_is(store, now):
    told: list[Progress] = []
    plan_period(
        store,
        PlanRequest(date(2026, 11, 23), 1, 1.2),
        plan_id="n",
        author="a",
        clock=lambda: now,
        on_progress=told.append,
    )
    searching = [progress for progress in told if progress.stage == "searching"]
    assert {progress.total for progress in searching} == {1}
    assert [progress.done for progress in searching] == sorted(progress.done for progress in searching)
    assert told[-1].stage == "keeping the plan"


def test_without_a_depot_the_middle_is_taken_and_said(empty, sample, now):
    from geo_service.actions.import_plots import import_plots
    from geo_service.actions.import_streets import import_streets

    import_streets(empty, sample / "streets.osm", author="a", at=now)
    import_plots(empty, sample / "plots.geojson", author="a", at=now)
    made = plan_period(
        empty,
        PlanRequest(date(2026, 11, 23), 1, 0),
        plan_id="n",
        author="a",
        clock=lambda: now,
        stop=after_iterations(1),
    )
    assert any("depot" in note and "Betriebshof" in note for note in made.notes)
    assert made.routes
