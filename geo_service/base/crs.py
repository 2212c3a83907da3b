"""Floor 0: coordinate reference systems. A geometry's CRS is asserted, never assumed."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import numpy.typing as npt
import pyproj
import shapely
from shapely.geometry.base import BaseGeometry

from geo_service.base.errors import CrsMismatch, CrsMissing

LEIPZIG_EPSG = 25833
"""ETRS89 / UTM zone 33N, metres: the plan CRS of Leipzig and of an empty workspace."""

WGS84_EPSG = 4326
"""Longitude and latitude in degrees; in this house always in the order lon, lat."""


def metric_epsg(lon: float, lat: float) -> int:
    """Return the EPSG code of the UTM zone in metres for a place.

    ETRS89 (258xx) in Europe, WGS 84 (326xx north, 327xx south) elsewhere.

    Parameters
    ----------
    lon, lat
        Degrees, EPSG:4326 axis order lon, lat.

    Examples
    --------
    >>> metric_epsg(12.32, 51.32), metric_epsg(7.77, 49.44), metric_epsg(-75.2, 39.95), metric_epsg(151.2, -33.9)
    (25833, 25832, 32618, 32756)
    """
    zone = min(60, max(1, int((lon + 180) // 6) + 1))
    if 28 <= zone <= 38 and 34 <= lat <= 84:
        return 25800 + zone
    return (32600 if lat >= 0 else 32700) + zone


@lru_cache(maxsize=64)
def _transformer(from_epsg: int, to_epsg: int) -> pyproj.Transformer:
    return pyproj.Transformer.from_crs(from_epsg, to_epsg, always_xy=True)


def transform_xy(xy: npt.NDArray[np.float64], from_epsg: int, to_epsg: int) -> npt.NDArray[np.float64]:
    """Transform an array of shape (n, 2), x/y or lon/lat order on both sides."""
    if from_epsg == to_epsg or len(xy) == 0:
        return xy
    x, y = _transformer(from_epsg, to_epsg).transform(xy[:, 0], xy[:, 1])
    return np.column_stack([x, y])


def transform_geometry(geometry: BaseGeometry, from_epsg: int, to_epsg: int) -> BaseGeometry:
    """Transform one geometry; x/y or lon/lat order on both sides."""
    return (
        geometry
        if from_epsg == to_epsg
        else shapely.transform(geometry, lambda xy: transform_xy(xy, from_epsg, to_epsg))
    )


def require_crs(found: pyproj.CRS | None, epsg: int, what: str) -> None:
    """Raise unless ``found`` is EPSG:``epsg``.

    Raises
    ------
    CrsMissing
        When there is none.
    CrsMismatch
        When it is another one.
    """
    if found is None:
        raise CrsMissing(f"{what} has no coordinate reference system", remedy=f"set it to EPSG:{epsg}")
    if found != pyproj.CRS.from_epsg(epsg):
        raise CrsMismatch(f"{what} is in {found.name}, expected EPSG:{epsg}", remedy=f"reproject it to EPSG:{epsg}")
