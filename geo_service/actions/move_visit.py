"""Floor 6: move one visit of a plan by hand, put one in that was left out, or set one aside.

Each move makes a new plan, as plans are values: the plan before is kept, and `geo_service.actions.undo_move` puts it in
force again. A plan that a move made answers no events of its own; those that hold go on.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime

from geo_service.actions.basis import require_in_force
from geo_service.actions.board import BY_PLANNER, Board, after_move, open_board
from geo_service.actions.moves import move_of
from geo_service.actions.try_move import Verdict, tried
from geo_service.base.clock import require_aware
from geo_service.base.errors import CheckFailed, Conflict, InputError, RuleBroken
from geo_service.routes.model import Fault, Route
from geo_service.schedule.compare import placements
from geo_service.schedule.events import Refused
from geo_service.schedule.model import Unserved
from geo_service.schedule.moving import ids_of
from geo_service.store.model import Move, Plan, RouteLine, UnservedVisit
from geo_service.store.protocol import Store, Writing

TRIES = 3
"""So often a move is worked out anew because somebody wrote meanwhile."""


class Stale(Exception):
    """Somebody wrote since the board was read; what was begun is rolled back."""


@dataclass(frozen=True)
class Moved:
    """A plan that a move made.

    Attributes
    ----------
    before
        Id of the plan that was changed; `undo_move` finds it by itself.
    board
        Of the new plan, to be given to the next call.
    """

    plan: Plan
    before: str
    verdict: Verdict
    board: Board


def move_visit(
    store: Store,
    visit_id: str,
    crew: str | None,
    on: date | None,
    position: int | None = None,
    *,
    expected: str,
    plan_id: str,
    draft: bool = False,
    reason: str = "",
    author: str,
    clock: Callable[[], datetime],
    board: Board | None = None,
) -> Moved:
    """Move a visit, or put one in that was left out: a new plan in force, or a new draft of a draft.

    Parameters
    ----------
    crew, on, position
        As in `try_move`; without crew and day the visit is set aside, see `set_aside`.
    expected
        The plan that the planner looks at: the one in force, or with ``draft`` a draft.
    plan_id
        Of the new plan.
    board
        What an earlier call returned, so that it need not be read again.

    Raises
    ------
    NotFound, InputError
        As in `try_move`; ``no_move``: it lies there already.
    RuleBroken
        ``move_not_possible``: something stands against it; ``fields['objections']`` lists ``rule``, ``text`` and
        ``text_en``.
    Conflict
        ``plan_changed``: another plan is in force than the one that was; ``fields`` name both. ``busy``: others write
        so often that the move could not be worked out on what is there.
    """
    reason = reason.strip()
    for _ in range(TRIES):
        board = board_of(store, expected, draft, clock, board)
        with suppress(Stale):
            return _move_once(store, board, (visit_id, crew, on, position), plan_id, reason, author, clock)
    raise busy()


def set_aside(
    store: Store,
    visit_id: str,
    *,
    reason: str,
    expected: str,
    plan_id: str,
    author: str,
    clock: Callable[[], datetime],
    board: Board | None = None,
) -> Moved:
    """Take a visit out of the plan, for the reason that the planner gives; no later plan takes it until it is put back.

    It is told as unserved, "vom Planer: ..."; `move_visit` puts it back into a route and lifts what keeps it out.

    Raises
    ------
    InputError
        No reason is given.
    NotFound, RuleBroken, Conflict
        As in `move_visit`.
    """
    if not reason.strip():
        raise InputError(f"{visit_id} is set aside without a reason", remedy="say why", code="no_reason")
    return move_visit(
        store,
        visit_id,
        None,
        None,
        expected=expected,
        plan_id=plan_id,
        reason=reason,
        author=author,
        clock=clock,
        board=board,
    )


def board_of(store: Store, expected: str, draft: bool, clock: Callable[[], datetime], kept: Board | None) -> Board:
    """Return the board of the plan that is expected: with ``draft`` one that is not in force, else the one that is.

    Raises
    ------
    Conflict
        ``plan_changed``: it is not.
    """
    if not draft:
        require_in_force(expected, store.plan_in_force())
    elif store.plan_in_force() == expected:
        raise Conflict(
            f"the plan {expected} was put in force meanwhile", remedy="look at it again", code="plan_changed",
            expected=expected, in_force=expected,
        )  # fmt: skip
    return open_board(store, clock=clock, plan_id=expected, kept=kept)


def require_unmoved(store: Store, board: Board) -> None:
    """Refuse to go on in an open transaction when it is not the first since the board was read.

    Raises
    ------
    Stale
        It is not.
    """
    if store.revision() != board.revision + 1:
        raise Stale


def busy() -> Conflict:
    """Return what is told when others write so often that nothing can be worked out."""
    return Conflict("others change the workspace all the time", remedy="try again", code="busy")


def _move_once(
    store: Store,
    board: Board,
    asked: tuple[str, str | None, date | None, int | None],
    plan_id: str,
    reason: str,
    author: str,
    clock: Callable[[], datetime],
) -> Moved:
    """Keep the plan that a move makes.

    Raises
    ------
    Stale
        Somebody wrote since the board was read.
    """
    visit_id, crew, on, position = asked
    verdict, routes, unserved = tried(board, visit_id, crew, on, position, reason)
    if not verdict.ok:
        raise RuleBroken(
            f"{visit_id} cannot be moved: {verdict.objections[0].text_en}",
            remedy="choose another crew, day or place in the order, or clear what stands against it",
            code="move_not_possible",
            rule=verdict.objections[0].rule,
            objections=[vars(one) for one in verdict.objections],
        )
    if (routes == board.routes and unserved == board.unserved) or verdict.old is verdict.new is None:
        raise InputError(f"{visit_id} lies there already", remedy="choose another place", code="no_move")
    now = require_aware(clock())
    plan = _made(board, plan_id, routes, unserved, author, now)
    aside = dict(board.set_aside)
    if not board.in_force:
        events = tuple(one for one in plan.events if not (isinstance(one, Refused) and one.visit_id == visit_id))
        keeping = (_keeping_out(visit_id, reason),) if verdict.new is None else ()
        plan = replace(plan, events=(*events, *keeping))
        aside = {one: 0 for one in {*aside, visit_id} if one != visit_id or keeping}
    with store.change(author=author, reason=_told(verdict, reason), at=now) as tx:
        require_unmoved(store, board)
        if board.in_force:
            tx.put_in_force(board.plan.plan_id)  # the ledger names the plan before beside the new one
        tx.put_plan(plan, in_force=board.in_force)
        if board.in_force:
            tx.put_moves(_moves(board.plan, plan, verdict, reason, author, now))
            aside = _hold(store, tx, aside, verdict, reason, author, now)
    moved = after_move(board, plan, board.revision + 1, routes, unserved, aside)
    return Moved(plan, board.plan.plan_id, verdict, moved)


def _hold(
    store: Store, tx: Writing, aside: Mapping[str, int], verdict: Verdict, reason: str, author: str, at: datetime
) -> dict[str, int]:
    """Keep a visit out of later plans that is set aside, or let it in again that is put into a route."""
    visit_id = verdict.visit_id
    if verdict.new is None:
        tx.put_event(_keeping_out(visit_id, reason), author=author, at=at)
        return {**aside, visit_id: max(kept.event_id for kept in store.events())}
    if visit_id in aside:
        tx.drop_event(aside[visit_id])
    return {one: event_id for one, event_id in aside.items() if one != visit_id}


def _keeping_out(visit_id: str, reason: str) -> Refused:
    return Refused(visit_id, f"{BY_PLANNER[0]}: {reason}" if reason else BY_PLANNER[0])


def _made(
    board: Board,
    plan_id: str,
    routes: tuple[Route, ...],
    unserved: tuple[Unserved, ...],
    author: str,
    at: datetime,
) -> Plan:
    """Return the plan with other routes on its open days; only those that changed are drawn anew."""
    old = board.plan
    drawn = {(line.crew, line.on): (route, line) for route, line in zip(old.routes, old.lines, strict=True)}
    was = {(route.crew_day.crew, route.crew_day.on): route for route in board.routes}
    kept: list[tuple[Route, RouteLine]] = [pair for pair in drawn.values() if pair[0].crew_day.on < board.today]
    for route in routes:
        key = (route.crew_day.crew, route.crew_day.on)
        if was.get(key) == route:
            kept.append(drawn[key])
            continue
        line = board.roads.line(route)
        if isinstance(line, Fault):
            raise CheckFailed(
                f"the checker refused the way: {line.text}", remedy="the plan in force stays", faults=[line.text]
            )
        kept.append((route, line))
    left = {one.visit.visit_id for one in unserved}
    placed = {one for route in routes for one in ids_of(route)}
    told = tuple(one for one in old.unserved if one.visit_id in left or one.visit_id not in placed)
    known = {one.visit_id for one in told}
    told += tuple(UnservedVisit.of(one) for one in unserved if one.visit.visit_id not in known)
    costs = board.costs_of(routes, unserved)
    served = sum(len(route.stops) for route, _ in kept)
    figures = {
        **old.figures,
        "visits": served + len(told),
        "served": served,
        "unserved": len(told),
        "drive_s": sum(route.drive_s for route, _ in kept),
        "work_s": sum(route.work_s for route, _ in kept),
        "length_m": sum(route.length_m for route, _ in kept),
        "cost_s": costs.total_s,
    }
    return replace(
        old,
        plan_id=plan_id,
        made_at=at,
        author=author,
        routes=tuple(route for route, _ in kept),
        lines=tuple(line for _, line in kept),
        unserved=told,
        figures=figures,
        costs=asdict(costs),
        events=() if board.in_force else old.events,
    )


def _moves(old: Plan, new: Plan, verdict: Verdict, reason: str, author: str, at: datetime) -> tuple[Move, ...]:
    de, en = (f"{said}: {reason}" if reason else said for said in BY_PLANNER)
    return moved_visits(old, new, {verdict.visit_id}, (de, en), author, at)


def moved_visits(
    old: Plan, new: Plan, visit_ids: set[str], words: tuple[str, str], author: str, at: datetime
) -> tuple[Move, ...]:
    """Return the moves of some visits from one plan to another, with the reason in German and in English."""
    before, after = placements(old.routes), placements(new.routes)
    moves = []
    for stop in (stop for route in old.routes for stop in route.stops):
        visit = stop.visit
        was, is_now = before[visit.visit_id], after.get(visit.visit_id)
        if visit.visit_id in visit_ids and was != is_now:
            moves.append(move_of(visit, was, is_now, words, plan_id=new.plan_id, author=author, at=at))
    return tuple(moves)


def _told(verdict: Verdict, reason: str) -> str:
    where = f"to {verdict.new.crew} on {verdict.new.on}" if verdict.new else "out of the plan"
    told = f"moved {verdict.visit_id} {where}"
    return f"{told}: {reason}"[:500] if reason else told
