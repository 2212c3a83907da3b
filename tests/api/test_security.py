"""What every answer carries, and how large a request may be."""

from __future__ import annotations

import socket
from urllib.parse import urlsplit

import pytest

from geo_service.api.security import HEADERS, MAX_BODY_BYTES


@pytest.mark.parametrize("path", ["/", "/nowhere", "/plans", "/docs", "/docs/page.css", "/collections/plots/items"])
def test_every_answer_carries_the_headers(anybody, path: str) -> None:
    response = anybody.get(path)
    assert {name: response.headers[name] for name in HEADERS} == HEADERS


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
