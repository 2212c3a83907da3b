from __future__ import annotations

import pytest

from geo_service.schedule.engine.course import FRESH_CYCLE, Course
from geo_service.schedule.engine.population import Population
from geo_service.schedule.engine.settings import Settings
from geo_service.schedule.engine.worker import Worker

from .plain import routes_of, tiny


def test_one_annealing_cools_from_hot_to_cold():
    asked = Settings(hot=2.0, cold=0.02, meet=())
    worker = Worker(tiny(3, timed=True), asked, 1)
    course = Course(worker, Population(3, 1), asked)
    told = []
    for share in (0.0, 0.25, 0.5, 1.0):
        course.lead(share, 0, None)
        told.append(worker.temperature / worker.scale)

    assert told == pytest.approx([2.0, 2.0 * 0.01**0.25, 0.2, 0.02])


def test_at_a_meeting_a_worker_goes_on_from_the_best_once():
    asked, inst = Settings(meet=(0.5,)), tiny(21, timed=True)
    worker, other = Worker(inst, asked, 1), Worker(inst, asked, 2)
    other.run(300)
    best = other.member()
    course = Course(worker, Population(3, 1), asked)
    course.lead(0.49, 0, best)
    assert routes_of(inst, worker.state) != best.routes
    course.lead(0.5, 0, best)
    assert routes_of(inst, worker.state) == best.routes
    worker.start_afresh()
    course.lead(0.6, 0, best)
    assert routes_of(inst, worker.state) != best.routes


def test_cycles_begin_afresh_then_with_children_and_end_with_the_best():
    asked, inst = Settings(hot=2.0, cold=0.02, again=0.2, cycle=10, fresh=2, polished=0.1), tiny(3, timed=True)
    worker, population = Worker(inst, asked, 1), Population(5, 1)
    course, size = Course(worker, population, asked), 10 * len(inst.items)
    best, told = worker.member(), []
    for iterations in (0, FRESH_CYCLE * size, 2 * FRESH_CYCLE * size, (2 * FRESH_CYCLE + 1) * size):
        course.lead(0.5, iterations, best)
        told.append(worker.temperature / worker.scale)
        worker.run(100)
        if iterations == FRESH_CYCLE * size:
            worker.start_afresh()  # a second member
    course.lead(0.95, 10 * FRESH_CYCLE * size, best)

    assert told[:2] == pytest.approx([2.0, 2.0])
    assert len(population.members) in {1, 2, 3}
    assert told[2:] == pytest.approx([0.2, 0.2] if len(population.members) > 1 else [2.0, 2.0])
    assert routes_of(inst, worker.state) == best.routes
    assert worker.temperature / worker.scale == pytest.approx(0.2 * 0.1**0.5)
