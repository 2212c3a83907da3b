"""A planning problem of ours as a task for the peers, the way it is usually told to them.

A crew-day is a vehicle whose shift lies on its date, on one axis of time for the whole period; a date or a stretch in
which a visit may be done is a window; who has the people, skills and machines for it are the vehicles that may.
"""

from __future__ import annotations

from datetime import date

from geo_service.routes.model import CrewDay
from geo_service.schedule.model import Problem
from geo_service.work.model import Visit
from peers.task import Answer, Before, Stop, Task, Vehicle, Window

DAY_S = 86_400
LITRES = 1000


def task_of(problem: Problem, left_out_s: int, before: Before | None = None) -> Task:
    """Return the task: stop ``i`` is visit ``i``, vehicle ``k`` is crew-day ``k``; ``left_out_s`` as in the score."""
    first = min(problem.days)
    return Task(
        stops=tuple(
            Stop(
                place=visit.place,
                service=visit.service_s,
                load=round(LITRES * visit.volume_m3),
                windows=_windows(visit, first, problem.days),
                penalty=left_out_s // visit.priority,
                vehicles=_able(visit, problem.crew_days),
            )
            for visit in problem.visits
        ),
        vehicles=tuple(
            Vehicle(
                depot=day.depot_place,
                shift=(_offset(day.on, first) + day.shift[0], _offset(day.on, first) + day.shift[1]),
                capacity=round(LITRES * day.capacity_m3),
            )
            for day in problem.crew_days
        ),
        seconds=problem.matrix.seconds.astype("int64"),
        costs=problem.matrix.seconds.astype("int64"),
        day=DAY_S,
        before=before,
    )


def orders_of(problem: Problem, answer: Answer) -> dict[CrewDay, tuple[Visit, ...]]:
    """Return an answer as visits by crew-day."""
    return {
        day: tuple(problem.visits[stop] for stop in route)
        for day, route in zip(problem.crew_days, answer, strict=True)
        if route
    }


def _offset(on: date, first: date) -> int:
    return (on - first).days * DAY_S


def _windows(visit: Visit, first: date, days: tuple[date, ...]) -> tuple[Window, ...]:
    """Return when the service may begin, ascending; stretches too short for it are left out."""
    return tuple(
        (_offset(on, first) + opens, _offset(on, first) + closes - visit.service_s)
        for on in sorted(visit.day_windows)
        if on in days and visit.earliest_on <= on <= visit.latest_on
        for opens, closes in sorted(visit.day_windows[on])
        if closes - opens >= visit.service_s
    )


def _able(visit: Visit, crew_days: tuple[CrewDay, ...]) -> frozenset[int] | None:
    able = frozenset(
        number
        for number, day in enumerate(crew_days)
        if visit.people <= day.people and visit.skills <= day.skills and visit.machines <= day.machines
    )
    return None if len(able) == len(crew_days) else able
