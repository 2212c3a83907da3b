"""Requests made from the OpenAPI text by schemathesis, sent by every kind of visitor: no 5xx, no status untold."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any
from urllib.parse import unquote, urlencode

import hypothesis
import pytest
import requests
import schemathesis
from fastapi import FastAPI, Response
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from pydantic import BaseModel
from schemathesis import APIOperation, Case, GenerationMode
from schemathesis.transport.serialization import Binary

from geo_service.api.access import roles_for
from geo_service.api.roles import ANONYMOUS
from tests.api.conftest import ADesk, Door, behind
from tests.api.test_access import FILLED

pytestmark = pytest.mark.slow

VISITORS = ("anonymous", "viewer", "own-crew", "analyst", "moderator", "planner", "admin")
LONGEST_QUERY = 60_000
"""Servers close the connection on addresses beyond 64 KiB before anybody has read them."""

ON_CHANGE, ON_RELEASE = 5, 10_000
"""Requests for each operation, shared among the visitors. Making them takes longer than answering them."""


@schemathesis.serializer("application/offset+octet-stream", "image/jpeg", "image/png", "image/webp")
def as_they_are(_: object, value: Any) -> bytes:
    """Send bytes as they are, and what else the text lets one think of as JSON."""
    if isinstance(value, Binary):
        return value.data
    if isinstance(value, bytes):
        return value
    return value.encode("utf-8", "surrogatepass") if isinstance(value, str) else json.dumps(value).encode()


@pytest.fixture(scope="module")
def desk(tmp_path_factory) -> Iterator[ADesk]:
    with Door().open() as door, behind(door, tmp_path_factory.mktemp("fuzz")) as one:
        yield one


def operations(document: dict[str, Any]) -> list[APIOperation]:
    return [found.ok() for found in schemathesis.openapi.from_dict(document).get_all_operations()]


def requests_of(operation: APIOperation) -> st.SearchStrategy[tuple[Case, bool]]:
    """Return requests that fit the text and such that do not, with made-up things in the address or things there."""
    modes = [operation.as_strategy(generation_mode=mode) for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)]
    fitting = [one for one in modes if not one.is_empty]
    return st.tuples(st.one_of(*fitting), st.booleans())


def told(operation: APIOperation) -> set[str]:
    """Return the statuses that the text names; ``default`` would excuse every one."""
    return {code for code in operation.definition.raw["responses"] if code != "default"}


Send = Callable[[Case], requests.Response]


def wrong_answers(
    operation: APIOperation, senders: dict[str, Send], count: int, seed: int, fates: Counter[str]
) -> list[str]:
    """Send so many requests of an operation, each by one of the senders; return the first answer that is wrong."""
    found: list[str] = []
    known = told(operation)

    @hypothesis.seed(seed)
    @settings(
        max_examples=count,
        deadline=None,
        database=None,
        phases=(Phase.generate,),
        suppress_health_check=list(HealthCheck),
        report_multiple_bugs=False,
    )
    @hypothesis.given(requests_of(operation), st.sampled_from(sorted(senders)))
    def run(asked: tuple[Case, bool], visitor: str) -> None:
        case, there = asked
        hypothesis.assume(len(urlencode(case.query or {}, doseq=True, errors="replace")) < LONGEST_QUERY)
        if there and case.path_parameters:
            real = {name: FILLED.get(f"{{{name}}}", value) for name, value in case.path_parameters.items()}
            case.path_parameters = {name: unquote(str(value)) for name, value in real.items()}
        answer = senders[visitor](case)
        fates[f"{answer.status_code // 100}xx"] += 1
        if answer.status_code >= 500 or str(answer.status_code) not in known:
            found.append(f"{operation.label} -> {answer.status_code}, {visitor}: {case.as_curl_command()[:600]}")
            assert not found

    with suppress(AssertionError):
        run()
    return found[:1]


def sender(base_url: str, secret: str | None) -> Send:
    """Return what sends a request; a broken connection is an answer of its own."""
    link = requests.Session()
    heads = {"Authorization": f"Bearer {secret}"} if secret else {}

    def send(case: Case) -> requests.Response:
        answer = requests.Response()
        try:
            kept = case.call(base_url=base_url, session=link, headers=heads, timeout=20, allow_redirects=False)
        except (requests.ConnectionError, requests.exceptions.ChunkedEncodingError):
            answer.status_code = 599
            return answer
        answer.status_code = kept.status_code
        return answer

    return send


def secret_of(desk: ADesk, visitor: str) -> str | None:
    """Make a key for a visitor: one for each operation, for signing out ends it."""
    if visitor == ANONYMOUS:
        return None
    role, more = ("crew", {"crew": "crew-1"}) if visitor == "own-crew" else (visitor, {})
    return desk.keep_token(role, f"fuzz {visitor}", **more)


def test_no_request_of_any_visitor_breaks_the_api(desk, seed, how_many):
    with desk.client() as anybody:
        document = anybody.get("/openapi.json").json()
    found, fates = [], Counter[str]()
    for operation in operations(document):
        senders = {one: sender(desk.url, secret_of(desk, one)) for one in VISITORS}
        found += wrong_answers(operation, senders, how_many(ON_CHANGE, ON_RELEASE), seed, fates)
    print(f"seed {seed}: {fates.total()} requests, {dict(fates)}")
    assert found == [], "\n".join([f"seed {seed}", *found])
    assert min(fates["2xx"], fates["4xx"]) > fates.total() // 50, f"one-sided: {fates}"


def test_every_operation_can_refuse(desk):
    """Where a role may not, the text must say 401; so a status untold is seen."""
    with desk.client() as anybody:
        document = anybody.get("/openapi.json").json()
    for operation in operations(document):
        roles = roles_for(re.sub(r"\{(\w+)\}", lambda hole: FILLED.get(hole[0], "a"), operation.path))
        if ANONYMOUS not in roles.get(operation.method.upper(), {ANONYMOUS}):
            assert "401" in told(operation), operation.label


class Order(BaseModel):
    """What a first draft of an endpoint takes."""

    count: int


def test_a_first_draft_is_found_out(seed):
    """The control: an endpoint that divides by what it is sent, and one that answers what nobody was told."""
    app = FastAPI()

    @app.post("/shares")
    def share(order: Order) -> int:
        return 100 // (order.count % 3)

    @app.get("/teapot")
    def teapot() -> Response:
        return Response(status_code=418)

    door = Door()
    with door.open():
        door.app = app
        senders, fates = {"anybody": sender(door.url, None)}, Counter[str]()
        found = [wrong for one in operations(app.openapi()) for wrong in wrong_answers(one, senders, 50, seed, fates)]
    assert [wrong.partition(",")[0] for wrong in found] in (
        ["POST /shares -> 500", "GET /teapot -> 418"],
        ["POST /shares -> 599", "GET /teapot -> 418"],
    )
