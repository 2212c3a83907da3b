"""HEAD and OPTIONS of every address."""

from __future__ import annotations

import pytest

from geo_service.store.model import RunStatus

PATHS = ["/", "/docs", "/docs/page.css", "/openapi.json", "/collections/plots/items", "/plans", "/days/2026-11-24.pdf"]


@pytest.mark.parametrize("path", PATHS)
def test_head_tells_what_get_would(planner, path: str) -> None:
    whole, head = planner.get(path), planner.head(path)
    assert (head.status_code, head.content) == (200, b"")
    for name in ("content-type", "content-length", "etag", "content-security-policy"):
        assert head.headers.get(name) == whole.headers.get(name)


def test_head_is_refused_as_get_is(anybody, planner) -> None:
    for client, path, status in (
        (anybody, "/plans", 401),
        (planner, "/nowhere", 404),
        (planner, "/collections/plots/items?limit=0", 400),
    ):
        response = client.head(path)
        assert (response.status_code, response.content) == (status, b"")
        assert response.headers["content-type"] == "application/problem+json"


def test_head_does_not_wait_for_a_stream_to_end(own_desk) -> None:
    with own_desk.client("planner") as client:
        run = client.post("/plans", json={"from": "2026-11-24", "days": 2}).json()["id"]
        response = client.head(f"/plans/{run}/progress")
        assert (response.status_code, response.content) == (200, b"")
        assert response.headers["content-type"].startswith("text/event-stream")
    assert own_desk.store.run(run).status is RunStatus.QUEUED


def test_looking_at_a_sign_in_link_does_not_use_it_up(own_desk) -> None:
    secret = own_desk.keep_token("planner", "link", once=True)
    with own_desk.client() as client:
        assert client.head("/sign-in", params={"token": secret}).status_code == 405
        assert client.get("/sign-in", params={"token": secret}).status_code == 303


@pytest.mark.parametrize(
    ("path", "allowed"),
    [
        ("/collections/plots/items", "GET, HEAD, OPTIONS, POST"),
        ("/collections/streets/items", "GET, HEAD, OPTIONS"),
        ("/plans", "GET, HEAD, OPTIONS, POST"),
        ("/sign-out", "OPTIONS, POST"),
    ],
)
def test_options_and_a_wrong_method_tell_what_may_be_asked(planner, problem, path: str, allowed: str) -> None:
    told = planner.options(path)
    assert (told.status_code, told.content, told.headers["allow"]) == (204, b"", allowed)
    assert not any(name.startswith("access-control-") for name in told.headers)
    wrong = planner.patch(path)
    problem(wrong, 405)
    assert wrong.headers["allow"] == allowed


def test_options_of_what_is_not_there(anybody, problem) -> None:
    problem(anybody.options("/nowhere"), 404)
