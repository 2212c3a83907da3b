"""Two weeks of care in a town: ours against PyVRP, VROOM and OR-Tools, on the same streets, at equal time.

Usage: python tests/benchmarks/service.py [STREETS PLOTS] [--visits 400 1000] [--seconds 60] [--seed 1] [--cores 2]
Prints one JSON line per size and engine (``travel_s`` and ``left_out_s`` add up to ``cost_s``), one that compares ours
with the best peer, and a table. STREETS is an OSM file, PLOTS a file of polygons; the scene is told in
`service_scene`. Every answer is evaluated and checked by `service_check` and by the house's own checker.

The peers get the problem the usual way, a vehicle for each crew-day (`peers.from_problem`). Each is given all that it
knows: several windows, vehicles by stop, penalties; VROOM knows no penalty but a rank of importance, which is the
penalty scaled to 0 to 100. A peer's answer may take a moment longer than it was given, and VROOM may be done sooner:
``seconds`` tells.
"""

from __future__ import annotations

import time
from pathlib import Path

from command import DATA, Report, Row, compile_first, gap, options
from ours import plan as plan_ours
from peers import installed
from peers.from_problem import orders_of, task_of
from service_check import Orders, Score, faults, score
from service_scene import LEFT_OUT_S, make_problem, read_town

from geo_service.routes.model import Route
from geo_service.routes.timing import time_route
from geo_service.schedule.check import faults as house_faults
from geo_service.schedule.model import Problem, Solution, Unserved

STREETS = DATA / "streets" / "kaiserslautern.osm.gz"
PLOTS = DATA / "plots" / "kaiserslautern_green.geojson"
FEW_VISITS = 40


def checked(problem: Problem, orders: Orders) -> list[str]:
    """Return what the evaluator and the house's checker find wrong with a plan."""
    wrong = faults(problem, orders)
    routes = [time_route(day, visits, problem.matrix) for day, visits in orders.items() if visits]
    refused = [route for route in routes if not isinstance(route, Route)]
    if wrong or refused:
        return wrong + [f"the exact timing refuses {one.visit_id}: {one.code}" for one in refused]
    served = {visit.visit_id for visits in orders.values() for visit in visits}
    left_out = tuple(
        Unserved(visit, "no_time", "Vergleich") for visit in problem.visits if visit.visit_id not in served
    )
    solution = Solution(tuple(route for route in routes if isinstance(route, Route)), left_out, 0, 0, 0)
    return [f"{fault.rule}: {fault.text}" for fault in house_faults(problem, solution)]


def measure(report: Report, problem: Problem, asked) -> dict[str, Score]:
    """Run all engines on a problem and return what their plans cost."""
    task = task_of(problem, LEFT_OUT_S)
    runs = {
        peer.name: lambda peer=peer: orders_of(
            problem, peer.solve(task, seconds=asked.seconds, seed=asked.seed, cores=asked.cores)
        )
        for peer in installed()
    }
    runs["ours"] = lambda: plan_ours(problem, seconds=asked.seconds, seed=asked.seed, cores=asked.cores)
    scores = {}
    for name in asked.engines or sorted(runs):
        began = time.perf_counter()
        orders = runs[name]()
        seconds = time.perf_counter() - began
        wrong = checked(problem, orders)
        found = score(problem, orders, LEFT_OUT_S)
        row: Row = {"visits": len(problem.visits), "engine": name, "cost_s": found.cost_s, "travel_s": found.travel_s}
        row |= {"left_out_s": found.left_out_s, "left_out": found.left_out, "seconds": round(seconds, 1)}
        report.add(row | {"checked": not wrong})
        if wrong:
            print(f"{name}: {wrong[0]} (and {len(wrong) - 1} more)")
        else:
            scores[name] = found
    return scores


def main() -> None:
    """Measure and print."""
    parser = options(__doc__, files=False)
    parser.add_argument("streets", nargs="?", type=Path, default=STREETS)
    parser.add_argument("plots", nargs="?", type=Path, default=PLOTS)
    parser.add_argument("--visits", nargs="+", type=int, default=[400, 1000])
    parser.add_argument("--engines", nargs="+", choices=["ours", "pyvrp", "vroom", "ortools"])
    asked = parser.parse_args()
    if asked.short:
        asked.visits, asked.seconds = asked.visits[:1], min(asked.seconds, 5)
    if not (asked.streets.exists() and asked.plots.exists()):
        print(f"no streets at {asked.streets} or no plots at {asked.plots}")
        return
    town = read_town(asked.streets, asked.plots)
    compile_first(plan_ours, make_problem(town, FEW_VISITS, asked.seed))
    report = Report(f"Two weeks of care, {asked.seconds:g} s each")
    for visits in asked.visits:
        scores = measure(report, make_problem(town, visits, asked.seed), asked)
        peers = {name: one.cost_s for name, one in scores.items() if name != "ours"}
        if "ours" in scores and peers:
            best = min(peers, key=peers.__getitem__)
            over = gap(scores["ours"].cost_s, peers[best])
            ratio = None if over is None else round(1 + over, 4)
            report.sum_up({"visits": visits, "seconds": asked.seconds, "best_peer": best, "ours_to_best_peer": ratio})
    report.table()


if __name__ == "__main__":
    main()
