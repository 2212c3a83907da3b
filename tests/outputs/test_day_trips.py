"""Trips to facilities: a line of their own in every form of the day list; stops keep their numbers."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from datetime import UTC, datetime

import gpxpy
import pypdf
import pytest
from icalendar import Calendar
from matplotlib.figure import Figure

from geo_service.outputs.day import DayBreak, DayStop, DayTrip
from geo_service.outputs.day_csv import day_csv
from geo_service.outputs.day_geojson import day_geojson
from geo_service.outputs.day_gpx import day_gpx
from geo_service.outputs.day_ical import day_ical
from geo_service.outputs.day_json import day_json
from geo_service.outputs.day_map import day_figure
from geo_service.outputs.day_sheet import day_sheet
from geo_service.outputs.day_text import day_text
from geo_service.outputs.day_trip import trip_line, trip_title

AT = datetime(2026, 11, 23, 5, 0, tzinfo=UTC)


@pytest.fixture(scope="session")
def crew(tipping_day):
    return tipping_day.crews[0]


def test_stops_trips_and_breaks_come_in_the_order_of_the_day(crew):
    signs = {DayStop: "s", DayTrip: "t", DayBreak: "b"}

    assert "".join(signs[type(entry)] for entry in crew.agenda()) == "ssstsssbttssssss"
    assert [stop.order for stop in crew.stops] == list(range(1, 13))
    starts = [entry.start_s for entry in crew.agenda()]
    assert starts[:10] == sorted(starts[:10])


def test_the_way_back_is_what_stops_and_trips_leave(crew, day):
    assert (crew.way_back_s, crew.way_back_m) == (day.crews[0].way_back_s, day.crews[0].way_back_m) == (600, 2500)
    assert crew.last_name == "Wertstoffhof Ost"
    assert crew.last != crew.depot
    assert day.crews[0].last_name == "Betriebshof West"


def test_a_place_keeps_its_name_of_now_or_that_of_the_plan(crew):
    assert [(trip.name, trip.at is None) for trip in crew.trips] == [
        *[("Wertstoffhof Ost", False)] * 2,
        ("Gärtnerei", True),
    ]


def test_words_say_what_is_left_and_what_is_taken(crew):
    first, _, nursery = crew.trips

    assert trip_line(first, "de") == "→ Wertstoffhof Ost: 5,2 m³ abladen, 08:37–08:52"
    assert trip_title(nursery, "de") == "→ Gärtnerei: 2,0 m³ laden"
    both = replace(first, loaded_m3=1.0)
    assert trip_title(both, "en") == "→ Wertstoffhof Ost: unload 5.2 m³, load 1.0 m³"
    assert trip_title(replace(first, unloaded_m3=0.0), "de") == "→ Wertstoffhof Ost"


@pytest.mark.parametrize(("lang", "line"), [("de", "5,2 m³ abladen"), ("en", "unload 5.2 m³")])
def test_text(tipping_day, lang, line):
    text = day_text(tipping_day, lang=lang)

    assert line in " ".join(text.split())
    assert max(map(len, text.splitlines())) <= 100
    assert "Wertstoffhof Ost" in text.split("13:31", 1)[-1]


def test_json(tipping_day):
    told = day_json(tipping_day)["crews"][0]

    assert [(one["after"], one["facility"], one["start"]) for one in told["trips"]] == [
        (3, "tip-1", "08:37"),
        (6, "tip-1", "10:44"),
        (6, "nursery-1", "11:00"),
    ]
    assert (told["trips"][0]["unloaded_m3"], told["trips"][2]["loaded_m3"]) == (5.2, 2.0)
    assert told["trips"][2]["lon"] is None
    assert told["end_at"]["name"] == "Wertstoffhof Ost"
    assert len(told["stops"]) == 12


def test_csv(tipping_day):
    rows = list(csv.DictReader(io.StringIO(day_csv(tipping_day).decode("utf-8-sig"))))
    mine = [row for row in rows if row["crew"] == "crew-1"]

    assert [row["kind"] for row in mine].count("trip") == 3
    tip = mine[3]
    assert (tip["kind"], tip["order"], tip["name"], tip["volume_m3"]) == ("trip", "", "Wertstoffhof Ost", "5.2")
    assert tip["task_name"] == "→ Wertstoffhof Ost: 5,2 m³ abladen"
    assert mine[-1]["address"] == "Wertstoffhof Ost"


def test_geojson(tipping_day):
    features = json.loads(day_geojson(tipping_day))["features"]
    mine = [one for one in features if one["properties"]["crew"] == "crew-1"]
    trips = [one for one in mine if one["properties"]["kind"] == "trip"]
    legs = {one["properties"]["order"]: one["properties"] for one in mine if one["properties"]["kind"] == "leg"}

    assert [one["id"] for one in trips] == ["crew-1.trip.1", "crew-1.trip.2", "crew-1.trip.3"]
    assert trips[0]["geometry"]["type"] == "Point"
    assert trips[2]["geometry"] is None
    assert (legs[3]["drive_s"], legs[4]["drive_s"], legs[7]["drive_s"]) == (420, 480, 540)
    route = next(one["properties"] for one in mine if one["properties"]["kind"] == "route")
    assert sum(leg["drive_s"] for leg in legs.values()) == route["drive_s"]
    assert sum(leg["length_m"] for leg in legs.values()) == route["length_m"]


def test_a_trip_behind_the_last_stop_belongs_to_the_way_back(tipping_day, crew):
    late = replace(crew.trips[0], after=12)
    changed = replace(tipping_day, crews=(replace(crew, trips=(late,)),))
    features = json.loads(day_geojson(changed))["features"]
    back = next(one["properties"] for one in features if one["id"] == "crew-1.leg.back")

    assert back["drive_s"] == crew.drive_s - 12 * 420


def test_gpx(tipping_day):
    gpx = gpxpy.parse(day_gpx(tipping_day.only("crew-1"), at=AT).decode())
    names = [point.name for point in gpx.waypoints]

    assert names.count("→ Wertstoffhof Ost") == 2
    assert "→ Gärtnerei" not in names  # nobody knows where it is
    route = [point.name for point in gpx.routes[0].points]
    assert route[:5] == ["00 Betriebshof West", "01 KLZ-0001", "02 KLZ-0002", "03 KLZ-0003", "→ Wertstoffhof Ost"]
    assert route[-1] == "00 Wertstoffhof Ost"


def test_calendar(tipping_day):
    events = {str(one["uid"]): one for one in Calendar.from_ical(day_ical(tipping_day, at=AT)).walk("VEVENT")}

    assert str(events["trip.crew-1.2026-11-23.1@geo-service"]["summary"]) == "→ Wertstoffhof Ost: 5,2 m³ abladen"
    whole = str(events["crew-day.crew-1.2026-11-23@geo-service"]["description"])
    assert "08:37 → Wertstoffhof Ost: 5,2 m³ abladen, 08:37–08:52" in whole
    assert "Rückkehr: Wertstoffhof Ost" in whole
    assert "geo" not in events["trip.crew-1.2026-11-23.3@geo-service"]


def test_sheet(tipping_day, network):
    pages = pypdf.PdfReader(io.BytesIO(day_sheet(tipping_day.only("crew-1"), at=AT, network=network))).pages
    text = " ".join(" ".join(page.extract_text() for page in pages).split())

    assert "→ Wertstoffhof Ost: 5,2 m³ abladen 15 08:37–08:52 · Ostweg" in text
    assert "→ Gärtnerei: 2,0 m³ laden" in text
    assert "Rückkehr: Wertstoffhof Ost" in text


def test_map(tipping_day, streets):
    def filled(figure: Figure) -> int:
        return len(figure.axes[0].patches)

    with_trips = tipping_day.only("crew-1")
    without = replace(with_trips, crews=tuple(replace(one, trips=()) for one in with_trips.crews))

    assert filled(day_figure(with_trips, streets=streets)) == filled(day_figure(without, streets=streets)) + 1
