"""Floor 1: a plot becomes several: cut by a line, or by the outlines of its parts; nothing of its area is lost.

What a part has of the plot it was cut from: all that is said of the whole (address, right, land use, contamination,
notes, state and its history); of each care area the share that its outline has of the whole, for nobody knows where in
it the lawn lies; the access only where it lies nearest. The first part stays the plot that it was.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from itertools import combinations
from typing import TypeAlias

import shapely
from shapely import LineString, MultiLineString, MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry

from geo_service.base.clock import require_aware
from geo_service.base.crs import WGS84_EPSG, transform_geometry
from geo_service.base.errors import InputError
from geo_service.plots.model import CareArea, Plot, StateChange
from geo_service.plots.outlines import as_polygonal

Outline: TypeAlias = Polygon | MultiPolygon

SMALLEST_M2 = 1.0
"""No part may be smaller."""

SNAP_M = 0.05
"""A line that ends so near the outline reaches it; new outlines may be off by so much along the old one."""

_NOISE_M2 = 1e-6


def cut_outline(outline: Outline, line: LineString | MultiLineString, epsg: int) -> tuple[Outline, ...]:
    """Cut an outline by a line that crosses it from side to side, the largest piece first.

    Pieces of an outline of several parts that the line does not cross stay with the largest piece. The pieces cover the
    outline and share no area. Both are in ``epsg``, metres.

    Raises
    ------
    InputError
        ``not_cut``: the line does not divide it. ``sliver``: a piece would be smaller than `SMALLEST_M2`. ``fields``
        tell where, lon and lat in degrees.

    Examples
    --------
    >>> from shapely import box
    >>> [round(one.area) for one in cut_outline(box(0, 0, 10, 4), LineString([(3, -1), (3, 5)]), 25833)]
    [28, 12]
    """
    blade = shapely.union_all([_longer(one) for one in shapely.get_parts(line).tolist()])
    pieces: list[Polygon] = []
    whole: list[Polygon] = []
    for polygon in shapely.get_parts(outline).tolist():
        noded = shapely.union_all([polygon.boundary, blade])
        faces = shapely.get_parts(shapely.polygonize([noded])).tolist()
        inside = [face for face in faces if polygon.contains(face.representative_point())]
        if len(inside) > 1:
            pieces += inside
        else:
            whole.append(polygon)
    if not pieces:
        raise InputError(
            "the line does not divide the plot",
            remedy="draw it across the whole plot, from outside to outside",
            code="not_cut",
            **_where(line, epsg),
        )
    pieces.sort(key=lambda one: -one.area)
    if pieces[-1].area < SMALLEST_M2:
        raise InputError(
            f"the line cuts off a sliver of {pieces[-1].area:.2f} m²",
            remedy="draw it farther from the corner, or along the boundary",
            code="sliver",
            **_where(pieces[-1], epsg),
        )
    first = pieces[0] if not whole else MultiPolygon([pieces[0], *whole])
    return (first, *pieces[1:])


def fitted_parts(outline: Outline, parts: Sequence[Outline], epsg: int) -> tuple[Outline, ...]:
    """Return drawn parts of an outline so that they cover it exactly and share no area; the order stays.

    What they leave out, stick out or overlap by within `SNAP_M` of their boundaries is put right. All are in ``epsg``,
    metres.

    Raises
    ------
    InputError
        ``too_few_parts``, ``sliver``, or ``parts_differ``: they leave out, stick out or overlap by more; ``fields``
        tell the square metres, and lon and lat of the place in degrees.
    """
    if len(parts) < 2:
        raise InputError("a plot is split into two parts at least", remedy="draw two outlines", code="too_few_parts")
    slack_m2 = SNAP_M * sum(one.length for one in parts) + 0.1
    together = shapely.union_all(list(parts))
    doubled = shapely.union_all([one.intersection(two) for one, two in combinations(parts, 2)])
    for what, ground in (
        ("leave out", outline.difference(together)),
        ("reach beyond it by", together.difference(outline)),
        ("overlap by", doubled),
    ):
        by_m2 = ground.area
        if by_m2 > slack_m2:
            raise InputError(
                f"the parts {what} {by_m2:.1f} m² of the plot",
                remedy="let the parts share their boundaries and cover the whole plot",
                code="parts_differ",
                area_m2=round(by_m2, 1),
                **_where(ground, epsg),
            )
    fitted: list[Outline] = []
    taken: Outline = Polygon()
    for part in parts:
        fitted.append(as_polygonal(outline.intersection(part).difference(taken)))
        taken = as_polygonal(shapely.union(taken, fitted[-1]))
    for gap in shapely.get_parts(as_polygonal(outline.difference(taken))).tolist():
        if gap.area > _NOISE_M2:
            near = _beside(gap, fitted)
            fitted[near] = as_polygonal(fitted[near].union(gap))
    smallest = min(one.area for one in fitted)
    if smallest < SMALLEST_M2:
        raise InputError(
            f"a part has only {smallest:.2f} m² of the plot",
            remedy="draw every part within the plot",
            code="sliver",
            **_where(min(fitted, key=lambda one: one.area), epsg),
        )
    return tuple(fitted)


def split_into(
    plot: Plot,
    outlines: Sequence[Outline],
    names: Sequence[tuple[str, str]],
    quarters: Sequence[str],
    *,
    author: str,
    at: datetime,
) -> tuple[Plot, ...]:
    """Return the parts of a plot, the first of them the plot itself with less ground.

    Parameters
    ----------
    outlines
        As `cut_outline` or `fitted_parts` returns them.
    names
        plot_id and code of each part after the first.
    quarters
        Key of the quarter of each part.
    at
        Aware.
    """
    moment = require_aware(at)
    codes = [plot.code, *(code for _, code in names)]
    care = _shares(plot, [one.area for one in outlines])
    home = None
    if plot.access is not None:
        access = plot.access
        home = min(range(len(outlines)), key=lambda number: access.distance(outlines[number]))
    parts = []
    for number, outline in enumerate(outlines):
        others = ", ".join(code for code in codes if code != codes[number])
        told = f"abgetrennt: {others}" if number == 0 else f"abgetrennt von {plot.code}"
        parts.append(
            replace(
                plot,
                plot_id=plot.plot_id if number == 0 else names[number - 1][0],
                code=codes[number],
                geometry=outline,
                area_m2=outline.area,
                quarter=quarters[number],
                care_areas=care[number],
                access=plot.access if number == home else None,
                source_id=plot.source_id if number == 0 else "",
                history=(*plot.history, StateChange(plot.state, moment, author, told)),
            )
        )
    return tuple(parts)


def _beside(gap: Polygon, parts: Sequence[Outline]) -> int:
    """Return the part that shares most of its boundary with a gap, or lies nearest."""
    shared = [(part.boundary.intersection(gap.boundary).length, -part.distance(gap)) for part in parts]
    return shared.index(max(shared))


def _where(geometry: BaseGeometry, epsg: int) -> dict[str, float]:
    point = transform_geometry(geometry.representative_point(), epsg, WGS84_EPSG)
    return {} if point.is_empty else {"lon": point.x, "lat": point.y}


def _shares(plot: Plot, areas_m2: Sequence[float]) -> list[tuple[CareArea, ...]]:
    """Divide care areas by the share of ground that each part has, to a tenth of a square metre; sums stay."""
    whole = sum(areas_m2)
    shares: list[list[CareArea]] = [[] for _ in areas_m2]
    for care in plot.care_areas:
        given = [round(care.area_m2 * area / whole, 1) for area in areas_m2[1:]]
        for share, area_m2 in zip(shares, [care.area_m2 - math.fsum(given), *given], strict=True):
            if area_m2 > 0:
                share.append(CareArea(care.kind, round(area_m2, 6)))
    return [tuple(share) for share in shares]


def _longer(line: LineString) -> LineString:
    """Return a line that reaches a little beyond both its ends, so that it crosses where it was snapped to."""
    corners = [tuple(xy) for xy in shapely.get_coordinates(line).tolist()]
    if line.is_closed or len(corners) < 2:
        return line
    return LineString([_beyond(corners[1], corners[0]), *corners, _beyond(corners[-2], corners[-1])])


def _beyond(before: tuple[float, ...], end: tuple[float, ...]) -> tuple[float, float]:
    length = math.dist(before, end) or 1.0
    share = SNAP_M / length
    return end[0] + (end[0] - before[0]) * share, end[1] + (end[1] - before[1]) * share
