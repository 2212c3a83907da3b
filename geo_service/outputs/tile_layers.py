"""Floor 7: the collections as layers of vector tiles: what is drawn from which zoom on, with which attributes.

From zoom 14 on a tile carries everything that the reader may see. Below, features have what a style needs to colour
them, and outlines lose corners that nobody could see. Plots are single from zoom 13 on; further out they are counted
in cells (`geo_service.outputs.plot_counts`). Streets come in by class.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from threading import Lock
from typing import Protocol

import numpy as np
import numpy.typing as npt
import shapely

from geo_service.outputs.collections import PLOTS, QUARTERS, ROUTES, STREETS, VISITS, Collection, Property
from geo_service.outputs.feature_columns import Texts
from geo_service.outputs.feature_table import FeatureTable
from geo_service.outputs.features import Features
from geo_service.outputs.plot_counts import COUNTS_LAYER, PlotCounts, count_properties
from geo_service.outputs.record_layers import RECORD_LAYERS
from geo_service.outputs.tile_geometry import Drawing, Drawn, Geometries, Shapes
from geo_service.outputs.tile_grid import LAST_ZOOM, Bounds, TileAddress, to_web_mercator, unit_m
from geo_service.outputs.varint import Ints, UInts
from geo_service.outputs.vector_tile import Attributes, Value, encode_layer, feature_ids

Mask = npt.NDArray[np.bool_]

FULL_ZOOM = 14
"""From here on features have all their attributes and all their corners."""

SINGLE_PLOTS_ZOOM = 13
"""From here on plots are drawn one by one."""

TOLERANCE_UNITS = 2
"""How far a corner may move below `FULL_ZOOM`: a quarter of a pixel where a tile is 512 pixels wide."""

OTHER_STREETS_ZOOM = 14

STREET_ZOOMS = {
    **dict.fromkeys(("motorway", "trunk"), 6),
    **dict.fromkeys(("primary", "motorway_link", "trunk_link"), 9),
    **dict.fromkeys(("secondary", "primary_link"), 11),
    **dict.fromkeys(("tertiary", "secondary_link"), 12),
    **dict.fromkeys(("residential", "living_street", "unclassified", "tertiary_link", "pedestrian"), 13),
}
"""Class of a street -> the zoom from which it is drawn; others come with `OTHER_STREETS_ZOOM`."""

BRIEF = {
    QUARTERS.name: ("key", "name", "short"),
    PLOTS.name: ("code", "state", "tenure_kind", "tenure_until", "due_on", "last_visit_on"),
    STREETS.name: ("name", "highway"),
    VISITS.name: ("id", "status", "crew", "date"),
    ROUTES.name: ("id", "crew", "colour", "date"),
    **{name: ("id", *layer.brief) for name, layer in RECORD_LAYERS.items()},
}
"""What features of a collection carry below `FULL_ZOOM`, as far as the reader may see it."""

_DRAWN = {"Point": Drawn.POINT, "LineString": Drawn.LINE, "Polygon": Drawn.POLYGON}
_TYPE_IDS = {
    Drawn.POINT: (shapely.GeometryType.POINT, shapely.GeometryType.MULTIPOINT),
    Drawn.LINE: (shapely.GeometryType.LINESTRING, shapely.GeometryType.MULTILINESTRING),
    Drawn.POLYGON: (shapely.GeometryType.POLYGON, shapely.GeometryType.MULTIPOLYGON),
}
_WITH_ID = frozenset({VISITS.name, ROUTES.name, *RECORD_LAYERS})
_ID = Property("id", "string", "Kennung wie in den Daten", "id as in the items")


@dataclass(frozen=True)
class LayerText:
    """What a layer is, for those who style it.

    Attributes
    ----------
    geometry
        What it draws; None: points, lines and areas.
    first_zoom, last_zoom
        Between which zooms tiles have it.
    """

    name: str
    title: str
    what: str
    geometry: Drawn | None
    first_zoom: int
    last_zoom: int
    properties: tuple[Property, ...]


def layer_texts(collection: Collection, *, public_only: bool) -> tuple[LayerText, ...]:
    """Return the layers that tiles of a collection have for a reader."""
    properties = tile_properties(collection, public_only=public_only)
    first_zoom = {PLOTS.name: SINGLE_PLOTS_ZOOM, STREETS.name: min(STREET_ZOOMS.values())}.get(collection.name, 0)
    single = LayerText(
        collection.name,
        f"{collection.title_de} · {collection.title_en}",
        f"{collection.what_de} · {collection.what_en}",
        _DRAWN.get(collection.geometry),
        first_zoom,
        LAST_ZOOM,
        properties,
    )
    if collection is not PLOTS:
        return (single,)
    counts = LayerText(
        COUNTS_LAYER,
        "Flächen, gezählt · Plots, counted",
        "Anzahl und Größe der Flächen je Zelle · How many plots a cell holds, and their area",
        Drawn.POINT,
        0,
        SINGLE_PLOTS_ZOOM - 1,
        count_properties(public_only=public_only),
    )
    return counts, single


def tile_properties(collection: Collection, *, public_only: bool) -> tuple[Property, ...]:
    """Return the properties of features in tiles: those of the items, and the id where that is not one of them."""
    seen = collection.seen(public_only=public_only)
    return (_ID, *seen) if collection.name in _WITH_ID else seen


class Layer(Protocol):
    """What can be asked for tiles."""

    @property
    def bounds(self) -> Bounds | None:
        """Where its features lie, degrees; None when there are none."""
        ...

    def tile(self, address: TileAddress) -> bytes:
        """Return the layer's part of a tile, empty when nothing lies there."""
        ...


@dataclass(frozen=True)
class _Part:
    """Features of a layer as they are drawn into a tile."""

    ids: UInts
    drawn: Ints
    attributes: Attributes
    drawing: Drawing

    def followed_by(self, other: _Part) -> _Part:
        return _Part(
            np.concatenate([self.ids, other.ids]),
            np.concatenate([self.drawn, other.drawn]),
            self.attributes.followed_by(other.attributes),
            self.drawing.followed_by(other.drawing),
        )


class FeatureLayer:
    """The features of a collection, prepared for tiles.

    Tiles may be asked for by several threads at once.

    Parameters
    ----------
    ids, geometries, attributes
        Of the features, as the reader may see them; geometries in degrees.
    first_zooms
        From which zoom on each feature is drawn.
    drawn
        What is drawn of a collection that mixes geometries; the others are left out.
    """

    def __init__(
        self,
        collection: Collection,
        ids: Sequence[str | int],
        geometries: Geometries,
        attributes: Attributes,
        *,
        first_zooms: Sequence[int] | None = None,
        drawn: Drawn | None = None,
    ) -> None:
        self.bounds = _bounds(geometries)
        self._name = collection.name
        self._drawn = drawn or _DRAWN[collection.geometry]
        self._ids = feature_ids(ids)
        self._full = attributes
        self._brief = attributes.only(BRIEF[collection.name])
        self._first_zooms = None if first_zooms is None else np.array(first_zooms, np.int64)
        self._shapes = Shapes(shapely.transform(geometries, to_web_mercator), self._drawn)
        self._coarser: dict[int, Shapes] = {}
        self._simplifying = Lock()

    @classmethod
    def of(
        cls, collection: Collection, features: Features, *, public_only: bool, first_zooms: Sequence[int] | None = None
    ) -> FeatureLayer:
        """Prepare features."""
        attributes = _attributes_of(collection, features, public_only=public_only)
        return cls(collection, features.ids, features.geometries, attributes, first_zooms=first_zooms)

    @classmethod
    def of_table(
        cls, collection: Collection, table: FeatureTable, *, public_only: bool, first_zooms: Sequence[int] | None = None
    ) -> FeatureLayer:
        """Prepare the features of a table, column by column: there are very many of them."""
        attributes = _attributes_of_table(collection, table, public_only=public_only)
        return cls(collection, table.ids.tolist(), table.geometries, attributes, first_zooms=first_zooms)

    def tile(self, address: TileAddress) -> bytes:
        """Return the layer's part of a tile, empty when nothing lies there."""
        return self._encoded(self._part(address))

    def tile_edited(self, address: TileAddress, hidden: Mask, new: FeatureLayer) -> bytes:
        """Return the layer's part of a tile without the features that are hidden, and with those of another layer."""
        return self._encoded(self._part(address, hidden).followed_by(new._part(address)))

    def _encoded(self, part: _Part) -> bytes:
        return encode_layer(self._name, part.drawn, part.ids, part.attributes, part.drawing)

    def _part(self, address: TileAddress, hidden: Mask | None = None) -> _Part:
        shapes = self._at(address.zoom)
        near = shapes.near(address)
        shown = self._shown(near if hidden is None else near[~hidden[near]], address.zoom)
        features, drawing = shapes.draw(shown, address)
        attributes = self._full if address.zoom >= FULL_ZOOM else self._brief
        kinds = np.full(len(features), self._drawn, np.int64)
        return _Part(self._ids[features], kinds, attributes.take(features), drawing)

    def _shown(self, features: Ints, zoom: int) -> Ints:
        return features if self._first_zooms is None else features[self._first_zooms[features] <= zoom]

    def _at(self, zoom: int) -> Shapes:
        """Return the shapes with the detail that a zoom shows, made when first asked for."""
        if zoom >= FULL_ZOOM:
            return self._shapes
        with self._simplifying:
            if zoom not in self._coarser:
                self._coarser[zoom] = self._shapes.simplified(TOLERANCE_UNITS * unit_m(zoom))
            return self._coarser[zoom]


class MixedLayer:
    """Points, lines and areas of one collection, which stand together in one layer of a tile, areas first."""

    def __init__(
        self, collection: Collection, ids: Sequence[str | int], geometries: Geometries, attributes: Attributes
    ) -> None:
        self._name = collection.name
        self._kinds = [
            FeatureLayer(collection, ids, _only(geometries, drawn), attributes, drawn=drawn)
            for drawn in (Drawn.POLYGON, Drawn.LINE, Drawn.POINT)
        ]
        self.bounds = _bounds(geometries)

    def tile(self, address: TileAddress) -> bytes:
        """Return the layer's part of a tile, empty when nothing lies there."""
        areas, lines, points = (one._part(address) for one in self._kinds)
        part = areas.followed_by(lines).followed_by(points)
        return encode_layer(self._name, part.drawn, part.ids, part.attributes, part.drawing)


def _only(geometries: Geometries, drawn: Drawn) -> Geometries:
    """Return the geometries of a kind; None in place of others."""
    chosen = geometries.copy()
    chosen[~np.isin(shapely.get_type_id(geometries), _TYPE_IDS[drawn])] = None
    return chosen


class PlotLayer:
    """The plots, one by one from `SINGLE_PLOTS_ZOOM` on and counted further out."""

    def __init__(self, single: FeatureLayer, counts: PlotCounts) -> None:
        self._single = single
        self._counts = counts
        self.bounds = single.bounds

    @classmethod
    def of(cls, features: Features, *, public_only: bool) -> PlotLayer:
        """Prepare plots that are told as features."""
        single = FeatureLayer.of(PLOTS, features, public_only=public_only)
        return cls(single, PlotCounts.of(features, public_only=public_only))

    def tile(self, address: TileAddress) -> bytes:
        """Return the layer's part of a tile, empty when nothing lies there."""
        chosen = self._single if address.zoom >= SINGLE_PLOTS_ZOOM else self._counts
        return chosen.tile(address)

    def edited(self, hidden: Mask, features: Features, *, public_only: bool) -> EditedPlotLayer:
        """Return the layer without the features that are hidden, and with others, without making it anew."""
        new = PlotLayer.of(features, public_only=public_only)
        return EditedPlotLayer(self._single, hidden, new._single, self._counts.edited(hidden, new._counts))


class EditedPlotLayer:
    """The plots after some edits: those of an older layer that stayed, and those that came or changed."""

    def __init__(self, single: FeatureLayer, hidden: Mask, new: FeatureLayer, counts: PlotCounts) -> None:
        self._single, self._hidden, self._new = single, hidden, new
        self._counts = counts
        boxes = [one.bounds for one in (single, new) if one.bounds is not None]
        self.bounds = whole_bounds(boxes)

    def tile(self, address: TileAddress) -> bytes:
        """Return the layer's part of a tile, empty when nothing lies there."""
        if address.zoom < SINGLE_PLOTS_ZOOM:
            return self._counts.tile(address)
        return self._single.tile_edited(address, self._hidden, self._new)


def whole_bounds(boxes: Sequence[Bounds | None]) -> Bounds | None:
    """Return the box around some boxes, None around none."""
    known = np.array([one for one in boxes if one is not None])
    if not len(known):
        return None
    west, south = known[:, :2].min(axis=0).tolist()
    east, north = known[:, 2:].max(axis=0).tolist()
    return west, south, east, north


def layer_of(collection: Collection, features: Features, *, public_only: bool) -> Layer:
    """Prepare a collection for tiles.

    Parameters
    ----------
    features
        As the reader may see them: what is not to be seen must not be in there.
    """
    if collection is PLOTS:
        return PlotLayer.of(features, public_only=public_only)
    if collection.geometry == "Geometry":
        attributes = _attributes_of(collection, features, public_only=public_only)
        return MixedLayer(collection, features.ids, features.geometries, attributes)
    zooms = _street_zooms(row["highway"] for row in features.properties) if collection is STREETS else None
    return FeatureLayer.of(collection, features, public_only=public_only, first_zooms=zooms)


def layer_of_table(collection: Collection, table: FeatureTable, *, public_only: bool) -> Layer:
    """Prepare a collection for tiles that stands in a table, as the reader may see it."""
    if collection.geometry == "Geometry":
        attributes = _attributes_of_table(collection, table, public_only=public_only)
        return MixedLayer(collection, table.ids.tolist(), table.geometries, attributes)
    zooms = None
    if collection is STREETS:
        classes = table.columns["highway"]
        zooms = _street_zooms(classes.value_at(place) for place in range(len(table)))
    single = FeatureLayer.of_table(collection, table, public_only=public_only, first_zooms=zooms)
    return PlotLayer(single, PlotCounts.of_table(table, public_only=public_only)) if collection is PLOTS else single


def _attributes_of(collection: Collection, features: Features, *, public_only: bool) -> Attributes:
    columns = {
        name: [
            key if name == _ID.name else row.get(name)
            for key, row in zip(features.ids, features.properties, strict=True)
        ]
        for name in (one.name for one in tile_properties(collection, public_only=public_only))
    }
    return Attributes.of(columns, len(features.ids))


def _attributes_of_table(collection: Collection, table: FeatureTable, *, public_only: bool) -> Attributes:
    coded = {one.name: _coded(one, table) for one in tile_properties(collection, public_only=public_only)}
    return Attributes.of_coded(coded, len(table))


def _street_zooms(classes: Iterable[object]) -> list[int]:
    return [STREET_ZOOMS.get(str(one), OTHER_STREETS_ZOOM) for one in classes]


def _bounds(geometries: Geometries) -> Bounds | None:
    box = shapely.total_bounds(geometries) if len(geometries) else np.full(4, np.nan)
    if np.isnan(box).any():
        return None
    west, south, east, north = box.tolist()
    return west, south, east, north


def _coded(one: Property, table: FeatureTable) -> tuple[Sequence[Value], Ints]:
    """Return the different values of a property, and which of them each feature has; -1 for none."""
    if one.name == _ID.name:
        return table.ids.tolist(), np.arange(len(table))
    column = table.columns.get(one.name)
    if column is None:  # not for this reader
        return [], np.full(len(table), -1)
    if isinstance(column, Texts):
        return column.texts.tolist(), column.codes.astype(np.int64)
    known = ~column.missing()
    values, codes = np.unique(column.numbers[known], return_inverse=True)
    out = np.full(len(table), -1)
    out[known] = codes
    kind: Callable[[float], Value] = {"boolean": bool, "integer": int}.get(one.type, float)
    return [kind(value) for value in values.tolist()], out
