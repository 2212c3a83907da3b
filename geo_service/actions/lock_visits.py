"""Floor 6: keep visits of the plan in force on their crew-day, with the hours announced to somebody or without."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from geo_service.base.clock import BERLIN, hhmm
from geo_service.base.errors import Conflict, InputError, NotFound
from geo_service.routes.model import Route, Stop
from geo_service.store.model import VisitLock
from geo_service.store.protocol import Store
from geo_service.work.hours import HOUR_S
from geo_service.work.model import Window

DAY_S = 24 * HOUR_S


def lock_visit(store: Store, visit_id: str, *, reason: str, author: str, clock: Callable[[], datetime]) -> VisitLock:
    """Keep a visit on its crew-day in the plan in force; whatever is planned later leaves it there.

    Raises
    ------
    NotFound
        When the plan in force does not plan the visit.
    Conflict
        When its day has passed.
    """
    return _put(store, visit_id, None, reason, author, clock())


def announce_visit(
    store: Store,
    visit_id: str,
    *,
    window: Window | None = None,
    reason: str,
    author: str,
    clock: Callable[[], datetime],
) -> VisitLock:
    """Lock a visit and keep the hours that were announced to somebody: it is begun within them.

    Parameters
    ----------
    window
        Seconds since local midnight; by default the whole hours around its planned start.

    Raises
    ------
    NotFound, Conflict
        As `lock_visit`.
    InputError
        When the window is no stretch of a day, or the planned start does not lie in it.
    """
    _, stop = _found(store, visit_id)
    if window is None:
        opens_s = stop.start_s // HOUR_S * HOUR_S
        window = (opens_s, opens_s + HOUR_S)
    if not 0 <= window[0] < window[1] <= DAY_S:
        raise InputError("the hours announced are no stretch of a day", remedy="write them as 09:00-11:00")
    if not window[0] <= stop.start_s < window[1]:
        raise InputError(
            f"{visit_id} begins at {hhmm(stop.start_s)}, not within {hhmm(window[0])}-{hhmm(window[1])}",
            remedy="announce hours in which it is planned, or plan anew first",
        )
    return _put(store, visit_id, window, reason, author, clock())


def unlock_visit(store: Store, visit_id: str, *, author: str, clock: Callable[[], datetime]) -> None:
    """Lift a lock or an announcement.

    Raises
    ------
    NotFound
        When there is none.
    """
    if visit_id not in {lock.visit_id for lock in store.locks()}:
        raise NotFound(f"the visit {visit_id} is not locked", remedy="see which are: `geo-service locks`")
    with store.change(author=author, reason=f"unlocked {visit_id}", at=clock()) as tx:
        tx.drop_locks([visit_id])


def _found(store: Store, visit_id: str) -> tuple[Route, Stop]:
    plan = store.plan()
    for route in plan.routes if plan else ():
        for stop in route.stops:
            if stop.visit.visit_id == visit_id:
                return route, stop
    raise NotFound(
        f"no visit {visit_id} in the plan in force", remedy="name the id of a visit that it plans", visit=visit_id
    )


def _put(store: Store, visit_id: str, window: Window | None, reason: str, author: str, now: datetime) -> VisitLock:
    route, _ = _found(store, visit_id)
    day = route.crew_day
    if day.on < now.astimezone(BERLIN).date():
        raise Conflict(f"{visit_id} lay on {day.on}, that day has passed", remedy="lock what is still to come")
    lock = VisitLock(visit_id, day.crew, day.on, reason, author, now, window)
    with store.change(author=author, reason=f"locked {visit_id}: {reason}".rstrip(": "), at=now) as tx:
        tx.put_lock(lock)
    return lock
