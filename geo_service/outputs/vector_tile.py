"""Floor 7: Mapbox Vector Tiles 2.1: features with attributes as the bytes of a layer, without a loop over features.

A layer is written as one stream of whole numbers, put together from a few arrays and encoded as varints at once.
Layers set one after the other are a tile (protocol buffers concatenate); a tile without layers is empty.

https://github.com/mapbox/vector-tile-spec/tree/master/2.1
"""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any

import numpy as np

from geo_service.outputs.tile_geometry import Drawing, Drawn
from geo_service.outputs.tile_grid import TILE_UNITS
from geo_service.outputs.varint import Ints, UInts, interleave, ragged_sums, varint, varint_sizes, varints, zigzag

MEDIA_TYPE = "application/vnd.mapbox-vector-tile"

Value = str | int | float | bool | None

_ABSENT = -1
_ID_BITS = 53  # what a browser's numbers hold exactly


@dataclass(frozen=True)
class Attributes:
    """The attributes of many features, each different value kept once and already encoded.

    Attributes
    ----------
    names
        One for each column.
    codes
        Shape (features, columns): which of the ``values`` a feature has; -1 for none.
    values
        Encoded values.
    """

    names: tuple[str, ...]
    codes: Ints
    values: tuple[bytes, ...]

    @classmethod
    def of(cls, columns: Mapping[str, Sequence[Value]], count: int) -> Attributes:
        """Encode columns of ``count`` values each; None is left out of a feature.

        Raises
        ------
        TypeError
            For a value that is neither text, number nor truth value.
        """
        known: dict[tuple[type, Any], int] = {}
        codes = np.full((count, len(columns)), _ABSENT, np.int64)
        for place, column in enumerate(columns.values()):
            codes[:, place] = [
                _ABSENT if value is None else known.setdefault((type(value), value), len(known)) for value in column
            ]
        return cls(tuple(columns), codes, tuple(_encode_value(value) for _, value in known))

    @classmethod
    def of_coded(cls, columns: Mapping[str, tuple[Sequence[Value], Ints]], count: int) -> Attributes:
        """Encode columns of which each different value is told once, with codes that say which a feature has.

        A code of -1 is left out of a feature.
        """
        known: dict[tuple[type, Any], int] = {}
        codes = np.full((count, len(columns)), _ABSENT, np.int64)
        for place, (values, coded) in enumerate(columns.values()):
            own = [known.setdefault((type(value), value), len(known)) for value in values]
            codes[:, place] = np.array([*own, _ABSENT], np.int64)[coded]
        return cls(tuple(columns), codes, tuple(_encode_value(value) for _, value in known))

    def only(self, names: Sequence[str]) -> Attributes:
        """Return those of the columns that are named, in the order in which they stand here."""
        kept = [place for place, name in enumerate(self.names) if name in names]
        return Attributes(tuple(self.names[place] for place in kept), self.codes[:, kept], self.values)

    def take(self, features: Ints) -> Attributes:
        """Return the attributes of some features, in their order."""
        return Attributes(self.names, self.codes[features], self.values)

    def followed_by(self, other: Attributes) -> Attributes:
        """Return the attributes of these features and, after them, those of others with the same columns."""
        mine, theirs = self._without_unused(), other._without_unused()
        moved = np.where(theirs.codes == _ABSENT, _ABSENT, theirs.codes + len(mine.values))
        return Attributes(self.names, np.vstack([mine.codes, moved]), mine.values + theirs.values)

    def _without_unused(self) -> Attributes:
        used, codes = np.unique(self.codes, return_inverse=True)
        shift = int(len(used) and used[0] == _ABSENT)
        values = tuple(map(self.values.__getitem__, used[shift:].tolist()))
        return Attributes(self.names, codes.reshape(self.codes.shape) - shift, values)


def encode_layer(name: str, drawn: Drawn | Ints, ids: UInts, attributes: Attributes, drawing: Drawing) -> bytes:
    """Return a layer, or nothing when it has no features.

    Parameters
    ----------
    drawn
        What the features are, all or each.
    ids, attributes, drawing
        Row by row of the same features, each of which draws something.
    """
    count = len(ids)
    if count == 0:
        return b""
    tags, tag_counts, used = _tags(attributes)
    tag_sizes = ragged_sums(varint_sizes(tags), tag_counts)
    drawing_sizes = ragged_sums(varint_sizes(drawing.commands), drawing.lengths)
    before_tags = _rows(count, _ID, ids, _TAGS, tag_sizes)
    before_drawing = _rows(count, _TYPE, drawn, _GEOMETRY, drawing_sizes)
    sizes = varint_sizes(before_tags).sum(axis=1) + tag_sizes + varint_sizes(before_drawing).sum(axis=1) + drawing_sizes
    head = np.hstack([_rows(count, _FEATURE, sizes), before_tags])
    features = interleave(
        (head.ravel(), np.full(count, head.shape[1])),
        (tags, tag_counts),
        (before_drawing.ravel(), np.full(count, before_drawing.shape[1])),
        (drawing.commands, drawing.lengths),
    )
    return _message(
        _LAYER,
        _text(_NAME, name)
        + varints(features)
        + b"".join(_text(_KEY, key) for key in attributes.names)
        + b"".join(map(attributes.values.__getitem__, used.tolist()))
        + bytes([_EXTENT])
        + varint(TILE_UNITS)
        + bytes([_VERSION, 2]),
    )


def feature_ids(ids: Sequence[str | int]) -> UInts:
    """Return the whole numbers by which tiles tell features apart: the same for the same feature in every tile.

    Whole numbers stay as they are; texts become the first 53 bits of their BLAKE2b hash, which a browser's numbers
    hold exactly (among 100,000 features two agree with a probability below 10⁻⁶).

    Examples
    --------
    >>> feature_ids([7, 12]).tolist(), feature_ids(["KLZ-0012"]).tolist()
    ([7, 12], [2667684602340512])
    """
    return np.fromiter((one if isinstance(one, int) else _hashed(one) for one in ids), np.uint64, len(ids))


def _hashed(text: str) -> int:
    return int.from_bytes(blake2b(text.encode(), digest_size=8).digest(), "big") >> (64 - _ID_BITS)


def _tags(attributes: Attributes) -> tuple[UInts, Ints, Ints]:
    """Return pairs of key and value numbers, how many numbers each feature has, and which values are used at all."""
    given = attributes.codes != _ABSENT
    used, numbers = np.unique(attributes.codes[given], return_inverse=True)
    keys = np.nonzero(given)[1]
    return np.column_stack([keys, numbers]).ravel().astype(np.uint64), 2 * given.sum(axis=1), used


def _rows(count: int, *columns: int | Ints | UInts) -> UInts:
    """Return columns side by side; a single number stands in all rows."""
    rows = np.empty((count, len(columns)), np.uint64)
    for place, column in enumerate(columns):
        rows[:, place] = column
    return rows


def _field(number: int, wire_type: int) -> int:
    return number << 3 | wire_type


_LAYER = _field(3, 2)
_NAME, _FEATURE, _KEY, _VALUE, _EXTENT, _VERSION = (
    _field(1, 2),
    _field(2, 2),
    _field(3, 2),
    _field(4, 2),
    _field(5, 0),
    _field(15, 0),
)
_ID, _TAGS, _TYPE, _GEOMETRY = _field(1, 0), _field(2, 2), _field(3, 0), _field(4, 2)
_STRING, _DOUBLE, _UINT, _SINT, _BOOL = _field(1, 2), _field(3, 1), _field(5, 0), _field(6, 0), _field(7, 0)


def _message(field: int, body: bytes) -> bytes:
    return bytes([field]) + varint(len(body)) + body


def _text(field: int, text: str) -> bytes:
    return _message(field, text.encode())


def _encode_value(value: Value) -> bytes:
    match value:
        case bool():
            body = bytes([_BOOL, value])
        case int() if value >= 0:
            body = bytes([_UINT]) + varint(value)
        case int():
            body = bytes([_SINT]) + varints(zigzag(np.array([value])))
        case float():
            body = bytes([_DOUBLE]) + struct.pack("<d", value)
        case str():
            body = _text(_STRING, value)
        case _:
            raise TypeError(f"a vector tile cannot carry {type(value).__name__}")
    return _message(_VALUE, body)
