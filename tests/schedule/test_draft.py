from __future__ import annotations

import random
from dataclasses import replace

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from geo_service.routes.model import Route
from geo_service.routes.timing import time_route
from geo_service.schedule.cost import cost_s
from geo_service.schedule.dates import in_order, predecessors
from geo_service.schedule.draft import NOWHERE, Draft
from geo_service.streets.model import UNREACHABLE, TravelMatrix

HOUR = 3600


def routes_of(draft: Draft, problem) -> list[Route]:
    timed = [
        time_route(day, [draft.visits[visit] for visit in order], problem.matrix)
        for order, day in zip(draft.orders, draft.crew_days, strict=True)
        if order
    ]
    assert all(isinstance(route, Route) for route in timed)
    return timed


def require_sound(draft: Draft, problem) -> None:
    routes = routes_of(draft, problem)
    assert draft.cost_s == cost_s(problem, routes, [draft.visits[visit] for visit in draft.unplaced])
    assert draft.drive_s == sum(route.drive_s for route in routes)
    for day, order in enumerate(draft.orders):
        assert all(draft.where[visit] == day for visit in order)
    assert sum(map(len, draft.orders)) + len(draft.unplaced) == len(draft.visits)
    for visit, befores in enumerate(draft.before):
        if draft.where[visit] != NOWHERE:
            on = draft.crew_days[draft.where[visit]].on
            assert all(draft.crew_days[draft.where[before]].on < on for before in befores)


@given(data=st.data())
@settings(max_examples=60, deadline=None)
def test_whatever_is_done_and_undone_the_draft_can_be_driven_and_its_cost_adds_up(problems, data):
    problem = data.draw(problems)
    kept = [visit for visit in problem.visits if visit.place >= 0]
    waiting = predecessors(kept)
    ids, _ = in_order([visit.visit_id for visit in kept], waiting)
    while len(ids) < len(kept):
        kept = [visit for visit in kept if visit.visit_id in ids]
        ids, _ = in_order([visit.visit_id for visit in kept], predecessors(kept))
    draft = Draft(problem, kept, problem.crew_days)
    rng = random.Random(data.draw(st.integers(0, 99)))
    require_sound(draft, problem)
    for _ in range(6):
        before = (list(draft.orders), list(draft.where), draft.cost_s)
        draft.begin()
        placed = [visit for visit, day in enumerate(draft.where) if day != NOWHERE]
        taken = draft.take_out(rng.sample(placed, len(placed) // 2))
        assert all(draft.where[visit] == NOWHERE for visit in taken)
        for visit in rng.sample(draft.unplaced, len(draft.unplaced)):
            draft.put_in(visit, skip=rng.random() < 0.3)
        require_sound(draft, problem)
        if rng.random() < 0.5:
            draft.roll_back()
            assert before == (draft.orders, draft.where, draft.cost_s)
            require_sound(draft, problem)
    remembered, cost = list(draft.orders), draft.cost_s
    draft.take_out([visit for order in draft.orders[:2] for visit in order])
    draft.restore(remembered)
    assert (draft.orders, draft.cost_s) == (remembered, cost)
    require_sound(draft, problem)


def test_puts_a_visit_where_it_costs_least(make_problem):
    problem = make_problem(6)
    draft = Draft(problem, problem.visits, problem.crew_days)
    for visit in range(5):
        assert draft.put_in(visit)
    orders, cost = list(draft.orders), draft.cost_s
    assert draft.put_in(5)
    best = draft.cost_s

    for day in range(len(problem.crew_days)):
        for at in range(len(orders[day]) + 1):
            trial = [*orders]
            trial[day] = (*orders[day][:at], 5, *orders[day][at:])
            visits = [draft.visits[visit] for visit in trial[day]]
            if isinstance(time_route(draft.crew_days[day], visits, problem.matrix), Route):
                draft.restore(trial)
                assert draft.cost_s >= best
    draft.restore(orders)
    assert draft.cost_s == cost


def test_a_predecessor_leaves_a_day_for_what_waits(make_problem, days):
    problem = make_problem(2)
    first = replace(problem.visits[0], due_on=days[3])
    second = replace(problem.visits[1], after=first.visit_id, after_days=3)
    draft = Draft(replace(problem, visits=(first, second)), (first, second), problem.crew_days)

    assert draft.put_in(0)
    assert draft.crew_days[draft.where[0]].on == days[2]
    assert draft.put_in(1)


def test_reorders_only_for_the_better(make_problem):
    problem = make_problem(5)
    small = [replace(visit, service_s=600) for visit in problem.visits]
    draft = Draft(replace(problem, visits=tuple(small)), small, problem.crew_days[:1])
    for visit in range(5):
        draft.put_in(visit)
    good = draft.orders[0]
    zigzag = max(
        ((*good[:i], *reversed(good[i:])) for i in range(4)),
        key=lambda order: sum(
            int(problem.matrix.seconds[a, b])
            for a, b in zip((0, *(v + 1 for v in order)), (*(v + 1 for v in order), 0), strict=True)
        ),
    )
    draft.restore([zigzag])
    worse = draft.cost_s

    assert draft.reorder(0, good) or good == zigzag
    assert draft.cost_s < worse
    assert not draft.reorder(0, zigzag)
    assert draft.orders[0] == good


def test_a_route_that_falls_apart_is_taken_out_whole(make_visit, make_crew_day, make_problem, days):
    seconds = np.full((4, 4), 60, dtype=np.int32)
    np.fill_diagonal(seconds, 0)
    seconds[1, 3] = seconds[3, 1] = UNREACHABLE  # only over the second
    matrix = TravelMatrix(seconds, seconds)
    visits = tuple(make_visit(f"visit-{place}", place, days[:1], service_s=600) for place in (1, 2, 3))
    problem = replace(
        make_problem(0), visits=visits, crew_days=(make_crew_day("crew-1", days[0]),), matrix=matrix, days=days[:1]
    )
    draft = Draft(problem, visits, problem.crew_days)
    draft.restore([(0, 1, 2)])

    assert sorted(draft.take_out([1])) == [0, 1, 2]
    assert draft.unplaced == [0, 1, 2]


def test_long_routes_find_room(make_problem):
    problem = make_problem(30)
    small = [replace(visit, service_s=60) for visit in problem.visits]
    draft = Draft(replace(problem, visits=tuple(small)), small, problem.crew_days[:1])

    assert all(draft.put_in(visit) for visit in range(30))
    assert len(draft.orders[0]) == 30
