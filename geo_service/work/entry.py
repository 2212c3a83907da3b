"""Floor 2: one entry of a catalogue or crew document, read field by field; a bad field is named with its remedy."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Any, NoReturn, TypeVar

from geo_service.base.errors import FileUnreadable, InputError

MAX_BYTES = 5_000_000
MAX_TEXT = 2_000
MAX_ITEMS = 1_000

_CODE = re.compile(r"[a-z][a-z0-9_-]{0,39}")
_TIME = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])")
_E = TypeVar("_E", bound=StrEnum)


@dataclass
class Entry:
    """Reads the fields of one JSON object strictly; `close` refuses what was never asked for.

    Parameters
    ----------
    place
        Where the entry stands, for messages: ``"catalogue.json, kinds, mow_lawn"``.
    """

    fields: dict[str, Any]
    place: str
    _asked: set[str] = field(default_factory=set)

    def refuse(self, name: str, reason: str, remedy: str) -> NoReturn:
        """Raise an InputError that names this entry, the field, the reason and the remedy."""
        raise InputError(f"{self.place}: {name}: {reason}", remedy=remedy, entry=self.place, field=name)

    def has(self, name: str) -> bool:
        """Tell whether a field is given and not null."""
        self._asked.add(name)
        return self.fields.get(name) is not None

    def text(self, name: str, default: str | None = None) -> str:
        """Return a text; without a default it must be given and not blank."""
        value = self._value(name, default)
        if not isinstance(value, str):
            self.refuse(name, "is no text", "write a text in quotes")
        if default is None and not value.strip():
            self.refuse(name, "is empty", "write a text")
        if len(value) > MAX_TEXT or any(ord(letter) < 32 or 0xD800 <= ord(letter) <= 0xDFFF for letter in value):
            self.refuse(name, "is too long or holds control characters", f"write up to {MAX_TEXT} plain characters")
        return value

    def day(self, name: str) -> date:
        """Return a day, written as 2026-11-24."""
        text = self.text(name)
        try:
            return date.fromisoformat(text)
        except ValueError:
            self.refuse(name, "is no day", "write it as 2026-11-24")

    def code(self, name: str, default: str | None = None) -> str:
        """Return a code: small letters, digits, ``_`` and ``-``, a letter first; empty only as the default."""
        value = self.text(name, default)
        if value != default and not _CODE.fullmatch(value):
            self.refuse(name, f"{value[:40]!r} is no code", "use up to 40 small letters, digits, _ and -")
        return value

    def codes(self, name: str) -> frozenset[str]:
        """Return a set of codes; empty when the field is absent."""
        return frozenset(Entry({"code": one}, f"{self.place}: {name}").code("code") for one in self._list(name, ()))

    def time_s(self, name: str, default_s: int | None = None) -> int:
        """Return hours and minutes, of day or of duration, in seconds."""
        if default_s is not None and not self.has(name):
            return default_s
        found = _TIME.fullmatch(self.text(name))
        if found is None:
            self.refuse(name, "is no time of day", 'write hours and minutes as "06:45"')
        return int(found[1]) * 3600 + int(found[2]) * 60

    def choice(self, name: str, kind: type[_E]) -> _E:
        """Return one of the values of an enumeration."""
        return self._as_choice(name, self.text(name), kind)

    def choices(self, name: str, kind: type[_E]) -> tuple[_E, ...]:
        """Return values of an enumeration, in order; at least one."""
        found = tuple(self._as_choice(name, one, kind) for one in self._list(name, None))
        if not found:
            self.refuse(name, "is empty", f"name at least one of {', '.join(kind)}")
        return found

    def number(self, name: str, low: float, high: float, default: float | None = None) -> float:
        """Return a finite number from ``low`` to ``high``."""
        value = self._value(name, default)
        if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
            self.refuse(name, "is no number in range", f"write a number from {low:g} to {high:g}")
        return float(value)

    def whole(self, name: str, low: int, high: int, default: int | None = None) -> int:
        """Return a whole number from ``low`` to ``high``."""
        return self._as_whole(name, self._value(name, default), low, high)

    def wholes(self, name: str, low: int, high: int, default: tuple[int, ...] | None = None) -> tuple[int, ...]:
        """Return whole numbers from ``low`` to ``high``, in order."""
        return tuple(self._as_whole(name, one, low, high) for one in self._list(name, default))

    def flag(self, name: str, default: bool) -> bool:
        """Return true or false."""
        value = self._value(name, default)
        if not isinstance(value, bool):
            self.refuse(name, "is neither true nor false", "write true or false")
        return value

    def texts(self, name: str) -> tuple[str, ...]:
        """Return texts, in order."""
        return tuple(Entry({"text": one}, f"{self.place}: {name}").text("text") for one in self._list(name, None))

    def entries(self, name: str, key: str = "") -> list[Entry]:
        """Return a list of objects as entries, named by their field ``key`` or else by their position from 1."""
        found: list[Entry] = []
        for position, one in enumerate(self._list(name, None), start=1):
            if not isinstance(one, dict):
                self.refuse(name, f"item {position} is no object", "write objects in braces")
            told = one.get(key)
            named = isinstance(told, str) and _CODE.fullmatch(told)
            found.append(Entry(one, f"{self.place}, {name}, {told if named else position}"))
        return found

    def close(self) -> None:
        """Refuse fields that nobody asked for: a misspelt name must not pass unseen."""
        for name in sorted(set(self.fields) - self._asked):
            self.refuse(
                ascii(name[:40]), "is no field of this entry", f"known fields: {', '.join(sorted(self._asked))}"
            )

    def _value(self, name: str, default: Any) -> Any:
        self._asked.add(name)
        value = self.fields.get(name, default)
        if value is None:
            self.refuse(name, "is missing", "add it")
        return value

    def _list(self, name: str, default: Iterable[Any] | None) -> list[Any]:
        value = self._value(name, default)
        if not isinstance(value, list | tuple) or len(value) > MAX_ITEMS:
            self.refuse(name, "is no list", f"write a list in brackets, up to {MAX_ITEMS} items")
        return list(value)

    def _as_whole(self, name: str, value: Any, low: int, high: int) -> int:
        if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
            self.refuse(name, "is no whole number in range", f"write a whole number from {low} to {high}")
        return value

    def _as_choice(self, name: str, value: Any, kind: type[_E]) -> _E:
        if not isinstance(value, str) or value not in {one.value for one in kind}:
            self.refuse(name, "is not one of the known values", f"use one of {', '.join(kind)}")
        return kind(value)


def open_entry(document: Any, place: str) -> Entry:
    """Return the entry of a whole document.

    Raises
    ------
    InputError
        When it is no JSON object.
    """
    if not isinstance(document, dict):
        raise InputError(f"{place} is no JSON object", remedy="begin it with a brace", entry=place, field="")
    return Entry(document, place)


def read_document(path: Path) -> Any:
    """Read a JSON file strictly: UTF-8, no NaN, no key twice, at most 5 MB.

    Raises
    ------
    FileUnreadable
        When it cannot be read or understood as a whole.
    """
    try:
        if path.stat().st_size > MAX_BYTES:
            raise FileUnreadable(f"{path.name} is larger than {MAX_BYTES} bytes", remedy="split or shorten it")
        return json.loads(path.read_text("utf-8-sig"), object_pairs_hook=_once, parse_constant=_no_constant)
    except OSError as error:
        raise FileUnreadable(
            f"{path.name} cannot be read ({error.strerror})", remedy="check the path and the rights"
        ) from error
    except (ValueError, RecursionError) as error:
        raise FileUnreadable(f"{path.name} is no valid JSON ({error})", remedy="mend or restore the file") from error


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError(f"a key stands twice among {', '.join(sorted({key for key, _ in pairs}))}"[:200])
    return found


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no number")
