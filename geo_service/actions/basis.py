"""Floor 6: what a plan rests on that planners change: looked at again before it is put in force.

A search takes its time. Who locks a visit, takes an exception back or puts another plan in force meanwhile must not
lose that to a plan that knows nothing of it: then the plan is not put in force, and its planner is told both sides.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from geo_service.base.clock import hhmm
from geo_service.base.errors import Conflict
from geo_service.store.model import Plan, VisitLock
from geo_service.store.protocol import Store
from geo_service.work.noise import Rules

REMEDY = "look at what changed and plan anew; the plan in force stays"


@dataclass(frozen=True)
class Basis:
    """What was there when a plan was begun.

    Attributes
    ----------
    plan_id
        The plan in force, or None.
    locks
        What was locked.
    exceptions
        (plot_id, work) of the exceptions to the cutting ban.
    rules
        The rules beside federal law.
    """

    plan_id: str | None
    locks: frozenset[VisitLock]
    exceptions: frozenset[tuple[str, str]]
    rules: Rules


def basis_of(store: Store) -> Basis:
    """Return what a plan that is begun now rests on; ask before anything else is read."""
    plan_id = store.plan_in_force()
    given = frozenset((kept.plot_id, kept.work) for kept in store.exceptions())
    return Basis(plan_id, frozenset(store.locks()), given, store.rules())


def require_basis(store: Store, before: Basis, plan: Plan, *, today: date) -> None:
    """Refuse to put a plan in force that another planner's word stands against; called in the open transaction.

    Locks that were lifted, and new ones that the plan keeps to, do not stand against it.

    Raises
    ------
    Conflict
        ``plan_changed``: another plan is in force; ``fields`` name both. ``locked_meanwhile``: the plan does not keep
        to a lock that is new. ``rules_changed``: an exception was taken back, or the rules are others.
    """
    now = basis_of(store)
    require_in_force(before.plan_id, now.plan_id)
    broken = _first_broken((lock for lock in now.locks - before.locks if lock.on >= today), plan)
    if broken is not None:
        lock, planned = broken
        hours = f" {hhmm(lock.window[0])}-{hhmm(lock.window[1])}" if lock.window else ""
        raise Conflict(
            f"{lock.author} locked {lock.visit_id} to {lock.crew} on {lock.on}{hours} meanwhile, the plan: {planned}",
            remedy=REMEDY,
            code="locked_meanwhile",
            visit=lock.visit_id,
            locked=f"{lock.crew} {lock.on}{hours}",
            planned=planned,
        )
    gone = sorted(before.exceptions - now.exceptions)
    if gone or now.rules != before.rules:
        what = f"the exception for {gone[0][1]} was taken back" if gone else "the rules were changed"
        raise Conflict(f"{what} while it was planned", remedy=REMEDY, code="rules_changed")


def require_in_force(expected: str | None, in_force: str | None) -> None:
    """Refuse when another plan is in force than the one that was looked at.

    Raises
    ------
    Conflict
        ``plan_changed``, with both ids.

    Examples
    --------
    >>> require_in_force("a", "a")
    >>> require_in_force("a", "b")
    Traceback (most recent call last):
        ...
    geo_service.base.errors.Conflict: somebody put the plan b in force meanwhile, instead of a
    """
    if expected != in_force:
        raise Conflict(
            f"somebody put the plan {in_force or 'none'} in force meanwhile, instead of {expected or 'none'}",
            remedy=REMEDY,
            code="plan_changed",
            expected=expected or "",
            in_force=in_force or "",
        )


def _first_broken(locks: Iterable[VisitLock], plan: Plan) -> tuple[VisitLock, str] | None:
    where = {
        stop.visit.visit_id: (route.crew_day.crew, route.crew_day.on, stop.start_s)
        for route in plan.routes
        for stop in route.stops
    }
    for lock in sorted(locks, key=lambda one: one.visit_id):
        at = where.get(lock.visit_id)
        opens_s, closes_s = lock.window or (0, 2 * 86_400)
        if at is None or at[:2] != (lock.crew, lock.on) or not opens_s <= at[2] < closes_s:
            return lock, "it in no route" if at is None else f"{at[0]} {at[1]} {hhmm(at[2])}"
    return None
