"""Floor 4: the search for the cheapest patterns: annealing, downhill, and the repair that makes it hold.

Each need starts in its cheapest pattern one after another; random moves are accepted while it cools (Kirkpatrick,
Gelatt and Vecchi 1983), and the price of overload rises meanwhile. Most moves change one need; some take all needs
of a zone out of a week, because one need alone never saves the way there. Several searches with seeds of their own
run in threads; the best of their repaired plans counts. A seed and a number of iterations repeat a plan exactly.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from itertools import pairwise
from threading import Event

import numpy as np
import numpy.typing as npt

from geo_service.base.errors import Cancelled
from geo_service.base.progress import OnProgress, Progress, Stop, silent
from geo_service.schedule.season import kernels
from geo_service.schedule.season.repair import Served, repaired
from geo_service.schedule.season.tables import State, Tables, empty_state

SEARCHING = "searching the season"

MOVES_PER_NEED = 400
"""Iterations of each search for each need, unless told otherwise: time grows as the needs do."""

HOT, COLD = 1.0, 0.05
"""First and last temperature, in mean costs of opening a zone."""

CLOSING = 0.03
"""Probability of a move that closes a zone in a week."""

LAX, STRICT = 0.5, 5.0
"""Factor on the price of overload at the beginning and at the end."""

HARD = 100.0
"""Factor on the price of overload on the way downhill."""

STEPS, LONGEST_STEP = 100, 200_000
"""A search of a given number of iterations is done in so many steps, or more of at most so many iterations each;
between them it listens."""

DOWNHILL = 12
POLL_S = 0.1


@dataclass(frozen=True)
class Effort:
    """How long to search: ``iterations`` of each search (repeatable) or ``seconds``; without both by the problem.

    Attributes
    ----------
    workers
        Searches side by side.
    """

    iterations: int | None = None
    seconds: float | None = None
    workers: int = 2


@dataclass(frozen=True)
class Searched:
    """The best state with the visits planned in it, its cost in seconds, and how it was found."""

    state: State
    served: Served
    cost_s: int
    iterations: int
    stopped: bool


@dataclass
class _Told:
    """What the searches tell while they run: by worker the iterations and the best cost."""

    done: list[int]
    best_s: list[float]
    halt: Event = field(default_factory=Event)


def search(
    tables: Tables,
    seed: int,
    effort: Effort,
    *,
    stop: Stop | None = None,
    on_progress: OnProgress = silent,
    now: Callable[[], float] = time.monotonic,
) -> Searched:
    """Return the best choice of patterns found.

    Parameters
    ----------
    stop
        Ends the search early; the best so far counts. Asked by each search for itself.
    on_progress
        When it raises `Cancelled` the best so far counts, too; ``note`` tells the best cost and the seconds passed.
    now
        A monotonic clock, seconds; only read for progress and for an effort in seconds.
    """
    began = now()
    told = _Told([0] * effort.workers, [float("inf")] * effort.workers)
    seeds = np.random.SeedSequence(seed).generate_state(effort.workers, np.uint64)
    with ThreadPoolExecutor(effort.workers) as pool:
        runs = [
            pool.submit(_run, tables, worker, int(seeds[worker]), effort, stop, told, now)
            for worker in range(effort.workers)
        ]
        try:
            _tell(runs, told, effort, len(tables.zone), on_progress, lambda: now() - began)
        except Cancelled:
            told.halt.set()
        except BaseException:
            told.halt.set()
            raise
        found = [run.result() for run in runs]
    return min(found, key=lambda one: one.cost_s)


def _tell(
    runs: list[Future[Searched]],
    told: _Told,
    effort: Effort,
    needs: int,
    on_progress: OnProgress,
    elapsed: Callable[[], float],
) -> None:
    waiting = set(runs)
    while waiting:
        _, waiting = wait(waiting, timeout=POLL_S)
        best = min(told.best_s)
        note = f"{elapsed():.0f} s" if best == float("inf") else f"best {best:.0f}, {elapsed():.0f} s"
        if effort.seconds is not None:
            on_progress(Progress(SEARCHING, min(int(elapsed()), int(effort.seconds)), int(effort.seconds), note))
        else:
            on_progress(Progress(SEARCHING, sum(told.done), _iterations(effort, needs) * effort.workers, note))


def _iterations(effort: Effort, needs: int) -> int:
    return effort.iterations if effort.iterations is not None else MOVES_PER_NEED * needs


def _run(
    tables: Tables, worker: int, seed: int, effort: Effort, stop: Stop | None, told: _Told, now: Callable[[], float]
) -> Searched:
    """Search once, from construction to repair."""
    random = np.array([seed | 1], np.uint64)
    order = np.random.default_rng(seed).permutation(len(tables.zone)).astype(np.int64)
    state = empty_state(tables)
    kernels.construct(tables, state, order, STRICT)
    kernels.descend(tables, state, order, STRICT)
    best_s, best = kernels.cost(tables, state, STRICT), state.chosen.copy()
    mean_s = max(1.0, float(tables.opening_s.mean()) if len(tables.opening_s) else 1.0)
    moved = np.zeros((2, max(1, int(np.diff(tables.need_start).max(initial=0)))), np.int32)
    done, stopped = 0, False
    for count, before, after in _cooling(effort, len(tables.zone), now):
        stopped = told.halt.is_set() or (stop is not None and stop(done))
        if stopped:
            break
        hot, cold = (mean_s * HOT * (COLD / HOT) ** part for part in (before, after))
        kernels.anneal(tables, state, random, count, hot, cold, LAX * (STRICT / LAX) ** after, CLOSING, moved)
        done += count
        cost_s = kernels.cost(tables, state, STRICT)
        if cost_s < best_s:
            best_s, best = cost_s, state.chosen.copy()
        told.done[worker], told.best_s[worker] = done, best_s
    state = _state_of(tables, best)
    for _ in range(DOWNHILL):
        if kernels.descend(tables, state, order, HARD) == 0:
            break
    served = repaired(tables, state)
    return Searched(state, served, objective(tables, state, served)[-1], done, stopped)


def _cooling(effort: Effort, needs: int, now: Callable[[], float]) -> Iterator[tuple[int, float, float]]:
    """Tell the iterations of each step, and the parts of the whole, 0 to 1, at its beginning and end."""
    if effort.seconds is None:
        total = _iterations(effort, needs)
        steps = max(STEPS, total // LONGEST_STEP)
        for first, last in pairwise(total * step // steps for step in range(steps + 1)):
            if last > first:
                yield last - first, first / total, last / total
        return
    began = now()
    count, part = 2_000, 0.0
    while part < 1.0:
        step_s = min(0.2, effort.seconds / 50)
        ahead = min(1.0, part + step_s / max(effort.seconds, 1e-9))
        at = now()
        yield count, part, ahead
        took = max(now() - at, 1e-6)
        count = int(min(max(count * step_s / took, count / 4), count * 4)) + 1
        part = (now() - began) / max(effort.seconds, 1e-9)


def _state_of(tables: Tables, chosen: npt.NDArray[np.int32]) -> State:
    """Return the state in which these candidates are chosen."""
    state = empty_state(tables)
    state.chosen[:] = chosen
    for need in np.flatnonzero(chosen >= 0).tolist():
        pattern = tables.candidate_pattern[tables.candidate_start[need] + chosen[need]]
        kernels.put(tables, state, need, int(pattern), 0.0)
    return state


def objective(tables: Tables, state: State, served: Served) -> tuple[int, int, int, int]:
    """Return seconds of days off the ideal, of openings, of visits left out, and their sum."""
    placed = np.flatnonzero(state.chosen >= 0)
    candidate = tables.candidate_start[placed] + state.chosen[placed]
    pattern = tables.candidate_pattern[candidate]
    later_s = int(tables.later_s[pattern].sum())
    deviation_s = int(tables.candidate_cost_s[candidate].sum()) - later_s
    opening_s = int(((state.visits_in > 0).sum(axis=1) * tables.opening_s).sum())
    visit, need, flag = chosen_visits(tables, state, served)
    left_out = tables.unserved_s[tables.first_step[need] + tables.visit_step[visit]][flag == 0]
    unserved_s = int(left_out.sum()) + later_s
    return deviation_s, opening_s, unserved_s, deviation_s + opening_s + unserved_s


def chosen_visits(tables: Tables, state: State, served: Served) -> tuple[npt.NDArray[np.int64], ...]:
    """Return for all visits of the chosen patterns their index, their need and 1 where they are planned, (k,) each."""
    placed = np.flatnonzero(state.chosen >= 0)
    pattern = tables.candidate_pattern[tables.candidate_start[placed] + state.chosen[placed]]
    first, lengths = tables.visit_start[pattern], np.diff(tables.visit_start)[pattern]
    within = np.arange(int(lengths.sum())) - np.repeat(np.cumsum(lengths) - lengths, lengths)
    visit = np.repeat(first, lengths) + within
    flag = served.flags[np.repeat(served.start[placed], lengths) + within].astype(np.int64)
    return visit, np.repeat(placed, lengths), flag
