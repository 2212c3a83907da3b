from __future__ import annotations

from typing import Any

import numpy as np
import pyproj
import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapely import box

from geo_service.plots.account import Account
from geo_service.plots.location import KnownArea, compass, distance_km, mend_axes, middle, refuse_far_off
from geo_service.plots.table import object_array

LEIPZIG = KnownArea((12.2, 51.2, 12.6, 51.5), "the street network")
WGS84 = pyproj.CRS.from_epsg(4326)
UTM33 = pyproj.CRS.from_epsg(25833)


def at(*places: tuple[float, float] | None) -> Any:
    return object_array([place and box(*place, place[0] + 0.001, place[1] + 0.001) for place in places])


def test_swapped_rows_are_turned_one_by_one_when_the_place_is_known() -> None:
    account = Account()
    turned = mend_axes(at((12.3, 51.3), (51.3, 12.3), None, (7.0, 52.5)), WGS84, LEIPZIG, account)
    assert [one and tuple(np.round(one.bounds[:2], 3)) for one in turned] == [
        (12.3, 51.3),
        (12.3, 51.3),
        None,
        (7.0, 52.5),
    ]
    assert account.repairs == {1: ("axes swapped", 0.0)}
    assert account.notes == ["axes swapped in 1 of 4 rows: x and y were exchanged"]


def test_a_file_swapped_as_a_whole_is_recognised_without_a_known_place() -> None:
    account = Account()
    mend_axes(at((51.3, 12.3), (51.3, 12.4), (51.3, 12.5)), WGS84, None, account)
    assert sorted(account.repairs) == [0, 1, 2]


def test_one_swapped_row_among_many_is_recognised_by_the_others() -> None:
    account = Account()
    mend_axes(at(*[(-75.1 + n / 100, 39.9) for n in range(8)], (39.9, -75.1)), WGS84, None, account)
    assert list(account.repairs) == [8]


@pytest.mark.parametrize(
    "place", [(-87.6, 41.7), (151.2, -33.9), (12.3, 51.3), (4.9, 52.4), (36.8, -1.3), (-0.1, 51.5)]
)
def test_sound_files_are_left_alone_wherever_they_lie(place: tuple[float, float]) -> None:
    account = Account()
    geometries = at(*[(place[0] + n / 100, place[1]) for n in range(7)])
    assert mend_axes(geometries, WGS84, None, account) is geometries
    refuse_far_off(geometries, WGS84, None, account)
    assert account == Account()


def test_metres_of_the_netherlands_are_not_turned_into_germany() -> None:
    account = Account()
    geometries = object_array([box(x, 480_000, x + 10, 480_010) for x in range(120_000, 120_100, 10)])
    assert mend_axes(geometries, pyproj.CRS.from_epsg(28992), None, account) is geometries


def test_northings_before_eastings_are_turned() -> None:
    account = Account()
    turned = mend_axes(object_array([box(5688683, 313384, 5688700, 313400)]), UTM33, LEIPZIG, account)
    assert turned[0].bounds == (313384, 5688683, 313400, 5688700)
    assert 0 in account.repairs


def test_rows_far_from_the_known_place_are_refused_with_distance_and_direction() -> None:
    account = Account()
    refuse_far_off(at((12.3, 51.3), (12.61, 51.3), (7.0, 52.5), (12.3, 48.1)), WGS84, LEIPZIG, account)
    assert sorted(account.refusals) == [2, 3]
    assert account.refusals[2][0] == "it lies 373 km west of the street network"
    assert account.refusals[3][0] == "it lies 345 km south of the street network"


def test_without_a_known_place_strays_are_refused_by_the_bulk_of_the_file() -> None:
    account = Account()
    refuse_far_off(at(*[(12.3 + n / 200, 51.3) for n in range(12)], (7.0, 52.5)), WGS84, None, account)
    assert list(account.refusals) == [12]
    assert "of the other rows" in account.refusals[12][0]


def test_a_file_of_two_places_is_taken_with_warnings() -> None:
    account = Account()
    refuse_far_off(at(*[(12.3 + n / 200, 51.3) for n in range(6)], *[(7.0, 52.5)] * 3), WGS84, None, account)
    assert account.refusals == {}
    assert [row for row, _ in account.warnings] == [6, 7, 8]


def test_a_file_of_a_whole_region_passes() -> None:
    account = Account()
    refuse_far_off(at(*[(12 + n / 10, 51 + n / 20) for n in range(20)]), WGS84, None, account)
    assert account == Account()


def test_the_middle_is_the_median_in_degrees() -> None:
    assert middle(object_array([None]), WGS84) is None
    place = middle(object_array([box(313384, 5688683, 313384, 5688683)]), UTM33)
    assert place == pytest.approx((12.3219, 51.3188), abs=1e-4)


degrees = st.tuples(st.floats(-179, 179), st.floats(-89, 89))


@given(degrees, degrees)
def test_distances_agree_with_the_ellipsoid_within_its_flattening(
    a: tuple[float, float], b: tuple[float, float]
) -> None:
    exact = pyproj.Geod(ellps="WGS84").inv(*a, *b)[2] / 1000
    assert distance_km(np.array([a]), np.array([b]))[0] == pytest.approx(exact, rel=0.006, abs=0.01)


@pytest.mark.parametrize(
    ("to", "wind"),
    [((12.3, 52), "north"), ((13, 51.3), "east"), ((12.9, 50.9), "south-east"), ((11.7, 51.7), "north-west")],
)
def test_winds(to: tuple[float, float], wind: str) -> None:
    assert compass(np.array([12.3, 51.3]), np.array(to)) == wind
