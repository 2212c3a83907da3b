"""Floor 1: places moved onto the nearest street, measured in metres of the UTM zone."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import shapely

from geo_service.base.crs import WGS84_EPSG, metric_epsg, transform_xy
from geo_service.streets.model import Snap
from geo_service.streets.network import StreetNetwork

MAX_SNAP_M = 500.0
"""A place farther from every street than this many metres is not on the network."""


class Snapper:
    """Finds the nearest section of which at least one edge is marked, for many places at once.

    Parameters
    ----------
    edges
        bool, shape (edges,): edges that may be snapped to. Sections where one may not stop are left out.
    max_m
        Reach in metres.
    """

    def __init__(self, network: StreetNetwork, edges: npt.NDArray[np.bool_], max_m: float = MAX_SNAP_M) -> None:
        self._edges = edges
        self._max_m = max_m
        self._sections = np.flatnonzero(edges.reshape(-1, 2).any(axis=1) & network.section_stop)
        west, south, east, north = network.bounds()
        self._epsg = metric_epsg((west + east) / 2, (south + north) / 2)
        xy = transform_xy(network.shape_lonlat, WGS84_EPSG, self._epsg)
        points = np.diff(network.shape_offset)
        lines = shapely.linestrings(xy, indices=np.repeat(np.arange(network.sections), points))
        self._lines = lines[self._sections]
        self._tree = shapely.STRtree(self._lines)

    def snap(self, lonlat: npt.NDArray[np.float64]) -> list[Snap | None]:
        """Move places onto the nearest street.

        Parameters
        ----------
        lonlat
            Shape (n, 2), degrees.

        Returns
        -------
        list
            One entry per place; None where no street lies within reach or the place is not a finite number.
        """
        lonlat = np.asarray(lonlat, dtype=np.float64).reshape(-1, 2)
        found: list[Snap | None] = [None] * len(lonlat)
        sane = np.flatnonzero(np.isfinite(lonlat).all(axis=1) & (np.abs(lonlat) <= (180.0, 90.0)).all(axis=1))
        if len(sane) == 0 or len(self._lines) == 0:
            return found
        points = shapely.points(transform_xy(lonlat[sane], WGS84_EPSG, self._epsg))
        near = np.isfinite(shapely.get_x(points))
        sane, points = sane[near], points[near]
        which, line = self._tree.query_nearest(points, max_distance=self._max_m, all_matches=False)
        lines, points = self._lines[line], points[which]
        fraction = np.clip(shapely.line_locate_point(lines, points, normalized=True), 0.0, 1.0)
        fraction = np.where(np.isfinite(fraction), fraction, 0.0)  # a line without length
        on_line = shapely.line_interpolate_point(lines, fraction, normalized=True)
        on_street = transform_xy(shapely.get_coordinates(on_line), self._epsg, WGS84_EPSG)
        forward = 2 * self._sections[line]
        reverse = ~self._edges[forward]
        rows = zip(
            sane[which].tolist(),
            (forward + reverse).tolist(),
            np.where(reverse, 1.0 - fraction, fraction).tolist(),
            on_street.tolist(),
            shapely.distance(points, on_line).tolist(),
            strict=True,
        )
        for place, edge, along, (lon, lat), distance in rows:
            found[place] = Snap(edge, along, lon, lat, distance)
        return found
