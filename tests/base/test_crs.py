"""CRS: right zone, right place, never assumed."""

from __future__ import annotations

import numpy as np
import pyproj
import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapely import box

from geo_service.base.crs import metric_epsg, require_crs, transform_geometry, transform_xy
from geo_service.base.errors import CrsMismatch, CrsMissing


def test_the_place_named_in_the_domain():
    x, y = transform_xy(np.array([[12.3219, 51.3188]]), 4326, 25833)[0]
    assert (round(x), round(y)) == (313384, 5688683)


@given(st.floats(-179.9, 179.9), st.floats(-80, 83))
def test_every_place_has_a_metric_zone_that_is_nearly_true_to_scale(lon, lat):
    crs = pyproj.CRS.from_epsg(metric_epsg(lon, lat))
    assert crs.axis_info[0].unit_name == "metre"
    scale = pyproj.Proj(crs).get_factors(lon, lat).meridional_scale
    assert abs(scale - 1) < 0.002


def test_there_and_back():
    outline = box(12.3, 51.3, 12.31, 51.31)
    back = transform_geometry(transform_geometry(outline, 4326, 25833), 25833, 4326)
    assert back.equals_exact(outline, 1e-9)


def test_a_crs_is_asserted():
    require_crs(pyproj.CRS.from_epsg(25833), 25833, "the layer")
    with pytest.raises(CrsMissing):
        require_crs(None, 25833, "the layer")
    with pytest.raises(CrsMismatch, match="the layer"):
        require_crs(pyproj.CRS.from_epsg(25832), 25833, "the layer")
