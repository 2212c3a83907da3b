"""Floor 6: take the last move of a visit back: the plan before is in force again, if it still holds as well."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime

from geo_service.actions.board import BY_PLANNER, Board, after_move
from geo_service.actions.move_visit import TRIES, Stale, board_of, busy, moved_visits, require_unmoved
from geo_service.base.clock import require_aware
from geo_service.base.errors import Conflict, NotFound
from geo_service.routes.model import Route
from geo_service.schedule.compare import placements
from geo_service.schedule.events import Refused
from geo_service.schedule.model import Unserved
from geo_service.schedule.moving import ids_of
from geo_service.schedule.objections import Objection
from geo_service.store.model import Plan
from geo_service.store.protocol import Store
from geo_service.work.model import Visit

_LEDGER = 5_000

_AS_PLANNED = frozenset({"drive", "length", "arrival", "start", "end", "total"})
"""Faults of a plan whose streets or outlines have changed since it was made: it had them before the move."""


@dataclass(frozen=True)
class Undone:
    """A plan that is in force again.

    Attributes
    ----------
    visits
        Those that lie where they lay before.
    board
        Of the plan, to be given to the next call.
    """

    plan: Plan
    visits: tuple[str, ...]
    board: Board


def undo_move(
    store: Store, *, expected: str, author: str, clock: Callable[[], datetime], board: Board | None = None
) -> Undone:
    """Put the plan in force again that the last move changed, unless something happened since that stands against it.

    Undoing again takes the move before back, as far as the plan in force was made by one.

    Parameters
    ----------
    expected
        The plan in force, made by `geo_service.actions.move_visit`.
    board
        What an earlier call returned, so that it need not be read again.

    Raises
    ------
    NotFound
        ``no_move``: the plan in force was not made by a move.
    Conflict
        ``plan_changed``, as in `move_visit`; ``undo_not_possible``: what happened since stands against the plan before;
        ``fields['objections']`` lists ``rule``, ``text`` and ``text_en``.
    """
    for _ in range(TRIES):
        board = board_of(store, expected, False, clock, board)
        with suppress(Stale):
            return _undo_once(store, board, author, clock)
    raise busy()


def _before(store: Store, plan_id: str) -> str | None:
    """Return the plan that a move made this one of: the ledger has both in one change."""
    lines = [line for line in store.ledger(_LEDGER) if line.what == "plan"]
    made = min((line.revision for line in lines if line.key == plan_id), default=0)
    return next((line.key for line in lines if line.revision == made and line.key != plan_id), None)


def _undo_once(store: Store, board: Board, author: str, clock: Callable[[], datetime]) -> Undone:
    moved = board.plan
    before_id = _before(store, moved.plan_id)
    before = store.plan(before_id) if before_id else None
    if before is None:
        raise NotFound("the plan in force was not made by a move", remedy="nothing is to be undone", code="no_move")
    visits = {visit.visit_id: visit for visit in board.problem.visits}
    was, is_now = placements(before.routes), placements(moved.routes)
    changed = {one for one in was.keys() | is_now.keys() if was.get(one) != is_now.get(one)}
    against = [board.fixed[one] for one in sorted(changed) if one in board.fixed and one not in board.set_aside]
    routes = tuple(_again(board, route, visits) for route in before.routes if route.crew_day.on >= board.today)
    placed = {one for route in routes for one in ids_of(route)}
    unserved = tuple(one for one in board.unserved if one.visit.visit_id not in placed)
    told = {one.visit_id: one for one in before.unserved}
    unserved += tuple(
        Unserved(visits[one], told[one].code, told[one].reason, told[one].reason_en, told[one].remedy)
        for one in sorted(changed - placed)
        if one in visits and one in told
    )
    for fault in (one for one in board.faults_of(routes, unserved) if one.rule not in _AS_PLANNED):
        against.append(Objection(fault.rule, f"{fault.rule}: {fault.text}", fault.text))
    if against:
        raise Conflict(
            f"the move cannot be undone any more: {against[0].text_en}",
            remedy="move the visit by hand",
            code="undo_not_possible",
            objections=[vars(one) for one in against],
        )
    now = require_aware(clock())
    words = ("Verschiebung zurückgenommen", "the move was undone")
    said = f"undid the move of {', '.join(sorted(changed)) or moved.plan_id}"
    kept_out = {one.visit_id: one for one in before.unserved if one.reason.startswith(BY_PLANNER[0])}
    with store.change(author=author, reason=said[:500], at=now) as tx:
        require_unmoved(store, board)
        tx.put_in_force(before.plan_id)
        tx.put_moves(moved_visits(moved, before, changed, words, author, now))
        aside = {one: number for one, number in board.set_aside.items() if one not in changed or one not in was}
        for one in sorted(changed):
            if one in board.set_aside and one in was:
                tx.drop_event(board.set_aside[one])
            if one in kept_out and one in is_now:
                tx.put_event(Refused(one, kept_out[one].reason), author=author, at=now)
                aside[one] = max(kept.event_id for kept in store.events())
    again = after_move(board, before, board.revision + 1, routes, unserved, aside)
    return Undone(before, tuple(sorted(changed)), again)


def _again(board: Board, route: Route, visits: Mapping[str, Visit]) -> Route:
    """Return a route of the plan before with visits and crew-day of now; its times are its own."""
    day = board.crew_day(route.crew_day.crew, route.crew_day.on) or route.crew_day
    stops = tuple(replace(stop, visit=visits.get(stop.visit.visit_id, stop.visit)) for stop in route.stops)
    here = {facility.code: facility for facility in day.facilities}
    trips = tuple(replace(trip, facility=here.get(trip.facility.code, trip.facility)) for trip in route.trips)
    return replace(route, crew_day=day, stops=stops, trips=trips)
