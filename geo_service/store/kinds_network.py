"""Floor 5: how mediations, occasions and contacts are kept."""

from __future__ import annotations

from collections.abc import Iterable

from geo_service.neighbourhood.contacts import Contact
from geo_service.neighbourhood.mediations import Mediation
from geo_service.neighbourhood.occasions import Occasion
from geo_service.store.records import Link, RecordKind


def _subject(mediation: Mediation) -> Iterable[Link]:
    return [(name, value) for name, value in (("concern", mediation.concern), ("plot", mediation.plot)) if value]


MEDIATION = RecordKind("mediation", Mediation, lambda one: one.mediation_id, _subject)
OCCASION = RecordKind("occasion", Occasion, lambda one: one.occasion_id)
CONTACT = RecordKind("contact", Contact, lambda one: one.contact_id)
"""Looked up by its random id only: a link would keep a name in a second place."""
