"""Floor 8: the fields of a small form that a page posts, read strictly."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from urllib.parse import parse_qsl

from geo_service.base.errors import InputError

MAX_FIELDS = 600
"""A bid has a field for each position of its lot."""


class Form:
    """Fields of an ``application/x-www-form-urlencoded`` body, each asked for by its kind.

    Raises
    ------
    InputError
        When the body is no form, has a field twice, or too many.

    Examples
    --------
    >>> form = Form(b"note=Tor+zu&minutes=30&from=2026-11-30")
    >>> form.line("note", 300), form.whole("minutes", 1, 360, 60), form.day("from")
    ('Tor zu', 30, datetime.date(2026, 11, 30))
    """

    def __init__(self, body: bytes) -> None:
        try:
            pairs = parse_qsl(body.decode("ascii"), keep_blank_values=True, max_num_fields=MAX_FIELDS, errors="strict")
        except ValueError:
            raise InputError("the form cannot be read", remedy="send it from the page") from None
        self._fields = dict(pairs)
        if len(self._fields) < len(pairs):
            raise InputError("a field of the form stands twice", remedy="send it from the page")

    def line(self, name: str, longest: int) -> str:
        """Return a line of text without spaces around it; empty when it is not there."""
        text = self._fields.get(name, "").strip()
        if len(text) > longest or any(ord(letter) < 32 or ord(letter) == 127 for letter in text):
            raise InputError(f"{name} is too long or holds control characters", remedy=f"write up to {longest} letters")
        return text

    def text(self, name: str, longest: int) -> str:
        """Return a text of several lines without spaces around it; empty when it is not there."""
        told = self._fields.get(name, "").replace("\r\n", "\n").strip()
        if len(told) > longest or any((one < " " and one not in "\t\n") or one == "\x7f" for one in told):
            raise InputError(f"{name} is too long or holds control characters", remedy=f"write up to {longest} letters")
        return told

    def day(self, name: str) -> date | None:
        """Return a day between 2000 and 2099, or None when it was left empty."""
        text = self.line(name, 10)
        if not text:
            return None
        try:
            day = date.fromisoformat(text)
        except ValueError:
            day = date.min
        if not 2000 <= day.year <= 2099:
            raise InputError(f"{name} is no day", remedy="write it as 2026-11-24")
        return day

    def whole(self, name: str, low: int, high: int, default: int) -> int:
        """Return a whole number from ``low`` to ``high``; the default when it was left empty."""
        text = self.line(name, 9)
        if not text:
            return default
        if not (text.isascii() and text.isdigit() and low <= int(text) <= high):
            raise InputError(f"{name} is no number from {low} to {high}", remedy="write a whole number")
        return int(text)

    def decimal(self, name: str, low: float, high: float, default: float) -> float:
        """Return a number from ``low`` to ``high``, with comma or point; the default when it was left empty."""
        text = self.line(name, 12)
        if not text:
            return default
        try:
            value = float(text.replace(",", "."))
        except ValueError:
            value = low - 1
        if not low <= value <= high:
            raise InputError(f"{name} is no number from {low} to {high}", remedy="write it as 1,5")
        return value

    def choice(self, name: str, values: Sequence[str]) -> str:
        """Return one of some values; the first when it was left empty."""
        text = self.line(name, 80) or values[0]
        if text not in values:
            raise InputError(f"{name} is none of {', '.join(values)}", remedy="choose one on the page")
        return text
