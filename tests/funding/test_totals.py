"""Totals are proven: by quarter, by time, by kind and by fund they are the overall total, to the cent."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo_service.base.errors import CheckFailed, InputError, RuleBroken
from geo_service.funding.claims import changed_since, claim_digest, claimable, freeze, reproduces
from geo_service.funding.totals import account_of, prove, total_of
from geo_service.funding.voucher import FundShare, cancelling, live_chain

from .conftest import AT, DAY, WEST, voucher

QUARTERS = ("Kleinzschocher", "Lindenau", "Plagwitz", "Leutzsch", "")
DAYS = st.dates(date(2003, 3, 1), date(2006, 12, 31))
AMOUNTS = st.integers(-(10**9), 10**9).filter(bool)


@st.composite
def vouchers(draw, least: int = 0):
    """Return vouchers of any amount, anywhere, at any time of the measure."""
    rows = draw(
        st.lists(st.tuples(AMOUNTS, st.sampled_from(QUARTERS), DAYS, st.sampled_from(WEST.cost_kinds)), min_size=least)
    )
    made = []
    for place, (gross, quarter, day, kind) in enumerate(rows, start=1):
        one = voucher(place, gross, cost_kind=kind)
        made.append(replace(one, spending=replace(one.spending, quarter=quarter, served_from=day, served_until=day)))
    return made


@given(vouchers())
def test_quarter_totals_equal_the_overall_total(made):
    account = account_of(WEST, made, DAY)
    for groups in (account.by_quarter, account.by_time, account.by_cost_kind):
        assert sum(one.gross_cents for one in groups.values()) == account.total.gross_cents
        for fund in WEST.parts:
            assert sum(one.by_fund[fund] for one in groups.values()) == account.total.by_fund[fund]
    assert account.total.gross_cents == sum(one.gross_cents for one in made)
    assert sum(account.total.by_fund.values()) == account.total.gross_cents
    assert account.left_cents == 1_000_000_00 - account.total.gross_cents
    assert set(account.by_quarter) == set(QUARTERS)


@given(vouchers(least=1), st.data())
def test_a_cent_that_went_astray_is_found(made, data):
    account = account_of(WEST, made, DAY)
    place = data.draw(st.integers(0, len(made) - 1))
    wrong = replace(made[place], split=(FundShare("efre", made[place].gross_cents), FundShare("city", 1)))
    with pytest.raises(CheckFailed):
        prove(account, [*made[:place], wrong, *made[place + 1 :]])
    name = next(iter(account.by_time))
    moved = {**account.by_time, name: replace(account.by_time[name], gross_cents=10**12)}
    with pytest.raises(CheckFailed):
        prove(replace(account, by_time=moved), made)


def test_vouchers_of_another_measure_are_left_out():
    account = account_of(WEST, [voucher(1, 100), voucher(2, 7, measure=WEST)], DAY)
    other = replace(voucher(3, 50), spending=replace(voucher(3, 50).spending, measure="W26"))
    assert account_of(WEST, [voucher(1, 100), voucher(2, 7), other], DAY) == account


@given(st.lists(AMOUNTS, min_size=1, max_size=6))
def test_a_cancellation_brings_every_fund_back_to_nothing(amounts):
    """Also where the cents of the corrections do not add up as one split of their sum would."""
    first, *rest = amounts
    chain = [
        voucher(1, first),
        *(voucher(2 + i, one, kind="correction", refers_to="2.2-00001") for i, one in enumerate(rest)),
    ]
    gross, vat, split = cancelling(live_chain("2.2-00001", chain))
    assert gross == -sum(amounts)
    assert vat == 0
    whole = total_of(chain).by_fund
    assert all(whole[one.fund] + one.cents == 0 for one in split)


def test_what_was_cancelled_or_is_a_correction_stays_as_it_is():
    chain = [voucher(1, 100), voucher(2, -40, kind="correction", refers_to="2.2-00001")]
    assert [one.number for one in live_chain("2.2-00001", chain)] == ["2.2-00001", "2.2-00002"]
    with pytest.raises(RuleBroken, match=r"itself a correction of 2\.2-00001"):
        live_chain("2.2-00002", chain)
    gone = voucher(3, -60, kind="cancellation", refers_to="2.2-00001")
    with pytest.raises(RuleBroken, match=r"was cancelled by 2\.2-00003"):
        live_chain("2.2-00001", [*chain, gone])
    with pytest.raises(InputError):
        live_chain("2.2-00009", chain)


def claim(made, kind="advance", number="2.2-C001"):
    return freeze(number, WEST, kind, date(2003, 6, 30), made, author="tester", at=AT)


@given(vouchers(least=1), st.randoms(use_true_random=False))
def test_a_claim_reproduces_from_the_vouchers_that_are_kept(made, chance):
    frozen = claim(made)
    shuffled = list(made)
    chance.shuffle(shuffled)
    assert reproduces(frozen, shuffled)
    assert claim_digest("2.2", "advance", frozen.until_on, shuffled) == frozen.digest
    assert {one.fund: one.cents for one in frozen.by_fund} == total_of(made, WEST.parts).by_fund
    assert not reproduces(frozen, made[1:])
    other = replace(made[0], spending=replace(made[0].spending, document_sha256="ab" * 32))
    assert not reproduces(frozen, [other, *made[1:]])


def test_no_voucher_is_claimed_twice_and_money_back_for_a_claimed_one_does_not_wait():
    served = [date(2003, 6, 30), date(2003, 7, 31)]
    made = [
        replace(one, spending=replace(one.spending, served_until=day))
        for one, day in zip([voucher(1, 100), voucher(2, 200)], served, strict=True)
    ]
    assert [one.number for one in claimable(WEST, made, [], "advance", date(2003, 6, 30))] == ["2.2-00001"]
    first = claim(made[:1])
    with pytest.raises(RuleBroken) as error:
        claimable(WEST, made, [first], "advance", date(2003, 6, 30))
    assert error.value.fields["rule"] == "nothing_to_claim"
    back = voucher(3, -30, kind="correction", refers_to="2.2-00001")
    late = replace(back, spending=replace(back.spending, served_until=date(2003, 9, 30)))
    assert [one.number for one in claimable(WEST, [*made, late], [first], "advance", date(2003, 6, 30))] == [
        "2.2-00003"
    ]
    assert changed_since(first, [*made, late]) == [late]
    assert reproduces(first, [*made, late])
    last = claim(claimable(WEST, [*made, late], [first], "final", date(2003, 6, 30)), "final", "2.2-C002")
    assert last.vouchers == ("2.2-00002", "2.2-00003")
    with pytest.raises(RuleBroken) as error:
        claimable(WEST, made, [first, last], "advance", date(2006, 12, 31))
    assert error.value.fields["rule"] == "final_claim"
