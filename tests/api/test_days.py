"""Day lists over HTTP in every form."""

from __future__ import annotations

import io
import json
from datetime import date

import gpxpy
import httpx
import pytest
from icalendar import Calendar
from pypdf import PdfReader

from geo_service.outputs.day_in_force import day_in_force
from geo_service.outputs.day_json import day_json

DAY = "/days/2026-11-24"
CREW = f"{DAY}/crews/crew-1"


def test_a_day_as_json_is_what_the_outputs_make_of_it(desk, planner: httpx.Client) -> None:
    told = planner.get(DAY)
    assert told.headers["content-type"] == "application/json"
    assert "content-disposition" not in told.headers
    assert told.json() == json.loads(json.dumps(day_json(day_in_force(desk.store, date(2026, 11, 24)))))
    assert [crew["crew"] for crew in told.json()["crews"]] == ["crew-1", "crew-2"]


def test_one_crew(planner: httpx.Client) -> None:
    told = planner.get(CREW).json()
    assert [crew["crew"] for crew in told["crews"]] == ["crew-1"]
    assert [stop["plot"] for stop in told["crews"][0]["stops"]] == ["KLZ-0001", "KLZ-0002", "KLZ-0003"]


@pytest.mark.parametrize(
    ("suffix", "media_type", "shown"),
    [
        ("json", "application/json", "attachment"),
        ("geojson", "application/geo+json", "attachment"),
        ("gpx", "application/gpx+xml", "attachment"),
        ("ics", "text/calendar; charset=utf-8", "attachment"),
        ("csv", "text/csv; charset=utf-8", "attachment"),
    ],
)
@pytest.mark.parametrize(("path", "name"), [(DAY, "2026-11-24"), (CREW, "2026-11-24-crew-1")])
def test_files(planner: httpx.Client, path: str, name: str, suffix: str, media_type: str, shown: str) -> None:
    response = planner.get(f"{path}.{suffix}")
    assert response.status_code == 200
    assert response.headers["content-type"] == media_type
    assert response.headers["content-disposition"] == f'{shown}; filename="{name}.{suffix}"'
    assert response.headers["x-content-type-options"] == "nosniff"
    assert b"KLZ-0001" in response.content


def test_the_files_can_be_read(planner: httpx.Client) -> None:
    assert len(gpxpy.parse(planner.get(f"{CREW}.gpx").text).waypoints) == 4
    assert len(Calendar.from_ical(planner.get(f"{CREW}.ics").content).events) == 4
    assert planner.get(f"{CREW}.geojson").json()["type"] == "FeatureCollection"
    assert planner.get(f"{CREW}.csv").content.startswith(b"\xef\xbb\xbfdate,")


@pytest.mark.slow
def test_the_sheet_is_shown_in_the_browser(planner: httpx.Client) -> None:
    response = planner.get(f"{CREW}.pdf")
    assert response.headers["content-type"] == "application/pdf"
    assert response.headers["content-disposition"] == 'inline; filename="2026-11-24-crew-1.pdf"'
    assert "KLZ-0002" in PdfReader(io.BytesIO(response.content)).pages[0].extract_text()


def test_languages(planner: httpx.Client) -> None:
    german, english = (planner.get(f"{CREW}.csv", params={"lang": lang}).text for lang in ("de", "en"))
    assert "Rasen mähen" in german
    assert "mow lawn" in english


def test_a_day_without_a_plan_says_what_to_do(planner: httpx.Client, problem) -> None:
    for path in ("/days/2026-11-27", "/days/2026-11-27.gpx", "/days/2026-11-27/crews/crew-1.gpx"):
        told = problem(planner.get(path), 404)
        assert "2026-11-25" in told["detail"]
        assert told["remedy"]


def test_an_unknown_crew(planner: httpx.Client, problem) -> None:
    assert "crew-1" in problem(planner.get(f"{DAY}/crews/crew-9"), 404)["remedy"]


def test_a_crew_that_stays_in_has_an_empty_list(planner: httpx.Client) -> None:
    for suffix in ("", ".json", ".geojson", ".gpx", ".ics", ".csv"):
        response = planner.get(f"/days/2026-11-25/crews/crew-2{suffix}")
        assert response.status_code == 200
        assert b"KLZ-0006" not in response.content


def test_a_day_is_kept_until_the_data_change(own_desk) -> None:
    with own_desk.client("planner") as client:
        tag = client.get(CREW).headers["etag"]
        assert client.get(CREW, headers={"If-None-Match": tag}).status_code == 304
        with own_desk.store.change(author="tests", reason="real data", at=own_desk.now[0]) as tx:
            tx.set_sample(False)
        assert client.get(CREW, headers={"If-None-Match": tag}).status_code == 200


def test_small_maps_of_the_plots_on_demand(planner: httpx.Client, problem) -> None:
    plain, with_maps = (
        PdfReader(io.BytesIO(planner.get(f"{CREW}.pdf", params=query).content)).pages
        for query in ({}, {"plot_maps": "true"})
    )
    assert len(with_maps) == len(plain) + 1
    assert "Karten der Flächen" in with_maps[-1].extract_text()
    problem(planner.get(f"{CREW}.pdf", params={"plot_maps": "perhaps"}), 400)
    problem(planner.get(CREW, params={"plot_maps": "true"}), 400)
