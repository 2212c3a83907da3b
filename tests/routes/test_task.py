from __future__ import annotations

from geo_service.routes import task as task_module
from geo_service.routes.task import OrderingTask
from geo_service.streets.model import UNREACHABLE, TravelMatrix

HOUR = 3600


def test_reckons_legs_from_and_to_the_depot(make_visit, make_crew_day, on_a_line):
    task = OrderingTask(make_crew_day(), [make_visit(2, 20), make_visit(1, 20)], on_a_line([0, 10, 30]))

    assert task.legs_of((0, 1)) == [1800, 1200, 600]
    assert task.drive_s(()) == 0


def test_tells_the_cheapest_that_fits(make_visit, make_crew_day, on_a_line):
    visits = [make_visit(1, 20, [(12 * HOUR, 13 * HOUR)]), make_visit(2, 20, [(8 * HOUR, 9 * HOUR)])]
    task = OrderingTask(make_crew_day(), visits, on_a_line([0, 10, 30]))

    assert not task.fits((0, 1))
    assert task.cheapest([(0, 1), (1, 0)]) == (1, 0)
    assert task.cheapest([(0, 1)]) is None


def test_an_order_over_no_way_does_not_fit(make_visit, make_crew_day, on_a_line):
    matrix = on_a_line([0, 10])
    seconds = matrix.seconds.copy()
    seconds[1, 0] = UNREACHABLE

    assert not OrderingTask(make_crew_day(), [make_visit(1)], TravelMatrix(seconds, matrix.metres)).fits((0,))


def test_forgets_before_it_remembers_too_much(make_visit, make_crew_day, on_a_line, monkeypatch):
    monkeypatch.setattr(task_module, "REMEMBERED", 2)
    task = OrderingTask(make_crew_day(), [make_visit(place, 20) for place in (1, 2, 3)], on_a_line([0, 1, 2, 3]))

    assert all(task.fits(order) for order in [(0,), (1,), (2,), (0, 1), (0, 1, 2), (0,)])


def test_an_order_costs_its_driving_and_the_time_at_facilities(make_visit, make_crew_day, make_facility, on_a_line):
    visits = [make_visit(place, 20, volume_m3=2.0) for place in (1, 2)]
    tip = make_facility(3)
    task = OrderingTask(make_crew_day(facilities=[tip]), visits, on_a_line([0, 10, 30, 20]))

    assert task.with_trips
    assert task.cost_s((0, 1)) == 3600 + tip.service_s
    assert task.cost_s((0,)) == task.drive_s((0,)) == 1200
    assert not OrderingTask(make_crew_day(), visits, on_a_line([0, 10, 30, 20])).possible


def test_legs_are_never_longer_than_a_way_with_trips(make_visit, make_crew_day, make_facility, on_a_line):
    matrix = on_a_line([0, 10, 30, 20])
    seconds = matrix.seconds.copy()
    seconds[1, 2] = UNREACHABLE  # but for the way over the tip
    visits = [make_visit(place, 20, volume_m3=2.0) for place in (1, 2)]
    cut = TravelMatrix(seconds, matrix.metres)
    task = OrderingTask(make_crew_day(facilities=[make_facility(3)]), visits, cut)

    assert task.drive_s((0, 1)) == 3600
    assert task.fits((0, 1))


def test_tells_the_cheapest_with_trips_not_the_one_with_the_shortest_legs(
    make_visit, make_crew_day, make_facility, on_a_line
):
    visits = [make_visit(place, 20, volume_m3=volume) for place, volume in ((1, 2.0), (2, 2.0), (3, 1.0))]
    matrix = on_a_line([0, 10, 12, 14, 11])
    task = OrderingTask(make_crew_day(facilities=[make_facility(4)]), visits, matrix)
    orders = [(0, 1, 2), (1, 0, 2), (2, 1, 0)]

    assert task.cost_s(task.cheapest(orders)) == min(task.cost_s(order) for order in orders)
