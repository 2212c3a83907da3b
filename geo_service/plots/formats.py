"""Floor 1: which reader a file needs, told by its content first and its name second."""

from __future__ import annotations

import importlib.util
import re
import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from geo_service.base.errors import FileUnreadable
from geo_service.plots.archives import unpacked
from geo_service.plots.delimited import read_delimited
from geo_service.plots.geojson import read_geojson
from geo_service.plots.table import Table
from geo_service.plots.turtle import read_turtle
from geo_service.plots.vector import read_vector

STRICT_JSON_BYTES = 50_000_000
"""GeoJSON up to this size is read feature by feature; larger files go through GDAL, which is quicker and lenient."""

READABLE = "GeoPackage, GeoJSON, Shapefile (zip), FlatGeobuf, GeoParquet, KML, GML/ALKIS, CSV, Turtle"

MAX_TEXT_BYTES = 100_000_000
"""Tables in text are read whole and unfold to many times their size; larger ones come as GeoPackage."""

_HEAD = 1 << 16
_PROLOG = re.compile(r"(?:\s+|<\?.*?\?>|<!--.*?-->|<!DOCTYPE[^\[>]*>)*", re.DOTALL | re.IGNORECASE)
_ROOT = re.compile(r"<(?:[A-Za-z_][\w.-]*:)?([A-Za-z_][\w.-]*)")
_OTHER_JSON = (b'"Topology"', b"esriGeometry")
_BY_GDAL = frozenset({".shp", ".gpkg", ".fgb", ".tab", ".mif", ".gdb", ".sqlite", ".dbf"})


def read_table(path: Path, layer: str | None = None, *, prefer: str = "") -> Table:
    """Read a file of plots or quarters, packed or not, into a table.

    Parameters
    ----------
    path
        A file, a zip or gzip of it, or a folder that is a file geodatabase.
    layer
        Name of the layer wanted where there are several; None: the one with outlines.
    prefer
        Name of the layer taken among several when none is wanted by name: ``"plots"`` of an export of ours.

    Raises
    ------
    FileUnreadable
        When nothing of it can be understood; the message says why.
    """
    with unpacked(path) as files:
        file = files[0]
        head = b"" if file.is_dir() else _head(file)
        start = head.removeprefix(b"\xef\xbb\xbf").lstrip()
        suffix = file.suffix.lower()
        if suffix in (".osm", ".pbf", ".osc"):
            raise _streets(path)
        if len(files) > 1 and suffix not in _BY_GDAL:
            return read_table(_one_of(path, files, layer), layer)
        if suffix in _BY_GDAL or start.startswith((b"SQLite format 3", b"fgb\x03")):
            return read_vector(files, layer, prefer=prefer)
        if start.startswith(b"PAR1"):
            return _one_layer(_read_parquet(file), file, layer)
        if start.startswith((b"{", b"[")):
            other = any(mark in head for mark in _OTHER_JSON) or file.stat().st_size > STRICT_JSON_BYTES
            return read_vector(files, layer) if other else _one_layer(read_geojson(file), file, layer)
        if start.startswith(b"<") and suffix != ".ttl":
            return _read_xml(path, file, head, layer)
        if not file.is_dir() and suffix in (".ttl", ".csv", ".tsv", ".txt") and file.stat().st_size > MAX_TEXT_BYTES:
            raise FileUnreadable(
                f"{path.name} is a text table of more than {MAX_TEXT_BYTES >> 20} MiB",
                remedy="give it as GeoPackage, or in parts",
                code="archive_refused" if file != path else "file_too_large",
            )
        if suffix == ".ttl" or start.startswith(b"@prefix"):
            return _one_layer(read_turtle(file), file, layer)
        if suffix in (".csv", ".tsv", ".txt"):
            return _one_layer(read_delimited(file), file, layer)
        if suffix in (".json", ".geojson") and file.stat().st_size <= STRICT_JSON_BYTES:
            return read_geojson(file)
        raise FileUnreadable(f"{path.name} is in a format that is not known here", remedy=f"give one of {READABLE}")


def _one_layer(table: Table, file: Path, wanted: str | None) -> Table:
    """Note where a layer was asked for by a name that a file without layers does not have."""
    if wanted is None or wanted in (file.name, file.stem):
        return table
    return replace(
        table, notes=(*table.notes, f"layer {wanted!r} was asked for, but the file has no layers: all is read")
    )


def _head(file: Path) -> bytes:
    with file.open("rb") as opened:
        return opened.read(_HEAD)


def _one_of(path: Path, files: Sequence[Path], layer: str | None) -> Path:
    named = [file for file in files if layer in (file.name, file.stem)]
    if len(named) != 1:
        raise FileUnreadable(
            f"{path.name} holds {len(files)} files: {', '.join(sorted(file.name for file in files)[:5])} ...",
            remedy="name one of them as the layer, or give it by itself",
        )
    return named[0]


def _read_xml(path: Path, file: Path, head: bytes, layer: str | None) -> Table:
    text = head.decode("utf-8", errors="replace").removeprefix("\ufeff")
    prolog = _PROLOG.match(text)
    begins = prolog.end() if prolog else 0
    if "<!ENTITY" in text or text[begins:].startswith("<!"):
        raise FileUnreadable(f"{path.name} declares XML entities", remedy="export it without a document type")
    root = _ROOT.match(text, begins)
    kind = root[1].lower() if root else ""
    if kind in ("osm", "osmchange"):
        raise _streets(path)
    if kind in ("kml", "gpx"):
        return read_vector([file], layer)
    if "opengis.net/gml" in text:
        with tempfile.TemporaryDirectory(prefix="geo-service-") as folder:  # GDAL writes a .gfs file beside GML
            return read_vector([Path(shutil.copyfile(file, Path(folder) / file.name))], layer, gml=True)
    raise FileUnreadable(
        f"{path.name} is XML, but neither GML, KML nor GPX: <{kind}>", remedy=f"give one of {READABLE}"
    )


def _read_parquet(file: Path) -> Table:
    if importlib.util.find_spec("pyarrow") is None:
        raise FileUnreadable(
            f"{file.name} is GeoParquet, which needs the package pyarrow",
            remedy="install pyarrow, or convert the file to GeoPackage",
        )
    import geopandas as gpd  # noqa: PLC0415 only this format needs it

    try:
        frame = gpd.read_parquet(file)
    except (ValueError, OSError) as error:
        raise FileUnreadable(f"{file.name} cannot be read: {error}", remedy="export it again as GeoPackage") from error
    plain = frame.drop(columns=frame.geometry.name)
    columns = {
        str(name): [None if value is None else value for value in plain[name].tolist()] for name in plain.columns
    }
    return Table(columns, np.asarray(frame.geometry.array, dtype=object), frame.crs)


def _streets(path: Path) -> FileUnreadable:
    return FileUnreadable(
        f"{path.name} is OpenStreetMap data, not a table of outlines",
        remedy="for streets: geo-service import streets; for plots export the areas as GeoJSON first",
    )
