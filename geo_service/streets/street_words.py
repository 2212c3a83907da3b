"""Floor 1: manoeuvres and lengths in German and English words, as a passenger with the list would say them.

A German street's gender is that of the noun it ends in (die Straße, der Weg, das Ufer), or begins with (Straße des
18. Oktober). Where the noun is not known, the name is put in quotation marks and no article is guessed.
"""

from __future__ import annotations

import re
from typing import Literal

from geo_service.streets.instructions import Instruction, Manoeuvre

Language = Literal["de", "en"]

_ENDINGS = {
    "die": "straße strasse str. allee gasse chaussee brücke zeile promenade aue siedlung höhe wiese reihe twiete leite "
    "trift schneise magistrale passage insel halde heide mühle kurve bahn tangente spange umgehung terrasse",
    "den": "weg platz ring damm markt steig stieg pfad graben park hof berg bogen winkel kai wall anger gang hang "
    "grund garten rain plan deich kamp steg zubringer tunnel busch wald hain hafen kreisel brink",
    "das": "ufer tor gässchen viertel feld tal eck rondell",
}
_NOUNS = tuple((article, noun) for article, nouns in _ENDINGS.items() for noun in nouns.split())
_ON = frozenset(
    {"platz", "markt", "ring", "damm", "wall", "kai", "zubringer", "brücke", "tangente", "umgehung", "chaussee"}
)
"""One drives onto these (auf den Markt), into all others (in die Straße)."""

_BASES = "alt breit groß grün hoh klein krumm kurz lang neu ober unter mittler rot schmal schwarz tief weiß"
_ADJECTIVES = frozenset(f"{base}er" for base in _BASES.split())
_PREPOSITIONS = frozenset(
    {"am", "an", "auf", "bei", "beim", "hinter", "im", "in", "unter", "vor", "zum", "zur", "zwischen"}
)
_NUMBERED = re.compile(r"[ABKLS] ?\d+[a-z]?|St \d+")
_ORDINALS_DE = ("erste", "zweite", "dritte", "vierte", "fünfte", "sechste", "siebte", "achte", "neunte", "zehnte")
_ORDINALS_EN = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")
_WINDS_DE = ("Norden", "Nordosten", "Osten", "Südosten", "Süden", "Südwesten", "Westen", "Nordwesten")
_WINDS_EN = ("north", "northeast", "east", "southeast", "south", "southwest", "west", "northwest")

_TURNS_DE = {
    Manoeuvre.SLIGHT_LEFT: "Links halten",
    Manoeuvre.LEFT: "Links abbiegen",
    Manoeuvre.SHARP_LEFT: "Scharf links abbiegen",
    Manoeuvre.SLIGHT_RIGHT: "Rechts halten",
    Manoeuvre.RIGHT: "Rechts abbiegen",
    Manoeuvre.SHARP_RIGHT: "Scharf rechts abbiegen",
    Manoeuvre.CONTINUE: "Weiter",
}
_TURNS_EN = {
    Manoeuvre.SLIGHT_LEFT: "Keep left",
    Manoeuvre.LEFT: "Turn left",
    Manoeuvre.SHARP_LEFT: "Turn sharp left",
    Manoeuvre.SLIGHT_RIGHT: "Keep right",
    Manoeuvre.RIGHT: "Turn right",
    Manoeuvre.SHARP_RIGHT: "Turn sharp right",
    Manoeuvre.CONTINUE: "Continue",
}


def into_street(name: str) -> str:
    """Return a German street's name after the verb of a turn, in the accusative; empty for a street without name.

    Examples
    --------
    >>> into_street("Zschochersche Straße"), into_street("Lindenauer Markt"), into_street("Breiter Weg")
    ('in die Zschochersche Straße', 'auf den Lindenauer Markt', 'in den Breiten Weg')
    >>> into_street("Straße des 18. Oktober"), into_street("B 87"), into_street("Am Kanal"), into_street("")
    ('in die Straße des 18. Oktober', 'auf die B 87', 'in „Am Kanal“', '')
    """
    if not name.strip():
        return ""
    if _NUMBERED.fullmatch(name):
        return f"auf die {name}"
    words = name.split()
    first, last = words[0].lower(), words[-1].lower()
    known = [(article, noun) for article, noun in _NOUNS if last.endswith(noun) or first == noun]
    if not known or first in _PREPOSITIONS:
        return f"in „{name}“"
    article, noun = max(known, key=lambda one: len(one[1]))
    if article == "den" and first in _ADJECTIVES:
        name = " ".join([words[0][:-1] + "n", *words[1:]])
    return f"{'auf' if noun in _ON else 'in'} {article} {name}"


def say(instruction: Instruction, language: Language = "de") -> str:
    """Return an instruction in words, without its length.

    Examples
    --------
    >>> left = Instruction(Manoeuvre.LEFT, "Zschochersche Straße", 350.0, 12.3, 51.3, 4)
    >>> say(left), say(left, "en")
    ('Links abbiegen in die Zschochersche Straße', 'Turn left onto Zschochersche Straße')
    >>> say(Instruction(Manoeuvre.ROUNDABOUT, "Ringweg", 80.0, 12.3, 51.3, 4, exit_number=2))
    'Am Kreisverkehr die zweite Ausfahrt nehmen in den Ringweg'
    >>> say(Instruction(Manoeuvre.ARRIVE, "Ringweg", 0.0, 12.3, 51.3, 9, side="left"))
    'Ziel links'
    """
    return _say_de(instruction) if language == "de" else _say_en(instruction)


def _say_de(one: Instruction) -> str:
    into = f" {into_street(one.street)}" if one.street else ""
    if one.manoeuvre is Manoeuvre.DEPART:
        return f"Losfahren Richtung {_WINDS_DE[_wind(one)]}" + (f": {one.street}" if one.street else "")
    if one.manoeuvre is Manoeuvre.TURN_ROUND:
        return "Wenden"
    if one.manoeuvre is Manoeuvre.ROUNDABOUT:
        if not one.exit_number:
            return "In den Kreisverkehr einfahren"
        return f"Am Kreisverkehr die {_ordinal(one, _ORDINALS_DE, '.')} Ausfahrt nehmen{into}"
    if one.manoeuvre is Manoeuvre.ARRIVE:
        return {"left": "Ziel links", "right": "Ziel rechts"}.get(one.side, "Ziel erreicht")
    return f"{_TURNS_DE[one.manoeuvre]}{into}"


def _say_en(one: Instruction) -> str:
    onto = f" onto {one.street}" if one.street else ""
    if one.manoeuvre is Manoeuvre.DEPART:
        return f"Head {_WINDS_EN[_wind(one)]}" + (f" on {one.street}" if one.street else "")
    if one.manoeuvre is Manoeuvre.TURN_ROUND:
        return "Turn round"
    if one.manoeuvre is Manoeuvre.ROUNDABOUT:
        if not one.exit_number:
            return "Enter the roundabout"
        return f"At the roundabout take the {_ordinal(one, _ORDINALS_EN, 'th')} exit{onto}"
    if one.manoeuvre is Manoeuvre.ARRIVE:
        return f"Destination on the {one.side}" if one.side else "Destination reached"
    return f"{_TURNS_EN[one.manoeuvre]}{onto}"


def _wind(one: Instruction) -> int:
    return round(one.heading_deg / 45.0) % 8


def _ordinal(one: Instruction, words: tuple[str, ...], ending: str) -> str:
    number = one.exit_number
    return words[number - 1] if number <= len(words) else f"{number}{ending}"


def say_length(metres: float, language: Language = "de") -> str:
    """Return a length rounded for people: to 10 m, from 300 m to 50 m, from 1 km to 100 m, from 10 km to 1 km.

    Examples
    --------
    >>> say_length(4), say_length(43.7), say_length(347), say_length(960), say_length(2345), say_length(2345, "en")
    ('10 m', '40 m', '350 m', '950 m', '2,3 km', '2.3 km')
    >>> say_length(980), say_length(12_345)
    ('1,0 km', '12 km')
    """
    if metres < 295:
        return f"{max(10, 10 * round(metres / 10))} m"
    if metres < 975:
        return f"{50 * round(metres / 50)} m"
    if metres >= 9950:
        return f"{round(metres / 1000)} km"
    kilometres = f"{metres / 1000:.1f}"
    return f"{kilometres.replace('.', ',') if language == 'de' else kilometres} km"
