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


def test_a_phone_is_enrolled_by_a_code_in_the_terminal(desk, store, now):
    assert desk("access", "enrol", "crew-1", "--link", "http://192.0.2.10:8000", "--label", "blue phone") == 0
    *code, address = desk.text.splitlines()
    secret = re.fullmatch(r"http://192\.0\.2\.10:8000/sign-in\?token=(\S+)", address).group(1)
    assert len(code) > 15
    assert {"█", "▀", "▄"} & set("".join(code))
    secret_session, session = open_session(store, secret, now)
    assert (session.role, session.crew, session.label) == ("crew", "crew-1", "blue phone")
    desk("access", "list")
    short = session.token_id.partition(".")[0][:8]
    assert f"{short}.{session.token_id.partition('.')[2]}" in desk.text
    assert desk("access", "revoke", short) == 0
    assert valid_token(store, secret_session, now) is None


def test_a_session_is_revoked_alone(desk, store, now):
    desk("access", "enrol", "crew-1", "--link", "http://192.0.2.10:8000")
    secret, session = open_session(store, desk.text.split("token=")[1].strip(), now)
    own, _, end = session.token_id.partition(".")
    assert desk("access", "revoke", f"{own[:8]}.{end}") == 0
    assert valid_token(store, secret, now) is None
    assert [one.revoked_at for one in store.tokens() if one.token_id == own] == [None]


@pytest.mark.parametrize(("name", "begins"), [("code.png", b"\x89PNG"), ("code.svg", b"<?xml")])
def test_the_code_is_written_as_a_picture(desk, store, tmp_path, name, begins):
    assert desk("access", "enrol", "crew-1", "--link", "http://192.0.2.10:8000", "-o", tmp_path / name) == 0
    assert (tmp_path / name).read_bytes().startswith(begins)
    assert len(desk.text.splitlines()) == 1


@pytest.mark.parametrize(
    "words",
    [
        ("enrol", "crew-9", "--link", "http://192.0.2.10:8000"),
        ("enrol", "crew-1", "--link", "http://192.0.2.10:8000", "-o", "code.jpg"),
        ("enrol", "crew-1"),
        ("add", "x", "--role", "crew"),
        ("add", "x", "--role", "crew", "--crew", "crew-9"),
        ("add", "x", "--crew", "crew-1"),
        ("add", "x", "--role", "root"),
    ],
)
def test_what_cannot_be_makes_no_key(desk, store, words):
    assert desk("access", *words) == 2
    assert store.tokens() == []


def test_an_unknown_id_is_told(desk, store):
    assert desk("access", "revoke", "nothing") == 2
    assert "access list" in desk.err
