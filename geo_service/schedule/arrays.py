"""Floor 4: a planning problem as the engine's arrays, and the engine's routes as visits and trips."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from geo_service.routes.model import CrewDay, Facility
from geo_service.routes.timing import busy_limit_s
from geo_service.routes.trips import Trip, load_m3, starts_in
from geo_service.schedule.dates import date_cost_s, days_after, in_order, job_of, left_out_cost_s, predecessors
from geo_service.schedule.engine.instance import FAR, Array, Instance, make_instance
from geo_service.schedule.fit import Fit
from geo_service.schedule.model import Placement, Problem
from geo_service.streets.model import UNREACHABLE
from geo_service.work.hours import MAX_STRETCH_S
from geo_service.work.model import Visit

LOCKED_S = 10**9
"""Leaving out a locked visit costs more than anything else."""


class Arrays:
    """The arrays of a problem.

    Parameters
    ----------
    visits
        Those that some crew-day could do, predecessors first.
    crew_days
        With the shifts that count, in any order.

    Attributes
    ----------
    crew_days
        In order of date: route ``r`` of the engine is ``crew_days[r]``.
    instance
        For `geo_service.schedule.engine.search`.
    """

    def __init__(self, problem: Problem, visits: Sequence[Visit], crew_days: Sequence[CrewDay]) -> None:
        self.visits = tuple(visits)
        self.crew_days = tuple(sorted(crew_days, key=lambda day: day.on))
        self._problem = problem
        self._dates = sorted({day.on for day in self.crew_days})
        self._column = {on: column for column, on in enumerate(self._dates)}
        self._fit = Fit(self.visits, self.crew_days, min(problem.days))
        self._able = self._who_may()
        self.facilities = self._open_facilities()
        self._on_date = {(day.on, one.code): one for day in reversed(self.crew_days) for one in day.facilities}
        self._bits = _bits(self.visits, self.facilities)
        self.instance = self._instance()

    def order_of(self, stops: Sequence[int]) -> tuple[tuple[Visit, ...], tuple[Trip, ...]]:
        """Return the visits of an engine's route and the trips between them."""
        visits: list[Visit] = []
        trips: list[Trip] = []
        for stop in stops:
            if stop >= 0:
                visits.append(self.visits[stop])
            else:
                trips.append((len(visits), self.facilities[-1 - stop]))
        return tuple(visits), tuple(trips)

    def in_force(self) -> Array:
        """Return for each visit and crew-day whether the plan in force has it there and it may lie there, (n, R)."""
        there: Array = self._able.copy()
        for number, visit in enumerate(self.visits):
            at = self._problem.in_force.get(visit.visit_id)
            there[number] &= [Placement(day.crew, day.on) == at for day in self.crew_days]
        return there

    def _who_may(self) -> Array:
        able: Array = self._fit.possible.copy()
        for number, visit in enumerate(self.visits):
            if visit.visit_id in self._problem.locked:
                there = self._problem.in_force.get(visit.visit_id)
                able[number] &= [Placement(day.crew, day.on) == there for day in self.crew_days]
            if visit.volume_m3 > 0:  # with no facility at all the engine does not look at what is carried
                able[number] &= [not day.ends_empty or bool(_on_streets(day)) for day in self.crew_days]
        return able

    def _open_facilities(self) -> tuple[Facility, ...]:
        """Return every facility once; its hours are told by day."""
        known = {one.code: one for day in self.crew_days for one in _on_streets(day)}
        return tuple(known[code] for code in sorted(known))

    def _instance(self) -> Instance:
        problem, visits, days = self._problem, self.visits, self.crew_days
        weights = problem.weights
        wanted = [visit.place for visit in visits]
        wanted += [day.depot_place for day in days] + [day.last_place for day in days]
        places, numbers = np.unique(np.array(wanted, dtype=np.int64), return_inverse=True)
        place, depot, last = np.split(numbers.astype(np.int64), np.cumsum([len(visits), len(days)]))
        tip = len(places) + np.arange(len(self.facilities))  # places of their own, which can be out of reach for some
        places = np.append(places, np.array([one.place for one in self.facilities], dtype=np.int64))
        ways_of = [(day.profile, self._closed_to(day)) for day in days]
        ways = list(dict.fromkeys(ways_of))
        travel = np.empty((len(ways), len(places), len(places)))
        for row, (profile, closed) in enumerate(ways):
            seconds = problem.matrices.get(profile, problem.matrix).seconds[np.ix_(places, places)]
            travel[row] = np.where(seconds == UNREACHABLE, FAR, seconds)
            travel[row, tip[list(closed)]] = travel[row, :, tip[list(closed)]] = FAR
        crews = {crew: number for number, crew in enumerate(dict.fromkeys(day.crew for day in days))}
        areas = {area: number for number, area in enumerate(sorted(set(problem.areas.values())))}
        before, rank = self._links()
        jobs = self._jobs()
        job = np.full(len(visits), -1, dtype=np.int64)
        for number, parts in enumerate(jobs):
            job[list(parts)] = number
        last_day = max(problem.days)
        on_days = [sorted({self._column[days[r].on] for r in np.flatnonzero(row)}) for row in self._able]
        return make_instance(
            travel=travel,
            place=place,
            day=[self._column[day.on] for day in days],
            patterns=[[(column,) for column in own] for own in on_days],
            windows=[
                [starts.get(on, ()) for on in self._dates] if on_days[number] else [()] * len(self._dates)
                for number, starts in enumerate(self._fit.starts)
            ],
            facilities=[
                (int(tip[number]), float(one.service_s), *self._bits[1][number], self._hours(one))
                for number, one in enumerate(self.facilities)
            ],
            able=self._able,
            fixed=self._fixed(),
            ordinals=[on.toordinal() for on in self._dates],
            before=before,
            jobs=jobs,
            item={
                "service": [visit.service_s for visit in visits],
                "volume": [load_m3([visit]) for visit in visits],
                "left_out": [
                    LOCKED_S if visit.visit_id in problem.locked else left_out_cost_s(visit, last_day, weights)
                    for visit in visits
                ],
                "deadline": self._deadlines(before, rank, on_days),
                "waste": [bits[0] for bits in self._bits[0]],
                "supply": [bits[1] for bits in self._bits[0]],
                "rank": rank,
                "job": job,
                "area": [areas.get(problem.areas.get(visit.plot_id, ""), -1) for visit in visits],
            },
            route={
                "capacity": [day.capacity_m3 for day in days],
                "opens": [day.shift[0] for day in days],
                "closes": [day.shift[1] for day in days],
                "longest": [busy_limit_s(day.shift, day.max_work_s) for day in days],
                "opening": weights.crew_day_s,
                "regular": [day.regular_s for day in days],
                "profile": [ways.index(one) for one in ways_of],
                "start": depot,
                "end": last,
                "kind": range(len(days)),
                "crew": [crews[day.crew] for day in days],
                "max_work": [day.max_work_s for day in days],
                "ends_empty": [day.ends_empty for day in days],
                "exact": [day.shift[1] - day.shift[0] > MAX_STRETCH_S for day in days],
            },
            overtime=weights.overtime,
            crew_change=weights.crew_change_s,
            further_area=weights.area_s,
            imbalance=weights.imbalance,
        )

    def _hours(self, facility: Facility) -> list[tuple[tuple[float, float], ...]]:
        """Return for each date when a trip to a facility may be begun."""
        known = [self._on_date.get((on, facility.code)) for on in self._dates]
        return [starts_in(one.windows, one.service_s) if one is not None else () for one in known]

    def _closed_to(self, day: CrewDay) -> tuple[int, ...]:
        """Return the facilities that a crew-day does not have as the others of its date have them."""
        return tuple(
            number
            for number, one in enumerate(self.facilities)
            if (there := self._on_date.get((day.on, one.code))) not in day.facilities
            or there is None
            or replace(there, windows=one.windows) != one
        )

    def _fixed(self) -> Array:
        """Return what a visit costs on a crew-day whatever the order: dates, changes, a crew that does not know it."""
        problem, weights, first_day = self._problem, self._problem.weights, min(self._problem.days)
        fixed = np.zeros((len(self.visits), len(self.crew_days)))
        for number, visit in enumerate(self.visits):
            by_date = {on: date_cost_s(visit, on, first_day, weights) for on in self._dates}
            there = problem.in_force.get(visit.visit_id)
            known = problem.familiar.get(visit.plot_id, frozenset())
            for column, day in enumerate(self.crew_days):
                cost = by_date[day.on]
                if there is not None and there != Placement(day.crew, day.on):
                    cost += weights.change_s
                if known and day.crew not in known:
                    cost += weights.unfamiliar_s
                fixed[number, column] = cost
        return fixed

    def _links(self) -> tuple[list[list[tuple[int, int]]], list[int]]:
        """Return for each visit those before it with the days between, and its place in an order of all."""
        number = {visit.visit_id: index for index, visit in enumerate(self.visits)}
        waiting = predecessors(self.visits)
        before = [
            [(number[other], days_after(visit)) for other in waiting.get(visit.visit_id, ())] for visit in self.visits
        ]
        ranks = {visit_id: rank for rank, visit_id in enumerate(in_order(list(number), waiting)[0])}
        return before, [ranks[visit.visit_id] for visit in self.visits]

    def _deadlines(self, before: list[list[tuple[int, int]]], rank: list[int], on_days: list[list[int]]) -> list[float]:
        """Return for each visit the last date, as an ordinal, that leaves those that wait for it a possible day."""
        deadlines = [math.inf] * len(self.visits)
        for number in sorted(range(len(self.visits)), key=rank.__getitem__, reverse=True):
            dates = [self._dates[column].toordinal() for column in on_days[number]]
            possible = [on for on in dates if on <= deadlines[number]]
            for other, gap in before[number] if possible else ():
                deadlines[other] = min(deadlines[other], max(possible) - gap)
        return [min(one, FAR) for one in deadlines]

    def _jobs(self) -> list[tuple[int, ...]]:
        parts: dict[object, list[int]] = {}
        for number, visit in enumerate(self.visits):
            if visit.parts > 1:
                parts.setdefault(job_of(visit), []).append(number)
        return [tuple(own) for own in parts.values() if len(own) > 1]


def _on_streets(day: CrewDay) -> list[Facility]:
    """Return the facilities of a crew-day that a street leads to."""
    return [one for one in day.facilities if one.place >= 0]


def _bits(
    visits: Sequence[Visit], facilities: Sequence[Facility]
) -> tuple[list[tuple[int, int]], list[tuple[int, int]]]:
    """Return kinds of waste and goods as bits, for each visit and each facility."""
    keys = {key: 1 << bit for bit, key in enumerate(sorted({one.waste_key for one in visits if one.volume_m3 > 0}))}
    goods = {kind: 1 << bit for bit, kind in enumerate(sorted({one.supply for one in visits if one.supply}))}
    of_visits = [
        (keys[one.waste_key] if one.volume_m3 > 0 else 0, goods[one.supply] if one.supply else 0) for one in visits
    ]
    of_facilities = [
        (
            sum(bit for key, bit in keys.items() if (key in one.accepts if key else bool(one.accepts))),
            sum(bit for kind, bit in goods.items() if kind in one.supplies),
        )
        for one in facilities
    ]
    return of_visits, of_facilities
