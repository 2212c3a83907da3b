"""Floor 7: the streets as a printed map draws them: grey lines by class, names along the lines where there is room."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely
from matplotlib.collections import LineCollection
from shapely import LineString

from geo_service.base.crs import WGS84_EPSG, transform_xy
from geo_service.outputs.map_frame import FloatArray, MapFrame, slanted_box, text_width_pt
from geo_service.streets.network import StreetNetwork

WIDTHS_PT = {
    **dict.fromkeys(("motorway", "trunk", "primary"), 2.6),
    **dict.fromkeys(("motorway_link", "trunk_link", "primary_link", "secondary"), 2.1),
    **dict.fromkeys(("secondary_link", "tertiary"), 1.6),
    **dict.fromkeys(("footway", "path", "cycleway", "track", "steps", "bridleway", "pedestrian", "service"), 0.45),
}
"""Widths of lines by class, points; streets of other classes have `OTHER_WIDTH_PT`."""

OTHER_WIDTH_PT = 1.0
GREY = "#c4c4c4"
NAME_INK = "#3c3c3c"


@dataclass(frozen=True, eq=False)
class MapStreets:
    """Street sections in metres of the plan CRS.

    Attributes
    ----------
    lines
        shapely LineStrings, shape (n,).
    names, highways
        Of each section; a name may be empty.
    licence
        What must be shown with them.
    """

    epsg: int
    lines: npt.NDArray[np.object_]
    names: npt.NDArray[np.object_]
    highways: npt.NDArray[np.object_]
    licence: str


def map_streets(network: StreetNetwork, epsg: int) -> MapStreets:
    """Return the streets of a network in the plan CRS; the work of it grows with the network, so do it once."""
    xy = transform_xy(network.shape_lonlat, WGS84_EPSG, epsg)
    points = np.diff(network.shape_offset)
    return MapStreets(
        epsg=epsg,
        lines=shapely.linestrings(xy, indices=np.repeat(np.arange(network.sections), points)),
        names=np.array(network.names, dtype=object)[network.section_name],
        highways=np.array(network.highways, dtype=object)[network.section_highway],
        licence=network.licence,
    )


def draw_streets(frame: MapFrame, streets: MapStreets, *, colour: str = GREY, thin: float = 1.0) -> None:
    """Draw the streets that lie in the frame; ``thin`` below 1 makes all lines thinner."""
    seen = _seen(frame, streets)
    for width in sorted({*WIDTHS_PT.values(), OTHER_WIDTH_PT}):
        chosen = [index for index in seen if WIDTHS_PT.get(streets.highways[index], OTHER_WIDTH_PT) == width]
        lines = [shapely.get_coordinates(streets.lines[index]) for index in chosen]
        frame.axes.add_collection(
            LineCollection(lines, colors=colour, linewidths=width * thin, capstyle="round", zorder=2), autolim=False
        )


def name_streets(frame: MapFrame, streets: MapStreets, *, first: Collection[str] = (), most: int = 40) -> None:
    """Write street names along their streets where nothing is taken yet, those in ``first`` first, then by class."""
    seen = _seen(frame, streets)
    by_name: dict[str, list[int]] = {}
    for index in seen:
        if streets.names[index]:
            by_name.setdefault(streets.names[index], []).append(index)

    def rank(name: str) -> tuple[bool, float, str]:
        widest = max(WIDTHS_PT.get(streets.highways[index], OTHER_WIDTH_PT) for index in by_name[name])
        return name not in first, -widest, name

    written = 0
    view = shapely.box(*frame.box)
    for name in sorted(by_name, key=rank):
        if written == most:
            break
        whole = shapely.line_merge(shapely.union_all(streets.lines[by_name[name]]).intersection(view))
        parts = sorted(shapely.get_parts(whole), key=lambda part: -part.length)
        written += any(_write_name(frame, name, part) for part in parts[:3] if isinstance(part, LineString))


def _seen(frame: MapFrame, streets: MapStreets) -> npt.NDArray[np.intp]:
    return np.flatnonzero(shapely.intersects(streets.lines, shapely.box(*frame.box)))


def _write_name(frame: MapFrame, name: str, line: LineString) -> bool:
    size = 5.8
    scale = frame.metres_per_point
    width = (text_width_pt(name, size) + 3) * scale
    for middle, degrees in _straight_stretches(line, width):
        for aside in (0.0, 6.0, -6.0):
            turn = np.deg2rad(degrees)
            centre = middle + aside * scale * np.array([-np.sin(turn), np.cos(turn)])
            at = (float(centre[0]), float(centre[1]))
            box = slanted_box(at, width, size * 1.25 * scale, degrees)
            if frame.is_free(box):
                frame.write(
                    name,
                    at,
                    size,
                    ha="center",
                    va="center_baseline",
                    rotation=degrees,
                    rotation_mode="anchor",
                    color=NAME_INK,
                    zorder=20,
                )
                frame.taken.append(box)
                return True
    return False


def _straight_stretches(line: LineString, width: float) -> Iterator[tuple[FloatArray, float]]:
    """Yield middle and angle (degrees, readable from below) of stretches long and straight enough for a text."""
    if line.length < width * 0.9:
        return
    room = max(0.0, line.length - width)
    for part in (0.5, 0.35, 0.65, 0.2, 0.8, 0.05, 0.95):
        start = room * part
        a, b = (shapely.get_coordinates(line.interpolate(at))[0] for at in (start, min(start + width, line.length)))
        chord = b - a
        if np.hypot(*chord) < 0.97 * min(width, line.length):
            continue
        degrees = float(np.rad2deg(np.arctan2(chord[1], chord[0])))
        yield (a + b) / 2, (degrees + 80) % 180 - 80  # steep names read upwards
