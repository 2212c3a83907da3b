"""Floor 1: the Router over a Valhalla server: for single ways with many kinds of vehicle, never for large matrices.

Asked are ``locate``, ``sources_to_targets`` and ``route`` of Valhalla's HTTP interface. Its matrices take about a
hundred times as long as contraction hierarchies (24 to 77 s for 500 places), so more than `MAX_PLACES` are refused.

- The server's speeds and turn costs are its own.
- Paths have no edges, so they cannot be checked against a network here: callers skip the checker where they see none.
- Seconds and metres are rounded halves up; lengths come in kilometres of three decimals.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import orjson
import pyproj

from geo_service.base.errors import InputError
from geo_service.streets.exchange import (
    Exchange,
    half_up,
    line,
    merged_legs,
    not_understood,
    number,
    one_place,
    read_json,
    refused,
    sane_places,
    square,
    whole_matrix,
)
from geo_service.streets.model import Mover, Path, Profile, Snap, TravelMatrix, vehicle_of
from geo_service.streets.polyline import decode_polyline
from geo_service.streets.snap import MAX_SNAP_M

MAX_PLACES = 50
"""Places in a matrix, and in one request to snap: 2,500 pairs are what a server allows unless told otherwise."""

COSTINGS = {
    Profile.VAN: "auto",
    Profile.TRUCK: "truck",
    Profile.BICYCLE: "bicycle",
    Profile.CARGO_BIKE: "bicycle",
    Profile.FOOT: "pedestrian",
}
"""Valhalla's word for each profile; it knows no cargo bikes."""

_SERVER = "Valhalla"
_NO_PATH = frozenset({441, 442})
"""Codes of errors that mean: no way leads."""

_NO_EDGE = 171
_ELLIPSOID = pyproj.Geod(ellps="WGS84")


class ValhallaRouter:
    """Answers travel questions by a Valhalla server; see `geo_service.streets.model.Router`.

    Parameters
    ----------
    exchange
        The way to the server: `geo_service.streets.http_exchange.HttpExchange`, or another one in tests.
    mover
        A profile or a vehicle; a truck's weight, height and width are told to the server.
    max_snap_m
        Places farther than this many metres from every street are not snapped.
    """

    def __init__(self, exchange: Exchange, mover: Mover = Profile.VAN, *, max_snap_m: float = MAX_SNAP_M) -> None:
        self._exchange = exchange
        self._vehicle = vehicle_of(mover)
        self._max_snap_m = max_snap_m

    @property
    def profile(self) -> Profile:
        """How the router moves."""
        return self._vehicle.profile

    def snap(self, lonlat: npt.NDArray[np.float64]) -> list[Snap | None]:
        """Move places, shape (n, 2) in degrees, onto the nearest street.

        Raises
        ------
        NotReady
            When the server does not answer as it should.
        """
        places, sane = sane_places(lonlat)
        found: list[Snap | None] = [None] * len(places)
        for first in range(0, len(sane), MAX_PLACES):
            some = sane[first : first + MAX_PLACES]
            answer = self._ask("locate", {"locations": _locations(places[some]), "verbose": False})
            if answer is None:
                continue
            if not isinstance(answer, list) or len(answer) != len(some):
                raise not_understood(_SERVER, f"it does not locate {len(some)} places")
            for place, located in zip(some.tolist(), answer, strict=True):
                found[place] = self._nearest(places[place], located)
        return found

    def _nearest(self, lonlat: npt.NDArray[np.float64], located: Any) -> Snap | None:
        if not isinstance(located, dict) or not isinstance(located.get("edges") or [], list):
            raise not_understood(_SERVER, "a place has no list of edges")
        best: Snap | None = None
        for edge in located.get("edges") or []:
            try:
                lon, lat = one_place(_SERVER, [edge["correlated_lon"], edge["correlated_lat"]])
            except (KeyError, TypeError) as error:
                raise not_understood(_SERVER, "an edge has no place") from error
            distance_m = float(_ELLIPSOID.inv(float(lonlat[0]), float(lonlat[1]), lon, lat)[2])
            if distance_m <= self._max_snap_m and (best is None or distance_m < best.distance_m):
                best = Snap(-1, 0.0, lon, lat, distance_m)
        return best

    def matrix(self, places: list[Snap]) -> TravelMatrix:
        """Return seconds and metres between all places, `MAX_PLACES` at most.

        Raises
        ------
        InputError
            When there are more.
        NotReady
            When the server does not answer as it should.
        """
        count = len(places)
        if count > MAX_PLACES:
            raise InputError(
                f"a matrix of {count} places is too large for Valhalla",
                remedy=f"ask for at most {MAX_PLACES}, or use OSRM or the imported streets",
                code="too_many_places",
                places=count,
                most=MAX_PLACES,
            )
        if count < 2:
            return whole_matrix(np.zeros((count, count), dtype=np.int32), np.zeros((count, count), dtype=np.int32))
        here = _locations(np.array([(place.lon, place.lat) for place in places]))
        answer = self._ask("sources_to_targets", {"sources": here, "targets": here, "verbose": True})
        if answer is None:
            raise refused(_SERVER, 400, "a place is not on its streets")
        try:
            rows = answer["sources_to_targets"]
            if isinstance(rows, dict):  # the short form
                durations, distances = rows["durations"], rows["distances"]
            else:
                durations, distances = (
                    [[entry[name] for entry in row] for row in rows] for name in ("time", "distance")
                )
        except (KeyError, TypeError) as error:
            raise not_understood(_SERVER, "the table misses a part") from error
        seconds = square(_SERVER, durations, count, count, "the table of times")
        return whole_matrix(seconds, square(_SERVER, distances, count, count, "the table of lengths", 1000.0))

    def path(self, start: Snap, end: Snap) -> Path | None:
        """Return the quickest way without edges, or None when no way leads.

        Raises
        ------
        NotReady
            When the server does not answer as it should.
        """
        ends = _locations(np.array([(start.lon, start.lat), (end.lon, end.lat)]))
        answer = self._ask("route", {"locations": ends})
        if answer is None:
            return None
        try:
            (leg,) = answer["trip"]["legs"]
            seconds = number(_SERVER, leg["summary"]["time"], "the time")
            length_km = number(_SERVER, leg["summary"]["length"], "the length")
            stretches = [
                ((manoeuvre.get("street_names") or [""])[0], 1000 * number(_SERVER, manoeuvre["length"], "a length"))
                for manoeuvre in leg["maneuvers"]
            ]
            shape = decode_polyline(leg["shape"])
        except (KeyError, IndexError, TypeError, ValueError, AttributeError) as error:
            raise not_understood(_SERVER, "the way misses a part") from error
        legs = merged_legs((str(name), length_m) for name, length_m in stretches)
        return Path(half_up(seconds), half_up(1000 * length_km), line(_SERVER, shape, (start, end)), legs, ())

    def _ask(self, service: str, question: dict[str, Any]) -> Any:
        """Return the answer, None where the server says that there is no street or no way."""
        costing = COSTINGS[self._vehicle.profile]
        question |= {"costing": costing, "units": "kilometers"}
        if self._vehicle.profile is Profile.TRUCK:
            sizes = {"weight": self._vehicle.weight_t, "height": self._vehicle.height_m, "width": self._vehicle.width_m}
            question["costing_options"] = {costing: {name: size for name, size in sizes.items() if size > 0}}
        reply = self._exchange.ask(service, {}, orjson.dumps(question))
        answer = read_json(_SERVER, reply)
        if reply.status < 400:
            return answer
        said = answer if isinstance(answer, dict) else {}
        if said.get("error_code") in _NO_PATH or said.get("error_code") == _NO_EDGE:
            return None
        raise refused(_SERVER, reply.status, f"{said.get('error_code') or ''} {said.get('error') or ''}")


def _locations(lonlat: npt.NDArray[np.float64]) -> list[dict[str, float]]:
    return [{"lon": round(lon, 6), "lat": round(lat, 6)} for lon, lat in lonlat.tolist()]
