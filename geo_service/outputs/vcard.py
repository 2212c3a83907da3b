"""Floor 7: contacts as vCards, version 4.0 (RFC 6350), with consent and the day to delete them as properties of ours.

`geo_service.neighbourhood.vcard_reading` reads them back as they were. A contact with a person who speaks for it is
written as that person of that organisation, as address books show it best.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

from geo_service.base.clock import require_aware
from geo_service.neighbourhood.contacts import Contact, ContactKind
from geo_service.neighbourhood.vcard_lines import escaped, folded
from geo_service.neighbourhood.vcard_reading import CONSENT, DELETE_BY, KIND, QUARTER, split_address

MEDIA_TYPE = "text/vcard"


def vcards(contacts: Iterable[Contact], *, at: datetime) -> bytes:
    """Return contacts as one file, UTF-8.

    Parameters
    ----------
    at
        The REV of every card, aware.
    """
    rev = f"{require_aware(at):%Y%m%dT%H%M%SZ}"
    return "".join(folded(line) for one in contacts for line in _card(one, rev)).encode()


def _card(contact: Contact, rev: str) -> Iterator[str]:
    is_person = bool(contact.person) or contact.kind is ContactKind.EXPERT
    yield "BEGIN:VCARD"
    yield "VERSION:4.0"
    yield "PRODID:-//geo-service//contacts//DE"
    yield f"UID:{escaped(contact.uid or f'urn:uuid:{contact.contact_id}')}"
    yield f"REV:{rev}"
    yield f"KIND:{'individual' if is_person else 'org'}"
    yield f"FN:{escaped(contact.person or contact.name)}"
    if contact.person or not is_person:
        yield f"ORG:{escaped(contact.name)}"
    for name, value in (("ROLE", contact.role), ("NOTE", contact.note)):
        if value:
            yield f"{name}:{escaped(value)}"
    if contact.topics:
        yield "CATEGORIES:" + ",".join(map(escaped, contact.topics))
    yield from (f"EMAIL:{escaped(one)}" for one in contact.emails)
    yield from (f"TEL:{escaped(one)}" for one in contact.phones)
    if contact.address:
        street, code, city = map(escaped, split_address(contact.address))
        yield f"ADR:;;{street};{city};;{code};"
    if contact.at is not None:
        yield f"GEO:geo:{contact.at.y:.6f},{contact.at.x:.6f}"
    if contact.url:
        yield f"URL:{contact.url}"
    yield f"{KIND}:{contact.kind}"
    if contact.quarter:
        yield f"{QUARTER}:{escaped(contact.quarter)}"
    if (consent := contact.consent) is not None:
        until = f"{consent.until:%Y%m%d}" if consent.until else ""
        yield f"{CONSENT}:{consent.on:%Y%m%d};{until};{escaped(consent.purpose)}"
    if contact.delete_by is not None:
        yield f"{DELETE_BY}:{contact.delete_by:%Y%m%d}"
    yield "END:VCARD"
