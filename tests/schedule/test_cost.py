from __future__ import annotations

from dataclasses import replace

from geo_service.routes.model import Route
from geo_service.routes.timing import time_route
from geo_service.schedule.cost import cost_s
from geo_service.schedule.model import Problem, Weights


def test_adds_up_everything_that_counts(make_visit, make_crew_day, make_places, days):
    weights = Weights(unserved_s=1000, late_day_s=100, early_day_s=10, crew_day_s=7, crew_change_s=5)
    part = make_visit("part-1", 1, days, parts=2)
    other = replace(part, visit_id="part-2", part=2)
    early = make_visit("early", 2, days, due_on=days[3])
    left_out = make_visit("left-out", 3, days, priority=4)
    matrix = make_places(4)
    crew_days = (make_crew_day("crew-1", days[0]), make_crew_day("crew-2", days[1]))
    problem = Problem((part, other, early, left_out), crew_days, matrix, days, weights)
    routes = [time_route(crew_days[0], [part, early], matrix), time_route(crew_days[1], [other], matrix)]
    assert all(isinstance(route, Route) for route in routes)
    drive = sum(route.drive_s for route in routes)

    early_s, late_s, crews_s, change_s, left_out_s = 6 * 10, 2 * 100, 2 * 7, 5, 2 * 1000 // 4
    assert cost_s(problem, routes, [left_out]) == drive + early_s + late_s + crews_s + change_s + left_out_s
    assert cost_s(problem, [], []) == 0
