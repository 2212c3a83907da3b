from __future__ import annotations

import pytest
from matrix import measure, some_places
from osrm_server import find_osrm

from geo_service.streets.osm import read_osm


@pytest.fixture(scope="module")
def network(sample):
    return read_osm(sample / "streets.osm").network


def test_places_are_different_and_repeat_for_a_seed(network):
    places = some_places(network, 50, 1)
    assert len({place.edge >> 1 for place in places}) == len(places) == 50
    assert places == some_places(network, 50, 1) != some_places(network, 50, 2)


def test_both_engines_are_timed_on_the_same_matrix(network):
    row = measure(network, 20, 1, 1)
    assert (row["places"], row["equal"], row["osrm_ratio"]) == (20, True, None)


def test_osrm_is_found_only_where_its_programs_are(tmp_path):
    assert find_osrm(tmp_path) is None
    (tmp_path / "osrm" / "bin").mkdir(parents=True)
    (tmp_path / "osrm" / "bin" / "osrm-extract").touch()
    assert find_osrm(tmp_path) == tmp_path / "osrm"
