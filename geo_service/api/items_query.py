"""Floor 8: what is asked of a collection's items: the query string, read once, strictly, into typed filters."""

from __future__ import annotations

import base64
import binascii
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime

import orjson

from geo_service.api.reading import CRS84
from geo_service.base.clock import BERLIN
from geo_service.base.errors import InputError
from geo_service.outputs.collections import Property
from geo_service.outputs.plain import plain

DEFAULT_LIMIT = 100
MAX_LIMIT = 10_000

Key = str | int
Box = tuple[float, float, float, float]
Span = tuple[date | None, date | None]
"""First and last day, both inclusive; None where it is open."""
Wanted = str | float | bool | None
"""What a property must be; None for having no value."""

_OWN = frozenset({"bbox", "bbox-crs", "datetime", "limit", "cursor", "f"})
_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)", re.IGNORECASE)
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_WHOLE = re.compile(r"[+-]?[0-9]{1,15}")
_NUMBER = re.compile(r"[+-]?([0-9]{1,30}(\.[0-9]{0,30})?|\.[0-9]{1,30})(e[+-]?[0-9]{1,2})?", re.IGNORECASE)
_BOOLEANS = {"true": True, "1": True, "false": False, "0": False}


@dataclass(frozen=True)
class ItemsQuery:
    """A page of items as asked for.

    Attributes
    ----------
    boxes
        Boxes in degrees (min lon, min lat, max lon, max lat), of which one must touch the feature: none for no
        filter, two for a box across the antimeridian.
    span
        Days that a feature must meet.
    limit
        1 to `MAX_LIMIT`.
    after
        Id of the last feature of the page before.
    filters
        Property and what it must be.
    """

    boxes: tuple[Box, ...] = ()
    span: Span | None = None
    limit: int = DEFAULT_LIMIT
    after: Key | None = None
    filters: Mapping[str, Wanted] = field(default_factory=dict)


def parse_items_query(pairs: Sequence[tuple[str, str]], properties: Sequence[Property]) -> ItemsQuery:
    """Read a query string.

    Parameters
    ----------
    pairs
        Names and values as sent.
    properties
        Those of the collection, which may be filtered by.

    Raises
    ------
    InputError
        For an unknown or repeated name and for a value that cannot be understood.

    Examples
    --------
    >>> state = Property("state", "string", "Stand", "state")
    >>> parse_items_query([("limit", "20000"), ("state", "cleared")], [state])
    ItemsQuery(boxes=(), span=None, limit=10000, after=None, filters={'state': 'cleared'})
    >>> parse_items_query([("stat", "cleared")], [state])
    Traceback (most recent call last):
    ...
    geo_service.base.errors.InputError: unknown parameter 'stat'
    """
    by_name = {one.name: one for one in properties}
    given: dict[str, str] = {}
    for name, value in pairs:
        if name not in _OWN and name not in by_name:
            known = ", ".join((*sorted(_OWN), *by_name))
            raise _bad(f"unknown parameter '{plain(name)[:40]}'", f"use one of: {known}", name)
        if name in given:
            raise _bad(f"parameter '{name}' is given twice", "give it once", name)
        given[name] = value
    if given.get("bbox-crs", CRS84) != CRS84:
        raise _bad("bbox-crs can only be CRS84", f"leave it out or send {CRS84}", "bbox-crs")
    if given.get("f", "json") not in {"json", "html"}:
        raise _bad("f can only be json or html", "leave it out to let Accept decide", "f")
    return ItemsQuery(
        boxes=_boxes(given["bbox"]) if "bbox" in given else (),
        span=_span(given["datetime"]) if "datetime" in given else None,
        limit=_limit(given["limit"]) if "limit" in given else DEFAULT_LIMIT,
        after=read_cursor(given["cursor"]) if "cursor" in given else None,
        filters={name: _wanted(by_name[name], value) for name, value in given.items() if name not in _OWN},
    )


def write_cursor(after: Key) -> str:
    """Return the opaque text that continues after a feature.

    Examples
    --------
    >>> read_cursor(write_cursor("KLZ-0012"))
    'KLZ-0012'
    """
    return base64.urlsafe_b64encode(orjson.dumps(after)).decode().rstrip("=")


def read_cursor(text: str) -> Key:
    """Return the id of the feature after which to continue.

    Raises
    ------
    InputError
        When the text was not made by `write_cursor`.
    """
    try:
        after = orjson.loads(base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True))
    except (binascii.Error, ValueError):
        after = None
    if not isinstance(after, str | int) or isinstance(after, bool):
        raise _bad("this cursor is not one of ours", "follow the next link of the page before", "cursor")
    return after


def _wanted(one: Property, text: str) -> Wanted:
    """Return what a property must be; GDAL writes 1 and 0 for true and false."""
    if text == "":
        return None
    if one.type == "boolean":
        if text.lower() not in _BOOLEANS:
            raise _bad(f"{one.name} is true or false", "send true or false", one.name)
        return _BOOLEANS[text.lower()]
    if one.type == "integer" and not _WHOLE.fullmatch(text):
        raise _bad(f"{one.name} is a whole number", "send a number such as 12", one.name)
    if one.type == "number" and not _NUMBER.fullmatch(text):
        raise _bad(f"{one.name} is a number", "send a number such as 12 or 12.5", one.name)
    return text if one.type == "string" else float(text)


def _limit(text: str) -> int:
    if not re.fullmatch(r"[0-9]{1,9}", text) or int(text) == 0:
        raise _bad("limit must be a whole number from 1", f"send 1 to {MAX_LIMIT}; more is cut to that", "limit")
    return min(int(text), MAX_LIMIT)


def _boxes(text: str) -> tuple[Box, ...]:
    """Return the one or two boxes that a bbox of four or six numbers means; heights are not looked at."""
    remedy = "send min lon, min lat, max lon, max lat in degrees"
    try:
        numbers = [float(part) for part in text.split(",")]
    except ValueError:
        raise _bad("bbox must be numbers with commas between them", remedy, "bbox") from None
    if len(numbers) not in {4, 6} or not all(map(math.isfinite, numbers)):
        raise _bad("bbox must have four or six finite numbers", remedy, "bbox")
    west, south, east, north = numbers if len(numbers) == 4 else (*numbers[:2], *numbers[3:5])
    if south > north:
        raise _bad("bbox has its south above its north", remedy, "bbox")
    if west > east:
        return (west, south, 180.0, north), (-180.0, south, east, north)
    return ((west, south, east, north),)


def _span(text: str) -> Span:
    """Return the days that a datetime parameter names: a day, an instant, or an interval that may be open.

    Examples
    --------
    >>> _span("2026-11-24/..")
    (datetime.date(2026, 11, 24), None)
    >>> _span("2026-11-23T23:30:00Z")  # half past midnight of the 24th in Berlin
    (datetime.date(2026, 11, 24), datetime.date(2026, 11, 24))
    """
    parts = text.split("/")
    if len(parts) == 1:
        return _day(text), _day(text)
    first, last = (None if part in {"", ".."} else _day(part) for part in parts) if len(parts) == 2 else (None, None)
    if len(parts) > 2 or (first is None and last is None):
        raise _bad_time()
    if first is not None and last is not None and first > last:
        raise _bad("datetime ends before it begins", "send the earlier day first", "datetime")
    return first, last


def _day(text: str) -> date:
    try:
        if _DAY.fullmatch(text):
            return date.fromisoformat(text)
        if _INSTANT.fullmatch(text):
            return datetime.fromisoformat(text.upper()).astimezone(UTC).astimezone(BERLIN).date()
    except (ValueError, OverflowError):
        pass
    raise _bad_time()


def _bad_time() -> InputError:
    return _bad(
        "datetime cannot be understood",
        "send 2026-11-24, 2026-11-24T06:00:00Z, or two of them with / between; .. leaves one side open",
        "datetime",
    )


def _bad(reason: str, remedy: str, parameter: str) -> InputError:
    return InputError(reason, remedy=remedy, code="invalid_parameter", parameter=plain(parameter)[:40])
