from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

from geo_service.plots.model import Plot, Tenure, TenureKind
from geo_service.work.tenure import tenure_refusal, tenure_warnings

TODAY = date(2026, 11, 23)


def test_an_agreement_that_ends_in_90_days_warns(make_plot: Callable[..., Plot]) -> None:
    def ends_in(number: int, days: int) -> Plot:
        tenure = Tenure(TenureKind.PERMISSION, until_on=TODAY + timedelta(days=days))
        return make_plot(number, tenure=tenure)

    plots = [ends_in(1, 91), ends_in(2, 90), ends_in(3, 0), ends_in(4, -1), make_plot(5)]
    warnings = tenure_warnings(plots, TODAY)
    assert [(one.plot_code, one.days_left) for one in warnings] == [("KLZ-0004", -1), ("KLZ-0003", 0), ("KLZ-0002", 90)]
    assert warnings[2].text_de == "KLZ-0002: Gestattung endet am 21.02.2027, in 90 Tagen: danach wird nichts geplant"
    assert "ended on 2026-11-22" in warnings[0].text_en


def test_both_days_of_a_tenure_belong_to_it() -> None:
    tenure = Tenure(TenureKind.LEASE, TODAY, TODAY + timedelta(days=2))
    days = [TODAY + timedelta(days=n) for n in range(-1, 4)]
    assert [tenure_refusal(tenure, day) is None for day in days] == [False, True, True, True, False]
    assert tenure_refusal(Tenure(), TODAY) is None
