"""Floor 7: the tile grid WebMercatorQuad: which square of the earth (EPSG:3857, metres) a tile address names."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

WEB_MERCATOR_EPSG = 3857

EARTH_RADIUS_M = 6_378_137.0
"""Radius of the sphere of EPSG:3857."""

HALF_WORLD_M = math.pi * EARTH_RADIUS_M
"""From the middle of the grid to each of its sides, metres of EPSG:3857."""

TILE_UNITS = 4096
"""Tile units along a side of a tile: the ``extent`` of its layers."""

BUFFER_UNITS = 64
"""How far beyond its sides a tile draws, so that lines and outlines do not end at the seam."""

LAST_ZOOM = 18
"""The finest tiles that are made; a unit is then 4 cm of EPSG:3857, 2 cm on the ground in Leipzig."""

GRID_ZOOMS = 25
"""Zoom levels of the registered grid, 0 to 24."""

MAX_LATITUDE = 85.05112877980659
"""Degrees; the grid reaches no further towards the poles."""

Bounds = tuple[float, float, float, float]
"""Min x, min y, max x, max y."""


@dataclass(frozen=True, order=True)
class TileAddress:
    """A tile of the grid.

    Attributes
    ----------
    zoom
        0 is the world in one tile; each further zoom halves the side.
    column, row
        From 0, eastwards and southwards from the north-west corner.

    Raises
    ------
    ValueError
        When the grid has no such tile.
    """

    zoom: int
    column: int
    row: int

    def __post_init__(self) -> None:
        if not 0 <= self.zoom < GRID_ZOOMS:
            raise ValueError(f"zoom {self.zoom} is not between 0 and {GRID_ZOOMS - 1}")
        if not (0 <= self.column < 1 << self.zoom and 0 <= self.row < 1 << self.zoom):
            raise ValueError(f"zoom {self.zoom} has columns and rows 0 to {(1 << self.zoom) - 1}")

    @property
    def bounds(self) -> Bounds:
        """The square in metres of EPSG:3857."""
        side = 2 * HALF_WORLD_M / (1 << self.zoom)
        west, north = self.column * side - HALF_WORLD_M, HALF_WORLD_M - self.row * side
        return west, north - side, west + side, north

    @property
    def drawn_bounds(self) -> Bounds:
        """The square with its buffer, metres of EPSG:3857."""
        west, south, east, north = self.bounds
        buffer = BUFFER_UNITS * unit_m(self.zoom)
        return west - buffer, south - buffer, east + buffer, north + buffer

    def to_units(self, xy: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        """Turn metres of EPSG:3857, shape (n, 2), into tile units: right and down from the north-west corner."""
        west, _, _, north = self.bounds
        return (xy - (west, north)) * (1 / unit_m(self.zoom), -1 / unit_m(self.zoom))


def unit_m(zoom: int) -> float:
    """Return the metres of EPSG:3857 that a tile unit stands for."""
    return 2 * HALF_WORLD_M / (1 << zoom) / TILE_UNITS


def tile_at(lon: float, lat: float, zoom: int) -> TileAddress:
    """Return the tile that holds a place given in degrees.

    Examples
    --------
    >>> tile_at(12.32, 51.32, 14)
    TileAddress(zoom=14, column=8752, row=5461)
    """
    x, y = to_web_mercator(np.array([[lon, lat]]))[0]
    side = 2 * HALF_WORLD_M / (1 << zoom)
    last = (1 << zoom) - 1
    column, row = int((x + HALF_WORLD_M) // side), int((HALF_WORLD_M - y) // side)
    return TileAddress(zoom, min(max(column, 0), last), min(max(row, 0), last))


def to_web_mercator(lonlat: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Project degrees, shape (n, 2), to metres of EPSG:3857; latitudes beyond the grid are held at its edge.

    EPSG Guidance Note 7-2, Popular Visualisation Pseudo-Mercator (method 1024).

    Examples
    --------
    >>> to_web_mercator(np.array([[12.32, 51.32]])).round(2).tolist()
    [[1371456.13, 6678094.42]]
    """
    latitude = np.clip(lonlat[:, 1], -MAX_LATITUDE, MAX_LATITUDE)
    return np.column_stack(
        [
            np.radians(lonlat[:, 0]) * EARTH_RADIUS_M,
            np.arctanh(np.sin(np.radians(latitude))) * EARTH_RADIUS_M,
        ]
    )
