"""The audit log: what happened, in UTC, and nothing that tells of a person."""

from __future__ import annotations

import json
import logging

import pytest

from geo_service.api.audit import LOGGER
from geo_service.api.tokens import fingerprint

SECRETS = ("Ada", "Bea", "Phone 1", "127.0.0.1")


@pytest.fixture
def lines(caplog):
    """Return a function that gives the lines written so far."""
    caplog.set_level(logging.INFO, logger=LOGGER)
    return lambda: [json.loads(one.getMessage()) for one in caplog.records if one.name == LOGGER]


def test_a_sign_in_and_a_sign_out_are_written(own_desk, lines) -> None:
    link = own_desk.keep_token("planner", "Bea", once=True)
    with own_desk.client() as client:
        client.get("/sign-in", params={"token": link})
        secret = client.cookies["desk_session"]
        client.post("/sign-out", headers={"Sec-Fetch-Site": "same-origin"})
    signed_in, signed_out = lines()
    session = own_desk.store.token(fingerprint(secret))
    assert (signed_in["event"], signed_out["event"]) == ("signed_in", "signed_out")
    assert signed_in["token"] == signed_out["token"] == session.token_id
    assert signed_in["at"] == "2026-11-23T06:00:00.000+00:00"
    assert len(signed_in["from"]) == 8
    written = json.dumps(lines())
    assert not [one for one in (*SECRETS, link, secret) if one in written]


@pytest.mark.parametrize(
    ("visitor", "method", "path", "code", "route"),
    [
        (None, "GET", "/plans", "sign_in_first", "/plans"),
        ("revoked", "GET", "/plans/plan-1", "token_invalid", "/plans/{plan_id}"),
        ("viewer", "POST", "/plans", "role_missing", "/plans"),
        ("own-crew", "GET", "/days/2026-11-24/crews/crew-2", "not_found", "/days/{day}/crews/{crew}"),
    ],
)
def test_a_refusal_is_written_with_the_route_but_not_the_address(
    module_desk, lines, visitor: str | None, method: str, path: str, code: str, route: str
) -> None:
    with module_desk.client(visitor) as client:
        client.request(method, path)
    (line,) = lines()
    assert (line["event"], line["code"], line["method"], line["route"]) == ("refused", code, method, route)
    assert not [one for one in (*SECRETS, *module_desk.secrets.values()) if one in json.dumps(line)]


def test_what_is_allowed_or_not_there_is_not_written(module_desk, lines) -> None:
    with module_desk.client("planner") as client:
        assert client.get("/plans").status_code == 200
        assert client.get("/plans/nothing").status_code == 404
        assert client.get("/nowhere").status_code == 404
    assert lines() == []
