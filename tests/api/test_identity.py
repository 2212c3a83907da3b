"""Who asks: Bearer, Basic, cookie; signing in and out; changes that another site may have caused."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta

import httpx
import pytest

from geo_service.api.identity import SESSION_COOKIE
from geo_service.api.tokens import fingerprint


def basic(user: str, password: str) -> dict[str, str]:
    return {"Authorization": "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()}


@contextmanager
def signed_in(desk) -> Iterator[httpx.Client]:
    """Give a client with a session cookie, as a browser on this machine sends it."""
    link = desk.keep_token("planner", "Bea", timedelta(hours=1), once=True)
    with desk.client() as client:
        response = client.get("/sign-in", params={"token": link})
        assert (response.status_code, response.headers["location"]) == (303, "/map")
        yield client


@pytest.mark.parametrize("user", ["", "qgis", "Jürgen", "a b"])
def test_a_token_is_taken_as_basic_password_with_any_user(desk, anybody, user: str) -> None:
    assert anybody.get("/plans", headers=basic(user, desk.secrets["viewer"])).status_code == 200


@pytest.mark.parametrize(
    "header",
    ["", "Bearer", "Bearer x", "Basic", "Basic !!", "Basic eA==", "Basic /w==", "Digest abc", "x" * 4000],
)
def test_a_header_that_holds_no_token_is_refused_even_where_none_is_needed(anybody, problem, header: str) -> None:
    told = problem(anybody.get("/conformance", headers={"Authorization": header}), 401)
    assert told["code"] == "token_invalid"


def test_a_program_is_offered_basic_and_a_browser_is_not(anybody) -> None:
    assert anybody.get("/plans").headers["www-authenticate"].startswith('Basic realm="desk"')
    for browser in ({"Sec-Fetch-Mode": "cors"}, {"Accept": "text/html"}):
        assert anybody.get("/plans", headers=browser).headers["www-authenticate"] == 'Bearer realm="desk"'


def test_the_link_signs_in_once(module_desk, problem) -> None:
    link = module_desk.keep_token("planner", "Bea", timedelta(hours=1), once=True)
    with module_desk.client() as client:
        cookie = client.get("/sign-in", params={"token": link}).headers["set-cookie"]
        assert cookie.startswith(f"{SESSION_COOKIE}=")
        assert {"HttpOnly", "SameSite=lax", "Path=/", "Max-Age=43200"} <= set(cookie.split("; "))
        assert client.get("/plans").status_code == 200
    with module_desk.client() as client:
        assert problem(client.get("/sign-in", params={"token": link}), 401)["code"] == "link_used"
        assert "set-cookie" not in client.get("/sign-in", params={"token": link}).headers
        problem(client.get("/plans"), 401)


@pytest.mark.parametrize("token", ["", "wrong", "x" * 5000])
def test_a_wrong_link_signs_nobody_in(anybody, token: str) -> None:
    assert anybody.get("/sign-in", params={"token": token}).status_code in {400, 401}


def test_a_link_is_no_bearer_token(module_desk, problem) -> None:
    link = module_desk.keep_token("planner", "Bea", once=True)
    with module_desk.client(Authorization=f"Bearer {link}") as client:
        problem(client.get("/plans"), 401)


def test_a_session_ends_after_twelve_hours(own_desk, problem) -> None:
    with signed_in(own_desk) as client:
        own_desk.now[0] += timedelta(hours=12) - timedelta(seconds=1)
        assert client.get("/plans").status_code == 200
        own_desk.now[0] += timedelta(seconds=1)
        problem(client.get("/plans"), 401)
        assert client.get("/conformance").status_code == 200  # an old cookie does not shut anybody out


def test_signing_out_ends_the_session_for_every_copy_of_the_cookie(module_desk, problem) -> None:
    with signed_in(module_desk) as client, module_desk.client() as copy:
        copy.cookies.update(client.cookies)
        response = client.post("/sign-out", headers={"Sec-Fetch-Site": "same-origin"})
        assert response.status_code == 303
        assert f'{SESSION_COOKIE}=""' in response.headers["set-cookie"]
        problem(copy.get("/plans"), 401)


def test_signing_out_without_a_session_does_no_harm(module_desk) -> None:
    with module_desk.client() as client:
        assert client.post("/sign-out").status_code == 303


@pytest.mark.parametrize("site", ["cross-site", "same-site", "", "nonsense"])
def test_another_site_cannot_make_a_signed_in_browser_change_anything(module_desk, problem, site: str) -> None:
    with signed_in(module_desk) as client:
        response = client.post("/plans", json={"from": "2026-11-24"}, headers={"Sec-Fetch-Site": site})
        assert problem(response, 403)["code"] == "cross_site"
        assert module_desk.started == []


@pytest.mark.parametrize("site", ["same-origin", "none"])
def test_the_own_pages_can(own_desk, site: str) -> None:
    with signed_in(own_desk) as client:
        response = client.post("/plans", json={"from": "2026-11-24"}, headers={"Sec-Fetch-Site": site})
        assert response.status_code == 202


def test_without_sec_fetch_site_the_origin_decides(own_desk, problem) -> None:
    with signed_in(own_desk) as client:
        for origin in ({}, {"Origin": "null"}, {"Origin": "http://elsewhere.example"}):
            problem(client.post("/plans", json={"from": "2026-11-24"}, headers=origin), 403)
        own = client.post("/plans", json={"from": "2026-11-24"}, headers={"Origin": own_desk.url})
        assert own.status_code == 202


def test_a_bearer_token_needs_no_origin(own_desk) -> None:
    with own_desk.client("planner", **{"Sec-Fetch-Site": "cross-site"}) as client:
        assert client.post("/plans", json={"from": "2026-11-24"}).status_code == 202


def test_a_revocation_holds_at_the_next_request(own_desk, problem) -> None:
    with own_desk.client("viewer") as client:
        assert client.get("/plans").status_code == 200
        token = own_desk.store.token(fingerprint(own_desk.secrets["viewer"]))
        own_desk.store.put_token(replace(token, revoked_at=own_desk.now[0]))
        problem(client.get("/plans"), 401)
