"""Floor 1: closures with dates: roadworks and the like; who drives round them, and what is cut off by them.

Decisions
---------
- A closure holds from its first day to its last, both included.
- It closes whole sections in both directions: the named edges' sections, all of a way, or what a line or polygon in
  longitude and latitude touches. A line is taken as drawn by hand along the street: sections count that run within
  `NEAR_M` of it for most of their length or most of its length; so the side streets it passes stay open.
- It stops vehicles and lets people on foot pass, unless it says otherwise.
- Places are moved onto the streets as they are without closures: a plot on a closed street stays there and is cut off,
  instead of being served from a street behind the houses.
- What can only be reached over destination-only streets while the closure holds becomes destination-only itself.
- Before a closure one may turn round as at any dead end.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from geo_service.base.crs import WGS84_EPSG, metric_epsg, transform_geometry
from geo_service.base.errors import InputError
from geo_service.streets.graph import turn_graph, with_fringe
from geo_service.streets.model import Mover, Profile, Router, Snap, vehicle_of
from geo_service.streets.network import PROFILES, StreetNetwork
from geo_service.streets.router import Engine, make_router
from geo_service.streets.snap import MAX_SNAP_M
from geo_service.streets.turns import Mask

NEAR_M = 12.0
"""How far from a street's line a closure may be drawn, metres: about the width of a main street."""

_MOST = 0.5
VEHICLES = tuple(profile for profile in Profile if profile is not Profile.FOOT)
"""Whom a closure stops unless it says otherwise."""


@dataclass(frozen=True)
class Closure:
    """A stretch of street that is closed for some days.

    Attributes
    ----------
    reason
        Words for people: "Kanalbau Zschochersche Straße".
    from_on, until_on
        First and last day.
    edges
        Directed edges of the network; their sections are closed in both directions.
    way
        OSM way id.
    geometry
        Line or polygon in longitude and latitude (EPSG:4326), or None.
    profiles
        Whom it stops.

    Raises
    ------
    InputError
        When it ends before it begins, names no street or more than one kind of place, or has another geometry.

    Examples
    --------
    >>> works = Closure("Kanalbau", date(2026, 11, 23), date(2026, 11, 27), way=4711)
    >>> works.holds_on(date(2026, 11, 27)), works.holds_on(date(2026, 11, 28))
    (True, False)
    """

    reason: str
    from_on: date
    until_on: date
    edges: tuple[int, ...] = ()
    way: int | None = None
    geometry: BaseGeometry | None = None
    profiles: tuple[Profile, ...] = VEHICLES

    def __post_init__(self) -> None:
        if self.until_on < self.from_on:
            raise InputError(
                f"the closure {self.reason!r} ends on {self.until_on}, before it begins on {self.from_on}",
                remedy="exchange the days",
            )
        if (bool(self.edges), self.way is not None, self.geometry is not None).count(True) != 1:
            raise InputError(
                f"the closure {self.reason!r} must name its place in one manner",
                remedy="give edges, or a way, or a line or polygon",
            )
        if self.geometry is not None:
            kind = self.geometry.geom_type.removeprefix("Multi")
            if kind not in {"LineString", "Polygon"} or self.geometry.is_empty or not self.geometry.is_valid:
                raise InputError(
                    f"the closure {self.reason!r} has no valid line or polygon", remedy="draw it along the street"
                )
            west, south, east, north = self.geometry.bounds
            if not (-180 <= west <= east <= 180 and -90 <= south <= north <= 90):
                raise InputError(
                    f"the closure {self.reason!r} is not in degrees", remedy="give longitude and latitude, EPSG:4326"
                )

    def holds_on(self, day: date) -> bool:
        """Whether it is in force on a day."""
        return self.from_on <= day <= self.until_on


@dataclass(frozen=True, eq=False)
class ClosedNetwork:
    """A network on one day.

    Attributes
    ----------
    network
        The streets with all closures in force applied; paths are checked against it.
    in_force
        Closures that hold on that day and touch a street.
    nowhere
        Closures that hold on that day and touch no street of the network: they change nothing.
    """

    network: StreetNetwork
    in_force: tuple[Closure, ...]
    nowhere: tuple[Closure, ...]


def closed_sections(network: StreetNetwork, closure: Closure) -> Mask:
    """Return the sections that a closure closes, bool, shape (sections,).

    Raises
    ------
    InputError
        When it names an edge that the network does not have.
    """
    closed = np.zeros(network.sections, dtype=np.bool_)
    if closure.way is not None:
        return np.asarray(network.section_way == closure.way, dtype=np.bool_)
    if closure.geometry is not None:
        return _touched(network, closure.geometry)
    outside = [edge for edge in closure.edges if not 0 <= edge < network.edges]
    if outside:
        raise InputError(
            f"the closure {closure.reason!r} names edge {outside[0]}, which the network does not have",
            remedy="name the way or draw a line: edges change when the streets are imported again",
        )
    closed[np.array(closure.edges) >> 1] = True
    return closed


def _touched(network: StreetNetwork, geometry: BaseGeometry) -> Mask:
    """Return the sections within a polygon at least in part, or along a line."""
    west, south, east, north = network.bounds()
    epsg = metric_epsg((west + east) / 2, (south + north) / 2)
    lines = transform_geometry(shapely.GeometryCollection(network.geometries().tolist()), WGS84_EPSG, epsg)
    sections, drawn = shapely.get_parts(lines), transform_geometry(geometry, WGS84_EPSG, epsg)
    if "Polygon" in drawn.geom_type:
        inside = shapely.length(shapely.intersection(sections, drawn))
        return np.asarray((inside > 0) | shapely.contains(drawn, sections), dtype=np.bool_)
    near = shapely.length(shapely.intersection(sections, drawn.buffer(NEAR_M)))
    length = np.minimum(shapely.length(sections), drawn.length)
    return np.asarray((near > 0) & (near >= _MOST * length), dtype=np.bool_)


def network_on(network: StreetNetwork, day: date, closures: Sequence[Closure]) -> ClosedNetwork:
    """Return the network with the closures of a day in force.

    Raises
    ------
    InputError
        When a closure of that day names an edge that the network does not have.
    """
    seconds = network.edge_seconds.copy()
    in_force: list[Closure] = []
    nowhere: list[Closure] = []
    for closure in closures:
        if not closure.holds_on(day):
            continue
        closed = np.repeat(closed_sections(network, closure), 2)
        (in_force if closed.any() else nowhere).append(closure)
        for profile in closure.profiles:
            seconds[PROFILES.index(profile), closed] = np.inf
    stopped = [profile for profile in PROFILES if any(profile in closure.profiles for closure in in_force)]
    if stopped:
        network, _ = with_fringe(replace(network, edge_seconds=seconds), stopped)
    return ClosedNetwork(network, tuple(in_force), tuple(nowhere))


def router_on(
    network: StreetNetwork,
    mover: Mover,
    day: date,
    closures: Sequence[Closure],
    engine: Engine = "cch",
    *,
    max_snap_m: float = MAX_SNAP_M,
) -> Router:
    """Build a router for one day: it drives round the closures in force.

    Places are moved onto the streets that the mover reaches without closures; those it does not reach on that day are
    `geo_service.streets.model.UNREACHABLE` in the matrix and have no path. `cut_off` names them.

    Raises
    ------
    NotReady
        When no street is left for the mover.
    InputError
        When a closure of that day names an edge that the network does not have.
    """
    usual = turn_graph(network, mover).reached
    closed = network_on(network, day, closures).network
    return make_router(closed, mover, engine, max_snap_m=max_snap_m, snap_to=usual)


@dataclass(frozen=True)
class CutOff:
    """A place that cannot be reached on a day.

    Attributes
    ----------
    place
        Its number among the places asked.
    closures
        Those that would each free it if lifted alone; all in force where only several together would.
    """

    place: int
    closures: tuple[Closure, ...]


def cut_off(
    network: StreetNetwork, mover: Mover, day: date, closures: Sequence[Closure], places: Sequence[Snap]
) -> tuple[CutOff, ...]:
    """Name the places that cannot be reached on a day because of closures.

    Parameters
    ----------
    places
        Snaps of `router_on`, or of a router of the same network and mover without closures.

    Raises
    ------
    InputError
        When a closure of that day names an edge that the network does not have.
    """
    profile = vehicle_of(mover).profile
    in_force = [one for one in network_on(network, day, closures).in_force if profile in one.profiles]
    if not in_force or not places:
        return ()
    edges = np.array([place.edge for place in places])

    def reachable(left: Sequence[Closure]) -> Mask:
        reached = turn_graph(network_on(network, day, left).network, mover).reached
        return np.asarray(reached[edges] | reached[edges ^ 1], dtype=np.bool_)

    lost = np.flatnonzero(reachable(()) & ~reachable(in_force))
    if not len(lost):
        return ()
    freed = [reachable([one for one in in_force if one is not lifted]) for lifted in in_force]
    return tuple(
        CutOff(place, tuple(one for one, free in zip(in_force, freed, strict=True) if free[place]) or tuple(in_force))
        for place in lost.tolist()
    )
