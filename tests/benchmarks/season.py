"""Season plans of made-up plots: wall time, memory, overload, growth; on the smallest case against HiGHS.

Usage: python tests/benchmarks/season.py [--plots 1000 10000 100000] [--seed 1] [--highs-seconds 120] [--short]
Prints one JSON line per case and a table. Every case is checked independently. Iterations grow with the plots, so the
quality is equal and the exponent is that of the time for it. HiGHS gets the same candidate patterns as one
mixed-integer programme (a need is served whole or not at all there; ours may leave out single visits).
"""

from __future__ import annotations

import argparse
import json
import math
import multiprocessing
import resource as system
import time
from dataclasses import replace
from datetime import date, timedelta
from importlib.util import find_spec

import numpy as np
from rich.console import Console
from rich.table import Table

from geo_service.schedule.season.check import season_faults
from geo_service.schedule.season.horizon import Horizon
from geo_service.schedule.season.model import Resource, ResourceName, Rhythm, SeasonNeed, SeasonProblem, Step, Zone
from geo_service.schedule.season.patterns import candidate_patterns
from geo_service.schedule.season.search import Effort
from geo_service.schedule.season.solve import solve_season
from geo_service.schedule.season.tables import tables_of

HORIZON = Horizon(date(2027, 1, 4), 52)
PLOTS_PER_ZONE = 60
OPENING_S = 2700
ALL, WOODY, TREES, PLANTING = range(4)
RESERVE = 0.1
ROOM = 1.08
"""Capacity over the busiest eight weeks of the ideal dates."""

SHARES = {"litter": 0.24, "mow": 0.26, "meadow": 0.16, "prune": 0.12, "inspect": 0.1, "tree_check": 0.06, "chain": 0.06}


def made_up(plots: int, seed: int) -> SeasonProblem:
    """Return needs of mixed kinds, one for each plot, with capacity a little above what they ask for."""
    rng = np.random.default_rng(seed)
    zones = max(10, plots // PLOTS_PER_ZONE)
    kinds = rng.choice(list(SHARES), plots, p=list(SHARES.values()))
    service_s = 60 * rng.integers(15, 60, plots)
    zone = rng.integers(0, zones, plots)
    phase = rng.random(plots)
    needs = tuple(
        _need(number, str(kinds[number]), int(zone[number]), int(service_s[number]), float(phase[number]))
        for number in range(plots)
    )
    problem = SeasonProblem(
        HORIZON,
        needs,
        tuple(
            Resource((ResourceName(code, code, code),), (2**40,) * HORIZON.weeks)
            for code in ("crews", "woody", "trees", "planting")
        ),
        tuple(Zone(f"z{number}", f"zone {number}", OPENING_S) for number in range(zones)),
        reserve=RESERVE,
    )
    return replace(
        problem,
        resources=tuple(
            replace(one, capacity_s=(capacity,) * HORIZON.weeks)
            for one, capacity in zip(problem.resources, _capacities(problem), strict=True)
        ),
    )


def _need(number: int, kind: str, zone: int, service_s: int, phase: float) -> SeasonNeed:
    summer, winter = ((4, 1), (10, 31)), ((10, 15), (2, 29))
    by_kind = {
        "litter": Step("litter", service_s, (ALL,), rhythm=Rhythm(28, 42)),
        "mow": Step("mow", service_s, (ALL,), rhythm=Rhythm(18, 30), season=summer),
        "meadow": Step("meadow", service_s, (ALL,), rhythm=Rhythm(50, 75), season=((6, 10), (9, 30))),
        "prune": Step("prune", service_s, (ALL, WOODY), rhythm=Rhythm(340, 400), season=winter, woody_cut=True),
        "inspect": Step("inspect", service_s, (ALL,), rhythm=Rhythm(70, 110)),
        "tree_check": Step("tree_check", service_s, (ALL, TREES), rhythm=Rhythm(330, 480), priority=2),
    }
    if kind == "chain":
        steps = (
            Step("clear", 3 * service_s, (ALL,), priority=2),
            Step("green", 2 * service_s, (ALL, PLANTING), season=((9, 15), (4, 30)), after=0, settle_days=14),
            Step("water", service_s, (ALL,), rhythm=Rhythm(10, 18), season=((4, 15), (9, 30)), after=1),
        )
        due_on = HORIZON.from_on + timedelta(days=int(phase * 200))
        return _of(number, zone, steps, due_on, due_on, due_on + timedelta(days=90))
    step = by_kind[kind]
    assert step.rhythm is not None
    opens = {"mow": date(2027, 4, 1), "meadow": date(2027, 6, 10), "prune": date(2027, 10, 15)}.get(kind)
    if opens is not None:
        return _of(number, zone, (step,), opens, opens, opens + timedelta(days=12 if kind == "mow" else 60))
    due_on = HORIZON.from_on + timedelta(days=int(phase * min(step.rhythm.ideal_days, 300)))
    slack = timedelta(days=(step.rhythm.longest_days - step.rhythm.shortest_days) // 2)
    return _of(number, zone, (step,), max(HORIZON.from_on, due_on - slack), due_on, due_on + slack)


def _of(number: int, zone: int, steps: tuple[Step, ...], low: date, due: date, high: date) -> SeasonNeed:
    return SeasonNeed(f"need-{number}", f"plot-{number}", f"P-{number:06d}", zone, steps, low, due, high)


def _capacities(problem: SeasonProblem) -> list[int]:
    """Return for each resource what the ideal dates ask for in the busiest eight weeks, and a little room."""
    patterns = candidate_patterns(problem)
    tables = tables_of(problem, patterns)
    load = np.zeros((len(problem.resources), HORIZON.weeks))
    for need in range(len(problem.needs)):
        pattern = patterns.pattern[patterns.candidate_start[need]]
        for visit in range(patterns.visit_start[pattern], patterns.visit_start[pattern + 1]):
            step = problem.needs[need].steps[patterns.step[visit]]
            for one in step.resources:
                load[one, patterns.week[visit]] += step.service_s
    assert len(tables.zone) == len(problem.needs)
    busiest = [np.convolve(row, np.full(8, 1 / 8), "valid").max() for row in load]
    return [math.ceil(one * ROOM / (1 - RESERVE)) for one in busiest]


def by_highs(problem: SeasonProblem, seconds: float) -> tuple[float, float, str]:
    """Return the cost of the best plan that HiGHS finds in the time, its lower bound, and how it ended."""
    patterns = candidate_patterns(problem)
    tables = tables_of(problem, patterns)
    weeks = problem.horizon.weeks
    import highspy

    model = highspy.Highs()
    model.setOptionValue("output_flag", False)
    model.setOptionValue("time_limit", seconds)
    model.setOptionValue("threads", 2)
    opened = {
        (zone, week): model.addBinary(obj=float(one.opening_s))
        for zone, one in enumerate(problem.zones)
        for week in range(weeks)
    }
    used: dict[tuple[int, int], list[object]] = {}
    for number, need in enumerate(problem.needs):
        chosen, in_week = [], {}
        for candidate in range(patterns.candidate_start[number], patterns.candidate_start[number + 1]):
            pattern = patterns.pattern[candidate]
            taken = model.addBinary(obj=float(patterns.cost_s[candidate]))
            chosen.append(taken)
            visits = range(patterns.visit_start[pattern], patterns.visit_start[pattern + 1])
            for visit in visits:
                step, week = need.steps[patterns.step[visit]], int(patterns.week[visit])
                for one in step.resources:
                    used.setdefault((one, week), []).append(step.service_s * taken)
            for week in {int(patterns.week[visit]) for visit in visits}:
                in_week.setdefault(week, []).append(taken)
        visits = sum(problem.weights.unserved(step) for step in need.steps) * 5
        none = model.addBinary(obj=float(visits))
        model.addConstr(model.qsum([*chosen, none]) == 1)
        for week, there in in_week.items():
            model.addConstr(model.qsum(there) <= opened[need.zone, week])
    for (one, week), parts in used.items():
        model.addConstr(model.qsum(parts) <= float(tables.room[one, week]))
    model.run()
    info = model.getInfo()
    status = model.modelStatusToString(model.getModelStatus())
    return float(info.objective_function_value), float(info.mip_dual_bound), status


def measure(plots: int, seed: int, iterations_per_plot: int) -> dict[str, object]:
    """Plan one case in a process of its own, so that its peak memory is its own."""
    context = multiprocessing.get_context("spawn")
    with context.Pool(1) as pool:
        return pool.apply(_measure, (plots, seed, iterations_per_plot))


def _measure(plots: int, seed: int, per_plot: int) -> dict[str, object]:
    solve_season(made_up(50, 9), effort=Effort(iterations=10))  # compile or load what is compiled
    problem = made_up(plots, seed)
    before_mb = system.getrusage(system.RUSAGE_SELF).ru_maxrss / 1024
    began, began_cpu = time.perf_counter(), time.process_time()
    plan = solve_season(problem, seed, Effort(iterations=per_plot * plots))
    seconds, cpu_s = time.perf_counter() - began, time.process_time() - began_cpu
    peak_mb = system.getrusage(system.RUSAGE_SELF).ru_maxrss / 1024
    faults = season_faults(plan)
    return {
        "plots": plots,
        "visits": len(plan.need),
        "seconds": round(seconds, 2),
        "cpu_s": round(cpu_s, 2),
        "peak_mb": round(peak_mb),
        "problem_mb": round(before_mb),
        "iterations": plan.iterations,
        "overloads": int((plan.load_s > plan.planable_s).sum()),
        "unserved": len(plan.left_out),
        "cost_s": plan.objective.total_s,
        "cost_per_visit_s": round(plan.objective.total_s / len(plan.need), 1),
        "deviation_s": plan.objective.deviation_s,
        "opening_s": plan.objective.opening_s,
        "unserved_s": plan.objective.unserved_s,
        "checked": not faults,
    }


def exponent(rows: list[dict[str, object]], time_of: str) -> float:
    """Return the slope of log time over log plots."""
    logs = [np.log([float(str(row[key])) for row in rows]) for key in ("plots", time_of)]
    return float(np.polyfit(logs[0], logs[1], 1)[0])


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--plots", nargs="+", type=int, default=[1_000, 10_000, 100_000])
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--iterations-per-plot", type=int, default=400)
    parser.add_argument("--highs-seconds", type=float, default=120.0)
    parser.add_argument("--short", action="store_true", help="1,000 and 10,000 plots, HiGHS for 20 s")
    asked = parser.parse_args()
    plots, highs_s = (asked.plots, asked.highs_seconds) if not asked.short else ([1_000, 10_000], 20.0)
    rows = []
    table = Table("plots", "visits", "s", "CPU s", "peak MB", "overloads", "unserved", "cost/visit s", "checked")
    for count in plots:
        row = measure(count, asked.seed, asked.iterations_per_plot)
        rows.append(row)
        print(json.dumps(row), flush=True)
        shown = (
            *("plots", "visits", "seconds", "cpu_s", "peak_mb"),
            *("overloads", "unserved", "cost_per_visit_s", "checked"),
        )
        table.add_row(*(str(row[name]) for name in shown))
    if highs_s > 0 and find_spec("highspy") is None:
        print(json.dumps({"left_out": "highspy is not installed: pip install --group bench"}), flush=True)
    elif highs_s > 0:
        began = time.perf_counter()
        cost_s, bound_s, status = by_highs(made_up(min(plots), asked.seed), highs_s)
        ours = float(str(rows[plots.index(min(plots))]["cost_s"]))
        told = {
            "ours_cost_s": ours,
            "highs_cost_s": round(cost_s),
            "highs_bound_s": round(bound_s),
            "status": status,
            "seconds": round(time.perf_counter() - began, 1),
        }
        print(json.dumps({"plots": min(plots), **told, "ours_over_highs": round(ours / cost_s, 3)}), flush=True)
    if len(rows) > 1:
        print(
            json.dumps(
                {
                    "exponent": round(exponent(rows, "seconds"), 3),
                    "of_cpu": round(exponent(rows, "cpu_s"), 3),
                    "goal": 1.1,
                }
            ),
            flush=True,
        )
    Console().print(table)


if __name__ == "__main__":
    main()
