"""Floor 1: what the rest of the house knows of streets: profiles, snaps, matrices, paths, the Router seam."""

from __future__ import annotations

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


@dataclass(frozen=True)
class Snap:
    """A place moved onto the nearest usable street.

    Attributes
    ----------
    edge
        Index of the directed edge of the network that is nearest.
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
        Directed edges of the network driven, in order, for the checker.
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
