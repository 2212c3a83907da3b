"""Floor 3: one crew's day: what is asked (`CrewDay`) and what is answered (`Route`). All times whole seconds."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from geo_service.work.model import Visit, Window


@dataclass(frozen=True)
class Break:
    """A rest after ArbZG §4, seconds since local midnight; ``after``: order of the stop before it, or 0."""

    start_s: int
    end_s: int
    after: int


@dataclass(frozen=True)
class Stop:
    """A visit on a route.

    Attributes
    ----------
    order
        1 for the first.
    arrival_s, start_s, end_s
        Seconds since local midnight: reaching the plot, beginning the work (after waiting), leaving.
    drive_s, length_m
        Of the leg that leads here, seconds and metres.
    """

    order: int
    visit: Visit
    arrival_s: int
    start_s: int
    end_s: int
    drive_s: int
    length_m: int


@dataclass(frozen=True)
class CrewDay:
    """A crew on a date: the shift, the vehicle, the depot's place in the travel matrix."""

    crew: str
    on: date
    shift: Window
    depot_place: int
    people: int
    skills: frozenset[str]
    machines: frozenset[str]
    capacity_m3: float


@dataclass(frozen=True)
class Route:
    """A crew-day in order, starting and ending at the depot.

    Attributes
    ----------
    start_s, end_s
        Leaving and reaching the depot, seconds since local midnight.
    drive_s, length_m
        Whole day, the way back included.
    work_s, wait_s
        On plots; waiting for a window to open.
    """

    crew_day: CrewDay
    stops: tuple[Stop, ...]
    breaks: tuple[Break, ...]
    start_s: int
    end_s: int
    drive_s: int
    length_m: int
    work_s: int
    wait_s: int


@dataclass(frozen=True)
class Fault:
    """What a checker found wrong; ``rule`` is short and stable, ``text`` names visit, crew, date and figures."""

    rule: str
    text: str
