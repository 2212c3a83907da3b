"""Floor 4: what a worker does when: one annealing, or cycles of a population."""

from __future__ import annotations

from geo_service.schedule.engine.instance import FAR
from geo_service.schedule.engine.population import Member, Population
from geo_service.schedule.engine.settings import Settings
from geo_service.schedule.engine.worker import Worker

LEAST_CYCLE = 10_000
"""Iterations of the shortest cycle: in fewer, prices and temperature have no time to settle."""

FRESH_CYCLE = 4
"""A cycle from nothing is so many times as long as one of a child."""


class Course:
    """Leads one worker; asked before each round, so that what workers exchange does not depend on their speed."""

    def __init__(self, worker: Worker, population: Population, settings: Settings) -> None:
        self.worker = worker
        self._population = population
        self._settings = settings
        self._cycle = max(LEAST_CYCLE, settings.cycle * len(worker.instance.items))
        self._begun = 0
        self._length = FRESH_CYCLE * self._cycle
        self._fresh = 1
        self._child = False
        self._polishing = False
        self._meetings = list(settings.meet)

    def lead(self, share: float, iterations: int, best: Member | None) -> None:
        """Set the temperature for the next round, and begin another cycle where one is over."""
        settings = self._settings
        if settings.cycle == 0:
            while self._meetings and share >= self._meetings[0]:
                self._meetings.pop(0)
                if best is not None:
                    self.worker.go_on_from(best, forget_best=False)
            self._set(settings.hot, share)
        elif share >= 1.0 - settings.polished and best is not None:
            if not self._polishing:
                self._polishing = True
                self.worker.go_on_from(best, forget_best=False)
            self._set(settings.again, (share - 1.0 + settings.polished) / max(settings.polished, 1e-9))
        else:
            if iterations - self._begun >= self._length:
                self._next(iterations)
            self._set(settings.again if self._child else settings.hot, (iterations - self._begun) / self._length)

    def _next(self, iterations: int) -> None:
        if self.worker.best_s < FAR:
            self._population.add(self.worker.member())
        self._begun = iterations
        self._child = self._fresh >= self._settings.fresh and len(self._population.members) > 1
        if self._child:
            self._length = self._cycle
            self.worker.start_child(*self._population.parents())
        else:
            self._fresh += 1
            self._length = FRESH_CYCLE * self._cycle
            self.worker.start_afresh()

    def _set(self, hot: float, share: float) -> None:
        self.worker.temperature = self.worker.scale * hot * (self._settings.cold / hot) ** min(1.0, max(0.0, share))
