"""Planning runs over HTTP: start, watch, stop, read."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from threading import Event

import httpx
import pytest

from geo_service.api.plans import PlanAnswer, PlanList
from geo_service.base.errors import StoreBusy
from geo_service.base.progress import Progress
from geo_service.store.model import RunStatus

ASKED = {"from": "2026-11-24", "days": 3, "seconds": 1.5, "seed": 9, "draft": False}


@pytest.fixture
def client(own_desk) -> Iterator[httpx.Client]:
    with own_desk.client("planner") as one:
        yield one


def start(client: httpx.Client, **changes: object) -> PlanAnswer:
    response = client.post("/plans", json=ASKED | changes)
    assert response.status_code == 202, response.text
    told = PlanAnswer.model_validate_json(response.content)
    assert response.headers["location"] == f"/plans/{told.id}"
    return told


def read(client: httpx.Client, plan_id: str) -> PlanAnswer:
    return PlanAnswer.model_validate_json(client.get(f"/plans/{plan_id}").content)


def test_a_run_is_kept_and_handed_on(own_desk, client: httpx.Client) -> None:
    told = start(client)
    (run,) = own_desk.started
    assert run == own_desk.store.run(told.id)
    assert (run.status, run.author, run.request) == (RunStatus.QUEUED, "Ada", ASKED)
    assert (told.status, told.days, told.seed, told.figures, told.dates) == ("queued", 3, 9, None, [])


def test_what_is_not_said_has_defaults(own_desk, client: httpx.Client) -> None:
    client.post("/plans", json={"from": "2026-11-24"})
    told = {"from": "2026-11-24", "days": 10, "seconds": 20.0, "seed": 1, "draft": False}
    assert own_desk.started[0].request == told


@pytest.mark.parametrize(
    "changes",
    [
        {"days": 0},
        {"days": 61},
        {"seconds": -1},
        {"seconds": 3601},
        {"seed": -1},
        {"seed": 2**31},
        {"draft": 1},
        {"more": 1},
    ],
)
def test_what_is_out_of_bounds_starts_nothing(own_desk, client: httpx.Client, problem, changes) -> None:
    told = problem(client.post("/plans", json=ASKED | changes), 422)
    assert told["fields"]["errors"][0]["where"] == ["body", next(iter(changes))]
    assert own_desk.started == []


def test_one_run_at_a_time_for_each_user(own_desk, client: httpx.Client, problem) -> None:
    first = start(client)
    told = problem(client.post("/plans", json=ASKED), 409)
    assert (told["code"], told["fields"]) == ("run_unfinished", {"run": first.id})
    own_desk.secrets["other"] = own_desk.keep_token("planner", "Bea")
    with own_desk.client("other") as other:
        assert start(other).author == "Bea"
    own_desk.store.move_run(first.id, RunStatus.FAILED)
    assert start(client).id != first.id


def test_a_run_that_cannot_be_handed_on_is_marked_failed(own_desk, client: httpx.Client, problem) -> None:
    def refuse(run: object) -> None:
        raise StoreBusy("no")

    own_desk.app.state.desk = replace(own_desk.app.state.desk, submit_run=refuse)
    problem(client.post("/plans", json=ASKED), 503)
    (run,) = own_desk.store.runs()
    assert (run.status, run.error["code"]) == (RunStatus.FAILED, "not_started")


def test_progress_is_told(own_desk, client: httpx.Client) -> None:
    run_id = start(client).id
    own_desk.store.move_run(run_id, RunStatus.RUNNING, Progress("searching", 40, 100, "unserved 3"))
    told = read(client, run_id).progress
    assert (told.status, told.stage, told.done, told.total, told.note) == (
        "running",
        "searching",
        40,
        100,
        "unserved 3",
    )


def test_a_failure_is_told(own_desk, client: httpx.Client) -> None:
    run_id = start(client).id
    error = {"code": "not_ready", "message": "there are no plots", "remedy": "import some"}
    own_desk.store.move_run(run_id, RunStatus.FAILED, error=error)
    told = read(client, run_id)
    assert told.status == "failed"
    assert told.error.model_dump() == error


def test_a_plan_tells_figures_days_and_what_it_leaves_out(client: httpx.Client) -> None:
    told = read(client, "plan-1")
    assert (told.status, told.in_force, told.author) == ("done", True, "Planning")
    assert told.figures == {"visits": 6, "served": 5, "unserved": 1, "drive_s": 4800.0}
    assert [day.isoformat() for day in told.dates] == ["2026-11-24", "2026-11-25"]
    assert [(one.plot, one.reason) for one in told.unserved] == [("KLZ-0009", "no crew has time")]
    assert [(one.plot, one.code) for one in told.kept_out] == [("KLZ-0008", "law")]
    assert "schematic sample data" in told.notes[0]


def test_the_list_holds_runs_and_plans_newest_first(own_desk, client: httpx.Client) -> None:
    own_desk.now[0] += timedelta(minutes=1)
    run_id = start(client).id
    told = PlanList.model_validate_json(client.get("/plans").content).plans
    assert [(one.id, one.status, one.in_force) for one in told] == [(run_id, "queued", False), ("plan-1", "done", True)]
    plan = own_desk.store.plan()
    with own_desk.store.change(author="Ada", reason="planned", at=own_desk.now[0]) as tx:
        tx.put_plan(replace(plan, plan_id=run_id, made_at=own_desk.now[0]))
    own_desk.store.move_run(run_id, RunStatus.DONE)
    told = PlanList.model_validate_json(client.get("/plans").content).plans
    assert [(one.id, one.status, one.in_force) for one in told] == [(run_id, "done", True), ("plan-1", "done", False)]


def test_stopping_asks_the_run(own_desk, client: httpx.Client, problem) -> None:
    run_id = start(client).id
    response = client.delete(f"/plans/{run_id}")
    assert response.status_code == 202
    assert response.json()["progress"]["cancel_asked"] is True
    assert own_desk.store.run(run_id).cancel_asked
    own_desk.store.move_run(run_id, RunStatus.CANCELLED)
    problem(client.delete(f"/plans/{run_id}"), 409)


def test_what_is_not_there(client: httpx.Client, problem) -> None:
    problem(client.get("/plans/none"), 404)
    problem(client.get("/plans/none/progress"), 404)
    problem(client.delete("/plans/none"), 404)
    problem(client.delete("/plans/plan-1"), 404)  # it was made without a run: there is nothing to stop


def events(lines: Iterator[str]) -> Iterator[tuple[str, dict[str, object]]]:
    """Read server-sent events."""
    event = ""
    for line in lines:
        if line.startswith("event: "):
            event = line.removeprefix("event: ")
        elif line.startswith("data: "):
            yield event, json.loads(line.removeprefix("data: "))


def test_watching_a_run_to_its_end(own_desk, client: httpx.Client) -> None:
    store, run_id = own_desk.store, start(client).id
    with client.stream("GET", f"/plans/{run_id}/progress") as response:
        assert response.headers["content-type"].startswith("text/event-stream")
        told = events(response.iter_lines())
        assert next(told)[1]["status"] == "queued"
        store.move_run(run_id, RunStatus.RUNNING, Progress("searching", 1, 2))
        assert next(told) == (
            "progress",
            {"status": "running", "stage": "searching", "done": 1, "total": 2, "note": "", "cancel_asked": False},
        )
        store.cancel_run(run_id)
        assert next(told)[1]["cancel_asked"] is True
        store.move_run(run_id, RunStatus.CANCELLED)
        assert next(told)[0] == "end"
        assert next(told, None) is None


def test_watching_a_run_that_has_ended(own_desk, client: httpx.Client) -> None:
    run_id = start(client).id
    own_desk.store.move_run(run_id, RunStatus.DONE)
    with client.stream("GET", f"/plans/{run_id}/progress") as response:
        assert [event for event, _ in events(response.iter_lines())] == ["end"]


def test_nobody_looks_at_a_run_any_more_when_the_watcher_has_gone(own_desk, client: httpx.Client) -> None:
    run_id = start(client).id
    looks: list[int] = []
    looked = Event()
    real = own_desk.store.run

    def counted(asked: str):
        looks.append(1)
        looked.set()
        return real(asked)

    own_desk.store.run = counted
    with client.stream("GET", f"/plans/{run_id}/progress") as response:
        told = events(response.iter_lines())
        assert next(told)[0] == "progress"
        looked.clear()
        assert looked.wait(5)
    quiet = 0
    while quiet < 3:  # three times the pause between two looks without a look
        looked.clear()
        quiet = 0 if looked.wait(0.1) else quiet + 1
        assert len(looks) < 500
