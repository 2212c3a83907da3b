from __future__ import annotations

import random
from itertools import permutations

import pytest

from geo_service.base.progress import after_iterations
from geo_service.routes.local import descend, insert_all, search
from geo_service.routes.task import OrderingTask

HOUR = 3600


@pytest.fixture
def task(make_visit, make_crew_day, scattered) -> OrderingTask:
    return OrderingTask(make_crew_day(), [make_visit(place, 20) for place in range(1, 7)], scattered(7, 5))


@pytest.fixture
def best_s(task) -> int:
    return min(task.drive_s(order) for order in permutations(range(task.size)))


def test_insertion_places_everybody_once(task):
    assert sorted(insert_all(task, (2,), [0, 1, 3, 4, 5])) == list(range(6))


def test_descent_never_worsens_and_search_reaches_the_optimum(task, best_s):
    worst = max(permutations(range(task.size)), key=task.drive_s)
    improved = descend(task, worst)

    assert best_s <= task.drive_s(improved) < task.drive_s(worst)
    assert task.drive_s(search(task, worst, stop=after_iterations(60), rng=random.Random(1))) == best_s


def test_search_builds_an_order_from_nothing(task):
    found = search(task, None, stop=after_iterations(20), rng=random.Random(1))

    assert found is not None
    assert task.fits(found)


def test_nothing_fits_an_impossible_day(make_visit, make_crew_day, on_a_line):
    visits = [make_visit(1, 60, [(8 * HOUR, 9 * HOUR)]), make_visit(2, 60, [(8 * HOUR, 9 * HOUR)])]
    task = OrderingTask(make_crew_day(), visits, on_a_line([0, 1, 2]))

    assert insert_all(task, (), [0, 1]) is None
    assert search(task, None, stop=after_iterations(5), rng=random.Random(1)) is None
