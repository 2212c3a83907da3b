from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo_service.schedule.engine.instance import ALL, FAR
from geo_service.schedule.engine.state import ABSENT, cut, insert, new_state, order_of, put, touch
from geo_service.schedule.engine.worker import set_routes

from .plain import CLOSES, Plain, filled, instances, routes_of


@st.composite
def driven(draw):
    """Draw an instance and a state with any routes, whether they may be driven or not."""
    inst, rng = draw(instances), np.random.default_rng(draw(st.integers(0, 10**6)))
    routes = []
    for _ in inst.routes:
        stops = rng.permutation(len(inst.items))[: rng.integers(0, 5)].tolist()
        for _ in range(int(rng.integers(0, 3)) if len(inst.facilities) else 0):
            stops.insert(int(rng.integers(len(stops) + 1)), -1 - int(rng.integers(len(inst.facilities))))
        routes.append(stops)
    state = new_state(inst, 2 * len(inst.items) + 2, 1)
    set_routes(inst, state, routes, np.full(len(inst.items), ABSENT))
    return inst, state, routes


@given(case=driven())
@settings(deadline=None)
def test_the_figures_of_a_route_are_those_of_its_stops(case):
    inst, state, routes = case
    plain = Plain(inst)
    for route, stops in enumerate(routes):
        known = state.rows[state.at["row"][route]]

        assert order_of(state, route) == stops
        assert known["drive"] == plain.drive(route, stops)
        assert known["busy"] == plain.busy(route, stops)
        assert known["load"] == plain.load(stops)
        assert (known["overload"], known["overtime"]) == plain.over(route, stops)
        assert known["cost"] == pytest.approx(plain.cost(route, stops))


@given(case=driven())
@settings(deadline=None)
def test_every_gap_knows_what_lies_before_and_behind_it(case):
    inst, state, routes = case
    plain = Plain(inst)
    for route, stops in enumerate(routes):
        asked, gaps = inst.routes[route], state.gaps[state.at["row"][route]]
        legs = plain.legs(route, stops)
        for gap in range(len(stops) + 1):
            ahead = plain.load(plain.segments(stops[:gap])[-1])

            assert gaps["leg"][gap] == legs[gap]
            assert gaps["before"][gap] == (plain.place(stops[gap - 1]) if gap else asked["start"])
            assert gaps["behind"][gap] == (plain.place(stops[gap]) if gap < len(stops) else asked["end"])
            assert gaps["ahead"][gap] == ahead
            assert gaps["segment"][gap] == ahead + plain.load(plain.segments(stops[gap:])[0])


@given(case=driven())
@settings(deadline=None, max_examples=60)
def test_earliest_and_latest_are_what_trying_every_second_gives(case):
    inst, state, routes = case
    plain = Plain(inst)
    for route, stops in enumerate(routes if inst.options[0]["timed"] else []):
        asked, gaps = inst.routes[route], state.gaps[state.at["row"][route]]
        at = float(asked["opens"])
        for gap in range(len(stops) + 1):
            on_time = [t for t in range(CLOSES + 1) if plain.leaves(route, stops, at=t, first=gap) is not None]
            if gap:
                begins = [
                    max(at + plain.legs(route, stops)[gap - 1], low)
                    for low, high in plain.stretches(stops[gap - 1], int(asked["day"]))
                    if at + plain.legs(route, stops)[gap - 1] <= high
                ]
                at = begins[0] + plain.service(stops[gap - 1]) if begins else FAR
            if at < FAR:
                assert gaps["leave"][gap] == at
            else:
                assert gaps["leave"][gap] >= FAR
            if on_time:
                assert gaps["latest"][gap] == max(on_time)
            else:
                assert gaps["latest"][gap] < 0


@given(case=driven())
@settings(deadline=None)
def test_every_gap_knows_what_its_segment_carries_and_who_takes_it(case):
    inst, state, routes = case
    plain = Plain(inst)
    for route, stops in enumerate(routes if len(inst.facilities) else []):
        kinds = state.kinds[state.at["row"][route]]
        for gap in range(len(stops) + 1):
            before, behind = plain.segments(stops[:gap])[-1], plain.segments(stops[gap:])[0]
            taking = next((plain.facility(stop)["accepts"] for stop in stops[gap:] if stop < 0), None)
            giving = next((plain.facility(stop)["supplies"] for stop in stops[:gap][::-1] if stop < 0), ALL)
            home = 0 if inst.routes["ends_empty"][route] else ALL

            assert kinds["carried"][gap] == plain.bits("waste", before + behind)
            assert kinds["carried_before"][gap] == plain.bits("waste", before)
            assert kinds["brought"][gap] == plain.bits("supply", before + behind)
            assert kinds["brought_after"][gap] == plain.bits("supply", behind)
            assert kinds["accepted"][gap] == (home if taking is None else taking)
            assert kinds["supplied"][gap] == giving


@given(inst=instances, seed=st.integers(0, 99))
@settings(deadline=None, max_examples=40)
def test_a_changed_route_moves_to_its_other_row_once(inst, seed):
    state, routes = filled(inst, seed)
    was = state.at["row"].copy()
    row = touch(state, 0)

    assert row != was[0]
    assert touch(state, 0) == row
    assert state.at["was_row"].tolist() == [was[0], *[-1] * (len(routes) - 1)]
    assert state.number[1] == 1
    assert order_of(state, 0) == routes[0]
    put(state, row, 0, 1)
    assert state.stops[was[0], : len(routes[0])].tolist() == routes[0]
    cut(state, row, order_of(state, 0)[0])
    assert order_of(state, 0) == routes[0]


@given(inst=instances, seed=st.integers(0, 99), gap=st.integers(0, 9), facility=st.sampled_from([0, 1, -1]))
@settings(deadline=None, max_examples=40)
def test_an_item_is_inserted_with_its_trip(inst, seed, gap, facility):
    state, routes = filled(inst, seed)
    item = next(item for item in range(len(inst.items)) if state.pattern[item] == ABSENT)
    gap, facility = min(gap, len(routes[0])), facility if len(inst.facilities) else 0
    insert(inst, state, item, 0, gap, facility)
    new = {0: [item], 1: [item, -1], -1: [-1, item]}[facility]

    assert routes_of(inst, state) == [[*routes[0][:gap], *new, *routes[0][gap:]], *routes[1:]]
    assert state.route_of[item, inst.routes["day"][0]] == 0
