"""Floor 7: the colours of a map, light or dark, as values: where they come from says `geo_service.web.colours`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

ThemeName = Literal["light", "dark"]
Pattern = Literal["plain", "hatch", "dots", "level", "cross"]


@dataclass(frozen=True)
class Look:
    """How an area is drawn; colours are ``#rrggbb``.

    Attributes
    ----------
    mark
        Colour of the pattern on the fill.
    dashed
        Whether the outline is.
    """

    fill: str
    mark: str
    line: str
    pattern: Pattern = "plain"
    dashed: bool = False


@dataclass(frozen=True)
class MapColours:
    """The colours of a theme.

    Attributes
    ----------
    ground
        Colours of the basemap and of text, by name: ``"paper"``, ``"water"``, ``"ink"`` ...
    looks
        How plots are drawn by what a map tells of them: ``looks["states"]["cleared"]``.
    crews
        For crews without a colour of their own, by their place in the list.
    """

    name: ThemeName
    ground: Mapping[str, str]
    looks: Mapping[str, Mapping[str, Look]]
    crews: tuple[str, ...]


def channels(colour: str) -> tuple[int, int, int]:
    """Return red, green and blue of ``#rrggbb``.

    Examples
    --------
    >>> channels("#ff8000")
    (255, 128, 0)
    """
    red, green, blue = (int(colour[at : at + 2], 16) for at in (1, 3, 5))
    return red, green, blue


def lightened(colour: str, share: float) -> str:
    """Return a colour nearer to white.

    Examples
    --------
    >>> lightened("#000080", 0.5)
    '#8080c0'
    """
    return "#" + "".join(f"{round(one + (255 - one) * share):02x}" for one in channels(colour))
