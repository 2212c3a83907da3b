from __future__ import annotations

from dataclasses import replace

from geo_service.outputs.day_text import day_text


def test_text_fits_a_hundred_columns_and_names_everything(day):
    text = day_text(day)
    assert max(map(len, text.splitlines())) <= 100
    assert "Montag, 23. November 2026" in text
    for word in (
        "Kolonne Grün",
        "KLZ-0012",
        "Dieskaustraße 84",
        "Rasen mähen",
        "13:29",
        "Pause 10:12–10:42",
        "KLZ-0016",
    ):
        assert word in text
    assert "Schematische Beispieldaten" in text
    assert "keine Kolonne hat Zeit" in text
    assert "Rückkehr: Betriebshof West" in text


def test_text_in_english_and_of_an_empty_day(day):
    assert "Monday, 23 November 2026" in day_text(day, lang="en")
    assert "mow lawn" in day_text(day, lang="en")
    assert "nichts eingeplant" in day_text(replace(day, crews=()))


def test_text_takes_brackets_for_brackets(day):
    assert "[bold]Halle[/bold]" in day_text(changed(day, address="[bold]Halle[/bold]"))


def changed(day, **fields):
    """Return the day with some fields of the first stop changed."""
    first, *others = day.crews
    stop, *rest = first.stops
    return replace(day, crews=(replace(first, stops=(replace(stop, **fields), *rest)), *others))
