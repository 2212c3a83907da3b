"""What every store must do, whatever keeps the data."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest
from shapely import box

from geo_service.base.crs import transform_xy
from geo_service.base.errors import Conflict
from geo_service.base.progress import Progress
from geo_service.routes.model import Break, CrewDay, Route, Stop
from geo_service.store.model import (
    OpeningHours,
    Place,
    PlaceKind,
    Plan,
    RouteLine,
    Run,
    RunStatus,
    Token,
    UnservedVisit,
)
from geo_service.streets.osm import read_osm
from geo_service.work.catalogue import read_catalogue
from geo_service.work.crews import read_crews
from geo_service.work.model import NotDue, Visit


def test_plots_come_back_as_they_went_in(store, change, plots):
    with change() as tx:
        tx.set_plan_crs(25833)
        tx.put_plots(plots)
    assert store.plots() == plots
    assert store.plot("KLZ-0001") == plots[0]
    assert store.plot("KLZ-9999") is None


def test_a_plot_is_replaced_by_its_id_and_its_box_moves(store, change, plots):
    moved = replace(plots[1], geometry=box(320000, 5695000, 320010, 5695010))
    with change() as tx:
        tx.put_plots(plots)
    with change() as tx:
        tx.put_plots([moved])
    assert store.plots() == [plots[0], moved]
    lon, lat = transform_xy(np.array([[320005.0, 5695005.0]]), 25833, 4326)[0]
    assert [plot.code for plot in store.plots(bbox=(lon - 0.001, lat - 0.001, lon + 0.001, lat + 0.001))] == ["PL-0001"]


def test_bbox_finds_what_it_touches_and_nothing_else(store, change, plots):
    with change() as tx:
        tx.put_plots(plots)
    lon, lat = transform_xy(np.array([[313050.0, 5688025.0]]), 25833, 4326)[0]
    inside = (lon - 1e-4, lat - 1e-4, lon + 1e-4, lat + 1e-4)
    assert [plot.code for plot in store.plots(bbox=inside)] == ["KLZ-0001"]
    assert store.plots(bbox=(0, 0, 1, 1)) == []


def test_an_owner_who_objected_is_gone_from_the_public(store, change, plots):
    with change() as tx:
        tx.put_plots(plots)
    assert [plot.code for plot in store.plots(public_only=True)] == ["PL-0001"]


def test_two_plots_with_one_code_are_refused_whole(store, change, plots):
    twin = replace(plots[1], plot_id="33", code="KLZ-0001")
    with pytest.raises(Conflict), change() as tx:
        tx.put_plots([*plots, twin])
    assert store.plots() == []


def test_a_transaction_that_raises_leaves_no_trace(store, change, plots):
    before = store.revision()

    def fail_half_way() -> None:
        with change() as tx:
            tx.put_plots(plots)
            raise RuntimeError("power cut")

    with pytest.raises(RuntimeError):
        fail_half_way()
    assert (store.plots(), store.revision(), store.ledger()) == ([], before, [])


def test_every_change_has_author_time_and_reason(store, change, plots, now):
    with change("imported plots") as tx:
        tx.put_plots(plots)
    newest = store.ledger()
    assert {(one.author, one.reason, one.at, one.what) for one in newest} == {("tester", "imported plots", now, "plot")}
    assert {one.key for one in newest} == {"11", "22"}


def test_the_revision_rises_with_each_change(store, change, plots):
    seen = [store.revision()]
    for plot in plots:
        with change() as tx:
            tx.put_plots([plot])
        seen.append(store.revision())
    assert seen == sorted(set(seen))


def test_quarters_are_replaced_together(store, change, quarter):
    with change() as tx:
        tx.put_quarters([quarter, replace(quarter, key="51", short="PLW", name="Plagwitz")])
    with change() as tx:
        tx.put_quarters([quarter])
    assert store.quarters() == [quarter]


def test_the_plan_crs_is_decided_once(store, change, plots):
    assert store.plan_crs() is None
    with change() as tx:
        tx.set_plan_crs(25833)
        tx.put_plots(plots)
    with pytest.raises(Conflict), change() as tx:
        tx.set_plan_crs(25832)
    assert store.plan_crs() == 25833


def test_clearing_keeps_crews_and_catalogue(store, change, plots, quarter, sample):
    crews, catalogue = read_crews(sample / "crews.json"), read_catalogue(sample / "catalogue.json")
    with change() as tx:
        tx.set_plan_crs(25833)
        tx.put_plots(plots)
        tx.put_quarters([quarter])
        tx.put_crews(crews)
        tx.put_catalogue(catalogue)
        tx.record_done("11", "mow_lawn", date(2026, 5, 1))
        tx.put_plan(_plan())
    with change() as tx:
        tx.clear()
    assert (store.plots(), store.quarters(), store.plan(), store.last_done(), store.plan_crs()) == (
        [],
        [],
        None,
        {},
        None,
    )
    assert store.crews() == list(crews)
    assert store.catalogue() == catalogue


def test_the_streets_come_back_with_their_licence(store, change, sample):
    network = read_osm(sample / "streets.osm").network
    assert (store.streets(), store.street_licence()) == (None, "")
    with change() as tx:
        tx.put_streets(network)
    assert store.streets().to_bytes() == network.to_bytes()
    assert store.street_licence() == network.licence != ""


def test_the_landscape_comes_back(store, change):
    assert store.landscape() is None
    with change() as tx:
        tx.put_landscape(b"{}")
    assert store.landscape() == b"{}"


def test_places_come_back(store, change):
    place = Place("depot", PlaceKind.DEPOT, "Betriebshof", "Gießerstraße 1", 12.33, 51.32)
    hours = (OpeningHours((0, 1), 25_200, 61_200), OpeningHours((5,), 28_800, 46_800))
    tip = Place("tip", PlaceKind.TIP, "Hof", "", 12.3, 51.3, frozenset({"200201"}), frozenset({"soil"}), hours, 15)
    with change() as tx:
        tx.put_places([place, tip])
    assert store.places() == [place, tip]


def test_the_last_visit_counts(store, change, plots):
    with change() as tx:
        tx.put_plots(plots)
        tx.record_done("11", "mow_lawn", date(2026, 6, 1))
        tx.record_done("11", "mow_lawn", date(2026, 5, 1))
        tx.record_done("11", "mow_lawn", date(2026, 5, 1))
    assert store.last_done() == {("11", "mow_lawn"): date(2026, 6, 1)}


def test_a_plan_comes_back_and_the_newest_is_in_force(store, change):
    first, second = _plan("a"), _plan("b")
    for plan in (first, second):
        with change() as tx:
            tx.put_plan(plan)
    assert store.plan() == second
    assert store.plan("a") == first
    assert store.plan("c") is None
    assert [plan.plan_id for plan in store.plans()] == ["b", "a"]
    assert store.plans()[0].routes == ()


def test_a_run_tells_progress_and_hears_cancel(store, now):
    run = Run("r", RunStatus.QUEUED, now, "ada", {"from": "2026-11-24", "days": 10, "seconds": 5.0, "seed": 1})
    before = store.revision()
    store.put_run(run)
    assert store.run("r") == run
    store.move_run("r", RunStatus.RUNNING, Progress("searching", 3, 10, "unserved 2"))
    store.cancel_run("r")
    moved = store.run("r")
    assert (moved.status, moved.stage, moved.done, moved.total, moved.note, moved.cancel_asked) == (
        RunStatus.RUNNING,
        "searching",
        3,
        10,
        "unserved 2",
        True,
    )
    store.move_run("r", RunStatus.FAILED, error={"code": "not_ready", "message": "no streets", "remedy": "import"})
    assert store.runs()[0].error["code"] == "not_ready"
    assert (store.run("other"), store.revision()) == (None, before)


def test_a_one_time_token_works_once(store, now):
    token = Token("t", "ff" * 32, "planner", "sign-in link", now, now + timedelta(hours=1), once=True)
    store.put_token(token)
    assert store.token("ff" * 32) == token
    assert store.tokens() == [token]
    assert store.token("00" * 32) is None
    assert store.use_token_once("t", now)
    assert not store.use_token_once("t", now)
    assert store.token("ff" * 32).used_at == now


def _plan(plan_id: str = "a") -> Plan:
    day = date(2026, 11, 24)
    visit = Visit(
        visit_id="KLZ-0001.mow_lawn.2026-11-24.1",
        plot_id="11",
        plot_code="KLZ-0001",
        work="mow_lawn",
        earliest_on=day,
        due_on=day,
        latest_on=day,
        service_s=1800,
        people=2,
        skills=frozenset({"machines"}),
        machines=frozenset({"mower"}),
        volume_m3=0.5,
        priority=2,
        why="nie gemäht",
        day_windows={day: ((25200, 46800), (54000, 72000))},
        forbidden={date(2026, 11, 18): "Buß- und Bettag"},
        place=1,
    )
    crew_day = CrewDay("crew-1", day, (24300, 55800), 0, 3, frozenset({"machines"}), frozenset({"mower"}), 4.0)
    route = Route(
        crew_day,
        (Stop(1, visit, 25200, 25200, 27000, 600, 4000),),
        (Break(27000, 28800, 1),),
        24600,
        29400,
        1200,
        8000,
        1800,
        0,
    )
    return Plan(
        plan_id=plan_id,
        made_at=datetime(2026, 11, 23, 6, tzinfo=UTC),
        author="ada",
        from_on=day,
        days=(day,),
        seed=1,
        routes=(route,),
        lines=(RouteLine("crew-1", day, (((12.3, 51.3), (12.31, 51.31)), ()), (("Lützner Straße",), ())),),
        unserved=(UnservedVisit("v2", "22", "PL-0001", "clear", day, "no_time", "kein Platz"),),
        figures={"visits": 2, "served": 1},
        notes=("a note",),
        warnings=("an agreement ends",),
        kept_out=(NotDue("PL-0001", "green", "state", "not cleared"),),
    )
