from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from geo_service.base.progress import after_iterations
from geo_service.schedule.engine.course import FRESH_CYCLE, LEAST_CYCLE, Course
from geo_service.schedule.engine.instance import make_instance
from geo_service.schedule.engine.population import Population
from geo_service.schedule.engine.search import CHUNK, Search
from geo_service.schedule.engine.settings import PERIODIC, Settings
from geo_service.schedule.engine.worker import Worker

from .plain import Plain


@pytest.fixture(scope="module")
def periodic():
    """Return twelve items on one or two of three days, two vehicles a day, with room enough."""
    rng = np.random.default_rng(7)
    xy = rng.uniform(0, 100, (13, 2))
    twice = [[(0, 1), (0, 2), (1, 2)] if number % 2 else [(0,), (1,), (2,)] for number in range(12)]
    return make_instance(
        travel=np.hypot(*(xy[:, None] - xy[None]).transpose(2, 0, 1)),
        place=range(1, 13),
        day=[0, 0, 1, 1, 2, 2],
        patterns=twice,
        item={"volume": 1.0},
        route={"capacity": 5.0},
        soft=True,
    )


def test_one_annealing_falls_from_hot_to_cold(periodic):
    worker = Worker(periodic, Settings(hot=2.0, cold=0.02), 1)
    course = Course(worker, Population(4, 1), Settings(hot=2.0, cold=0.02, meet=()))
    told = []
    for share in (0.0, 0.5, 1.0):
        course.lead(share, 0, None)
        told.append(worker.temperature / worker.scale)

    assert told == pytest.approx([2.0, 0.2, 0.02])


def test_cycles_begin_afresh_then_breed_then_polish(periodic):
    settings = replace(PERIODIC, workers=1, fresh=2, cycle=10)
    worker = Worker(periodic, settings, 1)
    population = Population(settings.population, 1)
    course = Course(worker, population, settings)
    begun = []
    worker.start_afresh = lambda: begun.append("afresh")
    worker.start_child = lambda *_: begun.append("child")
    fresh_cycle = FRESH_CYCLE * LEAST_CYCLE
    for iterations, cost in ((fresh_cycle, 9.0), (2 * fresh_cycle, 8.0), (3 * fresh_cycle, 7.0)):
        worker.level[0] = cost
        course.lead(0.5, iterations, None)
    course.lead(0.5, 3 * fresh_cycle, None)
    at_birth = worker.temperature / worker.scale

    assert begun == ["afresh", "child", "child"]
    assert [one.cost for one in population.members] == [7.0, 8.0, 9.0]
    assert at_birth == pytest.approx(settings.again)
    course.lead(1.0, 10**6, worker.member())
    assert worker.temperature / worker.scale == pytest.approx(settings.cold)


def test_a_child_has_the_patterns_of_the_other_parent_where_it_was_bred(periodic):
    settings = replace(PERIODIC, workers=1)
    worker = Worker(periodic, settings, 1)
    one = worker.member()
    other = replace(one, patterns=periodic.items["end_pattern"] - 1)
    worker.start_child(one, other, 1.0)

    assert worker.state.pattern.tolist() == other.patterns.tolist()


def test_a_search_by_cycles_keeps_the_best_of_all_and_is_repeatable(periodic):
    settings = replace(PERIODIC, fresh=1)
    found = [Search(periodic, 3, settings) for _ in range(2)]
    costs = []
    for one in found:
        told: list[float] = []
        one.go_on(after_iterations(60 * CHUNK), lambda _, cost, told=told: told.append(cost))
        costs.append((told, one.found().cost))

    assert costs[0] == costs[1]
    told, cost = costs[0]
    assert told == sorted(told, reverse=True)
    assert cost <= told[-1]
    result = found[0].found()
    assert Plain(periodic).broken(result.routes, result.patterns) == []
    assert cost == pytest.approx(Plain(periodic).objective(result.routes, result.patterns))
    assert np.all(result.patterns >= 0)
