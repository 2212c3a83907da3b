"""An exception to the cutting ban lets a work be planned in spring, with its ground and evidence; without none is."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from geo_service.actions.asked import ask_period
from geo_service.actions.give_exception import give_exception, take_exception_back
from geo_service.base.errors import InputError, NotFound
from geo_service.plots.model import CareKind, PlotState
from geo_service.work.cutting import ExceptionCode
from geo_service.work.noise import Rules

NOW = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
BY = {"author": "ada", "clock": lambda: NOW}
APRIL = date(2027, 4, 15)


@pytest.fixture
def hedge(three_days):
    """Return a maintained plot with a hedge."""
    return next(
        plot
        for plot in three_days.plots()
        if plot.state is PlotState.MAINTAINED and plot.care_m2(CareKind.HEDGE) > 0 and plot.tenure.until_on is None
    )


def coppicing(store, plot):
    asked = ask_period(store, APRIL, 5)
    return [one for one in asked.visits if (one.plot_id, one.work) == (plot.plot_id, "coppice_hedge")]


def test_with_an_exception_it_is_planned_and_without_it_is_not(three_days, hedge):
    assert coppicing(three_days, hedge) == []
    kept = give_exception(three_days, hedge.code, "coppice_hedge", ExceptionCode.TRAFFIC_SAFETY, "Az. 36-12/27", **BY)
    (visit, *_) = coppicing(three_days, hedge)

    assert three_days.exceptions() == [kept]
    assert "Ausnahme traffic_safety: Az. 36-12/27" in visit.why
    take_exception_back(three_days, hedge.code, "coppice_hedge", **BY)
    assert coppicing(three_days, hedge) == []


def test_what_needs_none_or_has_no_evidence(three_days, hedge):
    with pytest.raises(InputError, match="does not bind"):
        give_exception(three_days, hedge.code, "litter_pick", ExceptionCode.ORDERED, "x", **BY)
    with pytest.raises(InputError, match="without evidence"):
        give_exception(three_days, hedge.code, "coppice_hedge", ExceptionCode.ORDERED, "  ", **BY)
    with pytest.raises(NotFound):
        give_exception(three_days, hedge.code, "nothing", ExceptionCode.ORDERED, "x", **BY)
    with pytest.raises(NotFound):
        give_exception(three_days, "KLZ-9999", "coppice_hedge", ExceptionCode.ORDERED, "x", **BY)
    with pytest.raises(NotFound):
        take_exception_back(three_days, hedge.code, "coppice_hedge", **BY)
    assert three_days.exceptions() == []


def test_another_city_has_no_noise_hours_of_leipzig(three_days):
    def noon():
        visits = ask_period(three_days, date(2026, 11, 23), 1).visits
        quiet = [one for one in visits if not one.machines & {"leaf_blower", "brushcutter"}]
        return {when for one in quiet for when in one.day_windows.values()}

    strict = noon()
    with three_days.change(author="a", reason="another city", at=NOW) as tx:
        tx.set_rules(Rules(leipzig_noise=False))
    assert any(len(windows) > 1 for windows in strict), "the noon rest of PolVO Leipzig §17"
    assert not any(len(windows) > 1 for windows in noon())
