from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo_service.base.progress import after_iterations
from geo_service.schedule.engine.instance import make_instance
from geo_service.schedule.engine.recreate import put_back, sort_items
from geo_service.schedule.engine.search import search
from geo_service.schedule.engine.state import ABSENT, new_state

from .plain import Plain, filled, instances, routes_of, seen


def put(inst, state, item):
    days = len(inst.days)
    return put_back(inst, state, item, np.zeros(days, np.bool_), np.ones(2), np.empty(days), np.empty(days, np.int64))


def absent_item(state):
    return next(item for item, pattern in enumerate(state.pattern) if pattern == ABSENT)


def ordinals_of(inst, state, item):
    return inst.days["ordinal"][np.flatnonzero(state.route_of[item] != ABSENT)]


@given(inst=instances, seed=st.integers(0, 10**6))
@settings(deadline=None, max_examples=150)
def test_an_item_lies_where_it_may_on_the_days_of_its_pattern(inst, seed):
    state, _ = filled(inst, seed)
    item, before = absent_item(state), seen(inst, state)
    if not put(inst, state, item):
        assert seen(inst, state) == before
        return
    pattern = inst.patterns[state.pattern[item]]
    days = np.flatnonzero(state.route_of[item] != ABSENT).tolist()
    routes = [int(route) for route in state.route_of[item] if route != ABSENT]
    plain = Plain(inst)

    assert days == pattern[1 : 1 + pattern[0]].tolist()
    assert all(inst.able[item, route] for route in routes)
    assert inst.routes["day"][routes].tolist() == days
    for route, stops in enumerate(routes_of(inst, state)):
        assert (item in stops) == (route in routes)
        assert plain.fits(route, stops)
    for other, gap in inst.before[item]:
        if other >= 0:
            assert ordinals_of(inst, state, item)[0] >= ordinals_of(inst, state, int(other))[0] + gap


@given(inst=instances, seed=st.integers(0, 10**6))
@settings(deadline=None, max_examples=150)
def test_an_item_is_left_out_only_when_it_fits_nowhere_and_else_lies_cheapest(inst, seed):
    inst.options["blink"] = 0.0
    state, routes = filled(inst, seed)
    item = absent_item(state)
    if inst.items["job"][item] >= 0:
        inst.options["crew_change"] = 0.0
    plain, priced, earliest = Plain(inst), 1.0, -np.inf
    for other, gap in inst.before[item]:
        if other >= 0:
            there = ordinals_of(inst, state, int(other))
            earliest = max(earliest, there[0] + gap if len(there) else np.inf)
    by_day = {}
    for route, stops in enumerate(routes):
        now = plain.priced(route, stops, priced, priced)
        for *_, new in plain.ways_to_insert(item, route, stops) if inst.able[item, route] else ():
            if plain.fits(route, new):
                cost = plain.priced(route, new, priced, priced) - now
                day = int(inst.routes["day"][route])
                by_day[day] = min(cost, by_day.get(day, np.inf))
    costs = []
    for number in range(inst.items["first_pattern"][item], inst.items["end_pattern"][item]):
        days = inst.patterns[number, 1 : 1 + inst.patterns[number, 0]].tolist()
        if all(day in by_day and inst.days["ordinal"][day] >= earliest for day in days):
            costs.append(sum(by_day[day] for day in days))
    was = sum(plain.priced(route, stops, priced, priced) for route, stops in enumerate(routes))
    done = put(inst, state, item)
    now = sum(plain.priced(route, stops, priced, priced) for route, stops in enumerate(routes_of(inst, state)))

    assert done == bool(costs)
    if costs:
        assert now - was == pytest.approx(min(costs))


def test_a_day_that_leaves_followers_one_of_their_own_goes_first():
    late_is_cheaper = np.array([[50.0, 0.0]])
    for deadline, day in ((1.0, 1), (0.0, 0), (-5.0, 1)):
        inst = make_instance(
            travel=np.ones((1, 1)), place=[0], day=[0, 1], patterns=[[(0,), (1,)]], fixed=late_is_cheaper,
            item={"deadline": deadline}, windows=[[[(0, 9)], [(0, 9)]]],
        )  # fmt: skip
        state = new_state(inst, 2, 1)

        assert put(inst, state, 0)
        assert inst.patterns[state.pattern[0], 1] == day


@given(inst=instances, seed=st.integers(0, 10**6))
@settings(deadline=None, max_examples=60)
def test_predecessors_are_put_back_first_whatever_the_key(inst, seed):
    state, _ = filled(inst, seed)
    items = np.arange(len(inst.items))[::-1].copy()
    sort_items(inst, state, items, len(items))
    order = state.ranked[: len(items)].tolist()

    assert sorted(order) == sorted(items.tolist())
    for item in order:
        for other, _ in inst.before[item]:
            assert other < 0 or order.index(int(other)) < order.index(item)


def test_an_item_without_any_pattern_is_left_out():
    inst = make_instance(
        travel=np.ones((3, 3)), place=[1, 2], day=[0], patterns=[[(0,)], []], windows=[[[(0, 9)]]] * 2,
        item={"left_out": 100.0},
    )  # fmt: skip
    found = search(inst, after_iterations(300), 1)

    assert (found.routes, found.patterns.tolist()) == ([[0]], [0, -1])
