"""Floor 2: minutes as booked against the standard of the catalogue: spread, outliers, and what the standard should be.

A proposal is the line that fits the booked minutes best by the sum of relative deviations (least absolute deviations,
Koenker and Bassett 1978, by linear programming): one fixed part for the work, one rate for each tier of area, none
of them negative. Up to about a quarter of wild values hardly moves it, so none is left out. The fixed part moves only
when jobs of different size were booked in the tier of the smallest areas.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal, cast

import numpy as np
import numpy.typing as npt
from scipy.optimize import linprog

from geo_service.work.model import Catalogue, RateTier, WorkKind

MIN_JOBS = 8
"""Jobs booked in a tier of area before a rate is proposed for it."""

MIN_PLOTS = 3
"""Plots that they must be spread over."""

HOLDS = 0.05
"""Share by which the middle job may differ from the standard before another is proposed."""

MIN_SPAN = 1.5
"""Largest area over smallest, both without their outer tenths, from which a fixed part can be told from a rate."""

_FENCE = 1.5
_FENCE_FLOOR = math.log(1.5)
_STEP_MIN = 0.5
_MAX_FIXED = 600.0
_MAX_RATE = 60.0

Doubles = npt.NDArray[np.float64]
Verdict = Literal["propose", "too_few", "few_plots", "holds"]


@dataclass(frozen=True)
class Booked:
    """One job as it was booked; the parts of a job that was cut are one `Booked`, see `whole_jobs`.

    Attributes
    ----------
    area_m2
        What the work was done on: the plot's area of that care.
    minutes
        Crew minutes on the plot, as booked.
    people
        Persons in the crew.
    """

    visit_id: str
    plot: str
    work: str
    area_m2: float
    minutes: float
    people: int
    on: date
    crew: str


@dataclass(frozen=True)
class Quartiles:
    """The middle of a list of numbers and the quarters around it."""

    low: float
    middle: float
    high: float


@dataclass(frozen=True)
class Outlier:
    """A job far off the others; ``ratio`` is its minutes over the standard's."""

    visit_id: str
    plot: str
    crew: str
    on: date
    minutes: float
    standard_minutes: float

    @property
    def ratio(self) -> float:
        """Its minutes over those of the standard."""
        return self.minutes / self.standard_minutes


@dataclass(frozen=True)
class Standard:
    """Minutes of a job: a fixed part and a rate for a tier of area."""

    minutes_fixed: float
    minutes_per_m2: float


@dataclass(frozen=True)
class TierActuals:
    """What was booked in one tier of area of a work.

    Attributes
    ----------
    from_m2, up_to_m2
        The tier: areas above the one, up to and with the other.
    jobs, plots, crews
        How many jobs were booked, on how many plots, by how many crews.
    minutes, person_minutes
        All that was booked.
    standard_minutes
        Of the middle job by the catalogue.
    actual
        Minutes as booked.
    ratio
        Booked minutes over the standard's; 1 is as planned. The distance of the outer two is the spread.
    standard, proposal
        What the catalogue says, and what it should say; None without a proposal, for the reason in ``verdict``:
        ``too_few`` jobs, ``few_plots``, or it ``holds``.
    """

    work: str
    from_m2: float
    up_to_m2: float
    jobs: int
    plots: int
    crews: int
    minutes: float
    person_minutes: float
    standard_minutes: float
    actual: Quartiles
    ratio: Quartiles
    standard: Standard
    proposal: Standard | None
    verdict: Verdict
    outliers: tuple[Outlier, ...] = ()


def whole_jobs(parts: Iterable[tuple[Booked, int]]) -> tuple[list[Booked], list[Booked]]:
    """Return jobs whose parts were all booked, their minutes added up, and the parts of those that lack some.

    Parameters
    ----------
    parts
        What was booked for a visit, with how many parts its job has; the id of a part ends with its number.

    Examples
    --------
    >>> one = Booked("KLZ-0001.clear.first.1", "KLZ-0001", "clear", 2000, 200, 3, date(2026, 11, 23), "crew-1")
    >>> whole, open_ = whole_jobs([(one, 2)])
    >>> len(whole), len(open_)
    (0, 1)
    """
    by_job: dict[str, list[tuple[Booked, int]]] = {}
    for one, count in parts:
        by_job.setdefault(one.visit_id.rpartition(".")[0], []).append((one, count))
    whole, lacking = [], []
    for found in by_job.values():
        booked = [one for one, _ in found]
        if len(booked) < found[0][1]:
            lacking += booked
            continue
        last = max(booked, key=lambda one: (one.on, one.visit_id))
        whole.append(replace(last, minutes=sum(one.minutes for one in booked)))
    return whole, lacking


def actuals(booked: Iterable[Booked], catalogue: Catalogue) -> tuple[tuple[TierActuals, ...], tuple[Booked, ...]]:
    """Return what was booked against the standard, by work and tier of area, and what cannot be held against one.

    Left over are jobs of work that the catalogue does not know (urgent work in free words), without minutes, or on no
    area. The order of the jobs does not matter.

    Parameters
    ----------
    booked
        Whole jobs.
    """
    by_work: dict[str, list[Booked]] = {}
    left: list[Booked] = []
    for one in sorted(booked, key=lambda one: (one.on, one.visit_id)):
        if one.work in catalogue.kinds and one.minutes > 0 and one.area_m2 > 0:
            by_work.setdefault(one.work, []).append(one)
        else:
            left.append(one)
    rows = [row for code, kind in catalogue.kinds.items() if code in by_work for row in _of_work(kind, by_work[code])]
    return tuple(rows), tuple(left)


def with_standard(kind: WorkKind, minutes_fixed: float, rates: Mapping[float, float]) -> WorkKind:
    """Return a kind of work with another standard.

    Parameters
    ----------
    rates
        Minutes per square metre by ``up_to_m2`` of the tier; tiers that are not named keep theirs.
    """
    tiers = tuple(replace(tier, minutes_per_m2=rates.get(tier.up_to_m2, tier.minutes_per_m2)) for tier in kind.rates)
    return replace(kind, minutes_fixed=minutes_fixed, rates=tiers)


def _of_work(kind: WorkKind, jobs: Sequence[Booked]) -> list[TierActuals]:
    by_tier: dict[RateTier, list[Booked]] = {tier: [] for tier in kind.rates}
    for one in jobs:
        by_tier[kind.tier(one.area_m2)].append(one)
    verdicts = {tier: _verdict(kind, tier, found) for tier, found in by_tier.items()}
    if "propose" in verdicts.values():  # the fixed part is theirs together: with it, a rate that holds moves, too
        verdicts = {tier: "propose" if verdict == "holds" else verdict for tier, verdict in verdicts.items()}
    fitted = _fit(kind, {tier: by_tier[tier] for tier, verdict in verdicts.items() if verdict == "propose"})
    rows, from_m2 = [], 0.0
    for tier, found in by_tier.items():
        if found:
            rows.append(_row(kind, tier, from_m2, found, verdicts[tier], fitted.get(tier)))
        from_m2 = tier.up_to_m2
    return rows


def _verdict(kind: WorkKind, tier: RateTier, jobs: Sequence[Booked]) -> Verdict:
    if len(jobs) < MIN_JOBS:
        return "too_few"
    if len({one.plot for one in jobs}) < MIN_PLOTS:
        return "few_plots"
    middle = float(np.median([one.minutes / _standard_minutes(kind, tier, one) for one in jobs]))
    return "holds" if abs(middle - 1) <= HOLDS else "propose"


def _standard_minutes(kind: WorkKind, tier: RateTier, one: Booked) -> float:
    return kind.minutes_fixed + one.area_m2 * tier.minutes_per_m2


def _row(
    kind: WorkKind, tier: RateTier, from_m2: float, jobs: Sequence[Booked], verdict: Verdict, found: Standard | None
) -> TierActuals:
    standard = np.array([_standard_minutes(kind, tier, one) for one in jobs])
    actual = np.array([one.minutes for one in jobs])
    return TierActuals(
        work=kind.code,
        from_m2=from_m2,
        up_to_m2=tier.up_to_m2,
        jobs=len(jobs),
        plots=len({one.plot for one in jobs}),
        crews=len({one.crew for one in jobs}),
        minutes=float(actual.sum()),
        person_minutes=float(sum(one.minutes * one.people for one in jobs)),
        standard_minutes=float(np.median(standard)),
        actual=_quartiles(actual),
        ratio=_quartiles(actual / standard),
        standard=Standard(kind.minutes_fixed, tier.minutes_per_m2),
        proposal=found,
        verdict=verdict,
        outliers=_outliers(jobs, standard, found),
    )


def _quartiles(values: Doubles) -> Quartiles:
    low, middle, high = (float(one) for one in np.quantile(values, (0.25, 0.5, 0.75)))
    return Quartiles(low, middle, high)


def _outliers(jobs: Sequence[Booked], standard: Doubles, found: Standard | None) -> tuple[Outlier, ...]:
    """Return the jobs beyond Tukey's fences, in logarithms so that half and double are equally far."""
    if len(jobs) < MIN_JOBS:
        return ()
    areas = np.array([one.area_m2 for one in jobs])
    expected = standard if found is None else found.minutes_fixed + areas * found.minutes_per_m2
    off = np.log(np.array([one.minutes for one in jobs]) / expected)
    quarters = _quartiles(off)
    reach = max(_FENCE * (quarters.high - quarters.low), _FENCE_FLOOR)
    far = (off < quarters.low - reach) | (off > quarters.high + reach)
    return tuple(
        Outlier(one.visit_id, one.plot, one.crew, one.on, one.minutes, float(minutes))
        for one, minutes, is_far in zip(jobs, standard, far, strict=True)
        if is_far
    )


def _fit(kind: WorkKind, by_tier: Mapping[RateTier, Sequence[Booked]]) -> dict[RateTier, Standard]:
    """Return the standard that fits the jobs best, with one fixed part for all tiers, rounded to half a minute."""
    if not by_tier:
        return {}
    fixed = kind.minutes_fixed
    smallest = by_tier.get(kind.rates[0], ())  # large areas alone tell nothing of what small ones take
    if smallest and _span(smallest) >= MIN_SPAN:
        fixed = min(_MAX_FIXED, _STEP_MIN * round(_fixed_part(kind, by_tier) / _STEP_MIN))
    fitted = {}
    for tier, jobs in by_tier.items():
        rate = _rate(kind, tier, jobs, fixed)
        if fixed == 0 and rate == 0:
            continue
        fitted[tier] = Standard(fixed, rate)
    return fitted


def _span(jobs: Sequence[Booked]) -> float:
    low, high = np.quantile([one.area_m2 for one in jobs], (0.1, 0.9))
    return float(high / low)


def _fixed_part(kind: WorkKind, by_tier: Mapping[RateTier, Sequence[Booked]]) -> float:
    """Return the fixed part of the best line: minimise the sum of deviations, each over its standard minutes."""
    tiers = list(by_tier)
    rows = [(number, one) for number, tier in enumerate(tiers) for one in by_tier[tier]]
    count, width = len(rows), 1 + len(tiers)
    weights = np.array([1 / _standard_minutes(kind, tiers[number], one) for number, one in rows])
    model = np.zeros((count, width))
    model[:, 0] = 1
    for row, (number, one) in enumerate(rows):
        model[row, 1 + number] = one.area_m2
    # unknowns: the line, then how far each job lies above it and below it
    equal = np.hstack([model * weights[:, None], np.eye(count), -np.eye(count)])
    costs = np.concatenate([np.zeros(width), np.ones(2 * count)])
    minutes = np.array([one.minutes for _, one in rows]) * weights
    answer = linprog(costs, A_eq=equal, b_eq=minutes, bounds=(0, None), method="highs")
    return float(cast(Doubles, answer.x)[0])  # feasible and bounded, whatever the jobs


def _rate(kind: WorkKind, tier: RateTier, jobs: Sequence[Booked], fixed: float) -> float:
    """Return the best rate beside a fixed part, rounded to three digits: the weighted median of the jobs' own rates."""
    rates = np.array([(one.minutes - fixed) / one.area_m2 for one in jobs])
    weights = np.array([one.area_m2 / _standard_minutes(kind, tier, one) for one in jobs])
    order = np.argsort(rates, kind="stable")
    reached = np.cumsum(weights[order])
    middle = float(rates[order][np.searchsorted(reached, reached[-1] / 2)])
    return min(_MAX_RATE, float(f"{max(0.0, middle):.3g}"))
