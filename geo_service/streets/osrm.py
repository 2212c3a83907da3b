"""Floor 1: the Router over an OSRM server, for areas larger than one network in memory.

Asked are ``nearest``, ``table`` and ``route`` of OSRM's HTTP interface, version 1 (docs/http.md of osrm-backend).

- The server's speeds, turn costs and barriers are its own profile's, not those of this house.
- Paths have no edges, so they cannot be checked against a network here: callers skip the checker where they see none.
- Seconds and metres are rounded halves up; a path's may differ by one from the matrix.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

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
from geo_service.streets.model import Path, Profile, Snap, TravelMatrix
from geo_service.streets.snap import MAX_SNAP_M

MAX_TABLE = 100
"""Places in one table request: what ``osrm-routed`` allows unless told otherwise by ``--max-table-size``."""

_SERVER = "OSRM"
_NOWHERE = frozenset({"NoSegment", "NoRoute", "NoTable"})


class OsrmRouter:
    """Answers travel questions by an OSRM server; see `geo_service.streets.model.Router`.

    Parameters
    ----------
    exchange
        The way to the server: `geo_service.streets.http_exchange.HttpExchange`, or another one in tests.
    profile
        What the server's data were prepared for. Told to callers, not to the server: one server has one profile.
    max_table
        Places in one table request, at least 2; larger matrices are asked in blocks.
    max_snap_m
        Places farther than this many metres from every street are not snapped.
    server_profile
        The word in the address; OSRM ignores it.
    """

    def __init__(
        self,
        exchange: Exchange,
        profile: Profile = Profile.VAN,
        *,
        max_table: int = MAX_TABLE,
        max_snap_m: float = MAX_SNAP_M,
        server_profile: str = "driving",
    ) -> None:
        if max_table < 2 or not server_profile.isidentifier():
            raise InputError(
                "a table has 2 places or more, and a profile is one word", remedy="see `osrm-routed --help`"
            )
        self._exchange = exchange
        self._profile = profile
        self._max_table = max_table
        self._max_snap_m = max_snap_m
        self._word = server_profile

    @property
    def profile(self) -> Profile:
        """How the router moves."""
        return self._profile

    def snap(self, lonlat: npt.NDArray[np.float64]) -> list[Snap | None]:
        """Move places, shape (n, 2) in degrees, onto the nearest street: one request for each.

        Raises
        ------
        NotReady
            When the server does not answer as it should.
        """
        places, sane = sane_places(lonlat)
        found: list[Snap | None] = [None] * len(places)
        for place in sane.tolist():
            lon, lat = (float(degrees) for degrees in places[place])
            query = {"number": "1", "radiuses": f"{self._max_snap_m:g}", "generate_hints": "false"}
            answer = self._ask("nearest", [(lon, lat)], query)
            if answer is not None:
                found[place] = self._waypoint(answer)
        return found

    def _waypoint(self, answer: dict[str, Any]) -> Snap | None:
        try:
            waypoint = answer["waypoints"][0]
            location, distance_m = waypoint["location"], number(_SERVER, waypoint["distance"], "the distance")
        except (KeyError, IndexError, TypeError) as error:
            raise not_understood(_SERVER, "it names no waypoint") from error
        lon, lat = one_place(_SERVER, location)
        return Snap(-1, 0.0, lon, lat, distance_m) if distance_m <= self._max_snap_m else None

    def matrix(self, places: list[Snap]) -> TravelMatrix:
        """Return seconds and metres between all places, asked in blocks of the server's size.

        Raises
        ------
        InputError
            When the server allows smaller tables than it was said to.
        NotReady
            When the server does not answer as it should.
        """
        count = len(places)
        seconds, metres = (np.zeros((count, count), dtype=np.int32) for _ in range(2))
        whole = count <= self._max_table
        step = max(1, count) if whole else self._max_table // 2
        for first in range(0, count, step):
            for second in range(0, count, step):
                rows, columns = range(first, min(first + step, count)), range(second, min(second + step, count))
                block = np.ix_(rows, columns)
                seconds[block], metres[block] = self._table(places, rows, columns)
        return whole_matrix(seconds, metres)

    def _table(self, places: list[Snap], rows: range, columns: range) -> tuple[npt.NDArray[np.int32], ...]:
        asked = list(rows) if rows == columns else [*rows, *columns]
        if len(asked) == 1:  # a table of one place is none
            return np.zeros((1, 1), dtype=np.int32), np.zeros((1, 1), dtype=np.int32)
        query = {"annotations": "duration,distance", "generate_hints": "false"}
        if rows != columns:
            query["sources"] = ";".join(str(i) for i in range(len(rows)))
            query["destinations"] = ";".join(str(i) for i in range(len(rows), len(asked)))
        answer = self._ask("table", [(places[i].lon, places[i].lat) for i in asked], query)
        if answer is None:
            raise refused(_SERVER, 400, "a place is not on its streets")
        return tuple(
            square(_SERVER, answer.get(name), len(rows), len(columns), name) for name in ("durations", "distances")
        )

    def path(self, start: Snap, end: Snap) -> Path | None:
        """Return the quickest way without edges, or None when no way leads.

        Raises
        ------
        NotReady
            When the server does not answer as it should.
        """
        query = {"steps": "true", "geometries": "geojson", "overview": "full", "generate_hints": "false"}
        answer = self._ask("route", [(start.lon, start.lat), (end.lon, end.lat)], query)
        if answer is None:
            return None
        try:
            route = answer["routes"][0]
            steps = [step for leg in route["legs"] for step in leg["steps"]]
            stretches = [
                (str(step.get("name") or step.get("ref") or ""), number(_SERVER, step["distance"], "a step's length"))
                for step in steps
            ]
            coordinates = route["geometry"]["coordinates"]
            seconds, metres = (number(_SERVER, route[name], name) for name in ("duration", "distance"))
        except (KeyError, IndexError, TypeError, AttributeError) as error:
            raise not_understood(_SERVER, "the way misses a part") from error
        lonlat = line(_SERVER, coordinates, (start, end))
        return Path(half_up(seconds), half_up(metres), lonlat, merged_legs(stretches), ())

    def _ask(self, service: str, lonlat: list[tuple[float, float]], query: dict[str, str]) -> dict[str, Any] | None:
        """Return the answer, None where the server says that there is no street or no way."""
        coordinates = ";".join(f"{lon:.6f},{lat:.6f}" for lon, lat in lonlat)
        reply = self._exchange.ask(f"{service}/v1/{self._word}/{coordinates}", query)
        answer = read_json(_SERVER, reply)
        if not isinstance(answer, dict):
            raise not_understood(_SERVER, "it is no object")
        code = answer.get("code")
        if code == "Ok" and reply.status < 400:
            return answer
        if code in _NOWHERE:
            return None
        if code == "TooBig":
            raise InputError(
                f"OSRM refuses a table of {len(lonlat)} places",
                remedy="start osrm-routed with a larger --max-table-size, or give the router the server's",
                code="too_many_places",
            )
        raise refused(_SERVER, reply.status, f"{code or ''} {answer.get('message') or ''}")
