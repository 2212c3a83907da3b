"""Replanning with least change: 400 visits are planned and announced, then a vehicle breaks, a crew is ill and more.

Usage: python tests/benchmarks/replan.py [STREETS PLOTS] [--visits 400] [--seconds 30] [--seed 1] [--cores 2]
Prints the changes, one JSON line per method and a table: how many visits of the plan in force lie on another crew-day
(``moved``, of which 28 are unavoidable), the driving, and what is left out. The town is that of `service_scene`,
booked so that the plan in force serves (nearly) all; the changes are told in `replan_changes`.

Methods: ``cold`` plans anew with our engine; ``ours`` tells it the plan in force and a price of `CHANGE_S` for each
change; ``vroom`` begins at the plan in force, told as steps; ``pyvrp`` begins there and pays the same price as ours
for each visit on another vehicle.
"""

from __future__ import annotations

import time
from dataclasses import replace

from command import Report, Row, compile_first, options
from ours import plan as plan_ours
from peers import PEERS, installed
from peers.from_problem import orders_of, task_of
from peers.task import Before
from replan_changes import URGENT, Changed, change, hold_back, moved, unavoidable
from service import PLOTS, STREETS, checked
from service_check import Orders, score
from service_scene import LEFT_OUT_S, make_problem, read_town

BOOKED = 0.85
CHANGE_S = 1_800
PLANNERS = ("ours", "pyvrp", "vroom")


def before(changed: Changed) -> Before:
    """Return what is kept of the plan in force as the peers take it."""
    number = {visit.visit_id: k for k, visit in enumerate(changed.problem.visits)}
    routes = tuple(
        tuple(number[visit.visit_id] for visit in changed.kept.get(day, ())) for day in changed.problem.crew_days
    )
    return Before(routes, CHANGE_S)


def replan(changed: Changed, method: str, asked) -> Orders:
    """Return the new plan of a method."""
    limits = {"seconds": asked.seconds, "seed": asked.seed, "cores": asked.cores}
    if method == "cold":
        return plan_ours(changed.problem, **limits)
    if method == "ours":
        weights = replace(changed.problem.weights, change_s=CHANGE_S)
        return plan_ours(replace(changed.problem, in_force=changed.in_force, weights=weights), **limits)
    task = task_of(changed.problem, LEFT_OUT_S, before(changed))
    return orders_of(changed.problem, PEERS[method].solve(task, **limits))


def main() -> None:
    """Plan, change, plan again and print."""
    parser = options(__doc__, files=False, seconds=30)
    parser.add_argument("streets", nargs="?", type=type(STREETS), default=STREETS)
    parser.add_argument("plots", nargs="?", type=type(PLOTS), default=PLOTS)
    parser.add_argument("--visits", type=int, default=400)
    parser.add_argument("--planner", choices=PLANNERS, default="ours", help="who makes the plan in force")
    parser.add_argument("--methods", nargs="+", choices=["cold", "ours", "vroom", "pyvrp"])
    asked = parser.parse_args()
    if asked.short:
        asked.seconds = min(asked.seconds, 5)
    if not (asked.streets.exists() and asked.plots.exists()):
        print(f"no streets at {asked.streets} or no plots at {asked.plots}")
        return
    town = read_town(asked.streets, asked.plots)
    problem, urgent = hold_back(make_problem(town, asked.visits + URGENT, asked.seed, booked=BOOKED))
    limits = {"seconds": asked.seconds, "seed": asked.seed, "cores": asked.cores}
    compile_first(plan_ours, replace(problem, visits=problem.visits[:40]))
    if asked.planner == "ours":
        in_force = plan_ours(problem, **limits)
    else:
        in_force = orders_of(problem, PEERS[asked.planner].solve(task_of(problem, LEFT_OUT_S), **limits))
    changed = change(problem, urgent, in_force, asked.seed)
    for event in changed.events:
        print(event)
    report = Report(f"{asked.visits} visits, {unavoidable(changed)} unavoidable changes, {asked.seconds:g} s each")
    _add(report, changed, "in force, what can stay", changed.kept, 0.0)
    here = [peer.name for peer in installed() if peer.name != "ortools"]
    for method in asked.methods or ["cold", "ours", *here]:
        began = time.perf_counter()
        orders = replan(changed, method, asked)
        _add(report, changed, method, orders, time.perf_counter() - began)
    report.table()


def _add(report: Report, changed: Changed, method: str, orders: Orders, seconds: float) -> None:
    wrong = checked(changed.problem, orders)
    cost = score(changed.problem, orders, LEFT_OUT_S)
    row: Row = {"method": method, "moved": moved(changed, orders), "unavoidable": unavoidable(changed)}
    row |= {"travel_s": cost.travel_s, "left_out": cost.left_out, "left_out_s": cost.left_out_s}
    report.add(row | {"seconds": round(seconds, 1), "checked": not wrong})
    if wrong:
        print(f"{method}: {wrong[0]} (and {len(wrong) - 1} more)")


if __name__ == "__main__":
    main()
