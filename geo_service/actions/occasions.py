"""Floor 6: make, change and call off occasions; calendars that subscribe learn of it."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime

from geo_service.base.errors import InputError, NotFound
from geo_service.neighbourhood.occasions import CalledOff, Occasion, check_occasion
from geo_service.store.kinds_network import OCCASION
from geo_service.store.model import PlaceKind
from geo_service.store.protocol import Store
from geo_service.store.records import Kept
from geo_service.work.calendar import holiday_name


def new_occasion_id() -> str:
    """Return the id of a new occasion."""
    return uuid.uuid4().hex[:16]


def make_occasion(store: Store, occasion: Occasion, *, author: str, clock: Callable[[], datetime]) -> Kept[Occasion]:
    """Keep a new occasion.

    Raises
    ------
    InputError
        When it could not be held, see `check_occasion`.
    NotFound
        When there is no such contact point.
    Conflict
        When its id is taken.
    """
    return _keep(store, occasion, 0, f"made an occasion on {occasion.first_on}", author, clock)


def change_occasion(
    store: Store, occasion: Occasion, *, expected: int, author: str, clock: Callable[[], datetime]
) -> Kept[Occasion]:
    """Replace an occasion by what it is now; dates that were called off and are none any more are forgotten.

    Raises
    ------
    InputError
        When it could not be held, see `check_occasion`.
    NotFound
        When there is no such occasion or contact point.
    Conflict
        When another version is kept than was seen.
    """
    require_occasion(store, occasion.occasion_id)
    return _keep(store, occasion, expected, f"changed the occasion {occasion.occasion_id}", author, clock)


def call_off(
    store: Store,
    occasion_id: str,
    on: date | None,
    *,
    reason: str,
    expected: int | None = None,
    author: str,
    clock: Callable[[], datetime],
) -> Kept[Occasion]:
    """Say that one date, or with None the whole occasion, does not take place; the reason is public.

    Raises
    ------
    InputError
        The reason is blank.
    NotFound
        There is no such occasion or date.
    Conflict
        When another version is kept than was seen.
    """
    if not reason.strip():
        raise InputError("say why it does not take place", remedy="the reason is shown to everybody: name no person")
    kept = require_occasion(store, occasion_id)
    if on is None:
        said = replace(kept.record, off=reason.strip())
    else:
        others = [one for one in kept.record.dates_off if one.on != on]
        off = sorted((*others, CalledOff(on, reason.strip())), key=lambda one: one.on)
        said = replace(kept.record, dates_off=tuple(off))
    what = f"the date {on} of the occasion" if on else "the occasion"
    return _keep(store, said, kept.version if expected is None else expected, f"called off {what}", author, clock)


def let_take_place(
    store: Store, occasion_id: str, on: date | None, *, author: str, clock: Callable[[], datetime]
) -> Kept[Occasion]:
    """Take back that one date, or with None the whole occasion, does not take place.

    Raises
    ------
    NotFound
        There is no such occasion, or this was not called off.
    """
    kept = require_occasion(store, occasion_id)
    if on is None:
        said = replace(kept.record, off="")
    else:
        said = replace(kept.record, dates_off=tuple(one for one in kept.record.dates_off if one.on != on))
    if said == kept.record:
        raise NotFound("this was not called off", remedy="look at the occasion again")
    what = f"the date {on} of the occasion" if on else "the occasion"
    return _keep(store, said, kept.version, f"let {what} take place after all", author, clock)


def require_occasion(store: Store, occasion_id: str) -> Kept[Occasion]:
    """Return an occasion.

    Raises
    ------
    NotFound
        When there is none with this id.
    """
    kept = store.record(OCCASION, occasion_id)
    if kept is None:
        raise NotFound("there is no such occasion", remedy="look at the list of occasions")
    return kept


def _keep(
    store: Store, occasion: Occasion, expected: int, reason: str, author: str, clock: Callable[[], datetime]
) -> Kept[Occasion]:
    check_occasion(occasion, holiday_name)
    points = {one.code for one in store.places() if one.kind is PlaceKind.CONTACT_POINT}
    if occasion.place and occasion.place not in points:
        raise NotFound("there is no such contact point", remedy=f"name one of {', '.join(sorted(points)) or 'none'}")
    with store.change(author=author, reason=reason, at=clock()) as tx:
        version = tx.put_record(OCCASION, occasion, expected=expected)
    return Kept(occasion, version)
