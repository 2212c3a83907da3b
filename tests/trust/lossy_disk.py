"""A disk that forgets: SQLite writes to it through an APSW VFS, and when the power fails it keeps some of the writes.

What was synced is kept. Of the writes since the last sync of a file each is kept or forgotten at random, in any order,
and some are kept only in part; a file that was never synced may be gone, a deletion that was not synced may not have
happened. The images that are left are then opened by the store as it is.

The store uses the SQLite of Python's standard library, which knows no VFS of ours: so the writing side runs the store's
own statements and settings through the SQLite that APSW brings. Shown is that the statements and settings of the store
keep their word on such a disk with that SQLite, and that the store's own SQLite recovers what is left. Not shown are
drives that lie about a sync, and differences between the writing code of the two versions.
"""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import apsw

SECTOR = 512


class PowerLost(Exception):
    """The power failed: nothing is written any more."""


@dataclass
class KeptFile:
    """What the disk surely has of a file, and what it has been told since.

    Attributes
    ----------
    surely
        None while the file itself may be gone.
    pending
        Writes as (offset, bytes), truncations as (size, None).
    """

    surely: bytearray | None
    pending: list[tuple[int, bytes | None]] = field(default_factory=list)
    gone: bool = False

    def sync(self) -> None:
        """Keep all of it."""
        kept = self.surely if self.surely is not None else bytearray()
        for offset, data in self.pending:
            _apply(kept, offset, data)
        self.surely, self.pending = kept, []

    def image(self, chance: random.Random) -> bytes | None:
        """Return what is left after the power failed; None when the file is gone."""
        if self.surely is None and (not self.pending or chance.random() < 0.5):
            return None
        left = bytearray(self.surely or b"")
        for offset, data in self.pending:
            if chance.random() < 0.5:
                continue
            torn = data is not None and chance.random() < 0.2
            _apply(left, offset, data[: chance.randrange(len(data) // SECTOR + 1) * SECTOR] if torn else data)
        return bytes(left)


def _apply(content: bytearray, offset: int, data: bytes | None) -> None:
    if data is None:
        del content[offset:]
        return
    if len(content) < offset:
        content.extend(bytes(offset - len(content)))
    content[offset : offset + len(data)] = data


@dataclass
class Disk:
    """The disk of one round.

    Attributes
    ----------
    fails_at
        The power fails at this write, sync or truncation.
    done
        So many there were.
    """

    chance: random.Random
    fails_at: int = 0
    done: int = 0
    files: dict[str, KeptFile] = field(default_factory=dict)

    def tick(self) -> None:
        """Count one operation, or let the power fail."""
        self.done += 1
        if self.failed:
            raise PowerLost

    @property
    def failed(self) -> bool:
        """Whether the power has failed."""
        return 0 < self.fails_at <= self.done

    def leave(self, folder: Path) -> None:
        """Write what is left into another folder."""
        for name, kept in self.files.items():
            image = kept.image(self.chance)
            if image is not None and not (kept.gone and self.chance.random() < 0.5):
                (folder / Path(name).name).write_bytes(image)


class _LossyFile(apsw.VFSFile):
    """A file of a lossy disk; others read it as it is written, through the real one below."""

    def __init__(self, disk: Disk, name: str | apsw.URIFilename, flags: list[int]) -> None:
        self.disk = disk
        path = Path(name.filename() if isinstance(name, apsw.URIFilename) else name)
        there = path.read_bytes() if path.exists() else None
        super().__init__("", name, flags)
        known = disk.files.get(str(path))
        if known is None or known.gone:
            disk.files[str(path)] = KeptFile(None if there is None else bytearray(there))
        self.kept = disk.files[str(path)]

    def xWrite(self, data: bytes, offset: int) -> None:  # noqa: N802  the names are APSW's
        self.disk.tick()
        self.kept.pending.append((offset, bytes(data)))
        super().xWrite(data, offset)

    def xTruncate(self, size: int) -> None:  # noqa: N802
        self.disk.tick()
        self.kept.pending.append((size, None))
        super().xTruncate(size)

    def xSync(self, flags: int) -> None:  # noqa: N802
        self.disk.tick()
        self.kept.sync()


class LossyVfs(apsw.VFS):
    """The files of whichever disk is put in."""

    NAME = "lossy"

    def __init__(self) -> None:
        super().__init__(self.NAME, "")
        self.disk = Disk(random.Random(0))

    def xOpen(self, name: str | apsw.URIFilename | None, flags: list[int]) -> apsw.VFSFile:  # noqa: N802
        if name is None:  # a temporary file, which nobody misses
            return apsw.VFSFile("", name, flags)
        return _LossyFile(self.disk, name, flags)

    def xDelete(self, filename: str, sync_folder: bool) -> None:  # noqa: N802
        self.disk.tick()
        kept = self.disk.files.get(filename)
        if kept is not None and sync_folder:
            del self.disk.files[filename]
        elif kept is not None:
            kept.gone = True
        super().xDelete(filename, False)


class Row:
    """A row as the store knows it from `sqlite3.Row`."""

    def __init__(self, names: tuple[str, ...], values: tuple[Any, ...]) -> None:
        self._names, self._values = names, values

    def __getitem__(self, key: str | int) -> Any:
        return self._values[key if isinstance(key, int) else self._names.index(key)]

    def __iter__(self) -> Iterator[Any]:
        return iter(self._values)

    def keys(self) -> list[str]:
        return list(self._names)


class ApswConnection:
    """As much of `sqlite3.Connection` as the store uses, on APSW; errors come as those of `sqlite3`.

    Parameters
    ----------
    instead
        Settings that are made instead of the store's, by what is asked.
    """

    def __init__(self, path: Path, *, checkpoint_pages: int, instead: dict[str, str]) -> None:
        self._db = apsw.Connection(str(path), vfs=LossyVfs.NAME)
        self._instead = instead
        self._db.wal_autocheckpoint(checkpoint_pages)
        self.row_factory: object = None

    def execute(self, sql: str, values: Iterable[Any] = ()) -> Result:
        """Run a statement to its end."""
        return Result(self._db, self._instead.get(sql, sql), tuple(values))

    def executemany(self, sql: str, values: Iterable[Iterable[Any]]) -> None:
        """Run a statement for each row."""
        for each in values:
            self.execute(sql, each)

    @property
    def in_transaction(self) -> bool:
        """Whether a transaction is open."""
        return bool(self._db.in_transaction)

    def close(self) -> None:
        """Close it, however the disk is."""
        self._db.close(True)


class Result:
    """What a statement gave."""

    def __init__(self, db: apsw.Connection, sql: str, values: tuple[Any, ...]) -> None:
        try:
            cursor = db.cursor()
            cursor.row_trace = lambda at, row: Row(tuple(name for name, _ in at.get_description()), row)
            self._rows: list[Any] = list(cursor.execute(sql, values))
        except apsw.Error as error:
            told = sqlite3.OperationalError(str(error))
            told.sqlite_errorcode = getattr(error, "extendedresult", 1)
            raise told from error
        self.lastrowid, self.rowcount = db.last_insert_rowid(), db.changes()

    def fetchall(self) -> list[Any]:
        """Return all rows."""
        return self._rows

    def fetchone(self) -> Any:
        """Return the first row, or None."""
        return self._rows[0] if self._rows else None

    def __iter__(self) -> Iterator[Any]:
        return iter(self._rows)
