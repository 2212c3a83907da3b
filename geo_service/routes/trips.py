"""Floor 3: trips to facilities within a day: what a vehicle carries between them, and which trips to make when.

Between two trips, or a trip and an end of the day, lies a segment. What its visits yield and what they are brought
share the vehicle: their sum must fit it. Part of the room could be used twice (the plants leave before the hedge
cuttings come), but this sum is safe in any order and easy to explain. At a trip the vehicle is emptied of all it
carries: the facility takes every kind of waste of the segment before, and has every kind of goods for the segment
after. The depot has all goods at the start and, unless the crew-day must end empty, takes what is left at the end.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from geo_service.base.compiled import compiled
from geo_service.routes.model import CrewDay, Facility
from geo_service.streets.model import UNREACHABLE, TravelMatrix
from geo_service.work.model import Visit, Window

VOLUME_TOLERANCE_M3 = 1e-6

Trip = tuple[int, Facility]
"""A facility, and the number of stops before the trip to it."""

Starts = tuple[Window, ...]
"""Earliest and latest second at which work may be begun, both inclusive, ascending and apart."""

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]

LABELS = 12
"""So many ways to reach a facility after so many stops are followed: the cheapest, and always the earliest."""

CHOICES = 16
"""So many ways to make the trips of a day are told."""

_NOWHERE = int(UNREACHABLE)


def starts_in(stretches: Iterable[Window], service_s: int) -> Starts:
    """Return when ``service_s`` seconds of work may be begun so that they end in the same stretch.

    Examples
    --------
    >>> starts_in([(50, 60), (10, 40)], 20)
    ((10, 20),)
    """
    starts: list[Window] = []
    for opens, closes in sorted(stretches):
        latest = closes - service_s
        if starts and opens <= starts[-1][1]:
            starts[-1] = (starts[-1][0], max(latest, starts[-1][1]))
        elif latest >= opens:
            starts.append((opens, latest))
    return tuple(starts)


def load_m3(visits: Iterable[Visit]) -> float:
    """Return the room that visits of one segment take on the vehicle, cubic metres."""
    return sum(visit.volume_m3 + visit.supply_m3 for visit in visits)


def carries_waste(visits: Iterable[Visit]) -> bool:
    """Tell whether anything of visits is carried away."""
    return any(visit.volume_m3 > 0 for visit in visits)


def takes(facility: Facility, visits: Iterable[Visit]) -> bool:
    """Tell whether a facility takes all that visits yield; waste without a key goes where any goes."""
    return all(
        visit.waste_key in facility.accepts if visit.waste_key else bool(facility.accepts)
        for visit in visits
        if visit.volume_m3 > 0
    )


def gives(facility: Facility, visits: Iterable[Visit]) -> bool:
    """Tell whether a facility has all that visits are brought."""
    return all(visit.supply in facility.supplies for visit in visits if visit.supply)


def segments(visits: Sequence[Visit], trips: Sequence[Trip]) -> list[Sequence[Visit]]:
    """Return the visits before, between and behind trips: one segment more than there are trips.

    Raises
    ------
    ValueError
        When the trips do not come in the order of driving, or after more stops than there are.
    """
    cuts = [0, *(after for after, _ in trips), len(visits)]
    if any(start > end for start, end in pairwise(cuts)):
        raise ValueError(f"trips after {cuts[1:-1]} stops, of which there are {len(visits)}")
    return [visits[start:end] for start, end in pairwise(cuts)]


def misload(crew_day: CrewDay, visits: Sequence[Visit], trips: Sequence[Trip]) -> str:
    """Return why the vehicle cannot carry an order with its trips: ``too_large``, ``no_facility``, or ``""``."""
    parts = segments(visits, trips)
    if any(load_m3(part) > crew_day.capacity_m3 + VOLUME_TOLERANCE_M3 for part in parts):
        return "too_large"
    for (_, facility), before, behind in zip(trips, parts, parts[1:], strict=False):
        if not takes(facility, before) or not gives(facility, behind):
            return "no_facility"
    return "no_facility" if crew_day.ends_empty and carries_waste(parts[-1]) else ""


class DayNumbers:
    """A crew-day in plain numbers: visits 0 to n - 1, facilities from n on, then the depot, then the end.

    Attributes
    ----------
    legs_s
        int64, shape (m, m): driving from number to number, seconds; `UNREACHABLE` where no way leads.
    services_s, starts
        Of visits and facilities.
    loads_m3
        Of each visit: the room it takes on the vehicle.
    facilities
        Those on the streets that are open on the day, for as long as a trip takes.
    """

    def __init__(
        self, crew_day: CrewDay, visits: Sequence[Visit], matrix: TravelMatrix, starts: Sequence[Starts]
    ) -> None:
        opened = [(one, starts_in(one.windows, one.service_s)) for one in crew_day.facilities if one.place >= 0]
        self.facilities = tuple(one for one, when in opened if when)
        self.size = len(visits)
        self.depot = self.size + len(self.facilities)
        places = [visit.place for visit in visits] + [one.place for one in self.facilities]
        at = np.array([*places, crew_day.depot_place, crew_day.last_place])
        self.legs_s: Ints = matrix.seconds[np.ix_(at, at)].astype(np.int64)
        self._rows: list[list[int]] = self.legs_s.tolist()
        self.services_s = [visit.service_s for visit in visits] + [one.service_s for one in self.facilities]
        self.starts = [*starts, *(when for _, when in opened if when)]
        self.shift, self.max_work_s = crew_day.shift, crew_day.max_work_s
        self._room_m3 = crew_day.capacity_m3 + VOLUME_TOLERANCE_M3
        self._ends_empty = crew_day.ends_empty
        self.loads_m3 = [load_m3([visit]) for visit in visits]
        self._wastes = [carries_waste([visit]) for visit in visits]
        shape = (self.size, len(self.facilities))
        self._takes: Bools = np.array([takes(f, [v]) for v in visits for f in self.facilities], bool).reshape(shape)
        given = np.array([gives(f, [v]) for v in visits for f in self.facilities], bool).reshape(shape)
        self._gives: Bools = np.hstack([given, np.ones((self.size, 1), bool)])
        self._services = np.array(self.services_s, np.int64)
        self._first = np.cumsum([0, *map(len, self.starts)], dtype=np.int64)
        self._low = np.array([opens for several in self.starts for opens, _ in several], np.int64)
        self._high = np.array([closes for several in self.starts for _, closes in several], np.int64)
        self._load_array, self._waste_array = np.array(self.loads_m3, np.float64), np.array(self._wastes, bool)

    def needs_trips(self, order: Iterable[int]) -> bool:
        """Tell whether the vehicle cannot carry all of an order at once, or must bring something to a facility."""
        load, waste = 0.0, False
        for visit in order:
            load += self.loads_m3[visit]
            waste = waste or self._wastes[visit]
        return load > self._room_m3 or (self._ends_empty and waste)

    def legs_of(self, numbers: Sequence[int]) -> list[int]:
        """Return the driving from the depot over numbers in order to the end, leg by leg, seconds."""
        rows, depot = self._rows, self.depot
        return [rows[a][b] for a, b in zip([depot, *numbers], [*numbers, depot + 1], strict=True)]

    def choices(self, order: Sequence[int], *, timed: bool = True) -> Iterator[tuple[int, ...]]:
        """Yield ways to make the trips that an order needs, as visits with facilities in the order of driving.

        First comes that with the least driving and time at facilities. With ``timed`` only ways are told that keep
        all hours when nobody rests; the break is for the exact timing. Where no more than `LABELS` ways lead to a
        facility after so many stops and `CHOICES` through the day, all are told; beyond, the cheapest and the
        earliest of each.
        """
        count, many = len(order), len(self.facilities)
        if not count or not many:
            return
        way = np.array(order, np.int64)
        costs = np.empty((count + 1, many, LABELS), np.int64)
        ats, vias, parents = np.empty_like(costs), np.empty_like(costs), np.empty_like(costs)
        final = np.empty((3, CHOICES), np.int64)
        found = _choices(
            self.shift[0], self.shift[1], timed, self._ends_empty, self._room_m3, way, self.legs_s, self._services,
            self._first, self._low, self._high, self._load_array, self._waste_array, self._takes, self._gives,
            costs, ats, vias, parents, final,
        )  # fmt: skip
        for _, _, last in sorted(final[:, :found].T.tolist()):
            numbers, label = list(order), last
            while label >= 0:
                step, k = divmod(label, LABELS)
                done, facility = divmod(step, many)
                via, label = int(vias[done, facility, k]), int(parents[done, facility, k])
                numbers[done:done] = [self.size + facility] if via < 0 else [self.size + via, self.size + facility]
            yield tuple(numbers)


@compiled
def _begin(at: int, stop: int, first: Ints, low: Ints, high: Ints) -> int:
    """Return when a stop that is reached at ``at`` is begun, or -1 when it is too late."""
    for k in range(first[stop], first[stop + 1]):
        if at <= high[k]:
            return int(max(at, low[k]))
    return -1


@compiled
def _slot(cost: int, at: int, filled: int, costs: Ints, ats: Ints) -> int:
    """Return where to keep a label, or -1: a free place, that of a label no better in both, that of the dearest."""
    if filled < len(costs):
        return filled
    worse = -1
    earliest = at
    for k in range(filled):
        if costs[k] <= cost and ats[k] <= at:
            return -1
        earliest = min(earliest, ats[k])
        for other in range(filled):
            if (cost <= costs[k] and at <= ats[k]) or (
                other != k and costs[other] <= costs[k] and ats[other] <= ats[k]
            ):
                if worse < 0 or costs[k] > costs[worse]:
                    worse = k
                break
    if worse >= 0:
        return worse
    for k in range(filled):
        if ats[k] > earliest and (worse < 0 or costs[k] > costs[worse]):
            worse = k
    return worse if worse >= 0 and (costs[worse] > cost or at == earliest) else -1


@compiled
def _choices(
    opens: int,
    closes: int,
    timed: bool,
    ends_empty: bool,
    room: float,
    order: Ints,
    legs: Ints,
    services: Ints,
    first: Ints,
    low: Ints,
    high: Ints,
    loads: Floats,
    wastes: Bools,
    takes: Bools,
    gives: Bools,
    costs: Ints,
    ats: Ints,
    vias: Ints,
    parents: Ints,
    final: Ints,
) -> int:
    """Fill ``final`` with cost, end and last label of the best ways through a day; return how many there are.

    A label ``[done, f, k]`` is a way that has just made a trip to facility ``f`` after ``done`` stops: its cost, its
    time, the facility that it came to just before (or -1) and the label before it (or -1).
    """
    count, visits, many = len(order), len(loads), takes.shape[1]
    home = visits + many + 1
    filled = np.zeros((count + 1, many), np.int64)
    useful = np.zeros((many, many), np.bool_)  # going on from one facility to the other brings goods that are needed
    for stop in order:
        for f in range(many):
            for g in range(many):
                if gives[stop, g] and not gives[stop, f]:
                    useful[f, g] = True
    found = 0
    open_to = np.empty(many, np.bool_)
    for done in range(count):
        for origin in range(many + 1):
            labels = filled[done, origin] if origin < many else (1 if done == 0 else 0)
            for label in range(labels):  # the segment that begins there, stop by stop
                here, cost, at, parent = visits + origin, 0, opens, -1
                if origin < many:
                    cost, at = costs[done, origin, label], ats[done, origin, label]
                    parent = (done * many + origin) * costs.shape[2] + label
                load, waste = 0.0, False
                open_to[:] = True
                for upto in range(done, count):
                    stop = order[upto]
                    leg = legs[here, stop]
                    load += loads[stop]
                    if leg == _NOWHERE or load > room or not gives[stop, origin]:
                        break
                    cost += leg
                    at += leg
                    if timed:
                        at = _begin(at, stop, first, low, high)
                        if at < 0:
                            break
                    at += services[stop]
                    here = stop
                    waste = waste or wastes[stop]
                    open_to &= takes[stop]
                    full = ends_empty and waste
                    if upto == count - 1 and not full:
                        leg = legs[here, home]
                        if leg != _NOWHERE and (not timed or at + leg <= closes):
                            slot = _slot(cost + leg, at + leg, found, final[0], final[1])
                            if slot >= 0:
                                final[0, slot], final[1, slot], final[2, slot] = cost + leg, at + leg, parent
                                found = max(found, slot + 1)
                    if upto == count - 1 and not full:
                        continue
                    for f in range(many):
                        if not open_to[f] or legs[here, visits + f] == _NOWHERE:
                            continue
                        there = at + legs[here, visits + f]
                        if timed:
                            there = _begin(there, visits + f, first, low, high)
                            if there < 0:
                                continue
                        there += services[visits + f]
                        spent = cost + legs[here, visits + f] + services[visits + f]
                        for g in range(many):
                            end, sum_, via = there, spent, -1
                            if g != f:
                                leg = legs[visits + f, visits + g]
                                if not useful[f, g] or leg == _NOWHERE or upto == count - 1:
                                    continue
                                end, sum_, via = there + leg, spent + leg + services[visits + g], f
                                if timed:
                                    end = _begin(end, visits + g, first, low, high)
                                    if end < 0:
                                        continue
                                end += services[visits + g]
                            slot = _slot(sum_, end, filled[upto + 1, g], costs[upto + 1, g], ats[upto + 1, g])
                            if slot >= 0:
                                costs[upto + 1, g, slot], ats[upto + 1, g, slot] = sum_, end
                                vias[upto + 1, g, slot], parents[upto + 1, g, slot] = via, parent
                                filled[upto + 1, g] = max(filled[upto + 1, g], slot + 1)
    for f in range(many):
        for label in range(filled[count, f]):
            leg = legs[visits + f, home]
            cost, at = costs[count, f, label] + leg, ats[count, f, label] + leg
            if leg != _NOWHERE and (not timed or at <= closes):
                slot = _slot(cost, at, found, final[0], final[1])
                if slot >= 0:
                    final[0, slot], final[1, slot] = cost, at
                    final[2, slot] = (count * many + f) * costs.shape[2] + label
                    found = max(found, slot + 1)
    return found
