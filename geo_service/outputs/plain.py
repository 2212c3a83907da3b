"""Floor 7: text as every format can carry it: one line, no control characters, no broken code units."""

from __future__ import annotations

import re
from dataclasses import fields, is_dataclass, replace
from typing import Any, TypeVar, cast

_LINE_ENDS = re.compile("[\t\n\v\f\r\x1c-\x1f\x85\u2028\u2029]+")
_UNSEEN = re.compile("[\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]")  # controls, text direction
_BROKEN = re.compile("[\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")  # lone surrogates, noncharacters

_BARE = frozenset({int, float, bool})

T = TypeVar("T")


def plain(text: str) -> str:
    r"""Return ``text`` on one line, without what XML, JSON, PDF or a terminal cannot carry.

    Line ends become spaces, control and direction characters vanish, broken code units become U+FFFD.

    Examples
    --------
    >>> plain("Tor links\nCode\x00 4711 \ud800")
    'Tor links Code 4711 �'
    """
    if text.isprintable():  # nothing of what the patterns look for is; most texts are
        return text.strip()
    return _BROKEN.sub("\ufffd", _UNSEEN.sub("", _LINE_ENDS.sub(" ", text))).strip()


def plain_values(value: T) -> T:
    r"""Return a model object, tuple or dict with every text in it made `plain`; other values as they are.

    Examples
    --------
    >>> plain_values({"note": ("a\tb", 3)})
    {'note': ('a b', 3)}
    """
    return cast(T, _plain(value))


def _plain(value: Any) -> Any:
    if type(value) is str:
        return plain(value)
    if value is None or type(value) in _BARE:
        return value
    if type(value) is tuple:
        return tuple(map(_plain, value))
    if isinstance(value, dict):
        return {_plain(key): _plain(one) for key, one in value.items()}
    if is_dataclass(value) and not isinstance(value, type):
        return replace(value, **{field.name: _plain(getattr(value, field.name)) for field in fields(value)})
    return value
