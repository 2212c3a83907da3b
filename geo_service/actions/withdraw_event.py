"""Floor 6: withdraw an event: the crew is back, the rain did not come; plans made from now on do not heed it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from geo_service.base.errors import NotFound
from geo_service.schedule.events import words
from geo_service.store.protocol import Store


def withdraw_event(store: Store, event_id: int, *, author: str, clock: Callable[[], datetime]) -> None:
    """Withdraw an event that holds; the plan in force stays until it is planned anew.

    Raises
    ------
    NotFound
        There is no such event.
    """
    kept = next((one for one in store.events() if one.event_id == event_id), None)
    if kept is None:
        raise NotFound(f"no event {event_id} holds", remedy="see which do: `geo-service events`", event=event_id)
    with store.change(author=author, reason=f"withdrew: {words(kept.event)[1]}"[:500], at=clock()) as tx:
        tx.drop_event(event_id)
