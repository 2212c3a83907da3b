"""Floor 1: the table every reader makes of a file: columns, geometries, and the rows that could not be understood."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import pyproj

Geometries = npt.NDArray[np.object_]
"""Array of shapely geometries, None where a row has none."""


@dataclass(frozen=True)
class Fault:
    """Why a row cannot be taken, and what to do about it."""

    reason: str
    remedy: str


NO_GEOMETRY = Fault("the row has no geometry", "give the row an outline, or import it into a table with geometry")


@dataclass(frozen=True)
class Table:
    """A file as read, before anything is checked.

    Attributes
    ----------
    columns
        Values by column name, all of the length of ``geometries``; None where a row has no value.
    geometries
        In the coordinates of the file, x before y.
    crs
        What the file says its coordinates are; None when it says nothing.
    degrees_implied
        True when the format itself means longitude and latitude (GeoJSON): then a missing ``crs`` is WGS 84.
    faults
        Rows, from 0, that could not be understood.
    mends
        Rows whose geometry was mended while reading, and how.
    complaints
        Rows that hold something odd, and what.
    notes
        About the file as a whole.
    """

    columns: dict[str, list[Any]]
    geometries: Geometries
    crs: pyproj.CRS | None
    degrees_implied: bool = False
    faults: dict[int, Fault] = field(default_factory=dict)
    mends: dict[int, str] = field(default_factory=dict)
    complaints: dict[int, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.geometries)


def object_array(values: list[Any]) -> Geometries:
    """Return a one-dimensional array of objects, whatever the objects are."""
    array = np.empty(len(values), dtype=object)
    array[:] = values
    return array
