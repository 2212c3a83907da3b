"""The basemap over HTTP: ranges, what changed meanwhile, HEAD, single tiles, and none without streets."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace

import httpx
import mapbox_vector_tile
import pytest

from geo_service.outputs.basemap import FILE_NAME, write_basemap
from geo_service.outputs.pmtiles import MEDIA_TYPE, PmtilesReader
from geo_service.outputs.tile_grid import tile_at
from geo_service.streets.ground import Ground

from .conftest import NOW, ADesk, lonlat


@pytest.fixture
def laid(own_desk, tmp_path) -> ADesk:
    """Return a desk with a basemap."""
    path = tmp_path / FILE_NAME
    write_basemap(path, own_desk.store.streets(), Ground())
    own_desk.app.state.desk = replace(own_desk.app.state.desk, basemap=path)
    return own_desk


@pytest.fixture
def anybody(laid) -> Iterator[httpx.Client]:
    with laid.client() as client:
        yield client


def test_the_file_comes_whole_and_by_ranges(anybody, tmp_path) -> None:
    file = (tmp_path / FILE_NAME).read_bytes()
    whole = anybody.get("/basemap.pmtiles", headers={"Accept-Encoding": "gzip"})
    assert whole.content == file
    assert whole.headers["content-type"] == MEDIA_TYPE
    assert whole.headers["accept-ranges"] == "bytes"
    assert "content-encoding" not in whole.headers
    for asked, part in (
        ("bytes=0-126", slice(0, 127)),
        ("bytes=100-", slice(100, None)),
        ("bytes=-50", slice(-50, None)),
        (f"bytes=10-{10 * len(file)}", slice(10, None)),
        (f"bytes=-{10 * len(file)}", slice(0, None)),
    ):
        some = anybody.get("/basemap.pmtiles", headers={"Range": asked})
        assert (some.status_code, some.content) == (206, file[part])
        start = range(len(file))[part].start
        assert some.headers["content-range"] == f"bytes {start}-{start + len(some.content) - 1}/{len(file)}"
        assert int(some.headers["content-length"]) == len(some.content)


@pytest.mark.parametrize(
    "asked", ["bytes=5-4", "bytes=-", "bytes=a-b", "lines=0-5", "bytes=0-1,5-6", "bytes=0-" + "9" * 40]
)
def test_what_is_no_single_range_gets_the_whole_file(anybody, tmp_path, asked: str) -> None:
    answer = anybody.get("/basemap.pmtiles", headers={"Range": asked})
    assert (answer.status_code, answer.content) == (200, (tmp_path / FILE_NAME).read_bytes())


@pytest.mark.parametrize("asked", ["bytes=99999999-", "bytes=-0"])
def test_a_range_beyond_the_end_is_refused(anybody, problem, tmp_path, asked: str) -> None:
    answer = anybody.get("/basemap.pmtiles", headers={"Range": asked})
    problem(answer, 416)
    assert answer.headers["content-range"] == f"bytes */{(tmp_path / FILE_NAME).stat().st_size}"


def test_a_new_file_is_not_mixed_with_the_one_before(laid, anybody, tmp_path) -> None:
    first = anybody.get("/basemap.pmtiles", headers={"Range": "bytes=0-126"})
    tag = first.headers["etag"]
    assert not tag.startswith("W/")
    again = anybody.get("/basemap.pmtiles", headers={"If-None-Match": f'"x", {tag}'})
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
    kept = anybody.get("/basemap.pmtiles", headers={"Range": "bytes=0-9", "If-Range": tag})
    assert kept.status_code == 206
    path = tmp_path / FILE_NAME
    write_basemap(path, laid.store.streets(), Ground())
    os.utime(path, (1, 1))
    changed = anybody.get("/basemap.pmtiles", headers={"Range": "bytes=0-9", "If-Range": tag})
    assert (changed.status_code, changed.content) == (200, path.read_bytes())
    assert changed.headers["etag"] != tag


def test_head_tells_the_size(anybody, tmp_path) -> None:
    head = anybody.head("/basemap.pmtiles")
    assert (head.status_code, head.content) == (200, b"")
    assert int(head.headers["content-length"]) == (tmp_path / FILE_NAME).stat().st_size
    assert anybody.head("/basemap.pmtiles", headers={"Range": "bytes=0-9"}).headers["content-length"] == "10"


def test_a_reader_needs_nothing_but_ranges(anybody) -> None:
    def read(offset: int, length: int) -> bytes:
        answer = anybody.get("/basemap.pmtiles", headers={"Range": f"bytes={offset}-{offset + length - 1}"})
        assert answer.status_code == 206
        return answer.content

    reader = PmtilesReader(read)
    assert reader.metadata()["attribution"].startswith("© OpenStreetMap")
    assert reader.packed_tile(tile_at(*lonlat(2), 14))


def test_tiles_come_one_by_one_too(anybody, problem) -> None:
    at = tile_at(*lonlat(2), 14)
    path = f"/basemap/14/{at.row}/{at.column}"
    packed = anybody.get(path, headers={"Accept-Encoding": "gzip"})
    assert packed.headers["content-encoding"] == "gzip"
    plain = anybody.get(path, headers={"Accept-Encoding": "identity"})
    assert "content-encoding" not in plain.headers
    assert packed.content == plain.content
    streets = mapbox_vector_tile.decode(plain.content)["streets"]["features"]
    assert "Dieskaustraße" in {one["properties"].get("name") for one in streets}
    assert anybody.get(path, headers={"If-None-Match": plain.headers["etag"]}).status_code == 304
    assert anybody.get("/basemap/3/1/1").content == b""
    assert anybody.get(f"/basemap/16/{at.row}/{at.column}").content == b""
    problem(anybody.get("/basemap/3/9/9"), 404)
    problem(anybody.get(f"{path}?f=png"), 400)


def test_without_streets_or_file_there_is_no_basemap(laid, anybody, problem, tmp_path) -> None:
    (tmp_path / FILE_NAME).unlink()
    assert "import streets" in problem(anybody.get("/basemap.pmtiles"), 404)["remedy"]
    problem(anybody.get("/basemap/0/0/0"), 404)
    (tmp_path / FILE_NAME).write_bytes(b"of another place")
    with laid.store.change(author="tests", reason="real data came", at=NOW) as tx:
        tx.clear()
    problem(anybody.get("/basemap.pmtiles"), 404)


def test_a_desk_that_serves_none_says_so(own_desk, problem) -> None:
    with own_desk.client() as client:
        problem(client.get("/basemap.pmtiles"), 404)
