from __future__ import annotations

from geo_service.schedule.draft import Draft
from geo_service.schedule.search import Search


def searched(problem, seed: int, steps: int) -> tuple[Search, list[int]]:
    draft = Draft(problem, problem.visits, problem.crew_days)
    for visit in range(len(problem.visits)):
        draft.put_in(visit)
    search = Search(draft, seed)
    costs = []
    for _ in range(steps):
        search.step()
        costs.append(search.best_s)
    draft.restore(search.best)
    assert draft.cost_s == search.best_s
    return search, costs


def test_the_best_never_gets_worse_and_gets_better(make_problem):
    _, costs = searched(make_problem(24, 2), 1, 150)

    assert costs == sorted(costs, reverse=True)
    assert costs[-1] < costs[0]


def test_the_seed_decides(make_problem):
    problem = make_problem(24, 2)
    one, again, other = (searched(problem, seed, 60)[0].best for seed in (1, 1, 2))

    assert one == again
    assert one != other
