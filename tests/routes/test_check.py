"""One wrong route per rule: each must be found, by the rule that it breaks; the route they are made from is sound."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from geo_service.routes.check import faults
from geo_service.routes.model import Break, Route, Stop
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
