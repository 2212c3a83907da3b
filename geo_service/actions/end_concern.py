"""Floor 6: a concern ends, done or rejected, or is opened again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from geo_service.actions.concern_records import drop_order, the_concern
from geo_service.base.errors import RuleBroken
from geo_service.neighbourhood.concern import Concern, Status, Step, stepped
from geo_service.store.kinds_concerns import CONCERN
from geo_service.store.protocol import Store


def close_concern(
    store: Store,
    number: str,
    *,
    reason: str,
    answer: str = "",
    author: str,
    clock: Callable[[], datetime],
    seen: int | None = None,
) -> Concern:
    """Note that a concern is done; a visit that it still asks for is withdrawn.

    Raises
    ------
    NotFound, InputError, RuleBroken, Conflict
        As in `geo_service.actions.check_concern.check_concern`.
    """
    return _step(store, number, Status.DONE, reason=reason, answer=answer, author=author, at=clock(), seen=seen)


def reject_concern(
    store: Store,
    number: str,
    *,
    reason: str,
    answer: str = "",
    author: str,
    clock: Callable[[], datetime],
    seen: int | None = None,
) -> Concern:
    """Note that nothing can be done about a concern, and why; a visit that it still asks for is withdrawn.

    Raises
    ------
    NotFound, InputError, RuleBroken, Conflict
        As in `geo_service.actions.check_concern.check_concern`.
    """
    return _step(store, number, Status.REJECTED, reason=reason, answer=answer, author=author, at=clock(), seen=seen)


def reopen_concern(
    store: Store,
    number: str,
    *,
    reason: str,
    answer: str = "",
    author: str,
    clock: Callable[[], datetime],
    seen: int | None = None,
) -> Concern:
    """Open a concern again that was closed, forwarded or ordered; it is checked then.

    Raises
    ------
    NotFound, InputError, RuleBroken, Conflict
        As in `geo_service.actions.check_concern.check_concern`; also when it was never checked.
    """
    if the_concern(store, number).record.status is Status.NEW:
        raise RuleBroken(f"{number} was not checked yet", remedy="check it first", rule="unchecked", concern=number)
    return _step(store, number, Status.CHECKED, reason=reason, answer=answer, author=author, at=clock(), seen=seen)


def _step(
    store: Store,
    number: str,
    status: Status,
    *,
    reason: str,
    answer: str = "",
    author: str,
    at: datetime,
    seen: int | None = None,
) -> Concern:
    """Let a concern make one step in a transaction of its own; work that it asked for is withdrawn.

    Parameters
    ----------
    seen
        The version that the moderator saw; None: whichever is kept.
    """
    with store.change(author=author, reason=f"{number} {status}: {reason}"[:500], at=at) as tx:
        before = the_concern(store, number).record
        after = stepped(before, Step(status, at, author, reason.strip(), answer.strip()))
        drop_order(store, tx, before)
        tx.put_record(CONCERN, after, expected=seen)
    return after
