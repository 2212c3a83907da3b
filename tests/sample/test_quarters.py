"""The outlines: six Ortsteile in four quarters that share their borders exactly."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import shapely

SIX = {
    ("51", "Plagwitz", "PLW", "Plagwitz"),
    ("52", "Kleinzschocher", "KLZ", "Kleinzschocher"),
    ("70", "Lindenau", "LND", "Lindenau"),
    ("71", "Altlindenau", "ALN", "Lindenau"),
    ("72", "Neulindenau", "NLN", "Lindenau"),
    ("73", "Leutzsch", "LTZ", "Leutzsch"),
}


def test_the_six_ortsteile_in_four_quarters(quarters: gpd.GeoDataFrame):
    assert set(quarters[["key", "name", "short", "group"]].itertuples(index=False, name=None)) == SIX


def test_neighbours_share_their_borders_exactly(quarters: gpd.GeoDataFrame):
    outlines = quarters.to_crs(4326).geometry.values
    assert shapely.is_valid(outlines).all()
    assert shapely.coverage_is_valid(outlines)
    assert shapely.union_all(outlines).geom_type == "Polygon"
    moved = outlines.copy()
    moved[0] = shapely.transform(moved[0], lambda xy: xy + np.array([0.0005, 0]))
    assert not shapely.coverage_is_valid(moved)


def test_the_outlines_are_schematic(quarters: gpd.GeoDataFrame):
    vertices = shapely.get_num_coordinates(quarters.geometry.values)
    assert (vertices >= 20).all()
    assert (vertices <= 60).all()
