"""Floor 1: where a child's place is shown: on public ground, never where a finger may have meant a home.

A tap beside a street becomes a point on it, moved along it to the nearest of steps that several houses share; a tap in
open green becomes the middle of a cell there; any other tap the middle of a coarser cell.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import shapely
from shapely import Point
from shapely.geometry.base import BaseGeometry

STREET_WITHIN_M = 40.0
"""So far from a street a tap counts as beside it."""

STEP_M = 25.0
"""Points on a street are so far apart: two or three house fronts of Leipzig's closed blocks."""

GREEN_CELL_M = 10.0
CELL_M = 100.0
"""Sides of cells in open green, and everywhere else."""

Ground = Literal["green", "street", "grid"]


@dataclass(frozen=True)
class PublicPosition:
    """Where something is shown, in the CRS of what was asked, and on which ground; ``moved_m`` from the tap."""

    point: Point
    ground: Ground
    moved_m: float


def public_position(
    tapped: Point, *, streets: Sequence[BaseGeometry], greens: Sequence[BaseGeometry]
) -> PublicPosition:
    """Return where a tap is shown.

    Parameters
    ----------
    tapped
        Metres.
    streets
        Lines of streets that one may walk on, metres.
    greens
        Areas of open green that anybody may enter, metres.

    Examples
    --------
    >>> shown = public_position(Point(41, 12), streets=[shapely.LineString([(0, 0), (100, 0)])], greens=[])
    >>> shown.point.coords[0], shown.ground
    ((50.0, 0.0), 'street')
    """
    if any(green.covers(tapped) for green in greens):
        return _shown(tapped, _cell_middle(tapped, GREEN_CELL_M), "green")
    if streets:
        lines = np.array(streets, dtype=object)
        distances = shapely.distance(lines, tapped)
        nearest = int(np.argmin(distances))
        if distances[nearest] <= STREET_WITHIN_M:
            return _shown(tapped, _step_on(lines[nearest], tapped), "street")
    return _shown(tapped, _cell_middle(tapped, CELL_M), "grid")


def _step_on(line: BaseGeometry, tapped: Point) -> Point:
    along = float(shapely.line_locate_point(line, tapped))
    return Point(shapely.line_interpolate_point(line, min(round(along / STEP_M) * STEP_M, float(line.length))))


def _cell_middle(tapped: Point, side_m: float) -> Point:
    x, y = (np.floor(np.array([tapped.x, tapped.y]) / side_m) + 0.5) * side_m
    return Point(x, y)


def _shown(tapped: Point, point: Point, ground: Ground) -> PublicPosition:
    return PublicPosition(point, ground, float(tapped.distance(point)))
