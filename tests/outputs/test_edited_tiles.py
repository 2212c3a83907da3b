"""Tiles after edits: the same features as of a layer that was made of everything anew."""

from __future__ import annotations

import mapbox_vector_tile
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import Point, box

from geo_service.outputs.collections import PLOTS
from geo_service.outputs.feature_table import FeatureTable
from geo_service.outputs.features import Features
from geo_service.outputs.tile_grid import tile_at
from geo_service.outputs.tile_layers import PlotLayer, layer_of_table, whole_bounds

LON, LAT = 12.32, 51.32
STATES = ("registered", "cleared", "greened")


def features(plots: dict[str, tuple[int, int, str | None]]) -> Features:
    """Make features of code -> column and row of a raster, name."""
    shapes = np.empty(len(plots), dtype=object)
    shapes[:] = [
        box(LON + x * 4e-4, LAT + y * 3e-4, LON + x * 4e-4 + 3e-4, LAT + y * 3e-4 + 2e-4) for x, y, _ in plots.values()
    ]
    rows = [
        {one.name: None for one in PLOTS.properties}
        | {"code": code, "name": name, "state": STATES[x % 3], "area_m2": 100.0 + y, "tenure_kind": "own"}
        for code, (x, y, name) in plots.items()
    ]
    return Features(list(plots), shapes, rows)


def told(layer, zoom: int) -> list[object]:
    """Return what a tile says, whatever the order of its features."""
    decoded = mapbox_vector_tile.decode(layer.tile(tile_at(LON, LAT, zoom)))
    return sorted(
        (name, str(sorted(one["properties"].items())), str(one["geometry"]), one.get("id", 0))
        for name, inner in decoded.items()
        for one in inner["features"]
    )


PLOT = st.tuples(st.integers(0, 5), st.integers(0, 5), st.sampled_from(["Ecke", "Brache", None, "Hof"]))
PLOTS_BY_CODE = st.dictionaries(st.sampled_from([f"KLZ-{number:04d}" for number in range(12)]), PLOT, max_size=12)


@settings(max_examples=60, deadline=None)
@given(PLOTS_BY_CODE, PLOTS_BY_CODE, st.sets(st.integers(0, 11), max_size=4), st.booleans())
def test_edits_draw_what_a_new_layer_draws(before, changed, dropped, public: bool) -> None:
    gone = {f"KLZ-{number:04d}" for number in dropped} - changed.keys()
    hidden = np.array([code in gone or code in changed for code in before], dtype=np.bool_)
    layer = PlotLayer.of(features(before), public_only=public)
    edited = layer.edited(hidden, features(changed), public_only=public)
    now = {code: plot for code, plot in before.items() if code not in gone} | changed
    fresh = PlotLayer.of(features(now), public_only=public)
    for zoom in (9, 12, 13, 14, 16):
        assert told(edited, zoom) == told(fresh, zoom)
    again = layer.edited(np.zeros(len(before), dtype=np.bool_), features({}), public_only=public)
    assert told(again, 14) == told(layer, 14)  # what was hidden for one reader is there for the next


@settings(max_examples=40, deadline=None)
@given(PLOTS_BY_CODE, st.booleans())
def test_a_table_draws_what_its_features_draw(plots, public: bool) -> None:
    seen = [one for one in PLOTS.properties if one.public or not public]
    names = {one.name for one in seen}
    told_of = features(plots)
    rows = [{name: value for name, value in row.items() if name in names} for row in told_of.properties]
    table = FeatureTable([Features(told_of.ids, told_of.geometries, rows)], seen)
    layers = (layer_of_table(PLOTS, table, public_only=public), PlotLayer.of(features(plots), public_only=public))
    for zoom in (9, 13, 16):
        assert told(layers[0], zoom) == told(layers[1], zoom)
    assert layers[0].bounds == layers[1].bounds


def test_the_bounds_are_those_of_both() -> None:
    layer = PlotLayer.of(features({"KLZ-0001": (0, 0, None)}), public_only=True)
    edited = layer.edited(np.array([False]), features({"KLZ-0002": (5, 5, None)}), public_only=True)
    assert edited.bounds == pytest.approx((LON, LAT, LON + 23e-4, LAT + 17e-4))
    assert whole_bounds([None, (1, 2, 3, 4), (0, 3, 2, 5)]) == (0, 2, 3, 5)
    assert whole_bounds([None]) is whole_bounds([]) is None
    assert Point(LON, LAT).within(box(*edited.bounds).buffer(1e-9))
