"""Floor 7: the legend of a map as SVG and PNG: its title and a swatch for each class."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from html import escape
from pathlib import Path

import matplotlib as mpl
from PIL import Image, ImageDraw, ImageFont

from geo_service.outputs.map_classes import Map, MapClass
from geo_service.outputs.map_colours import MapColours
from geo_service.outputs.sprites import SIDE, pattern_image

SVG, PNG = "image/svg+xml", "image/png"

_MARGIN, _ROW, _HEAD = 12, 26, 34
_SWATCH_WIDTH, _SWATCH_HEIGHT = 32, 16
_GAP = 10
_TITLE_SIZE, _TEXT_SIZE = 15, 13
_LINE_WIDTH = 4.0
_RATIO = 2
_FAMILY = "DejaVu Sans, Verdana, sans-serif"


@dataclass(frozen=True)
class _Row:
    text: str
    one: MapClass
    y: float


def legend_svg(the_map: Map, classes: Sequence[MapClass], colours: MapColours, *, lang: str = "de") -> bytes:
    """Return the legend as SVG; colours and texts are written in, nothing is fetched."""
    width, height = _size(the_map, classes, lang)
    ground = colours.ground
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}" '
        f'role="img" font-family="{_FAMILY}">',
        f"<title>{escape(the_map.title(lang))}</title>",
        f'<rect width="{width}" height="{height}" fill="{ground["quarter_fill"]}"/>',
        f'<text x="{_MARGIN}" y="{_MARGIN + _TITLE_SIZE}" font-size="{_TITLE_SIZE}" font-weight="bold" '
        f'fill="{ground["ink"]}">{escape(the_map.title(lang))}</text>',
    ]
    for row in _rows(classes, lang):
        parts += _swatch_svg(row, areal=the_map.collection != "routes")
        x, y = _MARGIN + _SWATCH_WIDTH + _GAP, row.y + _SWATCH_HEIGHT - 3.5
        parts.append(f'<text x="{x}" y="{y}" font-size="{_TEXT_SIZE}" fill="{ground["ink"]}">{escape(row.text)}</text>')
    return "".join([*parts, "</svg>"]).encode()


def legend_png(the_map: Map, classes: Sequence[MapClass], colours: MapColours, *, lang: str = "de") -> bytes:
    """Return the legend as PNG, two pixels for each of the SVG."""
    width, height = _size(the_map, classes, lang)
    picture = Image.new("RGB", (width * _RATIO, height * _RATIO), colours.ground["quarter_fill"])
    pen = ImageDraw.Draw(picture)
    ink = colours.ground["ink"]
    _write(pen, the_map.title(lang), _MARGIN, _MARGIN + _TITLE_SIZE, _TITLE_SIZE, ink, bold=True)
    for row in _rows(classes, lang):
        _swatch_png(picture, pen, row, areal=the_map.collection != "routes")
        y = row.y + _SWATCH_HEIGHT - 3.5
        _write(pen, row.text, _MARGIN + _SWATCH_WIDTH + _GAP, y, _TEXT_SIZE, ink, bold=False)
    out = io.BytesIO()
    picture.save(out, "PNG", optimize=True)
    return out.getvalue()


def _rows(classes: Sequence[MapClass], lang: str) -> Iterator[_Row]:
    for at, one in enumerate(classes):
        yield _Row(one.name(lang), one, _MARGIN + _HEAD + at * _ROW - _SWATCH_HEIGHT / 2)


def _size(the_map: Map, classes: Sequence[MapClass], lang: str) -> tuple[int, int]:
    """Return width and height in pixels of the SVG; texts are measured, with some room for other fonts."""
    texts = [_font(_TEXT_SIZE, bold=False).getlength(one.name(lang)) * 1.06 for one in classes]
    title = _font(_TITLE_SIZE, bold=True).getlength(the_map.title(lang)) * 1.06
    body = _SWATCH_WIDTH + _GAP + max(texts, default=0.0)
    return round(2 * _MARGIN + max(title, body)), round(2 * _MARGIN + _HEAD + len(classes) * _ROW - _ROW / 2)


def _swatch_svg(row: _Row, *, areal: bool) -> Iterator[str]:
    look, x, y = row.one.look, _MARGIN, row.y
    if not areal:
        dashes = ",".join(f"{one * _LINE_WIDTH:g}" for one in row.one.dashes)
        broken = f' stroke-dasharray="{dashes}"' if dashes else ""
        middle = y + _SWATCH_HEIGHT / 2
        yield (
            f'<line x1="{x}" y1="{middle}" x2="{x + _SWATCH_WIDTH}" y2="{middle}" stroke="{look.line}" '
            f'stroke-width="{_LINE_WIDTH:g}"{broken}/>'
        )
        return
    box = f'x="{x}" y="{y}" width="{_SWATCH_WIDTH}" height="{_SWATCH_HEIGHT}"'
    yield f'<rect {box} fill="{look.fill}"/>'
    yield f'<svg {box}><g stroke="{look.mark}" stroke-width="1.3" fill="{look.mark}">{_marks_svg(row.one)}</g></svg>'
    dashed = ' stroke-dasharray="3,2"' if look.dashed else ""
    yield f'<rect {box} fill="none" stroke="{look.line}" stroke-width="1.5"{dashed}/>'


def _marks_svg(one: MapClass) -> str:
    pattern = one.look.pattern
    up = [f"M{at} 16L{at + 16} 0" for at in range(-16, 40, 8)] if pattern in {"hatch", "cross"} else []
    down = [f"M{at} 0L{at + 16} 16" for at in range(-16, 40, 8)] if pattern == "cross" else []
    level = [f"M0 {at}H32" for at in (4, 12)] if pattern == "level" else []
    lines = "".join([*up, *down, *level])
    if pattern != "dots":
        return f'<path d="{lines}"/>' if lines else ""
    return "".join(
        f'<circle cx="{x}" cy="{y}" r="0.9" stroke="none"/>'
        for x in range(2, _SWATCH_WIDTH, 4)
        for y in range(2 if (x // 2) % 4 == 1 else 6, _SWATCH_HEIGHT, 8)
    )


def _swatch_png(picture: Image.Image, pen: ImageDraw.ImageDraw, row: _Row, *, areal: bool) -> None:
    look = row.one.look
    left, top = _MARGIN * _RATIO, round(row.y * _RATIO)
    right, bottom = left + _SWATCH_WIDTH * _RATIO, top + _SWATCH_HEIGHT * _RATIO
    if not areal:
        middle = (top + bottom) // 2
        for start, end in _dashes(row.one.dashes, _SWATCH_WIDTH):
            pen.line(
                [left + start * _RATIO, middle, left + end * _RATIO, middle],
                fill=look.line,
                width=round(_LINE_WIDTH * _RATIO),
            )
        return
    pen.rectangle([left, top, right, bottom], fill=look.fill)
    if look.pattern != "plain":
        tile = pattern_image(look, SIDE * _RATIO, _RATIO)
        for x in range(left, right, SIDE * _RATIO):
            picture.paste(tile, (x, top), tile)
    if not look.dashed:
        pen.rectangle([left, top, right, bottom], outline=look.line, width=3)
        return
    for start, end in _dashes((2.0, 1.4), _SWATCH_WIDTH, unit=1.5):
        for y in (top, bottom):
            pen.line([left + start * _RATIO, y, left + end * _RATIO, y], fill=look.line, width=3)
    for start, end in _dashes((2.0, 1.4), _SWATCH_HEIGHT, unit=1.5):
        for x in (left, right):
            pen.line([x, top + start * _RATIO, x, top + end * _RATIO], fill=look.line, width=3)


def _dashes(dashes: Sequence[float], length: float, unit: float = _LINE_WIDTH) -> Iterator[tuple[float, float]]:
    """Yield where the strokes of a broken line begin and end.

    Examples
    --------
    >>> list(_dashes((2, 1), 10, unit=2)), list(_dashes((), 10))
    ([(0.0, 4.0), (6.0, 10.0)], [(0.0, 10)])
    """
    at, turn = 0.0, 0
    if not dashes:
        yield at, length
        return
    while at < length:
        end = min(at + dashes[turn % len(dashes)] * unit, length)
        if turn % 2 == 0:
            yield at, end
        at, turn = end, turn + 1


def _write(pen: ImageDraw.ImageDraw, text: str, x: float, y: float, size: int, ink: str, *, bold: bool) -> None:
    font = _font(size * _RATIO, bold=bold)
    pen.text((x * _RATIO, y * _RATIO), text, font=font, fill=ink, anchor="ls")


@lru_cache(maxsize=8)
def _font(size: int, *, bold: bool) -> ImageFont.FreeTypeFont:
    """Return the font that comes with matplotlib, so that a legend looks the same on every machine."""
    folder = Path(mpl.get_data_path()) / "fonts" / "ttf"
    return ImageFont.truetype(str(folder / ("DejaVuSans-Bold.ttf" if bold else "DejaVuSans.ttf")), size)
