"""Floor 8: the crew app's icon as PNG, drawn here: phones want pixels where browsers take `icon.svg`."""

from __future__ import annotations

import struct
import zlib
from functools import lru_cache
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

Mask = NDArray[np.float64]
Place = tuple[float, float]

GROUND = (0x0F, 0x5C, 0x4C)
LEAF = (0x8F, 0xD3, 0xB6)
WHITE = (0xFF, 0xFF, 0xFF)

_SIDE = 32.0  # of the drawing, as in icon.svg
_PLOT: tuple[Place, ...] = ((6, 22), (13, 9), (19, 13), (26, 9), (23, 24), (14, 26))
_WAY: tuple[Place, ...] = ((10, 21), (15, 15), (21, 19))
_ENDS: tuple[Place, ...] = ((10, 21), (21, 19))


@lru_cache(maxsize=8)
def icon_png(size: int, *, maskable: bool = False) -> bytes:
    """Return the icon as PNG of ``size`` pixels each way; a maskable one fills its square and keeps to its middle.

    Examples
    --------
    >>> icon_png(48)[1:4], struct.unpack(">II", icon_png(48)[16:24])
    (b'PNG', (48, 48))
    """
    at = (np.arange(size) + 0.5) / size * _SIDE
    scale = 0.72 if maskable else 1.0
    x, y = np.meshgrid(*[(at - _SIDE / 2) / scale + _SIDE / 2] * 2)
    beyond: list[tuple[tuple[int, int, int], Mask]] = [  # distances to the edge, negative inside
        (GROUND, np.full_like(x, -1.0) if maskable else _rounded(*np.meshgrid(at, at), corner=7)),
        (LEAF, _polygon(x, y, _PLOT)),
        (WHITE, np.minimum(*(_segment(x, y, a, b) for a, b in pairwise(_WAY))) - 1.2),
        (WHITE, np.minimum(*(_segment(x, y, end, end) for end in _ENDS)) - 2.6),
    ]
    colour = np.zeros((size, size, 3))
    alpha = np.zeros((size, size))
    for paint, distance in beyond:
        cover = np.clip(0.5 - distance * size / _SIDE, 0, 1)
        colour = colour * (1 - cover[..., None]) + np.array(paint) * cover[..., None]
        alpha = alpha + cover * (1 - alpha)
    shown = colour / np.maximum(alpha, 1e-9)[..., None]
    return _png(np.dstack([shown, alpha * 255]).round().clip(0, 255).astype(np.uint8))


def _rounded(x: Mask, y: Mask, corner: float) -> Mask:
    beyond_x, beyond_y = (np.maximum(np.abs(one - _SIDE / 2) - (_SIDE / 2 - corner), 0) for one in (x, y))
    distance: Mask = np.hypot(beyond_x, beyond_y) - corner
    return distance


def _polygon(x: Mask, y: Mask, ring: tuple[Place, ...]) -> Mask:
    within = np.zeros(x.shape, dtype=bool)
    distance = np.full(x.shape, np.inf)
    for a, b in pairwise((*ring, ring[0])):
        distance = np.minimum(distance, _segment(x, y, a, b))
        if a[1] != b[1]:
            within ^= ((a[1] > y) != (b[1] > y)) & (x < (b[0] - a[0]) * (y - a[1]) / (b[1] - a[1]) + a[0])
    signed: Mask = np.where(within, -distance, distance)
    return signed


def _segment(x: Mask, y: Mask, a: Place, b: Place) -> Mask:
    dx, dy = b[0] - a[0], b[1] - a[1]
    along = np.clip(((x - a[0]) * dx + (y - a[1]) * dy) / ((dx * dx + dy * dy) or 1), 0, 1)
    distance: Mask = np.hypot(x - a[0] - along * dx, y - a[1] - along * dy)
    return distance


def _png(pixels: NDArray[np.uint8]) -> bytes:
    height, width, _ = pixels.shape
    rows = np.hstack([np.zeros((height, 1), np.uint8), pixels.reshape(height, -1)]).tobytes()
    header = struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(rows, 9)), (b"IEND", b""))
    written = (
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data)) for name, data in chunks
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(written)
