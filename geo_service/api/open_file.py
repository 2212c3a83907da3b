"""Floor 8: a file that is sent piece by piece, the same one from the first to the last whatever happens to its name."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

_CHUNK = 1 << 18


class OpenFile:
    """A file as it was opened: what is read of it stays the same when another takes its name, or it is deleted.

    It is closed with the last one who holds it, an answer that nobody waits for any more included.
    """

    def __init__(self, path: Path) -> None:
        self._descriptor = -1
        self._descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        known = os.fstat(self._descriptor)
        self.size = known.st_size
        self.entity_tag = f'"{known.st_size:x}-{known.st_mtime_ns:x}"'

    def __del__(self) -> None:
        """Close the file."""
        if self._descriptor >= 0:
            os.close(self._descriptor)

    def read(self, offset: int, length: int) -> bytes:
        """Return bytes of the file."""
        return os.pread(self._descriptor, length, offset)

    def pieces(self, start: int, end: int) -> Iterator[bytes]:
        """Yield the bytes from one place to another.

        Raises
        ------
        OSError
            When the file was cut off meanwhile.
        """
        while start < end:
            piece = self.read(start, min(_CHUNK, end - start))
            if not piece:
                raise OSError("the file was cut off while it was read")
            start += len(piece)
            yield piece
