"""Floor 5: a copy of the database as it stood at one moment, made while others write; and whether a copy is whole."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from geo_service.base.errors import FileUnreadable, SchemaTooNew
from geo_service.base.progress import OnProgress, Progress, silent
from geo_service.store.connection import connect, in_house_words
from geo_service.store.schema import MIGRATIONS

LEFT_OUT = ("token",)
"""Tables whose rows are not copied: a copy opens no desk, and keys that are revoked later do not come back with it."""

STEP_PAGES = 256


@dataclass(frozen=True)
class Snapshot:
    """What a copy of a database holds.

    Attributes
    ----------
    schema
        Version of its tables.
    revision
        The last change in it.
    digest
        SHA-256 of all its rows, whatever their order.
    photos
        Hashes of the photos whose rows are in it.
    """

    schema: int
    revision: int
    digest: str
    photos: frozenset[str] = field(default=frozenset(), compare=False)


def copy_database(source: Path, target: Path, *, on_progress: OnProgress = silent) -> Snapshot:
    """Copy a database as it stands now, without the rows of `LEFT_OUT`; writers go on meanwhile.

    Raises
    ------
    SchemaTooNew
        When a newer version of this program wrote it.
    FileUnreadable
        When it is damaged.
    """
    with in_house_words(source), closing(connect(source)) as live, closing(connect(target)) as copy:
        with _one_moment(live):
            seen = look(live, source)

            def tell(status: int, remaining: int, total: int) -> None:
                on_progress(Progress("copying the database", total - remaining, total))

            live.backup(copy, pages=STEP_PAGES, progress=tell)
        copy.execute("PRAGMA journal_mode = DELETE")
        copy.execute("PRAGMA secure_delete = ON")
        kept = {name for name, _ in _tables(copy)}
        for table in LEFT_OUT:
            if table in kept:
                copy.execute(f"DELETE FROM {table}")  # noqa: S608
        copy.execute("VACUUM")
    require_whole(target, seen)
    return seen


def require_whole(path: Path, expected: Snapshot) -> None:
    """Check a copy: SQLite finds it whole, no reference leads nowhere, and it holds what was copied.

    Raises
    ------
    FileUnreadable
        When it is not.
    """
    with in_house_words(path), closing(connect(path)) as db:
        found = [str(row[0]) for row in db.execute("PRAGMA integrity_check") if row[0] != "ok"]
        found += [f"a row of {row[0]} refers to nothing" for row in db.execute("PRAGMA foreign_key_check")]
        if not found and look(db, path) != expected:
            found = ["it does not hold what was copied"]
    if found:
        raise FileUnreadable(f"{path.name} is damaged: {found[0]}", remedy="take another backup")


def look(db: sqlite3.Connection, path: Path) -> Snapshot:
    """Return what a database holds.

    Raises
    ------
    SchemaTooNew
        When a newer version of this program wrote it.
    """
    schema: int = db.execute("PRAGMA user_version").fetchone()[0]
    if schema > len(MIGRATIONS):
        raise SchemaTooNew(
            f"{path} has schema {schema}, this program knows {len(MIGRATIONS)}",
            remedy="update geo-service on this machine",
            found=schema,
            known=len(MIGRATIONS),
        )
    tables = _tables(db)
    digest = hashlib.sha256()
    for name, columns in tables:
        if name in LEFT_OUT:
            continue
        digest.update(f"{name}({columns})".encode())
        rows = db.execute(f"SELECT {columns} FROM {name}")  # noqa: S608
        for row in sorted(hashlib.sha256(repr(tuple(row)).encode()).digest() for row in rows):
            digest.update(row)
    known = {name for name, _ in tables}
    photos = [row[0] for row in db.execute("SELECT sha256 FROM photo")] if "photo" in known else []
    revision = db.execute("SELECT coalesce(max(revision), 0) FROM revision").fetchone()[0] if "revision" in known else 0
    return Snapshot(schema, revision, digest.hexdigest(), frozenset(photos))


def _tables(db: sqlite3.Connection) -> list[tuple[str, str]]:
    """Return the tables that hold data, with their columns; what SQLite keeps for itself is left out."""
    rows = db.execute(
        "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type IN ('table', 'virtual')"
        " AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY name"
    ).fetchall()
    return [(name, ", ".join(row[1] for row in db.execute(f"PRAGMA table_info({name})"))) for (name,) in rows]


@contextmanager
def _one_moment(db: sqlite3.Connection) -> Iterator[None]:
    """See one state of the database, whatever others write."""
    db.execute("BEGIN")
    try:
        db.execute("SELECT count(*) FROM sqlite_schema").fetchone()  # only a read fixes the moment
        yield
    finally:
        db.execute("ROLLBACK")
