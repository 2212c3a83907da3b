from __future__ import annotations

import pytest

from geo_service.routes.by_vroom import order_by_vroom
from geo_service.routes.exact import best_order
from geo_service.routes.task import OrderingTask
from geo_service.streets.model import UNREACHABLE, TravelMatrix

HOUR = 3600
BROKEN_DAY = ((9 * HOUR, 13 * HOUR), (15 * HOUR, 17 * HOUR))


@pytest.mark.parametrize("seed", range(4))
def test_finds_the_optimum_of_a_small_day_with_several_stretches(make_visit, make_crew_day, scattered, seed):
    visits = [make_visit(place, 45, BROKEN_DAY if place % 2 else [(6 * HOUR, 20 * HOUR)]) for place in range(1, 7)]
    task = OrderingTask(make_crew_day(8, 17), visits, scattered(7, seed))
    order = order_by_vroom(task, 0)

    assert task.fits(order)
    assert task.drive_s(order) == task.drive_s(best_order(task))


def test_leaves_time_for_the_break_of_a_long_day(make_visit, make_crew_day, on_a_line):
    visits = [make_visit(place, 100) for place in (1, 2, 3, 4)]
    tight = OrderingTask(make_crew_day(6, 13), visits, on_a_line([0] * 5))
    roomy = OrderingTask(make_crew_day(6, 13.5), visits, on_a_line([0] * 5))

    assert order_by_vroom(tight, 0) is None
    assert roomy.fits(order_by_vroom(roomy, 0))


def test_a_shift_too_short_for_the_break_it_would_need_has_none(make_visit, make_crew_day, on_a_line):
    task = OrderingTask(make_crew_day(6, 6.25), [make_visit(1, 5)], on_a_line([0, 1]))

    assert order_by_vroom(task, 8 * HOUR) == (0,)


def test_gives_up_where_a_visit_is_not_reached_straight_from_the_depot(make_visit, make_crew_day, on_a_line):
    matrix = on_a_line([0, 10, 20, 30])
    seconds = matrix.seconds.copy()
    seconds[0, 1] = seconds[0, 3] = UNREACHABLE
    task = OrderingTask(make_crew_day(), [make_visit(p, 20) for p in (1, 2, 3)], TravelMatrix(seconds, matrix.metres))

    assert order_by_vroom(task, 0) is None


def test_ends_where_the_crew_day_ends(make_visit, make_crew_day, on_a_line):
    visits = [make_visit(place, 20) for place in (2, 1, 3)]
    task = OrderingTask(make_crew_day(end_place=3), visits, on_a_line([0, 10, 20, 30]))

    assert order_by_vroom(task, 0) == (1, 0, 2)


def test_finds_none_where_none_is(make_visit, make_crew_day, on_a_line):
    visits = [make_visit(1, 60, [(8 * HOUR, 9 * HOUR)]), make_visit(2, 60, [(8 * HOUR, 9 * HOUR)])]
    task = OrderingTask(make_crew_day(), visits, on_a_line([0, 1, 2]))

    assert order_by_vroom(task, 0) is None
