"""Floor 6: a concern is forwarded to an outside body, which has a reference of its own for it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from geo_service.actions.concern_records import drop_order, the_concern
from geo_service.base.errors import InputError
from geo_service.neighbourhood.concern import MAX_LINE, Concern, Forwarding, Status, Step, stepped
from geo_service.store.kinds_concerns import CONCERN
from geo_service.store.protocol import Store


def forward_concern(
    store: Store,
    number: str,
    body: str,
    reference: str,
    *,
    reason: str,
    answer: str = "",
    author: str,
    clock: Callable[[], datetime],
    seen: int | None = None,
) -> Concern:
    """Forward a concern; a visit that it asked for is withdrawn.

    Parameters
    ----------
    body, reference
        Who takes care of it, ``"Ordnungsamt"``, and under which number there.

    Raises
    ------
    InputError
        When body, reference or reason are missing.
    NotFound, RuleBroken, Conflict
        As in `geo_service.actions.check_concern.check_concern`.
    """
    body, reference = body.strip(), reference.strip()
    if not body or not reference:
        raise InputError("a forwarded concern needs who has it and their reference", remedy="name both", concern=number)
    if max(len(body), len(reference)) > MAX_LINE:
        raise InputError(f"body or reference is longer than {MAX_LINE} characters", remedy="say it shorter")
    now = clock()
    with store.change(author=author, reason=f"{number} forwarded to {body}: {reason}"[:500], at=now) as tx:
        before = the_concern(store, number).record
        after = stepped(before, Step(Status.FORWARDED, now, author, reason.strip(), answer.strip()))
        drop_order(store, tx, before)
        after = replace(after, forwardings=(*before.forwardings, Forwarding(body, reference, now)))
        tx.put_record(CONCERN, after, expected=seen)
    return after
