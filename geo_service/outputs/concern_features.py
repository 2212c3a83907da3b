"""Floor 7: concerns as features: a moderator's words and where it stands, never what its reporter told."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import shapely

from geo_service.base.clock import BERLIN
from geo_service.neighbourhood.concern import STATUS_WORDS, Concern, Status
from geo_service.neighbourhood.concern_services import CONCERN_KIND
from geo_service.outputs.collection import Collection, Property
from geo_service.outputs.features import Features
from geo_service.outputs.plain import plain_values
from geo_service.store.kinds_concerns import CONCERN
from geo_service.store.protocol import Store

CONCERNS = Collection(
    "concerns",
    "Anliegen",
    "Concerns",
    "Was Anwohnerinnen und Anwohner melden, und was daraus wird; öffentlich nur, was die Moderation freigegeben hat",
    "What residents report and what becomes of it; public is only what a moderator released",
    "Point",
    (
        Property("number", "string", "Nummer", "number"),
        Property("kind", "string", "Art, Kürzel", "code of the kind"),
        Property("kind_de", "string", "Art", "kind in German"),
        Property("kind_en", "string", "Art auf Englisch", "kind"),
        Property("status", "string", "Stand, Kürzel", "code of the status"),
        Property("status_de", "string", "Stand", "status in German"),
        Property("text", "string", "Worte der Moderation", "a moderator's words"),
        Property("quarter", "string", "Schlüssel des Ortsteils", "key of the quarter"),
        Property("reported_on", "string", "gemeldet am", "reported on", "date"),
        Property("changed_on", "string", "Stand vom", "status since", "date"),
        Property("plot", "string", "Fläche", "plot", public=False),
        Property("reports", "integer", "Meldungen", "reports", public=False),
        Property("published", "boolean", "veröffentlicht", "published", public=False),
    ),
    temporal="reported_on",
)


def concern_features(store: Store, public_only: bool) -> Features:
    """Return the concerns; the id is the number. Merged ones are told of by the concern that has their reports."""
    found = list(_seen(store, public_only))
    return Features(
        [one.number for one in found],
        np.asarray([shapely.Point(one.lon, one.lat) for one in found], dtype=object),
        plain_values([_properties(one, public_only) for one in found]),
        spans=[(one.reported_at.astimezone(BERLIN).date(),) * 2 for one in found],
    )


def public_concerns(store: Store) -> list[Concern]:
    """Return what anybody may see, in order of the numbers: nothing on a plot whose owner objected."""
    return list(_seen(store, public_only=True))


def _seen(store: Store, public_only: bool) -> Iterator[Concern]:
    hidden = {plot.code for plot in store.plots() if not plot.public} if public_only else frozenset()
    for kept in store.records(CONCERN):
        concern = kept.record
        if concern.merged_into or (public_only and not (concern.is_public and concern.plot not in hidden)):
            continue
        yield concern


def _properties(concern: Concern, public_only: bool) -> dict[str, object]:
    kind, status = CONCERN_KIND[concern.kind], concern.status
    told: dict[str, object] = {
        "number": concern.number,
        "kind": kind.code,
        "kind_de": kind.name_de,
        "kind_en": kind.name_en,
        "status": str(status),
        "status_de": STATUS_WORDS[status]["de"],
        "text": concern.public_text,
        "quarter": concern.quarter,
        "reported_on": concern.reported_at.astimezone(BERLIN).date().isoformat(),
        "changed_on": concern.changed_at.astimezone(BERLIN).date().isoformat(),
    }
    if public_only:
        return told
    return told | {"plot": concern.plot, "reports": len(concern.reports), "published": concern.is_public}


STATUS_CLASSES = tuple((status, STATUS_WORDS[status]["de"], STATUS_WORDS[status]["en"]) for status in Status)
"""Value, German and English name of each status."""
