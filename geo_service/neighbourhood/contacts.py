"""Floor 1: contacts: institutions, firms, clubs and experts of the quarter, with their consent. Never public."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from geo_service.base.errors import InputError
from geo_service.base.shapes import Shape

LONGEST_LINE, LONGEST_NOTE, MOST_TOPICS, MOST_WAYS = 200, 2_000, 20, 10
"""Letters of a field and of the note; topics; addresses for mail, and numbers, of one contact."""


class ContactKind(StrEnum):
    """What a contact is."""

    INSTITUTION = "institution"
    FIRM = "firm"
    CLUB = "club"
    EXPERT = "expert"


@dataclass(frozen=True)
class Consent:
    """What a person agreed to.

    Attributes
    ----------
    on
        When the consent was given.
    purpose
        What the data may be used for.
    until
        The last day on which it holds; None: until it is withdrawn.
    """

    on: date
    purpose: str
    until: date | None = None


@dataclass(frozen=True)
class Contact:
    """Somebody of the network.

    Attributes
    ----------
    contact_id
        Random: it stays in the ledger when the contact is deleted.
    uid
        What address books call it; empty: it was entered here.
    name
        Of the institution, firm or club, or of the expert.
    person, role
        Who speaks for it, and as what.
    topics
        What they know about or care for, each once.
    quarter, at
        Key of the quarter and point in degrees lon, lat; empty and None when there is none.
    delete_by
        The day by which the contact must be deleted, None: none was agreed.
    """

    contact_id: str
    kind: ContactKind
    name: str
    uid: str = ""
    person: str = ""
    role: str = ""
    topics: tuple[str, ...] = ()
    emails: tuple[str, ...] = ()
    phones: tuple[str, ...] = ()
    address: str = ""
    url: str = ""
    quarter: str = ""
    at: Shape | None = None
    note: str = ""
    consent: Consent | None = None
    delete_by: date | None = None


class CleanUp(StrEnum):
    """Why a contact may not be kept as it is."""

    DELETE_BY_PASSED = "delete_by_passed"
    CONSENT_EXPIRED = "consent_expired"
    NO_CONSENT = "no_consent"


def check_contact(contact: Contact) -> None:
    """Refuse a contact that cannot be kept.

    Raises
    ------
    InputError
        When it has no name, too much or control characters in a field, an address for mail without one at sign, or a
        consent without a purpose or that ends before it was given.
    """
    if not contact.name.strip():
        raise InputError("the contact has no name", remedy="write the name of the institution, firm, club or person")
    lines = (contact.name, contact.person, contact.role, contact.address, contact.url, contact.quarter, contact.uid)
    if any(len(one) > LONGEST_LINE or not one.isprintable() for one in (*lines, *contact.topics, *contact.phones)):
        raise InputError(
            "a field is too long or holds control characters", remedy=f"write up to {LONGEST_LINE} letters in one line"
        )
    if len(contact.note) > LONGEST_NOTE or not contact.note.replace("\n", "").replace("\t", "").isprintable():
        raise InputError("the note is too long or holds control characters", remedy=f"up to {LONGEST_NOTE} letters")
    if len(contact.topics) > MOST_TOPICS or max(len(contact.emails), len(contact.phones)) > MOST_WAYS:
        raise InputError(
            "too many topics, addresses or numbers", remedy=f"keep {MOST_TOPICS} topics and {MOST_WAYS} of the others"
        )
    if any(not _is_mail(one) for one in contact.emails):
        raise InputError("an address for mail has no or several @", remedy="write it as name@example.org")
    consent = contact.consent
    if consent is not None and not consent.purpose.strip():
        raise InputError("the consent has no purpose", remedy="write what the data may be used for")
    if consent is not None and consent.until is not None and consent.until < consent.on:
        raise InputError("the consent ends before it was given", remedy="name a later day, or leave the end open")


def _is_mail(text: str) -> bool:
    return 3 <= len(text) <= LONGEST_LINE and text.isprintable() and re.fullmatch(r"[^@\s]+@[^@\s]+", text) is not None


def to_clean_up(contact: Contact, today: date) -> tuple[CleanUp, ...]:
    """Return why a contact must be deleted or asked again, the most urgent reason first; empty when it may stay."""
    consent = contact.consent
    reasons = {
        CleanUp.DELETE_BY_PASSED: contact.delete_by is not None and contact.delete_by < today,
        CleanUp.CONSENT_EXPIRED: consent is not None and consent.until is not None and consent.until < today,
        CleanUp.NO_CONSENT: consent is None,
    }
    return tuple(reason for reason, holds in reasons.items() if holds)


def clean_up_list(contacts: Iterable[Contact], today: date) -> list[tuple[Contact, tuple[CleanUp, ...]]]:
    """Return the contacts that must be deleted or asked again, each with its reasons, the most urgent first."""
    order = list(CleanUp)
    found = [(one, reasons) for one in contacts if (reasons := to_clean_up(one, today))]
    return sorted(found, key=lambda one: (order.index(one[1][0]), one[0].name.casefold(), one[0].contact_id))


def matches(contact: Contact, *, words: str = "", kind: str = "", topic: str = "", quarter: str = "") -> bool:
    """Tell whether a contact is of a kind, topic and quarter, and has all words somewhere; empty asks for nothing."""
    told = (contact.name, contact.person, contact.role, *contact.topics, contact.address, contact.note)
    text = "\n".join((*told, *contact.emails, *contact.phones)).casefold()
    return (
        kind in ("", contact.kind)
        and quarter in ("", contact.quarter)
        and (not topic or topic.casefold() in {one.casefold() for one in contact.topics})
        and all(word in text for word in words.casefold().split())
    )
