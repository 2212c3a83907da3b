"""Floor 4: the days of a season on which a step may be done: crews at work, no rest day, in season, lawful, with right.

All days are numbers of the horizon; arrays of days work element by element.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

import numpy as np
import numpy.typing as npt

from geo_service.schedule.season.horizon import Horizon
from geo_service.schedule.season.model import Step
from geo_service.work.calendar import rest_day
from geo_service.work.cutting import CUTTING_BAN
from geo_service.work.season import Season, in_season

Days = npt.NDArray[np.int32]

_Rule = tuple[Season, bool, tuple[int, ...]]


@dataclass(frozen=True)
class OpenDays:
    """Open days, ready to be asked.

    Attributes
    ----------
    following
        For each day from 0 to ``count`` the first open day not before it; ``count`` when there is none.
    preceding
        For each day the last open day not after it; -1 when there is none.
    """

    following: Days
    preceding: Days

    @property
    def count(self) -> int:
        """Days of the horizon."""
        return len(self.preceding)

    def first_from(self, day: Days) -> Days:
        """Return the first open day not before ``day``; ``count`` when there is none."""
        found: Days = self.following[np.clip(day, 0, self.count)]
        return found

    def nearest(self, target: Days, low: Days, high: Days) -> Days:
        """Return the open day nearest to ``target`` from ``low`` to ``high``, the earlier of two; -1: none is open."""
        wished = np.clip(np.clip(target, low, high), 0, self.count - 1)
        after, before = self.following[wished], self.preceding[wished]
        after_fits = (after <= high) & (after < self.count) & (after >= low)
        before_fits = (before >= low) & (before >= 0) & (before <= high)
        nearer = np.where(before_fits & (~after_fits | (target - before <= after - target)), before, after)
        return np.where(after_fits | before_fits, nearer, -1).astype(np.int32)


def from_mask(is_open: npt.NDArray[np.bool_]) -> OpenDays:
    """Return the open days of a mask over the horizon, shape (days,)."""
    count = len(is_open)
    numbers = np.arange(count, dtype=np.int32)
    preceding = np.maximum.accumulate(np.where(is_open, numbers, -1)).astype(np.int32)
    following = np.minimum.accumulate(np.where(is_open, numbers, count)[::-1])[::-1]
    return OpenDays(np.append(following, count).astype(np.int32), preceding)


@dataclass
class Calendar:
    """Answers which days are open in a horizon; each rule is worked out once."""

    horizon: Horizon
    _masks: dict[_Rule, npt.NDArray[np.bool_]] = field(default_factory=dict)

    def open_days(self, step: Step, from_on: date | None, until_on: date | None) -> OpenDays:
        """Return the open days of a step on a plot where the right to work lasts from ``from_on`` to ``until_on``."""
        rule = (step.season, step.woody_cut, step.weekdays)
        if rule not in self._masks:
            self._masks[rule] = self._mask(rule)
        mask = self._masks[rule].copy()
        if from_on is not None:
            mask[: max(0, self.horizon.day(from_on))] = False
        if until_on is not None:
            mask[max(0, self.horizon.day(until_on) + 1) :] = False
        return from_mask(mask)

    def _mask(self, rule: _Rule) -> npt.NDArray[np.bool_]:
        season, woody_cut, weekdays = rule
        dates = [self.horizon.date(day) for day in range(self.horizon.days)]
        return np.array(
            [
                on >= self.horizon.from_on
                and on.weekday() in weekdays
                and rest_day(on) is None
                and in_season(season, on)
                and not (woody_cut and in_season(CUTTING_BAN, on))
                for on in dates
            ]
        )
