from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo_service.work.parts import cut


@given(
    st.integers(1, 20_000).map(lambda minutes: 60 * minutes),
    st.floats(0, 500),
    st.integers(60, 6 * 3600),
    st.floats(0.1, 20) | st.just(math.inf),
)
def test_parts_fit_and_sum_to_the_whole(service_s: int, volume_m3: float, longest_s: int, largest_m3: float) -> None:
    parts = cut(service_s, volume_m3, longest_s, largest_m3)
    seconds = [one for one, _ in parts]
    assert sum(seconds) == service_s
    assert sum(cubic for _, cubic in parts) == pytest.approx(volume_m3)
    assert all(60 <= one <= longest_s and one % 60 == 0 for one in seconds)
    assert max(seconds) - min(seconds) <= 60
    assert all(cubic <= largest_m3 * (1 + 1e-9) for _, cubic in parts) or len(parts) == service_s // 60


def test_a_job_that_fits_stays_whole() -> None:
    assert cut(4 * 3600, 5.0, 4 * 3600, 5.0) == [(4 * 3600, 5.0)]
