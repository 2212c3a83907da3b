"""Floor 8: the schedule board over HTTP: a plan as days by crews, what a move would do, moves by hand and the way back.

The board of a plan takes a moment to read and is asked at every step of a drag: the last few are kept, and read anew
when the workspace has changed.
"""

from __future__ import annotations

from collections import OrderedDict
from threading import Lock
from typing import Annotated
from uuid import uuid4

from fastapi import APIRouter, Query, Request, Response
from pydantic import Field

from geo_service.actions.accept_plan import require_plan
from geo_service.actions.board import Board, open_board
from geo_service.actions.move_visit import move_visit
from geo_service.actions.moves import moves_between
from geo_service.actions.try_move import try_move
from geo_service.actions.undo_move import undo_move
from geo_service.api.board_schemas import (
    BoardAnswer,
    ByHand,
    ByOthers,
    ChangesAnswer,
    HandedBack,
    TrialAnswer,
    TrialRequest,
    UndoRequest,
)
from geo_service.api.board_views import board_answer, handed_back, verdict_answer
from geo_service.api.desk import Desk, DeskHere
from geo_service.api.errors import problems
from geo_service.api.fields import Language, LanguageQuery, PlanInPath
from geo_service.api.identity import IdentityHere
from geo_service.api.replans import MoveList, move_answer
from geo_service.api.roles import PLANNERS
from geo_service.base.clock import BERLIN
from geo_service.base.errors import InputError
from geo_service.store.model import Change

router = APIRouter(tags=["Plans"])

KEPT = 4
_LEDGER = 1_000
_WHAT = {"plan": "plan", "lock": "lock", "event": "event"}


class Boards:
    """The boards that were asked for last, by the id of their plan; safe to use from several threads."""

    def __init__(self) -> None:
        self._kept: OrderedDict[str, Board] = OrderedDict()
        self._lock = Lock()

    def find(self, plan_id: str) -> Board | None:
        """Return the board that was kept of a plan, which may be old."""
        with self._lock:
            return self._kept.get(plan_id)

    def keep(self, board: Board) -> Board:
        """Keep a board instead of the one that was used longest ago."""
        with self._lock:
            self._kept[board.plan.plan_id] = board
            self._kept.move_to_end(board.plan.plan_id)
            while len(self._kept) > KEPT:
                self._kept.popitem(last=False)
        return board


class WhichBoard(Language):
    """The query of a board."""

    plan: str | None = Field(default=None, pattern=r"^[A-Za-z0-9_-]{1,64}$", description="Else the plan in force.")


class SinceWhen(Language):
    """The query of changes."""

    revision: int = Field(ge=0, le=2**53, description="`revision` of the board that is looked at.")


@router.get(
    "/schedule",
    summary="Read the schedule board",
    description="The plan in force or a draft as days by crews, as the world is now: how full each crew-day is, its "
    "visits in order with what is locked, announced, urgent or reported, what is left out and why.",
    responses=problems(400, 401, 403, 404, 409),
)
def read_board(
    desk: DeskHere, who: IdentityHere, request: Request, query: Annotated[WhichBoard, Query()]
) -> BoardAnswer:
    """Return a board."""
    board = _board(desk, request, query.plan or desk.store.plan_in_force() or "")
    return board_answer(desk.store, board, query.lang, may_change=who.role in PLANNERS)


@router.post(
    "/schedule/trials",
    summary="Try where a visit could go",
    description="For each crew-day and place that is named what stands against moving the visit there, what it costs "
    "by part of the objective, and how the days fill. Nothing is changed.",
    responses=problems(400, 401, 403, 404, 409, 413, 422),
)
def try_targets(asked: TrialRequest, desk: DeskHere, request: Request, query: LanguageQuery) -> TrialAnswer:
    """Return the verdicts."""
    board = _board(desk, request, asked.plan)
    return TrialAnswer(
        plan=asked.plan,
        in_force=board.in_force,
        verdicts=[
            verdict_answer(try_move(board, asked.visit, one.crew, one.day, one.position), query.lang)
            for one in asked.targets
        ],
    )


@router.post(
    "/schedule/moves",
    status_code=201,
    summary="Move a visit by hand",
    description="Moves a visit to a crew-day and place, puts one in that was left out, or, without crew and day, sets "
    "one aside for a reason: a new plan in force, or a new draft of a draft. 422 lists what stands against it, 409 "
    "tells that another plan is in force than the one that is named.",
    response_description="The new plan, as far as it differs",
    responses=problems(400, 401, 403, 404, 409, 413, 422),
)
def move(
    asked: ByHand, desk: DeskHere, who: IdentityHere, request: Request, response: Response, query: LanguageQuery
) -> HandedBack:
    """Move a visit."""
    if asked.crew is None and not asked.reason.strip():
        raise InputError(f"{asked.visit} is set aside without a reason", remedy="say why", code="no_reason")
    boards: Boards = request.app.state.boards
    kept = boards.find(asked.plan)
    moved = move_visit(
        desk.store,
        asked.visit,
        asked.crew,
        asked.day,
        asked.position,
        expected=asked.plan,
        plan_id=uuid4().hex,
        draft=asked.draft,
        reason=asked.reason,
        author=who.label,
        clock=desk.clock,
        board=kept,
    )
    before = kept if kept is not None else open_board(desk.store, clock=desk.clock, plan_id=moved.before)
    boards.keep(moved.board)
    response.headers["Location"] = f"/plans/{moved.plan.plan_id}"
    return handed_back(desk.store, before, moved.board, [asked.visit], query.lang)


@router.post(
    "/schedule/undo",
    summary="Take the last move back",
    description="Puts the plan in force again that the last move by hand changed, unless something stands against it "
    "by now; again: the move before.",
    responses=problems(400, 401, 403, 404, 409, 413, 422),
)
def undo(asked: UndoRequest, desk: DeskHere, who: IdentityHere, request: Request, query: LanguageQuery) -> HandedBack:
    """Take a move back."""
    boards: Boards = request.app.state.boards
    kept = boards.find(asked.plan)
    undone = undo_move(desk.store, expected=asked.plan, author=who.label, clock=desk.clock, board=kept)
    before = kept if kept is not None else open_board(desk.store, clock=desk.clock, plan_id=asked.plan)
    boards.keep(undone.board)
    return handed_back(desk.store, before, undone.board, undone.visits, query.lang)


@router.get(
    "/schedule/changes",
    summary="See what others changed",
    description="Who put which plan in force, moved visits or locked them since a board was read, the newest first.",
    responses=problems(400, 401, 403),
)
def changes(desk: DeskHere, query: Annotated[SinceWhen, Query()]) -> ChangesAnswer:
    """Return what changed after a revision."""
    store = desk.store
    now = store.revision()
    later: dict[int, Change] = {}
    for line in store.ledger(_LEDGER) if now > query.revision else ():
        if line.revision > query.revision and line.what in _WHAT:
            known = later.get(line.revision)
            if known is None or line.what == "plan":
                later[line.revision] = line
    moves = store.moves() if later else []
    told = []
    for _, line in sorted(later.items(), reverse=True):
        mine = [move_answer(one, query.lang) for one in moves if (one.at, one.author) == (line.at, line.author)]
        told.append(
            ByOthers(
                at=line.at,
                author=line.author,
                what="moved" if mine else _WHAT[line.what],  # type: ignore[arg-type]
                moves=mine,
            )
        )
    return ChangesAnswer(in_force=store.plan_in_force() or "", revision=now, changes=told)


@router.get(
    "/plans/{plan_id}/proposed-moves",
    summary="List what a draft would move",
    description="Every visit that the plan would take from its crew-day if it were put in force now, with its reason.",
    responses=problems(400, 401, 404),
)
def proposed_moves(plan_id: PlanInPath, desk: DeskHere, query: LanguageQuery) -> MoveList:
    """Return the moves of a draft that is not in force."""
    plan, now = require_plan(desk.store, plan_id), desk.clock()
    today = now.astimezone(BERLIN).date()
    found = moves_between(desk.store.plan(), plan, from_on=today, author=plan.author, at=now)
    return MoveList(moves=[move_answer(one, query.lang) for one in found])


def _board(desk: Desk, request: Request, plan_id: str) -> Board:
    boards: Boards = request.app.state.boards
    return boards.keep(open_board(desk.store, clock=desk.clock, plan_id=plan_id or None, kept=boards.find(plan_id)))
