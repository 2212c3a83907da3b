import re
from dataclasses import replace
from datetime import date
from html.parser import HTMLParser

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from geo_service.outputs.day import Day, DayTrip
from geo_service.web.crew_page import CrewLinks, crew_page, message_page

ON = date(2026, 11, 23)
H = 3600
LINKS = CrewLinks("crew-1", ON, (ON.replace(day=20), ON, ON.replace(day=24)), "de")


def page_of(day: Day, lang: str = "de") -> str:
    return crew_page(day, day.crews[0], replace(LINKS, lang=lang))


class Reader(HTMLParser):
    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: set[str] = set()
        self.attributes: list[tuple[str, str | None]] = []
        self.text = ""
        self.feed(page)

    def handle_starttag(self, name, attributes):
        self.tags.add(name)
        self.attributes += attributes

    def handle_data(self, data):
        self.text += f"{data}\n"


def test_the_list_says_when_where_and_what(day):
    text = Reader(page_of(day)).text
    for part in ("Montag, 23. November 2026", "Kolonne Grün", "07:00 – 15:00", "08:00", "KLZ-0001", "Dieskaustraße 1"):
        assert part in text
    for part in ("Rasen mähen", "40 Min.", "Tor links", "Freischneider 09–13, 15–17 Uhr (32. BImSchV §7)", "12,3 km"):
        assert part in text


def test_cards_stand_in_the_order_of_the_day_with_the_break_between(day):
    text = Reader(page_of(day)).text
    marks = [
        text.index(part) for part in ("Start · ", "Stopp 1: ", "Pause 30 Min. · bis 09:30", "Stopp 2: ", "zurück · ")
    ]
    assert marks == sorted(marks)


def test_a_trip_to_a_facility_stands_between_stops_without_a_number(day):
    trip = DayTrip(1, "tip", "Hof <Ost>", "Ostweg", 9 * H, 9 * H, 9 * H + 900, 300, 2345, 5.2, 0.0, (12.34, 51.33))
    nowhere = replace(trip, after=2, facility="old", name="Alter Hof", address="", at=None)
    crew = replace(day.crews[0], trips=(trip, nowhere), end_name="Hof Nord", end=(12.3, 51.4))
    page = page_of(replace(day, crews=(crew, *day.crews[1:])))
    text = Reader(page).text
    marks = [
        text.index(part) for part in ("Stopp 1: ", "→ Hof <Ost>: 5,2 m³ abladen", "Stopp 2: ", "zurück · Hof Nord")
    ]

    assert marks == sorted(marks)
    assert "· bis 09:15 · Fahrt 5 Min. · 2,3 km" in text
    assert "geo:51.330000,12.340000?q=51.330000,12.340000(Hof%20%3COst%3E)" in page
    assert page.count("geo:") == page_of(day).count("geo:") + 1
    assert "<title>Hof &lt;Ost&gt;</title>" in page


def test_waiting_for_a_window_is_told(day):
    assert "Wartezeit bis 09:15" in page_of(day)


def test_unknown_contamination_is_never_silent(day, a_stop, a_crew):
    text = Reader(page_of(day)).text
    assert "Altlast vorhanden" in text
    assert "Altlasten: unbekannt" in text
    clean = replace(day, crews=(a_crew("crew-1", (a_stop(1),)),))
    assert "Altlast" not in page_of(clean)


def test_the_sample_says_so_once(day):
    noted = replace(day, notes=("Schematische Beispieldaten", "Betriebshof angenommen"))
    assert page_of(noted).count("Schematische Beispieldaten") == 1
    assert "Betriebshof angenommen" in page_of(noted)
    assert "Schematische Beispieldaten" not in page_of(replace(day, sample=False))


def test_english_on_request(day):
    page = page_of(day, "en")
    assert '<html lang="en">' in page
    for part in ("Monday, 23 November 2026", "Mow lawn", "Schematic sample data", "12.3 km"):
        assert part in page


def test_links_lead_to_the_navigator_the_files_and_the_days_around(day):
    links = [value for name, value in Reader(page_of(day)).attributes if name == "href"]
    assert "geo:51.323000,12.324000?q=51.323000,12.324000(KLZ-0001)" in links
    for suffix in ("pdf", "gpx", "ics"):
        assert f"/days/2026-11-23/crews/crew-1.{suffix}" in links
    assert {"/crew/crew-1?date=2026-11-20", "/crew/crew-1?date=2026-11-24"} <= set(links)
    assert "/map?date=2026-11-23&crew=crew-1&lang=de" in links


def test_nothing_on_the_page_needs_a_script_or_an_inline_style(day):
    reader = Reader(page_of(day))
    assert "script" not in reader.tags
    assert "style" not in reader.tags
    assert not [name for name, _ in reader.attributes if name == "style" or name.startswith("on")]


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(st.characters(codec="utf-8", exclude_characters="\r\x00"), min_size=1, max_size=40))
def test_what_people_typed_is_text_and_nothing_else(text, day, stop, a_crew):
    fields = ("plot", "plot_name", "address", "quarter", "task_de", "access_note", "hazard_note", "rule_note", "why")
    typed = replace(stop, **dict.fromkeys(fields, text), streets=(text,))
    plain = Reader(page_of(replace(day, crews=(a_crew("crew-1", (stop,)),))))
    wild = Reader(page_of(replace(day, crews=(a_crew("crew-1", (typed,), name=text, depot_name=text, colour=text),))))
    assert wild.tags == plain.tags
    assert {name for name, _ in wild.attributes} == {name for name, _ in plain.attributes}


def test_a_plot_code_with_signs_stays_inside_its_link(day, a_stop, a_crew):
    odd = a_stop(1, plot='A"&)(<b>/?#')
    page = page_of(replace(day, crews=(a_crew("crew-1", (odd,)),)))
    assert "(A%22%26%29%28%3Cb%3E%2F%3F%23)" in page


def test_a_crew_without_stops_has_a_list_all_the_same(day, a_crew):
    page = page_of(replace(day, crews=(a_crew("crew-1", (), breaks=()),)))
    assert "Start · Betriebshof" in page
    assert 'class="picture"' not in page


@pytest.mark.parametrize("lang", ["de", "en"])
def test_a_message_offers_other_days(lang):
    page = message_page(replace(LINKS, lang=lang), "Nichts <da>", "Grund & Abhilfe", LINKS.days)
    assert "Nichts &lt;da&gt;" in page
    assert len(re.findall(r'class="button"', page)) == 3
