"""Floor 4: the planning problem and its solution. A plan is a value; nothing is in force until it is accepted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import date

from geo_service.routes.model import CrewDay, Route
from geo_service.streets.model import TravelMatrix
from geo_service.work.model import Visit


@dataclass(frozen=True)
class Weights:
    """What counts how much, in seconds of driving, so that the objective is one sum; planners set it.

    Attributes
    ----------
    unserved_s
        For a visit of priority 1 that is left out; divided by its priority. Doubled when its last day
        lies in the period.
    late_day_s
        For each day after the due date, or after the first day of the period when it was due before, of a visit of
        priority 1; divided by its priority.
    early_day_s
        For each day before the due date.
    crew_day_s
        For sending a crew out at all.
    crew_change_s
        For each further crew on the parts of one job.
    overtime
        For each second of working time beyond ``CrewDay.regular_s``.
    change_s
        For each visit that lies on another crew-day than in the plan in force.
    imbalance
        For each second that a crew's working time over the period differs from the mean per crew-day it has.
    area_s
        For each further area that a crew-day works in.
    unfamiliar_s
        For a visit by a crew that does not know the plot, where some crew knows it.
    """

    unserved_s: int = 36_000
    late_day_s: int = 1_800
    early_day_s: int = 60
    crew_day_s: int = 900
    crew_change_s: int = 600
    overtime: float = 0.5
    change_s: int = 1_800
    imbalance: float = 0.02
    area_s: int = 120
    unfamiliar_s: int = 120


@dataclass(frozen=True)
class Placement:
    """The crew-day of a visit."""

    crew: str
    on: date


@dataclass(frozen=True)
class Problem:
    """Visits to place on crew-days. ``visit.place`` and ``crew_day.depot_place`` index ``matrix``.

    Attributes
    ----------
    in_force
        By visit_id where the plan in force has a visit: leaving it there costs nothing, see ``Weights.change_s``.
    locked
        visit_ids that must stay on their crew-day in force: started, announced or locked by a planner.
    familiar
        By plot_id the crews that know the plot.
    areas
        By plot_id the area it lies in; plots without one belong to no area.
    matrices
        Travel for other profiles than that of ``matrix``, by ``CrewDay.profile``; same places.
    """

    visits: tuple[Visit, ...]
    crew_days: tuple[CrewDay, ...]
    matrix: TravelMatrix
    days: tuple[date, ...]
    weights: Weights = Weights()
    in_force: Mapping[str, Placement] = field(default_factory=dict)
    locked: frozenset[str] = frozenset()
    familiar: Mapping[str, frozenset[str]] = field(default_factory=dict)
    areas: Mapping[str, str] = field(default_factory=dict)
    matrices: Mapping[str, TravelMatrix] = field(default_factory=dict)

    def matrix_of(self, crew_day: CrewDay) -> TravelMatrix:
        """Return travel as this crew-day travels."""
        return self.matrices.get(crew_day.profile, self.matrix)


@dataclass(frozen=True)
class Costs:
    """The objective part by part, in seconds of driving after `Weights`; what each part counts is said there."""

    travel_s: int = 0
    crew_days_s: int = 0
    dates_s: int = 0
    overtime_s: int = 0
    changes_s: int = 0
    imbalance_s: int = 0
    areas_s: int = 0
    familiarity_s: int = 0
    crew_changes_s: int = 0
    unserved_s: int = 0

    @property
    def total_s(self) -> int:
        """Return the sum of all parts."""
        return sum(getattr(self, part.name) for part in fields(self))


@dataclass(frozen=True)
class Remedy:
    """The cheapest way found to serve a visit that was left out; the plan it is told of stays as it is.

    Attributes
    ----------
    kind
        ``more_time``: the crew works ``minutes`` longer, before or after its shift. ``displace``: the visits of lower
        priority in ``displaces`` give way. ``facility_trip``: the vehicle is emptied in between. ``skill``,
        ``machine``, ``people``: the crew gets what stands in ``needs``. ``split``: cut into ``parts``.
        ``other_date``: the first lawful day after the period. ``before``: the visits in ``displaces`` are done first.
        ``renew``: the agreement is prolonged. ``unlock``: a lock is lifted.
    crew, on
        The crew-day it would lie on; empty and None where there is none.
    text, text_en
        The same for people: ``"mit 40 Minuten mehr am Do 26.11.2026, crew-2"``.
    """

    kind: str
    text: str
    text_en: str
    crew: str = ""
    on: date | None = None
    minutes: int = 0
    displaces: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    parts: int = 0


@dataclass(frozen=True)
class Unserved:
    """A visit that was left out, with a stable ``code`` and the reason for people, in German and in English.

    Codes: ``no_skill``, ``no_machine``, ``too_few_people``, ``law``, ``tenure``, ``window``, ``too_long``,
    ``too_large``, ``unreachable``, ``off_network``, ``no_facility``, ``no_crew_day``, ``predecessor``, ``lock``,
    ``refused``, ``capacity``, ``no_time``.

    Attributes
    ----------
    remedy
        How it could be served after all, or None where nothing was found.
    """

    visit: Visit
    code: str
    reason: str
    reason_en: str = ""
    remedy: Remedy | None = None


@dataclass(frozen=True)
class Solution:
    """Every visit is in exactly one route or in ``unserved``; every crew-day has one route or none.

    Attributes
    ----------
    cost_s
        The objective after `Weights`, seconds; ``costs`` tells its parts.
    iterations
        Of the search; the same seed and count give the same solution.
    """

    routes: tuple[Route, ...]
    unserved: tuple[Unserved, ...]
    cost_s: int
    iterations: int
    seed: int
    costs: Costs = Costs()
