"""Floor 8: further work that crews asked for, over HTTP; it is withdrawn as the event that it is."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal

from fastapi import APIRouter
from pydantic import BaseModel, Field

from geo_service.api.desk import DeskHere
from geo_service.api.errors import problems
from geo_service.api.fields import LanguageQuery
from geo_service.outputs.follow_ups import asked_works

router = APIRouter(prefix="/follow-ups", tags=["Field reports"])


class FollowUpAnswer(BaseModel):
    """Further work that a report asks for."""

    event: int = Field(description="Id of the event that every plan heeds.")
    report_id: str
    plot: str
    work: str = Field(description="Name of the work, or the crew's words.")
    why: str = Field(description="What it follows from, who asked, and why.")
    latest: date
    priority: int = Field(description="1 most urgent to 5 least.")
    visit: str = Field(description="Id of the visit that it makes.")
    state: Literal["open", "planned", "done"]
    crew: str | None
    day: date | None
    author: str
    at: datetime


class FollowUpList(BaseModel):
    """The oldest first."""

    follow_ups: list[FollowUpAnswer]


@router.get(
    "",
    summary="List follow-ups",
    description="Further work that crews asked for and nobody withdrew, with where it stands.",
    responses=problems(400, 401, 403),
)
def list_follow_ups(desk: DeskHere, query: LanguageQuery) -> FollowUpList:
    """Return the follow-ups."""
    catalogue = desk.store.catalogue()
    return FollowUpList(
        follow_ups=[
            FollowUpAnswer(
                event=one.event_id,
                report_id=one.event.follows.report_id if one.event.follows else "",
                plot=one.event.plot,
                work=one.work_in(catalogue, query.lang),
                why=one.why(query.lang),
                latest=one.event.latest_on,
                priority=one.event.priority,
                visit=one.visit_id,
                state=one.state,
                crew=one.crew or None,
                day=one.on,
                author=one.author,
                at=one.at,
            )
            for one in asked_works(desk.store)
        ]
    )
