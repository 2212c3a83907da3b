"""Floor 1: a path told as manoeuvres: what a driver does where, and how far it is to the next. Words: `street_words`.

A manoeuvre is told where one can go wrong or the street has another name: a turn where streets meet, a fork, a
roundabout with the exit to take, turning round, and a street's new name. A bend without a side street is none, nor is
a crossing that one passes straight on the same street.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from typing import Literal

import numpy as np
import numpy.typing as npt

from geo_service.base.errors import InputError
from geo_service.streets.model import Mover, Path, Snap
from geo_service.streets.network import StreetNetwork
from geo_service.streets.turns import bearings, meeting

SLIGHT_DEG = 25.0
"""Changes of direction below this many degrees are straight on."""

TURN_DEG = 60.0
SHARP_DEG = 135.0
FORK_DEG = 40.0
"""Two ways on that both bend less than this many degrees are a fork."""

_BESIDE_M = 2.0
_METRE_DEG = 1 / 111_320


class Manoeuvre(StrEnum):
    """What a driver does."""

    DEPART = "depart"
    CONTINUE = "continue"
    SLIGHT_LEFT = "slight_left"
    LEFT = "left"
    SHARP_LEFT = "sharp_left"
    SLIGHT_RIGHT = "slight_right"
    RIGHT = "right"
    SHARP_RIGHT = "sharp_right"
    TURN_ROUND = "turn_round"
    ROUNDABOUT = "roundabout"
    ARRIVE = "arrive"


Side = Literal["", "left", "right"]


@dataclass(frozen=True)
class Instruction:
    """One manoeuvre of a path.

    Attributes
    ----------
    manoeuvre
        What to do.
    street
        Street that is entered, of a roundabout the one it is left by; empty where it has no name.
    length_m
        Metres from here to the next manoeuvre, 0 at the end. Over a path they add up to its length.
    lon, lat
        Where, degrees.
    edge
        Place in ``path.edges`` of the edge that is entered.
    exit_number
        Of a roundabout: which exit to take, counted from 1; 0 where the path ends within.
    side
        Of the arrival: on which side of the street the goal lies, empty where it lies on it.
    heading_deg
        Of the departure: degrees clockwise from north.
    """

    manoeuvre: Manoeuvre
    street: str
    length_m: float
    lon: float
    lat: float
    edge: int
    exit_number: int = 0
    side: Side = ""
    heading_deg: float = 0.0


def instructions(
    network: StreetNetwork,
    mover: Mover,
    path: Path,
    start: Snap,
    end: Snap,
    *,
    goal_lonlat: tuple[float, float] | None = None,
) -> tuple[Instruction, ...]:
    """Tell a path as manoeuvres, from departure to arrival.

    Parameters
    ----------
    network
        The one the path was found on.
    start, end
        The snaps between which it was found.
    goal_lonlat
        Where the goal itself lies, degrees, to say on which side of the street.

    Raises
    ------
    InputError
        When the path has no edges, as those found by a router on another machine.
    """
    if not path.edges:
        raise InputError(
            "this path has no edges, so its turns are not known", remedy="ask the router that found it for instructions"
        )
    teller = _Teller(network, mover)
    steps = [*teller.manoeuvres(path.edges)]
    shares = np.ones(len(path.edges))
    shares[0] -= start.fraction if path.edges[0] == start.edge else 1.0 - start.fraction
    shares[-1] -= 1.0 - (end.fraction if path.edges[-1] == end.edge else 1.0 - end.fraction)
    metres = network.length_m[list(path.edges)] * np.maximum(shares, 0.0)
    along = np.concatenate([[0.0], np.cumsum(metres)])
    begins = [0, *(place for _, place, _, _ in steps), len(path.edges)]
    length_m = [float(along[to] - along[from_]) for from_, to in pairwise(begins)]
    lonlat = np.asarray(path.lonlat)
    depart = Instruction(
        Manoeuvre.DEPART,
        network.edge_name(path.edges[0]),
        length_m[0],
        *_place(lonlat[0]),
        edge=0,
        heading_deg=_heading(lonlat),
    )
    told = [
        Instruction(what, street, metres_on, *_place(network.edge_lonlat(path.edges[place])[0]), place, number)
        for (what, place, street, number), metres_on in zip(steps, length_m[1:], strict=True)
    ]
    last = len(path.edges) - 1
    side = _side(network.edge_lonlat(path.edges[-1]), lonlat[-1], goal_lonlat)
    street = network.edge_name(path.edges[-1])
    return (depart, *told, Instruction(Manoeuvre.ARRIVE, street, 0.0, *_place(lonlat[-1]), edge=last, side=side))


_Step = tuple[Manoeuvre, int, str, int]
"""Manoeuvre, place among the path's edges, street, number of the exit."""


class _Teller:
    """Finds the manoeuvres on a network for one vehicle."""

    def __init__(self, network: StreetNetwork, mover: Mover) -> None:
        self._network = network
        self._usable = network.usable(mover)
        self._meeting = meeting(network, mover)
        self._arriving, self._leaving = bearings(network)
        self._by_tail = np.argsort(network.tail, kind="stable")
        self._first = np.searchsorted(network.tail[self._by_tail], np.arange(len(network.node_lonlat) + 1))

    def manoeuvres(self, edges: tuple[int, ...]) -> list[_Step]:
        """Return the manoeuvres between departure and arrival."""
        steps: list[_Step] = []
        street, exits = self._name(edges[0]), 0
        entered = -1  # place in `steps` of the roundabout one is in
        for place, (before, after) in enumerate(pairwise(edges), start=1):
            round_before, round_after = self._round(before), self._round(after)
            if round_before:
                exits += self._is_exit(before)
            if round_before and not round_after:
                street = self._name(after)
                if entered < 0:  # the path began in the roundabout
                    steps.append((Manoeuvre.ROUNDABOUT, place, street, exits))
                else:
                    steps[entered] = (Manoeuvre.ROUNDABOUT, steps[entered][1], street, exits)
                entered, exits = -1, 0
            elif round_after:
                if not round_before:
                    entered, exits = len(steps), 0
                    steps.append((Manoeuvre.ROUNDABOUT, place, self._name(after), 0))
            elif (what := self._manoeuvre(before, after, street)) is not None:
                street = self._name(after)
                steps.append((what, place, street, 0))
        return steps

    def _manoeuvre(self, before: int, after: int, street: str) -> Manoeuvre | None:
        """Return what is done between two edges, None when nothing is to be said."""
        if after == before ^ 1:
            return Manoeuvre.TURN_ROUND
        change = self._change(before, after)
        others = [self._change(before, other) for other in self._onward(before) if other != after]
        forks = [other for other in others if abs(other) < FORK_DEG]
        renamed = bool(self._name(after)) and self._name(after) != street
        crossing = self._meeting[self._network.head[before]] > 2
        if (crossing and abs(change) >= FORK_DEG) or (others and abs(change) >= SLIGHT_DEG and (renamed or forks)):
            return _by_angle(change)
        if forks and self._name(after) != street:
            return Manoeuvre.SLIGHT_LEFT if change > max(forks) else self._right_of(change, forks)
        return Manoeuvre.CONTINUE if renamed else None

    @staticmethod
    def _right_of(change: float, forks: list[float]) -> Manoeuvre:
        return Manoeuvre.SLIGHT_RIGHT if change < min(forks) else Manoeuvre.CONTINUE

    def _name(self, edge: int) -> str:
        return self._network.edge_name(edge)

    def _round(self, edge: int) -> bool:
        return bool(self._network.section_roundabout[edge >> 1])

    def _change(self, before: int, after: int) -> float:
        """Return the change of direction in degrees, left positive."""
        return float((self._leaving[after] - self._arriving[before] + 180.0) % 360.0 - 180.0)

    def _onward(self, edge: int) -> list[int]:
        """Return the edges by which the vehicle may leave an edge's head, the way back left out."""
        node = int(self._network.head[edge])
        leaving = self._by_tail[self._first[node] : self._first[node + 1]]
        return [int(other) for other in leaving if self._usable[other] and other != edge ^ 1]

    def _is_exit(self, edge: int) -> bool:
        """Whether the vehicle may leave the roundabout at an edge's head."""
        return any(not self._round(other) for other in self._onward(edge))


def _by_angle(change: float) -> Manoeuvre:
    kinds = (
        (Manoeuvre.SLIGHT_LEFT, Manoeuvre.LEFT, Manoeuvre.SHARP_LEFT)
        if change > 0
        else (Manoeuvre.SLIGHT_RIGHT, Manoeuvre.RIGHT, Manoeuvre.SHARP_RIGHT)
    )
    return kinds[(abs(change) >= TURN_DEG) + (abs(change) >= SHARP_DEG)]


def _place(lonlat: npt.NDArray[np.float64]) -> tuple[float, float]:
    return float(lonlat[0]), float(lonlat[1])


def _heading(lonlat: npt.NDArray[np.float64]) -> float:
    """Return the direction of a line's beginning, degrees clockwise from north."""
    steps = np.diff(lonlat, axis=0) * [np.cos(np.radians(lonlat[0, 1])), 1.0]
    moved = steps[np.hypot(steps[:, 0], steps[:, 1]) > _METRE_DEG / 10]
    return float(np.degrees(np.arctan2(moved[0, 0], moved[0, 1])) % 360.0) if len(moved) else 0.0


def _side(
    shape: npt.NDArray[np.float64], reached: npt.NDArray[np.float64], goal_lonlat: tuple[float, float] | None
) -> Side:
    """Return on which side of an edge a goal lies, seen in driving direction at the place that is reached."""
    if goal_lonlat is None:
        return ""
    scale = np.array([np.cos(np.radians(reached[1])), 1.0])
    line, to_goal = (shape - reached) * scale, (np.array(goal_lonlat) - reached) * scale
    step = np.diff(line, axis=0)
    square = (step**2).sum(axis=1)
    share = np.clip(-(line[:-1] * step).sum(axis=1) / np.where(square > 0, square, 1.0), 0.0, 1.0)
    near = line[:-1] + share[:, None] * step
    distance = np.where(square > 0, np.hypot(near[:, 0], near[:, 1]), np.inf)
    along = step[int(distance.argmin())]
    cross = float(along[0] * to_goal[1] - along[1] * to_goal[0]) / max(float(np.hypot(*along)), _METRE_DEG / 1000)
    if abs(cross) < _BESIDE_M * _METRE_DEG:
        return ""
    return "left" if cross > 0 else "right"
