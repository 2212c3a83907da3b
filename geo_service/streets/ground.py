"""Floor 1: what lies around the streets of an OSM file: buildings, water, green, rails, and the names of places."""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import orjson
import osmium
import shapely

from geo_service.base.errors import FileUnreadable
from geo_service.base.progress import OnProgress, Progress, silent
from geo_service.streets.osm_file import opened_osm_file

Layer = Literal["buildings", "water", "green", "waterways", "rails", "places"]
Floats = npt.NDArray[np.float64]

AREAS: frozenset[Layer] = frozenset({"buildings", "water", "green"})
LINES: frozenset[Layer] = frozenset({"waterways", "rails"})

_WATER = {"natural": ("water",), "waterway": ("riverbank", "dock"), "landuse": ("reservoir", "basin")}
_GREEN = {
    "natural": ("wood", "scrub", "grassland", "heath"),
    "landuse": (
        *("forest", "grass", "meadow", "allotments", "cemetery", "recreation_ground", "village_green", "orchard"),
        *("vineyard", "plant_nursery", "flowerbed"),
    ),
    "leisure": ("park", "garden", "playground", "pitch", "golf_course", "common", "dog_park", "nature_reserve"),
    "amenity": ("grave_yard",),
}
_WATERWAYS = ("river", "canal", "stream", "ditch", "drain")
_RAILS = ("rail", "light_rail", "tram", "subway", "narrow_gauge", "funicular")
PLACES = ("city", "borough", "town", "suburb", "quarter", "village", "neighbourhood", "hamlet", "locality")
"""Kinds of named places, the largest first."""

_STEP = 100_000
_NODE, _WAY, _RELATION = osmium.osm.NODE, osmium.osm.WAY, osmium.osm.RELATION


@dataclass(frozen=True)
class Ground:
    """Things around the streets, row by row.

    Attributes
    ----------
    layers, kinds, names
        ``"green"``, ``"allotments"``, ``"Am Kärrnerweg"``; the name may be empty.
    geometries
        Degrees, lon lat: polygons, lines or points as `AREAS` and `LINES` say.
    """

    layers: tuple[Layer, ...] = ()
    kinds: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    geometries: npt.NDArray[np.object_] = field(default_factory=lambda: np.empty(0, dtype=object))

    def of(self, layer: Layer) -> Ground:
        """Return the rows of a layer."""
        rows = [row for row, one in enumerate(self.layers) if one == layer]
        return Ground(
            (layer,) * len(rows),
            tuple(self.kinds[row] for row in rows),
            tuple(self.names[row] for row in rows),
            self.geometries[rows],
        )


@dataclass
class _Found:
    """What is read of a file; a thing's ways are chains of node ids."""

    things: list[tuple[Layer, str, str, list[array[int]]]] = field(default_factory=list)
    points: list[tuple[str, str, float, float]] = field(default_factory=list)


def read_ground(path: Path, *, on_progress: OnProgress = silent) -> Ground:
    """Read what lies around the streets of an OSM file, PBF or XML.

    Outlines of multipolygons are put together from their ways; what does not close, or lacks a node, as at the edge of
    an extract, is left out. So are lines in tunnels.

    Raises
    ------
    FileUnreadable
        When the file is no OSM data file, is damaged or cut off.
    """
    found = _Found()
    with opened_osm_file(path) as file:
        _read_ways(found, file, on_progress)
        nodes = _read_nodes(found, file, on_progress)
    return _ground(found, nodes)


def ground_of_landscape(landscape: bytes) -> Ground:
    """Return the ground that a drawn landscape shows: GeoJSON in degrees with ``kind`` and ``name``.

    Raises
    ------
    FileUnreadable
        When it is no such GeoJSON.
    """
    rows: list[tuple[Layer, str, str, Any]] = []
    try:
        drawn = orjson.loads(landscape)["features"]
        geometries = shapely.from_geojson([orjson.dumps(one["geometry"]).decode() for one in drawn])
        for one, geometry in zip(drawn, geometries, strict=True):
            layer = _layer_of_landscape(one["properties"].get("kind", ""), geometry)
            if layer is not None:
                rows.append((layer, one["properties"]["kind"], one["properties"].get("name") or "", geometry))
    except (ValueError, KeyError, TypeError, shapely.errors.GEOSException) as error:
        raise FileUnreadable(f"the landscape is no GeoJSON ({error})", remedy="restore the file") from error
    return _table(rows)


def _layer_of_landscape(kind: str, geometry: shapely.Geometry) -> Layer | None:
    areal = geometry.geom_type in {"Polygon", "MultiPolygon"}
    if kind in {"rail", "railway"}:
        return None if areal else "rails"
    if kind in {"water", "canal", "river", "stream"}:
        return "water" if areal else "waterways"
    return "green" if areal and kind in {"green", "park", "forest", "wood", "allotments", "meadow"} else None


def area_kind(tags: Mapping[str, str]) -> tuple[Layer, str] | None:
    """Return layer and kind of what is drawn as an area, None for what is not.

    Examples
    --------
    >>> area_kind({"building": "yes"}), area_kind({"landuse": "forest"}), area_kind({"building": "no"})
    (('buildings', 'building'), ('green', 'wood'), None)
    """
    if tags.get("building", "no") != "no":
        return "buildings", "building"
    if any(tags.get(key) in values for key, values in _WATER.items()):
        return "water", "water"
    for key, values in _GREEN.items():
        value = tags.get(key)
        if value in values:
            return "green", {"forest": "wood", "grave_yard": "cemetery"}.get(value, value)
    return None


def line_kind(tags: Mapping[str, str]) -> tuple[Layer, str] | None:
    """Return layer and kind of what is drawn as a line, None for what is not, or runs in a tunnel.

    Examples
    --------
    >>> line_kind({"railway": "tram"}), line_kind({"waterway": "stream", "tunnel": "culvert"})
    (('rails', 'tram'), None)
    """
    if tags.get("tunnel", "no") != "no":
        return None
    if tags.get("waterway") in _WATERWAYS:
        return "waterways", tags["waterway"]
    if tags.get("railway") in _RAILS:
        return "rails", tags["railway"]
    return None


def _things(file: Any, kind: Any, *keys: str) -> Iterator[Any]:
    """Yield the nodes, ways or relations of a file, those with one of the keys when any are named."""
    things = osmium.FileProcessor(file, kind)
    yield from things.with_filter(osmium.filter.KeyFilter(*keys)) if keys else things


def _read_ways(found: _Found, file: Any, on_progress: OnProgress) -> None:
    """Read outlines and lines; relations first, as they say which ways without tags of their own matter."""
    relations: list[tuple[Layer, str, str, list[int]]] = []
    for relation in _things(file, _RELATION, "type"):
        tags = dict(relation.tags)
        kind = area_kind(tags) if tags["type"] == "multipolygon" else None
        if kind is not None:
            members = [member.ref for member in relation.members if member.type == "w"]
            relations.append((*kind, _name(tags), members))
    members_of = {ref for _, _, _, refs in relations for ref in refs}
    chains: dict[int, array[int]] = {}
    for count, way in enumerate(_things(file, _WAY), start=1):
        if count % _STEP == 0:
            on_progress(Progress("reading buildings, water and green", count, note=f"{len(found.things)} outlines"))
        if way.deleted or not (way.tags or way.id in members_of):
            continue
        tags = dict(way.tags)
        closed = len(way.nodes) > 3 and way.nodes[0].ref == way.nodes[-1].ref
        kind = (area_kind(tags) if closed else None) or line_kind(tags)
        if kind is None and way.id not in members_of:
            continue
        chain = array("q", (node.ref for node in way.nodes))
        if way.id in members_of:
            chains[way.id] = chain
        if kind is not None:
            found.things.append((*kind, _name(tags), [chain]))
    for layer, kind_name, name, refs in relations:
        parts = [chains[ref] for ref in refs if ref in chains]
        if parts and len(parts) == len(refs):  # with a part missing the outline would be another one
            found.things.append((layer, kind_name, name, parts))


def _read_nodes(found: _Found, file: Any, on_progress: OnProgress) -> tuple[npt.NDArray[np.int64], Floats]:
    """Read the places and the nodes of outlines and lines; return the nodes' ids, ascending, and degrees."""
    wanted = {ref for _, _, _, chains in found.things for chain in chains for ref in chain}
    ids, lonlat = array("q"), array("d")
    for count, node in enumerate(_things(file, _NODE), start=1):
        if count % _STEP == 0:
            on_progress(Progress("reading buildings, water and green", count, note=f"{len(ids)} corners"))
        if node.id in wanted and node.location.valid():
            ids.append(node.id)
            lonlat.extend((node.lon, node.lat))
        tags = dict(node.tags) if node.tags else {}
        if tags.get("place") in PLACES and _name(tags) and node.location.valid():
            found.points.append((tags["place"], _name(tags), node.lon, node.lat))
    known, first = np.unique(np.frombuffer(ids, np.int64) if ids else np.empty(0, np.int64), return_index=True)
    return known, np.array(lonlat, np.float64).reshape(-1, 2)[first]


def _ground(found: _Found, nodes: tuple[npt.NDArray[np.int64], Floats]) -> Ground:
    rows: list[tuple[Layer, str, str, Any]] = []
    for layer, kind, name, chains in found.things:
        lines = [line for chain in chains if (line := _line(chain, nodes)) is not None]
        if len(lines) < len(chains):
            continue
        geometry = lines[0]
        if layer in AREAS:
            geometry = shapely.build_area(shapely.union_all(lines) if len(lines) > 1 else geometry)
        if not geometry.is_empty:
            rows.append((layer, kind, name, geometry))
    rows += [("places", kind, name, shapely.Point(lon, lat)) for kind, name, lon, lat in found.points]
    return _table(rows)


def _line(chain: array[int], nodes: tuple[npt.NDArray[np.int64], Floats]) -> shapely.LineString | None:
    """Return a chain of nodes as a line, None when one is missing or nothing is left of it."""
    ids, lonlat = nodes
    refs = np.frombuffer(chain, np.int64)
    at = np.searchsorted(ids, refs)
    if len(refs) < 2 or at.max() >= len(ids) or (ids[at] != refs).any():
        return None
    return shapely.LineString(lonlat[at])


def _table(rows: list[tuple[Layer, str, str, Any]]) -> Ground:
    geometries = np.empty(len(rows), dtype=object)
    geometries[:] = [row[3] for row in rows]
    return Ground(
        tuple(layer for layer, _, _, _ in rows),
        tuple(kind for _, kind, _, _ in rows),
        tuple(name for _, _, name, _ in rows),
        geometries,
    )


def _name(tags: Mapping[str, str]) -> str:
    return " ".join((tags.get("name") or "").split())
