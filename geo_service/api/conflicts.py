"""Floor 8: conflicts about visits over HTTP: both versions side by side, and a planner's choice."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Path, Query
from pydantic import BaseModel, Field

from geo_service.actions.resolve_conflict import resolve_conflict
from geo_service.api.desk import Desk, DeskHere
from geo_service.api.errors import problems
from geo_service.api.field_reports import QuantityTold, ReportAnswer, report_answer
from geo_service.api.identity import IdentityHere
from geo_service.store.field import FieldConflict
from geo_service.work.field_report import VisitCourse

router = APIRouter(prefix="/conflicts", tags=["Field reports"])

ConflictInPath = Annotated[int, Path(ge=1, le=2**53, description="Number of a conflict.", examples=[1])]


class Course(BaseModel):
    """How a visit stands."""

    version: int
    outcome: Literal["", "done", "not_possible"] = Field(description="Empty while nobody told of one.")
    stopped: bool = Field(description="Hazardous waste was found.")
    report_id: str | None = Field(description="The report that the outcome comes from; null when a planner noted it.")
    crew: str
    done_on: date | None
    minutes: int | None
    quantities: list[QuantityTold]
    reason: str
    remark: str
    author: str
    changed_at: datetime | None


class ConflictAnswer(BaseModel):
    """Two versions of one visit, and how it was settled."""

    conflict: int
    visit: str
    opened_at: datetime
    desk: Course = Field(description="How the visit stood when the report arrived.")
    phone: ReportAnswer = Field(description="The report that was put aside.")
    choice: Literal["", "desk", "phone"] = Field(description="Empty while it is open.")
    reason: str
    author: str
    settled_at: datetime | None


class ConflictList(BaseModel):
    """The oldest first."""

    conflicts: list[ConflictAnswer]


class ConflictQuery(BaseModel, extra="forbid"):
    """Which conflicts are listed."""

    state: Literal["open", "all"] = Field(default="open", description="Those that wait for a choice, or all.")


class Settlement(BaseModel, extra="forbid", strict=True):
    """Which side is taken, and why."""

    choice: Literal["desk", "phone"]
    reason: str = Field(min_length=1, max_length=300, pattern=r"^[^\x00-\x1f\x7f]*\S[^\x00-\x1f\x7f]*$")


@router.get("", summary="List conflicts", responses=problems(400, 401, 403))
def list_conflicts(asked: Annotated[ConflictQuery, Query()], desk: DeskHere) -> ConflictList:
    """Return conflicts with both versions."""
    found = desk.store.conflicts(open_only=asked.state == "open")
    return ConflictList(conflicts=[_answer(desk, one) for one in found])


@router.put(
    "/{conflict_id}/settlement",
    summary="Settle a conflict",
    description="Keeps what the desk had, or takes the report that was put aside. Both stay readable.",
    responses=problems(401, 403, 404, 409, 413, 422),
)
def settle(conflict_id: ConflictInPath, asked: Settlement, desk: DeskHere, who: IdentityHere) -> ConflictAnswer:
    """Settle a conflict."""
    settled = resolve_conflict(
        desk.store, conflict_id, asked.choice, reason=asked.reason, author=who.label, clock=desk.clock
    )
    return _answer(desk, settled)


def course_answer(course: VisitCourse) -> Course:
    """Return how a visit stands in the form in which it is told."""
    return Course(
        version=course.version,
        outcome=course.outcome,
        stopped=course.stopped,
        report_id=course.report_id or None,
        crew=course.crew,
        done_on=course.done_on,
        minutes=course.minutes,
        quantities=[
            QuantityTold.model_construct(unit=one.unit, amount=one.amount, waste_key=one.waste_key)
            for one in course.quantities
        ],
        reason=course.reason,
        remark=course.remark,
        author=course.author,
        changed_at=course.changed_at,
    )


def _answer(desk: Desk, one: FieldConflict) -> ConflictAnswer:
    kept = desk.store.field_report(one.report_id)
    assert kept is not None, "a conflict is about a report that is kept"
    return ConflictAnswer(
        conflict=one.conflict_id,
        visit=one.visit_id,
        opened_at=one.opened_at,
        desk=course_answer(one.desk),
        phone=report_answer(desk, kept),
        choice=one.choice,
        reason=one.reason,
        author=one.author,
        settled_at=one.settled_at,
    )
