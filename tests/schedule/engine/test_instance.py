from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from geo_service.schedule.engine.instance import FAR, make_instance, nearest

from .plain import instances


def test_the_plain_case_leaves_everything_open():
    inst = make_instance(travel=np.ones((3, 3)), place=[1, 2], day=[0, 1], patterns=[[(0,), (1,)], [(0, 1)]])

    assert inst.patterns[:, :3].tolist() == [[1, 0, -1], [1, 1, -1], [2, 0, 1]]
    assert inst.items[["first_pattern", "end_pattern"]].tolist() == [(0, 2), (2, 3)]
    assert inst.able.all()
    assert set(inst.routes["capacity"]) == set(inst.items["left_out"]) == {FAR}
    assert inst.options[["timed", "soft", "trips", "waits"]].tolist() == [(0, 0, 0, 0)]
    assert inst.days.tolist() == [(0.0, 0, 1), (1.0, 1, 2)]


@given(inst=instances)
@settings(deadline=None)
def test_what_waits_is_told_from_both_ends(inst):
    waiting = {(int(other), item) for item, own in enumerate(inst.before) for other, _ in own if other >= 0}
    told = {(item, int(other)) for item, own in enumerate(inst.after) for other in own if other >= 0}

    assert waiting == told
    assert inst.items["waits"].tolist() == [
        int(any(item == two for _, two in waiting)) for item in range(len(inst.items))
    ]
    assert bool(inst.options[0]["waits"]) == bool(waiting)


@given(inst=instances)
@settings(deadline=None)
def test_travel_to_a_place_is_travel_turned_round(inst):
    assert (inst.travel_to.transpose(0, 2, 1) == inst.travel).all()
    assert inst.travel.flags.c_contiguous
    assert inst.travel_to.flags.c_contiguous


@given(inst=instances, count=st.integers(0, 9))
@settings(deadline=None)
def test_the_nearest_come_first_and_nobody_is_near_itself(inst, count):
    travel, place = inst.travel[0], inst.items["place"]
    near = nearest(travel, place, count)

    assert near.shape == (len(place), min(count, len(place) - 1))
    for item, others in enumerate(near):
        ways = [travel[place[item], place[other]] + travel[place[other], place[item]] for other in others]
        rest = [travel[place[item], place[o]] + travel[place[o], place[item]] for o in range(len(place)) if o != item]
        assert item not in others
        assert ways == sorted(rest)[: len(ways)]
