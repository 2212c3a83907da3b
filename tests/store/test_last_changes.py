"""The newest change of each thing, by its key."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from geo_service.store.model import VisitLock
from geo_service.store.sqlite import SqliteStore

AT = datetime(2026, 11, 23, 6, tzinfo=UTC)


@pytest.fixture
def store(tmp_path):
    with_locks = SqliteStore.create(tmp_path / "workspace")
    for minute, visits in enumerate((("a", "b"), ("b",), ("c",))):
        with with_locks.change(author=f"author {minute}", reason="tests", at=AT + timedelta(minutes=minute)) as tx:
            for visit in visits:
                tx.put_lock(VisitLock(visit, "crew-1", date(2026, 11, 24), "", "Ada", AT))
    yield with_locks
    with_locks.close()


def test_each_key_has_its_newest_change(store):
    told = store.last_changes("lock")
    first = told["a"].revision
    assert {key: one.revision - first for key, one in told.items()} == {"a": 0, "b": 1, "c": 2}
    assert (told["b"].author, told["b"].at, told["b"].what, told["b"].key) == (
        *("author 1", AT + timedelta(minutes=1)),
        *("lock", "b"),
    )


def test_other_kinds_are_left_out(store):
    assert store.last_changes("plot") == {}
    assert "a" not in store.last_changes("setting")


def test_taking_something_back_is_a_change_too(store):
    with store.change(author="tests", reason="tests", at=AT + timedelta(hours=1)) as tx:
        tx.drop_locks(["a"])
    told = store.last_changes("lock")
    assert told["a"].revision == store.revision() == max(one.revision for one in told.values())
