"""Floor 4: plan a season: from the problem to a plan in which nothing overloads and nothing is dropped in silence."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from geo_service.base.compiled import is_compiled
from geo_service.base.progress import OnProgress, Progress, Stop, silent
from geo_service.schedule.season import kernels
from geo_service.schedule.season.horizon import DAYS
from geo_service.schedule.season.model import LeftOut, Objective, SeasonNeed, SeasonPlan, SeasonProblem, Step
from geo_service.schedule.season.patterns import Patterns, candidate_patterns
from geo_service.schedule.season.search import Effort, Searched, chosen_visits, objective, search
from geo_service.schedule.season.tables import Tables, tables_of


def solve_season(
    problem: SeasonProblem,
    seed: int = 1,
    effort: Effort | None = None,
    *,
    stop: Stop | None = None,
    on_progress: OnProgress = silent,
    now: Callable[[], float] = time.monotonic,
) -> SeasonPlan:
    """Return a plan of a season; in its problem the needs stand in order of zones.

    Parameters
    ----------
    effort
        How long to search; by default in proportion to the needs, repeatable by the seed.
    stop, on_progress
        End the search early when they say so or raise `Cancelled`; the plan is the best so far.
    now
        A monotonic clock, seconds, for progress and an effort in seconds.
    """
    on_progress(Progress("working out patterns"))
    problem = replace(problem, needs=tuple(sorted(problem.needs, key=lambda need: need.zone)))
    patterns = candidate_patterns(problem)
    tables = tables_of(problem, patterns)
    if not is_compiled(kernels.anneal):
        on_progress(Progress("compiling the season's search", note="once after installation"))
    found = search(tables, seed, effort or Effort(), stop=stop, on_progress=on_progress, now=now)
    return _plan(problem, patterns, tables, found, seed)


def _plan(problem: SeasonProblem, patterns: Patterns, tables: Tables, found: Searched, seed: int) -> SeasonPlan:
    visit, need, flag = chosen_visits(tables, found.state, found.served)
    deviation_s, opening_s, unserved_s, _ = objective(tables, found.state, found.served)
    weekly = len(problem.resources)
    return SeasonPlan(
        problem=problem,
        need=need.astype(np.int32),
        step=patterns.step[visit],
        day=patterns.day[visit],
        served=flag == 1,
        left_out=(
            *(_closed(one) for number, one in enumerate(problem.needs) if found.state.chosen[number] < 0),
            *_without_room(problem, patterns, tables, found, visit, need, flag),
            *_later(problem, patterns, found, tables),
        ),
        load_s=found.state.load[:weekly],
        planable_s=tables.room[:weekly],
        zones_opened=(found.state.visits_in > 0).sum(axis=0).astype(np.int64),
        objective=Objective(deviation_s, opening_s, unserved_s, _overload_s(tables, found)),
        iterations=found.iterations,
        seed=seed,
        stopped=found.stopped,
    )


def _overload_s(tables: Tables, found: Searched) -> int:
    return int(np.maximum(found.state.load - tables.room, 0).sum())


def _closed(need: SeasonNeed) -> LeftOut:
    reason = "kein offener Tag in der Saison (Jahreszeit, Gesetz, Feiertage oder Nutzungsrecht)"
    reason_en = "no open day in the season (time of year, law, holidays or right to work)"
    return LeftOut(need.need_id, need.plot_code, need.steps[0].work, None, "closed", reason, reason_en)


def _later(problem: SeasonProblem, patterns: Patterns, found: Searched, tables: Tables) -> Iterator[LeftOut]:
    """Tell the steps done once whose turn comes only after the season."""
    for number, need in enumerate(problem.needs):
        chosen = int(found.state.chosen[number])
        if chosen < 0 or all(step.after < 0 or step.rhythm is not None for step in need.steps):
            continue
        pattern = int(tables.candidate_pattern[tables.candidate_start[number] + chosen])
        there = set(patterns.step[patterns.visit_start[pattern] : patterns.visit_start[pattern + 1]].tolist())
        for index, step in enumerate(need.steps):
            if step.rhythm is None and index not in there:
                yield LeftOut(
                    need.need_id,
                    need.plot_code,
                    step.work,
                    None,
                    "later",
                    "kommt in der Reihenfolge erst nach dieser Saison an die Reihe",
                    "its turn in the order of works comes only after this season",
                )


def _without_room(
    problem: SeasonProblem,
    patterns: Patterns,
    tables: Tables,
    found: Searched,
    visit: npt.NDArray[np.int64],
    need: npt.NDArray[np.int64],
    flag: npt.NDArray[np.int64],
) -> Iterator[LeftOut]:
    """Tell the visits left out, each with the scarcest thing that has no room for it."""
    left_out = {(int(need[one]), int(patterns.step[visit[one]])) for one in np.flatnonzero(flag == 0)}
    for one in np.flatnonzero(flag == 0):
        asked, day = problem.needs[need[one]], int(patterns.day[visit[one]])
        step = asked.steps[patterns.step[visit[one]]]
        number = int(tables.first_step[need[one]]) + int(patterns.step[visit[one]])
        code, reason, reason_en = _binding(problem, tables, found, step, number, day // DAYS)
        if not code:
            waits = step.after >= 0 and (int(need[one]), step.after) in left_out
            before = asked.steps[step.after].work if waits else step.work
            code = "predecessor"
            reason = f"{before} ist nicht eingeplant und geht voraus"
            reason_en = f"{before} comes first and is not planned"
        yield LeftOut(asked.need_id, asked.plot_code, step.work, problem.horizon.date(day), code, reason, reason_en)


def _binding(
    problem: SeasonProblem, tables: Tables, found: Searched, asked: Step, step: int, week: int
) -> tuple[str, str, str]:
    """Return code and words for what has no room for a visit in a week; empty when all has."""
    full: list[tuple[int, int, int]] = []
    for use in range(tables.use_start[step], tables.use_start[step + 1]):
        resource, amount = int(tables.use_resource[use]), int(tables.use_amount[use])
        column = week * int(tables.weekly[resource])
        if found.state.load[resource, column] + amount > tables.room[resource, column]:
            full.append((int(tables.room[resource].sum()), resource, amount))
    if not full:
        return "", "", ""
    _, resource, amount = min(full)
    weekly = len(problem.resources)
    if resource >= weekly:
        budget = problem.budgets[resource - weekly].name
        return "budget", f"Budget {budget} ist ausgeschöpft", f"budget {budget} is used up"
    name, told = problem.resources[resource].name_for(asked), problem.horizon.name(week)
    if not any(problem.resources[resource].capacity_s):
        return "no_crew", f"keine Kolonne hat: {name.de}", f"no crew has: {name.en}"
    if amount > tables.room[resource].max():
        return "capacity", f"zu groß für eine Woche {name.de}", f"too large for a week of {name.en}"
    return "capacity", f"Kapazität {name.de} in Woche {told} ist voll", f"capacity of {name.en} in week {told} is full"
