"""Floor 6: take what a child sent from a tablet: once, whatever is sent twice; nobody sees it before an adult."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import TypeVar

import shapely
from shapely.geometry.base import BaseGeometry

from geo_service.base.crs import WGS84_EPSG, transform_geometry
from geo_service.base.errors import Conflict, InputError
from geo_service.neighbourhood.children import ChildPlace, require_place
from geo_service.neighbourhood.courtyard_ideas import CourtyardIdea, require_parts
from geo_service.store.kinds_children import CHILD_ASIDE, CHILD_GROUP, CHILD_PLACE, COURTYARD_IDEA, SetAside
from geo_service.store.protocol import Store
from geo_service.store.records import RecordKind

AUTHOR = "children"
AROUND_M = 1000.0
"""So far around the quarters a place may lie."""

Entry = TypeVar("Entry", ChildPlace, CourtyardIdea)


def take_child_place(store: Store, place: ChildPlace, *, body: bytes, clock: Callable[[], datetime]) -> ChildPlace:
    """Keep a place as a child sent it, waiting for an adult.

    Parameters
    ----------
    body
        As it was sent; ``place.sent_sha256`` is its hash.

    Returns
    -------
    ChildPlace
        As it is kept: without the group when there is none of that code; the age is the group's where there is one.

    Raises
    ------
    InputError
        When it is not made of what the lists hold, or lies elsewhere.
    Conflict
        When other contents came under this id; these are kept aside.
    """
    require_place(place.feeling, place.kind, place.word, place.drawing)
    _require_here(store, place.point)
    return _keep_once(store, CHILD_PLACE, _of_group(store, place), body, clock)


def take_courtyard_idea(
    store: Store, idea: CourtyardIdea, *, body: bytes, clock: Callable[[], datetime]
) -> CourtyardIdea:
    """Keep an idea as a group or a guest drew it; a plot that it lies on is noted. Else as `take_child_place`."""
    require_parts(idea.parts)
    _require_here(store, shapely.GeometryCollection([part.shape for part in idea.parts]))
    return _keep_once(store, COURTYARD_IDEA, replace(_of_group(store, idea), plot=_plot_at(store, idea)), body, clock)


def _keep_once(
    store: Store, kind: RecordKind[Entry], entry: Entry, body: bytes, clock: Callable[[], datetime]
) -> Entry:
    entry_id = kind.key(entry)
    kept = store.record(kind, entry_id)
    if kept is None:
        try:
            with store.change(author=AUTHOR, reason=f"a {kind.name} was sent", at=clock()) as tx:
                tx.put_record(kind, entry, expected=0)
        except Conflict:  # the same was kept meanwhile
            kept = store.record(kind, entry_id)
        else:
            return entry
    assert kept is not None, "it is kept"
    if kept.record.sent_sha256 == entry.sent_sha256:
        return kept.record
    aside = SetAside(f"{entry_id}.{entry.sent_sha256[:16]}", entry_id, body.decode("utf-8", "replace"), clock())
    if store.record(CHILD_ASIDE, aside.aside_id) is None:
        with store.change(author=AUTHOR, reason=f"other contents under the id of a {kind.name}", at=clock()) as tx:
            tx.put_record(CHILD_ASIDE, aside)
    raise Conflict(
        "other contents were sent under this id; these are kept aside", remedy="send them under an id of their own"
    )


def _of_group(store: Store, entry: Entry) -> Entry:
    if not entry.group:
        return entry
    group = store.record(CHILD_GROUP, entry.group)
    if group is None or group.record.closed_at is not None:
        return replace(entry, group="")
    return replace(entry, age_band=group.record.age_band)


def _require_here(store: Store, shape: BaseGeometry) -> None:
    quarters = store.quarters()
    if not quarters:
        return
    area = shapely.union_all([one.geometry for one in quarters])
    if area.distance(transform_geometry(shape, WGS84_EPSG, quarters[0].epsg)) > AROUND_M:
        raise InputError("this is not in one of our quarters", remedy="choose a place on the map")


def _plot_at(store: Store, idea: CourtyardIdea) -> str:
    for plot in store.plots():
        if plot.geometry.covers(transform_geometry(idea.middle, WGS84_EPSG, plot.epsg)):
            return plot.code
    return ""
