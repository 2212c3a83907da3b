"""Floor 8: planning anew after something happened; plans side by side, accepted, and what they move."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Query, Request, Response
from pydantic import BaseModel, Field

from geo_service.actions.accept_plan import accept_plan, compare_plans, require_plan
from geo_service.actions.plan_period import MAX_SECONDS
from geo_service.actions.withdraw_event import withdraw_event
from geo_service.api.desk import DeskHere
from geo_service.api.errors import problems
from geo_service.api.fields import Code, Day, LanguageQuery, PlanInPath
from geo_service.api.identity import IdentityHere
from geo_service.api.plans import PlanAnswer, begin_run, plan_answer
from geo_service.base.errors import NotReady
from geo_service.schedule import events
from geo_service.schedule.model import Placement
from geo_service.store.model import Move
from geo_service.store.rows import EVENT

router = APIRouter(tags=["Plans"])

MOST_EVENTS = 50

VisitId = Annotated[str, Field(min_length=1, max_length=200, description="Id of a visit in the plan in force.")]
Words = Annotated[
    str, Field(min_length=1, max_length=300, pattern=r"^[^\x00-\x1f\x7f]*[^\x00-\x20\x7f][^\x00-\x1f\x7f]*$")
]
Codes = Annotated[list[Code], Field(default_factory=list, max_length=50)]


class _Event(BaseModel, extra="forbid", strict=True):
    """What happened."""


class Rain(_Event):
    """It rains: wet-sensitive work is not done, or the works and machines that are named."""

    kind: Literal["rain"]
    on: Day
    until: Day | None = None
    works: Codes
    machines: Codes

    def event(self) -> events.Event:
        """Return the event."""
        return events.Rain(self.on, self.until, frozenset(self.works), frozenset(self.machines))


class CrewAbsent(_Event):
    """A crew does not work."""

    kind: Literal["crew_absent"]
    crew: Code
    from_on: Day = Field(alias="from")
    until: Day | None = None

    def event(self) -> events.Event:
        """Return the event."""
        return events.CrewAbsent(self.crew, self.from_on, self.until)


class VehicleBroken(_Event):
    """A vehicle is out of order: the crew stays at home, or goes without the machines that are named."""

    kind: Literal["vehicle_broken"]
    crew: Code
    from_on: Day = Field(alias="from")
    until: Day | None = None
    machines: Codes

    def event(self) -> events.Event:
        """Return the event."""
        return events.VehicleBroken(self.crew, self.from_on, self.until, frozenset(self.machines))


class UrgentVisit(_Event):
    """Something must be done soon: work of the catalogue by its code, or in free words with its minutes and needs."""

    kind: Literal["urgent_visit"]
    plot: Annotated[str, Field(min_length=1, max_length=80, description="Code of the plot.")]
    work: Words
    reason: Words
    latest_on: Day = Field(alias="latest")
    minutes: int = Field(default=60, ge=1, le=360)
    people: int = Field(default=1, ge=1, le=50)
    skills: Codes
    machines: Codes
    volume_m3: float = Field(default=0.0, ge=0, le=1000, allow_inf_nan=False)
    waste_key: str = Field(default="", pattern=r"^([0-9]{6}\*?)?$", description="AVV key of what is carried away.")
    priority: int = Field(default=1, ge=1, le=5, description="1 most urgent to 5 least.")

    def event(self) -> events.Event:
        """Return the event."""
        return events.UrgentVisit(
            plot=self.plot,
            work=self.work,
            reason=self.reason,
            latest_on=self.latest_on,
            service_s=60 * self.minutes,
            people=self.people,
            skills=frozenset(self.skills),
            machines=frozenset(self.machines),
            volume_m3=self.volume_m3,
            waste_key=self.waste_key,
            priority=self.priority,
        )


class DoneEarly(_Event):
    """A visit was done on another day than planned."""

    kind: Literal["done_early"]
    visit: VisitId
    on: Day

    def event(self) -> events.Event:
        """Return the event."""
        return events.DoneEarly(self.visit, self.on)


class Refused(_Event):
    """A visit may not be done on a day or until another one, or not until somebody says otherwise."""

    kind: Literal["refused"]
    visit: VisitId
    reason: Words
    on: Day | None = None
    until: Day | None = None

    def event(self) -> events.Event:
        """Return the event."""
        return events.Refused(self.visit, self.reason, self.on, until_on=self.until)


AnyEvent = Annotated[Rain | CrewAbsent | VehicleBroken | UrgentVisit | DoneEarly | Refused, Field(discriminator="kind")]


class ReplanRequest(BaseModel, extra="forbid", strict=True):
    """What happened, and how to plan what is left of the plan in force."""

    happened: list[AnyEvent] = Field(default_factory=list, alias="events", max_length=MOST_EVENTS)
    seconds: float = Field(default=20.0, ge=0, le=MAX_SECONDS, allow_inf_nan=False, description="Time of the search.")
    seed: int = Field(default=1, ge=0, le=2**31 - 1, description="The same seed makes the search repeatable.")
    draft: bool = Field(default=False, description="Keep the plan without putting it in force.")


class EventAnswer(BaseModel):
    """An event that holds for all plans made after it."""

    id: int
    kind: str
    text: str = Field(description="What happened, in German or in English after `lang`.")
    author: str
    at: datetime


class EventList(BaseModel):
    """The events that hold, the oldest first."""

    events: list[EventAnswer]


class CrewDay(BaseModel):
    """The crew-day of a visit."""

    crew: str
    day: date


class VisitDiffers(BaseModel):
    """A visit that lies elsewhere; null where it is in no route."""

    visit: str
    plot: str
    task: str
    old: CrewDay | None
    new: CrewDay | None


class DayDiffers(BaseModel):
    """A crew-day that differs, old and new."""

    crew: str
    day: date
    visits: tuple[int, int]
    drive_s: tuple[int, int]
    work_s: tuple[int, int]


class ComparisonAnswer(BaseModel):
    """Two plans side by side."""

    same: int = Field(description="Visits that lie on the same crew-day in both.")
    visits: list[VisitDiffers]
    days: list[DayDiffers]
    costs: dict[str, tuple[int, int]] = Field(description="Old and new seconds by part of the objective.")
    text: list[str] = Field(description="The same in lines for people.")


class MoveAnswer(BaseModel):
    """A visit that a plan took from its crew-day."""

    visit: str
    plot: str
    task: str
    old: CrewDay
    new: CrewDay | None
    reason: str
    author: str
    at: datetime


class MoveList(BaseModel):
    """What a plan moved."""

    moves: list[MoveAnswer]


@router.post(
    "/replans",
    status_code=202,
    summary="Plan anew after something happened",
    description="Plans what is left of the plan in force with as few changes as can be: rain, absence, breakdown, "
    "urgent work, work done early, work refused; without events with what holds already. One run at a time for each "
    "user. The answer is that of a planning run.",
    response_description="The run has been put in the queue; `Location` tells where to look",
    responses=problems(400, 401, 403, 409, 413, 422),
)
def start_replan(
    asked: ReplanRequest, desk: DeskHere, who: IdentityHere, request: Request, response: Response
) -> PlanAnswer:
    """Note the run in the store and hand it to whoever does it."""
    plan = desk.store.plan()
    if plan is None:
        raise NotReady("no plan is in force", remedy="start a planning run first: POST /plans")
    happened = [EVENT.dump_python(one.event(), mode="json") for one in asked.happened]
    wanted: dict[str, Any] = {
        "from": plan.from_on.isoformat(),
        "days": len(plan.days),
        "seconds": asked.seconds,
        "seed": asked.seed,
        "draft": asked.draft,
        "events": happened,
    }
    return begin_run(desk, who, request, response, wanted)


@router.get(
    "/events",
    summary="List events that hold",
    description="What happened that every plan made from now on heeds, the oldest first.",
    responses=problems(400, 401),
)
def list_events(desk: DeskHere, query: LanguageQuery) -> EventList:
    """Return the events that hold."""
    kept = [(one, events.words(one.event)[query.lang == "en"]) for one in desk.store.events()]
    return EventList(
        events=[
            EventAnswer(id=one.event_id, kind=one.event.kind, text=text, author=one.author, at=one.at)
            for one, text in kept
        ]
    )


@router.delete(
    "/events/{event_id}",
    status_code=204,
    summary="Withdraw an event",
    description="Plans made from now on do not heed it; the plan in force stays.",
    responses=problems(401, 403, 404),
)
def delete_event(
    event_id: Annotated[int, Path(ge=1, le=2**53, description="Id of an event.")], desk: DeskHere, who: IdentityHere
) -> None:
    """Withdraw an event."""
    withdraw_event(desk.store, event_id, author=who.label, clock=desk.clock)


@router.get(
    "/plans/{plan_id}/compare/{other}",
    summary="Compare two plans",
    description="Which visits lie elsewhere in the other plan, which crew-days differ, what each part of the objective "
    "costs in both.",
    responses=problems(400, 401, 404),
)
def compare(
    plan_id: PlanInPath,
    other: Annotated[str, Path(pattern=r"^[A-Za-z0-9_-]{1,64}$", description="Id of the other plan.")],
    desk: DeskHere,
    query: LanguageQuery,
) -> ComparisonAnswer:
    """Return two plans side by side."""
    seen = compare_plans(desk.store, plan_id, other)
    return ComparisonAnswer(
        same=seen.same,
        visits=[
            VisitDiffers(
                visit=one.visit.visit_id,
                plot=one.visit.plot_code,
                task=one.visit.work,
                old=_crew_day(one.old),
                new=_crew_day(one.new),
            )
            for one in seen.visits
        ],
        days=[
            DayDiffers(crew=one.crew, day=one.on, visits=one.visits, drive_s=one.drive_s, work_s=one.work_s)
            for one in seen.days
        ],
        costs=dict(seen.costs),
        text=list(seen.lines(query.lang)),
    )


class Seen(BaseModel, extra="forbid"):
    """What a planner looked at before."""

    expected: str | None = Field(
        default=None, pattern=r"^[A-Za-z0-9_-]{1,64}$", description="Plan in force that this one was compared with."
    )


@router.post(
    "/plans/{plan_id}/accept",
    summary="Put a draft in force",
    description="Checks the plan against what is due, locked and lawful now, and puts it in force; 409 with the faults "
    "when the world has moved on, and with both plans when another one than `expected` is in force by now.",
    responses=problems(400, 401, 403, 404, 409),
)
def accept(plan_id: PlanInPath, desk: DeskHere, who: IdentityHere, query: Annotated[Seen, Query()]) -> PlanAnswer:
    """Put a draft in force."""
    accept_plan(desk.store, plan_id, author=who.label, clock=desk.clock, expected=query.expected)
    return plan_answer(desk, plan_id)


@router.get(
    "/plans/{plan_id}/moves",
    summary="List what a plan moved",
    description="Every visit that the plan took from its crew-day when it was put in force, with reason and author.",
    responses=problems(400, 401, 404),
)
def list_moves(plan_id: PlanInPath, desk: DeskHere, query: LanguageQuery) -> MoveList:
    """Return the moves of a plan."""
    require_plan(desk.store, plan_id)
    return MoveList(moves=[move_answer(one, query.lang) for one in desk.store.moves(plan_id)])


def move_answer(one: Move, lang: str) -> MoveAnswer:
    """Return a move in a language."""
    return MoveAnswer(
        visit=one.visit_id,
        plot=one.plot_code,
        task=one.work,
        old=CrewDay(crew=one.old_crew, day=one.old_on),
        new=CrewDay(crew=one.new_crew, day=one.new_on) if one.new_on else None,
        reason=one.reason_en if lang == "en" else one.reason,
        author=one.author,
        at=one.at,
    )


def _crew_day(at: Placement | None) -> CrewDay | None:
    return None if at is None else CrewDay(crew=at.crew, day=at.on)
