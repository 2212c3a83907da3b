"""Floor 7: records that have a place, as layers beside the plots: one table, of which everything else is made.

To add a layer, a part writes ``outputs/<part>_features.py`` with

- a `Collection`: every property is ``public`` or for readers only;
- a function from a store to `Features`, with ids that never change and geometries in degrees. With ``public_only`` it
  returns what anybody may see: what is published, without a plot whose owner objected, nothing that tells of a person.
  What it returns depends on the store alone, not on the clock: it is kept until a record of the layer's kinds changes;

and a row in `RECORD_LAYERS`. The row makes the collection, its items, filters, tiles, downloads, style, legend, rows of
access (anybody may ask) and of fields (``public`` decides, ``staff_only`` narrows), and the switch on the map.
What is withdrawn is gone from all of them with the next question.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from geo_service.outputs.collection import Collection
from geo_service.outputs.concern_features import CONCERNS, STATUS_CLASSES, concern_features
from geo_service.outputs.features import Features
from geo_service.outputs.occasion_features import KIND_CLASSES, OCCASIONS, occasion_features
from geo_service.outputs.project_features import PHASE_CLASSES, PROJECTS, project_features
from geo_service.store.protocol import Store

LOOKS = ("first", "second", "third", "fourth", "fifth", "sixth")
"""Names of the looks that classes get in turn; their colours stand with those of the map."""


@dataclass(frozen=True)
class RecordClass:
    """Features of a layer that look the same.

    Attributes
    ----------
    value
        Of the property by which the layer is classed.
    """

    value: str
    name_de: str
    name_en: str


@dataclass(frozen=True)
class RecordLayer:
    """A layer that is made of records.

    Attributes
    ----------
    kinds
        What the ledger calls the things whose change makes the features new: the kinds of the records and, where
        features tell of plots, ``"plot"``.
    features
        Returns the features of a store; the truth value says whether only what anybody may see.
    field, classes
        Name of the public property that decides how a feature looks, and its values: at most as many as `LOOKS`.
    brief
        Which properties tiles carry from afar: the field of the classes, and what the map names features by.
    staff_only
        Names of properties that an analyst does not read either: what people wrote in their own words.
    licence, source
        Of the data, for files.
    """

    collection: Collection
    kinds: frozenset[str]
    features: Callable[[Store, bool], Features]
    field: str
    classes: tuple[RecordClass, ...]
    brief: tuple[str, ...]
    staff_only: frozenset[str] = frozenset()
    source: str = ""
    licence: str = ""


RECORD_LAYERS: dict[str, RecordLayer] = {
    CONCERNS.name: RecordLayer(
        CONCERNS,
        frozenset({"concern", "plot"}),
        concern_features,
        "status",
        tuple(RecordClass(status, de, en) for status, de, en in STATUS_CLASSES),
        ("status", "number"),
        source="Anliegen der Anwohnerinnen und Anwohner",
    ),
    PROJECTS.name: RecordLayer(
        PROJECTS,
        frozenset({"project", "plot"}),
        project_features,
        "phase",
        tuple(RecordClass(phase, de, en) for phase, de, en in PHASE_CLASSES),
        ("phase", "title"),
        source="Quartiersmanagement",
    ),
    OCCASIONS.name: RecordLayer(
        OCCASIONS,
        frozenset({"occasion", "places"}),
        occasion_features,
        "kind",
        tuple(RecordClass(kind, de, en) for kind, de, en in KIND_CLASSES),
        ("kind", "title"),
        source="Quartiersmanagement",
    ),
}
"""The layers by the name of their collection."""
