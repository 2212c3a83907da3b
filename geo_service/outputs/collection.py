"""Floor 7: what a collection of features is: its name, what it tells, and which properties its features have."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

PropertyType = Literal["string", "integer", "number", "boolean"]
GeometryType = Literal["Polygon", "LineString", "Point", "Geometry"]
"""``"Geometry"``: points, lines and polygons side by side."""


@dataclass(frozen=True)
class Property:
    """A property of a feature.

    Attributes
    ----------
    form
        JSON Schema format of a string: ``"date"``, ``"date-time"`` or empty.
    public
        Whether readers who are not signed in get it.
    """

    name: str
    type: PropertyType
    what_de: str
    what_en: str
    form: str = ""
    public: bool = True


@dataclass(frozen=True)
class Collection:
    """A collection of features.

    Attributes
    ----------
    geometry
        Type of the geometries; polygons may be multipolygons.
    temporal
        Name of the property that gives the day, or empty.
    """

    name: str
    title_de: str
    title_en: str
    what_de: str
    what_en: str
    geometry: GeometryType
    properties: tuple[Property, ...]
    temporal: str = ""

    def title(self, lang: str) -> str:
        """Return the title in a language."""
        return self.title_en if lang == "en" else self.title_de

    def what(self, lang: str) -> str:
        """Return the description in a language."""
        return self.what_en if lang == "en" else self.what_de

    def seen(self, *, public_only: bool) -> tuple[Property, ...]:
        """Return the properties that a reader gets."""
        return tuple(one for one in self.properties if one.public or not public_only)
