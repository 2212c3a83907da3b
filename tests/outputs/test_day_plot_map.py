from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import shapely

from geo_service.base.crs import LEIPZIG_EPSG, WGS84_EPSG, transform_xy
from geo_service.outputs.day_plot_map import LEAST_M, plot_figure


def texts(figure):
    return [one.get_text() for one in figure.axes[0].texts]


def test_it_shows_plot_entrance_streets_scale_and_north(day, streets):
    stop = day.crews[0].stops[4]
    figure = plot_figure(stop, streets=streets)
    left, right = figure.axes[0].get_xlim()
    low, high = figure.axes[0].get_ylim()
    view = shapely.box(left, low, right, high)
    outline = [transform_xy(np.array(ring), WGS84_EPSG, LEIPZIG_EPSG) for ring in stop.outline]
    assert all(view.contains(shapely.Polygon(ring)) for ring in outline)
    told = texts(figure)
    assert "Zugang" in told
    assert "N" in told
    assert any(text.endswith(" m") for text in told)
    assert any("straße" in text.lower() for text in told), "a street beside the plot has its name"
    assert right - left >= LEAST_M
    assert (right - left) / (high - low) == pytest.approx(91 / 62)


def test_it_reaches_as_far_as_the_nearest_street_with_a_name(day, streets):
    stop = day.crews[0].stops[4]

    def moved(metres: float):
        step = metres / 111_000
        return replace(
            stop,
            lat=stop.lat + step,
            outline=tuple(tuple((lon, lat + step) for lon, lat in ring) for ring in stop.outline),
            leg=(),
        )

    def height(figure) -> float:
        low, high = figure.axes[0].get_ylim()
        return high - low

    near, off = plot_figure(stop, streets=streets), plot_figure(moved(90), streets=streets)
    assert height(off) > 1.1 * height(near)
    assert any("straße" in text.lower() for text in texts(off))
    assert height(plot_figure(moved(3000), streets=streets)) < height(off), "a street too far off is left out"


def test_it_works_without_streets_way_or_outline(day):
    stop = day.crews[0].stops[0]
    for bare in (stop, replace(stop, leg=()), replace(stop, leg=(), outline=())):
        assert "Zugang" in texts(plot_figure(bare))
    assert "Access" in texts(plot_figure(stop, lang="en"))


def test_the_same_plot_gives_the_same_map(day, streets):
    boxes = [plot_figure(day.crews[0].stops[2], streets=streets).axes[0].get_xlim() for _ in range(2)]
    assert boxes[0] == boxes[1]
