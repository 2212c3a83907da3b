"""Floor 3: euros as whole cents: read from what people write, written as people read them."""

from __future__ import annotations

import re

from geo_service.base.errors import InputError

MOST_CENTS = 100_000_000_00
"""A hundred million euros: nobody means more here, and every sum stays exact in any file."""

_GERMAN = re.compile(r"[0-9]{1,3}(?:\.[0-9]{3})+(?:,[0-9]{1,2})?|[0-9]+(?:,[0-9]{1,2})?")
_PLAIN = re.compile(r"[0-9]+\.[0-9]{1,2}")


def read_cents(text: str) -> int:
    """Return the cents of an amount as people write it: decimals after a comma or a point, groups by points.

    Raises
    ------
    InputError
        When it is no amount, has parts of a cent, or is beyond `MOST_CENTS`.

    Examples
    --------
    >>> read_cents("1.234,56"), read_cents("-12,5 €"), read_cents("1234.56"), read_cents("1.234")
    (123456, -1250, 123456, 123400)
    """
    bare = text.replace("€", "").replace("\N{MINUS SIGN}", "-").strip()
    digits = bare.removeprefix("-").strip()
    if digits.isascii() and len(digits) <= 20:
        if _GERMAN.fullmatch(digits):
            digits = digits.replace(".", "").replace(",", ".")
        if _PLAIN.fullmatch(digits) or digits.isdigit():
            whole, _, parts = digits.partition(".")
            cents = int(whole) * 100 + int(parts.ljust(2, "0"))
            if cents <= MOST_CENTS:
                return -cents if bare.startswith("-") else cents
    raise InputError("this is no amount in euros", remedy="write it as 1.234,56", code="no_amount")


def euros(cents: int, lang: str = "en") -> str:
    """Write cents as euros.

    Examples
    --------
    >>> euros(123456, "de"), euros(-5, "de"), euros(123456)
    ('1.234,56 €', '-0,05 €', '€1,234.56')
    """
    amount = f"{abs(cents) // 100:,}.{abs(cents) % 100:02d}"
    sign = "-" if cents < 0 else ""
    return f"{sign}€{amount}" if lang == "en" else f"{sign}{amount.translate(str.maketrans(',.', '.,'))} €"


def vat_in(gross_cents: int, percent: int) -> int:
    """Return the value added tax that a gross amount holds, rounded to the nearest cent, halves away from zero.

    Examples
    --------
    >>> vat_in(11900, 19), vat_in(-11900, 19), vat_in(10000, 0)
    (1900, -1900, 0)
    """
    amount = (2 * abs(gross_cents) * percent + 100 + percent) // (2 * (100 + percent))
    return -amount if gross_cents < 0 else amount
