from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from geo_service.schedule.engine.population import Member, Population


def member(cost):
    return Member(cost, [[]], np.zeros(1, np.int64))


@given(costs=st.lists(st.integers(0, 20), min_size=1), size=st.integers(1, 6))
@settings(deadline=None)
def test_the_cheapest_stay_each_cost_once(costs, size):
    population = Population(size, 1)
    for cost in costs:
        population.add(member(float(cost)))

    assert [one.cost for one in population.members] == sorted(set(costs))[:size]


@given(seed=st.integers(0, 99))
@settings(deadline=None)
def test_parents_are_two_the_cheaper_first_and_a_seed_repeats_them(seed):
    told = []
    for _ in range(2):
        population = Population(9, seed)
        for cost in (3.0, 1.0, 2.0):
            population.add(member(cost))
        told.append([(one.cost, two.cost, share) for one, two, share in (population.parents() for _ in range(20))])

    assert told[0] == told[1]
    assert all(one < two and 0.1 <= share <= 0.5 for one, two, share in told[0])
    assert {(one, two) for one, two, _ in told[0]} == {(1.0, 2.0), (1.0, 3.0), (2.0, 3.0)}
