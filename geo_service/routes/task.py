"""Floor 3: the ordering task of one crew-day in plain integers: what every ordering method asks of an order."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from geo_service.routes.model import CrewDay
from geo_service.routes.timing import VOLUME_TOLERANCE_M3, capacity_left_m3, starts_on, timetable, why_unfit
from geo_service.streets.model import UNREACHABLE, TravelMatrix
from geo_service.work.model import Visit

Order = tuple[int, ...]
"""Indices into the visits of the task, in the order of driving."""

REMEMBERED = 100_000
"""So many orders are remembered as fitting or not before the memory is emptied."""


class OrderingTask:
    """The visits of one crew-day, to be put in order; visit ``i`` is number ``i``, the depot is number ``n``.

    Attributes
    ----------
    legs_s
        Driving from number to number, seconds.
    services_s, starts
        Of each visit, seconds.
    """

    def __init__(self, crew_day: CrewDay, visits: Sequence[Visit], matrix: TravelMatrix) -> None:
        places = np.array([*(visit.place for visit in visits), crew_day.depot_place])
        self.size = len(visits)
        self.shift = crew_day.shift
        self.services_s = [visit.service_s for visit in visits]
        self.starts = [starts_on(visit, crew_day.on) for visit in visits]
        self.possible = (
            not any(visit.place < 0 or why_unfit(crew_day, visit) for visit in visits)
            and all(self.starts)
            and capacity_left_m3(crew_day, visits) >= -VOLUME_TOLERANCE_M3
        )
        self.legs_s: list[list[int]] = matrix.seconds[np.ix_(places, places)].tolist() if self.possible else []
        self._timed: dict[Order, bool] = {}

    def legs_of(self, order: Order) -> list[int]:
        """Return the driving of an order leg by leg, the way back last, seconds."""
        rows, depot = self.legs_s, self.size
        return [rows[a][b] for a, b in zip((depot, *order), (*order, depot), strict=True)]

    def drive_s(self, order: Order) -> int:
        """Return the driving of an order, seconds."""
        return sum(self.legs_of(order))

    def fits(self, order: Order) -> bool:
        """Tell whether an order of some or all visits can be timed."""
        known = self._timed.get(order)
        if known is None:
            legs = self.legs_of(order)
            known = UNREACHABLE not in legs and not isinstance(
                timetable(self.shift, legs, [self.services_s[i] for i in order], [self.starts[i] for i in order]), str
            )
            if len(self._timed) >= REMEMBERED:
                self._timed.clear()
            self._timed[order] = known
        return known

    def cheapest(self, orders: Iterable[Order]) -> Order | None:
        """Return the order with the least driving among those that fit, the first of equals."""
        ranked = sorted(orders, key=self.drive_s)
        return next((order for order in ranked if self.fits(order)), None)
