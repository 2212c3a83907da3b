"""One wrong plan per rule: each must be found, by the rule that it breaks; the plan they are made from is sound."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from geo_service.routes.model import CrewDay, Route
from geo_service.routes.timing import time_route
from geo_service.schedule.check import UNSERVED_CODES, faults
from geo_service.schedule.model import Placement, Problem, Solution, Unserved
from geo_service.streets.model import TravelMatrix

HOUR = 3600
Plan = tuple[Problem, Solution]


@pytest.fixture(scope="module")
def plan(make_visit, make_crew_day, make_places, days) -> Plan:
    """Crew 1: visits 1 and 2 on Tuesday, 3 on Thursday, 4 on Friday; crew 2: 5 on Friday; visit 6 left out."""
    visits = [make_visit(f"visit-{number}", number, days) for number in range(1, 7)]
    visits[5] = replace(visits[5], skills=frozenset({"woody"}))
    matrix = make_places(7)
    driven = {
        make_crew_day("crew-1", days[0]): visits[:2],
        make_crew_day("crew-1", days[1]): visits[2:3],
        make_crew_day("crew-1", days[2]): visits[3:4],
        make_crew_day("crew-2", days[2]): visits[4:5],
    }
    routes = tuple(drive(crew_day, several, matrix) for crew_day, several in driven.items())
    problem = Problem(tuple(visits), (*driven, make_crew_day("crew-2", days[3])), matrix, days)
    left_out = Unserved(visits[5], "no_skill", "keine Kolonne hat Befähigung 'woody'", "no crew has the skill 'woody'")
    return problem, Solution(routes, (left_out,), 0, 0, 1)


def drive(crew_day: CrewDay, visits, matrix) -> Route:
    route = time_route(crew_day, visits, matrix)
    assert isinstance(route, Route)
    return route


def rules(plan: Plan) -> set[str]:
    return {fault.rule for fault in faults(*plan)}


def with_route(plan: Plan, number: int, **changes) -> Plan:
    routes = list(plan[1].routes)
    routes[number] = replace(routes[number], **changes)
    return plan[0], replace(plan[1], routes=tuple(routes))


def with_visits(plan: Plan, **changes: dict) -> Plan:
    """Change visits, by id with _ for -, in the problem and in the plan alike."""
    problem, solution = plan

    def new(visit):
        return replace(visit, **changes.get(visit.visit_id.replace("-", "_"), {}))

    routes = tuple(
        replace(route, stops=tuple(replace(stop, visit=new(stop.visit)) for stop in route.stops))
        for route in solution.routes
    )
    return (
        replace(problem, visits=tuple(new(visit) for visit in problem.visits)),
        replace(
            solution, routes=routes, unserved=tuple(replace(one, visit=new(one.visit)) for one in solution.unserved)
        ),
    )


def with_crew_day(plan: Plan, number: int, **changes) -> Plan:
    """Change the crew-day of a route in the problem and in the plan alike."""
    old = plan[1].routes[number].crew_day
    crew_days = tuple(replace(day, **changes) if day == old else day for day in plan[0].crew_days)
    return with_route((replace(plan[0], crew_days=crew_days), plan[1]), number, crew_day=replace(old, **changes))


def with_left_out(plan: Plan, *left_out: Unserved) -> Plan:
    return plan[0], replace(plan[1], unserved=left_out)


def on_the_holiday(plan: Plan) -> Plan:
    """Move Thursday's work to Buß- und Bettag in everything that is asked: only the calendar forbids it."""
    return moved(plan, plan[0].days[0] + timedelta(1))


def moved(plan: Plan, on) -> Plan:
    plan = with_visits(plan, visit_3={"day_windows": {on: ((6 * HOUR, 20 * HOUR),)}, "latest_on": on + timedelta(9)})
    return with_crew_day((replace(plan[0], days=(*plan[0].days, on)), plan[1]), 1, on=on)


def with_lock(plan: Plan, visit_id: str, crew: str, day: int, code: str = "no_skill") -> Plan:
    """Lock a visit to a crew-day in force."""
    in_force = {visit_id: Placement(crew, plan[0].days[day])}
    problem = replace(plan[0], in_force=in_force, locked=frozenset({visit_id}))
    return problem, replace(plan[1], unserved=tuple(replace(one, code=code) for one in plan[1].unserved))


def home_late(plan: Plan) -> Plan:
    """Let crew 1 come home on Thursday less than eleven hours before it leaves on Friday."""
    return with_route(plan, 1, end_s=plan[1].routes[2].start_s + 13 * HOUR + 1)


def slow_bike(plan: Plan) -> Plan:
    """Let crew 1 travel on Tuesday as a bicycle does, with the times of a van."""
    van = plan[0].matrix
    problem = replace(plan[0], matrices={"bicycle": TravelMatrix(van.seconds * 2, van.metres)})
    return with_crew_day((problem, plan[1]), 0, profile="bicycle")


WRONG: dict[str, list[Callable[[Plan], Plan]]] = {
    "placed": [
        with_left_out,
        lambda plan: (plan[0], replace(plan[1], routes=plan[1].routes[1:])),
        lambda plan: with_left_out(plan, *plan[1].unserved, replace(plan[1].unserved[0], visit=plan[0].visits[0])),
        lambda plan: with_route(plan, 3, stops=(replace(plan[1].routes[3].stops[0], visit=plan[0].visits[0]),)),
    ],
    "stranger": [
        lambda plan: with_route(plan, 0, crew_day=replace(plan[1].routes[0].crew_day, capacity_m3=9.0)),
        lambda plan: (replace(plan[0], visits=plan[0].visits[1:]), plan[1]),
        lambda plan: (plan[0], with_visits(plan, visit_1={"service_s": 0})[1]),
        lambda plan: (plan[0], with_visits(plan, visit_6={"skills": frozenset()})[1]),
    ],
    "crew_day": [
        lambda plan: (plan[0], replace(plan[1], routes=(*plan[1].routes, plan[1].routes[0]))),
        lambda plan: with_route(plan, 3, stops=()),
    ],
    "reason": [
        lambda plan: with_left_out(plan, replace(plan[1].unserved[0], reason=" ")),
        lambda plan: with_left_out(plan, replace(plan[1].unserved[0], code="because")),
    ],
    "dates": [
        lambda plan: with_visits(plan, visit_3={"earliest_on": plan[0].days[2]}),
        lambda plan: with_visits(plan, visit_3={"latest_on": plan[0].days[0]}),
        lambda plan: (replace(plan[0], days=plan[0].days[:2]), plan[1]),
    ],
    "predecessor": [
        lambda plan: with_visits(plan, visit_1={"after": "visit-6"}),
        lambda plan: with_visits(plan, visit_1={"after": "elsewhere"}),
        lambda plan: with_visits(plan, visit_1={"after": "visit-4"}),
        lambda plan: with_visits(plan, visit_2={"after": "visit-1"}),
        lambda plan: with_visits(plan, visit_4={"after": "visit-3", "after_days": 2}),
    ],
    "rest": [home_late],
    "rest_day": [on_the_holiday, lambda plan: moved(plan, plan[0].days[2] + timedelta(2))],
    "locked": [
        lambda plan: with_lock(plan, "visit-3", "crew-2", 1),
        lambda plan: with_lock(plan, "visit-3", "crew-1", 2),
        lambda plan: with_lock(plan, "visit-6", "crew-1", 2, "no_time"),
        lambda plan: with_lock(plan, "visit-6", "crew-1", 2, "capacity"),
    ],
    "profile": [lambda plan: with_crew_day(plan, 0, profile="cargo_bike")],
    "drive": [slow_bike],
    "window": [lambda plan: with_visits(plan, visit_1={"day_windows": {plan[0].days[0]: ((0, HOUR),)}})],
}


@pytest.mark.parametrize(
    ("rule", "number"), [(rule, n) for rule, several in WRONG.items() for n in range(len(several))]
)
def test_finds_what_breaks_the_rule(plan, rule, number):
    assert rule in rules(WRONG[rule][number](plan))


@pytest.mark.parametrize(
    "sound",
    [
        lambda plan: plan,
        lambda plan: with_lock(plan, "visit-3", "crew-1", 1),
        lambda plan: with_lock(plan, "visit-6", "crew-1", 1),  # left out for another reason than others
        lambda plan: with_visits(plan, visit_4={"after": "visit-3", "after_days": 1}),
        lambda plan: moved(plan, plan[0].days[0] + timedelta(4)),  # a Saturday
        lambda plan: with_visits(  # overdue before the period: any date of it will do
            plan, visit_3={"earliest_on": plan[0].days[0] - timedelta(9), "latest_on": plan[0].days[0] - timedelta(1)}
        ),
    ],
)
def test_finds_no_fault_in_a_sound_plan(plan, sound):
    assert faults(*sound(plan)) == []


def test_a_visit_that_waits_for_a_job_waits_for_all_its_parts(plan):
    def job(**parts):
        return with_visits(plan, visit_3={"after": "visit-1"}, **{name: {"plot_id": "job"} for name in parts})

    assert faults(*job(visit_1=1, visit_2=2)) == []
    assert rules(job(visit_1=1, visit_4=2)) == {"predecessor"}
    assert rules(job(visit_1=1, visit_6=2)) == {"predecessor"}


def test_parts_may_wait_for_each_other(plan):
    chained = with_visits(plan, visit_1={"plot_id": "job"}, visit_3={"plot_id": "job", "after": "visit-1"})

    assert faults(*chained) == []


def test_every_code_has_a_line_in_the_model():
    assert all(f"``{code}``" in (Unserved.__doc__ or "") for code in UNSERVED_CODES)
