"""The benchmark of our own kind: the scene is the same for a seed, tasks tell the problem, wrong plans are found."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import numpy as np
import ours
import pytest
from peers import PEERS
from peers.from_problem import DAY_S, orders_of, task_of
from peers.task import Before
from replan_changes import UNAVOIDABLE, URGENT, change, hold_back, moved, unavoidable
from service import PLOTS, STREETS, checked
from service_check import faults, score
from service_scene import DAYS, HOUR, LEFT_OUT_S, Town, make_problem, read_town

from geo_service.streets.osm import read_osm


@pytest.fixture(scope="module")
def problem(sample):
    """Return a small scene on the streets of the sample, with no plots."""
    town = Town(read_osm(sample / "streets.osm").network, np.zeros((0, 2)))
    return make_problem(town, 120, seed=1)


@pytest.fixture(scope="module")
def orders(problem):
    """Return a plan that is feasible and no good: visits in turn, each on the first crew-day that can take it."""
    plan = {}
    for visit in problem.visits:
        for day in problem.crew_days:
            longer = plan | {day: (*plan.get(day, ()), visit)}
            if not faults(problem, {day: longer[day]}):
                plan = longer
                break
    return plan


def test_a_seed_makes_one_problem_and_another_seed_another(sample, problem):
    town = Town(read_osm(sample / "streets.osm").network, np.zeros((0, 2)))
    again = make_problem(town, 120, seed=1)
    assert again.visits == problem.visits
    assert again.crew_days == problem.crew_days
    assert (again.matrix.seconds == problem.matrix.seconds).all()
    assert make_problem(town, 120, seed=2).visits != problem.visits


def test_the_scene_is_what_it_says(problem):
    assert len(problem.crew_days) == 40
    assert max(day.shift[1] - day.shift[0] for day in problem.crew_days) <= 6 * HOUR
    task = task_of(problem, LEFT_OUT_S)
    assert all(task.allowed(number) for number in range(len(problem.visits)))
    several = [visit for visit in problem.visits if any(len(windows) > 1 for windows in visit.day_windows.values())]
    differing = [visit for visit in problem.visits if len(set(visit.day_windows.values())) > 1]
    assert several and differing
    assert {visit.priority for visit in problem.visits} == {1, 2, 3, 4, 5}
    assert any(not set(DAYS) <= set(visit.day_windows) for visit in problem.visits)


def test_a_task_tells_windows_on_one_axis(problem):
    visit, stop = problem.visits[0], task_of(problem, LEFT_OUT_S).stops[0]
    told = [(low // DAY_S, low % DAY_S, high % DAY_S + visit.service_s) for low, high in stop.windows]
    first = problem.days[0]
    meant = [((on - first).days, *window) for on, windows in visit.day_windows.items() for window in windows]
    assert told == [one for one in meant if one[2] - one[1] >= visit.service_s]


def test_the_plain_plan_passes_both_checkers(problem, orders):
    assert checked(problem, orders) == []
    found = score(problem, orders, LEFT_OUT_S)
    placed = sum(map(len, orders.values()))
    assert found.left_out == len(problem.visits) - placed
    assert found.travel_s > 0
    nothing = score(problem, {}, LEFT_OUT_S)
    assert (nothing.travel_s, nothing.left_out) == (0, len(problem.visits))


def test_wrong_plans_are_found(problem, orders):
    day, visits = next((day, visits) for day, visits in orders.items() if len(visits) > 2)
    elsewhere = next(other for other in problem.crew_days if other.on != day.on and other not in orders)
    twice = orders | {elsewhere: (visits[0],)}
    assert any("visited 2 times" in fault for fault in faults(problem, twice))
    late = orders | {day: tuple(replace(visit, service_s=7 * HOUR) for visit in visits)}
    assert any("no visit of the problem" in fault for fault in faults(problem, late))
    crowded = {day: tuple(visit for order in orders.values() for visit in order)}
    assert any("loads" in fault for fault in faults(problem, crowded))
    assert any("outside its dates" in fault or "refused" in fault for fault in faults(problem, crowded))
    assert any("asks for more" in fault for fault in faults(problem, crowded))
    assert any("cannot be begun" in fault or "is back" in fault for fault in faults(problem, crowded))


@pytest.mark.parametrize("name", sorted(PEERS))
def test_a_peer_plans_the_scene_within_the_rules(name, problem):
    peer = PEERS[name]
    if not peer.is_here:
        pytest.skip(f"{peer.package} is not installed: pip install --group bench")
    small = replace(problem, visits=problem.visits[:30])
    orders = orders_of(small, peer.solve(task_of(small, LEFT_OUT_S), seconds=0.5, seed=1, cores=1))
    assert checked(small, orders) == []
    assert score(small, orders, LEFT_OUT_S).left_out <= 3


@pytest.mark.slow
def test_our_engine_plans_the_scene_within_the_rules(problem):
    small = replace(problem, visits=problem.visits[:30])
    orders = ours.plan(small, seconds=0.2, seed=1, cores=1)
    assert checked(small, orders) == []
    assert score(small, orders, LEFT_OUT_S).left_out <= 3


def test_the_changes_are_as_many_as_they_should_be(problem, orders):
    asked, urgent = hold_back(problem)
    planned = {day: tuple(visit for visit in visits if visit in asked.visits) for day, visits in orders.items()}
    changed = change(asked, urgent, {day: visits for day, visits in planned.items() if visits}, seed=1)
    assert len(changed.problem.crew_days) == 37
    assert len(urgent) == URGENT
    assert all(visit in changed.problem.visits for visit in urgent)
    assert unavoidable(changed) == UNAVOIDABLE
    assert moved(changed, changed.kept) == UNAVOIDABLE
    assert checked(changed.problem, changed.kept) == []
    placed = Counter(visit.visit_id for visits in changed.kept.values() for visit in visits)
    assert max(placed.values()) == 1


@pytest.mark.parametrize("name", ["pyvrp", "vroom"])
def test_a_peer_keeps_a_plan_in_force(name, problem):
    """What nothing speaks against stays, when the price of a change is high or the search begins there."""
    peer = PEERS[name]
    if not peer.is_here:
        pytest.skip(f"{peer.package} is not installed: pip install --group bench")
    small = replace(problem, visits=problem.visits[:12])
    plain = PEERS["pyvrp"].solve(task_of(small, LEFT_OUT_S), seconds=0.3, seed=1, cores=1)
    again = peer.solve(task_of(small, LEFT_OUT_S, Before(plain, 100_000)), seconds=0.3, seed=2, cores=1)
    vehicle = {stop: number for number, route in enumerate(plain) for stop in route}
    now = {stop: number for number, route in enumerate(again) for stop in route}
    assert now == vehicle


@pytest.mark.shared
@pytest.mark.slow
def test_the_scene_of_the_benchmark_can_be_made(shared_data):
    assert STREETS.is_relative_to(shared_data)
    problem = make_problem(read_town(STREETS, PLOTS), 400, seed=1)
    assert len(problem.visits) == 400
    work_s = sum(visit.service_s for visit in problem.visits)
    assert 0.8 < work_s / sum(day.shift[1] - day.shift[0] for day in problem.crew_days) < 1.2
