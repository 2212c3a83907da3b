"""Floor 6: what goes with putting a plan in force: moves, events, what was done, what is open again, void locks."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

from geo_service.actions.moves import moves_between
from geo_service.actions.record_visit import note_done, planned_visits
from geo_service.base.clock import BERLIN
from geo_service.schedule.compare import placements
from geo_service.schedule.events import DoneEarly
from geo_service.schedule.model import Placement
from geo_service.store.model import Plan
from geo_service.store.protocol import Store, Writing


def put_consequences(
    store: Store, tx: Writing, old: Plan | None, plan: Plan, *, from_on: date, author: str, at: datetime
) -> None:
    """Write into the open transaction what goes with putting ``plan`` in force after ``old``.

    Parameters
    ----------
    from_on
        The first day that the new plan decides.
    """
    known, done = planned_visits(old), {one.visit_id for one in store.visits_done()}
    for event in plan.events:
        if isinstance(event, DoneEarly):
            if event.visit_id in known:
                visit, crew = known[event.visit_id]
                note_done(store, tx, visit, event.on, crew=crew, author=author, at=at)
        else:
            tx.put_event(event, author=author, at=at)
    moves = moves_between(old, plan, from_on=from_on, author=author, at=at)
    tx.put_moves(one for one in moves if one.new_on is not None or one.visit_id not in done)
    where, today = placements(plan.routes), at.astimezone(BERLIN).date()
    _reopen(store, tx, old, plan, today)
    void = []
    for lock in store.locks():
        there = Placement(lock.crew, lock.on)
        if lock.on >= max(today, from_on) and where.get(lock.visit_id, there) != there:
            void.append(lock.visit_id)
    if void:
        tx.drop_locks(void)


def _reopen(store: Store, tx: Writing, old: Plan | None, plan: Plan, today: date) -> None:
    """Let visits that were not possible and lie on another crew-day now be open again."""
    before = placements(old.routes) if old else {}
    again = placements(route for route in plan.routes if route.crew_day.on >= today)
    for visit_id, course in store.courses(again.keys()).items():
        if course.outcome == "not_possible" and again[visit_id] != before.get(visit_id):
            tx.put_course(replace(course, outcome="", reason=""))
