"""Floor 1: who may use a street, in which direction and how fast: the OSM tags read for each profile.

Decisions
---------
- The van is a service vehicle up to 3.5 t (OSM ``goods``, ``motorcar``). It may use service roads. The truck is one
  above that (OSM ``hgv``), so it obeys signs for trucks and not those for cars alone.
- The cargo bike goes where a bicycle goes, unless ``cargo_bike`` says otherwise, but not through barriers that are
  made to be narrow (cycle barriers, chicanes, turnstiles): these it passes only where their width is known and
  suffices, or a tag names it. Nor is it carried over steps.
- ``destination``, ``delivery``, ``customers``, driveways, parking aisles: vehicles may drive there to reach a
  place on it, never through. Good field tracks (grade1, grade2) count so too.
- ``private``, ``no``, ``agricultural``, ``forestry`` and values nobody documents are closed, whoever owns the plot
  behind them; ``unknown`` says nothing. A more specific key (``motor_vehicle``) overrides a general one (``access``).
- Pedestrian zones, footways, cycleways and paths are open to van and truck only where a sign names motor vehicles.
- One-ways bind all but those on foot; ``oneway:bicycle=no`` and ``cycleway=opposite*`` open them to bicycles.
- Tags with ``:conditional`` are not interpreted; the reader counts and reports them.
- Barriers are judged on nodes. A gate is open unless its access tags close it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum

from geo_service.streets.model import Profile
from geo_service.streets.speeds import (
    CARGO_BIKE_SHARE,
    PUSHING_KMH,
    VAN_KMH,
    bicycle_kmh,
    cargo_bike_kmh,
    foot_kmh,
    limit_kmh,
    truck_kmh,
    van_kmh,
)

Tags = Mapping[str, str]

STREETS = frozenset(VAN_KMH) | {"steps"}
"""Values of ``highway`` that are read as streets; others are building sites, platforms, bus tracks and the like."""


ROUND = frozenset({"roundabout", "circular"})
"""Values of ``junction`` that are driven round, one way."""


class Access(IntEnum):
    """What an access tag says, the kinder the greater."""

    CLOSED = 0
    DESTINATION = 1
    OPEN = 2


@dataclass(frozen=True)
class Permission:
    """What a profile may do on a street.

    Attributes
    ----------
    forward_kmh, backward_kmh
        Average speed along and against the way's direction, 0 where it may not go.
    destination
        Only to reach a place on it, never through.
    """

    forward_kmh: float
    backward_kmh: float
    destination: bool


_VALUES = {
    **dict.fromkeys(("yes", "permissive", "designated", "official", "public", "dismount"), Access.OPEN),
    **dict.fromkeys(("destination", "delivery", "customers"), Access.DESTINATION),
}
_ACCESS_KEYS = {
    Profile.VAN: ("goods", "motorcar", "motor_vehicle", "vehicle", "access"),
    Profile.BICYCLE: ("bicycle", "vehicle", "access"),
    Profile.FOOT: ("foot", "access"),
    Profile.TRUCK: ("hgv", "motor_vehicle", "vehicle", "access"),
    Profile.CARGO_BIKE: ("cargo_bike", "bicycle", "vehicle", "access"),
}
_ONEWAY_KEYS = {
    Profile.VAN: ("oneway:goods", "oneway:motorcar", "oneway:motor_vehicle", "oneway:vehicle", "oneway"),
    Profile.BICYCLE: ("oneway:bicycle", "bicycle:oneway", "oneway:vehicle", "oneway"),
    Profile.FOOT: ("oneway:foot",),
    Profile.TRUCK: ("oneway:hgv", "oneway:motor_vehicle", "oneway:vehicle", "oneway"),
    Profile.CARGO_BIKE: ("oneway:cargo_bike", "oneway:bicycle", "bicycle:oneway", "oneway:vehicle", "oneway"),
}
_MOTORS = frozenset({Profile.VAN, Profile.TRUCK})
_CYCLES = frozenset({Profile.BICYCLE, Profile.CARGO_BIKE})
_VAN_ON_SIGN = frozenset({"pedestrian", "footway", "cycleway", "path", "bridleway", "track"})
_BICYCLE_ON_SIGN = frozenset({"pedestrian", "footway", "bridleway", "trunk", "trunk_link"})
_ON_SIGN = {
    Profile.VAN: _VAN_ON_SIGN,
    Profile.BICYCLE: _BICYCLE_ON_SIGN,
    Profile.FOOT: frozenset({"trunk", "trunk_link", "bridleway"}),
    Profile.TRUCK: _VAN_ON_SIGN,
    Profile.CARGO_BIKE: _BICYCLE_ON_SIGN,
}
"""Classes that are closed to the profile unless one of its own keys (not ``access``) opens them."""

_NEVER = {
    Profile.VAN: frozenset({"steps"}),
    Profile.BICYCLE: frozenset({"motorway", "motorway_link", "steps"}),
    Profile.FOOT: frozenset({"motorway", "motorway_link"}),
    Profile.TRUCK: frozenset({"steps"}),
    Profile.CARGO_BIKE: frozenset({"motorway", "motorway_link", "steps"}),
}
_GOOD_TRACKS = frozenset({"grade1", "grade2"})
_TO_THE_DOOR = frozenset({"driveway", "parking_aisle", "drive-through"})

_PASSABLE = frozenset(
    {"border_control", "cattle_grid", "entrance", "gate", "height_restrictor", "kerb"}
    | {"lift_gate", "no", "sally_port", "swing_gate", "toll_booth", "wicket_gate"}
)
"""Barriers on a node that a van passes unless tags say otherwise, after OSRM's car profile."""

_PASSABLE_BICYCLE = _PASSABLE | {"block", "bollard", "chain", "cycle_barrier", "motorcycle_barrier", "planter", "rope"}
_NARROW = frozenset(
    {"cycle_barrier", "motorcycle_barrier", "chicane", "kissing_gate", "full-height_turnstile", "turnstile", "stile"}
    | {"horse_stile", "squeeze", "rope", "chain"}
)
"""Barriers that a cargo bike cannot pass as a bicycle can, or as a walker can."""

_WALLS = frozenset({"wall", "fence", "hedge", "city_wall", "retaining_wall"})


def _access(tags: Tags, keys: tuple[str, ...], direction: str = "") -> Access | None:
    """Return what the most specific key says, None where no key says anything."""
    for key in keys:
        for name in (f"{key}:{direction}", key):
            value = tags.get(name)
            if value and value != "unknown":
                return max(_VALUES.get(part.strip(), Access.CLOSED) for part in value.split(";"))
    return None


def _class_access(tags: Tags, profile: Profile, direction: str) -> Access:
    highway, keys = tags["highway"], _ACCESS_KEYS[profile]
    if highway in _NEVER[profile] or tags.get("service") == "emergency_access":
        return Access.CLOSED
    if tags.get("motorroad") == "yes" and profile not in _MOTORS:
        return Access.CLOSED
    if highway in _ON_SIGN[profile]:
        signed = _access(tags, keys[:-1], direction)
        if signed is None and profile in _MOTORS and tags.get("tracktype") in _GOOD_TRACKS and highway == "track":
            signed = _access(tags, keys[-1:], direction)
            return Access.CLOSED if signed is Access.CLOSED else Access.DESTINATION
        if signed is None:
            return Access.CLOSED
        return min(signed, Access.DESTINATION) if profile in _MOTORS else signed
    said = _access(tags, keys, direction)
    access = Access.OPEN if said is None else said
    return min(access, Access.DESTINATION) if tags.get("service") in _TO_THE_DOOR else access


def _directions(tags: Tags, profile: Profile) -> tuple[bool, bool]:
    """Whether one-way tags leave the way open along and against its direction."""
    implied = tags.get("junction") in ROUND or tags["highway"] == "motorway"
    if profile in _CYCLES and _contraflow(tags):
        return True, True
    value = next((tags[key] for key in _ONEWAY_KEYS[profile] if key in tags), "")
    if value in {"yes", "true", "1"}:
        return True, False
    if value in {"-1", "reverse"}:
        return False, True
    if value == "reversible":
        return False, False
    return True, profile is Profile.FOOT or not implied or value in {"no", "false", "0"}


def _contraflow(tags: Tags) -> bool:
    lanes = (tags.get(f"cycleway{side}", "") for side in ("", ":left", ":right", ":both"))
    return any(lane.startswith("opposite") for lane in lanes) or tags.get("cycleway:left:oneway") in {"-1", "no"}


def _kmh(tags: Tags, profile: Profile, direction: str) -> float:
    highway = tags["highway"]
    if profile is Profile.FOOT:
        return foot_kmh(highway)
    limit = limit_kmh(tags, direction)
    if profile is Profile.VAN:
        return van_kmh(highway, limit)
    if profile is Profile.TRUCK:
        return truck_kmh(highway, limit)
    if tags.get("bicycle") == "dismount":
        return PUSHING_KMH if profile is Profile.BICYCLE else CARGO_BIKE_SHARE * PUSHING_KMH
    return bicycle_kmh(highway, limit) if profile is Profile.BICYCLE else cargo_bike_kmh(highway, limit)


def permission(tags: Tags, profile: Profile) -> Permission | None:
    """Return what a profile may do on a way with these tags, None when nothing.

    Parameters
    ----------
    tags
        Tags of an OSM way whose ``highway`` is one of `STREETS`.

    Examples
    --------
    >>> permission({"highway": "residential", "oneway": "yes", "maxspeed": "30"}, Profile.VAN)
    Permission(forward_kmh=24.0, backward_kmh=0.0, destination=False)
    >>> permission({"highway": "service", "access": "private"}, Profile.VAN) is None
    True
    """
    speeds, kindest = [], Access.CLOSED
    for direction, let in zip(("forward", "backward"), _directions(tags, profile), strict=True):
        access = _class_access(tags, profile, direction) if let else Access.CLOSED
        kindest = max(kindest, access)
        speeds.append(_kmh(tags, profile, direction) if access > Access.CLOSED else 0.0)
    if kindest is Access.CLOSED:
        return None
    return Permission(speeds[0], speeds[1], kindest is Access.DESTINATION and profile is not Profile.FOOT)


def blocks(tags: Tags, profile: Profile) -> bool:
    """Whether a node with these tags stops the profile, whatever its size.

    Examples
    --------
    >>> [blocks({"barrier": "bollard"}, profile) for profile in Profile]
    [True, False, False, True, False]
    >>> blocks({"barrier": "gate"}, Profile.VAN), blocks({"barrier": "gate", "access": "private"}, Profile.VAN)
    (False, True)
    """
    barrier = tags.get("barrier")
    if barrier is None:
        return False
    narrow = profile is Profile.CARGO_BIKE and barrier in _NARROW
    said = _access(tags, _ACCESS_KEYS[profile])
    if said is Access.CLOSED:
        return True
    if narrow:
        named = _access(tags, ("cargo_bike",)) is not None
        return not named and not any(key in tags for key in ("maxwidth", "maxwidth:physical"))
    if said is not None:
        return False
    if profile in _MOTORS:
        return barrier not in _PASSABLE
    return barrier in _WALLS if profile is Profile.FOOT else barrier not in _PASSABLE_BICYCLE


def is_conditional(tags: Tags) -> bool:
    """Whether a tag depends on time or vehicle in a way that is not interpreted."""
    return any(key.endswith(":conditional") for key in tags)
