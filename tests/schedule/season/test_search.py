"""The compiled loops keep their books, the search repeats, listens and gets better."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest

from geo_service.base.errors import Cancelled
from geo_service.base.progress import after_iterations
from geo_service.schedule.season import kernels
from geo_service.schedule.season.model import Rhythm, Step
from geo_service.schedule.season.patterns import candidate_patterns
from geo_service.schedule.season.search import Effort, chosen_visits, objective, search
from geo_service.schedule.season.tables import empty_state, tables_of


@pytest.fixture(scope="module")
def problem(make_need, make_season):
    rng = np.random.default_rng(3)
    needs = []
    for number in range(120):
        shortest = int(rng.choice([12, 20, 33, 200]))
        step = Step("work", int(rng.integers(600, 7200)), (0,), rhythm=Rhythm(shortest, shortest + 14))
        due_on = date(2027, 1, 11) + timedelta(days=int(rng.integers(0, 40)))
        needs.append(make_need(number, step, due_on=due_on, zone=int(rng.integers(2))))
    return make_season(*needs, hours=60)


@pytest.fixture(scope="module")
def tables(problem):
    return tables_of(problem, candidate_patterns(problem))


def constructed(tables, strain=1.0):
    state = empty_state(tables)
    total = kernels.construct(tables, state, np.arange(len(tables.zone)), strain)
    return state, total


def test_what_is_put_in_is_taken_out_again(tables):
    state, _ = constructed(tables)
    before = [one.copy() for one in state]
    pattern = int(tables.candidate_pattern[5])
    rise = kernels.put(tables, state, 0, pattern, 1.5)
    assert not np.array_equal(state.load, before[1])
    assert kernels.take(tables, state, 0, pattern, 1.5) == pytest.approx(-rise)
    assert all(np.array_equal(now, then) for now, then in zip(state, before, strict=True))


def test_the_cost_told_step_by_step_is_the_cost_of_the_whole(tables):
    state, total = constructed(tables)
    assert kernels.cost(tables, state, 1.0) == pytest.approx(total)
    random = np.array([7], np.uint64)
    moved = np.zeros((2, len(tables.zone)), np.int32)
    gained = kernels.anneal(tables, state, random, 5_000, 50_000.0, 40_000.0, 1.0, 0.1, moved)
    assert kernels.cost(tables, state, 1.0) == pytest.approx(total + gained)
    moved = kernels.descend(tables, state, np.arange(len(tables.zone)), 1.0)
    assert moved > 0
    assert kernels.cost(tables, state, 1.0) < total + gained


def test_a_zone_is_closed_in_a_week_or_left_as_it_was(tables):
    state, total = constructed(tables)
    moved = np.zeros((2, len(tables.zone)), np.int32)
    week = int(np.flatnonzero(state.visits_in[0])[3])
    before = [one.copy() for one in state]
    assert kernels.close_week(tables, state, 0, week, -1e9, 1.0, moved) == 0
    assert all(np.array_equal(now, then) for now, then in zip(state, before, strict=True))
    rise = kernels.close_week(tables, state, 0, week, 1e9, 1.0, moved)
    assert rise != 0
    assert state.visits_in[0, week] == 0
    assert kernels.cost(tables, state, 1.0) == pytest.approx(total + rise)


def test_numbers_drawn_are_even_and_differ():
    random = np.array([1], np.uint64)
    drawn = [kernels.draw(random) for _ in range(4_000)]
    assert 0 <= min(drawn) < 0.01
    assert 0.99 < max(drawn) < 1
    assert np.mean(drawn) == pytest.approx(0.5, abs=0.02)
    assert len(set(drawn)) == len(drawn)


def chosen(found):
    return found.state.chosen.tolist(), found.served.flags.tolist(), found.cost_s


def test_the_seed_and_the_iterations_repeat_a_search(tables):
    effort = Effort(iterations=20_000)
    one, two, other = (search(tables, seed, effort) for seed in (1, 1, 2))
    assert chosen(one) == chosen(two)
    assert chosen(one) != chosen(other)
    assert one.iterations == 20_000


def test_a_longer_search_is_better(tables):
    short, long = (search(tables, 1, Effort(iterations=count)) for count in (0, 60_000))
    assert long.cost_s < short.cost_s


def test_a_stop_rule_ends_the_search_with_the_best_so_far(tables):
    found = search(tables, 1, Effort(iterations=10_000_000), stop=after_iterations(100_000))
    assert found.stopped
    assert found.iterations == 100_000
    assert (found.state.chosen >= 0).all()


def test_cancelling_keeps_the_best_so_far(tables):
    def cancel(_):
        raise Cancelled("enough")

    found = search(tables, 1, Effort(iterations=2_000_000_000), on_progress=cancel)
    assert found.stopped
    assert found.iterations < 2_000_000_000
    assert (found.state.load <= tables.room).all()


def test_an_error_in_the_telling_ends_the_search_and_is_told(tables):
    def fail(_):
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        search(tables, 1, Effort(iterations=2_000_000_000), on_progress=fail)


def test_progress_tells_cost_and_seconds(tables):
    told = []
    search(tables, 1, Effort(iterations=50_000), on_progress=told.append)
    assert told[-1].done == told[-1].total == 100_000
    assert "best" in told[-1].note


def test_an_effort_in_seconds_ends_by_the_clock(tables):
    ticks = iter(range(10_000))
    found = search(tables, 1, Effort(seconds=30, workers=1), now=lambda: float(next(ticks)))
    assert found.iterations > 0
    assert not found.stopped


def test_the_objective_counts_what_the_state_holds(tables):
    found = search(tables, 1, Effort(iterations=5_000))
    deviation_s, opening_s, unserved_s, total_s = objective(tables, found.state, found.served)
    visit, need, flag = chosen_visits(tables, found.state, found.served)
    opened = {
        (int(tables.zone[one]), int(tables.visit_week[at])) for at, one, on in zip(visit, need, flag, strict=True) if on
    }
    assert opening_s == sum(int(tables.opening_s[zone]) for zone, _ in opened)
    assert total_s == deviation_s + opening_s + unserved_s == found.cost_s
