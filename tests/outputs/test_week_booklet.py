"""The booklet of a week, read back from the PDF."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from datetime import timedelta

import pypdf
import pytest

from geo_service.outputs.day import DayUrgent
from geo_service.outputs.week_booklet import week_booklet


@pytest.fixture(scope="module")
def week(day):
    """Return three days of crew 1: a full one, one on which it stays in, and one with an urgent and a locked stop."""
    alone = day.only("crew-1")
    crew = alone.crews[0]
    one, two, *_ = crew.stops
    one = replace(one, urgent=DayUrgent("Scherben am Weg", "Frau Weber"))
    two = replace(two, locked=True, announced=(9 * 3600, 10 * 3600), lock_reason="Schule")
    short = replace(crew, stops=(one, two), breaks=(), drive_s=1440, length_m=6100, work_s=3000)
    return [
        alone,
        replace(alone, on=day.on + timedelta(days=1), crews=()),
        replace(alone, on=day.on + timedelta(days=2), crews=(short,)),
    ]


def pages(pdf: bytes) -> list[str]:
    return [page.extract_text() for page in pypdf.PdfReader(io.BytesIO(pdf)).pages]


def squeezed(text: str) -> str:
    return re.sub("[\\s\u00ad-]+", "", text)


def test_the_cover_tells_days_hours_plots_and_what_to_heed(week, now, network):
    told = pages(week_booklet(week, name="Kolonne Grün", at=now, network=network))
    assert len(told) == 3, "the cover, and a sheet for each day on which the crew goes out"
    cover = squeezed(told[0])
    for word in (
        "Wochenheft Kolonne Grün",
        "23.11.–25.11.2026",
        "Pritschenwagen 3,5 t",
        "Mo 23.11. 07:00–14:04 12 5:00 h",
        "Di 24.11. kein Einsatz an diesem Tag",
        "Mi 25.11.",
        "Summe 14 5:50 h 1:58 h 30,2 km 12 Flächen",
        "Zu beachten",
        "Mi 25.11. 07:07 KLZ-0001 EILT Scherben am Weg (Frau Weber)",
        "KLZ-0002 angekündigt 09–10 Uhr Schule",
        "Mo KLZ-0004 ⚠ Kellergewölbe, Einsturzgefahr",
        "Mo, Mi KLZ-0002 ⚠ Altlast: ja",
        "Bemerkungen",
        "Schematische Beispieldaten",
        "CC0-1.0",
    ):
        assert squeezed(word) in cover, word
    assert "Montag, 23. November 2026" in told[1]
    assert "Mittwoch, 25. November 2026" in told[2]
    assert "Seite 1 von 1" in told[1]
    assert "Seite 1 von 1" in told[2]


def test_urgent_comes_before_hazards(week, now):
    cover = pages(week_booklet(week, name="Kolonne Grün", at=now))[0]
    assert cover.index("EILT") < cover.index("Einsturz")


def test_maps_of_the_plots_stand_behind_their_day(week, now, network):
    told = pages(week_booklet(week, name="Kolonne Grün", at=now, network=network, plot_maps=True))
    assert [index for index, text in enumerate(told) if "Karten der Flächen" in text] == [2, 5]
    assert "Seite 2 von 2" in told[5]


def test_english_on_request(week, now):
    told = pages(week_booklet(week, name="Kolonne Grün", at=now, lang="en"))
    for word in (
        "Week Kolonne Grün",
        "2026-11-23 – 2026-11-25",
        "Mon 2026-11-23",
        "does not go out this day",
        "Take care",
    ):
        assert squeezed(word) in squeezed(told[0]), word


def test_the_same_week_gives_the_same_file(week, now):
    assert week_booklet(week, name="Kolonne Grün", at=now) == week_booklet(week, name="Kolonne Grün", at=now)


def test_a_week_in_which_a_crew_stays_in_is_a_cover_alone(week, now):
    told = pages(week_booklet([week[1]], name="Kolonne Grün", at=now))
    assert len(told) == 1
    assert "kein Einsatz an diesem Tag" in told[0]
    assert "Wochenheft Kolonne Grün" in told[0]


def test_a_single_day_has_its_date_once(week, now):
    assert "23.11.2026" in pages(week_booklet([week[0]], name="Kolonne Grün", at=now))[0]
