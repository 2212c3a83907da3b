"""Floor 6: occasions, contacts and mediations of the sample: made up, but for the festival of 2002."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

import shapely

from geo_service.neighbourhood.concern import concern_number
from geo_service.neighbourhood.contacts import Consent, Contact, ContactKind, check_contact
from geo_service.neighbourhood.mediations import Mediation, Meeting, Outcome, Party, check_mediation
from geo_service.neighbourhood.occasions import CalledOff, Occasion, OccasionKind, check_occasion
from geo_service.store.kinds_network import CONTACT, MEDIATION, OCCASION
from geo_service.store.protocol import Writing
from geo_service.work.calendar import holiday_name
from geo_service.work.entry import Entry, open_entry, read_document

OCCASIONS, NETWORK = "occasions.json", "network.json"
YEAR = 2026
"""Of the concerns that mediations are about."""


def load_sample_network(tx: Writing, folder: Path) -> None:
    """Write occasions, contacts and mediations of the sample into an open transaction.

    Raises
    ------
    FileUnreadable
        When a file cannot be read or is no JSON.
    InputError
        When an entry is wrong.
    """
    whole = open_entry(read_document(folder / OCCASIONS), OCCASIONS)
    whole.text("note")
    for entry in whole.entries("occasions"):
        tx.put_record(OCCASION, _occasion(entry))
    whole.close()
    whole = open_entry(read_document(folder / NETWORK), NETWORK)
    whole.text("note")
    for entry in whole.entries("contacts"):
        tx.put_record(CONTACT, _contact(entry))
    for entry in whole.entries("mediations"):
        tx.put_record(MEDIATION, _mediation(entry, tx.next_number("mediation")))
    whole.close()


def _occasion(entry: Entry) -> Occasion:
    own = entry.has("lon")
    made = Occasion(
        occasion_id=entry.text("id"),
        kind=entry.choice("kind", OccasionKind),
        title=entry.text("title"),
        first_on=entry.day("first_on"),
        starts_s=entry.time_s("starts"),
        minutes=entry.whole("minutes", 5, 4320),
        rule=entry.text("rule", ""),
        about=entry.text("about", ""),
        place=entry.text("place", ""),
        where=entry.text("where", ""),
        at=shapely.Point(entry.number("lon", -180, 180), entry.number("lat", -90, 90)) if own else None,
        dates_off=tuple(CalledOff(one.day("on"), one.text("reason")) for one in _some(entry, "dates_off")),
        off=entry.text("off", ""),
    )
    check_occasion(made, holiday_name)
    entry.close()
    return made


def _contact(entry: Entry) -> Contact:
    given = Entry(entry.fields["consent"], f"{entry.place}: consent") if entry.has("consent") else None
    made = Contact(
        contact_id=sha256(f"Beispiel {entry.text('name')}".encode()).hexdigest()[:32],
        kind=entry.choice("kind", ContactKind),
        name=entry.text("name"),
        person=entry.text("person", ""),
        role=entry.text("role", ""),
        topics=_texts(entry, "topics"),
        emails=_texts(entry, "emails"),
        phones=_texts(entry, "phones"),
        quarter=entry.text("quarter", ""),
        consent=None
        if given is None
        else Consent(given.day("on"), given.text("purpose"), given.day("until") if given.has("until") else None),
        delete_by=entry.day("delete_by") if entry.has("delete_by") else None,
    )
    check_contact(made)
    entry.close()
    return made


def _mediation(entry: Entry, place: int) -> Mediation:
    concern = entry.whole("concern", 1, 10_000) if entry.has("concern") else 0
    made = Mediation(
        mediation_id=f"M-{place:04d}",
        topic=entry.text("topic"),
        concern=concern_number(YEAR, concern) if concern else "",
        plot=entry.text("plot", ""),
        outcome=entry.choice("outcome", Outcome) if entry.has("outcome") else Outcome.OPEN,
        parties=tuple(Party(one.text("name"), one.text("position", "")) for one in _some(entry, "parties")),
        meetings=tuple(
            Meeting(one.day("on"), one.text("present", ""), one.text("notes", "")) for one in _some(entry, "meetings")
        ),
        agreement=entry.text("agreement", ""),
        ended_on=entry.day("ended_on") if entry.has("ended_on") else None,
        follow_up_on=entry.day("follow_up_on") if entry.has("follow_up_on") else None,
    )
    check_mediation(made)
    entry.close()
    return made


def _some(entry: Entry, name: str) -> list[Entry]:
    return list(entry.entries(name)) if entry.has(name) else []


def _texts(entry: Entry, name: str) -> tuple[str, ...]:
    return tuple(entry.texts(name)) if entry.has(name) else ()
