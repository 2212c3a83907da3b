"""Real files, as published: counts, areas, ids and reasons are checked against what is known of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import geopandas as gpd
import pyproj
import pytest

from geo_service.base.errors import GeoServiceError
from geo_service.plots.account import report_of_failure
from geo_service.plots.model import CareKind, PlotState
from geo_service.plots.parcels import is_key
from geo_service.plots.quarters import QuarterImport, QuarterOptions, read_quarters
from geo_service.plots.reading import PlotImport, ReadOptions, read_plots

pytestmark = pytest.mark.shared

Read = Callable[..., PlotImport]
AT = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)


def geodesic_m2(done: PlotImport) -> list[float]:
    """Measure the plots on the ellipsoid, without the projection they were measured in."""
    degrees = gpd.GeoSeries([plot.geometry for plot in done.plots], crs=done.epsg).to_crs(4326)
    geod = pyproj.Geod(ellps="GRS80")
    return [abs(geod.geometry_area_perimeter(one)[0]) for one in degrees]


@pytest.fixture(scope="module")
def ortsteile(shared_data: Path) -> QuarterImport:
    return read_quarters(shared_data / "leipzig" / "ortsteile.geojson", QuarterOptions(epsg=25833))


@pytest.mark.slow
def test_philadelphia_in_us_feet(shared_data: Path, read: Read) -> None:
    path = shared_data / "plots" / "philadelphia_vacant_land_west.gpkg.zip"
    done = read(path, epsg=None)
    report = done.report
    assert (report.read, report.accepted, len(report.refused), done.epsg) == (14_611, 14_611, 0, 32618)
    assert [(one.row, one.id) for one in report.repaired] == [(13_633, "786589220")]
    assert abs(report.repaired[0].area_change_m2) < 0.01
    assert Counter(len(plot.source_id) for plot in done.plots) == {9: 14_607, 0: 4}
    assert "4 rows have no id: their outline stands for it" in report.notes
    assert [plot.area_m2 for plot in done.plots] == pytest.approx(geodesic_m2(done), rel=0.001)
    feet = gpd.read_file(path).geometry
    assert sum(plot.area_m2 for plot in done.plots) == pytest.approx(feet.area.sum() * (1200 / 3937) ** 2, rel=0.001)
    assert done.plots[0].address == "633 N 53RD ST"
    again = read(path, epsg=None, existing=done.plots)
    assert (again.report.unchanged, again.plots) == (14_611, ())


@pytest.mark.slow
def test_chicago_with_its_key_kept_as_floating_point(shared_data: Path, read: Read) -> None:
    done = read(shared_data / "plots" / "chicago_roseland_pullman_lots.shp.zip", epsg=None)
    assert (done.report.read, done.epsg) == (18_618, 32616)
    assert [one.reason for one in done.report.refused] == ["id 25219990010000 is also row 15829"]
    assert {len(plot.source_id) for plot in done.plots} == {14}
    assert all(plot.source_id.isdigit() for plot in done.plots)
    assert done.plots[0].source_id == "25151130380000"
    assert [plot.area_m2 for plot in done.plots] == pytest.approx(geodesic_m2(done), rel=0.001)


def test_kaiserslauterns_green_spaces_ask_for_their_care(shared_data: Path, read: Read) -> None:
    done = read(shared_data / "plots" / "kaiserslautern_green.geojson", epsg=None)
    assert (done.report.read, done.report.accepted, done.epsg) == (107, 107, 25832)
    care = Counter(area.kind for plot in done.plots for area in plot.care_areas)
    assert care == {CareKind.LAWN: 91, CareKind.WILD: 8, CareKind.MEADOW: 6, CareKind.SHRUBS: 2}
    assert Counter(plot.state for plot in done.plots) == {PlotState.MAINTAINED: 99, PlotState.REGISTERED: 8}
    told = gpd.read_file(shared_data / "plots" / "kaiserslautern_green.geojson")
    assert [plot.area_m2 for plot in done.plots] == pytest.approx(told["area_m2"].tolist(), rel=0.01, abs=2)
    assert [plot.source_id for plot in done.plots] == told["osm_id"].astype(str).tolist()


def test_leipzigs_63_ortsteile(ortsteile: QuarterImport) -> None:
    report = ortsteile.report
    assert (report.read, report.accepted, report.warnings) == (63, 63, ())
    by_key = {quarter.key: (quarter.name, quarter.short, quarter.group) for quarter in ortsteile.quarters}
    assert {key: by_key[key] for key in ("51", "52", "70", "71", "72", "73")} == {
        "51": ("Plagwitz", "PLW", "Plagwitz"),
        "52": ("Kleinzschocher", "KLZ", "Kleinzschocher"),
        "70": ("Lindenau", "LND", "Lindenau"),
        "71": ("Altlindenau", "ALN", "Lindenau"),
        "72": ("Neulindenau", "NLN", "Lindenau"),
        "73": ("Leutzsch", "LTZ", "Leutzsch"),
    }
    assert "00" in by_key
    assert len({quarter.short for quarter in ortsteile.quarters}) == 63
    west = sum(
        quarter.geometry.area for quarter in ortsteile.quarters if quarter.key in ("51", "52", "70", "71", "72", "73")
    )
    assert west == pytest.approx(15.2e6, rel=0.01)


def test_vacated_plots_of_leipzig_tiny_ones_told(shared_data: Path, read: Read, ortsteile: QuarterImport) -> None:
    done = read(shared_data / "leipzig" / "vacated_2014_2025.geojson", quarters=ortsteile.quarters)
    assert (done.report.read, done.report.accepted) == (232, 232)
    told = gpd.read_file(shared_data / "leipzig" / "vacated_2014_2025.geojson")
    tiny = {row + 1 for row, area in enumerate(told["area_m2"]) if area < 9.95}
    assert {one.row for one in done.report.warnings if one.reason.startswith("tiny")} >= tiny
    assert [plot.area_m2 for plot in done.plots] == pytest.approx(told["area_m2"].tolist(), rel=0.01, abs=0.1)
    names = {quarter.key: quarter.name for quarter in ortsteile.quarters}
    assert [names[plot.quarter] for plot in done.plots] == told["ortsteil"].tolist()
    assert all(plot.code[:3] in ("KLZ", "PLW", "LND", "ALN", "NLN", "LTZ") for plot in done.plots)


@pytest.mark.parametrize(
    ("name", "rows", "first", "display", "square_metres"),
    [
        ("alkis_vereinfacht_wfs_thueringen_erfurt.xml", 10, "160115002004250001__", "425/1 Melchendorf, Flur 2", 2462),
        ("alkis_vereinfacht_wfs_nrw_1_flurstueck.xml", 1, "05453300101559______", "1559 Lüghausen, Flur 1", 2),
        ("nas_auszug_1_flurstueck.xml", 1, "095653___05443______", "5443", 9480),
    ],
)
def test_alkis_parcels(
    shared_data: Path, read: Read, name: str, rows: int, first: str, display: str, square_metres: float
) -> None:
    done = read(shared_data / "plots" / "alkis" / name, epsg=None)
    assert (done.report.read, done.report.accepted, done.epsg) == (rows, rows, 25832)
    parcel = done.plots[0].parcels[0]
    assert (parcel.key, parcel.display) == (first, display)
    assert all(is_key(plot.parcels[0].key) for plot in done.plots)
    assert done.plots[0].area_m2 == pytest.approx(square_metres, rel=0.02, abs=0.5)
    if rows == 10:
        assert sum(bool(plot.geometry.interiors) for plot in done.plots) == 1  # type: ignore[union-attr]
        assert all(
            10.9 < gpd.GeoSeries([plot.geometry], crs=25832).to_crs(4326).bounds.minx[0] < 11.2 for plot in done.plots
        )


def test_buildings_published_twice_are_taken_once(shared_data: Path, read: Read) -> None:
    done = read(shared_data / "broken" / "leipzig_real" / "plagwitz_gebaeude_2020_doppelt.geojson.gz")
    assert (done.report.read, done.report.accepted, len(done.report.refused)) == (2828, 1414, 1414)
    assert {one.reason.rstrip("0123456789") for one in done.report.refused} == {"same outline as row "}


def test_districts_with_swapped_axes_are_mended_and_lie_where_the_ortsteile_lie(
    shared_data: Path, read: Read, ortsteile: QuarterImport
) -> None:
    done = read(shared_data / "broken" / "leipzig_real" / "leipzig_districts_latlon_vertauscht.json.gz")
    assert [one.reason for one in done.report.repaired] == ["axes swapped"] * 64
    assert "axes swapped in 64 of 64 rows: x and y were exchanged" in done.report.notes
    plagwitz = next(plot for plot in done.plots if plot.name == "Plagwitz")
    official = next(quarter for quarter in ortsteile.quarters if quarter.name == "Plagwitz").geometry
    assert plagwitz.geometry.intersection(official).area > 0.99 * official.area


def test_addresses_far_off_are_named_with_distance_and_direction(shared_data: Path, read: Read) -> None:
    name = "leipziger_ecken_adressen_falsche_koordinaten.ttl.gz"
    report = read(shared_data / "broken" / "leipzig_real" / name).report
    reasons = Counter(one.reason.partition(" km ")[2] or one.reason for one in report.refused)
    assert (report.read, len(report.refused)) == (422, 422)
    assert sum(count for reason, count in reasons.items() if reason.endswith("of the other rows")) == 17
    assert (reasons["it is a point, not an outline"], reasons["the row has no geometry"]) == (301, 104)
    assert report.refused[0].reason == "it lies 393 km west of the other rows"


@pytest.mark.parametrize(
    ("name", "rows", "says"),
    [
        ("oakland_vacant_lots.geojson.gz", 4850, "it is a point, not an outline"),
        ("chicago_land_inventory.csv", 13_702, "the table has no column with an outline"),
        ("friches_ardennes.csv", 164, "it is a point, not an outline"),
    ],
)
def test_tables_without_outlines_are_refused_row_by_row(
    shared_data: Path, read: Read, name: str, rows: int, says: str
) -> None:
    report = read(shared_data / "plots" / name, epsg=None).report
    assert (report.read, len(report.refused)) == (rows, rows)
    assert {one.reason for one in report.refused} == {says}
    assert all(one.id for one in report.refused)


def test_brownfields_of_the_ardennes(shared_data: Path, read: Read) -> None:
    done = read(shared_data / "plots" / "friches_ardennes.geojson", epsg=None)
    assert (done.report.read, done.report.accepted, len(done.report.repaired)) == (164, 164, 1)
    assert "COMMUNE DE RETHEL" not in repr(done.plots)


@pytest.mark.slow
def test_every_broken_file_ends_in_a_report(shared_data: Path) -> None:
    files = sorted(path for path in (shared_data / "broken").rglob("*") if path.is_file())
    assert len(files) == 271
    outcomes: Counter[str] = Counter()
    for path in files:
        for read_file in (
            lambda path: read_plots(path, ReadOptions(epsg=None, at=AT)),
            lambda path: read_plots(path, ReadOptions(epsg=25833, at=AT)),
            lambda path: read_quarters(path, QuarterOptions(epsg=None)),
        ):
            try:
                done = read_file(path)
            except GeoServiceError as error:
                assert error.remedy, path
                report = report_of_failure(path, error)
                outcomes["failed"] += 1
            else:
                report = done.report
                stored = done.plots if isinstance(done, PlotImport) else done.quarters
                assert all(one.geometry.is_valid and one.geometry.area > 0 for one in stored), path
                assert all(one.epsg == done.epsg for one in stored), path
                outcomes["read"] += 1
            assert report.read == report.accepted + len(report.refused) + report.unchanged, path
            assert all(one.reason and one.remedy for one in report.refused), path
            assert report.read or report.notes, path
    assert outcomes["read"] > 2 * outcomes["failed"]


def test_nothing_is_written_beside_the_files(shared_data: Path, read: Read, tmp_path: Path) -> None:
    source = shared_data / "plots" / "alkis" / "nas_auszug_1_flurstueck.xml"
    path = tmp_path / source.name
    path.write_bytes(source.read_bytes())
    read(path, epsg=None)
    assert [one.name for one in tmp_path.iterdir()] == [source.name]
