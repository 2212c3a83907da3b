"""The split to the cent: what holds for any number of funds, what holds for two, and what cannot hold for three."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo_service.base.errors import InputError
from geo_service.funding.split import split_cents

CENTS = st.integers(0, 10**12)
PARTS = st.dictionaries(st.text("abcdefgh", min_size=1, max_size=3), st.integers(1, 10_000), min_size=1, max_size=8)
TWO = {"efre": 75, "city": 25}


@given(st.integers(-(10**12), 10**12))
def test_75_25_sums_to_the_cent_per_voucher(gross):
    found = split_cents(gross, TWO)
    assert sum(found.values()) == gross
    assert abs(found["efre"] - gross * 0.75) <= 0.5 + 1e-3
    assert abs(4 * found["efre"] - 3 * gross) <= 2


@given(CENTS, PARTS)
def test_any_number_of_funds_sums_exactly_and_none_pays_less_than_nothing(gross, parts):
    found = split_cents(gross, parts)
    assert sum(found.values()) == gross
    assert min(found.values()) >= 0
    whole = sum(parts.values())
    assert all(abs(found[code] * whole - gross * part) < whole for code, part in parts.items())


@given(CENTS, PARTS)
def test_who_bears_more_never_pays_less(gross, parts):
    found = split_cents(gross, parts)
    rising = sorted(parts, key=lambda code: (parts[code], found[code]))
    assert [found[code] for code in rising] == sorted(found.values())


@given(st.integers(0, 10**9), st.integers(0, 10**4), st.integers(1, 1000), st.integers(1, 1000))
def test_with_two_funds_no_part_falls_when_the_amount_grows(gross, more, first, second):
    parts = {"a": first, "b": second}
    less, most = split_cents(gross, parts), split_cents(gross + more, parts)
    assert all(most[code] >= less[code] for code in parts)


def test_with_three_funds_a_part_may_fall_by_a_cent():
    """Why the promise above is made for two funds only: the largest remainder cannot keep it (Balinski and Young)."""
    parts = {"a": 6, "b": 6, "c": 2}
    falls = [
        (cents, code)
        for cents in range(30)
        for code in parts
        if split_cents(cents + 1, parts)[code] < split_cents(cents, parts)[code]
    ]
    assert falls
    assert all(split_cents(cents, parts)[code] - split_cents(cents + 1, parts)[code] == 1 for cents, code in falls)


@given(CENTS, PARTS, st.randoms(use_true_random=False))
def test_the_order_of_the_funds_does_not_matter(gross, parts, chance):
    shuffled = list(parts.items())
    chance.shuffle(shuffled)
    assert split_cents(gross, dict(shuffled)) == split_cents(gross, parts)


@given(CENTS, PARTS)
def test_what_is_paid_back_mirrors_what_was_paid(gross, parts):
    assert split_cents(-gross, parts) == {code: -cents for code, cents in split_cents(gross, parts).items()}


@given(st.integers(0, 10**9))
def test_a_tie_goes_to_the_smaller_fund(half):
    """Two cents in four are a tie at 75/25: the city carries it, so EFRE is not drawn on beyond its share for it."""
    gross = 4 * half + 2
    assert split_cents(gross, TWO)["efre"] == 3 * half + 1


@pytest.mark.parametrize("parts", [{}, {"a": 0}, {"a": 1, "b": -1}])
def test_funds_that_bear_nothing_are_refused(parts):
    with pytest.raises(InputError):
        split_cents(100, parts)
