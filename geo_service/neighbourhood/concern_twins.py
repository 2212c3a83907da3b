"""Floor 1: which concerns may be about the same thing: near each other, close in time, of one theme, in like words."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from geo_service.neighbourhood.concern import Concern
from geo_service.neighbourhood.concern_services import CONCERN_KIND

NEAR_M = 150.0
SOON = timedelta(days=60)
LEAST_SCORE = 0.35

_DEGREE_M = 111_320.0
_WORD = re.compile(r"[^\W\d_]{4,}")
_FILLERS = frozenset({"aber", "auch", "dass", "dort", "eine", "hier", "nicht", "oder", "schon", "seit", "sind", "wird"})


@dataclass(frozen=True)
class Twin:
    """A concern that may be the same; ``score`` from 0 to 1, ``away_m`` metres between both."""

    concern: Concern
    score: float
    away_m: float


def twins_of(concern: Concern, others: Iterable[Concern], *, most: int = 5) -> list[Twin]:
    """Return the concerns that may be the same, the likeliest first; merged ones are left out.

    Parameters
    ----------
    most
        So many at most.
    """
    found = []
    for other in others:
        if other.number == concern.number or other.merged_into:
            continue
        away = distance_m((concern.lon, concern.lat), (other.lon, other.lat))
        apart = abs(concern.reported_at - other.reported_at)
        if away > NEAR_M or apart > SOON:
            continue
        score = likeness(concern, other, away, apart)
        if score >= LEAST_SCORE:
            found.append(Twin(other, score, away))
    return sorted(found, key=lambda one: (-one.score, one.concern.number))[:most]


def likeness(one: Concern, other: Concern, away_m: float, apart: timedelta) -> float:
    """Return how alike two concerns are, 0 to 1: place counts half, kind, words and time the rest."""
    place = max(0.0, 1.0 - away_m / NEAR_M)
    time = max(0.0, 1.0 - apart / SOON)
    if one.kind == other.kind:
        kind = 1.0
    else:
        kind = 0.5 if CONCERN_KIND[one.kind].theme is CONCERN_KIND[other.kind].theme else 0.0
    return 0.5 * place + 0.2 * kind + 0.2 * _alike(_words(one), _words(other)) + 0.1 * time


def distance_m(one: tuple[float, float], other: tuple[float, float]) -> float:
    """Return metres between two places in degrees that lie near each other.

    Examples
    --------
    >>> round(distance_m((12.32, 51.32), (12.32, 51.321)))
    111
    """
    east = (one[0] - other[0]) * math.cos(math.radians((one[1] + other[1]) / 2))
    return math.hypot(east, one[1] - other[1]) * _DEGREE_M


def _words(concern: Concern) -> frozenset[str]:
    """Return the beginnings of the words that its reporters used: German bends the ends."""
    told = " ".join(f"{one.told.words} {one.told.place}" for one in concern.reports).lower()
    return frozenset(word[:5] for word in _WORD.findall(told) if word not in _FILLERS)


def _alike(one: frozenset[str], other: frozenset[str]) -> float:
    return len(one & other) / min(len(one), len(other)) if one and other else 0.0
