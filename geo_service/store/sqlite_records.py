"""Floor 5: records in SQLite, read and written."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Collection, Iterable

from geo_service.base.errors import Conflict
from geo_service.store.records import Kept, Link, RecordKind, T


class SqliteRecordWriting:
    """Implements `geo_service.store.records.RecordWriting` on one open transaction."""

    _db: sqlite3.Connection
    _note: Callable[[str, Iterable[str]], None]

    def put_record(self, kind: RecordKind[T], record: T, *, expected: int | None = None) -> int:
        """Keep a record or replace the one with its id; return its version."""
        key = kind.key(record)
        version = self._version(kind, key)
        if expected is not None and expected != version:
            raise Conflict(
                f"{kind.name} {key} was changed meanwhile: version {version} is kept, {expected} was seen",
                remedy="read it again and repeat the change",
                code="record_changed",
                kind=kind.name,
                record_id=key,
                kept=version,
                seen=expected,
            )
        self._db.execute(
            "INSERT INTO record VALUES (?, ?, ?, ?) ON CONFLICT (kind, record_id) DO UPDATE SET"
            " version = excluded.version, document = excluded.document",
            (kind.name, key, version + 1, kind.adapter.dump_json(record).decode()),
        )
        self._db.execute("DELETE FROM record_link WHERE kind = ? AND record_id = ?", (kind.name, key))
        self._db.executemany(
            "INSERT OR IGNORE INTO record_link VALUES (?, ?, ?, ?)",
            [(kind.name, key, name, value) for name, value in kind.links(record)],
        )
        self._note(kind.name, [key])
        return version + 1

    def drop_record(self, kind: RecordKind[T], record_id: str) -> None:
        """Delete a record; nothing of it stays but its id in the ledger."""
        self._db.execute("DELETE FROM record WHERE kind = ? AND record_id = ?", (kind.name, record_id))
        self._note(kind.name, [record_id])

    def next_number(self, series: str) -> int:
        """Return the next number of a series: 1, 2, 3 ... without a gap, whatever else fails."""
        row = self._db.execute(
            "INSERT INTO series VALUES (?, 1) ON CONFLICT (name) DO UPDATE SET last = last + 1 RETURNING last",
            (series,),
        ).fetchone()
        return int(row[0])

    def _version(self, kind: RecordKind[T], key: str) -> int:
        row = self._db.execute(
            "SELECT version FROM record WHERE kind = ? AND record_id = ?", (kind.name, key)
        ).fetchone()
        return 0 if row is None else int(row["version"])


class SqliteRecordReads:
    """Implements `geo_service.store.records.RecordReads`."""

    _rows: Callable[..., list[sqlite3.Row]]

    def record(self, kind: RecordKind[T], record_id: str) -> Kept[T] | None:
        """One record by its id."""
        rows = self._rows("SELECT * FROM record WHERE kind = ? AND record_id = ?", kind.name, record_id)
        return _kept(kind, rows[0]) if rows else None

    def records(
        self, kind: RecordKind[T], *, ids: Collection[str] | None = None, link: Link | None = None
    ) -> list[Kept[T]]:
        """Records in order of their ids: all, those with some ids, or those that a link leads to."""
        if link is not None:
            rows = self._rows(
                "SELECT record.* FROM record_link JOIN record USING (kind, record_id)"
                " WHERE kind = ? AND name = ? AND value = ? ORDER BY record_id",
                *(kind.name, *link),
            )
        else:
            rows = self._rows("SELECT * FROM record WHERE kind = ? ORDER BY record_id", kind.name)
        return [_kept(kind, row) for row in rows if ids is None or row["record_id"] in ids]


def _kept(kind: RecordKind[T], row: sqlite3.Row) -> Kept[T]:
    return Kept(kind.adapter.validate_json(row["document"]), row["version"])
