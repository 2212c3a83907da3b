"""The sample as tables in metres (EPSG:25833), read once."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import pyproj
import pytest
from shapely import LineString

PLAN_EPSG = 25833


@dataclass(frozen=True)
class Way:
    """A way of streets.osm; ``line`` in the plan CRS."""

    way_id: int
    refs: tuple[int, ...]
    tags: dict[str, str]
    line: LineString

    @property
    def name(self) -> str:
        return self.tags.get("name", "")


def _table(path: Path) -> gpd.GeoDataFrame:
    return gpd.read_file(path).to_crs(PLAN_EPSG)


@pytest.fixture(scope="session")
def quarters(sample: Path) -> gpd.GeoDataFrame:
    return _table(sample / "quarters.geojson")


@pytest.fixture(scope="session")
def landscape(sample: Path) -> gpd.GeoDataFrame:
    return _table(sample / "landscape.geojson")


@pytest.fixture(scope="session")
def plots(sample: Path) -> gpd.GeoDataFrame:
    return _table(sample / "plots.geojson")


@pytest.fixture(scope="session")
def osm(sample: Path) -> ET.Element:
    return ET.parse(sample / "streets.osm").getroot()


@pytest.fixture(scope="session")
def ways(osm: ET.Element) -> list[Way]:
    to_plan = pyproj.Transformer.from_crs(4326, PLAN_EPSG, always_xy=True)
    xy = {
        int(node.get("id", "")): to_plan.transform(float(node.get("lon", "")), float(node.get("lat", "")))
        for node in osm.iter("node")
    }
    found = []
    for way in osm.iter("way"):
        refs = tuple(int(nd.get("ref", "")) for nd in way.iter("nd"))
        tags = {tag.get("k", ""): tag.get("v", "") for tag in way.iter("tag")}
        found.append(Way(int(way.get("id", "")), refs, tags, LineString([xy[ref] for ref in refs])))
    return found
