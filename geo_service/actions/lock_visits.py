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
        When its day has passed, it was moved meanwhile, or somebody else locked it otherwise.
    """
    return _put(store, _found(store, visit_id), None, reason, author, clock())


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
    route, stop = _found(store, visit_id)
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
    return _put(store, (route, stop), window, reason, author, clock())


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


def _put(
    store: Store, seen: tuple[Route, Stop], window: Window | None, reason: str, author: str, now: datetime
) -> VisitLock:
    visit_id, day = seen[1].visit.visit_id, seen[0].crew_day
    if day.on < now.astimezone(BERLIN).date():
        raise Conflict(f"{visit_id} lay on {day.on}, that day has passed", remedy="lock what is still to come")
    lock = VisitLock(visit_id, day.crew, day.on, reason, author, now, window)
    with store.change(author=author, reason=f"locked {visit_id}: {reason}".rstrip(": "), at=now) as tx:
        _require_there(_found(store, visit_id), seen)
        _require_own(store, lock)
        tx.put_lock(lock)
    return lock


def _require_there(now: tuple[Route, Stop], seen: tuple[Route, Stop]) -> None:
    """Refuse to lock a visit elsewhere than it was seen; called in the open transaction."""
    was_at, is_at = (f"{route.crew_day.crew} {route.crew_day.on} {hhmm(stop.start_s)}" for route, stop in (seen, now))
    if was_at != is_at:
        raise Conflict(
            f"{seen[1].visit.visit_id} was moved meanwhile from {was_at} to {is_at}",
            remedy="look at it again, then lock it",
            code="moved_meanwhile",
            expected=was_at,
            planned=is_at,
        )


def _require_own(store: Store, lock: VisitLock) -> None:
    """Refuse to replace what somebody else locked otherwise; called in the open transaction."""
    there = next((one for one in store.locks() if one.visit_id == lock.visit_id), None)
    if there is None or there.author == lock.author or _told(there) == _told(lock):
        return
    raise Conflict(
        f"{there.author} locked {lock.visit_id} already: {_told(there)}",
        remedy="unlock it first",
        code="locked_already",
        locked=_told(there),
        asked=_told(lock),
        author=there.author,
    )


def _told(lock: VisitLock) -> str:
    hours = f", announced {hhmm(lock.window[0])}-{hhmm(lock.window[1])}" if lock.window else ""
    return f"{lock.crew} {lock.on}{hours}"
