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
_KEPT_AS = {"gzip": "_gzip", "br": "_brotli"}


@dataclass(frozen=True)
class Tile:
    """The bytes of a tile; packed when first asked for so, which takes as long as making it: call it in a thread."""

    body: bytes

    @property
    def is_worth_packing(self) -> bool:
        """Whether it gets much smaller."""
        return len(self.body) >= GZIP_FROM_BYTES

    def packed(self, packing: str) -> bytes:
        """Return the bytes as they are, or in ``gzip`` or ``br``."""
        return {"": lambda: self.body, "gzip": lambda: self._gzip, "br": lambda: self._brotli}[packing]()

    def has(self, packing: str) -> bool:
        """Whether it takes no work to return it so."""
        return not packing or _KEPT_AS[packing] in self.__dict__

    @cached_property
    def _gzip(self) -> bytes:
        packing = zlib.compressobj(_GZIP_LEVEL, zlib.DEFLATED, _GZIP_FORMAT)
        return packing.compress(self.body) + packing.flush()

    @cached_property
    def _brotli(self) -> bytes:
        packed: bytes = brotli.compress(self.body, quality=_BROTLI_LEVEL)
        return packed

    @property
    def size(self) -> int:
        """Bytes that it takes to keep, with the packings made so far."""
        packings = (self.__dict__.get(name, b"") for name in _KEPT_AS.values())
        return len(self.body) + sum(map(len, packings)) + _ENTRY_BYTES


class TileCache:
    """Keeps tiles under any hashable key; several threads may use it."""

    def __init__(self, most_bytes: int) -> None:
        self._most_bytes = most_bytes
        self._bytes = 0
        self._kept: OrderedDict[Hashable, tuple[Tile, int]] = OrderedDict()
        self._lock = Lock()

    def __len__(self) -> int:
        """Count the tiles."""
        return len(self._kept)

    def get(self, key: Hashable) -> Tile | None:
        """Return a tile, None when it is not here or not any more."""
        with self._lock:
            kept = self._kept.get(key)
            if kept is None:
                return None
            self._kept.move_to_end(key)
            return kept[0]

    def put(self, key: Hashable, tile: Tile) -> None:
        """Keep a tile, and let go of the longest unused ones beyond the bound; again when it was packed meanwhile."""
        size = tile.size
        with self._lock:
            before = self._kept.pop(key, None)
            self._bytes += size - (before[1] if before else 0)
            self._kept[key] = tile, size
            while self._bytes > self._most_bytes:
                _, (_, dropped) = self._kept.popitem(last=False)
                self._bytes -= dropped
