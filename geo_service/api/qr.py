"""Floor 8: an address as a code to scan: for a page, a terminal or a file."""

from __future__ import annotations

from io import BytesIO, StringIO
from pathlib import Path

import segno

from geo_service.base.errors import InputError

SUFFIXES = (".svg", ".png")
_ERROR = "m"  # a scratch or a thumb on the screen does no harm


def qr_svg(text: str) -> str:
    """Return the code as an SVG image without size, to be scaled by whoever shows it."""
    out = BytesIO()
    _code(text).save(out, kind="svg", xmldecl=False, svgns=True, omitsize=True, border=4)
    return out.getvalue().decode().strip()


def qr_lines(text: str) -> str:
    """Return the code as lines of half blocks, for a terminal."""
    out = StringIO()
    _code(text).terminal(out, compact=True, border=2)
    return out.getvalue()


def require_picture(file: Path) -> None:
    """Raise unless a file is named like a picture that `write_qr` can write.

    Raises
    ------
    InputError
        For another suffix.
    """
    if file.suffix.lower() not in SUFFIXES:
        raise InputError(f"{file.name} is no picture of a code", remedy="name it .png or .svg")


def write_qr(text: str, file: Path) -> None:
    """Write the code as an SVG or PNG image.

    Raises
    ------
    InputError
        For a file of another kind, or one that cannot be written.
    """
    require_picture(file)
    try:
        _code(text).save(str(file), scale=8, border=4)
    except OSError as error:
        raise InputError(f"cannot write {file} ({error.strerror})", remedy="choose another file with -o") from error


def _code(text: str) -> segno.QRCode:
    return segno.make(text, error=_ERROR, micro=False)
