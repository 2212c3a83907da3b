"""Floor 1: the short codes people use for plots: quarter short and number, ``KLZ-0012``."""

from __future__ import annotations

import re
from collections.abc import Iterable

_CODE = re.compile(r"(?P<short>[A-ZÄÖÜ0-9]{2,6})-(?P<number>\d{4,6})")

NO_QUARTER = "PL"
"""Prefix of plots that lie in no quarter."""


def is_code(text: str) -> bool:
    """Tell whether a text has the form of a plot code.

    Examples
    --------
    >>> is_code("KLZ-0012"), is_code("25163020130000")
    (True, False)
    """
    return _CODE.fullmatch(text) is not None


class Codes:
    """Gives out codes, each once: the next number after the highest in use of its quarter.

    Examples
    --------
    >>> codes = Codes(["KLZ-0012", "PLW-0003"])
    >>> codes.next("KLZ"), codes.next("KLZ"), codes.next(NO_QUARTER), codes.take("KLZ-0012")
    ('KLZ-0013', 'KLZ-0014', 'PL-0001', False)
    """

    def __init__(self, used: Iterable[str]) -> None:
        self._used: set[str] = set()
        self._last: dict[str, int] = {}
        for code in used:
            self.take(code)

    def take(self, code: str) -> bool:
        """Put a given code into use; False when it is in use already."""
        if code in self._used:
            return False
        self._used.add(code)
        match = _CODE.fullmatch(code)
        if match is not None:
            self._last[match["short"]] = max(self._last.get(match["short"], 0), int(match["number"]))
        return True

    def next(self, short: str) -> str:
        """Return the next free code of a quarter and put it into use."""
        code = f"{short}-{self._last.get(short, 0) + 1:04d}"
        self.take(code)
        return code
