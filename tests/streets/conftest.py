"""Streets drawn by hand in metres around a place in Leipzig and read through the real reader."""

from __future__ import annotations

from collections.abc import Callable
from xml.sax.saxutils import quoteattr

import numpy as np
import pyproj
import pytest

from geo_service.streets.model import Snap
from geo_service.streets.osm import StreetImport, read_osm

LON, LAT = 12.33, 51.32
_GEOD = pyproj.Geod(ellps="WGS84")
METRE_LON = 0.01 / _GEOD.inv(LON, LAT, LON + 0.01, LAT)[2]
METRE_LAT = 0.01 / _GEOD.inv(LON, LAT, LON, LAT + 0.01)[2]


def place(x: float, y: float) -> tuple[float, float]:
    """Return degrees of a place x metres east and y metres north of the origin."""
    return round(LON + x * METRE_LON, 7), round(LAT + y * METRE_LAT, 7)


def tagged(tags: dict[str, str]) -> str:
    return "".join(f"<tag k={quoteattr(k)} v={quoteattr(v)}/>" for k, v in tags.items())


def osm_xml(nodes, ways, restrictions=(), node_tags=None, root='version="0.6"') -> str:
    """Write OSM XML.

    nodes: id -> (x, y) metres; ways: (id, node ids, tags); restrictions: (id, from, via, to, tags), where via is a node
    id or ("way", id, id ...).
    """
    out = [f"<osm {root}>"]
    for ref, (x, y) in nodes.items():
        lon, lat = place(x, y)
        out.append(f'<node id="{ref}" lon="{lon}" lat="{lat}">{tagged((node_tags or {}).get(ref, {}))}</node>')
    for ref, refs, tags in ways:
        members = "".join(f'<nd ref="{node}"/>' for node in refs)
        out.append(f'<way id="{ref}">{members}{tagged({"highway": "residential"} | tags)}</way>')
    for ref, start, via, end, tags in restrictions:
        kind, *via_refs = via if isinstance(via, tuple) else ("node", via)
        vias = "".join(f'<member type="{kind}" ref="{via_ref}" role="via"/>' for via_ref in via_refs)
        out.append(
            f'<relation id="{ref}"><member type="way" ref="{start}" role="from"/>{vias}'
            f'<member type="way" ref="{end}" role="to"/>{tagged({"type": "restriction"} | tags)}</relation>'
        )
    return "\n".join([*out, "</osm>"])


@pytest.fixture(scope="session")
def draw(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., StreetImport]:
    """Return a function that draws streets (see `osm_xml`) and reads them."""
    file = tmp_path_factory.mktemp("streets") / "drawn.osm"

    def drawn(*args, **kwargs) -> StreetImport:
        file.write_text(osm_xml(*args, **kwargs), encoding="utf-8")
        return read_osm(file)

    return drawn


@pytest.fixture(scope="session")
def xml() -> Callable[..., str]:
    """Return `osm_xml`."""
    return osm_xml


@pytest.fixture(scope="session")
def at() -> Callable[[float, float], tuple[float, float]]:
    """Return `place`: metres to degrees."""
    return place


@pytest.fixture(scope="session")
def edge_of() -> Callable[..., int]:
    """Return a function that finds the directed edge of a network between two node ids."""

    def find(network, start: int, end: int) -> int:
        tail, head = network.node_id[network.tail], network.node_id[network.head]
        (edge,) = np.flatnonzero((tail == start) & (head == end))
        return int(edge)

    return find


@pytest.fixture(scope="session")
def snap_on() -> Callable[..., Snap]:
    """Return a function that puts a place on an edge of straight shape."""

    def put(network, edge: int, fraction: float) -> Snap:
        line = network.edge_lonlat(edge)
        lon, lat = line[0] + fraction * (line[-1] - line[0])
        return Snap(edge, fraction, float(lon), float(lat), 0.0)

    return put


CROSS = {1: (0, 0), 2: (0, -100), 3: (100, 0), 4: (0, 100), 5: (-100, 0)}
"""A crossing 1 with arms: 2 in the south, 3 in the east, 4 in the north, 5 in the west."""

ARMS = [(20, [2, 1], {"name": "Süd"}), (30, [1, 3], {"name": "Ost"}), (40, [1, 4], {"name": "Nord"}), (50, [5, 1], {})]


@pytest.fixture
def cross(draw) -> Callable[..., StreetImport]:
    """Return a function that draws a crossing of four two-way streets (20 south, 30 east, 40 north, 50 west)."""

    def drawn(restrictions=(), node_tags=None, more=(), nodes=None) -> StreetImport:
        return draw(CROSS | (nodes or {}), [*ARMS, *more], restrictions, node_tags)

    return drawn
