from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from geo_service.schedule.engine.anneal import _go_back
from geo_service.schedule.engine.facilities import lay_trips
from geo_service.schedule.engine.recreate import put_back
from geo_service.schedule.engine.ruin import ruin
from geo_service.schedule.engine.state import ABSENT, refresh

from .plain import filled, instances, routes_of, seen

shapes = st.tuples(
    st.floats(1, 9), st.floats(1, 9), *[st.floats(0, 1)] * 4, st.floats(0, 9)
).map(np.array)  # fmt: skip


def taken_out(inst, state, shape):
    """Take items out; return them and their days."""
    taken = np.empty(len(inst.items) + 1, np.int64)
    taken_days = np.zeros((len(inst.items), len(inst.days)), np.bool_)
    state.number[1] = 0
    number = ruin(inst, state, shape, int(inst.options[0]["waits"]), taken, taken_days)
    return taken, taken_days, number


@given(inst=instances, seed=st.integers(0, 10**6), shape=shapes)
@settings(deadline=None)
def test_what_is_taken_lay_there_and_nothing_else_is_moved(inst, seed, shape):
    state, routes = filled(inst, seed)
    placed, was_on = state.pattern.copy(), state.route_of.copy()
    taken, days, number = taken_out(inst, state, shape)
    items = taken[:number].tolist()
    gone = {(item, int(was_on[item, day])) for item in items for day in np.flatnonzero(days[item])}

    assert len(set(items)) == number
    assert all(placed[item] != ABSENT and days[item].any() for item in items)
    assert not days[[item for item in range(len(placed)) if item not in items]].any()
    assert (was_on[days] != ABSENT).all()
    assert (state.route_of == np.where(days, ABSENT, was_on)).all()
    assert routes_of(inst, state) == [
        [stop for stop in stops if (stop, route) not in gone] for route, stops in enumerate(routes)
    ]


@given(inst=instances, seed=st.integers(0, 10**6), shape=shapes)
@settings(deadline=None)
def test_what_waits_for_something_taken_is_taken_too(inst, seed, shape):
    state, _ = filled(inst, seed)
    placed = state.pattern.copy()
    taken, _, number = taken_out(inst, state, shape)
    items = set(taken[:number].tolist())

    for item in items:
        assert {int(one) for one in inst.after[item] if one >= 0 and placed[one] != ABSENT} <= items


@given(inst=instances, seed=st.integers(0, 10**6), shape=shapes, blink=st.sampled_from([0.0, 0.5]))
@settings(deadline=None)
def test_going_back_restores_all_that_is_known(inst, seed, shape, blink):
    inst.options["blink"] = blink
    state, _ = filled(inst, seed)
    before = seen(inst, state)
    taken, days, number = taken_out(inst, state, shape)
    was = np.full(len(taken), ABSENT)
    was[:number] = state.pattern[taken[:number]]
    for route in state.at["touched"][: state.number[1]].tolist():
        refresh(inst, state, route)
        if len(inst.facilities):
            lay_trips(inst, state, route)
    for item in taken[:number]:
        if (state.route_of[item] == ABSENT).all():
            state.pattern[item] = ABSENT
    absent = [item for item in range(len(inst.items)) if state.pattern[item] == ABSENT and item not in taken[:number]]
    taken[number : number + len(absent[:1])] = absent[:1]
    total = number + len(absent[:1])
    day_cost, day_route = np.empty(len(inst.days)), np.empty(len(inst.days), np.int64)
    changed = number > 0
    for item in taken[:total].tolist():
        changed |= put_back(inst, state, item, days[item], np.ones(2), day_cost, day_route)
    assert (seen(inst, state) != before) == changed
    _go_back(inst, state, taken, was, total)

    assert seen(inst, state) == before
