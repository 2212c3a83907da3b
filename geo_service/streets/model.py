"""Floor 1: what the rest of the house knows of streets: vehicles, snaps, matrices, paths, the Router seam."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

import numpy as np
import numpy.typing as npt


class Profile(StrEnum):
    """How somebody moves."""

    VAN = "van"
    BICYCLE = "bicycle"
    FOOT = "foot"
    TRUCK = "truck"
    CARGO_BIKE = "cargo_bike"


@dataclass(frozen=True)
class Vehicle:
    """What drives: a profile with the size that limits on signs and gates are held against.

    A street or gate is closed to what is heavier, higher or wider than its limit; 0 passes every limit.

    Attributes
    ----------
    profile
        Whose rules and speeds hold.
    weight_t
        Greatest permitted mass in tonnes.
    height_m, width_m
        Metres, load and mirrors included.

    Examples
    --------
    >>> Vehicle(Profile.TRUCK, weight_t=12.0, height_m=3.2, width_m=2.5).profile
    <Profile.TRUCK: 'truck'>
    """

    profile: Profile
    weight_t: float = 0.0
    height_m: float = 0.0
    width_m: float = 0.0

    def __post_init__(self) -> None:
        for name in ("weight_t", "height_m", "width_m"):
            if not 0 <= getattr(self, name) < math.inf:
                raise ValueError(f"{name} is {getattr(self, name)}, expected a number of 0 or more")


USUAL_VEHICLES = {
    Profile.VAN: Vehicle(Profile.VAN, weight_t=3.5, height_m=2.6, width_m=2.3),
    Profile.BICYCLE: Vehicle(Profile.BICYCLE, weight_t=0.15, width_m=0.6),
    Profile.FOOT: Vehicle(Profile.FOOT),
    Profile.TRUCK: Vehicle(Profile.TRUCK, weight_t=7.5, height_m=3.5, width_m=2.55),
    Profile.CARGO_BIKE: Vehicle(Profile.CARGO_BIKE, weight_t=0.3, width_m=0.9),
}
"""What a profile alone stands for: a van of 3.5 t, a truck of 7.5 t, a cargo bike 90 cm wide. Assumptions."""

Mover = Profile | Vehicle
"""Where a profile will do, its usual vehicle is meant."""


def vehicle_of(mover: Mover) -> Vehicle:
    """Return the vehicle itself, or the usual one of a profile."""
    return mover if isinstance(mover, Vehicle) else USUAL_VEHICLES[mover]


@dataclass(frozen=True)
class Snap:
    """A place moved onto the nearest usable street.

    Attributes
    ----------
    edge
        Index of the directed edge of the network that is nearest; -1 where a router on another machine found the place.
    fraction
        Position along that edge, 0 at its tail, 1 at its head.
    lon, lat
        The place on the street, degrees.
    distance_m
        Metres from the asked place to the street.
    """

    edge: int
    fraction: float
    lon: float
    lat: float
    distance_m: float


UNREACHABLE = np.iinfo(np.int32).max
"""Entry of a matrix where no way leads."""


@dataclass(frozen=True)
class TravelMatrix:
    """Travel between places: ``seconds[i, j]`` and ``metres[i, j]`` from place i to place j, int32, shape (n, n).

    Diagonal 0; `UNREACHABLE` where no way leads. Not symmetric: one-ways and turns count.
    """

    seconds: npt.NDArray[np.int32]
    metres: npt.NDArray[np.int32]


@dataclass(frozen=True)
class PathLeg:
    """A stretch of a path along one street; ``name`` is empty where the street has none."""

    name: str
    length_m: float


@dataclass(frozen=True)
class Path:
    """A way through the streets.

    Attributes
    ----------
    seconds, metres
        Whole seconds and metres, equal to the matrix entry of the same two places.
    lonlat
        float64, shape (k, 2), degrees, the line driven from snap to snap.
    legs
        Street names in order with their lengths.
    edges
        Directed edges of the network driven, in order, for the checker. Empty where a router on another machine found
        the way on streets of its own: such a path cannot be checked here.
    """

    seconds: int
    metres: int
    lonlat: npt.NDArray[np.float64]
    legs: tuple[PathLeg, ...]
    edges: tuple[int, ...]


class Router(Protocol):
    """Answers travel questions for one profile on one network."""

    @property
    def profile(self) -> Profile:
        """How the router moves."""
        ...

    def snap(self, lonlat: npt.NDArray[np.float64]) -> list[Snap | None]:
        """Move places, shape (n, 2) in degrees, onto the nearest street; None beyond the reach of the network."""
        ...

    def matrix(self, places: list[Snap]) -> TravelMatrix:
        """Travel times and lengths between all places."""
        ...

    def path(self, start: Snap, end: Snap) -> Path | None:
        """The quickest way, or None when no way leads."""
        ...
