"""Floor 6: note that a visit was done: the next due date moves, and the plot reaches the state its work leads to."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime

from geo_service.actions.settle_concerns import settle_concerns
from geo_service.base.clock import BERLIN
from geo_service.base.errors import InputError, NotFound
from geo_service.plots.life import allowed_moves, change_state
from geo_service.store.model import Plan, VisitDone
from geo_service.store.protocol import Store, Writing
from geo_service.work.field_report import VisitCourse
from geo_service.work.model import Visit


def record_visit(
    store: Store, visit_id: str, on: date, *, crew: str = "", author: str, clock: Callable[[], datetime]
) -> VisitDone:
    """Note that a visit of the plan in force was done on a day; by its crew in the plan, unless another is named.

    When it completes its job, the last day of that work moves, so the next visit falls due from there; work that
    leads to a state of the plot moves the plot there.

    Raises
    ------
    NotFound
        When the plan in force does not know the visit.
    InputError
        When the day lies in the future.
    """
    now = clock()
    if on > now.astimezone(BERLIN).date():
        raise InputError(f"{visit_id} cannot have been done on {on}", remedy="name today or a day before")
    known = planned_visits(store.plan()).get(visit_id)
    if known is None:
        raise NotFound(
            f"no visit {visit_id} in the plan in force",
            remedy="name the id of a visit that it plans",
            visit=visit_id,
        )
    visit, planned = known
    with store.change(author=author, reason=f"{visit_id} was done on {on}", at=now) as tx:
        return note_done(store, tx, visit, on, crew=crew or planned, author=author, at=now)


def planned_visits(plan: Plan | None) -> dict[str, tuple[Visit, str]]:
    """Return the visits that a plan has in its routes, with their crews, by visit_id."""
    return {
        stop.visit.visit_id: (stop.visit, route.crew_day.crew)
        for route in (plan.routes if plan else ())
        for stop in route.stops
    }


def note_done(
    store: Store,
    tx: Writing,
    visit: Visit,
    on: date,
    *,
    crew: str,
    author: str,
    at: datetime,
    told: VisitCourse | None = None,
) -> VisitDone:
    """Write into an open transaction that a visit was done.

    Parameters
    ----------
    told
        What else its report tells, minutes and quantities; the visit's version rises by one.
    """
    done = VisitDone(visit.visit_id, visit.plot_id, visit.work, on, crew, visit.part, visit.parts, author, at)
    before = store.course(visit.visit_id)
    if before.done_on is not None and before.done_on != on:
        tx.forget_done(visit.visit_id)
    tx.record_visit(done)
    course = told or VisitCourse(visit.visit_id, stopped=before.stopped)
    tx.put_course(
        replace(
            course,
            version=before.version + 1,
            outcome="done",
            crew=crew,
            done_on=on,
            author=author,
            changed_at=at,
        )
    )
    tx.drop_locks([visit.visit_id])
    job = visit.visit_id.rpartition(".")[0]
    parts = {one.part: one.done_on for one in store.visits_done() if one.visit_id.rpartition(".")[0] == job}
    if len(parts) < visit.parts:
        return done
    tx.record_done(visit.plot_id, visit.work, max(parts.values()))
    settle_concerns(store, tx, visit, on, author=author, at=at)
    kind = store.catalogue().kinds.get(visit.work)
    plot = store.plot(visit.plot_code)
    if kind is not None and plot is not None and kind.leads_to is not None and kind.leads_to in allowed_moves(plot):
        moved = change_state(plot, kind.leads_to, author=author, at=at, reason=f"{visit.visit_id} was done on {on}")
        tx.put_plots([moved])
    return done
