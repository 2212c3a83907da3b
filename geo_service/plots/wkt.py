"""Floor 1: outlines written as well-known text, with the reference system that EWKT or GeoSPARQL puts before it."""

from __future__ import annotations

import re

import numpy as np
import pyproj
import pyproj.exceptions
import shapely
from shapely.geometry.base import BaseGeometry

_KIND = r"(?:MULTI)?(?:POINT|LINESTRING|POLYGON|CURVE|SURFACE)|CURVEPOLYGON|COMPOUNDCURVE|GEOMETRYCOLLECTION"
_TEXT = re.compile(
    rf"\s*(?:SRID=(?P<srid>\d+);\s*|<(?P<iri>[^>]*)>\s*)?(?P<wkt>(?:{_KIND})\b.*)", re.IGNORECASE | re.DOTALL
)


def looks_like_wkt(text: str) -> bool:
    """Tell whether a text begins as well-known text.

    Examples
    --------
    >>> looks_like_wkt("SRID=25833;Polygon((0 0, 1 0, 1 1, 0 0))"), looks_like_wkt("Polygonweg 3")
    (True, False)
    """
    return _TEXT.match(text) is not None


def read_wkt(text: str) -> tuple[BaseGeometry, pyproj.CRS | None, bool]:
    """Read EWKT or a GeoSPARQL literal.

    Returns
    -------
    tuple
        The geometry in the order of the text, the CRS it names or None, and whether that CRS puts latitude first
        (GeoSPARQL follows the authority's axis order, EWKT never does).

    Raises
    ------
    ValueError
        When the text is no well-known text or names an unknown CRS.
    """
    match = _TEXT.match(text)
    if match is None:
        raise ValueError("it is no well-known text")
    try:
        with np.errstate(invalid="ignore"):  # NaN coordinates are named later, row by row
            geometry = shapely.from_wkt(match["wkt"])
        if match["srid"]:
            return geometry, pyproj.CRS.from_epsg(int(match["srid"])), False
        if match["iri"]:
            crs = pyproj.CRS.from_user_input(match["iri"])
            return geometry, crs, crs.axis_info[0].direction == "north"
    except (shapely.GEOSException, pyproj.exceptions.CRSError) as error:
        raise ValueError(str(error)) from error
    return geometry, None, False
