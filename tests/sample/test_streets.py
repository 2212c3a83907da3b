"""The street network: what it holds, that it is one network, and that nothing crosses without meeting."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections import Counter
from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import shapely

from geo_service.streets.graph import turn_graph
from geo_service.streets.model import Profile
from geo_service.streets.osm import StreetImport, read_osm

CLASSES = {"primary", "secondary", "tertiary", "residential", "living_street", "service", "cycleway", "footway"}


@pytest.fixture(scope="module")
def streets(sample: Path) -> StreetImport:
    return read_osm(sample / "streets.osm")


def test_the_file_says_whose_it_is(osm: ET.Element):
    assert osm.get("copyright") == "geo_service contributors"
    assert osm.get("generator") == "geo_service sample"
    assert "publicdomain/zero/1.0" in osm.get("license", "")


def test_ids_are_unique_and_rise(osm: ET.Element):
    for kind in ("node", "way", "relation"):
        ids = [int(one.get("id", "")) for one in osm.iter(kind)]
        assert ids == sorted(set(ids))


def test_it_is_rich_enough_to_try_everything(osm: ET.Element, ways):
    assert {way.tags["highway"] for way in ways} == CLASSES
    assert len({way.name for way in ways} - {""}) >= 180
    assert len({way.name for way in ways if "oneway" in way.tags}) >= 25
    assert {way.tags["oneway"] for way in ways if "oneway" in way.tags} == {"yes", "-1"}
    assert sum(way.tags.get("access") == "private" for way in ways) >= 3
    assert any(tag.get("v") == "bollard" for node in osm.iter("node") for tag in node.iter("tag"))
    kinds = Counter(
        tag.get("v") for relation in osm.iter("relation") for tag in relation.iter("tag") if tag.get("k") != "type"
    )
    assert kinds.total() >= 12
    assert set(kinds) >= {"no_left_turn", "no_right_turn", "no_u_turn", "only_straight_on"}


def test_it_is_read_without_a_complaint(streets: StreetImport):
    assert streets.report.refused == ()
    assert streets.report.warnings == ()
    assert streets.report.repaired == ()
    assert len(streets.network.section_nodes) >= 350


def test_every_turn_restriction_is_understood(osm: ET.Element, streets: StreetImport):
    relations = {int(relation.get("id", "")) for relation in osm.iter("relation")}
    assert set(streets.network.turn_relation.tolist()) == relations


@pytest.mark.parametrize("profile", list(Profile))
def test_it_is_one_network(streets: StreetImport, profile: Profile):
    graph = turn_graph(streets.network, profile)
    usable = np.isfinite(streets.network.edge_seconds[list(Profile).index(profile)])
    assert graph.reached[usable].mean() >= 0.97


def test_streets_that_cross_meet(ways):
    lines = np.array([way.line for way in ways])
    first, second = shapely.STRtree(lines).query(lines, predicate="intersects")
    for a, b in zip(first, second, strict=True):
        if a < b:
            shared = set(ways[a].refs) & set(ways[b].refs)
            crossing = shapely.intersection(lines[a], lines[b])
            assert crossing.geom_type in {"Point", "MultiPoint"}, f"{ways[a].name} lies on {ways[b].name}"
            assert shapely.get_num_geometries(crossing) <= len(shared), f"{ways[a].name} crosses {ways[b].name}"


def test_no_street_crosses_itself_and_none_is_a_splinter(ways):
    assert all(way.line.is_simple for way in ways)
    use = Counter(ref for way in ways for ref in way.refs)
    for way in ways:
        if 1 in {use[way.refs[0]], use[way.refs[-1]]}:
            assert way.line.length >= 40, f"{way.name or way.tags['highway']} {way.way_id} sticks out"
        assert way.line.length >= 10


def test_streets_pass_the_water_on_bridges_alone(ways, landscape: gpd.GeoDataFrame):
    water = landscape[landscape.kind == "water"].union_all()
    canal = landscape[landscape.name == "Karl-Heine-Kanal"].union_all()
    wet = [way.name or way.tags["highway"] for way in ways if "bridge" not in way.tags and way.line.intersects(water)]
    assert wet == []
    over = {way.name for way in ways if "bridge" in way.tags and way.line.crosses(canal)} - {""}
    assert over >= {"Karl-Heine-Straße", "Zschochersche Straße", "Gießerstraße"}


def test_the_landscape_shows_what_people_know(landscape: gpd.GeoDataFrame):
    assert set(landscape.kind) == {"water", "green", "rail"}
    assert landscape.is_valid.all()
    assert set(landscape.name) >= {"Weiße Elster", "Karl-Heine-Kanal", "Volkspark Kleinzschocher", "Palmengarten"}
