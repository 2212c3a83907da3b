"""A planning run in another process: its row tells how it goes and how it ended."""

from __future__ import annotations

from concurrent.futures import ProcessPoolExecutor
from datetime import date
from multiprocessing import get_context

import pytest

from geo_service.actions import run_planning as module
from geo_service.actions.run_planning import cancel_runs, close_stale_runs, run_in, run_planning
from geo_service.schedule.events import Rain
from geo_service.store.model import Run, RunStatus


def ask(store, now, seconds=0.2, run_id="r"):
    request = {"from": "2026-11-23", "days": 1, "seconds": seconds, "seed": 1}
    store.put_run(Run(run_id, RunStatus.QUEUED, now, "ada", request))


@pytest.mark.slow
def test_it_runs_in_a_process_of_its_own(store, folder, now):
    ask(store, now)
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        pool.submit(run_planning, folder, "r").result(timeout=120)
    assert store.run("r").status is RunStatus.DONE
    assert (store.plan().plan_id, store.plan().author) == ("r", "ada")


def test_it_is_cancelled_by_its_row(store, now):
    before = store.plan()
    ask(store, now, seconds=30)
    store.cancel_run("r")
    run_in(store, "r", clock=lambda: now)
    assert store.run("r").status is RunStatus.CANCELLED
    assert store.plan() == before


def test_a_run_that_cannot_be_done_says_why(empty, now):
    ask(empty, now)
    run_in(empty, "r", clock=lambda: now)
    run = empty.run("r")
    assert (run.status, run.error["code"]) == (RunStatus.FAILED, "not_ready")
    assert "import plots" in run.error["remedy"]


def test_an_unexpected_error_gives_an_incident_and_no_inner_words(store, now, monkeypatch):
    def break_down(*_args, **_more):
        raise ZeroDivisionError("secret detail")

    monkeypatch.setattr(module, "plan_period", break_down)
    ask(store, now)
    run_in(store, "r", clock=lambda: now)
    run = store.run("r")
    assert (run.status, run.error["code"]) == (RunStatus.FAILED, "unexpected")
    assert "incident" in run.error["message"]
    assert "secret" not in str(run.error)


def test_runs_left_behind_are_closed(store, now):
    ask(store, now, run_id="left")
    ask(store, now, run_id="done")
    store.move_run("done", RunStatus.DONE)
    close_stale_runs(store)
    assert (store.run("left").status, store.run("done").status) == (RunStatus.FAILED, RunStatus.DONE)


def test_all_runs_under_way_can_be_asked_to_stop(store, now):
    ask(store, now, run_id="a")
    ask(store, now, run_id="b")
    store.move_run("b", RunStatus.DONE)
    cancel_runs(store)
    assert (store.run("a").cancel_asked, store.run("b").cancel_asked) == (True, False)


def test_an_unknown_run_is_left_alone(store, now):
    run_in(store, "nothing", clock=lambda: now)
    assert store.run("nothing") is None


def test_a_run_with_events_plans_anew_what_is_in_force(store, now):
    rain = {"kind": "rain", "on": "2026-11-26", "until_on": None, "works": ["green"], "machines": []}
    request = {"from": "2026-11-23", "days": 10, "seconds": 0, "seed": 1, "draft": True, "events": [rain]}
    store.put_run(Run("r", RunStatus.QUEUED, now, "ada", request))
    run_in(store, "r", clock=lambda: now.replace(hour=3))
    made = store.plan("r")

    assert store.run("r").status is RunStatus.DONE, store.run("r").error
    assert made.events == (Rain(date(2026, 11, 26), works=frozenset({"green"})),)
    assert (store.plan_in_force(), made.days) == ("sample", store.plan().days)


def test_a_run_for_a_draft_puts_nothing_in_force(store, now):
    request = {"from": "2026-11-23", "days": 1, "seconds": 0, "seed": 1, "draft": True}
    store.put_run(Run("r", RunStatus.QUEUED, now, "ada", request))
    run_in(store, "r", clock=lambda: now)

    assert (store.plan_in_force(), store.plan("r").days) == ("sample", (date(2026, 11, 23),))
