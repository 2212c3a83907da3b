"""Floor 1: what children say of their quarter: groups without names, and places that are good, dangerous or wished for.

Nothing here can carry a name or an address: a place is a pictogram at a point, with a word from a list and a drawing.
There is no pictogram for a home. What a child sent is never public before an adult has looked at it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from shapely import Point

from geo_service.base.errors import InputError, RuleBroken
from geo_service.base.shapes import Shape

ANIMALS = (
    *("bee", "bird", "cat", "duck", "fish", "fox", "frog", "hedgehog", "ladybird", "mouse", "owl", "rabbit"),
    *("snail", "spider", "turtle", "worm"),
)
"""Of which the code of a group is made: it is read aloud, or found by tapping pictures."""

ANIMALS_IN_CODE = 3
AGE_BANDS = ("3-6", "7-9", "10-12", "13-15")
COMPANIONS = ("teacher", "educator", "youth_worker", "librarian", "parent")
"""Who comes with a group: a role, never a name."""


class Feeling(StrEnum):
    """What a child says of a place."""

    GOOD = "good"
    DANGER = "danger"
    WISH = "wish"


KINDS: Mapping[Feeling, tuple[str, ...]] = {
    Feeling.GOOD: (
        *("play", "ball", "climb", "hide", "friends", "bench"),
        *("flower", "animal", "water", "book", "bike", "garden"),
    ),
    Feeling.DANGER: ("car", "crossing", "dark", "glass", "dog", "broken", "scary", "deep_water", "rails", "rubbish"),
    Feeling.WISH: (
        *("swing", "slide", "sand", "ball", "table_tennis", "hut"),
        *("tree", "flower", "bench", "water", "bin", "crossing"),
    ),
}
"""Feeling -> the pictograms that a child chooses from."""

WORDS: Mapping[Feeling, tuple[str, ...]] = {
    Feeling.GOOD: ("beautiful", "fun", "quiet", "exciting", "cosy", "big"),
    Feeling.DANGER: ("loud", "fast", "dark", "dirty", "broken", "scary"),
    Feeling.WISH: ("new", "bigger", "colourful", "clean", "together", "safe"),
}
"""Feeling -> the words that a child may add."""

COLOURS = 6
"""How many colours a drawing has."""

MOST_STROKES, MOST_POINTS, MOST_POINTS_OF_ALL = 60, 400, 4000
SIDE = 1000
"""A drawing lies on a square of so many units each way."""

REFUSALS = ("person", "home", "unclear", "doubled", "commercial", "unkind")
"""Why something is not shown: it tells of a person, shows a home, ..."""


class Review(StrEnum):
    """Whether an adult has looked at it."""

    WAITING = "waiting"
    APPROVED = "approved"
    REFUSED = "refused"


@dataclass(frozen=True)
class ChildGroup:
    """A group of children; nobody in it has a name.

    Attributes
    ----------
    code
        Three animals: ``"fox-owl-frog"``. It opens what the group itself drew, nothing else.
    accompanied_by
        One of `COMPANIONS`.
    closed_at
        When the code ended; None while it holds.
    """

    code: str
    age_band: str
    accompanied_by: str
    made_at: datetime
    closed_at: datetime | None = None


@dataclass(frozen=True)
class Stroke:
    """A line of a drawing: number of its colour, and points from the upper left corner, 0 to `SIDE`."""

    colour: int
    points: tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class ChildPlace:
    """A place as a child sent it, and what an adult said of it.

    Attributes
    ----------
    place_id
        UUID that the tablet made: sent twice, it is kept once.
    point
        Where the child tapped, degrees; for moderators only.
    sent_sha256
        Of the body as it was sent, by which it is known again.
    group
        Code of the group, empty for a guest.
    word
        One of `WORDS`, or empty.
    drawing_public
        Whether the adult lets the drawing be shown, too; a drawing can hold a written name.
    public_point
        What is shown instead of ``point``: on public ground, see `geo_service.neighbourhood.public_position`.
    reviewed_at
        When it was approved or refused.
    reason
        One of `REFUSALS`.
    concern
        The concern that was made of it, or empty.
    """

    place_id: str
    feeling: Feeling
    kind: str
    point: Shape
    sent_sha256: str
    received_at: datetime
    group: str = ""
    age_band: str = ""
    word: str = ""
    drawing: tuple[Stroke, ...] = ()
    review: Review = Review.WAITING
    reviewed_at: datetime | None = None
    reason: str = ""
    public_point: Shape | None = None
    drawing_public: bool = False
    concern: str = ""

    @property
    def is_public(self) -> bool:
        """Whether anybody may see it."""
        return self.review is Review.APPROVED and self.public_point is not None


def make_code(choose: Callable[[Sequence[str]], str], taken: Collection[str]) -> str:
    """Return a code that no group has: animals chosen at random, each at most once.

    Raises
    ------
    RuleBroken
        When hardly any code is left.

    Examples
    --------
    >>> make_code(lambda animals: animals[0], ())
    'bee-bird-cat'
    """
    for _ in range(1000):
        left, chosen = list(ANIMALS), []
        for _ in range(ANIMALS_IN_CODE):
            chosen.append(choose(left))
            left.remove(chosen[-1])
        code = "-".join(chosen)
        if code not in taken:
            return code
    raise RuleBroken("hardly any code is left", remedy="close groups that have ended", rule="group codes")


def require_place(feeling: Feeling, kind: str, word: str, drawing: Iterable[Stroke] = ()) -> None:
    """Raise unless a place is made of what the lists hold.

    Raises
    ------
    InputError
        With the field that does not fit and what may stand there.
    """
    if kind not in KINDS[feeling]:
        raise InputError(
            f"there is no pictogram {kind[:40]!r} for {feeling}", remedy=f"one of {', '.join(KINDS[feeling])}"
        )
    if word and word not in WORDS[feeling]:
        raise InputError(f"there is no word {word[:40]!r} for {feeling}", remedy=f"one of {', '.join(WORDS[feeling])}")
    require_drawing(tuple(drawing))


def require_drawing(drawing: Sequence[Stroke]) -> None:
    """Raise unless a drawing is small and lies on its square.

    Raises
    ------
    InputError
        With what is too large.
    """
    points = [point for stroke in drawing for point in stroke.points]
    if len(drawing) > MOST_STROKES or len(points) > MOST_POINTS_OF_ALL:
        raise InputError("the drawing is too large", remedy=f"up to {MOST_STROKES} lines, {MOST_POINTS_OF_ALL} points")
    if any(not 1 <= len(stroke.points) <= MOST_POINTS or not 0 <= stroke.colour < COLOURS for stroke in drawing):
        raise InputError("a line of the drawing has no point, too many, or no such colour", remedy="draw it anew")
    if any(not 0 <= value <= SIDE for point in points for value in point):
        raise InputError("the drawing lies beside its square", remedy=f"numbers from 0 to {SIDE}")


def approve(place: ChildPlace, *, at: datetime, public_point: Point, drawing_public: bool = False) -> ChildPlace:
    """Return the place as it may be shown: at another point than the child tapped."""
    return replace(
        place,
        review=Review.APPROVED,
        reviewed_at=at,
        reason="",
        public_point=public_point,
        drawing_public=drawing_public and bool(place.drawing),
    )


def refuse(place: ChildPlace, *, at: datetime, reason: str) -> ChildPlace:
    """Return the place as it is not shown; also takes back what was approved.

    Raises
    ------
    InputError
        When the reason is none of `REFUSALS`.
    """
    require_refusal(reason)
    return replace(place, review=Review.REFUSED, reviewed_at=at, reason=reason, public_point=None, drawing_public=False)


def require_refusal(reason: str) -> None:
    """Raise unless a reason is one of `REFUSALS`."""
    if reason not in REFUSALS:
        raise InputError("say why it is not shown", remedy=f"one of {', '.join(REFUSALS)}")


def in_order_of_care(places: Iterable[ChildPlace]) -> list[ChildPlace]:
    """Return places as an adult looks at them: those that wait first, of these the dangers first, the oldest first."""
    waits, danger = Review.WAITING, Feeling.DANGER
    return sorted(places, key=lambda one: (one.review is not waits, one.feeling is not danger, one.received_at))


SPOTS = ("playground", "library", "childrens_house")
"""Kinds of places on the children's map where nothing is sold."""


@dataclass(frozen=True)
class ChildSpot:
    """A place that adults put on the children's map: its kind is one of `SPOTS`, ``point`` in degrees."""

    spot_id: str
    kind: str
    name: str
    point: Shape
