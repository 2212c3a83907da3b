from __future__ import annotations

import math
import random
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo_service.work.actuals import MIN_JOBS, MIN_PLOTS, Booked, actuals, whole_jobs, with_standard
from geo_service.work.catalogue import catalogue_from_json, catalogue_to_json
from geo_service.work.model import Catalogue, RateTier, WorkKind

MOWING = WorkKind("mow", "Mähen", "mowing", 10, (RateTier(1500, 0.06), RateTier(math.inf, 0.025)))
CATALOGUE = Catalogue({"mow": MOWING}, {})


def a_job(number: int, area_m2: float, minutes: float, **fields: Any) -> Booked:
    told: dict[str, Any] = {
        "visit_id": f"KLZ-{number:04d}.mow.2026-05-04.1",
        "plot": f"KLZ-{number:04d}",
        "work": "mow",
        "area_m2": area_m2,
        "minutes": minutes,
        "people": 2,
        "on": date(2026, 5, 4) + timedelta(days=number % 20),
        "crew": f"crew-{number % 2}",
    }
    return Booked(**told | fields)


def some_jobs(
    seed: int, count: int, *, fixed: float, rate: float, spread: float = 0.0, top: float = 1500
) -> list[Booked]:
    dice = random.Random(seed)
    areas = [dice.uniform(100, top) for _ in range(count)]
    return [
        a_job(number, area, (fixed + rate * area) * math.exp(dice.gauss(0, spread)))
        for number, area in enumerate(areas)
    ]


@given(seed=st.integers(0, 10_000), fixed=st.integers(0, 80).map(lambda n: n / 2), rate=st.integers(100, 999))
@settings(max_examples=60, deadline=None)
def test_minutes_on_a_line_give_that_line_back(seed: int, fixed: float, rate: int) -> None:
    jobs = some_jobs(seed, 20, fixed=fixed, rate=rate / 10_000)
    (row,), left = actuals(jobs, CATALOGUE)
    assert not left
    if row.verdict == "holds":
        assert abs(row.ratio.middle - 1) <= 0.05
        return
    assert row.proposal is not None
    assert row.proposal.minutes_fixed == pytest.approx(fixed, abs=0.26)
    assert row.proposal.minutes_per_m2 == pytest.approx(rate / 10_000, rel=0.01, abs=2e-4)
    assert not row.outliers


@given(seed=st.integers(0, 10_000), factor=st.sampled_from([0.05, 0.2, 5.0, 30.0]))
@settings(max_examples=40, deadline=None)
def test_a_fifth_of_wild_values_hardly_moves_the_proposal_and_is_named(seed: int, factor: float) -> None:
    jobs = some_jobs(seed, 40, fixed=15, rate=0.09, spread=0.1)
    wild = [replace(one, minutes=one.minutes * factor) if number % 5 == 0 else one for number, one in enumerate(jobs)]
    (row,), _ = actuals(wild, CATALOGUE)
    assert row.proposal is not None
    told = row.proposal.minutes_fixed + 800 * row.proposal.minutes_per_m2
    assert told == pytest.approx(15 + 800 * 0.09, rel=0.15)
    assert {one.visit_id for one in row.outliers} == {one.visit_id for one in jobs[::5]}


def test_least_squares_would_have_moved() -> None:
    """The control of the test above: on the same jobs the usual fit is far off."""
    jobs = some_jobs(1, 40, fixed=15, rate=0.09, spread=0.1)
    wild = [one.minutes * (30.0 if number % 5 == 0 else 1.0) for number, one in enumerate(jobs)]
    rate, fixed = np.polyfit([one.area_m2 for one in jobs], wild, 1)
    assert fixed + 800 * rate > 2 * (15 + 800 * 0.09)


@given(seed=st.integers(0, 10_000), spread=st.floats(0, 0.6), count=st.integers(1, 60), factor=st.floats(0.1, 8))
@settings(max_examples=60, deadline=None)
def test_whatever_is_booked_is_counted_once_and_makes_a_valid_standard(
    seed: int, spread: float, count: int, factor: float
) -> None:
    jobs = some_jobs(seed, count, fixed=10 * factor, rate=0.05 * factor, spread=spread, top=4000)
    strange = [a_job(901, 500, 30, work="by hand"), a_job(902, 0, 30), a_job(903, 500, 0)]
    rows, left = actuals([*jobs, *strange], CATALOGUE)
    assert sum(row.jobs for row in rows) == count
    assert {one.visit_id for one in left} == {one.visit_id for one in strange}
    assert sum(row.minutes for row in rows) == pytest.approx(sum(one.minutes for one in jobs))
    for row in rows:
        assert row.ratio.low <= row.ratio.middle <= row.ratio.high
        assert row.actual.low <= row.actual.middle <= row.actual.high
        assert (row.proposal is not None) == (row.verdict == "propose")
        assert row.jobs >= MIN_JOBS or row.verdict == "too_few"
        if row.proposal is not None:
            better = with_standard(MOWING, row.proposal.minutes_fixed, {row.up_to_m2: row.proposal.minutes_per_m2})
            better = replace(better, states=(), source="from booked minutes")
            document = catalogue_to_json(Catalogue({"mow": better}, {}))
            document["kinds"][0]["states"] = ["maintained"]
            assert catalogue_from_json(document).kinds["mow"].rates == better.rates


@given(seed=st.integers(0, 10_000))
@settings(max_examples=20, deadline=None)
def test_the_order_of_the_jobs_does_not_matter(seed: int) -> None:
    jobs = some_jobs(seed, 30, fixed=20, rate=0.1, spread=0.3, top=3000)
    assert actuals(jobs, CATALOGUE) == actuals(jobs[::-1], CATALOGUE)


@given(seed=st.integers(0, 10_000), spread=st.floats(0.05, 0.4))
@settings(max_examples=30, deadline=None)
def test_with_the_proposal_as_the_standard_the_middle_job_is_as_planned(seed: int, spread: float) -> None:
    jobs = some_jobs(seed, 60, fixed=25, rate=0.12, spread=spread)
    (row,), _ = actuals(jobs, CATALOGUE)
    assert row.proposal is not None
    better = with_standard(MOWING, row.proposal.minutes_fixed, {1500: row.proposal.minutes_per_m2})
    (again,), _ = actuals(jobs, Catalogue({"mow": better}, {}))
    assert again.ratio.middle == pytest.approx(1, abs=0.12)
    assert again.ratio.high - again.ratio.low <= row.ratio.high - row.ratio.low


def test_too_few_jobs_or_plots_give_no_proposal_and_say_so() -> None:
    jobs = some_jobs(3, MIN_JOBS, fixed=30, rate=0.2)
    (few,), _ = actuals(jobs[1:], CATALOGUE)
    (enough,), _ = actuals(jobs, CATALOGUE)
    (narrow,), _ = actuals([replace(one, plot=f"KLZ-{n % (MIN_PLOTS - 1)}") for n, one in enumerate(jobs)], CATALOGUE)
    assert (few.verdict, few.proposal, few.jobs) == ("too_few", None, MIN_JOBS - 1)
    assert (enough.verdict, narrow.verdict, narrow.proposal) == ("propose", "few_plots", None)


def test_on_equal_areas_the_fixed_part_stays_and_the_rate_moves() -> None:
    jobs = [a_job(number, 1000, 90 + number % 3) for number in range(12)]
    (row,), _ = actuals(jobs, CATALOGUE)
    assert row.proposal is not None
    assert row.proposal.minutes_fixed == MOWING.minutes_fixed
    assert row.proposal.minutes_per_m2 == pytest.approx(0.081)


def test_both_tiers_share_one_fixed_part() -> None:
    small = some_jobs(5, 30, fixed=22, rate=0.06)
    dice = random.Random(7)
    large = [a_job(100 + n, area, 22 + 0.04 * area) for n in range(30) for area in [dice.uniform(1600, 9000)]]
    rows, _ = actuals([*small, *large], CATALOGUE)
    told = [row.proposal for row in rows if row.proposal is not None]
    assert [one.minutes_fixed for one in told] == [22, 22]
    assert [one.minutes_per_m2 for one in told] == pytest.approx([0.06, 0.04], rel=0.01)
    assert [(row.from_m2, row.up_to_m2) for row in rows] == [(0, 1500), (1500, math.inf)]


def test_large_areas_alone_leave_the_fixed_part_as_it_is() -> None:
    dice = random.Random(7)
    large = [a_job(n, area, 150 + 0.04 * area) for n in range(30) for area in [dice.uniform(1600, 9000)]]
    (row,), _ = actuals(large, CATALOGUE)
    assert row.proposal is not None
    assert row.proposal.minutes_fixed == MOWING.minutes_fixed
    assert row.proposal.minutes_per_m2 > 0.04


def test_hours_of_people_are_counted() -> None:
    (row,), _ = actuals([a_job(1, 500, 40, people=3), a_job(2, 500, 20, people=1)], CATALOGUE)
    assert (row.minutes, row.person_minutes, row.plots, row.crews) == (60, 140, 2, 2)


def test_a_job_in_parts_counts_when_all_of_them_are_booked() -> None:
    first = a_job(1, 3000, 200, visit_id="KLZ-0001.clear.first.1")
    second = a_job(1, 3000, 150, visit_id="KLZ-0001.clear.first.2", on=date(2026, 6, 1), crew="crew-9")
    (job,), none = whole_jobs([(first, 2), (second, 2)])
    assert (job.minutes, job.on, job.crew, none) == (350, date(2026, 6, 1), "crew-9", [])
    assert whole_jobs([(second, 2)]) == ([], [second])
