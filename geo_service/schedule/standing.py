"""Floor 4: a plan as it stands, and what would still fit where: each crew-day with its visits in order, timed exactly.

Bounds come first: what the detour to a plot adds to the driving says how many seconds a crew-day lacks at least, for
all gaps of all crew-days in a few operations on arrays. Only the gaps that lack least are timed exactly.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
import numpy.typing as npt

from geo_service.routes.model import CrewDay, Route
from geo_service.routes.timing import (
    VOLUME_TOLERANCE_M3,
    Starts,
    busy_limit_s,
    starts_on,
    time_route,
    timetable,
    why_unfit,
)
from geo_service.schedule.dates import may_lie_on
from geo_service.schedule.model import Problem
from geo_service.streets.model import UNREACHABLE
from geo_service.work.hours import MAX_WORK_BALANCED_S, MIN_REST_S
from geo_service.work.model import Visit

DAY_S = 86_400
MAX_MORE_MIN = 120
"""Most minutes that a crew-day is ever made longer: from 8 to 10 hours of work (ArbZG §3)."""

TRIED = 16
"""So many gaps are timed exactly for a visit, those that lack least."""

_NO_WAY_S = 10**9
_NO_GAP = 10**12

Ints = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Gap:
    """A place in the order of a crew-day: before visit ``at``, with the seconds it lacks at least to take a visit."""

    day: int
    at: int
    short_s: int


class Standing:
    """The crew-days of a plan with what they do.

    Attributes
    ----------
    days
        The crew-days with the shifts that count.
    orders
        For each crew-day its visits in the order of driving.
    busy_s, limit_s
        For each crew-day its driving and work, and the most it may have.
    more_min
        For each crew-day by how many minutes it could begin earlier and end later, rest and law kept.
    """

    def __init__(self, problem: Problem, crew_days: Sequence[CrewDay], routes: Iterable[Route]) -> None:
        self.problem, self.days = problem, tuple(crew_days)
        self.first_day = min(problem.days)
        by_day = {(route.crew_day.crew, route.crew_day.on): route for route in routes}
        self._routes = [by_day.get((day.crew, day.on)) for day in self.days]
        self.orders: list[tuple[Visit, ...]] = [
            tuple(stop.visit for stop in route.stops) if route else () for route in self._routes
        ]
        self.busy_s = np.array([route.drive_s + route.work_s if route else 0 for route in self._routes], np.int64)
        self.limit_s = np.array([busy_limit_s(day.shift, day.max_work_s) for day in self.days], np.int64)
        self.more_min = self._room_for_more(by_day)
        self.done_on: dict[str, date] = {
            visit.visit_id: day.on for day, order in zip(self.days, self.orders, strict=True) for visit in order
        }
        self._starts: dict[tuple[str, date], Starts] = {}
        self._longer: dict[tuple[int, int, int], CrewDay] = {}
        self._lay()

    def _lay(self) -> None:
        shape = (len(self.days), max((len(order) for order in self.orders), default=0) + 1)
        self._from, self._to = np.zeros(shape, np.int64), np.zeros(shape, np.int64)
        self._leg = np.full(shape, -_NO_GAP, np.int64)
        self._leave, self._latest = np.zeros(shape, np.int64), np.full(shape, -_NO_WAY_S, np.int64)
        for row, (day, order) in enumerate(zip(self.days, self.orders, strict=True)):
            places = [day.depot_place, *(visit.place for visit in order), day.last_place]
            count = len(order) + 1
            self._from[row, :count], self._to[row, :count] = places[:-1], places[1:]
            seconds = self.problem.matrix_of(day).seconds
            legs = seconds[places[:-1], places[1:]].astype(np.int64)
            self._leg[row, :count] = legs if order else 0
            self._leave[row, :count], self._latest[row, :count] = self._slack(row, order, legs.tolist())

    def _slack(self, row: int, order: Sequence[Visit], legs: Sequence[int]) -> tuple[list[int], list[int]]:
        """Return when a crew leaves before each gap at the earliest, and must be at what follows it at the latest.

        The day is as long as it can ever be made and nobody rests: bounds for every exact timing. A crew-day with
        trips to facilities has none.
        """
        day, (before, after) = self.days[row], self.more_min[row]
        route = self._routes[row]
        if route is not None and route.trips:
            return [0] * len(legs), [DAY_S] * len(legs)
        starts = [self._starts_of(visit, day.on) for visit in order]
        leave, latest = [day.shift[0] - 60 * before], [day.shift[1] + 60 * after]
        for visit, leg, windows in zip(order, legs, starts, strict=False):
            arrival = leave[-1] + leg
            begin = min((max(arrival, low) for low, high in windows if arrival <= high), default=_NO_WAY_S)
            leave.append(begin + visit.service_s)
        for visit, leg, windows in zip(reversed(order), reversed(legs), reversed(starts), strict=False):
            by = latest[-1] - leg - visit.service_s
            latest.append(max((min(by, high) for low, high in windows if low <= by), default=-_NO_WAY_S))
        return leave, latest[::-1]

    def _room_for_more(self, by_day: dict[tuple[str, date], Route]) -> list[tuple[int, int]]:
        worked: dict[str, list[Route]] = {}
        for route in by_day.values():
            worked.setdefault(route.crew_day.crew, []).append(route)
        room = []
        for day in self.days:
            earliest, latest = 0, DAY_S
            for route in worked.get(day.crew, ()):
                apart = (route.crew_day.on - day.on).days * DAY_S
                if apart > 0:
                    latest = min(latest, route.start_s + apart - MIN_REST_S)
                elif apart < 0:
                    earliest = max(earliest, route.end_s + apart + MIN_REST_S)
            before, after = (day.shift[0] - earliest) // 60, (latest - day.shift[1]) // 60
            room.append((min(MAX_MORE_MIN, max(0, before)), min(MAX_MORE_MIN, max(0, after))))
        return room

    def open_to(self, visit: Visit, *, whatever_it_needs: bool = False) -> list[int]:
        """Return the crew-days that a visit may lie on: crew, date and law; its place among others does not matter.

        Parameters
        ----------
        whatever_it_needs
            Do not ask for skills, machines, people and volume.
        """
        return [
            number
            for number, day in enumerate(self.days)
            if visit.day_windows.get(day.on)
            and may_lie_on(visit, day.on, self.first_day)
            and (whatever_it_needs or not why_unfit(day, visit))
        ]

    def gaps(self, visit: Visit, days: Sequence[int]) -> list[Gap]:
        """Return the `TRIED` gaps of ``days`` that lack least time to take a visit, those with the least drive first.

        Gaps that no longer day could make fit are left out. What a crew-day lacks is a lower bound: windows and breaks
        may ask for more. A crew-day with trips to facilities may lack less than it seems, so it counts as lacking
        nothing.
        """
        if not days or visit.place < 0:
            return []
        rows = np.array(days, np.int64)
        added = np.full((len(rows), self._from.shape[1]), _NO_GAP, np.int64)
        for profile in dict.fromkeys(self.days[day].profile for day in days):
            mine = np.array([self.days[day].profile == profile for day in days])
            seconds = self.problem.matrices.get(profile, self.problem.matrix).seconds
            into = seconds[self._from[rows[mine]], visit.place].astype(np.int64)
            onward = seconds[visit.place, self._to[rows[mine]]].astype(np.int64)
            way = np.where((into == UNREACHABLE) | (onward == UNREACHABLE), _NO_WAY_S, into + onward)
            late = self._arrival(visit, rows[mine], into) + onward > self._latest[rows[mine]]
            added[mine] = np.where(late, _NO_WAY_S, way - self._leg[rows[mine]])
        short = np.maximum(0, self.busy_s[rows, None] + visit.service_s + added - self.limit_s[rows, None])
        loose = [number for number, day in enumerate(days) if (route := self._routes[day]) and route.trips]
        short[loose] = np.where(added[loose] < _NO_WAY_S, 0, short[loose])
        order = np.lexsort((added.ravel(), short.ravel()))[:TRIED]
        width = added.shape[1]
        return [
            Gap(int(rows[flat // width]), int(flat % width), int(short.ravel()[flat]))
            for flat in order.tolist()
            if added.ravel()[flat] < _NO_WAY_S // 2
        ]

    def _arrival(self, visit: Visit, rows: Ints, into: Ints) -> Ints:
        """Return when a visit would be done at the earliest in each gap of crew-days; never: very late."""
        starts = [self._starts_of(visit, self.days[row].on) for row in rows.tolist()]
        most = max(map(len, starts), default=0)
        low, high = np.zeros((len(rows), most), np.int64), np.full((len(rows), most), -1, np.int64)
        for number, several in enumerate(starts):
            for k, window in enumerate(several):
                low[number, k], high[number, k] = window
        arrival = self._leave[rows] + into
        begin = np.full(arrival.shape, _NO_WAY_S, np.int64)
        for k in range(most):
            opens, closes = low[:, k, None], high[:, k, None]
            begin = np.where(arrival <= closes, np.minimum(begin, np.maximum(arrival, opens)), begin)
        return begin + visit.service_s

    def with_visit(self, gap: Gap, visit: Visit) -> tuple[Visit, ...]:
        """Return the order of a crew-day with a visit in a gap."""
        order = self.orders[gap.day]
        return (*order[: gap.at], visit, *order[gap.at :])

    def longer(self, day: int, before_min: int = 0, after_min: int = 0) -> CrewDay:
        """Return a crew-day that begins and ends so many minutes earlier and later, never more than 10 h of work."""
        key = (day, before_min, after_min)
        if key not in self._longer:
            self._longer[key] = self._made_longer(self.days[day], before_min, after_min)
        return self._longer[key]

    def _made_longer(self, here: CrewDay, before_min: int, after_min: int) -> CrewDay:
        most = max(here.max_work_s, min(here.max_work_s + 60 * (before_min + after_min), MAX_WORK_BALANCED_S))
        return replace(here, shift=(here.shift[0] - 60 * before_min, here.shift[1] + 60 * after_min), max_work_s=most)

    def fits(self, crew_day: CrewDay, order: Sequence[Visit]) -> bool:
        """Tell whether an order can be driven on a crew-day, exactly."""
        matrix = self.problem.matrix_of(crew_day)
        load = sum(visit.volume_m3 + visit.supply_m3 for visit in order)
        if load > crew_day.capacity_m3 + VOLUME_TOLERANCE_M3 or crew_day.ends_empty:
            return isinstance(time_route(crew_day, order, matrix), Route)
        places = [crew_day.depot_place, *(visit.place for visit in order), crew_day.last_place]
        legs = matrix.seconds[places[:-1], places[1:]]
        if (legs == UNREACHABLE).any():
            return False
        starts = [self._starts_of(visit, crew_day.on) for visit in order]
        services = [visit.service_s for visit in order]
        return all(starts) and not isinstance(
            timetable(crew_day.shift, legs.tolist(), services, starts, crew_day.max_work_s), str
        )

    def _starts_of(self, visit: Visit, on: date) -> Starts:
        key = (visit.visit_id, on)
        if key not in self._starts:
            self._starts[key] = starts_on(visit, on)
        return self._starts[key]
