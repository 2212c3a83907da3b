"""Floor 6: give a group of children a code, and end it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime

from geo_service.base.errors import InputError, NotFound
from geo_service.neighbourhood.children import AGE_BANDS, COMPANIONS, ChildGroup, make_code
from geo_service.store.kinds_children import CHILD_GROUP
from geo_service.store.protocol import Store


def make_child_group(
    store: Store,
    *,
    age_band: str,
    accompanied_by: str,
    choose: Callable[[Sequence[str]], str],
    author: str,
    clock: Callable[[], datetime],
) -> ChildGroup:
    """Make a group with a new code.

    Parameters
    ----------
    choose
        Takes one of several at random: ``secrets.choice``.

    Raises
    ------
    InputError
        When age band or role are none of the lists.
    """
    for said, known in ((age_band, AGE_BANDS), (accompanied_by, COMPANIONS)):
        if said not in known:
            raise InputError(f"{said[:40]!r} is not in the list", remedy=f"one of {', '.join(known)}")
    at = clock()
    with store.change(author=author, reason="a group of children got a code", at=at) as tx:
        taken = {kept.record.code for kept in store.records(CHILD_GROUP)}
        group = ChildGroup(make_code(choose, taken), age_band, accompanied_by, at)
        tx.put_record(CHILD_GROUP, group, expected=0)
    return group


def close_child_group(store: Store, code: str, *, author: str, clock: Callable[[], datetime]) -> ChildGroup:
    """End the code of a group; what it sent stays.

    Raises
    ------
    NotFound
        When there is no such group.
    """
    kept = store.record(CHILD_GROUP, code)
    if kept is None:
        raise NotFound(f"there is no group {code}", remedy="look at the list of groups")
    if kept.record.closed_at is not None:
        return kept.record
    closed = replace(kept.record, closed_at=clock())
    with store.change(author=author, reason="the code of a group of children ended", at=clock()) as tx:
        tx.put_record(CHILD_GROUP, closed, expected=kept.version)
    return closed
