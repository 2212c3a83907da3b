"""Floor 6: issue the children's news sheet: a number and the days that it tells of."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from geo_service.base.clock import BERLIN
from geo_service.store.kinds_children import NEWS_SHEET, NewsSheet
from geo_service.store.protocol import Store

FIRST_TELLS = timedelta(days=90)
"""So far back the first issue looks."""


def issue_news_sheet(store: Store, *, author: str, clock: Callable[[], datetime]) -> NewsSheet:
    """Issue the next sheet, of all that happened since the last; a second one on a day is the first once more."""
    at = clock()
    today = at.astimezone(BERLIN).date()
    issued = [kept.record for kept in store.records(NEWS_SHEET)]
    if issued and issued[-1].issued_on >= today:
        return issued[-1]
    with store.change(author=author, reason="the children's news sheet was issued", at=at) as tx:
        since = issued[-1].issued_on if issued else today - FIRST_TELLS
        sheet = NewsSheet(tx.next_number("news sheet"), since, today)
        tx.put_record(NEWS_SHEET, sheet, expected=0)
    return sheet
