"""The grid WebMercatorQuad: the same places as PROJ says, and no tile that is not there."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo_service.base.crs import WGS84_EPSG, transform_xy
from geo_service.outputs.tile_grid import (
    HALF_WORLD_M,
    MAX_LATITUDE,
    TILE_UNITS,
    WEB_MERCATOR_EPSG,
    TileAddress,
    tile_at,
    to_web_mercator,
)

LON = st.floats(-180, 180)
LAT = st.floats(-85, 85)


@given(LON, LAT)
def test_projects_like_proj(lon: float, lat: float) -> None:
    places = np.array([[lon, lat]])
    assert to_web_mercator(places) == pytest.approx(transform_xy(places, WGS84_EPSG, WEB_MERCATOR_EPSG), abs=1e-6)


def test_the_poles_are_held_at_the_edge() -> None:
    projected = to_web_mercator(np.array([[0.0, 90.0], [0.0, -90.0], [0.0, MAX_LATITUDE]]))
    assert projected[:, 1] == pytest.approx([HALF_WORLD_M, -HALF_WORLD_M, HALF_WORLD_M])


@given(LON, LAT, st.integers(0, 22))
def test_a_place_lies_in_its_tile(lon: float, lat: float, zoom: int) -> None:
    address = tile_at(lon, lat, zoom)
    x, y = address.to_units(to_web_mercator(np.array([[lon, lat]])))[0]
    assert -1e-3 <= x <= TILE_UNITS + 1e-3
    assert -1e-3 <= y <= TILE_UNITS + 1e-3


def test_rows_count_from_the_north() -> None:
    assert tile_at(-179, 84, 1) == TileAddress(1, column=0, row=0)
    assert tile_at(179, -84, 1) == TileAddress(1, column=1, row=1)
    assert TileAddress(0, 0, 0).bounds == pytest.approx((-HALF_WORLD_M, -HALF_WORLD_M, HALF_WORLD_M, HALF_WORLD_M))


@pytest.mark.parametrize("address", [(-1, 0, 0), (25, 0, 0), (2, 4, 0), (2, 0, 4), (2, -1, 0)])
def test_there_are_no_other_tiles(address: tuple[int, int, int]) -> None:
    with pytest.raises(ValueError, match="zoom"):
        TileAddress(*address)
