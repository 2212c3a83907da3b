from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo_service.schedule.engine.anneal import CURRENT, LOAD_PRICE, TIME_PRICE, priced_cost
from geo_service.schedule.engine.instance import FAR
from geo_service.schedule.engine.settings import Settings
from geo_service.schedule.engine.worker import Worker

from .plain import Plain, filled, instances, of_a_day, routes_of

anything = st.one_of(instances, st.builds(of_a_day, st.integers(0, 10**6)))
shapes = st.builds(
    Settings,
    split=st.sampled_from([0.0, 0.9]),
    all_days=st.sampled_from([0.0, 0.5, 1.0]),
    whole=st.sampled_from([0.0, 0.5, 1.0]),
    region=st.sampled_from([0.0, 0.5]),
    mean_taken=st.sampled_from([1.0, 4.0]),
    hot=st.sampled_from([0.1, 5.0]),
)


@given(inst=instances, seed=st.integers(0, 10**6), prices=st.tuples(st.floats(0, 9), st.floats(0, 9)))
@settings(deadline=None)
def test_the_priced_cost_is_the_objective_and_what_exceeds_the_limits(inst, seed, prices):
    state, routes = filled(inst, seed)
    level = np.zeros(6)
    level[LOAD_PRICE], level[TIME_PRICE] = prices
    plain = Plain(inst)
    over = [plain.over(route, stops) for route, stops in enumerate(routes)]
    cost, holds = priced_cost(inst, state, level)
    extra = sum(prices[0] * load + prices[1] * late for load, late in over)

    assert cost == pytest.approx(plain.objective(routes, state.pattern) + extra)
    assert holds == (sum(map(sum, over)) <= 0)


@given(inst=anything, seed=st.integers(0, 99), shape=shapes, share=st.floats(0.001, 1), rounds=st.integers(1, 3))
@settings(deadline=None, max_examples=200)
def test_the_books_hold_after_any_number_of_iterations(inst, seed, shape, share, rounds):
    worker, plain = Worker(inst, shape, seed), Plain(inst)
    for _ in range(rounds):
        was = worker.best_s
        worker.temperature = worker.scale * 0.01**share
        worker.run(7 if seed % 5 else 600)
        routes, patterns = worker.best_routes(), worker.best_pattern
        assert worker.best_s <= was
        if worker.best_s < FAR:  # nothing that holds all limits was found so far
            assert plain.broken(routes, patterns) == []
            assert worker.best_s == pytest.approx(plain.objective(routes, patterns))

        now = routes_of(worker.instance, worker.state)
        cost, _ = priced_cost(worker.instance, worker.state, worker.level)
        over = [plain.over(route, stops) for route, stops in enumerate(now)]
        prices = worker.level[[LOAD_PRICE, TIME_PRICE]]
        extra = sum(prices[0] * load + prices[1] * late for load, late in over)
        assert worker.level[CURRENT] == pytest.approx(cost)
        assert cost == pytest.approx(plain.objective(now, worker.state.pattern) + extra)
        soft = [one for one in plain.broken(now, worker.state.pattern) if "exceeds" not in one]
        assert soft == []


def test_a_plan_that_breaks_a_rule_would_be_seen():
    inst = of_a_day(3)
    worker, plain = Worker(inst, Settings(), 1), Plain(inst)
    (stops,) = worker.best_routes()

    assert plain.broken([stops], worker.best_pattern) == []
    assert plain.broken([stops[1:]], worker.best_pattern) != []
    assert plain.broken([stops * 2], worker.best_pattern) != []
