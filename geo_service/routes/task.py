"""Floor 3: the ordering task of one crew-day in plain integers: what every ordering method asks of an order."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from geo_service.routes.model import CrewDay
from geo_service.routes.timing import fit_order, starts_on, why_unfit
from geo_service.routes.trips import DayNumbers
from geo_service.streets.model import UNREACHABLE, TravelMatrix
from geo_service.work.model import Visit

Order = tuple[int, ...]
"""Indices into the visits of the task, in the order of driving."""

REMEMBERED = 100_000
"""So many orders are remembered as fitting or not before the memory is emptied."""

NEVER = 2**62
"""What an order costs that cannot be timed."""


class OrderingTask:
    """The visits of one crew-day, to be put in order; visit ``i`` is number ``i``, the depot is number ``n``.

    Attributes
    ----------
    legs_s
        Driving from number to number, seconds, shape (n + 1, n + 1): row ``n`` leads from the depot, column ``n`` to
        where the day ends. On a day with trips a way over a facility counts where it is shorter, so that no order
        costs less than its legs.
    services_s, starts
        Of each visit, seconds.
    with_trips
        Some order of the visits asks for trips to facilities.
    day
        The same with the facilities.
    """

    def __init__(self, crew_day: CrewDay, visits: Sequence[Visit], matrix: TravelMatrix) -> None:
        self.size = len(visits)
        self.crew_day = crew_day
        self.shift = crew_day.shift
        self.services_s = [visit.service_s for visit in visits]
        self.starts = [starts_on(visit, crew_day.on) for visit in visits]
        self.possible = not any(visit.place < 0 or why_unfit(crew_day, visit) for visit in visits) and all(self.starts)
        self.with_trips = False
        self.legs_s: list[list[int]] = []
        self._costs: dict[Order, int] = {}
        if self.possible:
            self.day = DayNumbers(crew_day, visits, matrix, self.starts)
            self.with_trips = self.day.needs_trips(range(self.size))
            self.possible = not self.with_trips or bool(self.day.facilities)
            self.legs_s = self._bounds()

    def _bounds(self) -> list[list[int]]:
        legs, depot = self.day.legs_s, self.day.depot
        if self.with_trips:
            legs = legs.copy()
            for facility in range(self.size, depot):
                legs = np.minimum(legs, legs[:, facility, None] + legs[None, facility])
        rows, columns = [*range(self.size), depot], [*range(self.size), depot + 1]
        bounds: list[list[int]] = np.minimum(legs[np.ix_(rows, columns)], UNREACHABLE).tolist()
        return bounds

    def legs_of(self, order: Order) -> list[int]:
        """Return the driving of an order leg by leg, the way back last, seconds; trips apart."""
        rows, depot = self.legs_s, self.size
        return [rows[a][b] for a, b in zip((depot, *order), (*order, depot), strict=True)]

    def drive_s(self, order: Order) -> int:
        """Return the driving of an order, seconds; trips apart: no order costs less."""
        return sum(self.legs_of(order))

    def cost_s(self, order: Order) -> int:
        """Return the driving of an order and the time at facilities, seconds; `NEVER` when it cannot be timed."""
        known = self._costs.get(order)
        if known is None:
            found = fit_order(self.day, order)
            known = NEVER
            if found is not None:
                at_facilities = sum(self.day.services_s[number] for number in found[0] if number >= self.size)
                known = sum(self.day.legs_of(found[0])) + at_facilities
            if len(self._costs) >= REMEMBERED:
                self._costs.clear()
            self._costs[order] = known
        return known

    def fits(self, order: Order) -> bool:
        """Tell whether an order of some or all visits can be timed, with the trips it needs."""
        return self.cost_s(order) < NEVER

    def cheapest(self, orders: Iterable[Order]) -> Order | None:
        """Return the order with the least driving and time at facilities that fits, the first of equals."""
        best, least = None, NEVER
        for order in sorted(orders, key=self.drive_s):
            if self.drive_s(order) >= least:
                break
            cost = self.cost_s(order)
            if cost < least:
                best, least = order, cost
        return best
