"""Solvers that go wrong, each in one way: what they are given goes to the real one first, and then is spoilt."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Any

from geo_service.actions.run_planning import run_planning
from geo_service.base.progress import OnProgress, Stop
from geo_service.routes.model import Route
from geo_service.routes.model import Stop as Halt
from geo_service.schedule.model import Problem, Solution
from geo_service.schedule.solve import solve

Spoil = Callable[[Random, Problem, Solution], Any]
HOUR = 3600


def one_of(chance: Random, solution: Solution) -> tuple[int, Route, int, Halt]:
    """Choose a stop: its route's number, its route, its number, itself."""
    number = chance.choice([k for k, route in enumerate(solution.routes) if route.stops])
    route = solution.routes[number]
    at = chance.randrange(len(route.stops))
    return number, route, at, route.stops[at]


def put(solution: Solution, number: int, route: Route) -> Solution:
    return replace(solution, routes=(*solution.routes[:number], route, *solution.routes[number + 1 :]))


def with_stop(solution: Solution, number: int, at: int, *stops: Halt) -> Solution:
    route = solution.routes[number]
    return put(solution, number, replace(route, stops=(*route.stops[:at], *stops, *route.stops[at + 1 :])))


def drop_a_visit(chance: Random, problem: Problem, solution: Solution) -> Solution:
    number, _, at, _ = one_of(chance, solution)
    return with_stop(solution, number, at)


def double_a_visit(chance: Random, problem: Problem, solution: Solution) -> Solution:
    number, _, at, halt = one_of(chance, solution)
    return with_stop(solution, number, at, halt, halt)


def visit_on_two_days(chance: Random, problem: Problem, solution: Solution) -> Solution:
    _, _, _, halt = one_of(chance, solution)
    other = chance.randrange(len(solution.routes))
    route = solution.routes[other]
    return put(solution, other, replace(route, stops=(*route.stops, halt)))


def leave_out_without_reason(chance: Random, problem: Problem, solution: Solution) -> Solution:
    from geo_service.schedule.model import Unserved

    number, _, at, halt = one_of(chance, solution)
    silent = Unserved(halt.visit, "no_time", " ", " ")
    spoilt = with_stop(solution, number, at)
    return replace(spoilt, unserved=(*spoilt.unserved, silent))


def served_and_left_out(chance: Random, problem: Problem, solution: Solution) -> Solution:
    from geo_service.schedule.model import Unserved

    _, _, _, halt = one_of(chance, solution)
    told = Unserved(halt.visit, "no_time", "keine Zeit", "no time")
    return replace(solution, unserved=(*solution.unserved, told))


def begin_too_early(chance: Random, problem: Problem, solution: Solution) -> Solution:
    number, _, at, halt = one_of(chance, solution)
    early = replace(halt, arrival_s=HOUR, start_s=HOUR, end_s=HOUR + halt.visit.service_s)
    return with_stop(solution, number, at, early)


def work_too_short(chance: Random, problem: Problem, solution: Solution) -> Solution:
    number, _, at, halt = one_of(chance, solution)
    return with_stop(solution, number, at, replace(halt, end_s=halt.start_s + halt.visit.service_s // 2))


def drive_too_fast(chance: Random, problem: Problem, solution: Solution) -> Solution:
    number, route, _, _ = one_of(chance, solution)
    return put(solution, number, replace(route, drive_s=route.drive_s // 2, length_m=route.length_m // 2))


def teleport(chance: Random, problem: Problem, solution: Solution) -> Solution:
    number, _, at, halt = one_of(chance, solution)
    return with_stop(solution, number, at, replace(halt, drive_s=halt.drive_s + 7))


def negative_times(chance: Random, problem: Problem, solution: Solution) -> Solution:
    number, _, at, halt = one_of(chance, solution)
    return with_stop(solution, number, at, replace(halt, arrival_s=-1, start_s=-1, end_s=-1))


def another_day(chance: Random, problem: Problem, solution: Solution) -> Solution:
    number, route, _, _ = one_of(chance, solution)
    day = replace(route.crew_day, on=route.crew_day.on + timedelta(chance.choice((-40, 40))))
    return put(solution, number, replace(route, crew_day=day))


def another_crew(chance: Random, problem: Problem, solution: Solution) -> Solution:
    number, route, _, _ = one_of(chance, solution)
    return put(solution, number, replace(route, crew_day=replace(route.crew_day, crew="crew-99")))


def stronger_crew(chance: Random, problem: Problem, solution: Solution) -> Solution:
    number, route, _, _ = one_of(chance, solution)
    return put(solution, number, replace(route, crew_day=replace(route.crew_day, people=99, capacity_m3=999.0)))


def another_visit(chance: Random, problem: Problem, solution: Solution) -> Solution:
    number, _, at, halt = one_of(chance, solution)
    return with_stop(solution, number, at, replace(halt, visit=replace(halt.visit, visit_id="made.up.1")))


def quicker_visit(chance: Random, problem: Problem, solution: Solution) -> Solution:
    number, _, at, halt = one_of(chance, solution)
    return with_stop(solution, number, at, replace(halt, visit=replace(halt.visit, service_s=60)))


def order_reversed(chance: Random, problem: Problem, solution: Solution) -> Solution:
    number = max(range(len(solution.routes)), key=lambda k: len(solution.routes[k].stops))
    route = solution.routes[number]
    return put(solution, number, replace(route, stops=route.stops[::-1]))


def nothing_at_all(chance: Random, problem: Problem, solution: Solution) -> Solution:
    return Solution((), (), 0, 0, 0)


def no_answer(chance: Random, problem: Problem, solution: Solution) -> None:
    return None


def breaks_down(chance: Random, problem: Problem, solution: Solution) -> Solution:
    raise chance.choice((ZeroDivisionError, MemoryError, RecursionError, KeyError, OSError, SystemError))("secret")


SPOILS: tuple[Spoil, ...] = (
    *(drop_a_visit, double_a_visit, visit_on_two_days, leave_out_without_reason, served_and_left_out),
    *(begin_too_early, work_too_short, drive_too_fast, teleport, negative_times, another_day, another_crew),
    *(stronger_crew, another_visit, quicker_visit, order_reversed, nothing_at_all, no_answer, breaks_down),
)


def spoilt_by(spoil: Spoil, seed: int) -> Callable[..., Solution]:
    """Return a solver whose answer is spoilt in one way."""

    def solver(problem: Problem, stop: Stop, number: int, on_progress: OnProgress) -> Solution:
        return spoil(Random(seed), problem, solve(problem, stop, number, on_progress))

    return solver


def hanging(problem: Problem, stop: Stop, seed: int, on_progress: OnProgress) -> Solution:
    """Never answer, whatever the stop rule says."""
    while True:
        time.sleep(0.05)


def run_that_hangs(workspace: Path, run_id: str) -> None:
    """Carry out a run whose solver hangs; for a process of its own."""
    run_planning(workspace, run_id, grace_s=0.5, solver=hanging)
