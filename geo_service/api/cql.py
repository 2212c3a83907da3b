"""Floor 8: filters in CQL2 (OGC 21-065r2), as text or JSON: read by `cql2`, held against what may be asked, bounded.

What comes out is a tree in which every operand has the kind that its operator takes;
`geo_service.api.cql_evaluate` holds it against the columns of a table.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, NoReturn

import cql2
import orjson
import shapely
from shapely.geometry.base import BaseGeometry

from geo_service.api.cql_times import moment_of
from geo_service.api.crs import Crs
from geo_service.base.errors import InputError
from geo_service.outputs.collections import Property
from geo_service.outputs.plain import plain

LANGUAGES = ("cql2-text", "cql2-json")

MOST_CHARACTERS = 16_000
MOST_DEPTH = 40
MOST_PARTS = 1_000
"""Operators, brackets and signs in a filter: the parser is called for no more."""

GEOMETRY = "geometry"
"""Name of the geometry among the queryables."""

ID = "id"

Kind = Literal["text", "number", "boolean", "date", "timestamp", "interval", "geometry", "null", "list"]

COMPARISONS = ("=", "<>", "<", ">", "<=", ">=")
ARITHMETIC = ("+", "-", "*", "/", "%", "div", "^")
SPATIAL = tuple(
    f"s_{name}" for name in ("intersects", "equals", "disjoint", "touches", "within", "overlaps", "crosses", "contains")
)
TEMPORAL = tuple(
    f"t_{name}"
    for name in (
        *("after", "before", "contains", "disjoint", "during", "equals", "finishedBy", "finishes", "intersects"),
        *("meets", "metBy", "overlappedBy", "overlaps", "startedBy", "starts"),
    )
)
_BY_LOWER = {
    one.lower(): one
    for one in (*COMPARISONS, *ARITHMETIC, *SPATIAL, *TEMPORAL, "and", "or", "not", "like", "between", "in", "isNull")
} | {"casei": "casei", "accenti": "accenti"}
_TEXTUAL = frozenset({"text", "date", "timestamp"})
_INSTANTS = frozenset({"date", "timestamp"})
_TIMES = _INSTANTS | {"interval"}
_PARTS = re.compile(r"[-+*/%^()\[\]{}]|\b(?:not|and|or|div)\b", re.IGNORECASE)
_QUOTED = re.compile(r"'(?:[^']|'')*'")
_AT = re.compile(r"-->\s*(\d+):(\d+)")
_COORDINATES = frozenset(
    {"Point", "MultiPoint", "LineString", "MultiLineString", "Polygon", "MultiPolygon", "GeometryCollection"}
)


@dataclass(frozen=True)
class Node:
    """A part of a filter.

    Attributes
    ----------
    op
        An operator of CQL2 in lower case but for the camel case of its names, ``property`` or ``literal``.
    value
        Name of the property, or the literal: text, number, truth value, None, a shapely geometry in degrees, or a
        moment of `geo_service.api.cql_times`.
    """

    op: str
    kind: Kind
    args: tuple[Node, ...] = ()
    value: Any = None


@dataclass(frozen=True)
class Filter:
    """A filter that may be held against a collection.

    Attributes
    ----------
    told
        The filter as JSON, and its coordinate reference system: filters are equal when these are.
    """

    told: tuple[str, str]
    tree: Node = field(compare=False)


def parse_filter(given: Mapping[str, str], properties: Sequence[Property], crs: Crs) -> Filter | None:
    """Read the parameters ``filter`` and ``filter-lang``; None without a filter.

    Parameters
    ----------
    properties
        Those that the reader may ask for.
    crs
        Of coordinates in the filter.

    Raises
    ------
    InputError
        With code ``invalid_filter``; the message names the place.

    Examples
    --------
    >>> from geo_service.api.crs import CRS84
    >>> state = Property("state", "string", "Stand", "state")
    >>> parse_filter({"filter": "state = 'cleared'"}, [state], CRS84).told[0]
    '{"op":"=","args":[{"property":"state"},"cleared"]}'
    >>> parse_filter({"filter": "state = 3"}, [state], CRS84)
    Traceback (most recent call last):
    ...
    geo_service.base.errors.InputError: filter, at `state = 3`: a text and a number cannot be compared
    """
    language = given.get("filter-lang", LANGUAGES[0])
    if language not in LANGUAGES:
        raise InputError(
            "filter-lang can only be cql2-text or cql2-json",
            remedy="leave it out for cql2-text",
            code="invalid_parameter",
            parameter="filter-lang",
        )
    if "filter" not in given:
        return None
    text = given["filter"]
    if len(text) > MOST_CHARACTERS or len(_PARTS.findall(_QUOTED.sub("''", text))) > MOST_PARTS:
        _refuse(f"it is longer than {MOST_CHARACTERS} characters or {MOST_PARTS} operators and brackets")
    told = _from_text(text) if language == LANGUAGES[0] else _from_json(text)
    tree = _Reader(properties, crs).read(told, 0)
    if tree.kind != "boolean":
        _refuse(f"at `{_shown(told)}`: it is no condition")
    return Filter((orjson.dumps(told).decode(), crs.uri), tree)


def _from_text(text: str) -> Any:
    try:
        return cql2.parse_text(text).to_json()
    except Exception as error:  # the parser raises its own kinds, and ValueError for odd numbers
        found = _AT.search(str(error))
        if found is None:
            _refuse("it cannot be understood")
        line, column = (int(number) for number in found.groups())
        before = text.splitlines()[: line - 1]
        place = sum(len(one) + 1 for one in before) + column
        near = text[max(0, place - 1) : place + 19]
        _refuse(f"at character {place}" + (f", near `{plain(near)}`" if near.strip() else ", where it ends"))


def _from_json(text: str) -> Any:
    try:
        told = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        _refuse(f"it is no JSON: {plain(str(error))}")
    if _depth(told) > 2 * MOST_DEPTH:
        _refuse(f"it is nested deeper than {MOST_DEPTH}")
    try:
        return cql2.parse_json(text).to_json()
    except Exception:
        _refuse("this JSON is no CQL2")


def _depth(value: Any) -> int:
    deepest, rest = 0, [(value, 1)]
    while rest:
        one, depth = rest.pop()
        deepest = max(deepest, depth)
        inner = one.values() if isinstance(one, dict) else one if isinstance(one, list) else ()
        rest += [(each, depth + 1) for each in inner]
    return deepest


def _refuse(why: str) -> NoReturn:
    raise InputError(
        f"filter, {why}" if why.startswith("at ") else f"filter: {why}",
        remedy="see /docs for what CQL2 can say here; `queryables` of the collection lists the names",
        code="invalid_filter",
        parameter="filter",
    )


def _shown(told: Any) -> str:
    """Return a part of a filter as text, short."""
    try:
        text = cql2.Expr(told).to_text()
    except Exception:
        text = orjson.dumps(told).decode()
    return plain(text if len(text) <= 60 else f"{text[:59]}…").replace("`", "'")


class _Reader:
    """Turns what the parser read into nodes whose kinds fit."""

    def __init__(self, properties: Sequence[Property], crs: Crs) -> None:
        self._kinds: dict[str, Kind] = {one.name: _kind_of(one) for one in properties}
        self._crs = crs

    def read(self, told: Any, depth: int) -> Node:
        if depth > MOST_DEPTH:
            _refuse(f"it is nested deeper than {MOST_DEPTH}")
        match told:
            case None:
                return Node("literal", "null")
            case bool():
                return Node("literal", "boolean", value=told)
            case int() | float():
                return Node("literal", "number", value=float(told))
            case str():
                return Node("literal", "text", value=told)
            case {"property": str(name)}:
                return self._property(name)
            case {"date": str(text)} | {"timestamp": str(text)}:
                return self._moment(told, text, "date" if "date" in told else "timestamp")
            case {"interval": [start, end]}:
                return self._interval(told, start, end)
            case {"bbox": list(numbers)}:
                return Node("literal", "geometry", value=self._box(told, numbers))
            case {"type": str(name)} if name in _COORDINATES:
                return Node("literal", "geometry", value=self._geometry(told))
            case {"op": str(name), "args": list(args)}:
                return self._call(told, name, args, depth)
            case _:
                return _wrong(told, "this is nothing that CQL2 knows")

    def _property(self, name: str) -> Node:
        if name == GEOMETRY:
            return Node("property", "geometry", value=name)
        if name == ID:
            return Node("property", "text", value=name)
        if name not in self._kinds:
            known = ", ".join((ID, *self._kinds, GEOMETRY))
            _refuse(f"there is no property `{plain(name)[:40]}`; there are {known}")
        return Node("property", self._kinds[name], value=name)

    def _moment(self, told: Any, text: str, kind: Kind) -> Node:
        moment = moment_of(text, kind == "date")
        return _wrong(told, f"this is no {kind}") if moment is None else Node("literal", kind, value=moment)

    def _interval(self, told: Any, *ends: Any) -> Node:
        nodes = []
        for end in ends:
            if end == "..":
                nodes.append(Node("literal", "null", value=end))
                continue
            moment = None
            if isinstance(end, str):
                moment = moment_of(end, True) or moment_of(end, False)
                node = Node("literal", "date" if moment and moment.days else "timestamp", value=moment)
            else:
                node = self.read(end, MOST_DEPTH)
            if node.kind not in _INSTANTS or (isinstance(end, str) and moment is None):
                return _wrong(told, "an end of an interval is a day, a moment, a property with one, or '..'")
            nodes.append(node)
        moments = [one.value.in_microseconds() for one in nodes if one.op == "literal" and one.kind != "null"]
        if len(moments) == 2 and moments[0].first[0] > moments[1].last[0]:
            return _wrong(told, "the interval ends before it begins")
        return Node("interval", "interval", tuple(nodes))

    def _box(self, told: Any, numbers: list[Any]) -> BaseGeometry:
        if len(numbers) not in {4, 6} or not all(type(one) in {int, float} for one in numbers):
            _wrong(told, "a box has four or six numbers")
        flat = numbers if len(numbers) == 4 else [*numbers[:2], *numbers[3:5]]
        try:
            return shapely.union_all([self._crs.shape_of(box) for box in self._crs.boxes(flat)])
        except ValueError as error:
            _wrong(told, f"the box {error}")

    def _geometry(self, told: Any) -> BaseGeometry:
        try:
            geometry: BaseGeometry = shapely.force_2d(shapely.from_geojson(orjson.dumps(told)))
        except (shapely.errors.GEOSException, TypeError, ValueError):
            _wrong(told, "this is no geometry")
        if not shapely.is_valid(geometry):
            _wrong(told, f"the geometry is not valid: {plain(shapely.is_valid_reason(geometry))}")
        return self._crs.read(geometry)

    def _call(self, told: Any, name: str, args: list[Any], depth: int) -> Node:
        op = _BY_LOWER.get(name.lower())
        if op is None:
            return _wrong(told, f"there is no operator or function `{plain(name)[:40]}`")
        if op == "in":
            return self._in(told, args, depth)
        nodes = tuple(self.read(one, depth + 1) for one in args)
        if op in {"and", "or", "not"}:
            _count(told, nodes, 1 if op == "not" else 2, at_least=op != "not")
            _kinds(told, nodes, frozenset({"boolean"}), "a condition")
        elif op in {"casei", "accenti"}:
            _count(told, nodes, 1)
            _kinds(told, nodes, _TEXTUAL, "a text")
            return Node(op, "text", nodes)
        elif op in ARITHMETIC:
            _count(told, nodes, 2)
            _kinds(told, nodes, frozenset({"number"}), "a number")
            return Node(op, "number", nodes)
        elif op in COMPARISONS:
            _count(told, nodes, 2)
            _comparable(told, nodes)
            if any(one.kind == "boolean" for one in nodes) and op not in {"=", "<>"}:
                return _wrong(told, "true and false are equal or not, neither is larger")
        elif op == "between":
            _count(told, nodes, 3)
            _comparable(told, nodes)
            if compared_as(nodes) == "boolean":
                return _wrong(told, "true and false are equal or not, neither is larger")
        elif op == "like":
            _count(told, nodes, 2)
            _kinds(told, nodes, _TEXTUAL, "a text")
            if not _is_constant(nodes[1]):
                return _wrong(told, "the pattern is a literal")
        elif op == "isNull":
            _count(told, nodes, 1)
        elif op in SPATIAL:
            _count(told, nodes, 2)
            _kinds(told, nodes, frozenset({"geometry"}), "a geometry")
        else:
            _count(told, nodes, 2)
            _kinds(told, nodes, _TIMES, "a day, a moment or an interval")
        return Node(op, "boolean", nodes)

    def _in(self, told: Any, args: list[Any], depth: int) -> Node:
        if len(args) != 2 or not isinstance(args[1], list) or not args[1]:
            return _wrong(told, "IN takes a value and a list")
        value, *choices = (self.read(one, depth + 1) for one in (args[0], *args[1]))
        for one in choices:
            _comparable(told, (value, one))
        return Node("in", "boolean", (value, *choices))


def _kind_of(one: Property) -> Kind:
    if one.type == "string":
        return {"date": "date", "date-time": "timestamp"}.get(one.form, "text")  # type: ignore[return-value]
    return "boolean" if one.type == "boolean" else "number"


def _wrong(told: Any, why: str) -> NoReturn:
    _refuse(f"at `{_shown(told)}`: {why}")


def _count(told: Any, nodes: Sequence[Node], wanted: int, *, at_least: bool = False) -> None:
    if len(nodes) < wanted or (len(nodes) > wanted and not at_least):
        _wrong(told, f"it takes {wanted} operands{' or more' if at_least else ''}")


def _kinds(told: Any, nodes: Sequence[Node], kinds: frozenset[str], what: str) -> None:
    for number, node in enumerate(nodes, start=1):
        if node.kind not in kinds | {"null"}:
            _wrong(told, f"operand {number} is not {what}")


def _comparable(told: Any, nodes: Sequence[Node]) -> None:
    """Refuse to compare what has no order in common."""
    if compared_as(nodes) is None:
        found = list(dict.fromkeys(one.kind for one in nodes if one.kind != "null"))
        words = {"geometry": "a geometry", "interval": "an interval"}
        _wrong(told, " and ".join(words.get(one, f"a {one}") for one in found) + " cannot be compared")


def compared_as(nodes: Sequence[Node]) -> str | None:
    """Return as what values are compared: number, boolean, text or time; None when they cannot be.

    A property with days or moments is compared as such with its like, and as text with texts.
    """
    kinds = {one.kind for one in nodes} - {"null"}
    if kinds <= {"number"}:
        return "number"
    if kinds == {"boolean"}:
        return "boolean"
    if kinds <= _INSTANTS:
        return "time"
    as_text = all(one.kind in {"text", "null"} or (one.kind in _INSTANTS and one.op == "property") for one in nodes)
    return "text" if as_text else None


def _is_constant(node: Node) -> bool:
    return node.op == "literal" or (node.op in {"casei", "accenti"} and all(map(_is_constant, node.args)))
