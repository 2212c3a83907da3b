"""Floor 8: the coordinate reference systems of OGC API - Features part 2: names, order of axes, and geometries in them.

Inside, degrees are always longitude first. EPSG:4326 says latitude first, and so it is read and written.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely
from shapely.geometry.base import BaseGeometry

from geo_service.base.crs import WGS84_EPSG, transform_xy
from geo_service.base.errors import InputError
from geo_service.outputs.plain import plain

Box = tuple[float, float, float, float]
"""Min x, min y, max x, max y, in degrees longitude first, or in metres."""

_EPSG = "http://www.opengis.net/def/crs/EPSG/0/"
_STEPS = 64
"""Pieces of each side of a box in metres: sides of 30 km then run within a centimetre of where they should."""


@dataclass(frozen=True)
class Crs:
    """A coordinate reference system of answers and questions.

    Attributes
    ----------
    uri
        Its name.
    epsg
        Its number; 4326 for CRS84 too.
    latitude_first
        Whether the axes stand the other way round than inside.
    decimals
        Of coordinates in answers: a centimetre in degrees, a millimetre in metres.
    """

    uri: str
    epsg: int
    latitude_first: bool = False
    decimals: int = 3

    @property
    def is_degrees(self) -> bool:
        """Whether coordinates are degrees."""
        return self.epsg == WGS84_EPSG

    @property
    def header(self) -> str:
        """The value of ``Content-Crs``."""
        return f"<{self.uri}>"

    def ordered(self, geometries: npt.NDArray[np.object_]) -> npt.NDArray[np.object_]:
        """Return geometries with x and y where this system has them, or back again."""
        return shapely.transform(geometries, _swapped) if self.latitude_first else geometries

    def written(self, degrees: npt.NDArray[np.object_]) -> npt.NDArray[np.object_]:
        """Return geometries in degrees, longitude first, as an answer in this system has them."""
        moved = shapely.transform(degrees, lambda xy: transform_xy(xy, WGS84_EPSG, self.epsg).round(self.decimals))
        return self.ordered(moved)

    def read(self, geometry: BaseGeometry) -> BaseGeometry:
        """Return a geometry in this system in degrees, longitude first.

        Raises
        ------
        InputError
            When it has coordinates that this system has not.
        """
        turned = shapely.transform(geometry, _swapped) if self.latitude_first else geometry
        moved: BaseGeometry = shapely.transform(turned, lambda xy: transform_xy(xy, self.epsg, WGS84_EPSG))
        if not np.isfinite(shapely.get_coordinates(moved)).all():
            raise InputError(
                "there are coordinates that the coordinate reference system has not",
                remedy=f"send coordinates in {self.uri}",
                code="invalid_parameter",
            )
        return moved

    def boxes(self, numbers: Sequence[float]) -> tuple[Box, ...]:
        """Return the box of four numbers as this system orders them; two for one across the antimeridian.

        Raises
        ------
        ValueError
            With a reason, when they are no box.
        """
        first, second, third, fourth = numbers
        west, south, east, north = (
            (second, first, fourth, third) if self.latitude_first else (first, second, third, fourth)
        )
        if south > north:
            raise ValueError("has its south above its north")
        if west > east:
            if not self.is_degrees:
                raise ValueError("has its west beyond its east")
            return (west, south, 180.0, north), (-180.0, south, east, north)
        return ((west, south, east, north),)

    def shape_of(self, box: Box) -> BaseGeometry:
        """Return a box of this system as a shape in degrees, longitude first; its sides bend as they do there."""
        if self.is_degrees:
            return shapely.box(*box)
        side = max(box[2] - box[0], box[3] - box[1])
        shape = shapely.segmentize(shapely.box(*box), side / _STEPS) if side > 0 else shapely.Point(box[:2])
        turned = transform_xy(shapely.get_coordinates(shape), self.epsg, WGS84_EPSG)
        if not np.isfinite(turned).all():
            return shapely.Polygon()  # where the system has no places there is nothing
        return shapely.transform(shape, lambda _: turned)


CRS84 = Crs("http://www.opengis.net/def/crs/OGC/1.3/CRS84", WGS84_EPSG, decimals=7)
"""Degrees, longitude first: where nothing else is asked for."""

SYSTEMS = {
    one.uri: one
    for one in (
        CRS84,
        Crs(f"{_EPSG}4326", WGS84_EPSG, latitude_first=True, decimals=7),
        Crs(f"{_EPSG}25833", 25833),
        Crs(f"{_EPSG}25832", 25832),
        Crs(f"{_EPSG}3857", 3857),
    )
}
"""All systems by name."""


def crs_named(uri: str, parameter: str) -> Crs:
    """Return a system by its name.

    Raises
    ------
    InputError
        When there is none of that name.
    """
    if uri not in SYSTEMS:
        raise InputError(
            f"{parameter} is no coordinate reference system of ours: '{plain(uri)[:60]}'",
            remedy=f"send one of {', '.join(SYSTEMS)}",
            code="invalid_parameter",
            parameter=parameter,
        )
    return SYSTEMS[uri]


def crs_of_header(value: str | None) -> Crs:
    """Return the system that a ``Content-Crs`` header names, CRS84 without one.

    Raises
    ------
    InputError
        When it cannot be understood.

    Examples
    --------
    >>> crs_of_header("<http://www.opengis.net/def/crs/EPSG/0/25833>").epsg
    25833
    """
    return CRS84 if value is None else crs_named(value.strip().removeprefix("<").removesuffix(">"), "Content-Crs")


def stored_in(epsg: int | None) -> Crs:
    """Return the system in which geometries are kept, CRS84 when it is none of ours."""
    return next((one for one in SYSTEMS.values() if one.epsg == epsg and not one.is_degrees), CRS84)


def box_numbers(text: str) -> list[float]:
    """Return the four numbers of a box; of six, with heights, the heights are not looked at.

    Raises
    ------
    ValueError
        With a reason.
    """
    try:
        numbers = [float(part) for part in text.split(",")]
    except ValueError:
        raise ValueError("must be numbers with commas between them") from None
    if len(numbers) not in {4, 6} or not all(map(math.isfinite, numbers)):
        raise ValueError("must have four or six finite numbers")
    return numbers if len(numbers) == 4 else [*numbers[:2], *numbers[3:5]]


def _swapped(xy: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    return xy[:, ::-1]
