"""Many generated problems, each as awkward as a city can be: a checked plan, or an error with a name, every time.

150 on each change; ``pytest tests/schedule/test_many_problems.py --problems 10000`` tries so many.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TypeVar

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from geo_service.base.errors import InputError
from geo_service.base.progress import after_iterations
from geo_service.routes.model import CrewDay, Facility, Fault
from geo_service.schedule.check import faults
from geo_service.schedule.model import Placement, Problem, Weights
from geo_service.schedule.solve import solve
from geo_service.streets.model import UNREACHABLE, TravelMatrix
from geo_service.work.model import Visit

T = TypeVar("T")

HOUR = 3600
FIRST_DAYS = [
    date(2026, 3, 27),  # the clock goes forward on Sunday
    date(2026, 10, 23),  # and back
    date(2026, 11, 17),  # the day before Buß- und Bettag
    date(2026, 12, 23),
    date(2027, 2, 26),
]
USUAL_WINDOWS = [
    ((6 * HOUR, 20 * HOUR),),
    ((7 * HOUR, 13 * HOUR), (15 * HOUR, 20 * HOUR)),
    ((9 * HOUR, 13 * HOUR), (15 * HOUR, 17 * HOUR)),
]
ODD_WINDOWS = [
    ((15 * HOUR, 17 * HOUR), (9 * HOUR, 13 * HOUR)),  # not in order
    ((8 * HOUR, 10 * HOUR), (9 * HOUR, 12 * HOUR)),  # overlapping
    ((8 * HOUR, 10 * HOUR), (10 * HOUR, 12 * HOUR)),  # touching
    ((12 * HOUR, 12 * HOUR + 1800),),
    ((12 * HOUR, 12 * HOUR),),
    ((14 * HOUR, 12 * HOUR),),  # turned round
    ((0, 24 * HOUR),),
    tuple((hour * HOUR, hour * HOUR + 2400) for hour in range(6, 20)),
    (),
]
USUAL_SHIFTS = [(7 * HOUR, 15 * HOUR), (6 * HOUR, 14 * HOUR + 1800), (7 * HOUR, 16 * HOUR), (8 * HOUR, 13 * HOUR)]
ODD_SHIFTS = [
    (6 * HOUR, 22 * HOUR),
    (14 * HOUR, 24 * HOUR),
    (9 * HOUR, 11 * HOUR),
    (12 * HOUR, 12 * HOUR),
    (0, 24 * HOUR),
    (0, 48 * HOUR),
]
WASTE = ["", "20 02 01", "17 09 04"]
ODDITIES = [
    *("windows", "shifts", "services", "people", "skills", "volumes", "dates", "chains", "law", "streets"),
    *("vehicles", "plots", "facilities", "locks", "crews", "hours of work"),
]
"""What may be awkward in a problem; some of it is in each, so that there is also something to plan."""

FACILITY = Facility("tip", "Wertstoffhof", 0, 900, ((7 * HOUR, 18 * HOUR),), frozenset({"20 02 01"}))
BREAKAGES = ["twin visit", "twin crew-day", "visit beyond", "depot beyond", "end beyond", "facility beyond", "profile",
             "no days", "small matrix"]  # fmt: skip


@dataclass(frozen=True)
class Case:
    """A problem, and what is wrong with it (empty: nothing, so that a plan is owed)."""

    problem: Problem
    broken: str


def test_every_problem_ends_in_a_checked_plan_or_a_named_error(request):
    told: Counter[str] = Counter()

    @given(case=cases())
    @settings(
        max_examples=request.config.getoption("--problems"),
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    )
    def holds(case: Case) -> None:
        if case.broken:
            with pytest.raises(InputError) as error:
                solve(case.problem, after_iterations(20), 1)
            assert error.value.message
            assert error.value.remedy
            told["named error"] += 1
            return
        solution = solve(case.problem, after_iterations(20), 1)
        assert faults(case.problem, solution) == []
        placed = [stop.visit.visit_id for route in solution.routes for stop in route.stops]
        listed = [one.visit.visit_id for one in solution.unserved]
        assert sorted(placed + listed) == sorted(visit.visit_id for visit in case.problem.visits)
        assert all(one.code and one.reason.strip() and one.reason_en.strip() for one in solution.unserved)
        told["plan"] += 1
        told["placed"] += len(placed)
        told["trip"] += sum(len(route.trips) for route in solution.routes)
        told.update(one.code for one in solution.unserved)

    holds()
    print(dict(told))
    assert {"plan", "placed", "trip", "named error", "law", "off_network", "unreachable", "predecessor"} <= told.keys()


def test_a_plan_with_a_fault_would_be_seen():
    case = _a_plain_case()
    solution = solve(case, after_iterations(20), 1)
    route = solution.routes[0]
    late = replace(solution, routes=(replace(route, end_s=route.end_s + 12 * HOUR), *solution.routes[1:]))

    assert faults(case, solution) == []
    assert any(isinstance(fault, Fault) for fault in faults(case, late))


def _a_plain_case() -> Problem:
    on = FIRST_DAYS[2]
    matrix = TravelMatrix(np.full((2, 2), 60, np.int32), np.full((2, 2), 500, np.int32))
    return Problem((_visit("visit-0", 1, [on]),), (_crew_day("crew-1", on),), matrix, (on,))


def _visit(name: str, place: int, days: list[date], **changes) -> Visit:
    visit = Visit(
        visit_id=name, plot_id=f"plot-{place}", plot_code=f"KLZ-{max(0, place):04d}", work="mow_lawn",
        earliest_on=days[0], due_on=days[0], latest_on=days[-1], service_s=HOUR, people=1, skills=frozenset(),
        machines=frozenset(), volume_m3=0.0, priority=3, why="", day_windows=dict.fromkeys(days, USUAL_WINDOWS[0]),
        place=place,
    )  # fmt: skip
    return replace(visit, **changes)


def _crew_day(crew: str, on: date, **changes) -> CrewDay:
    return replace(CrewDay(crew, on, USUAL_SHIFTS[0], 0, 2, frozenset(), frozenset(), 3.0), **changes)


@st.composite
def cases(draw: st.DrawFn) -> Case:
    problem = draw(_problems())
    possible = [name for name in BREAKAGES if _broken(problem, name) is not problem]
    broken = draw(st.sampled_from([*[""] * 100, *possible]))
    return Case(_broken(problem, broken) if broken else problem, broken)


def _broken(problem: Problem, how: str) -> Problem:  # one way each
    visits, days, beyond = problem.visits, problem.crew_days, len(problem.matrix.seconds)
    if how == "no days":
        return replace(problem, days=())
    if how in {"twin visit", "visit beyond"} and visits:
        more = (visits[0],) if how == "twin visit" else (replace(visits[0], visit_id="far", place=beyond),)
        return replace(problem, visits=visits + more)
    if not days or how in {"twin visit", "visit beyond"}:
        return problem
    if how == "twin crew-day":
        return replace(problem, crew_days=(*days, days[0]))
    if how == "small matrix":
        small = TravelMatrix(problem.matrix.seconds[:0, :0], problem.matrix.metres[:0, :0])
        return replace(problem, matrices={"truck": small})
    other = {
        "depot beyond": {"depot_place": beyond},
        "end beyond": {"end_place": beyond},
        "facility beyond": {"facilities": (replace(FACILITY, place=beyond),)},
        "profile": {"profile": "airship"},
    }[how]
    return replace(problem, crew_days=(replace(days[0], **other), *days[1:]))


class Draw:
    """Draws values; such as are odd only where their oddity is in the problem."""

    def __init__(self, draw: st.DrawFn) -> None:
        self._draw = draw
        self._odd = draw(st.frozensets(st.sampled_from(ODDITIES), max_size=6))

    def of(self, usual: Sequence[T], oddity: str = "", odd: Sequence[T] = ()) -> T:
        return self._draw(st.sampled_from([*usual, *(odd if oddity in self._odd else ())]))

    def some(self, values: Sequence[T], most: int, least: int = 0) -> list[T]:
        return sorted(self._draw(st.sets(st.sampled_from(values), min_size=min(least, len(values)), max_size=most)))

    def is_odd(self, oddity: str) -> bool:
        return oddity in self._odd and self._draw(st.booleans())

    def seed(self) -> int:
        return self._draw(st.integers(0, 99))


@st.composite
def _problems(draw: st.DrawFn) -> Problem:
    x = Draw(draw)
    first = x.of(FIRST_DAYS)
    every_day = [first + timedelta(day) for day in range(8)]  # a Sunday always, a holiday often among them
    period = tuple(x.some(every_day, most=5, least=2))
    plots = x.of([3, 5, 8], "plots", [0, 1])
    matrices = {name: _matrix(x, plots + 4) for name in x.of([["van"], ["van", "truck"]])}
    facilities = [_facility(x, code) for code in x.of([["tip"], ["tip", "nursery"], []])]
    crews = x.of([["crew-1"], ["crew-1", "crew-2"]], "crews", [["crew-1", "crew-2", "crew-3"], []])
    crew_days = tuple(
        _crew_day_of(x, crew, on, facilities, sorted(matrices))
        for on in period
        for crew in crews
        if not x.is_odd("crews")
    )
    visits = tuple(_visit_of(x, number, plots, period) for number in range(x.of([3, 6, 9, 12], "plots", [0, 1])))
    ids = [visit.visit_id for visit in visits]
    in_force = {}
    for visit_id in x.some(ids, most=5) if ids else ():
        there = [Placement(day.crew, day.on) for day in crew_days]
        never = [Placement("crew-9", period[0]), Placement("crew-1", date(2020, 1, 1)), Placement("crew-1", period[-1])]
        in_force[visit_id] = x.of(there or never, "locks", never)
    locked = x.some(ids, most=4) if ids and x.of([False, False, True], "locks", [True] * 3) else []
    plot_ids = sorted({visit.plot_id for visit in visits}) or ["plot-1"]
    weights = [Weights(), Weights(unserved_s=0), Weights(crew_day_s=0, crew_change_s=9000), Weights(0, 0, 0, 0, 0, 0)]
    knowing = [frozenset({"crew-1"}), frozenset({"crew-2", "crew-9"}), frozenset()]
    return Problem(
        visits,
        crew_days,
        matrices["van"],
        period,
        x.of(weights),
        in_force=in_force,
        locked=frozenset(locked),
        familiar={plot_id: x.of(knowing) for plot_id in x.some(plot_ids, most=3)},
        areas={plot_id: x.of(["north", "south", ""]) for plot_id in x.some(plot_ids, most=5)},
        matrices=matrices,
    )


def _matrix(x: Draw, places: int) -> TravelMatrix:
    """Return travel between depot, another depot, two facilities and the plots."""
    rng = np.random.default_rng(x.seed())
    xy = rng.uniform(0, x.of([600, 1500], "streets", [0, 60, 6000]), (places, 2))
    seconds = np.hypot(*(xy[:, None] - xy[None]).transpose(2, 0, 1)) * rng.uniform(1, 1.3, (places, places))
    seconds = seconds.astype(np.int32)
    for _ in range(2 * x.is_odd("streets")):
        place, other = int(rng.integers(places)), int(rng.integers(places))
        match x.of(["one way", "island", "trap"]):
            case "one way":
                seconds[place, other] = UNREACHABLE
            case "island":
                seconds[place] = seconds[:, place] = UNREACHABLE
            case "trap":
                seconds[place] = UNREACHABLE
    np.fill_diagonal(seconds, 0)
    return TravelMatrix(seconds, np.where(seconds == UNREACHABLE, 0, seconds).astype(np.int32) * 8)


def _facility(x: Draw, code: str) -> Facility:
    broken_up, moment = ((7 * HOUR, 10 * HOUR), (13 * HOUR, 15 * HOUR)), ((12 * HOUR, 12 * HOUR + 60),)
    return Facility(
        code,
        code,
        x.of([2, 3], "facilities", [0, -1]),
        x.of([600, 1800], "facilities", [0]),
        x.of([((7 * HOUR, 18 * HOUR),)], "facilities", [broken_up, moment, ()]),
        frozenset(x.of([WASTE[1:], WASTE[1:2]], "facilities", [[]])),
        frozenset({"plants"} if code == "nursery" else ()),
    )


def _crew_day_of(x: Draw, crew: str, on: date, facilities: list[Facility], profiles: list[str]) -> CrewDay:
    closed = [replace(facility, windows=()) for facility in facilities]
    able = frozenset({"woody", "machines"})
    return _crew_day(
        crew,
        on,
        shift=x.of(USUAL_SHIFTS, "shifts", ODD_SHIFTS),
        depot_place=x.of([0], "vehicles", [1]),
        end_place=x.of([None], "vehicles", [1]),
        people=x.of([2, 4], "people", [0, 1]),
        skills=x.of([able], "skills", [frozenset(), frozenset({"woody"})]),
        machines=x.of([frozenset({"mower"})], "skills", [frozenset()]),
        capacity_m3=x.of([2.0, 3.0], "volumes", [0.0, 1.0, 6.0]),
        profile=x.of(["", *profiles]),
        facilities=tuple(x.of([facilities], "facilities", [closed, [], facilities[:1]])),
        ends_empty=x.of([False, bool(facilities)], "facilities", [True]),
        regular_s=x.of([8 * HOUR, 4 * HOUR], "hours of work", [0]),
        max_work_s=x.of([8 * HOUR], "hours of work", [9 * HOUR, 10 * HOUR, 12 * HOUR, 2 * HOUR, 0]),
    )


def _visit_of(x: Draw, number: int, plots: int, period: tuple[date, ...]) -> Visit:
    forbidden = {on: "BNatSchG §39(5)" for on in period if x.is_odd("law")}
    earliest = period[0] + timedelta(x.of([-5, -1, 0, 0, 1], "dates", [4, 7, -20]))
    volume = x.of([0.0, 0.8, 1.5], "volumes", [0.1, 9.0])
    supply = x.of(["", "", "plants"], "volumes", ["gravel"])
    return _visit(
        f"visit-{number}",
        x.of([4 + number % plots] if plots else [-1], "plots", [-1, 0, 4 if plots else 0]),
        list(period),
        work=x.of(["mow_lawn", "litter_pick"]),
        service_s=x.of([1200, 2400, 3600, 5400], "services", [0, 60, 9000, 15_000, 22_000, 40_000]),
        earliest_on=earliest,
        due_on=earliest + timedelta(x.of([0, 1, 3])),
        latest_on=earliest + timedelta(x.of([5, 14], "dates", [0, 1, 3])),
        people=x.of([1, 2], "people", [0, 4]),
        skills=x.of([frozenset(), frozenset({"woody"})], "skills", [frozenset({"woody", "machines"})]),
        machines=x.of([frozenset(), frozenset({"mower"})]),
        volume_m3=volume,
        waste_key=x.of(WASTE) if volume else "",
        supply=supply,
        supply_m3=x.of([0.3], "volumes", [0.0, 1.0]) if supply else 0.0,
        priority=x.of([1, 2, 3, 5]),
        day_windows={on: x.of(USUAL_WINDOWS, "windows", ODD_WINDOWS) for on in period if on not in forbidden},
        forbidden=forbidden,
        after=x.of(["", "", "", "visit-0"], "chains", ["visit-1", "visit-2", "elsewhere"]),
        after_days=x.of([0, 1], "chains", [2, 3]),
        parts=x.of([1, 1, 3]),
    )
