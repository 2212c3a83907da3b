"""What holds for every demand, checked against predicates written down here a second time, minute by minute."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable
from datetime import date, timedelta
from functools import lru_cache
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from geo_service.plots.model import Baunvo, CareKind, Contamination, Plot, PlotState, Tenure, TenureKind
from geo_service.work.calendar import working_days
from geo_service.work.demand import due_visits
from geo_service.work.model import Catalogue, Crew, Demand, Visit
from geo_service.work.noise import Rules

LOUD = {"brushcutter", "leaf_blower"}
LISTED = LOUD | {"mower", "ride_on_mower", "hedge_trimmer", "chainsaw"}
RESIDENTIAL = {"WR", "WA", "WB", "WS", "SO_recreation", "SO_clinic", "unknown"}
FIRST_WORK_HOUR, LAST_WORK_HOUR = 6, 20

_days = st.dates(date(2020, 1, 1), date(2035, 12, 1))


def naive_easter(year: int) -> date:
    """Gauss's rule for the Gregorian calendar, 1900 to 2099."""
    d = (19 * (year % 19) + 24) % 30
    e = (2 * (year % 4) + 4 * (year % 7) + 6 * d + 5) % 7
    day = 22 + d + e
    if (d, e) == (29, 6) or (d == 28 and e == 6 and year % 19 > 10):
        day -= 7
    return date(year, 3, 1) + timedelta(days=day - 1)


@lru_cache
def naive_holidays(year: int) -> frozenset[date]:
    fixed = {(1, 1), (5, 1), (10, 3), (10, 31), (12, 25), (12, 26)}
    moving = {naive_easter(year) + timedelta(days=n) for n in (-2, 1, 39, 50)}
    repentance = next(date(year, 11, day) for day in range(16, 23) if date(year, 11, day).weekday() == 2)
    return frozenset({date(year, *one) for one in fixed} | moving | {repentance})


@lru_cache
def naive_minutes(machines: frozenset[str], zone: str, day: date, leipzig: bool) -> frozenset[int]:
    """Return the minutes since midnight in which all machines may run and anybody works."""
    if day.weekday() == 6 or day in naive_holidays(day.year):
        return frozenset()
    lawful = set()
    for minute in range(FIRST_WORK_HOUR * 60, LAST_WORK_HOUR * 60):
        hour = minute // 60
        protected = zone in RESIDENTIAL
        if protected and machines & LISTED and not 7 <= hour < 20:
            continue
        if protected and machines & LOUD and not (9 <= hour < 13 or 15 <= hour < 17):
            continue
        if leipzig and machines & LISTED and not (7 <= hour < 13 or 15 <= hour < 20):
            continue
        lawful.add(minute)
    return frozenset(lawful)


def naive_day_is_open(plot: Plot, visit: Visit, catalogue: Catalogue, day: date) -> bool:
    kind = catalogue.kinds[visit.work]
    if plot.tenure.from_on and day < plot.tenure.from_on:
        return False
    if plot.tenure.until_on and day > plot.tenure.until_on:
        return False
    if kind.woody_cut and 3 <= day.month <= 9:
        return False
    if kind.season:
        first, last = (100 * month + on for month, on in kind.season)
        here = 100 * day.month + day.day
        if not (first <= here <= last if first <= last else here >= first or here <= last):
            return False
    return True


@st.composite
def towns(draw: st.DrawFn) -> dict[str, Any]:
    """Draw the arguments of a demand: plots, past, days (working days, or any days in a row), rules."""
    from_on = draw(_days)
    count = draw(st.integers(1, 12))
    in_a_row = draw(st.booleans())
    days = tuple(from_on + timedelta(days=n) for n in range(count)) if in_a_row else working_days(from_on, count)
    near = st.integers(-40, 40).map(lambda n: from_on + timedelta(days=n))
    plots = [
        {
            "number": number,
            "area_m2": (area_m2 := draw(st.floats(50, 30_000))),
            "care": {
                kind: area_m2 * share
                for kind, share in draw(st.dictionaries(st.sampled_from(CareKind), st.floats(0, 1))).items()
            },
            "state": draw(st.sampled_from(PlotState)),
            "baunvo": draw(st.sampled_from(Baunvo)),
            "contamination": draw(st.sampled_from(Contamination)),
            "tenure": Tenure(TenureKind.PERMISSION, draw(st.none() | near), draw(st.none() | near)),
        }
        for number in range(draw(st.integers(1, 3)))
    ]
    past = draw(
        st.dictionaries(
            st.tuples(
                st.integers(0, 2), st.sampled_from(["inspect", "litter_pick", "mow_lawn", "clear", "prune_shrubs"])
            ),
            st.integers(1, 500).map(lambda n: from_on - timedelta(days=n)),
        )
    )
    return {
        "plots": plots,
        "past": {(f"id-{number}", work): on for (number, work), on in past.items()},
        "days": days,
        "rules": Rules(leipzig_noise=draw(st.booleans())),
        "max_visit_s": draw(st.integers(30, 480)) * 60,
    }


@settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(given=towns())
def test_every_demand_keeps_the_law_and_loses_nothing(
    given: dict[str, Any], catalogue: Catalogue, crews: tuple[Crew, ...], make_plot: Callable[..., Plot]
) -> None:
    plots = [make_plot(**fields) for fields in given["plots"]]
    limits = {"rules": given["rules"], "max_visit_s": given["max_visit_s"], "crews": crews}
    demand = due_visits(plots, catalogue, given["past"], given["days"], **limits)
    by_id = {plot.plot_id: plot for plot in plots}

    assert len({visit.visit_id for visit in demand.visits}) == len(demand.visits)
    for visit in demand.visits:
        check_visit(visit, by_id[visit.plot_id], catalogue, given)
    check_parts(demand, by_id, catalogue)
    check_order(demand)
    check_nothing_is_lost(demand, plots, catalogue, given)
    assert due_visits(plots[::-1], catalogue, given["past"], given["days"], **limits) == demand


def check_visit(visit: Visit, plot: Plot, catalogue: Catalogue, given: dict[str, Any]) -> None:
    days = given["days"]
    assert set(visit.day_windows) | set(visit.forbidden) == set(days)
    assert not set(visit.day_windows) & set(visit.forbidden)
    for day in days:
        lawful = naive_minutes(visit.machines, plot.baunvo.value, day, given["rules"].leipzig_noise)
        lawful = lawful if naive_day_is_open(plot, visit, catalogue, day) else frozenset()
        windows = visit.day_windows.get(day, ())
        assert {second // 60 for a, b in windows for second in range(a, b, 60)} == lawful
        assert bool(windows) == bool(lawful)
        assert bool(visit.forbidden.get(day)) == (not lawful)
    assert any(visit.service_s <= b - a for windows in visit.day_windows.values() for a, b in windows)
    assert visit.service_s <= given["max_visit_s"]
    assert visit.earliest_on <= visit.due_on <= visit.latest_on
    assert days[0] <= visit.due_on <= days[-1]
    assert any(visit.earliest_on <= day <= visit.latest_on for day in visit.day_windows)
    if plot.tenure.until_on:
        assert visit.latest_on <= plot.tenure.until_on
    assert plot.state not in (PlotState.SET_ASIDE, PlotState.RETURNED)
    assert visit.why
    assert visit.why_en


def check_parts(demand: Demand, by_id: dict[str, Plot], catalogue: Catalogue) -> None:
    jobs: dict[tuple[str, str, date], list[Visit]] = defaultdict(list)
    for visit in demand.visits:
        jobs[visit.plot_id, visit.work, visit.due_on].append(visit)
    for (plot_id, work, _), parts in jobs.items():
        plot, kind = by_id[plot_id], catalogue.kinds[work]
        area_m2 = plot.area_m2
        if kind.care is not None and not (kind.unmapped_too and not plot.care_areas):
            area_m2 = sum(area.area_m2 for area in plot.care_areas if area.kind is kind.care)
        rate = min((tier for tier in kind.rates if area_m2 <= tier.up_to_m2), key=lambda tier: tier.up_to_m2)
        minutes = kind.minutes_fixed + area_m2 * rate.minutes_per_m2
        assert -1e-6 < sum(part.service_s for part in parts) / 60 - minutes < 1 + 1e-6
        assert math.isclose(sum(part.volume_m3 for part in parts), area_m2 * kind.volume_m3_per_m2, abs_tol=1e-9)
        assert math.isclose(sum(part.supply_m3 for part in parts), area_m2 * kind.supply_m3_per_m2, abs_tol=1e-9)
        assert all(part.waste_key == (kind.waste_key if part.volume_m3 else "") for part in parts)
        assert {part.supply for part in parts} == {kind.supply}
        assert [(part.part, part.parts) for part in parts] == [(n + 1, len(parts)) for n in range(len(parts))]


def check_order(demand: Demand) -> None:
    visits = {visit.visit_id: visit for visit in demand.visits}
    for visit in demand.visits:
        seen = {visit.visit_id}
        before = visit
        while before.after:
            assert before.after in visits
            assert before.after not in seen
            assert visits[before.after].plot_id == visit.plot_id
            assert visits[before.after].due_on + timedelta(days=before.after_days) <= before.latest_on
            seen.add(before.after)
            before = visits[before.after]


def check_nothing_is_lost(demand: Demand, plots: list[Plot], catalogue: Catalogue, given: dict[str, Any]) -> None:
    """Work never done on a plot that asks for it is either a visit or kept out with a reason."""
    told = {(visit.plot_code, visit.work) for visit in demand.visits}
    told |= {(one.plot_code, one.work) for one in demand.kept_out}
    assert all(one.reason and one.reason_en for one in demand.kept_out)
    assert len({(one.plot_code, one.work) for one in demand.kept_out}) == len(demand.kept_out)
    for plot in plots:
        for kind in catalogue.kinds.values():
            asks = plot.state in kind.states and kind.area_m2(plot) > 0
            if asks and (plot.plot_id, kind.code) not in given["past"]:
                assert (plot.code, kind.code) in told or (plot.code, "") in told


SWITCHES = [
    day
    for year in range(2020, 2036)
    for month in (3, 10)
    for day in [max(date(year, month, n) for n in range(25, 32) if date(year, month, n).weekday() == 6)]
]


@pytest.mark.parametrize("switch", SWITCHES, ids=str)
def test_weeks_in_which_the_clock_changes(
    switch: date, catalogue: Catalogue, crews: tuple[Crew, ...], make_plot: Callable[..., Plot]
) -> None:
    days = tuple(switch + timedelta(days=n) for n in range(-3, 4))
    plot = make_plot(care=dict.fromkeys(CareKind, 100.0))
    done = {(plot.plot_id, "litter_pick"): switch - timedelta(days=9)}
    demand = due_visits([plot], catalogue, done, days, crews=crews)
    given = {"days": days, "rules": Rules(), "max_visit_s": 4 * 3600}
    for visit in demand.visits:
        assert switch in visit.forbidden
        check_visit(visit, plot, catalogue, given)
    litter = [visit.due_on for visit in demand.visits if visit.work == "litter_pick"]
    assert litter == [switch + timedelta(days=1)]


@pytest.mark.parametrize("from_on", [date(2026, 11, 23), date(2026, 5, 4)], ids=["november", "may"])
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_four_crews_can_mostly_serve_130_plots(
    from_on: date, seed: int, town: Callable[..., Any], catalogue: Catalogue, crews: tuple[Crew, ...]
) -> None:
    plots, past = town(from_on, seed)
    days = working_days(from_on, 10)
    demand = due_visits(plots, catalogue, past, days, crews=crews)
    due_s = sum(visit.service_s for visit in demand.visits)
    shifts = [crew.shift_end_s - crew.shift_start_s for crew in crews]
    capacity_s = len(days) * sum(length - (1800 if length > 6 * 3600 else 0) for length in shifts)
    assert 0.6 <= due_s / capacity_s <= 0.9, f"{len(demand.visits)} visits, {due_s / capacity_s:.0%} of the capacity"
