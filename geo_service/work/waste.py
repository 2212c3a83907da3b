"""Floor 2: waste keys of the AVV (Abfallverzeichnis-Verordnung); a star marks hazardous waste."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from geo_service.base.errors import InputError

SMALL_QUANTITY_T = 2.0
"""Tonnes of hazardous waste a year, over all sites together, that are exempt from proof (NachwV)."""


@dataclass(frozen=True)
class WasteKey:
    """An AVV key: six digits, with a star when hazardous. Hazardous waste stops the job and alerts the planner."""

    key: str
    name_de: str
    name_en: str

    @property
    def hazardous(self) -> bool:
        """Whether the key carries the star."""
        return self.key.endswith("*")


_NAMES = (
    ("160103", "Altreifen", "end-of-life tyres"),
    ("160601*", "Bleibatterien", "lead batteries"),
    ("170107", "Gemische aus Beton, Ziegeln, Fliesen", "mixtures of concrete, bricks, tiles"),
    ("170204*", "Holz, Glas, Kunststoff, gefährlich", "wood, glass, plastic, hazardous"),
    ("170301*", "kohlenteerhaltige Bitumengemische", "bituminous mixtures containing coal tar"),
    ("170503*", "Boden und Steine, gefährlich", "soil and stones, hazardous"),
    ("170504", "Boden und Steine (Bau)", "soil and stones (construction)"),
    ("170605*", "asbesthaltige Baustoffe", "construction materials containing asbestos"),
    ("170903*", "sonstige Bau- und Abbruchabfälle, gefährlich", "other construction waste, hazardous"),
    ("170904", "gemischte Bau- und Abbruchabfälle", "mixed construction and demolition waste"),
    ("200123*", "Geräte mit FCKW", "equipment containing CFCs"),
    ("200135*", "Elektrogeräte mit gefährlichen Bauteilen", "electronics with hazardous components"),
    ("200136", "andere Elektrogeräte", "other electronics"),
    ("200201", "biologisch abbaubare Abfälle", "biodegradable green waste"),
    ("200202", "Boden und Steine (Garten)", "soil and stones (garden)"),
    ("200203", "andere nicht biologisch abbaubare Abfälle", "other non-biodegradable waste"),
    ("200301", "gemischte Siedlungsabfälle", "mixed municipal waste"),
    ("200307", "Sperrmüll", "bulky waste"),
)

WASTE: Mapping[str, WasteKey] = MappingProxyType({key: WasteKey(key, de, en) for key, de, en in _NAMES})
"""The keys this service meets, by key."""

WASTE_KEYS = tuple(WASTE.values())
"""The same keys in order."""


def waste_key(text: str) -> WasteKey:
    """Return the key that ``text`` names; spaces do not matter, the star does.

    Raises
    ------
    InputError
        When it is none of `WASTE`; a hazardous key without its star is told so.

    Examples
    --------
    >>> waste_key("17 06 05*").hazardous
    True
    """
    key = text.replace(" ", "")
    if key in WASTE:
        return WASTE[key]
    if f"{key}*" in WASTE:
        raise InputError(f"waste key {key} is hazardous", remedy=f"write it with its star: {key}*", key=key)
    raise InputError(f"unknown waste key {text[:20]!r}", remedy=f"one of {', '.join(WASTE)}", key=text[:20])
