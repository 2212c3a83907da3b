"""Floor 7: the features of a collection in columns, each encoded once: asked for by place, id and values in no time."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from hashlib import blake2b
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt
import orjson
import shapely

from geo_service.outputs.collections import Property
from geo_service.outputs.day_list import DEGREE_PLACES
from geo_service.outputs.feature_columns import GrowingColumn, Mask, Places, Splice
from geo_service.outputs.features import Features

Key = str | int
Box = tuple[float, float, float, float]
Span = tuple[date | None, date | None]
"""First and last day, both inclusive; None where it is open."""

Days = npt.NDArray[np.int64]

MOST_LOOSE = 1_000
"""Edited features that are looked at one by one before the tree is made anew."""

_AT_ONCE = 20_000
_GEOMETRY, _PROPERTIES = b',"geometry":', b',"properties":'
_EVER = (np.iinfo(np.int64).min, np.iinfo(np.int64).max)


class FeatureTable:
    """Features in order of id; an edit makes another table, which takes over all that stayed.

    Several threads may read a table at once.

    Parameters
    ----------
    parts
        Features in any order; ids unique, all text or all whole numbers; geometries in degrees, written with seven
        decimals (a centimetre). They are taken in part by part, so that few are in memory twice.
    properties
        Those that features have.
    multi
        Make every polygon a multipolygon; without it only when there is a multipolygon among them. QGIS and GDAL go
        by the first features of a layer, and their exports refuse what comes as another type later.

    Attributes
    ----------
    ids, geometries
        Of the features.
    columns
        Values by name of property.
    first_days, last_days
        Ordinals of days, for collections that have times; the extremes of int64 where open.
    multi
        Whether polygons are multipolygons.
    """

    def __init__(self, parts: Iterable[Features], properties: Sequence[Property], *, multi: bool = False) -> None:
        growing = {one.name: GrowingColumn(one) for one in properties}
        ids: list[Key] = []
        shapes: list[npt.NDArray[np.object_]] = [np.empty(0, dtype=object)]
        tails: list[bytes] = []
        spans: list[Span] = []
        origins: list[npt.NDArray[np.uint64]] = []
        timed = False
        for part in parts:
            ids += part.ids
            shapes.append(part.geometries)
            tails += [orjson.dumps(row)[1:] for row in part.properties]  # a slice: orjson's own bytes hold 5 kB each
            for name, column in growing.items():
                column.add([row.get(name) for row in part.properties])
            timed = timed or part.spans is not None
            spans += part.spans or ()
            origins += [] if part.origins is None else [_hashes(part.origins)]
        order = _order(ids)
        self.properties = tuple(properties)
        self.ids: npt.NDArray[np.object_] = _in_order(ids, order)
        geometries = np.concatenate(shapes)
        geometries = geometries if order is None else geometries[order]
        self.multi = multi or bool((shapely.get_type_id(geometries) == shapely.GeometryType.MULTIPOLYGON).any())
        self.geometries: npt.NDArray[np.object_] = _as_multi(geometries) if self.multi else geometries
        self.columns = {name: column.column(order) for name, column in growing.items()}
        self.first_days: Days | None = None
        self.last_days: Days | None = None
        if timed:
            self.first_days, self.last_days = _days(spans, order)
        self._origins = None if not origins else np.concatenate(origins)
        if self._origins is not None and order is not None:
            self._origins = self._origins[order]
        self._encoded = _encoded(self.ids, self.geometries, _in_order(tails, order))
        self._grow_tree()

    def __len__(self) -> int:
        """Count the features."""
        return len(self.ids)

    def _grow_tree(self) -> None:
        self._tree = shapely.STRtree(self.geometries)
        self._of_tree: Places | None = None  # where the tree's features are now; None: in their places
        self._loose: Places = np.empty(0, dtype=np.intp)  # features that the tree does not know

    def changed(self, features: Features, gone: Collection[Key] = ()) -> FeatureTable | None:
        """Return the table with some features put in or in place of those with their ids, and others gone.

        None when the first multipolygon comes among polygons: then all must be made anew.
        """
        new = FeatureTable([features], self.properties, multi=self.multi)
        if new.multi != self.multi:
            return None
        leaving = {place for key in gone if (place := self.place_of(key)) is not None}
        replaced = [self.place_of(key) for key in new.ids]
        splice = self._splice(new, replaced, leaving)
        other = object.__new__(FeatureTable)
        other.properties, other.multi = self.properties, self.multi
        other.ids = splice.put(self.ids, new.ids)
        other.geometries = splice.put(self.geometries, new.geometries)
        other._encoded = splice.put(self._encoded, new._encoded)
        other.columns = {
            name: column.changed(splice, new.columns[name])  # type: ignore[arg-type]
            for name, column in self.columns.items()
        }
        other.first_days, other.last_days = (
            None if mine is None else splice.put(mine, np.empty(0, np.int64) if theirs is None else theirs)
            for mine, theirs in ((self.first_days, new.first_days), (self.last_days, new.last_days))
        )
        other._origins = (
            None if self._origins is None or new._origins is None else splice.put(self._origins, new._origins)
        )
        moved = splice.moved(len(self))
        loose = moved[self._loose]
        places = [other.place_of(key) for key in new.ids]
        other._loose = np.unique(np.concatenate([loose[loose >= 0], np.array(places, dtype=np.intp)]))
        other._tree = self._tree
        known = moved if self._of_tree is None else np.append(moved, -1)[self._of_tree]
        other._of_tree = known
        if len(other._loose) > MOST_LOOSE:
            other._grow_tree()
        return other

    def _splice(self, new: FeatureTable, replaced: list[int | None], leaving: set[int]) -> Splice:
        at = [place for place in replaced if place is not None]
        if len(at) == len(new) and not leaving - set(at):
            return Splice(None, np.array(at, dtype=np.intp))
        stays = np.ones(len(self), dtype=np.bool_)
        stays[list(leaving | set(at))] = False
        kept = np.flatnonzero(stays)
        ids = self.ids[kept]
        return Splice(kept, np.array([bisect_left(ids, key) for key in new.ids], dtype=np.intp))

    def all(self) -> Places:
        """Return the positions of all features."""
        return np.arange(len(self), dtype=np.intp)

    def in_shapes(self, shapes: Sequence[shapely.Geometry]) -> Places:
        """Return the positions of features that touch one of some shapes in degrees, ascending."""
        found = [self._meeting(one) for one in shapes]
        return np.unique(np.concatenate(found)) if len(found) > 1 else found[0]

    def near(self, shape: shapely.Geometry) -> Places:
        """Return the positions of features whose boxes meet the box of a shape, ascending."""
        return self._meeting(shape, exactly=False)

    def _meeting(self, shape: shapely.Geometry, *, exactly: bool = True) -> Places:
        if not len(self):
            return self.all()
        found = self._tree.query(shape, predicate="intersects" if exactly else None)
        if self._of_tree is None:
            return np.sort(found)
        found = self._of_tree[found]
        loose = self._loose
        if exactly:
            shapely.prepare(shape)
            loose = loose[shapely.intersects(shape, self.geometries[loose])]
        else:
            west, south, east, north = shapely.bounds(self.geometries[loose]).T
            box = shapely.bounds(shape)
            loose = loose[(west <= box[2]) & (east >= box[0]) & (south <= box[3]) & (north >= box[1])]
        return np.sort(np.concatenate([found[found >= 0], loose]))

    def within_days(self, places: Places, span: Span) -> Places:
        """Return those of some features that meet days; without times all of them."""
        if self.first_days is None or self.last_days is None:
            return places
        first = _EVER[0] if span[0] is None else span[0].toordinal()
        last = _EVER[1] if span[1] is None else span[1].toordinal()
        return places[(self.first_days[places] <= last) & (self.last_days[places] >= first)]

    def place_of(self, key: Key) -> int | None:
        """Return the position of a feature, None when there is none of this id."""
        place = self.place_after(key) - 1
        return place if place >= 0 and self.ids[place] == key else None

    def place_after(self, key: Key) -> int:
        """Return the position of the first feature beyond an id; 0 for an id of another type."""
        if not len(self) or type(key) is not type(self.ids[0]):
            return 0
        return bisect_right(self.ids, key)

    def made_of(self, origins: Iterable[str]) -> list[Key]:
        """Return the ids of features that were made of things with these names."""
        if self._origins is None:
            return []
        return [self.ids[place] for place in np.flatnonzero(np.isin(self._origins, _hashes(list(origins)))).tolist()]

    @cached_property
    def placed(self) -> Mask:
        """Which features have a geometry."""
        return ~np.asarray(shapely.is_missing(self.geometries))

    def encoded(self, places: Places) -> list[bytes]:
        """Return features as GeoJSON in degrees with all their properties."""
        return self._encoded[places].tolist()  # type: ignore[no-any-return]

    def values(self, places: Places) -> list[dict[str, Any]]:
        """Return the properties of features."""
        return [orjson.loads(Pieces.of(one).properties) for one in self.encoded(places)]

    def features(self, places: Places) -> Features:
        """Return features column by column, as they came in."""
        return Features(list(self.ids[places]), self.geometries[places], self.values(places))

    def bounds(self) -> Box | None:
        """Return the box around everything in degrees, None when nothing has a place."""
        box = shapely.total_bounds(self.geometries) if len(self) else np.full(4, np.nan)
        if np.isnan(box).any():
            return None
        scale = 10.0**DEGREE_PLACES  # outwards, so that it holds what is written rounded
        west, south = (np.floor(box[:2] * scale) / scale).tolist()
        east, north = (np.ceil(box[2:] * scale) / scale).tolist()
        return west, south, east, north

    def span(self) -> Span | None:
        """Return the first and last day of everything, None without times; open where one feature is."""
        if self.first_days is None or self.last_days is None or not len(self):
            return None
        first, last = int(self.first_days.min()), int(self.last_days.max())
        return (
            None if first == _EVER[0] else date.fromordinal(first),
            None if last == _EVER[1] else date.fromordinal(last),
        )


def _hashes(texts: Sequence[str]) -> npt.NDArray[np.uint64]:
    """Return a whole number for each text; two of a million agree with a probability below 10⁻⁷."""
    numbers = (int.from_bytes(blake2b(one.encode(), digest_size=8).digest(), "big") for one in texts)
    return np.fromiter(numbers, np.uint64, len(texts))


def _order(ids: Sequence[Key]) -> Places | None:
    """Return the positions of ids in their order, None where they stand in order."""
    if all(one < other for one, other in pairwise(ids)):  # type: ignore[operator]
        return None
    return np.array(sorted(range(len(ids)), key=ids.__getitem__), dtype=np.intp)


def _in_order(values: Sequence[Any], order: Places | None) -> npt.NDArray[np.object_]:
    out = np.empty(len(values), dtype=object)
    out[:] = values
    return out if order is None else out[order]


def _as_multi(geometries: npt.NDArray[np.object_]) -> npt.NDArray[np.object_]:
    single = np.flatnonzero(shapely.get_type_id(geometries) == shapely.GeometryType.POLYGON)
    alike = geometries.copy()
    alike[single] = shapely.multipolygons(geometries[single], indices=np.arange(len(single)))
    return alike


def _days(spans: Sequence[Span], order: Places | None) -> tuple[Days, Days]:
    firsts = [_EVER[0] if first is None else first.toordinal() for first, _ in spans]
    lasts = [_EVER[1] if last is None else last.toordinal() for _, last in spans]
    first_days: Days = np.array(firsts, dtype=np.int64)
    last_days: Days = np.array(lasts, dtype=np.int64)
    return (first_days, last_days) if order is None else (first_days[order], last_days[order])


def _encoded(
    ids: npt.NDArray[np.object_], geometries: npt.NDArray[np.object_], tails: npt.NDArray[np.object_]
) -> npt.NDArray[np.object_]:
    """Return each feature as GeoJSON (RFC 7946).

    ``tails`` are the properties as JSON without the first brace; they are let go of.
    """
    for start in range(0, len(ids), _AT_ONCE):
        here = slice(start, start + _AT_ONCE)
        rounded = shapely.transform(geometries[here], lambda xy: xy.round(DEGREE_PLACES))
        tails[here] = [
            b'{"type":"Feature","id":%b,"geometry":%b,"properties":{%b}'
            % (orjson.dumps(key), b"null" if text is None else text.encode(), tail)
            for key, text, tail in zip(ids[here], shapely.to_geojson(rounded), tails[here], strict=True)
        ]
    return tails


@dataclass(frozen=True)
class Pieces:
    """An encoded feature taken apart."""

    head: bytes
    geometry: bytes
    properties: bytes

    @classmethod
    def of(cls, feature: bytes) -> Pieces:
        """Take a feature apart; quotes inside texts are escaped, so that both marks occur once."""
        start = feature.index(_GEOMETRY)
        middle = feature.index(_PROPERTIES, start)
        return cls(feature[:start], feature[start + len(_GEOMETRY) : middle], feature[middle + len(_PROPERTIES) : -1])

    def joined(self) -> bytes:
        """Return the feature."""
        return b"%b%b%b%b%b}" % (self.head, _GEOMETRY, self.geometry, _PROPERTIES, self.properties)
