"""Floor 7: the day list as GeoJSON (RFC 7946, degrees lon lat): routes, legs, stops and depots of the crews.

``kind`` of a feature: ``route`` (the whole way of a crew), ``leg`` (the way to stop ``order`` past the facilities
between, or back when ``order`` is null), ``stop``, ``trip`` (to a facility), ``depot``.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import orjson

from geo_service.base.clock import hhmm
from geo_service.outputs.day import Day, DayCrew, Lonlat
from geo_service.outputs.day_json import stop_json, trip_json
from geo_service.outputs.plain import plain_values

Feature = dict[str, Any]
Properties = dict[str, Any]


def day_geojson(day: Day) -> bytes:
    """Return the day, of one crew or of all; sample note, licence and plan stand beside the features."""
    day = plain_values(day)
    features = [feature for crew in day.crews for feature in _features(crew)]
    collection: dict[str, Any] = {
        "type": "FeatureCollection",
        "date": day.on.isoformat(),
        "plan": day.plan_id,
        "revision": day.revision,
        "sample": day.sample,
        "note": " · ".join(day.notes),
        "licence": day.licence,
        "features": features,
    }
    return orjson.dumps(collection)


def _features(crew: DayCrew) -> Iterator[Feature]:
    named = {"crew": crew.crew, "crew_name": crew.name, "colour": crew.colour}
    lines = [*(stop.leg for stop in crew.stops), crew.way_back]
    driven = [point for line in lines for point in line]
    whole = {
        "start": hhmm(crew.start_s),
        "end": hhmm(crew.end_s),
        "stops": len(crew.stops),
        "drive_s": crew.drive_s,
        "work_s": crew.work_s,
        "length_m": crew.length_m,
    }
    yield _feature(f"{crew.crew}.route", "route", _line(driven), {**named, **whole})
    for stop in crew.stops:
        past = crew.trips_after(stop.order - 1)
        drive_s = stop.drive_s + sum(trip.drive_s for trip in past)
        length_m = stop.length_m + sum(trip.length_m for trip in past)
        leg = {"order": stop.order, "drive_s": drive_s, "length_m": length_m, "streets": list(stop.streets)}
        yield _feature(f"{crew.crew}.leg.{stop.order}", "leg", _line(stop.leg), {**named, **leg})
    past_last = crew.trips_after(len(crew.stops))
    back_s = crew.way_back_s + sum(trip.drive_s for trip in past_last)
    back_m = crew.way_back_m + sum(trip.length_m for trip in past_last)
    back: Properties = {"order": None, "drive_s": back_s, "length_m": back_m, "streets": []}
    yield _feature(f"{crew.crew}.leg.back", "leg", _line(crew.way_back), {**named, **back})
    for stop in crew.stops:
        properties = {key: value for key, value in stop_json(stop).items() if key not in {"lon", "lat"}}
        yield _feature(f"{crew.crew}.stop.{stop.order}", "stop", _point((stop.lon, stop.lat)), {**named, **properties})
    for number, trip in enumerate(crew.trips, start=1):
        properties = {key: value for key, value in trip_json(trip).items() if key not in {"lon", "lat"}}
        point = _point(trip.at) if trip.at else None
        yield _feature(f"{crew.crew}.trip.{number}", "trip", point, {**named, **properties})
    yield _feature(f"{crew.crew}.depot", "depot", _point(crew.depot), {**named, "name": crew.depot_name})


def _feature(key: str, kind: str, geometry: dict[str, Any] | None, properties: Properties) -> Feature:
    return {"type": "Feature", "id": key, "geometry": geometry, "properties": {"kind": kind, **properties}}


def _line(points: Sequence[Lonlat]) -> dict[str, Any] | None:
    """Return a line; null where nothing is drawn, and a line of no length where the crew stays in place."""
    if not points:
        return None
    if len(points) == 1:
        points = (points[0], points[0])
    return {"type": "LineString", "coordinates": points}


def _point(place: Lonlat) -> dict[str, Any]:
    return {"type": "Point", "coordinates": place}
