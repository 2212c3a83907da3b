"""Floor 3: ordering by VROOM: one vehicle, several stretches per visit, the break as a break of the vehicle.

VROOM knows no facilities between two stops: it orders without the load, and the exact timing lays the trips. It
knows no working time apart from the shift either, and where the break lies it decides itself; the exact timing places
it again, or refuses the order. It answers in a few milliseconds.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from geo_service.routes.task import Order, OrderingTask
from geo_service.work.hours import MAX_STRETCH_S, required_break_s

NO_WAY_S = 10 * 86_400
"""Longer than any shift: stands for `UNREACHABLE`."""

EXPLORATION = 5
"""VROOM's most thorough level; a day is small."""


def order_by_vroom(task: OrderingTask, drive_guess_s: int) -> Order | None:
    """Return VROOM's order of all visits, or None when it leaves one out; whether it can be timed is not yet said.

    The answer depends on nothing but the task. A visit that could not be alone on the day it always leaves out.

    Parameters
    ----------
    drive_guess_s
        Driving and time at facilities as far as known, seconds: decides whether there is a break.
    """
    import vroom  # noqa: PLC0415 - it brings pandas along, which commands that plan nothing need not wait for

    size, (opens, closes) = task.size, task.shift
    legs: Any = np.full((size + 2, size + 2), NO_WAY_S, dtype=np.uint32)
    known: Any = np.minimum(np.array(task.legs_s, dtype=np.int64).reshape(size + 1, size + 1), NO_WAY_S)
    legs[:size, :size], legs[size, :size] = known[:size, :size], known[size, :size]
    legs[:size, size + 1] = known[:size, size]
    np.fill_diagonal(legs, 0)
    rest_s = required_break_s(sum(task.services_s) + drive_guess_s)
    breaks = []
    if rest_s and opens + rest_s <= closes:
        first, last = max(opens, closes - MAX_STRETCH_S - rest_s), min(opens + MAX_STRETCH_S, closes - rest_s)
        breaks = [vroom.Break(1, time_windows=[vroom.TimeWindow(min(first, last), last)], service=rest_s)]
    problem = vroom.Input()
    problem.set_durations_matrix(profile="car", matrix_input=legs)
    problem.add_vehicle(
        vroom.Vehicle(1, start=size, end=size + 1, time_window=vroom.TimeWindow(opens, closes), breaks=breaks)
    )
    problem.add_job(
        [
            vroom.Job(
                visit,
                location=visit,
                default_service=service,
                time_windows=[vroom.TimeWindow(low, high) for low, high in starts],
            )
            for visit, (service, starts) in enumerate(zip(task.services_s, task.starts, strict=True))
        ]
    )
    routes = problem.solve(exploration_level=EXPLORATION, nb_threads=1).routes
    order = tuple(int(one) for one in routes.loc[routes["type"] == "job", "id"])
    return order if len(order) == size else None
