"""Broken files for imports, made here: topology, reference systems, containers and encodings, numbers, good twins.

Each one has a name and its bytes; what lies in a row as it was meant is known where it can be.
"""

from __future__ import annotations

import gzip
import io
import json
import math
import sqlite3
import tempfile
import zipfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

import shapely
from shapely import Polygon

LON, LAT = 12.33, 51.32
"""South-west of the outlines, in the west of Leipzig."""

Ring = list[list[float]]


@dataclass(frozen=True)
class Broken:
    """A file.

    Attributes
    ----------
    good
        Nothing is wrong with it: every row is taken as it is.
    """

    name: str
    group: str
    suffix: str
    content: bytes
    good: bool = False

    def write(self, folder: Path) -> Path:
        """Write the file into a folder and return its path."""
        path = folder / f"{self.name}{self.suffix}"
        path.write_bytes(self.content)
        return path


def ring(*points: tuple[float, float], x: float = LON, y: float = LAT, size: float = 1e-4) -> Ring:
    return [[round(x + size * a, 9), round(y + size * b, 9)] for a, b in points]


SHAPE = ((0, 0), (10, 0), (10, 10), (0, 10), (0, 0))
SQUARE = ring(*SHAPE)
HOLE = ring((2, 2), (2, 4), (4, 4), (4, 2), (2, 2))


def feature(geometry: Any, **properties: Any) -> dict[str, Any]:
    return {"type": "Feature", "properties": properties or {"id": "a"}, "geometry": geometry}


def polygon(*rings: Ring) -> dict[str, Any]:
    return {"type": "Polygon", "coordinates": list(rings)}


def several(*parts: Sequence[Ring]) -> dict[str, Any]:
    return {"type": "MultiPolygon", "coordinates": [list(part) for part in parts]}


def collection(*features: Any, **members: Any) -> bytes:
    return json.dumps({"type": "FeatureCollection", **members, "features": list(features)}).encode()


def crs(name: Any) -> dict[str, Any]:
    return {"crs": {"type": "name", "properties": {"name": name}}}


TOPOLOGY: dict[str, Any] = {
    "bow tie": polygon(ring((0, 0), (10, 10), (10, 0), (0, 10), (0, 0))),
    "figure of eight, uneven": polygon(ring((0, 0), (10, 10), (10, 0), (0, 4), (0, 0))),
    "spike": polygon(ring((0, 0), (10, 0), (10, 10), (5, 10), (5, 30), (5, 10), (0, 10), (0, 0))),
    "gore": polygon(ring((0, 0), (10, 0), (10, 10), (5, 10), (5, 2), (5, 10), (0, 10), (0, 0))),
    "overlapping itself": polygon(ring((0, 0), (10, 0), (10, 6), (4, 6), (4, 2), (8, 2), (8, 10), (0, 10), (0, 0))),
    "ring touches itself": polygon(ring((0, 0), (10, 0), (10, 10), (5, 0), (0, 10), (0, 0))),
    "banana": polygon(ring((0, 0), (10, 0), (10, 10), (0, 10), (0, 0), (3, 3), (6, 3), (3, 6), (0, 0))),
    "wound twice": polygon([*SQUARE, *SQUARE[1:]]),
    "hole outside": polygon(SQUARE, ring((20, 20), (20, 22), (22, 22), (22, 20), (20, 20))),
    "hole crosses the shell": polygon(SQUARE, ring((8, 8), (8, 12), (12, 12), (12, 8), (8, 8))),
    "hole is the shell": polygon(SQUARE, SQUARE[::-1]),
    "hole twice": polygon(SQUARE, HOLE, HOLE),
    "holes overlap": polygon(SQUARE, HOLE, ring((3, 3), (3, 6), (6, 6), (6, 3), (3, 3))),
    "hole in a hole": polygon(
        SQUARE, ring((1, 1), (1, 9), (9, 9), (9, 1), (1, 1)), ring((3, 3), (3, 4), (4, 4), (4, 3), (3, 3))
    ),
    "hole cuts in two": polygon(SQUARE, ring((0, 5), (5, 6), (10, 5), (5, 4), (0, 5))),
    "parts overlap": several([SQUARE], [ring((5, 5), (15, 5), (15, 15), (5, 15), (5, 5))]),
    "part in a part": several([SQUARE], [HOLE[::-1]]),
    "part twice": several([SQUARE], [SQUARE]),
    "parts share an edge": several([SQUARE], [ring((10, 0), (20, 0), (20, 10), (10, 10), (10, 0))]),
    "open ring": polygon(SQUARE[:-1]),
    "open hole": polygon(SQUARE, HOLE[:-1]),
    "three points": polygon(ring((0, 0), (10, 0), (0, 0))),
    "two points": polygon(ring((0, 0), (0, 0))),
    "one point": polygon(ring((0, 0))),
    "no point": polygon([]),
    "no ring": polygon(),
    "all points the same": polygon(ring((1, 1), (1, 1), (1, 1), (1, 1))),
    "flat": polygon(ring((0, 0), (10, 0), (5, 0), (0, 0))),
    "there and back": polygon(ring((0, 0), (10, 5), (20, 10), (10, 5), (0, 0))),
    "points doubled": polygon([point for point in SQUARE for _ in (0, 1)]),
    "no part": several(),
    "empty part": several([SQUARE], []),
    "empty collection": {"type": "GeometryCollection", "geometries": []},
    "polygon among others": {
        "type": "GeometryCollection",
        "geometries": [polygon(SQUARE), {"type": "Point", "coordinates": SQUARE[0]}],
    },
    "collection in a collection": {
        "type": "GeometryCollection",
        "geometries": [{"type": "GeometryCollection", "geometries": [polygon(SQUARE)]}],
    },
    "a point": {"type": "Point", "coordinates": SQUARE[0]},
    "a line": {"type": "LineString", "coordinates": SQUARE},
    "points": {"type": "MultiPoint", "coordinates": SQUARE},
    "sliver": polygon(ring((0, 0), (100, 0), (100, 0.001), (0, 0.001), (0, 0))),
    "true among numbers": polygon([SQUARE[0], [True, LAT], *SQUARE[1:]]),
    "dust": polygon(ring((0, 0), (1, 0), (1, 1), (0, 1), (0, 0), size=1e-9)),
    "a zigzag of 2000 corners": polygon(
        [[LON + 1e-6 * n, LAT + (n % 2) * 1e-4] for n in range(2000)] + [[LON, LAT - 1e-4], [LON, LAT]]
    ),
}

REFERENCE: dict[str, bytes] = {
    "axes swapped": collection(feature(polygon([[y, x] for x, y in SQUARE]))),
    "one row swapped": collection(
        *(feature(polygon(ring(*SHAPE, x=LON + 0.01 * n)), id=str(n)) for n in range(3)),
        feature(polygon([[y, x] for x, y in ring(*SHAPE, x=LON + 0.05)]), id="s"),
    ),
    "metres without a name": collection(feature(polygon([[313000 + 9 * a, 5688000 + 9 * b] for a, b in SHAPE]))),
    "metres called degrees": collection(
        feature(polygon([[313000 + 9 * a, 5688000 + 9 * b] for a, b in SHAPE])), **crs("EPSG:4326")
    ),
    "degrees called metres": collection(feature(polygon(SQUARE)), **crs("EPSG:25833")),
    "web mercator without a name": collection(feature(polygon([[1372000 + a, 6678000 + b] for a, b in SHAPE]))),
    "web mercator": collection(
        feature(polygon([[1372000 + 9 * a, 6678000 + 9 * b] for a, b in SHAPE])), **crs("EPSG:3857")
    ),
    "easting with its zone": collection(
        feature(polygon([[33313000 + 9 * a, 5688000 + 9 * b] for a, b in SHAPE])), **crs("EPSG:25833")
    ),
    "gauss krueger called utm": collection(
        feature(polygon([[4523000 + 9 * a, 5688000 + 9 * b] for a, b in SHAPE])), **crs("EPSG:25833")
    ),
    "another zone": collection(
        feature(polygon([[730000 + 9 * a, 5690000 + 9 * b] for a, b in SHAPE])), **crs("EPSG:25832")
    ),
    "geocentric": collection(feature(polygon(SQUARE)), **crs("EPSG:4978")),
    "a height system": collection(feature(polygon(SQUARE)), **crs("EPSG:7837")),
    "unknown number": collection(feature(polygon(SQUARE)), **crs("EPSG:999999")),
    "number nought": collection(feature(polygon(SQUARE)), **crs("EPSG:0")),
    "made-up name": collection(feature(polygon(SQUARE)), **crs("urn:nobody:1")),
    "name is a number": collection(feature(polygon(SQUARE)), **crs(4326)),
    "name is missing": collection(feature(polygon(SQUARE)), crs={"type": "name"}),
    "crs is null": collection(feature(polygon(SQUARE)), crs=None),
    "crs is a word": collection(feature(polygon(SQUARE)), crs="EPSG:4326"),
    "a link as crs": collection(
        feature(polygon(SQUARE)), crs={"type": "link", "properties": {"href": "http://127.0.0.1:1/x"}}
    ),
    "null island": collection(feature(polygon(ring(*SHAPE, x=0.0, y=0.0)))),
    "north of the pole": collection(feature(polygon(ring(*SHAPE, y=91.0)))),
    "at the pole": collection(feature(polygon(ring(*SHAPE, y=89.9995)))),
    "beyond the date line": collection(feature(polygon(ring(*SHAPE, x=181.0)))),
    "across the date line": collection(feature(polygon([[179.9, 51], [-179.9, 51], [-179.9, 52], [179.9, 51]]))),
    "one row far off": collection(
        *(feature(polygon(ring(*SHAPE, x=LON + 0.001 * n)), id=str(n)) for n in range(5)),
        feature(polygon(ring(*SHAPE, x=2.3, y=48.8)), id="p"),
    ),
    "the whole earth": collection(feature(polygon([[-180, -90], [180, -90], [180, 90], [-180, 90], [-180, -90]]))),
}

WORDS: dict[str, str] = {
    "nan": "NaN",
    "infinity": "Infinity",
    "beyond double": "1e999",
    "largest double": "1.7e308",
    "smallest double": "5e-324",
    "a word": '"12.33"',
    "true": "true",
    "null": "null",
    "a list": "[12.33]",
    "an object": "{}",
    "four hundred nines": "9" * 400,
    "a long fraction": "12.330000000000000000000000000000000001",
}


def with_number(word: str) -> bytes:
    """Write a word where the first coordinate stands."""
    text = collection(feature(polygon([["@", LAT], *SQUARE[1:]])), feature(polygon(ring(*SHAPE, x=LON + 0.01)), id="b"))
    return text.replace(b'"@"', word.encode())


def with_id(word: str) -> bytes:
    return collection(feature(polygon(SQUARE), id="@"), feature(polygon(ring(*SHAPE, x=LON + 0.01)), id="b")).replace(
        b'"@"', word.encode("utf-8", "surrogatepass")
    )


NUMBERS: dict[str, bytes] = {
    **{f"coordinate {name}": with_number(word) for name, word in WORDS.items()},
    **{
        f"id {name}": with_id(word)
        for name, word in {
            **WORDS,
            "surrogate": '"\\ud800"',
            "control": '"\\u0007"',
            "blank": '" "',
            "b": '"b"',
        }.items()
    },
    "one number a point": collection(feature(polygon([[LON], [LAT], [LON], [LON]]))),
    "nine numbers a point": collection(feature(polygon([[*point, *range(7)] for point in SQUARE]))),
    "too shallow": collection(feature({"type": "Polygon", "coordinates": SQUARE})),
    "too deep": collection(feature({"type": "Polygon", "coordinates": [[SQUARE]]})),
    "coordinates missing": collection(feature({"type": "Polygon"})),
    "coordinates a word": collection(feature({"type": "Polygon", "coordinates": "POLYGON"})),
    "heights": collection(feature(polygon([[*point, 113.5] for point in SQUARE]))),
    "an area that is none": collection(feature(polygon(SQUARE), id="a", flaeche="viel", bauart={})),
    "a name of a megabyte": collection(feature(polygon(SQUARE), id="a", name="x" * 1_000_000)),
    "properties null": collection({"type": "Feature", "properties": None, "geometry": polygon(SQUARE)}),
    "properties a list": collection({"type": "Feature", "properties": [1], "geometry": polygon(SQUARE)}),
    "an id twice": collection(*(feature(polygon(ring(*SHAPE, x=LON + 0.001 * n)), id="a") for n in range(2))),
    "an outline twice": collection(feature(polygon(SQUARE), id="a"), feature(polygon(SQUARE), id="b")),
}

GOOD = collection(feature(polygon(SQUARE), id="a", name="Wiese"))
CSV = f'id,name,wkt\na,Wiese,"{shapely.to_wkt(Polygon(SQUARE))}"\n'


def zipped(**files: bytes) -> bytes:
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return kept.getvalue()


def database(*statements: str) -> bytes:
    """Return an SQLite file in which statements were carried out."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.db"
        link = sqlite3.connect(path)
        for statement in statements:
            link.execute(statement)
        link.commit()
        link.close()
        return path.read_bytes()


CONTAINERS: dict[str, tuple[str, bytes]] = {
    "empty": (".geojson", b""),
    "cut": (".geojson", GOOD[:-30]),
    "cut to one byte": (".geojson", GOOD[:1]),
    "noughts": (".geojson", b"\0" * 5000),
    "a page of errors": (".geojson", b"<!DOCTYPE html><html><body>502 Bad Gateway</body></html>"),
    "a list": (".geojson", b"[]"),
    "a number": (".geojson", b"1"),
    "a comma too many": (".geojson", GOOD.replace(b"}]}", b"},]}")),
    "a comment": (".geojson", b"// lots\n" + GOOD),
    "features null": (".geojson", b'{"type": "FeatureCollection", "features": null}'),
    "features an object": (".geojson", b'{"type": "FeatureCollection", "features": {}}'),
    "features of nulls": (".geojson", b'{"type": "FeatureCollection", "features": [null, 1, "x", []]}'),
    "no type": (".geojson", b'{"features": []}'),
    "another type": (".geojson", b'{"type": "Topology", "objects": {}, "arcs": []}'),
    "geometry null": (".geojson", collection(feature(None))),
    "geometry of no type": (".geojson", collection(feature({"coordinates": [SQUARE]}))),
    "geometry of a made-up type": (".geojson", collection(feature({"type": "Blob", "coordinates": [SQUARE]}))),
    "a collection in a collection": (".geojson", collection(json.loads(GOOD))),
    "deep": (".geojson", b'{"a":' * 100_000),
    "deep list": (".geojson", b"[" * 100_000),
    "a name twice": (".geojson", GOOD.replace(b'"id": "a"', b'"id": "a", "id": "b"')),
    "half a character": (".geojson", GOOD.replace(b"Wiese", b"Wie\xc3")),
    "latin": (".geojson", GOOD.replace(b"Wiese", "Höfe".encode("cp1252"))),
    "sixteen bits": (".geojson", GOOD.decode().encode("utf-16")),
    "a mark first": (".geojson", b"\xef\xbb\xbf" + GOOD),
    "half a pair": (".geojson", GOOD.replace(b"Wiese", b"\\ud800")),
    "zip in name only": (".zip", GOOD),
    "gz in name only": (".geojson.gz", GOOD),
    "gz cut": (".geojson.gz", gzip.compress(GOOD)[:-12]),
    "gz in gz": (".geojson.gz", gzip.compress(gzip.compress(GOOD))),
    "zip of nothing": (".zip", zipped()),
    "zip of a text": (".zip", zipped(**{"read.me": b"hello"})),
    "zip of two": (".zip", zipped(**{"a.geojson": GOOD, "b.geojson": GOOD})),
    "zip that climbs": (".zip", zipped(**{"../../a.geojson": GOOD})),
    "zip cut": (".zip", zipped(**{"a.geojson": GOOD})[:-20]),
    "zip of half a shapefile": (".shp.zip", zipped(**{"a.shp": b"\0\0\x27\x0a" + b"\0" * 96})),
    "shapefile alone": (".shp", b"\0\0\x27\x0a" + b"\0" * 96),
    "geopackage of nothing": (".gpkg", database("CREATE TABLE a (b)")),
    "geopackage of text": (".gpkg", b"SQLite format 3\0" + b"x" * 500),
    "flatgeobuf of nothing": (".fgb", b"fgb\x03fgb\0"),
    "table of a head only": (".csv", b"id,name,wkt\n"),
    "table without outlines": (".csv", b"id,name\na,Wiese\n"),
    "table of ragged rows": (".csv", b'id,name,wkt\na\nb,c,d,e,f\n"'),
    "table with broken outlines": (".csv", CSV.replace("POLYGON", "POLYGONE").encode()),
    "table with half an outline": (".csv", CSV.replace("))", "").encode()),
    "table with an unknown srid": (".csv", CSV.replace("POLYGON", "SRID=1;POLYGON").encode()),
    "table with broken wkb": (".csv", b"id,wkb\na,0103000020E6\n"),
    "table with commas in numbers": (".csv", CSV.replace("12.33", "12,33").encode()),
    "markup of nothing": (".kml", b"<kml/>"),
    "markup cut": (".gml", b'<?xml version="1.0"?><a xmlns:gml="http://www.opengis.net/gml/3.2"><gml:Polygon>'),
    "markup with entities": (
        ".gml",
        b'<!DOCTYPE a [<!ENTITY b "c">]><a xmlns:gml="http://www.opengis.net/gml">&b;</a>',
    ),
    "a picture": (".png", b"\x89PNG\r\n\x1a\n" + b"\0" * 40),
    "a paper": (".pdf", b"%PDF-1.7\n%%EOF"),
    "parquet in name only": (".parquet", b"PAR1" + b"\0" * 40 + b"PAR1"),
}

TWINS: dict[str, tuple[str, bytes]] = {
    "plain": (".geojson", GOOD),
    "other way round": (".geojson", collection(feature(polygon(SQUARE[::-1])))),
    "with a hole": (".geojson", collection(feature(polygon(SQUARE, HOLE)))),
    "of two parts": (
        ".geojson",
        collection(feature(several([SQUARE], [ring((20, 0), (30, 0), (30, 10), (20, 10), (20, 0))]))),
    ),
    "named degrees": (".geojson", collection(feature(polygon(SQUARE)), **crs("urn:ogc:def:crs:OGC:1.3:CRS84"))),
    "packed": (".geojson.gz", gzip.compress(GOOD)),
    "in a zip": (".zip", zipped(**{"a.geojson": GOOD})),
    "a table": (".csv", CSV.encode()),
    "metres": (
        ".geojson",
        collection(feature(polygon([[313000 + 9 * a, 5688000 + 9 * b] for a, b in SHAPE])), **crs("EPSG:25833")),
    ),
}


def corpus() -> Iterator[Broken]:
    """Return all files of the corpus."""
    for name, geometry in TOPOLOGY.items():
        yield Broken(name, "topology", ".geojson", collection(feature(geometry)))
    for name, content in REFERENCE.items():
        yield Broken(name, "reference systems", ".geojson", content)
    for name, content in NUMBERS.items():
        yield Broken(name, "numbers", ".geojson", content)
    for name, (suffix, content) in CONTAINERS.items():
        yield Broken(name, "containers and encodings", suffix, content)
    for name, (suffix, content) in TWINS.items():
        yield Broken(name, "good twins", suffix, content, good=True)


Spoil = Callable[[Random, Ring], Any]


def _walk(chance: Random, points: Ring) -> Any:
    return polygon([*points, points[0]])


def _shuffled(chance: Random, points: Ring) -> Any:
    mixed = points[:]
    chance.shuffle(mixed)
    return polygon([*mixed, mixed[0]])


def _spiked(chance: Random, points: Ring) -> Any:
    at = chance.randrange(len(points))
    far = [points[at][0] + chance.uniform(-1e-3, 1e-3), points[at][1] + chance.uniform(-1e-3, 1e-3)]
    return polygon([*points[: at + 1], far, *points[at:], points[0]])


def _holed(chance: Random, points: Ring) -> Any:
    x, y = points[chance.randrange(len(points))]
    return polygon([*points, points[0]], ring((0, 0), (0, 2), (2, 2), (2, 0), (0, 0), x=x, y=y, size=5e-5))


def _doubled(chance: Random, points: Ring) -> Any:
    moved = [[x + chance.uniform(0, 3e-4), y] for x, y in points]
    return several([[*points, points[0]]], [[*moved, moved[0]]])


def _collapsed(chance: Random, points: Ring) -> Any:
    line = [[points[0][0] + 1e-5 * n, points[0][1] + 1e-5 * n * chance.choice((1, 1, 1.0000001))] for n in range(5)]
    return polygon([*line, line[0]])


def _numbers(chance: Random, points: Ring) -> Any:
    spoilt = [*points, points[0]]
    spoilt[chance.randrange(len(spoilt))] = [chance.choice((None, "x", 1e308, -1e308, 181.0, [], True)), LAT]
    return polygon(spoilt)


SPOILS: tuple[Spoil, ...] = (_walk, _walk, _shuffled, _spiked, _holed, _doubled, _collapsed, _numbers)


def generated(chance: Random, rows: int) -> Broken:
    """Return a file of rows of which most are broken in one way."""
    features = []
    for row in range(rows):
        x, y = LON + 0.002 * (row % 20), LAT + 0.002 * (row // 20)
        corners = chance.randrange(3, 12)
        turns = sorted(chance.uniform(0, 2 * math.pi) for _ in range(corners))
        points = [
            [x + 5e-4 * chance.uniform(0.3, 1) * math.cos(turn), y + 5e-4 * chance.uniform(0.3, 1) * math.sin(turn)]
            for turn in turns
        ]
        features.append(feature(chance.choice(SPOILS)(chance, points), id=f"row-{row + 1}"))
    return Broken("generated", "generated", ".geojson", collection(*features))
