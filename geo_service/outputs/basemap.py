"""Floor 7: the basemap: streets, buildings, water, green, rails and names as one PMTiles file, made without a network.

The same streets and ground make the same bytes. Tiles reach to zoom 14; clients draw them larger from there on.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely

from geo_service.base.progress import OnProgress, Progress, silent
from geo_service.outputs.plain import plain_values
from geo_service.outputs.pmtiles import Header, tile_id, write_pmtiles
from geo_service.outputs.tile_geometry import Drawn, Shapes
from geo_service.outputs.tile_grid import Bounds, TileAddress, tile_at, to_web_mercator, unit_m
from geo_service.outputs.tile_layers import OTHER_STREETS_ZOOM, STREET_ZOOMS, TOLERANCE_UNITS
from geo_service.outputs.varint import Ints
from geo_service.outputs.vector_tile import Attributes, encode_layer
from geo_service.streets.ground import PLACES, Ground, Layer
from geo_service.streets.network import StreetNetwork

FILE_NAME = "basemap.pmtiles"
"""Of the basemap in the folder of a workspace."""

FIRST_ZOOM, LAST_ZOOM = 6, 14

LEAST_UNITS2 = 512.0
"""Areas smaller than this in a tile, square tile units, are left out below zoom `LAST_ZOOM`: a pixel or two."""

_ZOOM_OF_LINE = {
    **{"river": 8, "canal": 10, "stream": 12, "ditch": 14, "drain": 14},
    **{"rail": 9, "light_rail": 11, "subway": 12, "narrow_gauge": 11, "tram": 13, "funicular": 13},
}
_ZOOM_OF_PLACE = dict(zip(PLACES, (6, 10, 8, 11, 12, 10, 13, 12, 13), strict=True))
_ZOOM_OF_LAYER = {"buildings": 13, "water": FIRST_ZOOM, "green": 8}
_NAMED_AREA_ZOOM = 13

LAYERS: dict[str, str] = {
    "green": "Parks, woods, gardens, meadows",
    "water": "Lakes, rivers with an area",
    "waterways": "Rivers and brooks as lines",
    "buildings": "Buildings, from zoom 13 on",
    "rails": "Railways and trams",
    "streets": "Streets and ways by class",
    "places": "Names of places, waters and parks",
}
"""Layers in the order in which they are drawn, and what they hold."""


@dataclass(frozen=True)
class _Table:
    """A layer before it is cut into tiles: geometries in degrees, one row each."""

    drawn: Drawn
    geometries: npt.NDArray[np.object_]
    columns: dict[str, Sequence[str | int | None]]
    first_zooms: Ints


def write_basemap(path: Path, network: StreetNetwork, ground: Ground, *, on_progress: OnProgress = silent) -> Header:
    """Write the basemap of a street network and what lies around it; an older file is replaced when all is done.

    Parameters
    ----------
    on_progress
        Told how many tiles are done; may raise `geo_service.base.errors.Cancelled`, then the older file stays.

    Raises
    ------
    OSError
        When the disk is full or may not be written to.
    """
    tables = _tables(network, ground)
    bounds = _bounds(network)
    return write_pmtiles(
        path,
        _tiles({name: _LayerMaker(name, table) for name, table in tables.items()}, bounds, on_progress),
        bounds=bounds,
        zooms=(FIRST_ZOOM, LAST_ZOOM),
        metadata=_metadata(network, tables),
    )


class BasemapFile:
    """The basemap in the folder of a workspace."""

    def __init__(self, workspace: Path) -> None:
        self._path = workspace / FILE_NAME

    def clear(self) -> None:
        """Remove the file, if there is one."""
        self._path.unlink(missing_ok=True)

    def draw(self, network: StreetNetwork, ground: Ground, *, on_progress: OnProgress) -> str:
        """Make the file anew, and return what to tell about it; without one the streets are still good."""
        try:
            header = write_basemap(self._path, network, ground, on_progress=on_progress)
        except OSError as error:
            return f"no basemap was made ({error.strerror}): make room and import the streets again"
        size_mb = self._path.stat().st_size / 1e6
        return f"basemap: {header.addressed} tiles, {size_mb:.1f} MB, {len(ground.layers)} things around the streets"


def _metadata(network: StreetNetwork, tables: dict[str, _Table]) -> dict[str, Any]:
    layers = [
        {
            "id": name,
            "description": LAYERS[name],
            "minzoom": FIRST_ZOOM,
            "maxzoom": LAST_ZOOM,
            "fields": dict.fromkeys(table.columns, "String"),
        }
        for name, table in tables.items()
    ]
    told = {
        "name": "Basemap",
        "description": f"Streets, buildings, water, green, rails and names of {network.source}",
        "type": "baselayer",
        "version": "1",
        "attribution": network.licence,
        "vector_layers": layers,
    }
    return plain_values(told)


def _tables(network: StreetNetwork, ground: Ground) -> dict[str, _Table]:
    """Return the layers that hold anything, in the order in which they are drawn."""
    made = {
        "green": _areas(ground, "green"),
        "water": _areas(ground, "water"),
        "waterways": _lines(ground, "waterways"),
        "buildings": _areas(ground, "buildings"),
        "rails": _lines(ground, "rails"),
        "streets": _streets(network),
        "places": _places(ground),
    }
    return {name: made[name] for name in LAYERS if len(made[name].geometries)}


def _areas(ground: Ground, layer: Layer) -> _Table:
    mine = ground.of(layer)
    zooms = np.full(len(mine.kinds), _ZOOM_OF_LAYER[layer], np.int64)
    columns = {} if layer == "buildings" else _named(mine)
    return _Table(Drawn.POLYGON, mine.geometries, columns, zooms)


def _lines(ground: Ground, layer: Layer) -> _Table:
    mine = ground.of(layer)
    zooms = np.array([_ZOOM_OF_LINE.get(kind, LAST_ZOOM) for kind in mine.kinds], np.int64)
    return _Table(Drawn.LINE, mine.geometries, _named(mine), zooms)


def _named(ground: Ground) -> dict[str, Sequence[str | int | None]]:
    return {"kind": plain_values(ground.kinds), "name": plain_values(tuple(name or None for name in ground.names))}


def _streets(network: StreetNetwork) -> _Table:
    """Return the sections, those of the same way joined, so that names have room."""
    lines = list(network.lines())
    ways: dict[tuple[int, str, str], list[npt.NDArray[np.float64]]] = {}
    for line in lines:
        ways.setdefault((line.way, line.name, line.highway), []).append(line.lonlat)
    geometries = np.empty(len(ways), dtype=object)
    geometries[:] = [
        shapely.line_merge(shapely.multilinestrings([shapely.linestrings(one) for one in parts]))
        for parts in ways.values()
    ]
    classes = [highway for _, _, highway in ways]
    columns: dict[str, Sequence[str | int | None]] = {
        "kind": plain_values(tuple(classes)),
        "name": plain_values(tuple(name or None for _, name, _ in ways)),
    }
    zooms = np.array([STREET_ZOOMS.get(one, OTHER_STREETS_ZOOM) for one in classes], np.int64)
    return _Table(Drawn.LINE, geometries, columns, np.maximum(zooms, FIRST_ZOOM))


def _places(ground: Ground) -> _Table:
    """Return the named places, and a point in each named water and park."""
    mine = ground.of("places")
    points, kinds, names = list(mine.geometries), list(mine.kinds), list(mine.names)
    zooms = [_ZOOM_OF_PLACE[kind] for kind in mine.kinds]
    for layer in ("water", "green"):
        for name, geometry in zip(*_once_by_name(ground.of(layer)), strict=True):
            points.append(shapely.point_on_surface(geometry))
            kinds.append(layer)
            names.append(name)
            zooms.append(_NAMED_AREA_ZOOM)
    geometries = np.empty(len(points), dtype=object)
    geometries[:] = points
    columns: dict[str, Sequence[str | int | None]] = {
        "kind": plain_values(tuple(kinds)),
        "name": plain_values(tuple(names)),
    }
    return _Table(Drawn.POINT, geometries, columns, np.array(zooms, np.int64))


def _once_by_name(ground: Ground) -> tuple[list[str], list[shapely.Geometry]]:
    """Return each name with the largest area that bears it."""
    largest: dict[str, shapely.Geometry] = {}
    for name, geometry in zip(ground.names, ground.geometries, strict=True):
        if name and (name not in largest or geometry.area > largest[name].area):
            largest[name] = geometry
    return list(largest), list(largest.values())


class _LayerMaker:
    """A layer ready to be cut into tiles."""

    def __init__(self, name: str, table: _Table) -> None:
        self._name = name
        self._drawn = table.drawn
        self._first_zooms = table.first_zooms
        count = len(table.geometries)
        self._ids = np.arange(1, count + 1, dtype=np.uint64)
        self._attributes = Attributes.of(table.columns, count)
        self._shapes = Shapes(shapely.transform(table.geometries, to_web_mercator), table.drawn)
        self._areas_m2 = shapely.area(self._shapes.geometries)
        self._at_zoom: tuple[int, Shapes] = (LAST_ZOOM, self._shapes)

    def tile(self, address: TileAddress) -> bytes:
        """Return the layer's part of a tile."""
        zoom = address.zoom
        if self._at_zoom[0] != zoom:
            tolerance_m = TOLERANCE_UNITS * unit_m(zoom)
            self._at_zoom = zoom, self._shapes if zoom == LAST_ZOOM else self._shapes.simplified(tolerance_m)
        shapes = self._at_zoom[1]
        near = shapes.near(address)
        shown = self._first_zooms[near] <= zoom
        if self._drawn is Drawn.POLYGON and zoom < LAST_ZOOM:
            shown &= self._areas_m2[near] >= LEAST_UNITS2 * unit_m(zoom) ** 2
        features, drawing = shapes.draw(near[shown], address)
        return encode_layer(self._name, self._drawn, self._ids[features], self._attributes.take(features), drawing)


def _tiles(
    layers: dict[str, _LayerMaker], bounds: Bounds, on_progress: OnProgress
) -> Iterator[tuple[TileAddress, bytes]]:
    asked = [one for zoom in range(FIRST_ZOOM, LAST_ZOOM + 1) for one in _covering(bounds, zoom)]
    for done, address in enumerate(asked):
        on_progress(Progress("drawing the basemap", done, len(asked), note=f"zoom {address.zoom}"))
        yield address, b"".join(layer.tile(address) for layer in layers.values())
    on_progress(Progress("drawing the basemap", len(asked), len(asked)))


def _covering(bounds: Bounds, zoom: int) -> list[TileAddress]:
    """Return the tiles of a zoom that a box in degrees touches, in the order in which an archive keeps them."""
    west, south, east, north = bounds
    first, last = tile_at(west, north, zoom), tile_at(east, south, zoom)
    tiles = [
        TileAddress(zoom, column, row)
        for column in range(first.column, last.column + 1)
        for row in range(first.row, last.row + 1)
    ]
    return sorted(tiles, key=tile_id)


def _bounds(network: StreetNetwork) -> Bounds:
    """Return the box around the streets, degrees: woods and rivers may reach far beyond, and nobody goes there."""
    (west, south), (east, north) = network.shape_lonlat.min(axis=0).tolist(), network.shape_lonlat.max(axis=0).tolist()
    return west, south, east, north
