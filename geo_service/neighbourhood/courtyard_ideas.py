"""Floor 1: children's ideas for courtyards: drawn on the map with stamps and lines, and what became of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from math import cos, radians

import shapely
from shapely.geometry.base import BaseGeometry

from geo_service.base.errors import InputError, RuleBroken
from geo_service.base.shapes import Shape
from geo_service.neighbourhood.children import Review, require_refusal

STAMPS = (
    *("tree", "flower", "garden", "bench", "swing", "slide", "sand", "ball"),
    *("table_tennis", "hut", "water", "bike", "bin", "lamp"),
)
LINES = ("path", "hedge", "water", "chalk")
"""What is stamped on the map as a point, and what is drawn as a line."""

MOST_PARTS, MOST_LINE_POINTS, MOST_POINTS = 80, 400, 4000
MOST_WIDTH_M = 250.0
"""An idea is for one courtyard or one plot."""

_METRES_PER_DEGREE = 111_320.0


class IdeaState(StrEnum):
    """What became of an idea, in words that the group sees as pictures."""

    SEEN = "seen"
    ASKED = "asked"
    PLANNED = "planned"
    BUILT = "built"
    NOT_POSSIBLE = "not_possible"


ENDS = frozenset({IdeaState.BUILT, IdeaState.NOT_POSSIBLE})
_ORDER = tuple(IdeaState)


@dataclass(frozen=True)
class IdeaStep:
    """A step; ``said`` is what the adults tell the group, in short words."""

    state: IdeaState
    at: datetime
    said: str = ""


@dataclass(frozen=True)
class IdeaPart:
    """A stamp (Point) or a line (LineString), degrees; ``what`` is one of `STAMPS` or `LINES`."""

    what: str
    shape: Shape


@dataclass(frozen=True)
class CourtyardIdea:
    """An idea as it was sent, and what became of it.

    Attributes
    ----------
    idea_id
        UUID that the tablet made.
    plot
        Code of the plot that it is about, or empty.
    steps
        The oldest first; the first comes with the approval.
    """

    idea_id: str
    parts: tuple[IdeaPart, ...]
    sent_sha256: str
    received_at: datetime
    group: str = ""
    age_band: str = ""
    plot: str = ""
    review: Review = Review.WAITING
    reviewed_at: datetime | None = None
    reason: str = ""
    steps: tuple[IdeaStep, ...] = ()

    @property
    def state(self) -> IdeaState | None:
        """Return how it stands; None before anybody looked at it."""
        return self.steps[-1].state if self.steps else None

    @property
    def middle(self) -> shapely.Point:
        """Return the middle of all that was drawn, degrees."""
        return shapely.GeometryCollection([part.shape for part in self.parts]).envelope.centroid


def require_parts(parts: Sequence[IdeaPart]) -> None:
    """Raise unless an idea is made of what the lists hold and is as small as a courtyard.

    Raises
    ------
    InputError
        With what does not fit.
    """
    if not 1 <= len(parts) <= MOST_PARTS:
        raise InputError("an idea has at least one part", remedy=f"1 to {MOST_PARTS} parts")
    for part in parts:
        allowed: Mapping[str, tuple[str, ...]] = {"Point": STAMPS, "LineString": LINES}
        if part.what not in allowed.get(part.shape.geom_type, ()):
            raise InputError(
                f"{part.what[:40]!r} is not drawn as a {part.shape.geom_type}", remedy="stamps are points, lines lines"
            )
        if shapely.get_num_coordinates(part.shape) > MOST_LINE_POINTS:
            raise InputError("a line is too long", remedy=f"up to {MOST_LINE_POINTS} points")
    if sum(shapely.get_num_coordinates(part.shape) for part in parts) > MOST_POINTS:
        raise InputError("the idea has too many points", remedy=f"up to {MOST_POINTS}")
    if _width_m([part.shape for part in parts]) > MOST_WIDTH_M:
        raise InputError("the idea reaches too far", remedy=f"draw within {MOST_WIDTH_M:.0f} m")


def approve_idea(idea: CourtyardIdea, *, at: datetime) -> CourtyardIdea:
    """Return the idea as looked at: its first step.

    Raises
    ------
    RuleBroken
        When that was said before.
    """
    if idea.review is Review.APPROVED:
        raise RuleBroken("the idea was approved before", remedy="tell the next step", rule="one approval")
    return replace(idea, review=Review.APPROVED, reviewed_at=at, reason="", steps=(IdeaStep(IdeaState.SEEN, at),))


def refuse_idea(idea: CourtyardIdea, *, at: datetime, reason: str) -> CourtyardIdea:
    """Return the idea as it is not shown."""
    require_refusal(reason)
    return replace(idea, review=Review.REFUSED, reviewed_at=at, reason=reason, steps=())


def next_states(idea: CourtyardIdea) -> tuple[IdeaState, ...]:
    """Return the steps that may follow: onwards only, and none after the end.

    Examples
    --------
    >>> [str(one) for one in next_states(CourtyardIdea("i", (), "", datetime.max, review=Review.APPROVED))]
    ['seen', 'asked', 'planned', 'built', 'not_possible']
    """
    if idea.review is not Review.APPROVED or idea.state in ENDS:
        return ()
    return _ORDER if idea.state is None else _ORDER[_ORDER.index(idea.state) + 1 :]


def add_step(idea: CourtyardIdea, step: IdeaStep) -> CourtyardIdea:
    """Return the idea with a further step.

    Raises
    ------
    RuleBroken
        When the step cannot follow.
    InputError
        When it is not possible and nobody says why.
    """
    allowed = next_states(idea)
    if step.state not in allowed:
        names = ", ".join(allowed)
        raise RuleBroken(
            f"{step.state} cannot follow {idea.state or idea.review}",
            remedy=f"one of {names}" if names else "approve the idea first; after the end there is no step",
            rule="steps go onwards",
        )
    if step.state is IdeaState.NOT_POSSIBLE and not step.said.strip():
        raise InputError("say why it is not possible", remedy="the group reads it: short, in words for children")
    return replace(idea, steps=(*idea.steps, step))


def _width_m(shapes: Sequence[BaseGeometry]) -> float:
    west, south, east, north = shapely.total_bounds(shapes)
    across = (east - west) * _METRES_PER_DEGREE * cos(radians(south))
    return float(max(across, (north - south) * _METRES_PER_DEGREE))
