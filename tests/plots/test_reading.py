from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from shapely import Point, box

from geo_service.base.errors import CrsMismatch
from geo_service.plots.columns import plot_properties, plots_frame
from geo_service.plots.life import change_state
from geo_service.plots.location import KnownArea
from geo_service.plots.model import (
    Baunvo,
    CareArea,
    CareKind,
    Contamination,
    OwnerKind,
    Parcel,
    Plot,
    PlotState,
    Quarter,
    StateChange,
    Tenure,
    TenureKind,
)
from geo_service.plots.reading import PlotImport

Write = Callable[..., Path]
Read = Callable[..., PlotImport]

QUARTERS = (
    Quarter("52", "Kleinzschocher", "KLZ", "Kleinzschocher", box(312000, 5687000, 314000, 5690000), 25833),
    Quarter("51", "Plagwitz", "PLW", "Plagwitz", box(314000, 5687000, 317000, 5692000), 25833),
)


def square(lon: float = 12.32, lat: float = 51.32, size: float = 0.0005) -> dict[str, Any]:
    ring = [[lon, lat], [lon + size, lat], [lon + size, lat + size], [lon, lat + size], [lon, lat]]
    return {"type": "Polygon", "coordinates": [ring]}


def feature(geometry: Any, **properties: Any) -> dict[str, Any]:
    return {"type": "Feature", "properties": properties, "geometry": geometry}


def row(number: int, **properties: Any) -> dict[str, Any]:
    return feature(square(12.32 + number * 0.001), id=str(number), **properties)


def reasons(done: PlotImport) -> dict[int, str]:
    return {one.row: one.reason for one in done.report.refused}


def test_new_plots_are_registered_with_code_quarter_and_history(geojson: Write, read: Read, now: datetime) -> None:
    done = read(geojson([row(1, name="Brache"), row(6)]), quarters=QUARTERS, author="Ada")
    first, second = done.plots
    assert (first.code, first.quarter, first.name) == ("KLZ-0001", "52", "Brache")
    assert (second.code, second.quarter) == ("KLZ-0002", "52")
    assert first.care_areas == (CareArea(CareKind.WILD, round(first.area_m2, 1)),)
    assert first.history == (StateChange(PlotState.REGISTERED, now, "Ada", "imported from plots.geojson"),)
    assert (first.source, first.source_id) == ("plots.geojson", "1")


def test_reading_again_changes_nothing_even_after_work_was_done(geojson: Write, read: Read, now: datetime) -> None:
    path = geojson([row(1), row(2, kind="leisure=park")])
    plots = read(path, quarters=QUARTERS).plots
    cleared = change_state(plots[0], PlotState.CLEARED, author="crew", at=now, reason="done")
    noted = replace(cleared, access_note="gate on the left", access=Point(313400, 5688900))
    again = read(path, quarters=QUARTERS, existing=[noted, plots[1]])
    assert (again.plots, again.report.unchanged) == ((), 2)


def test_what_the_file_tells_anew_is_changed_and_the_rest_stays(geojson: Write, read: Read, now: datetime) -> None:
    known = read(geojson([row(1), row(2)])).plots
    noted = [replace(plot, access_note="gate on the left") for plot in known]
    later = now + timedelta(days=1)
    done = read(geojson([row(1, state="cleared"), row(2)]), existing=noted, at=later, author="Bea")
    assert done.report.unchanged == 1
    changed = done.plots[0]
    assert (changed.plot_id, changed.code, changed.access_note) == (known[0].plot_id, "PL-0001", "gate on the left")
    assert changed.state is PlotState.CLEARED
    assert changed.history == (
        *known[0].history,
        StateChange(PlotState.CLEARED, later, "Bea", "imported from plots.geojson"),
    )


def test_a_new_outline_of_a_known_id_takes_its_care_area_along(geojson: Write, read: Read) -> None:
    known = read(geojson([row(1, landuse="meadow")])).plots
    moved = read(geojson([feature(square(12.33, size=0.001), id="1")]), existing=known).plots[0]
    assert moved.plot_id == known[0].plot_id
    assert moved.care_areas == (CareArea(CareKind.MEADOW, round(moved.area_m2, 1)),)
    assert moved.area_m2 > 3 * known[0].area_m2


def test_the_same_outline_from_another_source_is_the_same_plot(geojson: Write, read: Read) -> None:
    known = read(geojson([row(1)])).plots
    other = geojson([feature(square(12.321), parcel="other", address="Markt 1")], "other.geojson")
    done = read(other, existing=known)
    assert [(plot.plot_id, plot.address) for plot in done.plots] == [(known[0].plot_id, "Markt 1")]


def test_rows_find_their_plots_by_id_before_by_outline(geojson: Write, read: Read) -> None:
    known = read(geojson([row(1), row(2)])).plots
    swapped = [feature(square(12.322), id="1"), feature(square(12.321), id="2")]
    done = read(geojson(swapped), existing=known)
    assert [plot.plot_id for plot in done.plots] == [known[0].plot_id, known[1].plot_id]
    new_and_old = [feature(square(12.321), id="3"), feature(square(12.34), id="1")]
    done = read(geojson(new_and_old), existing=known[:1])
    assert done.plots[1].plot_id == known[0].plot_id != done.plots[0].plot_id


FULL = Plot(
    plot_id="8f26b42e-6032-5c47-93b8-e6a3e191f5af",
    code="KLZ-0012",
    geometry=box(313384, 5688683, 313420, 5688733),
    epsg=25833,
    area_m2=1800.0,
    name="Grünfläche „Alte Gärtnerei“",
    address="Rolf-Axen-Straße 10",
    quarter="52",
    parcels=(Parcel("140413___00114______", "114a Kleinzschocher"), Parcel("", "17; Teil")),
    access=Point(313384, 5688700),
    access_note="Schlüssel am Tor",
    hazard_note="Brunnenschacht",
    owner_kind=OwnerKind.PRIVATE,
    tenure=Tenure(TenureKind.PERMISSION, date(2024, 1, 1), date(2028, 12, 31)),
    baunvo=Baunvo.SO_RECREATION,
    contamination=Contamination.NO,
    care_areas=(CareArea(CareKind.LAWN, 1200.5), CareArea(CareKind.HEDGE, 60.0)),
    state=PlotState.MAINTAINED,
    public=False,
    source="register.gpkg",
    source_id="17",
    history=(StateChange(PlotState.MAINTAINED, datetime.fromisoformat("2026-05-04T06:00:00+00:00"), "Ada", "sown"),),
)


BARE = Plot(
    plot_id="009a6552-ee62-56ac-b150-dcc7141dec82",
    code="KLZ-0013",
    geometry=box(313500, 5688683, 313520, 5688733),
    epsg=25833,
    area_m2=1000.0,
    quarter="52",
    care_areas=(CareArea(CareKind.WILD, 1000.0),),
)


@pytest.mark.parametrize("name", ["export.gpkg", "export.geojson", "export.csv", "export.fgb"])
def test_an_export_reads_back_as_the_same_plots(tmp_path: Path, read: Read, name: str) -> None:
    path = tmp_path / name
    frame = plots_frame([FULL, BARE])
    if name.endswith(".csv"):
        frame.assign(wkt=["SRID=25833;" + one.wkt for one in frame.geometry]).drop(columns="geometry").to_csv(path)
    else:
        frame.to_file(path)
    full, bare = sorted(read(path, quarters=QUARTERS).plots, key=lambda plot: plot.code)
    assert full.access is not None
    assert full.access.distance(FULL.access) < 0.01
    assert replace(full, access=FULL.access) == FULL
    assert replace(bare, source="", history=()) == BARE
    again = read(path, quarters=QUARTERS, existing=[FULL, BARE])
    assert again.report.unchanged == 2


def test_geojson_in_degrees_reads_back_within_a_millimetre(tmp_path: Path, read: Read) -> None:
    import geopandas as gpd

    geometry = json.loads(gpd.GeoSeries([FULL.geometry], crs=25833).to_crs(4326).to_json())["features"][0]["geometry"]
    path = tmp_path / "export.geojson"
    path.write_text(json.dumps(feature(geometry, **plot_properties(FULL))))
    plot = read(path, quarters=QUARTERS).plots[0]
    assert plot.geometry.hausdorff_distance(FULL.geometry) < 0.001
    assert plot.access is not None
    assert plot.access.distance(FULL.access) < 0.01
    assert replace(plot, geometry=FULL.geometry, area_m2=FULL.area_m2, access=FULL.access) == FULL


def test_codes_of_the_file_are_kept_and_never_doubled(geojson: Write, read: Read) -> None:
    rows = [row(1), row(2, code="KLZ-0001"), row(3, code="KLZ-0001"), row(4, code="old name"), row(5, code="KLZ-0007")]
    done = read(geojson(rows), quarters=QUARTERS)
    assert [plot.code for plot in done.plots] == ["KLZ-0008", "KLZ-0001", "KLZ-0009", "KLZ-0010", "KLZ-0007"]
    assert sorted(one.row for one in done.report.warnings if "was given" in one.reason) == [3, 4]


def test_quarters_by_name_and_place(geojson: Write, read: Read) -> None:
    rows = [row(1, ortsteil="Plagwitz"), row(2, ortsteil="klz"), feature(square(12.5, 51.4), id="far")]
    done = read(geojson(rows), quarters=QUARTERS)
    assert [plot.quarter for plot in done.plots] == ["51", "52", ""]
    assert done.plots[2].code == "PL-0001"
    assert [(one.row, one.reason) for one in done.report.warnings] == [
        (1, "the file says Plagwitz, most of it lies in Kleinzschocher"),
        (3, "outside all quarters"),
    ]
    assert not any("quarter" in one.reason for one in read(geojson(rows)).report.warnings)


def test_doubles_overlaps_and_slivers_are_told(geojson: Write, read: Read) -> None:
    rows = [
        row(1),
        feature(square(12.321), id="9"),
        feature(square(12.35), id="1"),
        feature(square(12.3212), id="half"),
        feature(square(12.36, size=0.00002), id="tiny"),
    ]
    known = read(geojson([feature(square(12.36004, size=0.001), id="k")], "known.geojson")).plots
    done = read(geojson(rows), existing=known)
    assert reasons(done) == {2: "same outline as row 1", 3: "id 1 is also row 1"}
    warnings = {(one.row, one.reason.split(" by ")[0].split(":")[0]) for one in done.report.warnings}
    assert warnings == {(4, "overlaps row 1"), (5, "tiny")}
    beside = read(geojson([feature(square(12.3604), id="new")]), existing=known)
    assert [one.reason.split(" by ")[0] for one in beside.report.warnings] == ["overlaps plot PL-0001"]


def test_small_plots_can_be_refused(geojson: Write, read: Read) -> None:
    done = read(geojson([row(1), feature(square(12.36, size=0.00002), id="tiny")]), min_area_m2=10)
    assert "below the minimum of 10 m²" in reasons(done)[2]


def test_far_off_and_swapped_rows_are_recognised_with_a_known_place(geojson: Write, read: Read) -> None:
    turned = {"type": "Polygon", "coordinates": [[[y, x] for x, y in square(12.33)["coordinates"][0]]]}
    near = KnownArea((12.2, 51.2, 12.6, 51.5), "the street network")
    done = read(geojson([row(1), feature(turned, id="t"), feature(square(7.0, 52.5), id="f")]), near=near)
    assert [(one.row, one.id, one.reason, one.area_change_m2) for one in done.report.repaired] == [
        (2, "t", "axes swapped", 0.0)
    ]
    assert reasons(done) == {3: "it lies 373 km west of the street network"}


def test_owner_names_reach_no_field(geojson: Write, read: Read) -> None:
    plot = read(geojson([row(1, owner="Erika Mustermann", proprio_nom="Mustermann", OwnMail="Musterweg")])).plots[0]
    assert "Muster" not in repr(plot)


def test_odd_contents_are_warned_of(geojson: Write, read: Read) -> None:
    rows = [
        row(1, tenure_from="2027-01-01", tenure_until="2026-01-01"),
        row(2, care_areas="lawn:99999"),
        row(3, access_lon=12.4, access_lat=51.3),
        row(4, baunvo="WA"),
        row(5, baunvo="XY"),
    ]
    warnings = {one.row: one.reason for one in read(geojson(rows)).report.warnings}
    assert sorted(warnings) == [1, 2, 3, 5]
    assert "before it begins" in warnings[1]
    assert "care areas add up" in warnings[2]
    assert "away from it" in warnings[3]
    assert warnings[5].startswith("baunvo 'XY'")


def test_everything_in_one_workspace_is_in_one_reference_system(geojson: Write, read: Read) -> None:
    with pytest.raises(CrsMismatch, match="25832, 25833"):
        read(geojson([row(1)]), epsg=25832, quarters=QUARTERS)


def test_the_plan_crs_of_known_things_is_taken_when_it_is_not_given(geojson: Write, read: Read) -> None:
    assert read(geojson([row(1)]), epsg=None).epsg == 25833
    erfurt = geojson([feature(square(11.02, 50.97), id="e")])
    assert read(erfurt, epsg=None).epsg == 25832
    assert read(erfurt, epsg=None, quarters=QUARTERS).epsg == 25833


def test_an_empty_collection_is_an_empty_report(geojson: Write, read: Read) -> None:
    done = read(geojson([]))
    assert (done.report.read, done.report.notes) == (0, ("the file holds no rows",))
