"""The evaluator of a plan, the same for all engines: it knows the problem and who does what in which order.

It shares no code with any engine nor with the house's own checker, which every plan must pass as well.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from geo_service.routes.model import CrewDay
from geo_service.schedule.model import Problem
from geo_service.work.model import Visit

Orders = Mapping[CrewDay, Sequence[Visit]]
"""For each crew-day that is used its visits in order."""


@dataclass(frozen=True)
class Score:
    """What a plan costs, seconds: driving and visits left out."""

    travel_s: int
    left_out_s: int
    left_out: int

    @property
    def cost_s(self) -> int:
        """Return the sum."""
        return self.travel_s + self.left_out_s


def score(problem: Problem, orders: Orders, left_out_s: int) -> Score:
    """Return what a plan costs; ``left_out_s`` is the price of leaving out a visit of priority 1."""
    served = {visit.visit_id for visits in orders.values() for visit in visits}
    missing = [visit for visit in problem.visits if visit.visit_id not in served]
    travel = sum(_driving(problem, day, visits) for day, visits in orders.items() if visits)
    return Score(travel, sum(left_out_s // visit.priority for visit in missing), len(missing))


def _driving(problem: Problem, day: CrewDay, visits: Sequence[Visit]) -> int:
    places = [day.depot_place, *(visit.place for visit in visits), day.depot_place]
    return sum(int(problem.matrix.seconds[a, b]) for a, b in pairwise(places))


def faults(problem: Problem, orders: Orders) -> list[str]:
    """List what is wrong with a plan; empty when it keeps all rules of the scene."""
    return [fault for check in (_known_once, _needs, _dates, _times) for fault in check(problem, orders)]


def _known_once(problem: Problem, orders: Orders) -> Iterator[str]:
    counted = Counter(visit.visit_id for visits in orders.values() for visit in visits)
    known = {visit.visit_id: visit for visit in problem.visits}
    for visit_id, times in counted.items():
        if times > 1:
            yield f"{visit_id} is visited {times} times"
    for day, visits in orders.items():
        if day not in problem.crew_days:
            yield f"{day.crew} on {day.on} is no crew-day of the problem"
        for visit in visits:
            if known.get(visit.visit_id) != visit:
                yield f"{visit.visit_id} is no visit of the problem"


def _needs(_: Problem, orders: Orders) -> Iterator[str]:
    for day, visits in orders.items():
        for visit in visits:
            if visit.people > day.people or visit.skills - day.skills or visit.machines - day.machines:
                yield f"{visit.visit_id} asks for more than {day.crew} has"
        tenths = sum(round(10 * visit.volume_m3) for visit in visits)
        if tenths > round(10 * day.capacity_m3):
            yield f"{day.crew} on {day.on} loads {tenths / 10} m3, {day.capacity_m3} fit"


def _dates(_: Problem, orders: Orders) -> Iterator[str]:
    for day, visits in orders.items():
        for visit in visits:
            if not visit.earliest_on <= day.on <= visit.latest_on:
                yield f"{visit.visit_id} lies on {day.on}, outside its dates"
            elif day.on not in visit.day_windows:
                yield f"{visit.visit_id} lies on {day.on}, which is refused"


def _times(problem: Problem, orders: Orders) -> Iterator[str]:
    for day, visits in orders.items():
        at, place = day.shift[0], day.depot_place
        for visit in visits:
            at += int(problem.matrix.seconds[place, visit.place])
            place = visit.place
            begins = [
                max(at, opens)
                for opens, closes in visit.day_windows.get(day.on, ())
                if max(at, opens) + visit.service_s <= closes
            ]
            if not begins:
                yield f"{visit.visit_id} cannot be begun on {day.on} at {at} s or later"
                break
            at = min(begins) + visit.service_s
        else:
            at += int(problem.matrix.seconds[place, day.depot_place])
            if at > day.shift[1]:
                yield f"{day.crew} is back on {day.on} at {at} s, the shift ends at {day.shift[1]} s"
