"""Floor 8: what is asked of a collection's items: the query string, read once, strictly, into typed filters."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime

import orjson

from geo_service.api.cql import Filter, parse_filter
from geo_service.api.crs import CRS84, Box, Crs, box_numbers, crs_named
from geo_service.base.clock import BERLIN
from geo_service.base.errors import InputError
from geo_service.outputs.collections import Property
from geo_service.outputs.plain import plain

DEFAULT_LIMIT = 100
MAX_LIMIT = 10_000

Key = str | int
Span = tuple[date | None, date | None]
"""First and last day, both inclusive; None where it is open."""
Wanted = str | float | bool | None
"""What a property must be; None for having no value."""

OWN = (
    *("bbox", "bbox-crs", "crs", "datetime", "filter", "filter-lang", "filter-crs", "sortby", "properties"),
    *("skipGeometry", "limit", "cursor", "f"),
)
"""Parameters of all collections; beside them every property is one."""

MOST_SORTS = 4
_SYSTEMS = ("crs", "bbox-crs", "filter-crs")
_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)", re.IGNORECASE)
_DAY = re.compile(r"(\d{4}-\d\d-\d\d)T?", re.IGNORECASE)  # GDAL before 3.7 leaves the T of a time that it drops
_WHOLE = re.compile(r"[+-]?[0-9]{1,15}")
_NUMBER = re.compile(r"[+-]?([0-9]{1,30}(\.[0-9]{0,30})?|\.[0-9]{1,30})(e[+-]?[0-9]{1,2})?", re.IGNORECASE)
_BOOLEANS = {"true": True, "1": True, "false": False, "0": False}


@dataclass(frozen=True)
class Sort:
    """A property by which features are put in order; those without a value come last."""

    name: str
    descending: bool = False


@dataclass(frozen=True)
class Cursor:
    """Where a page ended: the id of its last feature, and that feature's values of what the order goes by."""

    key: Key
    values: tuple[str | float | None, ...] = ()


@dataclass(frozen=True)
class Shape:
    """How features are told.

    Attributes
    ----------
    crs
        Of the geometries.
    names
        Properties that are wanted; None for all.
    """

    crs: Crs = CRS84
    names: frozenset[str] | None = None
    skip_geometry: bool = False


@dataclass(frozen=True)
class ItemsQuery:
    """A page of items as asked for.

    Attributes
    ----------
    boxes
        Boxes of ``box_crs``, of which one must touch the feature: none for no filter, two for a box across the
        antimeridian.
    span
        Days that a feature must meet.
    limit
        1 to `MAX_LIMIT`.
    after
        Where the page before ended.
    filters
        Property and what it must be.
    where
        A filter in CQL2.
    order
        What features are put in order by, before their ids.
    shape
        How they are told.
    """

    boxes: tuple[Box, ...] = ()
    box_crs: Crs = CRS84
    span: Span | None = None
    limit: int = DEFAULT_LIMIT
    after: Cursor | None = None
    filters: Mapping[str, Wanted] = field(default_factory=dict)
    where: Filter | None = None
    order: tuple[Sort, ...] = ()
    shape: Shape = Shape()

    @property
    def selects_all(self) -> bool:
        """Whether every feature fits."""
        return not self.boxes and self.span is None and not self.filters and self.where is None

    @property
    def selection(self) -> tuple[object, ...]:
        """What decides which features fit, and their order."""
        filters = tuple(sorted((name, type(one), one) for name, one in self.filters.items()))
        return self.boxes, self.box_crs, self.span, filters, self.where, self.order


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
    >>> query = parse_items_query([("limit", "20000"), ("state", "cleared")], [state])
    >>> query.limit, query.filters
    (10000, {'state': 'cleared'})
    >>> parse_items_query([("stat", "cleared")], [state])
    Traceback (most recent call last):
    ...
    geo_service.base.errors.InputError: unknown parameter 'stat'
    """
    by_name = {one.name: one for one in properties}
    given: dict[str, str] = {}
    for name, value in pairs:
        if name not in OWN and name not in by_name:
            known = ", ".join((*OWN, *by_name))
            raise _bad(f"unknown parameter '{plain(name)[:40]}'", f"use one of: {known}", name)
        if name in given:
            raise _bad(f"parameter '{name}' is given twice", "give it once", name)
        given[name] = value
    if given.get("f", "json") not in {"json", "html"}:
        raise _bad("f can only be json or html", "leave it out to let Accept decide", "f")
    systems = {name: crs_named(given[name], name) if name in given else CRS84 for name in _SYSTEMS}
    where = parse_filter(given, properties, systems["filter-crs"])
    order = _order(given["sortby"], by_name) if "sortby" in given else ()
    return ItemsQuery(
        boxes=_boxes(given["bbox"], systems["bbox-crs"]) if "bbox" in given else (),
        box_crs=systems["bbox-crs"],
        span=_span(given["datetime"]) if "datetime" in given else None,
        limit=_limit(given["limit"]) if "limit" in given else DEFAULT_LIMIT,
        after=read_cursor(given["cursor"], len(order)) if "cursor" in given else None,
        filters={name: _wanted(by_name[name], value) for name, value in given.items() if name not in OWN},
        where=where,
        order=order,
        shape=Shape(
            systems["crs"],
            _names(given["properties"], by_name) if "properties" in given else None,
            _yes_or_no(given["skipGeometry"], "skipGeometry") if "skipGeometry" in given else False,
        ),
    )


def write_cursor(after: Cursor) -> str:
    """Return the opaque text that continues after a feature.

    Examples
    --------
    >>> read_cursor(write_cursor(Cursor("KLZ-0012")))
    Cursor(key='KLZ-0012', values=())
    """
    return base64.urlsafe_b64encode(orjson.dumps([after.key, *after.values])).decode().rstrip("=")


def read_cursor(text: str, sorts: int = 0) -> Cursor:
    """Return where to continue.

    Parameters
    ----------
    sorts
        By how many properties features are put in order.

    Raises
    ------
    InputError
        When the text was not made by `write_cursor` for as many.
    """
    try:
        told = orjson.loads(base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True))
    except (binascii.Error, ValueError):
        told = None
    key, *values = told if isinstance(told, list) and told else [None]
    if (
        not (type(key) is str or type(key) is int)
        or len(values) != sorts
        or not all(value is None or type(value) in {str, int, float} for value in values)
    ):
        raise _bad("this cursor is not one of ours", "follow the next link of the page before", "cursor")
    return Cursor(key, tuple(values))


def _order(text: str, by_name: Mapping[str, Property]) -> tuple[Sort, ...]:
    """Read ``sortby``: names with commas between them, each with + or - before it; a blank is a + of an address."""
    found = []
    for part in text.split(","):
        name = part[1:] if part[:1] in {"+", "-", " "} else part
        if name not in by_name:
            raise _bad(f"cannot sort by '{plain(name)[:40]}'", f"sort by one of: {', '.join(by_name)}", "sortby")
        found.append(Sort(name, descending=part[:1] == "-"))
    if len(found) > MOST_SORTS or len({one.name for one in found}) < len(found):
        raise _bad(f"sortby takes up to {MOST_SORTS} properties, each once", "name fewer", "sortby")
    return tuple(found)


def _names(text: str, by_name: Mapping[str, Property]) -> frozenset[str]:
    names = frozenset(text.split(",")) if text else frozenset()
    for name in sorted(names - by_name.keys()):
        raise _bad(f"there is no property '{plain(name)[:40]}'", f"name some of: {', '.join(by_name)}", "properties")
    return names


def _yes_or_no(text: str, name: str) -> bool:
    if text.lower() not in {"true", "false"}:
        raise _bad(f"{name} is true or false", "send true or false", name)
    return text.lower() == "true"


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


def _boxes(text: str, crs: Crs) -> tuple[Box, ...]:
    """Return the one or two boxes that a bbox of four or six numbers means; heights are not looked at."""
    try:
        return crs.boxes(box_numbers(text))
    except ValueError as error:
        raise _bad(f"bbox {error}", "send west, south, east, north in the order of axes of bbox-crs", "bbox") from None


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
        if day := _DAY.fullmatch(text):
            return date.fromisoformat(day.group(1))
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
