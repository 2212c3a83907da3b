"""Floor 1: the parcel key (ALKIS Flurstückskennzeichen): taking it apart, writing it, reading parcels from text."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass

from geo_service.base.errors import InputError
from geo_service.plots.model import Parcel

_KEY = re.compile(
    r"(?P<land>\d{2})(?P<district>\d{4})(?P<section>\d{3}|_{3})(?P<numerator>\d{5})"
    r"(?P<denominator>[0-9A-Za-z]{4}|_{4})(?P<sequence>\d{2}|_{2})"
)
_ESCAPED = re.compile(r"[;=\[]")


@dataclass(frozen=True)
class ParcelKey:
    """The parts of a parcel key of 20 characters, as AAA-UML 6.0 and facts of the surveying offices give them.

    Attributes
    ----------
    land
        Number of the state, two digits: ``"14"`` is Saxony.
    district
        Number of the Gemarkung, four digits.
    section
        Flur, or None.
    numerator
        Zähler.
    denominator
        Nenner without leading zeros, or empty.
    sequence
        Folge, or None.
    """

    land: str
    district: str
    section: int | None
    numerator: int
    denominator: str = ""
    sequence: int | None = None

    @property
    def number(self) -> str:
        """The parcel number as people write it: ``"425/1"``."""
        return f"{self.numerator}/{self.denominator}" if self.denominator else str(self.numerator)


def is_key(text: str) -> bool:
    """Tell whether a text is a parcel key.

    Examples
    --------
    >>> is_key("160115002004250001__"), is_key("114a Lindenau")
    (True, False)
    """
    return _KEY.fullmatch(text) is not None


def parse_key(text: str) -> ParcelKey:
    """Take a parcel key apart.

    Raises
    ------
    InputError
        When the text is no key.

    Examples
    --------
    >>> parse_key("160115002004250001__")
    ParcelKey(land='16', district='0115', section=2, numerator=425, denominator='1', sequence=None)
    """
    match = _KEY.fullmatch(text)
    if match is None:
        raise InputError(
            f"{text!r} is no parcel key",
            remedy="give 20 characters: land 2, Gemarkung 4, Flur 3, Zähler 5, Nenner 4, Folge 2, absent parts as _",
        )
    section, denominator, sequence = match["section"], match["denominator"], match["sequence"]
    return ParcelKey(
        land=match["land"],
        district=match["district"],
        section=None if "_" in section else int(section),
        numerator=int(match["numerator"]),
        denominator="" if "_" in denominator else denominator.lstrip("0") or "0",
        sequence=None if "_" in sequence else int(sequence),
    )


def format_key(key: ParcelKey) -> str:
    """Write a parcel key as 20 characters.

    Examples
    --------
    >>> format_key(ParcelKey("09", "5653", None, 5443))
    '095653___05443______'
    """
    section = "___" if key.section is None else f"{key.section:03d}"
    denominator = key.denominator.rjust(4, "0") if key.denominator else "____"
    sequence = "__" if key.sequence is None else f"{key.sequence:02d}"
    return f"{key.land}{key.district}{section}{key.numerator:05d}{denominator}{sequence}"


def parcel_from(text: str, *, number: str = "", district: str = "", section: str = "") -> Parcel:
    """Make a parcel from a key or from what people write.

    Parameters
    ----------
    text
        A parcel key, or any other designation, which then becomes the display string.
    number, district, section
        Parcel number, name of the Gemarkung and Flur where the source tells them: they make the display string.

    Examples
    --------
    >>> parcel_from("160115002004250001__", number="425/1", district="Melchendorf", section="Flur 2")
    Parcel(key='160115002004250001__', display='425/1 Melchendorf, Flur 2')
    >>> parcel_from("095653___05443______").display, parcel_from("114a Lindenau")
    ('5443', Parcel(key='', display='114a Lindenau'))
    """
    text = text.strip()
    if not is_key(text):
        return Parcel("", text)
    key = parse_key(text)
    section = section.removeprefix("Flur").strip().lstrip("0") or ("" if key.section is None else str(key.section))
    display = " ".join(filter(None, [number or key.number, district]))
    return Parcel(text, f"{display}, Flur {section}" if section else display)


def format_parcels(parcels: tuple[Parcel, ...]) -> str:
    """Write parcels into one column: ``KEY=display`` joined by semicolons.

    Displays that hold one of the separators are written as a JSON list of [key, display] instead.

    Examples
    --------
    >>> format_parcels((Parcel("095653___05443______", "5443"), Parcel("", "114a Lindenau")))
    '095653___05443______=5443;114a Lindenau'
    """
    if not all(_is_plain(one) for one in parcels):
        return json.dumps([[one.key, one.display] for one in parcels], ensure_ascii=False)
    return ";".join(f"{one.key}={one.display}" if one.key else one.display for one in parcels)


def _is_plain(parcel: Parcel) -> bool:
    display = parcel.display
    reads_back = bool(parcel.key) or not is_key(display)
    return reads_back and bool(display) and display == display.strip() and _ESCAPED.search(display) is None


def parse_parcels(text: str) -> tuple[Parcel, ...]:
    """Read what `format_parcels` writes; also plain keys and displays joined by semicolons.

    Raises
    ------
    ValueError
        When a text before ``=`` is no parcel key, or the JSON form is broken.

    Examples
    --------
    >>> parse_parcels("095653___05443______=5443;114a Lindenau")
    (Parcel(key='095653___05443______', display='5443'), Parcel(key='', display='114a Lindenau'))
    """
    if text.startswith("["):
        pairs = json.loads(text)
        if not all(isinstance(pair, list) and len(pair) == 2 for pair in pairs):
            raise ValueError("expected a list of [key, display]")
        return tuple(Parcel(str(key), str(display)) for key, display in pairs)
    parcels = []
    for part in filter(None, (part.strip() for part in text.split(";"))):
        key, equals, display = part.partition("=")
        if equals and not is_key(key):
            raise ValueError(f"{key!r} is no parcel key of 20 characters")
        parcels.append(Parcel(key, display) if equals else parcel_from(part))
    return tuple(parcels)
