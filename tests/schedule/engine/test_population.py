from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from geo_service.schedule.engine.population import Member, Population


def member(cost: float) -> Member:
    return Member(cost, [[]], np.zeros(1, dtype=np.int64))


@given(costs=st.lists(st.integers(0, 50), min_size=1, max_size=30), size=st.integers(2, 12))
def test_keeps_the_cheapest_once_each_in_order(costs, size):
    population = Population(size, 1)
    for cost in costs:
        population.add(member(float(cost)))

    assert [one.cost for one in population.members] == sorted(set(map(float, costs)))[:size]


@given(seed=st.integers(0, 10**6))
def test_parents_are_two_the_cheaper_first(seed):
    population = Population(5, seed)
    for cost in (3.0, 1.0, 2.0):
        population.add(member(cost))
    one, other, share = population.parents()

    assert one.cost < other.cost
    assert 0.1 <= share <= 0.5


def test_every_pair_is_drawn():
    population = Population(5, 1)
    for cost in (3.0, 1.0, 2.0):
        population.add(member(cost))
    drawn = {tuple(one.cost for one in population.parents()[:2]) for _ in range(60)}

    assert drawn == {(1.0, 2.0), (1.0, 3.0), (2.0, 3.0)}
