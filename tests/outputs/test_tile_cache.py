"""Kept tiles: found again, packed when worth it, never more than allowed."""

from __future__ import annotations

import gzip
import random

import brotli
from hypothesis import given
from hypothesis import strategies as st

from geo_service.outputs.tile_cache import GZIP_FROM_BYTES, Tile, TileCache


def test_tiles_are_packed_once_when_asked_for_and_the_same_each_time() -> None:
    body = bytes(range(256)) * 10
    tile = Tile(body)
    assert tile.is_worth_packing
    assert not tile.has("gzip")
    assert gzip.decompress(tile.packed("gzip")) == body
    assert tile.has("gzip")
    assert not tile.has("br")
    assert tile.packed("gzip") is tile.packed("gzip")
    assert tile.packed("gzip") == Tile(body).packed("gzip")
    assert brotli.decompress(tile.packed("br")) == tile.packed("") == body
    assert not Tile(bytes(GZIP_FROM_BYTES - 1)).is_worth_packing


def test_what_was_packed_meanwhile_counts() -> None:
    tile, other = Tile(random.Random(1).randbytes(1000)), Tile(bytes(1000))
    cache = TileCache(tile.size + other.size)
    cache.put("a", other)
    cache.put("b", tile)
    assert cache.get("a") is other
    assert cache.get("b") is tile
    tile.packed("gzip")
    cache.put("b", tile)
    assert cache.get("a") is None
    assert cache.get("b") is tile


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 2000)), max_size=40))
def test_never_keeps_more_than_allowed(puts) -> None:
    cache = TileCache(5000)
    kept: dict[int, Tile] = {}
    for key, size in puts:
        tile = kept[key] = Tile(bytes(size))
        cache.put(key, tile)
        found = {key: cache.get(key) for key in kept}
        assert sum(one.size for one in found.values() if one) <= 5000
        assert all(one is None or one is kept[key] for key, one in found.items())
        assert found[key] is tile


def test_the_longest_unused_goes_first() -> None:
    tile = Tile(bytes(1000))
    cache = TileCache(3 * tile.size)
    for key in "abc":
        cache.put(key, tile)
    cache.get("a")
    cache.put("d", tile)
    assert [key for key in "abcd" if cache.get(key)] == ["a", "c", "d"]
    assert len(cache) == 3


def test_a_tile_beyond_the_bound_is_not_kept() -> None:
    cache = TileCache(100)
    cache.put("a", Tile(bytes(1000)))
    assert cache.get("a") is None
    cache.put("b", Tile(b""))
    assert len(cache) == 0
