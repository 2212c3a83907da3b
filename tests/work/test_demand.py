from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from geo_service.base.errors import InputError
from geo_service.plots.model import (
    Baunvo,
    CareKind,
    Contamination,
    Plot,
    PlotState,
    StateChange,
    Tenure,
    TenureKind,
)
from geo_service.work.calendar import working_days
from geo_service.work.cutting import CuttingException, ExceptionCode
from geo_service.work.demand import due_visits
from geo_service.work.model import Catalogue, Crew, Demand, Visit

MONDAY = date(2026, 11, 23)
TEN_DAYS = working_days(MONDAY, 10)
H = 3600

Ask = Callable[..., Demand]


@pytest.fixture
def ask(catalogue: Catalogue) -> Ask:
    """Return the demand of plots; ``done`` by (plot number, work)."""

    def asked(
        *plots: Plot, done: Mapping[tuple[int, str], date] | None = None, days: Any = TEN_DAYS, **rest: Any
    ) -> Demand:
        last_done = {(f"id-{number}", work): on for (number, work), on in (done or {}).items()}
        return due_visits(plots, catalogue, last_done, days, **rest)

    return asked


def of(demand: Demand, work: str) -> list[Visit]:
    return [visit for visit in demand.visits if visit.work == work]


def kept(demand: Demand, work: str) -> list[tuple[str, str]]:
    return [(one.code, one.reason) for one in demand.kept_out if one.work == work]


def test_18_nov_2026_is_never_planned(ask: Ask, make_plot: Callable[..., Plot]) -> None:
    days = [date(2026, 11, day) for day in (16, 17, 18, 19, 20)]  # somebody forgot the holiday
    demand = ask(make_plot(care={CareKind.LITTER: 100.0, CareKind.PATH: 50.0}), days=days)
    assert demand.visits
    for visit in demand.visits:
        assert set(visit.day_windows) == {day for day in days if day.day != 18}
        assert visit.forbidden[date(2026, 11, 18)].startswith("Buß- und Bettag")


def test_hedge_coppicing_in_april_is_kept_out_unless_an_exception_is_given(
    ask: Ask, make_plot: Callable[..., Plot]
) -> None:
    plot = make_plot(care={CareKind.HEDGE: 60.0})
    april = working_days(date(2026, 4, 13), 5)
    demand = ask(plot, days=april)
    assert not of(demand, "coppice_hedge")
    ((code, reason),) = kept(demand, "coppice_hedge")
    assert code == "law"
    assert "BNatSchG §39(5)" in reason

    exception = CuttingException(ExceptionCode.TRAFFIC_SAFETY, "Protokoll 12/2026")
    (visit,) = of(ask(plot, days=april, exceptions={("id-1", "coppice_hedge"): exception}), "coppice_hedge")
    assert set(visit.day_windows) == set(april)
    assert "Ausnahme traffic_safety: Protokoll 12/2026" in visit.why


def test_a_season_that_ends_in_the_period_forbids_the_days_after_it(ask: Ask, make_plot: Callable[..., Plot]) -> None:
    days = working_days(date(2027, 2, 22), 10)
    (visit,) = of(ask(make_plot(care={CareKind.HEDGE: 60.0}), days=days), "coppice_hedge")
    assert visit.latest_on == date(2027, 2, 28)
    assert max(visit.day_windows) == date(2027, 2, 26)
    assert "BNatSchG §39(5)" in visit.forbidden[date(2027, 3, 1)]
    assert "auf Nester prüfen (BNatSchG §44)" in visit.heed


def test_an_agreement_that_ends_in_90_days_warns_and_nothing_is_planned_after_it(
    ask: Ask, make_plot: Callable[..., Plot]
) -> None:
    care = {CareKind.LITTER: 100.0}
    soon = Tenure(TenureKind.PERMISSION, until_on=MONDAY + timedelta(days=90))
    (visit,) = of(ask(make_plot(care=care, tenure=soon), done={(1, "litter_pick"): date(2026, 11, 16)}), "litter_pick")
    assert "Gestattung endet am 21.02.2027" in visit.why

    ends = Tenure(TenureKind.PERMISSION, until_on=date(2026, 11, 25))
    plot = make_plot(care=care, tenure=ends)
    first, *more = of(ask(plot), "litter_pick")
    assert not more
    assert first.latest_on == date(2026, 11, 25)
    assert set(first.day_windows) == {date(2026, 11, day) for day in (23, 24, 25)}
    assert first.forbidden[date(2026, 11, 26)] == "Gestattung endet am 25.11.2026"

    demand = ask(plot, done={(1, "litter_pick"): date(2026, 11, 20)})  # due on the 30th
    assert not of(demand, "litter_pick")
    assert kept(demand, "litter_pick") == [("tenure", "fällig am 30.11.2026, Gestattung endet am 25.11.2026")]

    over = ask(make_plot(care=care, tenure=Tenure(TenureKind.LEASE, until_on=date(2026, 11, 22))))
    assert not over.visits
    assert [(one.work, one.code, one.reason) for one in over.kept_out] == [("", "tenure", "Pacht endet am 22.11.2026")]


def test_a_tenure_that_begins_later_forbids_the_days_before(ask: Ask, make_plot: Callable[..., Plot]) -> None:
    plot = make_plot(care={CareKind.LITTER: 100.0}, tenure=Tenure(TenureKind.OWN, from_on=date(2026, 12, 1)))
    demand = ask(plot)
    assert demand.visits
    assert all(min(visit.day_windows) == date(2026, 12, 1) for visit in demand.visits)
    assert all(visit.latest_on >= date(2026, 12, 1) for visit in demand.visits)


def test_early_completion_shifts_the_next_due_date(ask: Ask, make_plot: Callable[..., Plot]) -> None:
    plot = make_plot(care={CareKind.PATH: 50.0})
    (visit,) = of(ask(plot, done={(1, "sweep_path"): date(2026, 10, 28)}), "sweep_path")
    assert visit.due_on == date(2026, 11, 28)
    (earlier,) = of(ask(plot, done={(1, "sweep_path"): date(2026, 10, 26)}), "sweep_path")
    assert earlier.due_on == date(2026, 11, 26)
    assert not of(ask(plot, done={(1, "sweep_path"): date(2026, 11, 20)}), "sweep_path")  # done early: not yet


def test_what_may_begin_in_the_period_but_is_due_after_it_is_not_listed(
    ask: Ask, make_plot: Callable[..., Plot]
) -> None:
    plot = make_plot(care={CareKind.PATH: 50.0})
    demand = ask(plot, done={(1, "sweep_path"): date(2026, 11, 4)})  # from 28 November, due 5 December
    assert not of(demand, "sweep_path")
    assert not kept(demand, "sweep_path")


def test_litter_twice_in_two_weeks_is_spaced_and_ordered(ask: Ask, make_plot: Callable[..., Plot]) -> None:
    first, second = of(ask(make_plot(care={CareKind.LITTER: 100.0})), "litter_pick")
    assert (first.due_on, second.due_on) == (MONDAY, date(2026, 12, 3))
    assert second.earliest_on == date(2026, 11, 30)
    assert (second.after, second.after_days) == (first.visit_id, 7)
    assert "noch nie" in first.why
    assert "erneut im Zeitraum" in second.why
    assert first.why_en.startswith("never done yet, every 7 to 14 days")


def test_the_reason_tells_the_last_day_and_since_when_it_is_overdue(ask: Ask, make_plot: Callable[..., Plot]) -> None:
    plot = make_plot(care={CareKind.LITTER: 100.0})
    first = of(ask(plot, done={(1, "litter_pick"): date(2026, 11, 1)}), "litter_pick")[0]
    assert first.why == "zuletzt am 01.11.2026, alle 7 bis 14 Tage, überfällig seit 11.11.2026"
    assert first.visit_id == "KLZ-0001.litter_pick.2026-11-11.1"
    assert first.due_on == MONDAY
    assert first.latest_on == date(2026, 11, 30)


@pytest.mark.parametrize(
    ("state", "word"), [(PlotState.SET_ASIDE, "zurückgestellt"), (PlotState.RETURNED, "zurückgegeben")]
)
def test_plots_at_rest_are_kept_out_with_their_state(
    ask: Ask, make_plot: Callable[..., Plot], state: PlotState, word: str
) -> None:
    demand = ask(make_plot(care={CareKind.LITTER: 100.0}, state=state))
    assert not demand.visits
    (one,) = demand.kept_out
    assert (one.code, one.reason) == ("state", f"Fläche ist {word}")
    assert one.reason_en in ("the plot is set aside", "the plot is returned")


def test_out_of_season_is_kept_out_once_with_its_season(ask: Ask, make_plot: Callable[..., Plot]) -> None:
    demand = ask(make_plot(care={CareKind.LAWN: 100.0}))
    assert kept(demand, "mow_lawn") == [("season", "Saison 01.04.–31.10.; fällig ab 01.04.2027")]
    assert demand.kept_out[0].reason_en == "season 1 Apr to 31 Oct; due from 2027-04-01"


def test_the_end_of_a_winter_season_is_told_in_words(ask: Ask, make_plot: Callable[..., Plot]) -> None:
    demand = ask(make_plot(care={CareKind.SHRUBS: 50.0}), days=working_days(date(2026, 10, 5), 5))
    assert kept(demand, "prune_shrubs") == [("season", "Saison 15.10.–Ende Februar; fällig ab 15.10.2026")]


def test_a_registered_plot_is_looked_at_then_cleared_and_greening_waits(
    ask: Ask, make_plot: Callable[..., Plot]
) -> None:
    plot = make_plot(state=PlotState.REGISTERED, care={CareKind.WILD: 2000.0})
    demand = ask(plot)
    (look,) = of(demand, "inspect")
    clear = of(demand, "clear")
    assert len(clear) > 1
    assert (clear[0].after, clear[0].after_days) == (look.visit_id, 1)
    assert {visit.due_on for visit in clear} == {date(2026, 11, 24)}
    assert not of(demand, "green")  # two weeks of settling end after the period
    assert "Baumschutzsatzung" in clear[0].heed

    longer = ask(plot, days=working_days(MONDAY, 20))
    (first_green, *_), clear = of(longer, "green"), of(longer, "clear")
    assert (first_green.after, first_green.after_days) == (clear[-1].visit_id, 14)
    assert first_green.earliest_on == date(2026, 12, 8)
    assert [visit.after for visit in clear] == [look.visit_id] * len(clear)


def test_in_the_time_of_the_ban_clearing_leaves_woody_plants(ask: Ask, make_plot: Callable[..., Plot]) -> None:
    plot = make_plot(state=PlotState.REGISTERED, care={CareKind.WILD: 200.0})
    (clear,) = of(ask(plot, days=working_days(date(2026, 5, 4), 5)), "clear")
    assert "Gehölze stehen lassen (BNatSchG §39(5))" in clear.heed


def test_a_plot_that_is_cleared_again_needs_no_record_of_the_clearing(ask: Ask, make_plot: Callable[..., Plot]) -> None:
    cleared = StateChange(PlotState.CLEARED, datetime(2026, 11, 20, 9, tzinfo=UTC), "test", "cleared")
    plot = make_plot(state=PlotState.CLEARED, history=(cleared,))
    demand = ask(plot)
    assert kept(demand, "green") == []
    assert [visit.earliest_on for visit in of(demand, "green")] == [date(2026, 12, 4)]

    again = StateChange(PlotState.REGISTERED, datetime(2026, 11, 21, 9, tzinfo=UTC), "test", "dumped on again")
    plot = make_plot(state=PlotState.REGISTERED, care={CareKind.WILD: 100.0}, history=(cleared, again))
    assert of(ask(plot, done={(1, "clear"): date(2026, 11, 20)}), "clear")
    assert not of(ask(plot, done={(1, "clear"): date(2026, 11, 21)}), "clear")


def test_settling_that_lasts_beyond_the_period_is_told(ask: Ask, make_plot: Callable[..., Plot]) -> None:
    demand = ask(make_plot(state=PlotState.CLEARED), done={(1, "clear"): date(2026, 11, 22)})
    assert kept(demand, "green") == [("predecessor", "erst nach: Fläche räumen, also ab 06.12.2026")]


def test_contaminated_ground_is_not_broken(ask: Ask, make_plot: Callable[..., Plot]) -> None:
    dirty = make_plot(
        state=PlotState.REGISTERED, care={CareKind.WILD: 100.0}, contamination=Contamination.YES, area_m2=400
    )
    demand = ask(dirty)
    assert [visit.work for visit in demand.visits] == ["inspect"]
    assert [code for code, _ in kept(demand, "clear")] == ["contaminated"]


def test_unknown_contamination_is_looked_at_first(ask: Ask, make_plot: Callable[..., Plot]) -> None:
    plot = make_plot(state=PlotState.CLEARED, contamination=Contamination.UNKNOWN)
    demand = ask(plot)
    (look,), (green, *_) = of(demand, "inspect"), of(demand, "green")
    assert (green.after, green.after_days, green.earliest_on) == (look.visit_id, 1, date(2026, 11, 24))
    assert "Altlasten unbekannt" in green.why
    (green, *_) = of(ask(plot, done={(1, "inspect"): date(2026, 11, 2)}), "green")
    assert (green.after, green.earliest_on) == ("", MONDAY)


def test_a_catalogue_without_inspection_keeps_unknown_ground_whole(
    catalogue: Catalogue, make_plot: Callable[..., Plot]
) -> None:
    kinds = {code: kind for code, kind in catalogue.kinds.items() if code == "green"}
    bare = Catalogue({"green": replace(kinds["green"], after="")}, catalogue.machines)
    plot = make_plot(state=PlotState.CLEARED, contamination=Contamination.UNKNOWN)
    assert [one.code for one in due_visits([plot], bare, {}, TEN_DAYS).kept_out] == ["contamination_unknown"]


def test_a_long_job_is_cut_to_the_stretch_the_noise_rules_leave(
    ask: Ask, make_plot: Callable[..., Plot], crews: tuple[Crew, ...]
) -> None:
    plot = make_plot(state=PlotState.REGISTERED, care={CareKind.WILD: 1300.0})
    quick = {"done": {(1, "inspect"): date(2026, 11, 20)}, "max_visit_s": 6 * H}
    in_wa = of(ask(plot, **quick), "clear")
    assert len(in_wa) == 2  # 355 min: 09-13 leaves 240
    assert sum(visit.service_s for visit in in_wa) == 355 * 60
    assert [(visit.part, visit.parts) for visit in in_wa] == [(1, 2), (2, 2)]
    assert in_wa[1].why.endswith("Teil 2 von 2")
    assert len(of(ask(replace(plot, baunvo=Baunvo.GE), **quick), "clear")) == 1

    afternoon = tuple(replace(crew, shift_start_s=14 * H, shift_end_s=20 * H) for crew in crews)
    parts = of(ask(plot, crews=afternoon, **quick), "clear")
    assert max(visit.service_s for visit in parts) <= 2 * H  # 15-17 only


def test_a_load_is_cut_to_the_vehicle(ask: Ask, make_plot: Callable[..., Plot], crews: tuple[Crew, ...]) -> None:
    plot = make_plot(state=PlotState.REGISTERED, care={CareKind.WILD: 600.0}, baunvo=Baunvo.GE)
    done = {(1, "inspect"): date(2026, 11, 20)}
    assert len(of(ask(plot, done=done), "clear")) == 1
    halves = of(ask(plot, done=done, crews=crews), "clear")  # 9 m³ on a vehicle of 8
    assert [visit.volume_m3 for visit in halves] == [4.5, 4.5]
    assert len(of(ask(plot, done=done, max_volume_m3=3.0), "clear")) == 3
    assert {(visit.waste_key, visit.supply) for visit in halves} == {("200307", "")}


def test_what_is_brought_along_is_part_of_the_load(
    ask: Ask, make_plot: Callable[..., Plot], catalogue: Catalogue
) -> None:
    plot = make_plot(state=PlotState.CLEARED, area_m2=800, baunvo=Baunvo.GE)
    done = {(1, "clear"): date(2026, 10, 1), (1, "inspect"): date(2026, 11, 20)}
    (whole,) = of(ask(plot, done=done, max_volume_m3=2.0), "green")
    assert (whole.supply, whole.supply_m3, whole.volume_m3, whole.waste_key) == ("plants", 1.6, 0.0, "")

    green = replace(catalogue.kinds["green"], volume_m3_per_m2=0.001, waste_key="200202")
    stony = replace(catalogue, kinds=catalogue.kinds | {"green": green})
    last_done = {("id-1", work): on for (_, work), on in done.items()}
    halves = of(due_visits([plot], stony, last_done, TEN_DAYS, max_volume_m3=2.0), "green")
    assert [(one.supply_m3, one.volume_m3, one.waste_key) for one in halves] == [(0.8, 0.4, "200202")] * 2


def test_an_imported_plot_without_care_areas_is_looked_at_and_picked(ask: Ask, make_plot: Callable[..., Plot]) -> None:
    plot = make_plot(state=PlotState.REGISTERED, contamination=Contamination.UNKNOWN, baunvo=Baunvo.UNKNOWN)
    assert {visit.work for visit in ask(plot).visits} == {"inspect", "litter_pick"}
    mapped = make_plot(state=PlotState.REGISTERED, care={CareKind.TREES: 10.0})
    assert {visit.work for visit in ask(mapped).visits} == {"inspect", "tree_check"}


def test_no_lawful_hour_is_told_with_the_rule(ask: Ask, make_plot: Callable[..., Plot]) -> None:
    plot = make_plot(care={CareKind.PATH: 50.0})
    demand = ask(plot, shift=(6 * H, 9 * H))
    assert not of(demand, "clear_leaves")
    ((code, reason),) = kept(demand, "clear_leaves")
    assert code == "law"
    assert "32. BImSchV §7(1) Nr. 2: 09–13, 15–17 Uhr" in reason


def test_an_empty_period_asks_for_nothing(ask: Ask, make_plot: Callable[..., Plot]) -> None:
    assert ask(make_plot(), days=()) == Demand((), ())
    assert ask() == Demand((), ())


@pytest.mark.parametrize(
    "wrong",
    [{"days": TEN_DAYS[::-1]}, {"days": TEN_DAYS[:1] * 2}, {"max_visit_s": 0}, {"shift": (H, H)}, {"max_volume_m3": 0}],
)
def test_limits_without_room_are_refused(ask: Ask, make_plot: Callable[..., Plot], wrong: dict[str, Any]) -> None:
    with pytest.raises(InputError) as caught:
        ask(make_plot(), **wrong)
    assert caught.value.remedy
