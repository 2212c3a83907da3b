"""The sample held against the real city: near enough to be recognised, and copied from nowhere."""

from __future__ import annotations

import gzip
import json
from collections import defaultdict
from pathlib import Path

import geopandas as gpd
import numpy as np
import pyproj
import pytest
import shapely

pytestmark = pytest.mark.shared

PLAN_EPSG = 25833


@pytest.fixture(scope="module")
def official(shared_data: Path) -> gpd.GeoDataFrame:
    return gpd.read_file(shared_data / "leipzig" / "ortsteile.geojson").to_crs(PLAN_EPSG).set_index("OT")


@pytest.fixture(scope="module")
def addressed(shared_data: Path) -> dict[str, np.ndarray]:
    """Return the middles of the buildings that bear a street's name, shape (n, 2), metres."""
    lonlat = defaultdict(list)
    for path in sorted((shared_data / "leipzig" / "buildings").glob("*-2025.geojson.gz")):
        for feature in json.loads(gzip.decompress(path.read_bytes()))["features"]:
            street = feature["properties"].get("addr:street")
            if street:
                ring = shapely.from_geojson(json.dumps(feature["geometry"]))
                lonlat[street].append(ring.envelope.centroid.coords[0])
    to_plan = pyproj.Transformer.from_crs(4326, PLAN_EPSG, always_xy=True)
    return {street: np.column_stack(to_plan.transform(*np.array(points).T)) for street, points in lonlat.items()}


@pytest.fixture(scope="module")
def named(ways) -> dict[str, shapely.Geometry]:
    lines = defaultdict(list)
    for way in ways:
        if way.name:
            lines[way.name].append(way.line)
    return {name: shapely.union_all(parts) for name, parts in lines.items()}


def test_outlines_are_within_150_m_of_the_truth(quarters: gpd.GeoDataFrame, official: gpd.GeoDataFrame):
    for quarter in quarters.itertuples():
        true = shapely.segmentize(official.geometry[quarter.key].exterior, 10)
        drawn = shapely.segmentize(quarter.geometry.exterior, 10)
        assert drawn.hausdorff_distance(true) <= 150, quarter.name


def test_no_point_is_an_official_one(
    quarters: gpd.GeoDataFrame,
    landscape: gpd.GeoDataFrame,
    plots: gpd.GeoDataFrame,
    official: gpd.GeoDataFrame,
    ways,
):
    true = shapely.points(shapely.get_coordinates(official.geometry.values))
    drawn = [*quarters.geometry, *landscape.geometry, *plots.geometry, *(way.line for way in ways)]
    mine = shapely.points(shapely.get_coordinates(drawn))
    pairs = shapely.STRtree(true).query(mine, predicate="dwithin", distance=0.2)
    assert pairs.shape[1] == 0
    assert shapely.STRtree(true).query(true[:5], predicate="dwithin", distance=0.2).shape[1] >= 5


def test_every_street_name_is_official(shared_data: Path, named):
    listed = (shared_data / "leipzig" / "strassenverzeichnis_2018.tsv").read_text(encoding="utf-8").splitlines()
    assert set(named) <= {line.split("\t")[0] for line in listed}


def test_streets_lie_where_the_buildings_bear_their_names(named, addressed, quarters: gpd.GeoDataFrame):
    west = quarters.union_all().buffer(100)
    shapely.prepare(west)
    near = []
    borne = 0
    for name, line in named.items():
        spots = shapely.points(addressed[name]) if name in addressed else np.array([])
        spots = spots[shapely.contains(west, spots)] if len(spots) else spots
        if len(spots):
            borne += 1
            distance = shapely.distance(spots, line)
            assert distance.min() <= 100, name
            assert np.median(distance) <= 100, name
            near.append(distance)
    assert borne >= 180
    assert np.median(np.concatenate(near)) <= 25
