"""Floor 7: the day list as GPX 1.1 for navigation: waypoints in order, a route of stops, a track along the streets."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from html import escape

from gpxpy.gpx import GPX, GPXRoute, GPXRoutePoint, GPXTrack, GPXTrackPoint, GPXTrackSegment, GPXWaypoint

from geo_service.base.clock import at_local, require_aware
from geo_service.base.units import minutes
from geo_service.outputs.day import Day, DayBreak, DayCrew, DayStop, DayTrip, Lonlat
from geo_service.outputs.day_marks import marks
from geo_service.outputs.day_trip import trip_title
from geo_service.outputs.plain import plain_values
from geo_service.outputs.words import long_date, words


def day_gpx(day: Day, *, at: datetime, lang: str = "de") -> bytes:
    """Return the day, of one crew or of all, as GPX.

    Each crew gives a waypoint for its depot and one for each stop (``"03 KLZ-0012"``, with several crews
    ``"crew-1 03 KLZ-0012"``) and trip (``"→ Wertstoffhof"``), a route from one to the next and a track with one segment
    per leg.

    Parameters
    ----------
    at
        When the file is made, aware; the only time in it beside those of arrival, which are UTC too.
    """
    day = plain_values(day)
    said = words(lang)
    gpx = GPX()
    gpx.creator = "geo-service"
    gpx.name = f"{said['day']} {long_date(day.on, lang)}"
    gpx.description = " · ".join([*day.notes, *([f"{said['streets']}: {day.licence}"] if day.licence else [])]) or None
    gpx.time = require_aware(at)
    if day.licence:
        gpx.copyright_author = escape(day.licence)  # gpxpy writes this attribute as it is
        gpx.copyright_year = str(day.on.year)
    for crew in day.crews:
        prefix = f"{crew.crew} " if len(day.crews) > 1 else ""
        gpx.waypoints += [_depot(crew, prefix), *(_waypoint(day, stop, prefix, lang) for stop in crew.stops)]
        gpx.waypoints += [_facility(day, trip, trip.at, prefix, lang) for trip in crew.trips if trip.at]
        gpx.routes.append(_route(crew, prefix))
        gpx.tracks.append(_track(crew))
    return gpx.to_xml(version="1.1").encode()


def _depot(crew: DayCrew, prefix: str) -> GPXWaypoint:
    lon, lat = crew.depot
    return GPXWaypoint(latitude=lat, longitude=lon, name=f"{prefix}00 {crew.depot_name}", symbol="Flag, Blue")


def _waypoint(day: Day, stop: DayStop, prefix: str, lang: str) -> GPXWaypoint:
    said = words(lang)
    notes = (
        *marks(stop, lang),
        stop.address or stop.plot_name,
        f"{minutes(stop.end_s - stop.start_s)} min",
        f"{said['hazard']}: {stop.hazard_note}" if stop.hazard_note else "",
        f"{said['access']}: {stop.access_note}" if stop.access_note else "",
        stop.rule_note,
    )
    return GPXWaypoint(
        latitude=stop.lat,
        longitude=stop.lon,
        time=require_aware(at_local(day.on, stop.arrival_s)),
        name=f"{prefix}{stop.order:02d} {stop.plot}",
        description=" · ".join([stop.task_in(lang), *(note for note in notes if note)]),
        symbol="Flag, Green",
        type=stop.task,
    )


def _facility(day: Day, trip: DayTrip, at: Lonlat, prefix: str, lang: str) -> GPXWaypoint:
    done = f"{minutes(trip.end_s - trip.start_s)} min"
    return GPXWaypoint(
        latitude=at[1],
        longitude=at[0],
        time=require_aware(at_local(day.on, trip.arrival_s)),
        name=f"{prefix}→ {trip.name}",
        description=" · ".join(note for note in (trip_title(trip, lang), trip.address, done) if note),
        symbol="Flag, Red",
        type=trip.facility,
    )


def _route(crew: DayCrew, prefix: str) -> GPXRoute:
    route = GPXRoute(name=crew.name, description=crew.crew)
    (lon, lat), (end_lon, end_lat) = crew.depot, crew.last
    route.points.append(GPXRoutePoint(lat, lon, name=f"{prefix}00 {crew.depot_name}"))
    for entry in crew.agenda():
        if isinstance(entry, DayStop):
            route.points.append(GPXRoutePoint(entry.lat, entry.lon, name=f"{prefix}{entry.order:02d} {entry.plot}"))
        elif not isinstance(entry, DayBreak) and entry.at:
            route.points.append(GPXRoutePoint(entry.at[1], entry.at[0], name=f"{prefix}→ {entry.name}"))
    route.points.append(GPXRoutePoint(end_lat, end_lon, name=f"{prefix}00 {crew.last_name}"))
    return route


def _track(crew: DayCrew) -> GPXTrack:
    track = GPXTrack(name=crew.name, description=crew.crew)
    track.segments = [_segment(line) for line in (*(stop.leg for stop in crew.stops), crew.way_back) if line]
    return track


def _segment(line: Iterable[Lonlat]) -> GPXTrackSegment:
    return GPXTrackSegment([GPXTrackPoint(lat, lon) for lon, lat in line])
