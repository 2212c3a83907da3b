"""Floor 7: the day list as iCalendar (RFC 5545) in Europe/Berlin: events of each crew's day, stops and trips.

A stop's UID comes from its visit and stays when the visit moves to another hour, day or crew; the SEQUENCE is the
revision of the data, so a calendar that knows the event moves it.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from urllib.parse import quote

from icalendar import Calendar, Event, vGeo, vText

from geo_service.base.clock import BERLIN, at_local, hhmm, require_aware
from geo_service.base.units import hours, minutes
from geo_service.outputs.day import Day, DayBreak, DayCrew, DayStop, DayTrip
from geo_service.outputs.day_marks import marks
from geo_service.outputs.day_trip import trip_line, trip_title
from geo_service.outputs.ical_zone import berlin_zone
from geo_service.outputs.plain import plain_values
from geo_service.outputs.words import kilometres, words

DOMAIN = "geo-service"
"""What UIDs end with."""


def day_ical(day: Day, *, at: datetime, lang: str = "de") -> bytes:
    """Return the day, of one crew or of all, as a calendar with its time zone.

    Parameters
    ----------
    at
        The DTSTAMP of every event, aware.
    """
    day = plain_values(day)
    stamp = require_aware(at)
    calendar = Calendar()
    calendar.add("prodid", "-//geo-service//day list//DE")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", " · ".join(["geo-service", *(crew.name for crew in day.crews)]))
    calendar.add("x-wr-timezone", BERLIN.key)
    calendar.add_component(berlin_zone())
    for crew in day.crews:
        calendar.add_component(_crew_event(day, crew, stamp, lang))
        for stop in crew.stops:
            calendar.add_component(_stop_event(day, crew, stop, stamp, lang))
        for number, trip in enumerate(crew.trips, start=1):
            calendar.add_component(_trip_event(day, crew, trip, number, stamp, lang))
    return bytes(calendar.to_ical())


def uid(key: str) -> str:
    """Return the UID of what a key names.

    Examples
    --------
    >>> uid("visit.KLZ 1.mow_lawn.2026-05-04.1")
    'visit.KLZ%201.mow_lawn.2026-05-04.1@geo-service'
    """
    return f"{quote(key, safe='.-_')}@{DOMAIN}"


def _crew_event(day: Day, crew: DayCrew, stamp: datetime, lang: str) -> Event:
    said = words(lang)
    lines = [
        f"{crew.people} {said['people' if crew.people != 1 else 'person']}, {crew.vehicle}",
        f"{said['work']} {hours(crew.work_s)}, {said['drive']} {hours(crew.drive_s)}, "
        f"{kilometres(crew.length_m, lang)}",
        *(_line(entry, lang) for entry in crew.agenda()),
        f"{hhmm(crew.end_s)} {said['back']}: {crew.last_name}",
        *day.notes,
        *([f"{said['streets']}: {day.licence}"] if day.licence else []),
    ]
    event = _event(day, f"crew-day.{crew.crew}.{day.on.isoformat()}", crew.start_s, crew.end_s, stamp)
    event.add("summary", f"{crew.name}: {len(crew.stops)} {said['stops']}")
    event.add("location", crew.depot_name)
    event["geo"] = vGeo((crew.depot[1], crew.depot[0]))
    event.add("description", "\n".join(lines))
    event.add("transp", "TRANSPARENT")
    return event


def _stop_event(day: Day, crew: DayCrew, stop: DayStop, stamp: datetime, lang: str) -> Event:
    said = words(lang)
    lines = [
        f"{crew.name}, {said['stop']} {stop.order}, {said['drive']} {minutes(stop.drive_s)} min",
        *marks(stop, lang),
        *(f"{said['hazard']}: {note}" for note in (stop.hazard_note,) if note),
        *(f"{said['contaminated']}" for _ in range(stop.contamination == "yes")),
        *(f"{said['clean_unknown']}" for _ in range(stop.contamination == "unknown")),
        *(f"{said['access']}: {note}" for note in (stop.access_note,) if note),
        *(f"{said['rule']}: {note}" for note in (stop.rule_note,) if note),
        *(f"{said['why']}: {note}" for note in (stop.why,) if note),
        *day.notes,
    ]
    event = _event(day, f"visit.{stop.visit_id}", stop.arrival_s, stop.end_s, stamp)
    event.add("summary", f"{stop.order}. {stop.plot} {stop.task_in(lang)}")
    event.add("location", ", ".join(part for part in (stop.address or stop.plot_name, stop.quarter) if part))
    event["geo"] = vGeo((stop.lat, stop.lon))
    event.add("description", "\n".join(lines))
    event.add("categories", [vText(stop.task)])
    return event


def _trip_event(day: Day, crew: DayCrew, trip: DayTrip, number: int, stamp: datetime, lang: str) -> Event:
    said = words(lang)
    event = _event(day, f"trip.{crew.crew}.{day.on.isoformat()}.{number}", trip.arrival_s, trip.end_s, stamp)
    event.add("summary", trip_title(trip, lang))
    event.add("location", ", ".join(part for part in (trip.name, trip.address) if part))
    if trip.at:
        event["geo"] = vGeo((trip.at[1], trip.at[0]))
    lines = [f"{crew.name}, {said['drive']} {minutes(trip.drive_s)} min", *day.notes]
    event.add("description", "\n".join(lines))
    return event


def _event(day: Day, key: str, start_s: int, end_s: int, stamp: datetime) -> Event:
    start, end = at_local(day.on, start_s), at_local(day.on, end_s)
    event = Event()
    event.add("uid", uid(key))
    event.add("dtstamp", stamp)
    event.add("sequence", day.revision)
    event.add("dtstart", start)
    event.add("dtend", max(end, start + timedelta(minutes=1)))
    return event


def _line(entry: DayStop | DayTrip | DayBreak, lang: str) -> str:
    if isinstance(entry, DayTrip):
        return f"{hhmm(entry.arrival_s)} {trip_line(entry, lang)}"
    if isinstance(entry, DayBreak):
        return f"{hhmm(entry.start_s)} {words(lang)['break']} {minutes(entry.end_s - entry.start_s)} min"
    where = entry.address or entry.plot_name
    return f"{hhmm(entry.arrival_s)} {entry.order}. {entry.plot} {where}: {entry.task_in(lang)}".strip()
