"""Floor 6: an adult looks at what children sent: approves it, refuses it, tells what becomes of an idea."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TypeVar

from geo_service.actions.child_ground import child_ground
from geo_service.base.errors import NotFound
from geo_service.neighbourhood.children import ChildPlace, approve, refuse
from geo_service.neighbourhood.courtyard_ideas import (
    CourtyardIdea,
    IdeaState,
    IdeaStep,
    add_step,
    approve_idea,
    refuse_idea,
)
from geo_service.store.kinds_children import CHILD_PLACE, COURTYARD_IDEA
from geo_service.store.protocol import Store
from geo_service.store.records import Kept, RecordKind

Entry = TypeVar("Entry", ChildPlace, CourtyardIdea)
Clock = Callable[[], datetime]


def approve_child_place(
    store: Store, place_id: str, *, author: str, clock: Clock, drawing_public: bool = False
) -> ChildPlace:
    """Let a place be shown, on public ground near where the child tapped.

    Raises
    ------
    NotFound
        When there is no such place.
    """
    kept = _found(store, CHILD_PLACE, place_id)
    shown = child_ground(store, kept.record.point).shown
    said = approve(kept.record, at=clock(), public_point=shown, drawing_public=drawing_public)
    return _keep(store, CHILD_PLACE, kept, said, "a child's place was approved", author)


def refuse_child_place(store: Store, place_id: str, *, reason: str, author: str, clock: Clock) -> ChildPlace:
    """Do not show a place, or no longer.

    Raises
    ------
    NotFound
        When there is no such place.
    InputError
        When the reason is not in the list.
    """
    kept = _found(store, CHILD_PLACE, place_id)
    said = refuse(kept.record, at=clock(), reason=reason)
    return _keep(store, CHILD_PLACE, kept, said, f"a child's place is not shown: {reason}", author)


def approve_courtyard_idea(store: Store, idea_id: str, *, author: str, clock: Clock) -> CourtyardIdea:
    """Say that an idea was looked at: its first step; from now on it is told of.

    Raises
    ------
    NotFound
        When there is no such idea.
    RuleBroken
        When it was approved before.
    """
    kept = _found(store, COURTYARD_IDEA, idea_id)
    said = approve_idea(kept.record, at=clock())
    return _keep(store, COURTYARD_IDEA, kept, said, "a courtyard idea was approved", author)


def refuse_courtyard_idea(store: Store, idea_id: str, *, reason: str, author: str, clock: Clock) -> CourtyardIdea:
    """Do not show an idea, or no longer. As `refuse_child_place`."""
    kept = _found(store, COURTYARD_IDEA, idea_id)
    said = refuse_idea(kept.record, at=clock(), reason=reason)
    return _keep(store, COURTYARD_IDEA, kept, said, f"a courtyard idea is not shown: {reason}", author)


def tell_idea_step(
    store: Store, idea_id: str, state: IdeaState, *, said: str, author: str, clock: Clock
) -> CourtyardIdea:
    """Tell the next step of an idea; the group sees it by its code.

    Raises
    ------
    NotFound
        When there is no such idea.
    RuleBroken
        When the step cannot follow.
    InputError
        When it is not possible and nobody says why.
    """
    kept = _found(store, COURTYARD_IDEA, idea_id)
    idea = add_step(kept.record, IdeaStep(state, clock(), said.strip()))
    return _keep(store, COURTYARD_IDEA, kept, idea, f"a courtyard idea: {state}", author)


def _found(store: Store, kind: RecordKind[Entry], entry_id: str) -> Kept[Entry]:
    kept = store.record(kind, entry_id)
    if kept is None:
        raise NotFound("there is no such entry", remedy="look at the list once more")
    return kept


def _keep(store: Store, kind: RecordKind[Entry], kept: Kept[Entry], said: Entry, reason: str, author: str) -> Entry:
    at = said.steps[-1].at if isinstance(said, CourtyardIdea) and said.steps else said.reviewed_at
    assert at is not None, "somebody has looked at it"
    with store.change(author=author, reason=reason, at=at) as tx:
        tx.put_record(kind, said, expected=kept.version)
    return said
