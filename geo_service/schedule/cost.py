"""Floor 4: the objective: what a plan costs after `Weights`, in seconds of driving."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from geo_service.routes.model import Route
from geo_service.schedule.dates import Job, date_cost_s, job_of, left_out_cost_s
from geo_service.schedule.model import Problem
from geo_service.work.model import Visit


def cost_s(problem: Problem, routes: Iterable[Route], left_out: Iterable[Visit]) -> int:
    """Return driving, crew-days used, days early and late, crews per job and visits left out, as one sum in seconds."""
    weights, first_day, last_day = problem.weights, min(problem.days), max(problem.days)
    total = sum(left_out_cost_s(visit, last_day, weights) for visit in left_out)
    crews: defaultdict[Job, set[str]] = defaultdict(set)
    for route in routes:
        total += route.drive_s + weights.crew_day_s
        for stop in route.stops:
            total += date_cost_s(stop.visit, route.crew_day.on, first_day, weights)
            if stop.visit.parts > 1:
                crews[job_of(stop.visit)].add(route.crew_day.crew)
    return total + sum(weights.crew_change_s * (len(several) - 1) for several in crews.values())
