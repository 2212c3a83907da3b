"""Locks and announcements: only of what the plan in force plans, and only for days to come."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from geo_service.actions.lock_visits import announce_visit, lock_visit, unlock_visit
from geo_service.base.errors import Conflict, InputError, NotFound

HOUR = 3600
BEFORE = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
BY = {"author": "ada", "clock": lambda: BEFORE}


@pytest.fixture
def planned(three_days):
    """Return the first stop of the plan in force with its route."""
    route = three_days.plan().routes[0]
    return route.stops[0], route


def test_a_lock_names_crew_day_reason_and_author(three_days, planned):
    stop, route = planned
    lock = lock_visit(three_days, stop.visit.visit_id, reason="Ortstermin", **BY)

    assert three_days.locks() == [lock]
    assert (lock.crew, lock.on, lock.window) == (route.crew_day.crew, route.crew_day.on, None)
    assert (lock.reason, lock.author, lock.at) == ("Ortstermin", "ada", BEFORE)
    assert three_days.ledger(1)[0].reason == f"locked {stop.visit.visit_id}: Ortstermin"


def test_an_announcement_keeps_the_hour_around_the_planned_start(three_days, planned):
    stop, _ = planned
    lock = announce_visit(three_days, stop.visit.visit_id, reason="", **BY)

    assert lock.window == (stop.start_s // HOUR * HOUR, stop.start_s // HOUR * HOUR + HOUR)
    wider = announce_visit(three_days, stop.visit.visit_id, window=(0, 24 * HOUR), reason="", **BY)
    assert three_days.locks() == [wider]


@pytest.mark.parametrize("window", [(0, HOUR), (10 * HOUR, 9 * HOUR), (-1, 24 * HOUR), (0, 25 * HOUR)])
def test_hours_that_cannot_be_announced(three_days, planned, window):
    with pytest.raises(InputError):
        announce_visit(three_days, planned[0].visit.visit_id, window=window, reason="", **BY)
    assert three_days.locks() == []


def test_unlocking(three_days, planned):
    visit_id = planned[0].visit.visit_id
    lock_visit(three_days, visit_id, reason="", **BY)
    unlock_visit(three_days, visit_id, **BY)

    assert three_days.locks() == []
    with pytest.raises(NotFound):
        unlock_visit(three_days, visit_id, **BY)


def test_what_is_not_planned_or_has_passed(three_days, planned):
    with pytest.raises(NotFound):
        lock_visit(three_days, "nothing", reason="", **BY)
    with pytest.raises(Conflict, match="has passed"):
        lock_visit(
            three_days, planned[0].visit.visit_id, reason="", author="a", clock=lambda: BEFORE + timedelta(days=1)
        )
