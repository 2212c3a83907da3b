"""Floor 6: what moving one visit of a plan would do: what stands against it, what it costs, how both days fill.

What the checkers find after a move and did not find before stands against it; what was wrong already does not.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date

from geo_service.actions.board import BY_PLANNER, Board
from geo_service.base.errors import InputError, NotFound
from geo_service.routes.model import CrewDay, Route
from geo_service.schedule.compare import COST_PARTS, placements
from geo_service.schedule.cost import overtime_s
from geo_service.schedule.model import Placement, Unserved
from geo_service.schedule.moving import lay, working_s
from geo_service.schedule.objections import Objection, objections, refused
from geo_service.work.model import Visit


@dataclass(frozen=True)
class DayLoad:
    """A crew-day before and after a move; all zero where it has no route.

    Attributes
    ----------
    visits, drive_s, work_s, working_s, overtime_s, end_s
        (before, after): count of visits; driving; on plots and at facilities; all but the breaks; driving and work
        beyond what is paid as usual; when the crew is back, seconds since local midnight.
    max_work_s
        The most working time that is allowed.
    """

    crew: str
    on: date
    visits: tuple[int, int]
    drive_s: tuple[int, int]
    work_s: tuple[int, int]
    working_s: tuple[int, int]
    overtime_s: tuple[int, int]
    end_s: tuple[int, int]
    max_work_s: int


@dataclass(frozen=True)
class Verdict:
    """What a move would do.

    Attributes
    ----------
    ok
        Nothing stands against it.
    old, new
        Crew-day before and after; None: in no route.
    position, start_s
        Place in the new order, 1 for the first, and when the work would begin; 0 where it is in no route.
    objections
        What stands against it, in German and in English.
    costs
        (before, after) seconds by part of the objective, ``total_s`` last; empty where the day cannot be timed.
    days
        The crew-days concerned: the old one, then the new one.
    routes
        These as they would be; where something stands against the move as if the crew had what it lacks.
    """

    visit_id: str
    ok: bool
    old: Placement | None
    new: Placement | None
    position: int
    start_s: int
    objections: tuple[Objection, ...]
    costs: Mapping[str, tuple[int, int]]
    days: tuple[DayLoad, ...]
    routes: tuple[Route, ...] = ()

    @property
    def change_s(self) -> int:
        """What it costs more, in seconds of driving; negative when it saves."""
        before, after = self.costs.get("total_s", (0, 0))
        return after - before


def try_move(board: Board, visit_id: str, crew: str | None, on: date | None, position: int | None = None) -> Verdict:
    """Say what moving a visit would do; nothing is changed.

    Parameters
    ----------
    board
        From `geo_service.actions.board.open_board`.
    crew, on
        The crew-day it is dragged to, its own for another place in the order; both None: set aside.
    position
        Place in the new order, 1 for the first, the visit itself not counted; None: where it costs least.

    Raises
    ------
    NotFound
        The plan has no such visit on its open days, and none such that was left out.
    InputError
        Only one of crew and day is named, or a position below 1.
    """
    return tried(board, visit_id, crew, on, position)[0]


def tried(
    board: Board, visit_id: str, crew: str | None, on: date | None, position: int | None, reason: str = ""
) -> tuple[Verdict, tuple[Route, ...], tuple[Unserved, ...]]:
    """Return the verdict, and the routes and what is left out as they would be.

    Parameters
    ----------
    reason
        Why a planner sets the visit aside; told with it.

    Raises
    ------
    NotFound, InputError
        As `try_move`.
    """
    visit = board.visit(visit_id)
    if visit is None:
        raise NotFound(
            f"no visit {visit_id} on the open days of the plan",
            remedy="name the id of a visit that it plans or leaves out",
            visit=visit_id,
        )
    if (crew is None) != (on is None) or (position is not None and position < 1):
        raise InputError("a visit is moved to a crew, a day and a position from 1", remedy="name crew and day")
    old = placements(board.routes).get(visit_id)
    new = None if crew is None or on is None else Placement(crew, on)
    against = _before_the_roads(board, visit, old, new)
    day = None if new is None else board.crew_day(new.crew, new.on)
    if new is not None and (day is None or visit.place < 0):
        return _nothing(board, visit_id, old, new, against), board.routes, board.unserved
    laid = lay(board.problem, board.routes, visit, day, position)
    if laid.refusal:
        against += (refused(laid.refusal),)
        return _nothing(board, visit_id, old, new, against), board.routes, board.unserved
    unserved = tuple(one for one in board.unserved if one.visit.visit_id != visit_id)
    if new is None:
        unserved += (left_out(visit, reason),)
    found = board.faults_of(laid.routes, unserved)
    against += objections(board.problem, visit, day, laid.touched, laid.routes, found)
    was, now = asdict(board.costs), asdict(board.costs_of(laid.routes, unserved))
    parts = {part: (was[part], now[part]) for part in COST_PARTS}
    parts["total_s"] = (sum(was.values()), sum(now.values()))
    start = [stop.start_s for route in laid.touched for stop in route.stops if stop.visit.visit_id == visit_id]
    verdict = Verdict(
        visit_id=visit_id,
        ok=not against,
        old=old,
        new=new,
        position=laid.position,
        start_s=start[0] if start else 0,
        objections=_once(against),
        costs=parts,
        days=_loads(board, laid.routes, old, new),
        routes=laid.touched,
    )
    return verdict, laid.routes, unserved


def _nothing(
    board: Board, visit_id: str, old: Placement | None, new: Placement | None, against: tuple[Objection, ...]
) -> Verdict:
    return Verdict(visit_id, False, old, new, 0, 0, _once(against), {}, _loads(board, board.routes, old, new))


def _once(against: tuple[Objection, ...]) -> tuple[Objection, ...]:
    """Return objections without those that say less of what is said already."""
    told = {one.rule for one in against}
    lesser = {"locked"} if told & {"begun", "done"} else set()
    return tuple(dict.fromkeys(one for one in against if one.rule not in lesser))


def _before_the_roads(
    board: Board, visit: Visit, old: Placement | None, new: Placement | None
) -> tuple[Objection, ...]:
    """Return what stands against a move wherever the streets lead."""
    told: list[Objection] = []
    fixed = board.fixed.get(visit.visit_id)
    if fixed is not None and not (new is None and fixed.rule in ("refused", "not_due")):
        told.append(fixed)
    lock = board.locks.get(visit.visit_id)
    if new is None and lock is not None and old is not None:
        de = f"festgelegt auf {lock.crew} am {lock.on:%d.%m.%Y}: erst die Festlegung aufheben"
        told.append(Objection("locked", de, f"locked to {lock.crew} on {lock.on}: unlock it first"))
    if new is not None and visit.place < 0:
        told.append(refused("off_network"))
    if new is None or board.crew_day(new.crew, new.on) is not None:
        return tuple(told)
    if new.on < board.today:
        told.append(Objection("past", f"der {new.on:%d.%m.%Y} ist vorbei", f"{new.on} has passed"))
    elif new.on not in board.problem.days:
        de = f"der {new.on:%d.%m.%Y} gehört nicht zum Plan"
        told.append(Objection("no_crew_day", de, f"{new.on} is no day of the plan"))
    else:
        de = f"{new.crew} arbeitet am {new.on:%d.%m.%Y} nicht"
        told.append(Objection("no_crew_day", de, f"{new.crew} does not work on {new.on}"))
    return tuple(told)


def left_out(visit: Visit, reason: str) -> Unserved:
    """Return a visit as one that a planner set aside."""
    de, en = (f"{said}: {reason}" if reason else said for said in BY_PLANNER)
    return Unserved(visit, "refused", de, en)


def _loads(
    board: Board, routes: tuple[Route, ...], old: Placement | None, new: Placement | None
) -> tuple[DayLoad, ...]:
    loads = []
    for place in dict.fromkeys(one for one in (old, new) if one is not None):
        before, after = (_route_at(several, place) for several in (board.routes, routes))
        day: CrewDay | None = board.crew_day(place.crew, place.on) or (before.crew_day if before else None)
        if day is None:
            continue
        visits, drive, work, working, overtime, end = zip(_sums(before), _sums(after), strict=True)
        loads.append(DayLoad(place.crew, place.on, visits, drive, work, working, overtime, end, day.max_work_s))
    return tuple(loads)


def _route_at(routes: tuple[Route, ...], place: Placement) -> Route | None:
    return next((one for one in routes if Placement(one.crew_day.crew, one.crew_day.on) == place), None)


def _sums(route: Route | None) -> tuple[int, int, int, int, int, int]:
    if route is None:
        return (0, 0, 0, 0, 0, 0)
    return (len(route.stops), route.drive_s, route.work_s, working_s(route), overtime_s(route), route.end_s)
