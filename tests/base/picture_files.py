"""Pictures made for tests, taken apart and put together wrongly."""

from __future__ import annotations

import io
import struct
import zlib

from PIL import Image, ImageCms, PngImagePlugin

GPS = 34853
SECRET = b"Dieskaustrasse 50, Ada, 51.3188 N"


def drawn(width: int = 64, height: int = 40, mode: str = "RGB") -> Image.Image:
    """Return a picture that is red above, blue below, with a white corner at the upper left."""
    image = Image.new(mode, (width, height), "red")
    image.paste(Image.new(mode, (width, height // 2), "blue"), (0, height - height // 2))
    image.paste(Image.new(mode, (width // 4, height // 4), "white"), (0, 0))
    return image


def saved(image: Image.Image, kind: str, **settings: object) -> bytes:
    written = io.BytesIO()
    image.save(written, kind, **settings)
    return written.getvalue()


def plain(kind: str = "JPEG", **settings: object) -> bytes:
    return saved(drawn(), kind, **settings)


def exif(orientation: int = 1) -> Image.Exif:
    """Return notes of a camera with a place, a thumbnail's worth of text and how it was held."""
    notes = Image.Exif()
    notes[0x0112] = orientation
    notes[0x010E] = SECRET.decode()
    notes.get_ifd(GPS).update({1: "N", 2: (51.0, 19.0, 7.0), 3: "E", 4: (12.0, 19.0, 18.0)})
    return notes


def profile() -> bytes:
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def jpeg_segment(marker: int, body: bytes) -> bytes:
    return bytes((0xFF, marker)) + struct.pack(">H", len(body) + 2) + body


def jpeg_with(*segments: bytes, of: bytes | None = None) -> bytes:
    """Return a JPEG with segments after its first two bytes."""
    data = plain() if of is None else of
    return data[:2] + b"".join(segments) + data[2:]


def png_chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png_with(*chunks: bytes) -> bytes:
    """Return a PNG with chunks after its header."""
    data = plain("PNG")
    return data[:33] + b"".join(chunks) + data[33:]


def png_of_size(width: int, height: int) -> bytes:
    """Return a PNG that claims a size and holds zeros packed to almost nothing."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    pixels = zlib.compress(bytes(1_000_000), 9)
    return b"\x89PNG\r\n\x1a\n" + png_chunk(b"IHDR", header) + png_chunk(b"IDAT", pixels) + png_chunk(b"IEND", b"")


def jpeg_of_size(width: int, height: int) -> bytes:
    """Return a JPEG whose header claims another size."""
    data = plain()
    at = data.index(b"\xff\xc0")
    return data[: at + 5] + struct.pack(">HH", height, width) + data[at + 9 :]


def png_with_text() -> bytes:
    notes = PngImagePlugin.PngInfo()
    notes.add_text("Comment", SECRET.decode())
    notes.add_itxt("XML:com.adobe.xmp", SECRET.decode())
    return saved(drawn(), "PNG", pnginfo=notes, exif=exif())


def webp_with(*chunks: tuple[bytes, bytes], of: bytes | None = None) -> bytes:
    """Return a WebP with chunks after the others, its length corrected."""
    data = plain("WEBP", lossless=True) if of is None else of
    added = b"".join(kind + struct.pack("<I", len(body)) + body + bytes(len(body) % 2) for kind, body in chunks)
    inside = data[8:] + added
    return b"RIFF" + struct.pack("<I", len(inside)) + inside
