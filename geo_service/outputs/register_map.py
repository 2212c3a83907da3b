"""Floor 7: the map of the register: quarters and plots by state, with a legend; for notebooks and the README.

States differ by the shape of their marks as well as by colour, so the map reads in black and white.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np
import orjson
import shapely
from matplotlib.figure import Figure
from matplotlib.patches import PathPatch
from matplotlib.path import Path
from shapely import MultiLineString
from shapely.geometry.base import BaseGeometry

from geo_service.base.crs import WGS84_EPSG, transform_geometry
from geo_service.base.errors import CrsMismatch
from geo_service.outputs.map_frame import INK, MapFrame, draw_credit, draw_furniture, make_frame, text_width_pt
from geo_service.outputs.map_streets import MapStreets, draw_streets
from geo_service.outputs.plain import plain
from geo_service.outputs.words import STATES, number, words
from geo_service.plots.model import Plot, PlotState, Quarter

TINTS = ("#f7ecd9", "#e6eef6", "#efe8f3", "#e7f1e8", "#f6e6e4", "#f1f0dc")
"""Fills of quarters, one for each group."""

MARKS: dict[PlotState, tuple[str, str, str]] = {
    PlotState.REGISTERED: ("^", "#d08a2e", "#6b400a"),
    PlotState.CLEARED: ("s", "#f2d75c", "#75600c"),
    PlotState.GREENED: ("D", "#a5d67c", "#3f6b20"),
    PlotState.MAINTAINED: ("o", "#3f8a47", "#1c4723"),
    PlotState.SET_ASIDE: ("X", "#c3c5c8", "#4a4f54"),
    PlotState.RETURNED: ("o", "#ffffff", "#4a4f54"),
}
"""Mark, fill and edge of each state."""

LANDSCAPE = {"water": "#b4d3e4", "green": "#d5e6c6", "rail": "#a9a6a0"}
"""Colours of the landscape by kind."""

STREET_GREY = "#d2cdc4"


def register_figure(
    plots: Sequence[Plot],
    quarters: Sequence[Quarter],
    *,
    streets: MapStreets | None = None,
    landscape: bytes | None = None,
    size_mm: tuple[float, float] = (190.0, 190.0),
    lang: str = "de",
    sample: bool = False,
) -> Figure:
    """Draw quarters and plots.

    Parameters
    ----------
    plots, quarters
        In one plan CRS; either may be empty.
    streets
        In the same plan CRS.
    landscape
        GeoJSON in degrees whose features have the ``kind`` water, green or rail.
    size_mm
        Width and height on paper, millimetres.
    sample
        Whether the map says "schematic sample data".

    Returns
    -------
    Figure
        Its axes are in metres of the plan CRS.

    Raises
    ------
    CrsMismatch
        When not everything is in one reference system.
    """
    found = {*(one.epsg for one in plots), *(one.epsg for one in quarters), *([streets.epsg] if streets else [])}
    if len(found) > 1:
        raise CrsMismatch(f"a map cannot show EPSG {sorted(found)} together", remedy="reproject them to one plan CRS")
    outlines = [one.geometry for one in quarters] or [one.geometry for one in plots]
    corners = shapely.get_coordinates(shapely.box(*shapely.bounds(outlines).T)) if outlines else np.empty((0, 2))
    frame = make_frame(corners, size_mm)
    groups = sorted({quarter.group for quarter in quarters})
    for quarter in quarters:
        tint = TINTS[groups.index(quarter.group) % len(TINTS)]
        _fill(frame, quarter.geometry, facecolor=tint, edgecolor="#6d5f7a", linewidth=1.3, zorder=1)
    if landscape is not None and found:
        _draw_landscape(frame, landscape, found.pop())
    if streets is not None:
        draw_streets(frame, streets, colour=STREET_GREY, thin=0.75)
    licence = streets.licence if streets is not None else ""
    credit = [words(lang)["sample"] if sample else "", licence]
    shown = shapely.union_all(shapely.boundary(outlines)) if outlines else MultiLineString()
    draw_credit(frame, " · ".join(plain(one) for one in credit if one))
    _draw_legend(frame, plots, lang, shown)
    draw_furniture(frame, lang=lang, avoid=shown)
    _name_quarters(frame, quarters, plots)
    for plot in plots:
        _, fill, edge = MARKS[plot.state]
        _fill(frame, plot.geometry, facecolor=fill, edgecolor=edge, linewidth=0.5, zorder=10)
    for state, (mark, fill, edge) in MARKS.items():
        middles = [plot.geometry.centroid.coords[0] for plot in plots if plot.state is state]
        if middles:
            x, y = np.array(middles).T
            frame.axes.scatter(x, y, marker=mark, s=20, facecolor=fill, edgecolor=edge, linewidth=0.8, zorder=12)
    return frame.figure


def _fill(frame: MapFrame, geometry: BaseGeometry, **style: object) -> None:
    """Fill polygons, their holes left open."""
    rings = [ring for part in shapely.get_parts(geometry) for ring in (part.exterior, *part.interiors)]
    path = Path.make_compound_path(*(Path(np.asarray(ring.coords)[:, :2], closed=True) for ring in rings))
    frame.axes.add_patch(PathPatch(path, **style))


def _draw_landscape(frame: MapFrame, landscape: bytes, epsg: int) -> None:
    """Draw water, green and railways from GeoJSON in degrees; other kinds are left out."""
    for feature in orjson.loads(landscape)["features"]:
        fill = LANDSCAPE.get(feature["properties"].get("kind"))
        if fill is None:
            continue
        geometry = transform_geometry(shapely.from_geojson(orjson.dumps(feature["geometry"])), WGS84_EPSG, epsg)
        if geometry.geom_type.endswith("Polygon"):
            _fill(frame, geometry, facecolor=fill, edgecolor="none", alpha=0.75, zorder=1.5)
            continue
        for line in shapely.get_parts(geometry):
            frame.axes.plot(
                *shapely.get_coordinates(line).T, color=fill, linewidth=1.1, linestyle=(0, (4, 2)), zorder=3
            )


def _name_quarters(frame: MapFrame, quarters: Sequence[Quarter], plots: Sequence[Plot]) -> None:
    """Write the names of the quarters inside their outlines, where they cover the fewest plots."""
    size = 7.5
    marks = shapely.STRtree([plot.geometry.centroid.buffer(4 * frame.metres_per_point) for plot in plots])
    for quarter in quarters:
        name = plain(quarter.name).upper()
        width = (text_width_pt(name, size, "bold") + 6) * frame.metres_per_point
        height = size * 1.4 * frame.metres_per_point
        heart = shapely.maximum_inscribed_circle(quarter.geometry).coords[0]
        across, up = (grid.ravel() for grid in np.meshgrid(np.linspace(-1.5, 1.5, 31), np.linspace(-12, 12, 97)))
        x, y = heart[0] + np.append(across, 0) * width, heart[1] + np.append(up, 0) * height
        boxes = shapely.box(x - width / 2, y - height / 2, x + width / 2, y + height / 2)
        fits = shapely.contains(quarter.geometry, boxes) & ~shapely.intersects(boxes, shapely.union_all(frame.taken))
        fits[-1] |= not fits.any()  # the middle, when the name fits nowhere
        covered = np.bincount(marks.query(boxes, predicate="intersects")[0], minlength=len(boxes))
        away = np.hypot(x - heart[0], y - heart[1])
        best = np.lexsort((away, covered, ~fits))[0]
        at = (float(x[best]), float(y[best]))
        frame.write(name, at, size, ha="center", va="center", weight="bold", color="#4c4159", zorder=9)
        frame.taken.append(boxes[best])


def _draw_legend(frame: MapFrame, plots: Sequence[Plot], lang: str, avoid: BaseGeometry) -> None:
    """Write states, with how many plots are in each, into a corner."""
    counts = Counter(plot.state for plot in plots)
    said = STATES["en" if lang == "en" else "de"]
    lines = [(state, f"{said[state.value]} ({number(counts[state], lang)})") for state in MARKS if counts[state]]
    title = f"{number(len(plots), lang)} {words(lang)['plots']}"
    width = max(text_width_pt(text, 8, "bold") for text in (title, *(text for _, text in lines))) + 34
    height = 13 * len(lines) + 22
    scale = frame.metres_per_point
    left, low = frame.free_corner(width, height, avoid)
    frame.plate((left, low), width, height, edge="#707070")
    top = low + (height - 11) * scale
    frame.write(title, (left + 8 * scale, top), 8, ha="left", va="center_baseline", weight="bold", color=INK, zorder=41)
    for index, (state, text) in enumerate(lines, start=1):
        mark, fill, edge = MARKS[state]
        x, y = left + 13 * scale, top - 13 * index * scale
        frame.axes.scatter([x], [y], marker=mark, s=26, facecolor=fill, edgecolor=edge, linewidth=0.9, zorder=42)
        frame.write(text, (x + 9 * scale, y), 8, ha="left", va="center_baseline", color=INK, zorder=41)
