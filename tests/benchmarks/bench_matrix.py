"""Travel-time matrices: the contraction hierarchies against scipy's Dijkstra on the same streets, in the same run.

Usage: python tests/benchmarks/bench_matrix.py [FILE.osm ...] [--places 100 500] [--seed 1]
Prints one JSON line per case and a table with the ratios.
"""

from __future__ import annotations

import argparse
import json
import statistics
import time
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.table import Table

from geo_service.streets.model import Profile
from geo_service.streets.osm import read_osm
from geo_service.streets.router import make_router

ROOT = Path(__file__).parents[2]
KAISERSLAUTERN = ROOT.parent / "shared" / "data" / "streets" / "kaiserslautern.osm.gz"
SAMPLE = ROOT / "data" / "leipzig_west" / "streets.osm"
RUNS = 3


def measure(path: Path, count: int, seed: int) -> dict[str, object]:
    """Time both engines on the same places, in turn; the median counts."""
    network = read_osm(path).network
    engines = {name: make_router(network, Profile.VAN, name) for name in ("cch", "dijkstra")}
    west, south, east, north = network.bounds()
    rng = np.random.default_rng(seed)
    lonlat = np.column_stack([rng.uniform(west, east, 4 * count), rng.uniform(south, north, 4 * count)])
    places = [snap for snap in engines["cch"].snap(lonlat) if snap is not None][:count]
    seconds: dict[str, list[float]] = {name: [] for name in engines}
    answers = {}
    for _ in range(RUNS):
        for name, router in engines.items():
            began = time.perf_counter()
            answers[name] = router.matrix(places)
            seconds[name].append(time.perf_counter() - began)
    median = {name: statistics.median(values) for name, values in seconds.items()}
    return {
        "streets": path.name,
        "places": len(places),
        "cch_s": round(median["cch"], 4),
        "dijkstra_s": round(median["dijkstra"], 4),
        "ratio": round(median["dijkstra"] / median["cch"], 2),
        "equal": bool((answers["cch"].seconds == answers["dijkstra"].seconds).all()),
    }


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", nargs="*", type=Path)
    parser.add_argument("--places", nargs="+", type=int, default=[100, 500])
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    files = asked.files or [KAISERSLAUTERN if KAISERSLAUTERN.exists() else SAMPLE]
    table = Table("streets", "places", "cch s", "scipy s", "ratio", "equal")
    for path in files:
        for count in asked.places:
            row = measure(path, count, asked.seed)
            print(json.dumps(row), flush=True)
            table.add_row(*map(str, row.values()))
    Console().print(table)


if __name__ == "__main__":
    main()
