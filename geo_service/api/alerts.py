"""Floor 8: what crews told that a planner must see, over HTTP, and the planner's answer to it."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Path, Query
from pydantic import BaseModel, Field

from geo_service.actions.answer_alert import DECISIONS, Answer, answer_alert
from geo_service.api.desk import Desk, DeskHere
from geo_service.api.errors import problems
from geo_service.api.fields import Day
from geo_service.api.identity import IdentityHere
from geo_service.store.field import Alert

router = APIRouter(prefix="/alerts", tags=["Field reports"])

_LINE = r"^[^\x00-\x1f\x7f]*$"

AlertInPath = Annotated[int, Path(ge=1, le=2**53, description="Number of an alert.", examples=[1])]
Decision = Literal["seen", "go_on", "later", "urgent", "order"]


class AlertPhoto(BaseModel):
    """A picture that came with it."""

    sha256: str
    role: str
    received: bool = Field(description="Whether the picture is here already.")


class AlertAnswer(BaseModel):
    """What a crew told, and what was decided."""

    alert: int
    kind: Literal["hazardous", "not_possible", "found", "against_rule"]
    plot: str
    visit: str | None
    text: str = Field(description="What happened, in German or in English after `lang`.")
    crew: str
    at: datetime
    report_id: str
    waste_key: str = Field(description="AVV key of what was found, or empty.")
    reason: str = Field(description="Code of what was in the way, or empty.")
    remark: str
    photos: list[AlertPhoto]
    decisions: list[Decision] = Field(description="What may be decided; empty when it was answered.")
    answer: str = Field(description="What was decided; empty while it is open.")
    answered_by: str
    answered_at: datetime | None


class AlertList(BaseModel):
    """The oldest first."""

    alerts: list[AlertAnswer]


class AlertQuery(BaseModel, extra="forbid"):
    """Which alerts are listed, in which language."""

    state: Literal["open", "all"] = Field(default="open", description="Those that wait for an answer, or all.")
    lang: Literal["de", "en"] = Field(default="de", description="Language of names and notes.")


class Decided(BaseModel, extra="forbid", strict=True):
    """What a planner decides."""

    decision: Decision = Field(
        description="seen: nothing more, what is due stays due. go_on: a stopped job goes on. later: not before `from`."
        " urgent: the visit is hurried until `until`. order: further `work` until `until`."
    )
    note: str = Field(default="", max_length=300, pattern=_LINE, description="Why; the crew reads it.")
    from_on: Day | None = Field(default=None, alias="from")
    until_on: Day | None = Field(default=None, alias="until")
    work: str = Field(default="", max_length=100, pattern=_LINE, description="Code of the catalogue, or words.")
    minutes: int = Field(default=60, ge=1, le=360, description="Of work in words.")

    def answer(self) -> Answer:
        """Return the answer as a value."""
        return Answer(self.decision, self.note, self.from_on, self.until_on, self.work, self.minutes)


@router.get(
    "",
    summary="List alerts",
    description="Hazardous waste that was found, visits that were not possible, other finds, acts against a rule.",
    responses=problems(400, 401, 403),
)
def list_alerts(asked: Annotated[AlertQuery, Query()], desk: DeskHere) -> AlertList:
    """Return what crews told that a planner must see."""
    found = desk.store.alerts(open_only=asked.state == "open")
    return AlertList(alerts=[_answer(desk, one, asked.lang) for one in found])


@router.put(
    "/{alert_id}/answer",
    summary="Answer an alert",
    description="An answer is given once; what it leads to is heeded by every plan made from now on.",
    responses=problems(400, 401, 403, 404, 409, 413, 422),
)
def answer(alert_id: AlertInPath, asked: Decided, desk: DeskHere, who: IdentityHere) -> AlertAnswer:
    """Keep a planner's answer."""
    seen = answer_alert(desk.store, alert_id, asked.answer(), author=who.label, clock=desk.clock)
    return _answer(desk, seen, "de")


def _answer(desk: Desk, one: Alert, lang: str) -> AlertAnswer:
    kept = desk.store.field_report(one.report_id)
    assert kept is not None, "an alert is about a report that is kept"
    told = kept.report
    received = desk.store.photos([note.sha256 for note in told.photos])
    return AlertAnswer.model_validate(
        {
            "alert": one.alert_id,
            "kind": one.kind,
            "plot": one.plot,
            "visit": one.visit_id or None,
            "text": one.text_en if lang == "en" else one.text,
            "crew": told.crew,
            "at": one.at,
            "report_id": one.report_id,
            "waste_key": told.waste_key,
            "reason": told.reason,
            "remark": told.remark,
            "photos": [
                {"sha256": note.sha256, "role": note.role, "received": note.sha256 in received} for note in told.photos
            ],
            "decisions": DECISIONS.get(one.kind, ("seen",)) if one.seen_at is None else (),
            "answer": one.answer,
            "answered_by": one.seen_by,
            "answered_at": one.seen_at,
        }
    )
