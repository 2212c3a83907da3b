"""Floor 4: from a first day and some choices to all days of a need in the season, for many patterns at once.

Between two visits lie never fewer days than the rhythm's shortest and never more than its longest, unless all those
days are closed (holidays, season, law, right to work): then the work begins again behind them, within the slack.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from geo_service.schedule.season.horizon import DAYS
from geo_service.schedule.season.model import Rhythm, SeasonWeights, Step
from geo_service.schedule.season.open_days import Days, OpenDays

GAPS = 4
"""At most so many intervals are tried for a rhythm."""

DELAYS = (0, 7, 14, 28, 56)
"""Days by which the steps of a chain that are done once may be put off."""


@dataclass(frozen=True)
class Choices:
    """What tells one pattern from another, each of shape (m,).

    Attributes
    ----------
    start
        Day of the first visit, an open one.
    gap
        Index into `gaps` of the first step's rhythm.
    delay
        Index into `DELAYS`.
    origin
        For fixed rhythms the due day of the first visit, else 0.
    """

    start: Days
    gap: Days
    delay: Days
    origin: Days


@dataclass(frozen=True)
class Unrolled:
    """Days of patterns, step by step.

    Attributes
    ----------
    days
        Shape (m, c), -1 where a pattern has no visit; columns of one step rise from left to right.
    steps
        Step of each column, shape (c,).
    deviation_s
        Days off the ideal between the visits, weighed, shape (m,); the first visit's own is not in it.
    later_s
        For steps done once that come only after the season, shape (m,).
    """

    days: npt.NDArray[np.int32]
    steps: npt.NDArray[np.int16]
    deviation_s: npt.NDArray[np.int64]
    later_s: npt.NDArray[np.int64]


def gaps(rhythm: Rhythm) -> tuple[int, ...]:
    """Return the intervals to try, the nearest to the ideal first: whole weeks keep the day of the week.

    Examples
    --------
    >>> gaps(Rhythm(18, 30)), gaps(Rhythm(8, 12)), gaps(Rhythm(7, 14, fixed=True))
    ((24, 21, 28), (10,), (10,))
    """
    ideal = rhythm.ideal_days
    if rhythm.fixed:
        return (ideal,)
    weeks = range(-(-rhythm.shortest_days // DAYS) * DAYS, rhythm.longest_days + 1, DAYS)
    return tuple(sorted({ideal, *(one for one in weeks if one > 0)}, key=lambda one: (abs(one - ideal), one)))[:GAPS]


def unroll(steps: Sequence[Step], open_days: Sequence[OpenDays], choices: Choices, weights: SeasonWeights) -> Unrolled:
    """Return the days of the patterns that ``choices`` tell apart, for needs that share steps and open days."""
    count = len(choices.start)
    columns: list[Days] = []
    of_step: list[int] = []
    firsts: list[Days] = []
    deviation_s = np.zeros(count, np.int64)
    later_s = np.zeros(count, np.int64)
    for index, (step, days) in enumerate(zip(steps, open_days, strict=True)):
        if step.after < 0:
            first, off = choices.start, np.zeros(count, np.int64)
        else:
            first, off = _behind(step, days, firsts[step.after], choices)
            if step.rhythm is None:
                later_s += np.where(first < 0, weights.unserved(step), 0)
        found, more_off = [first], np.zeros(count, np.int64)
        if step.rhythm is not None:
            gap = np.array(gaps(step.rhythm))[choices.gap if index == 0 else np.zeros(count, np.int32)]
            again = _on_grid if step.rhythm.fixed and index == 0 else _repeated
            found, more_off = again(step.rhythm, days, first, gap.astype(np.int32), choices)
        firsts.append(first)
        columns += found
        of_step += [index] * len(found)
        deviation_s += (off + more_off) * weights.day_off(step)
    return Unrolled(np.stack(columns, axis=1), np.array(of_step, np.int16), deviation_s, later_s)


def _behind(step: Step, days: OpenDays, before: Days, choices: Choices) -> tuple[Days, npt.NDArray[np.int64]]:
    """Return the first day of a step that waits for another, -1 for after the season, and its days off the ideal."""
    ready = before + step.settle_days
    if step.rhythm is None:
        base = days.first_from(ready)
        delay = np.array(DELAYS, np.int32)[choices.delay]
        found = days.nearest(base + np.minimum(delay, step.slack_days), base, base + step.slack_days)
        ideal = ready
    else:
        low = np.maximum(ready, before + step.rhythm.shortest_days)
        high = np.maximum(low, before + step.rhythm.longest_days)
        ideal = np.clip(before + step.rhythm.ideal_days, low, high)
        found = days.nearest(ideal, low, high)
        again, reopened = _reopened(step.rhythm, days, high, choices.start)
        not_yet = ideal >= days.count
        ideal = np.where(found < 0, reopened, ideal)
        found = np.where(not_yet, -1, np.where(found < 0, again, found))
    found = np.where((before < 0) | (found >= days.count), -1, found).astype(np.int32)
    return found, np.where(found < 0, 0, np.abs(found - ideal)).astype(np.int64)


def _reopened(rhythm: Rhythm, days: OpenDays, closed_until: Days, start: Days) -> tuple[Days, Days]:
    """Return a day after a closed time, -1 for none, and the first open one.

    The day keeps the start's day of the week; patterns with other starts begin in other weeks of the slack.
    """
    reopened = days.first_from(np.maximum(closed_until + 1, 0))
    weeks = rhythm.slack_days // DAYS + 1
    wished = reopened + (start - reopened) % DAYS + DAYS * ((start // DAYS) % weeks)
    found = days.nearest(wished, reopened, reopened + rhythm.slack_days)
    return np.where(reopened >= days.count, -1, found).astype(np.int32), reopened


def _repeated(
    rhythm: Rhythm, days: OpenDays, first: Days, gap: Days, choices: Choices
) -> tuple[list[Days], npt.NDArray[np.int64]]:
    """Return the days after one another until the season ends, and how many they are off the ideal in all.

    What is wished for moves by whole gaps, so that one holiday does not shift all that follows.
    """
    found, off = [first], np.zeros(len(first), np.int64)
    last, wished = first, first
    while (last >= 0).any():
        low, high = last + max(1, rhythm.shortest_days), last + max(1, rhythm.longest_days)
        wished = np.clip(wished + gap, low, high)
        ideal = last + rhythm.ideal_days
        on = days.nearest(wished, low, high)
        again, reopened = _reopened(rhythm, days, high, choices.start)
        ended = (last < 0) | (wished >= days.count)
        fits = on >= 0
        on = np.where(ended, -1, np.where(fits, on, again)).astype(np.int32)
        wished = np.where(fits, wished, on)
        off += np.where(on < 0, 0, np.abs(on - np.where(fits, ideal, reopened)))
        found.append(on)
        last = on
    return found[:-1] if len(found) > 1 else found, off


def _on_grid(
    rhythm: Rhythm, days: OpenDays, first: Days, gap: Days, choices: Choices
) -> tuple[list[Days], npt.NDArray[np.int64]]:
    """Return the days on a fixed grid, each shifted as the first is; a closed date is put off before the next one."""
    ideal = rhythm.ideal_days
    early, late = ideal - rhythm.shortest_days, rhythm.longest_days - ideal
    shift = np.clip(first - choices.origin, -early, late)
    found, off = [first], np.zeros(len(first), np.int64)
    grid = choices.origin
    last = first
    while (grid + ideal - early < days.count).any():
        grid = (grid + ideal).astype(np.int32)
        low = np.maximum(grid - early, last + 1)
        on = days.nearest(grid + shift, low, grid + late)
        put_off = days.first_from(np.maximum(low, grid + late + 1))
        put_off = np.where((put_off < grid + ideal - early) & (put_off < days.count), put_off, -1)
        on = np.where(on < 0, put_off, on).astype(np.int32)
        on = np.where(grid + shift >= days.count, -1, on).astype(np.int32)
        off += np.where(on < 0, 0, np.abs(on - grid))
        found.append(on)
        last = np.maximum(last, on)
    return found, off
