"""Floor 5: SQLite connections: one per thread, durable settings, errors in the house's words."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from geo_service.base.errors import Conflict, FileUnreadable, StoreBusy, StoreError, StoreFull

BUSY_S = 10.0
"""Seconds a writer waits for another one."""


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
        if primary == sqlite3.SQLITE_FULL:
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
        if primary in (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_PERM):
            raise StoreError(
                f"{path} cannot be opened or written ({error})", remedy="check the folder and its permissions"
            ) from error
        raise


class Connections:
    """The connections to one database file, one for each thread that asks."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._here = threading.local()
        self._all: list[sqlite3.Connection] = []
        self._guard = threading.Lock()

    def get(self) -> sqlite3.Connection:
        """Return this thread's connection, opening it when needed."""
        connection: sqlite3.Connection | None = getattr(self._here, "connection", None)
        if connection is None:
            connection = self._open()
            self._here.connection = connection
            with self._guard:
                self._all.append(connection)
        return connection

    def _open(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self._path, timeout=BUSY_S, isolation_level=None, check_same_thread=False)
        connection.row_factory = sqlite3.Row
        # FULL, not NORMAL: with NORMAL a power cut loses writes that were already acknowledged.
        for pragma in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON", "trusted_schema = OFF"):
            connection.execute(f"PRAGMA {pragma}")
        return connection

    def close(self) -> None:
        """Close every connection."""
        with self._guard:
            for connection in self._all:
                connection.close()
            self._all.clear()
        self._here = threading.local()
