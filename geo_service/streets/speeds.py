"""Floor 1: speeds in km/h and limits in tonnes and metres: what signs say, and what is driven where.

Sources: StVO §3 (50 km/h in towns, 100 outside), Anlage 3 sign 325.1 (walking speed in a Verkehrsberuhigter
Bereich, taken as 7 km/h). A van drives on average 0.8 of what is allowed: the ratio and the speeds of
residential and service roads follow the car profile of OSRM, as do 15 km/h for bicycles and 5 km/h on foot.
Main streets without a sign are taken as lying in town: 0.8 of 50 km/h. Trucks over 3.5 t may drive 80 km/h outside
towns (StVO §3, §18); that they take a tenth longer than a van, and that a loaded cargo bike keeps 0.85 of a bicycle's
speed, are assumptions.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

KMH_PER_MPH = 1.609344
WALKING_KMH = 7.0
"""Walking speed as German traffic law means it for vehicles."""

DRIVEN_SHARE = 0.8
"""Average speed of a van as a share of the speed limit."""

VAN_TOP_KMH = 100.0
TRUCK_TOP_KMH = 75.0
TRUCK_SHARE = 0.9
"""Average speed of a truck as a share of a van's."""

CARGO_BIKE_SHARE = 0.85
"""Average speed of a cargo bike as a share of a bicycle's."""

VAN_KMH: dict[str, float] = {
    "motorway": 100,
    "motorway_link": 50,
    "trunk": 70,
    "trunk_link": 40,
    "primary": 40,
    "primary_link": 30,
    "secondary": 40,
    "secondary_link": 30,
    "tertiary": 40,
    "tertiary_link": 30,
    "unclassified": 30,
    "residential": 25,
    "road": 25,
    "living_street": WALKING_KMH,
    "service": 15,
    "track": 10,
    "pedestrian": WALKING_KMH,
    "footway": WALKING_KMH,
    "cycleway": WALKING_KMH,
    "path": WALKING_KMH,
    "bridleway": WALKING_KMH,
}
"""Speed of a van where no sign says otherwise, by highway class."""

VAN_SLOW = frozenset({"living_street", "service", "track", "pedestrian", "footway", "cycleway", "path", "bridleway"})
"""Classes on which a sign may only lower the speed."""

BICYCLE_KMH = 15.0
BICYCLE_SLOW_KMH: dict[str, float] = {
    "living_street": 10,
    "service": 12,
    "track": 12,
    "path": 12,
    "bridleway": 8,
    "footway": 8,
    "pedestrian": 6,
}
PUSHING_KMH = 4.0
"""A bicycle that is pushed."""

FOOT_KMH = 5.0
STEPS_KMH = 2.5

_ZONE_KMH = {
    "urban": 50.0,
    "rural": 100.0,
    "motorway": 130.0,
    "living_street": WALKING_KMH,
    "bicycle_road": 30.0,
}
_LIMIT_KEYS = ("maxspeed", "zone:maxspeed", "maxspeed:type", "source:maxspeed")


def parse_maxspeed(text: str) -> float | None:
    """Return the km/h that a maxspeed tag means, None where it gives no number.

    Zone values are read as in Germany and apply with any country's prefix; of several values the lowest counts.

    Examples
    --------
    >>> parse_maxspeed("50"), parse_maxspeed("DE:urban"), parse_maxspeed("DE:zone:30"), parse_maxspeed("zone30")
    (50.0, 50.0, 30.0, 30.0)
    >>> parse_maxspeed("walk"), round(parse_maxspeed("30 mph"), 1), parse_maxspeed("none"), parse_maxspeed("70;50")
    (7.0, 48.3, 130.0, 50.0)
    >>> parse_maxspeed("signals") is None, parse_maxspeed("0") is None
    (True, True)
    """
    found = [kmh for part in re.split(r"[;|,]", text) if (kmh := _one_maxspeed(part.strip().lower())) is not None]
    return min(found, default=None)


def _one_maxspeed(text: str) -> float | None:
    if text in {"walk", "de:walk"}:
        return WALKING_KMH
    if text == "none":
        return 130.0
    number = re.fullmatch(r"(\d{1,3}(?:\.\d+)?)\s*(km/?h|kph|mph)?", text)
    if number:
        kmh = float(number[1]) * (KMH_PER_MPH if number[2] == "mph" else 1.0)
        return kmh if kmh > 0 else None
    zone = re.fullmatch(r"(?:[a-z]{2}:)?(?:zone:?)?([a-z_]+|\d{1,3})", text)
    if zone is None:
        return None
    return float(zone[1]) or None if zone[1].isdigit() else _ZONE_KMH.get(zone[1])


def limit_kmh(tags: Mapping[str, str], direction: str) -> float | None:
    """Return the speed limit in ``direction`` ("forward" or "backward") in km/h, None where no sign is known."""
    for key in (f"maxspeed:{direction}", *_LIMIT_KEYS):
        if key in tags and (kmh := parse_maxspeed(tags[key])) is not None:
            return kmh
    return None


def van_kmh(highway: str, limit: float | None) -> float:
    """Return the average speed of a van in km/h on a street class, given the speed limit or None."""
    usual = VAN_KMH[highway]
    if limit is None:
        return usual
    driven = min(DRIVEN_SHARE * limit, VAN_TOP_KMH)
    return min(driven, usual) if highway in VAN_SLOW else driven


def bicycle_kmh(highway: str, limit: float | None) -> float:
    """Return the average speed of a bicycle in km/h on a street class, given the speed limit or None."""
    usual = BICYCLE_SLOW_KMH.get(highway, BICYCLE_KMH)
    return usual if limit is None else min(usual, limit)


def truck_kmh(highway: str, limit: float | None) -> float:
    """Return the average speed of a truck in km/h on a street class, given the speed limit or None."""
    return min(TRUCK_SHARE * van_kmh(highway, limit), TRUCK_TOP_KMH)


def cargo_bike_kmh(highway: str, limit: float | None) -> float:
    """Return the average speed of a cargo bike in km/h on a street class, given the speed limit or None."""
    return CARGO_BIKE_SHARE * bicycle_kmh(highway, limit)


def foot_kmh(highway: str) -> float:
    """Return walking speed in km/h on a street class."""
    return STEPS_KMH if highway == "steps" else FOOT_KMH
