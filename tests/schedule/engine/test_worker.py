from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from geo_service.schedule.engine.anneal import BEST
from geo_service.schedule.engine.instance import FAR, make_instance
from geo_service.schedule.engine.settings import Settings
from geo_service.schedule.engine.state import ABSENT, new_state
from geo_service.schedule.engine.worker import Worker, mean_way, set_routes

from .plain import Plain, filled, instances, of_a_day, routes_of

anything = st.one_of(instances, st.builds(of_a_day, st.integers(0, 10**6)))


@given(inst=anything, seed=st.integers(0, 99))
@settings(deadline=None, max_examples=60)
def test_filling_leaves_out_only_what_fits_nowhere(inst, seed):
    worker, plain = Worker(inst, Settings(), seed), Plain(inst)
    worker.run(20)
    if inst.options[0]["soft"]:
        return
    left_out = worker.figures()[0]
    worker.fill(np.arange(len(inst.items)))
    routes = worker.best_routes()

    assert worker.figures()[0] <= left_out
    assert plain.broken(routes, worker.best_pattern) == []
    assert worker.level[BEST] == pytest.approx(plain.objective(routes, worker.best_pattern))
    assert worker.figures() == (
        int((worker.best_pattern == ABSENT).sum()),
        pytest.approx(sum(plain.drive(route, stops) for route, stops in enumerate(routes))),
    )


@given(inst=instances, seed=st.integers(0, 99), share=st.floats(0, 1))
@settings(deadline=None, max_examples=80)
def test_a_child_has_the_patterns_of_the_other_near_by_and_keeps_all_rules(inst, seed, share):
    worker, other = Worker(inst, Settings(), seed), Worker(inst, Settings(), seed + 1)
    for one in (worker, other):
        one.run(30)
    assume(max(worker.best_s, other.best_s) < FAR)
    parent, second, bounds = worker.member(), other.member(), inst.items[["first_pattern", "end_pattern"]].tolist()
    worker.start_child(parent, second, share)
    routes, patterns, plain = routes_of(inst, worker.state), worker.state.pattern, Plain(inst)

    assert [
        fault for fault in plain.broken(routes, patterns) if "exceeds" not in fault and "too soon" not in fault
    ] == []
    assert worker.instance.items[["first_pattern", "end_pattern"]].tolist() == bounds
    for item, pattern in enumerate(patterns):
        assert pattern in {parent.patterns[item], second.patterns[item], ABSENT} or second.patterns[item] == ABSENT
    worker.run(30)
    if worker.best_s < FAR:
        assert plain.broken(worker.best_routes(), worker.best_pattern) == []
        assert worker.best_s == pytest.approx(plain.objective(worker.best_routes(), worker.best_pattern))


@given(inst=instances, seed=st.integers(0, 99))
@settings(deadline=None, max_examples=40)
def test_going_on_from_a_member_takes_it_over(inst, seed):
    worker, other = Worker(inst, Settings(), seed), Worker(inst, Settings(), seed + 1)
    other.run(50)
    assume(other.best_s < FAR)
    member = other.member()
    worker.go_on_from(member, forget_best=False)

    assert routes_of(inst, worker.state) == member.routes
    assert worker.best_s <= member.cost + 1e-6
    worker.start_afresh()
    assert Plain(inst).broken(worker.best_routes(), worker.best_pattern) == [] or worker.best_s >= FAR


@given(inst=instances, seed=st.integers(0, 99))
@settings(deadline=None, max_examples=30)
def test_routes_that_are_set_are_the_state(inst, seed):
    one, routes = filled(inst, seed)
    two = new_state(inst, 2 * len(inst.items) + 2, 1)
    set_routes(inst, two, routes, one.pattern)

    assert routes_of(inst, two) == routes
    assert (two.route_of == one.route_of).all()
    assert two.pattern.tolist() == one.pattern.tolist()


def test_what_is_put_in_first_lies_where_it_was():
    inst = make_instance(
        travel=np.ones((2, 2)) - np.eye(2), place=[1], day=[0, 0], patterns=[[(0,)]], windows=[[[(0, 9)]]],
        fixed=np.array([[0.0, 5.0]]), item={"left_out": 100.0}, route={"start": 0, "end": 0, "kind": [0, 1]},
    )  # fmt: skip
    free, held = (Worker(inst, Settings(first=first), 1) for first in (None, np.array([[False, True]])))

    assert (free.best_routes(), held.best_routes()) == ([[0], []], [[], [0]])


def test_the_mean_way_leaves_out_what_is_out_of_reach():
    travel = np.full((3, 3), FAR)
    travel[1, 2] = travel[2, 1] = 7
    inst = make_instance(travel=travel, place=[1, 2, 0], day=[0], patterns=[[(0,)]] * 3)

    assert mean_way(inst) == 7
