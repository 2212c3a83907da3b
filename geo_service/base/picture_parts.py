"""Floor 0: the parts that JPEG, PNG and WebP files consist of: what makes the picture is kept, all else is dropped.

Nothing is decoded here and every loop is bounded, so that a picture can be judged before a decoder touches it.
"""

from __future__ import annotations

import re
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NoReturn

from geo_service.base.errors import PictureRefused

MOST_PARTS = 20_000
"""A picture consists of dozens of parts; so many are made to keep us busy."""

MOST_SCANS = 64
"""A progressive JPEG has about ten scans; each costs a walk over the whole picture, however few bytes it has."""

MOST_PROFILE_BYTES = 1 << 16
"""Colour profiles of cameras have a few hundred bytes; a larger one is dropped."""

_AGAIN = "save it again as a plain JPEG, PNG or WebP"


@dataclass
class Parts:
    """What a file consists of.

    Attributes
    ----------
    media_type, width, height
        As its own header says.
    kept
        The bytes that make the picture and its colours, in order; joined they are a whole file.
    dropped
        Names of what was left out: ``"APP1"``, ``"eXIf"``.
    orientation
        How the camera was held, as Exif tells it; 1: upright.
    """

    media_type: str
    width: int = 0
    height: int = 0
    kept: list[bytes] = field(default_factory=list)
    dropped: list[str] = field(default_factory=list)
    orientation: int = 1


def parts_of(data: bytes) -> Parts:
    """Take a picture file apart.

    Raises
    ------
    PictureRefused
        When it is no JPEG, PNG or WebP, is cut off or broken, moves, or holds more than a picture.
    """
    if data.startswith(b"\xff\xd8\xff"):
        return _jpeg(data)
    if data.startswith(_PNG):
        return _png(data)
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return _webp(data)
    raise PictureRefused("the file is no JPEG, PNG or WebP", remedy=_AGAIN, code="picture_unknown")


def refuse_broken(why: str) -> NoReturn:
    """Refuse a picture that is cut off or damaged."""
    raise PictureRefused(f"the picture is broken: {why}", remedy="take or send it again", code="picture_broken")


def _refuse_more(what: str) -> NoReturn:
    raise PictureRefused(f"the file holds more than a picture: {what}", remedy=_AGAIN, code="picture_has_more")


def _refuse_moving() -> NoReturn:
    raise PictureRefused("the picture moves", remedy="send a single picture", code="picture_moves")


# --- JPEG (ITU-T T.81) ---

_SCAN_END = re.compile(rb"\xff[^\x00\xff\xd0-\xd7]")
_FILL = re.compile(rb"\xff+")
_FRAMES = frozenset({0xC0, 0xC1, 0xC2})
_TABLES = frozenset({0xC4, 0xDB, 0xDD})
_EXIF = b"Exif\x00\x00"
_ICC = b"ICC_PROFILE\x00"


def _jpeg(data: bytes) -> Parts:
    found = Parts("image/jpeg", kept=[data[:2]])
    profile = scans = 0
    at = 2
    for _ in range(MOST_PARTS):
        marker, at = _marker(data, at)
        if marker == 0xD9:
            if not scans:
                refuse_broken("it has no content")
            if at != len(data):
                _refuse_more(f"{len(data) - at} bytes follow its end")
            found.kept.append(b"\xff\xd9")
            if profile > MOST_PROFILE_BYTES:
                found.kept = [part for part in found.kept if not part.startswith(b"\xff\xe2")]
                found.dropped.append("APP2")
            return found
        size = int.from_bytes(data[at : at + 2], "big")
        body = data[at + 2 : at + size]
        if size < 2 or len(body) != size - 2:
            refuse_broken("it is cut off")
        segment = bytes((0xFF, marker)) + data[at : at + size]
        at += size
        if marker in _FRAMES:
            if found.width or len(body) < 6:
                refuse_broken("it has two frames")
            found.height, found.width = struct.unpack(">HH", body[1:5])
        elif marker == 0xDA:
            scans += 1
            end = _SCAN_END.search(data, at)
            if end is None:
                refuse_broken("it is cut off")
            if not found.width or scans > MOST_SCANS:
                refuse_broken("its scans are in disorder")
            segment += data[at : end.start()]
            at = end.start()
        elif 0xE0 <= marker <= 0xEF or marker == 0xFE:
            if body.startswith(_ICC):
                starts = profile or body[14 + 36 : 14 + 40] == b"acsp"  # what begins wrongly is no profile to its end
                profile += len(body) if starts else MOST_PROFILE_BYTES + 1
            if not _jpeg_keeps(marker, body):
                found.dropped.append("COM" if marker == 0xFE else f"APP{marker - 0xE0}")
                if marker == 0xE1 and body.startswith(_EXIF):
                    found.orientation = _orientation(body[len(_EXIF) :])
                continue
        elif marker not in _TABLES:
            refuse_broken(f"marker {marker:02x} is not used by cameras")
        found.kept.append(segment)
    return refuse_broken("it has too many parts")


def _marker(data: bytes, at: int) -> tuple[int, int]:
    """Return the marker at a place, and the place after it."""
    fill = _FILL.match(data, at)
    if fill is None:
        refuse_broken("a marker is missing")
    at = fill.end()
    if at >= len(data):
        refuse_broken("it is cut off")
    return data[at], at + 1


def _jpeg_keeps(marker: int, body: bytes) -> bool:
    match marker:
        case 0xE0:
            return body.startswith(b"JFIF\x00") and len(body) == 14 and body[12:] == b"\x00\x00"  # without a thumbnail
        case 0xE2:
            return body.startswith(_ICC)
        case 0xEE:
            return body.startswith(b"Adobe") and len(body) == 12
        case _:
            return False


# --- PNG (third edition) ---

_PNG = b"\x89PNG\r\n\x1a\n"
_PNG_KEPT = frozenset(
    {b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"cICP", b"sBIT", b"bKGD", b"pHYs"}
)


def _png(data: bytes) -> Parts:
    found = Parts("image/png", kept=[_PNG])
    pixels = False
    for count, (kind, body, chunk) in enumerate(_png_chunks(data)):
        if (kind == b"IHDR") != (count == 0):
            refuse_broken("its header is not at its beginning")
        if kind == b"IHDR":
            if len(body) != 13:
                refuse_broken("its header has the wrong length")
            found.width, found.height = struct.unpack(">II", body[:8])
        elif kind in (b"acTL", b"fcTL", b"fdAT"):
            _refuse_moving()
        elif kind == b"eXIf":
            found.orientation = _orientation(body)
        pixels |= kind == b"IDAT"
        if kind in _PNG_KEPT or (kind == b"iCCP" and _small_profile(body)):
            found.kept.append(chunk)
        elif kind[:1].isupper():
            refuse_broken("it has a critical chunk that is not known")
        else:
            found.dropped.append(kind.decode("latin-1"))
    if not pixels:
        refuse_broken("it has no content")
    return found


def _png_chunks(data: bytes) -> Iterator[tuple[bytes, bytes, bytes]]:
    """Yield kind, content and all bytes of each chunk."""
    at = len(_PNG)
    for _ in range(MOST_PARTS):
        size = int.from_bytes(data[at : at + 4], "big")
        chunk = data[at : at + size + 12]
        kind = chunk[4:8]
        if size > len(data) or len(chunk) != size + 12:
            refuse_broken("it is cut off")
        if not kind.isalpha() or zlib.crc32(chunk[4:-4]) != int.from_bytes(chunk[-4:], "big"):
            refuse_broken("a checksum is wrong")
        at += size + 12
        yield kind, chunk[8:-4], chunk
        if kind == b"IEND":
            if at != len(data):
                _refuse_more(f"{len(data) - at} bytes follow its end")
            return
    refuse_broken("it has too many parts")


def _small_profile(body: bytes) -> bool:
    name, _, packed = body.partition(b"\x00")
    unpacking = zlib.decompressobj()
    try:
        profile = unpacking.decompress(packed[1:], MOST_PROFILE_BYTES)
    except zlib.error:
        return False
    return len(name) <= 79 and unpacking.eof and not unpacking.unused_data and profile[36:40] == b"acsp"


# --- WebP (RFC 9649) ---

_HAS_PROFILE, _HAS_ALPHA = 0x20, 0x10


def _webp(data: bytes) -> Parts:
    size = int.from_bytes(data[4:8], "little") + 8
    if size > len(data):
        refuse_broken("it is cut off")
    if size < len(data):
        _refuse_more(f"{len(data) - size} bytes follow its end")
    found = Parts("image/webp")
    canvas: tuple[int, int] | None = None
    kept: dict[bytes, bytes] = {}
    for kind, body in _webp_chunks(data):
        if kind in (b"ANIM", b"ANMF"):
            _refuse_moving()
        if kind in kept:
            refuse_broken("a part stands twice")
        if kind == b"VP8X" and len(body) == 10:
            if body[0] & 0x02:
                _refuse_moving()
            canvas = int.from_bytes(body[4:7], "little") + 1, int.from_bytes(body[7:10], "little") + 1
        elif kind in (b"VP8 ", b"VP8L"):
            if found.width:
                refuse_broken("it has two frames")
            found.width, found.height = _webp_size(kind, body)
        elif kind == b"EXIF":
            found.orientation = _orientation(body.removeprefix(_EXIF))
        if kind in (b"VP8 ", b"VP8L", b"ALPH") or (
            kind == b"ICCP" and len(body) <= MOST_PROFILE_BYTES and body[36:40] == b"acsp"
        ):
            kept[kind] = body
        elif kind != b"VP8X":
            found.dropped.append(kind.decode("latin-1").strip())
    if not found.width or canvas not in (None, (found.width, found.height)):
        refuse_broken("its frame does not fill it")
    if canvas is None and kept.keys() - {b"VP8 ", b"VP8L"}:
        refuse_broken("its header is missing")
    if canvas is not None:
        lossless_alpha = b"VP8L" in kept and bool(kept[b"VP8L"][4] & 0x10)
        flags = _HAS_PROFILE * (b"ICCP" in kept) | _HAS_ALPHA * (b"ALPH" in kept or lossless_alpha)
        sides = b"".join((side - 1).to_bytes(3, "little") for side in canvas)
        kept = {b"VP8X": bytes((flags, 0, 0, 0)) + sides, **kept}
    inside = b"WEBP" + b"".join(
        kind + len(body).to_bytes(4, "little") + body + bytes(len(body) % 2) for kind, body in kept.items()
    )
    found.kept = [b"RIFF", len(inside).to_bytes(4, "little"), inside]
    return found


def _webp_chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = 12
    for _ in range(MOST_PARTS):
        if at >= len(data):
            return
        size = int.from_bytes(data[at + 4 : at + 8], "little")
        body = data[at + 8 : at + 8 + size]
        if size > len(data) or len(body) != size:
            refuse_broken("it is cut off")
        yield data[at : at + 4], body
        at += 8 + size + size % 2
    refuse_broken("it has too many parts")


def _webp_size(kind: bytes, body: bytes) -> tuple[int, int]:
    if kind == b"VP8 ":
        if len(body) < 10 or body[3:6] != b"\x9d\x01\x2a":
            refuse_broken("its frame has no header")
        width, height = struct.unpack("<HH", body[6:10])
        return width & 0x3FFF, height & 0x3FFF
    if len(body) < 5 or body[0] != 0x2F:
        refuse_broken("its frame has no header")
    bits = int.from_bytes(body[1:5], "little")
    return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1


# --- Exif, of which only one number is read ---

_ORIENTATION = 0x0112


def _orientation(exif: bytes) -> int:
    """Return how the camera was held, 1 to 8; 1 when it is not told or told wrongly."""
    order = {b"II": "<", b"MM": ">"}.get(exif[:2])
    if order is None:
        return 1
    try:
        (start,) = struct.unpack_from(f"{order}I", exif, 4)
        (count,) = struct.unpack_from(f"{order}H", exif, start)
        for entry in range(min(count, 200)):
            tag, kind, _, value = struct.unpack_from(f"{order}HHIH", exif, start + 2 + 12 * entry)
            if tag == _ORIENTATION:
                return value if kind == 3 and 1 <= value <= 8 else 1
    except struct.error:
        return 1
    return 1
