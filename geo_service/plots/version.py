"""Floor 1: the version of a plot: a digest of all that is kept of it, so that no editor overwrites another."""

from __future__ import annotations

import hashlib
import json
from dataclasses import fields, is_dataclass
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Any

from shapely.geometry.base import BaseGeometry

from geo_service.plots.checks import outline_keys
from geo_service.plots.model import Plot
from geo_service.plots.table import object_array


def plot_version(plot: Plot) -> str:
    """Return the version of a plot: 32 hexadecimal digits that change with any of its fields.

    The same in every process and after it was kept and read again. Geometry counts to the millimetre, whatever the
    start and direction of its rings; areas count to a thousandth of a square metre.

    Examples
    --------
    >>> from dataclasses import replace
    >>> from shapely import box
    >>> plot = Plot("p1", "KLZ-0001", box(0, 0, 10, 10), 25833, 100.0)
    >>> plot_version(plot)
    'a8e04a66a819a742ebfc1aadc1ac2fe0'
    >>> plot_version(replace(plot, name="Eckgrundstück")) == plot_version(plot)
    False
    """
    told = json.dumps(_plain(plot), ensure_ascii=True, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(told.encode()).hexdigest()[:32]


def _plain(value: Any) -> Any:
    """Return a value as JSON can write it, in one way only."""
    if isinstance(value, StrEnum):
        return value.value
    if isinstance(value, BaseGeometry):
        key = outline_keys(object_array([value]))[0]
        return None if key is None else key.hex()
    if is_dataclass(value) and not isinstance(value, type):
        return {one.name: _plain(getattr(value, one.name)) for one in fields(value)}
    if isinstance(value, tuple):
        return [_plain(one) for one in value]
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float | int) and not isinstance(value, bool):
        return f"{value + 0.0:.3f}"
    return value
