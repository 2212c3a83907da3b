"""Floor 7: geometries of a tile as MVT 2.1 drawing commands: clipped, on the tile's grid, valid, rightly oriented.

A polygon stays valid when its corners move to the nearest whole unit, as long as it is nowhere narrower than the sum
of two such moves. So what is wide enough goes into the tile as it is, and only the rest is looked at by itself.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import IntEnum
from functools import cached_property

import numpy as np
import numpy.typing as npt
import shapely

from geo_service.outputs.tile_grid import Bounds, TileAddress, unit_m
from geo_service.outputs.varint import Ints, UInts, ragged_positions, ragged_sums, zigzag

Geometries = npt.NDArray[np.object_]
Floats = npt.NDArray[np.float64]

SAFE_CLEARANCE_UNITS = math.sqrt(2)
"""Twice the furthest that rounding moves a corner: half the diagonal of a unit."""

_MOVE_TO, _LINE_TO, _CLOSE_PATH = 1, 2, 7
_UNKNOWN = -1.0


class Drawn(IntEnum):
    """What a layer draws, numbered as in MVT 2.1, 4.3.4."""

    POINT = 1
    LINE = 2
    POLYGON = 3


_PART_TYPE: dict[Drawn, int] = {Drawn.POINT: 0, Drawn.LINE: 1, Drawn.POLYGON: 3}
_POLYGONAL = (3, 6)


@dataclass(frozen=True)
class Paths:
    """Geometries as flat arrays: a path is a ring without its closing corner, a line, or all points of a feature.

    Attributes
    ----------
    xy
        Corners, shape (k, 2).
    corners
        How many corners each path has.
    paths
        How many paths each feature has; 0 for what has no geometry. A polygon's holes follow their exterior.
    """

    xy: Floats
    corners: Ints
    paths: Ints

    @classmethod
    def of(cls, geometries: Geometries, drawn: Drawn) -> Paths:
        """Take geometries apart; parts of another kind than ``drawn`` are left out."""
        parts, feature = shapely.get_parts(geometries, return_index=True)
        fits = shapely.get_type_id(parts) == _PART_TYPE[drawn]
        parts, feature = parts[fits], feature[fits]
        if drawn is Drawn.POLYGON:
            parts, polygon = shapely.get_rings(parts, return_index=True)
            feature = feature[polygon]
        xy, part = shapely.get_coordinates(parts, return_index=True)
        if drawn is Drawn.POINT:
            points = np.bincount(feature, minlength=len(geometries))
            return cls(xy, points[points > 0], (points > 0).astype(np.int64))
        corners = np.bincount(part, minlength=len(parts))
        if drawn is Drawn.POLYGON:
            xy, corners = np.delete(xy, np.cumsum(corners) - 1, axis=0), corners - 1
        return cls(xy, corners, np.bincount(feature, minlength=len(geometries)))

    @cached_property
    def _first_corner(self) -> Ints:
        return np.cumsum(self.corners) - self.corners

    @cached_property
    def _first_path(self) -> Ints:
        return np.cumsum(self.paths) - self.paths

    def take(self, features: Ints) -> Paths:
        """Return the paths of some features, in their order."""
        paths = self.paths[features]
        chosen = ragged_positions(self._first_path[features], paths)
        corners = self.corners[chosen]
        return Paths(self.xy[ragged_positions(self._first_corner[chosen], corners)], corners, paths)

    def followed_by(self, other: Paths) -> Paths:
        """Return these features and, after them, others."""
        return Paths(
            np.concatenate([self.xy, other.xy]),
            np.concatenate([self.corners, other.corners]),
            np.concatenate([self.paths, other.paths]),
        )


class Shapes:
    """The geometries of a layer at one level of detail, ready to be drawn into tiles.

    Parameters
    ----------
    geometries
        In metres of EPSG:3857; None where there is none. Polygons are mended where they are not valid.
    drawn
        What they are; parts of another kind are left out.
    """

    def __init__(self, geometries: Geometries, drawn: Drawn) -> None:
        if drawn is Drawn.POLYGON:
            broken = ~(shapely.is_valid(geometries) | shapely.is_missing(geometries))
            geometries = geometries.copy()
            geometries[broken] = shapely.make_valid(geometries[broken], method="structure", keep_collapsed=False)
            geometries = shapely.orient_polygons(shapely.remove_repeated_points(geometries), exterior_cw=True)
        self.geometries = geometries
        self.drawn = drawn
        self._paths = Paths.of(geometries, drawn)
        self._bounds = shapely.bounds(geometries)
        self._clearances_m = np.full(len(geometries), _UNKNOWN)
        self._tree = shapely.STRtree(geometries)

    def __len__(self) -> int:
        """Count the features, those without a geometry included."""
        return len(self.geometries)

    def near(self, address: TileAddress) -> Ints:
        """Return the features whose boxes touch a tile with its buffer, in order."""
        return np.sort(self._tree.query(shapely.box(*address.drawn_bounds))).astype(np.int64)

    def simplified(self, tolerance_m: float) -> Shapes:
        """Return the shapes with fewer corners; none moves by more than ``tolerance_m`` metres of EPSG:3857."""
        if self.drawn is Drawn.POINT:
            return self
        return Shapes(shapely.simplify(self.geometries, tolerance_m, preserve_topology=True), self.drawn)

    def draw(self, features: Ints, address: TileAddress) -> tuple[Ints, Drawing]:
        """Draw features into a tile.

        Returns
        -------
        tuple
            Which feature each row of the drawing is, and the drawing; what has nothing to show is left out.
        """
        whole = self._stays_whole(features, address)
        plain = self._paths.take(features[whole])
        apart = _cut_to_grid(self.geometries[features[~whole]], self._bounds[features[~whole]], self.drawn, address)
        paths = Paths(np.rint(address.to_units(plain.xy)), plain.corners, plain.paths).followed_by(apart)
        drawing = Drawing.of(paths, self.drawn)
        shown = np.concatenate([features[whole], features[~whole]])[drawing.lengths > 0]
        return shown, Drawing(drawing.commands, drawing.lengths[drawing.lengths > 0])

    def _stays_whole(self, features: Ints, address: TileAddress) -> npt.NDArray[np.bool_]:
        """Tell which features may have all their corners rounded and nothing else."""
        whole = _inside(self._bounds[features], address.drawn_bounds)
        if self.drawn is Drawn.POLYGON:
            unknown = features[whole & (self._clearances_m[features] == _UNKNOWN)]
            self._clearances_m[unknown] = shapely.minimum_clearance(self.geometries[unknown])
            whole &= self._clearances_m[features] > SAFE_CLEARANCE_UNITS * unit_m(address.zoom)
        return whole


@dataclass(frozen=True)
class Drawing:
    """Drawing commands of MVT 2.1, 4.3.

    Attributes
    ----------
    commands
        Command integers and their parameters, feature after feature.
    lengths
        How many of them each feature has.
    """

    commands: UInts
    lengths: Ints

    def followed_by(self, other: Drawing) -> Drawing:
        """Return this drawing and another one after it."""
        return Drawing(np.concatenate([self.commands, other.commands]), np.concatenate([self.lengths, other.lengths]))

    @classmethod
    def of(cls, paths: Paths, drawn: Drawn) -> Drawing:
        """Turn paths with whole coordinates into commands; lines that shrank to a point are left out."""
        xy, corners, paths_of = paths.xy.astype(np.int64), paths.corners, paths.paths
        if drawn is Drawn.LINE:
            xy, corners, paths_of = _without_repeats(xy, corners, paths_of)
        first_corner = np.cumsum(corners) - corners
        steps = np.diff(xy, axis=0, prepend=np.zeros((1, 2), np.int64))
        begins = first_corner[(np.cumsum(paths_of) - paths_of)[paths_of > 0]]
        steps[begins] = xy[begins]  # the pen starts each feature at the tile's corner
        lengths = 2 * corners + {Drawn.POINT: 1, Drawn.LINE: 2, Drawn.POLYGON: 3}[drawn]
        ends = np.cumsum(lengths)
        starts = ends - lengths
        commands = np.empty(int(lengths.sum()), np.uint64)
        place = np.arange(len(xy)) - np.repeat(first_corner, corners)
        if drawn is Drawn.POINT:
            commands[starts] = corners << 3 | _MOVE_TO
            after_command = 1 + 2 * place
        else:
            commands[starts] = 1 << 3 | _MOVE_TO
            commands[starts + 3] = (corners - 1) << 3 | _LINE_TO
            after_command = 1 + 2 * place + (place > 0)
        if drawn is Drawn.POLYGON:
            commands[ends - 1] = 1 << 3 | _CLOSE_PATH
        at = np.repeat(starts, corners) + after_command
        commands[at], commands[at + 1] = zigzag(steps).T
        return cls(commands, ragged_sums(lengths, paths_of))


def _cut_to_grid(geometries: Geometries, bounds: Floats, drawn: Drawn, address: TileAddress) -> Paths:
    """Clip geometries to the drawn square and put them on whole units, valid again where rounding broke them."""
    box = address.drawn_bounds
    crossing = ~_inside(bounds, box)
    geometries = geometries.copy()
    if drawn is not Drawn.POLYGON:
        geometries[crossing] = shapely.clip_by_rect(geometries[crossing], *box)
        paths = Paths.of(geometries, drawn)
        return Paths(np.rint(address.to_units(paths.xy)), paths.corners, paths.paths)
    geometries[crossing] = _polygonal(shapely.intersection(geometries[crossing], shapely.box(*box)))
    exact = shapely.transform(geometries, address.to_units)
    rounded = shapely.transform(exact, np.rint)
    sound = shapely.is_valid(rounded)
    rounded[sound] = shapely.remove_repeated_points(rounded[sound])
    rounded[~sound] = shapely.set_precision(exact[~sound], grid_size=1.0, mode="valid_output")
    return Paths.of(shapely.orient_polygons(rounded, exterior_cw=False), drawn)


def _polygonal(geometries: Geometries) -> Geometries:
    """Keep only what has an area."""
    odd = ~np.isin(shapely.get_type_id(geometries), _POLYGONAL)
    geometries[odd] = shapely.buffer(geometries[odd], 0)
    return geometries


def _inside(bounds: Floats, box: Bounds) -> npt.NDArray[np.bool_]:
    west, south, east, north = bounds.T
    inside: npt.NDArray[np.bool_] = (west >= box[0]) & (south >= box[1]) & (east <= box[2]) & (north <= box[3])
    return inside


def _without_repeats(xy: Ints, corners: Ints, paths: Ints) -> tuple[Ints, Ints, Ints]:
    """Drop corners that repeat the one before, and lines of which one corner is left."""
    kept = np.ones(len(xy), bool)
    kept[1:] = (xy[1:] != xy[:-1]).any(axis=1)
    kept[np.cumsum(corners) - corners] = True
    counts = ragged_sums(kept.astype(np.int64), corners)
    is_line = counts > 1
    kept &= np.repeat(is_line, corners)
    return xy[kept], counts[is_line], ragged_sums(is_line.astype(np.int64), paths)
