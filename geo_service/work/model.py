"""Floor 2: kinds of work, machines, crews, and the visit that falls due. Values only."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from geo_service.plots.model import CareKind, Plot, PlotState
from geo_service.work.hours import MAX_WORK_S

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
    motor
        True for motor garden tools, which the city's noise rules bind; False for vehicles and hand tools.
    wet_sensitive
        Left alone in the rain: wheels rut wet lawn, wet leaves do not blow.
    source
        Where the classification comes from.
    """

    code: str
    name_de: str
    name_en: str
    annex_number: str = ""
    loud: bool = False
    ecolabel: bool = False
    motor: bool = True
    source: str = ""
    wet_sensitive: bool = False


@dataclass(frozen=True)
class RateTier:
    """Crew minutes per square metre up to an area; the last tier's ``up_to_m2`` is infinite.

    ``machines``, where not empty, stand in for those of the work kind: a ride-on mower on large lawns.
    """

    up_to_m2: float
    minutes_per_m2: float
    machines: frozenset[str] = frozenset()


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
    supply, supply_m3_per_m2
        Kind of goods brought along (``"plants"``), or empty, and their cubic metres per square metre.
    season
        (month, day) pairs, first and last day in the year, both inclusive; may wrap around New Year; None: all year.
    interval_days
        Shortest and longest days between two visits; None: once.
    after, settle_days
        Work that must be done before, and days to wait after it.
    woody_cut
        True when BNatSchG §39(5) forbids it from 1 March to 30 September.
    clears_growth
        It removes wild growth that may hold woody plants: the reason tells to check the tree statute and,
        from March to September, to leave woody plants standing.
    ground_disturbing
        It breaks the ground: kept out on contaminated plots, after an inspection where contamination is unknown.
    wet_sensitive
        Wet ground forbids it, whatever the machine.
    unmapped_too
        On a plot that has no care areas at all yet it works on the whole plot.
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
    clears_growth: bool = False
    ground_disturbing: bool = False
    unmapped_too: bool = False
    supply: str = ""
    supply_m3_per_m2: float = 0.0
    wet_sensitive: bool = False

    def area_m2(self, plot: Plot) -> float:
        """Return the square metres of a plot that this work is done on; 0 when the plot asks for none of it."""
        if self.care is None or (self.unmapped_too and not plot.care_areas):
            return plot.area_m2
        return plot.care_m2(self.care)

    def waits_for_dry(self, machines: Iterable[Machine]) -> bool:
        """Tell whether rain forbids this work when it is done with ``machines``."""
        return self.wet_sensitive or any(machine.wet_sensitive for machine in machines)

    def tier(self, area_m2: float) -> RateTier:
        """Return the rate that holds for an area in square metres."""
        return next((tier for tier in self.rates if area_m2 <= tier.up_to_m2), self.rates[-1])

    def machines_for(self, area_m2: float) -> frozenset[str]:
        """Return the codes of the machines needed on an area in square metres."""
        return self.tier(area_m2).machines or self.machines

    def service_s(self, area_m2: float) -> int:
        """Return the seconds on an area in square metres, rounded up to whole minutes.

        Examples
        --------
        >>> mowing = WorkKind("mow", "", "", minutes_fixed=10, rates=(RateTier(float("inf"), 0.06),))
        >>> mowing.service_s(800) // 60
        58
        """
        return 60 * math.ceil(round(self.minutes_fixed + area_m2 * self.tier(area_m2).minutes_per_m2, 6))


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
        Code of the place where the day starts, and ends unless ``end`` names another.
    capacity_m3
        What the vehicle can carry.
    regular_s, max_work_s
        Working time of a day that is paid as usual, and the most that is allowed (ArbZG §3: 8 h, 10 h when balanced).
    profile
        How it travels, a value of `geo_service.streets.model.Profile`; empty: as a van.
    ends_empty
        The vehicle must be emptied before the day ends.
    end
        Code of the place where the day ends, or empty.
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
    regular_s: int = MAX_WORK_S
    max_work_s: int = MAX_WORK_S
    profile: str = ""
    ends_empty: bool = False
    end: str = ""


@dataclass(frozen=True)
class Visit:
    """One piece of work on one plot that falls due.

    Attributes
    ----------
    visit_id
        Made from plot, work, due date and part, so that planning again finds the same visit:
        ``"KLZ-0012.mow_lawn.2026-05-04.1"``, or ``"KLZ-0012.clear.first.1"`` for work never done there.
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
        When that visit is a part, its whole job (same plot, work and due day) must be done before.
    part, parts
        A job too long for one day is cut into parts.
    waste_key
        AVV key of the ``volume_m3`` that are carried away, or empty: any facility takes it.
    supply, supply_m3
        Kind of goods brought along (``"plants"``) and their volume, or empty and 0.
    wet_sensitive
        Rain forbids it: by its work, or by a machine that it needs.
    why
        Why it is due, a German sentence for people: ``"zuletzt am 01.10.2026, alle 14 bis 21 Tage"``;
        ``why_en`` says the same in English.
    heed, heed_en
        What the crew must check or leave alone by law, for its list: ``"vorher auf Nester prüfen (BNatSchG §44)"``.
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
    why_en: str = ""
    heed: str = ""
    heed_en: str = ""
    waste_key: str = ""
    supply: str = ""
    supply_m3: float = 0.0
    wet_sensitive: bool = False


@dataclass(frozen=True)
class NotDue:
    """Work that a plot would ask for but that is kept out of the period, with its reason (code and words).

    ``work`` is empty when the reason stands against any work on the plot. ``reason`` is German, ``reason_en`` English.
    Codes: ``state``, ``tenure``, ``season``, ``contaminated``, ``contamination_unknown``, ``predecessor``, ``law``.
    """

    plot_code: str
    work: str
    code: str
    reason: str
    reason_en: str = ""


@dataclass(frozen=True)
class Demand:
    """What falls due in a period, and what would but may not."""

    visits: tuple[Visit, ...]
    kept_out: tuple[NotDue, ...]
