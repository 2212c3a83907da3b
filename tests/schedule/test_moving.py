"""One visit moved: nothing is lost, the way back leads back, whatever stands against it is named."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from geo_service.base.progress import after_iterations
from geo_service.routes.check import faults as route_faults
from geo_service.routes.model import Facility
from geo_service.schedule.check import faults
from geo_service.schedule.model import Placement, Solution
from geo_service.schedule.moving import ids_of, lay
from geo_service.schedule.objections import Objection, objections, refused
from geo_service.schedule.solve import solve

HOUR = 3600


def planned(problem):
    return solve(problem, after_iterations(20), 1)


def orders(routes):
    return {(route.crew_day.crew, route.crew_day.on): ids_of(route) for route in routes}


@pytest.mark.parametrize("seed", range(4))
def test_a_visit_moved_there_and_back_lies_where_it_lay(make_problem, seed):
    problem = make_problem(12, seed)
    plan = planned(problem)
    rng = random.Random(seed)
    for visit in problem.visits:
        old = next((route for route in plan.routes if visit.visit_id in ids_of(route)), None)
        if old is None:
            continue
        there = lay(problem, plan.routes, visit, rng.choice(problem.crew_days))
        if there.refusal:
            assert there.routes == plan.routes
            continue
        assert sorted(one for route in there.routes for one in ids_of(route)) == sorted(
            one for route in plan.routes for one in ids_of(route)
        )
        back = lay(problem, there.routes, visit, old.crew_day, ids_of(old).index(visit.visit_id) + 1)
        assert orders(back.routes) == orders(plan.routes)
        assert sum(route.drive_s for route in back.routes) == sum(route.drive_s for route in plan.routes)
        out = lay(problem, plan.routes, visit, None)
        assert visit.visit_id not in {one for route in out.routes for one in ids_of(route)}
        assert out.position == 0
        assert all(route.stops for route in out.routes), "no route without a stop stays"


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_every_fault_of_any_move_in_any_plan_is_named(problems, data):
    problem = data.draw(problems)
    plan = planned(problem)
    before = faults(problem, plan)
    assert before == []
    visits = [stop.visit for route in plan.routes for stop in route.stops]
    visits += [one.visit for one in plan.unserved if one.visit.place >= 0]
    if not visits or not problem.crew_days:
        return
    visit, day = data.draw(st.sampled_from(visits)), data.draw(st.sampled_from(problem.crew_days))
    laid = lay(problem, plan.routes, visit, day)
    if laid.refusal:
        assert refused(laid.refusal).text
        return
    left = tuple(one for one in plan.unserved if one.visit.visit_id != visit.visit_id)
    found = faults(problem, Solution(laid.routes, left, 0, 0, 0))
    told = objections(problem, visit, day, laid.touched, laid.routes, found)
    assert {one.rule for one in told} == {fault.rule for fault in found}
    assert all(one.text and one.text_en for one in told)
    mine = next(route for route in laid.routes if visit.visit_id in ids_of(route))
    assert (mine.crew_day, ids_of(mine)[laid.position - 1]) == (day, visit.visit_id)


def test_the_best_place_is_the_cheapest_of_those_that_can_be(make_problem):
    problem = make_problem(12, 2)
    plan = planned(problem)
    day = max(plan.routes, key=lambda route: len(route.stops)).crew_day
    for visit in problem.visits:
        best = lay(problem, plan.routes, visit, day)
        target = next((route for route in best.routes if route.crew_day == day), None)
        if best.refusal or target is None or route_faults(target, problem.matrix):
            continue
        costs = []
        for position in range(1, len(target.stops) + 1):
            laid = lay(problem, plan.routes, visit, day, position)
            route = next(one for one in laid.routes if one.crew_day == day)
            if not route_faults(route, problem.matrix):
                costs.append(route.drive_s + route.work_s)
        assert target.drive_s + target.work_s == min(costs)


def one_day(make_problem, make_crew_day, make_visit, days, **changes):
    problem = make_problem(4, 1)
    day = make_crew_day("crew-1", days[0])
    visit = make_visit("new", 1, days, **changes)
    return replace(problem, crew_days=(day, *problem.crew_days[1:]), visits=(visit,)), visit, day


@pytest.mark.parametrize(
    ("changes", "rule", "de", "en"),
    [
        ({"people": 3}, "people", "braucht 3 Personen, crew-1 hat 2", "needs 3 people, crew-1 has 2"),
        ({"skills": frozenset({"woody"})}, "skill", "fehlt die Befähigung: woody", "lacks the skill: woody"),
        ({"machines": frozenset({"saw"})}, "machine", "crew-1 fehlt das Gerät: saw", "crew-1 lacks the machine: saw"),
        ({"volume_m3": 4.0}, "capacity", "4,0 m³ fallen an, 3,0 m³ passen", "4.0 m3 are carried, 3.0 m3 fit"),
    ],
)  # fmt: skip
def test_what_a_crew_lacks_is_told_with_figures(make_problem, make_crew_day, make_visit, days, changes, rule, de, en):
    problem, visit, day = one_day(make_problem, make_crew_day, make_visit, days, **changes)
    laid = lay(problem, (), visit, day)
    found = faults(problem, Solution(laid.routes, (), 0, 0, 0))
    told = {one.rule: one for one in objections(problem, visit, day, laid.touched, laid.routes, found)}
    assert de in told[rule].text
    assert en in told[rule].text_en


@pytest.mark.parametrize(
    ("shift", "rule", "de", "en"),
    [
        ((7, 20), "work_time", "Arbeitszeit, erlaubt sind 8:00 h", "of working time, 8:00 h are allowed"),
        ((7, 14), "shift", "min zu spät)", "min late)"),
    ],
)
def test_a_day_that_gets_too_long_is_told_by_how_much(
    make_problem, make_crew_day, make_visit, days, shift, rule, de, en
):
    day = make_crew_day("crew-1", days[0], shift=(shift[0] * HOUR, shift[1] * HOUR))
    two = [make_visit(f"v{n}", n, days, service_s=seconds) for n, seconds in ((1, 5 * HOUR), (2, 4 * HOUR))]
    problem = replace(make_problem(4, 1), crew_days=(day,), visits=tuple(two))
    laid = lay(problem, lay(problem, (), two[0], day).routes, two[1], day)
    found = faults(problem, Solution(laid.routes, (), 0, 0, 0))
    told = {one.rule: one for one in objections(problem, two[1], day, laid.touched, laid.routes, found)}
    assert de in told[rule].text
    assert en in told[rule].text_en
    long = make_visit("long", 3, days, service_s=9 * HOUR)
    problem = replace(problem, visits=(long,))
    assert refused(lay(problem, (), long, day).refusal).text == "Arbeitszeit und Pausen gehen nicht auf"


def test_law_and_dates_are_told_by_name(make_problem, make_crew_day, make_visit, days):
    problem, visit, day = one_day(
        make_problem, make_crew_day, make_visit, days, day_windows={days[1]: ((7 * HOUR, 9 * HOUR),)},
        forbidden={days[0]: "BNatSchG §39(5)"}, earliest_on=days[1], latest_on=days[2],
    )  # fmt: skip
    laid = lay(problem, (), visit, day)
    found = faults(problem, Solution(laid.routes, (), 0, 0, 0))
    told = objections(problem, visit, day, laid.touched, laid.routes, found)
    assert [one.text for one in told] == [
        "am 17.11.2026 nicht erlaubt: BNatSchG §39(5)",
        "frühestens am 19.11.2026 möglich",
    ]
    late = next(one for one in problem.crew_days if one.on == days[3])
    problem = replace(problem, in_force={"new": Placement("crew-1", days[0])}, locked=frozenset({"new"}))
    laid = lay(problem, (), visit, late)
    found = faults(problem, Solution(laid.routes, (), 0, 0, 0))
    rules = [one.rule for one in objections(problem, visit, late, laid.touched, laid.routes, found)]
    assert {"date", "dates", "locked"} <= set(rules)


def test_a_trip_to_a_facility_is_laid_where_it_is_needed(make_problem, make_crew_day, make_visit, days):
    tip = Facility("tip", "Wertstoffhof", 2, 900, ((6 * HOUR, 18 * HOUR),), frozenset({"20 02 01"}))
    day = make_crew_day("crew-1", days[0], facilities=(tip,))
    full = [make_visit(f"v{n}", n, days, volume_m3=2.0, waste_key="20 02 01") for n in (1, 3)]
    problem = replace(make_problem(4, 1), crew_days=(day,), visits=tuple(full))
    one = lay(problem, (), full[0], day)
    both = lay(problem, one.routes, full[1], day)
    assert len(both.routes[0].trips) == 1
    assert faults(problem, Solution(both.routes, (), 0, 0, 0)) == []


def test_a_code_that_is_new_is_told_all_the_same():
    assert refused("something") == Objection(
        "something", "der Einsatztag geht nicht auf", "the crew-day cannot be timed"
    )
