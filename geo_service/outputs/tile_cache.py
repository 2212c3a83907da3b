"""Floor 7: tiles that were made before, as many as a bound in bytes allows; the longest unused go first."""

from __future__ import annotations

import zlib
from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass
from functools import cached_property
from threading import Lock

import brotli

GZIP_FROM_BYTES = 256
"""Smaller tiles are not worth packing."""

_GZIP_LEVEL = 5
_BROTLI_LEVEL = 5
_GZIP_FORMAT = 31  # zlib's window of 2¹⁵ bytes, in a gzip wrapper without a time
_ENTRY_BYTES = 500  # keys and objects around the bytes


@dataclass(frozen=True)
class Tile:
    """The bytes of a tile.

    Attributes
    ----------
    body
        As they are.
    packed
        The same in gzip, None when that is not worth it.
    """

    body: bytes
    packed: bytes | None

    @classmethod
    def of(cls, body: bytes) -> Tile:
        """Pack a tile."""
        if len(body) < GZIP_FROM_BYTES:
            return cls(body, None)
        packing = zlib.compressobj(_GZIP_LEVEL, zlib.DEFLATED, _GZIP_FORMAT)
        return cls(body, packing.compress(body) + packing.flush())

    @cached_property
    def brotli(self) -> bytes:
        """The same in Brotli, made when first asked for: browsers ask for it only over TLS."""
        packed: bytes = brotli.compress(self.body, quality=_BROTLI_LEVEL)
        return packed

    @property
    def size(self) -> int:
        """Bytes that it takes to keep, both packings counted; Brotli takes no more than gzip."""
        return len(self.body) + 2 * len(self.packed or b"") + _ENTRY_BYTES


class TileCache:
    """Keeps tiles under any hashable key; several threads may use it."""

    def __init__(self, most_bytes: int) -> None:
        self._most_bytes = most_bytes
        self._bytes = 0
        self._kept: OrderedDict[Hashable, Tile] = OrderedDict()
        self._lock = Lock()

    def __len__(self) -> int:
        """Count the tiles."""
        return len(self._kept)

    def get(self, key: Hashable) -> Tile | None:
        """Return a tile, None when it is not here or not any more."""
        with self._lock:
            tile = self._kept.get(key)
            if tile is not None:
                self._kept.move_to_end(key)
            return tile

    def put(self, key: Hashable, tile: Tile) -> None:
        """Keep a tile, and let go of the longest unused ones beyond the bound."""
        with self._lock:
            before = self._kept.pop(key, None)
            self._bytes += tile.size - (before.size if before else 0)
            self._kept[key] = tile
            while self._bytes > self._most_bytes:
                _, dropped = self._kept.popitem(last=False)
                self._bytes -= dropped.size
