from __future__ import annotations

from dataclasses import fields, replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo_service.base.progress import after_iterations
from geo_service.routes.model import Route
from geo_service.routes.timing import time_route
from geo_service.schedule.cost import cost_s, costs
from geo_service.schedule.model import Costs, Placement, Problem, Weights
from geo_service.schedule.solve import solve

HOUR = 3600
NOTHING = Weights(
    unserved_s=0,
    late_day_s=0,
    early_day_s=0,
    crew_day_s=0,
    crew_change_s=0,
    overtime=0,
    change_s=0,
    imbalance=0,
    area_s=0,
    unfamiliar_s=0,
)


@pytest.fixture
def plan(make_visit, make_crew_day, make_places, days):
    """Crew 1 does a and b on the first day, crew 2 does c on the second; d is left out."""
    a, b, c, d = (make_visit(name, place, days) for place, name in enumerate("abcd", start=1))
    matrix = make_places(5)
    crew_days = (make_crew_day("crew-1", days[0]), make_crew_day("crew-2", days[1]))
    problem = Problem((a, b, c, d), crew_days, matrix, days, NOTHING)
    return problem, [time_route(crew_days[0], [a, b], matrix), time_route(crew_days[1], [c], matrix)], [d]


def part(plan, name, problem=None, **weights):
    asked, routes, left_out = plan
    asked = problem or asked
    told = costs(replace(asked, weights=replace(NOTHING, **weights)), routes, left_out)
    assert told.total_s == told.travel_s + (getattr(told, name) if name != "travel_s" else 0), "no other part counts"
    return getattr(told, name)


def test_adds_up_everything_that_counts(make_visit, make_crew_day, make_places, days):
    weights = replace(NOTHING, unserved_s=1000, late_day_s=300, early_day_s=10, crew_day_s=7, crew_change_s=5)
    part = make_visit("part-1", 1, days, parts=2)
    other = replace(part, visit_id="part-2", part=2)
    early = make_visit("early", 2, days, due_on=days[3])
    left_out = make_visit("left-out", 3, days, priority=4)
    matrix = make_places(4)
    crew_days = (make_crew_day("crew-1", days[0]), make_crew_day("crew-2", days[1]))
    problem = Problem((part, other, early, left_out), crew_days, matrix, days, weights)
    routes = [time_route(crew_days[0], [part, early], matrix), time_route(crew_days[1], [other], matrix)]
    assert all(isinstance(route, Route) for route in routes)
    drive = sum(route.drive_s for route in routes)

    early_s, late_s, crews_s, change_s, left_out_s = 6 * 10, 2 * 300 // 3, 2 * 7, 5, 2 * 1000 // 4
    assert cost_s(problem, routes, [left_out]) == drive + early_s + late_s + crews_s + change_s + left_out_s
    assert cost_s(problem, [], []) == 0


def test_driving_always_counts(plan):
    assert part(plan, "travel_s") == sum(route.drive_s for route in plan[1])


def test_a_day_late_costs_by_priority(plan, days):
    urgent = replace(plan[0].visits[2], priority=1)
    route = plan[1][1]
    hurried = replace(route, stops=(replace(route.stops[0], visit=urgent),))

    assert part(plan, "dates_s", late_day_s=100) == 2 * (100 // 3)
    assert part((plan[0], [hurried], []), "dates_s", late_day_s=100) == 2 * 100


def test_overtime_is_driving_and_work_beyond_the_regular_hours(plan):
    busy = [route.drive_s + route.work_s for route in plan[1]]
    short = [replace(route, crew_day=replace(route.crew_day, regular_s=HOUR)) for route in plan[1]]

    assert part(plan, "overtime_s", overtime=1) == 0
    assert part((plan[0], short, []), "overtime_s", overtime=0.5) == round(0.5 * (sum(busy) - 2 * HOUR))


def test_a_change_is_another_crew_or_another_day(plan, days):
    in_force = {
        "a": Placement("crew-1", days[0]),  # stays
        "b": Placement("crew-2", days[0]),  # another crew
        "c": Placement("crew-2", days[2]),  # another day
        "d": Placement("crew-1", days[0]),  # left out: its cost is that of leaving out
    }

    assert part(plan, "changes_s", replace(plan[0], in_force=in_force), change_s=100) == 200
    assert part(plan, "changes_s", change_s=100) == 0, "what is new is no change"


def test_imbalance_is_told_by_crew_days(plan, make_crew_day, days):
    """Crew 1 has 3 of 4 crew-days and does 2 of 3 hours: its share is 2.25 h, that of crew 2 is 0.75 h."""
    more = (*plan[0].crew_days, make_crew_day("crew-1", days[2]), make_crew_day("crew-1", days[3]))

    assert part(plan, "imbalance_s", replace(plan[0], crew_days=more), imbalance=0.1) == round(0.1 * 0.5 * HOUR)
    assert part(plan, "imbalance_s", imbalance=0.1) == round(0.1 * HOUR)


def test_each_further_area_of_a_crew_day_counts(plan):
    areas = {"plot-1": "52", "plot-2": "51", "plot-3": "70"}

    assert part(plan, "areas_s", replace(plan[0], areas=areas), area_s=100) == 100
    assert part(plan, "areas_s", replace(plan[0], areas={"plot-1": "52", "plot-2": ""}), area_s=100) == 0


def test_who_knows_a_plot_should_go(plan):
    familiar = {"plot-1": frozenset({"crew-2"}), "plot-2": frozenset({"crew-1"}), "plot-3": frozenset()}

    assert part(plan, "familiarity_s", replace(plan[0], familiar=familiar), unfamiliar_s=100) == 100


@given(data=st.data())
@settings(max_examples=40, deadline=None)
def test_the_total_is_the_sum_of_its_parts_and_none_is_negative(problems, data):
    problem = data.draw(problems)
    solution = solve(problem, after_iterations(3), 1)
    told = costs(problem, solution.routes, [one.visit for one in solution.unserved])

    assert all(getattr(told, one.name) >= 0 for one in fields(Costs))
    assert told.total_s == sum(getattr(told, one.name) for one in fields(Costs))
    assert told.total_s == cost_s(problem, solution.routes, [one.visit for one in solution.unserved])


@given(data=st.data())
@settings(max_examples=40, deadline=None)
def test_a_weight_of_nothing_takes_its_part_away(problems, data):
    """Each part hangs on its own weight alone: without any weight only driving is left."""
    problem = data.draw(problems)
    solution = solve(problem, after_iterations(3), 1)
    told = costs(replace(problem, weights=NOTHING), solution.routes, [one.visit for one in solution.unserved])

    assert told == Costs(travel_s=sum(route.drive_s for route in solution.routes))
