"""Floor 1: from geometries as a file holds them to sound polygons in the plan CRS, each step told in the account."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyproj
import pyproj.exceptions
import shapely
from shapely import MultiPolygon, Point, Polygon
from shapely.geometry.base import BaseGeometry

from geo_service.base.crs import LEIPZIG_EPSG, WGS84_EPSG, metric_epsg, transform_geometry
from geo_service.base.errors import CrsMismatch, CrsMissing
from geo_service.plots.account import Account
from geo_service.plots.location import (
    KnownArea,
    box_centres,
    mend_axes,
    middle,
    outside_degrees,
    refuse_far_off,
    row_places,
)
from geo_service.plots.table import Geometries, Table, object_array

MAX_AREA_CHANGE = 0.1
"""An outline whose area would change by more than this share when mended is refused."""

_POLYGONAL = (3, 6)
_COLLECTION = 7
_PLAIN = {
    "Self-intersection": "the outline crosses itself",
    "Ring Self-intersection": "a ring touches or crosses itself",
    "Hole lies outside shell": "a hole lies outside the outline",
    "Holes are nested": "holes lie inside one another",
    "Nested holes": "holes lie inside one another",
    "Interior is disconnected": "holes cut the outline into pieces",
    "Nested shells": "parts lie inside one another",
    "Duplicate Rings": "a ring is there twice",
    "Too few points in geometry component": "a ring has too few corners",
}
_SPOKEN = {
    "Point": "point",
    "MultiPoint": "set of points",
    "LineString": "line",
    "LinearRing": "line",
    "MultiLineString": "set of lines",
    "GeometryCollection": "collection of points and lines",
}
_REASON = re.compile(r"(?P<what>[^\[]*)(?:\[(?P<x>\S+) (?P<y>\S+)\])?")
_ZONE_MARGIN = 10.0  # degrees of longitude beyond its zone in which a plan CRS may still be used
_MAX_LATITUDE = 84.0


@dataclass(frozen=True)
class Outlines:
    """Sound outlines of a file.

    Attributes
    ----------
    epsg
        The plan CRS they are in.
    geometries
        Polygon or MultiPolygon without heights; None for the rows that the account lists as refused.
    area_m2
        Planar areas in the plan CRS, square metres; 0 where there is no outline.
    lonlat
        Where each row lies, refused ones too, degrees, shape (n, 2); NaN where that is no place.
    """

    epsg: int
    geometries: Geometries
    area_m2: npt.NDArray[np.float64]
    lonlat: npt.NDArray[np.float64]


def plan_outlines(
    table: Table, account: Account, *, epsg: int | None, near: KnownArea | None, assume_epsg: int | None
) -> Outlines:
    """Place, check, mend and measure the outlines of a table.

    Parameters
    ----------
    table
        As read; its faults, mends and notes go into the account first.
    account
        Told what happens to each row.
    epsg
        The plan CRS; None: the metric CRS of the place where most rows lie.
    near
        Where the rows are expected.
    assume_epsg
        What the coordinates are where the file does not say so, or says what cannot be.

    Raises
    ------
    CrsMissing
        When nothing tells what the coordinates are, or ``assume_epsg`` is unknown.
    CrsMismatch
        When the file names degrees and most coordinates are none.
    """
    _take_over(table, account)
    if not len(table):
        account.note("the file holds no rows")
    geometries = _finite(table.geometries.copy(), account)
    if all(one is None for one in geometries):
        return Outlines(epsg or LEIPZIG_EPSG, geometries, np.zeros(len(table)), np.full((len(table), 2), np.nan))
    crs = _file_crs(table, geometries, assume_epsg, account)
    geometries = mend_axes(geometries, crs, near, account)
    lonlat = row_places(geometries, crs)
    refuse_far_off(geometries, crs, near, account)
    geometries = _without_refused(geometries, account)
    if crs.is_geographic:
        geometries = _on_the_globe(geometries, account)
    centre = middle(geometries, crs)
    plan_epsg = epsg or (metric_epsg(*centre) if centre else LEIPZIG_EPSG)
    geometries = _polygons(geometries, account)
    geometries = _in_plan_crs(geometries, crs, plan_epsg, account)
    geometries = _sound(geometries, plan_epsg, account)
    return Outlines(plan_epsg, geometries, np.nan_to_num(shapely.area(geometries)), lonlat)


def mend_polygon(geometry: Polygon | MultiPolygon) -> Polygon | MultiPolygon:
    """Return the sound polygonal geometry nearest to a broken one; a sound one comes back as it is.

    Rings are combined by the rule of areas (``make_valid`` with method "structure"): overlapping parts count once,
    holes stay holes. What collapses to a line is gone. Mending twice changes nothing more.
    """
    if shapely.is_valid(geometry):
        return geometry
    return as_polygonal(shapely.make_valid(geometry, method="structure", keep_collapsed=False))


def as_polygonal(geometry: BaseGeometry) -> Polygon | MultiPolygon:
    """Return the polygons in a geometry, as one Polygon or MultiPolygon; empty when there are none."""
    parts = list(_polygons_in(geometry))
    return parts[0] if len(parts) == 1 else MultiPolygon(parts)


def why_invalid(geometry: BaseGeometry, epsg: int) -> str:
    """Say in plain words what is wrong with an outline and where, the place in degrees.

    Examples
    --------
    >>> why_invalid(Polygon([(0, 0), (2, 2), (2, 0), (0, 2), (0, 0)]), 4326)
    'the outline crosses itself near 1.00000° E 1.00000° N'
    """
    match = _REASON.match(str(shapely.is_valid_reason(geometry)))
    what = match["what"].strip() if match else ""
    words = _PLAIN.get(what, what.lower())
    if match is None or match["x"] is None:
        return words
    place = transform_geometry(Point(float(match["x"]), float(match["y"])), epsg, WGS84_EPSG)
    east, north = "E" if place.x >= 0 else "W", "N" if place.y >= 0 else "S"
    return f"{words} near {abs(place.x):.5f}° {east} {abs(place.y):.5f}° {north}"


def broken_at(geometry: BaseGeometry, epsg: int) -> tuple[float, float] | None:
    """Return the lon and lat, degrees, at which an outline is wrong in itself; None where it is not, or nowhere.

    Examples
    --------
    >>> broken_at(Polygon([(0, 0), (2, 2), (2, 0), (0, 2), (0, 0)]), 4326), broken_at(Point(0, 0).buffer(1), 4326)
    ((1.0, 1.0), None)
    """
    match = _REASON.match(str(shapely.is_valid_reason(geometry)))
    if match is None or match["x"] is None:
        return None
    place = transform_geometry(Point(float(match["x"]), float(match["y"])), epsg, WGS84_EPSG)
    return (place.x, place.y) if np.isfinite([place.x, place.y]).all() else None


def _take_over(table: Table, account: Account) -> None:
    for note in table.notes:
        account.note(note)
    for row, fault in table.faults.items():
        account.refuse(row, fault.reason, fault.remedy)
    for row, reason in table.mends.items():
        account.repair(row, reason)
    for row, reason in table.complaints.items():
        account.warn(row, reason)


def _finite(geometries: Geometries, account: Account) -> Geometries:
    for row in np.flatnonzero(shapely.is_empty(geometries)).tolist():
        account.refuse(row, "its geometry is empty", "draw its outline")
    xy, rows = shapely.get_coordinates(geometries, return_index=True)
    for row in np.unique(rows[~np.isfinite(xy).all(axis=1)]).tolist():
        account.refuse(row, "a coordinate is no finite number", "draw it again")
    return _without_refused(geometries, account)


def _file_crs(table: Table, geometries: Geometries, assume_epsg: int | None, account: Account) -> pyproj.CRS:
    assumed = None if assume_epsg is None else crs_of(assume_epsg)
    crs = table.crs
    if crs is not None and len(crs.axis_info) == 3:
        crs = crs.to_2d()
    if crs is None and table.degrees_implied and assumed is None:
        crs = pyproj.CRS.from_epsg(WGS84_EPSG)
    if crs is not None and crs.is_geographic:
        known = [one is not None for one in geometries]
        if np.mean(outside_degrees(box_centres(geometries))[known]) > 0.5:
            if assumed is None:
                fault, asks = (CrsMissing, "GeoJSON") if table.crs is None else (CrsMismatch, crs.name)
                raise fault(
                    f"the coordinates are no degrees, though {asks} asks for them",
                    remedy="say what they are: --crs EPSG:xxxx, in Leipzig EPSG:25833",
                )
            crs = None
    if crs is None:
        if assumed is None:
            raise CrsMissing(
                "the file does not say what its coordinates are",
                remedy="say it: --crs EPSG:xxxx, in Leipzig mostly EPSG:25833",
            )
        account.note(f"coordinates taken as EPSG:{assume_epsg} ({assumed.name}), as asked")
        return assumed
    if assumed is not None and crs != assumed:
        account.note(f"EPSG:{assume_epsg} was not applied: the file says {crs.name}")
    account.note(f"coordinates: {_crs_name(crs)}")
    return crs


def crs_of(epsg: int) -> pyproj.CRS:
    """Return a coordinate reference system by its EPSG code.

    Raises
    ------
    CrsMissing
        There is none of that code.
    """
    try:
        return pyproj.CRS.from_epsg(epsg)
    except pyproj.exceptions.CRSError as error:
        raise CrsMissing(f"there is no EPSG:{epsg}", remedy="give a code such as 25833 or 4326") from error


def _crs_name(crs: pyproj.CRS) -> str:
    epsg = crs.to_epsg()
    return f"EPSG:{epsg} ({crs.name})" if epsg else str(crs.name)


def _on_the_globe(geometries: Geometries, account: Account) -> Geometries:
    bounds = shapely.bounds(geometries).reshape(-1, 4)
    beyond = (np.abs(bounds[:, [0, 2]]) > 180).any(axis=1) | (np.abs(bounds[:, [1, 3]]) > 90).any(axis=1)
    for row in np.flatnonzero(beyond).tolist():
        account.refuse(row, "its coordinates are no degrees", "check its coordinates, or give --crs EPSG:xxxx")
    for row in np.flatnonzero(bounds[:, 2] - bounds[:, 0] > 180).tolist():
        account.refuse(row, "it crosses the antimeridian (180°)", "cut it at 180° into two parts")
    return _without_refused(geometries, account)


def _polygons(geometries: Geometries, account: Account) -> Geometries:
    kinds = shapely.get_type_id(geometries)
    heights = shapely.has_z(geometries)
    if heights.any():
        account.note(f"heights of {int(heights.sum())} rows were dropped")
    geometries = shapely.force_2d(geometries)
    for row in np.flatnonzero(~np.isin(kinds, (-1, *_POLYGONAL))).tolist():
        polygonal = as_polygonal(geometries[row])
        if kinds[row] == _COLLECTION and not polygonal.is_empty:
            account.repair(row, f"its outline was taken out of a collection of {len(geometries[row].geoms)} geometries")
            geometries[row] = polygonal
            continue
        account.refuse(
            row,
            f"it is a {_spoken(geometries[row])}, not an outline",
            "give polygons: draw the outline, or join it with parcels by id or place",
        )
    single = np.flatnonzero((shapely.get_type_id(geometries) == 6) & (shapely.get_num_geometries(geometries) == 1))
    geometries[single] = shapely.get_geometry(geometries[single], 0)
    return _without_refused(geometries, account)


def _spoken(geometry: BaseGeometry) -> str:
    return _SPOKEN.get(str(geometry.geom_type), str(geometry.geom_type))


def _in_plan_crs(geometries: Geometries, crs: pyproj.CRS, epsg: int, account: Account) -> Geometries:
    target = pyproj.CRS.from_epsg(epsg)
    transformer = pyproj.Transformer.from_crs(crs, target, always_xy=True)
    if target.area_of_use is not None:
        west, _, east, _ = target.area_of_use.bounds  # what a zone's own latitudes say depends on who registered it
        bbox = (west - _ZONE_MARGIN, -_MAX_LATITUDE, east + _ZONE_MARGIN, _MAX_LATITUDE)
        before = len(account.refusals)
        refuse_far_off(geometries, crs, KnownArea(bbox, f"the area of EPSG:{epsg}"), account)
        if len(account.refusals) > before:
            account.note(f"the workspace plans in EPSG:{epsg} ({target.name})")
        geometries = _without_refused(geometries, account)
    placed = shapely.transform(geometries, transformer.transform, interleaved=False)
    xy, rows = shapely.get_coordinates(placed, return_index=True)
    for row in np.unique(rows[~np.isfinite(xy).all(axis=1)]).tolist():
        account.refuse(row, f"its coordinates have no place in EPSG:{epsg}", "check its coordinates")
    return _without_refused(placed, account)


def _sound(geometries: Geometries, epsg: int, account: Account) -> Geometries:
    known = np.array([one is not None for one in geometries])
    for row in np.flatnonzero(known & ~shapely.is_valid(geometries)).tolist():
        broken = geometries[row]
        declared = float(shapely.area(broken))
        mended = mend_polygon(broken)
        change = mended.area - declared
        reason = why_invalid(broken, epsg)
        if mended.area > 0 and abs(change) <= MAX_AREA_CHANGE * declared:
            account.repair(row, reason, change)
            geometries[row] = mended
        else:
            left = f"mending would change its area from {declared:.1f} to {mended.area:.1f} m²"
            account.refuse(row, f"{reason}; {left}", "draw its outline again")
    for row in np.flatnonzero(known & (np.nan_to_num(shapely.area(geometries)) <= 0)).tolist():
        account.refuse(row, "its outline has no area", "draw its outline again")
    return _without_refused(geometries, account)


def _polygons_in(geometry: BaseGeometry) -> Iterable[Polygon]:
    for part in shapely.get_parts(geometry).tolist():
        if isinstance(part, Polygon):
            if not part.is_empty:
                yield part
        elif shapely.get_num_geometries(part) > 1 or part.geom_type in ("MultiPolygon", "GeometryCollection"):
            yield from _polygons_in(part)


def _without_refused(geometries: Geometries, account: Account) -> Geometries:
    return object_array([None if row in account.refusals else one for row, one in enumerate(geometries)])
