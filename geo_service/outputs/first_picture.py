"""Floor 7: the least that a first picture of all plots needs: code, state and middle of each, column by column."""

from __future__ import annotations

from threading import Lock

import numpy as np
import numpy.typing as npt
import orjson
import shapely

from geo_service.base.crs import WGS84_EPSG, transform_xy
from geo_service.plots.model import Plot
from geo_service.store.protocol import Store

PLACES = 6
"""Of a degree: a decimetre."""


class FirstPicture:
    """Makes the first picture once for each revision of the data and for each of the two kinds of readers."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._made: dict[bool, tuple[int, bytes]] = {}
        self._lock = Lock()

    def json(self, *, public_only: bool) -> bytes:
        """Return the picture as JSON.

        ``codes``, ``states`` (null for the public), ``lon`` and ``lat`` in degrees, and ``box``, what to show at first:
        the quarters, else the plots; null when there is neither.
        """
        with self._lock:
            revision = self._store.revision()
            made = self._made.get(public_only)
            if made is None or made[0] != revision:
                made = self._made[public_only] = revision, self._make(public_only)
            return made[1]

    def _make(self, public_only: bool) -> bytes:
        plots = [one for one in self._store.plots(public_only=public_only) if one.public or not public_only]
        middles = _middles(plots)
        quarters = self._store.quarters()
        shown = [(one.geometry, one.epsg) for one in quarters] or [(one.geometry, one.epsg) for one in plots]
        return orjson.dumps(
            {
                "codes": [plot.code for plot in plots],
                "states": None if public_only else [plot.state.value for plot in plots],
                "lon": middles[:, 0].tolist(),
                "lat": middles[:, 1].tolist(),
                "box": _box([geometry for geometry, _ in shown], shown[0][1]) if shown else None,
            }
        )


def _middles(plots: list[Plot]) -> npt.NDArray[np.float64]:
    """Return the middles of the plots' boxes in degrees, shape (n, 2)."""
    if not plots:
        return np.empty((0, 2))
    bounds = shapely.bounds([plot.geometry for plot in plots])
    middles = (bounds[:, :2] + bounds[:, 2:]) / 2
    return np.round(transform_xy(middles, plots[0].epsg, WGS84_EPSG), PLACES)


def _box(geometries: list[shapely.Geometry], epsg: int) -> list[float]:
    """Return min lon, min lat, max lon, max lat of geometries in the plan CRS."""
    west, south, east, north = shapely.total_bounds(geometries)
    corners = transform_xy(np.array([(west, south), (east, south), (west, north), (east, north)]), epsg, WGS84_EPSG)
    return [round(float(value), PLACES) for value in (*corners.min(axis=0), *corners.max(axis=0))]
