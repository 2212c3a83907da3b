"""The benchmark with time windows: its readers and its checker against the published solutions, and the peers."""

from __future__ import annotations

from dataclasses import replace

import ours
import pytest
from peers import PEERS
from vrptw import SCALE, scaled
from vrptw_check import distance, faults
from vrptw_files import Node, VrptwInstance, read_instance, read_solution


@pytest.mark.shared
def test_every_published_solution_passes(shared_data):
    folder = shared_data / "vrptw" / "solomon"
    with_routes = 0
    for path in sorted((folder / "instances").iterdir()):
        instance = read_instance(path)
        assert (len(instance.nodes), instance.vehicles, instance.capacity) == (101, 25, 200.0)
        told, routes = read_solution(folder / "solutions" / path.name)
        assert (told is None) != (not routes)
        if routes:
            with_routes += 1
            assert faults(instance, routes) == [], path.name
    assert with_routes == 19


@pytest.mark.shared
def test_the_best_solution_of_c101_has_the_known_length(shared_data):
    folder = shared_data / "vrptw" / "solomon"
    instance = read_instance(folder / "instances" / "C101.txt")
    _, routes = read_solution(folder / "solutions" / "C101.txt")
    assert distance(instance, routes) == pytest.approx(828.94, abs=0.005)
    late = [routes[0][::-1], *routes[1:]]
    assert any("after" in fault for fault in faults(instance, late))


def small() -> VrptwInstance:
    return VrptwInstance(
        name="small",
        vehicles=2,
        capacity=10.0,
        nodes=(
            Node(0, 0, 0, 0, 100, 0),
            Node(3, 4, 6, 0, 50, 10),
            Node(6, 8, 4, 20, 30, 10),
            Node(0, 7, 5, 0, 12, 1),
        ),
    )


GOOD = ((1, 2), (3,))
BEST = ((1,), (3, 2))


def test_a_good_solution_has_no_fault():
    assert faults(small(), GOOD) == []
    assert distance(small(), GOOD) == pytest.approx(20.0 + 14.0)


@pytest.mark.parametrize(
    ("tampered", "word"),
    [
        (((1, 2),), "visited 0 times"),
        (((1, 2), (3, 1)), "visited 2 times"),
        (((1, 2, 3), ()), "loads 15"),
        (((2,), (1, 3)), "reaches node 3"),
        (((1,), (2,), (3,)), "3 routes"),
        (((1, 2), (3, 4)), "not customers"),
    ],
)
def test_a_tampered_solution_fails(tampered, word):
    assert any(word in fault for fault in faults(small(), tampered))


def test_a_vehicle_waits_for_a_window_to_open_and_the_depot_closes():
    assert faults(replace(small(), nodes=(replace(small().nodes[0], due=40.0), *small().nodes[1:])), GOOD) == []
    closed = replace(small(), nodes=(replace(small().nodes[0], due=39.9), *small().nodes[1:]))
    assert any("reaches node 0" in fault for fault in faults(closed, GOOD))


def test_whole_numbers_never_make_a_leg_quicker_than_it_is():
    task = scaled(small())
    assert task.seconds[0][1] == 5 * SCALE
    for a, row in enumerate(task.seconds):
        for b, seconds in enumerate(row):
            exact = distance(small(), [[a], [b]])
            assert seconds >= 0 and exact >= 0
    exact = ((3 - 0) ** 2 + (4 - 7) ** 2) ** 0.5
    assert exact * SCALE <= task.seconds[1][3] <= exact * SCALE + 1


@pytest.mark.parametrize("name", sorted(PEERS))
def test_a_peer_answers_within_the_rules(name):
    peer = PEERS[name]
    if not peer.is_here:
        pytest.skip(f"{peer.package} is not installed: pip install --group bench")
    answer = peer.solve(scaled(small()), seconds=0.3, seed=1, cores=1)
    routes = [[stop + 1 for stop in route] for route in answer]
    assert faults(small(), routes) == []
    assert distance(small(), routes) == pytest.approx(distance(small(), BEST))


@pytest.mark.slow
def test_our_engine_answers_within_the_rules():
    answer = ours.vrptw(scaled(small()), seconds=0.2, seed=1, cores=1)
    routes = [[stop + 1 for stop in route] for route in answer]
    assert faults(small(), routes) == []
    assert distance(small(), routes) == pytest.approx(distance(small(), BEST))
