"""Floor 3: one crew's day: what is asked (`CrewDay`) and what is answered (`Route`). All times whole seconds."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from geo_service.work.hours import MAX_WORK_S
from geo_service.work.model import Visit, Window


@dataclass(frozen=True)
class Facility:
    """A place where a vehicle is emptied or loaded in the middle of a day: a tip, a composting site, a nursery.

    Attributes
    ----------
    place
        Index into the travel matrix.
    service_s
        Seconds that emptying or loading takes.
    windows
        Opening hours on the date of the crew-day.
    accepts
        AVV keys of the waste it takes; a vehicle is emptied of all it carries or not at all.
    supplies
        Kinds of goods that are loaded here (``"plants"``).
    """

    code: str
    name: str
    place: int
    service_s: int
    windows: tuple[Window, ...]
    accepts: frozenset[str] = frozenset()
    supplies: frozenset[str] = frozenset()


@dataclass(frozen=True)
class FacilityTrip:
    """A trip to a facility between two stops of a route.

    Attributes
    ----------
    after
        Order of the stop before it, 0 when it comes first. The next stop's ``drive_s`` and ``length_m`` count from
        the facility.
    drive_s, length_m
        From the stop before to the facility.
    unloaded_m3, loaded_m3
        What is left there and what is taken along.
    """

    after: int
    facility: Facility
    arrival_s: int
    start_s: int
    end_s: int
    drive_s: int
    length_m: int
    unloaded_m3: float = 0.0
    loaded_m3: float = 0.0


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
    """A crew on a date: the shift, the vehicle, the depot's place in the travel matrix.

    Attributes
    ----------
    end_place
        Where the day ends when it is not the depot, index into the travel matrix.
    profile
        How the crew travels: a key of ``Problem.matrices``, or empty for ``Problem.matrix``.
    facilities
        Where the vehicle may be emptied or loaded between two stops.
    ends_empty
        The vehicle must be emptied before the day ends: the last trip leads to a facility.
    regular_s, max_work_s
        Working time that is paid as usual, and the most that is allowed (ArbZG §3: 8 h, 10 h when balanced), seconds.
    """

    crew: str
    on: date
    shift: Window
    depot_place: int
    people: int
    skills: frozenset[str]
    machines: frozenset[str]
    capacity_m3: float
    end_place: int | None = None
    profile: str = ""
    facilities: tuple[Facility, ...] = ()
    ends_empty: bool = False
    regular_s: int = MAX_WORK_S
    max_work_s: int = MAX_WORK_S

    @property
    def last_place(self) -> int:
        """Where the day ends, index into the travel matrix."""
        return self.depot_place if self.end_place is None else self.end_place


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
        On plots and at facilities; waiting for a window to open.
    trips
        To facilities, in the order of driving.
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
    trips: tuple[FacilityTrip, ...] = ()


@dataclass(frozen=True)
class Fault:
    """What a checker found wrong; ``rule`` is short and stable, ``text`` names visit, crew, date and figures."""

    rule: str
    text: str
