"""Floor 4: random numbers of the compiled search: xorshift64* (Vigna 2016), its state an array of one number.

numpy's generator inside compiled code looks its state up at every call, which costs more than the decision it serves.
"""

from __future__ import annotations

import numpy as np

from geo_service.base.compiled import bare
from geo_service.schedule.engine.instance import Array

_A, _B, _C, _DOWN = np.uint64(12), np.uint64(25), np.uint64(27), np.uint64(11)
_MULTIPLIER = np.uint64(2685821657736338717)
_UNIT = 2.0**-53


@bare
def uniform(random: Array) -> float:
    """Return a number from 0 to below 1 and move on; ``random`` is uint64, shape (1,), not 0."""
    x = random[0]
    x ^= x >> _A
    x ^= x << _B
    x ^= x >> _C
    random[0] = x
    return float(((x * _MULTIPLIER) >> _DOWN) * _UNIT)


@bare
def below(random: Array, count: int) -> int:
    """Return a whole number from 0 to below ``count``."""
    return int(uniform(random) * count)


def seeded(seed: int) -> Array:
    """Return the state for a seed, well mixed (splitmix64)."""
    mask = 2**64 - 1
    z = (seed * 0x9E3779B97F4A7C15 + 0x9E3779B97F4A7C15) & mask
    z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & mask
    z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & mask
    return np.array([(z ^ (z >> 31)) or 1], dtype=np.uint64)
