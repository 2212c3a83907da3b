"""Floor 1: the kinds of concerns that residents bring, in three languages, and the work that each usually becomes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Literal

from geo_service.base.errors import InputError

Wording = Literal["de", "en", "easy"]
"""German, English, easy German (Leichte Sprache)."""


class Theme(StrEnum):
    """What a concern is about, for figures."""

    WASTE = "waste"
    GREENERY = "greenery"
    SAFETY = "safety"
    PEACE = "peace"
    IDEAS = "ideas"
    OTHER = "other"


Stance = Literal["complaint", "idea", "praise"]


@dataclass(frozen=True)
class ConcernKind:
    """A kind of concern.

    Attributes
    ----------
    name_de, name_en, name_easy
        What it is called; ``hint_...``: what belongs to it.
    work
        Code of the catalogue, or words, of the work that it usually becomes; empty: none.
    waste_key
        AVV key of what is carried away with it, or empty.
    minutes
        Of work in words.
    priority
        Of the visit, 1 most urgent to 5 least.
    """

    code: str
    name_de: str
    name_en: str
    name_easy: str
    hint_de: str
    hint_en: str
    hint_easy: str
    theme: Theme
    stance: Stance = "complaint"
    work: str = ""
    waste_key: str = ""
    minutes: int = 60
    priority: int = 2
    keywords: tuple[str, ...] = ()

    def name(self, lang: Wording = "de") -> str:
        """Return its name in a language."""
        return {"de": self.name_de, "en": self.name_en, "easy": self.name_easy}[lang]

    def hint(self, lang: Wording = "de") -> str:
        """Return what belongs to it, in a language."""
        return {"de": self.hint_de, "en": self.hint_en, "easy": self.hint_easy}[lang]


CONCERN_KINDS: tuple[ConcernKind, ...] = (
    ConcernKind(
        "dumped_waste",
        "Abgeladener Müll",
        "Dumped waste",
        "Müll",
        "Sperrmüll, Säcke, Bauschutt, Reifen auf einer Fläche",
        "Bulky waste, bags, rubble or tyres on a plot",
        "Jemand hat Müll hingeworfen. Zum Beispiel ein Sofa.",
        Theme.WASTE,
        work="Abgeladenen Müll abholen",
        waste_key="200307",
        keywords=("Müll", "waste"),
    ),
    ConcernKind(
        "litter",
        "Verschmutzung",
        "Litter",
        "Schmutz",
        "Viel Kleinmüll, Hundekot, volle Papierkörbe",
        "Much litter, dog dirt, full bins",
        "Es ist schmutzig. Zum Beispiel liegt Papier herum.",
        Theme.WASTE,
        work="litter_pick",
        waste_key="200301",
        priority=3,
        keywords=("Müll", "litter"),
    ),
    ConcernKind(
        "broken_glass",
        "Scherben",
        "Broken glass",
        "Scherben",
        "Glas, Spritzen oder anderes, woran man sich verletzt",
        "Glass, syringes or anything that one gets hurt by",
        "Da liegt Glas. Man kann sich schneiden.",
        Theme.SAFETY,
        work="Scherben beseitigen",
        waste_key="200301",
        minutes=30,
        priority=1,
        keywords=("Gefahr", "danger"),
    ),
    ConcernKind(
        "danger",
        "Gefahrenstelle",
        "Danger",
        "Gefahr",
        "Lockerer Ast, offener Schacht, Bauzaun umgefallen; bei akuter Gefahr 110 oder 112",
        "Loose branch, open shaft, fallen fence; in an emergency call 110 or 112",
        "Hier ist es gefährlich. Bei großer Gefahr: Rufen Sie 112 an.",
        Theme.SAFETY,
        work="inspect",
        priority=1,
        keywords=("Gefahr", "danger"),
    ),
    ConcernKind(
        "overgrown_way",
        "Zugewachsener Weg",
        "Overgrown way",
        "Weg zugewachsen",
        "Hecke, Gestrüpp oder hohes Gras nimmt den Weg",
        "Hedge, scrub or tall grass blocks the way",
        "Die Pflanzen sind zu groß. Man kommt nicht gut vorbei.",
        Theme.GREENERY,
        work="Weg freischneiden",
        waste_key="200201",
        minutes=90,
        keywords=("Grün", "greenery"),
    ),
    ConcernKind(
        "plants",
        "Grün und Bäume",
        "Plants and trees",
        "Pflanzen",
        "Vertrocknete Pflanzen, kranker Baum, Beet ohne Pflege",
        "Dried-out plants, a sick tree, a bed without care",
        "Den Pflanzen geht es schlecht. Zum Beispiel einem Baum.",
        Theme.GREENERY,
        work="inspect",
        priority=3,
        keywords=("Grün", "greenery"),
    ),
    ConcernKind(
        "noise",
        "Lärm",
        "Noise",
        "Lärm",
        "Laute Maschinen oder Feiern auf einer Fläche",
        "Loud machines or parties on a plot",
        "Es ist zu laut.",
        Theme.PEACE,
        keywords=("Lärm", "noise"),
    ),
    ConcernKind(
        "idea",
        "Idee oder Wunsch",
        "Idea or wish",
        "Idee",
        "Was hier entstehen oder anders werden soll",
        "What should come or change here",
        "Sie haben eine Idee für diesen Ort.",
        Theme.IDEAS,
        stance="idea",
        keywords=("Idee", "idea"),
    ),
    ConcernKind(
        "praise",
        "Lob",
        "Praise",
        "Lob",
        "Was gut gelungen ist",
        "What turned out well",
        "Das ist gut. Das gefällt Ihnen.",
        Theme.OTHER,
        stance="praise",
        keywords=("Lob", "praise"),
    ),
    ConcernKind(
        "other",
        "Anderes",
        "Something else",
        "Etwas anderes",
        "Was zu keiner anderen Art passt",
        "Whatever fits no other kind",
        "Sie möchten etwas anderes sagen.",
        Theme.OTHER,
    ),
)
"""All kinds, in the order in which they are offered."""

CONCERN_KIND: Mapping[str, ConcernKind] = MappingProxyType({one.code: one for one in CONCERN_KINDS})
"""The same by code."""


def concern_kind(code: str) -> ConcernKind:
    """Return a kind by its code.

    Raises
    ------
    InputError
        When there is none; the remedy names all.

    Examples
    --------
    >>> concern_kind("dumped_waste").name("easy")
    'Müll'
    """
    if code not in CONCERN_KIND:
        raise InputError(f"there is no kind of concern {code[:40]!r}", remedy=f"one of {', '.join(CONCERN_KIND)}")
    return CONCERN_KIND[code]
