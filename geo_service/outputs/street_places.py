"""Floor 7: where something is that people name by its street: a plot's address, a street, a quarter."""

from __future__ import annotations

import re

import numpy as np
import shapely

from geo_service.base.crs import WGS84_EPSG, transform_geometry
from geo_service.plots.model import Quarter
from geo_service.store.protocol import Store

_NUMBER = re.compile(r"\s*\d+\s*[a-z]?\b.*$", re.IGNORECASE)


def place_named(store: Store, text: str, quarter: str = "") -> tuple[float, float] | None:
    """Return lon, lat in degrees of what a text names; None when nobody knows it.

    A plot with this address first, then the middle of the street, in the quarter when one is named, then the quarter.
    """
    wanted = _plain(text)
    area = next((one for one in store.quarters() if one.key == quarter), None)
    if wanted:
        for plot in store.plots():
            if _plain(plot.address) == wanted and quarter in ("", plot.quarter):
                entry = transform_geometry(plot.geometry.representative_point(), plot.epsg, WGS84_EPSG)
                return float(entry.x), float(entry.y)
        middle = _street_middle(store, _plain(_NUMBER.sub("", text)), area)
        if middle is not None:
            return middle
    if area is None:
        return None
    inside = _in_degrees(area).representative_point()
    return float(inside.x), float(inside.y)


def _street_middle(store: Store, name: str, area: Quarter | None) -> tuple[float, float] | None:
    network = store.streets()
    if network is None or not name:
        return None
    lines = [shapely.LineString(line.lonlat) for line in network.lines() if _plain(line.name) == name]
    if area is not None:
        inside = _in_degrees(area)
        lines = [line for line in lines if inside.intersects(line)]
    if not lines:
        return None
    points = np.asarray([line.interpolate(0.5, normalized=True).coords[0] for line in lines])
    nearest = points[np.argmin(((points - points.mean(axis=0)) ** 2).sum(axis=1))]
    return float(nearest[0]), float(nearest[1])


def _in_degrees(quarter: Quarter) -> shapely.Geometry:
    return transform_geometry(quarter.geometry, quarter.epsg, WGS84_EPSG)


def _plain(text: str) -> str:
    """Return a street as people write it one way or another.

    Examples
    --------
    >>> _plain(" Dieskau-Str. 50"), _plain("Dieskaustraße  50")
    ('dieskaustraße 50', 'dieskaustraße 50')
    """
    text = " ".join(text.lower().replace("-", "").split())
    return re.sub(r"str(\.|asse|aße)?(?=\s|$)", "straße", text)
