"""Floor 8: from the store to tiles: layers made once per revision of the data, tiles kept as long as there is room."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from threading import Lock

from anyio import CapacityLimiter

from geo_service.api.feature_source import features_of
from geo_service.api.field_rules import PUBLIC, sight_of
from geo_service.outputs.collections import COLLECTIONS
from geo_service.outputs.tile_cache import Tile, TileCache
from geo_service.outputs.tile_grid import TileAddress
from geo_service.outputs.tile_layers import Layer, layer_of
from geo_service.store.protocol import Store

MOST_BYTES = 64_000_000
"""What kept tiles may take together."""

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


class TileSource:
    """Makes tiles from the store, in worker threads of its own."""

    def __init__(self) -> None:
        self.threads = CapacityLimiter(MOST_THREADS)
        self._tiles = TileCache(MOST_BYTES)
        self._layers: dict[tuple[str, str], tuple[int, Layer]] = {}
        self._locks: defaultdict[tuple[str, str], Lock] = defaultdict(Lock)

    def kept(self, key: TileKey) -> Tile | None:
        """Return a tile that was made before, None when there is none."""
        return self._tiles.get(key)

    def make(self, store: Store, key: TileKey, role: str) -> Tile:
        """Make a tile for a role with the sight of the key, unless another thread has just done so."""
        tile = self._tiles.get(key)
        if tile is None:
            layers = (self.layer(store, name, key.revision, role) for name in key.collections)
            tile = Tile.of(b"".join(layer.tile(key.address) for layer in layers))
            self._tiles.put(key, tile)
        return tile

    def layer(self, store: Store, name: str, revision: int, role: str) -> Layer:
        """Return a collection prepared for tiles as a role sees it, at least as new as a revision of the data."""
        sight = sight_of(role)
        with self._locks[(name, sight)]:
            kept = self._layers.get((name, sight))
            if kept is None or kept[0] < revision:
                collection = COLLECTIONS[name]
                features = features_of(store, collection, role=role)
                layer = layer_of(collection, features, public_only=sight == PUBLIC)
                kept = self._layers[(name, sight)] = (revision, layer)
            return kept[1]
