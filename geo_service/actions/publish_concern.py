"""Floor 6: what everybody may see of a concern: a moderator's words and pictures, never the reporter's."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from geo_service.actions.concern_records import the_concern
from geo_service.neighbourhood.concern import Concern, published, withdrawn
from geo_service.store.kinds_concerns import CONCERN
from geo_service.store.protocol import Store


def publish_concern(
    store: Store,
    number: str,
    text: str,
    photos: tuple[str, ...] = (),
    *,
    author: str,
    clock: Callable[[], datetime],
    seen: int | None = None,
) -> Concern:
    """Publish a concern that was checked, or change what is public of it.

    Parameters
    ----------
    text
        For everybody; may be empty, then only kind, place and status are public.
    photos
        SHA-256 of those pictures that show neither faces nor plates.

    Raises
    ------
    NotFound, InputError, RuleBroken, Conflict
        See `geo_service.neighbourhood.concern.published`; Conflict when another version is kept than was seen.
    """
    now = clock()
    with store.change(author=author, reason=f"{number} published", at=now) as tx:
        after = published(the_concern(store, number).record, text, photos, now)
        tx.put_record(CONCERN, after, expected=seen)
    return after


def withdraw_concern(
    store: Store, number: str, *, author: str, clock: Callable[[], datetime], seen: int | None = None
) -> Concern:
    """Take a concern out of everything public, from the next answer on.

    Raises
    ------
    NotFound, Conflict
        There is no such concern, or another version is kept than was seen.
    """
    with store.change(author=author, reason=f"{number} withdrawn from the public", at=clock()) as tx:
        after = withdrawn(the_concern(store, number).record)
        tx.put_record(CONCERN, after, expected=seen)
    return after
