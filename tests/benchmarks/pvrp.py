"""The periodic vehicle routing problem: our engine on Cordeau's instances, duration and load limits hard.

Usage: python tests/benchmarks/pvrp.py [FILE ...] [--seconds 60] [--seed 1] [--cores 2] [--best CSV] [--shared]
Prints one JSON line per instance, one with the mean gap, and a table. ``gap`` is the share by which the cost exceeds
the best known one of the CSV file (columns ``instance`` and ``best_known``); those are upper bounds, a better one is
a negative gap. Costs are recomputed in double precision and every solution is checked here; an instance for which the
engine finds no solution that keeps all rules has no cost. ``--shared`` is for a machine that does other work: the
seconds count by computing time, so many on each core, and an instance ends once it is at the best known cost.
"""

from __future__ import annotations

import time
from math import inf
from pathlib import Path

from command import DATA, Report, compile_first, files, gap, mean, options
from ours import pvrp as solve
from pvrp_check import cost, faults
from pvrp_files import read_best_known, read_instance

BEST = DATA / "pvrp" / "best_known.csv"
SHORT = ("p01", "p05", "pr01")
ROUNDED = 0.005
"""The best known costs are given with two decimals."""


def main() -> None:
    """Solve, check and print."""
    parser = options(__doc__, files=True)
    parser.add_argument("--best", type=Path, default=BEST if BEST.exists() else None, metavar="CSV")
    parser.add_argument("--shared", action="store_true", help="by computing time, and no longer than to the best known")
    asked = parser.parse_args()
    if asked.short:
        asked.seconds = min(asked.seconds, 5)
    best = read_best_known(asked.best) if asked.best else {}
    report = Report(f"Periodic vehicle routing, {asked.seconds:g} s each")
    gaps = []
    instances = [read_instance(path) for path in files(asked.files, "pvrp/instances", SHORT, is_short=asked.short)]
    for instance in instances[:1]:
        compile_first(solve, instance)
    for instance in instances:
        began = time.perf_counter()
        how = {}
        if asked.shared:
            cores, known = asked.cores, best.get(instance.name, -inf)
            how = {"now": lambda cores=cores: time.process_time() / cores, "enough": known + ROUNDED}
        routes = solve(instance, seconds=asked.seconds, seed=asked.seed, cores=asked.cores, **how)
        seconds = round(time.perf_counter() - began, 1)
        wrong = faults(instance, routes)
        found = None if wrong else round(cost(instance, routes), 4)
        gaps.append(gap(found, best.get(instance.name)))
        row = {"instance": instance.name, "cost": found, "seconds": seconds, "checked": not wrong, "gap": gaps[-1]}
        report.add(row)
        if wrong:
            print(f"{instance.name}: {wrong[0]} (and {len(wrong) - 1} more)")
    report.table()
    report.sum_up({"instances": len(gaps), "solved": len(gaps) - gaps.count(None), "mean_gap": mean(gaps)})


if __name__ == "__main__":
    main()
