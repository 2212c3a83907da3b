"""Keys to the desk: made, listed, revoked; a link for a phone works once."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from geo_service.api.tokens import fingerprint, open_session, valid_token
from geo_service.base.errors import NotAllowed
from geo_service.store.sqlite import SqliteStore


@pytest.fixture
def store(desk):
    assert desk("init") == 0
    opened = SqliteStore.open(desk.workspace)
    yield opened
    opened.close()


def test_a_key_is_shown_once_and_only_its_hash_is_kept(desk, store, now):
    assert desk("access", "add", "QGIS", "--role", "planner") == 0
    secret = desk.text.strip()
    token = valid_token(store, secret, now)
    assert (token.role, token.label, token.once) == ("planner", "QGIS", False)
    assert secret.encode() not in (desk.workspace / "desk.sqlite").read_bytes()
    assert valid_token(store, secret, now + timedelta(days=91)) is None


def test_a_key_is_listed_and_revoked_at_once(desk, store, now):
    desk("access", "add", "QGIS")
    secret = desk.text.strip()
    desk("access", "list")
    assert "viewer" in desk.text
    assert secret not in desk.text
    token_id = store.token(fingerprint(secret)).token_id
    assert desk("access", "revoke", token_id[:8]) == 0
    assert valid_token(store, secret, now) is None


def test_a_link_signs_one_browser_in_once_and_is_no_key(desk, store, now):
    assert desk("access", "add", "phone", "--link", "http://192.0.2.10:8000/") == 0
    secret = re.fullmatch(r"http://192\.0\.2\.10:8000/sign-in\?token=(\S+)\n", desk.text).group(1)
    assert valid_token(store, secret, now) is None
    _, session = open_session(store, secret, now)
    assert session.role == "viewer"
    with pytest.raises(NotAllowed):
        open_session(store, secret, now)


def test_an_unknown_id_is_told(desk, store):
    assert desk("access", "revoke", "nothing") == 2
    assert "access list" in desk.err
