"""The periodic benchmark: its readers and its checker against the published solutions."""

from __future__ import annotations

import math
from dataclasses import replace

import ours
import pytest
from pvrp_check import cost, faults
from pvrp_files import Customer, DayRoute, PvrpInstance, read_best_known, read_instance, read_solution


def names(shared_data):
    return sorted(path.name for path in (shared_data / "pvrp" / "instances").iterdir())


@pytest.mark.shared
def test_every_published_solution_passes_at_the_cost_it_tells(shared_data):
    folder = shared_data / "pvrp"
    best = read_best_known(folder / "best_known.csv")
    assert set(best) == set(names(shared_data))
    for name in names(shared_data):
        instance = read_instance(folder / "instances" / name)
        told, routes = read_solution(folder / "solutions" / f"{name}.res", instance)
        assert faults(instance, routes) == [], name
        assert cost(instance, routes) == pytest.approx(told, abs=0.011), name
        assert told >= best[name] - 0.011, name


@pytest.mark.shared
def test_the_customer_on_the_depot_needs_a_vehicle_of_its_own(shared_data):
    instance = read_instance(shared_data / "pvrp" / "instances" / "p01")
    _, routes = read_solution(shared_data / "pvrp" / "solutions" / "p01.res", instance)
    assert DayRoute(0, (51,)) in routes
    without = [route for route in routes if route.nodes != (51,)]
    assert any("node 51" in fault for fault in faults(instance, without))
    assert cost(instance, without) == cost(instance, routes)


def small() -> PvrpInstance:
    return PvrpInstance(
        name="small",
        vehicles=1,
        days=2,
        max_duration=30.0,
        capacity=10.0,
        depot=(0.0, 0.0),
        customers=(
            Customer(1, 3.0, 4.0, 5.0, 6.0, (frozenset({0}), frozenset({1}))),
            Customer(2, 6.0, 8.0, 5.0, 4.0, (frozenset({0, 1}),)),
        ),
    )


GOOD = (DayRoute(0, (1, 2)), DayRoute(1, (2,)))


def test_a_good_solution_has_no_fault_and_costs_its_driving():
    assert faults(small(), GOOD) == []
    assert cost(small(), GOOD) == pytest.approx(20.0 + 20.0)


@pytest.mark.parametrize(
    ("tampered", "word"),
    [
        ((DayRoute(0, (1, 2)),), "no combination"),
        ((DayRoute(0, (1, 2)), DayRoute(1, (1, 2))), "no combination"),
        ((DayRoute(0, (1, 2, 2)), DayRoute(1, (2,))), "twice"),
        ((DayRoute(0, (1,)), DayRoute(0, (2,)), DayRoute(1, (2,))), "2 routes"),
        ((DayRoute(0, (1, 3)), DayRoute(1, (2,))), "not in the instance"),
    ],
)
def test_a_tampered_solution_fails(tampered, word):
    assert any(word in fault for fault in faults(small(), tampered))


def test_load_and_duration_are_hard():
    assert any("loads" in fault for fault in faults(replace(small(), capacity=9.9), GOOD))
    assert any("takes" in fault for fault in faults(replace(small(), max_duration=29.9), GOOD))
    assert faults(replace(small(), capacity=math.inf, max_duration=math.inf), GOOD) == []


def test_the_first_day_is_the_highest_bit(tmp_path):
    path = tmp_path / "tiny"
    path.write_text("1 1 1 4\n" + "0 0\n" * 4 + " 0 0 0 0 0 0 0\n 1 1 1 0 5 2 2 5 10\n")
    instance = read_instance(path)
    assert instance.customers[0].combinations == (frozenset({1, 3}), frozenset({0, 2}))
    assert instance.capacity == math.inf


@pytest.mark.slow
def test_our_engine_answers_within_the_rules():
    routes = ours.pvrp(small(), seconds=0.2, seed=1, cores=1)
    assert faults(small(), routes) == []
    assert cost(small(), routes) == pytest.approx(cost(small(), GOOD))
