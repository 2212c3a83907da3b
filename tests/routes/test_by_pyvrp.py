from __future__ import annotations

import pytest

from geo_service.base.progress import after_iterations
from geo_service.routes.by_pyvrp import order_by_pyvrp
from geo_service.routes.exact import best_order
from geo_service.routes.task import OrderingTask
from geo_service.streets.model import UNREACHABLE, TravelMatrix

HOUR = 3600
BROKEN_DAY = ((9 * HOUR, 13 * HOUR), (15 * HOUR, 17 * HOUR))


@pytest.mark.parametrize("seed", range(4))
def test_finds_the_optimum_of_a_small_day_with_several_stretches(make_visit, make_crew_day, scattered, seed):
    visits = [make_visit(place, 45, BROKEN_DAY if place % 2 else [(6 * HOUR, 20 * HOUR)]) for place in range(1, 7)]
    task = OrderingTask(make_crew_day(8, 17), visits, scattered(7, seed))
    order = order_by_pyvrp(task, 0, stop=after_iterations(100), seed=1)

    assert task.fits(order)
    assert task.drive_s(order) == task.drive_s(best_order(task))


def test_leaves_time_for_the_break_of_a_long_day(make_visit, make_crew_day, on_a_line):
    visits = [make_visit(place, 100) for place in (1, 2, 3, 4)]
    tight = OrderingTask(make_crew_day(6, 13), visits, on_a_line([0] * 5))
    roomy = OrderingTask(make_crew_day(6, 13.5), visits, on_a_line([0] * 5))

    assert order_by_pyvrp(tight, 0, stop=after_iterations(20), seed=1) is None
    assert roomy.fits(order_by_pyvrp(roomy, 0, stop=after_iterations(20), seed=1))


def test_goes_round_where_no_way_leads(make_visit, make_crew_day, on_a_line):
    matrix = on_a_line([0, 10, 20, 30])
    seconds = matrix.seconds.copy()
    seconds[0, 1] = seconds[0, 3] = UNREACHABLE
    task = OrderingTask(make_crew_day(), [make_visit(p, 20) for p in (1, 2, 3)], TravelMatrix(seconds, matrix.metres))

    assert order_by_pyvrp(task, 0, stop=after_iterations(30), seed=1)[0] == 1


def test_finds_none_where_none_is(make_visit, make_crew_day, on_a_line):
    visits = [make_visit(1, 60, [(8 * HOUR, 9 * HOUR)]), make_visit(2, 60, [(8 * HOUR, 9 * HOUR)])]
    task = OrderingTask(make_crew_day(), visits, on_a_line([0, 1, 2]))

    assert order_by_pyvrp(task, 0, stop=after_iterations(20), seed=1) is None


def test_facilities_shape_the_order(make_visit, make_crew_day, make_facility, on_a_line):
    # the tip lies at the far end: emptied there after the two farthest, the way back fills the vehicle again
    visits = [make_visit(place, 20, volume_m3=1.0) for place in (1, 2, 3, 4)]
    tip = make_facility(5)
    task = OrderingTask(make_crew_day(capacity_m3=2.0, facilities=[tip]), visits, on_a_line([0, 10, 20, 30, 40, 41]))
    order = order_by_pyvrp(task, 0, stop=after_iterations(50), seed=1)

    assert task.cost_s(order) == task.cost_s(best_order(task)) == 82 * 60 + tip.service_s


def test_a_day_that_ends_empty_ends_near_the_tip(make_visit, make_crew_day, make_facility, on_a_line):
    visits = [make_visit(place, 20, volume_m3=1.0) for place in (1, 2)]
    day = make_crew_day(capacity_m3=2.0, facilities=[make_facility(3)], ends_empty=True, end_place=3)
    task = OrderingTask(day, visits, on_a_line([0, 20, 10, 30]))

    assert order_by_pyvrp(task, 0, stop=after_iterations(20), seed=1) == (1, 0)


def test_ends_where_the_crew_day_ends(make_visit, make_crew_day, on_a_line):
    task = OrderingTask(make_crew_day(end_place=2), [make_visit(2, 20), make_visit(1, 20)], on_a_line([0, 10, 20]))

    assert order_by_pyvrp(task, 0, stop=after_iterations(20), seed=1) == (1, 0)
