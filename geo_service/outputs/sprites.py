"""Floor 7: the patterns of plots as one picture and a list of where each stands, as styles ask for them (sprites).

Patterns are marks on nothing: what lies below shows through. They repeat every 8 pixels.
"""

from __future__ import annotations

import io
from functools import lru_cache
from typing import Any

import orjson
from PIL import Image, ImageDraw

from geo_service.outputs.map_colours import Look, MapColours, channels

SIDE = 16
"""Pixels along a side of a pattern."""

_FINER = 8
_STEP = 8
_WIDTH = 1.3
_DOT = 0.95


def pattern_name(looks: str, code: str) -> str:
    """Return the name of a pattern in the picture."""
    return f"{looks}-{code}"


def sprite_index(colours: MapColours, *, ratio: int = 1) -> bytes:
    """Return where each pattern stands in the picture, as JSON.

    Parameters
    ----------
    ratio
        Pixels of the picture for each pixel of the map.
    """
    side = SIDE * ratio
    listed: dict[str, Any] = {
        name: {"x": at * side, "y": 0, "width": side, "height": side, "pixelRatio": ratio}
        for at, (name, _) in enumerate(_patterned(colours))
    }
    return orjson.dumps(listed)


def sprite_picture(colours: MapColours, *, ratio: int = 1) -> bytes:
    """Return the picture with all patterns, as PNG."""
    patterned = _patterned(colours)
    sheet = Image.new("RGBA", (SIDE * ratio * max(1, len(patterned)), SIDE * ratio))
    for at, (_, look) in enumerate(patterned):
        sheet.paste(pattern_image(look, SIDE * ratio, ratio), (at * SIDE * ratio, 0))
    out = io.BytesIO()
    sheet.save(out, "PNG", optimize=True)
    return out.getvalue()


@lru_cache(maxsize=128)
def pattern_image(look: Look, side: int, ratio: int) -> Image.Image:
    """Return the marks of a pattern on a transparent square, ``side`` pixels wide."""
    finer = _FINER * ratio
    across = side // ratio + 2 * SIDE  # with a margin: strokes end ragged
    marks = Image.new("L", (across * finer, across * finer))
    pen = ImageDraw.Draw(marks)
    width = round(_WIDTH * finer)
    for at in range(-across, 2 * across + 1, _STEP):
        if look.pattern in {"hatch", "cross"}:
            _stroke(pen, at, across, at + across, 0, finer, width)
        if look.pattern == "cross":
            _stroke(pen, at, 0, at + across, across, finer, width)
        if look.pattern == "level":
            _stroke(pen, -1, at + 4, across + 1, at + 4, finer, width)
    if look.pattern == "dots":
        for x in range(2, across, 4):
            for y in range(2 if (x // 2) % 4 == 1 else 6, across, _STEP):
                pen.ellipse([(one + way * _DOT) * finer for way in (-1, 1) for one in (x, y)], fill=255)
    square = Image.new("RGBA", (side, side), (*channels(look.mark), 255))
    margin = SIDE * ratio
    square.putalpha(marks.reduce(_FINER).crop((margin, margin, margin + side, margin + side)))
    return square


def _stroke(pen: ImageDraw.ImageDraw, x: float, y: float, to_x: float, to_y: float, finer: int, width: int) -> None:
    pen.line([x * finer, y * finer, to_x * finer, to_y * finer], fill=255, width=width)


def _patterned(colours: MapColours) -> list[tuple[str, Look]]:
    return [
        (pattern_name(looks, code), look)
        for looks, by_code in colours.looks.items()
        for code, look in by_code.items()
        if look.pattern != "plain"
    ]
