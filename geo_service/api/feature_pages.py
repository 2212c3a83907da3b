"""Floor 8: pages of a collection's features: what fits a query, in order, from where the page before ended."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass
from threading import Lock
from typing import Any

import numpy as np
import orjson
import shapely

from geo_service.api.cql_evaluate import fitting
from geo_service.api.items_query import Cursor, ItemsQuery, Shape
from geo_service.outputs.feature_columns import Places
from geo_service.outputs.feature_table import FeatureTable, Key, Pieces

KEPT_BYTES = 32_000_000
"""What answers to earlier queries may take, so that the next page of one is found without asking anew."""

_DIGITS = re.compile("[0-9]{1,19}")


@dataclass(frozen=True)
class Page:
    """A page of features.

    Attributes
    ----------
    matched
        How many features fit the query, on all pages.
    places
        Where the features of this page stand in the table.
    after
        Where the next page begins when there is one, else None.
    """

    table: FeatureTable
    matched: int
    places: Places
    after: Cursor | None

    def __len__(self) -> int:
        """Count the features on this page."""
        return len(self.places)

    def keys(self) -> list[Key]:
        """Return the ids of the features."""
        return list(self.table.ids[self.places])

    def values(self) -> list[dict[str, Any]]:
        """Return the properties of the features."""
        return self.table.values(self.places)

    def encoded(self, shape: Shape) -> list[bytes]:
        """Return the features as GeoJSON, in the shape that was asked for."""
        features = self.table.encoded(self.places)
        if shape == Shape():
            return features
        pieces = [Pieces.of(one) for one in features]
        geometries = [one.geometry for one in pieces]
        if shape.skip_geometry:
            geometries = [b"null"] * len(pieces)
        elif shape.crs.epsg != Shape().crs.epsg or shape.crs.latitude_first:
            texts = shapely.to_geojson(shape.crs.written(self.table.geometries[self.places]))
            geometries = [b"null" if text is None else text.encode() for text in texts]
        values = [one.properties for one in pieces]
        if shape.names is not None:
            values = [_only(one, shape.names) for one in values]
        return [
            Pieces(piece.head, geometry, value).joined()
            for piece, geometry, value in zip(pieces, geometries, values, strict=True)
        ]


class FeaturePages:
    """Answers queries on a table; several threads may ask."""

    def __init__(self, table: FeatureTable) -> None:
        self.table = table
        self._kept: OrderedDict[Hashable, Places] = OrderedDict()
        self._bytes = 0
        self._lock = Lock()

    def __len__(self) -> int:
        """Count the features."""
        return len(self.table)

    def page(self, query: ItemsQuery) -> Page:
        """Return the features that fit, a page of them."""
        table = self.table
        if query.selects_all and not query.order:
            start = 0 if query.after is None else table.place_after(query.after.key)
            stop = min(start + query.limit, len(table))
            return self._page(query, len(table), np.arange(start, stop, dtype=np.intp), more=stop < len(table))
        found = self._found(query)
        start = 0 if query.after is None else self._start(found, query, query.after)
        chosen = found[start : start + query.limit]
        return self._page(query, len(found), chosen, more=start + len(chosen) < len(found))

    def feature(self, fid: str) -> Page | None:
        """Return the page that holds one feature, None when there is no such id; ``fid`` as it stands in a path."""
        key = self._key(fid)
        place = None if key is None else self.table.place_of(key)
        return None if place is None else Page(self.table, 1, np.array([place]), None)

    def _key(self, text: str) -> Key | None:
        """Read an id from a path as the collection writes its ids."""
        if not len(self.table) or isinstance(self.table.ids[0], str):
            return text
        return int(text) if _DIGITS.fullmatch(text) else None

    def _page(self, query: ItemsQuery, matched: int, places: Places, *, more: bool) -> Page:
        if not more or not len(places):
            return Page(self.table, matched, places, None)
        last = int(places[-1])
        values = tuple(self.table.columns[one.name].value_at(last) for one in query.order)
        return Page(self.table, matched, places, Cursor(self.table.ids[last], values))

    def _found(self, query: ItemsQuery) -> Places:
        """Return all that fits, in the order asked for; kept for the pages that follow."""
        with self._lock:
            kept = self._kept.get(query.selection)
            if kept is not None:
                self._kept.move_to_end(query.selection)
                return kept
        found = self._in_order(self._select(query), query)
        with self._lock:
            if query.selection not in self._kept:
                self._kept[query.selection] = found
                self._bytes += found.nbytes
            while self._bytes > KEPT_BYTES:
                _, dropped = self._kept.popitem(last=False)
                self._bytes -= dropped.nbytes
        return found

    def _select(self, query: ItemsQuery) -> Places:
        table = self.table
        places = table.in_shapes([query.box_crs.shape_of(box) for box in query.boxes]) if query.boxes else table.all()
        if query.span is not None:
            places = table.within_days(places, query.span)
        for name, wanted in query.filters.items():
            column = table.columns[name]
            narrowed = column if len(places) == len(table) else column.take(places)
            places = places[narrowed.equal(wanted)]
        return places if query.where is None else fitting(query.where, table, places)

    def _in_order(self, places: Places, query: ItemsQuery) -> Places:
        if not query.order:
            return places
        ranks = [self.table.columns[one.name].ranks(places) for one in query.order]
        keys = [-rank if one.descending else rank for rank, one in zip(ranks, query.order, strict=True)]
        return places[np.lexsort([places, *reversed(keys)])]  # NaN, no value, comes last either way

    def _start(self, found: Places, query: ItemsQuery, after: Cursor) -> int:
        """Return where a page begins: behind the cursor, whether its feature is still there or not."""
        last = self.table.place_after(after.key) - 1
        if not query.order:
            return int(np.searchsorted(found, last, side="right"))
        columns = [(self.table.columns[one.name], -1.0 if one.descending else 1.0) for one in query.order]

        def rank(place: int) -> tuple[float, ...]:
            one = np.array([place])
            return (*(_last_if_none(sign * float(column.ranks(one)[0])) for column, sign in columns), float(place))

        values = zip(after.values, columns, strict=True)
        wanted = tuple(_last_if_none(sign * column.rank_of(value)) for value, (column, sign) in values)
        return bisect_right(found, (*wanted, float(last)), key=lambda place: rank(int(place)))


def _last_if_none(rank: float) -> float:
    return float("inf") if np.isnan(rank) else rank


def _only(properties: bytes, names: frozenset[str]) -> bytes:
    values = orjson.loads(properties)
    return orjson.dumps({name: value for name, value in values.items() if name in names})
