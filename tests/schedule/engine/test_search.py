from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo_service.base.errors import Cancelled
from geo_service.base.progress import after_iterations, either
from geo_service.schedule.engine.instance import FAR, make_instance
from geo_service.schedule.engine.search import CHUNK, Search, search
from geo_service.schedule.engine.settings import PERIODIC, SERVICE, TIMED, WASTE, Settings

from .plain import Plain, instances, tiny

kinds = st.sampled_from([PERIODIC, SERVICE, TIMED, WASTE, Settings(cycle=20, fresh=1, population=3)])


@given(inst=instances, seed=st.integers(0, 99), count=st.sampled_from([1, 40, 6 * CHUNK]), kind=kinds)
@settings(deadline=None, max_examples=30)
def test_a_seed_and_a_count_give_the_same_answer(inst, seed, count, kind):
    assert kind.workers == 2
    one, two = (search(inst, after_iterations(count), seed, kind) for _ in range(2))

    assert (one.cost, one.routes, one.patterns.tolist()) == (two.cost, two.routes, two.patterns.tolist())
    assert one.iterations == two.iterations == count


@given(inst=instances, seed=st.integers(0, 99), count=st.sampled_from([200, 6 * CHUNK]), kind=kinds)
@settings(deadline=None, max_examples=40)
def test_what_is_found_holds_and_costs_what_is_told(inst, seed, count, kind):
    found, plain = search(inst, after_iterations(count), seed, kind), Plain(inst)

    if found.cost < FAR:
        assert plain.broken(found.routes, found.patterns) == []
        assert found.cost == pytest.approx(plain.objective(found.routes, found.patterns))


@given(seed=st.integers(0, 10**6))
@settings(deadline=None, max_examples=30)
def test_items_of_several_days_lie_on_exactly_the_days_of_their_pattern(seed):
    inst = tiny(seed, soft=True, days=4)
    found = search(inst, after_iterations(300), 1, PERIODIC)
    for item, pattern in enumerate(found.patterns if found.cost < FAR else ()):
        days = [int(inst.routes["day"][route]) for route, stops in enumerate(found.routes) if item in stops]
        asked = inst.patterns[pattern, 1 : 1 + inst.patterns[pattern, 0]].tolist() if pattern >= 0 else []

        assert days == asked


@pytest.mark.parametrize("count", [0, 1, CHUNK - 1, CHUNK, 2 * CHUNK + 1])
def test_a_count_is_never_overrun(count):
    rounds = []
    one = Search(tiny(5, timed=True), 1)
    one.go_on(after_iterations(count), lambda done, _: rounds.append(done))

    assert one.iterations == count
    assert rounds == list(range(0, count, CHUNK))


def test_a_rule_that_does_not_count_is_asked_every_chunk():
    one = Search(tiny(5, timed=True), 1)
    one.go_on(either(after_iterations(CHUNK + 1)))

    assert one.iterations == 2 * CHUNK


def test_ending_from_outside_keeps_the_best():
    inst, told = tiny(11, timed=True), []

    def on_round(done: int, cost: float) -> None:
        told.append(cost)
        if done >= 2 * CHUNK:
            raise Cancelled("by hand")

    one = Search(inst, 1)
    with pytest.raises(Cancelled):
        one.go_on(after_iterations(100 * CHUNK), on_round)
    found = one.found()

    assert found.iterations == 2 * CHUNK
    assert found.cost <= min(told)
    assert Plain(inst).broken(found.routes, found.patterns) == []
    assert found.cost == pytest.approx(Plain(inst).objective(found.routes, found.patterns))


def test_more_iterations_are_not_dearer_and_find_the_optimum_of_a_small_tour():
    way = np.array([[abs(a - b) for b in range(8)] for a in range(8)], dtype=float)
    inst = make_instance(
        travel=way, place=range(1, 8), day=[0], patterns=[[(0,)]] * 7, windows=[[[(0, 999)]]] * 7,
        item={"left_out": 1000.0},
    )  # fmt: skip

    assert search(inst, after_iterations(300), 1).cost == 14


def test_nothing_asked_is_nothing_found():
    inst = make_instance(travel=np.zeros((1, 1)), place=[], day=[0], patterns=[])
    found = search(inst, after_iterations(10), 1)

    assert (found.routes, found.patterns.tolist(), found.iterations) == ([[]], [], 0)
