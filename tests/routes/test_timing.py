from __future__ import annotations

from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo_service.routes.check import faults
from geo_service.routes.model import Break, Route
from geo_service.routes.timing import BREAK_S, Refusal, Timetable, busy_limit_s, starts_on, time_route, timetable
from geo_service.streets.model import UNREACHABLE, TravelMatrix

HOUR = 3600
MONDAY = date(2026, 11, 23)
MORNING, AFTERNOON = (9 * HOUR, 13 * HOUR), (15 * HOUR, 17 * HOUR)


def test_leaves_as_late_as_it_can_without_ending_later(make_visit, make_crew_day, on_a_line):
    route = time_route(make_crew_day(), [make_visit(1, 60, [MORNING])], on_a_line([0, 10]))

    assert (route.start_s, route.stops[0].arrival_s, route.end_s) == (9 * HOUR - 600, 9 * HOUR, 10 * HOUR + 600)
    assert route.wait_s == 0


def test_leaves_at_once_when_nothing_holds_it(make_visit, make_crew_day, on_a_line):
    route = time_route(make_crew_day(), [make_visit(1), make_visit(2)], on_a_line([0, 10, 20]))

    assert route.start_s == 6 * HOUR
    assert (route.drive_s, route.length_m, route.work_s) == (40 * 60, 24_000, 2 * HOUR)


def test_waits_for_the_second_stretch_when_the_work_does_not_end_in_the_first(make_visit, make_crew_day, on_a_line):
    visits = [make_visit(1, 200, [MORNING]), make_visit(2, 60, [MORNING, AFTERNOON])]
    route = time_route(make_crew_day(6, 17), visits, on_a_line([0, 10, 20]))

    assert route.stops[1].start_s == 15 * HOUR
    assert faults(route, on_a_line([0, 10, 20])) == []


def test_rests_in_the_wait_when_there_is_one(make_visit, make_crew_day, on_a_line):
    visits = [make_visit(1, 240, [MORNING]), make_visit(2, 60, [AFTERNOON]), make_visit(3, 30, [AFTERNOON])]
    route = time_route(make_crew_day(6, 17), visits, on_a_line([0, 10, 20, 25]))

    assert route.breaks == (Break(13 * HOUR, 13 * HOUR + BREAK_S, 1),)
    assert route.wait_s == 2 * HOUR - BREAK_S - 600


def test_no_break_in_six_hours_and_one_in_more(make_visit, make_crew_day, on_a_line):
    near = on_a_line([0, 0, 0])
    six = time_route(make_crew_day(), [make_visit(1, 180), make_visit(2, 180)], near)
    more = time_route(make_crew_day(), [make_visit(1, 180), make_visit(2, 181)], near)

    assert six.breaks == ()
    assert more.breaks == (Break(9 * HOUR, 9 * HOUR + BREAK_S, 1),)


def test_rests_after_the_drive_when_the_stretch_before_it_allows_only_that(make_visit, make_crew_day, on_a_line):
    # 5 h 20 min at work, then 40 min of driving, then 1 h 10 min: resting before the drive leaves 2 h 30 min, both fit;
    # with the long visit second only a rest behind the drive keeps its stretch at 6 h
    matrix = on_a_line([0, 0, 40])
    route = time_route(make_crew_day(6, 17), [make_visit(1, 60), make_visit(2, 320)], matrix)

    assert route.breaks[0].start_s == 6 * HOUR + 100 * 60
    assert faults(route, matrix) == []


def test_nobody_rests_in_the_middle_of_a_visit(make_visit, make_crew_day, on_a_line):
    assert time_route(make_crew_day(), [make_visit(1, 360)], on_a_line([0, 1])) == Refusal("break")
    assert isinstance(time_route(make_crew_day(), [make_visit(1, 359)], on_a_line([0, 1])), Route)


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"people": 3}, "too_few_people"),
        ({"skills": ["woody"]}, "no_skill"),
        ({"needs": ["chainsaw"]}, "no_machine"),
        ({"volume_m3": 3.1}, "too_large"),
        ({"windows": []}, "law"),
        ({"on": date(2026, 11, 24)}, "law"),
        ({"windows": [(9 * HOUR, 9 * HOUR + 3599)]}, "window"),
        ({"windows": [(5 * HOUR, 7 * HOUR)]}, "window"),
        ({"windows": [(15 * HOUR, 17 * HOUR)]}, "shift"),
    ],
)
def test_tells_why_a_visit_cannot_be(make_visit, make_crew_day, on_a_line, changed, code):
    route = time_route(make_crew_day(6, 16), [make_visit(1, **changed)], on_a_line([0, 61]))

    assert isinstance(route, Refusal)
    assert route.code == code


def test_tells_that_the_load_of_all_is_too_large(make_visit, make_crew_day, on_a_line):
    visits = [make_visit(1, volume_m3=1.6), make_visit(2, volume_m3=1.4)]

    assert isinstance(time_route(make_crew_day(), visits, on_a_line([0, 1, 2])), Route)
    assert time_route(make_crew_day(capacity_m3=2.9), visits, on_a_line([0, 1, 2])) == Refusal("too_large")


def test_tells_when_there_is_no_way_and_no_street(make_visit, make_crew_day, on_a_line):
    matrix = on_a_line([0, 1, 2])
    seconds = matrix.seconds.copy()
    seconds[1, 2] = UNREACHABLE
    cut = TravelMatrix(seconds, matrix.metres)
    one, two = make_visit(1), make_visit(2)

    assert time_route(make_crew_day(), [one, two], cut) == Refusal("unreachable", "visit-2")
    assert isinstance(time_route(make_crew_day(), [two, one], cut), Route)
    assert time_route(make_crew_day(), [make_visit(-1)], matrix) == Refusal("off_network", "visit--1")


def test_tells_when_eight_hours_are_not_enough(make_visit, make_crew_day, on_a_line):
    visits = [make_visit(place, 121) for place in (1, 2, 3, 4)]

    assert time_route(make_crew_day(6, 20), visits, on_a_line([0] * 5)) == Refusal("work_time")


def test_waiting_counts_as_working_time(make_visit, make_crew_day, on_a_line):
    visits = [make_visit(1, 60, [(7 * HOUR, 8 * HOUR)]), make_visit(2, 60, [(15 * HOUR, 16 * HOUR)])]

    assert time_route(make_crew_day(6, 20), visits, on_a_line([0] * 3)) == Refusal("work_time")


def test_starts_end_in_their_stretch(make_visit):
    visit = make_visit(1, 120, [AFTERNOON, MORNING])

    assert starts_on(visit, MONDAY) == ((9 * HOUR, 11 * HOUR), (15 * HOUR, 15 * HOUR))
    assert starts_on(visit, date(2026, 11, 24)) == ()
    assert starts_on(make_visit(1, 60, [(0, 9000), (3600, 7200), (5000, 18_000)]), MONDAY) == ((0, 14_400),)


def test_an_empty_day_is_a_route_of_nothing(make_crew_day, on_a_line):
    route = time_route(make_crew_day(), [], on_a_line([0]))

    assert (route.stops, route.drive_s, route.start_s, route.end_s) == ((), 0, 6 * HOUR, 6 * HOUR)


QUARTER = 900
"""The grid of the exhaustive timing: everything is a multiple of a quarter of an hour."""


def exists_by_exhaustion(shift, legs, services, windows):
    """Tell whether an order can be timed, by trying every departure, wait and rest of quarters of an hour."""
    rest, stretch, work = 2, 24, 32
    for depart in range(shift[0], shift[1] + 1):
        states = {(depart, depart, False)}  # time, begin of the stretch of work, rested
        for position, leg in enumerate(legs):
            left = states | (after_rest(states, shift, rest, stretch) if position else set())
            there = {(at + leg, since, rested) for at, since, rested in waits(left, shift)}
            if position == len(services):
                states = {one for one in there if one[0] - one[1] <= stretch and one[0] <= shift[1]}
                if any(at - depart - (rest if rested else 0) <= work for at, _, rested in states):
                    return True
                break
            states = {
                (at + services[position], since, rested)
                for at, since, rested in waits(there | after_rest(there, shift, rest, stretch), shift)
                if any(low <= at and at + services[position] <= high for low, high in windows[position])
            }
    return False


def after_rest(states, shift, rest, stretch):
    return {
        (at + rest, at + rest, True)
        for at, since, rested in waits(states, shift)
        if not rested and at - since <= stretch
    }


def waits(states, shift):
    return {(later, since, rested) for at, since, rested in states for later in range(at, shift[1] + 1)}


@st.composite
def orders(draw):
    count = draw(st.integers(1, 4))
    start = draw(st.integers(20, 32))
    shift = (start, start + draw(st.integers(8, 40)))
    legs = draw(st.lists(st.integers(0, 6), min_size=count + 1, max_size=count + 1))
    services = draw(st.lists(st.integers(1, 14), min_size=count, max_size=count))
    windows = []
    for service in services:
        edges = draw(st.lists(st.integers(20, 72), min_size=1, max_size=2, unique=True))
        windows.append([(edge, edge + service + draw(st.sampled_from([0, 2, 8, 16, 40]))) for edge in sorted(edges)])
    return shift, legs, services, windows


@given(order=orders())
@settings(max_examples=120, deadline=None)
def test_timing_is_exact(make_visit, order):
    shift, legs, services, windows = order
    found = timetable(
        (shift[0] * QUARTER, shift[1] * QUARTER),
        [leg * QUARTER for leg in legs],
        [service * QUARTER for service in services],
        [
            starts_on(make_visit(1, service * 15, [(low * QUARTER, high * QUARTER) for low, high in several]), MONDAY)
            for several, service in zip(windows, services, strict=True)
        ],
    )

    assert isinstance(found, Timetable) == exists_by_exhaustion(shift, legs, services, windows)


@given(data=st.data())
@settings(max_examples=150, deadline=None)
def test_every_timed_route_passes_the_checker(make_visit, make_crew_day, scattered, data):
    count = data.draw(st.integers(1, 7))
    stretches = st.sampled_from([[MORNING], [MORNING, AFTERNOON], [(6 * HOUR, 20 * HOUR)], [(12 * HOUR, 14 * HOUR)]])
    visits = [make_visit(place, data.draw(st.integers(0, 150)), data.draw(stretches)) for place in range(1, count + 1)]
    matrix = scattered(count + 1, data.draw(st.integers(0, 9)))
    route = time_route(make_crew_day(data.draw(st.sampled_from([5.5, 6.75])), 17), visits, matrix)

    assert isinstance(route, Refusal) or faults(route, matrix) == []


def test_the_busy_limit_leaves_room_for_the_break():
    for length in np.arange(0, 12 * HOUR, 911):
        limit = busy_limit_s((0, int(length)))
        assert limit <= length
        if limit > 6 * HOUR:
            assert limit + BREAK_S <= length
