from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo_service.work.waste_totals import WasteEntry, carried_away, hazardous_years

DAY = date(2026, 11, 26)

entries = st.builds(
    WasteEntry,
    on=st.dates(date(2025, 1, 1), date(2027, 12, 31)),
    plot=st.sampled_from(["KLZ-0001", "KLZ-0002"]),
    waste_key=st.sampled_from(["170605*", "170503*", "200301", "200201"]),
    found=st.booleans(),
    m3=st.none() | st.integers(0, 50).map(lambda n: n / 4),
    t=st.none() | st.integers(0, 400).map(lambda n: n / 100),
)


@given(st.lists(entries, max_size=40))
def test_what_is_carried_away_by_key_is_all_that_is_carried_away(told: list[WasteEntry]) -> None:
    rows = carried_away(told, date(2026, 1, 1), date(2026, 12, 31))
    mine = [one for one in told if not one.found and one.on.year == 2026]
    assert sum(row.m3 or 0 for row in rows) == pytest.approx(sum(one.m3 or 0 for one in mine))
    assert all(
        (row.m3 is None) == all(one.m3 is None for one in mine if one.waste_key == row.waste_key) for row in rows
    )
    assert sum(row.times for row in rows) == len(mine)
    assert [row.waste_key for row in rows] == sorted({one.waste_key for one in mine})


@given(st.lists(entries, max_size=40))
def test_a_year_counts_at_least_what_was_carried_away_and_never_more_than_all(told: list[WasteEntry]) -> None:
    for year in hazardous_years(told):
        mine = [one for one in told if one.hazardous and one.on.year == year.year]
        assert year.t >= round(sum(one.t or 0 for one in mine if not one.found), 6) - 1e-6
        assert year.t <= round(sum(one.t or 0 for one in mine), 6) + 1e-6
        assert sum(t for _, t in year.by_key) == pytest.approx(year.t)


@given(st.lists(entries, max_size=20), entries)
def test_more_waste_never_lowers_a_year(told: list[WasteEntry], more: WasteEntry) -> None:
    before = {year.year: year.t for year in hazardous_years(told)}
    after = {year.year: year.t for year in hazardous_years([*told, more])}
    assert all(after[year] >= t for year, t in before.items())


def test_the_levels_begin_at_four_fifths_and_above_two_tonnes() -> None:
    def level(t: float) -> str:
        return hazardous_years([WasteEntry(DAY, "A", "170605*", found=False, t=t)])[0].level

    assert [level(t) for t in (1.599, 1.6, 2.0, 2.001)] == ["ok", "near", "near", "over"]


def test_twenty_times_a_tenth_is_not_over() -> None:
    tenths = [WasteEntry(DAY, f"KLZ-{n}", "170605*", found=False, t=0.1) for n in range(20)]
    assert hazardous_years(tenths)[0].level == "near"
    assert hazardous_years([*tenths, WasteEntry(DAY, "X", "170503*", found=False, t=0.001)])[0].level == "over"


def test_found_and_then_carried_away_counts_once() -> None:
    find = WasteEntry(DAY, "A", "170605*", found=True, t=0.5)
    load = WasteEntry(DAY, "A", "170605*", found=False, t=0.7)
    elsewhere = WasteEntry(DAY, "B", "170605*", found=True, t=0.5)
    assert hazardous_years([find, load])[0].t == 0.7
    assert hazardous_years([find, load, elsewhere])[0].t == 1.2


def test_a_find_without_weight_is_told_as_missing_until_it_was_weighed() -> None:
    find = WasteEntry(DAY, "A", "170605*", found=True)
    assert hazardous_years([find])[0].untold == 1
    assert hazardous_years([find, WasteEntry(DAY, "A", "170605*", found=False, t=0.2)])[0].untold == 0


def test_waste_without_star_is_in_no_year() -> None:
    assert hazardous_years([WasteEntry(DAY, "A", "200301", found=False, t=50)]) == ()
