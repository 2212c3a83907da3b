"""Floor 1: files in zip and gzip, unpacked into a passing folder with bounds against bombs."""

from __future__ import annotations

import gzip
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from geo_service.base.errors import FileUnreadable

MAX_UNPACKED_BYTES = 1 << 30
"""An archive may unpack to 1 GiB."""

MAX_MEMBERS = 2_000
"""A zip may hold so many files."""

_MAX_RATIO = 200
"""Above 64 MiB a file may be packed by this factor; geodata packs by 5 to 20, bombs by 1000."""
_RATIO_FROM_BYTES = 1 << 26
_CHUNK = 1 << 20

_DATA_SUFFIXES = (
    ".shp", ".gpkg", ".geojson", ".json", ".fgb", ".parquet", ".kml", ".gml", ".xml", ".gpx", ".csv", ".tsv", ".ttl",
    ".tab", ".sqlite",
)  # fmt: skip


@contextmanager
def unpacked(path: Path) -> Iterator[list[Path]]:
    """Give the data files behind a path: the file itself, or what a zip or gzip holds, as files that can be opened.

    What was unpacked is gone when the block ends.

    Raises
    ------
    FileUnreadable
        When there is no such file, it is empty, it is a broken or encrypted archive, or it unpacks to too much.
    """
    if path.is_dir():
        yield [path]
        return
    if not path.is_file():
        raise FileUnreadable(f"{path}: there is no such file", remedy="check the path")
    with path.open("rb") as file:
        magic = file.read(4)
    if not magic:
        raise FileUnreadable(f"{path.name} is empty", remedy="export the file again")
    if not magic.startswith((b"PK", b"\x1f\x8b")):
        yield [path]
        return
    with tempfile.TemporaryDirectory(prefix="geo-service-") as folder:
        try:
            found = _unzip(path, Path(folder)) if magic.startswith(b"PK") else [_gunzip(path, Path(folder))]
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, RuntimeError) as error:
            raise FileUnreadable(
                f"{path.name} is a broken archive: {error}", remedy="fetch or export the file again"
            ) from error
        yield found


def _unzip(path: Path, folder: Path) -> list[Path]:
    found: list[Path] = []
    with zipfile.ZipFile(path) as archive:
        members = [member for member in archive.infolist() if not member.is_dir()]
        if len(members) > MAX_MEMBERS:
            raise _bomb(path, f"holds {len(members)} files, more than {MAX_MEMBERS}")
        if any(member.flag_bits & 1 for member in members):
            raise FileUnreadable(
                f"{path.name} is encrypted", remedy="unpack it with its password and give the file in it"
            )
        packed_size = sum(member.compress_size for member in members)
        if packed_size > path.stat().st_size:
            raise _bomb(path, "holds files that overlap each other, as only bombs do")
        _bound(path, sum(member.file_size for member in members), packed_size)
        folders: dict[str, Path] = {}  # names from the archive never become paths: only the last part, in our folders
        left = MAX_UNPACKED_BYTES
        for member in members:
            inside = Path(member.filename.replace("\\", "/"))
            if inside.name.startswith(".") or "__MACOSX" in inside.parts:
                continue
            place = folders.setdefault(str(inside.parent), folder / str(len(folders)))
            place.mkdir(exist_ok=True)
            target = place / inside.name
            with archive.open(member) as packed:
                left -= _copy(path, packed, target, left)
            if target.suffix.lower() in _DATA_SUFFIXES:
                found.append(target)
    if not found:
        names = ", ".join(Path(member.filename).name for member in members[:5])
        raise FileUnreadable(
            f"{path.name} holds no geodata but {names or 'nothing'}",
            remedy=f"put one of {', '.join(_DATA_SUFFIXES[:8])} into it",
        )
    best = min(_DATA_SUFFIXES.index(one.suffix.lower()) for one in found)
    return [one for one in found if one.suffix.lower() == _DATA_SUFFIXES[best]]


def _gunzip(path: Path, folder: Path) -> Path:
    name = path.name.removesuffix(".gz") if path.name.endswith(".gz") else f"{path.name}.unpacked"
    target = folder / name
    with gzip.open(path) as packed:
        size = _copy(path, packed, target, MAX_UNPACKED_BYTES)
    if not size:
        raise FileUnreadable(f"{path.name} holds an empty file", remedy="export the file again")
    return target


def _copy(path: Path, packed: IO[bytes] | gzip.GzipFile, target: Path, limit: int) -> int:
    size = 0
    packed_size = path.stat().st_size
    with target.open("wb") as file:
        while chunk := packed.read(_CHUNK):
            size += len(chunk)
            if size > limit:
                raise _bomb(path, f"unpacks to more than {MAX_UNPACKED_BYTES >> 20} MiB")
            _bound(path, size, packed_size)
            file.write(chunk)
    return size


def _bound(path: Path, size: int, packed_size: int) -> None:
    if size > MAX_UNPACKED_BYTES:
        raise _bomb(path, f"unpacks to more than {MAX_UNPACKED_BYTES >> 20} MiB")
    if size > _RATIO_FROM_BYTES and size > _MAX_RATIO * packed_size:
        raise _bomb(path, f"is packed by more than a factor of {_MAX_RATIO}, as only bombs are")


def _bomb(path: Path, why: str) -> FileUnreadable:
    return FileUnreadable(
        f"{path.name} {why}", remedy="unpack it yourself and give the file in it", code="archive_refused"
    )
