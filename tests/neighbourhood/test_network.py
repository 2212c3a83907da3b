"""Occasions by the clock on the wall, contacts that are deleted in time, vCards that come back as they went out."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo_service.base.errors import InputError, NotFound
from geo_service.neighbourhood.contacts import CleanUp, Consent, Contact, ContactKind, check_contact, clean_up_list
from geo_service.neighbourhood.mediations import Mediation, Meeting, Outcome, Party, check_mediation, to_follow_up
from geo_service.neighbourhood.occasions import CalledOff, Occasion, OccasionKind, check_occasion, dates_of
from geo_service.neighbourhood.recurrence import days_of, read_rule
from geo_service.neighbourhood.vcard_reading import read_cards
from geo_service.outputs.vcard import vcards
from geo_service.work.calendar import holiday_name

TODAY = date(2026, 11, 26)
AT = datetime(2026, 11, 26, 8, 0, tzinfo=UTC)
TUESDAYS = Occasion(
    "sprechzeit",
    OccasionKind.OFFICE_HOURS,
    "Sprechzeit",
    date(2026, 9, 1),
    15 * 3600,
    120,
    rule="FREQ=WEEKLY;BYDAY=TU;UNTIL=20270831",
    place="contact-kleinzschocher",
)


def test_moderator_3_office_hours_stay_at_their_hour_across_the_change_of_clocks():
    found = dates_of(TUESDAYS, holiday_name, date(2026, 10, 20), date(2027, 4, 6))
    assert {(one.starts.hour, one.starts.minute) for one in found} == {(15, 0)}
    assert {one.starts.utcoffset() for one in found} == {timedelta(hours=1), timedelta(hours=2)}
    assert {one.starts.weekday() for one in found} == {1}


def test_holidays_are_left_out_and_single_dates_called_off():
    wednesdays = replace(TUESDAYS, first_on=date(2026, 11, 11), rule="FREQ=WEEKLY;BYDAY=WE;COUNT=3")
    days = [one.on for one in dates_of(wednesdays, holiday_name, date(2026, 11, 1), date(2026, 12, 31))]
    assert days == [date(2026, 11, 11), date(2026, 11, 25)]  # not on Buß- und Bettag
    off = replace(wednesdays, dates_off=(CalledOff(date(2026, 11, 25), "krank"),))
    check_occasion(off, holiday_name)
    assert [(one.takes_place, one.why_not) for one in dates_of(off, holiday_name, TODAY - timedelta(7), TODAY)] == [
        (False, "krank")
    ]
    with pytest.raises(NotFound, match="no date on 2026-11-18"):
        check_occasion(replace(wednesdays, dates_off=(CalledOff(date(2026, 11, 18)),)), holiday_name)


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"title": " "}, "title"),
        ({"minutes": 0}, "time"),
        ({"place": ""}, "one place"),
        ({"rule": "FREQ=WEEKLY"}, "COUNT or UNTIL"),
        ({"rule": "FREQ=SECONDLY;COUNT=3"}, "not taken"),
        ({"rule": "FREQ=WEEKLY;BYDAY=MO;COUNT=3"}, "first day"),
        ({"rule": "FREQ=DAILY;COUNT=999"}, "days"),
    ],
)
def test_what_could_not_be_held_is_refused(change, word):
    with pytest.raises(InputError, match=word):
        check_occasion(replace(TUESDAYS, **change), holiday_name)


@given(st.dates(date(2026, 1, 1), date(2026, 12, 31)), st.integers(1, 40), st.integers(1, 4))
def test_a_series_has_as_many_days_as_it_says_a_week_or_more_apart(first, count, weeks):
    days = days_of(read_rule(f"FREQ=WEEKLY;INTERVAL={weeks};COUNT={min(count, 150 // weeks)}"), first)
    assert len(days) == min(count, 150 // weeks) and days[0] == first
    assert {later - earlier for earlier, later in pairwise(days)} <= {timedelta(weeks=weeks)}


LINE = st.text(st.characters(exclude_categories=["C", "Z"]) | st.just(" "), min_size=1, max_size=30).map(
    lambda text: " ".join(text.split()) or "x"
)
CONTACTS = st.builds(
    Contact,
    contact_id=st.just(""),
    kind=st.sampled_from(ContactKind),
    name=LINE,
    uid=st.uuids().map(lambda one: f"urn:uuid:{one}"),
    person=LINE,
    role=LINE,
    topics=st.lists(LINE, max_size=3, unique=True).map(tuple),
    emails=st.just(("a@b.example",)),
    phones=st.just(("0341 0000-1",)),
    consent=st.none() | st.builds(Consent, st.just(TODAY), LINE, st.none() | st.just(date(2027, 1, 1))),
    delete_by=st.none() | st.just(date(2028, 1, 1)),
)


@settings(max_examples=60)
@given(st.lists(CONTACTS, min_size=1, max_size=4, unique_by=lambda one: one.uid))
def test_vcards_come_back_as_they_went_out(contacts):
    text = vcards(contacts, at=AT)
    assert text.startswith(b"BEGIN:VCARD\r\nVERSION:4.0\r\n")
    assert all(len(line) <= 75 for line in text.split(b"\r\n"))
    cards = read_cards(text)
    assert [(one.contact, one.reason) for one in cards] == [(one, "") for one in contacts]


def test_a_broken_card_is_told_and_the_others_are_read():
    good = (
        "BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Eva Beispiel\r\nN:Beispiel;Eva;;;\r\nEMAIL:eva@post.example\r\nEND:VCARD\r\n"
    )
    found = read_cards((good + "BEGIN:VCARD\r\nVERSION:4.0\r\nEMAIL:x\r\nEND:VCARD\r\n" + good).encode())
    assert [one.contact is not None for one in found] == [True, False, True]
    assert found[1].row == 7 and found[1].reason and found[1].remedy


def test_the_clean_up_list_says_who_may_not_stay():
    keep = Contact("a", ContactKind.CLUB, "Verein", consent=Consent(TODAY, "Einladungen"))
    late = replace(keep, contact_id="b", name="Firma", delete_by=TODAY - timedelta(1))
    old = replace(keep, contact_id="c", name="Amt", consent=Consent(date(2024, 1, 1), "x", date(2025, 1, 1)))
    none = replace(keep, contact_id="d", name="Dr. Muster", consent=None)
    found = [(one.contact_id, reasons[0]) for one, reasons in clean_up_list([none, keep, old, late], TODAY)]
    assert found == [
        ("b", CleanUp.DELETE_BY_PASSED),
        ("c", CleanUp.CONSENT_EXPIRED),
        ("d", CleanUp.NO_CONSENT),
    ]
    with pytest.raises(InputError, match="@"):
        check_contact(replace(keep, emails=("kein Postfach",)))


def test_a_mediation_ends_with_what_was_agreed():
    opened = Mediation("M-0001", "Lärm", plot="LND-0013", follow_up_on=TODAY)
    check_mediation(opened)
    assert to_follow_up([opened, replace(opened, follow_up_on=TODAY + timedelta(1))], TODAY) == [opened]
    agreed = replace(opened, outcome=Outcome.AGREED, agreement="Ruhe ab 22 Uhr", ended_on=TODAY)
    with pytest.raises(InputError, match="two parties"):
        check_mediation(agreed)
    check_mediation(replace(agreed, parties=(Party("A"), Party("B"))))
    with pytest.raises(InputError, match="not told"):
        check_mediation(replace(agreed, agreement=""))
    with pytest.raises(InputError, match="order"):
        check_mediation(replace(opened, meetings=(Meeting(TODAY), Meeting(TODAY - timedelta(1)))))
    with pytest.raises(InputError, match="about nothing"):
        check_mediation(replace(opened, plot=""))
