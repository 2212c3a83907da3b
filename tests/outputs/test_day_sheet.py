from __future__ import annotations

import io
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pypdf
import pypdfium2
import pytest
import zxingcpp

from geo_service.outputs.day import DayUrgent
from geo_service.outputs.day_codes import geo_uri
from geo_service.outputs.day_page import PAGE_MM, map_size
from geo_service.outputs.day_sheet import day_sheet

LONG = (
    "Schlüssel im Quartiersbüro abholen, dort auch den Hund anmelden; Tor klemmt, beim Öffnen anheben. "
    "Zufahrt nur rückwärts, Einweiser nötig. Wasser am Standrohr links, Schieber nach Arbeitsende schließen."
)


def codes(pdf: bytes, page: int = 0, dpi: int = 300) -> list[str]:
    """Return what the codes on a page hold, as a camera reads them from the picture, from the top to the bottom."""
    picture = pypdfium2.PdfDocument(pdf)[page].render(scale=dpi / 72, grayscale=True).to_numpy()
    found = zxingcpp.read_barcodes(picture.squeeze(), formats=zxingcpp.BarcodeFormat.QRCode)
    return [one.text for one in sorted(found, key=lambda one: one.position.top_left.y)]


def squeezed(text: str) -> str:
    """Return ``text`` without spaces and hyphens, as lines may be broken anywhere."""
    return re.sub("[\\s\u00ad-]+", "", text)


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
    text = squeezed(read(sheet).pages[0].extract_text())
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
        assert squeezed(word) in text, word


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


def test_the_code_of_a_plot_opens_its_stop_where_a_phone_reaches_the_desk(sheet):
    page = "https://desk.example/crew/crew-1?date=2026-11-23"
    assert set(codes(sheet)) == {page, *(f"{page}#stop-{order}" for order in range(1, 13))}


@pytest.mark.parametrize("base_url", ["", "http://localhost:8000"])
def test_the_code_of_a_plot_holds_the_place_where_no_phone_reaches_the_desk(day, now, base_url):
    stops = day.crews[1].stops
    found = codes(day_sheet(day.only("crew-2"), at=now, base_url=base_url))
    assert found == [geo_uri(stops[0].lon, stops[0].lat), *(geo_uri(stop.lon, stop.lat) for stop in stops)]


def test_codes_are_read_from_a_poor_print_too(sheet):
    assert len(codes(sheet, dpi=150)) == 13


def test_a_reader_of_codes_finds_none_where_none_is(day, now):
    assert codes(day_sheet(replace(day, crews=()), at=now)) == []


def test_a_full_day_with_notes_trips_and_marks_fits_on_one_page(tipping_day, network):
    """Hazards, rules, access notes, three trips, a break, an urgent and an announced stop: still one page."""
    crew = tipping_day.crews[0]
    one, two, *rest = crew.stops
    one = replace(one, urgent=DayUrgent("Scherben am Weg, Anruf", "Frau Weber"))
    two = replace(two, locked=True, announced=(9 * 3600, 10 * 3600), lock_reason="Schule")
    shown = replace(tipping_day, crews=(replace(crew, stops=(one, two, *rest)),))
    pages = read(day_sheet(shown, at=datetime(2026, 11, 23, 5, tzinfo=UTC), network=network)).pages
    assert len(pages) == 1
    text = pages[0].extract_text()
    for word in ("Unterschrift", "wirklich", "trocken", "nass", "Wind", "°C", "Abfuhr nach AVV-Schlüssel"):
        assert word in text, word


def test_long_notes_go_on_on_further_pages_and_none_is_lost(day, now):
    crew = day.crews[0]
    stops = tuple(
        replace(stop, access_note=f"N{stop.order}: {LONG}", lock_reason=LONG, locked=True) for stop in crew.stops
    )
    pages = read(day_sheet(replace(day, crews=(replace(crew, stops=stops),)), at=now)).pages
    assert len(pages) > 1
    text = squeezed("".join(page.extract_text() for page in pages))
    assert text.count(squeezed(LONG)) == 24
    assert [f"N{order}:" in text for order in range(1, 13)] == [True] * 12
    assert "Unterschrift" in pages[-1].extract_text()


def test_maps_of_the_plots_on_demand(day, network, now):
    alone = day.only("crew-1")
    with_maps = read(day_sheet(alone, at=now, network=network, plot_maps=True)).pages
    assert len(with_maps) == 3, "one page of the day, two of six plots each"
    text = with_maps[1].extract_text() + with_maps[2].extract_text()
    for stop in alone.crews[0].stops:
        assert stop.plot in text
    assert "Kellergewölbe, Einsturzgefahr" in text
    assert "Seite 3 von 3" in text
    assert "Karten der Flächen" not in with_maps[0].extract_text()


def test_two_works_on_one_plot_share_a_map(day, network, now):
    crew = day.crews[1]
    one, *rest = crew.stops
    twice = (one, *(replace(stop, order=stop.order + 1) for stop in (replace(one, order=1), *rest)))
    pdf = day_sheet(replace(day, crews=(replace(crew, stops=twice),)), at=now, network=network, plot_maps=True)
    assert len(codes(pdf, page=1)) == len(crew.stops)
    assert "1, 2" in read(pdf).pages[1].extract_text()


def test_the_map_is_as_high_as_the_list_leaves_room(day):
    crew = day.crews[0]
    few, many = (map_size(replace(day, crews=(replace(crew, stops=crew.stops[:n]),)))[1][1] for n in (3, 12))
    assert many < few
    long = tuple(replace(stop, order=order) for order, stop in enumerate(crew.stops * 3, start=1))
    assert map_size(replace(day, crews=(replace(crew, stops=long),)))[1][1] < PAGE_MM / 2, "it goes on anyway"


def test_the_sheet_is_made_of_black_white_and_grey(sheet):
    picture = pypdfium2.PdfDocument(sheet)[0].render(scale=1).to_numpy().astype(int)
    spread = picture.max(axis=2) - picture.min(axis=2)
    assert spread.max() <= 8, "nothing on the sheet of one crew is told by a colour"


def test_a_note_longer_than_a_page_is_told_whole(day, now):
    crew = day.crews[1]
    words = [f"Wort{number}" for number in range(1500)]
    stops = (replace(crew.stops[0], access_note=" ".join(words)), *crew.stops[1:])
    pages = read(day_sheet(replace(day, crews=(replace(crew, stops=stops),)), at=now)).pages
    told = " ".join(page.extract_text() for page in pages).split()
    assert set(words) <= set(told)
