from __future__ import annotations

from itertools import permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo_service.base.progress import after_iterations
from geo_service.routes.check import faults
from geo_service.routes.model import Route
from geo_service.routes.solve import solve
from geo_service.routes.timing import time_route

HOUR = 3600
STRETCHES = (
    ((9 * HOUR, 13 * HOUR), (15 * HOUR, 17 * HOUR)),
    ((7 * HOUR, 13 * HOUR), (15 * HOUR, 20 * HOUR)),
    ((6 * HOUR, 20 * HOUR),),
    ((10 * HOUR, 11 * HOUR),),
)


def best_by_trying_all(crew_day, visits, matrix) -> int | None:
    routes = (time_route(crew_day, order, matrix) for order in permutations(visits))
    return min((route.drive_s for route in routes if isinstance(route, Route)), default=None)


@given(data=st.data())
@settings(max_examples=60, deadline=None)
def test_a_small_day_is_driven_as_well_as_any_permutation(make_visit, make_crew_day, scattered, data):
    count = data.draw(st.integers(1, 5))
    visits = [
        make_visit(place, data.draw(st.integers(5, 110)), data.draw(st.sampled_from(STRETCHES)))
        for place in range(1, count + 1)
    ]
    matrix = scattered(count + 1, data.draw(st.integers(0, 99)))
    crew_day = make_crew_day(6.75, 16)

    route = solve(crew_day, visits, matrix, stop=after_iterations(5), seed=1)

    assert (route.drive_s if route else None) == best_by_trying_all(crew_day, visits, matrix)
    assert route is None or faults(route, matrix) == []


@pytest.fixture
def long_day(make_visit, make_crew_day, scattered):
    visits = [make_visit(place, 20, STRETCHES[place % 3]) for place in range(1, 12)]
    return make_crew_day(6.75, 16), visits, scattered(12, 3)


def test_a_long_day_passes_the_checker_and_beats_the_order_given(long_day):
    crew_day, visits, matrix = long_day
    given_order = time_route(crew_day, visits, matrix)

    route = solve(crew_day, visits, matrix, stop=after_iterations(30), seed=1)

    assert faults(route, matrix) == []
    assert sorted(stop.visit.visit_id for stop in route.stops) == sorted(visit.visit_id for visit in visits)
    assert isinstance(given_order, Route)
    assert route.drive_s < given_order.drive_s


def test_the_same_seed_and_iterations_give_the_same_route(long_day):
    crew_day, visits, matrix = long_day
    one, two = (solve(crew_day, visits, matrix, stop=after_iterations(20), seed=7) for _ in range(2))

    assert one == two


def test_stops_at_once_when_told_so(long_day):
    crew_day, visits, matrix = long_day
    asked = []

    def stop(iterations: int) -> bool:
        asked.append(iterations)
        return True

    assert solve(crew_day, visits, matrix, stop=stop, seed=1) is not None
    assert set(asked) == {0}


def test_a_day_that_is_too_full_has_no_route(make_visit, make_crew_day, scattered):
    for count in (4, 10):
        visits = [make_visit(place, 1 + 480 // count) for place in range(1, count + 1)]
        assert solve(make_crew_day(), visits, scattered(count + 1, 1), stop=after_iterations(20), seed=1) is None


def test_a_visit_that_is_not_for_this_crew_has_no_route(make_visit, make_crew_day, on_a_line):
    matrix = on_a_line([0, 5])
    wrong = [
        make_visit(1, windows=[]),
        make_visit(-1),
        make_visit(1, skills=["woody"]),
        make_visit(1, volume_m3=9.0),
    ]

    assert [solve(make_crew_day(), [one], matrix, stop=after_iterations(1), seed=1) for one in wrong] == [None] * 4
    assert solve(make_crew_day(), [make_visit(1)], matrix, stop=after_iterations(1), seed=1) is not None
