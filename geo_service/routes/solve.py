"""Floor 3: the best order of one crew-day."""

from __future__ import annotations

import random
from collections.abc import Sequence

from geo_service.base.progress import Stop
from geo_service.routes import exact
from geo_service.routes.by_pyvrp import order_by_pyvrp
from geo_service.routes.by_vroom import order_by_vroom
from geo_service.routes.local import descend, insert_all, search
from geo_service.routes.model import CrewDay, Route
from geo_service.routes.task import Order, OrderingTask
from geo_service.routes.timing import time_route
from geo_service.streets.model import TravelMatrix
from geo_service.work.model import Visit


def solve(crew_day: CrewDay, visits: Sequence[Visit], matrix: TravelMatrix, *, stop: Stop, seed: int) -> Route | None:
    """Put all visits of a crew-day in the order with the least driving and time at facilities that can be timed.

    Up to `exact.MAX_VISITS` visits the answer is the optimum. Beyond, it is the best of insertion with local search,
    of PyVRP and of VROOM, all with the exact timing and the trips it lays, and never worse than the order given, if
    that can be timed.

    Parameters
    ----------
    visits
        Each once; a good order known already helps.
    stop
        Called with the number of iterations, of PyVRP and of the local search each from 0. With `after_iterations`
        the answer depends on the seed only.

    Returns
    -------
    The route, or None when no order was found that can be timed.
    """
    task = OrderingTask(crew_day, visits, matrix)
    if not task.possible:
        return None
    order = exact.best_order(task) if task.size <= exact.MAX_VISITS else _search(task, stop, seed)
    if order is None:
        return None
    route = time_route(crew_day, [visits[i] for i in order], matrix)
    return route if isinstance(route, Route) else None


def _search(task: OrderingTask, stop: Stop, seed: int) -> Order | None:
    given = tuple(range(task.size))
    by_closing = sorted(given, key=lambda visit: task.starts[visit][-1][1])
    by_distance = sorted(given, key=task.legs_s[task.size].__getitem__, reverse=True)
    starts = [given] if task.fits(given) else []
    starts += [built for built in (insert_all(task, (), by_closing), insert_all(task, (), by_distance)) if built]
    own = task.cheapest(descend(task, start) for start in starts)
    own = search(task, own, stop=stop, rng=random.Random(seed))  # noqa: S311 - a search, no secret
    guess = task.cost_s(own) if own is not None else 0
    others = (order_by_pyvrp(task, guess, stop=stop, seed=seed), order_by_vroom(task, guess))
    descended = (descend(task, other) for other in others if other is not None and task.fits(other))
    return task.cheapest(order for order in (own, *descended) if order is not None)
