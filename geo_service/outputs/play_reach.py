"""Floor 7: how much of the streets of a quarter lies within 300 m on foot of a place to play."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from weakref import WeakKeyDictionary

import numpy as np
import numpy.typing as npt
import orjson
import shapely

from geo_service.base.crs import WGS84_EPSG, transform_geometry, transform_xy
from geo_service.neighbourhood.children import Feeling
from geo_service.store.kinds_children import CHILD_PLACE
from geo_service.store.protocol import Store
from geo_service.streets.graph import turn_graph
from geo_service.streets.isochrones import isochrone, seconds_on_foot
from geo_service.streets.model import Profile
from geo_service.streets.network import StreetNetwork
from geo_service.streets.router import make_router

WALK_M = 300.0
"""How far a child walks to a place to play, metres of street."""

PLAY_KINDS = frozenset({"play", "ball", "climb"})
"""Pictograms of good places that say that one plays there."""


@dataclass(frozen=True)
class PlayReach:
    """Of a quarter: places to play in it, metres of street on which one walks, and of these, metres near such a place.

    A place outside the quarter counts for the streets that it is near to.
    """

    quarter: str
    places: int
    streets_m: float
    near_m: float


_KEPT: WeakKeyDictionary[Store, tuple[int, tuple[tuple[PlayReach, ...] | None, str]]] = WeakKeyDictionary()


def play_reach(store: Store) -> tuple[tuple[PlayReach, ...] | None, str]:
    """Return the reach in each quarter of the programme, or None and the code of the reason.

    Reasons: ``no_streets``, ``no_quarters``, ``no_play_source``. Worked out once until anything changes in the store.
    """
    revision, kept = store.revision(), _KEPT.get(store)
    if kept is None or kept[0] != revision:
        kept = _KEPT[store] = (revision, _reach(store))
    return kept[1]


def _reach(store: Store) -> tuple[tuple[PlayReach, ...] | None, str]:
    network, epsg, quarters = store.streets(), store.plan_crs(), store.quarters()
    if network is None or epsg is None:
        return None, "no_streets"
    if not quarters:
        return None, "no_quarters"
    points = play_points(store)
    if not points:
        return None, "no_play_source"
    groups: dict[str, list[shapely.Geometry]] = {}
    for one in quarters:
        groups.setdefault(one.group, []).append(one.geometry)
    areas = {name: shapely.union_all(parts) for name, parts in sorted(groups.items())}
    return tuple(reach_in(network, areas, points, epsg)), ""


def play_points(store: Store) -> list[shapely.Point]:
    """Return the places to play, degrees: those that children showed and adults approved, and playgrounds drawn."""
    found = [
        kept.record.public_point
        for kept in store.records(CHILD_PLACE)
        if kept.record.is_public and kept.record.feeling is Feeling.GOOD and kept.record.kind in PLAY_KINDS
    ]
    drawn = orjson.loads(store.landscape() or b'{"features": []}')["features"]
    for one in drawn:
        if (one.get("properties") or {}).get("kind") == "playground":
            found.append(shapely.from_geojson(orjson.dumps(one["geometry"]).decode()).representative_point())
    return [one for one in found if isinstance(one, shapely.Point)]


def reach_in(
    network: StreetNetwork,
    areas: Mapping[str, shapely.Geometry],
    points: Sequence[shapely.Point],
    epsg: int,
    *,
    walk_m: float = WALK_M,
) -> list[PlayReach]:
    """Return for each area how much of its streets lies within a walk of a place to play.

    Parameters
    ----------
    areas
        By name, in EPSG:``epsg``, metres.
    points
        Places to play, degrees. One that lies at no street is counted as a place and reached from nowhere.
    """
    router, graph = make_router(network, Profile.FOOT), turn_graph(network, Profile.FOOT)
    walked = (graph.start_state >= 0).reshape(-1, 2).any(axis=1)
    streets = _lines(network, epsg)[walked]
    near = [shapely.MultiLineString()]
    for snap in router.snap(np.array([(one.x, one.y) for one in points]).reshape(-1, 2)):
        if snap is not None:
            near.append(isochrone(graph, snap, seconds_on_foot(walk_m)).lines(epsg))
    reached = shapely.union_all(near)
    played = [transform_geometry(one, WGS84_EPSG, epsg) for one in points]
    found = []
    for name, area in areas.items():
        streets_m = float(shapely.length(shapely.intersection(streets, area)).sum())
        near_m = min(streets_m, float(shapely.intersection(reached, area).length))
        inside = int(sum(area.intersects(one) for one in played))
        found.append(PlayReach(name, inside, round(streets_m, 1), round(near_m, 1)))
    return found


def _lines(network: StreetNetwork, epsg: int) -> npt.NDArray[np.object_]:
    lines = network.geometries()
    made: npt.NDArray[np.object_] = shapely.transform(lines, lambda xy: transform_xy(xy, WGS84_EPSG, epsg))
    return made
