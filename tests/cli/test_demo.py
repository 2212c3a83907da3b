"""The main job: the demo on the sample, and every form in which a day can be had."""

from __future__ import annotations

import json
from datetime import date

import gpxpy
import icalendar
import pyogrio
import pytest


def test_the_demo_prints_the_lists_and_writes_the_files(new_desk, tmp_path):
    desk = new_desk(tmp_path / "workspace")
    assert desk("demo", "--no-serve", "--seconds", "1") == 0, desk.err
    assert "Schematische Beispieldaten" in desk.text
    for crew in ("crew-1", "crew-2", "crew-3", "crew-4"):
        for suffix in ("pdf", "gpx", "geojson", "ics"):
            file = desk.workspace / "days" / "2026-11-23" / f"{crew}.{suffix}"
            assert file.stat().st_size > 200, file
    assert desk("demo", "--no-serve", "--seconds", "0") == 0, "a second demo uses the workspace that is there"


def test_the_day_as_json_has_the_promised_shape(demo):
    assert demo("day", "2026-11-23", "--as", "json") == 0
    day = demo.json
    assert day["date"] == "2026-11-23"
    assert {crew["crew"] for crew in day["crews"]} <= {"crew-1", "crew-2", "crew-3", "crew-4"}
    stops = 0
    for crew in day["crews"]:
        assert {"crew", "start", "end", "drive_s", "length_m", "stops"} <= set(crew)
        assert [stop["order"] for stop in crew["stops"]] == list(range(1, len(crew["stops"]) + 1))
        for stop in crew["stops"]:
            assert {"order", "plot", "task", "arrival", "minutes", "drive_s", "lon", "lat"} <= set(stop)
            assert crew["start"] <= stop["arrival"] <= crew["end"]
            assert 12.2 < stop["lon"] < 12.4
            assert 51.2 < stop["lat"] < 51.4
        stops += len(crew["stops"])
    assert stops > 8
    for one in day["unserved"]:
        assert one["plot"]
        assert one["task"]
        assert one["reason"]


def test_the_day_of_one_crew(demo):
    assert demo("day", "2026-11-23", "--crew", "crew-2", "--as", "json") == 0
    assert [crew["crew"] for crew in demo.json["crews"]] == ["crew-2"]


@pytest.mark.parametrize("lang", ["de", "en"])
def test_the_day_as_text(demo, lang):
    assert demo("day", "today", "--lang", lang) == 0
    assert ("Schematische Beispieldaten" if lang == "de" else "schematic sample data") in demo.text.replace(
        "Schematic", "schematic" if lang == "en" else "Schematic"
    )


def test_the_day_for_other_programs(demo, tmp_path):
    for suffix in ("geojson", "gpx", "ics", "csv", "pdf", "json"):
        assert demo("day", "2026-11-23", "--as", suffix, "-o", tmp_path / f"day.{suffix}") == 0, demo.err
    assert len(pyogrio.read_dataframe(tmp_path / "day.geojson")) > 8
    gpx = gpxpy.parse((tmp_path / "day.gpx").read_text())
    assert len(gpx.waypoints) > 8
    assert len(icalendar.Calendar.from_ical((tmp_path / "day.ics").read_bytes()).walk("VEVENT")) > 3
    assert len((tmp_path / "day.csv").read_text("utf-8-sig").splitlines()) > 8
    assert (tmp_path / "day.pdf").read_bytes().startswith(b"%PDF")
    assert json.loads((tmp_path / "day.json").read_text())["date"] == "2026-11-23"


def test_ten_working_days_are_planned_and_only_working_days(demo):
    assert demo("plan", "--from", "2026-11-16", "--days", "10", "--seconds", "0", "--as", "json") == 0
    plan = demo.json
    assert set(plan) >= {"from", "days", "visits", "served", "unserved", "drive_s", "work_s", "seconds", "seed"}
    assert plan["checked"] is True
    assert plan["visits"] == plan["served"] + plan["unserved"]
    dates = [date.fromisoformat(day) for day in plan["dates"]]
    assert len(dates) == 10
    assert all(day.weekday() < 5 for day in dates)
    assert date(2026, 11, 18) not in dates, "Buß- und Bettag"
    assert demo("plan", "--seconds", "0") == 0


def test_the_status_tells_what_is_there(demo):
    assert demo("status", "--as", "json") == 0
    assert demo.json["sample"] is True
    assert demo.json["plots"] >= 120
    assert demo.json["quarters"] == 6
    assert len(demo.json["crews"]) >= 4
    assert demo("status") == 0
    assert "Schematische Beispieldaten" in demo.text


def test_everything_as_one_geopackage(demo, tmp_path):
    assert demo("export", tmp_path / "all.gpkg") == 0, demo.err
    layers = {name for name, _ in pyogrio.list_layers(tmp_path / "all.gpkg")}
    assert layers >= {"quarters", "plots", "streets", "visits", "routes"}


def test_a_day_that_is_not_planned(demo):
    assert demo("day", "2031-01-01", "--as", "json") == 2
    assert "the plan in force has 10 working days" in demo.err
    assert "Traceback" not in demo.err


def test_a_crew_that_is_not_there(demo):
    assert demo("day", "2026-11-23", "--crew", "crew-9") == 2
    assert "crew-1, crew-2" in demo.err
