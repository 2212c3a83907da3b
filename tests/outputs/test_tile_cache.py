"""Kept tiles: found again, packed when worth it, never more than allowed."""

from __future__ import annotations

import gzip

from hypothesis import given
from hypothesis import strategies as st

from geo_service.outputs.tile_cache import GZIP_FROM_BYTES, Tile, TileCache


def test_large_tiles_are_packed_and_the_same_each_time() -> None:
    body = bytes(range(256)) * 10
    assert Tile.of(body) == Tile.of(body)
    assert gzip.decompress(Tile.of(body).packed) == body
    assert Tile.of(bytes(GZIP_FROM_BYTES - 1)).packed is None


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 2000)), max_size=40))
def test_never_keeps_more_than_allowed(puts) -> None:
    cache = TileCache(5000)
    kept: dict[int, Tile] = {}
    for key, size in puts:
        tile = kept[key] = Tile(bytes(size), None)
        cache.put(key, tile)
        found = {key: cache.get(key) for key in kept}
        assert sum(one.size for one in found.values() if one) <= 5000
        assert all(one is None or one is kept[key] for key, one in found.items())
        assert found[key] is tile


def test_the_longest_unused_goes_first() -> None:
    tile = Tile(bytes(1000), None)
    cache = TileCache(3 * tile.size)
    for key in "abc":
        cache.put(key, tile)
    cache.get("a")
    cache.put("d", tile)
    assert [key for key in "abcd" if cache.get(key)] == ["a", "c", "d"]
    assert len(cache) == 3


def test_a_tile_beyond_the_bound_is_not_kept() -> None:
    cache = TileCache(100)
    cache.put("a", Tile(bytes(1000), None))
    assert cache.get("a") is None
    cache.put("b", Tile(b"", None))
    assert len(cache) == 0
