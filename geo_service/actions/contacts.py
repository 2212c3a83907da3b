"""Floor 6: keep, import and delete contacts. The ledger tells their random id only, never a name."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from geo_service.base.errors import InputError, NotFound
from geo_service.neighbourhood.contacts import Contact, check_contact
from geo_service.neighbourhood.vcard_reading import ReadCard, read_cards
from geo_service.store.kinds_network import CONTACT
from geo_service.store.protocol import Store
from geo_service.store.records import Kept

Outcome = Literal["new", "changed", "unchanged", "refused"]


@dataclass(frozen=True)
class Incoming:
    """A vCard and what its import does.

    Attributes
    ----------
    contact
        As it will be kept, None when it is refused; a new one has no id yet.
    version
        Of the contact that it changes, 0: it is new.
    """

    card: ReadCard
    outcome: Outcome
    contact: Contact | None = None
    version: int = 0


def keep_contact(
    store: Store, contact: Contact, *, expected: int, author: str, clock: Callable[[], datetime]
) -> Kept[Contact]:
    """Keep a new contact (``expected`` 0), or replace one by what it is now.

    Raises
    ------
    InputError
        When it cannot be kept, see `check_contact`.
    NotFound
        When there is no such contact or quarter.
    Conflict
        When another version is kept than was seen.
    """
    check_contact(contact)
    if contact.quarter and contact.quarter not in {one.key for one in store.quarters()}:
        raise NotFound("there is no such quarter", remedy="name the key of a quarter")
    if expected:
        require_contact(store, contact.contact_id)
    with store.change(author=author, reason="changed a contact" if expected else "added a contact", at=clock()) as tx:
        version = tx.put_record(CONTACT, contact, expected=expected)
    return Kept(contact, version)


def delete_contact(store: Store, contact_id: str, *, author: str, clock: Callable[[], datetime]) -> None:
    """Delete a contact; only its random id stays, in the ledger.

    Backups that were made before still hold it, until they are deleted.

    Raises
    ------
    NotFound
        When there is no such contact.
    """
    require_contact(store, contact_id)
    with store.change(author=author, reason="deleted a contact", at=clock()) as tx:
        tx.drop_record(CONTACT, contact_id)


def preview_contacts(store: Store, data: bytes) -> list[Incoming]:
    """Tell what an import of a file of vCards would do; nothing is kept.

    A card whose UID is known changes that contact: consent and day to delete stay when the card does not tell them.

    Raises
    ------
    FileUnreadable
        When the file cannot be read as a whole.
    """
    known = {_uid(kept.record): kept for kept in store.records(CONTACT)}
    quarters = {one.key for one in store.quarters()}
    found: list[Incoming] = []
    seen: set[str] = set()
    for card in read_cards(data):
        uid = card.contact.uid if card.contact is not None else ""
        fit = _fitting(card, seen, quarters)
        seen.add(uid)
        found.append(_incoming(fit, known.get(uid) if uid else None))
    return found


def _fitting(card: ReadCard, seen: Collection[str], quarters: Collection[str]) -> ReadCard:
    """Return a card, refused when its UID was seen before or its quarter is none of the workspace."""
    if card.contact is None:
        return card
    if card.contact.uid and card.contact.uid in seen:
        return replace(card, contact=None, reason="its UID stands twice in the file", remedy="leave one out")
    if card.contact.quarter and card.contact.quarter not in quarters:
        return replace(card, contact=None, reason="there is no such quarter", remedy="leave the quarter out")
    return card


def import_contacts(
    store: Store, data: bytes, *, new_id: Callable[[], str], author: str, clock: Callable[[], datetime]
) -> list[Incoming]:
    """Keep what a file of vCards tells, all or nothing of what is not refused; return what was done.

    Raises
    ------
    FileUnreadable
        When the file cannot be read as a whole.
    InputError
        When nothing in it can be kept.
    Conflict
        When a contact was changed meanwhile.
    """
    found = preview_contacts(store, data)
    writes = [one for one in found if one.outcome in ("new", "changed")]
    if not writes:
        raise InputError("the file holds nothing new", remedy="look at the reasons in the preview")
    with store.change(author=author, reason=f"imported {len(writes)} contacts", at=clock()) as tx:
        for one in writes:
            assert one.contact is not None, "only what was refused has no contact"
            contact = one.contact if one.version else replace(one.contact, contact_id=new_id())
            tx.put_record(CONTACT, contact, expected=one.version)
    return found


def new_contact_id() -> str:
    """Return the id of a new contact: random, it tells nothing."""
    return uuid.uuid4().hex


def require_contact(store: Store, contact_id: str) -> Kept[Contact]:
    """Return a contact.

    Raises
    ------
    NotFound
        When there is none with this id.
    """
    kept = store.record(CONTACT, contact_id)
    if kept is None:
        raise NotFound("there is no such contact", remedy="look at the list of contacts")
    return kept


def _uid(contact: Contact) -> str:
    return contact.uid or f"urn:uuid:{contact.contact_id}"


def _incoming(card: ReadCard, kept: Kept[Contact] | None) -> Incoming:
    if card.contact is None:
        return Incoming(card, "refused")
    if kept is None:
        return Incoming(card, "new", card.contact)
    before = kept.record
    after = replace(
        card.contact,
        contact_id=before.contact_id,
        uid=before.uid,
        consent=card.contact.consent or before.consent,
        delete_by=card.contact.delete_by or before.delete_by,
    )
    return Incoming(card, "unchanged" if after == before else "changed", after, kept.version)
