"""Floor 8: publication over HTTP: an owner objected, or took the objection back."""

from __future__ import annotations

from fastapi import APIRouter
from pydantic import BaseModel, Field

from geo_service.actions.set_publication import set_publication
from geo_service.api.desk import DeskHere
from geo_service.api.errors import problems
from geo_service.api.fields import PlotInPath
from geo_service.api.identity import IdentityHere

router = APIRouter(tags=["Features"])


class PublicationRequest(BaseModel, extra="forbid", strict=True):
    """Whether the public may see a plot."""

    public: bool = Field(description="False once the owner objected.")
    reason: str = Field(
        min_length=1,
        max_length=300,
        pattern=r"^[^\x00-\x1f\x7f]*[^\x00-\x20\x7f][^\x00-\x1f\x7f]*$",
        description="What it rests on; kept in the ledger.",
    )


class PublicationAnswer(BaseModel):
    """Whether the public may see a plot."""

    plot: str
    public: bool


@router.put(
    "/plots/{plot}/publication",
    summary="Publish or withhold a plot",
    description="A plot that is withheld is gone from everything public with the next answer: collections, tiles, "
    "pages. Whoever is signed in as a reader still sees it.",
    responses=problems(400, 401, 403, 404, 413, 422),
)
def publish(plot: PlotInPath, asked: PublicationRequest, desk: DeskHere, who: IdentityHere) -> PublicationAnswer:
    """Publish or withhold a plot."""
    kept = set_publication(desk.store, plot, asked.public, reason=asked.reason, author=who.label, clock=desk.clock)
    return PublicationAnswer(plot=kept.code, public=kept.public)
