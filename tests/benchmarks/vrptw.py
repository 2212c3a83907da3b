"""Vehicle routing with time windows, distance objective: ours against PyVRP, VROOM and OR-Tools at equal time.

Usage: python tests/benchmarks/vrptw.py [FILE ...] [--seconds 10] [--seed 1] [--cores 2] [--engines ours pyvrp ...]
Prints one JSON line per instance and engine, one that counts how often ours is never worse than the best peer, and a
table. Files are in Solomon's format, which Gehring and Homberger use too.

The rules: least distance in double precision; as many vehicles as the file has, their number is not minimised; load,
windows and the closing of the depot are hard. Every answer is recomputed and checked here.

All engines get whole numbers: `SCALE` units to one of distance. A time is rounded up and a window is exact, so no
rounding makes a route feasible that is late in truth; a cost is rounded to the nearest. "Never worse" allows a
relative difference of `TIE` (what rounding to whole numbers may cost) and counts it as a tie; where a peer finds no
feasible answer its cost is null.
"""

from __future__ import annotations

import math
import time

import numpy as np
from command import Report, compile_first, files, gap, mean, options
from ours import vrptw as solve_ours
from peers import installed
from peers.task import Stop, Task, Vehicle
from vrptw_check import distance, faults
from vrptw_files import VrptwInstance, read_instance

SCALE = 10_000
TIE = 1e-6
SHORT = ("C101", "R101", "RC101")


def scaled(instance: VrptwInstance) -> Task:
    """Return an instance in whole numbers; stop ``i`` is node ``i + 1``."""
    xy = np.array([(node.x, node.y) for node in instance.nodes])
    exact = SCALE * np.hypot(*(xy[:, None] - xy[None]).transpose(2, 0, 1))
    depot = instance.nodes[0]
    vehicle = Vehicle(0, (math.ceil(SCALE * depot.ready), math.floor(SCALE * depot.due)), math.floor(instance.capacity))
    return Task(
        stops=tuple(
            Stop(
                place=number,
                service=math.ceil(SCALE * node.service),
                load=math.ceil(node.demand),
                windows=((math.ceil(SCALE * node.ready), math.floor(SCALE * node.due)),),
            )
            for number, node in enumerate(instance.nodes)
            if number
        ),
        vehicles=(vehicle,) * instance.vehicles,
        seconds=np.ceil(exact - 1e-6).astype(np.int64),
        costs=np.rint(exact).astype(np.int64),
    )


def measure(report: Report, instance: VrptwInstance, asked) -> dict[str, float | None]:
    """Run all engines on an instance and return their costs."""
    task = scaled(instance)
    engines = {"ours": solve_ours} | {peer.name: peer.solve for peer in installed()}
    costs: dict[str, float | None] = {}
    for name in asked.engines or engines:
        began = time.perf_counter()
        answer = engines[name](task, seconds=asked.seconds, seed=asked.seed, cores=asked.cores)
        seconds = time.perf_counter() - began
        routes = [[stop + 1 for stop in route] for route in answer if route]
        wrong = faults(instance, routes)
        costs[name] = None if wrong else distance(instance, routes)
        row = {"instance": instance.name, "engine": name, "cost": costs[name] and round(costs[name], 4)}
        report.add(row | {"vehicles": len(routes), "seconds": round(seconds, 1), "checked": not wrong})
        if wrong:
            print(f"{name} on {instance.name}: {wrong[0]} (and {len(wrong) - 1} more)")
    return costs


def compare(costs: dict[str, float | None]) -> str | None:
    """Return ``better``, ``tie`` or ``worse`` for ours against the best peer; None when there is nothing to compare.

    >>> compare({"ours": 100.0, "pyvrp": 100.00001, "vroom": None}), compare({"ours": None, "pyvrp": 1.0})
    ('tie', 'worse')
    """
    peers = [cost for name, cost in costs.items() if name != "ours" and cost is not None]
    if "ours" not in costs or not peers:
        return None
    ours = costs["ours"]
    if ours is None or ours > min(peers) * (1 + TIE):
        return "worse"
    return "better" if ours < min(peers) * (1 - TIE) else "tie"


def main() -> None:
    """Measure and print."""
    parser = options(__doc__, files=True, seconds=10)
    parser.add_argument("--engines", nargs="+", choices=["ours", "pyvrp", "vroom", "ortools"])
    asked = parser.parse_args()
    if asked.short:
        asked.seconds = min(asked.seconds, 3)
    report = Report(f"Vehicle routing with time windows, {asked.seconds:g} s each")
    outcomes = []
    gaps = []
    paths = files(asked.files, "vrptw/solomon/instances", SHORT, is_short=asked.short)
    for path in paths[:1]:
        compile_first(solve_ours, scaled(read_instance(path)))
    for path in paths:
        costs = measure(report, read_instance(path), asked)
        outcomes.append(compare(costs))
        best = min((cost for name, cost in costs.items() if name != "ours" and cost is not None), default=None)
        gaps.append(gap(costs.get("ours"), best))
    report.table()
    counts = {outcome: outcomes.count(outcome) for outcome in ("better", "tie", "worse")}
    compared = sum(counts.values())
    if compared:
        share = round(1 - counts["worse"] / compared, 4)
        report.sum_up({"instances": compared, **counts, "never_worse": share, "mean_gap": mean(gaps)})


if __name__ == "__main__":
    main()
