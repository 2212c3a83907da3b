from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from geo_service.plots.codes import Codes, is_code


@given(st.lists(st.one_of(st.integers(0, 12_000).map(lambda n: f"KLZ-{n:04d}"), st.just("next")), max_size=30))
def test_no_code_is_given_out_twice(asked: list[str]) -> None:
    codes = Codes([])
    given_out = [codes.next("KLZ") if one == "next" else one for one in asked if one == "next" or codes.take(one)]
    assert len(set(given_out)) == len(given_out)
    assert all(is_code(one) for one in given_out)


def test_numbers_go_on_after_the_highest_in_use_and_beyond_four_digits() -> None:
    codes = Codes(["KLZ-9999", "old name"])
    assert codes.next("KLZ") == "KLZ-10000"
    assert codes.next("PLW") == "PLW-0001"
