"""Floor 8: a board put into words and figures for the edge."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date

from geo_service.actions.board import Board
from geo_service.actions.try_move import Verdict
from geo_service.api.board_schemas import (
    Against,
    BoardAnswer,
    BoardCrew,
    BoardDay,
    BoardPlan,
    Called,
    Card,
    HandedBack,
    LoadAnswer,
    OffBoard,
    VerdictAnswer,
)
from geo_service.api.plans import LeftOut, remedy_answer
from geo_service.api.replans import CrewDay as CrewDayAnswer
from geo_service.outputs.day_list import answers, crew_colour
from geo_service.plots.model import Plot
from geo_service.routes.model import CrewDay, Fault, Route, Stop
from geo_service.schedule.compare import COST_NAMES
from geo_service.schedule.cost import overtime_s
from geo_service.schedule.events import UrgentVisit, words
from geo_service.schedule.model import Placement
from geo_service.schedule.objections import Objection
from geo_service.store.model import UnservedVisit
from geo_service.store.protocol import Store
from geo_service.work.field_report import VisitCourse
from geo_service.work.model import Visit


@dataclass(frozen=True)
class _Told:
    """What is told of visits beside the plan."""

    board: Board
    english: bool
    plots: Mapping[str, Plot]
    quarters: Mapping[str, str]
    courses: Mapping[str, VisitCourse]
    urgent: Sequence[UrgentVisit]


def board_answer(store: Store, board: Board, lang: str, *, may_change: bool) -> BoardAnswer:
    """Return a board; days that have passed are shown as the plan had them."""
    english = lang == "en"
    routes = _all_routes(board)
    told = _told(store, board, routes.values(), english)
    days = {(day.on, day.crew): day for day in board.problem.crew_days}
    days |= {key: route.crew_day for key, route in routes.items() if key not in days}
    catalogue = store.catalogue()
    return BoardAnswer(
        plan=_plan(board),
        revision=board.revision,
        today=board.today,
        may_change=may_change,
        dates=list(board.plan.days),
        crews=[
            BoardCrew(
                code=crew.code,
                name=crew.name,
                colour=crew_colour(crew, place),
                people=crew.people,
                vehicle=crew.vehicle,
            )
            for place, crew in enumerate(store.crews())
        ],
        days=[_day(told, days[key], routes.get(key)) for key in sorted(days)],
        unserved=_off_board(told),
        kept_out=[
            LeftOut(
                plot=one.plot_code,
                task=one.work,
                due=None,
                code=one.code,
                reason=(one.reason_en if english else "") or one.reason,
            )
            for one in board.plan.kept_out
        ],
        tasks={kind.code: kind.name_en if english else kind.name_de for kind in catalogue.kinds.values()},
        costs=asdict(board.costs),
        parts={part: names[english] for part, names in COST_NAMES.items()},
        notes=list(board.plan.notes),
        warnings=list(board.plan.warnings),
        faults=_faults(board.standing),
    )


def handed_back(store: Store, before: Board, after: Board, visits: Iterable[str], lang: str) -> HandedBack:
    """Return a new plan as far as its crew-days differ from those before."""
    old, new = _open_routes(before), _open_routes(after)
    changed = [key for key in old.keys() | new.keys() if old.get(key) != new.get(key)]
    told = _told(store, after, [new[key] for key in changed if key in new], lang == "en")
    days = {(day.on, day.crew): day for day in after.problem.crew_days}
    return HandedBack(
        plan=_plan(after),
        before=before.plan.plan_id,
        revision=after.revision,
        visits=sorted(visits),
        days=[_day(told, days.get(key) or _some(old, new, key).crew_day, new.get(key)) for key in sorted(changed)],
        unserved=_off_board(told),
        costs=asdict(after.costs),
        faults=_faults(after.standing),
    )


def verdict_answer(verdict: Verdict, lang: str) -> VerdictAnswer:
    """Return a verdict in a language."""
    return VerdictAnswer(
        visit=verdict.visit_id,
        ok=verdict.ok,
        old=_crew_day(verdict.old),
        new=_crew_day(verdict.new),
        position=verdict.position,
        start_s=verdict.start_s,
        against=[_against(one, lang == "en") for one in verdict.objections],
        change_s=verdict.change_s,
        costs=dict(verdict.costs),
        days=[
            LoadAnswer(
                crew=one.crew,
                day=one.on,
                visits=one.visits,
                drive_s=one.drive_s,
                work_s=one.work_s,
                working_s=one.working_s,
                overtime_s=one.overtime_s,
                end_s=one.end_s,
                max_work_s=one.max_work_s,
            )
            for one in verdict.days
        ],
    )


def _plan(board: Board) -> BoardPlan:
    plan = board.plan
    return BoardPlan(id=plan.plan_id, in_force=board.in_force, made_at=plan.made_at, author=plan.author, seed=plan.seed)


def _open_routes(board: Board) -> dict[tuple[date, str], Route]:
    return {(route.crew_day.on, route.crew_day.crew): route for route in board.routes}


def _all_routes(board: Board) -> dict[tuple[date, str], Route]:
    past = {
        (route.crew_day.on, route.crew_day.crew): route
        for route in board.plan.routes
        if route.crew_day.on < board.today
    }
    return past | _open_routes(board)


def _some(old: Mapping[tuple[date, str], Route], new: Mapping[tuple[date, str], Route], key: tuple[date, str]) -> Route:
    return new[key] if key in new else old[key]


def _told(store: Store, board: Board, routes: Iterable[Route], english: bool) -> _Told:
    ids = {stop.visit.plot_id for route in routes for stop in route.stops}
    ids |= {one.plot_id for one in board.plan.unserved}
    events = [kept.event for kept in store.events()] + list(board.plan.events)
    return _Told(
        board=board,
        english=english,
        plots={plot.plot_id: plot for plot in store.plots(ids=ids)},
        quarters={quarter.key: quarter.name for quarter in store.quarters()},
        courses=store.courses(),
        urgent=list(dict.fromkeys(event for event in events if isinstance(event, UrgentVisit))),
    )


def _day(told: _Told, day: CrewDay, route: Route | None) -> BoardDay:
    frame = BoardDay(
        crew=day.crew,
        day=day.on,
        open=told.board.crew_day(day.crew, day.on) is not None,
        shift=day.shift,
        regular_s=day.regular_s,
        max_work_s=day.max_work_s,
        capacity_m3=day.capacity_m3,
        start_s=day.shift[0],
        end_s=day.shift[0],
        drive_s=0,
        work_s=0,
        wait_s=0,
        break_s=0,
        overtime_s=0,
        length_m=0,
        volume_m3=0.0,
        between=[],
        cards=[],
    )
    if route is None:
        return frame
    rests = [Called(after=one.after, name="", start_s=one.start_s, end_s=one.end_s) for one in route.breaks]
    trips = [
        Called(after=one.after, name=one.facility.name, start_s=one.start_s, end_s=one.end_s) for one in route.trips
    ]
    return frame.model_copy(
        update={
            "start_s": route.start_s,
            "end_s": route.end_s,
            "drive_s": route.drive_s,
            "work_s": route.work_s,
            "wait_s": route.wait_s,
            "break_s": sum(one.end_s - one.start_s for one in route.breaks),
            "overtime_s": overtime_s(route),
            "length_m": route.length_m,
            "volume_m3": round(sum(stop.visit.volume_m3 + stop.visit.supply_m3 for stop in route.stops), 1),
            "between": sorted(rests + trips, key=lambda one: (one.after, one.start_s)),
            "cards": [_card(told, day.on, stop) for stop in route.stops],
        }
    )


def _card(told: _Told, on: date, stop: Stop) -> Card:
    visit = stop.visit
    plot = told.plots.get(visit.plot_id)
    lock, course = told.board.locks.get(visit.visit_id), told.courses.get(visit.visit_id, VisitCourse(visit.visit_id))
    fixed = told.board.fixed.get(visit.visit_id)
    urgent, follow_up = _because(told, visit)
    return Card(
        visit=visit.visit_id,
        plot=visit.plot_code,
        address=plot.address if plot else "",
        quarter=told.quarters.get(plot.quarter, plot.quarter) if plot else "",
        task=visit.work,
        minutes=round((stop.end_s - stop.start_s) / 60),
        order=stop.order,
        start_s=stop.start_s,
        end_s=stop.end_s,
        drive_s=stop.drive_s,
        windows=list(visit.day_windows.get(on, ())),
        due=visit.due_on,
        earliest=visit.earliest_on,
        latest=visit.latest_on,
        part=visit.part,
        parts=visit.parts,
        people=visit.people,
        volume_m3=round(visit.volume_m3 + visit.supply_m3, 1),
        locked=lock is not None,
        announced=lock.window if lock else None,
        lock_reason=lock.reason if lock else "",
        urgent=urgent,
        follow_up=follow_up,
        outcome="done" if fixed is not None and fixed.rule == "done" else course.outcome,
        stopped=course.stopped,
        fixed=None if fixed is None else _against(fixed, told.english),
    )


def _because(told: _Told, visit: Visit) -> tuple[str, str]:
    """Return why a visit is urgent, and which report of a crew it follows from."""
    event = next((one for one in told.urgent if answers(visit, one)), None)
    if event is None:
        return "", ""
    said = words(event)[told.english]
    return (said if event.priority == 1 else ""), (said if event.follows is not None else "")


def _off_board(told: _Told) -> list[OffBoard]:
    board = told.board
    kept = {one.visit_id: one for one in board.plan.unserved}
    return [_left(told, one.visit, kept.get(one.visit.visit_id)) for one in board.unserved]


def _left(told: _Told, visit: Visit, kept: UnservedVisit | None) -> OffBoard:
    plot, fixed = told.plots.get(visit.plot_id), told.board.fixed.get(visit.visit_id)
    return OffBoard(
        visit=visit.visit_id,
        plot=visit.plot_code,
        address=plot.address if plot else "",
        task=visit.work,
        minutes=round(visit.service_s / 60),
        due=visit.due_on,
        code=kept.code if kept else "",
        reason=kept.reason_in("en" if told.english else "de") if kept else "",
        remedy=remedy_answer(kept) if kept else None,
        set_aside=visit.visit_id in told.board.set_aside,
        urgent=_because(told, visit)[0],
        fixed=None if fixed is None else _against(fixed, told.english),
    )


def _faults(faults: Iterable[Fault]) -> list[Against]:
    return [Against(rule=one.rule, text=one.text) for one in faults]


def _against(one: Objection, english: bool) -> Against:
    return Against(rule=one.rule, text=one.text_en if english else one.text)


def _crew_day(at: Placement | None) -> CrewDayAnswer | None:
    return None if at is None else CrewDayAnswer(crew=at.crew, day=at.on)
