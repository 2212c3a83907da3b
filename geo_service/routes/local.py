"""Floor 3: ordering by insertion and local search with exact timing."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence

from geo_service.base.progress import Stop
from geo_service.routes.task import Order, OrderingTask

LONGEST_SEGMENT = 3


def insert_all(task: OrderingTask, order: Order, visits: Sequence[int]) -> Order | None:
    """Insert visits one by one where each costs the least driving; None when one fits nowhere."""
    for visit in visits:
        found = task.cheapest((*order[:at], visit, *order[at:]) for at in range(len(order) + 1))
        if found is None:
            return None
        order = found
    return order


def descend(task: OrderingTask, order: Order) -> Order:
    """Improve a fitting order by moving segments of up to three visits and reversing stretches until neither helps."""
    cost = task.cost_s(order)
    improved = True
    while improved:
        improved = False
        for neighbour in _neighbours(order):
            if task.drive_s(neighbour) < cost and task.cost_s(neighbour) < cost:
                order, cost, improved = neighbour, task.cost_s(neighbour), True
                break
    return order


def _neighbours(order: Order) -> Iterator[Order]:
    size = len(order)
    for length in range(1, min(LONGEST_SEGMENT, size - 1) + 1):
        for start in range(size - length + 1):
            segment, rest = order[start : start + length], order[:start] + order[start + length :]
            for at in range(len(rest) + 1):
                if at != start:
                    yield (*rest[:at], *segment, *rest[at:])
                if length > 1:
                    yield (*rest[:at], *reversed(segment), *rest[at:])
    for start in range(size - 1):
        for end in range(start + LONGEST_SEGMENT + 1, size + 1):
            yield (*order[:start], *reversed(order[start:end]), *order[end:])


def search(task: OrderingTask, start: Order | None, *, stop: Stop, rng: random.Random) -> Order | None:
    """Take some visits out and put them back at their cheapest, descend, keep what is better, until ``stop``.

    Without a fitting ``start`` each iteration builds an order from nothing until one fits.
    """
    best = descend(task, start) if start is not None else None
    everyone = list(range(task.size))
    iterations = 0
    while not stop(iterations):
        iterations += 1
        taken = rng.sample(everyone, task.size if best is None else rng.randint(2, min(5, task.size)))
        kept = () if best is None else tuple(visit for visit in best if visit not in taken)
        if not task.fits(kept):
            continue
        candidate = insert_all(task, kept, taken)
        if candidate is not None and (best is None or task.cost_s(candidate) < task.cost_s(best)):
            best = descend(task, candidate)
    return best
