from __future__ import annotations

import re
from typing import Any

import numpy as np
import pyproj
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import GeometryCollection, LineString, MultiPolygon, Point, Polygon, box

from geo_service.base.errors import CrsMismatch, CrsMissing
from geo_service.plots.account import Account
from geo_service.plots.outlines import as_polygonal, mend_polygon, plan_outlines
from geo_service.plots.table import Table, object_array

X, Y = 313384.0, 5688683.0
SQUARE = box(X, Y, X + 100, Y + 100)


def with_nan(geometry: Any) -> Any:
    """Return the geometry with one coordinate that is no number."""
    xy = shapely.get_coordinates(geometry)
    xy[1, 1] = np.nan
    with np.errstate(invalid="ignore"):
        return shapely.set_coordinates(shapely.from_wkb(geometry.wkb), xy)


BOWTIE = Polygon([(X, Y), (X + 10, Y + 10), (X + 10, Y), (X, Y + 10), (X, Y)])
SPIKED = Polygon([(X, Y), (X + 100, Y), (X + 100, Y + 100), (X + 99, Y + 101), (X + 99, Y + 99), (X, Y + 100), (X, Y)])
CROSSED = Polygon([(X, Y), (X + 100, Y), (X + 100, Y + 100), (X, Y + 100), (X + 1, Y + 101), (X, Y + 99), (X, Y)])


def place(*geometries: Any, epsg: int | None = 25833, **options: Any) -> tuple[Any, Account]:
    account = Account()
    crs = pyproj.CRS.from_user_input(epsg) if epsg else None
    table = Table({}, object_array(list(geometries)), crs, degrees_implied=options.pop("degrees_implied", False))
    given_options = {"epsg": 25833, "near": None, "assume_epsg": None, **options}
    return plan_outlines(table, account, **given_options), account


def test_sound_outlines_come_through_untouched() -> None:
    placed, account = place(SQUARE, MultiPolygon([SQUARE, box(X + 200, Y, X + 210, Y + 10)]))
    assert placed.geometries[0].equals_exact(SQUARE, 0)
    assert placed.area_m2.tolist() == [10_000, 10_100]
    assert (account.refusals, account.repairs) == ({}, {})


def test_a_small_crossing_is_mended_with_reason_and_change() -> None:
    placed, account = place(CROSSED)
    reason, change = account.repairs[0]
    assert reason.startswith("the outline crosses itself near 12.3")
    assert placed.geometries[0].is_valid
    assert change == pytest.approx(placed.area_m2[0] - abs(CROSSED.area))


def test_an_outline_that_would_change_by_more_than_a_tenth_is_refused() -> None:
    placed, account = place(BOWTIE, SQUARE)
    assert "would change its area from 0.0 to 50.0 m²" in account.refusals[0][0]
    assert placed.geometries[0] is None
    assert placed.area_m2.tolist() == [0, 10_000]


@pytest.mark.parametrize(
    ("geometry", "says"),
    [
        (Point(X, Y), "it is a point, not an outline"),
        (LineString([(X, Y), (X + 1, Y)]), "it is a line, not an outline"),
        (GeometryCollection([Point(X, Y)]), "collection of points and lines"),
        (Polygon(), "empty"),
        (Polygon([(X, Y), (X + 1, Y), (X + 2, Y), (X, Y)]), "m²|no area"),
        (box(X, Y, float("inf"), Y + 1), "no finite number"),
        (with_nan(SQUARE), "no finite"),
        (box(1e30, 1e30, 2e30, 2e30), "no place on earth"),
    ],
)
def test_what_is_no_outline_is_refused(geometry: Any, says: str) -> None:
    _, account = place(SQUARE, geometry)
    assert list(account.refusals) == [1]
    assert re.search(says, account.refusals[1][0])


def test_an_outline_is_taken_out_of_a_collection() -> None:
    inner = GeometryCollection([LineString([(X, Y), (X + 1, Y)]), SQUARE])
    placed, account = place(GeometryCollection([Point(X, Y), inner]))
    assert placed.geometries[0].equals(SQUARE)
    assert "collection of 2" in account.repairs[0][0]


def test_heights_go_and_single_parts_become_polygons() -> None:
    placed, account = place(shapely.force_3d(MultiPolygon([SQUARE]), 7))
    assert (placed.geometries[0].geom_type, placed.geometries[0].has_z) == ("Polygon", False)
    assert "heights of 1 rows were dropped" in account.notes


def test_the_antimeridian_is_named() -> None:
    _, account = place(Polygon([(179, -18), (-179, -18), (-179, -17), (179, -18)]), epsg=4326)
    assert "antimeridian" in account.refusals[0][0]


def test_the_plan_crs_follows_from_the_place_when_it_is_open() -> None:
    assert place(box(-75.2, 39.9, -75.19, 39.91), epsg=4326)[0].epsg == 25833
    account = Account()
    table = Table({}, object_array([box(-75.2, 39.9, -75.19, 39.91)]), pyproj.CRS.from_epsg(4326))
    placed = plan_outlines(table, account, epsg=None, near=None, assume_epsg=None)
    assert placed.epsg == 32618
    exact = abs(pyproj.Geod(ellps="WGS84").geometry_area_perimeter(table.geometries[0])[0])
    assert placed.area_m2[0] == pytest.approx(exact, rel=0.001)


@pytest.mark.parametrize(
    "lonlat", [(37.6, 55.7), (23.7, 38.0), (44.8, 41.7), (36.8, -1.3), (151.2, -33.9), (25.1, 35.3)]
)
def test_any_city_has_its_plan_crs(lonlat: tuple[float, float]) -> None:
    account = Account()
    lon, lat = lonlat
    table = Table({}, object_array([box(lon, lat, lon + 0.01, lat + 0.01)]), pyproj.CRS.from_epsg(4326))
    placed = plan_outlines(table, account, epsg=None, near=None, assume_epsg=None)
    exact = abs(pyproj.Geod(ellps="WGS84").geometry_area_perimeter(table.geometries[0])[0])
    assert account.refusals == {}
    assert placed.area_m2[0] == pytest.approx(exact, rel=0.002)


def test_us_survey_feet_are_converted() -> None:
    feet = 1200 / 3937
    account = Account()
    table = Table({}, object_array([box(2_690_000, 240_000, 2_690_100, 240_100)]), pyproj.CRS.from_epsg(2272))
    placed = plan_outlines(table, account, epsg=None, near=None, assume_epsg=None)
    assert placed.area_m2[0] == pytest.approx((100 * feet) ** 2, rel=0.002)


def test_without_reference_system_the_file_is_refused_unless_one_is_given() -> None:
    with pytest.raises(CrsMissing) as caught:
        place(SQUARE, epsg=None)
    assert "--crs EPSG:" in caught.value.remedy
    with pytest.raises(CrsMissing, match="no EPSG:99999"):
        place(SQUARE, epsg=None, assume_epsg=99999)
    placed, account = place(SQUARE, epsg=None, assume_epsg=25833)
    assert placed.area_m2[0] == 10_000
    assert "as asked" in account.notes[0]


def test_geojson_means_degrees_unless_its_numbers_cannot_be() -> None:
    placed, _ = place(box(12.3, 51.3, 12.301, 51.301), epsg=None, degrees_implied=True)
    assert placed.area_m2[0] > 7000
    with pytest.raises(CrsMissing, match="no degrees"):
        place(SQUARE, epsg=None, degrees_implied=True)
    with pytest.raises(CrsMismatch, match="WGS 84 asks"):
        place(SQUARE, epsg=4326)
    assert place(SQUARE, epsg=4326, assume_epsg=25833)[0].area_m2[0] == 10_000


def test_a_stated_reference_system_is_not_overruled() -> None:
    placed, account = place(SQUARE, assume_epsg=25832)
    assert placed.area_m2[0] == 10_000
    assert account.notes[0].startswith("EPSG:25832 was not applied")


def test_one_row_beyond_the_globe_does_not_cost_the_others() -> None:
    _, account = place(*[box(12.3, 51.3, 12.301, 51.301)] * 3, box(313384, 313384, 313385, 313385), epsg=4326)
    assert list(account.refusals) == [3]


corners = st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40)), min_size=3, max_size=9, unique=True)
polygons = corners.map(lambda ring: Polygon([*ring, ring[0]]))
shapes = st.one_of(polygons, st.lists(polygons, min_size=1, max_size=3).map(MultiPolygon))


@given(shapes)
def test_mending_gives_sound_polygons_and_mending_twice_changes_nothing(shape: Any) -> None:
    mended = mend_polygon(shape)
    assert mended.is_valid
    assert mended.geom_type in ("Polygon", "MultiPolygon")
    assert mend_polygon(mended) is mended
    assert mended.area <= shapely.envelope(shape).area + 1e-9
    if shape.is_valid:
        assert mended is shape


@settings(deadline=None, max_examples=40)
@given(st.lists(shapes, min_size=1, max_size=4))
def test_areas_are_kept_up_to_the_change_that_is_told(found: list[Any]) -> None:
    moved = [shapely.transform(one, lambda xy: xy + np.array([X, Y])) for one in found]
    placed, account = place(*moved)
    for row, one in enumerate(moved):
        if row in account.refusals:
            assert placed.area_m2[row] == 0
        else:
            change = account.repairs.get(row, ("", 0.0))[1]
            assert placed.area_m2[row] == pytest.approx(one.area + change, abs=1e-6)
            assert abs(change) <= 0.1 * one.area + 1e-9


@given(shapes)
def test_the_polygons_in_a_collection_are_all_kept(shape: Any) -> None:
    parts = as_polygonal(GeometryCollection([Point(0, 0), shape]))
    assert parts.area == pytest.approx(sum(part.area for part in shapely.get_parts(shape)))
