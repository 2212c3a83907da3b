"""Floor 6: what a plan that is put in force moves: each visit with its old and new crew-day, reason, author, time."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime

from geo_service.base.clock import BERLIN
from geo_service.routes.model import Route
from geo_service.schedule.compare import placements
from geo_service.schedule.events import Event, cause_of, words
from geo_service.schedule.model import Placement
from geo_service.store.model import Move, Plan
from geo_service.work.model import Visit

JobPart = tuple[str, str, int]
"""What a visit keeps when its due date is reckoned anew: plot, work, part."""


def successors(planned: Iterable[Visit], asked: Iterable[Visit]) -> dict[str, str]:
    """Return under which id a planned visit is asked for now, by its id in the plan in force.

    A visit keeps its id while its due date stands. When the date is reckoned anew, after work that was noted as done
    a few days off, the visit of the same plot, work and part that is due next is the same piece of work.

    Examples
    --------
    >>> successors([], [])
    {}
    """
    asked = list(asked)
    ids = {visit.visit_id for visit in asked}
    same: dict[str, str] = {}
    orphans: dict[JobPart, list[Visit]] = {}
    for visit in planned:
        if visit.visit_id in ids:
            same[visit.visit_id] = visit.visit_id
        else:
            orphans.setdefault(_part(visit), []).append(visit)
    taken = set(same.values())
    for visit in sorted(asked, key=lambda one: one.due_on):
        waiting = orphans.get(_part(visit))
        if waiting and visit.visit_id not in taken:
            waiting.sort(key=lambda one: one.due_on)
            same[waiting.pop(0).visit_id] = visit.visit_id
    return same


def _part(visit: Visit) -> JobPart:
    return (visit.plot_id, visit.work, visit.part)


def routed(routes: Iterable[Route]) -> list[Visit]:
    """Return the visits of routes."""
    return [stop.visit for route in routes for stop in route.stops]


def moves_between(
    old: Plan | None,
    new: Plan,
    *,
    from_on: date,
    author: str,
    at: datetime,
) -> tuple[Move, ...]:
    """Return the visits of the plan in force that lie elsewhere in the plan that follows it, or nowhere.

    What had ended when the new plan was put in force is no move, nor what lies on days that it does not plan.

    Parameters
    ----------
    from_on
        What lies before has passed and is not looked at.
    at
        When the new plan is put in force.
    """
    if old is None:
        return ()
    kept = [route for route in old.routes if route.crew_day.on >= from_on and route.crew_day.on in new.days]
    before, after = placements(kept), placements(new.routes)
    same = successors(routed(kept), routed(new.routes))
    ended = _ended(kept, at)
    moves = []
    for visit in routed(kept):
        was, is_now = before[visit.visit_id], after.get(same.get(visit.visit_id, ""))
        if was == is_now or (is_now is None and visit.visit_id in ended):
            continue
        why = reason_of(visit, was, new.events)
        moves.append(move_of(visit, was, is_now, why, plan_id=new.plan_id, author=author, at=at))
    return tuple(moves)


def move_of(
    visit: Visit,
    was: Placement,
    is_now: Placement | None,
    why: tuple[str, str],
    *,
    plan_id: str,
    author: str,
    at: datetime,
) -> Move:
    """Return the move of a visit to another crew-day, or to none, with the reason in German and in English."""
    return Move(
        plan_id=plan_id,
        visit_id=visit.visit_id,
        plot_code=visit.plot_code,
        work=visit.work,
        old_crew=was.crew,
        old_on=was.on,
        new_crew=is_now.crew if is_now else "",
        new_on=is_now.on if is_now else None,
        reason=why[0],
        reason_en=why[1],
        author=author,
        at=at,
    )


def _ended(routes: Iterable[Route], at: datetime) -> frozenset[str]:
    local = at.astimezone(BERLIN)
    now_s = local.hour * 3600 + local.minute * 60 + local.second
    return frozenset(
        stop.visit.visit_id
        for route in routes
        for stop in route.stops
        if route.crew_day.on == local.date() and stop.end_s <= now_s
    )


def reason_of(visit: Visit, was: Placement, events: Sequence[Event]) -> tuple[str, str]:
    """Return why a visit was moved: the events that hit it, else those that it makes room for."""
    hit = [words(event) for event in events if cause_of(event, visit, was.crew, was.on)]
    if hit:
        return "; ".join(de for de, _ in hit), "; ".join(en for _, en in hit)
    if not events:
        return "neu geplant", "planned anew"
    told = [words(event) for event in events]
    return f"Folge von: {'; '.join(de for de, _ in told)}", f"follows from: {'; '.join(en for _, en in told)}"
