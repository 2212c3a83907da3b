"""What every answer carries, and how large a request may be."""

from __future__ import annotations

import socket
from urllib.parse import urlsplit

import pytest

from geo_service.api.app import create_app
from geo_service.api.desk import Desk
from geo_service.api.security import HEADERS, HSTS, MAX_BODY_BYTES


@pytest.mark.parametrize("path", ["/", "/nowhere", "/plans", "/docs", "/docs/page.css", "/collections/plots/items"])
def test_every_answer_carries_the_headers(anybody, path: str) -> None:
    response = anybody.get(path)
    own = {"Cache-Control": response.headers["cache-control"]}  # an answer may say how long it is good
    assert {name: response.headers[name] for name in HEADERS} == HEADERS | own


def test_what_says_nothing_of_keeping_is_not_kept(planner) -> None:
    assert planner.get("/plans").headers["cache-control"] == "no-store"
    assert planner.get("/nowhere").headers["cache-control"] == "no-store"


def test_the_policies_leave_nothing_open() -> None:
    policy = dict(part.split(" ", 1) for part in HEADERS["Content-Security-Policy"].split("; "))
    assert policy["frame-ancestors"] == policy["object-src"] == policy["base-uri"] == "'none'"
    assert not [name for name, sources in policy.items() if "unsafe" in sources or "*" in sources or "http" in sources]
    assert "microphone=()" in HEADERS["Permissions-Policy"]


def test_no_other_origin_may_read_answers(planner) -> None:
    for method in ("GET", "OPTIONS"):
        response = planner.request(method, "/plans", headers={"Origin": "https://elsewhere.example"})
        assert not [name for name in response.headers if name.startswith("access-control-")]


def test_over_tls_cookies_are_secure_and_browsers_stay_with_it(own_desk, own_door) -> None:
    """Behind a proxy that ends TLS the desk is told its address; over plain HTTP there is no such promise."""
    with own_desk.client() as client:
        assert "strict-transport-security" not in client.get("/healthz").headers
        own_door.app = create_app(
            Desk(own_desk.store, lambda: own_desk.now[0], own_desk.started.append, "https://desk.example")
        )
        link = own_desk.keep_token("planner", "Bea", once=True)
        answer = client.get("/sign-in", params={"token": link})
        assert answer.headers["strict-transport-security"] == HSTS
        name, _, rest = answer.headers["set-cookie"].partition("=")
        assert name == "__Host-desk_session"
        assert {"Secure", "HttpOnly", "SameSite=lax", "Path=/"} <= set(rest.split("; "))
        assert "Domain" not in rest
        secret = rest.partition(";")[0]
        signed_in = client.get("/plans", headers={"Cookie": f"__Host-desk_session={secret}"})
        assert signed_in.status_code == 200
        assert client.get("/plans", headers={"Cookie": f"desk_session={secret}"}).status_code == 401


def test_nothing_is_loaded_from_elsewhere(anybody) -> None:
    for path in ("/", "/docs", "/collections"):
        text = anybody.get(path, headers={"Accept": "text/html"}).text
        assert "<script" not in text
        assert " style=" not in text
        assert 'src="http' not in text
        assert 'rel="stylesheet" href="/docs/page.css"' in text


def test_a_body_at_the_limit_is_read(planner, problem) -> None:
    told = problem(
        planner.post("/plans", content=b" " * MAX_BODY_BYTES, headers={"Content-Type": "application/json"}), 422
    )
    assert told["code"] == "invalid_input"


@pytest.mark.parametrize("size", [MAX_BODY_BYTES + 1, 10_000_000])
def test_a_larger_body_is_refused(planner, problem, size: int) -> None:
    told = problem(planner.post("/plans", content=b"x" * size, headers={"Content-Type": "application/json"}), 413)
    assert told["code"] == "body_too_large"


def test_a_larger_body_in_pieces_is_refused(planner, problem) -> None:
    pieces = (b"x" * 100_000 for _ in range(11))
    problem(planner.post("/plans", content=pieces, headers={"Content-Type": "application/json"}), 413)


def test_a_body_that_is_cut_off_does_no_harm(desk, planner) -> None:
    where = urlsplit(desk.url)
    with socket.create_connection((where.hostname, where.port), timeout=5) as line:
        head = f"POST /plans HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {desk.secrets['planner']}\r\n"
        line.sendall((head + "Content-Type: application/json\r\nContent-Length: 500\r\n\r\n{").encode())
    assert planner.get("/healthz").status_code == 200
    assert desk.started == []
