"""Floor 8: when what an answer depends on changed last: a run's progress or a photo does not make streets new."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from threading import Lock

from geo_service.outputs.collections import PLOTS, QUARTERS, ROUTES, STREETS, VISITS, Collection
from geo_service.outputs.record_layers import RECORD_LAYERS
from geo_service.store.protocol import Store

ATTRIBUTION = frozenset({"setting", "streets", "workspace"})
"""Kinds of changes that what must be read with the data depends on."""

MADE_OF: Mapping[str, frozenset[str]] = {
    QUARTERS.name: frozenset({"quarter", "workspace"}),
    PLOTS.name: frozenset({"plot", "visit_done", "exception", "catalogue", "workspace"}),
    STREETS.name: frozenset({"streets", "workspace"}),
    VISITS.name: frozenset({"plan", "plot", "catalogue", "workspace"}),
    ROUTES.name: frozenset({"plan", "crew", "workspace"}),
    **{name: layer.kinds | {"workspace"} for name, layer in RECORD_LAYERS.items()},
}
"""Collection -> the kinds of changes in the store that can change its features."""


@dataclass(frozen=True)
class _Seen:
    revision: int
    newest: Mapping[str, int]


class Revisions:
    """Knows for each kind of things the newest revision in which one changed; several threads may ask."""

    def __init__(self) -> None:
        self._seen = _Seen(-1, {})
        self._lock = Lock()

    def of(self, store: Store, kinds: Iterable[str]) -> int:
        """Return the newest revision in which a thing of some kinds changed; 0 when none ever did."""
        newest = self._newest(store)
        return max((newest.get(kind, 0) for kind in kinds), default=0)

    def of_collections(self, store: Store, collections: Iterable[Collection]) -> int:
        """Return the newest revision in which features of some collections changed."""
        return self.of(store, {kind for one in collections for kind in MADE_OF[one.name]})

    def known_of(self, store: Store, collections: Iterable[Collection]) -> int | None:
        """Return what `of_collections` does when nothing changed since it was asked last, else None; quick."""
        seen = self._seen
        if store.revision() != seen.revision:
            return None
        return max((seen.newest.get(kind, 0) for one in collections for kind in MADE_OF[one.name]), default=0)

    def _newest(self, store: Store) -> Mapping[str, int]:
        if store.revision() == self._seen.revision:
            return self._seen.newest
        with self._lock:
            revision, seen = store.revision(), self._seen
            changes = store.changed_since(seen.revision) if 0 <= seen.revision <= revision else None
            if changes is None:
                newest = store.newest_changes()
            else:
                newest = dict(seen.newest)
                for one in reversed(changes):
                    newest[one.what] = one.revision
            self._seen = _Seen(revision, newest)
            return newest
