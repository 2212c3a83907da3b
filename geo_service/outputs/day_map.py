"""Floor 7: the map of a day, of one crew or of all: streets in grey, plots, routes in order, numbered stops, depots.

Legible in black and white: one crew's route is black, several differ by dashes as well as by colour.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np
import shapely
from matplotlib.collections import PolyCollection
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patheffects import Normal, withStroke
from shapely import LineString
from shapely.geometry.base import BaseGeometry

from geo_service.base.crs import WGS84_EPSG, transform_xy
from geo_service.outputs.day import Day, DayCrew, Lonlat
from geo_service.outputs.map_badges import Badge, draw_badges
from geo_service.outputs.map_frame import (
    INK,
    FloatArray,
    MapFrame,
    draw_credit,
    draw_furniture,
    make_frame,
    text_width_pt,
)
from geo_service.outputs.map_streets import MapStreets, draw_streets, name_streets
from geo_service.outputs.plain import plain_values
from geo_service.outputs.words import words

Dashes = Literal["solid"] | tuple[float, tuple[float, ...]]

DASHES: tuple[Dashes, ...] = (
    "solid",
    (0, (5, 1.6)),
    (0, (1.4, 1.2)),
    (0, (7, 1.4, 1.4, 1.4)),
    (0, (3, 1, 1, 1, 1, 1)),
    (0, (9, 3)),
)
"""Dash patterns of crews on a map of several, as matplotlib takes them."""

ARROW_EVERY_PT = 75.0


def day_figure(
    day: Day,
    *,
    streets: MapStreets | None = None,
    size_mm: tuple[float, float] = (186.0, 92.0),
    lang: str = "de",
    credit: bool = True,
) -> Figure:
    """Draw a day.

    Parameters
    ----------
    streets
        The streets in the plan CRS, from `geo_service.outputs.map_streets.map_streets`; without them routes alone.
    size_mm
        Width and height on paper, millimetres.
    credit
        Whether sample note and licence stand on the map itself.

    Returns
    -------
    Figure
        Its axes are in metres of the plan CRS.
    """
    day = plain_values(day)
    epsg = streets.epsg if streets is not None else day.epsg
    frame = make_frame(_places(day, epsg), size_mm)
    if streets is not None:
        draw_streets(frame, streets)
    notes = [
        words(lang)["sample"] if day.sample else "",
        day.licence or (streets.licence if streets is not None else ""),
    ]
    several = len(day.crews) > 1
    drawn = shapely.MultiLineString([_metres(leg, epsg) for crew in day.crews for leg in _legs(crew) if len(leg) > 1])
    if credit:
        draw_credit(frame, " · ".join(note for note in notes if note))
    draw_furniture(frame, lang=lang, avoid=drawn)
    if several:
        _draw_legend(frame, day.crews, drawn)
    for index, crew in enumerate(day.crews):
        _draw_plots(frame, crew, epsg)
        _draw_route(frame, crew, epsg, crew.colour if several else INK, index if several else 0)
    for crew in day.crews:
        _draw_facilities(frame, crew, epsg)
        _draw_depot(frame, crew, epsg)
    draw_badges(
        frame,
        [badge for crew in day.crews for badge in _badges(crew, epsg, crew.colour if several else INK, several)],
        avoid=drawn,
    )
    if streets is not None:
        frame.taken.append(shapely.buffer(drawn, 1.6 * frame.metres_per_point))
        driven = {name for crew in day.crews for stop in crew.stops for name in stop.streets}
        name_streets(frame, streets, first=driven)
    return frame.figure


def extent_m(day: Day) -> tuple[float, float]:
    """Return how far depots, ways and stops of a day reach from west to east and from south to north, metres."""
    places = _places(day, day.epsg)
    across, up = np.ptp(places, axis=0) if len(places) else (0.0, 0.0)
    return float(across), float(up)


def _places(day: Day, epsg: int) -> FloatArray:
    return _metres(
        [
            point
            for crew in day.crews
            for line in (
                [crew.depot, crew.last],
                [(stop.lon, stop.lat) for stop in crew.stops],
                [trip.at for trip in crew.trips if trip.at],
                *_legs(crew),
            )
            for point in line
        ],
        epsg,
    )


def _metres(points: Sequence[Lonlat], epsg: int) -> FloatArray:
    return transform_xy(np.asarray(points, dtype=np.float64).reshape(-1, 2), WGS84_EPSG, epsg)


def _legs(crew: DayCrew) -> list[tuple[Lonlat, ...]]:
    return [leg for leg in (*(stop.leg for stop in crew.stops), crew.way_back) if leg]


def _draw_plots(frame: MapFrame, crew: DayCrew, epsg: int) -> None:
    rings = [_metres(ring, epsg) for stop in crew.stops for ring in stop.outline]
    plots = PolyCollection(rings, facecolors="#9a9a9a", edgecolors=INK, linewidths=0.6, zorder=5)
    frame.axes.add_collection(plots, autolim=False)


def _draw_route(frame: MapFrame, crew: DayCrew, epsg: int, colour: str, index: int) -> None:
    """Draw the way with its direction; the way back is thinner."""
    legs = [_metres(leg, epsg) for leg in _legs(crew)]
    if not legs:
        return
    way_out = legs[:-1] if crew.way_back else legs
    for part, width in ((way_out, 1.9), (legs[len(way_out) :], 1.0)):
        if part:
            xy = np.vstack(part)
            (line,) = frame.axes.plot(
                xy[:, 0], xy[:, 1], color=colour, linewidth=width, linestyle=DASHES[index % len(DASHES)],
                dash_capstyle="butt", solid_joinstyle="round", zorder=10 + index,
            )  # fmt: skip
            line.set_path_effects([withStroke(linewidth=width + 1.8, foreground="white"), Normal()])
    whole = np.vstack(legs)
    if len(whole) > 1:
        _draw_arrows(frame, LineString(whole), colour)


def _draw_arrows(frame: MapFrame, way: LineString, colour: str) -> None:
    """Draw arrow heads along a line, one for every `ARROW_EVERY_PT` points of paper."""
    step = ARROW_EVERY_PT * frame.metres_per_point
    reach = 3.2 * frame.metres_per_point
    for at in np.arange(step / 2, way.length, step):
        a, b = (shapely.get_coordinates(way.interpolate(at + aside))[0] for aside in (-reach, reach))
        length = float(np.hypot(*(b - a)))
        if length < reach:
            continue
        along = (b - a) / length * reach
        across = np.array([-along[1], along[0]]) * 0.75
        middle = (a + b) / 2
        head = [middle + along, middle - along * 0.7 + across, middle - along * 0.7 - across]
        frame.axes.fill(*np.array(head).T, facecolor=colour, edgecolor="white", linewidth=0.5, zorder=18)


def _draw_facilities(frame: MapFrame, crew: DayCrew, epsg: int) -> None:
    """Draw tips and nurseries as black squares on their corner, beside the house of the depot."""
    for place in dict.fromkeys(trip.at for trip in crew.trips if trip.at):
        x, y = (float(value) for value in _metres([place], epsg)[0])
        corners = np.array([(0, -1), (1, 0), (0, 1), (-1, 0)]) * 5.5 * frame.metres_per_point + (x, y)
        frame.axes.fill(*corners.T, facecolor=INK, edgecolor="white", linewidth=1, zorder=27)
        frame.taken.append(shapely.Polygon(corners).buffer(frame.metres_per_point))


def _draw_depot(frame: MapFrame, crew: DayCrew, epsg: int) -> None:
    x, y = (float(value) for value in _metres([crew.depot], epsg)[0])
    house = np.array([(-1, -0.8), (1, -0.8), (1, 0.3), (0, 1.1), (-1, 0.3)]) * 6 * frame.metres_per_point + (x, y)
    frame.axes.fill(*house.T, facecolor=INK, edgecolor="white", linewidth=1, zorder=28)
    frame.taken.append(shapely.Polygon(house).buffer(frame.metres_per_point))


def _badges(crew: DayCrew, epsg: int, colour: str, several: bool) -> list[Badge]:
    """Return a badge for each place, with all the orders of the stops there."""
    orders: dict[tuple[str, Lonlat], list[int]] = {}
    for stop in crew.stops:
        orders.setdefault((stop.plot, (stop.lon, stop.lat)), []).append(stop.order)
    places = _metres([place for _, place in orders], epsg)
    return [
        Badge(_orders(group), float(x), float(y), colour, filled=several)
        for group, (x, y) in zip(orders.values(), places, strict=True)
    ]


def _orders(orders: Sequence[int]) -> str:
    """Write the numbers of stops at one place, three and more in a row as a range.

    Examples
    --------
    >>> _orders([3]), _orders([3, 4]), _orders([3, 4, 5, 9])
    ('3', '3, 4', '3–5, 9')
    """
    runs: list[list[int]] = []
    for order in orders:
        if runs and order == runs[-1][-1] + 1:
            runs[-1].append(order)
        else:
            runs.append([order])
    return ", ".join(f"{run[0]}–{run[-1]}" if len(run) > 2 else ", ".join(map(str, run)) for run in runs)


def _draw_legend(frame: MapFrame, crews: Sequence[DayCrew], avoid: BaseGeometry) -> None:
    """Write the crews into a corner."""
    scale = frame.metres_per_point
    names = [crew.name[:40] for crew in crews]
    width, height = max(text_width_pt(name, 7.5) for name in names) + 46, 13 * len(crews) + 6
    left, low = frame.free_corner(width, height, avoid)
    frame.plate((left, low), width, height)
    for index, (crew, name) in enumerate(zip(crews, names, strict=True)):
        x, y = left + 6 * scale, low + (height - 9.5 - 13 * index) * scale
        end = x + 24 * scale
        line = Line2D(
            [x, end], [y, y], color=crew.colour, linewidth=2.2, linestyle=DASHES[index % len(DASHES)], zorder=45
        )
        frame.axes.add_line(line)
        frame.write(name, (end + 5 * scale, y), 7.5, ha="left", va="center_baseline", color=INK, zorder=45)
