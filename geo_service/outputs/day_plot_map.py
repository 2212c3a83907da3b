"""Floor 7: the map of one plot on paper: outline, entrance, the way there, the streets around, north and scale.

Legible in black and white: the plot is hatched, the entrance a black arrow, the way a dashed line.
"""

from __future__ import annotations

import numpy as np
import shapely
from matplotlib.collections import PolyCollection
from matplotlib.figure import Figure
from matplotlib.patheffects import Normal, withStroke

from geo_service.base.crs import LEIPZIG_EPSG, WGS84_EPSG, transform_xy
from geo_service.outputs.day import DayStop
from geo_service.outputs.map_frame import INK, FloatArray, MapFrame, draw_credit, draw_furniture, make_frame
from geo_service.outputs.map_streets import MapStreets, draw_streets, name_streets
from geo_service.outputs.plain import plain_values
from geo_service.outputs.words import words

LEAST_M = 160.0
"""The wider side of the map shows at least this many metres."""

FARTHEST_M = 250.0
"""A street farther from a plot than this is not drawn into its map."""

STREETS_WIDER = 3.2


def plot_figure(
    stop: DayStop,
    *,
    streets: MapStreets | None = None,
    epsg: int = LEIPZIG_EPSG,
    size_mm: tuple[float, float] = (91.0, 62.0),
    lang: str = "de",
    credit: str = "",
) -> Figure:
    """Draw the plot of a stop with what lies around it.

    Parameters
    ----------
    streets
        The streets in the plan CRS; the map reaches as far as the nearest that has a name.
    epsg
        Plan CRS; that of ``streets`` where they are given.
    credit
        What is written along the lower edge.

    Returns
    -------
    Figure
        Its axes are in metres of the plan CRS.
    """
    stop = plain_values(stop)
    if streets is not None:
        epsg = streets.epsg
    rings = [_metres(ring, epsg) for ring in stop.outline if len(ring) > 3]
    entry = _metres(((stop.lon, stop.lat),), epsg)
    points = np.vstack([entry, *rings])
    around = shapely.box(*points.min(axis=0), *points.max(axis=0)).buffer(_reach_m(points, streets), join_style="mitre")
    frame = make_frame(shapely.get_coordinates(around), size_mm, margin_pt=2, least_m=LEAST_M)
    if streets is not None:
        draw_streets(frame, streets, thin=STREETS_WIDER)
    hatched = PolyCollection(rings, facecolors="#f2f2f2", edgecolors="#8c8c8c", linewidths=0, hatch="////", zorder=5)
    edge = PolyCollection(rings, facecolors="none", edgecolors=INK, linewidths=1.5, zorder=6)
    for plot in (hatched, edge):
        frame.axes.add_collection(plot, autolim=False)
    frame.taken += [shapely.Polygon(ring).buffer(0) for ring in rings]
    way = _way(stop, frame, epsg)
    if credit:
        draw_credit(frame, credit)
    edges = [shapely.LinearRing(ring) for ring in rings]
    draw_furniture(frame, lang=lang, avoid=shapely.union_all([*edges, way]))
    _draw_way(frame, way)
    _draw_entrance(frame, entry[0], rings, lang)
    if streets is not None:
        name_streets(frame, streets, first=stop.streets[-1:], most=8)
    return frame.figure


def _metres(points: tuple[tuple[float, float], ...], epsg: int) -> FloatArray:
    return transform_xy(np.asarray(points, dtype=np.float64).reshape(-1, 2), WGS84_EPSG, epsg)


def _reach_m(points: FloatArray, streets: MapStreets | None) -> float:
    """Return how far around a plot the map shows: 30 m, or past the nearest street with a name."""
    if streets is None:
        return 30.0
    named = streets.lines[streets.names != ""]
    if not len(named):
        return 30.0
    away = float(np.min(shapely.distance(named, shapely.MultiPoint(points).convex_hull)))
    return max(30.0, away + 18.0) if away < FARTHEST_M else 30.0


def _way(stop: DayStop, frame: MapFrame, epsg: int) -> shapely.LineString:
    """Return the end of the way to a plot, as far as it lies on the map."""
    if len(stop.leg) < 2:
        return shapely.LineString()
    whole = shapely.LineString(_metres(stop.leg, epsg)).intersection(shapely.box(*frame.box))
    parts = [part for part in shapely.get_parts(whole) if part.geom_type == "LineString"]
    return parts[-1] if parts else shapely.LineString()


def _draw_way(frame: MapFrame, way: shapely.LineString) -> None:
    if way.is_empty:
        return
    xy = shapely.get_coordinates(way)
    (line,) = frame.axes.plot(xy[:, 0], xy[:, 1], color=INK, linewidth=1.3, linestyle=(0, (4, 2)), zorder=10)
    line.set_path_effects([withStroke(linewidth=3, foreground="white"), Normal()])


def _draw_entrance(frame: MapFrame, at: FloatArray, rings: list[FloatArray], lang: str) -> None:
    """Draw an arrow from outside to the entrance, and its name beside it where there is room."""
    centre = np.vstack(rings).mean(axis=0) if rings else at + np.array([0.0, -1.0])
    inward = centre - at
    length = float(np.hypot(*inward))
    along = inward / length if length > 0.1 else np.array([0.0, -1.0])
    across = np.array([-along[1], along[0]])
    scale = frame.metres_per_point
    head = [at, at - along * 9 * scale + across * 4.6 * scale, at - along * 9 * scale - across * 4.6 * scale]
    frame.axes.fill(*np.array(head).T, facecolor=INK, edgecolor="white", linewidth=0.9, zorder=28)
    frame.taken.append(shapely.Polygon(head).buffer(scale))
    said = words(lang)["access"]
    for away in (16, 22, 28):
        for turn in (0, 40, -40, 80, -80, 120, -120):
            angle = np.deg2rad(turn)
            outward = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]]) @ -along
            x, y = at + outward * away * scale
            box = shapely.box(x - 16 * scale, y - 4.5 * scale, x + 16 * scale, y + 4.5 * scale)
            if frame.is_free(box):
                frame.write(said, (float(x), float(y)), 7, ha="center", va="center", weight="bold", zorder=29)
                frame.taken.append(box)
                return
