"""Floor 6: a resident reports a concern: it gets a number, and the reporter a secret that leads to its status."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from geo_service.actions.concern_records import hash_of, plot_at, quarter_at
from geo_service.actions.known_area import known_area
from geo_service.base.clock import BERLIN
from geo_service.base.errors import InputError
from geo_service.neighbourhood.concern import Concern, Report, Status, Step, Told, check_told, concern_number
from geo_service.store.kinds_concerns import CONCERN
from geo_service.store.protocol import Store


@dataclass(frozen=True)
class Reported:
    """The concern as kept, and the secret of the reporter's link, which is kept nowhere."""

    concern: Concern
    secret: str


def report_concern(
    store: Store,
    told: Told,
    *,
    author: str,
    clock: Callable[[], datetime],
    secret_of: Callable[[], str] = lambda: secrets.token_urlsafe(32),
) -> Reported:
    """Keep what somebody reports. The ledger tells its number, nothing of the reporter.

    Parameters
    ----------
    author
        ``"resident"``, or the moderator who takes it down at the counter.

    Raises
    ------
    InputError
        When it says too little or too much, or its place lies outside the area.
    """
    told = replace(
        told,
        words=told.words.strip(),
        place=told.place.strip(),
        name=told.name.strip(),
        mail=told.mail.strip(),
        phone=told.phone.strip(),
    )
    check_told(told)
    _require_in_area(store, told)
    now, secret = clock(), secret_of()
    year = now.astimezone(BERLIN).year
    with store.change(author=author, reason="a concern was reported", at=now) as tx:
        number = concern_number(year, tx.next_number(f"concern {year}"))
        concern = Concern(
            number=number,
            kind=told.kind,
            lon=told.lon,
            lat=told.lat,
            reports=(Report(number, told, now, hash_of(secret)),),
            steps=(Step(Status.NEW, now, author, "gemeldet"),),
            plot=plot_at(store, told.lon, told.lat),
            quarter=quarter_at(store, told.lon, told.lat),
        )
        tx.put_record(CONCERN, concern, expected=0)
    return Reported(concern, secret)


def _require_in_area(store: Store, told: Told) -> None:
    area = known_area(store)
    if area is None:
        return
    west, south, east, north = area.bbox
    if not (west <= told.lon <= east and south <= told.lat <= north):
        raise InputError(
            "this place lies outside the area that we care for",
            remedy="tap a place in the quarter on the map",
            code="outside_area",
        )
