"""Floor 8: which features of a table fit a CQL2 filter: column by column in numpy, with the logic of three values.

A comparison with what has no value is neither true nor false, and only what is true fits. An empty text is no value.
Texts are looked at once for each different text. Databases would be asked in SQL; here the columns of the table that
made the answer are asked, which know nothing that the reader may not see.
"""

from __future__ import annotations

import re
import sys
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from functools import reduce

import numpy as np
import numpy.typing as npt
import shapely
from shapely.geometry.base import BaseGeometry

from geo_service.api.cql import ARITHMETIC, GEOMETRY, ID, SPATIAL, Filter, Node, compared_as
from geo_service.api.cql_times import OPEN, ORDER, RELATIONS, Times, microseconds_of, ordinal_of, related
from geo_service.outputs.feature_columns import Mask, Numbers, Places, Texts
from geo_service.outputs.feature_table import FeatureTable

Floats = npt.NDArray[np.float64]

_SIGNS = frozenset("%_\\")

_CONVERSE = {"s_within": "contains", "s_contains": "within"}
"""Predicates that are another one from the other side."""

_FLIPPED = {"<": ">", ">": "<", "<=": ">=", ">=": "<=", "=": "=", "<>": "<>"}


@dataclass(frozen=True)
class Truth:
    """Where something is true and where it is false; it is unknown elsewhere."""

    yes: Mask
    no: Mask

    @classmethod
    def of(cls, found: Mask, known: Mask) -> Truth:
        """Return a truth that is unknown where something is not known."""
        return cls(found & known, ~found & known)

    def __invert__(self) -> Truth:
        return Truth(self.no, self.yes)

    def __and__(self, other: Truth) -> Truth:
        return Truth(self.yes & other.yes, self.no | other.no)

    def __or__(self, other: Truth) -> Truth:
        return Truth(self.yes | other.yes, self.no & other.no)


def fitting(asked: Filter, table: FeatureTable, places: Places) -> Places:
    """Return those of some features for which a filter is true."""
    if not len(places):
        return places
    yes = np.broadcast_to(_Evaluation(table, places).truth(asked.tree).yes, places.shape)
    return places[yes]


class _Evaluation:
    """Works a filter out for some features of a table."""

    def __init__(self, table: FeatureTable, places: Places) -> None:
        self._table = table
        self._places = places
        self._whole = len(places) == len(table)

    def truth(self, node: Node) -> Truth:
        """Work out a condition."""
        if node.kind == "null":
            return Truth(np.array([False]), np.array([False]))
        if node.op == "literal":
            return Truth.of(np.array([bool(node.value)]), np.array([True]))
        if node.op == "property":
            numbers = self._numbers(node)
            return Truth(numbers == 1, numbers == 0)
        match node.op:
            case "and":
                return reduce(Truth.__and__, map(self.truth, node.args))
            case "or":
                return reduce(Truth.__or__, map(self.truth, node.args))
            case "not":
                return ~self.truth(node.args[0])
            case "isNull":
                known = self._known(node.args[0])
                return Truth(~known, known)
            case "like":
                return self._like(*node.args)
            case "between":
                value, low, high = node.args
                return self._compare(">=", value, low) & self._compare("<=", value, high)
            case "in":
                return self._in(node)
        if node.op in SPATIAL:
            return self._spatial(node.op, *node.args)
        if node.op in RELATIONS and node.op not in ORDER:
            return Truth.of(*related(node.op, *map(self._times, node.args)))
        return self._compare(node.op, *node.args)

    def _known(self, node: Node) -> Mask:
        if node.kind == "null":
            return np.array([False])
        if node.kind == "number":
            return ~np.isnan(self._numbers(node))
        if node.kind == "geometry":
            return ~np.asarray(shapely.is_missing(self._geometries(node)))
        if node.kind == "boolean":
            truth = self.truth(node)
            return truth.yes | truth.no
        if node.kind == "interval" or node.op == "literal":
            return self._times(node).known if node.kind != "text" else np.array([bool(node.value)])
        return ~self._texts(node).missing()

    def _compare(self, op: str, one: Node, other: Node) -> Truth:
        kind = compared_as((one, other))
        if "null" in {one.kind, other.kind}:
            return Truth(np.array([False]), np.array([False]))
        if kind == "number":
            left, right = self._numbers(one), self._numbers(other)
            return Truth.of(ORDER[op](left, right), ~(np.isnan(left) | np.isnan(right)))
        if kind == "time":
            return Truth.of(*related(op, self._times(one), self._times(other)))
        if kind == "boolean":
            first, second = self.truth(one), self.truth(other)
            same = Truth(
                (first.yes & second.yes) | (first.no & second.no), (first.yes & second.no) | (first.no & second.yes)
            )
            return same if op == "=" else ~same
        return self._compare_texts(op, one, other)

    def _compare_texts(self, op: str, one: Node, other: Node) -> Truth:
        left, right = self._texts(one), self._texts(other)
        if len(left.codes) == 1 and len(right.codes) > 1:
            left, right, op, one = right, left, _FLIPPED[op], other
        known = ~(left.missing() | right.missing())
        if len(right.codes) > 1:
            return Truth.of(ORDER[op](_spelled(left), _spelled(right)), known)
        wanted = "" if right.codes[0] < 0 else str(right.texts[right.codes[0]])
        if one.op != "property":  # a function was applied: the texts are in no order
            return Truth.of(_for_each(left, ORDER[op](left.texts, wanted)), known)
        place, first = left.place_of(wanted), left.first_from(wanted)
        beyond = first if place is None else first + 1
        found = {
            "=": lambda: left.equal(wanted),
            "<>": lambda: ~left.equal(wanted),
            "<": lambda: left.codes < first,
            ">=": lambda: left.codes >= first,
            ">": lambda: left.codes >= beyond,
            "<=": lambda: left.codes < beyond,
        }[op]()
        return Truth.of(found, known)

    def _in(self, node: Node) -> Truth:
        value, *choices = node.args
        if compared_as(node.args) == "text" and all(one.op == "literal" for one in choices):
            texts = self._texts(value)
            wanted = {one.value for one in choices} - {None, ""}
            found = np.fromiter((text in wanted for text in texts.texts), np.bool_, len(texts.texts))
            known = ~texts.missing()
            truth = Truth.of(_for_each(texts, found), known)
            none_among_them = len(wanted) < len({one.value for one in choices})
            return Truth(truth.yes, truth.no & False) if none_among_them else truth
        return reduce(Truth.__or__, (self._compare("=", value, one) for one in choices))

    def _like(self, value: Node, pattern: Node) -> Truth:
        if "null" in {value.kind, pattern.kind}:
            return Truth(np.array([False]), np.array([False]))
        texts, wanted = self._texts(value), self._texts(pattern)
        known = ~texts.missing() & ~wanted.missing()
        told = "" if wanted.codes[0] < 0 else str(wanted.texts[wanted.codes[0]])
        if value.op == "property" and told.endswith("%") and not _SIGNS & set(told[:-1]):
            begin, end = texts.first_from(told[:-1]), texts.first_from(told[:-1] + chr(sys.maxunicode))
            return Truth.of((texts.codes >= begin) & (texts.codes < end), known)
        fits = like(told)
        found = np.fromiter(map(fits, texts.texts), np.bool_, len(texts.texts))
        return Truth.of(_for_each(texts, found), known)

    def _numbers(self, node: Node) -> Floats:
        if node.kind == "null":
            return np.array([np.nan])
        if node.op == "literal":
            return np.array([node.value], dtype=np.float64)
        if node.op == "property":
            column = self._table.columns[node.value]
            assert isinstance(column, Numbers)
            return column.numbers if self._whole else column.numbers[self._places]
        assert node.op in ARITHMETIC
        return _worked_out(node.op, *map(self._numbers, node.args))

    def _texts(self, node: Node) -> Texts:
        """Return texts; those that do not occur among the features may be left out."""
        if node.op == "literal":
            missing = node.kind == "null" or node.value == ""
            texts = np.array([] if missing else [node.value], dtype=object)
            return Texts(np.array([-1 if missing else 0], dtype=np.int32), texts)
        if node.op in {"casei", "accenti"}:
            inner = self._texts(node.args[0])
            change: Callable[[str], str] = str.casefold if node.op == "casei" else without_accents
            out = np.empty(len(inner.texts), dtype=object)
            out[:] = [change(text) for text in inner.texts]
            return Texts(inner.codes, out)
        if node.value == ID:
            return self._ids()
        column = self._table.columns[node.value]
        assert isinstance(column, Texts)
        if self._whole:
            return column
        codes = column.codes[self._places]
        if len(codes) >= len(column.texts):
            return Texts(codes, column.texts)
        used, few = np.unique(codes, return_inverse=True)
        shift = int(len(used) and used[0] < 0)
        return Texts((few - shift).astype(np.int32), column.texts[used[shift:]])

    def _ids(self) -> Texts:
        ids = self._table.ids if self._whole else self._table.ids[self._places]
        if len(ids) and not isinstance(ids[0], str):
            order = np.argsort(np.array([str(one) for one in ids]))
            texts = np.empty(len(ids), dtype=object)
            texts[:] = [str(ids[place]) for place in order]
            codes = np.empty(len(ids), dtype=np.int32)
            codes[order] = np.arange(len(ids), dtype=np.int32)
            return Texts(codes, texts)
        return Texts(np.arange(len(ids), dtype=np.int32), ids)

    def _times(self, node: Node) -> Times:
        if node.kind == "null":
            return Times(np.array([0]), np.array([0]), np.array([False]), days=False)
        if node.op == "literal":
            assert isinstance(node.value, Times)
            return node.value
        if node.op == "interval":
            return self._interval(*node.args)
        texts = self._texts(node)
        read = ordinal_of if node.kind == "date" else microseconds_of
        found = [read(text) for text in texts.texts]
        numbers = np.array([0 if one is None else one for one in found] or [0], dtype=np.int64)
        valid = np.array([one is not None for one in found] or [False], dtype=np.bool_)
        at, known = numbers[texts.codes], valid[texts.codes] & ~texts.missing()
        return Times(at, at, known, days=node.kind == "date")

    def _interval(self, start: Node, end: Node) -> Times:
        known_ends = [None if one.kind == "null" else self._times(one) for one in (start, end)]
        given = [one for one in known_ends if one is not None]
        days = all(one.days for one in given)
        first, last = (one if one is None or days else one.in_microseconds() for one in known_ends)
        known = reduce(np.logical_and, (one.known for one in given), np.array([True]))
        return Times(
            np.array([OPEN[0]]) if first is None else first.first,
            np.array([OPEN[1]]) if last is None else last.last,
            known,
            days=days,
        )

    def _geometries(self, node: Node) -> npt.NDArray[np.object_]:
        if node.op == "literal":
            return np.array([node.value], dtype=object)
        assert node.value == GEOMETRY
        return self._table.geometries if self._whole else self._table.geometries[self._places]

    def _spatial(self, op: str, one: Node, other: Node) -> Truth:
        if "null" in {one.kind, other.kind}:
            return Truth(np.array([False]), np.array([False]))
        if op == "s_disjoint":
            return ~self._spatial("s_intersects", one, other)
        name = op.removeprefix("s_")
        if one.op == "property" and other.op == "literal":
            return self._beside(_CONVERSE.get(op, name), other.value)
        if one.op == "literal" and other.op == "property":
            return self._beside(name, one.value)
        left, right = self._geometries(one), self._geometries(other)
        known = ~np.asarray(shapely.is_missing(left) | shapely.is_missing(right))
        return Truth.of(np.asarray(getattr(shapely, name)(left, right)), known)

    def _beside(self, name: str, shape: BaseGeometry) -> Truth:
        """Hold a shape against the features: only those are looked at whose boxes meet its box."""
        geometries = self._table.geometries if self._whole else self._table.geometries[self._places]
        near = self._table.near(shape)
        if not self._whole:
            near = np.flatnonzero(np.isin(self._places, near))
        shapely.prepare(shape)
        found = np.zeros(len(geometries), dtype=np.bool_)
        found[near] = getattr(shapely, name)(shape, geometries[near])
        known = self._table.placed if self._whole else self._table.placed[self._places]
        return Truth.of(found, known)


def _worked_out(op: str, left: Floats, right: Floats) -> Floats:
    """Do arithmetic; what has no finite result has no value."""
    with np.errstate(all="ignore"):
        match op:
            case "+":
                found = left + right
            case "-":
                found = left - right
            case "*":
                found = left * right
            case "/":
                found = left / right
            case "div":
                found = np.trunc(left / right)
            case "%":
                found = np.fmod(left, right)
            case _:
                found = np.power(left, right)
    return np.where(np.isfinite(found), found, np.nan)


def _for_each(texts: Texts, found: npt.NDArray[np.bool_]) -> Mask:
    """Return for each feature what was found of its text."""
    per_text: Mask = np.append(np.asarray(found, dtype=np.bool_), False)
    return per_text[texts.codes]


def _spelled(texts: Texts) -> npt.NDArray[np.object_]:
    out: npt.NDArray[np.object_] = np.append(texts.texts, "")[texts.codes]
    return out


def without_accents(text: str) -> str:
    """Return a text without the marks above and below its letters.

    Examples
    --------
    >>> without_accents("Žižkův café, Größe")
    'Zizkuv cafe, Große'
    """
    if text.isascii():
        return text
    apart = unicodedata.normalize("NFD", text)
    return unicodedata.normalize("NFC", "".join(one for one in apart if unicodedata.category(one) != "Mn"))


def like(pattern: str) -> Callable[[str], bool]:
    r"""Return whether a text is like a pattern: % any characters, _ one, and \ takes the next one as it is.

    The time it takes grows with the length of both, whatever the pattern.

    Examples
    --------
    >>> [like(one)("Dieskaustraße 3") for one in ("Dies%", "%stra_e%", "Dies", r"%\_%", "%")]
    [True, True, False, False, True]
    """
    pieces, piece, signs = [], "", iter(pattern)
    for sign in signs:
        if sign == "%":
            pieces.append(piece)
            piece = ""
        elif sign == "_":
            piece += "."
        else:
            piece += re.escape(next(signs, sign) if sign == "\\" else sign)
    first, *middle, last = (re.compile(one, re.DOTALL) for one in (*pieces, piece)) if pieces else (None, None)
    whole = re.compile(piece, re.DOTALL)
    length = _length(piece)
    starts = [one for one in middle if one is not None and one.pattern]

    def fits(text: str) -> bool:
        if first is None or last is None:
            return whole.fullmatch(text) is not None
        at = first.match(text)
        for one in starts:
            at = at and one.search(text, at.end())
        return (
            at is not None and len(text) - length >= at.end() and last.fullmatch(text, len(text) - length) is not None
        )

    return fits


def _length(piece: str) -> int:
    """Return how many characters a piece of a pattern stands for."""
    return len(re.sub(r"\\(.)", r"\1", piece, flags=re.DOTALL))
