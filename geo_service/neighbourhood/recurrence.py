"""Floor 1: recurrence after RFC 5545 (RRULE), by local days: which rules are taken, and on which days they fall.

Every series ends: with a last day or a count, within `LONGEST` of its first day and after at most `MOST` days. So the
days of a series, and those of them that are left out, are a list that one can look at, and a calendar needs no renewal
to stay right.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import islice

from dateutil.rrule import rrulestr  # type: ignore[import-untyped]

from geo_service.base.clock import BERLIN
from geo_service.base.errors import InputError

LONGEST = timedelta(days=3 * 366)
"""From the first day of a series to its last."""

MOST = 500
"""Days of one series."""

Holiday = Callable[[date], str | None]
"""Names the public holiday on a day, None on any other day."""

_DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_COUNTED = r"-?[1-9][0-9]{0,2}"
_DAY = rf"(?:{_COUNTED})?(?:{'|'.join(_DAYS)})"
_FORMS: Mapping[str, str] = {
    "FREQ": "DAILY|WEEKLY|MONTHLY|YEARLY",
    "INTERVAL": "[1-9][0-9]?",
    "COUNT": "[1-9][0-9]{0,2}",
    "UNTIL": "[0-9]{8}(?:T[0-9]{6}Z)?",
    "BYDAY": rf"{_DAY}(?:,{_DAY}){{0,9}}",
    "BYMONTHDAY": rf"{_COUNTED}(?:,{_COUNTED}){{0,30}}",
    "BYMONTH": "(?:[1-9]|1[0-2])(?:,(?:[1-9]|1[0-2])){0,11}",
    "BYSETPOS": rf"{_COUNTED}(?:,{_COUNTED}){{0,9}}",
    "WKST": "|".join(_DAYS),
}
_HOW = "write it as FREQ=WEEKLY;BYDAY=TU;UNTIL=20271231"


@dataclass(frozen=True)
class Rule:
    """A rule of recurrence that ends.

    Attributes
    ----------
    parts
        By name, without COUNT and UNTIL, in the order of RFC 5545.
    count
        How many days, 0: until ``until_on``.
    until_on
        The last local day that may belong to it.
    """

    parts: tuple[tuple[str, str], ...]
    count: int = 0
    until_on: date | None = None

    @property
    def text(self) -> str:
        """The rule as RFC 5545 writes it, with UNTIL as a local day."""
        end = f"COUNT={self.count}" if self.until_on is None else f"UNTIL={self.until_on:%Y%m%d}"
        return ";".join([*(f"{name}={value}" for name, value in self.parts), end])


def read_rule(text: str) -> Rule:
    """Read a rule strictly.

    Parameters
    ----------
    text
        An RRULE by days, weeks, months or years with COUNT or UNTIL; UNTIL as a local day, or in UTC as calendars
        write it.

    Raises
    ------
    InputError
        When it is no such rule; the part is named.

    Examples
    --------
    >>> read_rule("BYDAY=TU;FREQ=WEEKLY;UNTIL=20271231T140000Z").text
    'FREQ=WEEKLY;BYDAY=TU;UNTIL=20271231'
    """
    found: dict[str, str] = {}
    for part in text.split(";"):
        name, _, value = part.partition("=")
        form = _FORMS.get(name)
        if form is None or name in found or not re.fullmatch(form, value):
            raise InputError("the rule of recurrence has a part that is not taken", remedy=_HOW, part=part[:40])
        found[name] = value
    if "FREQ" not in found or ("COUNT" in found) == ("UNTIL" in found):
        raise InputError("the rule of recurrence needs FREQ, and either COUNT or UNTIL", remedy=_HOW)
    if found["FREQ"] in ("DAILY", "WEEKLY") and re.search("[0-9]", found.get("BYDAY", "")):
        raise InputError("a numbered weekday needs months or years", remedy="write BYDAY=TU, or FREQ=MONTHLY")
    parts = tuple((name, found[name]) for name in _FORMS if name in found and name not in ("COUNT", "UNTIL"))
    return Rule(parts, int(found.get("COUNT", 0)), _last_day(found["UNTIL"]) if "UNTIL" in found else None)


def days_of(rule: Rule, first_on: date) -> tuple[date, ...]:
    """Return the days on which a series falls, holidays too.

    Raises
    ------
    InputError
        When the series does not fall on its first day, is too long, or ends too late.

    Examples
    --------
    >>> [f"{day:%d.%m.}" for day in days_of(read_rule("FREQ=WEEKLY;BYDAY=TU;COUNT=3"), date(2026, 10, 20))]
    ['20.10.', '27.10.', '03.11.']
    """
    latest = first_on + LONGEST
    if rule.until_on is not None and not first_on <= rule.until_on <= latest:
        raise InputError("the series ends before it begins, or after more than three years", remedy="name another end")
    until = rule.until_on or latest
    bare = ";".join(f"{name}={value}" for name, value in rule.parts)
    start = datetime.combine(first_on, time())  # local by nature: only the day counts
    falls = rrulestr(f"{bare};UNTIL={until:%Y%m%d}T000000", dtstart=start)
    days = tuple(one.date() for one in islice(falls, min(rule.count or MOST + 1, MOST + 1)))
    if not days or days[0] != first_on:
        when = f", which falls on {days[0]} first" if days else ""
        raise InputError(f"the first day does not fit the rule{when}", remedy="name a first day that the rule hits")
    if len(days) > MOST or len(days) < rule.count:
        raise InputError(f"the series has more than {MOST} days or is longer than three years", remedy="end it earlier")
    return days


def _last_day(text: str) -> date:
    try:
        if len(text) == len("20271231"):
            return date(int(text[:4]), int(text[4:6]), int(text[6:]))
        moment = datetime.strptime(text, "%Y%m%dT%H%M%S%z")
        return moment.astimezone(BERLIN).date()
    except (ValueError, OverflowError):
        raise InputError("UNTIL of the rule is no day", remedy=_HOW, part=f"UNTIL={text}") from None
