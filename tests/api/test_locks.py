"""Locks and announcements over HTTP."""

from __future__ import annotations

import httpx
import pytest

from geo_service.api.locks import LockAnswer, LockList

VISIT = "KLZ-0001.mow_lawn.2026-11-24.1"


@pytest.fixture
def client(own_desk):
    with own_desk.client("planner") as one:
        yield one


def put(client, body=None, visit=VISIT):
    return client.put(f"/visits/{visit}/lock", json={} if body is None else body)


def test_a_lock_comes_and_goes(own_desk, client: httpx.Client, problem) -> None:
    told = LockAnswer.model_validate_json(put(client, {"reason": "Ortstermin"}).content)
    assert (told.visit, told.crew, told.opens, told.reason, told.author) == (VISIT, "crew-1", None, "Ortstermin", "Ada")
    assert LockList.model_validate_json(client.get("/locks").content).locks == [told]
    assert client.delete(f"/visits/{VISIT}/lock").status_code == 204
    assert own_desk.store.locks() == []
    problem(client.delete(f"/visits/{VISIT}/lock"), 404)


def test_hours_are_announced(own_desk, client: httpx.Client) -> None:
    assert put(client, {"announced": True}).json()["opens"] == "07:00"
    told = put(client, {"announced": True, "opens": "07:30", "closes": "09:00"}).json()
    assert (told["opens"], told["closes"]) == ("07:30", "09:00")
    assert own_desk.store.locks()[0].window == (27000, 32400)


@pytest.mark.parametrize(
    "body",
    [
        {"announced": True, "opens": "07:30"},
        {"opens": "07:30", "closes": "09:00"},
        {"announced": True, "opens": "7:30", "closes": "09:00"},
        {"announced": True, "opens": "24:00", "closes": "25:00"},
        {"announced": 1},
        {"reason": "a\u0000b"},
        {"reason": "x" * 301},
        {"more": 1},
        [],
    ],
)
def test_bodies_that_do_not_fit(own_desk, client: httpx.Client, problem, body) -> None:
    problem(put(client, body), 422)
    assert own_desk.store.locks() == []


def test_hours_it_is_not_planned_in(own_desk, client: httpx.Client, problem) -> None:
    problem(put(client, {"announced": True, "opens": "20:00", "closes": "21:00"}), 400)
    problem(put(client, {"announced": True, "opens": "09:00", "closes": "08:00"}), 400)
    assert own_desk.store.locks() == []


@pytest.mark.parametrize("visit", ["nothing", "%00", "<b>", "x" * 4000, "%2e%2e%2fetc", "'", "ä", "%F0%9F%8C%B3"])
def test_visits_that_are_not_there(client: httpx.Client, problem, visit: str) -> None:
    problem(put(client, visit=visit), 404)
    problem(client.delete(f"/visits/{visit}/lock"), 404)
