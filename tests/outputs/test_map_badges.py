from __future__ import annotations

import itertools
from dataclasses import replace

import numpy as np
import shapely
from matplotlib.patches import FancyBboxPatch

from geo_service.outputs.day_map import day_figure
from geo_service.outputs.map_badges import Badge, draw_badges
from geo_service.outputs.map_frame import make_frame


def badge_boxes(axes) -> list[shapely.Polygon]:
    patches = [patch for patch in axes.patches if isinstance(patch, FancyBboxPatch)]
    return [shapely.box(p.get_x(), p.get_y(), p.get_x() + p.get_width(), p.get_y() + p.get_height()) for p in patches]


def test_numbers_never_cover_each_other(day, streets):
    first = day.crews[0]
    lon, lat = first.stops[0].lon, first.stops[0].lat
    close = tuple(
        replace(stop, plot=f"P-{index}", lon=lon + index * 1e-5, lat=lat, leg=((lon, lat), (lon + index * 1e-5, lat)))
        for index, stop in enumerate(first.stops)
    )
    crowded = replace(day, crews=(replace(first, stops=close, way_back=()),))
    boxes = badge_boxes(day_figure(crowded, streets=streets).axes[0])
    assert len(boxes) == 12
    assert not any(a.intersects(b) for a, b in itertools.combinations(boxes, 2))


def test_the_check_above_can_fail():
    frame = make_frame(np.array([(0.0, 0.0), (900.0, 900.0)]), (100.0, 100.0))
    draw_badges(frame, [Badge("1", 450.0, 450.0)])
    frame.taken.clear()
    draw_badges(frame, [Badge("2", 450.0, 450.0)])
    one, other = badge_boxes(frame.axes)
    assert one.intersects(other)
