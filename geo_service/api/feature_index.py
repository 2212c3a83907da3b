"""Floor 8: the features of a collection, in order of id, with a tree over them: made once per revision of the data."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from threading import Lock
from typing import Any

import numpy as np
import numpy.typing as npt
import orjson
import shapely
from shapely.geometry.base import BaseGeometry

from geo_service.api.items_query import Box, ItemsQuery, Key, Span, Wanted

Properties = dict[str, Any]


@dataclass(frozen=True)
class Page:
    """A page of features.

    Attributes
    ----------
    matched
        How many features fit the filters, on all pages.
    features
        GeoJSON features in order of id, encoded.
    rows
        Id and properties of each.
    after
        Id of the last one when there are more, else None.
    """

    matched: int
    features: list[bytes]
    rows: list[tuple[Key, Properties]]
    after: Key | None


class FeatureIndex:
    """Features ready to be asked for by place, time, property and id.

    Parameters
    ----------
    ids
        Unique; all text or all whole numbers.
    geometries
        In degrees, lon, lat.
    properties
        As JSON can carry them.
    spans
        First and last day of each feature when the collection has times; ISO dates compare as dates.
    """

    def __init__(
        self,
        ids: Sequence[Key],
        geometries: Sequence[BaseGeometry | None],
        properties: Sequence[Properties],
        spans: Sequence[Span] | None = None,
    ) -> None:
        order = sorted(range(len(ids)), key=ids.__getitem__)
        self._ids = [ids[position] for position in order]
        self._geometries = np.empty(len(order), dtype=object)
        self._geometries[:] = [geometries[position] for position in order]
        self._properties = [properties[position] for position in order]
        self._spans = None if spans is None else [spans[position] for position in order]
        self._tree = shapely.STRtree(self._geometries)

    def __len__(self) -> int:
        """Count the features."""
        return len(self._ids)

    def bounds(self) -> Box | None:
        """Return the box around everything in degrees, None when there is nothing."""
        boxes = shapely.bounds(self._geometries)
        boxes = boxes[~np.isnan(boxes).any(axis=1)]
        if len(boxes) == 0:
            return None
        west, south = boxes[:, :2].min(axis=0).tolist()
        east, north = boxes[:, 2:].max(axis=0).tolist()
        return west, south, east, north

    def span(self) -> Span | None:
        """Return the first and the last day of everything, None when there is nothing or it has no times."""
        if not self._spans:
            return None
        firsts, lasts = zip(*self._spans, strict=True)
        return _outermost(firsts, min), _outermost(lasts, max)

    def page(self, query: ItemsQuery) -> Page:
        """Return the features that fit, a page of them."""
        fits = self._in_boxes(query.boxes) & self._in_span(query.span)
        for name, wanted in query.filters.items():
            fits &= np.fromiter((_is(one.get(name), wanted) for one in self._properties), bool, len(self))
        matched = np.flatnonzero(fits)
        start = 0 if query.after is None else self._place_after(query.after)
        rest = matched[matched >= start]
        chosen = rest[: query.limit]
        return Page(
            matched=len(matched),
            features=self._encode(chosen),
            rows=[(self._ids[position], self._properties[position]) for position in chosen],
            after=self._ids[chosen[-1]] if len(rest) > len(chosen) else None,
        )

    def feature(self, fid: str) -> Page | None:
        """Return the page that holds one feature, None when there is no such id; ``fid`` as it stands in a path."""
        key = _like(self._ids, fid)
        place = -1 if key is None else self._place_after(key) - 1
        if place < 0 or self._ids[place] != key:
            return None
        return Page(1, self._encode(np.array([place])), [(self._ids[place], self._properties[place])], None)

    def _place_after(self, key: Key) -> int:
        """Return the position of the first feature beyond an id."""
        if self._ids and type(key) is not type(self._ids[0]):
            return 0
        return bisect_right(self._ids, key)

    def _in_boxes(self, boxes: Sequence[Box]) -> npt.NDArray[np.bool_]:
        fits = np.full(len(self), not boxes)
        for box in boxes:
            fits[self._tree.query(shapely.box(*box), predicate="intersects")] = True
        return fits

    def _in_span(self, span: Span | None) -> npt.NDArray[np.bool_]:
        if span is None or self._spans is None:
            return np.full(len(self), True)
        return np.fromiter((_meet(one, span) for one in self._spans), bool, len(self))

    def _encode(self, positions: npt.NDArray[np.intp]) -> list[bytes]:
        return [
            b'{"type":"Feature","id":%b,"geometry":%b,"properties":%b}'
            % (
                orjson.dumps(self._ids[position]),
                b"null" if geometry is None else geometry.encode(),
                orjson.dumps(self._properties[position]),
            )
            for position, geometry in zip(positions, shapely.to_geojson(self._geometries[positions]), strict=True)
        ]


class IndexCache:
    """Keeps the newest index of each collection; threads that want the same one wait for the first to make it."""

    def __init__(self) -> None:
        self._kept: dict[tuple[str, str], tuple[int, FeatureIndex]] = {}
        self._locks: defaultdict[tuple[str, str], Lock] = defaultdict(Lock)

    def get(self, collection: str, revision: int, sight: str, make: Callable[[], FeatureIndex]) -> FeatureIndex:
        """Return the index of a collection at a revision of the data, for all readers who see the same."""
        key = (collection, sight)
        with self._locks[key]:
            kept = self._kept.get(key)
            if kept is None or kept[0] != revision:
                kept = self._kept[key] = (revision, make())
            return kept[1]


def _like(ids: Sequence[Key], text: str) -> Key | None:
    """Read an id from a path as the collection writes its ids."""
    if not ids or isinstance(ids[0], str):
        return text
    return int(text) if text.isascii() and text.isdigit() and len(text) < 20 else None


def _outermost(days: Sequence[date | None], choose: Callable[[Iterable[date]], date]) -> date | None:
    known = [day for day in days if day is not None]
    return choose(known) if len(known) == len(days) else None


def _meet(one: Span, other: Span) -> bool:
    """Whether two spans of days have a day in common; an end that is None is open.

    Examples
    --------
    >>> from datetime import date
    >>> _meet((date(2026, 11, 23), date(2026, 11, 23)), (date(2026, 11, 24), None))
    False
    """
    return (one[0] is None or other[1] is None or one[0] <= other[1]) and (
        other[0] is None or one[1] is None or other[0] <= one[1]
    )


def _is(value: Any, wanted: Wanted) -> bool:
    """Whether a property is what a query wants; an empty text counts as no value.

    Examples
    --------
    >>> _is("cleared", "cleared"), _is(12, 12.0), _is(None, None), _is("", None), _is(0, None), _is(None, "x")
    (True, True, True, True, False, False)
    """
    return value is None or value == "" if wanted is None else bool(value == wanted)
