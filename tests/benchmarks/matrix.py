"""Travel-time matrices, turns included: our contraction hierarchies against scipy's Dijkstra and OSRM, in one run.

Usage: python tests/benchmarks/matrix.py [FILE.osm ...] [--places 100 500 1000] [--runs 3] [--seed 1] [--osrm FOLDER]
Prints one JSON line per case and a table; medians count. Ours and scipy's give seconds and metres; OSRM is asked once
for seconds alone (``osrm_s``) and once for both (``osrm_both_s``), over HTTP on this machine with one thread, its
answer received and not read. The ratios divide our seconds by OSRM's; the goal is 1.5 or less. ``cpu_ratio`` divides
seconds of computing (OSRM's without our side of the connection, seconds alone), which other work on the machine does
not lengthen.
OSRM comes with the wheel osrm-bindings, see `osrm_server`; without it the ratios stay unmeasured and a line says so.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from command import DATA, Report, Row
from osrm_server import MISSING, Server, find_osrm, load, osrm_server

from geo_service.streets.graph import turn_graph
from geo_service.streets.http_exchange import HttpExchange
from geo_service.streets.model import Profile, Snap
from geo_service.streets.network import StreetNetwork
from geo_service.streets.osm import read_osm
from geo_service.streets.router import make_router

KAISERSLAUTERN = DATA / "streets" / "kaiserslautern.osm.gz"
SAMPLE = Path(__file__).parents[2] / "data" / "leipzig_west" / "streets.osm"
Asked = Callable[[], object]


def some_places(network: StreetNetwork, count: int, seed: int) -> list[Snap]:
    """Return places in the middle of different streets that a van reaches, as many as there are at most."""
    reached = turn_graph(network, Profile.VAN).reached.reshape(-1, 2).any(axis=1) & network.section_stop
    sections = np.flatnonzero(reached)
    chosen = np.random.default_rng(seed).permutation(sections)[:count]
    lonlat = np.array([line.interpolate(0.5, normalized=True).coords[0] for line in network.geometries()[chosen]])
    found = make_router(network, Profile.VAN, "dijkstra").snap(lonlat)
    return [place for place in found if place is not None]


def measure(network: StreetNetwork, count: int, seed: int, runs: int, server: Server | None = None) -> Row:
    """Time all engines on the same places, in turn; the median counts."""
    places = some_places(network, count, seed)
    routers = {name: make_router(network, Profile.VAN, name) for name in ("cch", "dijkstra")}
    asked: dict[str, Asked] = {name: lambda router=router: router.matrix(places) for name, router in routers.items()}
    if server is not None:
        exchange = HttpExchange(server.address, timeout_s=60)
        table = "table/v1/driving/" + ";".join(f"{place.lon:.6f},{place.lat:.6f}" for place in places)
        for name, annotations in (("osrm", "duration"), ("osrm_both", "duration,distance")):
            query = {"annotations": annotations, "generate_hints": "false", "skip_waypoints": "true"}
            asked[name] = lambda query=query: exchange.ask(table, query)
    taken: dict[str, list[float]] = {name: [] for name in asked}
    computed = dict.fromkeys(asked, 0.0)
    answers: dict[str, object] = {}
    for _ in range(runs):
        for name, ask in asked.items():
            clock = server.cpu_s if server is not None and name.startswith("osrm") else time.process_time
            began, computed_before = time.perf_counter(), clock()
            answers[name] = ask()
            taken[name].append(time.perf_counter() - began)
            computed[name] += clock() - computed_before
    median = {name: statistics.median(seconds) for name, seconds in taken.items()}
    if any(answer.status != 200 for name, answer in answers.items() if name.startswith("osrm")):
        raise RuntimeError(f"OSRM refuses the table: {answers['osrm'].body[:200]}")
    cch, plain = answers["cch"], answers["dijkstra"]
    row: Row = {"streets": network.source, "places": len(places)}
    row |= {
        f"{name}_s": round(median[name], 4) if name in median else None
        for name in ("cch", "dijkstra", "osrm", "osrm_both")
    }
    row["scipy_ratio"] = round(median["dijkstra"] / median["cch"], 2)
    for name in ("osrm", "osrm_both"):
        row[f"{name}_ratio"] = round(median["cch"] / median[name], 2) if name in median else None
    row["cpu_ratio"] = round(computed["cch"] / computed["osrm"], 2) if computed.get("osrm") else None
    row["equal"] = bool((cch.seconds == plain.seconds).all() and (cch.metres == plain.metres).all())
    row["load"] = load()
    return row


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="*", type=Path, metavar="FILE", help="OSM files; without: Kaiserslautern")
    parser.add_argument("--places", nargs="+", type=int, default=[100, 500, 1000])
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--osrm", type=Path, help="folder of an unpacked wheel of osrm-bindings")
    parser.add_argument("--short", action="store_true", help="100 places, one run: shows that it runs")
    asked = parser.parse_args()
    counts, runs = ([100], 1) if asked.short else (asked.places, asked.runs)
    osrm = find_osrm(asked.osrm)
    if osrm is None:
        print(MISSING)
    report = Report("travel-time matrices, turns included")
    for path in asked.files or [KAISERSLAUTERN if KAISERSLAUTERN.exists() else SAMPLE]:
        network = read_osm(path).network
        if osrm is None:
            for count in counts:
                report.add(measure(network, count, asked.seed, runs))
            continue
        with tempfile.TemporaryDirectory() as folder, osrm_server(osrm, path, Path(folder), max(counts)) as server:
            for count in counts:
                report.add(measure(network, count, asked.seed, runs, server))
    report.table()


if __name__ == "__main__":
    main()
