"""Limits: so many at once, then one after the other; told when; bounded memory."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from geo_service.api.access import ACCESS
from geo_service.api.app import create_app
from geo_service.api.desk import Desk
from geo_service.api.rate_limit import KEYS, LIMITS, PLANNING, SIGN_IN, Limit, RateLimiter
from geo_service.base.errors import TooManyRequests
from geo_service.store.photo_folder import PhotoFolder

TWO = Limit("two", burst=2, every_s=10)


def taken(limiter: RateLimiter, limit: Limit, asker: str, at: datetime, times: int) -> int:
    """Count how many of some requests pass."""
    passed = 0
    for _ in range(times):
        try:
            limiter.take(limit, asker, at)
        except TooManyRequests:
            continue
        passed += 1
    return passed


def test_a_burst_passes_and_then_one_after_the_other(now: datetime) -> None:
    limiter = RateLimiter()
    assert taken(limiter, TWO, "a", now, 5) == 2
    with pytest.raises(TooManyRequests) as refused:
        limiter.take(TWO, "a", now)
    assert refused.value.fields["retry_after_s"] == 10
    assert taken(limiter, TWO, "a", now + timedelta(seconds=9), 1) == 0
    assert taken(limiter, TWO, "a", now + timedelta(seconds=10), 2) == 1
    assert taken(limiter, TWO, "a", now + timedelta(hours=1), 5) == 2


def test_each_asker_and_each_group_has_its_own(now: datetime) -> None:
    limiter = RateLimiter()
    assert [taken(limiter, TWO, asker, now, 3) for asker in "ab"] == [2, 2]
    assert taken(limiter, Limit("other", 3, 10), "a", now, 4) == 3


def test_a_clock_that_is_set_back_neither_opens_nor_shuts_for_long(now: datetime) -> None:
    limiter = RateLimiter()
    assert taken(limiter, TWO, "a", now, 3) == 2
    back = now - timedelta(hours=1)
    assert taken(limiter, TWO, "a", back, 1) == 0
    assert taken(limiter, TWO, "a", back + timedelta(seconds=10), 1) == 1


def test_memory_is_bounded(now: datetime) -> None:
    limiter = RateLimiter(most_buckets=100)
    for number in range(1000):
        limiter.take(TWO, f"asker {number}", now)
    assert len(limiter) == 100
    assert taken(limiter, TWO, "asker 999", now, 2) == 1  # the newest are remembered


def test_every_limit_is_on_a_route() -> None:
    assert set(LIMITS) <= set(ACCESS)


@pytest.fixture
def limited(own_desk, tmp_path):
    """Put the limits that hold for everybody before the own desk."""
    desk = Desk(
        own_desk.store, lambda: own_desk.now[0], own_desk.started.append, own_desk.url, photos=PhotoFolder(tmp_path)
    )
    own_desk.app = create_app(desk)
    return own_desk


def test_signing_in_is_limited_by_address(limited, own_door, problem) -> None:
    own_door.app = limited.app
    with limited.client() as client:
        for number in range(SIGN_IN.burst):
            assert client.get("/sign-in", params={"token": f"guess {number}"}).status_code == 401
        link = limited.keep_token("planner", "Bea", once=True)
        refused = client.get("/sign-in", params={"token": link})
        assert problem(refused, 429)["code"] == "too_many_requests"
        assert refused.headers["retry-after"] == "6"
        limited.now[0] += timedelta(seconds=6)
        assert client.get("/sign-in", params={"token": link}).status_code == 303  # it was not used up
        assert client.get("/healthz").status_code == 200  # nothing else is slowed down


@pytest.mark.parametrize(
    ("method", "path", "body", "limit"),
    [
        ("POST", "/plans", {"from": "2026-11-24"}, PLANNING),
        ("POST", "/replans", {"seconds": 1}, PLANNING),
        ("POST", "/access/enrolments", {"crew": "crew-1"}, KEYS),
    ],
)
def test_planning_and_enrolling_are_limited_by_key(
    limited, own_door, problem, method: str, path: str, body: dict[str, object], limit: Limit
) -> None:
    own_door.app = limited.app
    with limited.client("planner") as client, limited.client("admin") as other:
        statuses = [client.request(method, path, json=body).status_code for _ in range(limit.burst)]
        assert 429 not in statuses
        refused = client.request(method, path, json=body)
        problem(refused, 429)
        assert 0 < int(refused.headers["retry-after"]) <= limit.every_s
        assert other.request(method, path, json=body).status_code != 429
