"""The solver killed, out of time, wrong or with nothing it can do: the last good plan stays, and the desk goes on."""

from __future__ import annotations

import multiprocessing
import os
import shutil
import signal
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context
from random import Random

import pytest

from geo_service.actions.plan_period import PlanRequest, plan_period
from geo_service.actions.replan import ReplanRequest, replan
from geo_service.actions.run_planning import hand_on, run_in
from geo_service.base.lasting_pool import LastingPool
from geo_service.base.progress import after_iterations
from geo_service.schedule.check import UNSERVED_CODES
from geo_service.schedule.events import CrewAbsent
from geo_service.store.model import Plan, Run, RunStatus
from geo_service.store.sqlite import SqliteStore
from tests.trust.bad_solvers import SPOILS, order_reversed, run_that_hangs, spoilt_by
from tests.trust.small_desk import AT, MONDAY, PLAN_ID

LONG_S = 600.0
PATIENCE_S = 120.0
"""So long a test waits for what must come; it never sleeps and hopes."""

HOW = {"author": "ada", "clock": lambda: AT}


@pytest.fixture
def store(small_desk, quick_folder) -> Iterator[SqliteStore]:
    opened = SqliteStore.open(shutil.copytree(small_desk, quick_folder / "workspace"))
    yield opened
    opened.close()


def ask(store: SqliteStore, run_id: str, seconds: float = 0.0, days: int = 3) -> None:
    request = {"from": MONDAY.isoformat(), "days": days, "seconds": seconds, "seed": 1}
    store.put_run(Run(run_id, RunStatus.QUEUED, AT, "ada", request))


def what_is_wrong(store: SqliteStore, run_id: str, codes: set[str]) -> str:
    """Return what a run that must fail did wrong: it says why and what to do, and the last good plan stays."""
    run = store.run(run_id)
    assert run is not None
    if run.status is not RunStatus.FAILED:
        return f"the run is {run.status.value}"
    if run.error.get("code") not in codes or not run.error["message"] or not run.error["remedy"]:
        return f"the row tells {run.error}"
    if "secret" in str(run.error):
        return "inner words are told"
    if store.plan_in_force() != PLAN_ID or store.plan(run_id) is not None:
        return "a plan that was never checked is kept"
    return ""


@pytest.mark.parametrize("spoil", SPOILS, ids=lambda spoil: spoil.__name__)
def test_a_wrong_answer_is_not_kept(store, seed, how_many, spoil):
    before, failed = store.plan(), []
    for number in range(how_many(1, 10)):
        run_id = f"wrong-{number}"
        ask(store, run_id)
        run_in(store, run_id, clock=HOW["clock"], solver=spoilt_by(spoil, seed + number))
        wrong = what_is_wrong(store, run_id, {"check_failed", "unexpected"})
        failed += [f"seed {seed + number}: {wrong}"] if wrong else []
    assert failed == []
    assert store.plan() == before


def test_the_desk_plans_again_after_wrong_answers(store, seed):
    ask(store, "wrong")
    run_in(store, "wrong", clock=HOW["clock"], solver=spoilt_by(order_reversed, seed))
    ask(store, "right")
    run_in(store, "right", clock=HOW["clock"])
    assert store.run("right").status is RunStatus.DONE
    assert store.plan_in_force() == "right"


def test_a_wrong_answer_that_is_kept_is_found_out(store, seed):
    """The control: what the run of a desk without a checker would leave behind."""
    ask(store, "wrong")
    bad = spoilt_by(order_reversed, seed)
    with store.change(author="x", reason="unchecked", at=AT) as tx:
        tx.put_plan(Plan("wrong", AT, "x", MONDAY, store.plan().days, 1, (), (), ()))
    store.move_run("wrong", RunStatus.FAILED, error={"code": "check_failed", "message": "m", "remedy": "r"})
    assert what_is_wrong(store, "wrong", {"check_failed"}) == "a plan that was never checked is kept"
    ask(store, "done")
    store.move_run("done", RunStatus.DONE)
    assert what_is_wrong(store, "done", {"check_failed"}) == "the run is done"
    assert callable(bad)


def left_out_silently(store: SqliteStore, plan: Plan, due: set[str]) -> list[str]:
    """Return what is wrong with how a plan tells what it leaves out."""
    served = {stop.visit.visit_id for route in plan.routes for stop in route.stops}
    told = {one.visit_id: one for one in plan.unserved}
    wrong = [f"{visit_id} is told nowhere" for visit_id in sorted(due - served - told.keys())]
    wrong += [f"{one} is both" for one in sorted(served & told.keys())]
    for one in told.values():
        if one.code not in UNSERVED_CODES or not one.reason.strip() or not one.reason_en.strip():
            wrong.append(f"{one.visit_id} without a reason: {one.code!r}")
    return wrong


def due_in(store: SqliteStore) -> set[str]:
    plan = store.plan(PLAN_ID)
    served = {stop.visit.visit_id for route in plan.routes for stop in route.stops}
    return served | {one.visit_id for one in plan.unserved}


@pytest.mark.parametrize("seconds", [0.0, 0.01])
def test_a_solver_that_has_no_time_leaves_nothing_out_silently(store, seconds):
    due = due_in(store)
    made = plan_period(store, PlanRequest(MONDAY, 3, seconds), plan_id="hasty", **HOW)
    assert store.plan_in_force() == "hasty"
    assert left_out_silently(store, made, due) == []


def test_where_nothing_can_be_done_every_visit_is_listed_with_its_reason(store):
    due = due_in(store)
    days = store.plan().days
    absent = [CrewAbsent(crew.code, days[0], days[-1]) for crew in store.crews()]
    made = replan(store, absent, ReplanRequest(0), plan_id="nobody", stop=after_iterations(1), **HOW)
    assert made.routes == ()
    assert {one.visit_id for one in made.unserved} >= due
    assert left_out_silently(store, made, due) == []
    cut = Plan(**{**vars(made), "unserved": made.unserved[1:]})
    assert left_out_silently(store, cut, due), "the control: one that is told nowhere is found"


def wait_for(what: Callable[[], bool], why: str) -> None:
    """Wait until something is so; the time after which it never will be is long."""
    until = time.monotonic() + PATIENCE_S
    while not what():
        assert time.monotonic() < until, why
        time.sleep(0.01)


@pytest.fixture
def pool() -> Iterator[LastingPool]:
    with LastingPool(lambda: ProcessPoolExecutor(1, mp_context=get_context("spawn"))) as made:
        yield made


def ended(store: SqliteStore, run_id: str) -> bool:
    return store.run(run_id).status not in (RunStatus.QUEUED, RunStatus.RUNNING)


def workers() -> list[int]:
    return [child.pid for child in multiprocessing.active_children() if child.pid is not None]


@pytest.mark.slow
def test_a_planning_process_that_is_killed_ends_its_run_and_the_desk_goes_on(
    small_desk, quick_folder, pool, seed, how_many
):
    """kill -9 at another stage each time; the run that waited behind it, and had not begun, is done."""
    chance = Random(seed)
    stages = ("travel times", "placing", "searching")
    for number in range(how_many(2, 20)):
        folder = shutil.copytree(small_desk, quick_folder / str(number))
        store = SqliteStore.open(folder)
        stage = chance.choice(stages) if number else "searching"
        ask(store, "killed", LONG_S)
        hand_on(store, pool, folder, "killed")
        wait_for(
            lambda store=store, stage=stage: store.run("killed").stage in stages[stages.index(stage) :],
            f"the run never was at {stage}",
        )
        ask(store, "next")
        hand_on(store, pool, folder, "next")
        for pid in workers():
            os.kill(pid, signal.SIGKILL)
        wait_for(partial(ended, store, "killed"), "the run of a killed process never ended")
        assert what_is_wrong(store, "killed", {"process_died"}) == "", f"kill {number} at {stage}, seed {seed}"
        wait_for(partial(ended, store, "next"), "the run after a kill never ended")
        assert (store.run("next").status, store.plan_in_force()) == (RunStatus.DONE, "next")
        store.close()


@pytest.mark.slow
def test_a_run_that_hangs_is_ended_with_its_process(small_desk, quick_folder, pool):
    folder = shutil.copytree(small_desk, quick_folder / "hangs")
    store = SqliteStore.open(folder)
    ask(store, "hangs")
    hand_on(store, pool, folder, "hangs", run_that_hangs)
    wait_for(partial(ended, store, "hangs"), "the run that hangs was never ended")
    assert what_is_wrong(store, "hangs", {"timed_out"}) == ""
    ask(store, "next")
    hand_on(store, pool, folder, "next")
    wait_for(partial(ended, store, "next"), "the run after one that hung never ended")
    assert store.run("next").status is RunStatus.DONE
    store.close()
