"""What a database holds, as one hash for each table: read past the store, with SQL of its own."""

from __future__ import annotations

import hashlib
import re
import sqlite3
from collections.abc import Collection
from contextlib import closing
from pathlib import Path

_SECONDS = re.compile(r'"seconds":[-+0-9.e]+')
"""How long a search took is in the figures of a plan, and never the same twice."""


def tables(db: sqlite3.Connection) -> list[str]:
    """Return the names of the tables that hold data, shadows of virtual ones left out."""
    rows = db.execute("SELECT name FROM pragma_table_list WHERE schema = 'main' AND type IN ('table', 'virtual')")
    return sorted(name for (name,) in rows if not name.startswith("sqlite_"))


def columns(db: sqlite3.Connection, table: str) -> list[str]:
    """Return the columns of a table in their order."""
    return [row[1] for row in db.execute(f"PRAGMA table_info({table})")]


def rows_digest(db: sqlite3.Connection, table: str, wanted: list[str]) -> str:
    """Return the hash of all rows of a table in some of its columns, whatever their order."""
    found = sorted(repr(tuple(map(_short, row))) for row in db.execute(f"SELECT {', '.join(wanted)} FROM {table}"))
    text = "\n".join(found)
    return hashlib.sha256((_SECONDS.sub("", text) if table == "plan" else text).encode()).hexdigest()


def _short(value: object) -> object:
    return hashlib.sha256(value).hexdigest() if isinstance(value, bytes) else value


def digest(path: Path, without: Collection[str] = ()) -> dict[str, str]:
    """Return the hash of each table of a database file."""
    with closing(sqlite3.connect(path)) as db:
        return {name: rows_digest(db, name, columns(db, name)) for name in tables(db) if name not in without}


def differing(one: dict[str, str], other: dict[str, str]) -> set[str]:
    """Return the tables in which two digests differ."""
    return {name for name in one.keys() | other.keys() if one.get(name) != other.get(name)}


def broken(path: Path) -> list[str]:
    """Return what SQLite finds wrong with a database file; nothing when it is whole."""
    with closing(sqlite3.connect(path)) as db:
        found = [row[0] for row in db.execute("PRAGMA integrity_check") if row[0] != "ok"]
        return found + [f"foreign key: {tuple(row)}" for row in db.execute("PRAGMA foreign_key_check")]
