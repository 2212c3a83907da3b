"""What every peer can express, in whole numbers: stops with windows, load and penalty, vehicles with a shift.

Time runs through the whole period: a day is a stretch of it, a crew on a date is a vehicle of its own whose shift lies
there, and a date on which a stop may not be visited is simply no window.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Window = tuple[int, int]

Answer = tuple[tuple[int, ...], ...]
"""For each vehicle the stops it visits in order; stops that are nowhere are left out."""


@dataclass(frozen=True)
class Stop:
    """Something to do at a place.

    Attributes
    ----------
    place
        Index into the matrices.
    windows
        Earliest and latest time to begin the service, both inclusive, ascending and apart.
    penalty
        What leaving it out costs; None when it must be visited.
    vehicles
        Those that may visit it; None when all may.
    """

    place: int
    service: int
    load: int
    windows: tuple[Window, ...]
    penalty: int | None = None
    vehicles: frozenset[int] | None = None


@dataclass(frozen=True)
class Vehicle:
    """It leaves its depot and is back there within its shift."""

    depot: int
    shift: Window
    capacity: int


@dataclass(frozen=True)
class Before:
    """The plan before: what is kept of it costs nothing, a stop on another vehicle costs ``change``."""

    routes: Answer
    change: int


@dataclass(frozen=True)
class Task:
    """Stops to visit at the least sum of driving and penalties.

    Attributes
    ----------
    seconds, costs
        int64, shape (places, places): how long a leg takes and what it costs; both obey the same roads.
    day
        How long a day is when every window and shift lies within one, else 0.
    before
        The plan before, or None.
    """

    stops: tuple[Stop, ...]
    vehicles: tuple[Vehicle, ...]
    seconds: npt.NDArray[np.int64]
    costs: npt.NDArray[np.int64]
    day: int = 0
    before: Before | None = None

    def day_of(self, window: Window) -> int:
        """Return the day in which a window or a shift lies."""
        return window[0] // self.day if self.day else 0

    def allowed(self, stop: int) -> list[int]:
        """Return the vehicles that may visit a stop and whose shift meets one of its windows."""
        asked = self.stops[stop]
        return [
            number
            for number, vehicle in enumerate(self.vehicles)
            if (asked.vehicles is None or number in asked.vehicles)
            and asked.load <= vehicle.capacity
            and any(
                max(low, vehicle.shift[0]) <= min(high, vehicle.shift[1] - asked.service) for low, high in asked.windows
            )
        ]

    def stretches(self, stop: int) -> dict[Window, frozenset[int]]:
        """Return when within a day the service of a stop may begin, with the days on which it may begin then.

        Days on which no vehicle that may visit the stop is on shift are left out; a stop that can be visited nowhere
        gets a stretch of no day.
        """
        asked = self.stops[stop]
        days: defaultdict[Window, set[int]] = defaultdict(set)
        shifts = [self.vehicles[vehicle].shift for vehicle in self.allowed(stop)]
        for low, high in asked.windows:
            if any(max(low, a) <= min(high, b - asked.service) for a, b in shifts):
                day = self.day_of((low, high))
                days[low - day * self.day, high - day * self.day].add(day)
        return {stretch: frozenset(on) for stretch, on in days.items()} or {(0, 0): frozenset()}

    def vehicle_before(self) -> Mapping[int, int]:
        """Return by stop the vehicle that visits it in the plan before."""
        routes = self.before.routes if self.before else ()
        return {stop: vehicle for vehicle, route in enumerate(routes) for stop in route}
