"""Floor 4: what a season asks and answers: needs with their steps, capacity, budgets, and the plan. Values only."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

import numpy as np
import numpy.typing as npt

from geo_service.schedule.season.horizon import Horizon
from geo_service.work.due import LATE_SLACK_DAYS, ONCE_SLACK_DAYS
from geo_service.work.model import NotDue
from geo_service.work.season import Season


@dataclass(frozen=True)
class Rhythm:
    """How often work comes back: days between two visits, both bounds inclusive; half-way is ideal.

    Attributes
    ----------
    fixed
        False: counted from the visit before. True: on dates that are ``ideal_days`` apart from the first due date on,
        each as much earlier or later as the bounds allow.
    """

    shortest_days: int
    longest_days: int
    fixed: bool = False

    @property
    def ideal_days(self) -> int:
        """The interval wished for."""
        return max(1, (self.shortest_days + self.longest_days) // 2)

    @property
    def slack_days(self) -> int:
        """Days within which the work begins again when all its days in time were closed."""
        return max(self.longest_days - self.shortest_days, LATE_SLACK_DAYS)


@dataclass(frozen=True)
class Step:
    """One kind of work in a need, done once or again and again.

    Attributes
    ----------
    service_s
        Crew seconds of one visit.
    resources
        Indices into `SeasonProblem.resources`: each of them gives ``service_s`` in the week of a visit.
    season, woody_cut
        When the law and the catalogue allow it: ``woody_cut`` puts it under the cutting ban of BNatSchG §39(5).
    rhythm
        None: once.
    after, settle_days
        Index of the step of the same need whose first visit comes before, and days to wait after it; -1: none.
    slack_days
        Work done once begins within these days after the first open day on which it can.
    weekdays
        Days on which a crew for it works, Monday 0.
    priority
        1 most urgent to 5 least.
    cost_cents
        What one visit costs, for budgets.
    part, parts
        A job too large for a week is cut into parts, each a step of its own.
    """

    work: str
    service_s: int
    resources: tuple[int, ...]
    season: Season = None
    woody_cut: bool = False
    rhythm: Rhythm | None = None
    after: int = -1
    settle_days: int = 0
    slack_days: int = ONCE_SLACK_DAYS
    weekdays: tuple[int, ...] = (0, 1, 2, 3, 4)
    people: int = 1
    skills: frozenset[str] = frozenset()
    machines: frozenset[str] = frozenset()
    priority: int = 3
    cost_cents: int = 0
    part: int = 1
    parts: int = 1


@dataclass(frozen=True)
class SeasonNeed:
    """What one plot needs of one work, or of a chain of works that is planned as one unit.

    Attributes
    ----------
    zone
        Index into `SeasonProblem.zones`.
    steps
        In order; a step comes behind the one it waits for.
    earliest_on, due_on, latest_on
        Window of the first visit of the first step, inclusive. When all its days are closed the work is put off to
        the first open days behind.
    from_on, until_on
        First and last day of the right to work there; None: open.
    """

    need_id: str
    plot_id: str
    plot_code: str
    zone: int
    steps: tuple[Step, ...]
    earliest_on: date
    due_on: date
    latest_on: date
    from_on: date | None = None
    until_on: date | None = None


@dataclass(frozen=True)
class ResourceName:
    """One of the names of a group of crews: ``"skill:woody"``, in words ``"der Befähigung woody"``."""

    code: str
    de: str
    en: str


@dataclass(frozen=True)
class Resource:
    """A group of crews whose hours bound what can be done in a week.

    Attributes
    ----------
    names
        At least one; the same crews may be those with a skill and those with a machine.
    capacity_s
        Seconds for work on plots in each week, travel taken off, the weather reserve not yet.
    crews
        Codes of the crews in the group; empty for what nobody can do.
    """

    names: tuple[ResourceName, ...]
    capacity_s: tuple[int, ...]
    crews: frozenset[str] = frozenset()

    @property
    def code(self) -> str:
        """The first name's code."""
        return self.names[0].code

    def name_for(self, step: Step) -> ResourceName:
        """Return the name that says most about a step: its skill, its machine, its people; else the first."""
        wanted = {f"skill:{one}" for one in step.skills} | {f"machine:{one}" for one in step.machines}
        wanted |= {f"people:{step.people}"}
        return next((name for name in self.names if name.code in wanted), self.names[0])


@dataclass(frozen=True)
class Zone:
    """Plots near each other; ``opening_s`` seconds of travel are paid for each week in which any of them is visited."""

    code: str
    name: str
    opening_s: int


class BudgetUnit(StrEnum):
    """What a budget limits."""

    HOURS = "hours"  # of people: service time × people
    COST = "cost"


@dataclass(frozen=True)
class Budget:
    """A limit over the whole season.

    Attributes
    ----------
    limit
        Person-seconds for ``HOURS``, cents for ``COST``.
    works
        Codes of the works it pays; empty: all.
    """

    name: str
    unit: BudgetUnit
    limit: int
    works: frozenset[str] = frozenset()

    def amount(self, step: Step) -> int:
        """Return what one visit takes from the budget; 0 when it does not pay this work."""
        if self.works and step.work not in self.works:
            return 0
        return step.service_s * step.people if self.unit is BudgetUnit.HOURS else step.cost_cents


@dataclass(frozen=True)
class SeasonWeights:
    """What counts how much, in seconds of driving, so that the objective is one sum.

    Attributes
    ----------
    day_off_s
        For a day between a visit and its ideal day, at priority 3; in proportion to 6 minus the priority.
    unserved_s
        For a visit of priority 1 that is left out; divided by its priority.
    """

    day_off_s: int = 60
    unserved_s: int = 36_000

    def day_off(self, step: Step) -> int:
        """Return the seconds for one day off the ideal."""
        return self.day_off_s * (6 - step.priority) // 3

    def unserved(self, step: Step) -> int:
        """Return the seconds for one visit left out."""
        return self.unserved_s // step.priority


@dataclass(frozen=True)
class SeasonProblem:
    """Needs to place in weeks.

    Attributes
    ----------
    reserve
        Share of every capacity that stays free for bad weather, 0 to below 1.
    kept_out
        Work that plots would ask for but that may not be planned, with reasons; handed on to the plan.
    """

    horizon: Horizon
    needs: tuple[SeasonNeed, ...]
    resources: tuple[Resource, ...]
    zones: tuple[Zone, ...]
    budgets: tuple[Budget, ...] = ()
    reserve: float = 0.1
    weights: SeasonWeights = SeasonWeights()
    kept_out: tuple[NotDue, ...] = ()

    def planable_s(self, resource: int, week: int) -> int:
        """Return the seconds of a resource in a week that may be planned, the reserve taken off."""
        return int(self.resources[resource].capacity_s[week] * (1.0 - self.reserve))


@dataclass(frozen=True)
class LeftOut:
    """A visit that is not planned, with a stable ``code`` and the reason in German and in English.

    Codes: ``capacity`` (a resource is full that week), ``budget`` (used up), ``no_crew`` (nobody can do it at all),
    ``predecessor`` (the step before is left out), ``later`` (its turn comes after the season), ``closed`` (no open
    day in the season).

    Attributes
    ----------
    due_on
        The day it should have had; None when it has none in the season.
    """

    need_id: str
    plot_code: str
    work: str
    due_on: date | None
    code: str
    reason: str
    reason_en: str


@dataclass(frozen=True)
class Objective:
    """The parts of the sum that was made small, seconds; ``overload_s`` is 0 in every plan."""

    deviation_s: int
    opening_s: int
    unserved_s: int
    overload_s: int = 0

    @property
    def total_s(self) -> int:
        """The sum."""
        return self.deviation_s + self.opening_s + self.unserved_s + self.overload_s


@dataclass(frozen=True)
class SeasonVisit:
    """One planned visit; ``due_on`` is the proposed day, ``week`` its week in the horizon."""

    need: SeasonNeed
    step: Step
    due_on: date
    week: int


@dataclass(frozen=True, eq=False)
class SeasonPlan:
    """Every visit of every need is planned or in ``left_out``.

    Attributes
    ----------
    need, step, day, served
        One entry for each visit of the chosen patterns, shape (v,): index of the need, of the step in it, day of the
        horizon; whether it is planned. Ordered by need, step and day.
    load_s, planable_s
        Seconds by resource and week, shape (r, w); never is the first above the second.
    zones_opened
        How many zones are visited in each week, shape (w,).
    iterations
        Of the search; the same seed and count give the same plan.
    stopped
        True when the search was ended early; the plan is the best so far.
    """

    problem: SeasonProblem
    need: npt.NDArray[np.int32]
    step: npt.NDArray[np.int16]
    day: npt.NDArray[np.int16]
    served: npt.NDArray[np.bool_]
    left_out: tuple[LeftOut, ...]
    load_s: npt.NDArray[np.int64]
    planable_s: npt.NDArray[np.int64]
    zones_opened: npt.NDArray[np.int64]
    objective: Objective
    iterations: int
    seed: int
    stopped: bool = False
    notes: tuple[str, ...] = field(default=())

    def visits(self) -> Iterator[SeasonVisit]:
        """Tell the planned visits, ordered by need, step and day."""
        needs, horizon = self.problem.needs, self.problem.horizon
        chosen = np.flatnonzero(self.served)
        for number, step, day in zip(self.need[chosen], self.step[chosen], self.day[chosen], strict=True):
            need = needs[number]
            yield SeasonVisit(need, need.steps[step], horizon.date(day), int(day) // 7)
