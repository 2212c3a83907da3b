from __future__ import annotations

import gzip
import zipfile
from pathlib import Path

import pytest

from geo_service.base.errors import FileUnreadable
from geo_service.plots import archives
from geo_service.plots.archives import unpacked


def make_zip(path: Path, members: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return path


def test_a_plain_file_is_given_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "a.geojson"
    path.write_bytes(b"{}")
    with unpacked(path) as files:
        assert files == [path]


def test_the_best_format_in_a_zip_is_given_and_gone_afterwards(tmp_path: Path) -> None:
    path = make_zip(
        tmp_path / "a.zip", {"a/b.shp": b"1", "a/b.dbf": b"2", "readme.xml": b"<x/>", "__MACOSX/b.shp": b""}
    )
    with unpacked(path) as files:
        assert [file.name for file in files] == ["b.shp"]
        assert files[0].with_suffix(".dbf").read_bytes() == b"2"
    assert not files[0].exists()


def test_names_in_a_zip_never_lead_out_of_the_passing_folder(tmp_path: Path) -> None:
    path = make_zip(tmp_path / "a.zip", {"../../evil.geojson": b"{}", "/etc/evil.json": b"{}", "..\\evil.csv": b"a"})
    with unpacked(path) as files:
        assert [file.name for file in files] == ["evil.geojson"]
        assert tmp_path not in files[0].parents
    assert sorted(tmp_path.rglob("evil*")) == []


def test_gzip_is_unpacked_under_its_inner_name(tmp_path: Path) -> None:
    path = tmp_path / "a.geojson.gz"
    path.write_bytes(gzip.compress(b"{}"))
    with unpacked(path) as files:
        assert (files[0].name, files[0].read_bytes()) == ("a.geojson", b"{}")


@pytest.mark.parametrize("packed", ["zip", "gz"])
def test_bombs_are_refused(tmp_path: Path, packed: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archives, "_RATIO_FROM_BYTES", 1 << 20)
    zeros = bytes(4 << 20)
    path = tmp_path / f"bomb.{packed}"
    if packed == "zip":
        make_zip(path, {"a.geojson": zeros})
    else:
        path.write_bytes(gzip.compress(zeros))
    with pytest.raises(FileUnreadable, match="factor") as caught, unpacked(path):
        raise AssertionError("the bomb went off")
    assert caught.value.code == "archive_refused"


def test_the_unpacked_size_is_bounded_whatever_the_directory_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archives, "MAX_UNPACKED_BYTES", 1000)
    small = make_zip(tmp_path / "a.zip", {"a.json": bytes(900)})
    with unpacked(small) as files:
        assert files[0].stat().st_size == 900
    for path in (make_zip(tmp_path / "b.zip", {"a.json": bytes(600), "b.json": bytes(600)}), tmp_path / "c.gz"):
        if path.suffix == ".gz":
            path.write_bytes(gzip.compress(bytes(1200)))
        with pytest.raises(FileUnreadable, match="more than"), unpacked(path):
            raise AssertionError("it was unpacked")


def test_too_many_members_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archives, "MAX_MEMBERS", 3)
    path = make_zip(tmp_path / "a.zip", {f"{n}.json": b"{}" for n in range(4)})
    with pytest.raises(FileUnreadable, match="4 files"), unpacked(path):
        raise AssertionError("it was unpacked")


@pytest.mark.parametrize(
    ("name", "data", "says"),
    [
        ("empty.geojson", b"", "is empty"),
        ("broken.zip", b"PK\x03\x04 and then nothing", "broken archive"),
        ("broken.gz", b"\x1f\x8b\x08 and then nothing", "broken archive"),
        ("empty.gz", gzip.compress(b"", mtime=0), "empty file"),
    ],
)
def test_broken_archives_say_so(tmp_path: Path, name: str, data: bytes, says: str) -> None:
    path = tmp_path / name
    path.write_bytes(data)
    with pytest.raises(FileUnreadable, match=says) as caught, unpacked(path):
        raise AssertionError("it was unpacked")
    assert caught.value.remedy


def test_a_zip_without_geodata_and_a_missing_file_say_so(tmp_path: Path) -> None:
    path = make_zip(tmp_path / "a.zip", {"readme.md": b"hello"})
    with pytest.raises(FileUnreadable, match=r"no geodata but readme\.md"), unpacked(path):
        raise AssertionError("it was unpacked")
    with pytest.raises(FileUnreadable, match="no such file"), unpacked(tmp_path / "nothing.gpkg"):
        raise AssertionError("it was found")


def test_an_error_in_the_block_is_passed_on(tmp_path: Path) -> None:
    path = make_zip(tmp_path / "a.zip", {"a.json": b"{}"})
    with pytest.raises(EOFError, match="mine"), unpacked(path):
        raise EOFError("mine")


def test_files_that_overlap_each_other_are_refused(tmp_path: Path) -> None:
    path = make_zip(tmp_path / "a.zip", {"a.json": bytes(range(256)) * 40})
    data = path.read_bytes()
    start, end = data.index(b"PK\x01\x02"), data.index(b"PK\x05\x06")
    entry = data[start:end]
    tail = bytearray(data[end:])
    copies = 1 + len(data) // 40
    tail[8:10] = tail[10:12] = copies.to_bytes(2, "little")
    tail[12:16] = (len(entry) * copies).to_bytes(4, "little")
    path.write_bytes(data[:start] + entry * copies + tail)
    assert zipfile.ZipFile(path).infolist()[1].filename == "a.json"
    with pytest.raises(FileUnreadable, match="overlap") as caught, unpacked(path):
        raise AssertionError("it was unpacked")
    assert caught.value.code == "archive_refused"
