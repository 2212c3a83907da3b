"""Floor 8: which packing of an answer a client takes, after RFC 9110, 12.5.3."""

from __future__ import annotations

import re
from collections.abc import Sequence

_WEIGHT = re.compile(r"\s*q\s*=\s*(0(\.[0-9]{0,3})?|1(\.0{0,3})?)\s*")


def preferred(accepted: str, offered: Sequence[str]) -> str:
    """Return the packing that a client likes best, the first of equals; empty when it takes none of them.

    Parameters
    ----------
    accepted
        The header ``Accept-Encoding``.
    offered
        Names, the best one first.

    Examples
    --------
    >>> preferred("gzip, br", ("br", "gzip")), preferred("br;q=0.4, *;q=0.5", ("br", "gzip")), preferred("", ("gzip",))
    ('br', 'gzip', '')
    >>> preferred("gzip;q=0, *", ("gzip",)), preferred("identity, *;q=0", ("br", "gzip"))
    ('', '')
    """
    weights: dict[str, float] = {}
    for entry in accepted.lower().split(","):
        coding, _, weight = entry.partition(";")
        said = _WEIGHT.fullmatch(weight)
        weights[coding.strip()] = float(said[1]) if said else 1.0
    anything = weights.get("*", 0.0)
    best = max(offered, key=lambda one: weights.get(one, anything), default="")
    return best if weights.get(best, anything) > 0 else ""
