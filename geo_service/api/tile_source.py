"""Floor 8: from tables of features to tiles: layers take edits in, tiles are kept as long as there is room."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from threading import Lock

import numpy as np
from anyio import CapacityLimiter

from geo_service.api.feature_source import FeatureSource, edited_plots
from geo_service.api.field_rules import PUBLIC, sight_of
from geo_service.api.revisions import Revisions
from geo_service.outputs.collections import COLLECTIONS, Collection
from geo_service.outputs.feature_columns import Places
from geo_service.outputs.feature_table import FeatureTable
from geo_service.outputs.tile_cache import Tile, TileCache
from geo_service.outputs.tile_grid import TileAddress
from geo_service.outputs.tile_layers import Layer, PlotLayer, layer_of_table
from geo_service.store.protocol import Store

MOST_BYTES = 64_000_000
"""What kept tiles may take together."""

MOST_EDITED = 1_000
"""Plots that are drawn beside an older layer before it is made anew."""

MOST_THREADS = 2
"""How many tiles are made at the same time; more would only take turns."""


@dataclass(frozen=True)
class TileKey:
    """What a tile shows, of which state of the data, for whom.

    Attributes
    ----------
    collections
        Names, in the order in which the tile has them.
    revision
        Of the data.
    sight
        The same text for all roles that see the same, see `geo_service.api.field_rules.sight_of`.
    """

    collections: tuple[str, ...]
    revision: int
    sight: str
    address: TileAddress


@dataclass(frozen=True)
class _Kept:
    """A layer, and what it was made of.

    Attributes
    ----------
    revision
        At which the layer is.
    base, base_table, base_revision
        The layer made last of all features, of which table, and when: edits are put in since then.
    """

    revision: int
    table: FeatureTable
    layer: Layer
    base: Layer
    base_table: FeatureTable
    base_revision: int


class TileSource:
    """Makes tiles from the tables of features, in worker threads of its own."""

    def __init__(self, features: FeatureSource, revisions: Revisions) -> None:
        self.threads = CapacityLimiter(MOST_THREADS)
        self._features = features
        self._revisions = revisions
        self._tiles = TileCache(MOST_BYTES)
        self._layers: dict[tuple[str, str], _Kept] = {}
        self._locks: defaultdict[tuple[str, str], Lock] = defaultdict(Lock)

    def kept(self, key: TileKey) -> Tile | None:
        """Return a tile that was made before, None when there is none."""
        return self._tiles.get(key)

    def make(self, store: Store, key: TileKey, role: str, packing: str) -> Tile:
        """Make a tile for a role with the sight of the key, and pack it, unless another thread has just done so.

        Parameters
        ----------
        packing
            ``gzip``, ``br`` or nothing.
        """
        tile = self._tiles.get(key)
        if tile is None:
            layers = [self.layer(store, name, role) for name in key.collections]
            tile = Tile(b"".join(layer.tile(key.address) for layer in layers))
        if tile.is_worth_packing:
            tile.packed(packing)
        self._tiles.put(key, tile)
        return tile

    def layer(self, store: Store, name: str, role: str) -> Layer:
        """Return a collection prepared for tiles as a role sees it, as new as the data when it was asked for."""
        collection, sight = COLLECTIONS[name], sight_of(role)
        revision = self._revisions.of_collections(store, [collection])
        with self._locks[(name, sight)]:
            kept = self._layers.get((name, sight))
            if kept is None or kept.revision < revision:
                table = self._features.get(store, collection, revision, role).table
                kept = self._layers[(name, sight)] = _newer(store, collection, kept, table, revision, sight == PUBLIC)
            return kept.layer


def _newer(
    store: Store, collection: Collection, kept: _Kept | None, table: FeatureTable, revision: int, public_only: bool
) -> _Kept:
    """Return a layer of a newer table: the older one with the edits since it was made, where they are few."""
    if kept is not None and table is kept.table:
        return replace(kept, revision=revision)
    if kept is not None and isinstance(kept.base, PlotLayer):
        names = edited_plots(store, collection, kept.base_revision)
        if names is not None and len(names) <= MOST_EDITED:
            layer = _edited(kept.base, kept.base_table, table, names, public_only)
            return replace(kept, revision=revision, table=table, layer=layer)
    made = layer_of_table(collection, table, public_only=public_only)
    return _Kept(revision, table, made, made, table, revision)


def _edited(
    base: PlotLayer, base_table: FeatureTable, table: FeatureTable, names: frozenset[str], public_only: bool
) -> Layer:
    hidden = np.zeros(len(base_table), dtype=np.bool_)
    hidden[_places(base_table, names)] = True
    return base.edited(hidden, table.features(_places(table, names)), public_only=public_only)


def _places(table: FeatureTable, names: frozenset[str]) -> Places:
    found = (table.place_of(key) for key in table.made_of(names))
    return np.array([place for place in found if place is not None], dtype=np.intp)
