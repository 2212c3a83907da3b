"""Floor 8: planning runs: ask for one, watch it, stop it, read the plan it made."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import asdict
from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import uuid4

from anyio import sleep
from anyio.to_thread import run_sync
from fastapi import APIRouter, Depends, Request, Response
from fastapi.sse import EventSourceResponse, ServerSentEvent
from pydantic import BaseModel, Field

from geo_service.actions.plan_period import MAX_DAYS, MAX_SECONDS
from geo_service.api.desk import Desk, DeskHere
from geo_service.api.errors import problems
from geo_service.api.fields import Day, PlanInPath
from geo_service.api.identity import Identity, IdentityHere
from geo_service.base.errors import Conflict, NotFound
from geo_service.store.model import Plan, Run, RunStatus, UnservedVisit

router = APIRouter(prefix="/plans", tags=["Plans"])

_UNFINISHED = frozenset({RunStatus.QUEUED, RunStatus.RUNNING})
_LISTED = 100


class PlanRequest(BaseModel, extra="forbid", strict=True):
    """What to plan."""

    from_on: Day = Field(alias="from", description="First day.", examples=["2026-11-24"])
    days: int = Field(default=10, ge=1, le=MAX_DAYS, description="Working days.")
    seconds: float = Field(default=20.0, ge=0, le=MAX_SECONDS, allow_inf_nan=False, description="Time of the search.")
    seed: int = Field(default=1, ge=0, le=2**31 - 1, description="The same seed makes the search repeatable.")
    draft: bool = Field(default=False, description="Keep the plan without putting it in force.")


class Progress(BaseModel):
    """How far a run is."""

    status: Literal["queued", "running", "done", "cancelled", "failed"]
    stage: str = Field(description="What is being done.")
    done: int
    total: int = Field(description="0 when unknown.")
    note: str
    cancel_asked: bool


class Failure(BaseModel):
    """Why a run failed."""

    code: str
    message: str
    remedy: str


class Remedy(BaseModel):
    """How a visit that is left out could be served after all."""

    kind: str = Field(description="more_time, displace, facility_trip, skill, machine, people, split, other_date ...")
    text: str = Field(description="In German.")
    text_en: str
    crew: str = Field(description="Crew it would lie with; empty where there is none.")
    day: date | None
    minutes: int = Field(description="By how many minutes the crew-day would be longer.")
    displaces: list[str] = Field(description="Ids of visits that would give way, or that must be done first.")
    needs: list[str] = Field(description="What the crew lacks.")
    parts: int = Field(description="Into how many parts it would be cut.")


class LeftOut(BaseModel):
    """A visit that is in no route, or work that may not be done now."""

    plot: str
    task: str
    due: date | None
    code: str
    reason: str
    visit: str | None = Field(default=None, description="Id of the visit; null for work that is kept out.")
    remedy: Remedy | None = Field(default=None, description="The cheapest way found to serve it.")


class PlanSummary(BaseModel):
    """A plan or the run that makes it."""

    id: str
    status: Literal["queued", "running", "done", "cancelled", "failed"]
    asked_at: datetime
    author: str
    first_day: date | None
    days: int
    seed: int
    in_force: bool
    figures: dict[str, float] | None = Field(description="Times in seconds, lengths in metres; null until it is done.")


class PlanAnswer(PlanSummary):
    """A plan with all but its routes, which are at /days and in the collections visits and routes."""

    costs: dict[str, int] | None = Field(
        description="Parts of the objective in seconds of driving; null until it is done, empty in older plans."
    )
    progress: Progress
    error: Failure | None = Field(description="Null unless it failed.")
    dates: list[date] = Field(description="The days of the plan; empty until it is done.")
    unserved: list[LeftOut] = Field(description="Visits that fell due and are in no route.")
    kept_out: list[LeftOut] = Field(description="Work that plots ask for but that may not be done in the period.")
    notes: list[str]
    warnings: list[str]


class PlanList(BaseModel):
    """The newest plans and runs first."""

    plans: list[PlanSummary]


@router.get(
    "",
    summary="List plans",
    description=f"Plans and planning runs, the newest {_LISTED} first.",
    responses=problems(401),
)
def list_plans(desk: DeskHere) -> PlanList:
    """Return runs with their plans, and plans that were made without a run."""
    plans = desk.store.plans()
    by_id = {plan.plan_id: plan for plan in plans}
    in_force = desk.store.plan_in_force()
    runs = {run.run_id: run for run in desk.store.runs()}
    ids = dict.fromkeys((*runs, *by_id))
    found = [_summary(key, runs.get(key), by_id.get(key), in_force) for key in ids]
    found.sort(key=lambda one: one["asked_at"], reverse=True)
    return PlanList(plans=[PlanSummary(**one) for one in found[:_LISTED]])


@router.post(
    "",
    status_code=202,
    summary="Start a planning run",
    description="Works out what is due and plans it. One run at a time for each user. "
    "The plan is in force when the run is done, unless it is a draft; until then the last one stays.",
    response_description="The run has been put in the queue; `Location` tells where to look",
    responses=problems(400, 401, 403, 409, 413, 422),
)
def start_run(
    asked: PlanRequest, desk: DeskHere, who: IdentityHere, request: Request, response: Response
) -> PlanAnswer:
    """Note the run in the store and hand it to whoever does it."""
    wanted = {
        "from": asked.from_on.isoformat(),
        "days": asked.days,
        "seconds": asked.seconds,
        "seed": asked.seed,
        "draft": asked.draft,
    }
    return begin_run(desk, who, request, response, wanted)


def begin_run(desk: Desk, who: Identity, request: Request, response: Response, wanted: dict[str, Any]) -> PlanAnswer:
    """Note a run in the store, hand it on, and tell where to look; one run at a time for each user."""
    run = Run(run_id=uuid4().hex, status=RunStatus.QUEUED, asked_at=desk.clock(), author=who.label, request=wanted)
    with request.app.state.one_run_gate:
        busy = next((one for one in desk.store.runs() if one.author == who.label and one.status in _UNFINISHED), None)
        if busy is not None:
            raise Conflict(
                f"your run {busy.run_id} has not ended yet",
                remedy=f"wait for it or stop it: DELETE /plans/{busy.run_id}",
                code="run_unfinished",
                run=busy.run_id,
            )
        desk.store.put_run(run)
    try:
        desk.submit_run(run)
    except Exception:
        told = {"code": "not_started", "message": "the run could not be started", "remedy": "try again"}
        desk.store.move_run(run.run_id, RunStatus.FAILED, error=told)
        raise
    response.headers["Location"] = f"/plans/{run.run_id}"
    return plan_answer(desk, run.run_id)


@router.get(
    "/{plan_id}",
    summary="Read a plan or its run",
    description="How the run stands; when it is done, the figures of the plan and what it leaves out, with reasons.",
    responses=problems(401, 404),
)
def read_plan(plan_id: PlanInPath, desk: DeskHere) -> PlanAnswer:
    """Return a run with its plan."""
    return plan_answer(desk, plan_id)


@router.delete(
    "/{plan_id}",
    status_code=202,
    summary="Stop a planning run",
    description="Asks the run to stop; it does so within a moment. The plan in force stays.",
    response_description="The run has been asked to stop",
    responses=problems(401, 403, 404, 409),
)
def stop_run(plan_id: PlanInPath, desk: DeskHere) -> PlanAnswer:
    """Ask a run to stop."""
    run = _run(desk, plan_id)
    if run.status not in _UNFINISHED:
        raise Conflict(
            f"the run has ended already: {run.status.value}", remedy="start another one", status=run.status.value
        )
    desk.store.cancel_run(plan_id)
    return plan_answer(desk, plan_id)


def _existing_run(plan_id: PlanInPath, desk: DeskHere) -> Run:
    return _run(desk, plan_id)


@router.get(
    "/{plan_id}/progress",
    response_class=EventSourceResponse,
    summary="Watch a planning run",
    description="Server-sent events: `progress` whenever something changed, `end` when the run has ended; "
    "close the stream then. The data of both is the `progress` of the plan.",
    responses=problems(401, 404),
)
async def watch_run(run: Annotated[Run, Depends(_existing_run)], desk: DeskHere) -> AsyncIterator[ServerSentEvent]:
    """Look at the run again and again until it has ended or nobody listens any more."""
    told: Progress | None = None
    now: Run | None = run
    while now is not None and now.status in _UNFINISHED:
        if told != (told := _progress(now)):
            yield ServerSentEvent(data=told, event="progress")
        await sleep(desk.poll_s)
        now = await run_sync(desk.store.run, run.run_id)
    yield ServerSentEvent(data=_progress(now or run), event="end")


def _run(desk: Desk, run_id: str) -> Run:
    run = desk.store.run(run_id)
    if run is None:
        raise NotFound("there is no such planning run", remedy="GET /plans lists them")
    return run


def plan_answer(desk: Desk, plan_id: str) -> PlanAnswer:
    """Return a plan or its run."""
    run, plan = desk.store.run(plan_id), desk.store.plan(plan_id)
    if run is None and plan is None:
        raise NotFound("there is no such plan", remedy="GET /plans lists them")
    error = run.error if run is not None and run.error else None
    return PlanAnswer(
        **_summary(plan_id, run, plan, desk.store.plan_in_force()),
        costs=plan.costs if plan else None,
        progress=_progress(run),
        error=None if error is None else Failure(**{name: error.get(name, "") for name in Failure.model_fields}),
        dates=list(plan.days) if plan else [],
        unserved=[
            LeftOut(
                plot=one.plot_code,
                task=one.work,
                due=one.due_on,
                code=one.code,
                reason=one.reason,
                visit=one.visit_id,
                remedy=remedy_answer(one),
            )
            for one in (plan.unserved if plan else ())
        ],
        kept_out=[
            LeftOut(plot=one.plot_code, task=one.work, due=None, code=one.code, reason=one.reason)
            for one in (plan.kept_out if plan else ())
        ],
        notes=list(plan.notes) if plan else [],
        warnings=list(plan.warnings) if plan else [],
    )


def remedy_answer(one: UnservedVisit) -> Remedy | None:
    """Return the remedy of a visit that is left out."""
    if one.remedy is None:
        return None
    told = asdict(one.remedy)
    return Remedy(**{name: told[name] for name in Remedy.model_fields if name != "day"}, day=one.remedy.on)


def _summary(plan_id: str, run: Run | None, plan: Plan | None, in_force: str | None) -> dict[str, Any]:
    """Return what stands in the list."""
    if run is not None:
        asked = run.request
        told = {"asked_at": run.asked_at, "author": run.author, "first_day": asked.get("from")}
        told |= {"days": asked.get("days", 0), "seed": asked.get("seed", 0), "status": run.status.value}
    else:
        assert plan is not None
        told = {"asked_at": plan.made_at, "author": plan.author, "first_day": plan.from_on}
        told |= {"days": len(plan.days), "seed": plan.seed, "status": RunStatus.DONE.value}
    figures = plan.figures if plan is not None else None
    return {"id": plan_id, "in_force": plan_id == in_force, "figures": figures, **told}


def _progress(run: Run | None) -> Progress:
    """Return how far a run is; a plan that was made without one is done."""
    if run is None:
        return Progress(status="done", stage="", done=0, total=0, note="", cancel_asked=False)
    return Progress(
        status=run.status.value,
        stage=run.stage,
        done=run.done,
        total=run.total,
        note=run.note,
        cancel_asked=run.cancel_asked,
    )
