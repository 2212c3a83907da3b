"""Floor 6: put the standard that is proposed for a work into the catalogue."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime

from geo_service.actions.set_standard import set_standard
from geo_service.base.errors import NotFound
from geo_service.store.protocol import Store
from geo_service.work.actuals import TierActuals
from geo_service.work.model import WorkKind


def accept_proposal(
    store: Store,
    work: str,
    rows: Iterable[TierActuals],
    *,
    reason: str,
    author: str,
    clock: Callable[[], datetime],
) -> WorkKind:
    """Set the standard of a work as booked minutes propose it.

    Parameters
    ----------
    rows
        What was booked, of this work or of all.

    Raises
    ------
    NotFound
        Nothing is proposed for the work.
    InputError
        No reason is given.
    """
    told = {row.up_to_m2: row.proposal for row in rows if row.work == work and row.proposal is not None}
    if not told:
        raise NotFound(f"nothing is proposed for {work}", remedy="see `geo-service standards list`", work=work)
    return set_standard(
        store,
        work,
        minutes_fixed=next(iter(told.values())).minutes_fixed,
        rates={limit: one.minutes_per_m2 for limit, one in told.items()},
        reason=reason,
        author=author,
        clock=clock,
    )
