"""Floor 4: the search as a whole: both cores, stop rules, progress, the best kept."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from geo_service.base.progress import Stop, left_of, share_of
from geo_service.schedule.engine.course import Course
from geo_service.schedule.engine.instance import FAR, Array, Instance
from geo_service.schedule.engine.population import Member, Population
from geo_service.schedule.engine.settings import Settings
from geo_service.schedule.engine.worker import Worker

CHUNK = 1_000
"""Iterations between two looks at the stop rule."""


@dataclass(frozen=True)
class Found:
    """The best found: of each route the stops (items; ``-1 - facility`` for trips), of each item the pattern or -1."""

    cost: float
    routes: list[list[int]]
    patterns: Array
    iterations: int


OnRound = Callable[[int, float], None]


def search(
    instance: Instance, stop: Stop, seed: int, settings: Settings | None = None, on_round: OnRound | None = None
) -> Found:
    """Search until ``stop``; with a rule by iterations the answer depends on the seed only.

    Parameters
    ----------
    stop
        Called with the iterations of each worker.
    on_round
        Called every `CHUNK` iterations with their number and the best cost; may raise to end the search, which
        the caller then sees: see `Search` for the best so far.
    """
    one = Search(instance, seed, settings)
    one.go_on(stop, on_round)
    return one.found()


class Search:
    """A search that can be looked at after it was ended from outside."""

    def __init__(self, instance: Instance, seed: int, settings: Settings | None = None) -> None:
        settings = settings or Settings()
        self.iterations = 0
        self.workers = [Worker(instance, settings, seed * 101 + number) for number in range(settings.workers)]
        population = Population(settings.population, seed)
        self._courses = [Course(worker, population, settings) for worker in self.workers]
        self._best: Member | None = None
        self._keep()

    @property
    def cost(self) -> float:
        """The cost of the best so far; without one that keeps all limits more than any."""
        return FAR * FAR if self._best is None else self._best.cost

    @property
    def best(self) -> Worker:
        """A worker whose best is the best of all."""
        worker = min(self.workers, key=lambda worker: worker.best_s)
        if self._best is not None and self._best.cost < worker.best_s:
            worker.go_on_from(self._best, forget_best=False)
        return worker

    def go_on(self, stop: Stop, on_round: OnRound | None = None) -> None:
        """Search until ``stop``."""
        if not len(self.workers[0].instance.items):
            return
        with ThreadPoolExecutor(len(self.workers)) as threads:
            while not stop(self.iterations):
                if on_round is not None:
                    on_round(self.iterations, min(FAR, self.cost))
                share = share_of(stop, self.iterations)
                for course in self._courses:
                    course.lead(share, self.iterations, self._best)
                count = left_of(stop, self.iterations, CHUNK)
                jobs = [threads.submit(worker.run, count) for worker in self.workers]
                for job in jobs:
                    job.result()
                self.iterations += count
                self._keep()

    def _keep(self) -> None:
        for worker in self.workers:
            if worker.best_s < self.cost - 1e-9:
                self._best = worker.member()

    def found(self) -> Found:
        """Return the best of all workers."""
        best = self.best
        return Found(best.best_s, best.best_routes(), best.best_pattern.copy(), self.iterations)
