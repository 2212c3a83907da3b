"""What only the SQLite store does: durable settings, migrations, errors in the house's words."""

from __future__ import annotations

import os
import sqlite3
import threading
from pathlib import Path

import pytest

from geo_service.base.errors import FileUnreadable, NotReady, SchemaTooNew, StoreBusy, StoreError, StoreFull
from geo_service.store import connection
from geo_service.store.model import Place, PlaceKind
from geo_service.store.schema import MIGRATIONS, migrate
from geo_service.store.sqlite import FILE_NAME, SqliteStore


@pytest.fixture
def folder(tmp_path):
    """Return a workspace folder with an empty database."""
    SqliteStore.create(tmp_path / "workspace").close()
    return tmp_path / "workspace"


def test_it_writes_through_to_the_disk(folder):
    store = SqliteStore.open(folder)
    db = store._connections.get()
    assert db.execute("PRAGMA synchronous").fetchone()[0] == 2
    assert db.execute("PRAGMA journal_mode").fetchone()[0] == "wal"
    assert db.execute("PRAGMA foreign_keys").fetchone()[0] == 1
    store.close()


def test_opening_nothing_says_how_to_begin(tmp_path):
    with pytest.raises(NotReady, match="no workspace") as caught:
        SqliteStore.open(tmp_path)
    assert "geo-service init" in caught.value.remedy


def test_a_file_in_the_folders_place_is_named(tmp_path):
    (tmp_path / "desk").write_text("a file")
    with pytest.raises(StoreError, match=r"desk cannot be made \(File exists\)") as caught:
        SqliteStore.create(tmp_path / "desk")
    assert "another folder" in caught.value.remedy


def test_a_newer_schema_is_left_alone(folder):
    with sqlite3.connect(folder / FILE_NAME) as db:
        db.execute(f"PRAGMA user_version = {len(MIGRATIONS) + 1}")
    db.close()
    with pytest.raises(SchemaTooNew):
        SqliteStore.open(folder)


def test_something_else_by_that_name_is_named(folder):
    (folder / FILE_NAME).write_bytes(b"this is no database at all" * 100)
    for side in ("-wal", "-shm"):
        (folder / (FILE_NAME + side)).unlink(missing_ok=True)
    with pytest.raises(FileUnreadable, match="no workspace database"):
        SqliteStore.open(folder)


def test_a_migration_that_fails_leaves_the_version_before(tmp_path, monkeypatch):
    db = sqlite3.connect(tmp_path / "x.sqlite", isolation_level=None)
    monkeypatch.setattr(
        "geo_service.store.schema.MIGRATIONS", (*MIGRATIONS, ("CREATE TABLE half (a)", "CREATE NONSENSE"))
    )
    with pytest.raises(sqlite3.OperationalError):
        migrate(db)
    assert db.execute("PRAGMA user_version").fetchone()[0] == len(MIGRATIONS)
    assert db.execute("SELECT count(*) FROM sqlite_master WHERE name = 'half'").fetchone()[0] == 0
    db.close()


def test_places_of_an_older_workspace_are_no_facilities(tmp_path):
    with sqlite3.connect(tmp_path / FILE_NAME) as db:
        for statement in MIGRATIONS[0]:
            db.execute(statement)
        db.execute("PRAGMA user_version = 1")
        db.execute("INSERT INTO place VALUES ('tip-1', 'tip', 'Wertstoffhof', '', 12.3, 51.3)")
    db.close()
    store = SqliteStore.open(tmp_path)
    assert store.places() == [Place("tip-1", PlaceKind.TIP, "Wertstoffhof", "", 12.3, 51.3)]
    assert not store.places()[0].is_facility
    store.close()


def test_data_survive_closing(folder, plots, now):
    store = SqliteStore.open(folder)
    with store.change(author="a", reason="b", at=now) as tx:
        tx.put_plots(plots)
    store.close()
    again = SqliteStore.open(folder)
    assert again.plots() == plots
    again.close()


def test_a_full_disk_is_told_and_changes_nothing(folder, plots, now):
    store = SqliteStore.open(folder)
    db = store._connections.get()
    db.execute(f"PRAGMA max_page_count = {db.execute('PRAGMA page_count').fetchone()[0]}")

    def write() -> None:
        with store.change(author="a", reason="b", at=now) as tx:
            for _ in range(200):
                tx.put_plots(plots)

    with pytest.raises(StoreFull):
        write()
    assert (store.plots(), store.revision()) == ([], 0)
    db.execute("PRAGMA max_page_count = 100000")
    write()
    assert store.plots() == plots
    store.close()


def test_a_locked_workspace_is_told(folder, plots, now, monkeypatch):
    monkeypatch.setattr(connection, "BUSY_S", 0.05)
    holder, waiting = SqliteStore.open(folder), SqliteStore.open(folder)
    with holder.change(author="a", reason="b", at=now) as tx:
        tx.put_plots(plots)
        with pytest.raises(StoreBusy), waiting.change(author="c", reason="d", at=now):
            pass
    assert waiting.plots() == plots
    holder.close()
    waiting.close()


def test_threads_may_share_it(folder, plots, now):
    store = SqliteStore.open(folder)
    seen: list[int] = []

    def write(number: int) -> None:
        with store.change(author=f"t{number}", reason="b", at=now) as tx:
            tx.put_plots([plots[number % 2]])
        seen.append(len(store.plots()))

    threads = [threading.Thread(target=write, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(seen), store.revision(), store.plots()) == (8, 8, plots)
    store.close()


def _handles(path) -> int:
    here = str(path)
    return sum(os.path.realpath(one) == here for one in Path("/proc/self/fd").iterdir())


def test_a_thread_that_has_ended_holds_no_file(folder):
    store = SqliteStore.open(folder)
    for _ in range(40):
        thread = threading.Thread(target=store.revision)
        thread.start()
        thread.join()
    assert _handles(folder / FILE_NAME) <= 2  # SQLite keeps one handle for the next who opens, not forty
    store.close()
    assert _handles(folder / FILE_NAME) == 0


def test_closing_closes_the_connections_of_threads_that_live_on(folder):
    store, asked, closed = SqliteStore.open(folder), threading.Event(), threading.Event()

    def live() -> None:
        store.revision()
        asked.set()
        closed.wait(20)

    thread = threading.Thread(target=live)
    thread.start()
    assert asked.wait(20)
    assert _handles(folder / FILE_NAME) == 2
    store.close()
    assert _handles(folder / FILE_NAME) == 0
    closed.set()
    thread.join()


class _NoWayBack(sqlite3.Connection):
    """A connection on which everything fails from the first commit on, undoing too."""

    broken = False

    def execute(self, sql, *values):
        if sql == "COMMIT":
            self.broken = True
        if self.broken:
            raise sqlite3.OperationalError("disk I/O error")
        return super().execute(sql, *values)


def test_a_connection_that_cannot_undo_is_given_up(folder, plots, now):
    opened = iter([_NoWayBack, sqlite3.Connection])

    def connect(path):
        return sqlite3.connect(path, isolation_level=None, check_same_thread=False, factory=next(opened))

    SqliteStore.open(folder).close()
    store = SqliteStore(folder / FILE_NAME, connect)

    def write() -> None:
        with store.change(author="a", reason="b", at=now) as tx:
            tx.put_plots(plots)

    with pytest.raises(sqlite3.OperationalError):
        write()
    assert (store.revision(), store.plots()) == (0, [])
    write()
    assert (store.revision(), store.plots()) == (1, plots)
    store.close()


def test_a_change_within_a_change_leaves_the_outer_one_whole(folder, plots, now):
    store = SqliteStore.open(folder)
    with store.change(author="a", reason="outer", at=now) as tx:
        tx.put_plots(plots[:1])
        inner = store.change(author="a", reason="inner", at=now)
        with pytest.raises(sqlite3.OperationalError, match="within a transaction"), inner:
            pass
        tx.put_plots(plots[1:])
    assert (store.revision(), store.plots()) == (1, plots)
    store.close()
