"""Tokens: made once, found by their fingerprint, valid for a time."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from geo_service.api.tokens import CREW_SESSION, SESSION, enrol, mint, open_session, valid_token
from geo_service.base.errors import InputError, NotAllowed, NotFound
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


@pytest.mark.parametrize(
    ("role", "crew"), [("anonymous", ""), ("root", ""), ("", ""), ("crew", ""), ("viewer", "crew-1"), ("admin", "c")]
)
def test_a_key_has_a_role_and_a_crew_where_it_needs_one(now: datetime, role: str, crew: str) -> None:
    with pytest.raises(InputError):
        mint(role, "x", now, HOUR, crew=crew)


def enrolled(store: SqliteStore, now: datetime) -> tuple[str, str]:
    """Keep the link of a crew's phone; return its secret and its id."""
    secret, link = mint("crew", "phone", now, HOUR, once=True, crew="crew-1")
    store.put_token(link)
    return secret, link.token_id


def test_a_phone_has_a_long_session_that_names_its_link_and_its_crew(store: SqliteStore, now: datetime) -> None:
    secret, link_id = enrolled(store, now)
    _, session = open_session(store, secret, now)
    assert (session.role, session.crew, session.expires_at) == ("crew", "crew-1", now + CREW_SESSION)
    assert session.token_id.startswith(f"{link_id}.")


def test_revoking_a_link_revokes_what_it_opened_and_nothing_else(store: SqliteStore, now: datetime) -> None:
    (secret, link_id), (other, _) = enrolled(store, now), enrolled(store, now)
    (mine, _), (theirs, _) = open_session(store, secret, now), open_session(store, other, now)
    assert store.revoke_token(link_id, now)
    assert valid_token(store, mine, now) is None
    assert valid_token(store, theirs, now) is not None
    assert not store.revoke_token(link_id, now)
    assert not store.revoke_token("", now)  # no token has an empty id, and none begins with a dot
    assert valid_token(store, theirs, now) is not None


def test_a_link_that_is_revoked_while_it_is_used_opens_nothing(tmp_path: Path, now: datetime) -> None:
    """Whichever comes first, no session is left."""

    class Late(SqliteStore):
        """Revokes the link between the two steps of signing in, as another process might."""

        def use_token_once(self, token_id: str, at: datetime) -> bool:
            used = super().use_token_once(token_id, at)
            self.revoke_token(token_id, at)
            return used

    SqliteStore.create(tmp_path).close()
    store = Late.open(tmp_path)
    secret, _ = enrolled(store, now)
    with pytest.raises(NotAllowed, match="not valid"):
        open_session(store, secret, now)
    assert {one.revoked_at for one in store.tokens()} == {now}
    assert len(store.tokens()) == 2
    store.close()


def test_a_crew_that_is_not_there_is_not_enrolled(store: SqliteStore, now: datetime) -> None:
    with pytest.raises(NotFound, match="no crew crew-9"):
        enrol(store, "crew-9", "", now)
    assert store.tokens() == []
