"""Floor 5: SQLite connections: one per thread, durable settings, errors in the house's words."""

from __future__ import annotations

import shutil
import sqlite3
import threading
import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from geo_service.base.errors import Conflict, FileUnreadable, StoreBusy, StoreError, StoreFull

BUSY_S = 10.0
"""Seconds a writer waits for another one."""

Connect = Callable[[Path], sqlite3.Connection]
"""Opens a database file."""


_WRITE_FAILURES = (sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN)
"""What SQLite says, too, when a file beside the database cannot be made or grow."""

_NO_ROOM_BYTES = 1 << 16


def _is_full(path: Path) -> bool:
    """Tell whether the disk has no room for the files that SQLite keeps beside a database."""
    try:
        return shutil.disk_usage(path.parent).free < _NO_ROOM_BYTES
    except OSError:
        return False


@contextmanager
def in_house_words(path: Path) -> Iterator[None]:
    """Turn what SQLite raises into the errors of this house."""
    try:
        yield
    except sqlite3.IntegrityError as error:
        raise Conflict(
            f"the data contradict what is kept ({error})", remedy="look for two rows with the same code or id"
        ) from error
    except sqlite3.DatabaseError as error:
        primary = getattr(error, "sqlite_errorcode", 0) & 0xFF
        if primary == sqlite3.SQLITE_FULL or (primary in _WRITE_FAILURES and _is_full(path)):
            raise StoreFull(
                f"the disk that holds {path.name} is full", remedy="free some space and try again"
            ) from error
        if primary in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
            raise StoreBusy(
                f"{path.name} was locked by another writer for more than {BUSY_S:.0f} s", remedy="try again in a moment"
            ) from error
        if primary in (sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT):
            raise FileUnreadable(
                f"{path} is no workspace database or is damaged ({error})", remedy="restore it from a backup"
            ) from error
        if primary in (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM, *_WRITE_FAILURES):
            raise StoreError(
                f"{path} cannot be opened or written ({error})", remedy="check the folder and its permissions"
            ) from error
        raise


def connect(path: Path) -> sqlite3.Connection:
    """Open a database file as it is; `Connections` makes the settings."""
    return sqlite3.connect(path, timeout=BUSY_S, isolation_level=None, check_same_thread=False)


class _Held:
    """A connection that is closed when its thread has ended or when the store is closed, whichever comes first."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.connection = connection
        self.close = weakref.finalize(self, connection.close)


class Connections:
    """The connections to one database file, one for each thread that asks.

    Parameters
    ----------
    connect
        Opens the file; the seam at which tests let disks fail.
    """

    def __init__(self, path: Path, connect: Connect = connect) -> None:
        self._path = path
        self._connect = connect
        self._here = threading.local()
        self._all: weakref.WeakSet[_Held] = weakref.WeakSet()
        self._guard = threading.Lock()

    def get(self) -> sqlite3.Connection:
        """Return this thread's connection, opening it when needed."""
        held: _Held | None = getattr(self._here, "held", None)
        if held is None:
            held = _Held(self._open())
            self._here.held = held
            with self._guard:
                self._all.add(held)
        return held.connection

    def _open(self) -> sqlite3.Connection:
        connection = self._connect(self._path)
        try:
            connection.row_factory = sqlite3.Row
            # FULL, not NORMAL: with NORMAL a power cut loses writes that were already acknowledged.
            for pragma in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON", "trusted_schema = OFF"):
                connection.execute(f"PRAGMA {pragma}")
        except BaseException:
            connection.close()
            raise
        return connection

    @contextmanager
    def transaction(self, begin: str = "BEGIN IMMEDIATE") -> Iterator[sqlite3.Connection]:
        """Begin on this thread's connection and commit at the end of the block; undo everything when it raises."""
        db = self.get()
        outer = db.in_transaction
        try:
            db.execute(begin)
            yield db
            db.execute("COMMIT")
        except BaseException:
            if not outer:
                self._undo(db)
            raise

    def _undo(self, db: sqlite3.Connection) -> None:
        try:
            if db.in_transaction:
                db.execute("ROLLBACK")
        except sqlite3.Error:  # closing undoes, too, and the next write opens anew
            self._here.held.close()
            del self._here.held

    def close(self) -> None:
        """Close every connection."""
        with self._guard:
            for held in list(self._all):
                held.close()
            self._all.clear()
        self._here = threading.local()
