"""Floor 8: the colours of crews on screen and paper: as the workspace names them, else from a palette."""

from __future__ import annotations

import re

PALETTE = ("#0b5fa5", "#c2410c", "#7b3fa0", "#0f766e", "#a3195b", "#5b5b00", "#334155", "#8a4b2a")
"""Dark enough for white figures on them (contrast above 4.5); neighbours differ for colour-blind eyes."""

_HEX = re.compile(r"#[0-9a-fA-F]{6}")


def crew_colour(colour: str, position: int) -> str:
    """Return the crew's own colour when it is one, else the palette's for its position in the list (from 0).

    Examples
    --------
    >>> crew_colour("#336699", 0), crew_colour("red;}", 1)
    ('#336699', '#c2410c')
    """
    return colour if _HEX.fullmatch(colour) else PALETTE[position % len(PALETTE)]


def ink_on(colour: str) -> str:
    """Return black or white, whichever contrasts more with ``colour`` (WCAG 2 relative luminance).

    Examples
    --------
    >>> ink_on("#0b5fa5"), ink_on("#ffcc00")
    ('#ffffff', '#000000')
    """
    channels = (int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5))
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    luminance = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    return "#ffffff" if 1.05 / (luminance + 0.05) >= (luminance + 0.05) / 0.05 else "#000000"
