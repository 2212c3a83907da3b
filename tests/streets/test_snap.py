from __future__ import annotations

import math

import numpy as np
import pytest

from geo_service.streets.snap import Snapper

NODES = {1: (0, 0), 2: (1000, 0), 3: (0, 200), 4: (1000, 200), 5: (0, 400), 6: (1000, 400)}


@pytest.fixture(scope="session")
def network(draw):
    ways = [
        (10, [1, 2], {}),
        (11, [3, 4], {"oneway": "-1"}),
        (12, [5, 6], {"highway": "motorway"}),
    ]
    return draw(NODES, ways).network


@pytest.fixture(scope="session")
def snapper(network) -> Snapper:
    return Snapper(network, np.isfinite(network.edge_seconds[0]))


def way(network, snap) -> int:
    return int(network.section_way[snap.edge >> 1])


def test_the_nearest_street_is_found(network, snapper, at):
    near, far = snapper.snap(np.array([at(250, 30), at(250, 150)]))
    assert (way(network, near), way(network, far)) == (10, 11)
    assert (near.fraction, near.distance_m) == (pytest.approx(0.25, abs=1e-3), pytest.approx(30, abs=0.1))
    assert (near.lon, near.lat) == pytest.approx(at(250, 0), abs=2e-7)


def test_a_one_way_street_is_met_in_its_direction(network, snapper, at):
    (snap,) = snapper.snap(np.array([at(250, 190)]))
    assert np.isfinite(network.edge_seconds[0, snap.edge])
    assert snap.fraction == pytest.approx(0.75, abs=1e-3)


def test_nobody_is_put_on_a_motorway(network, snapper, at):
    (snap,) = snapper.snap(np.array([at(500, 400)]))
    assert (way(network, snap), snap.distance_m) == (11, pytest.approx(200, abs=1))


def test_beyond_the_reach_there_is_none(snapper, at):
    found = snapper.snap(np.array([at(500, -499), at(500, -501), at(0, 0)]))
    assert [snap is None for snap in found] == [False, True, False]


@pytest.mark.parametrize(
    "bad", [(math.nan, 51.3), (12.3, math.inf), (500.0, 51.3), (12.3, -95.0), (51.3, 12.3), (0, 0)]
)
def test_places_elsewhere_and_nonsense_are_none(snapper, bad, at):
    found = snapper.snap(np.array([bad, at(0, 0)]))
    assert [snap is None for snap in found] == [True, False]


def test_ends_of_a_street_have_whole_fractions(snapper, at):
    found = snapper.snap(np.array([at(-20, 0), at(1020, 0)]))
    assert [snap.fraction for snap in found] == [0.0, 1.0]


def test_no_places_no_snaps(network, snapper):
    assert snapper.snap(np.empty((0, 2))) == []
    nowhere = Snapper(network, np.zeros(network.edges, dtype=bool))
    assert nowhere.snap(network.node_lonlat) == [None] * 6
