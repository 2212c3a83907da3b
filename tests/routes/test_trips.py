from __future__ import annotations

from datetime import date
from itertools import pairwise, permutations, product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo_service.base.progress import after_iterations
from geo_service.routes import trips as trips_module
from geo_service.routes.check import faults
from geo_service.routes.model import Break, CrewDay, Facility, Route
from geo_service.routes.solve import solve
from geo_service.routes.timing import Refusal, time_route, with_trips
from geo_service.routes.trips import gives, misload, segments, takes
from geo_service.streets.model import UNREACHABLE, TravelMatrix
from geo_service.work.model import Visit

HOUR = 3600
GREEN, MIXED = "200201", "200301"
MONDAY = date(2026, 11, 23)
ALL_DAY = ((6 * HOUR, 20 * HOUR),)


def trips_of(route: Route) -> list[tuple[int, str]]:
    return [(trip.after, trip.facility.code) for trip in route.trips]


def spent_s(route: Route | Refusal) -> float:
    """Return driving and time at facilities; infinite for a refusal."""
    if isinstance(route, Refusal):
        return float("inf")
    return route.drive_s + sum(trip.facility.service_s for trip in route.trips)


class TestLoads:
    def test_a_vehicle_that_carries_all_makes_no_trip(self, make_visit, make_crew_day, make_facility, on_a_line):
        visits = [make_visit(1, volume_m3=1.5), make_visit(2, volume_m3=1.5)]
        route = time_route(make_crew_day(facilities=[make_facility(3)]), visits, on_a_line([0, 10, 20, 15]))

        assert route.trips == ()

    def test_it_is_emptied_where_the_detour_is_least(self, make_visit, make_crew_day, make_facility, on_a_line):
        visits = [make_visit(place, 30, volume_m3=1.5, waste_key=GREEN) for place in (1, 2, 3)]
        matrix = on_a_line([0, 10, 20, 30, 25, 2])
        route = time_route(make_crew_day(facilities=[make_facility(4), make_facility(5)]), visits, matrix)

        assert trips_of(route) == [(2, "facility-4")]
        assert (route.trips[0].unloaded_m3, route.trips[0].loaded_m3) == (3.0, 0.0)
        assert (route.trips[0].drive_s, route.stops[2].drive_s, route.stops[2].length_m) == (300, 300, 3000)
        assert route.drive_s == 3600
        assert route.work_s == 90 * 60 + 15 * 60
        assert faults(route, matrix) == []

    def test_what_is_brought_takes_room_too(self, make_visit, make_crew_day, make_facility, on_a_line):
        visits = [make_visit(1, volume_m3=2.0), make_visit(2, supply="plants", supply_m3=1.5)]
        matrix = on_a_line([0, 10, 20, 15])
        nursery = make_facility(3, supplies=["plants"])

        assert isinstance(time_route(make_crew_day(capacity_m3=3.5), visits, matrix), Route)
        assert time_route(make_crew_day(), visits, matrix) == Refusal("too_large")
        route = time_route(make_crew_day(facilities=[nursery]), visits, matrix)
        assert trips_of(route) == [(1, "facility-3")]
        assert (route.trips[0].unloaded_m3, route.trips[0].loaded_m3) == (2.0, 1.5)

    def test_each_kind_of_waste_goes_where_it_is_taken(self, make_visit, make_crew_day, make_facility, on_a_line):
        visits = [make_visit(1, 30, volume_m3=2, waste_key=GREEN), make_visit(2, 30, volume_m3=2, waste_key=MIXED)]
        matrix = on_a_line([0, 10, 20, 11, 30])
        near, far = make_facility(3, [MIXED]), make_facility(4, [GREEN])

        assert time_route(make_crew_day(facilities=[near]), visits, matrix) == Refusal("no_facility")
        assert trips_of(time_route(make_crew_day(facilities=[near, far]), visits, matrix)) == [(1, "facility-4")]
        back_empty = make_crew_day(facilities=[near, far], ends_empty=True)
        assert trips_of(time_route(back_empty, visits, matrix)) == [(1, "facility-4"), (2, "facility-3")]

    def test_it_goes_on_from_tip_to_nursery(self, make_visit, make_crew_day, make_facility, on_a_line):
        visits = [make_visit(1, 30, volume_m3=2, waste_key=GREEN), make_visit(2, 30, supply="plants", supply_m3=2)]
        matrix = on_a_line([0, 10, 20, 12, 14])
        crew_day = make_crew_day(facilities=[make_facility(3), make_facility(4, [], ["plants"])])
        route = time_route(crew_day, visits, matrix)

        assert trips_of(route) == [(1, "facility-3"), (1, "facility-4")]
        assert [(trip.unloaded_m3, trip.loaded_m3) for trip in route.trips] == [(2, 0), (0, 2)]
        assert faults(route, matrix) == []

    def test_a_vehicle_comes_back_empty_only_when_it_must(self, make_visit, make_crew_day, make_facility, on_a_line):
        matrix, tip = on_a_line([0, 10, 5]), make_facility(2)
        dirty, clean = [make_visit(1, volume_m3=1)], [make_visit(1, supply="plants", supply_m3=1)]

        assert trips_of(time_route(make_crew_day(facilities=[tip], ends_empty=True), dirty, matrix)) == [(1, tip.code)]
        assert trips_of(time_route(make_crew_day(facilities=[tip], ends_empty=True), clean, matrix)) == []
        assert time_route(make_crew_day(ends_empty=True), dirty, matrix) == Refusal("no_facility")

    def test_waste_without_a_key_goes_where_any_goes(self, make_visit, make_facility):
        nameless = [make_visit(1, volume_m3=1)]

        assert takes(make_facility(2, [GREEN]), nameless)
        assert not takes(make_facility(2, []), nameless)
        assert takes(make_facility(2, []), [make_visit(1, waste_key=GREEN)])  # nothing is carried
        assert not gives(make_facility(2), [make_visit(1, supply="plants")])

    def test_segments_are_cut_at_trips(self, make_visit, make_facility):
        visits, tip = [make_visit(1), make_visit(2)], make_facility(3)

        assert segments(visits, []) == [visits]
        assert segments(visits, [(1, tip), (1, tip), (2, tip)]) == [visits[:1], [], visits[1:], []]
        for wrong in ([(2, tip), (1, tip)], [(3, tip)], [(-1, tip)]):
            with pytest.raises(ValueError, match="of which there are 2"):
                segments(visits, wrong)


class TestTimes:
    def test_opening_hours_bind_the_whole_trip(self, make_visit, make_crew_day, make_facility, on_a_line):
        visits = [make_visit(1, 60, volume_m3=3), make_visit(2, 60, volume_m3=3)]
        matrix = on_a_line([0, 10, 20, 15])
        tip = make_facility(3, windows=[(6 * HOUR, 7 * HOUR + 29 * 60), (9 * HOUR, 10 * HOUR)])
        route = time_route(make_crew_day(facilities=[tip]), visits, matrix)

        assert route.trips[0].start_s == 9 * HOUR
        late = make_crew_day(facilities=[make_facility(3, windows=[(6 * HOUR, 7 * HOUR + 29 * 60)])])
        assert time_route(late, visits, matrix) == Refusal("window")

    def test_a_farther_tip_serves_when_the_near_one_is_closed(
        self, make_visit, make_crew_day, make_facility, on_a_line
    ):
        visits = [make_visit(1, 60, volume_m3=3), make_visit(2, 60, [(7 * HOUR, 9 * HOUR)], volume_m3=3)]
        near, far = make_facility(3, windows=[(12 * HOUR, 16 * HOUR)]), make_facility(4)
        route = time_route(make_crew_day(facilities=[near, far]), visits, on_a_line([0, 10, 20, 15, 30]))

        assert trips_of(route) == [(1, "facility-4")]

    def test_trips_are_working_time(self, make_visit, make_crew_day, make_facility, on_a_line):
        visits = [make_visit(place, 239, volume_m3=3) for place in (1, 2)]
        matrix, tip = on_a_line([0, 0, 0, 0]), make_facility(3, minutes=3)

        assert time_route(make_crew_day(facilities=[tip]), visits, matrix) == Refusal("work_time")
        assert isinstance(time_route(make_crew_day(facilities=[tip], max_work_h=8.1), visits, matrix), Route)

    def test_the_crew_may_rest_at_a_facility(self, make_visit, make_crew_day, make_facility, on_a_line):
        visits = [make_visit(place, 200, volume_m3=3) for place in (1, 2)]
        matrix, tip = on_a_line([0, 10, 20, 15]), make_facility(3, windows=[(10 * HOUR, 20 * HOUR)])
        route = time_route(make_crew_day(facilities=[tip]), visits, matrix)

        assert route.breaks == (Break(9 * HOUR + 30 * 60, 10 * HOUR, 1),)
        assert faults(route, matrix) == []

    def test_a_long_day_rests_longer(self, make_visit, make_crew_day, on_a_line):
        visits = [make_visit(place, 275) for place in (1, 2)]
        matrix = on_a_line([0, 0, 0])
        route = time_route(make_crew_day(max_work_h=10), visits, matrix)

        assert route.breaks[0].end_s - route.breaks[0].start_s == 45 * 60
        assert faults(route, matrix) == []
        assert time_route(make_crew_day(max_work_h=9), visits, matrix) == Refusal("work_time")

    def test_the_day_ends_where_the_crew_day_says(self, make_visit, make_crew_day, on_a_line):
        matrix = on_a_line([0, 10, 30])
        route = time_route(make_crew_day(end_place=2), [make_visit(1)], matrix)

        assert (route.drive_s, route.length_m) == (1800, 18_000)
        assert faults(route, matrix) == []

    def test_trips_given_are_made_and_no_others(self, make_visit, make_crew_day, make_facility, on_a_line):
        visits = [make_visit(place, 30, volume_m3=1.5) for place in (1, 2)]
        matrix, tip = on_a_line([0, 10, 20, 15]), make_facility(3)
        crew_day = make_crew_day(facilities=[tip])

        assert trips_of(time_route(crew_day, visits, matrix, [(1, tip), (2, tip)])) == [(1, tip.code), (2, tip.code)]
        full = [make_visit(place, 30, volume_m3=3, waste_key=GREEN) for place in (1, 2)]
        assert time_route(crew_day, full, matrix, []) == Refusal("too_large")
        assert time_route(crew_day, full, matrix, [(1, make_facility(3, [MIXED]))]) == Refusal("no_facility")

    def test_a_tip_without_a_way_is_no_tip(self, make_visit, make_crew_day, make_facility, on_a_line):
        visits = [make_visit(place, 30, volume_m3=3) for place in (1, 2)]
        matrix = on_a_line([0, 10, 20, 15])
        seconds = matrix.seconds.copy()
        seconds[1, 3] = UNREACHABLE
        cut, tip = TravelMatrix(seconds, matrix.metres), make_facility(3)

        assert time_route(make_crew_day(facilities=[tip]), visits, cut) == Refusal("no_facility")
        assert time_route(make_crew_day(facilities=[tip]), visits, cut, [(1, tip)]) == Refusal("unreachable", "visit-1")
        assert isinstance(time_route(make_crew_day(facilities=[tip]), visits[::-1], cut), Route)
        assert time_route(make_crew_day(facilities=[make_facility(-1)]), visits, matrix) == Refusal("no_facility")


HOURS = (
    ALL_DAY,
    ALL_DAY,
    ((7 * HOUR, 9 * HOUR),),
    ((10 * HOUR, 12 * HOUR), (13 * HOUR, 18 * HOUR)),
    ((12 * HOUR, 12 * HOUR + 600),),
)
STRETCHES = (ALL_DAY, ALL_DAY, ((9 * HOUR, 13 * HOUR), (15 * HOUR, 17 * HOUR)), ((7 * HOUR, 11 * HOUR),))


def shortest(matrix: TravelMatrix) -> TravelMatrix:
    """Return the matrix without ways that are longer than over another place, as streets have none."""
    seconds = matrix.seconds.astype(np.int64)
    for place in range(len(seconds)):
        seconds = np.minimum(seconds, seconds[:, place, None] + seconds[None, place])
    return TravelMatrix(seconds.astype(np.int32), (seconds * 8).astype(np.int32))


@st.composite
def days(draw, make_visit, make_facility, make_crew_day, scattered, *, most: int, shift_h: tuple[float, float]):
    """Draw a crew-day with two facilities, its visits and the travel between them."""
    count = draw(st.integers(1, most))
    visits = [
        make_visit(
            place,
            draw(st.integers(5, 100)),
            draw(st.sampled_from(STRETCHES)),
            volume_m3=draw(st.sampled_from([0, 0.5, 1.0, 1.7, 3.0])),
            waste_key=draw(st.sampled_from(["", GREEN, MIXED])),
            **draw(st.sampled_from([{}, {}, {"supply": "plants"}, {"supply": "plants", "supply_m3": 1.2}])),
        )
        for place in range(1, count + 1)
    ]
    facilities = [
        make_facility(
            count + 1 + number,
            draw(st.sampled_from([[GREEN, MIXED], [GREEN, MIXED], [GREEN], [MIXED], []])),
            draw(st.sampled_from([["plants"], ["plants"], []])),
            minutes=draw(st.integers(1, 20)),
            windows=draw(st.sampled_from(HOURS)),
        )
        for number in range(2)
    ]
    crew_day = make_crew_day(
        *shift_h,
        capacity_m3=draw(st.sampled_from([3.0, 4.2])),
        facilities=facilities,
        ends_empty=draw(st.booleans()),
        end_place=draw(st.sampled_from([None, 1, count + 2])),
        max_work_h=draw(st.sampled_from([8, 9.2, 10])),
    )
    return crew_day, visits, shortest(scattered(count + 3, draw(st.integers(0, 99))))


@given(data=st.data())
@settings(max_examples=150, deadline=None)
def test_every_timed_route_passes_the_checker(
    make_visit, make_facility, make_crew_day, scattered, data
):  # facilities, hours, kinds, end places and working times at random
    crew_day, visits, matrix = data.draw(
        days(make_visit, make_facility, make_crew_day, scattered, most=7, shift_h=(6.5, 18))
    )
    route = time_route(crew_day, visits, matrix)

    assert isinstance(route, Refusal) or faults(route, matrix) == []


def best_by_trying_all(crew_day: CrewDay, visits: list[Visit], matrix: TravelMatrix) -> float:
    """Return the least driving and time at facilities over all trips, up to two after each stop."""
    several = crew_day.facilities
    options: list[tuple[Facility, ...]] = [(), *((one,) for one in several), *permutations(several, 2)]
    if not misload(crew_day, visits, ()):
        return spent_s(time_route(crew_day, visits, matrix, ()))
    return min(
        spent_s(time_route(crew_day, visits, matrix, trips))
        for made in product(options, repeat=len(visits))
        for trips in [[(after, one) for after, some in enumerate(made, start=1) for one in some]]
    )


@given(data=st.data())
@settings(max_examples=60, deadline=None)
def test_trips_cost_no_more_than_the_best_of_all(make_visit, make_facility, make_crew_day, scattered, data):
    # six hours: nobody rests, and whatever is left aside is worse
    crew_day, visits, matrix = data.draw(
        days(make_visit, make_facility, make_crew_day, scattered, most=3, shift_h=(7, 13))
    )

    assert spent_s(time_route(crew_day, visits, matrix)) == best_by_trying_all(crew_day, visits, matrix)


@given(data=st.data())
@settings(max_examples=60, deadline=None)
def test_trips_around_a_break_cost_no_more_than_the_best_of_all(
    make_visit, make_facility, make_crew_day, scattered, data
):
    crew_day, visits, matrix = data.draw(
        days(make_visit, make_facility, make_crew_day, scattered, most=2, shift_h=(6.5, 18))
    )
    visits = [Visit(**{**vars(visit), "service_s": visit.service_s + 2 * HOUR}) for visit in visits]

    assert spent_s(time_route(crew_day, visits, matrix)) == best_by_trying_all(crew_day, visits, matrix)


@given(data=st.data())
@settings(max_examples=30, deadline=None)
def test_the_best_order_is_found_with_its_trips(make_visit, make_facility, make_crew_day, scattered, data):
    crew_day, visits, matrix = data.draw(
        days(make_visit, make_facility, make_crew_day, scattered, most=4, shift_h=(6.5, 18))
    )
    route = solve(crew_day, visits, matrix, stop=after_iterations(3), seed=1)
    best = min(spent_s(time_route(crew_day, order, matrix)) for order in permutations(visits))

    assert (spent_s(route) if route else float("inf")) == best
    assert route is None or faults(route, matrix) == []


def test_a_full_day_with_trips_is_ordered_well(make_visit, make_facility, make_crew_day, scattered):
    visits = [make_visit(place, 20, volume_m3=1.0, waste_key=(GREEN, MIXED)[place % 2]) for place in range(1, 11)]
    crew_day = make_crew_day(6.5, 16, facilities=[make_facility(11), make_facility(12, [GREEN])], ends_empty=True)
    matrix = shortest(scattered(13, 4))
    route = solve(crew_day, visits, matrix, stop=after_iterations(5), seed=1)

    assert faults(route, matrix) == []
    assert len(route.trips) == 4
    assert spent_s(route) < spent_s(time_route(crew_day, visits, matrix))
    assert route == solve(crew_day, visits, matrix, stop=after_iterations(5), seed=1)


def test_the_earliest_way_is_never_left_aside_for_cheaper_ones(monkeypatch):
    costs, ats = np.array([1, 2, 3]), np.array([30, 20, 10])

    assert trips_module._slot(9, 40, 3, costs, ats) == -1  # worse than one in both
    assert trips_module._slot(9, 5, 3, costs, ats) == 2  # earlier than all, in the place of the dearest
    assert trips_module._slot(0, 50, 3, costs, ats) == 1  # cheaper than all: the earliest stays
    assert trips_module._slot(2, 15, 3, costs, ats) == 1  # better than one in both
    assert trips_module._slot(9, 99, 2, costs, ats) == 2  # room is left


def test_with_trips_tells_what_forbids_them(make_visit, make_crew_day, make_facility, on_a_line):
    visits = [make_visit(place, 60, volume_m3=3) for place in (1, 2)]
    matrix, tip = on_a_line([0, 10, 20, 15]), make_facility(3)

    assert with_trips(make_crew_day(facilities=[tip]), visits, matrix) == ((1, tip),)
    assert with_trips(make_crew_day(6, 8, facilities=[tip]), visits, matrix) == Refusal("shift")
    assert with_trips(make_crew_day(), visits, matrix) == Refusal("too_large")


def test_pairs_of_legs_add_up(make_visit, make_crew_day, make_facility, on_a_line):
    visits = [make_visit(place, 30, volume_m3=3) for place in (1, 2)]
    matrix = on_a_line([0, 10, 20, 15])
    route = time_route(make_crew_day(facilities=[make_facility(3)]), visits, matrix)
    way = [0, 1, 3, 2, 0]

    assert route.drive_s == sum(int(matrix.seconds[a, b]) for a, b in pairwise(way))
