"""Floor 7: the day list: one day of the plan in force, as every output tells it (text, JSON, PDF, GPX, map)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

Lonlat = tuple[float, float]


@dataclass(frozen=True)
class DayStop:
    """A stop on a crew's list. Times in seconds since local midnight, ``drive_s`` and ``length_m`` of the leg to it.

    Attributes
    ----------
    plot
        Code of the plot.
    task
        Code of the work; ``task_de`` and ``task_en`` are its names.
    rule_note
        The rule that binds here now, in German, or empty: ``"Freischneider 09-13, 15-17 (32. BImSchV §7)"``.
    lon, lat
        Where the crew enters, degrees.
    outline
        Rings of the plot, degrees, exterior first per part.
    leg
        The line driven to this stop, degrees.
    streets
        Names of the streets of that leg, in order.
    """

    order: int
    visit_id: str
    plot: str
    plot_name: str
    address: str
    quarter: str
    task: str
    task_de: str
    task_en: str
    arrival_s: int
    start_s: int
    end_s: int
    drive_s: int
    length_m: int
    area_m2: float
    access_note: str
    hazard_note: str
    rule_note: str
    contamination: str
    volume_m3: float
    why: str
    lon: float
    lat: float
    outline: tuple[tuple[Lonlat, ...], ...]
    leg: tuple[Lonlat, ...]
    streets: tuple[str, ...]


@dataclass(frozen=True)
class DayBreak:
    """A rest, seconds since local midnight; ``after`` is the order of the stop before it, or 0."""

    start_s: int
    end_s: int
    after: int


@dataclass(frozen=True)
class DayCrew:
    """A crew's day; ``way_back`` is the line from the last stop to the depot."""

    crew: str
    name: str
    vehicle: str
    colour: str
    people: int
    depot_name: str
    depot: Lonlat
    start_s: int
    end_s: int
    drive_s: int
    length_m: int
    work_s: int
    wait_s: int
    volume_m3: float
    stops: tuple[DayStop, ...]
    breaks: tuple[DayBreak, ...]
    way_back: tuple[Lonlat, ...]


@dataclass(frozen=True)
class DayUnserved:
    """A visit that could have been done this day and is in no route of the plan."""

    plot: str
    task: str
    code: str
    reason: str


@dataclass(frozen=True)
class Day:
    """One day of the plan in force. ``revision`` changes with the plan; ``notes`` carry "schematic sample data"."""

    on: date
    plan_id: str
    revision: int
    sample: bool
    notes: tuple[str, ...]
    crews: tuple[DayCrew, ...]
    unserved: tuple[DayUnserved, ...]
