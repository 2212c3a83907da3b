from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from geo_service.schedule.engine.insertion import can_be_timed, find_place, make_certain
from geo_service.schedule.engine.instance import FAR
from geo_service.schedule.engine.state import ABSENT, CERTAIN, LIKELY, NOWHERE, insert, new_state, order_of
from geo_service.schedule.engine.worker import set_routes

from .plain import Plain, filled, instances, of_a_day

TRIES = 6
"""So many places are timed exactly."""


@given(inst=instances, seed=st.integers(0, 10**6), prices=st.tuples(st.floats(0, 50), st.floats(0, 50)))
@settings(deadline=None, max_examples=200)
def test_the_place_found_is_the_cheapest_of_all(inst, seed, prices):
    state, routes = filled(inst, seed)
    plain = Plain(inst)
    item = next(item for item in range(len(inst.items)) if state.pattern[item] == ABSENT)
    for route, stops in enumerate(routes):
        find_place(inst, state, item, route, *prices, -FAR)
        found = state.best[item, route]
        told = (int(found["known"]), float(found["cost"]), int(found["gap"]), int(found["facility"]))
        before = plain.priced(route, stops, *prices) + float(inst.fixed[item, route])
        costs = {
            (gap, facility): plain.priced(route, new, *prices) - before
            for gap, facility, new in plain.ways_to_insert(item, route, stops)
            if plain.fits(route, new)
        }

        assert told[0] == (CERTAIN if costs else NOWHERE)
        assert found["version"] == state.rows[state.at["row"][route]]["version"]
        if costs:
            assert told[1] == pytest.approx(min(costs.values()), abs=1e-6)
            assert costs[told[2:]] == pytest.approx(min(costs.values()), abs=1e-6)
            insert(inst, state, item, route, told[2], told[3])
            assert plain.fits(route, order_of(state, route))


@given(inst=instances, seed=st.integers(0, 10**6))
@settings(deadline=None, max_examples=60)
def test_places_are_told_from_the_cheapest_to_the_dearest(inst, seed):
    state, routes = filled(inst, seed)
    plain = Plain(inst)
    item = next(item for item in range(len(inst.items)) if state.pattern[item] == ABSENT)
    before = plain.priced(0, routes[0], 2.0, 3.0) + float(inst.fixed[item, 0])
    costs = {
        round(plain.priced(0, new, 2.0, 3.0) - before, 6)
        for *_, new in plain.ways_to_insert(item, 0, routes[0])
        if plain.fits(0, new)
    }
    told, above = [], -FAR
    for _ in range(len(costs) + 1):
        find_place(inst, state, item, 0, 2.0, 3.0, above)
        if state.best["known"][item, 0] == NOWHERE:
            break
        above = float(state.best["cost"][item, 0]) + 1e-9
        told.append(round(above, 6))

    assert told == sorted(set(told))
    assert set(told) <= costs
    assert told[:1] == sorted(costs)[:1]


@given(seed=st.integers(0, 10**6), order=st.randoms(use_true_random=False))
@settings(deadline=None, max_examples=200)
def test_an_order_can_be_timed_when_the_floor_of_routes_times_it(seed, order):
    inst = of_a_day(seed)
    stops = list(range(len(inst.items)))
    order.shuffle(stops)
    state = new_state(inst, len(stops) + 1, 1)
    set_routes(inst, state, [stops], state.pattern)
    plain, row = Plain(inst), state.stops[0]

    for count in range(len(stops) + 1):
        timed = plain.timetable(0, stops[:count])
        assert can_be_timed(inst, 0, row, count, state.scratch) == (not isinstance(timed, str)), (count, timed)


@given(seed=st.integers(0, 10**6), more=st.integers(0, 99))
@settings(deadline=None, max_examples=200)
def test_a_place_is_certain_when_it_was_timed_with_breaks(seed, more):
    inst = of_a_day(seed)
    plain = Plain(inst)
    state, routes = filled(inst, more)
    assume(not isinstance(plain.timetable(0, routes[0]), str))
    item = next(item for item in range(len(inst.items)) if state.pattern[item] == ABSENT)
    before = plain.cost(0, routes[0])
    ways = sorted(
        (plain.cost(0, new) - before, not isinstance(plain.timetable(0, new), str))
        for *_, new in plain.ways_to_insert(item, 0, routes[0])
        if plain.fits(0, new)
    )
    assume(all(two - one > 1e-6 for (one, _), (two, _) in pairwise(ways)))
    find_place(inst, state, item, 0, 1.0, 1.0, -FAR)
    assert state.best["known"][item, 0] == (LIKELY if ways else NOWHERE)
    make_certain(inst, state, item, 0, 1.0, 1.0)
    good = [cost for cost, timed in ways[:TRIES] if timed]

    assert state.best["known"][item, 0] == (CERTAIN if good else NOWHERE)
    if good:
        assert state.best["cost"][item, 0] == pytest.approx(good[0])
