"""Floor 7: the day list: one day of the plan in force, as every output tells it (text, JSON, PDF, GPX, map)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

from geo_service.base.crs import LEIPZIG_EPSG
from geo_service.base.errors import NotFound

Lonlat = tuple[float, float]


@dataclass(frozen=True)
class DayUrgent:
    """Why a stop is urgent: ``why`` is the report as it was noted, ``who`` noted it; empty when nobody is known."""

    why: str
    who: str


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
    waste_key
        AVV key of the ``volume_m3`` that are carried away, or empty.
    supply, supply_m3
        Kind of goods brought along and their volume, or empty and 0.
    locked, lock_reason
        Whether the visit is kept on this crew-day, and why, as the planner noted it.
    announced
        The hours that somebody was told, seconds since local midnight.
    urgent
        The report that the stop answers.
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
    waste_key: str = ""
    supply: str = ""
    supply_m3: float = 0.0
    locked: bool = False
    lock_reason: str = ""
    announced: tuple[int, int] | None = None
    urgent: DayUrgent | None = None

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
class DayTrip:
    """A trip to a tip, composting site or nursery: a line of the list without a number of its own.

    Attributes
    ----------
    after
        Order of the stop before it, or 0. The next stop's ``drive_s`` and ``length_m`` count from the facility, its
        ``leg`` is drawn from the stop before, past the facility.
    unloaded_m3, loaded_m3
        What is left there and what is taken along.
    at
        Where it is, degrees; None when the place is no longer known.
    """

    after: int
    facility: str
    name: str
    address: str
    arrival_s: int
    start_s: int
    end_s: int
    drive_s: int
    length_m: int
    unloaded_m3: float
    loaded_m3: float
    at: Lonlat | None


@dataclass(frozen=True)
class DayCrew:
    """A crew's day; ``way_back`` is the line from the last stop to where the day ends.

    Attributes
    ----------
    end_name, end
        Where the day ends when it is not the depot.
    """

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
    trips: tuple[DayTrip, ...] = ()
    end_name: str = ""
    end: Lonlat | None = None

    @property
    def way_back_s(self) -> int:
        """Seconds from the last stop or facility to where the day ends."""
        return self.drive_s - sum(stop.drive_s for stop in self.stops) - sum(trip.drive_s for trip in self.trips)

    @property
    def way_back_m(self) -> int:
        """Metres from the last stop or facility to where the day ends."""
        return self.length_m - sum(stop.length_m for stop in self.stops) - sum(trip.length_m for trip in self.trips)

    @property
    def last_name(self) -> str:
        """Name of the place where the day ends."""
        return self.end_name or self.depot_name

    @property
    def last(self) -> Lonlat:
        """Where the day ends, degrees."""
        return self.end or self.depot

    def trips_after(self, order: int) -> tuple[DayTrip, ...]:
        """Return the trips between a stop (0: the depot) and the next."""
        return tuple(trip for trip in self.trips if trip.after == order)

    def agenda(self) -> Iterator[DayStop | DayTrip | DayBreak]:
        """Yield stops, trips and breaks in the order of the day."""
        for order in range(len(self.stops) + 1):
            if order:
                yield self.stops[order - 1]
            between: list[DayTrip | DayBreak] = [rest for rest in self.breaks if rest.after == order]
            yield from sorted([*between, *self.trips_after(order)], key=lambda one: one.start_s)


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
