"""Where the care of plots stands: what is due first and since when, whatever today is."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from math import inf

import pytest

from geo_service.outputs.plot_care import PlotCare, plot_care
from geo_service.plots.model import PlotState, StateChange, Tenure, TenureKind
from geo_service.work.model import Catalogue, RateTier, WorkKind

REGISTERED = datetime(2026, 2, 3, 23, 30, tzinfo=UTC)  # the 4th in Berlin
MOW = WorkKind(
    "mow",
    "",
    "",
    10,
    (RateTier(inf, 0.05),),
    interval_days=(18, 30),
    states=(PlotState.GREENED,),
    season=((4, 1), (10, 31)),
    source="made up",
)
CLEAR = replace(MOW, code="clear", interval_days=None, states=(PlotState.REGISTERED,), season=((10, 1), (2, 28)))
CATALOGUE = Catalogue({one.code: one for one in (MOW, CLEAR)}, {})


@pytest.fixture
def plot(plots):
    history = (StateChange(PlotState.GREENED, REGISTERED, "ada", "made"),)
    return replace(plots[0], plot_id="p", state=PlotState.GREENED, history=history, tenure=Tenure())


def of(plot, done=None, lifted=frozenset()) -> PlotCare:
    return plot_care([plot], CATALOGUE, done or {}, lifted)["p"]


def test_work_that_was_done_is_due_by_interval_and_season(plot) -> None:
    assert of(plot, {("p", "mow"): date(2026, 5, 4)}) == PlotCare("mow", date(2026, 5, 28), date(2026, 5, 4))
    autumn = of(plot, {("p", "mow"): date(2026, 10, 20)})
    assert autumn.due_on == date(2027, 4, 1)


def test_work_never_done_is_due_since_the_plot_came_into_its_state(plot) -> None:
    assert of(plot) == PlotCare("mow", date(2026, 4, 1), None)
    registered = replace(plot, state=PlotState.REGISTERED)
    assert of(registered) == PlotCare("clear", date(2026, 2, 4), None)
    assert of(replace(registered, history=())).due_on == date(2000, 1, 1)


def test_what_is_done_once_is_not_due_again(plot) -> None:
    registered = replace(plot, state=PlotState.REGISTERED)
    assert of(registered, {("p", "clear"): date(2026, 2, 10)}) == PlotCare("", None, date(2026, 2, 10))


def test_nothing_is_due_at_rest_or_after_the_right_has_ended(plot) -> None:
    assert of(replace(plot, state=PlotState.SET_ASIDE)) == PlotCare()
    ended = Tenure(TenureKind.LEASE, until_on=date(2026, 3, 31))
    assert of(replace(plot, tenure=ended)) == PlotCare()
    assert of(replace(plot, tenure=replace(ended, until_on=date(2026, 4, 1)))).due == "mow"


def test_an_exception_lifts_the_season(plot) -> None:
    woody = replace(CLEAR, woody_cut=True)
    registered = replace(plot, state=PlotState.REGISTERED, history=())
    since = {("p", "other"): date(2026, 7, 1)}
    lifted = plot_care([registered], Catalogue({"clear": woody}, {}), since, frozenset({("p", "clear")}))
    assert lifted["p"].due_on == date(2000, 1, 1)
    summer = replace(
        registered, history=(StateChange(PlotState.REGISTERED, datetime(2026, 7, 1, tzinfo=UTC), "a", "b"),)
    )
    assert plot_care([summer], Catalogue({"clear": woody}, {}), {})["p"].due_on == date(2026, 10, 1)
    both = plot_care([summer], Catalogue({"clear": woody}, {}), {}, frozenset({("p", "clear")}))
    assert both["p"].due_on == date(2026, 7, 1)


def test_the_last_visit_is_of_any_work(plot) -> None:
    done = {("p", "mow"): date(2026, 5, 4), ("p", "gone"): date(2026, 6, 1), ("q", "mow"): date(2026, 9, 9)}
    assert of(plot, done).last_visit_on == date(2026, 6, 1)
