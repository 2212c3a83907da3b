"""`geo-service access calendar` and `geo-service week`."""

from __future__ import annotations

import io
import re
from datetime import timedelta

import pypdf
import pytest

from geo_service.api.calendar_keys import crew_of_calendar
from geo_service.api.tokens import fingerprint
from geo_service.store.sqlite import SqliteStore


@pytest.fixture
def store(desk):
    assert desk("init") == 0
    opened = SqliteStore.open(desk.workspace)
    yield opened
    opened.close()


def test_an_address_is_shown_once_and_taken_back(desk, store, now):
    assert desk("access", "calendar", "crew-1", "--link", "https://desk.example/") == 0
    secret = re.fullmatch(r"https://desk\.example/calendars/(\S{43})\.ics\n", desk.text).group(1)
    assert crew_of_calendar(store, secret, now) == "crew-1"
    assert secret.encode() not in (desk.workspace / "desk.sqlite").read_bytes()
    assert "access revoke" in desk.err
    desk("access", "list")
    assert "calendar" in desk.text
    assert secret not in desk.text
    assert desk("access", "revoke", store.token(fingerprint(secret)).token_id[:8]) == 0
    assert crew_of_calendar(store, secret, now) is None


def test_it_ends(desk, store, now):
    desk("access", "calendar", "crew-2", "--link", "https://desk.example", "--days", "10", "--label", "Ada")
    secret = desk.text.strip().removesuffix(".ics").rpartition("/")[2]
    assert crew_of_calendar(store, secret, now + timedelta(days=9)) == "crew-2"
    assert crew_of_calendar(store, secret, now + timedelta(days=10)) is None
    assert store.token(fingerprint(secret)).label == "Ada"


def test_an_unknown_crew_is_told(desk, store):
    assert desk("access", "calendar", "crew-9", "--link", "https://desk.example") == 2
    assert "crew-1" in desk.err
    assert store.tokens() == []


def test_nothing_is_planned_yet(desk, store, tmp_path):
    assert desk("week", "today", "--crew", "crew-1", "-o", tmp_path / "week.pdf") == 2
    assert "geo-service plan" in desk.err
    assert not (tmp_path / "week.pdf").exists()


@pytest.mark.slow
def test_a_week_and_a_sheet_with_maps(demo, tmp_path):
    first = demo_day(demo)
    file = tmp_path / "week.pdf"
    assert demo("week", first, "--crew", "crew-1", "-o", file, "--days", "5") == 0
    assert "week.pdf" in demo.err
    pages = pypdf.PdfReader(io.BytesIO(file.read_bytes())).pages
    assert "Wochenheft" in pages[0].extract_text()
    assert len(pages) > 1
    words = ("--crew", "crew-4", "--as", "pdf", "--plot-maps", "--base-url", "https://desk.example", "-o", file)
    assert demo("day", first, *words) == 0
    text = "".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(file.read_bytes())).pages)
    assert "Karten der Flächen" in text
    assert "Liste auf dem Telefon" in text
    assert demo("week", first, "--crew", "crew-1", "-o", tmp_path / "no" / "week.pdf") == 2


def demo_day(demo) -> str:
    store = SqliteStore.open(demo.workspace)
    try:
        return store.plan().days[0].isoformat()
    finally:
        store.close()
