from __future__ import annotations

import io
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pypdf
import pytest

from geo_service.outputs.day_sheet import day_sheet, map_size


def read(pdf: bytes) -> pypdf.PdfReader:
    return pypdf.PdfReader(io.BytesIO(pdf))


@pytest.fixture(scope="module")
def sheet(day, network):
    return day_sheet(day, at=datetime(2026, 11, 23, 5, tzinfo=UTC), network=network, base_url="https://desk.example")


def test_twelve_visits_fit_on_one_page_and_each_crew_has_its_own(sheet):
    pages = read(sheet).pages
    assert len(pages) == 2
    width, height = (float(side) for side in pages[0].mediabox[2:])
    assert (width / 72 * 25.4, height / 72 * 25.4) == pytest.approx((210, 297), abs=0.5), "A4"


def test_the_sheet_tells_all_a_crew_needs(sheet):
    text = read(sheet).pages[0].extract_text()
    for word in (
        "Kolonne Grün",
        "Montag, 23. November 2026",
        "Pritschenwagen 3,5 t",
        "Personen 2",
        "07:00–14:04",
        "Wetter",
        "KLZ-0012",
        "Dieskaustraße 84",
        "13:29",
        "Rasen mähen",
        "Tor links, Schlüssel am Bund 7",
        "Kellergewölbe, Einsturzgefahr",
        "Freischneider 09–13, 15–17 Uhr",
        "Altlasten: unbekannt",
        "Altlast: ja",
        "Pause 10:12–10:42",
        "Rückkehr: Betriebshof West",
        "12 Stopps",
        "24,1 km",
        "Schematische Beispieldaten",
        "CC0-1.0",
        "Seite 1 von 1",
        "Liste auf dem Telefon",
    ):
        assert word in text, word


@pytest.mark.parametrize(
    ("base_url", "below"),
    [
        ("https://desk.example", "Liste auf dem Telefon"),
        ("http://127.0.0.1:8000", "Zum ersten Stopp"),
        ("http://[::1]:8000", "Zum ersten Stopp"),
        ("", "Zum ersten Stopp"),
    ],
)
def test_the_code_leads_to_the_desk_only_where_a_phone_reaches_it(day, now, base_url, below):
    assert below in read(day_sheet(day.only("crew-2"), at=now, base_url=base_url)).pages[0].extract_text()


def test_english_on_request(day, now):
    text = read(day_sheet(day.only("crew-2"), at=now, lang="en")).pages[0].extract_text()
    for word in ("Monday, 23 November 2026", "mow lawn", "Break 07:00–07:15", "Page 1 of 1", "7.9 km"):
        assert word in text, word


def test_the_same_day_gives_the_same_file(day, now):
    alone = day.only("crew-2")
    assert day_sheet(alone, at=now) == day_sheet(alone, at=now)
    assert day_sheet(alone, at=now) != day_sheet(alone, at=now + timedelta(hours=1))


def test_the_file_says_what_it_is(sheet, day, now):
    about = read(sheet).metadata
    assert about.title == "Tagesliste Montag, 23. November 2026"
    assert about.author == "geo-service"
    made = read(day_sheet(day.only("crew-2"), at=now)).metadata
    assert made.creation_date == now


def test_a_long_day_goes_on_on_a_second_page_with_its_own_count(day, now):
    first, second = day.crews
    stops = tuple(replace(stop, order=index) for index, stop in enumerate(first.stops * 3, start=1))
    pages = read(day_sheet(replace(day, crews=(replace(first, stops=stops), second)), at=now)).pages
    assert len(pages) == 3
    assert "Seite 2 von 2" in pages[1].extract_text()
    assert "Ankunft" in pages[1].extract_text(), "the head of the table comes again"
    assert "Seite 1 von 1" in pages[2].extract_text()


def test_a_day_without_work_says_so(day, now):
    pages = read(day_sheet(replace(day, crews=()), at=now)).pages
    assert len(pages) == 1
    assert "nichts eingeplant" in pages[0].extract_text()
    assert "Schematische Beispieldaten" in pages[0].extract_text()


def test_waiting_is_told(day, now):
    first = day.crews[1]
    late = replace(first.stops[0], start_s=first.stops[0].arrival_s + 1800)
    shown = replace(day, crews=(replace(first, stops=(late, *first.stops[1:])),))
    assert "ab 07:37" in read(day_sheet(shown, at=now)).pages[0].extract_text()


def test_a_way_from_west_to_east_gets_a_wide_map_and_any_other_a_high_one(day):
    crew = day.crews[1]
    lon, lat = crew.depot
    far = tuple(replace(stop, lon=lon + 0.02 * stop.order, lat=lat, leg=()) for stop in crew.stops)
    wide, wide_mm = map_size(replace(day, crews=(replace(crew, stops=far, way_back=()),)))
    high, high_mm = map_size(day.only("crew-2"))
    assert wide
    assert wide_mm[0] > wide_mm[1]
    assert not high
    assert high_mm[0] < high_mm[1]
