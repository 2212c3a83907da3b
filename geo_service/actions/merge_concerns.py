"""Floor 6: two concerns about the same thing become one: both reporters are kept, and both links go on working."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from geo_service.actions.concern_records import the_concern
from geo_service.neighbourhood.concern import Concern, merged
from geo_service.store.kinds_concerns import CONCERN
from geo_service.store.protocol import Store


def merge_concerns(
    store: Store,
    number: str,
    twin: str,
    *,
    reason: str,
    author: str,
    clock: Callable[[], datetime],
    seen: int | None = None,
) -> Concern:
    """Merge the concern ``twin`` into ``number``, which is returned; the other one leads there from now on.

    Raises
    ------
    NotFound, InputError, RuleBroken, Conflict
        See `geo_service.neighbourhood.concern.merged`; Conflict when another version is kept than was seen.
    """
    now = clock()
    with store.change(author=author, reason=f"{twin} merged into {number}: {reason}"[:500], at=now) as tx:
        whole, empty = merged(the_concern(store, number).record, the_concern(store, twin).record, now)
        tx.put_record(CONCERN, empty)
        tx.put_record(CONCERN, whole, expected=seen)
    return whole
