"""Floor 8: locks over HTTP: visits that stay on their crew-day, with the hours announced or without."""

from __future__ import annotations

from datetime import date, datetime

from fastapi import APIRouter
from pydantic import BaseModel, Field, model_validator

from geo_service.actions.lock_visits import announce_visit, lock_visit, unlock_visit
from geo_service.api.desk import DeskHere
from geo_service.api.errors import problems
from geo_service.api.fields import VisitInPath
from geo_service.api.identity import IdentityHere
from geo_service.base.clock import hhmm
from geo_service.store.model import VisitLock

router = APIRouter(tags=["Plans"])

_TIME = r"^([01][0-9]|2[0-3]):[0-5][0-9]$"


class LockRequest(BaseModel, extra="forbid", strict=True):
    """How a visit is locked."""

    reason: str = Field(default="", max_length=300, pattern=r"^[^\x00-\x1f\x7f]*$")
    announced: bool = Field(default=False, description="Somebody was told: it is begun within these hours.")
    opens: str | None = Field(default=None, pattern=_TIME, description="Begin of the hours announced, HH:MM.")
    closes: str | None = Field(default=None, pattern=_TIME, description="End of the hours announced, HH:MM.")

    @model_validator(mode="after")
    def hours_belong_together(self) -> LockRequest:
        """Refuse half a window, and hours of what is not announced."""
        if (self.opens is None) != (self.closes is None):
            raise ValueError("opens and closes belong together")
        if self.opens is not None and not self.announced:
            raise ValueError("hours are for what is announced")
        return self


class LockAnswer(BaseModel):
    """A visit that stays on its crew-day; hours where they were announced."""

    visit: str
    crew: str
    day: date
    opens: str | None
    closes: str | None
    reason: str
    author: str
    at: datetime


class LockList(BaseModel):
    """All locks in order of visit."""

    locks: list[LockAnswer]


@router.get(
    "/locks",
    summary="List locked visits",
    description="Visits that whatever is planned leaves on their crew-day.",
    responses=problems(401),
)
def list_locks(desk: DeskHere) -> LockList:
    """Return all locks."""
    return LockList(locks=[_answer(lock) for lock in desk.store.locks()])


@router.put(
    "/visits/{visit_id}/lock",
    summary="Lock or announce a visit",
    description="Keeps a visit of the plan in force on its crew-day; announced, it is begun within the hours told, by "
    "default the whole hour around its planned start.",
    responses=problems(400, 401, 403, 404, 409, 413, 422),
)
def lock(visit_id: VisitInPath, asked: LockRequest, desk: DeskHere, who: IdentityHere) -> LockAnswer:
    """Lock a visit."""
    if not asked.announced:
        kept = lock_visit(desk.store, visit_id, reason=asked.reason, author=who.label, clock=desk.clock)
    else:
        window = (
            None if asked.opens is None or asked.closes is None else (_seconds(asked.opens), _seconds(asked.closes))
        )
        kept = announce_visit(
            desk.store, visit_id, window=window, reason=asked.reason, author=who.label, clock=desk.clock
        )
    return _answer(kept)


@router.delete(
    "/visits/{visit_id}/lock",
    status_code=204,
    summary="Unlock a visit",
    description="Lifts a lock or an announcement.",
    responses=problems(401, 403, 404),
)
def unlock(visit_id: VisitInPath, desk: DeskHere, who: IdentityHere) -> None:
    """Unlock a visit."""
    unlock_visit(desk.store, visit_id, author=who.label, clock=desk.clock)


def _seconds(text: str) -> int:
    hours, minutes = text.split(":")
    return int(hours) * 3600 + int(minutes) * 60


def _answer(lock: VisitLock) -> LockAnswer:
    opens, closes = (hhmm(lock.window[0]), hhmm(lock.window[1])) if lock.window else (None, None)
    return LockAnswer(
        visit=lock.visit_id,
        crew=lock.crew,
        day=lock.on,
        opens=opens,
        closes=closes,
        reason=lock.reason,
        author=lock.author,
        at=lock.at,
    )
