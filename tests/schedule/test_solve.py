from __future__ import annotations

import random
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo_service.base.errors import Cancelled, InputError
from geo_service.base.progress import Progress, after_iterations
from geo_service.schedule.check import faults
from geo_service.schedule.compare import placements
from geo_service.schedule.cost import cost_s
from geo_service.schedule.engine.search import CHUNK
from geo_service.schedule.solve import solve

HOUR = 3600


@given(data=st.data())
@settings(max_examples=80, deadline=None)
def test_every_plan_passes_the_checker(problems, data):
    problem = data.draw(problems)
    solution = solve(problem, after_iterations(15), 1)

    assert faults(problem, solution) == []
    assert sum(len(route.stops) for route in solution.routes) + len(solution.unserved) == len(problem.visits)
    assert all(one.reason and one.reason_en for one in solution.unserved)
    assert solution.cost_s == cost_s(problem, solution.routes, [one.visit for one in solution.unserved])


@given(data=st.data())
@settings(max_examples=15, deadline=None)
def test_the_same_seed_and_iterations_give_the_same_plan(problems, data):
    problem = data.draw(problems)

    assert solve(problem, after_iterations(20), 5) == solve(problem, after_iterations(20), 5)


def test_places_everything_where_there_is_room(make_problem):
    problem = make_problem()
    solution = solve(problem, after_iterations(0), 1)

    assert solution.unserved == ()
    assert faults(problem, solution) == []


def test_the_search_improves_on_the_placing(make_problem):
    problem = make_problem(24, 2)
    placed, searched = (solve(problem, after_iterations(count), 1) for count in (0, 300))

    assert searched.cost_s < placed.cost_s
    assert (placed.iterations, searched.iterations) == (0, 300)
    assert faults(problem, searched) == []


def test_replanning_begins_at_the_plan_in_force(make_problem):
    problem = make_problem(24, 3)
    old = placements(solve(problem, after_iterations(300), 1).routes)
    anew, again = (
        placements(solve(asked, after_iterations(0), 2).routes) for asked in (problem, replace(problem, in_force=old))
    )
    moved = [sum(new.get(visit_id) != at for visit_id, at in old.items()) for new in (anew, again)]

    assert moved[0] > len(old) // 2, "the control: placing anew moves many"
    assert moved[1] == 0


def test_priorities_decide_who_is_left_out(make_problem):
    problem = make_problem(60, 3)
    solution = solve(problem, after_iterations(300), 1)
    left_out = [one.visit.priority for one in solution.unserved]
    served = [stop.visit.priority for route in solution.routes for stop in route.stops]

    assert {one.code for one in solution.unserved} == {"no_time"}
    assert sum(left_out) / len(left_out) > sum(served) / len(served)


def test_what_waits_comes_later_and_far_enough(make_problem, days):
    problem = make_problem(6)
    first, second, third, *others = problem.visits
    chained = (
        replace(third, after=second.visit_id, after_days=3),
        replace(second, after=first.visit_id),
        first,
        *others,
    )
    solution = solve(replace(problem, visits=chained), after_iterations(50), 1)
    on = {stop.visit.visit_id: route.crew_day.on for route in solution.routes for stop in route.stops}

    assert on[first.visit_id] < on[second.visit_id] <= on[third.visit_id] - timedelta(3)


def test_parts_of_a_job_stay_with_a_crew(make_problem, days):
    problem = make_problem(4)
    job = problem.visits[0]
    parts = tuple(replace(job, visit_id=f"job.{part}", part=part, parts=3, service_s=4 * HOUR) for part in (1, 2, 3))
    solution = solve(replace(problem, visits=(*parts, *problem.visits[1:])), after_iterations(200), 1)
    crews = {route.crew_day.crew for route in solution.routes for stop in route.stops if stop.visit.parts == 3}

    assert solution.unserved == ()
    assert len(crews) == 1


def test_overdue_visits_lie_anywhere_in_the_period(make_problem, days):
    problem = make_problem(5)
    old = days[0] - timedelta(40)
    overdue = tuple(replace(visit, earliest_on=old, due_on=old, latest_on=old) for visit in problem.visits)
    solution = solve(replace(problem, visits=overdue), after_iterations(20), 1)

    assert solution.unserved == ()
    assert faults(replace(problem, visits=overdue), solution) == []


class CancelAt:
    """Cancels at the n-th report of a stage."""

    def __init__(self, stage: str, number: int) -> None:
        self.stage, self.left = stage, number

    def __call__(self, progress: Progress) -> None:
        if progress.stage == self.stage:
            self.left -= 1
            if self.left == 0:
                raise Cancelled("stopped by hand")


@pytest.mark.parametrize(
    ("stage", "number"), [("searching", 1), ("searching", 3), ("ordering days", 1), ("ordering days", 4)]
)
def test_cancelling_keeps_the_best_so_far(make_problem, stage, number):
    problem = make_problem(30, 4)
    asked = CancelAt(stage, number)
    solution = solve(problem, after_iterations(5_000), 1, asked)

    assert asked.left == 0
    assert faults(problem, solution) == []
    assert solution.iterations == {"searching": (number - 1) * CHUNK, "ordering days": 5_000}[stage]
    assert solution.cost_s <= solve(problem, after_iterations(0), 1).cost_s or stage == "searching"


def test_cancelling_while_placing_passes_through(make_problem):
    with pytest.raises(Cancelled):
        solve(make_problem(), after_iterations(10), 1, CancelAt("placing", 1))


def test_other_errors_of_the_listener_pass_through(make_problem):
    def broken(progress: Progress) -> None:
        if progress.stage == "searching":
            raise ConnectionError("the listener is gone")

    with pytest.raises(ConnectionError):
        solve(make_problem(), after_iterations(10), 1, broken)


def test_tells_how_far_it_is(make_problem):
    told: list[Progress] = []
    solve(make_problem(), after_iterations(2 * CHUNK + 1), 1, told.append)
    searching = [progress for progress in told if progress.stage == "searching"]

    assert list(dict.fromkeys(progress.stage for progress in told)) == ["placing", "searching", "ordering days"]
    assert [progress.done for progress in searching] == [0, CHUNK, 2 * CHUNK]
    assert searching[0].note.startswith("unserved 0, drive ")


def test_refuses_a_problem_that_contradicts_itself(make_problem):
    problem = make_problem(3)
    twice = replace(problem, visits=(*problem.visits, problem.visits[0]))
    doubled = replace(problem, crew_days=(*problem.crew_days, problem.crew_days[0]))
    stranger = replace(problem, visits=(replace(problem.visits[0], place=99),))
    adrift = replace(problem, crew_days=(replace(problem.crew_days[0], depot_place=-1),))

    for wrong in (twice, doubled, stranger, adrift, replace(problem, days=())):
        with pytest.raises(InputError):
            solve(wrong, after_iterations(1), 1)


def test_an_empty_problem_has_an_empty_plan(make_problem):
    problem = make_problem(0)
    nobody = replace(make_problem(2), crew_days=())

    assert solve(problem, after_iterations(5), 1).routes == ()
    assert [one.code for one in solve(nobody, after_iterations(5), 1).unserved] == ["no_crew_day"] * 2


def test_the_order_of_the_visits_does_not_matter_to_what_is_possible(make_problem):
    problem = make_problem(8)
    shuffled = list(problem.visits)
    random.Random(3).shuffle(shuffled)
    solution = solve(replace(problem, visits=tuple(shuffled)), after_iterations(20), 1)

    assert solution.unserved == ()


def test_three_hundred_visits_on_forty_crew_days(make_problem, days, make_crew_day):
    problem = make_problem(300, 5)
    weeks = tuple(days[0] + timedelta(day) for day in (0, 2, 3, 6, 7, 8, 9, 10, 13, 14))
    visits = tuple(
        replace(visit, latest_on=weeks[-1], day_windows=dict.fromkeys(weeks, visit.day_windows[days[0]]))
        for visit in problem.visits
    )
    crew_days = tuple(make_crew_day(f"crew-{crew}", on) for on in weeks for crew in (1, 2, 3, 4))
    large = replace(problem, visits=visits, crew_days=crew_days, days=weeks)
    solution = solve(large, after_iterations(500), 1)

    assert faults(large, solution) == []
    assert len(solution.unserved) < 150
