"""Whether servers answer the same: features and their attributes, of a page as of a tile."""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any


@dataclass(frozen=True)
class Told:
    """What an answer tells.

    Attributes
    ----------
    codes
        Of its features.
    names
        Attributes that any of its features has a value of.
    """

    codes: frozenset[str]
    names: frozenset[str]


def fetch(url: str, headers: Mapping[str, str]) -> bytes:
    """Return the body of an answer."""
    with urllib.request.urlopen(urllib.request.Request(url, headers=dict(headers)), timeout=600) as answer:
        body: bytes = answer.read()
        return body


def told_by_page(body: bytes) -> Told:
    """Read a FeatureCollection; a value that is null counts as none, as some leave it out.

    Examples
    --------
    >>> told_by_page(b'{"features":[{"id":"K-1","properties":{"a":1,"b":null}}]}')
    Told(codes=frozenset({'K-1'}), names=frozenset({'a'}))
    """
    features = json.loads(body)["features"]
    names = {name for one in features for name, value in one["properties"].items() if value is not None}
    return _told(features, names)


def told_by_tile(body: bytes, layer: str | None = None) -> Told | None:
    """Read a tile with mapbox-vector-tile; None when that is not installed."""
    if not find_spec("mapbox_vector_tile"):
        return None
    import mapbox_vector_tile

    layers = mapbox_vector_tile.decode(body)
    features = layers[layer or next(iter(layers))]["features"] if layers else []
    names = {name for one in features for name in one["properties"]}
    return _told(features, names)


def _told(features: Sequence[Mapping[str, Any]], names: set[str]) -> Told:
    """Return what features tell; some give the code as a property, some as the id, pygeoapi in tiles as ``id``."""
    told = [{"id": one.get("id"), **one["properties"]} for one in features]
    codes = {str(one.get("code", one["id"])) for one in told}
    if len(codes) < len(features):
        raise ValueError(f"{len(features)} features with {len(codes)} codes")
    return Told(frozenset(codes), frozenset(names - {"code", "id"}))


def difference(ours: Told, theirs: Told, *, beyond: bool = False) -> str:
    """Return in what answers differ, empty when they tell the same.

    Parameters
    ----------
    beyond
        Ours may have more: features beyond the sides of a tile, which tipg and pygeoapi leave out.

    Examples
    --------
    >>> some, none = frozenset({"a"}), frozenset()
    >>> difference(Told(some, none), Told(some, none)), difference(Told(some, none), Told(none, some))
    ('', '1 features only in ours, 0 only in theirs; attributes only in theirs: a')
    """
    wrong = []
    here, there = len(ours.codes - theirs.codes), len(theirs.codes - ours.codes)
    if there or (here and not beyond):
        wrong.append(f"{here} features only in ours, {there} only in theirs")
    for whose, names in (("ours", ours.names - theirs.names), ("theirs", theirs.names - ours.names)):
        if names:
            wrong.append(f"attributes only in {whose}: {', '.join(sorted(names))}")
    return "; ".join(wrong)
