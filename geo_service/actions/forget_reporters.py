"""Floor 6: words, contact and pictures of reporters are deleted some time after their concern was closed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from geo_service.neighbourhood.concern import Concern, forgotten
from geo_service.store.kinds_concerns import CONCERN
from geo_service.store.protocol import Store

KEPT_FOR = timedelta(days=180)
"""How long after the close who reported it is still known."""


def forget_reporters(
    store: Store, *, kept_for: timedelta = KEPT_FOR, author: str, clock: Callable[[], datetime]
) -> tuple[str, ...]:
    """Delete the personal data of concerns that were closed long ago; figures, steps and status links stay.

    Returns
    -------
    tuple
        The numbers of the concerns that lost it; running it again changes nothing.
    """
    now = clock()
    due = [one.record.number for one in store.records(CONCERN) if _is_due(one.record, now - kept_for)]
    if not due:
        return ()
    with store.change(author=author, reason=f"reporters of {len(due)} concerns forgotten", at=now) as tx:
        fresh = [one.record for one in store.records(CONCERN, ids=due) if _is_due(one.record, now - kept_for)]
        for concern in fresh:
            tx.put_record(CONCERN, forgotten(concern, now))
    return tuple(one.number for one in fresh)


def _is_due(concern: Concern, closed_before: datetime) -> bool:
    known = any(one.forgotten_at is None for one in concern.reports)
    return known and concern.closed_at is not None and concern.closed_at < closed_before
