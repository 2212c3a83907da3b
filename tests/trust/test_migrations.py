"""Every released schema is brought to the newest with all its rows; killed at any statement, it is at the next start.

Each prefix of `MIGRATIONS` is a released schema: what stands in it is never changed, only added to. The databases are
built by those statements, with rows in every table.
"""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from geo_service.store.schema import MIGRATIONS
from geo_service.store.sqlite import FILE_NAME, SqliteStore
from tests.trust.digests import broken, columns, rows_digest, tables

ROOT = Path(__file__).parents[2]
ROWS = 3
VERSIONS = range(1, len(MIGRATIONS) + 1)


def value_for(db: sqlite3.Connection, table: str, column: sqlite3.Row, number: int) -> object:
    """Return a value that fits a column, another in each row; a reference leads to the row of the same number."""
    if column["name"] == "in_force":
        return int(number == 1)
    for reference in db.execute(f"PRAGMA foreign_key_list({table})"):
        if reference["from"] == column["name"]:
            wanted = reference["to"] or next(row[1] for row in db.execute(f"PRAGMA table_info({reference['table']})"))
            found = db.execute(f"SELECT {wanted} FROM {reference['table']} ORDER BY 1 LIMIT 1 OFFSET ?", (number - 1,))
            return found.fetchone()[0]
    kinds = {"INTEGER": number, "INT": number, "REAL": number + 0.5, "BLOB": bytes([number]) * 40, "": float(number)}
    return kinds.get(column["type"], f"{column['name']} ä {number}")


def built(folder: Path, version: int) -> Path:
    """Build a workspace of a released schema with rows in every table."""
    folder.mkdir(parents=True)
    with closing(sqlite3.connect(folder / FILE_NAME)) as db:
        db.row_factory = sqlite3.Row
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("PRAGMA foreign_keys = ON")
        for statements in MIGRATIONS[:version]:
            for statement in statements:
                db.execute(statement)
        db.execute(f"PRAGMA user_version = {version}")
        waiting = tables(db)
        while waiting:
            table = waiting.pop(0)
            if {row["table"] for row in db.execute(f"PRAGMA foreign_key_list({table})")} & {*waiting}:
                waiting.append(table)  # after those that it refers to
                continue
            made = db.execute("SELECT sql FROM sqlite_schema WHERE name = ?", (table,)).fetchone()[0]
            for number in range(1, 2 if "CHECK (id = 1)" in made else ROWS + 1):
                row = [value_for(db, table, column, number) for column in db.execute(f"PRAGMA table_info({table})")]
                db.execute(f"INSERT INTO {table} VALUES ({', '.join('?' * len(row))})", row)
        db.commit()
    return folder


Kept = dict[str, tuple[list[str], str]]


def kept(path: Path, like: Kept | None = None) -> Kept:
    """Return columns and hash of the rows of each table, or of the tables and columns that another database had."""
    with closing(sqlite3.connect(path)) as db:
        wanted = (
            {name: columns(db, name) for name in tables(db)} if like is None else {n: c for n, (c, _) in like.items()}
        )
        return {name: (of, rows_digest(db, name, of)) for name, of in wanted.items()}


def require_kept(folder: Path, before: Kept) -> None:
    """Open a workspace as the desk does and hold its rows against those before."""
    SqliteStore.open(folder).close()
    path = folder / FILE_NAME
    assert broken(path) == []
    after = kept(path, before)
    assert {name for name in before if before[name] != after[name]} == set()
    with closing(sqlite3.connect(path)) as db:
        assert db.execute("PRAGMA user_version").fetchone()[0] == len(MIGRATIONS)
        for table in tables(db):
            if table not in before:
                assert db.execute(f"SELECT count(*) FROM {table}").fetchone()[0] == 0


@pytest.mark.parametrize("version", VERSIONS)
def test_all_rows_of_a_released_schema_are_kept(version, tmp_path):
    folder = built(tmp_path / "old", version)
    before = kept(folder / FILE_NAME)
    with closing(sqlite3.connect(folder / FILE_NAME)) as db:
        assert all(db.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in before)
    require_kept(folder, before)


@pytest.mark.parametrize("version", VERSIONS)
def test_the_schema_is_the_same_whichever_it_was_before(version, tmp_path):
    SqliteStore.create(tmp_path / "new").close()
    SqliteStore.open(built(tmp_path / "old", version)).close()
    assert schema_of(tmp_path / "old") == schema_of(tmp_path / "new")


def schema_of(folder: Path) -> list[tuple[str, ...]]:
    with closing(sqlite3.connect(folder / FILE_NAME)) as db:
        return sorted(
            db.execute("SELECT type, name, coalesce(sql, '') FROM sqlite_schema WHERE name NOT LIKE 'sqlite%'")
        )


def killed(begun: Path, folder: Path, how: str) -> int:
    """Kill a migration at each statement; return how many statements there were."""
    command = [sys.executable, "-m", "tests.trust.dying_migrations", str(begun), str(folder), how]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    return int(done.stdout)


@pytest.mark.parametrize("version", [0, *VERSIONS[:-1]])
def test_a_migration_killed_at_any_statement_is_done_at_the_next_start(version, quick_folder):
    begun = built(quick_folder / "begun", version)
    before = kept(begun / FILE_NAME)
    statements = killed(begun, quick_folder / "killed", "house")
    assert statements >= sum(len(of) for of in MIGRATIONS[version:]) + 3 * len(MIGRATIONS[version:])
    for nth in range(1, statements + 1):
        require_kept(quick_folder / "killed" / str(nth), before)


def test_a_migration_without_a_transaction_is_found(quick_folder):
    begun = built(quick_folder / "begun", 2)
    before, failed = kept(begun / FILE_NAME), 0
    for nth in range(1, killed(begun, quick_folder / "killed", "careless") + 1):
        try:
            require_kept(quick_folder / "killed" / str(nth), before)
        except sqlite3.OperationalError:
            failed += 1
    assert failed > len(MIGRATIONS[2]) / 2, "the kills hit nothing"


def test_a_row_that_changes_is_found(tmp_path):
    folder = built(tmp_path / "old", 1)
    before = kept(folder / FILE_NAME)
    with closing(sqlite3.connect(folder / FILE_NAME)) as db, db:
        db.execute("UPDATE place SET name = 'x' WHERE rowid = 2")
    with pytest.raises(AssertionError, match="place"):
        require_kept(folder, before)
