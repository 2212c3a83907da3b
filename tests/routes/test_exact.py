from __future__ import annotations

from geo_service.routes.exact import best_order
from geo_service.routes.task import OrderingTask

HOUR = 3600


def test_drives_there_and_back_on_a_line(make_visit, make_crew_day, on_a_line):
    visits = [make_visit(place, 20) for place in (1, 2, 3)]
    task = OrderingTask(make_crew_day(), visits, on_a_line([0, 30, 10, 20]))

    assert task.drive_s(best_order(task)) == 60 * 60


def test_takes_the_detour_that_windows_ask_for(make_visit, make_crew_day, on_a_line):
    visits = [make_visit(1, 20, [(12 * HOUR, 13 * HOUR)]), make_visit(2, 20, [(8 * HOUR, 9 * HOUR)])]
    far_first = [make_visit(1, 20, [(8 * HOUR, 9 * HOUR)]), make_visit(2, 20, [(12 * HOUR, 13 * HOUR)])]
    matrix = on_a_line([30, 20, 50])

    assert best_order(OrderingTask(make_crew_day(), visits, matrix)) == (1, 0)
    assert best_order(OrderingTask(make_crew_day(), far_first, matrix)) == (0, 1)


def test_finds_none_where_none_is(make_visit, make_crew_day, on_a_line):
    visits = [make_visit(1, 60, [(8 * HOUR, 9 * HOUR)]), make_visit(2, 60, [(8 * HOUR, 9 * HOUR)])]

    assert best_order(OrderingTask(make_crew_day(), visits, on_a_line([0, 1, 2]))) is None
