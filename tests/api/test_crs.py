"""Coordinate reference systems: boxes, answers, order of axes, over HTTP too."""

from __future__ import annotations

import httpx
import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from geo_service.api.crs import CRS84, SYSTEMS, box_numbers, crs_named, crs_of_header, stored_in
from geo_service.api.schemas import CollectionAnswer
from geo_service.base.errors import InputError

from .conftest import X0, Y0, plot_at

EPSG = "http://www.opengis.net/def/crs/EPSG/0/"
BY_NUMBER = {one.epsg: one for one in SYSTEMS.values() if one is not CRS84}


@given(st.sampled_from(list(SYSTEMS.values())), st.floats(9, 15), st.floats(48, 54))
def test_what_is_written_can_be_read(crs, lon: float, lat: float) -> None:
    written = crs.written(np.array([shapely.Point(lon, lat)], dtype=object))[0]
    read = crs.read(written)
    assert (read.x, read.y) == pytest.approx((lon, lat), abs=1e-7)


@pytest.mark.parametrize(
    ("epsg", "found"),
    [
        (4326, (51.3397, 12.3731)),
        (25833, (317034.750, 5690878.117)),
        (25832, (734926.837, 5693004.587)),
        (3857, (1377367.192, 6681604.127)),
    ],
)
def test_known_places_have_known_coordinates(epsg: int, found: tuple[float, float]) -> None:
    """Leipzig's town hall, as GDAL's `gdaltransform` gives it."""
    written = BY_NUMBER[epsg].written(np.array([shapely.Point(12.3731, 51.3397)], dtype=object))[0]
    assert (written.x, written.y) == found


def test_a_box_in_metres_bends_as_its_sides_do() -> None:
    utm = BY_NUMBER[25832]
    box = (690_000.0, 5_660_000.0, 750_000.0, 5_720_000.0)
    shape = utm.shape_of(box)
    middle = np.array([[720_000.0, 5_720_000.0]])  # the middle of the north side
    inside, outside = (utm.read(shapely.Point(middle[0] + (0, step))) for step in (-0.05, 0.05))
    assert shape.covers(inside)
    assert not shape.covers(outside)
    assert not shapely.box(*shapely.bounds(shape)).equals(shape)


def test_a_box_without_an_extent_is_a_place() -> None:
    assert BY_NUMBER[25833].shape_of((313_000.0, 5_688_000.0, 313_000.0, 5_688_000.0)).geom_type == "Point"
    assert CRS84.shape_of((1.0, 2.0, 1.0, 2.0)).bounds == (1.0, 2.0, 1.0, 2.0)
    assert BY_NUMBER[25833].shape_of((1e30, 1e30, 2e30, 2e30)).is_empty


@pytest.mark.parametrize("text", ["", "a,b,c,d", "1,2,3", "1,2,3,inf", "1,2,3,4,5,6,7"])
def test_what_is_no_box(text: str) -> None:
    with pytest.raises(ValueError, match="must"):
        box_numbers(text)


def test_names() -> None:
    assert crs_of_header(None) is CRS84
    assert crs_of_header(f"<{EPSG}3857>").epsg == 3857
    assert stored_in(25833).uri == f"{EPSG}25833"
    assert stored_in(None) is stored_in(2056) is stored_in(4326) is CRS84
    for wrong in ("EPSG:25833", "", f"{EPSG}2056"):
        with pytest.raises(InputError) as caught:
            crs_named(wrong, "crs")
        assert caught.value.fields["parameter"] == "crs"
    with pytest.raises(InputError):
        BY_NUMBER[25833].read(shapely.Point(1e30, 1e30))


@pytest.mark.parametrize("uri", SYSTEMS)
def test_items_in_each_system(planner: httpx.Client, uri: str) -> None:
    """A corner of the second plot, wherever it is asked for; a feature alone says the same."""
    response = planner.get("/collections/plots/items", params={"crs": uri, "code": "KLZ-0002"})
    assert response.headers["content-crs"] == f"<{uri}>"
    ring = response.json()["features"][0]["geometry"]["coordinates"][0]
    crs = SYSTEMS[uri]
    expected = crs.written(np.array([plot_in_degrees(2)], dtype=object))[0]
    assert np.array(sorted(ring)) == pytest.approx(
        np.array(sorted(shapely.get_coordinates(expected).tolist())), abs=0.002
    )
    alone = planner.get("/collections/plots/items/KLZ-0002", params={"crs": uri})
    assert alone.headers["content-crs"] == f"<{uri}>"
    assert alone.json()["geometry"]["coordinates"] == [ring]


def plot_in_degrees(number: int):
    return BY_NUMBER[25833].read(plot_at(number).geometry)


def test_what_is_stored_comes_back_to_the_millimetre(planner: httpx.Client) -> None:
    told = CollectionAnswer.model_validate_json(planner.get("/collections/plots").content)
    assert told.storage_crs == f"{EPSG}25833"
    assert told.crs == list(SYSTEMS)
    items = planner.get("/collections/plots/items", params={"crs": told.storage_crs, "limit": 1}).json()
    corners = {tuple(one) for one in items["features"][0]["geometry"]["coordinates"][0]}
    assert corners == {(X0 + 100 + x, Y0 + y) for x, y in ((0, 0), (30, 0), (30, 20), (0, 20))}


def test_without_a_system_there_is_crs84(planner: httpx.Client) -> None:
    for path in ("/collections/plots/items", "/collections/plots/items/KLZ-0001"):
        assert planner.get(path).headers["content-crs"] == f"<{CRS84.uri}>"


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("EPSG/0/25833", f"{X0 + 100},{Y0},{X0 + 235},{Y0 + 100}"),
        ("EPSG/0/4326", "51,12,52,12.3202"),
        ("OGC/1.3/CRS84", "12,51,12.3202,52"),
    ],
)
def test_a_box_in_another_system(planner: httpx.Client, name: str, text: str) -> None:
    asked = {"bbox": text, "bbox-crs": f"http://www.opengis.net/def/crs/{name}"}
    told = planner.get("/collections/plots/items", params=asked).json()
    assert [one["id"] for one in told["features"]] == ["KLZ-0001", "KLZ-0002"]
