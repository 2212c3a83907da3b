"""Floor 3: the best order of a few visits, proven by branch and bound over all permutations."""

from __future__ import annotations

from geo_service.routes.task import NEVER, Order, OrderingTask

MAX_VISITS = 7
"""Up to here all permutations are searched (milliseconds)."""


def best_order(task: OrderingTask) -> Order | None:
    """Return the order with the least driving and time at facilities that can be timed, or None when none can.

    A branch is cut when its driving plus the cheapest way into each remaining number reaches the best so far,
    or when a visit on it comes too late even without a break.
    """
    depot = task.size
    way_in = [min((row[i] for j, row in enumerate(task.legs_s) if j != i), default=0) for i in range(depot + 1)]
    best: Order | None = None
    best_cost = float("inf")

    def extend(order: Order, left: frozenset[int], at_s: int, drive_s: int, bound_s: int) -> None:
        nonlocal best, best_cost
        row = task.legs_s[order[-1] if order else depot]
        if not left:
            if drive_s + row[depot] < best_cost:
                cost = task.cost_s(order)
                if cost < min(best_cost, NEVER):
                    best, best_cost = order, cost
            return
        for visit in sorted(left, key=row.__getitem__):
            if drive_s + row[visit] + bound_s - way_in[visit] >= best_cost:
                continue
            arrival = at_s + row[visit]
            begin = next((max(arrival, low) for low, high in task.starts[visit] if arrival <= high), None)
            if begin is not None:
                end = begin + task.services_s[visit]
                extend((*order, visit), left - {visit}, end, drive_s + row[visit], bound_s - way_in[visit])

    extend((), frozenset(range(depot)), task.shift[0], 0, sum(way_in))
    return best
