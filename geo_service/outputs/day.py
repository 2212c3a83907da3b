"""Floor 7: the day list: one day of the plan in force, as every output tells it (text, JSON, PDF, GPX, map)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

from geo_service.base.crs import LEIPZIG_EPSG
from geo_service.base.errors import NotFound

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
        The rule that binds this work here, or empty: ``"Freischneider 09–13, 15–17 Uhr (32. BImSchV §7)"``.
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

    def task_in(self, lang: str) -> str:
        """Return the name of the work in a language."""
        return self.task_en if lang == "en" else self.task_de


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

    @property
    def way_back_s(self) -> int:
        """Seconds from the last stop to the depot."""
        return self.drive_s - sum(stop.drive_s for stop in self.stops)

    @property
    def way_back_m(self) -> int:
        """Metres from the last stop to the depot."""
        return self.length_m - sum(stop.length_m for stop in self.stops)

    def agenda(self) -> Iterator[DayStop | DayBreak]:
        """Yield stops and breaks in the order of the day."""
        yield from (rest for rest in self.breaks if rest.after == 0)
        for stop in self.stops:
            yield stop
            yield from (rest for rest in self.breaks if rest.after == stop.order)


@dataclass(frozen=True)
class DayUnserved:
    """A visit that could have been done this day and is in no route of the plan."""

    plot: str
    task: str
    code: str
    reason: str
    task_de: str = ""
    task_en: str = ""

    def task_in(self, lang: str) -> str:
        """Return the name of the work in a language."""
        return (self.task_en if lang == "en" else self.task_de) or self.task


@dataclass(frozen=True)
class Day:
    """One day of the plan in force. ``revision`` changes with the plan; ``notes`` carry "schematic sample data".

    Attributes
    ----------
    epsg
        Plan CRS in metres, in which maps of the day are drawn.
    licence
        Licence of the streets that the routes follow, or empty.
    """

    on: date
    plan_id: str
    revision: int
    sample: bool
    notes: tuple[str, ...]
    crews: tuple[DayCrew, ...]
    unserved: tuple[DayUnserved, ...]
    epsg: int = LEIPZIG_EPSG
    licence: str = ""

    def only(self, crew: str) -> Day:
        """Return the day with one crew; what is unserved and the notes stay.

        Raises
        ------
        NotFound
            When the crew does not go out this day.
        """
        crews = tuple(one for one in self.crews if one.crew == crew)
        if not crews:
            out = ", ".join(one.crew for one in self.crews) or "none"
            raise NotFound(
                f"crew {crew} does not go out on {self.on}",
                remedy=f"crews of this day: {out}",
                crew=crew,
                on=str(self.on),
            )
        return replace(self, crews=crews)
