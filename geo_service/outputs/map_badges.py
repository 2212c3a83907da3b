"""Floor 7: numbers of stops on a printed map, moved apart so that none covers another; a line leads to the place."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from matplotlib.patches import FancyBboxPatch
from matplotlib.patheffects import withStroke
from shapely import LineString
from shapely.geometry.base import BaseGeometry

from geo_service.outputs.map_frame import FONT, INK, MapFrame, text_width_pt

HEIGHT_PT = 11.5
SIZE_PT = 7.5
REACHES_PT = (15, 21, 28, 36, 46, 58, 72, 90)
DIRECTIONS = 16


@dataclass(frozen=True)
class Badge:
    """A number to be shown at a place (metres): dark on white with an edge of ``colour``, or white on ``colour``."""

    text: str
    x: float
    y: float
    colour: str = INK
    filled: bool = False


def draw_badges(frame: MapFrame, badges: Sequence[Badge], *, avoid: BaseGeometry | None = None) -> None:
    """Draw badges on their places, or beside them where they would cover another; each becomes taken.

    Parameters
    ----------
    avoid
        A line, metres, that a moved badge keeps off where it can.
    """
    scale = frame.metres_per_point
    spots = [shapely.Point(badge.x, badge.y) for badge in badges]
    sizes = [_width_pt(badge) * scale for badge in badges]
    height = HEIGHT_PT * scale
    alone = [
        all(
            abs(badge.x - other.x) > (sizes[i] + sizes[j]) / 2 + scale or abs(badge.y - other.y) > height + scale
            for j, other in enumerate(badges)
            if j != i
        )
        for i, badge in enumerate(badges)
    ]
    dots = [spot.buffer(2.2 * scale) for spot in spots]
    for index in sorted(range(len(badges)), key=lambda i: not alone[i]):
        badge, width = badges[index], sizes[index]
        others = [dot for i, dot in enumerate(dots) if i != index]
        x, y = _place(frame, badge, (width, height), dots=others, avoid=avoid, home=alone[index])
        if (x, y) != (badge.x, badge.y):
            _draw_leader(frame, badge, x, y)
        _draw(frame, badge, (x, y), (width, height))
        frame.taken.append(shapely.box(x - width / 2, y - height / 2, x + width / 2, y + height / 2).buffer(scale))
    frame.taken.extend(dots)


def _place(
    frame: MapFrame,
    badge: Badge,
    size: tuple[float, float],
    *,
    dots: Sequence[shapely.Polygon],
    avoid: BaseGeometry | None,
    home: bool,
) -> tuple[float, float]:
    """Return the best free centre of a badge: at home, else near, off the line and with a short leader."""
    width, height = size
    best, best_cost = (badge.x, badge.y), np.inf
    for x, y, reach_pt in _candidates(frame, badge, home=home):
        box = shapely.box(x - width / 2, y - height / 2, x + width / 2, y + height / 2)
        if not frame.is_free(box) or any(dot.intersects(box) for dot in dots if reach_pt):
            continue
        cost = float(reach_pt)
        if reach_pt:
            leader = LineString([(badge.x, badge.y), (x, y)])
            cost += 60 * sum(leader.intersects(dot) for dot in dots)
            cost += 40 * sum(leader.intersects(shape) for shape in frame.taken)
            if avoid is not None:
                cost += 0.5 * avoid.intersection(box).length / frame.metres_per_point
        if cost < best_cost:
            best, best_cost = (x, y), cost
        if cost == 0:
            break
    return best


def _candidates(frame: MapFrame, badge: Badge, *, home: bool) -> Iterator[tuple[float, float, float]]:
    if home:
        yield badge.x, badge.y, 0
    for reach_pt in REACHES_PT:
        for step in range(DIRECTIONS):
            turn = 2 * np.pi * (step + 0.5) / DIRECTIONS
            away = reach_pt * frame.metres_per_point
            yield badge.x + away * float(np.cos(turn)), badge.y + away * float(np.sin(turn)), reach_pt


def _width_pt(badge: Badge) -> float:
    return max(HEIGHT_PT, text_width_pt(badge.text, SIZE_PT, "bold") + 6)


def _draw_leader(frame: MapFrame, badge: Badge, x: float, y: float) -> None:
    (line,) = frame.axes.plot([badge.x, x], [badge.y, y], color=badge.colour, linewidth=0.9, zorder=24)
    line.set_path_effects([withStroke(linewidth=2.4, foreground="white")])
    frame.axes.plot(
        [badge.x],
        [badge.y],
        "o",
        markersize=4,
        color=badge.colour,
        markeredgecolor="white",
        markeredgewidth=0.7,
        zorder=25,
    )


def _draw(frame: MapFrame, badge: Badge, at: tuple[float, float], size: tuple[float, float]) -> None:
    (x, y), (width, height) = at, size
    frame.axes.add_patch(
        FancyBboxPatch(
            (x - width / 2, y - height / 2),
            width,
            height,
            boxstyle=f"round,pad=0,rounding_size={height / 2}",
            facecolor=badge.colour if badge.filled else "white",
            edgecolor="white" if badge.filled else badge.colour,
            linewidth=0.8 if badge.filled else 1.3,
            zorder=30,
        )
    )
    frame.axes.text(
        x,
        y,
        badge.text,
        fontsize=SIZE_PT,
        family=FONT,
        weight="bold",
        ha="center",
        va="center_baseline",
        color="white" if badge.filled else INK,
        parse_math=False,
        zorder=31,
    )
