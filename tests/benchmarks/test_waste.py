"""The benchmark of waste collection: its readers and its checker against the published solutions."""

from __future__ import annotations

from dataclasses import replace

import ours
import pytest
from waste_check import cost, faults
from waste_files import Site, Tour, WasteInstance, read_instance, read_published, read_solution


@pytest.mark.shared
def test_every_published_solution_passes_at_the_cost_of_its_file_name(shared_data):
    folder = shared_data / "pvrp_if"
    published = sorted((folder / "solutions").rglob("*.txt"))
    assert len(published) == 61
    for path in published:
        name, told, tours = read_solution(path)
        instance = read_instance(folder / "instances" / f"{name}.geojson")
        assert faults(instance, tours) == [], path.name
        assert cost(instance, tours) == told, path.name


@pytest.mark.shared
def test_the_better_of_two_published_solutions_is_the_reference(shared_data):
    best = read_published(shared_data / "pvrp_if" / "solutions")
    assert len(best) == 56
    assert best["Torino_040_4_1"] == 609.0
    assert best["Milano_020_4_0"] == 562.0


def small() -> WasteInstance:
    """A depot, two customers and a facility on a line, ten minutes apart; the way back takes one minute longer."""
    minutes = tuple(tuple(abs(a - b) * (10.0 if a < b else 11.0) for b in range(4)) for a in range(4))
    sites = (Site(1, 2, 6.0, 5.0), Site(2, 1, 5.0, 5.0))
    return WasteInstance("small", 4, 1, 10.0, 100.0, sites, (3,), minutes)


GOOD = (Tour(0, (1, 3)), Tour(2, (1, 3)), Tour(3, (2, 3)))

BEST = (Tour(0, (1, 3, 2, 3)), Tour(2, (1, 3)))


def test_a_good_solution_has_no_fault():
    assert faults(small(), GOOD) == []
    assert cost(small(), GOOD) == 3 * (30.0 + 33.0)


@pytest.mark.parametrize(
    ("tampered", "word"),
    [
        (GOOD[:2], "customer 2 is visited on the days []"),
        ((Tour(0, (1, 3)), Tour(1, (1, 3)), Tour(3, (2, 3))), "customer 1 is visited on the days [0, 1]"),
        ((Tour(0, (1, 3, 1, 3)), *GOOD[1:]), "twice"),
        ((*GOOD[:2], Tour(3, (2,))), "without being emptied"),
        ((Tour(0, (1, 2, 3)), Tour(2, (1, 3))), "carries 11"),
        ((*GOOD, Tour(3, (3,))), "2 tours"),
        ((*GOOD, Tour(4, (3,))), "outside"),
        ((*GOOD[:2], Tour(3, (2, 4))), "neither"),
    ],
)
def test_a_tampered_solution_fails(tampered, word):
    assert any(word in fault for fault in faults(small(), tampered))


def test_emptying_on_the_way_makes_room():
    assert faults(small(), BEST) == []


def test_the_duration_counts_driving_and_service():
    assert faults(replace(small(), max_minutes=68.0), GOOD) == []
    assert any("takes 68" in fault for fault in faults(replace(small(), max_minutes=67.9), GOOD))


@pytest.mark.slow
def test_our_engine_answers_within_the_rules():
    tours = ours.waste(small(), seconds=0.2, seed=1, cores=1)
    assert faults(small(), tours) == []
    assert cost(small(), tours) == cost(small(), BEST)
