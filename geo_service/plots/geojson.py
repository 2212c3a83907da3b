"""Floor 1: GeoJSON (RFC 7946), read strictly row by row: one broken feature is named, the others are taken."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import orjson
import pyproj
import pyproj.exceptions
import shapely
from shapely.geometry.base import BaseGeometry

from geo_service.base.errors import FileUnreadable
from geo_service.plots.table import NO_GEOMETRY, Fault, Table, object_array

_REMEDY = "mend the feature in the program that wrote it, or draw it again"
_GEOMETRY_TYPES = frozenset(
    {"Point", "MultiPoint", "LineString", "MultiLineString", "Polygon", "MultiPolygon", "GeometryCollection"}
)
_MAX_DEPTH = 8
_NESTING = "the coordinates are not nested as the geometry's type asks"

Positions = npt.NDArray[np.float64]


class _Malformed(Exception):
    """A geometry that breaks RFC 7946, told in words."""


def read_geojson(path: Path) -> Table:
    """Read a GeoJSON file: a FeatureCollection, a Feature, or a bare geometry.

    Heights are dropped, rings left open are closed; both are told.

    Raises
    ------
    FileUnreadable
        When the file is no JSON, or JSON but no GeoJSON.
    """
    notes: list[str] = []
    document = _parse(path, notes)
    features = list(_features(document, path))
    geometries: list[BaseGeometry | None] = []
    columns: dict[str, list[Any]] = {}
    faults: dict[int, Fault] = {}
    mends: dict[int, str] = {}
    complaints: dict[int, str] = {}
    heights = 0
    for row, feature in enumerate(features):
        geometry = None
        properties = _properties(feature, row, complaints)
        builder = _Builder()
        try:
            geometry = _geometry_of(feature, builder)
            if geometry is None:
                faults[row] = NO_GEOMETRY
        except _Malformed as error:
            faults[row] = Fault(str(error), _REMEDY)
        geometries.append(geometry)
        heights += builder.dropped_heights
        if builder.closed_a_ring:
            mends[row] = "the ring was not closed: its first corner was repeated at the end"
        for name, value in properties.items():
            columns.setdefault(name, [None] * len(features))[row] = value
    if heights:
        notes.append(f"heights of {heights} rows were dropped")
    return Table(
        columns=columns,
        geometries=object_array(geometries),
        crs=_declared_crs(document, path),
        degrees_implied=True,
        faults=faults,
        mends=mends,
        complaints=complaints,
        notes=tuple(notes),
    )


def _parse(path: Path, notes: list[str]) -> Any:
    data = path.read_bytes()
    try:
        return orjson.loads(data.removeprefix(b"\xef\xbb\xbf"))
    except orjson.JSONDecodeError:
        pass  # NaN, Infinity, lone surrogates or another encoding: the lenient parser tells them apart, row by row
    text = decode(data, notes)
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        raise FileUnreadable(
            f"{path.name} is no JSON: {error.msg} in line {error.lineno}, column {error.colno}",
            remedy="export the file again; it may have been cut off",
        ) from error
    except (RecursionError, ValueError) as error:
        raise FileUnreadable(
            f"{path.name} cannot be read as JSON: nested too deeply or numbers too long", remedy="export the file again"
        ) from error


def decode(data: bytes, notes: list[str]) -> str:
    """Decode text: UTF-8, UTF-16 with its mark, else Windows-1252, which is noted."""
    try:
        if data.startswith((b"\xff\xfe", b"\xfe\xff")):
            notes.append("the text is UTF-16")
            return data.decode("utf-16")
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        notes.append("the text is not UTF-8 and was read as Windows-1252: check the umlauts")
        return data.decode("cp1252", errors="replace")


def _features(document: Any, path: Path) -> Iterator[Any]:
    kind = document.get("type") if isinstance(document, dict) else None
    if kind == "FeatureCollection" and isinstance(document.get("features"), list):
        yield from document["features"]
    elif kind == "Feature":
        yield document
    elif isinstance(kind, str) and kind in _GEOMETRY_TYPES:
        yield {"type": "Feature", "properties": {}, "geometry": document}
    else:
        raise FileUnreadable(
            f"{path.name} is JSON but no GeoJSON: {_what(document, kind)}",
            remedy="give a GeoJSON FeatureCollection; type names are case sensitive (Overpass JSON: osmtogeojson)",
        )


def _what(document: Any, kind: Any) -> str:
    if isinstance(kind, str):
        return f"its type is {kind[:40]!r}" if kind != "FeatureCollection" else "it has no list of features"
    return f"it is a {'list' if isinstance(document, list) else type(document).__name__} without a GeoJSON type"


def _declared_crs(document: Any, path: Path) -> pyproj.CRS | None:
    declared = document.get("crs")
    if not isinstance(declared, dict):
        return None
    properties = declared.get("properties")
    name = properties.get("name") if isinstance(properties, dict) else None
    try:
        return pyproj.CRS.from_user_input(name)
    except pyproj.exceptions.CRSError as error:
        raise FileUnreadable(
            f"{path.name} names a coordinate reference system that is not known: {str(name)[:80]}",
            remedy="take the member crs out and give --crs EPSG:xxxx",
        ) from error


def _properties(feature: Any, row: int, complaints: dict[int, str]) -> dict[str, Any]:
    if not isinstance(feature, dict) or feature.get("type") != "Feature":
        return {}
    given = feature.get("properties")
    if given is not None and not isinstance(given, dict):
        complaints[row] = f"its properties are no object but {type(given).__name__}; they were left out"
    properties: dict[str, Any] = {}
    feature_id = feature.get("id")
    if isinstance(feature_id, str | int | float) and not isinstance(feature_id, bool):
        properties["id"] = feature_id
    for name, value in given.items() if isinstance(given, dict) else ():
        if name == "tags" and isinstance(value, dict):  # Overpass exports nest what matters
            properties |= {key: _clean(text, row, complaints) for key, text in value.items()}
        else:
            properties[name] = _clean(value, row, complaints)
    return properties


def _clean(value: Any, row: int, complaints: dict[int, str]) -> Any:
    if isinstance(value, str) and not value.isascii():
        cleaned = value.encode("utf-8", errors="replace").decode()
        if cleaned != value:
            complaints[row] = "a text holds half a character (a lone surrogate); it was replaced by a question mark"
        return cleaned
    return value


def _geometry_of(feature: Any, builder: _Builder) -> BaseGeometry | None:
    if not isinstance(feature, dict):
        raise _Malformed(f"the row is no feature but {type(feature).__name__}")
    if feature.get("type") != "Feature":
        raise _Malformed(f"the row's type is {str(feature.get('type'))[:40]!r}, not 'Feature'")
    geometry = feature.get("geometry")
    return None if geometry is None else builder.build(geometry)


class _Builder:
    """Builds the geometry of one row and notices what it mends or leaves out on the way."""

    def __init__(self) -> None:
        self.closed_a_ring = False
        self.dropped_heights = False

    def build(self, geometry: Any, depth: int = 0) -> BaseGeometry:
        if not isinstance(geometry, dict):
            raise _Malformed(f"the geometry is no object but {type(geometry).__name__}")
        kind = geometry.get("type")
        if not isinstance(kind, str) or kind not in _GEOMETRY_TYPES:
            raise _Malformed(f"the geometry's type is {str(kind)[:40]!r}, which GeoJSON does not know")
        if kind == "GeometryCollection":
            parts = geometry.get("geometries")
            if not isinstance(parts, list) or depth > _MAX_DEPTH:
                raise _Malformed("the geometry collection has no list of geometries")
            return shapely.GeometryCollection([self.build(part, depth + 1) for part in parts if part is not None])
        coordinates = geometry.get("coordinates")
        if not isinstance(coordinates, list):
            raise _Malformed("the geometry has no list of coordinates")
        return self._typed(kind, coordinates) if coordinates else shapely.from_wkt(f"{kind.upper()} EMPTY")

    def _typed(self, kind: str, coordinates: list[Any]) -> BaseGeometry:
        match kind:
            case "Point":
                return shapely.points(self._position(coordinates))
            case "MultiPoint":
                return shapely.multipoints(self._positions(coordinates))
            case "LineString":
                return self._line(coordinates)
            case "MultiLineString":
                return shapely.multilinestrings([self._line(line) for line in coordinates])
            case "Polygon":
                return self._polygon(coordinates)
            case _:
                return shapely.MultiPolygon([self._polygon(part) for part in coordinates])

    def _polygon(self, rings: Any) -> BaseGeometry:
        if not isinstance(rings, list) or not rings:
            raise _Malformed(_NESTING)
        shell, *holes = [self._ring(ring) for ring in rings]
        return shapely.Polygon(shell, holes)

    def _ring(self, values: Any) -> BaseGeometry:
        positions = self._positions(values)
        if not np.array_equal(positions[0], positions[-1]):
            positions = np.vstack([positions, positions[:1]])
            self.closed_a_ring = True
        if len(np.unique(positions, axis=0)) < 3:
            raise _Malformed("a ring has fewer than three different corners")
        return shapely.linearrings(positions)

    def _line(self, values: Any) -> BaseGeometry:
        positions = self._positions(values)
        if len(positions) < 2:
            raise _Malformed("a line has fewer than two positions")
        return shapely.linestrings(positions)

    def _positions(self, values: Any) -> Positions:
        """Check a list of positions and return their x and y, shape (n, 2)."""
        if not isinstance(values, list) or not values:
            raise _Malformed(_NESTING)
        try:
            array = np.array(values)
        except ValueError:  # positions of unequal length
            array = np.empty(0, dtype=object)
        if array.ndim == 2 and array.dtype.kind in "iuf" and array.shape[1] >= 2:
            self.dropped_heights |= array.shape[1] > 2
            positions = array[:, :2].astype(np.float64)
            if np.isin(positions, (0, 1)).any():  # numpy takes true for 1
                positions = np.array([self._position(value) for value in values], dtype=np.float64)
        else:
            positions = np.array([self._position(value) for value in values], dtype=np.float64)
        if not np.isfinite(positions).all():
            raise _Malformed("a coordinate is no finite number")
        return positions

    def _position(self, value: Any) -> tuple[float, float]:
        if not isinstance(value, list):
            raise _Malformed(_NESTING)
        if len(value) < 2:
            raise _Malformed(f"a position has {len(value)} number(s) instead of two")
        if any(isinstance(number, bool) or not isinstance(number, int | float) for number in value[:2]):
            raise _Malformed("a position holds something other than two numbers")
        self.dropped_heights |= len(value) > 2
        try:
            return float(value[0]), float(value[1])
        except OverflowError:
            raise _Malformed("a coordinate is too large a number") from None
