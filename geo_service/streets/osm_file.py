"""Floor 1: an OSM file opened by its content and read into ways, nodes, barriers and restrictions."""

from __future__ import annotations

import bz2
import gzip
import html
import re
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

import osmium

from geo_service.base.errors import FileUnreadable
from geo_service.base.progress import OnProgress, Progress, silent
from geo_service.streets.network import OSM_LICENCE

_HEAD_BYTES = 65536
_PROGRESS_STEP = 20_000

MAX_UNPACKED_BYTES = 8 << 30
"""A packed file may unpack to 8 GiB; it is never whole on the disk or in memory."""

_MAX_RATIO = 200
"""Above 64 MiB a file may be packed by this factor; OSM XML packs by 10 to 25, bombs by 1000."""
_RATIO_FROM_BYTES = 1 << 26
_CHUNK = 1 << 20
_EXPORT = "export the area again from OpenStreetMap as .osm or .osm.pbf"


@dataclass(frozen=True)
class OsmWay:
    """A way with a ``highway`` tag; ``refs`` are node ids in order."""

    id: int
    refs: tuple[int, ...]
    tags: dict[str, str]
    deleted: bool


@dataclass(frozen=True)
class OsmRestriction:
    """A relation of type restriction; ``members`` are (kind "n", "w" or "r", id, role)."""

    id: int
    tags: dict[str, str]
    members: tuple[tuple[str, int, str], ...]


@dataclass(frozen=True)
class OsmContent:
    """What a file holds of streets.

    Attributes
    ----------
    licence
        As the file states it, else that of OpenStreetMap.
    lonlat
        Degrees by node id; nodes without a valid place are absent.
    barriers
        Tags by node id of nodes with a ``barrier``.
    """

    licence: str
    ways: list[OsmWay] = field(default_factory=list)
    lonlat: dict[int, tuple[float, float]] = field(default_factory=dict)
    barriers: dict[int, dict[str, str]] = field(default_factory=dict)
    restrictions: list[OsmRestriction] = field(default_factory=list)


def read_osm_file(path: Path, *, on_progress: OnProgress = silent) -> OsmContent:
    """Read PBF or OSM XML, this also packed with gzip or bzip2, told by content and not by the name's ending.

    Objects may come in any order. Negative ids, as editors give to new objects, are read like others.

    Raises
    ------
    FileUnreadable
        When the file is missing, empty, cut off, damaged or something else than an OSM data file.
    """
    content = OsmContent(_identify(path)[1])
    with opened_osm_file(path) as file:
        _fill(content, file, on_progress)
    return content


@contextmanager
def opened_osm_file(path: Path) -> Iterator[Any]:
    """Give an OSM file to osmium, known by its content; what goes wrong while it is read is told as `FileUnreadable`.

    Raises
    ------
    FileUnreadable
        When the file is missing, empty, cut off, damaged or something else than an OSM data file.
    """
    form, _ = _identify(path)
    try:
        yield osmium.io.File(str(path), form)
    except (RuntimeError, ValueError, OSError, MemoryError) as error:
        raise FileUnreadable(
            f"{path.name} cannot be read as OSM data: {str(error).replace(str(path), path.name)}",
            remedy=f"the file is damaged or cut off: {_EXPORT}",
            file=path.name,
        ) from error


def _fill(content: OsmContent, file: Any, on_progress: OnProgress) -> None:
    streets, typed = osmium.filter.KeyFilter("highway"), osmium.filter.KeyFilter("type")
    streets.enable_for(osmium.osm.WAY)
    typed.enable_for(osmium.osm.RELATION)
    for count, thing in enumerate(osmium.FileProcessor(file).with_filter(streets).with_filter(typed), start=1):
        if isinstance(thing, osmium.osm.Node):
            if thing.location.valid():
                content.lonlat[thing.id] = (thing.lon, thing.lat)
            if thing.tags and "barrier" in thing.tags:
                content.barriers[thing.id] = dict(thing.tags)
        elif isinstance(thing, osmium.osm.Way):
            refs = tuple(node.ref for node in thing.nodes)
            content.ways.append(OsmWay(thing.id, refs, dict(thing.tags), thing.deleted))
        elif isinstance(thing, osmium.osm.Relation) and thing.tags["type"].startswith("restriction"):
            members = tuple((member.type, member.ref, member.role) for member in thing.members)
            content.restrictions.append(OsmRestriction(thing.id, dict(thing.tags), members))
        if count % _PROGRESS_STEP == 0:
            on_progress(Progress("reading streets", count, note=f"{len(content.ways)} ways"))


def _identify(path: Path) -> tuple[str, str]:
    """Return the format in osmium's words and the licence to show."""
    head, packing = _head(path)
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n")
    if b"OSMHeader" in head[:32]:
        if packing:
            raise _not_osm(path, "it is a PBF file packed a second time", "unpack it and import the .osm.pbf inside")
        return "pbf", OSM_LICENCE
    if start[:1] == b"<" or head[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        return f"xml{packing}", _xml_licence(path, head)
    if start[:2] == b"PK":
        raise _not_osm(path, "it is a zip archive", "unpack it and import the .osm or .osm.pbf file inside")
    kind = "it is JSON" if start[:1] in {b"{", b"["} else "it is neither OSM XML nor PBF"
    raise _not_osm(path, kind, "choose an OpenStreetMap file (.osm, .osm.gz, .osm.bz2, .osm.pbf)")


def _head(path: Path) -> tuple[bytes, str]:
    """Return the first bytes, unpacked, and the packing: "", ".gz" or ".bz2"."""
    packing = ""
    try:
        with path.open("rb") as raw:
            head = raw.read(_HEAD_BYTES)
        if head[:2] == b"\x1f\x8b":
            packing = ".gz"
            with gzip.open(path) as unpacked:
                head = unpacked.read(_HEAD_BYTES)
                _require_no_bomb(path, unpacked)
        elif head[:3] == b"BZh":
            packing = ".bz2"
            with bz2.open(path) as unpacked:
                head = unpacked.read(_HEAD_BYTES)
                _require_no_bomb(path, unpacked)
    except FileNotFoundError as error:
        raise FileUnreadable(f"there is no file {path.name}", remedy="check the name", file=path.name) from error
    except (OSError, EOFError, ValueError, zlib.error) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise FileUnreadable(f"{path.name} cannot be opened: {reason}", remedy=_EXPORT, file=path.name) from error
    if not head.strip():
        raise _not_osm(path, "it is empty", _EXPORT)
    return head, packing


def _require_no_bomb(path: Path, unpacked: IO[bytes] | gzip.GzipFile) -> None:
    """Unpack to the end, keeping nothing, and refuse what unpacks to far more than geodata does."""
    size, packed_size = 0, path.stat().st_size
    while chunk := unpacked.read(_CHUNK):
        size += len(chunk)
        if size > MAX_UNPACKED_BYTES or (size > _RATIO_FROM_BYTES and size > _MAX_RATIO * packed_size):
            raise FileUnreadable(
                f"{path.name} unpacks to far more than street data does",
                remedy=_EXPORT,
                code="archive_refused",
                file=path.name,
            )


def _xml_licence(path: Path, head: bytes) -> str:
    """Return the licence named on the root element.

    Raises
    ------
    FileUnreadable
        When the root element is another one than ``<osm>``.
    """
    encoding = "utf-16" if head[:2] in {b"\xff\xfe", b"\xfe\xff"} else "utf-8"
    text = re.sub(r"<!--.*?-->", "", head.decode(encoding, errors="replace"), flags=re.DOTALL)
    root = re.search(r"<([A-Za-z_][\w:.-]*)([^>]*)", text)
    name = root[1] if root else ""
    if name == "osmChange":
        raise _not_osm(path, "it is a change file (osmChange)", "import the whole data set, not its changes")
    if root is None or name != "osm":
        found = f"the root element is <{name}>, not <osm>" if name else "it holds no XML element"
        raise _not_osm(path, found, "choose an OpenStreetMap file (.osm, .osm.gz, .osm.bz2, .osm.pbf)")
    said = {key: html.unescape(value) for key, _, value in re.findall(r"(\w+)\s*=\s*(['\"])(.*?)\2", root[2])}
    parts = [said[key] for key in ("copyright", "license") if said.get(key)]
    stated = ", ".join(dict.fromkeys(parts))
    return OSM_LICENCE if not stated or "openstreetmap" in stated.lower() else stated


def _not_osm(path: Path, reason: str, remedy: str) -> FileUnreadable:
    return FileUnreadable(f"{path.name} is no OSM data file: {reason}", remedy=remedy, file=path.name)
