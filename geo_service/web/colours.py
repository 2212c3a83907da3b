"""Floor 8: the colours of crews on screen and paper, and those of the map, which stand in ``static/js/palette.js``."""

from __future__ import annotations

import json
import re
from functools import lru_cache
from pathlib import Path
from typing import Any

from geo_service.outputs.map_colours import Look, MapColours, ThemeName

PALETTE_FILE = Path(__file__).parent / "static" / "js" / "palette.js"
"""The one place where the map's colours stand: the pages run it, styles and legends read it."""

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


@lru_cache(maxsize=2)
def map_colours(theme: ThemeName) -> MapColours:
    """Return the colours of a theme as the pages have them.

    Examples
    --------
    >>> map_colours("light").ground["water"], map_colours("dark").looks["states"]["cleared"].pattern
    ('#b4d3e4', 'dots')
    """
    source = PALETTE_FILE.read_text(encoding="utf-8")
    told: dict[str, Any] = _literal(source, theme.upper())
    return MapColours(
        theme,
        {name: one for name, one in told.items() if isinstance(one, str) and name != "name"},
        {
            name: {code: Look(**look) for code, look in looks.items()}
            for name, looks in told.items()
            if isinstance(looks, dict)
        },
        tuple(_literal(source, "CREWS")),
    )


def _literal(source: str, name: str) -> Any:
    """Return a constant of a script that is written as JSON but for quotes around keys and commas at the end."""
    found = re.search(rf"^const {name} = (.*?);$", source, flags=re.DOTALL | re.MULTILINE)
    if found is None:
        raise ValueError(f"{PALETTE_FILE.name} has no constant {name}")
    quoted = re.sub(r"([{,]\s*)(\w+):", r'\1"\2":', found[1])
    return json.loads(re.sub(r",(\s*[}\]])", r"\1", quoted))
