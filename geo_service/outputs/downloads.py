"""Floor 7: a collection as a file: GeoPackage, GeoParquet, FlatGeobuf, Shapefile, CSV; each tells source and licence.

A file is made beside its place and appears whole or not at all. What may be seen decides who calls: only the properties
that are handed in are written.
"""

from __future__ import annotations

import csv
import json
import tempfile
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pyogrio
import pyproj
import shapely
from pyogrio.errors import DataSourceError

from geo_service.base.clock import require_aware
from geo_service.base.crs import WGS84_EPSG, transform_xy
from geo_service.base.errors import InputError, StoreError
from geo_service.outputs.collections import Collection, Property
from geo_service.outputs.features import Features
from geo_service.outputs.frames import frame_of
from geo_service.outputs.parquet import Column, Kind, write_parquet
from geo_service.outputs.plain import plain_values
from geo_service.outputs.words import words
from geo_service.store.protocol import Store


class FileFormat(StrEnum):
    """The forms a collection can be had in; the value is the ending of the file."""

    GPKG = "gpkg"
    PARQUET = "parquet"
    FGB = "fgb"
    SHAPEFILE = "zip"
    CSV = "csv"


MEDIA_TYPES = {
    FileFormat.GPKG: "application/geopackage+sqlite3",
    FileFormat.PARQUET: "application/vnd.apache.parquet",
    FileFormat.FGB: "application/flatgeobuf",
    FileFormat.SHAPEFILE: "application/zip",
    FileFormat.CSV: "text/csv; charset=utf-8",
}

SHAPEFILE_NAME, SHAPEFILE_TEXT = 10, 254
"""Characters that a name and bytes that a text may have in a Shapefile."""

_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_NUMBERS = frozenset({"integer", "number", "boolean"})
_KINDS: dict[str, Kind] = {"string": "text", "integer": "whole", "number": "number", "boolean": "truth"}


@dataclass(frozen=True)
class Dataset:
    """A collection ready to be written.

    Attributes
    ----------
    collection
        With the properties that are written, no others.
    features
        In degrees.
    epsg
        Of the file; CSV and its places stay in degrees.
    about
        What the file tells of itself: title, description, source, licence, date, revision, note; without empty ones.
    geometries
        The same in EPSG:``epsg`` where they are known exactly.
    """

    collection: Collection
    features: Features
    epsg: int
    about: Mapping[str, str]
    geometries: Sequence[shapely.Geometry] | None = None

    def frame(self) -> gpd.GeoDataFrame:
        """Return the table in EPSG:``epsg``, one typed column per property, indexed by id."""
        return frame_of(self.collection, self.features, self.epsg, geometries=self.geometries)


def about(store: Store, collection: Collection, *, at: datetime, source: str = "", licence: str = "") -> dict[str, str]:
    """Return what a file of a collection tells of itself."""
    said = {
        "title": f"{collection.title_de} / {collection.title_en}",
        "description": collection.what_de,
        "source": source,
        "licence": licence,
        "date": require_aware(at).isoformat(timespec="seconds"),
        "revision": str(store.revision()),
        "note": f"{words('de')['sample']} / {words('en')['sample']}" if store.is_sample() else "",
    }
    return plain_values({key: value for key, value in said.items() if value})


def seen_as(collection: Collection, properties: Sequence[Property]) -> Collection:
    """Return a collection with some of its properties alone."""
    return replace(collection, properties=tuple(properties))


def write_download(path: Path, form: FileFormat, dataset: Dataset) -> None:
    """Write a collection; the file appears whole or not at all and replaces an older one.

    Raises
    ------
    InputError
        When the folder is missing or cannot be written to, or the path is a folder itself.
    StoreError
        When writing fails, for instance on a full disk.
    """
    with new_file(path) as part:
        _WRITERS[form](part, dataset)


class new_file:  # noqa: N801  used like a function in a `with` statement
    """Gives the path of a file that takes the place of ``path`` when the block ends well.

    Raises
    ------
    InputError
        When the folder is missing or cannot be written to, or the path is a folder itself.
    StoreError
        When writing fails.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    def __enter__(self) -> Path:
        """Make room beside the path."""
        path = self._path
        if not path.parent.is_dir():
            raise InputError(f"there is no folder {path.parent}", remedy="make it first, or name another file")
        if path.is_dir():
            raise InputError(f"{path} is a folder", remedy="name a file in it, such as desk.gpkg")
        try:
            self._folder = tempfile.TemporaryDirectory(dir=path.parent, prefix=".export-")
        except OSError as error:
            raise _refused(path, error) from error
        return Path(self._folder.name) / f"part{path.suffix}"

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: object) -> None:
        """Put the file in its place, or leave no trace of it."""
        try:
            if error is None:
                (Path(self._folder.name) / f"part{self._path.suffix}").replace(self._path)
        except OSError as failed:
            raise _refused(self._path, failed) from failed
        finally:
            self._folder.cleanup()
        if isinstance(error, OSError | DataSourceError):
            raise _refused(self._path, error) from error


def _refused(path: Path, error: OSError | DataSourceError) -> InputError | StoreError:
    if isinstance(error, PermissionError):
        return InputError(f"{path} cannot be written: {error.strerror}", remedy="name a file you may write")
    return StoreError(f"writing {path} failed: {error}", remedy="free some disk space and export again")


def add_layer(path: Path, dataset: Dataset) -> None:
    """Write a collection into a GeoPackage as a layer; the file may be there already."""
    collection, told = dataset.collection, dataset.about
    pyogrio.write_dataframe(
        _as_text(dataset.frame().reset_index()),
        path,
        layer=collection.name,
        driver="GPKG",
        dataset_options={"VERSION": "1.3"},  # what GDAL of Debian 12 reads without a warning
        geometry_type=_written_type(collection),
        promote_to_multi=collection.geometry == "Polygon",
        layer_metadata=dict(told),
        layer_options={"IDENTIFIER": collection.name, "DESCRIPTION": told.get("note", collection.what_de)},
    )


def _write_gpkg(path: Path, dataset: Dataset) -> None:
    add_layer(path, dataset)


def _write_fgb(path: Path, dataset: Dataset) -> None:
    collection = dataset.collection
    pyogrio.write_dataframe(
        _as_text(dataset.frame().reset_index()),
        path,
        layer=collection.name,
        driver="FlatGeobuf",
        geometry_type=_written_type(collection),
        promote_to_multi=collection.geometry == "Polygon",
        layer_metadata=dict(dataset.about),
        layer_options={"TITLE": dataset.about["title"], "DESCRIPTION": _in_one_line(dataset.about)},
    )


def _write_shapefile(path: Path, dataset: Dataset) -> None:
    """Write a zip with the Shapefile, and a text that tells source, licence and what its short names stand for."""
    collection = dataset.collection
    names = short_names(["id", *(one.name for one in collection.properties)])
    frame = _as_text(dataset.frame().reset_index()).rename(columns=names)
    for name in frame.select_dtypes("boolean"):
        frame[name] = frame[name].astype("Int32")
    for name in frame.select_dtypes("datetimetz"):
        frame[name] = frame[name].dt.strftime("%Y-%m-%dT%H:%M:%SZ")  # a Shapefile knows no times
    frame, cut = _within_bounds(frame)
    with tempfile.TemporaryDirectory(dir=path.parent) as folder:
        for name, part, geometry_type in _of_one_type(collection, frame):
            pyogrio.write_dataframe(
                part,
                Path(folder) / f"{name}.shp",
                driver="ESRI Shapefile",
                encoding="UTF-8",
                geometry_type=geometry_type,
            )
        (Path(folder) / "README.txt").write_text(_shapefile_text(dataset, names, cut), encoding="utf-8")
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
            for one in sorted(Path(folder).iterdir()):
                packed.write(one, one.name)


def _of_one_type(collection: Collection, frame: gpd.GeoDataFrame) -> Iterator[tuple[str, gpd.GeoDataFrame, str]]:
    """Yield name, rows and type of geometry of the Shapefiles that a table makes: each holds one type."""
    if collection.geometry != "Geometry":
        yield collection.name, frame, collection.geometry
        return
    kinds = frame.geometry.geom_type.str.removeprefix("Multi")
    for kind, suffix in (("Polygon", "areas"), ("LineString", "lines"), ("Point", "points")):
        yield f"{collection.name}-{suffix}", frame[kinds == kind], kind


def short_names(names: Sequence[str]) -> dict[str, str]:
    """Return names of at most ten characters that differ, those that are short enough unchanged.

    Examples
    --------
    >>> short_names(["name", "access_lon", "tenure_until", "tenure_from", "contamination", "contaminated"])
    {'name': 'name', 'access_lon': 'access_lon', 'tenure_until': 'tenureunti', 'tenure_from': 'tenurefrom', \
'contamination': 'contaminat', 'contaminated': 'contamina2'}
    """
    taken = {name for name in names if len(name) <= SHAPEFILE_NAME}
    short = {name: name for name in taken}
    for name in names:
        if name not in short:
            tight = name.replace("_", "")
            choices: Iterator[str] = (
                tight[:SHAPEFILE_NAME] if turn == 1 else tight[: SHAPEFILE_NAME - len(str(turn))] + str(turn)
                for turn in range(1, len(names) + 2)
            )
            short[name] = next(one for one in choices if one not in taken)
            taken.add(short[name])
    return {name: short[name] for name in names}


def _within_bounds(frame: gpd.GeoDataFrame) -> tuple[gpd.GeoDataFrame, dict[str, int]]:
    """Return a table whose texts fit into a Shapefile, and how many were cut in each column."""
    cut: dict[str, int] = {}
    for name in frame.columns.drop("geometry"):
        values = (
            [_cut(value) for value in frame[name]] if frame[name].dtype.kind == "O" or _is_text(frame[name]) else []
        )
        longer = sum(value != before for value, before in zip(values, frame[name], strict=False) if value is not None)
        if longer:
            frame[name] = values
            cut[str(name)] = longer
    return frame, cut


def _cut(value: Any) -> Any:
    if not isinstance(value, str) or len(value.encode()) <= SHAPEFILE_TEXT:
        return value if isinstance(value, str) else None
    return value.encode()[:SHAPEFILE_TEXT].decode("utf-8", errors="ignore")


def _is_text(column: Any) -> bool:
    return str(column.dtype) in {"string", "str"}


def _shapefile_text(dataset: Dataset, names: Mapping[str, str], cut: Mapping[str, int]) -> str:
    what = {"id": ("Kennung", "id"), **{one.name: (one.what_de, one.what_en) for one in dataset.collection.properties}}
    lines = [
        *(f"{key}: {value}" for key, value in dataset.about.items()),
        f"crs: EPSG:{dataset.epsg}",
        "encoding: UTF-8",
        "",
        "Feldnamen / field names:",
        *(f"{short:<{SHAPEFILE_NAME}}  {name}: {what[name][0]} / {what[name][1]}" for name, short in names.items()),
    ]
    if cut:
        told = ", ".join(f"{name} ({count})" for name, count in cut.items())
        lines += ["", f"Auf {SHAPEFILE_TEXT} Bytes gekürzte Texte / texts cut to {SHAPEFILE_TEXT} bytes: {told}"]
    return "\n".join(lines) + "\n"


def _write_csv(path: Path, dataset: Dataset) -> None:
    """Write lon and lat of a point in each feature, its WKT, both in degrees, and the source with every row."""
    features, properties = dataset.features, dataset.collection.properties
    told = {f"data_{key}": dataset.about.get(key, "") for key in ("source", "licence", "date")}
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["id", *(one.name for one in properties), "lon", "lat", "wkt", *told])
        for (key, geometry, row), wkt in zip(
            features.rows(), shapely.to_wkt(features.geometries, rounding_precision=8), strict=True
        ):
            point = None if geometry is None or geometry.is_empty else geometry.representative_point()
            place = ["", "", ""] if point is None else [f"{point.x:.7f}", f"{point.y:.7f}", wkt]
            cells = [_cell(row[one.name], one) for one in properties]
            rows.writerow([harmless(str(key)), *cells, *place, *map(harmless, told.values())])


def _cell(value: Any, one: Property) -> str:
    if value is None:
        return ""
    if one.type in _NUMBERS:
        return str(value).lower() if isinstance(value, bool) else str(value)
    return harmless(str(value))


def harmless(text: str) -> str:
    """Return a text that a spreadsheet takes for no formula: an apostrophe goes before what begins like one.

    Examples
    --------
    >>> harmless("=1+1"), harmless("Dieskaustraße 7"), harmless("-")
    ("'=1+1", 'Dieskaustraße 7', "'-")
    """
    return f"'{text}" if text.startswith(_FORMULA) else text


def _write_parquet(path: Path, dataset: Dataset) -> None:
    """Write GeoParquet 1.1: WKB with a box for each feature beside it, by which readers skip."""
    geometries = _projected(dataset)
    rows = dataset.features.properties
    boxes = shapely.bounds(geometries)
    placed = ~np.isnan(boxes).any(axis=1)
    ids = list(dataset.features.ids)
    columns = [
        Column("id", "whole" if ids and isinstance(ids[0], int) else "text", ids),
        *(_column(one, [row[one.name] for row in rows]) for one in dataset.collection.properties),
        *(
            Column(
                side,
                "number",
                [float(value) if here else None for value, here in zip(boxes[:, at], placed, strict=True)],
                within="bbox",
            )
            for at, side in enumerate(("xmin", "ymin", "xmax", "ymax"))
        ),
        Column("geometry", "bytes", list(shapely.to_wkb(geometries, flavor="iso"))),
    ]
    types = sorted({one.geom_type for one in geometries[placed]})
    geometry = {
        "encoding": "WKB",
        "geometry_types": types,
        "crs": pyproj.CRS.from_epsg(dataset.epsg).to_json_dict(),
        "covering": {"bbox": {side: ["bbox", side] for side in ("xmin", "ymin", "xmax", "ymax")}},
    }
    if placed.any():
        geometry["bbox"] = [float(one) for one in shapely.total_bounds(geometries)]
    geo = {"version": "1.1.0", "primary_column": "geometry", "columns": {"geometry": geometry}}
    with path.open("wb") as file:
        write_parquet(file, columns, {"geo": json.dumps(geo), **dataset.about})


def _column(one: Property, values: list[Any]) -> Column:
    if one.form == "date":
        return Column(one.name, "day", [None if value is None else date.fromisoformat(value) for value in values])
    if one.form == "date-time":
        return Column(one.name, "time", [None if value is None else datetime.fromisoformat(value) for value in values])
    if one.type == "number":
        return Column(one.name, "number", [None if value is None else float(value) for value in values])
    return Column(one.name, _KINDS[one.type], values)


def _projected(dataset: Dataset) -> npt.NDArray[np.object_]:
    if dataset.geometries is not None:
        geometries = np.empty(len(dataset.geometries), dtype=object)
        geometries[:] = dataset.geometries
        return geometries
    return shapely.transform(  # type: ignore[no-any-return]
        dataset.features.geometries, lambda lonlat: transform_xy(lonlat, WGS84_EPSG, dataset.epsg)
    )


def _in_one_line(told: Mapping[str, str]) -> str:
    return "; ".join(f"{key}: {value}" for key, value in told.items() if key != "title")


def _written_type(collection: Collection) -> str:
    return {"Polygon": "MultiPolygon", "Geometry": "Unknown"}.get(collection.geometry, collection.geometry)


def _as_text(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return a table with times in UTC and days as ISO text, as all these forms keep them alike."""
    for name in frame.select_dtypes("datetimetz"):
        frame[name] = frame[name].dt.tz_convert("UTC")
    for name in frame.select_dtypes("datetime"):
        frame[name] = frame[name].dt.strftime("%Y-%m-%d")
    return frame


_WRITERS: dict[FileFormat, Callable[[Path, Dataset], None]] = {
    FileFormat.GPKG: _write_gpkg,
    FileFormat.PARQUET: _write_parquet,
    FileFormat.FGB: _write_fgb,
    FileFormat.SHAPEFILE: _write_shapefile,
    FileFormat.CSV: _write_csv,
}
