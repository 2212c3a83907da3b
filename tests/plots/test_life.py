from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapely import box

from geo_service.base.errors import RuleBroken
from geo_service.plots.life import allowed_moves, change_state
from geo_service.plots.model import Plot, PlotState

PLOT = Plot("id", "KLZ-0001", box(0, 0, 10, 10), 25833, 100.0)


def test_the_usual_life_is_told_step_by_step(now: datetime) -> None:
    plot = PLOT
    for state in (PlotState.CLEARED, PlotState.GREENED, PlotState.MAINTAINED):
        plot = change_state(plot, state, author="Ada", at=now, reason="done")
    assert plot.state is PlotState.MAINTAINED
    assert [(step.state, step.author, step.reason) for step in plot.history] == [
        (PlotState.CLEARED, "Ada", "done"),
        (PlotState.GREENED, "Ada", "done"),
        (PlotState.MAINTAINED, "Ada", "done"),
    ]


def test_set_aside_goes_back_to_where_it_was(now: datetime) -> None:
    plot = change_state(PLOT, PlotState.CLEARED, author="Ada", at=now, reason="done")
    plot = change_state(plot, PlotState.SET_ASIDE, author="Ada", at=now, reason="building site")
    assert allowed_moves(plot) == (PlotState.CLEARED, PlotState.RETURNED)
    with pytest.raises(RuleBroken, match="greened cannot follow") as caught:
        change_state(plot, PlotState.GREENED, author="Ada", at=now, reason="x")
    assert caught.value.remedy == "allowed now: cleared, returned"
    assert change_state(plot, PlotState.CLEARED, author="Ada", at=now, reason="over").state is PlotState.CLEARED


def test_set_aside_without_history_goes_back_to_the_start() -> None:
    plot = Plot("id", "KLZ-0001", box(0, 0, 1, 1), 25833, 1.0, state=PlotState.SET_ASIDE)
    assert allowed_moves(plot) == (PlotState.REGISTERED, PlotState.RETURNED)


def test_returned_is_final(now: datetime) -> None:
    plot = change_state(PLOT, PlotState.RETURNED, author="Ada", at=now, reason="sold")
    with pytest.raises(RuleBroken, match="returned") as caught:
        change_state(plot, PlotState.REGISTERED, author="Ada", at=now, reason="x")
    assert "returned is final" in caught.value.remedy


@pytest.mark.parametrize(("author", "reason"), [("", "why"), ("Ada", " ")])
def test_a_change_carries_author_and_reason(now: datetime, author: str, reason: str) -> None:
    with pytest.raises(RuleBroken, match="carries its"):
        change_state(PLOT, PlotState.CLEARED, author=author, at=now, reason=reason)


def test_times_are_kept_in_utc() -> None:
    moment = datetime(2026, 11, 23, 7, tzinfo=timezone(timedelta(hours=1)))
    step = change_state(PLOT, PlotState.CLEARED, author="Ada", at=moment, reason="done").history[-1]
    assert step.at.isoformat() == "2026-11-23T06:00:00+00:00"
    with pytest.raises(ValueError, match="naive"):
        change_state(PLOT, PlotState.CLEARED, author="Ada", at=moment.replace(tzinfo=None), reason="done")


@given(st.lists(st.sampled_from(list(PlotState)), max_size=12))
def test_whatever_is_asked_only_allowed_moves_happen(asked: list[PlotState]) -> None:
    plot = PLOT
    at = datetime(2026, 11, 23, tzinfo=timezone.utc)  # noqa: UP017
    for state in asked:
        if state in allowed_moves(plot):
            before = plot
            plot = change_state(plot, state, author="a", at=at, reason="r")
            assert plot.state is state
            assert plot.history[:-1] == before.history
        else:
            with pytest.raises(RuleBroken):
                change_state(plot, state, author="a", at=at, reason="r")
