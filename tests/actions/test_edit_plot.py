"""Drawing, changing, retiring and deleting plots: checked as imports are, told in the history, with versions."""

from __future__ import annotations

from dataclasses import replace

import pytest
import shapely
from shapely import MultiPolygon, Point, Polygon, box

from geo_service.actions.edit_plot import EDITABLE, change_plot, create_plot, delete_plot, retire_plot
from geo_service.actions.record_visit import record_visit
from geo_service.base.errors import Conflict, CrsMissing, InputError, NotFound, RuleBroken
from geo_service.plots.drawn import degrees_of
from geo_service.plots.model import Baunvo, CareArea, CareKind, PlotState, Tenure, TenureKind
from geo_service.plots.version import plot_version
from geo_service.schedule.events import UrgentVisit


@pytest.fixture
def who(now):
    return {"author": "ada", "clock": lambda: now}


def free(lon=12.3300, lat=51.3100, size=0.0004):
    return box(lon, lat, lon + size, lat + size)


def test_a_plot_is_drawn_in_degrees(store, who, now):
    made = create_plot(store, free(), values={"name": "Ecke", "baunvo": "WA", "care_areas": "lawn:300"}, **who)
    kept = store.plot(made.plot.code)
    assert plot_version(kept) == made.version
    assert kept == made.plot
    assert (kept.name, kept.baunvo, kept.state, kept.epsg) == ("Ecke", Baunvo.WA, PlotState.REGISTERED, 25833)
    assert kept.area_m2 == pytest.approx(kept.geometry.area)
    assert kept.area_m2 == pytest.approx(1240, abs=15)
    assert [(step.author, step.at) for step in kept.history] == [("ada", now)]
    assert store.ledger(1)[0].key == kept.plot_id
    quarter = next(one for one in store.quarters() if one.key == kept.quarter)
    assert kept.code.startswith(f"{quarter.short}-")
    assert quarter.geometry.intersects(kept.geometry)


def test_a_plot_in_the_plan_crs_and_with_a_code_of_its_own(store, who):
    at = degrees_of(free(), 4326)
    metres = shapely.transform(at, lambda xy: xy)  # the same place, told in metres
    metres = create_plot(store, metres, **who).plot.geometry
    shifted = shapely.affinity.translate(metres, 100, 0)
    made = create_plot(store, shifted, epsg=25833, code="XYZ-4711", **who)
    assert (made.plot.code, made.plot.geometry.equals(shifted)) == ("XYZ-4711", True)
    with pytest.raises(Conflict) as caught:
        create_plot(store, shapely.affinity.translate(metres, 200, 0), epsg=25833, code="XYZ-4711", **who)
    assert caught.value.code == "code_taken"


def test_codes_go_on_where_they_ended(store, who):
    codes = [create_plot(store, free(12.33 + step), **who).plot.code for step in (0, 0.001, 0.002)]
    numbers = [int(code.rsplit("-", 1)[1]) for code in codes]
    assert numbers == list(range(numbers[0], numbers[0] + 3))


def test_the_first_plot_decides_the_plan_crs(empty, who):
    made = create_plot(empty, box(7.76, 49.44, 7.761, 49.441), **who)
    assert (made.plot.epsg, empty.plan_crs(), made.plot.code) == (25832, 25832, "PL-0001")


@pytest.mark.parametrize(
    ("outline", "code", "reason"),
    [
        (Point(12.33, 51.31), "outline_refused", "point"),
        (Polygon(), "outline_refused", "empty"),
        (box(2.0, 48.0, 2.001, 48.001), "outline_refused", "km"),
        (Polygon([(12.33, 51.31), (12.331, 51.311), (12.331, 51.31), (12.33, 51.311)]), "outline_refused", "crosses"),
    ],
)
def test_an_outline_that_is_none_is_refused_with_the_reason(store, who, outline, code, reason):
    before = store.revision()
    with pytest.raises(InputError) as caught:
        create_plot(store, outline, **who)
    assert (caught.value.code, store.revision()) == (code, before)
    assert reason in caught.value.fields["reason"]
    assert caught.value.remedy
    if reason == "crosses":
        assert (caught.value.fields["lon"], caught.value.fields["lat"]) == pytest.approx((12.3305, 51.3105))


def test_a_coordinate_system_that_is_none_is_refused(store, who):
    with pytest.raises(CrsMissing):
        create_plot(store, free(), epsg=999_999, **who)


def test_an_outline_is_mended_and_that_is_told(store, who):
    corners = [(0, 0), (40, 0), (40, 40), (2, 40), (0, 39), (0, 40), (2, 39), (0, 38)]
    bow = Polygon([(12.33 + x * 1e-5, 51.31 + y * 1e-5) for x, y in corners])
    assert not bow.is_valid
    made = create_plot(store, bow, **who)
    assert made.plot.geometry.is_valid
    assert made.remarks[0].code == "repaired"
    assert "kreuzt sich selbst" in made.remarks[0].text


def test_a_twin_is_refused_and_an_overlap_told(store, who):
    one = create_plot(store, free(), **who)
    with pytest.raises(InputError) as caught:
        create_plot(store, free(), **who)
    assert (caught.value.code, caught.value.fields["plot"]) == ("twin", one.plot.code)
    over = create_plot(store, free(12.3302), **who)
    assert [(told.code, told.plot) for told in over.remarks] == [("overlap", one.plot.code)]
    assert "überlappt" in over.remarks[0].text
    retire_plot(store, one.plot.code, reason="weg", expected=one.version, **who)
    again = create_plot(store, free(), **who)
    assert [told.plot for told in again.remarks] == [over.plot.code], "a returned plot is in nobody's way"


@pytest.mark.parametrize(
    ("values", "columns"),
    [
        ({"baunvo": "WAX"}, ["baunvo"]),
        ({"plot_id": "x"}, ["plot_id"]),
        ({"area_m2": 5}, ["area_m2"]),
        ({"history": "[]"}, ["history"]),
        ({"tenure_until": "soon"}, ["tenure_until"]),
        ({"quarter": "nowhere"}, ["quarter"]),
        ({"public": True}, ["public"]),
    ],
)
def test_a_value_that_cannot_be_read_is_refused(store, who, values, columns):
    before = store.revision()
    with pytest.raises(InputError) as caught:
        change_plot(store, "KLZ-0001", values, expected=None, **who)
    assert (caught.value.code, caught.value.fields["columns"]) == ("invalid_value", columns)
    assert store.revision() == before


def test_some_fields_change_and_the_others_stay(store, who):
    before = store.plot("KLZ-0001")
    done = change_plot(
        store,
        "KLZ-0001",
        {"name": "Neu", "tenure_kind": "lease", "tenure_until": "2027-12-31", "access_lon": None, "access_lat": None},
        expected=plot_version(before),
        reason="Vertrag",
        **who,
    )
    wanted = replace(before, name="Neu", access=None,
                     tenure=Tenure(TenureKind.LEASE, before.tenure.from_on, done.plot.tenure.until_on))  # fmt: skip
    assert store.plot("KLZ-0001") == done.plot == wanted
    assert done.version != plot_version(before)
    assert "Vertrag" in store.ledger(1)[0].reason
    assert "planned" in {one.code for one in done.remarks}, "the plan in force rests on the old agreement"


def test_nothing_new_writes_nothing(store, who):
    before, revision = store.plot("KLZ-0001"), store.revision()
    echo = shapely.transform(degrees_of(before.geometry, before.epsg), lambda xy: xy.round(7))
    done = change_plot(store, "KLZ-0001", {"name": before.name}, outline=echo, expected=plot_version(before), **who)
    assert (done.changed, done.version, store.revision()) == (False, plot_version(before), revision)


def test_a_new_outline_is_measured_and_its_quarter_found(store, who):
    store_plot = create_plot(store, free(), values={"care_areas": "lawn:1"}, **who).plot
    whole = change_plot(store, store_plot.code, {"care_areas": f"lawn:{store_plot.area_m2}"}, expected=None, **who)
    other = next(one for one in store.quarters() if one.key != store_plot.quarter)
    centre = other.geometry.representative_point()
    moved = shapely.affinity.translate(
        store_plot.geometry, centre.x - store_plot.geometry.centroid.x, centre.y - store_plot.geometry.centroid.y
    )
    larger = shapely.affinity.scale(moved, 2, 1)
    done = change_plot(store, store_plot.code, outline=larger, epsg=25833, expected=whole.version, **who)
    assert done.plot.quarter == other.key
    assert done.plot.area_m2 == pytest.approx(2 * store_plot.area_m2)
    assert done.plot.care_areas == (CareArea(CareKind.LAWN, round(done.plot.area_m2, 1)),), "it follows the outline"
    cleared = change_plot(store, store_plot.code, {"care_areas": ""}, expected=done.version, **who)
    assert cleared.plot.care_areas == ()


def test_the_second_editor_is_told_both_versions(store, who):
    seen = plot_version(store.plot("KLZ-0001"))
    first = change_plot(store, "KLZ-0001", {"name": "Erste"}, expected=seen, **who)
    with pytest.raises(Conflict) as caught:
        change_plot(store, "KLZ-0001", {"name": "Zweite"}, outline=free(), expected=seen, **who)
    told = caught.value
    assert told.code == "changed_meanwhile"
    assert (told.fields["expected"], told.fields["version"]) == (seen, first.version)
    assert (told.fields["sent"]["name"], told.fields["stands"]["name"]) == ("Zweite", "Erste")
    assert told.fields["sent_outline"]["type"] == "Polygon"
    assert told.fields["sent_outline"] != told.fields["stands_outline"]
    assert told.fields["columns"] == ["name", "outline"]
    assert store.plot("KLZ-0001").name == "Erste"
    change_plot(store, "KLZ-0001", {"name": "Zweite"}, expected=first.version, **who)
    assert store.plot("KLZ-0001").name == "Zweite"


def test_a_state_changes_as_the_life_of_a_plot_allows(store, who):
    made = create_plot(store, free(), **who)
    with pytest.raises(RuleBroken) as caught:
        change_plot(store, made.plot.code, {"state": "maintained"}, expected=None, reason="schon grün", **who)
    assert caught.value.fields["rule"] == "plot_life"
    with pytest.raises(RuleBroken) as caught:
        change_plot(store, made.plot.code, {"state": "cleared"}, expected=None, **who)
    assert caught.value.fields["rule"] == "plot_history"
    done = change_plot(store, made.plot.code, {"state": "cleared"}, expected=None, reason="geräumt", **who)
    assert [(step.state, step.reason) for step in done.plot.history[1:]] == [(PlotState.CLEARED, "geräumt")]


def test_a_plot_with_records_is_retired_and_not_deleted(three_days, who):
    visit = next(stop.visit for route in three_days.plan().routes for stop in route.stops if stop.visit.parts == 1)
    record_visit(three_days, visit.visit_id, three_days.plan().days[0], **who)
    version = plot_version(three_days.plot(visit.plot_code))
    with pytest.raises(Conflict) as caught:
        delete_plot(three_days, visit.plot_code, expected=version, **who)
    assert caught.value.code == "plot_has_records"
    assert any("erledigte Einsätze" in one for one in caught.value.fields["records"])
    with three_days.change(author="x", reason="x", at=who["clock"]()) as tx:
        tx.put_event(UrgentVisit(visit.plot_code, "Scherben", "Anruf", three_days.plan().days[-1]), author="x",
                     at=who["clock"]())  # fmt: skip
    gone = retire_plot(three_days, visit.plot_code, reason="zurückgegeben", expected=version, **who)
    assert three_days.plot(visit.plot_code).state is PlotState.RETURNED
    assert {one.code for one in gone.remarks} == {"event", "planned"}
    assert three_days.events() == []
    assert len(three_days.visits_done()) == 1
    with pytest.raises(RuleBroken):
        retire_plot(three_days, visit.plot_code, reason="noch einmal", expected=None, **who)


def test_a_plot_drawn_by_mistake_is_deleted(store, who):
    made = create_plot(store, free(), **who)
    plots = len(store.plots())
    assert delete_plot(store, made.plot.code, reason="verzeichnet", expected=made.version, **who) == made.plot
    assert (store.plot(made.plot.code), len(store.plots())) == (None, plots - 1)
    assert store.plots(bbox=free().bounds) == [], "it is gone from the index of places, too"
    assert store.ledger(1)[0].reason == f"deleted {made.plot.code}: verzeichnet"
    with pytest.raises(NotFound):
        delete_plot(store, made.plot.code, expected=None, **who)


def test_nobody_deletes_or_retires_what_another_changed(store, who):
    made = create_plot(store, free(), **who)
    change_plot(store, made.plot.code, {"name": "x"}, expected=None, **who)
    for act in (delete_plot, retire_plot):
        with pytest.raises(Conflict) as caught:
            act(store, made.plot.code, reason="y", expected=made.version, **who)
        assert caught.value.code == "changed_meanwhile"
    assert store.plot(made.plot.code).state is PlotState.REGISTERED


def test_what_may_be_edited_is_what_files_carry():
    assert {"name", "care_areas", "tenure_until", "state", "access_lon"} <= EDITABLE
    assert not EDITABLE & {"plot_id", "code", "history", "area_m2", "public"}


def test_a_plot_of_two_parts_is_taken(store, who):
    made = create_plot(store, MultiPolygon([free(), free(12.3310)]), **who)
    assert made.plot.geometry.geom_type == "MultiPolygon"
