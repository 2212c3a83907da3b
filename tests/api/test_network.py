"""Occasions, contacts and mediations over HTTP."""

from __future__ import annotations

from datetime import UTC, datetime

import icalendar
import pytest

from .conftest import lonlat

HOURS = {
    "kind": "office_hours",
    "title": "Sprechzeit",
    "first_on": "2026-10-20",
    "starts": "15:00",
    "minutes": 120,
    "rule": "FREQ=WEEKLY;BYDAY=TU;COUNT=10",
    "where": "Dieskaustraße 50",
    "lon": lonlat(1)[0],
    "lat": lonlat(1)[1],
}
CLUB = {
    "kind": "club",
    "name": "Gartenfreunde",
    "person": "Anke Entwurf",
    "emails": ["anke@garten.example"],
    "phones": ["0341 0000-611"],
    "topics": ["Grün"],
    "consent": {"on": "2026-03-02", "purpose": "Einladungen"},
}


@pytest.fixture
def mo(own_desk):
    with own_desk.client("moderator") as client:
        yield client


@pytest.fixture
def anybody(own_desk):
    with own_desk.client() as client:
        yield client


def events(text: bytes) -> list[icalendar.Event]:
    return list(icalendar.Calendar.from_ical(text).walk("VEVENT"))


def test_moderator_3_a_calendar_shows_office_hours_at_the_right_time_across_the_change_of_clocks(mo, anybody):
    made = mo.post("/occasions", json=HOURS)
    assert made.status_code == 201, made.text
    feed = anybody.get("/occasions.ics")
    assert feed.headers["content-type"] == "text/calendar; charset=utf-8"
    (event,) = [one for one in events(feed.content) if str(one["summary"]) == "Sprechzeit"]
    start = event["dtstart"].dt
    assert (start.hour, str(start.tzinfo)) == (15, "Europe/Berlin") and event["rrule"]["COUNT"] == [10]
    listed = anybody.get("/occasions", params={"from": "2026-10-20", "until": "2026-11-10"}).json()["dates"]
    mine = [one for one in listed if one["title"] == "Sprechzeit"]
    assert [one["starts"] for one in mine[:2]] == ["2026-10-20T15:00:00+02:00", "2026-10-27T15:00:00+01:00"]
    assert b"BEGIN:VTIMEZONE" in feed.content and event["sequence"] == 0
    shown = anybody.get("/collections/occasions/items").json()["features"]
    assert "Sprechzeit" in [one["properties"]["title"] for one in shown]


def test_calendars_learn_of_changes_and_of_what_is_called_off(mo, anybody):
    occasion = mo.post("/occasions", json=HOURS).json()["occasion"]
    off = mo.put(f"/occasions/{occasion}/off", json={"on": "2026-11-03", "reason": "krank"})
    assert off.status_code == 200 and off.json()["version"] == 2
    series, gone = [one for one in events(anybody.get("/occasions.ics").content) if str(one["summary"]) == "Sprechzeit"]
    assert (str(gone["status"]), str(gone["comment"]), gone["uid"]) == ("CANCELLED", "krank", series["uid"])
    assert gone["recurrence-id"].dt.astimezone(UTC) == datetime(2026, 11, 3, 14, tzinfo=UTC)
    assert series["sequence"] == 1
    assert mo.put(f"/occasions/{occasion}/off", json={"on": "2026-11-04", "reason": "krank"}).status_code == 404
    assert mo.delete(f"/occasions/{occasion}/off", params={"on": "2026-11-03"}).status_code == 200
    assert mo.put(f"/occasions/{occasion}", json={**HOURS, "title": "Neu", "version": 1}).status_code == 409
    assert mo.put(f"/occasions/{occasion}", json={**HOURS, "title": "Neu", "version": 3}).json()["title"] == "Neu"
    assert anybody.get(f"/occasions/{occasion}").json()["title"] == "Neu"
    assert mo.post("/occasions", json={**HOURS, "place": "contact-1"}).status_code == 400  # two places
    holiday = {**HOURS, "first_on": "2026-11-18", "rule": "FREQ=WEEKLY;BYDAY=WE;COUNT=3"}
    assert "Buß- und Bettag" in mo.post("/occasions", json=holiday).json()["detail"]


def test_moderator_6_deleting_a_contact_leaves_no_personal_data(own_desk, mo, anybody):
    kept = mo.post("/contacts", json=CLUB)
    assert kept.status_code == 201, kept.text
    contact = kept.json()["contact"]
    card = mo.get("/contacts.vcf").content
    assert b"Anke Entwurf" in card and b"VERSION:4.0" in card
    assert mo.delete(f"/contacts/{contact}").status_code == 204
    assert mo.get("/contacts").json() == {"contacts": []} and b"Entwurf" not in mo.get("/contacts.vcf").content
    assert "Entwurf" not in str(own_desk.store.changed_since(0))
    for path in ("/collections", "/contacts", "/mediations", "/occasions"):
        assert "Entwurf" not in anybody.get(path).text


def test_contacts_are_for_moderators_alone_and_come_back_as_vcards(own_desk, mo):
    contact = mo.post("/contacts", json=CLUB).json()
    with own_desk.client("planner") as planner:
        assert planner.get("/contacts").status_code == 403 and planner.get("/mediations").status_code == 403
    cards = mo.get("/contacts.vcf").content
    head = {"Content-Type": "text/vcard"}
    again = mo.post("/contacts/import", content=cards, headers=head)
    assert again.status_code == 400 and "nothing new" in again.json()["detail"]
    mo.delete(f"/contacts/{contact['contact']}")
    broken = b"BEGIN:VCARD\r\nVERSION:4.0\r\nEND:VCARD\r\n"
    told = mo.post("/contacts/import", content=cards + broken, headers=head).json()["cards"]
    assert [one["outcome"] for one in told] == ["new", "refused"] and told[1]["reason"] and told[1]["remedy"]
    (back,) = mo.get("/contacts", params={"words": "anke grün"}).json()["contacts"]
    same = ("name", "person", "emails", "phones", "topics", "consent_on", "consent_purpose")
    assert {name: back[name] for name in same} == {name: contact[name] for name in same}
    changed = mo.put(f"/contacts/{back['contact']}", json={**CLUB, "consent": None, "version": back["version"]})
    assert changed.status_code == 200
    (listed,) = mo.get("/contacts", params={"clean_up": "true"}).json()["contacts"]
    assert listed["clean_up"] == ["no_consent"]
    assert mo.post("/contacts", json={**CLUB, "quarter": "99"}).status_code == 404


def test_a_mediation_is_kept_on_a_concern_or_a_plot(mo):
    told = {"topic": "Lärm", "plot": "KLZ-0001", "parties": [{"name": "A", "position": "Ruhe"}, {"name": "B"}]}
    made = mo.post("/mediations", json=told).json()
    assert made["mediation"] == "M-0001"
    meeting = {"on": "2026-11-20", "present": "A, B", "notes": "geredet"}
    end = {"outcome": "agreed", "agreement": "Ruhe ab 22 Uhr", "ended_on": "2026-11-21", "follow_up_on": "2027-01-10"}
    changed = mo.put("/mediations/M-0001", json={**told, **end, "meetings": [meeting], "version": 1})
    assert changed.status_code == 200 and changed.json()["meetings"] == [meeting]
    assert mo.put("/mediations/M-0001", json={**told, "version": 1}).status_code == 409
    assert mo.post("/mediations", json={"topic": "x", "plot": "KLZ-9999"}).status_code == 404
    assert mo.post("/mediations", json={"topic": "x", "concern": "A-2026-9999"}).status_code == 404
    assert mo.post("/mediations", json={"topic": "x"}).status_code == 400
    assert mo.delete("/mediations/M-0001").status_code == 204
    assert mo.get("/mediations").json() == {"mediations": []}
