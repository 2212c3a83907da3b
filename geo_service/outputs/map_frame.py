"""Floor 7: the frame of a printed map: extent in metres, paper in points, what is taken, scale bar, north, credit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties, findfont, get_font
from matplotlib.ft2font import LoadFlags
from matplotlib.patches import Rectangle
from matplotlib.patheffects import withStroke
from matplotlib.text import Text
from shapely import Polygon
from shapely.geometry.base import BaseGeometry

from geo_service.outputs.words import number

FloatArray = npt.NDArray[np.float64]
Box = tuple[float, float, float, float]
"""min x, min y, max x, max y, metres in the plan CRS."""

POINTS_PER_MM = 72 / 25.4
FONT = "DejaVu Sans"
"""Comes with matplotlib, so a map looks the same on every machine."""

INK = "#1a1a1a"


@dataclass
class MapFrame:
    """A figure whose one pair of axes fills it, in metres of the plan CRS, and the places on it that are taken.

    Attributes
    ----------
    box
        Extent in metres.
    metres_per_point
        Scale of the paper: one point is 1/72 inch.
    taken
        Shapes in metres on which no further label may lie.
    foot_pt
        Height of what is written along the lower edge, points.
    """

    figure: Figure
    axes: Axes
    box: Box
    metres_per_point: float
    taken: list[BaseGeometry] = field(default_factory=list)
    foot_pt: float = 3.0

    def is_free(self, shape: BaseGeometry) -> bool:
        """Whether a label may lie there: inside the frame and on nothing that is taken."""
        min_x, min_y, max_x, max_y = shape.bounds
        left, low, right, high = self.box
        rim = 2 * self.metres_per_point
        if min_x < left + rim or min_y < low + rim or max_x > right - rim or max_y > high - rim:
            return False
        return not bool(np.any(shapely.intersects(np.array(self.taken, dtype=object), shape)))

    def free_corner(self, width_pt: float, height_pt: float, avoid: BaseGeometry | None = None) -> tuple[float, float]:
        """Take the corner of that size, points, that covers least of ``avoid``; return its lower left in metres."""
        scale = self.metres_per_point
        left, low = self.corner(3, self.foot_pt)
        right, high = self.corner(-3 - width_pt, -3 - height_pt)
        spots = [(left, low), (right, low), (left, high), (right, high)]
        boxes = [shapely.box(x, y, x + width_pt * scale, y + height_pt * scale) for x, y in spots]
        covered = [
            (any(box.intersects(shape) for shape in self.taken), avoid.intersection(box).length if avoid else 0.0)
            for box in boxes
        ]
        best = min(range(4), key=covered.__getitem__)
        self.taken.append(boxes[best])
        return spots[best]

    def plate(self, at: tuple[float, float], width_pt: float, height_pt: float, *, edge: str = "none") -> None:
        """Lay a white plate, lower left in metres, for something to be written on."""
        scale = self.metres_per_point
        self.axes.add_patch(
            Rectangle(
                at,
                width_pt * scale,
                height_pt * scale,
                facecolor=(1, 1, 1, 0.85),
                edgecolor=edge,
                linewidth=0.6,
                zorder=40,
            )
        )

    def corner(self, across_pt: float, up_pt: float) -> tuple[float, float]:
        """Return the place so many points from the left (negative: right) and lower (negative: upper) edge."""
        min_x, min_y, max_x, max_y = self.box
        scale = self.metres_per_point
        return (
            (min_x if across_pt >= 0 else max_x) + across_pt * scale,
            (min_y if up_pt >= 0 else max_y) + up_pt * scale,
        )

    def write(self, text: str, at: tuple[float, float], size_pt: float, **style: Any) -> Text:
        """Write a text as it is, never as mathematics, with a white rim."""
        label = self.axes.text(*at, drawable(text), fontsize=size_pt, family=FONT, parse_math=False, **style)
        label.set_path_effects([withStroke(linewidth=2.2, foreground="white")])
        return label


def make_frame(
    points: FloatArray, size_mm: tuple[float, float], *, margin_pt: float = 22, least_m: float = 500
) -> MapFrame:
    """Return an empty map on which all ``points`` lie, north up, at one scale in both directions.

    Parameters
    ----------
    points
        float64, shape (n, 2), metres in the plan CRS; without any the frame lies around the origin.
    size_mm
        Width and height of the paper, millimetres.
    margin_pt
        Free paper between the outermost points and the edge, points.
    least_m
        The wider side shows at least this many metres.
    """
    width_pt, height_pt = (side * POINTS_PER_MM for side in size_mm)
    low, high = (points.min(axis=0), points.max(axis=0)) if len(points) else (np.zeros(2), np.zeros(2))
    centre, reach = (low + high) / 2, high - low
    scale = max(
        reach[0] / (width_pt - 2 * margin_pt),
        reach[1] / (height_pt - 2 * margin_pt),
        least_m / max(width_pt, height_pt),
    )
    half = np.array([width_pt, height_pt]) * scale / 2
    figure = Figure(figsize=(width_pt / 72, height_pt / 72), dpi=150, facecolor="white")
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set_axis_off()
    (min_x, min_y), (max_x, max_y) = centre - half, centre + half
    axes.set_xlim(min_x, max_x)
    axes.set_ylim(min_y, max_y)
    return MapFrame(figure, axes, (float(min_x), float(min_y), float(max_x), float(max_y)), float(scale))


def draw_credit(frame: MapFrame, credit: str) -> None:
    """Write source and licence along the lower edge."""
    if credit:
        frame.write(credit, frame.corner(-8, 4), 5.5, ha="right", va="bottom", color="#404040", zorder=41)
        frame.foot_pt = 13.0
        frame.taken.append(shapely.box(*frame.corner(-12 - text_width_pt(credit, 5.5), 0), *frame.corner(-1, 12)))


def draw_furniture(frame: MapFrame, *, lang: str, avoid: BaseGeometry | None = None) -> None:
    """Draw the edge and, in the corner that covers least of ``avoid``, a scale bar and the arrow to north."""
    min_x, min_y, max_x, max_y = frame.box
    frame.axes.add_patch(
        Rectangle(
            (min_x, min_y),
            max_x - min_x,
            max_y - min_y,
            fill=False,
            edgecolor="#707070",
            linewidth=1,
            zorder=50,
        )
    )
    scale = frame.metres_per_point
    longest = 90 * scale
    power = 10 ** np.floor(np.log10(longest))
    length = float(max(step * power for step in (1, 2, 5) if step * power <= longest))
    width_pt = length / scale + 26
    x, y = frame.free_corner(width_pt, 24, avoid)
    frame.plate((x, y), width_pt, 24)
    left, right, base = x + 5 * scale, x + 5 * scale + length, y + 6 * scale
    frame.axes.plot([left, right], [base, base], color=INK, linewidth=2, solid_capstyle="butt", zorder=41)
    said = f"{number(length, lang)} m" if length < 1000 else f"{number(length / 1000, lang)} km"
    frame.write(said, ((left + right) / 2, base + 4 * scale), 6.5, ha="center", va="bottom", color=INK, zorder=41)
    north = right + 10 * scale
    frame.axes.fill(
        [north, north + 3 * scale, north, north - 3 * scale],
        np.array([13, 3, 5.5, 3]) * scale + y,
        facecolor=INK,
        zorder=41,
    )
    frame.write("N", (north, y + 14 * scale), 6.5, ha="center", va="bottom", weight="bold", color=INK, zorder=41)


def drawable(text: str) -> str:
    """Return ``text`` with U+FFFD for every sign that the font of the maps lacks."""
    known = _signs()
    return "".join(sign if ord(sign) in known else "\ufffd" for sign in text)


@lru_cache(maxsize=4096)
def text_width_pt(text: str, size_pt: float, weight: str = "normal") -> float:
    """Return how wide a text is on paper, points."""
    font = get_font(findfont(FontProperties(family=FONT, weight=weight)))
    font.set_size(size_pt, 72)
    font.set_text(drawable(text), 0.0, flags=LoadFlags.NO_HINTING)
    return float(font.get_width_height()[0]) / 64


def slanted_box(centre: tuple[float, float], width: float, height: float, degrees: float) -> Polygon:
    """Return a box of ``width`` x ``height`` around a centre, turned counter-clockwise; all in one unit."""
    turn = np.deg2rad(degrees)
    along, up = np.array([np.cos(turn), np.sin(turn)]) * width / 2, np.array([-np.sin(turn), np.cos(turn)]) * height / 2
    corners: Sequence[FloatArray] = (-along - up, along - up, along + up, -along + up)
    return Polygon([tuple(np.asarray(centre) + corner) for corner in corners])


@lru_cache(maxsize=1)
def _signs() -> frozenset[int]:
    return frozenset(get_font(findfont(FontProperties(family=FONT))).get_charmap())
