"""Floor 0: pictures from outside: judged by their own header, really decoded, freed of everything but the picture.

Place, time, device and comments never stay (Exif, XMP, IPTC, text, thumbnails); the colour profile does: it holds none
of them, and without it colours change. A picture that carries nothing else stays byte for byte as it was sent.
"""

from __future__ import annotations

import io
from dataclasses import dataclass

from PIL import Image

from geo_service.base.errors import PictureRefused
from geo_service.base.picture_parts import Parts, parts_of, refuse_broken

MAX_BYTES = 12_000_000
"""A picture may have so many bytes as it is sent."""

MAX_SIDE = 12_000
"""Pixels along a side."""

MAX_PIXELS = {"image/jpeg": 12_500_000, "image/png": 12_500_000, "image/webp": 4_000_000}
"""Pixels by media type: what a decoder holds at once stays below 80 MB. The phone sends two to three million."""

SUFFIXES = {"image/jpeg": ".jpg", "image/png": ".png", "image/webp": ".webp"}
"""The kinds of picture that are taken, with the ending of their files."""

_MOST_TURNED = 4_000_000
_FORMATS = {"image/jpeg": "JPEG", "image/png": "PNG", "image/webp": "WEBP"}
_UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


@dataclass(frozen=True)
class Picture:
    """A picture that was checked.

    Attributes
    ----------
    width, height
        Pixels, upright.
    data
        The file without metadata; the very bytes that were sent when they carried none.
    dropped
        Names of the parts that were left out.
    """

    media_type: str
    width: int
    height: int
    data: bytes
    dropped: tuple[str, ...] = ()


def check_picture(data: bytes, said: str | None = None) -> Picture:
    """Check a picture and return it without metadata.

    A JPEG that the camera's notes call turned is turned upright, for the notes do not stay; it loses half its
    resolution when it is large.

    Parameters
    ----------
    said
        The media type that the sender claims; None: whatever it is.

    Raises
    ------
    PictureRefused
        When it is no such picture, is broken, too large, moves, or holds more than a picture.
    """
    if len(data) > MAX_BYTES:
        raise _too_large(f"{len(data)} bytes, more than {MAX_BYTES}")
    parts = parts_of(data)
    if said is not None and said != parts.media_type:
        raise PictureRefused(
            f"the picture is {parts.media_type}, not {said}", remedy="name its own media type", code="picture_is_other"
        )
    most = MAX_PIXELS[parts.media_type]
    if not parts.width or not parts.height:
        refuse_broken("it has no size")
    if max(parts.width, parts.height) > MAX_SIDE or parts.width * parts.height > most:
        raise _too_large(f"{parts.width} × {parts.height} pixels, more than {most} or a side above {MAX_SIDE}")
    clean = b"".join(parts.kept) if parts.dropped else data
    turn = _UPRIGHT.get(parts.orientation)
    if turn is None:
        _decode(parts, clean)
        return Picture(parts.media_type, parts.width, parts.height, clean, tuple(parts.dropped))
    if parts.media_type != "image/jpeg":
        raise PictureRefused("the picture lies on its side", remedy="turn it and send it again", code="picture_turned")
    turned = parts_of(_turned(parts, clean, turn))
    return Picture(turned.media_type, turned.width, turned.height, b"".join(turned.kept), tuple(parts.dropped))


def _decode(parts: Parts, data: bytes) -> None:
    """Decode the whole file; of JPEG every coefficient is read but only an eighth of the pixels are made."""
    with _opened(parts, data) as image:
        image.draft(None, (parts.width // 8, parts.height // 8))
        _load(image)


def _turned(parts: Parts, data: bytes, turn: Image.Transpose) -> bytes:
    with _opened(parts, data) as image:
        if parts.width * parts.height > _MOST_TURNED:
            image.draft(None, (parts.width // 2, parts.height // 2))
        _load(image)
        profile = image.info.get("icc_profile")
        upright = image.transpose(turn)
    written = io.BytesIO()
    upright.save(written, "JPEG", quality=90, icc_profile=profile)
    return written.getvalue()


def _opened(parts: Parts, data: bytes) -> Image.Image:
    try:
        image = Image.open(io.BytesIO(data), formats=[_FORMATS[parts.media_type]])
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        refuse_broken(_words(error))
    if image.size != (parts.width, parts.height) or getattr(image, "n_frames", 1) != 1:
        refuse_broken("two readers disagree on its size")
    return image


def _load(image: Image.Image) -> None:
    try:
        image.load()
    except (OSError, ValueError, SyntaxError, EOFError, MemoryError) as error:
        refuse_broken(_words(error))


def _words(error: BaseException) -> str:
    return str(error).partition("<")[0].strip()[:100] or "it cannot be decoded"


def _too_large(why: str) -> PictureRefused:
    return PictureRefused(
        f"the picture is too large: {why}", remedy="scale it down and send it again", code="picture_too_large"
    )
