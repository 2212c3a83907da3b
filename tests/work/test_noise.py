from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo_service.plots.model import Baunvo, CareKind, Plot
from geo_service.work.model import Catalogue, Machine
from geo_service.work.noise import Rules, intersect, refusal, rule_note, ruling, spans

MONDAY, SATURDAY, SUNDAY, HOLIDAY = date(2026, 11, 23), date(2026, 11, 28), date(2026, 11, 29), date(2026, 11, 18)
BRUSHCUTTER = Machine("brushcutter", "Freischneider", "brushcutter", annex_number="02", loud=True)
MOWER = Machine("mower", "Rasenmäher", "lawn mower", annex_number="32")
TANK = Machine("water_tank", "Wassertank", "water tank", motor=False)
FEDERAL_ONLY = Rules(leipzig_noise=False)
H = 3600

RESIDENTIAL = ["WR", "WA", "WB", "WS", "SO_recreation", "SO_clinic", "unknown"]
OTHER = ["MD", "MI", "MU", "MK", "GE", "GI", "SO_other"]


def test_a_brushcutter_in_a_residential_zone_at_0830_is_refused_the_rule_named() -> None:
    half_past_eight = 8 * H + 1800
    said = refusal(BRUSHCUTTER, Baunvo.WA, MONDAY, half_past_eight)
    assert said == "Freischneider in WA, 08:30 Uhr: 32. BImSchV §7(1) Nr. 2: 09–13, 15–17 Uhr"
    said = refusal(BRUSHCUTTER, Baunvo.WA, MONDAY, half_past_eight, lang="en")
    assert said == "brushcutter in WA at 08:30: 32. BImSchV §7(1) no. 2: 09–13 and 15–17"
    assert refusal(BRUSHCUTTER, Baunvo.WA, MONDAY, 9 * H) is None


def test_with_the_ecolabel_the_brushcutter_counts_as_any_machine() -> None:
    quiet = replace(BRUSHCUTTER, ecolabel=True)
    assert ruling([quiet], Baunvo.WA, MONDAY, FEDERAL_ONLY).windows == ((7 * H, 20 * H),)
    assert refusal(quiet, Baunvo.WA, MONDAY, 8 * H) is None
    assert "Nr. 1" in (refusal(quiet, Baunvo.WA, MONDAY, 6 * H) or "")


@pytest.mark.parametrize("zone", RESIDENTIAL)
def test_zones_under_protection(zone: str) -> None:
    assert ruling([BRUSHCUTTER], Baunvo(zone), SATURDAY, FEDERAL_ONLY).windows == ((9 * H, 13 * H), (15 * H, 17 * H))
    assert ruling([MOWER], Baunvo(zone), SATURDAY, FEDERAL_ONLY).windows == ((7 * H, 20 * H),)


@pytest.mark.parametrize("zone", OTHER)
def test_zones_without_protection_keep_the_citys_hours_only(zone: str) -> None:
    assert ruling([BRUSHCUTTER], Baunvo(zone), MONDAY, FEDERAL_ONLY).windows == ((0, 24 * H),)
    found = ruling([BRUSHCUTTER], Baunvo(zone), MONDAY)
    assert found.windows == ((7 * H, 13 * H), (15 * H, 20 * H))
    assert found.rules == ("PolVO Leipzig §17: 07–13, 15–20 Uhr",)


@pytest.mark.parametrize("day", [SUNDAY, HOLIDAY])
def test_no_machine_on_sundays_and_holidays(day: date) -> None:
    assert ruling([MOWER], Baunvo.WA, day).windows == ()
    assert "nicht an Sonn- und Feiertagen" in (refusal(MOWER, Baunvo.WA, day, 10 * H) or "")
    assert "not on Sundays" in (refusal(MOWER, Baunvo.WA, day, 10 * H, lang="en") or "")


def test_the_citys_rule_can_be_switched_off_in_two_ways() -> None:
    noon_rest = 14 * H
    assert "PolVO Leipzig §17" in (refusal(MOWER, Baunvo.WA, MONDAY, noon_rest) or "")
    assert refusal(MOWER, Baunvo.WA, MONDAY, noon_rest, FEDERAL_ONLY) is None
    assert refusal(MOWER, Baunvo.WA, MONDAY, noon_rest, Rules(municipal_exempt=True)) is None


def test_what_has_no_motor_is_bound_by_nothing() -> None:
    assert ruling([TANK], Baunvo.WR, SUNDAY).windows == ((0, 24 * H),)
    assert ruling([TANK], Baunvo.WR, SUNDAY).rules == ()
    assert refusal(TANK, Baunvo.WR, SUNDAY, 0) is None


def test_an_unknown_zone_says_how_it_is_taken() -> None:
    assert "gilt als Wohngebiet" in (refusal(BRUSHCUTTER, Baunvo.UNKNOWN, MONDAY, 8 * H) or "")


@given(
    st.sampled_from([BRUSHCUTTER, MOWER, TANK]),
    st.sampled_from(list(Baunvo)),
    st.dates(date(2026, 1, 1), date(2027, 12, 31)),
    st.integers(0, 24 * H - 1),
    st.builds(Rules, st.booleans(), st.booleans()),
)
def test_a_second_is_refused_exactly_when_it_lies_outside_the_windows(
    machine: Machine, zone: Baunvo, on: date, second: int, rules: Rules
) -> None:
    windows = ruling([machine], zone, on, rules).windows
    assert (refusal(machine, zone, on, second, rules) is None) == any(a <= second < b for a, b in windows)


@given(st.lists(st.lists(st.tuples(st.integers(0, 40), st.integers(1, 8)), max_size=4), max_size=3))
def test_intersection_is_that_of_the_sets_of_seconds(drawn: list[list[tuple[int, int]]]) -> None:
    sides = []
    for lengths in drawn:
        at, side = 0, []
        for gap, length in lengths:
            side.append((at + gap, at + gap + length))
            at += gap + length + 1
        sides.append(side)
    seconds = set(range(24 * H))
    for side in sides:
        seconds &= {second for a, b in side for second in range(a, b)}
    assert {second for a, b in intersect(*sides) for second in range(a, b)} == seconds


def test_notes_name_only_rules_that_narrow_the_hours(catalogue: Catalogue, make_plot: Callable[..., Plot]) -> None:
    plot = make_plot(care={CareKind.MEADOW: 300.0, CareKind.LAWN: 300.0})
    meadow, lawn = catalogue.kinds["cut_meadow"], catalogue.kinds["mow_lawn"]
    assert rule_note(meadow, plot, MONDAY, catalogue) == "Freischneider 09–13, 15–17 Uhr (32. BImSchV §7)"
    assert rule_note(meadow, plot, MONDAY, catalogue, lang="en") == "brushcutter 09–13 and 15–17 (32. BImSchV §7)"
    assert rule_note(lawn, plot, MONDAY, catalogue) == "Rasenmäher 07–13, 15–20 Uhr (PolVO Leipzig §17)"
    assert rule_note(lawn, plot, MONDAY, catalogue, rules=FEDERAL_ONLY) == "Rasenmäher 07–20 Uhr (32. BImSchV §7)"
    assert rule_note(lawn, plot, HOLIDAY, catalogue).startswith("Rasenmäher heute nicht (")
    assert rule_note(catalogue.kinds["litter_pick"], plot, MONDAY, catalogue) == ""


def test_spans_write_minutes_only_where_there_are_some() -> None:
    assert spans([(24_300, 46_800)]) == "06:45–13"
    assert spans([]) == ""
