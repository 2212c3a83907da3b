"""Tokens: made once, found by their fingerprint, valid for a time."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from geo_service.api.tokens import SESSION, mint, open_session, valid_token
from geo_service.base.errors import NotAllowed
from geo_service.store.sqlite import SqliteStore

HOUR = timedelta(hours=1)


@pytest.fixture
def store(tmp_path: Path):
    opened = SqliteStore.create(tmp_path)
    yield opened
    opened.close()


def test_the_store_never_sees_the_secret(store: SqliteStore, now: datetime, tmp_path: Path) -> None:
    secret, token = mint("planner", "Ada", now, HOUR)
    store.put_token(token)
    store.close()
    assert not [file for file in tmp_path.iterdir() if secret.encode() in file.read_bytes()]
    assert len(secret) >= 43


def test_two_tokens_differ(now: datetime) -> None:
    first, second = mint("planner", "Ada", now, HOUR), mint("planner", "Ada", now, HOUR)
    assert first[0] != second[0]
    assert first[1].token_id != second[1].token_id


def test_a_token_is_valid_until_it_expires(store: SqliteStore, now: datetime) -> None:
    secret, token = mint("planner", "Ada", now, HOUR)
    store.put_token(token)
    assert valid_token(store, secret, now + HOUR - timedelta(seconds=1)) == token
    assert valid_token(store, secret, now + HOUR) is None
    assert valid_token(store, secret + "x", now) is None
    assert valid_token(store, "\ud800", now) is None


def test_a_revoked_token_is_not_valid(store: SqliteStore, now: datetime) -> None:
    secret, token = mint("planner", "Ada", now, HOUR)
    store.put_token(replace(token, revoked_at=now))
    assert valid_token(store, secret, now) is None


def test_a_link_opens_one_session_and_nothing_else(store: SqliteStore, now: datetime) -> None:
    secret, link = mint("viewer", "Vic", now, HOUR, once=True)
    store.put_token(link)
    assert valid_token(store, secret, now) is None
    session_secret, session = open_session(store, secret, now)
    assert (session.role, session.label, session.once, session.expires_at) == ("viewer", "Vic", False, now + SESSION)
    assert valid_token(store, session_secret, now) == session
    with pytest.raises(NotAllowed, match="used before"):
        open_session(store, secret, now)


@pytest.mark.parametrize("later", [HOUR, 2 * HOUR])
def test_an_expired_link_opens_nothing(store: SqliteStore, now: datetime, later: timedelta) -> None:
    secret, link = mint("planner", "Ada", now, HOUR, once=True)
    store.put_token(link)
    with pytest.raises(NotAllowed, match="not valid"):
        open_session(store, secret, now + later)


def test_an_ordinary_token_is_no_link(store: SqliteStore, now: datetime) -> None:
    secret, token = mint("planner", "Ada", now, HOUR)
    store.put_token(token)
    with pytest.raises(NotAllowed, match="not valid"):
        open_session(store, secret, now)
