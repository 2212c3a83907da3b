"""Floor 1: vCards (RFC 6350) read as contacts, card by card: taken, or refused with the line and the reason.

Address books write version 4.0, phones often 3.0 (RFC 2426), whose properties are read in the same way. What a contact
has no place for is named. `geo_service.outputs.vcard` writes what is read here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date

import shapely

from geo_service.base.errors import FileUnreadable, InputError
from geo_service.neighbourhood.contacts import Consent, Contact, ContactKind, check_contact
from geo_service.neighbourhood.vcard_lines import ContentLine, LineRefused, parts, read_line, unescaped, unfolded

MOST_CARDS = 1_000
MOST_BYTES = 300_000

KIND, CONSENT, DELETE_BY, QUARTER = (f"X-GEO-SERVICE-{one}" for one in ("KIND", "CONSENT", "DELETE-BY", "QUARTER"))
"""Properties of our own: what a contact is, consent (day, last day, purpose), the day to delete it, its quarter."""

_TOLD_ELSEWHERE = frozenset({"BEGIN", "END", "VERSION", "N", "REV", "PRODID", "SORT-STRING", "X-ABLABEL"})
_ONCE = ("VERSION", "KIND", "UID", "N", "REV", KIND, CONSENT, DELETE_BY, QUARTER)
_ADDRESS = re.compile(r"(?P<street>.*), (?P<code>[0-9]{5}) (?P<city>.+)")


@dataclass(frozen=True)
class ReadCard:
    """A card of a file.

    Attributes
    ----------
    row
        The line where it begins, from 1.
    name
        What it is called, as far as that can be read.
    contact
        What it tells, without an id; None when it was refused.
    reason, remedy
        Why it was refused, and what to do about it.
    left_out
        Properties that a contact has no place for.
    """

    row: int
    name: str
    contact: Contact | None = None
    reason: str = ""
    remedy: str = ""
    left_out: tuple[str, ...] = ()


@dataclass
class _Card:
    row: int
    lines: list[ContentLine] = field(default_factory=list)
    wrong: LineRefused | None = None


def read_cards(data: bytes) -> list[ReadCard]:
    """Read a file of vCards.

    Raises
    ------
    FileUnreadable
        When it is no text in UTF-8, too large, or no vCard begins in it.
    """
    if len(data) > MOST_BYTES:
        raise FileUnreadable(f"the file is larger than {MOST_BYTES} bytes", remedy="leave pictures out, or split it")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise FileUnreadable("the file is no text in UTF-8", remedy="export it as vCard 4.0 (UTF-8)") from None
    cards = list(_cards(text))
    if not cards:
        raise FileUnreadable("no vCard begins in the file", remedy="choose a file with the ending .vcf")
    if len(cards) > MOST_CARDS:
        raise FileUnreadable(f"the file holds more than {MOST_CARDS} vCards", remedy="split it")
    return [_read(card) for card in cards]


def split_address(address: str) -> tuple[str, str, str]:
    """Return street, code and city of an address as it is written here; all in the street when it is not.

    Examples
    --------
    >>> split_address("Dieskaustraße 50, 04229 Leipzig"), split_address("am Kanal")
    (('Dieskaustraße 50', '04229', 'Leipzig'), ('am Kanal', '', ''))
    """
    found = _ADDRESS.fullmatch(address)
    return (found["street"], found["code"], found["city"]) if found else (address, "", "")


def _cards(text: str) -> Iterator[_Card]:
    """Yield what stands between BEGIN and END; what stands outside, and a card without its end, as a wrong card."""
    card: _Card | None = None
    for number, line in unfolded(text):
        begins = line.strip().upper() == "BEGIN:VCARD"
        if card is None or begins:
            if card is not None:
                card.wrong = card.wrong or LineRefused(card.row, "has no END:VCARD")
                yield card
            card = _Card(number)
            if not begins:
                card.wrong = LineRefused(number, "stands outside of a vCard")
                yield card
                card = None
            continue
        if line.strip().upper() == "END:VCARD":
            yield card
            card = None
            continue
        try:
            card.lines.append(read_line(number, line))
        except LineRefused as error:
            card.wrong = card.wrong or error
    if card is not None:
        card.wrong = card.wrong or LineRefused(card.row, "has no END:VCARD")
        yield card


def _read(card: _Card) -> ReadCard:
    by_name: dict[str, list[ContentLine]] = {}
    for line in card.lines:
        by_name.setdefault(line.name, []).append(line)
    told = ReadCard(card.row, _name_of(by_name))
    try:
        if card.wrong is not None:
            raise card.wrong
        _require_form(card, by_name)
        contact = _contact(by_name)
        check_contact(contact)
    except LineRefused as error:
        return replace(
            told, reason=f"line {error.number}: {error}", remedy="export it again as vCard 4.0, or mend the line"
        )
    except InputError as error:
        return replace(told, reason=error.message, remedy=error.remedy)
    known = _TOLD_ELSEWHERE | _READ.keys() | {"FN", "ORG", "KIND", KIND, CONSENT, DELETE_BY, QUARTER}
    return replace(told, contact=contact, left_out=tuple(sorted(by_name.keys() - known)))


def _name_of(by_name: Mapping[str, list[ContentLine]]) -> str:
    try:
        return unescaped(by_name["FN"][0]).replace("\n", " ").strip()[:100]
    except (KeyError, LineRefused):
        return ""


def _require_form(card: _Card, by_name: Mapping[str, list[ContentLine]]) -> None:
    if not card.lines or card.lines[0].name != "VERSION":
        raise LineRefused(card.row, "VERSION does not follow BEGIN:VCARD")
    if card.lines[0].value not in ("4.0", "3.0"):
        raise LineRefused(card.lines[0].number, "is of another version than 4.0 or 3.0")
    for name in _ONCE:
        if len(by_name.get(name, ())) > 1:
            raise LineRefused(by_name[name][1].number, f"{name} stands twice")
    for line in card.lines:
        if line.params.get("CHARSET", "UTF-8").upper() != "UTF-8":
            raise LineRefused(line.number, "is not in UTF-8")
        if line.name in _READ and line.params.get("ENCODING", "8BIT").upper() != "8BIT":
            raise LineRefused(line.number, f"{line.name} is packed")
    if "FN" not in by_name:
        raise LineRefused(card.row, "has no FN: the name is missing")
    kind = by_name["KIND"][0].value.lower() if "KIND" in by_name else "individual"
    if kind not in ("individual", "org"):
        raise LineRefused(by_name["KIND"][0].number, "is neither a person nor an organisation")


def _contact(by_name: Mapping[str, list[ContentLine]]) -> Contact:
    name = _text(by_name["FN"][0])
    is_org = "KIND" in by_name and by_name["KIND"][0].value.lower() == "org"
    org = ", ".join(one.strip() for one in parts(by_name["ORG"][0], ";") if one.strip()) if "ORG" in by_name else ""
    kind = ContactKind.INSTITUTION if is_org or org else ContactKind.EXPERT
    contact = Contact("", kind, name) if is_org or not org else Contact("", kind, org, person=name)
    for told, reads in _READ.items():
        if told in by_name:
            contact = reads(contact, by_name[told])
    if KIND in by_name:
        try:
            contact = replace(contact, kind=ContactKind(by_name[KIND][0].value))
        except ValueError:
            raise LineRefused(by_name[KIND][0].number, f"{KIND} is none of {', '.join(ContactKind)}") from None
    if QUARTER in by_name:
        contact = replace(contact, quarter=_text(by_name[QUARTER][0]))
    if CONSENT in by_name:
        contact = replace(contact, consent=_consent(by_name[CONSENT][0]))
    if DELETE_BY in by_name:
        contact = replace(contact, delete_by=_day(by_name[DELETE_BY][0], by_name[DELETE_BY][0].value))
    return contact


def _text(line: ContentLine) -> str:
    return re.sub(r"\s*\n\s*", " ", unescaped(line)).strip()


def _uid(contact: Contact, lines: list[ContentLine]) -> Contact:
    return replace(contact, uid=_text(lines[0]))


def _role(contact: Contact, lines: list[ContentLine]) -> Contact:
    return replace(contact, role=contact.role or _text(lines[0]))


def _topics(contact: Contact, lines: list[ContentLine]) -> Contact:
    told = (one.strip() for line in lines for one in parts(line, ","))
    return replace(contact, topics=tuple(dict.fromkeys(one for one in told if one)))


def _emails(contact: Contact, lines: list[ContentLine]) -> Contact:
    return replace(contact, emails=tuple(dict.fromkeys(map(_text, lines))))


def _phones(contact: Contact, lines: list[ContentLine]) -> Contact:
    told = (_text(line).removeprefix("tel:") for line in lines)
    return replace(contact, phones=tuple(dict.fromkeys(told)))


def _address(contact: Contact, lines: list[ContentLine]) -> Contact:
    told = [one.replace("\n", " ").strip() for one in parts(lines[0], ";")]
    if len(told) != 7:
        raise LineRefused(lines[0].number, "ADR does not have seven parts")
    box, more, street, city, region, code, country = told
    rows = (street, more, box, f"{code} {city}".strip(), region, country)
    return replace(contact, address=", ".join(one for one in rows if one))


def _place(contact: Contact, lines: list[ContentLine]) -> Contact:
    line = lines[0]
    found = re.fullmatch(r"(?:geo:)?(-?[0-9]{1,2}(?:\.[0-9]+)?)[,;](-?[0-9]{1,3}(?:\.[0-9]+)?)(?:[,;].*)?", line.value)
    if found is None or abs(float(found[1])) > 90 or abs(float(found[2])) > 180:
        raise LineRefused(line.number, "GEO is no point")
    return replace(contact, at=shapely.Point(float(found[2]), float(found[1])))


def _url(contact: Contact, lines: list[ContentLine]) -> Contact:
    return replace(contact, url=lines[0].value.strip())


def _note(contact: Contact, lines: list[ContentLine]) -> Contact:
    return replace(contact, note="\n".join(unescaped(line).strip() for line in lines))


def _person(contact: Contact, lines: list[ContentLine]) -> Contact:
    """Take the name of who speaks for an organisation; other relations are nobody of the network."""
    told = [one for one in lines if "contact" in one.params.get("TYPE", "").lower().split(",")]
    named = [_text(one) for one in told if one.params.get("VALUE", "").lower() == "text"]
    return replace(contact, person=contact.person or named[0]) if named else contact


_READ: Mapping[str, Callable[[Contact, list[ContentLine]], Contact]] = {
    "UID": _uid,
    "ROLE": _role,
    "TITLE": _role,
    "CATEGORIES": _topics,
    "EMAIL": _emails,
    "TEL": _phones,
    "ADR": _address,
    "GEO": _place,
    "URL": _url,
    "NOTE": _note,
    "RELATED": _person,
}
"""In this order: ROLE counts before TITLE."""


def _consent(line: ContentLine) -> Consent:
    told = parts(line, ";")
    if len(told) != 3:
        raise LineRefused(line.number, f"{CONSENT} does not have three parts: day, last day, purpose")
    return Consent(_day(line, told[0]), told[2].strip(), _day(line, told[1]) if told[1] else None)


def _day(line: ContentLine, text: str) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        day = date.min
    if not 2000 <= day.year <= 2099:
        raise LineRefused(line.number, f"{line.name} has no day, as in 20261231")
    return day
