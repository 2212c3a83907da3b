"""VROOM: heuristics and local search, several in parallel, at its most thorough level. It may be done before its time.

It knows several windows, skills and a rank of importance from 0 to 100, no penalty: importance is served before cost.
So the rank is the penalty, scaled. What vehicles may visit is told as skills: one for each set of vehicles. The plan
before is told as the steps of its vehicles: the search begins there. A change has no price.
"""

from __future__ import annotations

from datetime import timedelta

import vroom

from peers.task import Answer, Task

MOST_THOROUGH = 5
HIGHEST_RANK = 100


def solve(task: Task, *, seconds: float, seed: int, cores: int) -> Answer:
    """Return VROOM's answer."""
    most = max((stop.penalty or 0 for stop in task.stops), default=0)
    sets = {stop.vehicles: None for stop in task.stops if stop.vehicles is not None}
    skill_of = {vehicles: skill for skill, vehicles in enumerate(sets)}
    asked = vroom.Input()
    asked.set_durations_matrix("car", task.seconds)
    asked.set_costs_matrix("car", task.costs)
    asked.add_vehicle(
        [
            vroom.Vehicle(
                number,
                start=vehicle.depot,
                end=vehicle.depot,
                capacity=[vehicle.capacity],
                skills={skill for vehicles, skill in skill_of.items() if number in vehicles},
                time_window=vroom.TimeWindow(*vehicle.shift),
                steps=_steps(task, number),
            )
            for number, vehicle in enumerate(task.vehicles)
        ]
    )
    asked.add_job(
        [
            vroom.Job(
                number,
                location=stop.place,
                default_service=stop.service,
                pickup=[stop.load],
                skills=set() if stop.vehicles is None else {skill_of[stop.vehicles]},
                priority=0 if stop.penalty is None else round(HIGHEST_RANK * stop.penalty / most),
                time_windows=[vroom.TimeWindow(low, high) for low, high in stop.windows],
            )
            for number, stop in enumerate(task.stops)
        ]
    )
    found = asked.solve(MOST_THOROUGH, nb_threads=cores, timeout=timedelta(seconds=seconds)).routes
    jobs = found[found["type"] == "job"]
    routes: dict[int, list[int]] = {}
    for vehicle, stop in zip(jobs["vehicle_id"], jobs["id"], strict=True):
        routes.setdefault(int(vehicle), []).append(int(stop))
    return tuple(tuple(routes.get(number, ())) for number in range(len(task.vehicles)))


def _steps(task: Task, vehicle: int) -> list[vroom.VehicleStep]:
    if task.before is None or not task.before.routes[vehicle]:
        return []
    stops = [vroom.VehicleStep("single", stop) for stop in task.before.routes[vehicle]]
    return [vroom.VehicleStep("start"), *stops, vroom.VehicleStep("end")]
