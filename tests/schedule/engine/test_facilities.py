from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo_service.schedule.engine.facilities import lay_trips
from geo_service.schedule.engine.state import order_of, refresh, touch
from geo_service.schedule.engine.worker import set_routes

from .plain import KINDS, Plain, filled, tiny

untimed = st.builds(lambda seed: tiny(seed, trips=2, supplies=False), st.integers(0, 10**6))
timed = st.builds(
    lambda seed, kind: tiny(seed, **kind),
    st.integers(0, 10**6),
    st.sampled_from([one for one in KINDS if "trips" in one]),
)


def lay(inst, state, route):
    touch(state, route)
    refresh(inst, state, route)
    lay_trips(inst, state, route)


def ways_to_lay(inst, items):
    """Yield the items with no trip or one to any facility behind each."""
    for chosen in product(range(-1, len(inst.facilities)), repeat=len(items)):
        stops = []
        for item, facility in zip(items, chosen, strict=True):
            stops += [item] if facility < 0 else [item, -1 - facility]
        yield stops


@given(inst=untimed, seed=st.integers(0, 10**6))
@settings(deadline=None)
def test_trips_lie_where_they_cost_the_least_driving(inst, seed):
    inst.routes["longest"] = 10**6
    plain = Plain(inst)
    state, routes = filled(inst, seed)
    for route, stops in enumerate(routes):
        lay(inst, state, route)
        items, laid = [stop for stop in stops if stop >= 0], order_of(state, route)
        best = min(
            (plain.drive(route, way) for way in ways_to_lay(inst, items) if plain.may_carry(route, way)), default=0.0
        )

        assert [stop for stop in laid if stop >= 0] == items
        assert plain.may_carry(route, laid)
        assert state.rows["drive"][state.at["row"][route]] == pytest.approx(best)


@given(inst=timed, seed=st.integers(0, 10**6))
@settings(deadline=None)
def test_laying_anew_keeps_all_that_held_and_the_order_of_items(inst, seed):
    plain = Plain(inst)
    state, routes = filled(inst, seed)
    for route, stops in enumerate(routes):
        lay(inst, state, route)
        laid = order_of(state, route)

        assert [stop for stop in laid if stop >= 0] == [stop for stop in stops if stop >= 0]
        assert plain.fits(route, laid)
        assert plain.drive(route, laid) <= plain.drive(route, stops) or plain.busy(route, laid) <= plain.busy(
            route, stops
        )
        assert state.rows["cost"][state.at["row"][route]] == pytest.approx(plain.cost(route, laid))


def test_trips_alone_are_dropped():
    inst = tiny(1, trips=1)
    state, routes = filled(inst, 1)
    set_routes(inst, state, [[-1], *[[] for _ in routes[1:]]], np.full(len(inst.items), -1))
    lay(inst, state, 0)

    assert order_of(state, 0) == []
