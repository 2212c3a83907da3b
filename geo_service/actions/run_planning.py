"""Floor 6: carry out a planning run that was asked for; another process follows it by its row in the store."""

from __future__ import annotations

import logging
import os
import time
import uuid
from collections.abc import Callable
from concurrent.futures import Executor, Future
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path
from threading import Timer

from geo_service.actions.plan_period import PlanRequest, Solver, plan_period
from geo_service.actions.replan import ReplanRequest, replan
from geo_service.base.errors import Cancelled, GeoServiceError
from geo_service.base.lasting_pool import failure_of
from geo_service.base.progress import OnProgress, Progress
from geo_service.schedule.events import Event
from geo_service.schedule.solve import solve
from geo_service.store.model import Run, RunStatus
from geo_service.store.protocol import Store
from geo_service.store.rows import EVENT
from geo_service.store.sqlite import SqliteStore

log = logging.getLogger(__name__)

TELL_EVERY_S = 0.25

GRACE_S = 1800.0
"""Beyond the seconds of its search a run has so long for all else; then it hangs, and its process ends."""

GAVE_UP = 70
"""Exit code of a process that ended because its run hung."""


def request_of(run: Run) -> PlanRequest:
    """Return what a run asks for that plans a period."""
    asked = run.request
    return PlanRequest(
        date.fromisoformat(asked["from"]), asked["days"], asked["seconds"], asked["seed"], asked.get("draft", False)
    )


def replan_request_of(run: Run) -> tuple[tuple[Event, ...], ReplanRequest]:
    """Return what a run asks for that plans anew what is in force: what happened, and how to search."""
    asked = run.request
    events = tuple(EVENT.validate_python(event) for event in asked["events"])
    return events, ReplanRequest(asked["seconds"], asked["seed"], asked.get("draft", False))


def cancel_runs(store: Store) -> None:
    """Ask all runs that are not at their end to stop."""
    for run in store.runs():
        if run.status in (RunStatus.QUEUED, RunStatus.RUNNING):
            store.cancel_run(run.run_id)


def close_stale_runs(store: Store) -> None:
    """Mark runs as failed that a desk left behind when it was stopped, unless their plan was kept before."""
    for run in store.runs():
        if run.status in (RunStatus.QUEUED, RunStatus.RUNNING):
            error = {
                "code": "interrupted",
                "message": "the desk was stopped while it was planning",
                "remedy": "plan again; the plan in force stays",
            }
            _end(store, run.run_id, RunStatus.FAILED, error)


def hand_on(
    store: Store,
    pool: Executor,
    workspace: Path,
    run_id: str,
    carry_out: Callable[[Path, str], None] | None = None,
) -> None:
    """Let another process carry out a run; should it die, the run ends as failed, or begins again if it had not begun.

    Parameters
    ----------
    store
        The workspace as this process has it open.
    pool
        Takes calls after a process died, too: `geo_service.base.lasting_pool.LastingPool`.
    carry_out
        What the process does; by default `run_planning`.
    """
    work = carry_out or run_planning

    def ended(future: Future[None], *, again: bool) -> None:
        if failure_of(future) is None:
            return
        run = store.run(run_id)
        if again and run is not None and run.status is RunStatus.QUEUED and not run.cancel_asked:
            pool.submit(work, workspace, run_id).add_done_callback(partial(ended, again=False))
        else:
            close_dead_run(store, run_id)

    pool.submit(work, workspace, run_id).add_done_callback(partial(ended, again=True))


def close_dead_run(store: Store, run_id: str) -> None:
    """Mark a run as failed whose process ended without a word, unless its plan was kept before."""
    run = store.run(run_id)
    if run is not None and run.status in (RunStatus.QUEUED, RunStatus.RUNNING):
        error = {
            "code": "process_died",
            "message": "the process that planned was ended from outside",
            "remedy": "plan again, with fewer days or plots if it happens again; the plan in force stays",
        }
        _end(store, run_id, RunStatus.FAILED, error)


def run_planning(workspace: Path, run_id: str, *, grace_s: float = GRACE_S, solver: Solver = solve) -> None:
    """Carry out a run in this process. Never raises: the run's row tells how it ended.

    A run that hangs, ``grace_s`` seconds beyond those of its search, is marked as failed and takes its process with it.
    """
    store = SqliteStore.open(workspace)
    run = store.run(run_id)
    watch = Timer((run.request.get("seconds", 0) if run else 0) + grace_s, _give_up, [workspace, run_id])
    watch.daemon = True
    watch.start()
    try:
        run_in(store, run_id, clock=lambda: datetime.now(UTC), solver=solver)
    finally:
        watch.cancel()
        store.close()


def _give_up(workspace: Path, run_id: str) -> None:
    store = SqliteStore.open(workspace)
    error = {
        "code": "timed_out",
        "message": "the run did not end in time",
        "remedy": "plan again, with fewer days or plots if it happens again; the plan in force stays",
    }
    _end(store, run_id, RunStatus.FAILED, error)
    store.close()
    os._exit(GAVE_UP)


def run_in(store: Store, run_id: str, *, clock: Callable[[], datetime], solver: Solver = solve) -> None:
    """Carry out a run on an open store; its row tells progress, and how it ended."""
    run = store.run(run_id)
    if run is None:
        return
    try:
        store.move_run(run_id, RunStatus.RUNNING)
        on_progress = _teller(store, run_id)
        if "events" in run.request:
            events, how = replan_request_of(run)
            replan(
                store,
                events,
                how,
                plan_id=run_id,
                author=run.author,
                clock=clock,
                on_progress=on_progress,
                solver=solver,
            )
        else:
            plan_period(
                store,
                request_of(run),
                plan_id=run_id,
                author=run.author,
                clock=clock,
                on_progress=on_progress,
                solver=solver,
            )
        store.move_run(run_id, RunStatus.DONE)
    except Cancelled:
        _end(store, run_id, RunStatus.CANCELLED)
    except GeoServiceError as error:
        told = {"code": error.code, "message": error.message, "remedy": error.remedy}
        _end(store, run_id, RunStatus.FAILED, told)
    except Exception:
        incident = uuid.uuid4().hex[:12]
        log.exception("planning run %s failed, incident %s", run_id, incident)
        told = {
            "code": "unexpected",
            "message": f"an unexpected error, incident {incident}",
            "remedy": "try again; the plan in force stays",
        }
        _end(store, run_id, RunStatus.FAILED, told)


def _end(store: Store, run_id: str, status: RunStatus, error: dict[str, str] | None = None) -> None:
    """Tell how a run ended: once its plan is kept it is done, whatever went wrong after that."""
    if store.plan(run_id) is not None:
        store.move_run(run_id, RunStatus.DONE)
    else:
        store.move_run(run_id, status, error=error)


def _teller(store: Store, run_id: str) -> OnProgress:
    """Return a receiver that writes progress to the row now and then, and stops the work when asked to."""
    last = -TELL_EVERY_S
    stage = ""

    def tell(progress: Progress) -> None:
        nonlocal last, stage
        now = time.monotonic()
        if progress.stage == stage and now - last < TELL_EVERY_S:
            return
        last, stage = now, progress.stage
        store.move_run(run_id, RunStatus.RUNNING, progress)
        row = store.run(run_id)
        if row is not None and row.cancel_asked:
            raise Cancelled("the run was cancelled")

    return tell
