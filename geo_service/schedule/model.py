"""Floor 4: the planning problem and its solution. A plan is a value; nothing is in force until it is accepted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from geo_service.routes.model import CrewDay, Route
from geo_service.streets.model import TravelMatrix
from geo_service.work.model import Visit


@dataclass(frozen=True)
class Weights:
    """What counts how much, in seconds of driving, so that the objective is one sum.

    Attributes
    ----------
    unserved_s
        For a visit of priority 1 that is left out; divided by its priority. Doubled when its last day
        lies in the period.
    late_day_s
        For each day after the due date, or after the first day of the period when it was due before.
    early_day_s
        For each day before the due date.
    crew_day_s
        For sending a crew out at all.
    crew_change_s
        For each further crew on the parts of one job.
    """

    unserved_s: int = 36_000
    late_day_s: int = 600
    early_day_s: int = 60
    crew_day_s: int = 900
    crew_change_s: int = 600


@dataclass(frozen=True)
class Problem:
    """Visits to place on crew-days. ``visit.place`` and ``crew_day.depot_place`` index ``matrix``."""

    visits: tuple[Visit, ...]
    crew_days: tuple[CrewDay, ...]
    matrix: TravelMatrix
    days: tuple[date, ...]
    weights: Weights = Weights()


@dataclass(frozen=True)
class Unserved:
    """A visit that was left out, with a stable ``code`` and the reason for people, in German and in English.

    Codes: ``no_skill``, ``no_machine``, ``too_few_people``, ``law``, ``window``, ``too_long``, ``too_large``,
    ``unreachable``, ``off_network``, ``no_crew_day``, ``predecessor``, ``no_time``.
    """

    visit: Visit
    code: str
    reason: str
    reason_en: str = ""


@dataclass(frozen=True)
class Solution:
    """Every visit is in exactly one route or in ``unserved``; every crew-day has one route or none.

    Attributes
    ----------
    cost_s
        The objective after `Weights`, seconds.
    iterations
        Of the search; the same seed and count give the same solution.
    """

    routes: tuple[Route, ...]
    unserved: tuple[Unserved, ...]
    cost_s: int
    iterations: int
    seed: int
