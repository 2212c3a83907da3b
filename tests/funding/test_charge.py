"""What may be charged: kind of cost, quarter, duration, staged start, approvals, final claim; each refusal is named."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from geo_service.base.errors import InputError, RuleBroken
from geo_service.funding.charge import RULES, check_charge
from geo_service.funding.measure import Approval, Fund
from geo_service.funding.voucher import check_amounts

from .conftest import DAY, WEST, spent


def refused(told, *, charged_cents: int = 0, measure=WEST, **how) -> RuleBroken:
    with pytest.raises(RuleBroken) as found:
        check_charge(told, measure, charged_cents=charged_cents, on=how.pop("on", DAY), **how)
    assert found.value.remedy
    assert found.value.fields["rule"] in RULES
    return found.value


def may(told, *, charged_cents: int = 0) -> None:
    check_charge(told, WEST, charged_cents=charged_cents, on=DAY)


def served(first: date, last: date, quarter: str = "Kleinzschocher"):
    return replace(spent(100_00), served_from=first, served_until=last, quarter=quarter)


def test_a_quarter_that_worked_before_the_duration_is_charged_from_the_duration_on():
    """Kleinzschocher worked from March 2002, the measure pays from June 2002: both bounds hold, so June counts."""
    told = served(date(2002, 3, 15), date(2002, 3, 31))
    assert refused(told).fields["rule"] == "duration"
    assert refused(replace(told, served_from=date(2002, 5, 31), served_until=date(2002, 6, 1))).fields["rule"] == (
        "duration"
    )
    may(replace(told, served_from=date(2002, 6, 1), served_until=date(2002, 6, 30)))


@pytest.mark.parametrize("quarter", ["Lindenau", "Plagwitz", "Leutzsch"])
def test_the_staged_start_binds_each_quarter(quarter):
    error = refused(served(date(2003, 2, 28), date(2003, 3, 31), quarter))
    assert (error.fields["rule"], error.fields["first"]) == ("quarter_start", "2003-03-01")
    may(served(date(2003, 3, 1), date(2003, 3, 31), quarter))


def test_what_belongs_to_the_whole_area_is_bound_by_the_duration_alone():
    may(served(date(2002, 6, 1), date(2002, 6, 30), ""))
    assert refused(served(date(2002, 5, 31), date(2002, 6, 30), "")).fields["rule"] == "duration"


def test_the_end_of_the_duration_binds_to_the_day():
    may(served(date(2006, 12, 1), date(2006, 12, 31)))
    error = refused(served(date(2006, 12, 1), date(2007, 1, 1)))
    assert (error.fields["rule"], error.fields["last"]) == ("duration", "2006-12-31")


def test_the_approval_is_the_limit_to_the_cent_and_only_what_is_approved_by_then_counts():
    may(spent(1_000_000_00 - 1), charged_cents=1)
    error = refused(spent(1_000_000_00), charged_cents=1)
    assert (error.fields["rule"], error.fields["left_cents"]) == ("approval", 99_999_999)
    more = replace(WEST, approvals=(*WEST.approvals, Approval("B-2", date(2003, 8, 1), 500_000_00)))
    assert refused(spent(1_000_000_00), charged_cents=1, measure=more).fields["rule"] == "approval"
    check_charge(spent(1_000_000_00), more, charged_cents=1, on=date(2003, 8, 1))


def test_money_comes_back_even_when_more_was_charged_than_is_left():
    cut = replace(WEST, approvals=(*WEST.approvals, Approval("B-2", date(2003, 6, 30), -900_000_00)))
    check_charge(spent(-1), cut, charged_cents=500_000_00, on=DAY)
    assert refused(spent(1), charged_cents=500_000_00, measure=cut).fields["left_cents"] == -400_000_00


def test_kinds_of_cost_and_quarters_that_the_measure_does_not_know():
    assert refused(spent(1, cost_kind="party")).fields["rule"] == "cost_kind"
    assert refused(spent(1, cost_kind="rooms"), measure=replace(WEST, cost_kinds=("services",))).fields["rule"] == (
        "cost_kind"
    )
    assert refused(replace(spent(1), quarter="Grünau")).fields["rule"] == "quarter"


def test_after_the_final_claim_only_money_that_comes_back_is_booked():
    assert refused(spent(1), closed_by="2.2-C009").fields["rule"] == "final_claim"
    check_charge(spent(-1), WEST, charged_cents=1, on=DAY, closed_by="2.2-C009")


@pytest.mark.parametrize(
    "wrong",
    [
        {"gross_cents": 0},
        {"vat_cents": -1},
        {"vat_cents": 51_00},
        {"served_from": date(2003, 6, 30), "served_until": date(2003, 6, 1)},
    ],
)
def test_amounts_and_days_that_contradict_each_other(wrong):
    check_amounts(spent(100_00, vat_cents=19_00))
    with pytest.raises(InputError):
        check_amounts(replace(spent(100_00), **wrong))


@pytest.mark.parametrize(
    "wrong",
    [
        {"until_on": date(2002, 5, 31)},
        {"funds": ()},
        {"funds": (Fund("efre", "EFRE", 0),)},
        {"funds": (Fund("efre", "EFRE", 1), Fund("efre", "EFRE", 1))},
        {"cost_kinds": ("party",)},
        {"cost_kinds": ()},
        {"approvals": (Approval("B", DAY, 1), Approval("B", DAY, 1))},
        {"starts": (*WEST.starts, WEST.starts[0])},
    ],
)
def test_a_measure_that_could_not_be_charged_to(wrong):
    WEST.check()
    with pytest.raises(InputError):
        replace(WEST, **wrong).check()
