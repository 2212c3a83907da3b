"""Splitting and merging: what was done on the whole holds for the parts, no part waits longer than it would have."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapely import LineString, box

from geo_service.actions.edit_plot import change_plot, create_plot
from geo_service.actions.give_exception import give_exception
from geo_service.actions.lock_visits import lock_visit
from geo_service.actions.merge_plots import merge_plots, work_of_all
from geo_service.actions.split_plot import split_plot
from geo_service.base.errors import Conflict, InputError, NotFound, RuleBroken
from geo_service.plots.checks import outline_keys
from geo_service.plots.drawn import degrees_of
from geo_service.plots.model import CareArea, CareKind, Plot, PlotState
from geo_service.plots.table import object_array
from geo_service.plots.version import plot_version
from geo_service.schedule.events import UrgentVisit
from geo_service.work.catalogue import read_catalogue
from geo_service.work.cutting import ExceptionCode


@pytest.fixture
def who(now):
    return {"author": "ada", "clock": lambda: now}


def across(plot):
    """A line through the middle of a plot from west to east, degrees."""
    west, _, east, _ = plot.geometry.bounds
    middle = plot.geometry.representative_point().y
    return degrees_of(LineString([(west - 5, middle), (east + 5, middle)]), plot.epsg)


def test_a_plot_is_cut_and_merged_again(store, who):
    before, done = store.plot("KLZ-0001"), store.last_done()
    split = split_plot(store, "KLZ-0001", line=across(before), expected=plot_version(before), **who)
    assert len(split.parts) >= 2
    assert split.parts == tuple(store.plot(part.code) for part in split.parts)
    assert split.versions == tuple(plot_version(part) for part in split.parts)
    assert split.parts[0].code == "KLZ-0001"
    assert all(part.code.startswith("KLZ-") for part in split.parts)
    assert sum(part.area_m2 for part in split.parts) == pytest.approx(before.area_m2, abs=0.1)
    works = {work: on for (plot_id, work), on in done.items() if plot_id == before.plot_id}
    assert works
    for part in split.parts:
        assert {w: on for (of, w), on in store.last_done().items() if of == part.plot_id} == works
    assert "planned" in {one.code for one in split.remarks}

    versions = dict(zip((part.code for part in split.parts), split.versions, strict=True))
    whole = merge_plots(store, list(versions), expected=versions, **who)
    assert (whole.plot.plot_id, whole.plot.code, whole.retired) == (before.plot_id, "KLZ-0001", ())
    assert whole.deleted == tuple(part.code for part in split.parts[1:])
    assert outline_keys(object_array([whole.plot.geometry])) == outline_keys(object_array([before.geometry]))
    assert whole.plot.area_m2 == pytest.approx(before.area_m2, abs=0.1)
    assert sorted(whole.plot.care_areas, key=str) == sorted(before.care_areas, key=str)
    assert store.last_done() == done
    assert [step.reason for step in whole.plot.history[-2:]] == [
        f"abgetrennt: {', '.join(whole.deleted)}",
        f"zusammengelegt mit {', '.join(whole.deleted)}",
    ]


def test_a_plot_is_split_into_drawn_outlines(store, who):
    made = create_plot(store, box(12.33, 51.31, 12.3306, 51.3104), **who)
    parts = [box(12.33, 51.31, 12.3302, 51.3104), box(12.3302, 51.31, 12.3306, 51.3104)]
    split = split_plot(store, made.plot.code, outlines=parts, expected=made.version, reason="Weg dazwischen", **who)
    assert [round(part.area_m2 / made.plot.area_m2, 2) for part in split.parts] == [0.33, 0.67]
    assert split.parts[0].code == made.plot.code, "the first that was drawn keeps the code"
    assert store.ledger(1)[0].reason.endswith("Weg dazwischen")
    for wrong in ({}, {"line": across(made.plot), "outlines": parts}):
        with pytest.raises(InputError) as caught:
            split_plot(store, made.plot.code, expected=None, **wrong, **who)
        assert caught.value.code == "line_or_outlines"


def test_an_exception_holds_for_the_parts_and_not_for_what_comes_to_them(store, who):
    give_exception(store, "PLW-0004", "coppice_hedge", ExceptionCode.ORDERED, "Bescheid 7", **who)
    plot = store.plot("PLW-0004")
    assert plot.care_m2(CareKind.HEDGE) > 0
    split = split_plot(store, "PLW-0004", line=across(plot), expected=None, **who)
    assert {kept.plot_id for kept in store.exceptions()} == {part.plot_id for part in split.parts}
    whole = merge_plots(store, [part.code for part in split.parts], expected=None, **who)
    assert [kept.plot_id for kept in store.exceptions()] == [plot.plot_id]

    near = whole.plot.geometry.bounds
    beside = box(near[2] + 1, near[1], near[2] + 11, near[1] + 10)
    other = create_plot(store, beside, epsg=25833, values={"care_areas": "hedge:100", "state": "maintained"}, **who)
    change_plot(store, other.plot.code, {"tenure_kind": whole.plot.tenure.kind.value}, expected=None, **who)
    change_plot(store, "PLW-0004", {"name": "x"}, expected=None, **who)
    if whole.plot.state is not PlotState.MAINTAINED:
        pytest.fail("the sample's hedge is not maintained any more")
    merged = merge_plots(store, ["PLW-0004", other.plot.code], expected=None, **who)
    assert store.exceptions() == []
    assert "exception" in {one.code for one in merged.remarks}


def test_two_plots_of_the_plan_become_one(three_days, who):
    plan = three_days.plan()
    planned = {stop.visit.plot_code for route in plan.routes for stop in route.stops}
    near = [
        (one, two)
        for one in three_days.plots()
        for two in three_days.plots()
        if one.code < two.code and one.code in planned and two.code in planned
    ]
    first, second = min(near, key=lambda pair: pair[0].geometry.distance(pair[1].geometry))
    gap = first.geometry.distance(second.geometry)
    joined = first.geometry.union(second.geometry).convex_hull if gap > 25 else first.geometry
    done = change_plot(three_days, first.code, {"tenure_kind": second.tenure.kind.value}, outline=joined, epsg=25833,
                       expected=None, **who)  # fmt: skip
    assert done.changed
    while three_days.plot(first.code).state is not second.state:
        ahead = {"registered": "cleared", "cleared": "greened", "greened": "maintained"}
        here = three_days.plot(first.code).state.value
        one, to = (first, ahead[here]) if here in ahead else (second, ahead[second.state.value])
        change_plot(three_days, one.code, {"state": to}, expected=None, reason="angeglichen", **who)
        second = three_days.plot(second.code)
    visit = next(stop.visit for route in plan.routes for stop in route.stops if stop.visit.plot_code == second.code)
    lock_visit(three_days, visit.visit_id, reason="", **who)
    at = who["clock"]()
    with three_days.change(author="bob", reason="x", at=at) as tx:
        tx.put_event(UrgentVisit(second.code, "Scherben", "Anruf", plan.days[-1]), author="bob", at=at)

    merged = merge_plots(three_days, [first.code, second.code], expected=None, **who)
    assert merged.retired == (second.code,)
    retired = three_days.plot(second.code)
    assert (retired.state, retired.history[-1].reason) == (PlotState.RETURNED, f"zusammengelegt mit {first.code}")
    assert [kept.event.plot for kept in three_days.events()] == [first.code]
    assert [kept.author for kept in three_days.events()] == ["bob"]
    assert three_days.locks() == []
    assert {"planned", "event", "lock"} <= {one.code for one in merged.remarks}
    assert three_days.plan() == plan, "the plan in force stays until it is planned anew"
    with pytest.raises(RuleBroken):
        merge_plots(three_days, [first.code, second.code], expected=None, **who)
    with pytest.raises(RuleBroken):
        split_plot(three_days, second.code, line=across(second), expected=None, **who)


def test_no_part_waits_longer_than_it_would_have(store, who):
    codes = []
    for step, mown in enumerate((date(2026, 11, 1), date(2026, 10, 1))):
        west = 12.33 + 0.0002 * step
        outline = box(west, 51.31, west + 0.0002, 51.3102)
        plot = create_plot(store, outline, values={"care_areas": "lawn:100", "state": "maintained"}, **who).plot
        codes.append(plot.code)
        with store.change(author="x", reason="x", at=who["clock"]()) as tx:
            tx.record_done(plot.plot_id, "mow_lawn", mown)
            if step == 0:
                tx.record_done(plot.plot_id, "litter_pick", mown)
                tx.record_done(plot.plot_id, "inspect", mown)
    merged = merge_plots(store, codes, expected=None, **who)
    done = {work: on for (of, work), on in store.last_done().items() if of == merged.plot.plot_id}
    assert done == {"mow_lawn": date(2026, 10, 1), "litter_pick": date(2026, 11, 1)}, "nobody inspected the second"


def test_the_second_editor_of_a_split_or_merge_is_told(store, who):
    plot = store.plot("KLZ-0001")
    seen = plot_version(plot)
    change_plot(store, "KLZ-0001", {"name": "anders"}, expected=seen, **who)
    revision = store.revision()
    for act in (
        lambda: split_plot(store, "KLZ-0001", line=across(plot), expected=seen, **who),
        lambda: merge_plots(store, ["KLZ-0003", "KLZ-0001"], expected={"KLZ-0001": seen}, **who),
    ):
        with pytest.raises(Conflict) as caught:
            act()
        assert (caught.value.code, caught.value.fields["stands"]["name"]) == ("changed_meanwhile", "anders")
    with pytest.raises(NotFound):
        merge_plots(store, ["KLZ-0001", "KLZ-9999"], expected=None, **who)
    assert store.revision() == revision


@pytest.fixture(scope="module")
def catalogue(sample):
    return read_catalogue(sample / "catalogue.json")


@given(data=st.data())
def test_work_counts_as_done_when_it_was_on_all_that_asks_for_it(catalogue, data):
    days = st.none() | st.dates(date(2026, 1, 1), date(2026, 11, 1))
    plots, last_done = [], {}
    for number in range(data.draw(st.integers(2, 4))):
        care = data.draw(st.sets(st.sampled_from([CareKind.LAWN, CareKind.HEDGE, CareKind.TREES])))
        areas = tuple(CareArea(kind, 10.0) for kind in sorted(care))
        plots.append(Plot(f"p{number}", f"KLZ-{number:04d}", box(0, 0, 9, 9), 25833, 81.0, care_areas=areas))
        for work in ("mow_lawn", "trim_hedge", "inspect"):
            if (day := data.draw(days)) is not None:
                last_done[f"p{number}", work] = day
    for work, on in work_of_all(plots, last_done, catalogue).items():
        asking = [plot for plot in plots if catalogue.kinds[work].area_m2(plot) > 0]
        theirs = [last_done.get((plot.plot_id, work)) for plot in asking]
        if on is None:
            assert None in theirs
        elif asking:
            assert all(day is not None and on <= day for day in theirs)
            assert on in theirs
