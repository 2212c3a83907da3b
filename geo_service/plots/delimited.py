"""Floor 1: tables in text (CSV, TSV) with outlines as well-known text, or with points as longitude and latitude."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pyproj
import shapely

from geo_service.base.crs import WGS84_EPSG
from geo_service.base.errors import FileUnreadable
from geo_service.plots.geojson import decode
from geo_service.plots.table import Fault, Table, object_array
from geo_service.plots.wkt import looks_like_wkt, read_wkt

_LON_LAT = (("lon", "lat"), ("longitude", "latitude"), ("lng", "lat"), ("long", "lat"))
_X_Y = (("x", "y"), ("easting", "northing"), ("rechtswert", "hochwert"), ("ostwert", "nordwert"))
_MAX_FIELD = 1 << 26
_SAMPLE = 1 << 14

_NO_OUTLINE = Fault(
    "the table has no column with an outline",
    "add a column of well-known text, or join the table to its outlines in QGIS",
)


def read_delimited(path: Path) -> Table:
    """Read a text table: separator comma, semicolon, tab or bar, first line the names.

    Raises
    ------
    FileUnreadable
        When there is no header, or quoting is broken.
    """
    notes: list[str] = []
    text = decode(path.read_bytes(), notes)
    separator = _separator(text[:_SAMPLE])
    try:
        with _long_fields():
            header, *lines = [line for line in csv.reader(io.StringIO(text), delimiter=separator) if line] or [[]]
    except csv.Error as error:
        raise FileUnreadable(f"{path.name} is no text table: {error}", remedy="export it as CSV again") from error
    if len(header) < 2 and not lines:
        raise FileUnreadable(f"{path.name} holds no table", remedy="export it as CSV with a line of names")
    names = _distinct(header)
    faults = {
        row: Fault(f"the row has {len(line)} fields, the header {len(names)}", "mend quotes and separators of the row")
        for row, line in enumerate(lines)
        if len(line) > len(names)
    }
    columns: dict[str, list[Any]] = {
        name: [line[place] if place < len(line) else None for line in lines] for place, name in enumerate(names)
    }
    return _with_geometry(columns, len(lines), faults, tuple(notes))


def _with_geometry(columns: dict[str, list[Any]], rows: int, faults: dict[int, Fault], notes: tuple[str, ...]) -> Table:
    outline = next((name for name, values in columns.items() if _first_is_wkt(values)), "")
    degrees, metres = _pair(columns, _LON_LAT), _pair(columns, _X_Y)
    only_points = outline and _first(columns[outline]).lstrip().lower().startswith("point")
    if outline and not (only_points and degrees):
        return _from_wkt(columns, outline, rows, faults, notes)
    geometries: list[Any] = [None] * rows
    pair = degrees or metres
    for row in range(rows):
        if pair is None:
            faults.setdefault(row, _NO_OUTLINE)
            continue
        try:
            x, y = (float(str(columns[name][row] or "").replace(",", ".")) for name in pair)
        except ValueError:
            faults.setdefault(row, Fault(f"{pair[0]} and {pair[1]} are no numbers", "fill in the coordinates"))
        else:
            geometries[row] = shapely.Point(x, y)
    crs = pyproj.CRS.from_epsg(WGS84_EPSG) if degrees else None
    return Table(columns, object_array(geometries), crs, faults=faults, notes=notes)


def _from_wkt(
    columns: dict[str, list[Any]], outline: str, rows: int, faults: dict[int, Fault], notes: tuple[str, ...]
) -> Table:
    geometries: list[Any] = [None] * rows
    found: list[pyproj.CRS] = []
    for row, text in enumerate(columns.pop(outline)):
        if not text or not text.strip():
            faults.setdefault(row, Fault("the row has no geometry", f"fill in the column {outline}"))
            continue
        try:
            geometries[row], crs, _ = read_wkt(text)
        except ValueError as error:
            faults.setdefault(row, Fault(f"its well-known text cannot be read: {error}", f"mend the column {outline}"))
            continue
        if crs is not None and crs not in found:
            found.append(crs)
    if len(found) > 1:
        names = ", ".join(crs.name for crs in found)
        raise FileUnreadable(
            f"its outlines are in different reference systems: {names}", remedy="split the file by SRID"
        )
    return Table(columns, object_array(geometries), found[0] if found else None, faults=faults, notes=notes)


def _separator(sample: str) -> str:
    lines = [line for line in sample.splitlines() if line.strip()][:20]
    return max(",;\t|", key=lambda one: (min((line.count(one) for line in lines[:1]), default=0), one == ","))


def _distinct(header: list[str]) -> list[str]:
    names: list[str] = []
    for place, name in enumerate(header):
        plain = re.sub(r"\s+", " ", name).strip() or f"column {place + 1}"
        names.append(f"{plain} ({place + 1})" if plain in names else plain)
    return names


def _pair(columns: Mapping[str, list[Any]], pairs: tuple[tuple[str, str], ...]) -> tuple[str, str] | None:
    by_name = {name.lower(): name for name in columns}
    return next(((by_name[x], by_name[y]) for x, y in pairs if x in by_name and y in by_name), None)


def _first(values: list[Any]) -> str:
    return next((value for value in values if value and value.strip()), "")


def _first_is_wkt(values: list[Any]) -> bool:
    return looks_like_wkt(_first(values))


@contextmanager
def _long_fields() -> Iterator[None]:
    before = csv.field_size_limit(_MAX_FIELD)
    try:
        yield
    finally:
        csv.field_size_limit(before)
