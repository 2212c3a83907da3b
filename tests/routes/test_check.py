"""One wrong route per rule: each must be found, by the rule that it breaks; the route they are made from is sound."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from geo_service.routes.check import faults
from geo_service.routes.model import Break, FacilityTrip, Route, Stop
from geo_service.streets.model import UNREACHABLE, TravelMatrix

HOUR = 3600
TUESDAY = date(2026, 11, 24)


@pytest.fixture
def matrix(on_a_line) -> TravelMatrix:
    return on_a_line([0, 10, 30])


@pytest.fixture
def route(make_visit, make_crew_day) -> Route:
    """Four hours at the first plot, a rest there, three at the second."""
    one = make_visit(1, 240, skills=["machines"], needs=["mower"], people=2, volume_m3=2.0)
    two = make_visit(2, 180, [(9 * HOUR, 16 * HOUR)], volume_m3=1.0)
    start, rest = 7 * HOUR, Break(7 * HOUR + 250 * 60, 7 * HOUR + 280 * 60, 1)
    return Route(
        crew_day=make_crew_day(6, 16),
        stops=(
            Stop(1, one, start + 600, start + 600, rest.start_s, 600, 6000),
            Stop(2, two, rest.end_s + 1200, rest.end_s + 1200, rest.end_s + 200 * 60, 1200, 12_000),
        ),
        breaks=(rest,),
        start_s=start,
        end_s=rest.end_s + 230 * 60,
        drive_s=3600,
        length_m=36_000,
        work_s=7 * HOUR,
        wait_s=0,
    )


def rules(route: Route, matrix: TravelMatrix) -> set[str]:
    return {fault.rule for fault in faults(route, matrix)}


def with_stop(route: Route, index: int, **changes) -> Route:
    stops = list(route.stops)
    stops[index] = replace(stops[index], **changes)
    return replace(route, stops=tuple(stops))


def with_visit(route: Route, index: int, **changes) -> Route:
    return with_stop(route, index, visit=replace(route.stops[index].visit, **changes))


def with_crew(route: Route, **changes) -> Route:
    return replace(route, crew_day=replace(route.crew_day, **changes))


def later(route: Route, seconds: int) -> Route:
    """Move the whole day."""
    return replace(
        route,
        start_s=route.start_s + seconds,
        end_s=route.end_s + seconds,
        breaks=tuple(Break(one.start_s + seconds, one.end_s + seconds, one.after) for one in route.breaks),
        stops=tuple(
            replace(
                stop,
                arrival_s=stop.arrival_s + seconds,
                start_s=stop.start_s + seconds,
                end_s=stop.end_s + seconds,
            )
            for stop in route.stops
        ),
    )


def test_the_sound_route_has_no_fault(route, matrix):
    assert faults(route, matrix) == []


WRONG = {
    "place": lambda route: with_visit(route, 1, place=7),
    "drive": lambda route: with_stop(route, 1, drive_s=1199),
    "length": lambda route: with_stop(route, 1, length_m=11_999),
    "order": lambda route: with_stop(route, 1, order=3),
    "twice": lambda route: with_visit(route, 1, visit_id="visit-1"),
    "arrival": lambda route: with_stop(route, 1, arrival_s=route.stops[1].arrival_s - 1801),
    "start": lambda route: with_stop(route, 1, start_s=route.stops[1].arrival_s - 1),
    "end": lambda route: with_visit(route, 1, service_s=180 * 60 + 1),
    "date": lambda route: with_crew(route, on=TUESDAY),
    "window": lambda route: with_visit(route, 1, day_windows={route.crew_day.on: ((9 * HOUR, 15 * HOUR - 1),)}),
    "people": lambda route: with_crew(route, people=1),
    "skill": lambda route: with_crew(route, skills=frozenset()),
    "machine": lambda route: with_crew(route, machines=frozenset({"chainsaw"})),
    "capacity": lambda route: with_crew(route, capacity_m3=2.9),
    "shift": lambda route: later(route, 90 * 60),
    "break": lambda route: replace(route, breaks=()),
    "stretch": lambda route: replace(route, breaks=(replace(route.breaks[0], start_s=13 * HOUR + 1),)),
    "work_time": lambda route: replace(route, start_s=route.start_s - 1801),
    "total": lambda route: replace(route, drive_s=3599),
}


@pytest.mark.parametrize("rule", WRONG)
def test_finds_what_breaks_the_rule(route, matrix, rule):
    assert rule in rules(WRONG[rule](route), matrix)


@pytest.mark.parametrize("total", ["drive_s", "length_m", "work_s", "wait_s"])
def test_finds_each_wrong_total(route, matrix, total):
    assert rules(replace(route, **{total: 1}), matrix) == {"total"}


def test_finds_a_way_that_does_not_exist(route, matrix):
    for leg in [(0, 1), (1, 2), (2, 0)]:
        seconds = matrix.seconds.copy()
        seconds[leg] = UNREACHABLE
        assert "drive" in rules(route, TravelMatrix(seconds, matrix.metres))


def test_finds_a_depot_reached_too_soon(route, matrix):
    assert "end" in rules(replace(route, end_s=route.end_s - 1, wait_s=-1), matrix)


@pytest.mark.parametrize(
    "wrong",
    [
        [(250, 264, 1), (264, 280, 1)],  # a part of 14 min
        [(245, 275, 1)],  # begins while they still work
        [(260, 290, 1)],  # ends when they should be driving
        [(250, 280, 0)],  # at another place than told
        [(250, 280, 2)],
        [(250, 280, 3)],
        [(250, 268, 1), (262, 280, 1)],  # overlapping
        [(250, 279, 1)],  # a minute short
    ],
)
def test_finds_a_break_that_is_none(route, matrix, wrong):
    seven = 7 * HOUR
    breaks = tuple(Break(seven + start * 60, seven + end * 60, after) for start, end, after in wrong)

    assert "break" in rules(replace(route, breaks=breaks), matrix)


def test_accepts_a_break_in_two_parts(route, matrix):
    start = route.breaks[0].start_s

    assert (
        faults(replace(route, breaks=(Break(start, start + 900, 1), Break(start + 900, start + 1800, 1))), matrix) == []
    )


def test_eight_hours_of_work_and_six_at_a_stretch_are_allowed(make_visit, make_crew_day, on_a_line):
    near = on_a_line([0, 0, 0])
    one, two = make_visit(1, 120), make_visit(2, 360)
    eight = Route(
        make_crew_day(6, 16),
        (
            Stop(1, one, 6 * HOUR, 6 * HOUR, 8 * HOUR, 0, 0),
            Stop(2, two, 8 * HOUR, 8 * HOUR + 1800, 14 * HOUR + 1800, 0, 0),
        ),
        (Break(8 * HOUR, 8 * HOUR + 1800, 1),),
        6 * HOUR,
        14 * HOUR + 1800,
        0,
        0,
        8 * HOUR,
        0,
    )

    assert faults(eight, near) == []
    assert rules(replace(eight, end_s=eight.end_s + 1, wait_s=1), near) == {"work_time", "stretch"}


def test_texts_name_crew_date_and_visit(route, matrix):
    text = faults(with_stop(route, 1, drive_s=1199), matrix)[0].text

    assert all(part in text for part in ("crew-1", "2026-11-23", "visit-2", "1200", "1199"))


def test_an_unknown_depot_is_a_fault(route, matrix):
    assert rules(with_crew(route, depot_place=-1), matrix) == {"place"}


TIP_KEYS = ("200201",)


@pytest.fixture
def with_trip(make_visit, make_crew_day, make_facility, on_a_line) -> tuple[Route, TravelMatrix]:
    """Two hours at the first plot, a trip half way on the way, two hours at the second, the day ends at the first."""
    one = make_visit(1, 120, volume_m3=2.0, waste_key="200201")
    two = make_visit(2, 120, volume_m3=1.0, waste_key="200201", supply="plants", supply_m3=1.5)
    tip = make_facility(3, TIP_KEYS, ["plants"], windows=[(9 * HOUR, 9 * HOUR + 2100)])
    seven, ten = 7 * HOUR, 600
    trip = FacilityTrip(
        1, tip, seven + 140 * 60, seven + 140 * 60, seven + 155 * 60, ten, 2 * 3000, unloaded_m3=2.0, loaded_m3=1.5
    )
    route = Route(
        crew_day=make_crew_day(facilities=[tip], end_place=1),
        stops=(
            Stop(1, one, seven + 600, seven + 600, seven + 130 * 60, 600, 6000),
            Stop(2, two, seven + 165 * 60, seven + 165 * 60, seven + 285 * 60, 600, 6000),
        ),
        breaks=(),
        start_s=seven,
        end_s=seven + 305 * 60,
        drive_s=50 * 60,
        length_m=30_000,
        work_s=255 * 60,
        wait_s=0,
        trips=(trip,),
    )
    return route, on_a_line([0, 10, 30, 20])


def with_change(route: Route, **changes) -> Route:
    return replace(route, trips=(replace(route.trips[0], **changes),))


def with_facility(route: Route, **changes) -> Route:
    """Change the facility in the crew-day and in the trip."""
    facility = replace(route.trips[0].facility, **changes)
    return with_change(with_crew(route, facilities=(facility,)), facility=facility)


WRONG_TRIPS = {
    "another facility": ({"facility"}, lambda route: with_crew(route, facilities=())),
    "waste not taken": ({"facility"}, lambda route: with_facility(route, accepts=frozenset({"200301"}))),
    "no waste taken": ({"facility"}, lambda route: with_facility(route, accepts=frozenset())),
    "goods not there": ({"facility"}, lambda route: with_facility(route, supplies=frozenset({"seed"}))),
    "not open yet": ({"facility"}, lambda route: with_facility(route, windows=((9 * HOUR + 1201, 10 * HOUR),))),
    "closed before": ({"facility"}, lambda route: with_facility(route, windows=((9 * HOUR, 9 * HOUR + 2099),))),
    "closed between": (
        {"facility"},
        lambda route: with_facility(route, windows=((0, 9 * HOUR + 1800), (9 * HOUR + 1801, 86_400))),
    ),
    "first segment": ({"capacity", "total"}, lambda route: with_visit(route, 0, volume_m3=3.1)),
    "second segment": ({"capacity"}, lambda route: with_visit(route, 1, volume_m3=1.6)),
    "comes back full": ({"ends_empty"}, lambda route: with_crew(route, ends_empty=True)),
    "ends elsewhere": ({"end", "total"}, lambda route: with_crew(route, end_place=None)),
    "end not on the streets": ({"place"}, lambda route: with_crew(route, end_place=4)),
    "facility not on the streets": ({"place"}, lambda route: with_facility(route, place=4)),
    "drive to it": ({"drive", "total"}, lambda route: with_change(route, drive_s=599)),
    "way to it": ({"length", "total"}, lambda route: with_change(route, length_m=5999)),
    "reached too soon": ({"arrival"}, lambda route: with_change(route, arrival_s=route.trips[0].arrival_s - 1)),
    "begun too soon": ({"start", "end", "total"}, lambda route: with_change(route, start_s=9 * HOUR + 1199)),
    "too short": ({"end"}, lambda route: with_facility(route, service_s=901)),
    "after a stop there is not": ({"order"}, lambda route: with_change(route, after=3)),
    "unloads more": ({"total"}, lambda route: with_change(route, unloaded_m3=2.5)),
    "loads less": ({"total"}, lambda route: with_change(route, loaded_m3=0.0)),
    "takes too long for the day": ({"work_time"}, lambda route: with_crew(route, max_work_s=305 * 60 - 1)),
}


@pytest.mark.parametrize("wrong", WRONG_TRIPS)
def test_finds_what_is_wrong_with_a_trip(with_trip, wrong):
    route, matrix = with_trip
    expected, change = WRONG_TRIPS[wrong]

    assert faults(route, matrix) == []
    found = rules(change(route), matrix)
    assert expected <= found
    assert found == expected or wrong == "after a stop there is not"


def test_trips_come_in_the_order_of_driving(with_trip):
    route, matrix = with_trip
    swapped = replace(route, trips=(replace(route.trips[0], after=2), route.trips[0]))

    assert "order" in rules(swapped, matrix)


def test_without_the_trip_the_load_is_too_large(with_trip):
    route, matrix = with_trip

    assert "capacity" in rules(replace(route, trips=()), matrix)


def test_waste_without_a_key_is_taken_where_any_is(with_trip):
    route, matrix = with_trip

    assert faults(with_visit(route, 0, waste_key=""), matrix) == []


@pytest.mark.parametrize(("start", "end", "after"), [(155, 185, 1), (140, 170, 1), (150, 180, 1), (155, 185, 2)])
def test_a_break_at_a_facility_is_neither_work_nor_driving(with_trip, start, end, after):
    route, matrix = with_trip
    seven = 7 * HOUR
    trip, second = route.trips[0], route.stops[1]
    late = 30 * 60
    moved = replace(
        route,
        breaks=(Break(seven + start * 60, seven + end * 60, after),),
        stops=(
            route.stops[0],
            replace(
                second,
                arrival_s=second.arrival_s + late,
                start_s=second.start_s + late,
                end_s=second.end_s + late,
            ),
        ),
        end_s=route.end_s + late,
    )
    if start == 140:  # before the work there, which then begins later
        moved = with_facility(
            replace(moved, trips=(replace(trip, start_s=trip.start_s + late, end_s=trip.end_s + late),)),
            windows=((9 * HOUR, 12 * HOUR),),
        )

    assert ("break" in rules(moved, matrix)) == (start == 150 or after == 2)


@pytest.mark.parametrize(("worked_h", "minutes", "right"), [(9, 30, True), (9.5, 30, False), (9.5, 45, True)])
def test_more_than_nine_hours_ask_for_45_minutes(make_visit, make_crew_day, on_a_line, worked_h, minutes, right):
    half, rest = round(worked_h * HOUR / 2), minutes * 60
    one, two = make_visit(1, half // 60), make_visit(2, half // 60)
    noon = 6 * HOUR + half
    route = Route(
        make_crew_day(6, 20, max_work_h=10),
        (
            Stop(1, one, 6 * HOUR, 6 * HOUR, noon, 0, 0),
            Stop(2, two, noon + rest, noon + rest, noon + rest + half, 0, 0),
        ),
        (Break(noon, noon + rest, 1),),
        6 * HOUR,
        noon + rest + half,
        0,
        0,
        2 * half,
        0,
    )

    assert rules(route, on_a_line([0, 0, 0])) == (set() if right else {"break"})


def test_nobody_works_more_than_ten_hours(make_visit, make_crew_day, on_a_line):
    one, two = make_visit(1, 303), make_visit(2, 303)
    noon = 6 * HOUR + 303 * 60
    long = Route(
        make_crew_day(6, 20, max_work_h=12),
        (
            Stop(1, one, 6 * HOUR, 6 * HOUR, noon, 0, 0),
            Stop(2, two, noon + 2700, noon + 2700, noon + 345 * 60 + 180, 0, 0),
        ),
        (Break(noon, noon + 2700, 1),),
        6 * HOUR,
        noon + 348 * 60,
        0,
        0,
        606 * 60,
        0,
    )

    assert rules(long, on_a_line([0, 0, 0])) == {"work_time"}
