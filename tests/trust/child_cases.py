"""What the actions on children's entries do on the small desk: for each what it does, and what must have happened."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from hashlib import sha256
from pathlib import Path

from shapely import Point

from geo_service.actions.issue_news_sheet import issue_news_sheet
from geo_service.actions.make_child_group import close_child_group, make_child_group
from geo_service.actions.review_child_entry import (
    approve_child_place,
    approve_courtyard_idea,
    refuse_child_place,
    refuse_courtyard_idea,
    tell_idea_step,
)
from geo_service.actions.take_child_entry import take_child_place, take_courtyard_idea
from geo_service.neighbourhood.children import ChildPlace, Feeling
from geo_service.neighbourhood.courtyard_ideas import CourtyardIdea, IdeaPart, IdeaState
from geo_service.store.kinds_children import CHILD_GROUP
from geo_service.store.sqlite import SqliteStore
from tests.trust.small_desk import AT

CLOCK = {"clock": lambda: AT + timedelta(hours=5)}
HOW = {"author": "tester", **CLOCK}
Act = Callable[[SqliteStore, Path], object]
ID = "00000000-0000-4000-8000-00000000000{}"
SPOT = Point(12.3113, 51.3206)


def place(store: SqliteStore, files: Path) -> object:
    told = ChildPlace(ID.format(1), Feeling.DANGER, "glass", SPOT, sha256(b"x").hexdigest(), AT)
    return take_child_place(store, told, body=b"x", **CLOCK)


def idea(store: SqliteStore, files: Path) -> object:
    told = CourtyardIdea(ID.format(2), (IdeaPart("tree", SPOT),), sha256(b"y").hexdigest(), AT)
    return take_courtyard_idea(store, told, body=b"y", **CLOCK)


def seen(store: SqliteStore, files: Path) -> None:
    idea(store, files)
    approve_courtyard_idea(store, ID.format(2), **HOW)


def group(store: SqliteStore, files: Path) -> object:
    first = {"choose": lambda animals: animals[0]}
    return make_child_group(store, age_band="7-9", accompanied_by="teacher", **first, **HOW)


def nothing(store: SqliteStore, files: Path) -> None:
    """Nothing must have happened."""


CHILDREN: dict[str, tuple[Act, Act]] = {
    "issue_news_sheet.issue_news_sheet": (lambda store, files: issue_news_sheet(store, **HOW), nothing),
    "make_child_group.make_child_group": (group, nothing),
    "make_child_group.close_child_group": (
        lambda store, files: close_child_group(store, store.records(CHILD_GROUP)[-1].record.code, **HOW),
        group,
    ),
    "review_child_entry.approve_child_place": (
        lambda store, files: approve_child_place(store, ID.format(1), **HOW),
        place,
    ),
    "review_child_entry.approve_courtyard_idea": (
        lambda store, files: approve_courtyard_idea(store, ID.format(2), **HOW),
        idea,
    ),
    "review_child_entry.refuse_child_place": (
        lambda store, files: refuse_child_place(store, ID.format(1), reason="home", **HOW),
        place,
    ),
    "review_child_entry.refuse_courtyard_idea": (
        lambda store, files: refuse_courtyard_idea(store, ID.format(2), reason="unclear", **HOW),
        idea,
    ),
    "review_child_entry.tell_idea_step": (
        lambda store, files: tell_idea_step(store, ID.format(2), IdeaState.PLANNED, said="im Frühling", **HOW),
        seen,
    ),
    "take_child_entry.take_child_place": (place, nothing),
    "take_child_entry.take_courtyard_idea": (idea, nothing),
}
"""By action; see `tests.trust.test_fault_at_every_statement.Case`."""
