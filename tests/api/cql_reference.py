"""CQL2 feature by feature, slowly, on the JSON that the parser gives: what the columns are held against.

Shares no code with `geo_service.api.cql_evaluate`; None stands for unknown and for no value.
"""

from __future__ import annotations

import math
import re
import unicodedata
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import shapely
from shapely.geometry import shape

BERLIN = ZoneInfo("Europe/Berlin")


def fits(told, row: dict[str, object], form: dict[str, str]) -> bool:
    """Whether a filter is true of a row; ``form`` says which texts are days or moments."""
    return truth(told, row, form) is True


def truth(told, row, form):
    match told:
        case None | bool():
            return told
        case {"property": name}:
            return row[name]
        case {"op": "and", "args": args}:
            found = [truth(one, row, form) for one in args]
            return False if False in found else None if None in found else True
        case {"op": "or", "args": args}:
            found = [truth(one, row, form) for one in args]
            return True if True in found else None if None in found else False
        case {"op": "not", "args": [one]}:
            found = truth(one, row, form)
            return None if found is None else not found
        case {"op": "isNull", "args": [one]}:
            return value(one, row, form) is None
        case {"op": "between", "args": [one, low, high]}:
            return truth(
                {"op": "and", "args": [{"op": ">=", "args": [one, low]}, {"op": "<=", "args": [one, high]}]}, row, form
            )
        case {"op": "in", "args": [one, choices]}:
            return truth({"op": "or", "args": [{"op": "=", "args": [one, each]} for each in choices]}, row, form)
        case {"op": "like", "args": args}:
            text, pattern = (value(one, row, form) for one in args)
            return None if text is None or pattern is None else like(text, pattern)
        case {"op": op, "args": [one, other]} if op.startswith("s_"):
            left, right = value(one, row, form), value(other, row, form)
            return None if left is None or right is None else bool(getattr(shapely, op[2:])(left, right))
        case {"op": op, "args": [one, other]} if op.startswith("t_"):
            left, right = span(one, row, form), span(other, row, form)
            return None if left is None or right is None else related(op[2:], *alike(left, right))
        case {"op": op, "args": [one, other]}:
            return compared(op, one, other, row, form)


def compared(op, one, other, row, form):
    left, right = value(one, row, form), value(other, row, form)
    if left is None or right is None:
        return None
    if is_time(one, form) and is_time(other, form):
        (a, b), (c, d) = alike(span(one, row, form), span(other, row, form))
        return {"<": b < c, ">": a > d, "<=": a <= d, ">=": b >= c, "=": a <= d and b >= c, "<>": a > d or b < c}[op]
    return {
        "<": lambda: left < right,
        ">": lambda: left > right,
        "<=": lambda: left <= right,
        ">=": lambda: left >= right,
        "=": lambda: left == right,
        "<>": lambda: left != right,
    }[op]()


def is_time(told, form) -> bool:
    return isinstance(told, dict) and (
        "date" in told or "timestamp" in told or form.get(told.get("property", "")) in TIMES
    )


TIMES = ("date", "date-time")


def value(told, row, form):
    match told:
        case None:
            return None
        case bool() | float() | int():
            return told
        case str():
            return told or None
        case {"property": name}:
            return None if row[name] == "" else row[name]
        case {"date": text} | {"timestamp": text}:
            return text
        case {"type": _}:
            return shape(told)
        case {"bbox": [west, south, east, north]}:
            return shapely.box(west, south, east, north)
        case {"op": "casei", "args": [one]}:
            text = value(one, row, form)
            return None if text is None else text.casefold()
        case {"op": "accenti", "args": [one]}:
            text = value(one, row, form)
            return (
                None
                if text is None
                else "".join(one for one in unicodedata.normalize("NFD", text) if not unicodedata.combining(one))
            )
        case {"op": op, "args": [one, other]} if op in "+-*/%^div":
            left, right = value(one, row, form), value(other, row, form)
            return None if left is None or right is None else worked_out(op, left, right)
        case {"interval": _}:
            return span(told, row, form)
    return truth(told, row, form)


def worked_out(op, left, right):
    try:
        found = {
            "+": lambda: left + right,
            "-": lambda: left - right,
            "*": lambda: left * right,
            "/": lambda: left / right,
            "div": lambda: float(math.trunc(left / right)),
            "%": lambda: math.fmod(left, right),
            "^": lambda: math.pow(left, right),
        }[op]()
    except (ZeroDivisionError, OverflowError, ValueError):
        return None
    return found if math.isfinite(found) else None


def like(text: str, pattern: str) -> bool:
    out = "".join(".*" if one == "%" else "." if one == "_" else re.escape(one) for one in pattern)
    return re.fullmatch(out, text, re.DOTALL) is not None


LONG_AGO, FAR_OFF = datetime.min.replace(tzinfo=BERLIN), datetime.max.replace(tzinfo=BERLIN)


def span(told, row, form):
    """Return first and last: both days, or both moments; an open end is None."""
    if isinstance(told, dict) and "interval" in told:
        ends = ["" if one == ".." else point(one, row, form) for one in told["interval"]]
        return None if None in ends else tuple(None if one == "" else one for one in ends)
    at = point(told, row, form)
    return None if at is None else (at, at)


def point(told, row, form):
    if isinstance(told, str):
        text = told
    elif "property" in told:
        text = row[told["property"]]
    else:
        text = told.get("date") or told.get("timestamp")
    if not text:
        return None
    try:
        return date.fromisoformat(text) if len(text) == 10 else datetime.fromisoformat(text)
    except ValueError:
        return None


def alike(one, other):
    """Return two stretches as pairs of numbers that can be compared."""
    ends = [end for end in (*one, *other) if end is not None]
    if all(type(end) is date for end in ends):
        return [
            (-math.inf if first is None else first.toordinal(), math.inf if last is None else last.toordinal())
            for first, last in (one, other)
        ]
    return [(moment(first, False), moment(last, True)) for first, last in (one, other)]


def moment(end, is_last: bool) -> float:
    if end is None:
        return math.inf if is_last else -math.inf
    if type(end) is not date:
        return end.timestamp()
    if not is_last:
        return datetime.combine(end, time(), BERLIN).timestamp()
    return datetime.combine(end + timedelta(1), time(), BERLIN).timestamp() - 1e-6


def related(name: str, one, other) -> bool:
    (a, b), (c, d) = one, other
    return {
        "after": a > d,
        "before": b < c,
        "contains": a < c and b > d,
        "disjoint": a > d or b < c,
        "during": a > c and b < d,
        "equals": a == c and b == d,
        "finishedBy": a < c and b == d,
        "finishes": a > c and b == d,
        "intersects": a <= d and b >= c,
        "meets": b == c,
        "metBy": a == d,
        "overlappedBy": c < a < d < b,
        "overlaps": a < c < b < d,
        "startedBy": a == c and b > d,
        "starts": a == c and b < d,
    }[name]
