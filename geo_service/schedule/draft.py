"""Floor 4: a plan in the making: orders of visits on crew-days, what each insertion costs, and a way back.

Visits and crew-days are numbers here. The driving that a visit adds at every position of every crew-day is one numpy
expression over padded arrays that hold the legs of all routes, kept up to date route by route; only the cheapest
position is then timed exactly, and what was timed is remembered.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

import numpy as np
import numpy.typing as npt

from geo_service.routes.model import CrewDay
from geo_service.routes.timing import VOLUME_TOLERANCE_M3, timetable
from geo_service.schedule.dates import date_cost_s, days_after, in_order, job_of, left_out_cost_s, predecessors
from geo_service.schedule.fit import Fit
from geo_service.schedule.model import Problem
from geo_service.streets.model import UNREACHABLE
from geo_service.work.model import Visit

Ints = npt.NDArray[np.int64]

NO_WAY_S = 10**9
"""Stands for `UNREACHABLE` in sums that must not overflow."""

NEVER = 10**12
"""The cost of a position that cannot be."""

NOWHERE = -1
REMEMBERED = 200_000
"""So many timed orders are remembered before the memory is emptied (about 60 MB)."""

Order = tuple[int, ...]


class Draft:
    """Orders on crew-days that can always be driven, and the visits not placed yet.

    Attributes
    ----------
    orders
        For each crew-day the numbers of its visits in order.
    where
        For each visit the number of its crew-day, or `NOWHERE`.
    before, after
        For each visit those that must lie on an earlier date, and those that wait for it.
    rank
        For each visit its place in an order in which predecessors come first.
    days_of
        For each visit the crew-days it may lie on.
    seconds, place, depot
        Driving between numbered places; the number of each visit and of each crew-day's depot.
    left_out_s
        For each visit the cost of leaving it out.
    cost_s
        The objective of the draft after `Weights`, seconds.
    """

    def __init__(self, problem: Problem, visits: Sequence[Visit], crew_days: Sequence[CrewDay]) -> None:
        first_day, last_day = min(problem.days), max(problem.days)
        self.visits, self.crew_days, self.weights = tuple(visits), tuple(crew_days), problem.weights
        self.matrix = problem.matrix
        fit = Fit(visits, crew_days, first_day)
        self._starts = fit.starts
        self._limit_s = fit.limit_s
        self._number_places(problem)
        self.services_s = [visit.service_s for visit in visits]
        self._volumes_m3 = [visit.volume_m3 + visit.supply_m3 for visit in visits]
        self.left_out_s = [left_out_cost_s(visit, last_day, problem.weights) for visit in visits]
        self._link(visits)
        on_dates = sorted({day.on for day in crew_days})
        column = [on_dates.index(day.on) for day in crew_days]
        by_date = np.array(
            [[date_cost_s(visit, on, first_day, problem.weights) for on in on_dates] for visit in visits],
            dtype=np.int64,
        ).reshape(len(visits), len(on_dates))
        self.days_of = [np.flatnonzero(row) for row in fit.possible]
        self._date_cost_s: Ints = by_date[:, column]
        self._ordinals = np.array([day.on.toordinal() for day in crew_days], dtype=np.int64)
        self._deadline = self._deadlines()
        kinds: dict[tuple[object, ...], int] = {}
        self._kind = [kinds.setdefault((day.on, day.shift, day.depot_place), len(kinds)) for day in crew_days]
        self._timed: dict[tuple[int, Order], bool] = {}

        count = len(crew_days)
        self.orders: list[Order] = [()] * count
        self.where = [NOWHERE] * len(visits)
        self.cost_s = sum(self.left_out_s)
        self._legs: list[list[int]] = [[0]] * count
        self._drive_s = np.zeros(count, dtype=np.int64)
        self._busy_s = np.zeros(count, dtype=np.int64)
        self._room_m3 = np.array([day.capacity_m3 + VOLUME_TOLERANCE_M3 for day in crew_days])
        self._opening_s = np.full(count, problem.weights.crew_day_s, dtype=np.int64)
        self._widen(8)
        self._journal: dict[int, Order] | None = None
        self._cost_before_s = self.cost_s

    def _number_places(self, problem: Problem) -> None:
        wanted = np.array([one.place for one in self.visits] + [one.depot_place for one in self.crew_days], np.int64)
        places, numbers = np.unique(wanted, return_inverse=True)
        seconds = problem.matrix.seconds[np.ix_(places, places)].astype(np.int64)
        seconds[seconds == UNREACHABLE] = NO_WAY_S
        self.seconds: Ints = seconds
        self._into: Ints = np.ascontiguousarray(seconds.T)
        self.place: list[int] = numbers[: len(self.visits)].tolist()
        self.depot: list[int] = numbers[len(self.visits) :].tolist()

    def _link(self, visits: Sequence[Visit]) -> None:
        number = {visit.visit_id: index for index, visit in enumerate(visits)}
        self.before: list[list[int]] = [[] for _ in visits]
        self.after: list[list[int]] = [[] for _ in visits]
        waiting = predecessors(visits)
        for visit_id, awaited in waiting.items():
            for before in awaited:
                self.before[number[visit_id]].append(number[before])
                self.after[number[before]].append(number[visit_id])
        ranks = {visit_id: rank for rank, visit_id in enumerate(in_order(list(number), waiting)[0])}
        self.rank = [ranks[visit.visit_id] for visit in visits]
        jobs: dict[object, list[int]] = {}
        for index, visit in enumerate(visits):
            if visit.parts > 1:
                jobs.setdefault(job_of(visit), []).append(index)
        self._parts: list[list[int]] = [jobs[job_of(visit)] if visit.parts > 1 else [] for visit in visits]

    def _deadlines(self) -> list[float]:
        """For each visit the last date, as an ordinal, that leaves those that wait for it a possible crew-day."""
        deadlines = [math.inf] * len(self.visits)
        for visit in sorted(range(len(self.visits)), key=self.rank.__getitem__, reverse=True):
            possible = self._ordinals[self.days_of[visit]]
            possible = possible[possible <= deadlines[visit]]
            for before in self.before[visit] if len(possible) else ():
                latest = int(possible.max()) - days_after(self.visits[visit])
                deadlines[before] = min(deadlines[before], latest)
        return deadlines

    def _widen(self, width: int) -> None:
        shape = (len(self.crew_days), width)
        self._from = np.zeros(shape, dtype=np.int64)
        self._to = np.zeros(shape, dtype=np.int64)
        self._leg = np.full(shape, -NEVER, dtype=np.int64)
        for day in range(len(self.crew_days)):
            self._lay(day)

    def _lay(self, day: int) -> None:
        """Bring everything that is kept per crew-day in line with its order."""
        order, depot = self.orders[day], self.depot[day]
        if len(order) + 1 > self._from.shape[1]:
            self._widen(len(order) + 8)
            return
        stops = [depot, *(self.place[visit] for visit in order), depot]
        legs: Ints = self.seconds[stops[:-1], stops[1:]]
        count = len(legs)
        self._from[day, :count] = stops[:-1]
        self._to[day, :count] = stops[1:]
        self._leg[day, :count] = legs
        self._leg[day, count:] = -NEVER
        self._legs[day] = legs.tolist()
        self._drive_s[day] = sum(self._legs[day])
        self._busy_s[day] = self._drive_s[day] + sum(self.services_s[visit] for visit in order)
        self._room_m3[day] = (
            self.crew_days[day].capacity_m3 + VOLUME_TOLERANCE_M3 - sum(self._volumes_m3[visit] for visit in order)
        )
        self._opening_s[day] = 0 if order else self.weights.crew_day_s

    def _change(self, day: int, order: Order) -> None:
        if self._journal is not None:
            self._journal.setdefault(day, self.orders[day])
        before = self._drive_s[day] - self._opening_s[day]
        self.orders[day] = order
        self._lay(day)
        self.cost_s += int(self._drive_s[day] - self._opening_s[day] - before)

    def _split_s(self, visit: int) -> int:
        crews = {self.crew_days[self.where[part]].crew for part in self._parts[visit] if self.where[part] != NOWHERE}
        return self.weights.crew_change_s * max(0, len(crews) - 1)

    def _move(self, visit: int, day: int) -> None:
        """Note where a visit is now and count what that changes, the driving apart."""
        self.cost_s -= self._split_s(visit) if self._parts[visit] else 0
        for at, sign in ((self.where[visit], -1), (day, 1)):
            self.cost_s += sign * (self.left_out_s[visit] if at == NOWHERE else int(self._date_cost_s[visit, at]))
        self.where[visit] = day
        self.cost_s += self._split_s(visit) if self._parts[visit] else 0

    @property
    def drive_s(self) -> int:
        """Driving of all crew-days, seconds."""
        return int(self._drive_s.sum())

    @property
    def unplaced(self) -> list[int]:
        """Visits without a crew-day."""
        return [visit for visit, day in enumerate(self.where) if day == NOWHERE]

    def begin(self) -> None:
        """From here on remember what changes, for `roll_back`."""
        self._journal = {}
        self._cost_before_s = self.cost_s

    def roll_back(self) -> None:
        """Undo everything since `begin`."""
        journal, self._journal = self._journal or {}, None
        for day in journal:
            for visit in self.orders[day]:
                self.where[visit] = NOWHERE
        for day, order in journal.items():
            self.orders[day] = order
            self._lay(day)
            for visit in order:
                self.where[visit] = day
        self.cost_s = self._cost_before_s

    def take_out(self, visits: Iterable[int]) -> list[int]:
        """Take visits out of their routes, with those that wait for them, and return all that were taken out.

        Where the rest of a route cannot be driven any more (a way between two of its stops may be longer than over
        the one taken out) the whole route is taken out.
        """
        taken: dict[int, None] = {}
        queue = list(visits)
        while queue:
            visit = queue.pop()
            if self.where[visit] != NOWHERE and visit not in taken:
                taken[visit] = None
                queue += self.after[visit]
        days = dict.fromkeys(self.where[visit] for visit in taken)
        for day in days:
            self._change(day, tuple(visit for visit in self.orders[day] if visit not in taken))
        for visit in taken:
            self._move(visit, NOWHERE)
        stranded = [visit for day in days if not self._fits(day, self.orders[day]) for visit in self.orders[day]]
        return [*taken, *(self.take_out(stranded) if stranded else ())]

    def _fits(self, day: int, order: Order, legs: Sequence[int] | None = None) -> bool:
        key = (self._kind[day], order)
        known = self._timed.get(key)
        if known is None:
            on = self.crew_days[day].on
            known = not order or not isinstance(
                timetable(
                    self.crew_days[day].shift,
                    self._legs[day] if legs is None else legs,
                    [self.services_s[visit] for visit in order],
                    [self._starts[visit][on] for visit in order],
                ),
                str,
            )
            if len(self._timed) >= REMEMBERED:
                self._timed.clear()
            self._timed[key] = known
        return known

    def restore(self, orders: Sequence[Order]) -> None:
        """Go back to orders that this draft had before."""
        self.where = [NOWHERE] * len(self.visits)
        self.cost_s = sum(self.left_out_s)
        self._journal = None
        for day in range(len(orders)):
            self._change(day, ())
        self.cost_s = sum(self.left_out_s)
        for day, order in enumerate(orders):
            self._change(day, order)
            for visit in order:
                self._move(visit, day)

    def reorder(self, day: int, order: Order) -> bool:
        """Put a crew-day into another order when that is cheaper and can be driven; tell whether it was."""
        old, saved = self.orders[day], self.cost_s
        self._change(day, order)
        if self.cost_s < saved and self._fits(day, order):
            return True
        self._change(day, old)
        return False

    def put_in(self, visit: int, skip: int = 0) -> bool:
        """Insert a visit where it costs least and can be driven; tell whether there was such a place.

        A visit that others wait for goes to a date that leaves them one, if there is such a place.

        Parameters
        ----------
        skip
            Pass over so many of the cheapest places, as long as another one follows.
        """
        rows = self.days_of[visit]
        if self.before[visit]:
            if any(self.where[before] == NOWHERE for before in self.before[visit]):
                return False
            latest = max(int(self._ordinals[self.where[before]]) for before in self.before[visit])
            rows = rows[self._ordinals[rows] >= latest + days_after(self.visits[visit])]
        in_time = rows[self._ordinals[rows] <= self._deadline[visit]]
        return self._insert(visit, in_time, skip) or (len(in_time) < len(rows) and self._insert(visit, rows, skip))

    def _insert(self, visit: int, rows: Ints, skip: int) -> bool:
        """Insert a visit on one of the crew-days ``rows`` where it costs least, as `put_in`."""
        if not len(rows):
            return False
        place = self.place[visit]
        added: Ints = self._into[place][self._from[rows]] + self.seconds[place][self._to[rows]] - self._leg[rows]
        fixed = self._date_cost_s[visit, rows] + self._opening_s[rows]
        if self._parts[visit]:
            fixed = fixed + self._crew_change_s(visit, rows)
        spare = self._limit_s[rows] - self._busy_s[rows] - self.services_s[visit]
        spare[self._room_m3[rows] < self._volumes_m3[visit]] = -NEVER
        costs = np.where(added <= spare[:, None], added + fixed[:, None], NEVER).ravel()
        width = added.shape[1]
        passed: tuple[int, int] | None = None
        while True:
            best = int(costs.argmin())
            if costs[best] >= NEVER:
                break
            costs[best] = NEVER
            day, at = int(rows[best // width]), best % width
            if self._try(visit, day, at):
                passed = (day, at)
                if skip == 0:
                    break
                skip -= 1
        if passed is None:
            return False
        day, at = passed
        self._change(day, (*self.orders[day][:at], visit, *self.orders[day][at:]))
        self._move(visit, day)
        return True

    def _try(self, visit: int, day: int, at: int) -> bool:
        order, legs, place = self.orders[day], self._legs[day], self.place[visit]
        before = int(self._from[day, at])
        following = int(self._to[day, at])
        return self._fits(
            day,
            (*order[:at], visit, *order[at:]),
            [
                *legs[:at],
                int(self.seconds[before, place]),
                int(self.seconds[place, following]),
                *legs[at + 1 :],
            ],
        )

    def _crew_change_s(self, visit: int, rows: Ints) -> Ints:
        crews = {self.crew_days[self.where[part]].crew for part in self._parts[visit] if self.where[part] != NOWHERE}
        added = self.weights.crew_change_s if crews else 0
        return np.array([0 if self.crew_days[day].crew in crews else added for day in rows], dtype=np.int64)
