"""Floor 8: the schedule board as it crosses the edge: crew-days with their cards, verdicts, and what others changed."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import BaseModel, Field, model_validator

from geo_service.api.fields import Code, Day
from geo_service.api.plans import LeftOut, Remedy
from geo_service.api.replans import CrewDay, MoveAnswer

MOST_TARGETS = 60

PlanId = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,64}$", description="Id of the plan that is looked at.")]
VisitOnBoard = Annotated[str, Field(min_length=1, max_length=200, description="Id of a visit.")]
Position = Annotated[int | None, Field(default=None, ge=1, le=500, description="In the new order; null: the cheapest.")]


class Target(BaseModel, extra="forbid", strict=True):
    """A crew-day and a place in its order; without crew and day: out of the plan."""

    crew: Code | None = None
    day: Day | None = None
    position: Position

    @model_validator(mode="after")
    def belong_together(self) -> Target:
        """Refuse half a crew-day."""
        if (self.crew is None) != (self.day is None):
            raise ValueError("crew and day belong together")
        return self


class TrialRequest(BaseModel, extra="forbid", strict=True):
    """A visit and where it might go."""

    plan: PlanId
    visit: VisitOnBoard
    targets: list[Target] = Field(min_length=1, max_length=MOST_TARGETS)


class ByHand(Target):
    """A visit and where it goes; without crew and day it is set aside, for which a reason is needed."""

    plan: PlanId
    visit: VisitOnBoard
    draft: bool = Field(default=False, description="The plan is a draft, not the one in force.")
    reason: str = Field(default="", max_length=300, pattern=r"^[^\x00-\x1f\x7f]*$")


class UndoRequest(BaseModel, extra="forbid", strict=True):
    """The plan in force whose move is taken back."""

    plan: PlanId


class Against(BaseModel):
    """What stands against something."""

    rule: str = Field(description="As the checkers name it: skill, window, shift, locked, done, begun ...")
    text: str


class BoardCrew(BaseModel):
    """A crew, a row of the board."""

    code: str
    name: str
    colour: str
    people: int
    vehicle: str


class Card(BaseModel):
    """A visit in the order of its crew-day; times in seconds since local midnight."""

    visit: str
    plot: str
    address: str
    quarter: str
    task: str
    minutes: int
    order: int
    start_s: int
    end_s: int
    drive_s: int
    windows: list[tuple[int, int]] = Field(description="When it may be worked on that day.")
    due: date
    earliest: date
    latest: date
    part: int
    parts: int
    people: int
    volume_m3: float
    locked: bool
    announced: tuple[int, int] | None = Field(description="Hours that somebody was told.")
    lock_reason: str
    urgent: str = Field(description="Why it is urgent; empty when it is not.")
    follow_up: str = Field(description="What it follows from; empty when a crew did not ask for it.")
    outcome: Literal["", "done", "not_possible"] = Field(description="What the crew reported.")
    stopped: bool = Field(description="Hazardous waste was found: nobody goes on.")
    fixed: Against | None = Field(description="Why it cannot be moved.")


class Called(BaseModel):
    """A trip to a facility or a break, after a stop of the order."""

    after: int
    name: str = Field(description="Of the facility; empty for a break.")
    start_s: int
    end_s: int


class BoardDay(BaseModel):
    """A crew-day: how full it is, and its cards."""

    crew: str
    day: date
    open: bool = Field(description="It can still be planned.")
    shift: tuple[int, int]
    regular_s: int
    max_work_s: int
    capacity_m3: float
    start_s: int
    end_s: int
    drive_s: int
    work_s: int
    wait_s: int
    break_s: int
    overtime_s: int
    length_m: int
    volume_m3: float = Field(description="All that is carried; with a trip to a facility it may exceed the vehicle.")
    between: list[Called]
    cards: list[Card]


class OffBoard(BaseModel):
    """A visit that is in no route."""

    visit: str
    plot: str
    address: str
    task: str
    minutes: int = Field(description="0 where the visit is not due any more.")
    due: date
    code: str
    reason: str
    remedy: Remedy | None
    set_aside: bool = Field(description="A planner set it aside.")
    urgent: str
    fixed: Against | None


class BoardPlan(BaseModel):
    """The plan that the board shows."""

    id: str
    in_force: bool
    made_at: datetime
    author: str
    seed: int


class BoardAnswer(BaseModel):
    """A plan as days by crews, as the world is now."""

    plan: BoardPlan
    revision: int
    today: date
    may_change: bool = Field(description="Whether the one who asks may move visits.")
    dates: list[date]
    crews: list[BoardCrew]
    days: list[BoardDay]
    unserved: list[OffBoard]
    kept_out: list[LeftOut]
    tasks: dict[str, str] = Field(description="Names of the works by code.")
    costs: dict[str, int] = Field(description="Parts of the objective in seconds of driving.")
    parts: dict[str, str] = Field(description="Names of the parts.")
    notes: list[str]
    warnings: list[str]
    faults: list[Against] = Field(description="What the checkers find in the plan as the world is now.")


class LoadAnswer(BaseModel):
    """A crew-day before and after a move."""

    crew: str
    day: date
    visits: tuple[int, int]
    drive_s: tuple[int, int]
    work_s: tuple[int, int]
    working_s: tuple[int, int]
    overtime_s: tuple[int, int]
    end_s: tuple[int, int]
    max_work_s: int


class VerdictAnswer(BaseModel):
    """What a move would do."""

    visit: str
    ok: bool
    old: CrewDay | None
    new: CrewDay | None
    position: int
    start_s: int
    against: list[Against]
    change_s: int = Field(description="What it costs more, in seconds of driving; negative when it saves.")
    costs: dict[str, tuple[int, int]] = Field(description="Parts of the objective before and after.")
    days: list[LoadAnswer]


class TrialAnswer(BaseModel):
    """The verdicts in the order of the targets."""

    plan: str
    in_force: bool
    verdicts: list[VerdictAnswer]


class HandedBack(BaseModel):
    """The new plan, as far as it differs from the one before."""

    plan: BoardPlan
    before: str
    revision: int
    visits: list[str] = Field(description="Visits that were moved.")
    days: list[BoardDay]
    unserved: list[OffBoard]
    costs: dict[str, int]
    faults: list[Against]


class ByOthers(BaseModel):
    """A change that somebody made."""

    at: datetime
    author: str
    what: Literal["moved", "plan", "lock", "event"]
    moves: list[MoveAnswer]


class ChangesAnswer(BaseModel):
    """What changed since a revision, the newest first."""

    in_force: str
    revision: int
    changes: list[ByOthers]
