from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from geo_service.schedule.engine.chance import below, seeded, uniform


@given(seed=st.integers(-(2**80), 2**80))
@settings(deadline=None)
def test_no_seed_stands_still(seed):
    random = seeded(seed)

    assert random.dtype == np.uint64
    assert int(random[0]) != 0
    assert uniform(random) != uniform(random)


def test_numbers_lie_from_0_to_below_1_and_are_spread_evenly():
    random = seeded(1)
    numbers = np.array([uniform(random) for _ in range(20_000)])
    in_tenths = np.histogram(numbers, 10, (0, 1))[0]

    assert numbers.min() >= 0
    assert numbers.max() < 1
    assert abs(numbers.mean() - 1 / 2) < 4 * (1 / 12 / len(numbers)) ** 0.5
    assert abs(numbers.var() - 1 / 12) < 0.003
    assert abs(in_tenths / 2_000 - 1).max() < 0.1


@given(state=st.integers(1, 2**64 - 1))
@settings(deadline=None)
def test_no_state_gives_1_or_ends_in_0(state):
    random = np.array([state], dtype=np.uint64)

    assert 0 <= uniform(random) < 1
    assert int(random[0]) != 0


@given(seed=st.integers(0, 1000), count=st.integers(1, 9))
@settings(deadline=None)
def test_whole_numbers_stay_below_and_all_come(seed, count):
    random = seeded(seed)

    assert {below(random, count) for _ in range(60 * count)} == set(range(count))


def test_seeds_differ_and_repeat():
    first = [uniform(seeded(seed)) for seed in range(500)]

    assert len(set(first)) == 500
    assert first == [uniform(seeded(seed)) for seed in range(500)]
