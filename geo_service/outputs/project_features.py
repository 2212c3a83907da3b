"""Floor 7: projects as features: what is planned by whom, in which phase since when."""

from __future__ import annotations

import numpy as np

from geo_service.neighbourhood.project import PHASE_WORDS, Project
from geo_service.outputs.collection import Collection, Property
from geo_service.outputs.features import Features
from geo_service.outputs.plain import plain_values
from geo_service.store.kinds_projects import PROJECT
from geo_service.store.protocol import Store

PHASE_CLASSES = tuple((phase, de, en) for phase, (de, en) in PHASE_WORDS.items())

PROJECTS = Collection(
    "projects",
    "Vorhaben",
    "Projects",
    "Was im Gebiet geplant und gebaut wird, von wem, in welcher Phase seit wann",
    "What is planned and built in the area, by whom, in which phase since when",
    "Geometry",
    (
        Property("title", "string", "Titel", "title"),
        Property("phase", "string", "Phase, Kürzel", "code of the phase"),
        Property("phase_de", "string", "Phase", "phase in German"),
        Property("phase_on", "string", "in dieser Phase seit", "in this phase since", "date"),
        Property("about", "string", "worum es geht", "what it is about"),
        Property("carrier", "string", "Träger", "carrier"),
        Property("cost_eur", "number", "Kosten in Euro", "cost in euros"),
        Property("funding", "string", "Finanzierung", "funding"),
        Property("published", "boolean", "veröffentlicht", "published", public=False),
        Property("plots", "string", "Flächen", "plots", public=False),
    ),
    temporal="phase_on",
)


def project_features(store: Store, public_only: bool) -> Features:
    """Return the projects; the id is the code."""
    found = public_projects(store) if public_only else [one.record for one in store.records(PROJECT)]
    rows = [_properties(one, public_only=public_only) for one in found]
    shapes = np.empty(len(found), dtype=object)
    shapes[:] = [one.shape for one in found]
    spans = [(one.phases[0].on, one.phases[-1].on) for one in found]
    return Features([one.code for one in found], shapes, plain_values(rows), spans=spans)


def public_projects(store: Store) -> list[Project]:
    """Return what everybody may see: published, and touching no plot whose owner objected."""
    hidden = {plot.code for plot in store.plots() if not plot.public}
    kept = (one.record for one in store.records(PROJECT))
    return [one for one in kept if one.published and not hidden & set(one.plots)]


def _properties(one: Project, *, public_only: bool) -> dict[str, object]:
    told: dict[str, object] = {
        "title": one.title,
        "phase": str(one.phase),
        "phase_de": PHASE_WORDS[one.phase][0],
        "phase_on": one.phases[-1].on.isoformat(),
        "about": one.about,
        "carrier": one.carrier,
        "cost_eur": None if one.cost_cents is None else one.cost_cents / 100,
        "funding": ", ".join(f"{each.name} {each.percent:g} %" for each in one.sources),
    }
    return told if public_only else told | {"published": one.published, "plots": ", ".join(one.plots)}
