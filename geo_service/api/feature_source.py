"""Floor 8: from the store to the features of a collection; after an edit only what was edited is read again."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection as Collection_
from collections.abc import Iterator
from dataclasses import replace
from threading import Lock

import numpy as np

from geo_service.api.feature_pages import FeaturePages
from geo_service.api.field_rules import seen_by, sees_unpublished, sight_of
from geo_service.api.revisions import MADE_OF
from geo_service.outputs.collections import PLOTS, QUARTERS, ROUTES, STREETS, VISITS, Collection
from geo_service.outputs.feature_table import FeatureTable
from geo_service.outputs.features import (
    Features,
    plot_features,
    quarter_features,
    route_features,
    street_features,
    visit_features,
)
from geo_service.outputs.plot_care import care_reader
from geo_service.outputs.record_layers import RECORD_LAYERS
from geo_service.plots.model import Plot
from geo_service.store.model import Changed
from geo_service.store.protocol import Store

PART = 5_000
"""Plots that are read at a time: what is read is many times larger than what is kept."""

MOST_EDITS = 2_000
"""Changes that are put in one by one; for more everything is read anew."""

_OF_PLOTS = {"plot": 0, "exception": 1, "visit_done": 2}
"""Kinds of changes that concern one plot -> how many parts of their key follow its id."""

_NONE = Features([], np.empty(0, dtype=object), [])


class FeatureSource:
    """Keeps the newest pages of each collection; threads that want the same ones wait for the first to make them."""

    def __init__(self) -> None:
        self._kept: dict[tuple[str, str], tuple[int, FeaturePages]] = {}
        self._locks: defaultdict[tuple[str, str], Lock] = defaultdict(Lock)

    def is_multi(self, collection: Collection, role: str) -> bool:
        """Whether polygons of a collection are told as multipolygons, as far as that is known already."""
        kept = self._kept.get((collection.name, sight_of(role)))
        return kept is not None and kept[1].table.multi

    def get(self, store: Store, collection: Collection, revision: int, role: str) -> FeaturePages:
        """Return a collection as a role sees it, at least as new as a revision of the collection."""
        key = (collection.name, sight_of(role))
        kept = self._kept.get(key)
        if kept is not None and kept[0] >= revision:
            return kept[1]
        with self._locks[key]:
            kept = self._kept.get(key)
            if kept is None or kept[0] < revision:
                table = None if kept is None else _edited(store, collection, kept[1].table, kept[0], role)
                if table is None:
                    table = FeatureTable(parts_of(store, collection, role=role), seen_by(collection, role))
                kept = self._kept[key] = (revision, FeaturePages(table))
            return kept[1]


def _edited(store: Store, collection: Collection, table: FeatureTable, revision: int, role: str) -> FeatureTable | None:
    """Return a table with what was edited after a revision, None when all must be read anew."""
    names = edited_plots(store, collection, revision)
    if names is None:
        return None
    made = table.made_of(names)
    if collection is PLOTS:
        return table.changed(read_plots(store, names, role=role), made)
    return None if made else table  # visits: none of them is on a plot that was edited


def edited_plots(store: Store, collection: Collection, revision: int) -> frozenset[str] | None:
    """Return the ids of plots that were edited after a revision; None when other things changed, or very many."""
    if collection not in {PLOTS, VISITS}:
        return None  # small, or replaced as a whole
    kinds, changes = MADE_OF[collection.name], store.changed_since(revision)
    if changes is None or any(one.what in kinds - _OF_PLOTS.keys() for one in changes):
        return None
    names = frozenset(_plot_of(one) for one in changes if one.what in kinds & _OF_PLOTS.keys())
    return names if len(names) <= MOST_EDITS else None


def _plot_of(change: Changed) -> str:
    """Return the id of the plot that a change tells of; of a work on a plot, work and day follow in its key."""
    return change.key.rsplit(".", _OF_PLOTS[change.what])[0] if _OF_PLOTS[change.what] else change.key


def read_plots(store: Store, names: Collection_[str], *, role: str) -> Features:
    """Return the plots with some ids as a role sees them."""
    public = not sees_unpublished(role)
    plots = store.plots(ids=names, public_only=public) if names else []
    care = None if public else care_reader(store).of(plots)
    return _seen(PLOTS, plot_features(plots, public_only=public, exact=True, care=care), role)


def parts_of(store: Store, collection: Collection, *, role: str) -> Iterator[Features]:
    """Yield the features of a collection as a role sees them, part by part."""
    for part in _parts(store, collection, public=not sees_unpublished(role)):
        yield _seen(collection, part, role)


def features_of(store: Store, collection: Collection, *, role: str) -> Features:
    """Return the features of a collection as a role sees them."""
    parts = list(parts_of(store, collection, role=role))
    if len(parts) == 1:
        return parts[0]
    shapes = [np.empty(0, dtype=object), *(part.geometries for part in parts)]
    return Features(
        [key for part in parts for key in part.ids],
        np.concatenate(shapes),
        [row for part in parts for row in part.properties],
    )


def plot_as_seen(store: Store, plot: Plot, role: str) -> Features:
    """Return a plot as the one feature, or none, that a role sees of it."""
    public = not sees_unpublished(role)
    care = None if public else care_reader(store).of([plot])
    return _seen(PLOTS, plot_features([plot], public_only=public, exact=True, care=care), role)


def _seen(collection: Collection, found: Features, role: str) -> Features:
    names = [one.name for one in seen_by(collection, role)]
    if found.properties and list(found.properties[0]) == names:
        return found
    known = set(names)
    rows = [{name: value for name, value in row.items() if name in known} for row in found.properties]
    return replace(found, properties=rows)


def _parts(store: Store, collection: Collection, *, public: bool) -> Iterator[Features]:
    if collection is not PLOTS:
        yield _all_of(store, collection, public=public)
        return
    care = None if public else care_reader(store)
    after = ""
    while plots := store.plots(after=after, limit=PART, public_only=public):
        after = plots[-1].code
        known = care.of(plots) if care else None
        yield plot_features(plots, public_only=public, exact=True, care=known)


def _all_of(store: Store, collection: Collection, *, public: bool) -> Features:
    layer = RECORD_LAYERS.get(collection.name)
    if layer is not None:
        return layer.features(store, public)
    if collection is QUARTERS:
        return quarter_features(store.quarters(), exact=True)
    if collection is STREETS:
        network = store.streets()
        return _NONE if network is None else street_features(network)
    plan = store.plan()
    if plan is not None and collection is VISITS:
        planned = {stop.visit.plot_id for route in plan.routes for stop in route.stops}
        plots = store.plots(ids=planned | {one.plot_id for one in plan.unserved})
        return visit_features(plan, plots, store.catalogue(), public_only=public)
    if plan is not None and collection is ROUTES:
        return route_features(plan, store.crews())
    return _NONE
