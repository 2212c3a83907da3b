from __future__ import annotations

import pandas as pd
import pytest

from geo_service.outputs.collections import PLOTS, QUARTERS, ROUTES, STREETS, VISITS
from geo_service.outputs.features import (
    quarter_features,
)
from geo_service.outputs.frames import frame_of, quarters_frame, routes_frame, streets_frame, visits_frame


def test_frames_are_typed_and_in_metres(plan, plots, catalogue, crews):
    visits = visits_frame(plan, plots, catalogue, 25833)
    assert visits.crs.to_epsg() == 25833
    assert len(visits) == 17
    first = visits.iloc[0]
    assert first.arrival == pd.Timestamp("2026-11-23T07:07", tz="Europe/Berlin")
    assert first.date == pd.Timestamp("2026-11-23")
    assert first.geometry.distance(plots[0].entry()) < 0.02
    assert visits.service_s.sum() == 15 * 1500
    assert pd.isna(visits.loc["v-1", "service_s"]), "missing, not 0"
    routes = routes_frame(plan, crews, 25833)
    assert routes.length_m.tolist() == [24100, 7900]
    assert routes.geometry.length.between(1000, 30000).all()


def test_frames_of_outlines_and_streets(quarters, network):
    frame = quarters_frame(quarters, 25833)
    assert frame.geometry.area.tolist() == pytest.approx(frame.area_m2.tolist(), rel=1e-9)
    streets = streets_frame(network, 25833)
    assert streets.geometry.length.tolist() == pytest.approx([200] * len(streets), abs=0.05)


@pytest.mark.parametrize("collection", [QUARTERS, PLOTS, STREETS, VISITS, ROUTES], ids=lambda one: one.name)
def test_an_empty_collection_is_a_frame_with_all_columns(collection):
    empty = quarter_features([])
    frame = frame_of(collection, empty, 25833)
    assert len(frame) == 0
    assert {one.name for one in collection.properties} <= set(frame.columns)
    assert empty.bounds() is None
    assert frame.crs.to_epsg() == 25833
