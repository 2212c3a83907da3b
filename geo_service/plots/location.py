"""Floor 1: where rows lie: axes that were swapped, rows far off, and the CRS to plan in."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyproj
import shapely

from geo_service.base.crs import WGS84_EPSG
from geo_service.plots.account import Account
from geo_service.plots.table import Geometries

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

FAR_KM = 50.0
"""Rows farther than this from where the data is expected are refused."""

_SPREAD = 10.0  # without an expected area: far means also ten times the median distance from the middle
_MIN_ROWS = 5  # fewer rows have no bulk to be far from
_MAX_STRAYS = 0.2
_FAR_REMEDY = "check its coordinates and the coordinate reference system; leave it out if it belongs elsewhere"
_EARTH_KM = 6371.0088
_WINDS = ("north", "north-east", "east", "south-east", "south", "south-west", "west", "north-west")


@dataclass(frozen=True)
class KnownArea:
    """Where data is expected to lie.

    Attributes
    ----------
    bbox
        min lon, min lat, max lon, max lat, degrees.
    what
        For messages: ``"the street network"``.
    """

    bbox: tuple[float, float, float, float]
    what: str


_GERMANY = KnownArea((5.8, 47.2, 15.1, 55.1), "Germany")


def mend_axes(geometries: Geometries, crs: pyproj.CRS, near: KnownArea | None, account: Account) -> Geometries:
    """Turn the axes of rows that lie where they should only when x and y are exchanged.

    Parameters
    ----------
    geometries
        In ``crs``, x before y; None for rows without one.
    near
        Where they should lie. None: in Germany or, degrees out of range, anywhere on earth if that holds for most
        rows of a file in degrees; else where the bulk of the file lies.

    Returns
    -------
    array
        The geometries, turned where needed; each turned row is told as repaired.
    """
    centres = box_centres(geometries)
    unturned, turned = _lonlat(centres, crs), _lonlat(centres[:, ::-1], crs)
    swapped = _swapped(unturned, turned, near) if near else _swapped_without_hint(unturned, turned, crs)
    rows = np.flatnonzero(swapped)
    if not len(rows):
        return geometries
    mended = geometries.copy()
    mended[rows] = shapely.transform(geometries[rows], lambda xy: xy[:, ::-1])
    for row in rows.tolist():
        account.repair(row, "axes swapped")
    account.note(f"axes swapped in {len(rows)} of {len(geometries)} rows: x and y were exchanged")
    return mended


def _swapped(unturned: Floats, turned: Floats, area: KnownArea) -> Flags:
    return ~_fits(unturned, area) & _fits(turned, area)


def _swapped_without_hint(unturned: Floats, turned: Floats, crs: pyproj.CRS) -> Flags:
    known = np.isfinite(unturned).all(axis=1)
    if crs.is_geographic:
        swapped = _swapped(unturned, turned, _GERMANY) | (~_in_range(unturned) & _in_range(turned))
        if swapped.sum() * 2 > known.sum():
            return swapped
    bulk = _bulk(unturned)
    if bulk is None:
        return np.zeros(len(unturned), dtype=bool)
    centre, limit_km = bulk
    far = distance_km(unturned, np.broadcast_to(centre, unturned.shape)) > limit_km
    close = distance_km(turned, np.broadcast_to(centre, turned.shape)) <= limit_km
    return known & (far | ~_in_range(unturned)) & close & _in_range(turned)


def _bulk(lonlat: Floats) -> tuple[Floats, float] | None:
    """Return the median place of a file and how many km from there a row may lie; None for too few rows."""
    known = lonlat[np.isfinite(lonlat).all(axis=1)]
    if len(known) < _MIN_ROWS:
        return None
    centre = np.median(known, axis=0)
    spread = float(np.median(distance_km(known, np.broadcast_to(centre, known.shape))))
    return centre, max(FAR_KM, _SPREAD * spread)


def refuse_far_off(geometries: Geometries, crs: pyproj.CRS, near: KnownArea | None, account: Account) -> None:
    """Refuse rows that lie far from where they should: over 50 km from ``near``, or from the bulk of the file.

    The bulk is the median of the centres; without ``near`` a row is far when it is also ten times farther from
    there than the median row, so that files of a whole region pass. When more than a fifth of the rows are far
    from the others the file covers several places: then they are taken with a warning.
    """
    centres = box_centres(geometries)
    lonlat = _lonlat(centres, crs)
    known = np.isfinite(lonlat).all(axis=1)
    for row in np.flatnonzero(np.isfinite(centres).all(axis=1) & ~known).tolist():
        account.refuse(row, "its coordinates have no place on earth", _FAR_REMEDY)
    rows = np.flatnonzero(known)
    if near is not None:
        west, south, east, north = near.bbox
        nearest = np.column_stack([np.clip(lonlat[:, 0], west, east), np.clip(lonlat[:, 1], south, north)])
        centre = np.array([(west + east) / 2, (south + north) / 2])
        distance, limit, what = distance_km(lonlat, nearest), FAR_KM, near.what
    else:
        bulk = _bulk(lonlat)
        if bulk is None:
            return
        centre, limit = bulk
        distance, what = distance_km(lonlat, np.broadcast_to(centre, lonlat.shape)), "the other rows"
    far = rows[distance[rows] > limit]
    several_places = near is None and len(far) > _MAX_STRAYS * len(rows)
    for row in far.tolist():
        reason = f"it lies {distance[row]:.0f} km {compass(centre, lonlat[row])} of {what}"
        if several_places:
            account.warn(row, reason)
        else:
            account.refuse(row, reason, _FAR_REMEDY)
    if len(far):
        account.note(
            f"{len(far)} of {len(geometries)} rows lie far off, up to {distance[far].max():.0f} km from {what}"
        )


def middle(geometries: Geometries, crs: pyproj.CRS) -> tuple[float, float] | None:
    """Return the median lon and lat of the rows, degrees; None when no row has a place."""
    lonlat = _lonlat(box_centres(geometries), crs)
    known = lonlat[np.isfinite(lonlat).all(axis=1)]
    return (float(np.median(known[:, 0])), float(np.median(known[:, 1]))) if len(known) else None


def box_centres(geometries: Geometries) -> Floats:
    """Return the centres of the bounding boxes, shape (n, 2); NaN where a row has no geometry."""
    bounds = shapely.bounds(geometries).reshape(-1, 4)
    return np.column_stack([bounds[:, [0, 2]].mean(axis=1), bounds[:, [1, 3]].mean(axis=1)])


def row_places(geometries: Geometries, crs: pyproj.CRS) -> Floats:
    """Return lon and lat of the middle of each row, degrees, shape (n, 2); NaN where a row has no place on earth."""
    lonlat = np.array(_lonlat(box_centres(geometries), crs))
    lonlat[~_in_range(lonlat)] = np.nan
    return lonlat


def outside_degrees(centres: Floats) -> Flags:
    """Tell which centres cannot be longitude and latitude in either order."""
    return np.isfinite(centres).all(axis=1) & ~_in_range(centres) & ~_in_range(centres[:, ::-1])


def distance_km(from_lonlat: Floats, to_lonlat: Floats) -> Floats:
    """Return great-circle distances in kilometres between rows of two arrays of shape (n, 2), degrees."""
    lon1, lat1, lon2, lat2 = np.radians([from_lonlat[:, 0], from_lonlat[:, 1], to_lonlat[:, 0], to_lonlat[:, 1]])
    half = np.sin((lat2 - lat1) / 2) ** 2 + np.cos(lat1) * np.cos(lat2) * np.sin((lon2 - lon1) / 2) ** 2
    distance: Floats = 2 * _EARTH_KM * np.arcsin(np.sqrt(np.clip(half, 0, 1)))
    return distance


def compass(from_lonlat: Floats, to_lonlat: Floats) -> str:
    """Return the direction from one place to another as one of eight winds.

    Examples
    --------
    >>> compass(np.array([12.3, 51.3]), np.array([7.0, 52.5]))
    'west'
    """
    east = (to_lonlat[0] - from_lonlat[0]) * np.cos(np.radians((from_lonlat[1] + to_lonlat[1]) / 2))
    north = to_lonlat[1] - from_lonlat[1]
    return _WINDS[round(np.degrees(np.arctan2(east, north)) / 45) % 8]


def _lonlat(xy: Floats, crs: pyproj.CRS) -> Floats:
    if crs.is_geographic:
        return xy
    transformer = pyproj.Transformer.from_crs(crs, WGS84_EPSG, always_xy=True)
    lonlat: Floats = np.column_stack(transformer.transform(xy[:, 0], xy[:, 1]))
    lonlat[~np.isfinite(lonlat)] = np.nan
    return lonlat


def _in_range(lonlat: Floats) -> Flags:
    flags: Flags = (np.abs(lonlat[:, 0]) <= 180) & (np.abs(lonlat[:, 1]) <= 90)
    return flags


def _fits(lonlat: Floats, area: KnownArea) -> Flags:
    west, south, east, north = area.bbox
    nearest = np.column_stack([np.clip(lonlat[:, 0], west, east), np.clip(lonlat[:, 1], south, north)])
    fits: Flags = _in_range(lonlat) & (distance_km(lonlat, nearest) <= FAR_KM)
    return fits
