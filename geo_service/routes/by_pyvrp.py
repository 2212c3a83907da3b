"""Floor 3: ordering by PyVRP: one vehicle, least driving, every visit in one of its stretches.

PyVRP knows neither breaks nor several windows. A visit with several stretches becomes a group of mutually exclusive
clients, one per stretch; a day that needs a break gets a shift that is shorter by it, and the exact timing places
the break afterwards or refuses the order. Facilities are its reload depots, which know room but no kinds of waste and
goods: they shape the order, and the exact timing lays the trips anew.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from geo_service.base.progress import Stop
from geo_service.routes.task import Order, OrderingTask
from geo_service.work.hours import required_break_s

NO_WAY_S = 10 * 86_400
"""Longer than any shift: stands for `UNREACHABLE`."""

_NEVER = 2**31
"""Iterations after which penalties are first updated: they stay as they begin, so high that lateness never pays."""


def order_by_pyvrp(task: OrderingTask, drive_guess_s: int, *, stop: Stop, seed: int) -> Order | None:
    """Return PyVRP's order of all visits, or None when it finds none; whether it can be timed is not yet said.

    Parameters
    ----------
    drive_guess_s
        Driving and time at facilities as far as known, seconds: decides whether time for a break is set aside.
    stop
        Called with PyVRP's number of iterations; by iterations the answer depends on the seed only.
    """
    from pyvrp import (  # noqa: PLC0415 - wanted when the search is over, which need not wait for it
        Client,
        ClientGroup,
        Depot,
        Location,
        PenaltyParams,
        ProblemData,
        SolveParams,
        VehicleType,
        solve,
    )

    day = task.day
    legs: Any = np.minimum(day.legs_s, NO_WAY_S)
    if task.with_trips and task.crew_day.ends_empty:
        legs[: task.size, day.depot + 1] = [min(row[task.size], NO_WAY_S) for row in task.legs_s[: task.size]]
    clients: list[Client] = []
    groups: list[ClientGroup] = []
    visit_of: list[int] = []
    for visit, (service, starts) in enumerate(zip(task.services_s, task.starts, strict=True)):
        group = len(groups) if len(starts) > 1 else None
        if group is not None:
            groups.append(ClientGroup([len(clients) + k for k in range(len(starts))]))
        for low, high in starts:
            clients.append(
                Client(
                    location=visit,
                    pickup=[int(1000 * day.loads_m3[visit])] if task.with_trips else [],
                    service_duration=service,
                    tw_early=low,
                    tw_late=high,
                    required=group is None,
                    group=group,
                )
            )
            visit_of.append(visit)
    depots = [Depot(location=day.depot), Depot(location=day.depot + 1)]
    if task.with_trips:
        depots += [
            Depot(location=number, tw_early=low, tw_late=high, service_duration=day.services_s[number])
            for number in range(day.size, day.depot)
            for low, high in day.starts[number]
        ]
    rest_s = required_break_s(sum(task.services_s) + drive_guess_s)
    van = VehicleType(
        end_depot=1,
        capacity=[round(1000 * task.crew_day.capacity_m3)] if task.with_trips else [],
        tw_early=task.shift[0],
        tw_late=max(task.shift[0], task.shift[1] - rest_s),
        shift_duration=task.crew_day.max_work_s,
        reload_depots=list(range(2, len(depots))),
    )
    data = ProblemData(
        locations=[Location(0, 0)] * len(legs),
        clients=clients,
        depots=depots,
        vehicle_types=[van],
        distance_matrices=[legs],
        duration_matrices=[legs],
        groups=groups,
    )
    iterations = iter(range(2**62))
    hard = SolveParams(penalty=PenaltyParams(solutions_between_updates=_NEVER))
    result = solve(
        data, lambda _: stop(next(iterations)), seed=seed % 2**32, collect_stats=False, display=False, params=hard
    )
    if not result.is_feasible() or not result.best.routes():
        return None
    return tuple(visit_of[activity.idx] for activity in result.best.routes()[0] if activity.is_client())
