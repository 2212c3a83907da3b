"""Floor 8: exceptions to the cutting ban over HTTP."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from fastapi import APIRouter
from pydantic import BaseModel, Field

from geo_service.actions.give_exception import give_exception, take_exception_back
from geo_service.api.desk import DeskHere
from geo_service.api.errors import problems
from geo_service.api.fields import PlotInPath, WorkInPath
from geo_service.api.identity import IdentityHere
from geo_service.store.model import KeptException
from geo_service.work.cutting import ExceptionCode

router = APIRouter(tags=["Plans"])


class ExceptionRequest(BaseModel, extra="forbid", strict=True):
    """The ground of an exception and what it rests on."""

    code: Literal["ordered", "public_interest", "traffic_safety", "permitted_building"]
    evidence: str = Field(
        min_length=1, max_length=500, pattern=r"^[^\x00-\x1f\x7f]*$", description="Order, permit or report."
    )


class ExceptionAnswer(BaseModel):
    """An exception to the cutting ban for one work on one plot."""

    plot: str
    task: str
    code: str
    evidence: str
    author: str
    at: datetime


class ExceptionList(BaseModel):
    """All exceptions in order of plot and work."""

    exceptions: list[ExceptionAnswer]


@router.get(
    "/exceptions",
    summary="List exceptions to the cutting ban",
    description="Exceptions after BNatSchG §39(5) with their ground and evidence.",
    responses=problems(401),
)
def list_exceptions(desk: DeskHere) -> ExceptionList:
    """Return all exceptions."""
    codes = {plot.plot_id: plot.code for plot in desk.store.plots()}
    kept = sorted(desk.store.exceptions(), key=lambda one: (codes.get(one.plot_id, ""), one.work))
    return ExceptionList(exceptions=[_answer(one, codes.get(one.plot_id, one.plot_id)) for one in kept])


@router.put(
    "/plots/{plot}/exceptions/{work}",
    summary="Give an exception to the cutting ban",
    description="Lets a work that BNatSchG §39(5) forbids from 1 March to 30 September be planned on a plot.",
    responses=problems(400, 401, 403, 404, 409, 413, 422),
)
def give(
    plot: PlotInPath, work: WorkInPath, asked: ExceptionRequest, desk: DeskHere, who: IdentityHere
) -> ExceptionAnswer:
    """Give an exception."""
    code = ExceptionCode(asked.code)
    kept = give_exception(desk.store, plot, work, code, asked.evidence, author=who.label, clock=desk.clock)
    return _answer(kept, plot)


@router.delete(
    "/plots/{plot}/exceptions/{work}",
    status_code=204,
    summary="Take an exception to the cutting ban back",
    description="Plans made from now on keep to the ban again.",
    responses=problems(401, 403, 404),
)
def take_back(plot: PlotInPath, work: WorkInPath, desk: DeskHere, who: IdentityHere) -> None:
    """Take an exception back."""
    take_exception_back(desk.store, plot, work, author=who.label, clock=desk.clock)


def _answer(kept: KeptException, plot: str) -> ExceptionAnswer:
    given = kept.exception
    return ExceptionAnswer(
        plot=plot, task=kept.work, code=given.code.value, evidence=given.evidence, author=kept.author, at=kept.at
    )
