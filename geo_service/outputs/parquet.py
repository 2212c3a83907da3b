"""Floor 7: Apache Parquet: columns of simple values, and a structure of such, written as a file that any reader opens.

Pages are plain and in gzip, a page for each column and row group; numbers have their least and greatest value told, so
that a reader skips what it does not ask for. https://parquet.apache.org/docs/file-format/
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import IO, Any, Literal

import numpy as np

from geo_service.outputs.varint import varint

Kind = Literal["text", "bytes", "whole", "number", "truth", "day", "time"]

ROWS_IN_GROUP = 5_000
"""Rows that stand together and are skipped together."""

_MAGIC = b"PAR1"
_EPOCH_DAY = date(1970, 1, 1).toordinal()
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_GZIP_FORMAT = 31
_GZIP, _PLAIN, _RLE = 2, 0, 3
_OPTIONAL, _REQUIRED = 1, 0
_BOOLEAN, _INT32, _INT64, _DOUBLE, _BYTE_ARRAY = 0, 1, 2, 5, 6
_PHYSICAL: dict[Kind, int] = {
    **{"text": _BYTE_ARRAY, "bytes": _BYTE_ARRAY, "whole": _INT64, "number": _DOUBLE},
    **{"truth": _BOOLEAN, "day": _INT32, "time": _INT64},
}
_CONVERTED: dict[Kind, int] = {"text": 0, "day": 6, "time": 10}

Encoded = tuple[int, bytes]
"""A value of the compact Thrift protocol: its type there and its bytes."""


@dataclass(frozen=True)
class Column:
    """A column.

    Attributes
    ----------
    values
        None where there is none; days are `datetime.date`, times aware.
    within
        The structure that it is a part of, or empty. A row without a first part has no structure at all.
    """

    name: str
    kind: Kind
    values: Sequence[Any]
    within: str = ""

    @property
    def path(self) -> tuple[str, ...]:
        """Where it stands in the schema."""
        return (self.within, self.name) if self.within else (self.name,)


def write_parquet(file: IO[bytes], columns: Sequence[Column], metadata: Mapping[str, str]) -> None:
    """Write columns of one length; parts of a structure stand together.

    Raises
    ------
    ValueError
        When the columns are not of one length.
    """
    counts = {len(one.values) for one in columns}
    if len(counts) != 1:
        raise ValueError(f"columns of {sorted(counts)} rows do not make a table")
    (count,) = counts
    file.write(_MAGIC)
    at = len(_MAGIC)
    groups = []
    for first in range(0, count, ROWS_IN_GROUP):
        rows = slice(first, min(first + ROWS_IN_GROUP, count))
        chunks = []
        for one in columns:
            page, chunk = _page(one, one.values[rows], at)
            file.write(page)
            at += len(page)
            chunks.append((len(page), chunk))
        size, length = sum(size for size, _ in chunks), rows.stop - rows.start
        groups.append(_struct({1: _list([chunk for _, chunk in chunks]), 2: _i64(size), 3: _i64(length)}))
    footer = _struct(
        {
            1: _i32(2),
            2: _list(_schema(columns)),
            3: _i64(count),
            4: _list(groups),
            5: _list([_struct({1: _text(key), 2: _text(value)}) for key, value in metadata.items()]),
            6: _text("geo_service"),
            7: _list([_struct({1: _struct({})}) for _ in columns]),  # values are ordered as their type says
        }
    )[1]
    file.write(footer + struct.pack("<I", len(footer)) + _MAGIC)


def _page(column: Column, values: Sequence[Any], at: int) -> tuple[bytes, Encoded]:
    """Return the page of a column in a row group, which begins at a byte of the file, and what the footer tells."""
    given = [value for value in values if value is not None]
    body = _levels([value is not None for value in values]) + _ENCODE[column.kind](given)
    packing = zlib.compressobj(6, zlib.DEFLATED, _GZIP_FORMAT)
    packed = packing.compress(body) + packing.flush()
    about = _struct({1: _i32(len(values)), 2: _i32(_PLAIN), 3: _i32(_RLE), 4: _i32(_RLE)})
    header = _struct({1: _i32(0), 2: _i32(len(body)), 3: _i32(len(packed)), 5: about})[1]
    told = _struct(
        {
            1: _i32(_PHYSICAL[column.kind]),
            2: _list([_i32(_PLAIN), _i32(_RLE)]),
            3: _list([_text(one) for one in column.path]),
            4: _i32(_GZIP),
            5: _i64(len(values)),
            6: _i64(len(header) + len(body)),
            7: _i64(len(header) + len(packed)),
            9: _i64(at),
            12: _statistics(column, given, len(values) - len(given)),
        }
    )
    return header + packed, _struct({2: _i64(at), 3: told})


def _statistics(column: Column, given: Sequence[Any], missing: int) -> Encoded:
    told = {3: _i64(missing)}
    if given and column.kind in {"whole", "number", "day", "time"}:
        encode = _ENCODE[column.kind]
        told |= {5: _bytes(encode([max(given)])), 6: _bytes(encode([min(given)]))}
    return _struct(told)


def _levels(given: Sequence[bool]) -> bytes:
    """Return which rows have a value: one bit each."""
    if all(given):
        bits = varint(len(given) << 1) + b"\x01"
    else:
        packed = np.packbits(np.array(given, bool), bitorder="little").tobytes()
        bits = varint(len(packed) << 1 | 1) + packed
    return struct.pack("<I", len(bits)) + bits


def _plain_bytes(values: Sequence[bytes]) -> bytes:
    return b"".join(part for one in values for part in (struct.pack("<I", len(one)), one))


def _plain_time(values: Sequence[datetime]) -> bytes:
    micros = [round((one - _EPOCH).total_seconds() * 1_000_000) for one in values]
    return np.array(micros, "<i8").tobytes()


_ENCODE: dict[Kind, Callable[[Sequence[Any]], bytes]] = {
    "text": lambda values: _plain_bytes([one.encode() for one in values]),
    "bytes": _plain_bytes,
    "whole": lambda values: np.array(values, "<i8").tobytes(),
    "number": lambda values: np.array(values, "<f8").tobytes(),
    "truth": lambda values: np.packbits(np.array(values, bool), bitorder="little").tobytes(),
    "day": lambda values: np.array([one.toordinal() - _EPOCH_DAY for one in values], "<i4").tobytes(),
    "time": _plain_time,
}


def _schema(columns: Sequence[Column]) -> list[Encoded]:
    top = list(dict.fromkeys(one.path[0] for one in columns))
    schema = [_struct({4: _text("schema"), 5: _i32(len(top))})]
    for name in top:
        mine = [one for one in columns if one.path[0] == name]
        if mine[0].within:
            schema.append(_struct({3: _i32(_OPTIONAL), 4: _text(name), 5: _i32(len(mine))}))
        schema += [_element(one) for one in mine]
    return schema


def _element(column: Column) -> Encoded:
    told = {
        1: _i32(_PHYSICAL[column.kind]),
        3: _i32(_REQUIRED if column.within else _OPTIONAL),
        4: _text(column.name),
    }
    if column.kind in _CONVERTED:
        logical = {"text": {1: _struct({})}, "day": {6: _struct({})}, "time": {8: _UTC_MICROSECONDS}}[column.kind]
        told |= {6: _i32(_CONVERTED[column.kind]), 10: _struct(logical)}
    return _struct(told)


# the compact Thrift protocol: https://github.com/apache/thrift/blob/master/doc/specs/thrift-compact-protocol.md


def _struct(fields: Mapping[int, Encoded]) -> Encoded:
    out, last = [], 0
    for number, (kind, body) in sorted(fields.items()):
        out += [bytes([(number - last) << 4 | kind]), body]
        last = number
    return 12, b"".join([*out, b"\x00"])


def _list(items: Sequence[Encoded]) -> Encoded:
    kind = items[0][0] if items else 12
    head = bytes([len(items) << 4 | kind]) if len(items) < 15 else bytes([0xF0 | kind]) + varint(len(items))
    return 9, head + b"".join(body for _, body in items)


def _i32(value: int) -> Encoded:
    return 5, varint(value << 1)


def _i64(value: int) -> Encoded:
    return 6, varint(value << 1)


def _bytes(value: bytes) -> Encoded:
    return 8, varint(len(value)) + value


def _text(value: str) -> Encoded:
    return _bytes(value.encode())


_UTC_MICROSECONDS = _struct({1: (1, b""), 2: _struct({2: _struct({})})})
