"""Floor 7: the map that a phone takes along: streets, landscape and quarters around a day, clipped and simplified."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import orjson
import shapely
from shapely.geometry.base import BaseGeometry

from geo_service.base.crs import WGS84_EPSG, transform_geometry
from geo_service.outputs.day import DayCrew, Lonlat
from geo_service.outputs.plain import plain
from geo_service.plots.model import Quarter
from geo_service.streets.network import StreetNetwork

Bounds = tuple[float, float, float, float]
"""West, south, east, north, degrees."""

MARGIN_M = 400.0
"""Around everything that the day touches."""

NEAR_M = 250.0
"""So near to a stop even footways are drawn."""

PATHS = frozenset({"footway", "path", "cycleway", "track", "steps", "bridleway", "corridor", "service"})

_METRES_PER_DEGREE = 111_320.0
_STREET_PLACES = 5
_LANDSCAPE_PLACES = 5
_STREET_TOLERANCE = 1.0 / _METRES_PER_DEGREE
_LANDSCAPE_TOLERANCE = 3.0 / _METRES_PER_DEGREE


def day_bounds(crew: DayCrew, depot: Lonlat | None) -> Bounds | None:
    """Return the box around depot, stops, facilities and ways of a crew's day, with a margin; None: it has no place."""
    points: list[Lonlat] = [] if depot is None else [depot]
    for stop in crew.stops:
        points += [(stop.lon, stop.lat), *stop.leg, *(point for ring in stop.outline for point in ring)]
    points += [trip.at for trip in crew.trips if trip.at is not None]
    points += crew.way_back
    if crew.stops or crew.end is not None:
        points.append(crew.last)
    if not points:
        return None
    xy = np.array(points)
    (west, south), (east, north) = xy.min(axis=0), xy.max(axis=0)
    up = MARGIN_M / _METRES_PER_DEGREE
    aside = up / np.cos(np.deg2rad((south + north) / 2))
    found = np.array((west - aside, south - up, east + aside, north + up)).round(6)
    return float(found[0]), float(found[1]), float(found[2]), float(found[3])


def package_map(
    crew: DayCrew,
    bounds: Bounds,
    *,
    network: StreetNetwork | None,
    landscape: bytes | None,
    quarters: Sequence[Quarter],
) -> dict[str, Any]:
    """Return ``bounds``, and ``streets``, ``landscape`` and ``quarters`` as GeoJSON in degrees.

    Sections of one name and class are joined into one feature. Footways and drives are there only near the stops.
    """
    return {
        "bounds": list(bounds),
        "streets": _collection(_streets(crew, bounds, network) if network is not None else ()),
        "landscape": _collection(_landscape(bounds, landscape) if landscape is not None else ()),
        "quarters": _collection(_quarters(bounds, quarters)),
    }


def _streets(crew: DayCrew, bounds: Bounds, network: StreetNetwork) -> Iterable[dict[str, Any]]:
    near = _near(crew)
    groups: dict[tuple[str, str], list[BaseGeometry]] = {}
    for section in _sections_in(bounds, network).tolist():
        start, end = network.shape_offset[section : section + 2]
        line = shapely.linestrings(network.shape_lonlat[start:end])
        kind = network.highways[network.section_highway[section]]
        if kind in PATHS and not (near is not None and near.intersects(line)):
            continue
        groups.setdefault((kind, network.names[network.section_name[section]]), []).append(line)
    for (kind, name), lines in sorted(groups.items()):
        merged = shapely.line_merge(shapely.multilinestrings(lines))
        simple = shapely.simplify(shapely.clip_by_rect(merged, *bounds), _STREET_TOLERANCE)
        yield from _feature(simple, _STREET_PLACES, {"name": name, "class": kind})


def _sections_in(bounds: Bounds, network: StreetNetwork) -> npt.NDArray[np.intp]:
    west, south, east, north = bounds
    starts = network.shape_offset[:-1]
    low = np.minimum.reduceat(network.shape_lonlat, starts, axis=0)
    high = np.maximum.reduceat(network.shape_lonlat, starts, axis=0)
    inside = (high[:, 0] >= west) & (low[:, 0] <= east) & (high[:, 1] >= south) & (low[:, 1] <= north)
    return np.flatnonzero(inside)


def _near(crew: DayCrew) -> BaseGeometry | None:
    """Return circles around the stops, in degrees: wide enough in every direction."""
    if not crew.stops:
        return None
    points = shapely.points([(stop.lon, stop.lat) for stop in crew.stops])
    found = shapely.union_all(shapely.buffer(points, NEAR_M / _METRES_PER_DEGREE * 1.6, quad_segs=4))
    shapely.prepare(found)
    return found


def _landscape(bounds: Bounds, landscape: bytes) -> Iterable[dict[str, Any]]:
    for feature in orjson.loads(landscape).get("features", ()):
        if not feature.get("geometry"):
            continue
        geometry = shapely.from_geojson(orjson.dumps(feature["geometry"]), on_invalid="ignore")
        if geometry is None or not shapely.intersects(shapely.box(*geometry.bounds), shapely.box(*bounds)):
            continue
        simple = shapely.simplify(_clipped(geometry, bounds), _LANDSCAPE_TOLERANCE)
        told = feature.get("properties") or {}
        kept = {"kind": str(told.get("kind") or ""), "name": str(told.get("name") or "")}
        yield from _feature(simple, _LANDSCAPE_PLACES, kept)


def _quarters(bounds: Bounds, quarters: Sequence[Quarter]) -> Iterable[dict[str, Any]]:
    for quarter in quarters:
        geometry = transform_geometry(quarter.geometry, quarter.epsg, WGS84_EPSG)
        simple = shapely.simplify(_clipped(geometry, bounds), _LANDSCAPE_TOLERANCE)
        yield from _feature(simple, _LANDSCAPE_PLACES, {"key": quarter.key, "name": quarter.name})


def _clipped(geometry: BaseGeometry, bounds: Bounds) -> BaseGeometry:
    sound = geometry if shapely.is_valid(geometry) else shapely.make_valid(geometry)
    clipped = shapely.intersection(sound, shapely.box(*bounds))
    if clipped.geom_type != "GeometryCollection":
        return clipped
    parts = shapely.get_parts(clipped)  # where an outline touches the box, the cut leaves points and lines beside areas
    dimension = shapely.get_dimensions(parts)
    return shapely.union_all(parts[dimension == dimension.max(initial=0)])


def _feature(geometry: BaseGeometry, places: int, properties: dict[str, str]) -> Iterable[dict[str, Any]]:
    if geometry.is_empty:
        return
    rounded = shapely.transform(geometry, lambda xy: xy.round(places))
    told = {name: plain(value) for name, value in properties.items()}
    yield {"type": "Feature", "properties": told, "geometry": shapely.geometry.mapping(rounded)}


def _collection(features: Iterable[dict[str, Any]]) -> dict[str, Any]:
    return {"type": "FeatureCollection", "features": list(features)}
