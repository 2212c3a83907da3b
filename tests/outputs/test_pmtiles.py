"""PMTiles: what we write is read back by another program and by ours; the same tiles make the same bytes."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pmtiles.reader import MemorySource, all_tiles
from pmtiles.reader import Reader as OtherReader
from pmtiles.tile import Compression, TileType, zxy_to_tileid

from geo_service.base.errors import FileUnreadable
from geo_service.outputs.pmtiles import PmtilesReader, tile_id, unpack, write_pmtiles
from geo_service.outputs.tile_grid import TileAddress

WORLD = (-180.0, -85.0, 180.0, 85.0)


def reader_of(path: Path) -> PmtilesReader:
    data = path.read_bytes()
    return PmtilesReader(lambda offset, length: data[offset : offset + length])


def write(path: Path, tiles: dict[TileAddress, bytes], zooms: tuple[int, int] = (0, 8)):
    ordered = sorted(tiles.items(), key=lambda one: tile_id(one[0]))
    return write_pmtiles(path, ordered, bounds=WORLD, zooms=zooms, metadata={"name": "Straßen"})


@given(st.integers(0, 24).flatmap(lambda zoom: st.tuples(st.just(zoom), *[st.integers(0, (1 << zoom) - 1)] * 2)))
def test_tiles_are_numbered_along_hilberts_curve(address) -> None:
    assert tile_id(TileAddress(*address)) == zxy_to_tileid(*address)


def test_another_program_reads_what_we_write(tmp_path) -> None:
    tiles = {TileAddress(3, column, row): f"{column}/{row}".encode() * 9 for column in range(8) for row in range(3, 8)}
    header = write(tmp_path / "a.pmtiles", tiles, (3, 3))
    other = OtherReader(MemorySource((tmp_path / "a.pmtiles").read_bytes()))
    told = other.header()
    assert (told["tile_type"], told["tile_compression"], told["clustered"]) == (TileType.MVT, Compression.GZIP, True)
    assert (told["min_zoom"], told["max_zoom"], told["min_lon_e7"]) == (3, 3, -1_800_000_000)
    assert told["addressed_tiles_count"] == header.addressed == len(tiles)
    assert other.metadata() == {"name": "Straßen"} == reader_of(tmp_path / "a.pmtiles").metadata()
    for address, body in tiles.items():
        assert unpack(other.get(address.zoom, address.column, address.row)) == body
        assert unpack(reader_of(tmp_path / "a.pmtiles").packed_tile(address)) == body
    assert other.get(3, 0, 0) is None
    assert reader_of(tmp_path / "a.pmtiles").packed_tile(TileAddress(3, 0, 0)) is None
    assert reader_of(tmp_path / "a.pmtiles").packed_tile(TileAddress(0, 0, 0)) is None


def test_many_tiles_get_leaf_directories_and_equal_ones_are_kept_once(tmp_path) -> None:
    tiles = {}
    for column in range(256):
        for row in range(128):
            # the south is sea: one run of equal tiles after the other
            mark = hashlib.sha512(bytes([column, row])).digest()
            tiles[TileAddress(8, column, row)] = mark[: 6 + mark[0] % 58] if row < 112 else b"sea"
    header = write(tmp_path / "a.pmtiles", tiles, (8, 8))
    assert header.leaves[1] > 0
    assert header.root[0] + header.root[1] <= 16_384
    assert (header.addressed, header.contents) == (256 * 128, 256 * 112 + 1)
    assert header.entries < 256 * 128
    ours = reader_of(tmp_path / "a.pmtiles")
    assert all(unpack(ours.packed_tile(address)) == body for address, body in tiles.items())
    other = dict(all_tiles(MemorySource((tmp_path / "a.pmtiles").read_bytes())))
    assert {TileAddress(*address): unpack(packed) for address, packed in other.items()} == tiles


def test_the_same_tiles_make_the_same_bytes(tmp_path) -> None:
    tiles = {TileAddress(4, column, 3): bytes([column]) * 50 for column in range(16)}
    for name in ("a", "b"):
        write(tmp_path / name, tiles)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


def test_empty_tiles_are_left_out_and_order_is_asked_for(tmp_path) -> None:
    header = write(tmp_path / "a", {TileAddress(1, 0, 0): b"", TileAddress(1, 1, 1): b"x"})
    assert (header.addressed, header.entries) == (1, 1)
    assert write(tmp_path / "none", {}).addressed == 0
    assert reader_of(tmp_path / "none").packed_tile(TileAddress(0, 0, 0)) is None
    wrong = [(TileAddress(1, 1, 1), b"x"), (TileAddress(1, 0, 0), b"y")]
    with pytest.raises(ValueError, match="out of order"):
        write_pmtiles(tmp_path / "b", wrong, bounds=WORLD, zooms=(1, 1), metadata={})


def test_a_file_appears_whole_or_not_at_all(tmp_path) -> None:
    (tmp_path / "a").write_bytes(b"before")

    def tiles():
        yield TileAddress(1, 0, 0), b"x"
        raise OSError("the disk is full")

    with pytest.raises(OSError, match="full"):
        write_pmtiles(tmp_path / "a", tiles(), bounds=WORLD, zooms=(1, 1), metadata={})
    assert (tmp_path / "a").read_bytes() == b"before"
    assert [one.name for one in tmp_path.iterdir()] == ["a"]


@pytest.mark.parametrize("damage", [lambda data: b"", lambda data: b"PNG" + data, lambda data: data[:50]])
def test_what_is_no_archive_is_refused(tmp_path, damage) -> None:
    write(tmp_path / "a", {TileAddress(0, 0, 0): b"x"})
    data = damage((tmp_path / "a").read_bytes())
    with pytest.raises(FileUnreadable):
        PmtilesReader(lambda offset, length: data[offset : offset + length])
    other = bytearray((tmp_path / "a").read_bytes())
    other[99] = 2  # pictures
    with pytest.raises(FileUnreadable, match="no vector tiles"):
        PmtilesReader(lambda offset, length: bytes(other[offset : offset + length]))
