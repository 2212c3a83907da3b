"""Floor 6: open, change and delete mediations. The ledger tells their number only, never what they are about."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from geo_service.base.errors import NotFound
from geo_service.neighbourhood.mediations import Mediation, check_mediation
from geo_service.store.kinds_concerns import CONCERN
from geo_service.store.kinds_network import MEDIATION
from geo_service.store.protocol import Store
from geo_service.store.records import Kept


def open_mediation(
    store: Store, mediation: Mediation, *, author: str, clock: Callable[[], datetime]
) -> Kept[Mediation]:
    """Keep a new mediation under the next number (M-0001, M-0002 ...), whatever id it was made with.

    Raises
    ------
    InputError
        When it contradicts itself, see `check_mediation`.
    NotFound
        When there is no such plot or concern.
    """
    check_mediation(mediation)
    require_subject(store, mediation)
    with store.change(author=author, reason="opened a mediation", at=clock()) as tx:
        numbered = replace(mediation, mediation_id=f"M-{tx.next_number('mediation'):04d}")
        version = tx.put_record(MEDIATION, numbered, expected=0)
    return Kept(numbered, version)


def change_mediation(
    store: Store, mediation: Mediation, *, expected: int, author: str, clock: Callable[[], datetime]
) -> Kept[Mediation]:
    """Replace a mediation by what it is now.

    Raises
    ------
    InputError
        When it contradicts itself, see `check_mediation`.
    NotFound
        When there is no such mediation, plot or concern.
    Conflict
        When another version is kept than was seen.
    """
    check_mediation(mediation)
    before = require_mediation(store, mediation.mediation_id).record
    if (before.plot, before.concern) != (mediation.plot, mediation.concern):
        require_subject(store, mediation)
    with store.change(author=author, reason=f"changed the mediation {mediation.mediation_id}", at=clock()) as tx:
        version = tx.put_record(MEDIATION, mediation, expected=expected)
    return Kept(mediation, version)


def delete_mediation(store: Store, mediation_id: str, *, author: str, clock: Callable[[], datetime]) -> None:
    """Delete a mediation; only its number stays, in the ledger.

    Raises
    ------
    NotFound
        When there is no such mediation.
    """
    require_mediation(store, mediation_id)
    with store.change(author=author, reason=f"deleted the mediation {mediation_id}", at=clock()) as tx:
        tx.drop_record(MEDIATION, mediation_id)


def require_mediation(store: Store, mediation_id: str) -> Kept[Mediation]:
    """Return a mediation.

    Raises
    ------
    NotFound
        When there is none with this number.
    """
    kept = store.record(MEDIATION, mediation_id)
    if kept is None:
        raise NotFound("there is no such mediation", remedy="look at the list of mediations")
    return kept


def require_subject(store: Store, mediation: Mediation) -> None:
    """Raise when the plot or the concern that a mediation is about is not there.

    Raises
    ------
    NotFound
        It is not there.
    """
    if mediation.plot and store.plot(mediation.plot) is None:
        raise NotFound("there is no such plot", remedy="name the code of a plot")
    if mediation.concern and store.record(CONCERN, mediation.concern) is None:
        raise NotFound("there is no such concern", remedy="name the number of a concern")
