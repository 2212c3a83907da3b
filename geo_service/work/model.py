"""Floor 2: kinds of work, machines, crews, and the visit that falls due. Values only."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from geo_service.plots.model import CareKind, PlotState

Window = tuple[int, int]
"""A stretch of a day in seconds since local midnight, start inclusive, end exclusive."""


@dataclass(frozen=True)
class Machine:
    """A machine a crew may carry.

    Attributes
    ----------
    code
        ``"brushcutter"``.
    name_de, name_en
        For people.
    annex_number
        Number in the annex of 32. BImSchV (``"02"`` brushcutter), or empty when it is not listed there.
    loud
        True for the annex numbers 02, 24, 34, 35, bound to 09-13 and 15-17 unless ``ecolabel``.
    ecolabel
        Carries the EU ecolabel.
    """

    code: str
    name_de: str
    name_en: str
    annex_number: str = ""
    loud: bool = False
    ecolabel: bool = False
    motor: bool = True


@dataclass(frozen=True)
class RateTier:
    """Crew minutes per square metre up to an area; the last tier's ``up_to_m2`` is infinite."""

    up_to_m2: float
    minutes_per_m2: float


@dataclass(frozen=True)
class WorkKind:
    """An entry of the catalogue of work, all of it editable by planners.

    Attributes
    ----------
    code
        ``"mow_lawn"``.
    care
        The care area it works on; None when it works on the whole plot.
    states
        Plot states in which it falls due.
    leads_to
        State the plot reaches when the work is done, or None.
    minutes_fixed
        Crew minutes per visit whatever the area: unloading, walking round, photos.
    rates
        Crew minutes per square metre by tiers of area (the tier that holds the whole area applies).
    people
        Persons needed at the same time.
    skills, machines
        Codes that the crew must have.
    volume_m3_per_m2
        Waste or cuttings carried away, cubic metres per square metre.
    waste_key
        AVV key of what is carried away, or empty.
    season
        (month, day) pairs, first and last day in the year, both inclusive; may wrap around New Year; None: all year.
    interval_days
        Shortest and longest days between two visits; None: once.
    after, settle_days
        Work that must be done before, and days to wait after it.
    woody_cut
        True when BNatSchG §39(5) forbids it from 1 March to 30 September.
    priority
        1 most urgent to 5 least.
    source
        Where the figures come from.
    """

    code: str
    name_de: str
    name_en: str
    minutes_fixed: float
    rates: tuple[RateTier, ...]
    care: CareKind | None = None
    states: tuple[PlotState, ...] = ()
    leads_to: PlotState | None = None
    people: int = 1
    skills: frozenset[str] = frozenset()
    machines: frozenset[str] = frozenset()
    volume_m3_per_m2: float = 0.0
    waste_key: str = ""
    season: tuple[tuple[int, int], tuple[int, int]] | None = None
    interval_days: tuple[int, int] | None = None
    after: str = ""
    settle_days: int = 0
    woody_cut: bool = False
    priority: int = 3
    source: str = ""


@dataclass(frozen=True)
class Catalogue:
    """The kinds of work and the machines, by code."""

    kinds: dict[str, WorkKind]
    machines: dict[str, Machine]


@dataclass(frozen=True)
class Crew:
    """A crew with its vehicle and shift; times in seconds since local midnight.

    Attributes
    ----------
    weekdays
        Days it works, Monday 0; never Sunday.
    depot
        Code of the place where the day starts and ends.
    capacity_m3
        What the vehicle can carry away.
    """

    code: str
    name: str
    people: int
    skills: frozenset[str]
    machines: frozenset[str]
    vehicle: str
    capacity_m3: float
    shift_start_s: int
    shift_end_s: int
    depot: str
    weekdays: tuple[int, ...] = (0, 1, 2, 3, 4)
    colour: str = ""


@dataclass(frozen=True)
class Visit:
    """One piece of work on one plot that falls due.

    Attributes
    ----------
    visit_id
        Made from plot, work, due date and part, so that planning again finds the same visit:
        ``"KLZ-0012.mow_lawn.2026-05-04.1"``.
    place
        Index into the travel matrix; -1 until the streets are known.
    earliest_on, due_on, latest_on
        First day allowed, the day it should be done, last day that is not too late; all inclusive.
    service_s
        Seconds on the plot for a crew of ``people``.
    day_windows
        For each date of the period on which the law allows it, the stretches in which it may be worked on
        (the whole service must fit in one stretch); a date that is absent is forbidden.
    forbidden
        For each date that is absent from ``day_windows``, the rule that forbids it.
    after
        visit_id of the visit in the same period that must be done before, or empty; ``after_days`` days between.
    part, parts
        A job too long for one day is cut into parts.
    why
        Why it is due, for people: ``"last mown 2026-10-01, every 14 to 21 days"``.
    priority
        1 most urgent to 5 least.
    """

    visit_id: str
    plot_id: str
    plot_code: str
    work: str
    earliest_on: date
    due_on: date
    latest_on: date
    service_s: int
    people: int
    skills: frozenset[str]
    machines: frozenset[str]
    volume_m3: float
    priority: int
    why: str
    day_windows: dict[date, tuple[Window, ...]] = field(default_factory=dict)
    forbidden: dict[date, str] = field(default_factory=dict)
    after: str = ""
    after_days: int = 0
    part: int = 1
    parts: int = 1
    place: int = -1


@dataclass(frozen=True)
class NotDue:
    """Work that a plot would ask for but that is kept out of the period, with its reason (code and words)."""

    plot_code: str
    work: str
    code: str
    reason: str


@dataclass(frozen=True)
class Demand:
    """What falls due in a period, and what would but may not."""

    visits: tuple[Visit, ...]
    kept_out: tuple[NotDue, ...]
