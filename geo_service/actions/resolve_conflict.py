"""Floor 6: settle a conflict about a visit: what the desk had stays, or the report that was put aside is taken."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from geo_service.actions.follow_up import note_follow_up
from geo_service.actions.take_report import apply, planned
from geo_service.base.errors import Conflict, InputError, NotFound
from geo_service.store.field import Choice, FieldConflict
from geo_service.store.protocol import Store


def resolve_conflict(
    store: Store, conflict_id: int, choice: Choice, *, reason: str, author: str, clock: Callable[[], datetime]
) -> FieldConflict:
    """Settle a conflict; both versions stay readable, and so does who chose and why.

    Raises
    ------
    NotFound
        There is no such conflict.
    InputError
        Neither side is chosen, or no reason is given.
    Conflict
        It is settled already.
    """
    if choice not in {"desk", "phone"} or not reason.strip():
        raise InputError("a conflict is settled by a side and a reason", remedy="choose desk or phone, and say why")
    now = clock()
    with store.change(author=author, reason=f"conflict {conflict_id}: {choice} ({reason})"[:500], at=now) as tx:
        found = next((one for one in store.conflicts() if one.conflict_id == conflict_id), None)
        if found is None:
            raise NotFound(f"no conflict {conflict_id}", remedy="see which are open: `geo-service conflicts list`")
        if found.settled_at is not None:
            raise Conflict(
                f"conflict {conflict_id} was settled by {found.author}: {found.choice} ({found.reason})",
                remedy="report a correction of the visit instead",
                code="settled",
            )
        kept = store.field_report(found.report_id)
        assert kept is not None, "a conflict is about a report that is kept"
        visit = planned(store, kept.report)
        if choice == "phone":
            apply(store, tx, kept, visit, now)
        else:  # further work that the crew saw is no version of the visit
            note_follow_up(store, tx, kept, visit, now)
        settled = replace(found, choice=choice, reason=reason, author=author, settled_at=now)
        tx.put_conflict(settled)
    return settled
