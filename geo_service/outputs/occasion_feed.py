"""Floor 7: occasions as a calendar to subscribe to (RFC 5545): series stay series, 15:00 stays 15:00 all year.

Public holidays that a series leaves out are EXDATEs; a date that was called off is cancelled with its reason. An event
keeps its UID; its SEQUENCE rises with every change of the occasion.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta

from icalendar import Calendar, Event, vRecur

from geo_service.base.clock import BERLIN, at_local, require_aware
from geo_service.neighbourhood.occasions import Occasion, days_left_out
from geo_service.neighbourhood.recurrence import read_rule
from geo_service.outputs.ical_zone import berlin_zone
from geo_service.outputs.occasion_features import OccasionPlace, occasion_places, place_of
from geo_service.outputs.plain import plain
from geo_service.store.kinds_network import OCCASION
from geo_service.store.protocol import Store
from geo_service.store.records import Kept
from geo_service.work.calendar import holiday_name

MEDIA_TYPE = "text/calendar; charset=utf-8"


def occasions_feed(store: Store, *, at: datetime, base_url: str, place: str = "", quarter: str = "") -> bytes:
    """Return the feed of all occasions, of those at a contact point, or of those in a quarter.

    Parameters
    ----------
    at
        When it is asked for, aware: the DTSTAMP of the events.
    place, quarter
        Code of a contact point, key of a quarter; empty: all.
    """
    places = occasion_places(store)
    chosen = [
        kept
        for kept in store.records(OCCASION)
        if place in ("", kept.record.place) and quarter in ("", place_of(kept.record, places).quarter)
    ]
    return feed_of(chosen, places, at=at, base_url=base_url)


def feed_of(
    occasions: Iterable[Kept[Occasion]], places: Mapping[str, OccasionPlace], *, at: datetime, base_url: str
) -> bytes:
    """Return occasions as a calendar."""
    calendar = Calendar()
    calendar.add("prodid", "-//geo-service//occasions//DE")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("name", "Termine im Quartier")
    calendar.add("x-wr-calname", "Termine im Quartier")
    calendar.add("x-wr-timezone", BERLIN.key)
    calendar.add("refresh-interval", timedelta(hours=6), parameters={"VALUE": "DURATION"})
    calendar.add_component(berlin_zone())
    for kept in occasions:
        for event in _events(kept, places, require_aware(at), base_url):
            calendar.add_component(event)
    return bytes(calendar.to_ical())


def _events(kept: Kept[Occasion], places: Mapping[str, OccasionPlace], at: datetime, base_url: str) -> Iterable[Event]:
    one = kept.record
    series = _event(kept, places, at, base_url)
    starts = at_local(one.first_on, one.starts_s)
    _between(series, starts, one.minutes)
    if one.rule:
        rule = read_rule(one.rule)
        parts = dict(rule.parts)
        recur = vRecur({name: value.split(",") for name, value in parts.items()})
        if rule.until_on is None:
            recur["COUNT"] = [rule.count]
        else:
            recur["UNTIL"] = [at_local(rule.until_on, one.starts_s).astimezone(UTC)]
        series.add("rrule", recur)
        for day in days_left_out(one, holiday_name):
            series.add("exdate", at_local(day, one.starts_s))
    if one.off:
        series.add("status", "CANCELLED")
        series.add("comment", plain(one.off))
    yield series
    for called in one.dates_off:
        event = _event(kept, places, at, base_url)
        starts = at_local(called.on, one.starts_s)
        event.add("recurrence-id", starts)
        _between(event, starts, one.minutes)
        event.add("status", "CANCELLED")
        event.add("comment", plain(called.reason))
        yield event


def _event(kept: Kept[Occasion], places: Mapping[str, OccasionPlace], at: datetime, base_url: str) -> Event:
    one, place = kept.record, place_of(kept.record, places)
    event = Event()
    event.add("uid", f"occasion.{one.occasion_id}@geo-service")
    event.add("sequence", kept.version - 1)
    event.add("dtstamp", at.astimezone(UTC).replace(microsecond=0))
    event.add("summary", plain(one.title))
    if one.about:
        event.add("description", plain(one.about))
    event.add("location", plain(", ".join(text for text in (place.name, place.address) if text)))
    event.add("geo", (place.lat, place.lon))
    event.add("url", f"{base_url}/neighbourhood")
    return event


def _between(event: Event, starts: datetime, minutes: int) -> None:
    event.add("dtstart", starts)
    event.add("dtend", (starts.astimezone(UTC) + timedelta(minutes=minutes)).astimezone(BERLIN))
