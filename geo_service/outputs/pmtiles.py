"""Floor 7: PMTiles version 3: many tiles in one file that is read by ranges; a writer and a reader.

A file is a header of 127 bytes, a root directory, metadata, leaf directories and the tiles in order of their number
along Hilbert's curve, zoom after zoom. The same tiles make the same bytes.

https://github.com/protomaps/PMTiles/blob/main/spec/v3/spec.md
"""

from __future__ import annotations

import json
import shutil
import struct
import tempfile
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b
from pathlib import Path
from typing import IO, Any

import numpy as np

from geo_service.base.errors import FileUnreadable
from geo_service.outputs.tile_grid import Bounds, TileAddress
from geo_service.outputs.varint import varints

MEDIA_TYPE = "application/vnd.pmtiles"

_MAGIC = b"PMTiles"
_VERSION = 3
_HEADER = struct.Struct("<7sB11Q6B4iB2i")
_GZIP, _MVT, _CLUSTERED = 2, 1, 1
_ROOT_BYTES = 16_384 - _HEADER.size
"""A reader gets header and root directory with its first request."""

_LEAF_ENTRIES = 2048
_GZIP_LEVEL = 9
_GZIP_FORMAT = 31  # zlib's window of 2¹⁵ bytes, in a gzip wrapper without a time
_DEGREE = 10_000_000
_UNREADABLE = "import the streets again, which makes it anew"

Read = Callable[[int, int], bytes]
"""Returns the bytes from an offset, as many as a length says."""


@dataclass(frozen=True)
class Entry:
    """Where tiles lie: ``run_length`` numbers from ``tile_id`` on share the bytes; 0 points to a leaf directory."""

    tile_id: int
    offset: int
    length: int
    run_length: int


@dataclass(frozen=True)
class Header:
    """The head of an archive: where its parts lie (bytes from the start), what it holds and where on earth.

    Attributes
    ----------
    addressed, entries, contents
        How many tiles can be asked for, entries stand in directories, different tiles are kept.
    bounds
        Degrees.
    """

    root: tuple[int, int]
    metadata: tuple[int, int]
    leaves: tuple[int, int]
    tiles: tuple[int, int]
    addressed: int
    entries: int
    contents: int
    first_zoom: int
    last_zoom: int
    bounds: Bounds
    centre: tuple[float, float]
    centre_zoom: int

    def to_bytes(self) -> bytes:
        """Return the header as it stands in a file."""
        return _HEADER.pack(
            *(_MAGIC, _VERSION, *self.root, *self.metadata, *self.leaves, *self.tiles),
            *(self.addressed, self.entries, self.contents, _CLUSTERED, _GZIP, _GZIP, _MVT),
            *(self.first_zoom, self.last_zoom, *map(_to_e7, self.bounds), self.centre_zoom, *map(_to_e7, self.centre)),
        )

    @classmethod
    def from_bytes(cls, data: bytes) -> Header:
        """Read a header.

        Raises
        ------
        FileUnreadable
            When it is none, or one of an archive that we would not write.
        """
        if len(data) < _HEADER.size or data[:7] != _MAGIC:
            raise FileUnreadable("this is no PMTiles file", remedy=_UNREADABLE)
        _, version, *numbers = _HEADER.unpack(data[: _HEADER.size])
        places, (packing, tile_packing, kind) = numbers[:11], numbers[12:15]
        if (version, packing, tile_packing, kind) != (_VERSION, _GZIP, _GZIP, _MVT):
            raise FileUnreadable("this PMTiles file holds no vector tiles in gzip", remedy=_UNREADABLE)
        west, south, east, north, centre_zoom, lon, lat = numbers[17:]
        return cls(
            root=(places[0], places[1]),
            metadata=(places[2], places[3]),
            leaves=(places[4], places[5]),
            tiles=(places[6], places[7]),
            addressed=places[8],
            entries=places[9],
            contents=places[10],
            first_zoom=numbers[15],
            last_zoom=numbers[16],
            bounds=(west / _DEGREE, south / _DEGREE, east / _DEGREE, north / _DEGREE),
            centre=(lon / _DEGREE, lat / _DEGREE),
            centre_zoom=centre_zoom,
        )


def pack(body: bytes) -> bytes:
    """Return bytes in gzip, the same whenever it is done."""
    packing = zlib.compressobj(_GZIP_LEVEL, zlib.DEFLATED, _GZIP_FORMAT)
    return packing.compress(body) + packing.flush()


def unpack(packed: bytes) -> bytes:
    """Return what `pack` packed."""
    return zlib.decompress(packed, _GZIP_FORMAT)


def tile_id(address: TileAddress) -> int:
    """Return the number of a tile: all tiles of lower zooms, then along Hilbert's curve.

    Examples
    --------
    >>> [tile_id(TileAddress(1, column, row)) for column, row in ((0, 0), (0, 1), (1, 1), (1, 0))]
    [1, 2, 3, 4]
    >>> tile_id(TileAddress(12, column=3423, row=1763))
    19078479
    """
    column, row, along = address.column, address.row, 0
    for bit in range(address.zoom - 1, -1, -1):
        side = 1 << bit
        right, down = column & side > 0, row & side > 0
        along += side * side * ((3 * right) ^ down)
        if not down:
            if right:
                column, row = side - 1 - column, side - 1 - row
            column, row = row, column
    return ((1 << 2 * address.zoom) - 1) // 3 + along


def write_pmtiles(
    path: Path,
    tiles: Iterable[tuple[TileAddress, bytes]],
    *,
    bounds: Bounds,
    zooms: tuple[int, int],
    metadata: Mapping[str, Any],
) -> Header:
    """Write tiles; the file appears whole or not at all and replaces an older one.

    Parameters
    ----------
    tiles
        In order of `tile_id`, not packed; those without a byte are left out.
    bounds
        Where the tiles lie, degrees.
    zooms
        First and last.
    metadata
        JSON; ``vector_layers`` and ``attribution`` are what readers look for.

    Raises
    ------
    OSError
        When the disk is full or may not be written to.
    """
    with tempfile.TemporaryDirectory(dir=path.parent, prefix=".tiles-") as folder:
        part = Path(folder)
        with (part / "tiles").open("w+b") as bodies, (part / "archive").open("wb") as archive:
            entries, contents = _spool(tiles, bodies)
            root, leaves = _directories(entries)
            told = pack(json.dumps(dict(metadata), ensure_ascii=False, sort_keys=True).encode())
            lengths = len(root), len(told), len(leaves), bodies.tell()
            at = np.cumsum([_HEADER.size, *lengths]).tolist()
            west, south, east, north = bounds
            header = Header(
                root=(at[0], lengths[0]),
                metadata=(at[1], lengths[1]),
                leaves=(at[2], lengths[2]),
                tiles=(at[3], lengths[3]),
                addressed=sum(one.run_length for one in entries),
                entries=len(entries),
                contents=contents,
                first_zoom=zooms[0],
                last_zoom=zooms[1],
                bounds=bounds,
                centre=((west + east) / 2, (south + north) / 2),
                centre_zoom=min(zooms[1], max(zooms[0], 12)),
            )
            for piece in (header.to_bytes(), root, told, leaves):
                archive.write(piece)
            bodies.seek(0)
            shutil.copyfileobj(bodies, archive, 1 << 20)
        (part / "archive").replace(path)
    return header


def _spool(tiles: Iterable[tuple[TileAddress, bytes]], bodies: IO[bytes]) -> tuple[list[Entry], int]:
    """Write the packed tiles behind each other, equal ones once; return the entries and how many are different."""
    known: dict[bytes, tuple[int, int]] = {}
    entries: list[Entry] = []
    last = -1
    for address, body in tiles:
        number = tile_id(address)
        if number <= last:
            raise ValueError(f"tile {address} is out of order")
        last = number
        if not body:
            continue
        mark = blake2b(body, digest_size=16).digest()
        if mark not in known:
            packed = pack(body)
            known[mark] = (bodies.tell(), len(packed))
            bodies.write(packed)
        offset, length = known[mark]
        before = entries[-1] if entries else None
        if before and before.offset == offset and before.tile_id + before.run_length == number:
            entries[-1] = Entry(before.tile_id, offset, length, before.run_length + 1)
        else:
            entries.append(Entry(number, offset, length, 1))
    return entries, len(known)


def _directories(entries: Sequence[Entry]) -> tuple[bytes, bytes]:
    """Return the root directory, small enough for a reader's first request, and the leaves."""
    root = _write_directory(entries)
    size = _LEAF_ENTRIES
    leaves = b""
    while len(root) > _ROOT_BYTES:
        pieces = [entries[at : at + size] for at in range(0, len(entries), size)]
        written = [_write_directory(one) for one in pieces]
        leaves = b"".join(written)
        offsets = np.cumsum([0, *map(len, written)]).tolist()
        root = _write_directory(
            [Entry(some[0].tile_id, at, len(one), 0) for some, at, one in zip(pieces, offsets, written, strict=False)]
        )
        size *= 2
    return root, leaves


def _write_directory(entries: Sequence[Entry]) -> bytes:
    offsets = [
        0 if at and entries[at - 1].offset + entries[at - 1].length == one.offset else one.offset + 1
        for at, one in enumerate(entries)
    ]
    numbers = [
        len(entries),
        *np.diff([one.tile_id for one in entries], prepend=0).tolist(),
        *(one.run_length for one in entries),
        *(one.length for one in entries),
        *offsets,
    ]
    return pack(varints(np.array(numbers, np.uint64)))


def _read_directory(packed: bytes) -> list[Entry]:
    numbers = _varints_of(unpack(packed))
    count = next(numbers)
    ids = np.cumsum([next(numbers) for _ in range(count)], dtype=np.int64).tolist()
    runs, lengths = ([next(numbers) for _ in range(count)] for _ in range(2))
    entries: list[Entry] = []
    for at, number in enumerate(ids):
        offset = next(numbers)
        before = entries[-1] if entries else None
        start = before.offset + before.length if offset == 0 and before else offset - 1
        entries.append(Entry(number, start, lengths[at], runs[at]))
    return entries


def _varints_of(data: bytes) -> Iterator[int]:
    value = shift = 0
    for byte in data:
        value |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            yield value
            value = shift = 0


class PmtilesReader:
    """Reads tiles of an archive; several threads may use it when ``read`` allows that.

    Raises
    ------
    FileUnreadable
        When what is read is no archive with vector tiles in gzip.
    """

    def __init__(self, read: Read) -> None:
        self._read = read
        self.header = Header.from_bytes(read(0, _HEADER.size))
        self._directory = lru_cache(maxsize=64)(self._read_directory)

    def metadata(self) -> dict[str, Any]:
        """Return what the archive tells of itself."""
        told: dict[str, Any] = json.loads(unpack(self._read(*self.header.metadata)))
        return told

    def packed_tile(self, address: TileAddress) -> bytes | None:
        """Return a tile in gzip, None when there is none."""
        number = tile_id(address)
        directory = self.header.root
        for _ in range(4):  # a root and at most three floors of leaves, as the specification says
            entry = _entry_for(self._directory(*directory), number)
            if entry is None:
                return None
            if entry.run_length:
                return self._read(self.header.tiles[0] + entry.offset, entry.length)
            directory = self.header.leaves[0] + entry.offset, entry.length
        return None

    def _read_directory(self, offset: int, length: int) -> list[Entry]:
        return _read_directory(self._read(offset, length))


def _entry_for(entries: Sequence[Entry], number: int) -> Entry | None:
    """Return the entry that covers a tile, or the leaf in which it would stand."""
    first, end = 0, len(entries)
    while first < end:
        middle = (first + end) // 2
        if entries[middle].tile_id <= number:
            first = middle + 1
        else:
            end = middle
    if not first:
        return None
    entry = entries[first - 1]
    covers = entry.run_length == 0 or number < entry.tile_id + entry.run_length
    return entry if covers else None


def _to_e7(degrees: float) -> int:
    return round(degrees * _DEGREE)
