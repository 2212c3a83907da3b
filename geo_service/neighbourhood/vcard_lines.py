"""Floor 1: content lines of vCards (RFC 6350 §3): folded and unfolded, escaped and unescaped, strictly."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

WIDEST = 75
"""Octets of a line before it is folded, its end not counted."""

_NAME = "[A-Za-z0-9-]+"
_PARAM = rf'{_NAME}=(?:"[^"\x00-\x08\x0a-\x1f\x7f]*"|[^",:;\x00-\x08\x0a-\x1f\x7f]*)'
_MORE = r',(?:"[^"\x00-\x08\x0a-\x1f\x7f]*"|[^",:;\x00-\x08\x0a-\x1f\x7f]*)'
_LINE = re.compile(
    rf"(?:{_NAME}\.)?(?P<name>{_NAME})(?P<params>(?:;{_PARAM}(?:{_MORE})*)*):(?P<value>[^\x00-\x08\x0a-\x1f\x7f]*)"
)
_EACH_PARAM = re.compile(rf';({_NAME})=((?:"[^"]*"|[^";:])*)')
_CARETS = {"^n": "\n", "^'": '"', "^^": "^"}
_ESCAPED = {"n": "\n", "N": "\n", "\\": "\\", ",": ",", ";": ";", ":": ":"}


@dataclass(frozen=True)
class ContentLine:
    """A property.

    Attributes
    ----------
    number
        Line of the file where it begins, from 1.
    name
        In capitals, without the group before it.
    params
        By name in capitals; several values are joined by commas (RFC 6868 is undone).
    value
        As it stands in the file, still escaped.
    """

    number: int
    name: str
    params: dict[str, str]
    value: str


class LineRefused(ValueError):
    """A line that is no content line; ``number`` is where it stands, from 1."""

    def __init__(self, number: int, reason: str) -> None:
        super().__init__(reason)
        self.number = number


def unfolded(text: str) -> Iterator[tuple[int, str]]:
    r"""Yield the logical lines of a file, empty ones left out, each with the number of the line where it begins.

    Examples
    --------
    >>> list(unfolded("NOTE:eins\r\n  zwei\r\nEND:VCARD\r\n"))
    [(1, 'NOTE:eins zwei'), (3, 'END:VCARD')]
    """
    begun, whole = 0, ""
    for number, line in enumerate(re.split("\r\n|\n|\r", text), start=1):
        if begun and line[:1] in (" ", "\t"):
            whole += line[1:]
            continue
        if whole:
            yield begun, whole
        begun, whole = number, line
    if whole:
        yield begun, whole


def read_line(number: int, text: str) -> ContentLine:
    r"""Read a logical line.

    Raises
    ------
    LineRefused
        When it is none: no colon, a parameter without a value, a control character.

    Examples
    --------
    >>> line = read_line(7, 'item1.TEL;TYPE=work,voice;LABEL="Büro ^n 2. OG":0341 0000-12')
    >>> line.name, line.params, line.value
    ('TEL', {'TYPE': 'work,voice', 'LABEL': 'Büro \n 2. OG'}, '0341 0000-12')
    """
    found = _LINE.fullmatch(text)
    if found is None:
        raise LineRefused(number, "is no property of a vCard: name, parameters, colon, value")
    params: dict[str, str] = {}
    for name, value in _EACH_PARAM.findall(found["params"]):
        told = re.sub(r"\^[n'^]", lambda one: _CARETS[one[0]], value.replace('"', ""))
        known = params.get(name.upper())
        params[name.upper()] = told if known is None else f"{known},{told}"
    return ContentLine(number, found["name"].upper(), params, found["value"])


def escaped(text: str) -> str:
    r"""Return a text as the value, or as one part of the value, of a property.

    Examples
    --------
    >>> print(escaped("Hof; links, unten\nC:\\"))
    Hof\; links\, unten\nC:\\
    """
    for plain, told in (("\\", "\\\\"), (",", "\\,"), (";", "\\;"), ("\r\n", "\\n"), ("\n", "\\n"), ("\r", "\\n")):
        text = text.replace(plain, told)
    return text


def unescaped(line: ContentLine) -> str:
    """Return the value of a line that is one text.

    Raises
    ------
    LineRefused
        When a backslash stands before what needs none, or at the end.
    """
    return _plain(line, line.value)


def parts(line: ContentLine, separator: str) -> list[str]:
    r"""Return the value of a line that is a list (``","``) or has components (``";"``), each part unescaped.

    Examples
    --------
    >>> parts(ContentLine(1, "CATEGORIES", {}, r"Garten,Spiel\, Sport"), ",")
    ['Garten', 'Spiel, Sport']
    """
    found, part, at = [], "", 0
    while at < len(line.value):
        step = 2 if line.value[at] == "\\" else 1
        letter = line.value[at : at + step]
        if letter == separator:
            found.append(part)
            part = ""
        else:
            part += letter
        at += step
    return [_plain(line, one) for one in (*found, part)]


def folded(line: str) -> str:
    r"""Return a logical line as it stands in a file: at most 75 octets a line, never cut within a letter.

    Examples
    --------
    >>> folded("NOTE:" + "ü" * 40).split("\r\n")[1]
    ' üüüüü'
    """
    rows, row = [], b""
    for letter in line:
        octets = letter.encode()
        if len(row) + len(octets) > WIDEST:
            rows.append(row)
            row = b" "
        row += octets
    return b"\r\n".join([*rows, row]).decode() + "\r\n"


def _plain(line: ContentLine, value: str) -> str:
    def letter(found: re.Match[str]) -> str:
        told = _ESCAPED.get(found[1])
        if told is None:
            raise LineRefused(line.number, f"{line.name} has a backslash before what needs none")
        return told

    return re.sub(r"\\(.?)", letter, value)
