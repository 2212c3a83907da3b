"""Periodic waste collection with intermediate facilities on road times: our engine against the published solutions.

Usage: python tests/benchmarks/waste.py [FILE.geojson ...] [--seconds 60] [--seed 1] [--cores 2] [--published FOLDER]
Prints one JSON line per instance, one with the means, and a table. ``gap`` is the share by which the cost (minutes of
driving) exceeds the best published one of the same name; a better one is a negative gap. The rules, worked out from
the published solutions, are told in `waste_files`. Every solution is checked here.
"""

from __future__ import annotations

import time
from pathlib import Path

from command import DATA, Report, compile_first, files, gap, mean, options
from ours import waste as solve
from waste_check import cost, faults
from waste_files import read_instance, read_published

PUBLISHED = DATA / "pvrp_if" / "solutions"
SHORT = ("Milano_020_4_0", "Milano_030_6_6", "Torino_050_6_1")


def main() -> None:
    """Solve, check and print."""
    parser = options(__doc__, files=True)
    parser.add_argument("--published", type=Path, default=PUBLISHED, metavar="FOLDER")
    asked = parser.parse_args()
    if asked.short:
        asked.seconds = min(asked.seconds, 5)
    published = read_published(asked.published)
    report = Report(f"Waste collection with intermediate facilities, {asked.seconds:g} s each")
    pairs = []
    instances = [read_instance(path) for path in files(asked.files, "pvrp_if/instances", SHORT, is_short=asked.short)]
    for instance in instances[:1]:
        compile_first(solve, instance)
    for instance in instances:
        began = time.perf_counter()
        tours = solve(instance, seconds=asked.seconds, seed=asked.seed, cores=asked.cores)
        seconds = round(time.perf_counter() - began, 1)
        wrong = faults(instance, tours)
        found = None if wrong else cost(instance, tours)
        reference = published.get(instance.name)
        row = {"instance": instance.name, "cost": found, "published": reference, "gap": gap(found, reference)}
        report.add(row | {"seconds": seconds, "checked": not wrong})
        if wrong:
            print(f"{instance.name}: {wrong[0]} (and {len(wrong) - 1} more)")
        pairs.append((found, reference))
    report.table()
    both = [(found, reference) for found, reference in pairs if found is not None and reference is not None]
    means = {"mean_cost": mean([a for a, _ in both]), "mean_published": mean([b for _, b in both])}
    counts = {"better": sum(a < b for a, b in both), "equal": sum(a == b for a, b in both)}
    report.sum_up({"instances": len(pairs), "compared": len(both), **means, **counts})


if __name__ == "__main__":
    main()
