"""Floor 1: RDF in Turtle, as much of it as address and place lists use: subjects with a label and a geo:asWKT."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyproj
import shapely
from shapely.geometry.base import BaseGeometry

from geo_service.base.crs import WGS84_EPSG
from geo_service.base.errors import FileUnreadable
from geo_service.plots.geojson import decode
from geo_service.plots.table import NO_GEOMETRY, Fault, Table, object_array
from geo_service.plots.wkt import read_wkt

_TOKEN = re.compile(
    r"""
    (?P<space>\s+|\#[^\n]*)
  | (?P<iri><[^<>"{}|^`\\\s]*>)
  | (?P<text>"{3}(?:[^"\\]|\\.|"(?!""))*"{3}|'{3}(?:[^'\\]|\\.|'(?!''))*'{3}|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')
  | (?P<tag>@[A-Za-z][A-Za-z0-9-]*|\^\^)
  | (?P<mark>[;,\[\]()]|\.(?=\s|$|\#))
  | (?P<name>[^\s;,\[\]()<>"'^@]*[^\s;,\[\]()<>"'^@.])
    """,
    re.VERBOSE,
)
_ESCAPE = re.compile(r"\\(u[0-9A-Fa-f]{4}|U[0-9A-Fa-f]{8}|.)")
_ESCAPED = {"t": "\t", "n": "\n", "r": "\r", "b": "\b", "f": "\f"}
_COLUMNS = {"label": "name", "name": "name", "prefLabel": "name", "title": "name", "identifier": "id"}


def read_turtle(path: Path) -> Table:
    """Read the described things of a Turtle file: ``id`` from the subject, ``name`` from its label, one row each.

    Without a reference system in the literal GeoSPARQL means longitude and latitude (CRS84). Subjects that are
    ontologies are passed over. Blank nodes and lists are stepped over.

    Raises
    ------
    FileUnreadable
        When the text breaks the grammar of Turtle.
    """
    notes: list[str] = []
    subjects = _subjects(decode(path.read_bytes(), notes), path)
    columns: dict[str, list[Any]] = {"id": list(subjects), "name": [None] * len(subjects)}
    geometries: list[BaseGeometry | None] = [None] * len(subjects)
    faults: dict[int, Fault] = {}
    for row, said in enumerate(subjects.values()):
        for predicate, value in said:
            if _COLUMNS.get(_local(predicate)) == "name":
                columns["name"][row] = columns["name"][row] or value
        literals = [value for predicate, value in said if _local(predicate) == "asWKT"]
        if not literals:
            faults[row] = NO_GEOMETRY
            continue
        try:
            geometries[row] = _in_degrees(literals[0])
        except ValueError as error:
            faults[row] = Fault(f"its well-known text cannot be read: {error}", "mend the literal of geo:asWKT")
    crs = pyproj.CRS.from_epsg(WGS84_EPSG)
    return Table(columns, object_array(geometries), crs, faults=faults, notes=tuple(notes))


def _in_degrees(literal: str) -> BaseGeometry:
    geometry, crs, latitude_first = read_wkt(literal)
    if latitude_first:
        geometry = shapely.transform(geometry, lambda xy: xy[:, ::-1])
    if crs is None or crs.is_geographic:
        return geometry
    to_degrees = pyproj.Transformer.from_crs(crs, WGS84_EPSG, always_xy=True)
    return shapely.transform(geometry, to_degrees.transform, interleaved=False)


def _local(name: str) -> str:
    return re.split(r"[#/:]", name.strip("<>"))[-1]


def _subjects(text: str, path: Path) -> dict[str, list[tuple[str, str]]]:
    """Return predicate and object by subject, in the order of the file; only what has text or type."""
    subjects: dict[str, list[tuple[str, str]]] = {}
    ontologies: set[str] = set()
    statement: list[tuple[str, str]] = []
    for kind, token in (*_tokens(text, path), ("mark", ".")):
        if (kind, token) != ("mark", "."):
            statement.append((kind, token))
            continue
        if statement and statement[0][0] in ("iri", "name") and statement[0][1].lower() not in ("prefix", "base"):
            subject, pairs = _said(statement)
            if any(_local(predicate) in ("a", "type") and _local(value) == "Ontology" for predicate, value in pairs):
                ontologies.add(subject)
            subjects.setdefault(subject, []).extend(pairs)
        statement = []
    return {subject: said for subject, said in subjects.items() if subject not in ontologies}


def _said(statement: list[tuple[str, str]]) -> tuple[str, list[tuple[str, str]]]:
    """Split one statement at its semicolons and commas, stepping over what is nested in brackets."""
    pairs: list[tuple[str, str]] = []
    predicate = ""
    depth = 0
    for kind, word in statement[1:]:
        if kind == "mark":
            depth += (word in "[(") - (word in "])")
            if word == ";" and depth == 0:
                predicate = ""
        elif kind == "tag" or depth:
            continue
        elif not predicate:
            predicate = word
        else:
            pairs.append((predicate, word))
    return statement[0][1].strip("<>"), pairs


def _tokens(text: str, path: Path) -> Iterator[tuple[str, str]]:
    place = 0
    while place < len(text):
        match = _TOKEN.match(text, place)
        if match is None:
            line = text.count("\n", 0, place) + 1
            raise FileUnreadable(
                f"{path.name} is no Turtle: line {line} cannot be read", remedy="check the file's syntax"
            )
        place = match.end()
        kind = str(match.lastgroup)
        if kind == "text":
            yield kind, _unescape(match[0])
        elif kind != "space":
            yield kind, match[0]


def _unescape(literal: str) -> str:
    width = 3 if literal[:3] in ('"""', "'''") else 1
    body = literal[width:-width]
    return _ESCAPE.sub(lambda match: _character(match[1]), body) if "\\" in body else body


def _character(code: str) -> str:
    if code[0] in "uU" and len(code) > 1:
        return chr(int(code[1:], 16))
    return _ESCAPED.get(code, code)
