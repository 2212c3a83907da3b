"""Floor 7: what maps tell: plots by state, by what is due, by last visit, by tenure; routes by crew; layers of records.

Each map has classes: whose features they are, what they are called and how they look. Styles, legends and the styles in
exported files are all made of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Literal

from geo_service.outputs.day_list import crew_colour
from geo_service.outputs.map_colours import Look, MapColours, lightened
from geo_service.outputs.record_layers import LOOKS, RECORD_LAYERS
from geo_service.work.model import Crew

Operator = Literal["==", "<", ">=", "missing"]

DASHES: tuple[tuple[float, ...], ...] = ((), (4, 1.5), (1.5, 1.5), (6, 1.5, 1.5, 1.5))
"""Crews differ by these too: lengths of line and gap in widths of the line; empty: unbroken."""


RECORDS = "records"
"""Name of the looks that layers of records have."""


@dataclass(frozen=True)
class Condition:
    """What a property must be; days compare as their ISO text does."""

    field: str
    operator: Operator
    value: str = ""

    def as_filter(self) -> list[Any]:
        """Return it as a filter of the MapLibre style specification, in the older form that QGIS reads as well."""
        return ["!has", self.field] if self.operator == "missing" else [self.operator, self.field, self.value]

    def as_qgis(self) -> str:
        r"""Return it as an expression of QGIS.

        Examples
        --------
        >>> Condition("crew", "==", "o'clock").as_qgis(), Condition("due_on", "missing").as_qgis()
        ('"crew" = \'o\'\'clock\'', '"due_on" IS NULL')
        """
        if self.operator == "missing":
            return f'"{self.field}" IS NULL'
        quoted = self.value.replace("'", "''")
        return f"\"{self.field}\" {'=' if self.operator == '==' else self.operator} '{quoted}'"


@dataclass(frozen=True)
class MapClass:
    """Features that look the same.

    Attributes
    ----------
    whose
        Alternatives of conditions that hold together; no alternative: all features.
    dashes
        Of a line, see `DASHES`.
    """

    code: str
    name_de: str
    name_en: str
    look: Look
    whose: tuple[tuple[Condition, ...], ...] = ()
    dashes: tuple[float, ...] = ()

    def name(self, lang: str) -> str:
        """Return what it is called in a language."""
        return self.name_en if lang == "en" else self.name_de

    def as_filter(self) -> list[Any] | None:
        """Return whose features it shows as a filter of a style, None for all."""
        alternatives = [_joined("all", [one.as_filter() for one in together]) for together in self.whose]
        return _joined("any", alternatives) if alternatives else None

    def as_qgis(self) -> str:
        """Return whose features it shows as an expression of QGIS, empty for all."""
        alternatives = [" AND ".join(one.as_qgis() for one in together) for together in self.whose]
        return " OR ".join(f"({one})" for one in alternatives) if len(alternatives) > 1 else "".join(alternatives)


@dataclass(frozen=True)
class Map:
    """A map: what it is called and its classes.

    Attributes
    ----------
    looks
        Which `MapColours.looks` its classes have; the code of a class names one of them. Empty for crews.
    collection
        Name of the collection whose features it classes.
    public
        Whether anybody may see what it tells.
    """

    name: str
    title_de: str
    title_en: str
    what_de: str
    what_en: str
    looks: str = ""
    collection: str = "plots"
    public: bool = False

    def title(self, lang: str) -> str:
        """Return what it is called in a language."""
        return self.title_en if lang == "en" else self.title_de


MAPS = {
    one.name: one
    for one in (
        Map("plots", "Flächen", "Plots", "Lage der Flächen", "Where the plots are", "states", public=True),
        Map("plots-by-state", "Flächen nach Stand", "Plots by state", "Stand der Pflege", "State of care", "states"),
        Map("plots-by-due", "Flächen nach Fälligkeit", "Plots by what is due", "Was fällig ist", "What is due", "due"),
        Map(
            "plots-by-visit",
            "Flächen nach letztem Einsatz",
            "Plots by last visit",
            "Wie lange der letzte Einsatz her ist",
            "How long ago somebody was there",
            "visited",
        ),
        Map(
            "plots-by-tenure",
            "Flächen nach Nutzungsrecht",
            "Plots by tenure",
            "Nach welchem Recht gepflegt wird",
            "By what right they are cared for",
            "tenure",
        ),
        Map(
            "routes-by-crew",
            "Routen nach Kolonne",
            "Routes by crew",
            "Wege des gültigen Plans",
            "Ways of the plan",
            collection="routes",
        ),
        *(
            Map(
                name,
                layer.collection.title_de,
                layer.collection.title_en,
                layer.collection.what_de,
                layer.collection.what_en,
                RECORDS,
                name,
                public=True,
            )
            for name, layer in RECORD_LAYERS.items()
        ),
    )
}
"""All maps by name."""

_STATES = {
    "registered": ("erfasst", "registered"),
    "cleared": ("geräumt", "cleared"),
    "greened": ("begrünt", "greened"),
    "maintained": ("in Pflege", "maintained"),
    "set_aside": ("zurückgestellt", "set aside"),
    "returned": ("zurückgegeben", "returned"),
}
_PUBLIC = ("Fläche", "plot")
_DUE = {
    "overdue": ("überfällig", "overdue"),
    "week": ("in 7 Tagen fällig", "due within 7 days"),
    "month": ("in 4 Wochen fällig", "due within 4 weeks"),
    "later": ("später fällig", "due later"),
    "none": ("nichts fällig", "nothing due"),
}
_DUE_DAYS = {"overdue": (None, 0), "week": (0, 7), "month": (7, 28), "later": (28, None)}
_VISITED = {
    "fortnight": ("in den letzten 2 Wochen", "within 2 weeks"),
    "weeks": ("vor 2 bis 6 Wochen", "2 to 6 weeks ago"),
    "months": ("vor 6 bis 17 Wochen", "6 to 17 weeks ago"),
    "older": ("vor mehr als 17 Wochen", "more than 17 weeks ago"),
    "never": ("noch nie", "never"),
}
_VISITED_DAYS = {"fortnight": (-14, None), "weeks": (-42, -14), "months": (-119, -42), "older": (None, -119)}
_TENURE = {
    "own": ("eigene Fläche", "own land"),
    "permission": ("Gestattung", "permission"),
    "lease": ("Pacht", "lease"),
    "ended": ("Recht abgelaufen", "right has ended"),
    "none": ("ohne Recht", "no right"),
}


def classes_of(the_map: Map, colours: MapColours, *, today: date, crews: Sequence[Crew] = ()) -> tuple[MapClass, ...]:
    """Return the classes of a map; each feature falls into at most one.

    Parameters
    ----------
    today
        From which what is due and what is past are counted.
    crews
        In order of code, for the routes.
    """
    match the_map.name:
        case "plots":
            return _named({"public": _PUBLIC}, "states", colours, {"public": ()})
        case "plots-by-state":
            return _named(_STATES, "states", colours, {code: ((_is("state", code),),) for code in _STATES})
        case "plots-by-due":
            return _named(_DUE, "due", colours, _by_days("due_on", _DUE_DAYS, today, missing="none"))
        case "plots-by-visit":
            days = _by_days("last_visit_on", _VISITED_DAYS, today, missing="never")
            return _named(_VISITED, "visited", colours, days)
        case "plots-by-tenure":
            return _named(_TENURE, "tenure", colours, _by_tenure(today))
        case "routes-by-crew":
            return _by_crew(colours, crews)
        case _:
            return _of_records(the_map.name, colours)


def _named(
    names: dict[str, tuple[str, str]],
    looks: str,
    colours: MapColours,
    whose: dict[str, tuple[tuple[Condition, ...], ...]],
) -> tuple[MapClass, ...]:
    return tuple(
        MapClass(code, name_de, name_en, colours.looks[looks][code], whose[code])
        for code, (name_de, name_en) in names.items()
    )


def _by_days(
    field: str, spans: dict[str, tuple[int | None, int | None]], today: date, *, missing: str
) -> dict[str, tuple[tuple[Condition, ...], ...]]:
    """Return conditions for spans of days from today: from the first one on, before the second one."""
    whose = {}
    for code, (first, end) in spans.items():
        from_on = () if first is None else (Condition(field, ">=", _day(today, first)),)
        before = () if end is None else (Condition(field, "<", _day(today, end)),)
        whose[code] = ((*from_on, *before),)
    return {**whose, missing: ((Condition(field, "missing"),),)}


def _by_tenure(today: date) -> dict[str, tuple[tuple[Condition, ...], ...]]:
    ends = "tenure_until"
    holds = (Condition(ends, "missing"),), (Condition(ends, ">=", today.isoformat()),)
    rights = {kind: tuple((_is("tenure_kind", kind), *one) for one in holds) for kind in ("own", "permission", "lease")}
    ended = (Condition(ends, "<", today.isoformat()),)
    return {
        **rights,
        "ended": tuple((_is("tenure_kind", kind), *ended) for kind in ("own", "permission", "lease")),
        "none": ((_is("tenure_kind", "none"),),),
    }


def _by_crew(colours: MapColours, crews: Sequence[Crew]) -> tuple[MapClass, ...]:
    made = []
    for position, crew in enumerate(crews):
        own = crew_colour(crew, position)
        colour = lightened(own, 0.35) if colours.name == "dark" else own
        look = Look(colour, colour, colour)
        dashes = DASHES[position % len(DASHES)]
        made.append(MapClass(crew.code, crew.name, crew.name, look, ((_is("crew", crew.code),),), dashes))
    return tuple(made)


def _of_records(name: str, colours: MapColours) -> tuple[MapClass, ...]:
    layer = RECORD_LAYERS[name]
    looks = colours.looks[RECORDS]
    return tuple(
        MapClass(look, one.name_de, one.name_en, looks[look], ((_is(layer.field, one.value),),))
        for look, one in zip(LOOKS, layer.classes, strict=False)
    )


def _is(field: str, value: str) -> Condition:
    return Condition(field, "==", value)


def _day(today: date, days: int) -> str:
    return (today + timedelta(days=days)).isoformat()


def _joined(operator: str, parts: list[list[Any]]) -> list[Any]:
    return parts[0] if len(parts) == 1 else [operator, *parts]
