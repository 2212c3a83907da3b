"""Floor 6: what lies around a child's place: where it would be shown, which street and which known address are near."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import orjson
import shapely
from shapely import Point
from shapely.geometry.base import BaseGeometry

from geo_service.base.crs import WGS84_EPSG, metric_epsg, transform_geometry, transform_xy
from geo_service.neighbourhood.public_position import PublicPosition, public_position
from geo_service.plots.model import PlotState
from geo_service.store.protocol import Store
from geo_service.streets.network import StreetNetwork

NEAR_DEGREES = 0.002
"""Streets are looked for so far around, about 140 m from west to east and 220 m from south to north."""

NOT_ON_FOOT = frozenset({"motorway", "motorway_link", "trunk", "trunk_link"})
CARED_FOR = frozenset({PlotState.GREENED, PlotState.MAINTAINED})
CLOSED = frozenset({"Kleingärten"})
"""Names of green that is not for everybody."""


@dataclass(frozen=True)
class ChildGround:
    """The ground of a place.

    Attributes
    ----------
    shown
        Where it would be shown, degrees.
    position
        The same in metres, with its ground and how far it was moved.
    address, address_m
        The nearest address that the desk knows (of plots and fixed places) and how far the tap is from it; empty and
        None when it knows none.
    """

    shown: Point
    position: PublicPosition
    street: str
    address: str
    address_m: float | None


def child_ground(store: Store, tapped: Point) -> ChildGround:
    """Return what lies around a tap, degrees."""
    epsg = store.plan_crs() or metric_epsg(tapped.x, tapped.y)
    at = transform_geometry(tapped, WGS84_EPSG, epsg)
    near = _streets(store.streets(), tapped, epsg)
    position = public_position(at, streets=[line for line, _ in near], greens=list(_greens(store, epsg)))
    street = min(((line.distance(at), name) for line, name in near if name), default=(0.0, ""))[1]
    address_m, address = min(_addresses(store, at, epsg), default=(None, ""))
    shown = transform_geometry(position.point, epsg, WGS84_EPSG)
    return ChildGround(Point(round(shown.x, 6), round(shown.y, 6)), position, street, address, address_m)


def _streets(network: StreetNetwork | None, tapped: Point, epsg: int) -> list[tuple[BaseGeometry, str]]:
    if network is None:
        return []
    starts, at = network.shape_offset[:-1], np.array([tapped.x, tapped.y])
    low = np.minimum.reduceat(network.shape_lonlat, starts, axis=0) - NEAR_DEGREES
    high = np.maximum.reduceat(network.shape_lonlat, starts, axis=0) + NEAR_DEGREES
    found = []
    for section in np.flatnonzero(((low <= at) & (at <= high)).all(axis=1)).tolist():
        if network.highways[network.section_highway[section]] in NOT_ON_FOOT:
            continue
        start, end = network.shape_offset[section : section + 2]
        line = shapely.linestrings(transform_xy(network.shape_lonlat[start:end], WGS84_EPSG, epsg))
        found.append((line, network.names[network.section_name[section]]))
    return found


def _greens(store: Store, epsg: int) -> Iterable[BaseGeometry]:
    for plot in store.plots():
        if plot.state in CARED_FOR and plot.public:
            yield plot.geometry
    for feature in orjson.loads(store.landscape() or b'{"features":[]}')["features"]:
        told = feature.get("properties") or {}
        if told.get("kind") == "green" and told.get("name") not in CLOSED and feature.get("geometry"):
            area = shapely.from_geojson(orjson.dumps(feature["geometry"]))
            yield transform_geometry(area if area.is_valid else shapely.make_valid(area), WGS84_EPSG, epsg)


def _addresses(store: Store, at: BaseGeometry, epsg: int) -> Iterable[tuple[float | None, str]]:
    for plot in store.plots():
        if plot.address and plot.epsg == epsg:
            yield float(plot.geometry.distance(at)), plot.address
    for place in store.places():
        yield float(transform_geometry(Point(place.lon, place.lat), WGS84_EPSG, epsg).distance(at)), place.address
