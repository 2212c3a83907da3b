from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo_service.base.errors import InputError, RuleBroken
from geo_service.work.cutting import (
    CuttingException,
    ExceptionCode,
    Growth,
    cutting_refusal,
    permit_needed,
    require_cutting_allowed,
)
from geo_service.work.model import Catalogue, WorkKind

COPPICE = WorkKind("coppice_hedge", "Hecke auf den Stock setzen", "hedge coppicing", 1, (), woody_cut=True)
SAFETY = CuttingException(ExceptionCode.TRAFFIC_SAFETY, "Protokoll 12/2026")


def test_hedge_coppicing_on_15_april_is_refused_without_an_exception_code(catalogue: Catalogue) -> None:
    coppice = catalogue.kinds["coppice_hedge"]
    april = date(2026, 4, 15)
    with pytest.raises(RuleBroken) as caught:
        require_cutting_allowed(coppice, april)
    assert caught.value.fields["rule"] == "BNatSchG §39(5)"
    assert "traffic_safety" in caught.value.remedy
    assert "15.04.2026: BNatSchG §39(5)" in (cutting_refusal(coppice, april) or "")
    require_cutting_allowed(coppice, april, SAFETY)


@given(st.dates(date(2024, 1, 1), date(2028, 12, 31)))
def test_the_ban_holds_from_1_march_to_30_september(on: date) -> None:
    banned = on.month in (3, 4, 5, 6, 7, 8, 9)
    assert (cutting_refusal(COPPICE, on) is not None) == banned


def test_gentle_trimming_is_allowed_all_year(catalogue: Catalogue) -> None:
    trim = catalogue.kinds["trim_hedge"]
    assert all(cutting_refusal(trim, date(2026, 1, 1) + timedelta(days=n)) is None for n in range(365))


@pytest.mark.parametrize("evidence", ["", "  \n"])
def test_an_exception_without_evidence_is_none(evidence: str) -> None:
    with pytest.raises(InputError, match="without evidence"):
        CuttingException(ExceptionCode.ORDERED, evidence)


def test_there_are_four_grounds() -> None:
    assert {code.value for code in ExceptionCode} == {
        "ordered",
        "public_interest",
        "traffic_safety",
        "permitted_building",
    }


@pytest.mark.parametrize(
    ("field", "limit"),
    [("tree_circumference_cm", 30), ("fruit_circumference_cm", 100), ("shrub_m", 4), ("hedge_m", 1), ("climber_m", 3)],
)
def test_the_tree_statute_protects_above_its_limits_only(field: str, limit: float) -> None:
    assert permit_needed(Growth(**{field: limit})) == ()
    assert len(permit_needed(Growth(**{field: limit + 0.01}))) == 1
