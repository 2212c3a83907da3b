from __future__ import annotations

from datetime import UTC, datetime

import gpxpy

from geo_service.outputs.day_gpx import day_gpx


def test_gpx_leads_along_the_streets_in_order(day, now):
    gpx = gpxpy.parse(day_gpx(day.only("crew-1"), at=now).decode())
    assert [point.name for point in gpx.waypoints] == [
        "00 Betriebshof West",
        *(f"{order:02d} KLZ-{order:04d}" for order in range(1, 13)),
    ]
    assert gpx.waypoints[1].time == datetime(2026, 11, 23, 6, 7, tzinfo=UTC)
    assert "Freischneider" in gpx.waypoints[1].description
    assert len(gpx.routes[0].points) == 14
    crew = day.crews[0]
    assert [len(segment.points) for segment in gpx.tracks[0].segments] == [3] * 13
    track = [(point.longitude, point.latitude) for segment in gpx.tracks[0].segments for point in segment.points]
    assert track == [point for leg in (*(stop.leg for stop in crew.stops), crew.way_back) for point in leg]
    assert gpx.time == now
    assert "Schematische Beispieldaten" in gpx.description
    assert gpx.copyright_author == "CC0-1.0"


def test_gpx_of_all_crews_names_them(day, now):
    gpx = gpxpy.parse(day_gpx(day, at=now).decode())
    assert [track.name for track in gpx.tracks] == ["Kolonne Grün", "Kolonne Ost"]
    assert gpx.waypoints[-1].name == "crew-2 03 KLZ-0015"
