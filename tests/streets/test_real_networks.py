"""Real OpenStreetMap files build, snap and route without a fault; broken ones end in an explanation."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from geo_service.base.errors import FileUnreadable, NotReady
from geo_service.streets.check import faults
from geo_service.streets.model import Profile
from geo_service.streets.network import StreetNetwork
from geo_service.streets.osm import read_osm
from geo_service.streets.router import make_router

SMALL = [
    "bautzen.osm.gz",
    "berlin_neukoelln.osm.gz",
    "berlin_siegessaeule.osm.gz",
    "sonderfaelle/conditional-restrictions.osm.gz",
    "sonderfaelle/essen_edge_based_subnetwork.osm.gz",
    "sonderfaelle/one_way_dead_end.osm.pbf",
]
LARGE = ["herrenberg.osm.pbf", "kaiserslautern.osm.gz", "kaiserslautern_cc.osm.gz", "krems.osm.gz", "oslo_east.osm.pbf"]


def route_around(network: StreetNetwork, profile: Profile, count: int, seed: int = 7) -> int:
    """Compare both engines on random places and check a ring of paths; return the number of paths."""
    west, south, east, north = network.bounds()
    lonlat = np.random.default_rng(seed).uniform((west, south), (east, north), size=(count, 2))
    cch, plain = (make_router(network, profile, engine) for engine in ("cch", "dijkstra"))
    places = [snap for snap in cch.snap(lonlat) if snap is not None]
    matrix, other = cch.matrix(places), plain.matrix(places)
    np.testing.assert_array_equal(matrix.seconds, other.seconds)
    np.testing.assert_array_equal(matrix.metres, other.metres)
    for i, start in enumerate(places):
        j = (i + 1) % len(places)
        path = cch.path(start, places[j])
        assert path is not None
        assert (path.seconds, path.metres) == (matrix.seconds[i, j], matrix.metres[i, j])
        assert faults(network, profile, path) == [], f"{profile}, seed {seed}, places {i} and {j}"
    return len(places)


def run(file: Path, count: int) -> None:
    done = read_osm(file)
    network = done.network
    assert done.report.read == done.report.accepted + len(done.report.refused) > 0
    again = StreetNetwork.from_bytes(network.to_bytes())
    for profile in Profile:
        if not network.usable(profile).any():
            with pytest.raises(NotReady):
                make_router(network, profile)
        else:
            assert route_around(again, profile, count) > 0 or not network.section_stop.any()


@pytest.mark.shared
@pytest.mark.parametrize("name", SMALL)
def test_small_networks(shared_data, name):
    run(shared_data / "streets" / name, 30)


@pytest.mark.slow
@pytest.mark.shared
@pytest.mark.parametrize("name", LARGE)
def test_large_networks(shared_data, name):
    run(shared_data / "streets" / name, 80)


@pytest.mark.shared
def test_all_street_files_are_tested(shared_data):
    folder = shared_data / "streets"
    assert {str(file.relative_to(folder)) for file in folder.rglob("*.osm.*")} == {*SMALL, *LARGE}


def test_the_sample(sample):
    done = read_osm(sample / "streets.osm")
    assert done.report.refused == done.report.warnings == ()
    assert "OpenStreetMap" not in done.network.licence
    assert len(done.network.turn_from) > 0
    for profile in Profile:
        assert route_around(done.network, profile, 60) > 40


@pytest.mark.shared
def test_kaiserslautern_is_read_as_it_is(shared_data):
    done = read_osm(shared_data / "streets" / "kaiserslautern.osm.gz")
    network, report = done.network, done.report
    assert (report.read, report.accepted) == (5596, 5239)
    assert report.warnings == ()
    (way,) = [way for way in network.turn_ways if len(way) > 2]
    assert network.section_way[[edge >> 1 for edge in way]].tolist() == [104241024, 23950834, 105133902]
    assert len(set(network.turn_relation.tolist())) >= 40
    assert {"Lauterstraße", "Pariser Straße", "B 37"} <= set(network.names)
    assert network.section_length_m.sum() == pytest.approx(501_500, rel=0.01)
    assert network.licence == "© OpenStreetMap contributors, ODbL 1.0"
    assert sum(1 for _ in network.lines()) == network.sections


@pytest.mark.shared
def test_broken_osm_files_are_explained(shared_data):
    files = [file for file in (shared_data / "broken" / "osm").rglob("*.os*") if file.is_file()]
    assert len(files) == 12
    for file in files:
        with pytest.raises(FileUnreadable) as caught:
            read_osm(file)
        assert file.name in caught.value.message
        assert caught.value.remedy


@pytest.mark.shared
def test_other_files_are_no_streets(shared_data):
    files = [file for file in (shared_data / "broken").rglob("*") if file.is_file() and "osm" not in file.parts][::7]
    files += [file for file in (shared_data / "plots").iterdir() if file.is_file()][:10]
    assert len(files) > 30
    for file in files:
        with pytest.raises(FileUnreadable):
            read_osm(file)


@pytest.mark.shared
def test_cut_files_are_explained(shared_data, tmp_path):
    for name in ("bautzen.osm.gz", "sonderfaelle/one_way_dead_end.osm.pbf"):
        data = (shared_data / "streets" / name).read_bytes()
        for share in (0.1, 0.5, 0.9, 0.99):
            file = tmp_path / Path(name).name
            file.write_bytes(data[: int(len(data) * share)])
            with pytest.raises(FileUnreadable):
                read_osm(file)
