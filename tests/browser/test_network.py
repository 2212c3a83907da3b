"""Dates, contacts and mediations on the moderators' pages in a browser."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta

import pytest
from playwright.sync_api import expect

from geo_service.api.tokens import mint
from geo_service.store.kinds_network import CONTACT, MEDIATION, OCCASION
from tests.browser.axe import serious
from tests.browser.conftest import Sight

pytestmark = pytest.mark.browser


def test_a_moderator_keeps_dates_contacts_and_mediations(browser, desk_of_my_own):
    context = browser.new_context(viewport={"width": 1024, "height": 900}, locale="de-DE", reduced_motion="reduce")
    sight = Sight(context.new_page(), desk_of_my_own.base)
    page, store = sight.page, desk_of_my_own.store
    secret, kept = mint("moderator", "Mo", datetime.now(UTC), timedelta(minutes=5), once=True)
    store.put_token(kept)

    def send(path: str, summary: str, **fields: str) -> None:
        page.goto(sight.base + path)
        assert serious(page) == []
        box = page.locator("details", has=page.locator("summary", has_text=summary)).last
        box.locator("summary").click()
        for name, value in fields.items():
            field = box.locator(f'[name="{name}"]')
            (field.select_option if field.evaluate("(one) => one.tagName") == "SELECT" else field.fill)(value)
        box.locator("button.main").click()
        page.wait_for_url(re.compile("said="))
        expect(page.locator(".said.good")).to_be_visible()

    first = date.today() + timedelta(days=3)  # noqa: DTZ011
    try:
        page.goto(f"{sight.base}/sign-in?token={secret}")
        before = len(store.records(OCCASION))
        when = {"first_on": first.isoformat(), "starts": "16:00", "minutes": "90"}
        send("/moderation/occasions", "Neuer Termin", title="Pflanzbörse", kind="event", **when)
        assert len(store.records(OCCASION)) == before + 1
        row = page.locator("li", has_text="Pflanzbörse")
        row.locator("summary").click()
        row.locator('[name="reason"]').fill("Sturm")
        row.locator("form button").click()
        page.wait_for_url(re.compile("said=off"))
        expect(page.locator("li", has_text="Pflanzbörse")).to_contain_text("fällt aus: Sturm")

        before = len(store.records(CONTACT))
        send("/moderation/contacts", "Neuer Kontakt", name="Chor Beispiel", mail="chor@beispiel.example")
        cards = "BEGIN:VCARD\nVERSION:4.0\nFN:Imker Muster\nEND:VCARD"
        send("/moderation/contacts", "vCards einlesen", cards=cards)
        assert len(store.records(CONTACT)) == before + 2
        page.goto(sight.base + "/moderation/contacts?q=Imker")
        page.get_by_role("button", name="Löschen").click()
        page.wait_for_url(re.compile("said=deleted"))
        assert len(store.records(CONTACT)) == before + 1

        told = {"parties": "Haus 3 | Ruhe\nHaus 5 | ein Fest", "meetings": "2026-11-20 | beide | geredet"}
        send("/moderation/mediations", "Neue Vermittlung", topic="Grillen", plot="LND-0013", **told)
        (made,) = [one.record for one in store.records(MEDIATION) if one.record.topic == "Grillen"]
        assert [one.position for one in made.parties] == ["Ruhe", "ein Fest"] and made.meetings[0].notes == "geredet"
        page.goto(sight.base + "/moderation")
        expect(page.locator(".waiting")).to_contain_text("Kontakte zum Aufräumen")
    finally:
        context.close()
    assert sight.complaints == [] and sight.foreign == []
