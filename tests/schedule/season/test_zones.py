from __future__ import annotations

import numpy as np
import pytest
from shapely import box

from geo_service.plots.model import Plot
from geo_service.schedule.season.zones import PLOTS_PER_ZONE, Approach, make_zones


@pytest.fixture(scope="module")
def plots():
    rng = np.random.default_rng(1)
    found = []
    for number in range(400):
        x, y = rng.uniform(0, 4000, 2)
        quarter = "52" if x < 2500 else "70"
        found.append(Plot(f"id-{number}", f"P-{number}", box(x, y, x + 20, y + 20), 25833, 400.0, quarter=quarter))
    return found


def test_zones_stay_in_their_quarter_and_are_small_alike_and_compact(plots):
    zones, zone_of = make_zones(plots, (0.0, 0.0))
    assert len(zone_of) == len(plots)
    sizes = np.bincount(zone_of)
    assert sizes.max() <= PLOTS_PER_ZONE
    assert sizes.min() >= PLOTS_PER_ZONE / 2 - 1
    for zone in range(len(zones)):
        members = [plot for plot, its in zip(plots, zone_of, strict=True) if its == zone]
        assert len({plot.quarter for plot in members}) == 1
        xy = np.array([plot.geometry.centroid.coords[0] for plot in members])
        assert np.ptp(xy, axis=0).max() < 2000
    assert len({zone.code for zone in zones}) == len(zones)


def test_zones_are_always_the_same(plots):
    assert make_zones(plots, None) == make_zones(plots, None)


def test_a_zone_farther_from_the_depot_costs_more_to_open(plots):
    near, far = (make_zones(plots[:5], (x, 2000.0))[0][0].opening_s for x in (2000.0, 9000.0))
    assert near < far
    assert Approach(metres_per_s=10, detour=1.0, extra_s=60).opening_s(1000) == 260


def test_no_plots_have_no_zones():
    assert make_zones([], None) == ((), [])
