"""Floor 4: which visits may lie on which crew-days, before any road is known."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date

import numpy as np
import numpy.typing as npt

from geo_service.routes.model import CrewDay
from geo_service.routes.timing import Starts, busy_limit_s, starts_on, why_unfit
from geo_service.schedule.dates import may_lie_on
from geo_service.work.model import Visit


class Fit:
    """Visits against crew-days: needs, dates, law, and the shift with nothing else in it.

    Attributes
    ----------
    possible
        bool, shape (visits, crew-days).
    starts
        For each visit, by date: when it may be begun, seconds since local midnight.
    limit_s
        int64, shape (crew-days,): the most driving and work of a crew-day, seconds.
    """

    def __init__(self, visits: Sequence[Visit], crew_days: Sequence[CrewDay], first_day: date) -> None:
        self.visits = tuple(visits)
        self.crew_days = tuple(crew_days)
        self.first_day = first_day
        self.limit_s = np.array([busy_limit_s(day.shift, day.max_work_s) for day in crew_days], dtype=np.int64)
        self.possible: npt.NDArray[np.bool_] = np.zeros((len(self.visits), len(self.crew_days)), dtype=bool)
        self.starts: list[dict[date, Starts]] = []
        kinds: dict[tuple[object, ...], int] = {}
        dated: defaultdict[date, list[tuple[int, int, CrewDay]]] = defaultdict(list)
        for index, day in enumerate(self.crew_days):
            kind = kinds.setdefault((day.people, day.skills, day.machines, day.capacity_m3), len(kinds))
            dated[day.on].append((index, kind, day))
        for number, visit in enumerate(self.visits):
            able: dict[int, bool] = {}
            starts: dict[date, Starts] = {}
            for on, days in dated.items():
                if not visit.day_windows.get(on) or not may_lie_on(visit, on, first_day):
                    continue
                starts[on] = starts_on(visit, on)
                for index, kind, day in days:
                    if kind not in able:
                        able[kind] = not why_unfit(day, visit)
                    self.possible[number, index] = able[kind] and self._has_room(visit, starts[on], day, index)
            self.starts.append(starts)

    def _has_room(self, visit: Visit, starts: Starts, day: CrewDay, index: int) -> bool:
        return visit.service_s <= self.limit_s[index] and any(
            max(low, day.shift[0]) <= min(high, day.shift[1] - visit.service_s) for low, high in starts
        )
