"""Floor 1: every format that GDAL reads: choosing the layer with outlines, reading it, catching what GDAL mutters."""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio
import pyproj
import pyproj.exceptions
import shapely

from geo_service.base.errors import FileUnreadable
from geo_service.plots.table import NO_GEOMETRY, Fault, Table, object_array

_PLOT_LAYER = re.compile(r"flurst|plot|parcel|vacant|brach|fl(ä|ae)che|ortsteil|quarter", re.IGNORECASE)
_ADV_CRS = re.compile(r"urn:adv:crs:([A-Za-z0-9_/-]+)")
_ADV_ANNOUNCED = re.compile(
    r"<(?:\w+:)?AA_Koordinatenreferenzsystemangaben>(.*?)</(?:\w+:)?AA_Koordinatenreferenzsystemangaben>", re.DOTALL
)
_ADV_EPSG = {
    "ETRS89_UTM31": 25831,
    "ETRS89_UTM32": 25832,
    "ETRS89_UTM33": 25833,
    "DE_DHDN_3GK2": 31466,
    "DE_DHDN_3GK3": 31467,
    "DE_DHDN_3GK4": 31468,
    "DE_DHDN_3GK5": 31469,
}
_DRIVERS = frozenset(
    {
        *("ESRI Shapefile", "FlatGeobuf", "GML", "GPKG", "GPX", "GeoJSON", "GeoJSONSeq", "JSONFG", "KML", "LIBKML"),
        *("ESRIJSON", "MapInfo File", "OpenFileGDB", "SQLite", "TopoJSON"),
    }
)
"""GDAL reads many more, some of which fetch what the file names from this machine or from the net."""

_MAGIC = {
    ".shp": (b"\x00\x00\x27\x0a",),
    ".gpkg": (b"SQLite format 3\x00",),
    ".sqlite": (b"SQLite format 3\x00",),
    ".fgb": (b"fgb",),
    ".tab": (b"!table",),
    ".mif": (b"version",),
}
"""How a file begins, in lower case, whatever its name claims."""

_POINTS_ELSEWHERE = re.compile(rb"<ogr\w*datasource|gdal_streamed_alg", re.IGNORECASE)
_GML_SETTINGS = {"GML_FIELDTYPES": "ALWAYS_STRING", "GML_DOWNLOAD_SCHEMA": "NO", "GML_DOWNLOAD_WFS_SCHEMA": "NO"}
_XML_HEAD = 1 << 20
_POINT_COPIES = frozenset({"route_points", "track_points"})  # GPX tells every vertex again as a point


@dataclass(frozen=True)
class _Layer:
    file: Path
    name: str
    geometry: str

    @property
    def polygonal(self) -> bool:
        return "Polygon" in self.geometry or "Surface" in self.geometry

    @property
    def perhaps(self) -> bool:
        return self.geometry in ("Unknown", "GeometryCollection")


def read_vector(files: Sequence[Path], layer: str | None, *, prefer: str = "", gml: bool = False) -> Table:
    """Read the layer with outlines of one file, or of several that came in one archive.

    Parameters
    ----------
    files
        What to look into; every layer of every file is a candidate.
    layer
        Name of the layer wanted; None: the polygon layer, by preference one named for parcels or plots.
    prefer
        Name of the layer taken among several when none is wanted by name.
    gml
        The files are GML: read values as text, so that long keys keep their digits.

    Raises
    ------
    FileUnreadable
        When GDAL cannot open or read a file, or there is no layer of that name.
    """
    notes: list[str] = []
    layers = [found for file in files for found in _layers(file, notes, gml=gml)]
    if not layers:
        raise FileUnreadable(f"{files[0].name} holds no layer", remedy="export the file again")
    chosen = _choose(layers, layer, prefer, notes)
    tables = [_read(one, notes, gml=gml) for one in chosen]
    return _joined(tables, tuple(notes))


def _choose(layers: list[_Layer], wanted: str | None, prefer: str, notes: list[str]) -> list[_Layer]:
    if wanted is not None:
        named = [one for one in layers if wanted in (one.name, one.file.name, one.file.stem)]
        if not named:
            raise FileUnreadable(
                f"{layers[0].file.name} has no layer {wanted!r}",
                remedy=f"layers are: {', '.join(one.name for one in layers[:20])}",
            )
        return named[:1]
    candidates = [one for one in layers if one.polygonal] or [one for one in layers if one.perhaps]
    if not candidates:
        return [one for one in layers if one.name not in _POINT_COPIES]
    preferred = [one for one in candidates if one.name == prefer]
    chosen = next(iter(preferred or [one for one in candidates if _PLOT_LAYER.search(one.name)]), candidates[0])
    others = [one.name for one in layers if one is not chosen]
    if others:
        notes.append(f"layer {chosen.name!r} was read; also in the file: {', '.join(others[:20])}")
    return [chosen]


def _layers(file: Path, notes: list[str], *, gml: bool) -> Iterator[_Layer]:
    _require_own_data(file)
    with _listening(file, notes, gml=gml):
        found = pyogrio.list_layers(file)
        driver = str(pyogrio.read_info(file, layer=str(found[0][0]))["driver"]) if len(found) else ""
    if len(found) and driver not in _DRIVERS:
        raise _foreign(file, f"it is read as {driver}")
    for name, geometry in found:
        yield _Layer(file, str(name), str(geometry or "None"))


def _require_own_data(file: Path) -> None:
    """Refuse what is not what its name says, and what names other files or addresses to be read in its place."""
    if file.is_dir():
        return
    with file.open("rb") as opened:
        head = opened.read(_XML_HEAD)
    magic = _MAGIC.get(file.suffix.lower())
    if _POINTS_ELSEWHERE.search(head) or (
        magic and not head.lstrip().lower().startswith(tuple(map(bytes.lower, magic)))
    ):
        raise _foreign(file, "its content is not what its name says")


def _foreign(file: Path, why: str) -> FileUnreadable:
    return FileUnreadable(f"{file.name} cannot be read: {why}", remedy="export it again, best as GeoPackage")


def _read(layer: _Layer, notes: list[str], *, gml: bool) -> Table:
    with _listening(layer.file, notes, gml=gml):
        try:
            meta, _, wkb, fields = pyogrio.raw.read(layer.file, layer=layer.name)
        except UnicodeDecodeError:
            meta, _, wkb, fields = pyogrio.raw.read(layer.file, layer=layer.name, encoding="cp1252")
            notes.append("the text is not in the encoding the file names and was read as Windows-1252")
    columns = {str(name): _values(values) for name, values in zip(meta["fields"], fields, strict=True)}
    rows = len(wkb) if wkb is not None else len(next(iter(columns.values()), []))
    with np.errstate(invalid="ignore"):  # NaN coordinates are named later, row by row
        geometries = object_array([None] * rows) if wkb is None else shapely.from_wkb(wkb, on_invalid="ignore")
    faults = {}
    for row in np.flatnonzero([one is None for one in geometries]).tolist():
        broken = wkb is not None and wkb[row] is not None
        faults[row] = Fault("its geometry is broken", "draw it again") if broken else NO_GEOMETRY
    return Table(columns, geometries, _crs(meta["crs"], layer.file, gml=gml), faults=faults)


def _values(values: Any) -> list[Any]:
    """Turn an array of GDAL's into plain values: days and times as ISO text, NaN and NaT as None."""
    if values.dtype.kind == "M":
        return [None if np.isnat(value) else str(value) for value in values]
    if values.dtype.kind == "f":
        return [None if value != value else value for value in values.tolist()]  # noqa: PLR0124 NaN is not itself
    return [value.tolist() if isinstance(value, np.ndarray) else value for value in values.tolist()]


def _crs(text: str | None, file: Path, *, gml: bool) -> pyproj.CRS | None:
    if text is None:
        return _adv_crs(file) if gml else None
    try:
        crs = pyproj.CRS.from_user_input(text)
    except pyproj.exceptions.CRSError:
        return None
    return None if crs.type_name == "Engineering CRS" else crs


def _adv_crs(file: Path) -> pyproj.CRS | None:
    """Return the CRS of a NAS extract: the standard one it announces, else the only one it uses."""
    with file.open("rb") as opened:
        head = opened.read(_XML_HEAD).decode("utf-8", errors="replace")
    standard = [block for block in _ADV_ANNOUNCED.findall(head) if ">true<" in block]
    names = _ADV_CRS.findall("".join(standard) or head)
    epsg = {_ADV_EPSG[name] for name in names if name in _ADV_EPSG}
    return pyproj.CRS.from_epsg(epsg.pop()) if len(epsg) == 1 else None


def _joined(tables: list[Table], notes: tuple[str, ...]) -> Table:
    if len(tables) == 1:
        only = tables[0]
        return Table(only.columns, only.geometries, only.crs, faults=only.faults, notes=notes)
    names = list(dict.fromkeys(name for table in tables for name in table.columns))
    faults: dict[int, Fault] = {}
    start = 0
    for table in tables:
        faults |= {start + row: fault for row, fault in table.faults.items()}
        start += len(table)
    return Table(
        {name: [value for table in tables for value in table.columns.get(name, [None] * len(table))] for name in names},
        np.concatenate([table.geometries for table in tables]),
        tables[0].crs,
        faults=faults,
        notes=notes,
    )


@contextmanager
def _listening(file: Path, notes: list[str], *, gml: bool) -> Iterator[None]:
    """Run GDAL: its warnings become notes, its errors ours; of GML it fetches no schema and leaves values as text."""
    settings = _GML_SETTINGS if gml else {}
    before = {name: pyogrio.get_gdal_config_option(name) for name in settings}
    pyogrio.set_gdal_config_options(settings)
    try:
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            yield
        for message in dict.fromkeys(str(one.message) for one in caught):
            if f"reader: {message}" not in notes:
                notes.append(f"reader: {message}")
    except (RuntimeError, ValueError, OSError, shapely.GEOSException) as error:
        reason = re.sub(r"'?/[^\s']*/([^\s/']+)'?", r"\1", str(error)).partition("; It might help")[0]
        raise FileUnreadable(
            f"{file.name} cannot be read: {reason}", remedy="export it again, best as GeoPackage"
        ) from error
    finally:
        pyogrio.set_gdal_config_options(before)
