from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import gpxpy
import icalendar
import pytest

from geo_service.outputs.day_gpx import day_gpx
from geo_service.outputs.day_ical import day_ical
from geo_service.outputs.day_text import day_text


def events(data: bytes) -> dict[str, icalendar.Event]:
    calendar = icalendar.Calendar.from_ical(data)
    return {str(event["uid"]): event for event in calendar.walk("VEVENT")}


def test_ical_has_a_day_and_its_stops_with_time_zone(day, now):
    data = day_ical(day.only("crew-1"), at=now)
    calendar = icalendar.Calendar.from_ical(data)
    assert [str(zone["tzid"]) for zone in calendar.walk("VTIMEZONE")] == ["Europe/Berlin"]
    told = events(data)
    assert len(told) == 13
    whole = told["crew-day.crew-1.2026-11-23@geo-service"]
    assert whole["dtstart"].params["TZID"] == "Europe/Berlin"
    assert whole["dtstart"].dt.astimezone(UTC) == datetime(2026, 11, 23, 6, 0, tzinfo=UTC)
    assert "KLZ-0012" in whole["description"]
    assert "Schematische Beispieldaten" in whole["description"]
    stop = told["visit.KLZ-0004.litter_pick.2026-11-20.1@geo-service"]
    assert stop["summary"] == "4. KLZ-0004 Müll sammeln"
    assert "Kellergewölbe" in stop["description"]
    assert "Altlasten: unbekannt" in stop["description"]
    assert (stop["geo"].latitude, stop["geo"].longitude) == pytest.approx(
        (day.crews[0].stops[3].lat, day.crews[0].stops[3].lon), abs=1e-6
    )
    assert stop["dtstamp"].dt == now
    assert int(stop["sequence"]) == 7


def test_ical_keeps_the_uid_of_a_visit_that_moves(day, now):
    moved = replace(day, on=day.on + timedelta(days=1), revision=8)
    before, after = events(day_ical(day, at=now)), events(day_ical(moved, at=now))
    visits = {uid for uid in before if uid.startswith("visit.")}
    assert visits <= set(after)
    assert all(int(after[uid]["sequence"]) > int(before[uid]["sequence"]) for uid in visits)


@pytest.mark.parametrize(
    ("on", "utc_hour"),
    [(date(2026, 3, 28), 6), (date(2026, 3, 30), 5), (date(2026, 10, 24), 5), (date(2026, 10, 26), 6)],
)
def test_times_are_right_on_both_sides_of_a_switch_of_summer_time(day, now, on, utc_hour):
    shifted = replace(day, on=on)
    start = datetime(on.year, on.month, on.day, utc_hour, 0, tzinfo=UTC)
    data = day_ical(shifted, at=now)
    assert events(data)[f"crew-day.crew-1.{on}@geo-service"]["dtstart"].dt.astimezone(UTC) == start
    zone = icalendar.Calendar.from_ical(data).walk("VTIMEZONE")[0].to_tz(lookup_tzid=False)
    assert start.astimezone(zone).hour == 7, "the calendar's own rules agree"
    gpx = gpxpy.parse(day_gpx(shifted, at=now).decode())
    assert gpx.waypoints[1].time == start + timedelta(minutes=7)
    assert "07:07" in day_text(shifted)


def test_the_same_day_gives_the_same_bytes(day, now):
    for write in (day_gpx, day_ical):
        assert write(day, at=now) == write(day, at=now)
