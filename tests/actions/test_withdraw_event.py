"""An event that is withdrawn is not heeded any more."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from geo_service.actions.asked import ask_period
from geo_service.actions.withdraw_event import withdraw_event
from geo_service.base.errors import NotFound
from geo_service.schedule.events import Rain

MONDAY = date(2026, 11, 23)
BY = {"author": "ada", "clock": lambda: datetime(2026, 11, 23, 4, 0, tzinfo=UTC)}


def test_after_withdrawing_it_is_planned_as_if_nothing_had_been(three_days):
    before = ask_period(three_days, MONDAY, 3).visits
    with three_days.change(author="a", reason="b", at=BY["clock"]()) as tx:
        tx.put_event(Rain(MONDAY), author="a", at=BY["clock"]())
    (kept,) = three_days.events()
    assert ask_period(three_days, MONDAY, 3).visits != before

    withdraw_event(three_days, kept.event_id, **BY)
    assert ask_period(three_days, MONDAY, 3).visits == before
    assert three_days.ledger(1)[0].reason == "withdrew: rain on 2026-11-23"
    with pytest.raises(NotFound):
        withdraw_event(three_days, kept.event_id, **BY)
