"""Floor 6: a moderator says what lies behind a strength or a problem of the quarter watch."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from geo_service.base.errors import InputError
from geo_service.store.kinds_watch import WATCH_COMMENT, WatchComment
from geo_service.store.protocol import Store

MOST = 1000


def comment_finding(
    store: Store, key: str, text: str, *, author: str, clock: Callable[[], datetime]
) -> WatchComment | None:
    """Keep the comment on a finding, replace it, or with an empty text take it back; the ledger tells who and when.

    Raises
    ------
    InputError
        When the text is too long.
    """
    text = text.strip()
    if len(text) > MOST:
        raise InputError(f"the comment is longer than {MOST} characters", remedy="say it shorter")
    now = clock()
    with store.change(author=author, reason=f"comment on {key}: {text}"[:500], at=now) as tx:
        if not text:
            if store.record(WATCH_COMMENT, key) is not None:
                tx.drop_record(WATCH_COMMENT, key)
            return None
        comment = WatchComment(key, text, author, now)
        tx.put_record(WATCH_COMMENT, comment)
    return comment
