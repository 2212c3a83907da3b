"""The desk for analysts: frames with units in the plan CRS, maps, and errors that say what to do."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import date

import pytest

import geo_service as gs
from geo_service.base.errors import NotFound, NotReady
from geo_service.schedule.check import faults
from geo_service.schedule.model import Solution
from geo_service.store.sqlite import SqliteStore

MONDAY = date(2026, 11, 23)


@pytest.fixture(scope="module")
def desk(planned_sample, tmp_path_factory):
    folder = tmp_path_factory.mktemp("desk") / "workspace"
    shutil.copytree(planned_sample, folder)
    with gs.open(folder) as opened:
        yield opened


@pytest.fixture
def empty(tmp_path):
    SqliteStore.create(tmp_path / "workspace").close()
    with gs.open(tmp_path / "workspace") as opened:
        yield opened


@pytest.mark.slow
def test_the_frames_agree_with_each_other(desk):
    plots, quarters, streets = desk.plots(), desk.quarters(), desk.streets()
    assert len(plots) == 147
    assert set(plots["quarter"]) <= set(quarters["key"])
    assert (plots.area - plots["area_m2"]).abs().max() < 0.01
    assert {frame.crs.to_epsg() for frame in (plots, quarters, streets)} == {desk.epsg}
    visits, routes = desk.visits(), desk.routes()
    planned = visits[visits["status"] == "planned"]
    assert len(planned) == routes["stops"].sum()
    at_facilities_s = sum(trip.facility.service_s for route in desk.plan().routes for trip in route.trips)
    assert at_facilities_s > 0, "vehicles are emptied and loaded on the way"
    assert planned["service_s"].sum() + at_facilities_s == routes["work_s"].sum()
    assert visits.loc[visits["status"] == "unserved", "service_s"].isna().all(), "missing, not 0"


@pytest.mark.slow
def test_a_visits_id_tells_when_it_truly_fell_due(desk):
    """The notebook on lateness reads it there: ``due_on`` of overdue work is the first day of the plan."""
    visits = desk.visits()
    parts = visits.index.str.split(".")
    assert {len(part) for part in parts} == {4}
    dated = visits[parts.str[-2] != "first"]
    fell_due = dated.index.str.split(".").str[-2].map(date.fromisoformat)
    assert (fell_due <= dated["due_on"].dt.date).all()
    assert (fell_due < dated["due_on"].dt.date).any(), "some work is overdue in the sample"


@pytest.mark.slow
def test_the_maps(desk):
    register = desk.draw_register()
    day = desk.draw_day(MONDAY, crew="crew-1", size_mm=(100, 80))
    assert "Schematische Beispieldaten" in " ".join(text.get_text() for text in register.axes[0].texts)
    assert tuple(round(25.4 * side) for side in day.get_size_inches()) == (100, 80)
    assert len(register.axes[0].patches) > len(desk.plots()) + len(desk.quarters()) + 5, "with the landscape"


@pytest.mark.slow
def test_a_day_of_one_crew(desk):
    day = desk.day(MONDAY, crew="crew-2", lang="en")
    assert [crew.crew for crew in day.crews] == ["crew-2"]
    with pytest.raises(NotFound, match="there is no crew"):
        desk.day(MONDAY, crew="crew-9")
    with pytest.raises(NotFound, match="10 working days from"):
        desk.day(date(2027, 5, 1))


@pytest.mark.slow
def test_the_problem_is_the_one_that_a_plan_of_the_same_days_solves(desk):
    problem, plan = desk.problem(), desk.plan()
    planned = {stop.visit.visit_id for route in plan.routes for stop in route.stops}
    assert {visit.visit_id for visit in problem.visits} == planned | {one.visit_id for one in plan.unserved}
    found = faults(problem, Solution(plan.routes, (), 0, 0, 1))
    assert {fault.rule for fault in found} <= {"placed"}, "the plan in force answers it"
    assert len(found) == len(plan.unserved), "only what it leaves out is not placed"
    spoilt = replace(problem, visits=problem.visits[1:])
    assert faults(spoilt, Solution(plan.routes, (), 0, 0, 1)), "the control: a visit nobody asked for"
    shorter = desk.problem(date(2026, 11, 30), 3)
    assert [str(day) for day in shorter.days] == ["2026-11-30", "2026-12-01", "2026-12-02"]


@pytest.mark.slow
def test_a_season_is_proposed_and_drawn(desk):
    season = desk.season(weeks=8, iterations=2_000, seed=3)
    assert season.problem.horizon.weeks == 8
    assert (season.load_s <= season.planable_s).all()
    assert season.served.sum() > 0
    assert len(desk.draw_season(season, lang="en").axes) == 3, "load, zones, colours"
    again = desk.season(MONDAY, weeks=8, iterations=2_000, seed=3)
    assert (again.day == season.day).all(), "the plan in force begins on that Monday; the seed repeats it"


def test_an_empty_workspace_says_what_to_do(empty):
    for ask in (lambda: empty.epsg, empty.plan, empty.streets, empty.problem, empty.season):
        with pytest.raises(NotReady) as caught:
            ask()
        assert caught.value.remedy
    assert len(empty.plots()) == 0
    with pytest.raises(NotFound) as caught:
        empty.day(MONDAY)
    assert caught.value.remedy == "make one with `geo-service plan`"


def test_no_workspace_is_made_by_looking(tmp_path):
    with pytest.raises(NotReady):
        gs.open(tmp_path / "nothing")
    assert not (tmp_path / "nothing").exists()


def test_money_concerns_and_the_watch_are_frames_that_add_up(desk):
    today = date(2026, 11, 26)
    vouchers, spending = desk.vouchers(), desk.spending(today)
    assert (vouchers["efre_cents"] + vouchers["city_cents"] == vouchers["gross_cents"]).all()
    assert spending["gross_cents"].sum() == vouchers["gross_cents"].sum()
    concerns = desk.concerns()
    assert concerns.crs.to_epsg() == desk.epsg and len(concerns) == 14
    assert not {"name", "mail", "phone", "words"} & set(concerns.columns)
    watch = desk.indicators(today)
    assert set(watch["period"]) == {f"{year}-Q{number}" for year in (2025, 2026) for number in (1, 2, 3, 4)}
    trees = watch[watch["indicator"] == "trees"]
    assert trees["value"].isna().all() and (trees["gap"] != "").all()
    assert desk.report("2026-Q3", today).period.name == "2026-Q3"
    assert desk.actuals().empty and desk.draw_actuals().axes
