from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from geo_service.work import hours


@given(st.integers(0, 12 * 3600))
def test_breaks_after_arbzg_4(work_s: int) -> None:
    expected = 0 if work_s <= 21_600 else 1_800 if work_s <= 32_400 else 2_700
    assert hours.required_break_s(work_s) == expected


def test_limits_are_those_of_the_law() -> None:
    assert (hours.MAX_WORK_S, hours.MAX_WORK_BALANCED_S, hours.MAX_STRETCH_S) == (28_800, 36_000, 21_600)
    assert (hours.MIN_BREAK_PART_S, hours.MIN_REST_S) == (900, 39_600)


def test_a_late_end_forbids_an_early_start() -> None:
    assert not hours.rest_is_kept(20 * 3600 + 1, 7 * 3600)
    assert hours.rest_is_kept(20 * 3600, 7 * 3600)
