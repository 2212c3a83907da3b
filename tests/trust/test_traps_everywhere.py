"""Trap values in every field that the OpenAPI text tells of, each sent by a role that may: 4xx, never told back raw."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterator

import httpx
import pytest
from fastapi import FastAPI
from pydantic import BaseModel

from geo_service.api.access import roles_for
from geo_service.api.roles import ADMIN, CREW
from tests.api.conftest import ADesk, Door, behind
from tests.trust.traps import Shot, shots, verdict

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def desk(tmp_path_factory) -> Iterator[ADesk]:
    with Door().open() as door, behind(door, tmp_path_factory.mktemp("traps")) as one:
        yield one


def with_fields(document: dict) -> Iterator[tuple[str, int]]:
    """Return every operation with the number of its fields, counted without what makes the shots."""
    for path, ways in document["paths"].items():
        for method, operation in ways.items():
            told = [one for one in operation.get("parameters", ()) if one.get("in", "query") in ("path", "query")]
            yield f"{method.upper()} {path}", len(told) + len(operation.get("requestBody", {}))


def send(client: httpx.Client, shot: Shot) -> tuple[int, str, str]:
    """Send a shot; a server that breaks the connection has failed."""
    address = f"{shot.path}?{shot.query}" if shot.query else shot.path
    try:
        answer = client.request(shot.method, address, content=shot.body or None, headers=shot.headers)
    except (httpx.WriteError, httpx.ReadError, httpx.RemoteProtocolError):
        return (413, "", "") if len(shot.body) > 100_000 else (599, "the connection broke", "")
    return answer.status_code, answer.text, answer.headers.get("content-type", "")


def test_no_trap_works_anywhere(desk):
    with desk.client() as anybody:
        document = anybody.get("/openapi.json").json()
    tried: Counter[str] = Counter()
    wrong = []
    with desk.client("admin") as admin, desk.client("own-crew") as crew:
        for shot in shots(document):
            roles = roles_for(shot.path).get(shot.method.upper(), frozenset({ADMIN}))
            answer = send(admin if ADMIN in roles or CREW not in roles else crew, shot)
            tried[f"{shot.method.upper()} {shot.template}"] += 1
            told = verdict(shot, *answer)
            if told:
                wrong.append(told)
    assert wrong == [], f"{len(wrong)} of {tried.total()}"
    assert {name for name, fields in with_fields(document) if fields} == tried.keys()
    assert desk.started == []


class Naive(BaseModel):
    """What a first draft of an endpoint takes."""

    share: float
    count: int
    name: str


def test_a_plain_endpoint_falls_into_them(tmp_path):
    """The control: an endpoint as it is first written answers 5xx and tells back what it was sent."""
    app = FastAPI()
    database = sqlite3.connect(tmp_path / "plain.db", check_same_thread=False, isolation_level=None)
    database.execute("CREATE TABLE kept (share REAL, count INTEGER, name TEXT)")

    @app.put("/things/{number}")
    def put(number: int, thing: Naive) -> Naive:
        database.execute("INSERT INTO kept VALUES (?, ?, ?)", (thing.share, number + thing.count, thing.name))
        return thing

    door = Door()
    with door.open():
        door.app = app
        with httpx.Client(base_url=door.url, timeout=30) as client:
            wrong = [verdict(shot, *send(client, shot)) for shot in shots(app.openapi())]
    database.close()
    found = [one for one in wrong if one]
    failed = [one for one in found if one.endswith(("-> 500", "-> 599"))]
    for where in (
        "body count: NaN",
        f"body count: {2**64}",
        'body name: "\\ud800',
        "body: b'NaN'",
        "path number: 9999",
    ):
        assert any(where in one for one in failed), (where, found)
    assert any("body share: NaN -> 200" in one for one in found), found
    assert any("as it is" in one for one in found), found
