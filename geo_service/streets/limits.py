"""Floor 1: limits of weight, height and width: what OSM tags on ways and barriers say, in tonnes and metres.

Several signs on a street count together: the lowest limit holds. Values without a number say either that there is no
limit of its own (``default``, ``none``) or something that cannot be held against a vehicle (``below_default``); these
are told to the reader, and the street stays open. Limits that depend on conditions are not interpreted.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping

from geo_service.streets.network import LIMITS

FOOT_M = 0.3048
INCH_M = 0.0254
POUND_T = 0.00045359237
SHORT_TON_T = 0.90718474

_KEYS = {
    "weight_t": ("maxweight", "maxweightrating", "maxweightrating:hgv", "maxweight:hgv"),
    "height_m": ("maxheight", "maxheight:physical"),
    "width_m": ("maxwidth", "maxwidth:physical"),
}
"""Tags that limit each of `geo_service.streets.network.LIMITS`."""

_NO_LIMIT = frozenset({"default", "none", "no", "unlimited", "no_sign", "unsigned", "no_indications"})
_TONNES = {"": 1.0, "t": 1.0, "kg": 0.001, "lbs": POUND_T, "lb": POUND_T, "st": SHORT_TON_T, "lt": 1.0160469088}
_METRES = {"": 1.0, "m": 1.0, "cm": 0.01, "ft": FOOT_M, "in": INCH_M}
_UNITS = {"weight_t": _TONNES, "height_m": _METRES, "width_m": _METRES}


def parse_limit(text: str, name: str) -> float | None:
    """Return tonnes or metres of a limit, infinite where it says that there is none, None when not understood.

    Parameters
    ----------
    name
        One of `geo_service.streets.network.LIMITS`.

    Examples
    --------
    >>> parse_limit("3.5", "weight_t"), parse_limit("3,5 t", "weight_t"), parse_limit("2800 kg", "weight_t")
    (3.5, 3.5, 2.8)
    >>> parse_limit("210 cm", "width_m"), round(parse_limit("7'6", "height_m"), 3), parse_limit("default", "height_m")
    (2.1, 2.286, inf)
    >>> parse_limit("below_default", "height_m") is None, parse_limit("0", "width_m") is None
    (True, True)
    """
    said = text.strip().lower()
    if said in _NO_LIMIT:
        return math.inf
    feet = re.fullmatch(r"(\d{1,2})\s*(?:'|ft)\s*(?:(\d{1,2}(?:\.\d+)?)\s*(?:\"|''|in)?)?", said)
    if feet and name != "weight_t":
        return (int(feet[1]) * FOOT_M + float(feet[2] or 0) * INCH_M) or None
    number = re.fullmatch(r"(\d{1,5}(?:[.,]\d+)?)\s*([a-z]*)\.?", said)
    unit = _UNITS[name].get(number[2]) if number else None
    return round(float(number[1].replace(",", ".")) * unit, 6) or None if number and unit else None


def limits(tags: Mapping[str, str]) -> tuple[float, ...]:
    """Return the greatest weight, height and width that may pass, infinite without a limit.

    Examples
    --------
    >>> limits({"maxweight": "7.5", "maxweightrating": "3.5", "maxheight": "default"})
    (3.5, inf, inf)
    """
    return tuple(min(_known(tags, name), default=math.inf) for name in LIMITS)


def _known(tags: Mapping[str, str], name: str) -> list[float]:
    found = [parse_limit(tags[key], name) for key in _KEYS[name] if key in tags]
    return [limit for limit in found if limit is not None]


def unread_limits(tags: Mapping[str, str]) -> list[str]:
    """Return the tags that limit something and are not understood, as ``key=value``.

    Examples
    --------
    >>> unread_limits({"maxheight": "below_default", "maxweight": "3.5"})
    ['maxheight=below_default']
    """
    return [
        f"{key}={tags[key]}"
        for name, keys in _KEYS.items()
        for key in keys
        if key in tags and parse_limit(tags[key], name) is None
    ]
