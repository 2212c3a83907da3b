"""Floor 2: a job: one kind of work on one plot in a period, when it was done last, and from when on it can be done."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from geo_service.base.clock import BERLIN
from geo_service.plots.model import Contamination, Plot, PlotState
from geo_service.work import reasons
from geo_service.work.cutting import CuttingException
from geo_service.work.lawful import Lawbook, LawfulDays
from geo_service.work.model import Catalogue, Crew, NotDue, Visit, Window, WorkKind
from geo_service.work.season import Season

INSPECT = "inspect"
"""Code of the work that looks at a plot."""

LIFE = (PlotState.REGISTERED, PlotState.CLEARED, PlotState.GREENED, PlotState.MAINTAINED)
"""The states of a plot that is worked on, in order."""

Made = dict[str, list[list[Visit]]]
"""The visits of a plot so far: by code of the work, for each due date, the parts."""


@dataclass(frozen=True)
class Period:
    """What is known and asked for a period; the arguments of `geo_service.work.demand.due_visits`."""

    catalogue: Catalogue
    last_done: Mapping[tuple[str, str], date]
    exceptions: Mapping[tuple[str, str], CuttingException]
    days: tuple[date, ...]
    shift: Window
    max_visit_s: int
    max_volume_m3: float | None
    crews: Sequence[Crew]
    lawbook: Lawbook

    @property
    def from_on(self) -> date:
        """The first day."""
        return self.days[0]

    @property
    def until_on(self) -> date:
        """The last day."""
        return self.days[-1]


@dataclass(frozen=True)
class Ready:
    """From when on a plot is ready for a job: after the work ``before``, maybe behind one of its visits."""

    from_on: date
    before: WorkKind | None = None
    after: str = ""
    after_days: int = 0


@dataclass(frozen=True)
class Job:
    """One kind of work on one plot in a period."""

    plot: Plot
    kind: WorkKind
    period: Period

    @property
    def area_m2(self) -> float:
        """Square metres that the work is done on."""
        return self.kind.area_m2(self.plot)

    @property
    def machines(self) -> frozenset[str]:
        """Codes of the machines needed."""
        return self.kind.machines_for(self.area_m2)

    @property
    def exception(self) -> CuttingException | None:
        """The exception to the cutting ban, where the work needs one and has it."""
        return self.period.exceptions.get((self.plot.plot_id, self.kind.code)) if self.kind.woody_cut else None

    @property
    def season(self) -> Season:
        """The season of the work; an exception to the cutting ban lifts it."""
        return self.kind.season if self.exception is None else None

    @property
    def done_on(self) -> date | None:
        """The last day it was done; work that is done once counts since the plot came into its present state."""
        done_on = self._last_done(self.kind)
        entered_on = self._entered_on()
        if done_on is not None and self.kind.interval_days is None and entered_on is not None and done_on < entered_on:
            return None
        return done_on

    def lawful_days(self) -> LawfulDays:
        """Return the days of the period on which it may be done, with their hours."""
        return self.period.lawbook.lawful_days(self.plot, self.kind, self.machines, self.exception)

    def readiness(self, made: Made) -> Ready | NotDue:
        """Return from when on it can be done: predecessor done and settled, ground looked at; or why it cannot."""
        ready = Ready(self.period.from_on)
        if self.kind.after:
            before = self.period.catalogue.kinds[self.kind.after]
            found = self._behind(before, made)
            if found is None:
                return reasons.waits(self.plot, self.kind, before, None)
            ready = found
        if not self.kind.ground_disturbing or self.plot.contamination is Contamination.NO:
            return ready
        if self.plot.contamination is Contamination.YES:
            return reasons.contaminated(self.plot, self.kind)
        if ready.after or (self.plot.plot_id, INSPECT) in self.period.last_done:
            return ready
        if INSPECT not in made:
            return reasons.not_inspected(self.plot, self.kind)
        look = made[INSPECT][0][-1]
        next_day = max(ready.from_on, look.due_on + timedelta(days=1))
        return Ready(next_day, self.period.catalogue.kinds[INSPECT], look.visit_id, 1)

    def _behind(self, before: WorkKind, made: Made) -> Ready | None:
        """Return from when on the predecessor is done and settled; None when it is neither done nor due."""
        settle = timedelta(days=self.kind.settle_days)
        done_on = self._last_done(before)
        if before.code in made and (done_on is None or before.interval_days is None):
            last = made[before.code][0][-1]
            ready_on = max(self.period.from_on, last.due_on + settle)
            return Ready(ready_on, before, last.visit_id, self.kind.settle_days)
        if done_on is None:
            if before.leads_to not in LIFE or self.plot.state not in LIFE[LIFE.index(before.leads_to) :]:
                return None
            done_on = self._entered_on()
        first_on = self.period.from_on
        return Ready(first_on if done_on is None else max(first_on, done_on + settle), before)

    def _last_done(self, kind: WorkKind) -> date | None:
        return self.period.last_done.get((self.plot.plot_id, kind.code))

    def _entered_on(self) -> date | None:
        """Return the local day on which the plot came into its state, None when its history does not tell."""
        moments = [change.at for change in self.plot.history if change.state is self.plot.state]
        return max(moments).astimezone(BERLIN).date() if moments else None
